//! The two trails of every change: the audit log for those who ask later, the facts for
//! subscribers such as mail. Both are written in the transaction of the change.

use serde::Serialize;

use super::error::Error;
use domain::fact::{Event, Fact};
use domain::ids::{AuditId, Ordered, OrganizationId};
use domain::notification::subscribers;
use domain::principal::Principal;
use domain::time::UtcTime;
use storage::audit::{self, NewEntry};
use storage::db::Tx;
use storage::facts;
use storage::types::Json;

/// Writes into the audit log that a principal did `action` to an object.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    principal: Principal,
    organization: Option<OrganizationId>,
    action: &str,
    object: (&str, &str),
    detail: &impl Serialize,
) -> Result<(), Error> {
    let now = (tx.new_id(), tx.now);
    audit_at(tx, now, principal, organization, action, object, detail)
}

/// The identifier and the instant of what is added at an instant after the last addition to a locked object. The transaction may have
/// waited for the lock, so that the last addition has a later time, or the same millisecond.
pub(super) fn after<I: Ordered>(tx: &Tx<'_>, last: Option<(I, UtcTime)>, at: UtcTime) -> (I, UtcTime) {
    let id: I = tx.new_id();
    last.map_or((id, at), |(last, last_at)| (id.max(last.next()), at.max(last_at)))
}

/// The place of a change at an instant to a locked object in the log: after all earlier changes of the object.
pub(super) fn after_last(tx: &mut Tx<'_>, object_id: &str, at: UtcTime) -> Result<(AuditId, UtcTime), Error> {
    let last = audit::find_last(tx.conn, object_id)?;
    Ok(after(tx, last, at))
}

/// The same as [`audit()`], at another place in the log.
pub(super) fn audit_at(
    tx: &mut Tx<'_>,
    (id, at): (AuditId, UtcTime),
    principal: Principal,
    organization_id: Option<OrganizationId>,
    action: &str,
    (object, object_id): (&str, &str),
    detail: &impl Serialize,
) -> Result<(), Error> {
    let (user_id, api_key_id) = (principal.user_id(), principal.api_key_id());
    let detail = Json(serde_json::to_value(detail).unwrap_or_default());
    Ok(audit::insert(tx.conn, &NewEntry { id, at, user_id, api_key_id, organization_id, action, object, object_id, detail })?)
}

/// Records what a principal did as a fact for the subscribers.
pub(super) fn publish(tx: &mut Tx<'_>, principal: Principal, event: Event) -> Result<(), Error> {
    let (id, subscribers) = (tx.new_id(), subscribers(&event));
    Ok(facts::insert(tx.conn, id, &Fact { principal, event }, subscribers, tx.now)?)
}
