//! The objects on which the operations about imported calendars are tried.

use serde_json::{Value, json};

use crate::support::people::User;

/// The fields of a calendar import. No name ends with `.invalid`.
pub(super) fn new_calendar_import() -> Value {
    json!({ "name": "Maintenance", "url": "https://calendar.invalid/plan.ics" })
}

/// Makes an import if the operation is about one or is not known, and returns it.
pub(super) async fn add_calendar_import(owner: &User, resource: &str, operation: &str) -> String {
    if !operation.is_empty() && !operation.contains("calendar_import") && !operation.contains("calendar_clash") {
        return String::new();
    }
    owner.post(&format!("/resources/{resource}/calendar-imports"), new_calendar_import()).await.expect(201).id()
}
