//! The paths of the pages behind the links in mails.

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
    ("/trainings/{id}", TEXT),
    ("/certification-kinds/{id}", TEXT),
];
const FORM: &str = "GET, HEAD, POST";
const TEXT: &str = "GET, HEAD";

/// The parts of paths that only the pages have; all other paths below the root belong to the API and the health checks.
pub(super) fn is_page(path: &str) -> bool {
    let first = |path: &str| path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
    PAGES.iter().any(|(page, _)| first(page) == first(path))
}

/// Whether the form of a page hashes a password or makes the service send a mail, so that it has the rate limit of sign-ins.
pub(super) fn is_strict(method: &Method, path: &str) -> bool {
    method == Method::POST && ["/reset-password", "/forgot-password", "/accept-invitation"].contains(&path)
}
