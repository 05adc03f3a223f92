//! The HTTP API: routes, who asks, problems, one file for each noun.

pub mod access_token;
pub mod caller;
pub mod idempotency;
pub mod json;
pub mod openapi;
pub mod passwords;
pub mod problem;
pub mod query;
pub mod reply;
pub mod request;
pub mod request_id;
pub mod server;
pub mod state;

mod audit;
mod auth;
mod availability;
mod blocks;
mod booking_groups;
mod booking_moves;
mod bookings;
mod certification_kinds;
mod certifications;
mod docs;
mod geojson;
mod health;
mod limits;
mod me;
mod members;
mod metrics;
mod notation;
mod observe;
mod organizations;
mod out_of_order;
mod resource_links;
mod resources;
mod search;
mod series;
mod shape;
mod sites;
mod terms;
mod training_seats;
mod trainings;
mod waitlist;

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use openapi::BASE;
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;

/// What takes endpoints: a worker of the service, or the OpenAPI document. A worker that described its endpoints, too,
/// as the document's own configuration does, would keep several times its own memory for nothing.
trait Routes {
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

/// Serves every endpoint that the OpenAPI document knows.
fn serve_all(config: &mut web::ServiceConfig) {
    config.service(web::scope(BASE.trim_end_matches('/')).configure(configure));
    configure_rest(config);
}

/// Describes every endpoint for the OpenAPI document.
fn describe_all(config: &mut ServiceConfig<'_>) {
    config.service(utoipa_actix_web::scope(BASE.trim_end_matches('/')).configure(|config| configure(config)));
    configure_rest(config);
}

/// The endpoints beside the API.
fn configure_rest(config: &mut impl Routes) {
    health::configure(config);
    metrics::configure(config);
    docs::configure(config);
}

/// The endpoints of the API, below `/api/v1`. A request is held to one after the other until its own
/// is found, so those that are asked for most come first.
fn configure(config: &mut impl Routes) {
    availability::configure(config);
    bookings::configure(config);
    search::configure(config);
    auth::configure(config);
    me::configure(config);
    organizations::configure(config);
    members::configure(config);
    sites::configure(config);
    resources::configure(config);
    out_of_order::configure(config);
    resource_links::configure(config);
    booking_moves::configure(config);
    booking_groups::configure(config);
    series::configure(config);
    blocks::configure(config);
    terms::configure(config);
    certification_kinds::configure(config);
    certifications::configure(config);
    trainings::configure(config);
    training_seats::configure(config);
    waitlist::configure(config);
    audit::configure(config);
}
