//! The state of a waitlist entry, and how it changes with the booking that was offered for it.

use serde_json::json;

use crate::error::Error;
use crate::record::audit;
use domain::booking::{Booking, HoldReason};
use domain::ids::BookingId;
use domain::principal::Principal;
use domain::time::UtcTime;
use domain::waitlist::WaitlistStatus;
use storage::db::Tx;
use storage::waitlist_entries::{self, WaitlistEntry};

/// Records in the waitlist entry the outcome of the booking that was offered for it and is no longer held. Returns whether the
/// entry waits again.
pub(crate) fn record_offer_outcome(tx: &mut Tx<'_>, principal: Principal, booking: &Booking) -> Result<bool, Error> {
    let Some(entry) = waitlist_entries::find_by_booking(tx.conn, booking.id)? else { return Ok(false) };
    let entry = match WaitlistStatus::after_offer(booking.status) {
        WaitlistStatus::Lapsed => entry.after_lapse(tx.now),
        status => WaitlistEntry { status, returns_when_lapsed: false, ..entry },
    };
    let status = entry.status;
    let ended = change_status(tx, entry, status, booking.updated_at)?;
    let action = match status {
        WaitlistStatus::Waiting => "waitlist.return",
        WaitlistStatus::Lapsed => "waitlist.lapse",
        WaitlistStatus::Declined => "waitlist.decline",
        _ => "waitlist.take",
    };
    record(tx, principal, action, &ended)?;
    Ok(status == WaitlistStatus::Waiting)
}

/// Puts the entry of an offered booking that has to make room for a block back into the queue, at its old place. Returns
/// whether the booking was such an offer.
pub(crate) fn requeue(tx: &mut Tx<'_>, booking: BookingId) -> Result<bool, Error> {
    let offer = waitlist_entries::find_by_booking(tx.conn, booking)?;
    let Some(entry) = offer.filter(|entry| entry.status == WaitlistStatus::Declined) else { return Ok(false) };
    let waiting = change_status(tx, entry.without_offer(), WaitlistStatus::Waiting, tx.now)?;
    record(tx, Principal::System, "waitlist.return", &waiting)?;
    Ok(true)
}

/// Gives the offer of a waitlist entry the end of its hold, which is earlier after the hold was moved to an earlier time.
pub(crate) fn update_offer_end(tx: &mut Tx<'_>, booking: &Booking) -> Result<(), Error> {
    if booking.hold.is_none_or(|hold| hold.reason != HoldReason::Waitlist || hold.awaits.is_none()) {
        return Ok(());
    }
    let offer = waitlist_entries::find_by_booking(tx.conn, booking.id)?;
    let Some(entry) = offer.filter(|entry| entry.lapses_at != booking.lapses_at) else { return Ok(()) };
    let (status, entry) = (entry.status, WaitlistEntry { lapses_at: booking.lapses_at, ..entry });
    change_status(tx, entry, status, tx.now).map(drop)
}

/// Stores the entry with another status, which it has from an instant on.
pub(super) fn change_status(
    tx: &mut Tx<'_>,
    entry: WaitlistEntry,
    status: WaitlistStatus,
    at: UtcTime,
) -> Result<WaitlistEntry, Error> {
    let entry = WaitlistEntry { status, updated_at: at, ..entry };
    waitlist_entries::update(tx.conn, &entry)?;
    Ok(WaitlistEntry { revision: entry.revision + 1, ..entry })
}

/// Writes a change of an entry into the audit log.
pub(super) fn record(tx: &mut Tx<'_>, principal: Principal, action: &str, entry: &WaitlistEntry) -> Result<(), Error> {
    let detail = json!({
        "status": entry.status, "resource_id": entry.resource_id, "customer": entry.organization_id,
        "starts_at": entry.wanted.window.starts_at(), "ends_at": entry.wanted.window.ends_at(),
        "quantity": entry.wanted.quantity, "booking_id": entry.booking_id,
    });
    let object = ("waitlist_entry", entry.id.as_str());
    audit(tx, principal, Some(entry.host_organization_id), action, object, &detail)
}
