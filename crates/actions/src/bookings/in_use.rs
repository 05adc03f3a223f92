//! Bookings that are still in use: what they leave for a check-in, and for bookings that would start soon.

use crate::allocations;
use crate::error::Error;
use domain::availability::conflicts;
use domain::booking::{Booking, Side};
use domain::interval::Interval;
use domain::resource::Resource;
use domain::rules::{Violation, ViolationCode};
use domain::said::said;
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// The violation if the bookings that are in use now leave too little of the resource to check in this booking. Only the host learns
/// which bookings they are.
pub(super) fn check_in_violation(
    tx: &mut ReadTx,
    resource: &Resource,
    booking: &Booking,
    side: Side,
) -> Result<Option<Violation>, Error> {
    let Ok(now) = Interval::new(tx.now, tx.now + UtcTime::TICK) else { return Ok(None) };
    let (used, bookings) = allocations::in_use(tx, resource, now, booking.id)?;
    if bookings.is_empty() || conflicts(&used, now, resource.fields.capacity.quantity, booking.quantity).is_empty() {
        return Ok(None);
    }
    let detail =
        said!("other bookings are still in use and leave too little of the resource; check in when they are checked out");
    let booking_ids = if side == Side::Host { bookings.into_iter().collect() } else { Vec::new() };
    Ok(Some(Violation { booking_ids, ..Violation::new(ViolationCode::StillInUse, detail) }))
}

/// The violation if a slot is free, but would start soon, while bookings that overrun leave too little of the resource. With
/// `in_place_of`, that booking would leave its slot.
pub(super) fn overrun_violation(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    in_place_of: Option<&Booking>,
) -> Result<Option<Violation>, Error> {
    let claim = resource.fields.rules.allocation(slot.interval);
    let Some(until) = allocations::kept_until(tx, resource, claim)? else { return Ok(None) };
    let leaving = in_place_of.map(|booking| booking.id.into());
    let is_free = |taken: &[Slot]| conflicts(taken, claim, resource.fields.capacity.quantity, slot.quantity).is_empty();
    let is_kept = !is_free(&allocations::barred(tx, resource, claim, leaving)?);
    // A slot that is taken anyway is refused as such.
    if !is_kept || !is_free(&allocations::of(tx, resource, claim, leaving)?) {
        return Ok(None);
    }
    let detail = said!(
        "other bookings are still in use after their end and leave too little of the resource before {until}; book a later start, or wait until they are checked out",
        until
    );
    Ok(Some(Violation::new(ViolationCode::StillInUse, detail)))
}
