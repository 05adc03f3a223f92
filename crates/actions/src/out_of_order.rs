//! Taking a resource out of order for a while, and warning the parties of its bookings.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::json;

use super::Caller;
use super::bookings::due;
use super::bookings::journal::publish_changes;
use super::error::Error;
use super::record::{audit, publish};
use super::resources::visible::get_as;
use domain::booking::Booking;
use domain::booking::change::{BookingChange, BookingEventKind};
use domain::fact::{Event, Scope};
use domain::fields::InvalidFields;
use domain::ids::ResourceId;
use domain::limits::LONGEST_DAYS;
use domain::out_of_order::OutOfOrder;
use domain::permissions::Permission;
use domain::principal::Principal;
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::said;
use domain::time::UtcTime;
use storage::bookings;
use storage::db::{ReadTx, Tx};
use storage::out_of_order_warnings;
use storage::resource_links;
use storage::resource_locks::LockedResources;
use storage::resources;

/// While the end is not known, the parties of bookings that start within this time are warned.
const WARNED: TimeDelta = TimeDelta::days(7);
/// The longest time for which an end can be given.
const LONGEST: TimeDelta = TimeDelta::days(LONGEST_DAYS);

/// Takes a resource out of order, or changes the reason and the end. It cannot be booked meanwhile, and the parties of the affected
/// bookings are warned.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for an end in the past or more than 366 days ahead.
pub fn mark(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, reason: &str, until: Option<UtcTime>) -> Result<Resource, Error> {
    let (mut locked, resource) = get_locked(tx, caller, id)?;
    if until.is_some_and(|until| until <= tx.now || until > tx.now + LONGEST) {
        let detail = said!("must lie in the future, at most {most_days} days ahead", most_days = LONGEST.num_days());
        return Err(InvalidFields::one("/until", "out_of_range", detail).into());
    }
    let since = resource.out_of_order.as_ref().map_or(tx.now, |known| known.since);
    let out_of_order = OutOfOrder { since, reason: reason.to_owned(), until };
    // The same notice again warns nobody twice.
    if resource.out_of_order.as_ref() == Some(&out_of_order) {
        due::offer_freed(tx, &mut locked)?;
        return Ok(resource);
    }
    let warned = list_warned(tx, &resource)?;
    let (relieved, still): (Vec<_>, Vec<_>) =
        warned.into_iter().partition(|booking| booking.interval.starts_at() >= out_of_order.closed_before());
    let resource = save(tx, caller, "resource.out_of_order", Resource { out_of_order: Some(out_of_order), ..resource })?;
    let concerned = list_concerned(tx, &resource)?;
    let ids: BTreeSet<_> = still.iter().chain(&concerned).map(|booking| booking.id).collect();
    out_of_order_warnings::update_all(tx.conn, id, ids)?;
    relieve(tx, caller, &resource, relieved)?;
    publish_for(tx, caller.principal(), BookingEventKind::OutOfOrder, &resource, &concerned)?;
    // The end may be earlier now, so that slots fit for the waitlist.
    due::offer_freed(tx, &mut locked)?;
    Ok(resource)
}

/// Puts a resource back in order, and notifies the parties that were warned and whose bookings still stand.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if it is in order.
pub fn clear(tx: &mut Tx<'_>, caller: Caller, id: ResourceId) -> Result<Resource, Error> {
    let (mut locked, resource) = get_locked(tx, caller, id)?;
    if resource.out_of_order.is_none() {
        return Err(Error::Refused(Code::InvalidTransition, said!("The resource is not out of order.")));
    }
    let warned = list_warned(tx, &resource)?;
    out_of_order_warnings::update_all(tx.conn, id, [])?;
    let resource = save(tx, caller, "resource.back_in_order", Resource { out_of_order: None, ..resource })?;
    relieve(tx, caller, &resource, warned)?;
    due::offer_freed(tx, &mut locked)?;
    Ok(resource)
}

/// Whether there are bookings whose parties [`warn`] would warn.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn has_unwarned(tx: &mut ReadTx, id: ResourceId) -> Result<bool, Error> {
    let resource = resources::get(&mut tx.conn, id)?.at(tx.now);
    Ok(!list_unwarned(tx, &resource)?.is_empty())
}

