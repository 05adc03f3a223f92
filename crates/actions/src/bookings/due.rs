//! Changes that the service makes by itself when they are due: bookings and blocks end, holds and requests expire, and the
//! waitlist gets the freed capacity.

use std::collections::{BTreeMap, BTreeSet};

use super::access::Actor;
use super::journal::{ChangeRecord, Changed, change, delays, lapse_proposal, notify_delay, publish_changes};
use crate::error::Error;
use crate::waitlist::queue;
use domain::booking::change::{BookingChange, BookingEventKind};
use domain::booking::{Booking, BookingStatus};
use domain::fact::Scope;
use domain::ids::{BookingGroupId, ResourceId, SeriesId};
use domain::interval::Interval;
use domain::principal::Principal;
use domain::resource::Resource;
use storage::blocks;
use storage::booking_proposals;
use storage::bookings;
use storage::db::{ReadTx, Tx};
use storage::due;
use storage::resource_links;
use storage::resource_locks::{self, LockedResources};
use storage::resources;

/// The resources for which a change is due.
///
/// # Errors
/// When the database fails.
pub fn list_resources(tx: &mut ReadTx) -> Result<BTreeSet<ResourceId>, Error> {
    let mut due = due::list_resources(&mut tx.conn, tx.now)?;
    due.extend(blocks::list_over_resources(&mut tx.conn, tx.now)?);
    due.extend(booking_proposals::list_due_resources(&mut tx.conn, tx.now)?);
    Ok(due.into_iter().collect())
}

/// Ends the proposals, bookings and blocks of a resource that are over or have expired, offers the freed capacity to the waitlist,
/// and marks the bookings that overrun.
///
/// # Errors
/// When the resource does not exist, or the database fails.
pub fn run(tx: &mut Tx<'_>, resource: ResourceId) -> Result<(), Error> {
    let locked = lock(tx, [resource])?;
    // A proposal that lapses together with its booking lapses first.
    for proposal in booking_proposals::list_due(tx.conn, resource, tx.now)? {
        let booking = bookings::get(tx.conn, proposal.booking_id)?;
        lapse_proposal(tx, proposal, (&booking).into())?;
    }
    sweep_resource(tx, &locked, resource)?;
    // The resource is locked, so no booking is added that would not be notified.
    let overrunning = due::list_new_overruns(tx.conn, resource, tx.now)?;
    flag_overruns(tx, &locked, overrunning)
}

/// Locks resources. Each action that claims capacity, frees it or opens more of it begins with this lock; one that frees capacity
/// ends with [`offer_freed`].
///
/// # Errors
/// When a resource does not exist, or the database fails.
pub(crate) fn lock(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = ResourceId>) -> Result<LockedResources, Error> {
    let ids: Vec<_> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    Ok(resource_locks::lock(tx.conn, &ids, tx.now)?)
}

/// Offers freed capacity to the waitlist, in the transaction that frees it: later claims find it held for the entries.
///
/// # Errors
/// When the database fails.
pub(crate) fn offer_freed(tx: &mut Tx<'_>, locked: &mut LockedResources) -> Result<(), Error> {
    if locked.needs_sweep() {
        let linked: Vec<_> = resource_links::list_linked(tx.conn, locked.ids())?.into_iter().collect();
        sweep(tx, locked, &linked, None)?;
        locked.mark_swept();
    }
    Ok(())
}

/// Locks a resource, ends what is over or has expired, and offers the freed capacity to the waitlist.
///
/// # Errors
/// When the resource does not exist, or the database fails.
pub fn catch_up(tx: &mut Tx<'_>, resource: ResourceId) -> Result<(), Error> {
    let locked = lock(tx, [resource])?;
    sweep_resource(tx, &locked, resource)
}

fn sweep_resource(tx: &mut Tx<'_>, locked: &LockedResources, resource: ResourceId) -> Result<(), Error> {
    let resource = resources::get(tx.conn, resource)?;
    expire_and_offer(tx, locked, &resource)
}

/// Ends what is over or has expired on a resource and on those that are linked to it, and offers the freed capacity to the
/// waitlist.
///
/// # Errors
/// When the database fails.
pub(crate) fn expire_and_offer(tx: &mut Tx<'_>, locked: &LockedResources, resource: &Resource) -> Result<(), Error> {
    let linked = linked(tx, resource)?;
    sweep(tx, locked, &linked, None)
}

