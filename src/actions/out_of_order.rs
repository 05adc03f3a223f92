//! Taking a resource out of order for a while, and those who have booked it being warned.

use chrono::TimeDelta;
use serde_json::json;

use super::Caller;
use super::bookings::due::{self, Locked};
use super::bookings::facts;
use super::error::Error;
use super::record::{audit, publish};
use super::resources::get_as;
use crate::domain::event::{BookingFacts, Event, Happened};
use crate::domain::fields::InvalidFields;
use crate::domain::ids::ResourceId;
use crate::domain::out_of_order::OutOfOrder;
use crate::domain::permissions::Permission;
use crate::domain::problem::Code;
use crate::domain::time::UtcTime;
use crate::storage::bookings;
use crate::storage::db::Tx;
use crate::storage::resources::{self, Resource};

/// Whose bookings start so soon are warned while nobody knows how long it takes.
const WARNED: TimeDelta = TimeDelta::days(7);
/// How long a repair may take at most; what takes longer has no known end.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// Takes a resource out of order, or says anew why and until when: nobody books it meanwhile, and the parties to
/// the bookings that it may cost are warned.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for an end that is not soon to come.
pub fn mark(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, reason: &str, until: Option<UtcTime>) -> Result<Resource, Error> {
    let (locked, resource) = get_locked(tx, caller, id)?;
    if until.is_some_and(|until| until <= tx.now || until > tx.now + LONGEST) {
        let detail = format!("must lie in the future, at most {} days ahead", LONGEST.num_days());
        return Err(InvalidFields::one("/until", "out_of_range", detail).into());
    }
    let since = resource.out_of_order.as_ref().map_or(tx.now, |known| known.since);
    let out_of_order = OutOfOrder { since, reason: reason.to_owned(), until };
    let before = until.unwrap_or(tx.now + WARNED);
    for booking in bookings::list_starting(tx.conn, id, tx.now, before)? {
        let facts = BookingFacts { reason: reason.to_owned(), in_order_from: until, ..facts(&booking, None, None) };
        publish(tx, &Event::Booking { happened: Happened::OutOfOrder, facts })?;
    }
    save(tx, caller, locked, "resource.out_of_order", Resource { out_of_order: Some(out_of_order), ..resource })
}

/// Puts a resource back in order.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that is in order.
pub fn clear(tx: &mut Tx<'_>, caller: Caller, id: ResourceId) -> Result<Resource, Error> {
    let (locked, resource) = get_locked(tx, caller, id)?;
    if resource.out_of_order.is_none() {
        return Err(Error::Refused(Code::InvalidTransition, "The resource is in order.".to_owned()));
    }
    save(tx, caller, locked, "resource.back_in_order", Resource { out_of_order: None, ..resource })
}

/// Locks the resource, so that whoever books it sees that it is out of order, or is seen and warned.
fn get_locked(tx: &mut Tx<'_>, caller: Caller, id: ResourceId) -> Result<(Locked, Resource), Error> {
    let locked = due::lock(tx, [id])?;
    Ok((locked, get_as(tx, caller, id, Permission::Manage)?.at(tx.now)))
}

fn save(tx: &mut Tx<'_>, caller: Caller, locked: Locked, action: &str, resource: Resource) -> Result<Resource, Error> {
    let resource = Resource { updated_at: tx.now, ..resource };
    resources::update_out_of_order(tx.conn, &resource)?;
    let object = ("resource", resource.id.as_str());
    let detail = json!({ "out_of_order": resource.out_of_order });
    audit(tx, Some(caller.user_id), Some(resource.organization_id), action, object, &detail)?;
    // It may be in order again sooner than those who wait in line were told.
    locked.serve(tx)?;
    Ok(Resource { revision: resource.revision + 1, ..resource })
}
