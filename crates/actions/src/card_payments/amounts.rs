//! The amounts of a booking that its payments by card are compared with.

use crate::error::Error;
use domain::booking::{Booking, BookingStatus, Party};
use domain::card_payment::Need;
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
