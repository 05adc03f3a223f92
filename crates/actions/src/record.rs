//! The two trails of every change: the audit log for those who ask later, the facts for
//! subscribers such as mail. Both are written in the transaction of the change.

use serde::Serialize;
use serde_json::{Map, Value};

use super::error::Error;
use domain::fact::{Event, Fact};
use domain::ids::{AuditId, Ordered, OrganizationId};
use domain::notification::subscribers;
use domain::principal::Principal;
use domain::time::UtcTime;
use storage::audit::{self, NewEntry};
use storage::db::Tx;
use storage::error::StorageError;
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
    audit_personal(tx, principal, organization, action, object, (detail, Map::new()))
}

/// The same as [`audit()`], with further details about people, which can be erased.
pub(super) fn audit_personal(
    tx: &mut Tx<'_>,
    principal: Principal,
    organization: Option<OrganizationId>,
    action: &str,
    object: (&str, &str),
    (detail, personal): (&impl Serialize, Map<String, Value>),
) -> Result<(), Error> {
    let now = (tx.new_id(), tx.now);
    insert(tx, now, principal, organization, action, object, (detail, personal))
}

/// The details of a change: the fields of an object that differ, with their values before and after it. Those about people are separate,
/// for [`audit_personal`].
pub(super) fn changes(
    before: &impl Serialize,
    after: &impl Serialize,
    about_people: &[&str],
) -> Result<(Value, Map<String, Value>), Error> {
    let (before, after) = (to_value(before)?, to_value(after)?);
    let fields = |of: &Value, other: &Value, is_personal: bool| {
        let fields = of.as_object().into_iter().flatten().filter(|(name, value)| other.get(name) != Some(value));
        let fields = fields.filter(|(name, _)| about_people.contains(&name.as_str()) == is_personal);
        fields.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>()
    };
    let part = |is_personal| {
        let parts = [("before", fields(&before, &after, is_personal)), ("after", fields(&after, &before, is_personal))];
        let parts = parts.into_iter().filter(|(_, fields)| !fields.is_empty());
        parts.map(|(name, fields)| (name.to_owned(), Value::Object(fields))).collect::<Map<_, _>>()
    };
    Ok((Value::Object(part(false)), part(true)))
}

fn to_value(value: &impl Serialize) -> Result<Value, Error> {
    Ok(serde_json::to_value(value).map_err(StorageError::from)?)
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
    at: (AuditId, UtcTime),
    principal: Principal,
    organization: Option<OrganizationId>,
    action: &str,
    object: (&str, &str),
    detail: &impl Serialize,
) -> Result<(), Error> {
    insert(tx, at, principal, organization, action, object, (detail, Map::new()))
}

fn insert(
    tx: &mut Tx<'_>,
    (id, at): (AuditId, UtcTime),
    principal: Principal,
    organization_id: Option<OrganizationId>,
    action: &str,
    (object, object_id): (&str, &str),
    (detail, mut personal): (&impl Serialize, Map<String, Value>),
) -> Result<(), Error> {
    let (user_id, api_key_id) = (principal.user_id(), principal.api_key_id());
    // The service itself acts from nowhere, also in the transaction of a request.
    if let Some(address) = tx.address.filter(|_| principal != Principal::System) {
        personal.insert("address".to_owned(), address.to_string().into());
    }
    let (detail, personal) = (Json(to_value(detail)?), (!personal.is_empty()).then_some(Json(Value::Object(personal))));
    let entry = NewEntry { id, at, user_id, api_key_id, organization_id, action, object, object_id, detail, personal };
    Ok(audit::insert(tx.conn, &entry)?)
}

/// Records what a principal did as a fact for the subscribers.
pub(super) fn publish(tx: &mut Tx<'_>, principal: Principal, event: Event) -> Result<(), Error> {
    let (id, subscribers) = (tx.new_id(), subscribers(&event));
    Ok(facts::insert(tx.conn, id, &Fact { principal, event }, subscribers, tx.now)?)
}
