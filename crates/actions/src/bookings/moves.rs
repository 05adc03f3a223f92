//! The moves that the two parties make with a booking, except for changing its slot.

use super::access::{authorize_move, check_payment, check_seen, confirming, get_as_party, is_offered_to_customer};
use super::buffer::keep_free;
use super::fees::overrun_fee;
use super::journal::Changed;
use super::transition::Transition;
use crate::Caller;
use crate::error::Error;
use crate::precondition::IfMatch;
use domain::booking::{Booking, BookingStatus, Move, Party, Side, Usage};
use domain::ids::BookingId;
use storage::bookings;
use storage::db::{ReadTx, Tx};

/// Confirms a hold: it becomes a booking, or a request if the host approves bookings. If payment is due first, a manager of the
/// host confirms it when the payment has arrived; this also approves it. An offer of the host is confirmed by the customer and
/// needs no approval.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if it is no hold or has
/// expired, [`Error::RulesViolated`] for the customer if the resource is out of order then or the operator is no longer certified.
pub fn confirm(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    check_payment(&booking, side)?;
    // Only the customer confirms an offer of the host.
    let side = if is_offered_to_customer(&booking) { Side::Customer } else { side };
    let actor = authorize_move(tx, caller, &booking, side, booking.awaits() == Some(Party::Host))?;
    check_seen(tx.now, &booking, if_match)?;
    let happens = confirming(&booking, side);
    Transition::new(tx, actor, booking, happens)?.agree(tx).map(booking_of)
}

/// Approves a request, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`.
pub fn approve(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::Approve, if_match)?.agree(tx).map(booking_of)
}

/// Declines a request, as a manager of the host. Its capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`.
pub fn decline(tx: &mut Tx<'_>, caller: Caller, id: BookingId, reason: &str, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::Decline, if_match)?.decline(tx, reason).map(booking_of)
}

/// Cancels a booking, as either party. Its capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if it is over,
/// [`Error::RulesViolated`] if it is too late for the customer.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: BookingId, reason: &str, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::Cancel, if_match)?.cancel(tx, reason).map(booking_of)
}

/// Checks the customer in. The operator must still be certified for the resource, unless a manager of the host checks the
/// operator in; and the bookings that are still in use must leave enough of the resource, unless a manager of the host gives a reason
/// to override it.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` also if it is too early,
/// `invalid_fields` for a reason from anybody else, [`Error::RulesViolated`].
pub fn check_in(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingId,
    override_reason: Option<&str>,
    if_match: &IfMatch,
) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::CheckIn, if_match)?.check_in(tx, caller, override_reason).map(booking_of)
}

/// Checks the customer out. The rest of the time is free at once, after the buffer; time beyond the end can cost a fee. Before the start
/// it takes the check-in back: the booking is confirmed again.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`.
pub fn check_out(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    let transition = begin(tx, caller, id, Move::CheckOut, if_match)?;
    if transition.status() == BookingStatus::Confirmed {
        bookings::delete_usage(tx.conn, id)?;
        let checked_out = transition.finish(tx, |booking, now| {
            booking.usage = None;
            booking.lapses_at = booking.rules.lapses_at(now, booking.status, booking.interval);
        });
        return checked_out.map(booking_of);
    }
    let fee = overrun_fee(tx, transition.booking())?;
    let checked_out = transition.finish_keeping(
        tx,
        |booking, now| {
            booking.fee = fee;
            let is_late = booking.interval.ends_at() < now;
            booking.usage =
                booking.usage.map(|usage| Usage { checked_out_at: Some(now), is_overrun: usage.is_overrun || is_late, ..usage });
        },
        |tx, locked, booking| keep_free(tx, caller, locked, booking),
    );
    checked_out.map(booking_of)
}

/// Records a no-show, as a manager of the host. The rest of the time is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` also before the start.
pub fn no_show(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::NoShow, if_match)?.finish(tx, |_, _| ()).map(booking_of)
}

fn booking_of(changed: Changed) -> Booking {
    changed.booking
}

/// Loads the booking, and checks that the caller may make the move and that it is possible now.
fn begin(
    tx: &mut ReadTx,
    caller: Caller,
    id: BookingId,
    happens: Move,
    if_match: &IfMatch,
) -> Result<Transition<'static>, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let actor = authorize_move(tx, caller, &booking, side, !happens.is_for(side))?;
    check_seen(tx.now, &booking, if_match)?;
    Transition::new(tx, actor, booking, happens)
}
