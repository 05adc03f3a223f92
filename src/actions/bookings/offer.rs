//! Offering a slot to somebody who has waited for it.

use super::book::{PartOf, authorize_customer, draft};
use super::{Actor, NewBooking, Told, record};
use crate::actions::error::Error;
use crate::actions::in_name_of;
use crate::domain::event::Happened;
use crate::domain::interval::Interval;
use crate::storage::bookings::{self, Booking};
use crate::storage::db::Tx;
use crate::storage::resources::Resource;
use crate::storage::waitlist_entries::WaitlistEntry;

/// Holds a slot for who waits in line, on a resource that is locked and settled, and tells them. The
/// slot must be free and within the rules.
///
/// # Errors
/// As [`super::book()`].
pub fn offer(tx: &mut Tx<'_>, resource: &Resource, entry: &WaitlistEntry, slot: Interval) -> Result<Booking, Error> {
    let caller = in_name_of(tx, entry.user_id);
    let customer = authorize_customer(tx, caller, entry.organization_id)?;
    let wish = NewBooking {
        organization_id: entry.organization_id,
        resource_id: entry.resource_id,
        interval: slot,
        quantity: entry.desire.quantity,
        operated_by: entry.operated_by,
        note: String::new(),
        hold: true,
        override_reason: None,
        accepted_terms: Vec::new(),
    };
    let (held, detail) = draft(tx, caller, &customer, &wish, resource, PartOf::default())?;
    let lapses_at = Some(resource.fields.rules.offer_lapses_at(tx.now, slot));
    let held = Booking { lapses_at, ..held };
    bookings::insert(tx.conn, &held)?;
    let told = Told { happened: Some(Happened::Offered), detail, ..Told::default() };
    record(tx, Actor::SYSTEM, "offer", &held, told)?;
    Ok(held)
}
