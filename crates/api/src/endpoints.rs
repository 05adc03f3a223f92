//! Every endpoint of the service.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use super::routes::{BASE, Routes};
use super::{
    audit, auth, availability, blocks, booking_groups, booking_moves, bookings, certification_kinds, certifications, docs,
    health, me, members, metrics, organizations, out_of_order, resource_links, resources, search, series, sites, terms,
    training_seats, trainings, waitlist,
};

/// Serves every endpoint that the OpenAPI document knows.
pub(super) fn serve_all(config: &mut web::ServiceConfig) {
    config.service(web::scope(BASE.trim_end_matches('/')).configure(configure));
    configure_rest(config);
}

/// Describes every endpoint for the OpenAPI document.
pub(super) fn describe_all(config: &mut ServiceConfig<'_>) {
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
