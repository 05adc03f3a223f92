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

use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every endpoint that the OpenAPI document knows.
fn configure_all(config: &mut ServiceConfig<'_>) {
    config.service(scope("/api/v1").configure(configure));
    health::configure(config);
    metrics::configure(config);
    docs::configure(config);
}

/// The endpoints of the API, below `/api/v1`. A request is held to one after the other until its own
/// is found, so those that are asked for most come first.
fn configure(config: &mut ServiceConfig<'_>) {
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
}
