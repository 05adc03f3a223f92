//! Several bookings in one action: the parts of a series or a group.

use super::access::Actor;
use super::draft::{NewBooking, PartOf};
use super::due;
use super::journal::{ChangeRecord, is_silent_cancellation, record};
use super::place::place;
use super::transition::Transition;
use crate::Caller;
use crate::error::Error;
use domain::booking::{Booking, BookingStatus, Move, Side};
use domain::ids::BookingId;
use storage::db::Tx;
use storage::resource_locks::LockedResources;

/// Books one part of a series or a group, and writes it into the history. The parties are notified of all parts together.
pub(crate) fn book_part(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: &str,
    new: &NewBooking,
    locked: &LockedResources,
    part_of: PartOf,
) -> Result<Booking, Error> {
    let (booking, detail) = place(tx, caller, customer, new, locked, part_of)?;
    let change = ChangeRecord { detail, ..ChangeRecord::default() };
    record(tx, Actor::of(caller, Side::Customer), "create", &booking, change)?;
    Ok(booking)
}

/// A move that one of several bookings is to make.
pub(crate) struct PlannedMove {
    pub(crate) actor: Actor,
    pub(crate) booking: Booking,
    pub(crate) happens: Move,
}

/// A booking that has made its move.
pub(crate) struct Moved {
    pub(crate) happens: Move,
    pub(crate) was: BookingStatus,
    pub(crate) booking: Booking,
    /// Whether nobody is notified of the move.
    pub(crate) is_silent: bool,
}

/// Makes the moves of several bookings, and then offers the freed capacity to the waitlist. `refuse` decides about each refusal:
/// to go on with the other bookings, or to end with an error.
pub(crate) fn move_all(
    tx: &mut Tx<'_>,
    planned: Vec<PlannedMove>,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Booking, Error>,
    mut refuse: impl FnMut(BookingId, Error) -> Result<(), Error>,
) -> Result<Vec<Moved>, Error> {
    let mut locked = due::lock(tx, planned.iter().map(|one| one.booking.resource_id))?;
    let mut moved = Vec::new();
    for PlannedMove { actor, booking, happens } in planned {
        let (id, was) = (booking.id, booking.status);
        let transition = Transition::new(tx, actor, booking, happens);
        match transition.and_then(|transition| finish(tx, transition.among_others(&locked))) {
            Ok(booking) => {
                let is_silent = is_silent_cancellation(actor.side, &booking);
                moved.push(Moved { happens, was, booking, is_silent });
            }
            Err(error) => refuse(id, error)?,
        }
    }
    due::offer_freed(tx, &mut locked)?;
    Ok(moved)
}
