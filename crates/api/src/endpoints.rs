//! All endpoints of the service.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use super::routes::{BASE, Routes};
use super::{
    administration, api_keys, audit, auth, availability, bank_statements, billing, blocks, booking_contacts, booking_groups,
    booking_moves, booking_proposals, bookings, calendar_feeds, calendar_imports, card_accounts, card_payments, card_payouts,
    certification_kinds, certifications, coupons, customers, docs, events, figures, health, identities, invitations, invoices,
    ledger, logos, me, members, metrics, openid, organizations, out_of_order, packages, payments, pictures, prepaid, quotes,
    resource_imports, resource_links, resources, search, second_factors, series, series_moves, sites, statements, terms,
    training_seats, trainings, waitlist, webhook_deliveries, webhooks,
};

/// Registers every endpoint of the OpenAPI document in a worker.
pub(super) fn serve_all(config: &mut web::ServiceConfig) {
    config.service(web::scope(BASE.trim_end_matches('/')).configure(configure));
    configure_rest(config);
}

/// Registers every endpoint in the builder of the OpenAPI document.
pub(super) fn describe_all(config: &mut ServiceConfig<'_>) {
    config.service(utoipa_actix_web::scope(BASE.trim_end_matches('/')).configure(|config| configure(config)));
    configure_rest(config);
}

/// Registers the endpoints outside `/api/v1`.
fn configure_rest(config: &mut impl Routes) {
    health::configure(config);
    metrics::configure(config);
    docs::configure(config);
}

/// Registers the endpoints of the API, below `/api/v1`.
///
/// A worker compares a request with the routes one after the other, in this order. So the nouns with the most requests come
/// first: availability, bookings, search, sign-in. A new noun goes to the end, unless it gets more requests than a noun before
/// it. The order has no other effect: no two routes take the same request, and the OpenAPI document sorts its paths.
fn configure(config: &mut impl Routes) {
    availability::configure(config);
    bookings::configure(config);
    search::configure(config);
    auth::configure(config);
    quotes::configure(config);
    me::configure(config);
    organizations::configure(config);
    members::configure(config);
    invitations::configure(config);
    sites::configure(config);
    resources::configure(config);
    out_of_order::configure(config);
    resource_links::configure(config);
    pictures::configure(config);
    booking_moves::configure(config);
    booking_contacts::configure(config);
    booking_proposals::configure(config);
    booking_groups::configure(config);
    series::configure(config);
    series_moves::configure(config);
    blocks::configure(config);
    terms::configure(config);
    certification_kinds::configure(config);
    certifications::configure(config);
    trainings::configure(config);
    training_seats::configure(config);
    waitlist::configure(config);
    audit::configure(config);
    ledger::configure(config);
    payments::configure(config);
    customers::configure(config);
    figures::configure(config);
    statements::configure(config);
    invoices::configure(config);
    billing::configure(config);
    logos::configure(config);
    bank_statements::configure(config);
    resource_imports::configure(config);
    coupons::configure(config);
    api_keys::configure(config);
    packages::configure(config);
    prepaid::configure(config);
    card_payments::configure(config);
    calendar_feeds::configure(config);
    card_accounts::configure(config);
    card_payouts::configure(config);
    second_factors::configure(config);
    openid::configure(config);
    identities::configure(config);
    administration::configure(config);
    events::configure(config);
    webhooks::configure(config);
    webhook_deliveries::configure(config);
    calendar_imports::configure(config);
}
