//! The bodies of operations that take a time.

use serde_json::{Value, json};

/// The body of what takes a time.
pub(super) fn slot(mut fields: Value) -> Value {
    fields["starts_at"] = "2026-12-01T10:00:00Z".into();
    fields["ends_at"] = "2026-12-01T11:00:00Z".into();
    fields["quantity"] = 1.into();
    fields
}

pub(super) fn new_training(kind: &str, site: &str) -> Value {
    json!({
        "certification_kind_id": kind, "site_id": site, "name": "Evening", "seats": 9,
        "starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T11:00:00Z",
    })
}

/// The same on a day when everything is closed.
pub(super) fn slot_when_closed(fields: Value) -> Value {
    let mut fields = slot(fields);
    fields["starts_at"] = "2026-12-15T10:00:00Z".into();
    fields["ends_at"] = "2026-12-15T11:00:00Z".into();
    fields
}
