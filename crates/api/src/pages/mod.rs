//! The HTML pages behind the links in mails. A page is authorized by the token of its link alone. Opening a link changes nothing:
//! mail programs open links by themselves, so each page has a button that sends a form.

mod accounts;
mod page;

use actix_web::http::Method;
use actix_web::web;

/// The paths of the pages, and the methods of each.
pub(super) const PAGES: &[(&str, &str)] = &[
    ("/verify-email", METHODS),
    ("/verify-contact", METHODS),
    ("/confirm-email", METHODS),
    ("/reset-password", METHODS),
    ("/forgot-password", METHODS),
    ("/accept-invitation", METHODS),
];
const METHODS: &str = "GET, HEAD, POST";

/// Whether the form of a page hashes a password or makes the service send a mail, so that it has the rate limit of sign-ins.
pub(super) fn is_strict(method: &Method, path: &str) -> bool {
    method == Method::POST && ["/reset-password", "/forgot-password", "/accept-invitation"].contains(&path)
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    accounts::configure(config);
}
