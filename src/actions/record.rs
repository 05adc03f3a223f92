//! The two trails of every change: the audit log for those who ask later, the outbox for what the
//! outside must hear of. Both are written in the transaction of the change.

use serde::Serialize;

use super::error::Error;
use crate::domain::event::Event;
use crate::domain::ids::{OrganizationId, UserId};
use crate::storage::audit::{self, NewEntry};
use crate::storage::db::Tx;
use crate::storage::outbox;
use crate::storage::types::Json;

/// Writes into the audit log that `user` (or the system) did `action` to an object.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    user: Option<UserId>,
    organization: Option<OrganizationId>,
    action: &str,
    (object, object_id): (&str, &str),
    detail: &impl Serialize,
) -> Result<(), Error> {
    let detail = Json(serde_json::to_value(detail).unwrap_or_default());
    let entry =
        NewEntry { id: tx.new_id(), at: tx.now, user_id: user, organization_id: organization, action, object, object_id, detail };
    Ok(audit::insert(tx.conn, &entry)?)
}

/// Puts an event into the outbox.
pub(super) fn publish(tx: &mut Tx<'_>, event: &Event) -> Result<(), Error> {
    let id = tx.new_id();
    Ok(outbox::insert(tx.conn, id, event, tx.now)?)
}
