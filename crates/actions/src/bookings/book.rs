//! Making a booking.

use super::access::{Actor, authorize_customer};
use super::draft::{NewBooking, PartOf};
use super::due;
use super::host_offer::{is_by_host, offer_to_customer};
use super::journal::{ChangeRecord, record};
use super::place::place;
use crate::Caller;
use crate::error::Error;
use domain::booking::change::BookingEventKind;
use domain::booking::{Booking, Side};
use domain::problem::Code;
use storage::db::Tx;

/// Books a slot, all or nothing: checks the rules, fixes the price, claims the capacity, and records what the parties are to be
/// notified of. A booking that a manager of the host makes for a customer is held until the customer confirms it.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`, `terms_outdated`,
/// [`Error::RulesViolated`] with all violations, `slot_unavailable`.
pub fn book(tx: &mut Tx<'_>, caller: Caller, new: &NewBooking) -> Result<Booking, Error> {
    let customer = match authorize_customer(tx, caller, new.organization_id) {
        Err(error @ Error::Refused(Code::OrganizationSuspended, _)) => return Err(error),
        Err(_) if is_by_host(tx, caller, new)? => return offer_to_customer(tx, caller, new),
        customer => customer?,
    };
    let locked = due::lock(tx, [new.resource_id])?;
    let (booking, overridden) = place(tx, caller, &customer, new, &locked, PartOf::default())?;
    let created = ChangeRecord::new(BookingEventKind::Create, overridden);
    record(tx, Actor::of(caller, Side::Customer), &booking, created)?;
    Ok(booking)
}
