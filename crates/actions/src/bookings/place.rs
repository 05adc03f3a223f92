//! Placing a booking: claiming its capacity in the transaction that checks everything.

use super::access::{check_bookable, check_may_override, check_overridden};
use super::draft::{NewBooking, PartOf, draft};
use super::due;
use crate::error::Error;
use crate::prepaid::cover::{MayUse, cover};
use crate::{Caller, paying};
use domain::booking::Booking;
use domain::booking::change::Overridden;
use domain::resource::Resource;
use storage::db::Tx;
use storage::resource_locks::LockedResources;
use storage::{bookings, resources};

/// Claims the slot of a new booking, maybe as a part of a series or group. Returns the booking and the rules that were
/// overridden for it; nothing is recorded yet.
pub(crate) fn place(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: &str,
    new: &NewBooking,
    locked: &LockedResources,
    part_of: PartOf,
) -> Result<(Booking, Option<Overridden>), Error> {
    let resource = open(tx, caller, new, locked)?;
    if part_of.group_id.is_none() {
        check_may_override(tx, caller, [resource.organization_id], new.override_reason.as_deref())?;
    }
    let (booking, violations) = draft(tx, caller, customer, new, &resource, part_of)?;
    let overridden = check_overridden(tx, caller, &resource, violations, new.override_reason.as_deref())?;
    let booking = paying::begin(tx, &resource, booking)?;
    bookings::insert(tx.conn, locked, &booking)?;
    Ok((cover(tx, booking, MayUse::All)?, overridden))
}

/// The resource of a new booking, if it is on offer to the caller. Claims that have lapsed end, and entries of the waitlist that
/// the booking could overtake get their offers.
pub(super) fn open(tx: &mut Tx<'_>, caller: Caller, new: &NewBooking, locked: &LockedResources) -> Result<Resource, Error> {
    let resource = resources::get(tx.conn, new.resource_id)?;
    check_bookable(tx, caller, &resource)?;
    let claim = resource.fields.rules.allocation(new.slot.interval);
    if locked.needs_sweep() || claim.starts_at() < tx.now {
        due::expire_and_offer_before(tx, locked, &resource, claim)?;
    }
    Ok(resource)
}