/// Warns, once for each booking, the parties of bookings that have come near, or were moved by the host, while the resource is out
/// of order.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn warn(tx: &mut Tx<'_>, id: ResourceId) -> Result<(), Error> {
    let _locked = due::lock(tx, [id])?;
    let resource = resources::get(tx.conn, id)?.at(tx.now);
    let unwarned = list_unwarned(tx, &resource)?;
    out_of_order_warnings::insert(tx.conn, id, unwarned.iter().map(|booking| booking.id))?;
    publish_for(tx, Principal::System, BookingEventKind::OutOfOrder, &resource, &unwarned)
}

/// Locks the resource: a booking at the same time sees that the resource is out of order, or is seen here and its parties warned.
fn get_locked(tx: &mut Tx<'_>, caller: Caller, id: ResourceId) -> Result<(LockedResources, Resource), Error> {
    let locked = due::lock(tx, [id])?;
    Ok((locked, get_as(tx, caller, id, Permission::ManageCalendar)?.at(tx.now)))
}

/// The bookings whose parties were warned while the resource is out of order.
fn list_warned(tx: &mut ReadTx, resource: &Resource) -> Result<Vec<Booking>, Error> {
    match resource.out_of_order {
        Some(_) => {
            let taking = resource_links::list_taking(&mut tx.conn, resource.id)?;
            Ok(out_of_order_warnings::list_bookings(&mut tx.conn, resource.id, &taking, tx.now)?)
        }
        None => Ok(Vec::new()),
    }
}

/// The bookings whose parties must know because they need the resource soon: its own, and those that book it along.
fn list_concerned(tx: &mut ReadTx, resource: &Resource) -> Result<Vec<Booking>, Error> {
    let Some(known) = &resource.out_of_order else { return Ok(Vec::new()) };
    let taking = resource_links::list_taking(&mut tx.conn, resource.id)?;
    Ok(bookings::list_starting(&mut tx.conn, &taking, tx.now, known.until.unwrap_or(tx.now + WARNED))?)
}

/// Those of these bookings whose parties were not warned yet.
fn list_unwarned(tx: &mut ReadTx, resource: &Resource) -> Result<Vec<Booking>, Error> {
    let mut concerned = list_concerned(tx, resource)?;
    if !concerned.is_empty() {
        let warned = out_of_order_warnings::list_ids(&mut tx.conn, resource.id)?;
        concerned.retain(|booking| !warned.contains(&booking.id));
    }
    Ok(concerned)
}

/// Notifies the parties of bookings that these can be kept, unless another resource that they need is still out of order.
fn relieve(tx: &mut Tx<'_>, caller: Caller, resource: &Resource, bookings: Vec<Booking>) -> Result<(), Error> {
    let mut relieved = Vec::new();
    for booking in bookings {
        if resources::get(tx.conn, booking.resource_id)?.broken(tx.now, booking.interval.starts_at()).is_empty() {
            relieved.push(booking);
        }
    }
    publish_for(tx, caller.principal(), BookingEventKind::BackInOrder, resource, &relieved)
}

/// Publishes that the resource is out of order, or back in order, for all these bookings together.
fn publish_for(
    tx: &mut Tx<'_>,
    principal: Principal,
    kind: BookingEventKind,
    resource: &Resource,
    bookings: &[Booking],
) -> Result<(), Error> {
    let known = resource.out_of_order.as_ref().filter(|_| kind == BookingEventKind::OutOfOrder);
    let reason = |booking: &Booking| match known {
        None => String::new(),
        Some(known) if booking.resource_id == resource.id => known.reason.clone(),
        Some(known) => format!("{}: {}", resource.fields.name, known.reason),
    };
    let change = |booking: &Booking| BookingChange {
        reason: reason(booking),
        in_order_from: known.and_then(|known| known.until),
        ..BookingChange::unchanged(kind, booking)
    };
    publish_changes(tx, principal, Scope::Several, bookings.iter().map(change).collect())
}

fn save(tx: &mut Tx<'_>, caller: Caller, action: &str, resource: Resource) -> Result<Resource, Error> {
    let resource = Resource { updated_at: tx.now, ..resource };
    resources::update_out_of_order(tx.conn, &resource)?;
    let object = ("resource", resource.id.as_str());
    let detail = json!({ "out_of_order": resource.out_of_order });
    audit(tx, caller.principal(), Some(resource.organization_id), action, object, &detail)?;
    publish(tx, caller.principal(), Event::ResourceChanged { resource_id: resource.id })?;
    Ok(Resource { revision: resource.revision + 1, ..resource })
}
