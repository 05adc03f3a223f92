//! Offering a free slot to an entry of the waitlist.

use crate::bookings::access::{Actor, authorize_customer};
use crate::bookings::draft::{NewBooking, PartOf, as_offer, draft};
use crate::bookings::journal::{ChangeRecord, record};
use crate::bookings::judge::check_no_violation;
use crate::error::Error;
use crate::in_name_of;
use domain::booking::change::BookingEventKind;
use domain::booking::{Booking, HoldReason};
use domain::interval::Interval;
use domain::resource::Resource;
use domain::slot::Slot;
use storage::bookings;
use storage::db::Tx;
use storage::resource_locks::LockedResources;
use storage::waitlist_entries::WaitlistEntry;

/// Holds a slot for an entry, and records the offer. The slot must be free and must not violate a rule.
///
/// # Errors
/// As [`crate::bookings::book()`].
pub(super) fn offer(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    resource: &Resource,
    entry: &WaitlistEntry,
    interval: Interval,
) -> Result<Booking, Error> {
    let caller = in_name_of(entry.user_id);
    let customer = authorize_customer(tx, caller, entry.organization_id)?;
    let slot = Slot { interval, quantity: entry.wanted.quantity };
    let new = NewBooking {
        operated_by: entry.operated_by,
        hold: true,
        ..NewBooking::new(entry.organization_id, entry.resource_id, slot)
    };
    let (drafted, violations) = draft(tx, caller, &customer, &new, resource, PartOf::default())?;
    check_no_violation(violations)?;
    let held = as_offer(tx, drafted, resource, HoldReason::Waitlist)?;
    bookings::insert(tx.conn, locked, &held)?;
    record(tx, Actor::SYSTEM, &held, ChangeRecord::new(BookingEventKind::Offer, None))?;
    Ok(held)
}
