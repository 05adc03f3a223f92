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
    ("/invoices", TEXT),
    ("/calendar-feeds", FORM),
    ("/calendar-feeds/{id}/delete", FORM),
    ("/waitlist/new", FORM),
    ("/waitlist/{id}/leave", FORM),
    ("/series/new", FORM),
    ("/series/{id}/{action}", FORM),
    ("/booking-groups/new", FORM),
    ("/booking-groups/{id}/{action}", FORM),
    ("/card-payments/{id}", TEXT),
    ("/catalogue", TEXT),
    ("/hosts/{id}", TEXT),
    ("/terms/{id}", TEXT),
    ("/sign-up", FORM),
    ("/sign-in", FORM),
    ("/sign-in/openid/{id}", TEXT),
    ("/sign-in/openid/{id}/start", TEXT),
    ("/sign-out", "POST"),
    ("/account", FORM),
    ("/account/email", FORM),
    ("/account/password", FORM),
    ("/account/notifications", FORM),
    ("/account/sessions", FORM),
    ("/account/identities", FORM),
    ("/account/second-factor", FORM),
    ("/account/data", TEXT),
    ("/account/data.json", TEXT),
    ("/account/delete", FORM),
    ("/organizations/new", FORM),
    ("/organizations/{id}", FORM),
    ("/organizations/{id}/edit", FORM),
    ("/organizations/{id}/close", FORM),
    ("/organizations/{id}/members/{user}", FORM),
    ("/organizations/{id}/api-keys", FORM),
    ("/organizations/{id}/webhooks", FORM),
    ("/organizations/{id}/webhooks/{webhook}", FORM),
    ("/organizations/{id}/audit", TEXT),
    ("/organizations/{id}/audit.jsonl", TEXT),
    ("/admin", TEXT),
    ("/admin/organizations", TEXT),
    ("/admin/organizations/{id}", FORM),
    ("/admin/users", TEXT),
    ("/admin/users/{id}", FORM),
    ("/admin/mails", FORM),
    ("/admin/facts", FORM),
    ("/admin/audit", TEXT),
    ("/book", FORM),
    ("/bookings/{id}/{action}", FORM),
    ("/manage", TEXT),
    ("/manage/{id}", TEXT),
    ("/manage/{id}/events", TEXT),
    ("/manage/{id}/figures", TEXT),
    ("/manage/{id}/figures.csv", TEXT),
    ("/manage/{id}/resources", TEXT),
    ("/manage/{id}/resources/import", FORM),
    ("/manage/{id}/resources/new", FORM),
    ("/manage/{id}/resources/template.csv", TEXT),
    ("/manage/{id}/sites/new", FORM),
    ("/manage/resources/{id}/edit", FORM),
    ("/manage/resources/{id}/block", FORM),
    ("/manage/resources/{id}/pictures", FORM),
    ("/manage/resources/{id}/pictures/{picture}", FORM),
    ("/resources/{id}/pictures/{sha256}", TEXT),
];
const FORM: &str = "GET, HEAD, POST";
const TEXT: &str = "GET, HEAD";

/// Whether a path is below the root of one of the pages. All other paths belong to the API, its documentation and the health checks.
pub(super) fn is_page(path: &str) -> bool {
    let root = path.split('/').nth(1);
    PAGES.iter().any(|(page, _)| page.split('/').nth(1) == root)
}

/// The pages whose forms hash a password or make the service send a mail.
const STRICT: [&str; 9] = [
    "/reset-password",
    "/forgot-password",
    "/accept-invitation",
    "/sign-in",
    "/sign-up",
    "/account/email",
    "/account/password",
    "/account/second-factor",
    "/account/delete",
];

/// Whether a page has the rate limit of sign-ins: for its form, or because it calls a provider.
pub(super) fn is_strict(method: &Method, path: &str) -> bool {
    (method == Method::POST && STRICT.contains(&path)) || path.starts_with("/sign-in/openid/")
}
