//! Payments by card. A customer pays on a page of the provider. Everything that the service tells the provider is stored before, and
//! everything that the provider did is read from the provider and stored after; no call is made inside of a transaction.

mod amounts;
mod entries;
mod events;
mod group;
mod observe;
mod page;
mod share;
mod start;

use crate::Caller;
use crate::bookings::access::get_as_party;
use crate::error::Error;
use domain::card_payment::{CardPayment, CardPaymentWith};
use domain::ids::{BookingId, CardPaymentId};
use storage::card_payments;
use storage::db::{ReadTx, Tx};

pub use events::{receive, work_on_events};
pub use group::{StartedGroup, can_start_group, start_group};
pub use observe::{
    Command, Instruction, Observed, ObservedDispute, ObservedIntent, ObservedRefund, ObservedShare, ObservedTransfer, PageState,
    Reservation, SavedCard, note_failure, observe, record_decline,
};
pub use page::{NewPage, record_group_page, record_page, record_refusal, use_key};
pub use start::{Started, can_start, list_payable, start};

/// Lists the payments by card for a booking with their refunds and disputes, the oldest first, for its two parties.
///
/// # Errors
/// `not_found`.
pub fn list(tx: &mut ReadTx, caller: Caller, id: BookingId) -> Result<Vec<CardPaymentWith>, Error> {
    get_as_party(tx, caller, id)?;
    Ok(card_payments::list_of_booking(&mut tx.conn, id)?)
}

/// Returns a payment by card with its refunds and disputes, for an event about it.
///
/// # Errors
/// `not_found`.
pub(crate) fn get_with(tx: &mut ReadTx, id: CardPaymentId) -> Result<Option<CardPaymentWith>, Error> {
    let booking = card_payments::get(&mut tx.conn, id)?.booking_id;
    let of_booking = card_payments::list_of_booking(&mut tx.conn, booking)?;
    Ok(of_booking.into_iter().find(|found| found.payment.id == id))
}

/// Returns a payment by card, for the service itself.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, id: CardPaymentId) -> Result<CardPayment, Error> {
    Ok(card_payments::get(&mut tx.conn, id)?)
}

/// Lists the payments about which the provider is to be asked, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_due(tx: &mut ReadTx, limit: i64) -> Result<Vec<CardPaymentId>, Error> {
    Ok(card_payments::list_due(&mut tx.conn, tx.now, limit)?)
}

/// Claims a payment about which the provider is to be asked. Returns whether it was free: of two servers, one asks.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx<'_>, id: CardPaymentId) -> Result<bool, Error> {
    Ok(card_payments::claim(tx.conn, id, tx.now, tx.now + observe::CLAIMED)?)
}
