//! The registration of routes, and the base path of the API.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;

/// The base path of the API.
pub(super) const BASE: &str = "/api/v1/";

/// The HTTP methods of the document.
pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A target to register endpoints in: a worker of the service, or the builder of the OpenAPI document. The builder keeps a
/// description of every endpoint; a worker that kept these too would need several times its memory.
pub(super) trait Routes {
    /// Registers an endpoint.
    fn service(&mut self, endpoint: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self;
}

impl Routes for web::ServiceConfig {
    fn service(&mut self, endpoint: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        Self::service(self, endpoint)
    }
}

impl Routes for ServiceConfig<'_> {
    fn service(&mut self, endpoint: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        Self::service(self, endpoint)
    }
}
