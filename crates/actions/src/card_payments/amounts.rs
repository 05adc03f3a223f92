//! The facts of a booking that its payments by card are compared with: its amounts, and until when the host can decide.

use crate::error::Error;
use domain::booking::{Booking, BookingStatus, Party};
use domain::card_payment::{CardPaymentWith, Need, PAGE_OPEN, must_save_card};
use domain::time::UtcTime;
use storage::card_payments;
use storage::db::ReadTx;

/// Returns the amounts of a booking, as it is at this instant, that its payments by card are compared with.
pub(super) fn need(tx: &mut ReadTx, booking: &Booking) -> Result<Need, Error> {
    let paid_otherwise = card_payments::sum_paid_otherwise(&mut tx.conn, booking.id)?;
    let (is_undecided, is_payable) = match booking.status {
        BookingStatus::Held => (true, booking.awaits() == Some(Party::Host)),
        BookingStatus::Requested => (true, false),
        _ => (false, true),
    };
    let owes = match is_undecided {
        true => booking.clone().in_state(BookingStatus::Confirmed, tx.now).owed_total().amount,
        false => booking.owed_total().amount,
    };
    Ok(Need { is_undecided, is_payable, owes, paid_otherwise })
}

/// Whether the card is saved for a booking, because the host can approve it after a reservation would have ended.
pub(super) fn saves_card(booking: &Booking, all: &[CardPaymentWith], now: UtcTime) -> bool {
    let needs_approval = booking.status == BookingStatus::Held && booking.rules.requires_approval && !is_approved(booking, all);
    let decided_until = booking.rules.lapses_at(now + PAGE_OPEN, BookingStatus::Requested, booking.interval);
    needs_approval && decided_until.is_some_and(|until| must_save_card(until, now))
}

/// Whether the host need not approve a hold: it has offered or approved the booking.
pub(super) fn is_approved(booking: &Booking, all: &[CardPaymentWith]) -> bool {
    booking.is_offered() || all.iter().any(|one| one.payment.was_declined())
}