/// As [`expire_and_offer`], before this time of the resource is claimed: only those entries of the waitlist get an offer that
/// the claim could overtake.
///
/// # Errors
/// When the database fails.
pub(crate) fn expire_and_offer_before(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    resource: &Resource,
    claim: Interval,
) -> Result<(), Error> {
    let linked = linked(tx, resource)?;
    sweep(tx, locked, &linked, Some(claim))
}

/// The resources that a claim on this resource can affect.
fn linked(tx: &mut ReadTx, resource: &Resource) -> Result<Vec<ResourceId>, Error> {
    Ok(match resource.has_links {
        true => resource_links::list_linked(&mut tx.conn, &[resource.id])?.into_iter().collect(),
        false => vec![resource.id],
    })
}

fn sweep(tx: &mut Tx<'_>, locked: &LockedResources, ids: &[ResourceId], claim: Option<Interval>) -> Result<(), Error> {
    let spent = due::list_spent(tx.conn, ids, tx.now)?;
    end_all(tx, locked, spent)?;
    blocks::update_over(tx.conn, locked, ids, tx.now)?;
    queue::offer_freed(tx, locked, ids, claim)
}

/// Makes the moves that are due. The expired bookings of one series are published together, and so are those of one group.
fn end_all(tx: &mut Tx<'_>, locked: &LockedResources, bookings: Vec<Booking>) -> Result<(), Error> {
    let mut requests: BTreeMap<SeriesId, Vec<BookingChange>> = BTreeMap::new();
    let mut holds: BTreeMap<SeriesId, Vec<BookingChange>> = BTreeMap::new();
    let mut of_groups: BTreeMap<BookingGroupId, Vec<BookingChange>> = BTreeMap::new();
    for booking in bookings {
        let was = booking.status;
        let Some(Changed { booking, change }) = end(tx, locked, booking)? else { continue };
        let has_expired = change.kind == BookingEventKind::Expire;
        match (booking.series_id, booking.group_id) {
            (Some(series_id), _) if has_expired && was == BookingStatus::Held => holds.entry(series_id).or_default().push(change),
            (Some(series_id), _) if has_expired => requests.entry(series_id).or_default().push(change),
            (_, Some(group_id)) if has_expired => of_groups.entry(group_id).or_default().push(change),
            _ => publish_changes(tx, Principal::System, Scope::One, vec![change])?,
        }
    }
    for (group_id, changes) in of_groups {
        publish_changes(tx, Principal::System, Scope::Group { group_id, waiting: Vec::new() }, changes)?;
    }
    for changes in holds.into_values() {
        publish_changes(tx, Principal::System, Scope::Several, changes)?;
    }
    for (series_id, changes) in requests {
        publish_changes(tx, Principal::System, Scope::Series { series_id, left_out: Vec::new(), kept: Vec::new() }, changes)?;
    }
    Ok(())
}

/// Makes the move of a booking that is due, if one is. The change is yet to be published.
fn end(tx: &mut Tx<'_>, locked: &LockedResources, booking: Booking) -> Result<Option<Changed>, Error> {
    let Some((happens, ended)) = booking.ended_by(tx.now) else { return Ok(None) };
    change(tx, locked, Actor::SYSTEM, ended, ChangeRecord::of(happens, &booking)).map(Some)
}

/// Marks bookings that are still in use after their time. Both parties of each are notified, and so
/// are, once, the parties of each booking that may start late.
fn flag_overruns(tx: &mut Tx<'_>, locked: &LockedResources, bookings: Vec<Booking>) -> Result<(), Error> {
    for booking in bookings {
        let (record, delayed) = (ChangeRecord::of(BookingEventKind::Overrun, &booking), booking.life().may_delay());
        let linked: Vec<_> = resource_links::list_linked(tx.conn, &[booking.resource_id])?.into_iter().collect();
        let others = due::list_known_overruns(tx.conn, &linked)?;
        let Changed { change, .. } = change(tx, locked, Actor::SYSTEM, booking.overrun(), record)?;
        publish_changes(tx, Principal::System, Scope::One, vec![change])?;
        for next in bookings::list_starting(tx.conn, &linked, delayed.starts_at(), delayed.ends_at())? {
            if next.life().status_at(tx.now) == BookingStatus::Confirmed && !others.iter().any(|other| delays(other, &next)) {
                notify_delay(tx, &next)?;
            }
        }
    }
    Ok(())
}
