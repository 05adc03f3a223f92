//! Offering a slot: to somebody who has waited for it, or to a customer as the host.

use super::book::{NewBooking, PartOf, authorize_customer, check_member, draft, open, overridden};
use super::{Actor, Told, record};
use crate::error::Error;
use crate::{Caller, authorize, in_name_of};
use domain::booking::{Booking, BookingStatus, Hold, HoldReason, Side};
use domain::event::Happened;
use domain::fields::{Fields, InvalidFields};
use domain::interval::Interval;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::Resource;
use storage::bookings;
use storage::db::Tx;
use storage::error::StorageError;
use storage::resources;
use storage::waitlist_entries::WaitlistEntry;
use storage::{acquaintances, booking_offers, members, users};

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
    let (drafted, violations) = draft(tx, caller, &customer, &wish, resource, PartOf::default())?;
    if !violations.is_empty() {
        return Err(Error::RulesViolated(violations));
    }
    let held = hold(tx, resource, drafted, HoldReason::Waitlist)?;
    record(tx, Actor::SYSTEM, "offer", &held, Told { happened: Some(Happened::Offered), ..Told::default() })?;
    Ok(held)
}

/// Whether who books does so as a manager of the host.
pub(super) fn is_by_host(tx: &mut Tx<'_>, caller: Caller, wish: &NewBooking) -> Result<bool, Error> {
    let resource = match resources::get(tx.conn, wish.resource_id) {
        Err(StorageError::NotFound) => return Ok(false),
        found => found?,
    };
    let standing = members::find_standing(tx.conn, caller.user_id, resource.organization_id)?;
    Ok(standing.is_some_and(|standing| standing.may(Permission::Manage)))
}

/// Holds a slot for a customer that the host knows, as a manager of the host, who may let rules give way for it. It is in the
/// name of who is to operate it; that it is booked and paid for is for the customer to confirm.
///
/// # Errors
/// As [`super::book()`]; `invalid_fields` where something is said that only the customer can say.
pub(super) fn offer_to_customer(tx: &mut Tx<'_>, caller: Caller, wish: &NewBooking) -> Result<Booking, Error> {
    let host = resources::get(tx.conn, wish.resource_id)?.organization_id;
    authorize(tx, caller, host, Permission::Manage, true)?;
    // Else anybody could send mails to strangers.
    if !acquaintances::is_customer(tx.conn, wish.organization_id, host)? {
        let detail = "You may offer it only to who has booked with you or has accepted your terms.";
        return Err(Error::Refused(Code::Forbidden, detail.to_owned()));
    }
    let Some(user) = wish.operated_by else {
        let detail =
            "Only members of the organization book for it; as a manager of the host name in `operated_by` for whom you do.";
        return Err(Error::Refused(Code::Forbidden, detail.to_owned()));
    };
    check_unsaid(wish)?;
    check_member(tx, "/operated_by", wish.organization_id, user)?;
    let booker = in_name_of(tx, user);
    let customer = authorize_customer(tx, booker, wish.organization_id)?;
    // They could not take it, nor is it proved that they are who reads it.
    if caller.must_be_verified && users::get(tx.conn, user)?.email_verified_at.is_none() {
        return Err(InvalidFields::one("/operated_by", "not_verified", "must have verified their address").into());
    }
    let is_behind = resources::lock(tx.conn, &[wish.resource_id], tx.now)?;
    let resource = open(tx, caller, wish, is_behind)?;
    let (drafted, violations) = draft(tx, booker, &customer, wish, &resource, PartOf::default())?;
    let codes = violations.iter().map(|violation| violation.code).collect();
    let detail = overridden(tx, caller, &resource, violations, wish.override_reason.as_deref())?;
    let held = hold(tx, &resource, drafted, HoldReason::HostOffer)?;
    booking_offers::insert(tx.conn, held.id, caller.user_id, codes)?;
    let actor = Actor { side: Side::Host, user_id: Some(caller.user_id) };
    let reason = wish.override_reason.clone();
    record(tx, actor, "offer", &held, Told { happened: Some(Happened::Offered), reason, detail, ..Told::default() })?;
    Ok(held)
}

/// Refuses what only the customer can say.
fn check_unsaid(wish: &NewBooking) -> Result<(), InvalidFields> {
    let mut fields = Fields::default();
    for (pointer, is_said) in [("/note", !wish.note.is_empty()), ("/accepted_terms", !wish.accepted_terms.is_empty())] {
        if is_said {
            fields.refuse(pointer, "not_yours", "is for the customer to say");
        }
    }
    fields.finish(|| Some(()))
}

/// Holds what is offered for a while.
fn hold(tx: &mut Tx<'_>, resource: &Resource, drafted: Booking, reason: HoldReason) -> Result<Booking, Error> {
    let rules = &resource.fields.rules;
    let lapses_at = Some(rules.offer_lapses_at(tx.now, drafted.interval));
    let hold = Some(Hold::new(reason, rules.requires_payment));
    let held = Booking { status: BookingStatus::Held, hold, lapses_at, ..drafted };
    bookings::insert(tx.conn, &held)?;
    Ok(held)
}
