//! The paths of the pages: those of the web site, and those behind the links in mails.

use actix_web::http::Method;

/// The paths of the pages, and the methods of each.
pub(super) const PAGES: &[(&str, &str)] = &[
    ("/verify-email", FORM),
    ("/verify-contact", FORM),
    ("/confirm-email", FORM),
    ("/reset-password", FORM),
    ("/forgot-password", FORM),
    ("/accept-invitation", FORM),
    ("/bookings/{id}", FORM),
    ("/series/{id}", FORM),
    ("/booking-groups/{id}", FORM),
    ("/me", FORM),
    ("/me/certifications", TEXT),
    ("/bookings", TEXT),
    ("/resources/{id}", TEXT),
    ("/trainings/{id}", FORM),
    ("/certification-kinds/{id}", TEXT),
    ("/invoices/{id}", TEXT),
    ("/card-payments/{id}", TEXT),
    ("/catalogue", TEXT),
    ("/hosts/{id}", TEXT),
    ("/terms/{id}", TEXT),
    ("/sign-up", FORM),
    ("/sign-in", FORM),
    ("/sign-out", "POST"),
    ("/organizations/new", FORM),
    ("/book", FORM),
    ("/bookings/{id}/{action}", FORM),
    ("/manage", TEXT),
    ("/manage/{id}", TEXT),
    ("/manage/{id}/resources", TEXT),
    ("/manage/{id}/resources/new", FORM),
    ("/manage/{id}/sites/new", FORM),
    ("/manage/resources/{id}/edit", FORM),
    ("/manage/resources/{id}/block", FORM),
];
const FORM: &str = "GET, HEAD, POST";
const TEXT: &str = "GET, HEAD";

/// Whether a path is below the root of one of the pages. All other paths belong to the API, its documentation and the health checks.
pub(super) fn is_page(path: &str) -> bool {
    let root = path.split('/').nth(1);
    PAGES.iter().any(|(page, _)| page.split('/').nth(1) == root)
}

/// Whether the form of a page hashes a password or makes the service send a mail, so that it has the rate limit of sign-ins.
pub(super) fn is_strict(method: &Method, path: &str) -> bool {
    method == Method::POST
        && ["/reset-password", "/forgot-password", "/accept-invitation", "/sign-in", "/sign-up"].contains(&path)
}
