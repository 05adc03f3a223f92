//! The HTML pages behind the links in mails. A page is authorized by the token of its link alone. Opening a link changes nothing:
//! mail programs open links by themselves, so a page that changes something has a button that sends a form.

mod accounts;
mod bookings;
mod card_payments;
mod invoices;
mod page;
mod rest;
mod trainings;

use actix_web::web;

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    accounts::configure(config);
    bookings::configure(config);
    card_payments::configure(config);
    invoices::configure(config);
    rest::configure(config);
    trainings::configure(config);
}
