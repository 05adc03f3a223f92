//! Several bookings in one action: the parts of a series or a group.

use super::access::Actor;
use super::draft::{NewBooking, PartOf};
use super::due;
use super::journal::{ChangeRecord, Changed, write};
use super::place::place;
use super::transition::Transition;
use crate::Caller;
use crate::error::Error;
use domain::booking::change::{BookingChange, BookingEventKind};
use domain::booking::{Booking, Move, Side};
use domain::ids::BookingId;
use storage::db::Tx;
use storage::resource_locks::LockedResources;

/// Books one part of a series or a group, and writes it into the history. All parts are published together.
pub(crate) fn book_part(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: &str,
    new: &NewBooking,
    locked: &LockedResources,
    part_of: PartOf,
) -> Result<Changed, Error> {
    let (booking, overridden) = place(tx, caller, customer, new, locked, part_of)?;
    let created = ChangeRecord::new(BookingEventKind::Create, overridden);
    let change = write(tx, Actor::of(caller, Side::Customer), &booking, created)?;
    Ok(Changed { booking, change })
}

/// A move that one of several bookings is to make.
pub(crate) struct PlannedMove {
    pub(crate) actor: Actor,
    pub(crate) booking: Booking,
    pub(crate) happens: Move,
}

/// Makes the moves of several bookings, and then offers the freed capacity to the waitlist. `refuse` decides about each refusal:
/// to go on with the other bookings, or to end with an error. The changes are yet to be published.
pub(crate) fn move_all(
    tx: &mut Tx<'_>,
    planned: Vec<PlannedMove>,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Changed, Error>,
    mut refuse: impl FnMut(BookingId, Error) -> Result<(), Error>,
) -> Result<Vec<BookingChange>, Error> {
    let mut locked = due::lock(tx, planned.iter().map(|one| one.booking.resource_id))?;
    let mut changes = Vec::new();
    for PlannedMove { actor, booking, happens } in planned {
        let id = booking.id;
        let transition = Transition::new(tx, actor, booking, happens);
        match transition.and_then(|transition| finish(tx, transition.among_others(&locked))) {
            Ok(changed) => changes.push(changed.change),
            Err(error) => refuse(id, error)?,
        }
    }
    due::offer_freed(tx, &mut locked)?;
    Ok(changes)
}
