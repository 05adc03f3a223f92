//! The scopes that an API key needs for an operation. The OpenAPI document and the check of each request are made of this table.

use serde_json::{Value, json};

use super::routes::BASE;
use domain::api_key::Scope;

/// The extensions of paths that name another format of the same list or object.
const FORMATS: [&str; 5] = [".csv", ".geojson", ".jsonl", ".pdf", ".xml"];

/// The operations that change nothing although they are a `POST`.
const LOOKS: [&str; 2] = ["resources/{id}/quote", "series/preview"];

/// Returns the ways to authorize a request, for the OpenAPI document.
pub(super) fn schemes() -> Value {
    json!({
        "bearer": {
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The `access_token` of `POST /api/v1/auth/login`.",
        },
        "api_key": {
            "type": "http", "scheme": "bearer", "bearerFormat": "sfk_…",
            "description": "An API key of an organization, from `POST /api/v1/organizations/{id}/api-keys`. An operation names the scopes \
                            that the key needs, all of them. Operations without `api_key` are not for keys.",
        },
    })
}

/// Describes in an operation which scopes it needs.
pub(super) fn describe(path: &str, method: &str, operation: &mut Value) {
    if operation["security"] == json!([{}]) {
        return;
    }
    let required = required(method, path);
    let mut ways = operation["security"].as_array().cloned().unwrap_or_else(|| vec![json!({ "bearer": [] })]);
    ways.extend(required.map(|scopes| json!({ "api_key": scopes })));
    operation["security"] = ways.into();
    operation["x-scopes"] = json!(required.unwrap_or_default());
}

/// The scopes that a key needs, all of them, for the operation with this method and path, such as `/api/v1/bookings/{id}`. None: no key
/// can use the operation.
pub(super) fn required(method: &str, path: &str) -> Option<&'static [Scope]> {
    use Scope::{
        AuditRead, BookingsRead, BookingsWrite, EventsRead, MembersRead, MoneyRead, MoneyWrite, OrganizationRead, ResourcesRead,
        ResourcesWrite, TermsRead, TermsWrite, TrainingsRead, TrainingsWrite, WebhooksRead, WebhooksWrite,
    };
    let path = path.strip_prefix(BASE)?;
    let path = FORMATS.iter().find_map(|format| path.strip_suffix(format)).unwrap_or(path);
    let reads = method.eq_ignore_ascii_case("get") || LOOKS.contains(&path);
    let by_method = |read: &'static [Scope], write: &'static [Scope]| Some(if reads { read } else { write });
    let only_read = |read: &'static [Scope]| reads.then_some(read);
    let parts: Vec<_> = path.split('/').collect();
    match parts[..] {
        ["organizations", "{id}"] | ["organizations", "{id}", "logo"] => only_read(&[OrganizationRead]),
        ["organizations", "{id}", "members", ..] => only_read(&[MembersRead]),
        ["organizations", "{id}", "audit", ..] => only_read(&[AuditRead]),
        ["organizations", "{id}", "events"] => only_read(&[EventsRead]),
        // Whoever names a receiver, or sends to it again, reads the events there.
        ["organizations", "{id}", "webhooks"] | ["webhooks" | "webhook-deliveries", ..] => {
            by_method(&[WebhooksRead, EventsRead], &[WebhooksWrite, EventsRead])
        }
        ["organizations", "{id}", "customers"] => only_read(&[BookingsRead]),
        ["organizations", "{id}", "billing" | "card-account"] => only_read(&[MoneyRead]),
        // People accept terms, take seats and invite people.
        ["organizations"]
        | ["organizations", "{id}", "api-keys" | "close" | "invitations" | "owner", ..]
        | ["terms", "{id}", "accept"] => None,
        ["trainings", "{id}", "seats"] => only_read(&[TrainingsRead]),
        ["bookings", "{id}", "card-payments" | "ledger" | "pay" | "return-deposit" | "waive-fee"] => {
            by_method(&[BookingsRead, MoneyRead], &[BookingsWrite, MoneyWrite])
        }
        ["packages", "{id}", "buy"] => Some(&[BookingsWrite, MoneyWrite]),
        ["bookings" | "booking-groups" | "series" | "waitlist", ..] => by_method(&[BookingsRead], &[BookingsWrite]),
        ["organizations", "{id}", "sites" | "resources", ..] | ["calendar-imports" | "resources" | "sites" | "search", ..] => {
            by_method(&[ResourcesRead], &[ResourcesWrite])
        }
        ["organizations", "{id}", "terms" | "terms-acceptances", ..] | ["terms", ..] => by_method(&[TermsRead], &[TermsWrite]),
        ["organizations", "{id}", "trainings" | "certification-kinds", ..]
        | ["trainings" | "certification-kinds" | "certifications", ..] => by_method(&[TrainingsRead], &[TrainingsWrite]),
        [
            "organizations",
            "{id}",
            "balances"
            | "bank-statement-lines"
            | "bank-statements"
            | "coupons"
            | "debts"
            | "figures"
            | "invoices"
            | "ledger"
            | "packages"
            | "payments"
            | "payouts"
            | "prepaid"
            | "statement",
            ..,
        ]
        | [
            "bank-statement-lines" | "bank-statements" | "coupons" | "invoices" | "packages" | "payments" | "payouts" | "prepaid",
            ..,
        ] => by_method(&[MoneyRead], &[MoneyWrite]),
        _ => None,
    }
}
