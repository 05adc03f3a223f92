//! What takes routes, and where those of the API begin.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;

/// Where the API begins.
pub(super) const BASE: &str = "/api/v1/";

/// The methods that a path of the document may have.
pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What takes endpoints: a worker of the service, or the OpenAPI document. A worker that described its endpoints, too,
/// as the document's own configuration does, would keep several times its own memory for nothing.
pub(super) trait Routes {
    /// Adds an endpoint.
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
