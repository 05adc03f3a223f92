//! The moves that a party makes with the bookings of a series, except for changing their slots.

use std::collections::BTreeMap;

use super::find::{Whole, find_meant, get, none_left};
use super::record::{OtherDays, record};
use crate::Caller;
use crate::bookings::access::{Actor, check_payment, confirming};
use crate::bookings::journal::Changed;
use crate::bookings::together::{PlannedMove, move_all};
use crate::bookings::transition::Transition;
use crate::error::Error;
use domain::booking::change::BookingEventKind;
use domain::booking::{Booking, Move};
use domain::ids::{BookingId, SeriesId};
use storage::db::Tx;
use storage::series::Series;

/// Cancels the bookings of a series that can be cancelled, from one booking on or all, as either party.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none, [`Error::RulesViolated`] if it is
/// too late for the customer to cancel any of them.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: SeriesId, from: Option<BookingId>, reason: &str) -> Result<Whole, Error> {
    change_meant(tx, caller, id, from, Move::Cancel, |tx, transition| transition.cancel(tx, reason))
}

/// Confirms the holds of a series: they become bookings, or requests if the host approves bookings. If payment is due first, a
/// manager of the host confirms them when the payment has arrived.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn confirm(tx: &mut Tx<'_>, caller: Caller, id: SeriesId) -> Result<Whole, Error> {
    let (series, actor, held) = find_meant(tx, caller, id, None, Move::Confirm)?;
    let (mut meant, mut refused) = (Vec::new(), none_left(Move::Confirm));
    // The rules of each booking decide, because it may have moved to another resource.
    for booking in held {
        let happens = confirming(&booking, actor.side);
        match check_payment(&booking, actor.side) {
            Err(why) => refused = why,
            Ok(()) if booking.life().after(happens, tx.now).is_ok() => meant.push((booking, happens)),
            Ok(()) => {}
        }
    }
    if meant.is_empty() {
        return Err(refused);
    }
    change_all(tx, caller, (&series, actor), meant, |tx, transition| transition.agree(tx))
}

/// Approves the requests of a series, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn approve(tx: &mut Tx<'_>, caller: Caller, id: SeriesId) -> Result<Whole, Error> {
    change_meant(tx, caller, id, None, Move::Approve, |tx, transition| transition.agree(tx))
}

/// Declines the requests of a series, from one booking on or all, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn decline(tx: &mut Tx<'_>, caller: Caller, id: SeriesId, from: Option<BookingId>, reason: &str) -> Result<Whole, Error> {
    change_meant(tx, caller, id, from, Move::Decline, |tx, transition| transition.decline(tx, reason))
}

/// Makes a move with all bookings of a series that can make it, from one booking on if it is named.
fn change_meant(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: SeriesId,
    from: Option<BookingId>,
    happens: Move,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Changed, Error>,
) -> Result<Whole, Error> {
    let (series, actor, meant) = find_meant(tx, caller, id, from, happens)?;
    let meant = meant.into_iter().map(|booking| (booking, happens)).collect();
    change_all(tx, caller, (&series, actor), meant, finish)
}

/// Makes these moves with bookings of a series, and publishes those of the same kind together.
fn change_all(
    tx: &mut Tx<'_>,
    caller: Caller,
    (series, actor): (&Series, Actor),
    meant: Vec<(Booking, Move)>,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Changed, Error>,
) -> Result<Whole, Error> {
    let planned = meant.into_iter().map(|(booking, happens)| PlannedMove { actor, booking, happens }).collect();
    let mut too_late = Vec::new();
    let changes = move_all(tx, planned, finish, |_, error| match error {
        // The bookings for which it is too late stay as they are.
        Error::RulesViolated(violations) => {
            too_late = violations;
            Ok(())
        }
        error => Err(error),
    })?;
    if changes.is_empty() {
        return Err(Error::RulesViolated(too_late));
    }
    let mut by_kind = BTreeMap::<BookingEventKind, Vec<_>>::new();
    for change in changes {
        by_kind.entry(change.kind).or_default().push(change);
    }
    for (kind, changes) in by_kind {
        let others = if kind.confirms() { OtherDays::left_out(series) } else { OtherDays::default() };
        record(tx, actor, kind.as_str(), series, changes, others)?;
    }
    get(tx, caller, series.id)
}
