//! Taking a resource out of order for a while, and those who have booked it being warned.

use std::collections::BTreeSet;

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
use crate::storage::bookings::{self, Booking};
use crate::storage::db::Tx;
use crate::storage::out_of_order_warnings;
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
    let warned = list_warned(tx, &resource)?;
    let (relieved, still): (Vec<_>, Vec<_>) =
        warned.into_iter().partition(|booking| booking.interval.starts_at() >= out_of_order.closed_before());
    let concerned = bookings::list_starting(tx.conn, id, tx.now, until.unwrap_or(tx.now + WARNED))?;
    let ids: BTreeSet<_> = still.iter().chain(&concerned).map(|booking| booking.id).collect();
    out_of_order_warnings::replace(tx.conn, id, ids)?;
    tell(tx, Happened::BackInOrder, &relieved, None)?;
    tell(tx, Happened::OutOfOrder, &concerned, Some(&out_of_order))?;
    save(tx, caller, locked, "resource.out_of_order", Resource { out_of_order: Some(out_of_order), ..resource })
}

/// Puts a resource back in order, and tells those who were warned and whose bookings still stand.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that is in order.
pub fn clear(tx: &mut Tx<'_>, caller: Caller, id: ResourceId) -> Result<Resource, Error> {
    let (locked, resource) = get_locked(tx, caller, id)?;
    if resource.out_of_order.is_none() {
        return Err(Error::Refused(Code::InvalidTransition, "The resource is in order.".to_owned()));
    }
    let warned = list_warned(tx, &resource)?;
    out_of_order_warnings::replace(tx.conn, id, [])?;
    tell(tx, Happened::BackInOrder, &warned, None)?;
    save(tx, caller, locked, "resource.back_in_order", Resource { out_of_order: None, ..resource })
}

/// Locks the resource, so that whoever books it sees that it is out of order, or is seen and warned.
fn get_locked(tx: &mut Tx<'_>, caller: Caller, id: ResourceId) -> Result<(Locked, Resource), Error> {
    let locked = due::lock(tx, [id])?;
    Ok((locked, get_as(tx, caller, id, Permission::Manage)?.at(tx.now)))
}

/// The bookings whose parties have been warned of what is out of order now.
fn list_warned(tx: &mut Tx<'_>, resource: &Resource) -> Result<Vec<Booking>, Error> {
    match resource.out_of_order {
        Some(_) => Ok(out_of_order_warnings::list_bookings(tx.conn, resource.id, tx.now)?),
        None => Ok(Vec::new()),
    }
}

/// Lets the parties to bookings hear of them, each of all of theirs at once.
fn tell(tx: &mut Tx<'_>, happened: Happened, bookings: &[Booking], known: Option<&OutOfOrder>) -> Result<(), Error> {
    if bookings.is_empty() {
        return Ok(());
    }
    let facts = |booking| BookingFacts {
        reason: known.map_or_else(String::new, |known| known.reason.clone()),
        in_order_from: known.and_then(|known| known.until),
        ..facts(booking, None, None)
    };
    publish(tx, &Event::Bookings { happened, bookings: bookings.iter().map(facts).collect() })
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
