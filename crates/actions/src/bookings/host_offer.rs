//! Offering a slot to a customer, as a manager of the host.

use super::access::{Actor, authorize_customer, check_member, check_overridden};
use super::draft::{NewBooking, PartOf, as_offer, draft};
use super::due;
use super::journal::{ChangeRecord, record};
use super::place::open;
use crate::error::Error;
use crate::{Caller, authorize, in_name_of, standing_of};
use domain::booking::change::BookingEventKind;
use domain::booking::{Booking, HoldReason, Side};
use domain::fields::{Fields, InvalidFields};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::{booking_offers, bookings, relationships, resources, users};

/// Whether the caller books as a manager of the host.
pub(super) fn is_by_host(tx: &mut ReadTx, caller: Caller, new: &NewBooking) -> Result<bool, Error> {
    let resource = match resources::get(&mut tx.conn, new.resource_id) {
        Err(StorageError::NotFound) => return Ok(false),
        found => found?,
    };
    let standing = standing_of(tx, caller, resource.organization_id)?;
    Ok(caller.may(standing.as_ref(), Permission::BookForCustomers))
}

/// Holds a slot for a customer with which the host has a relationship. The manager of the host can override violations. The
/// booking is made in the name of its operator, and the customer confirms it.
///
/// # Errors
/// As [`super::book()`]; `invalid_fields` for a note or accepted terms, which only the customer can give.
pub(super) fn offer_to_customer(tx: &mut Tx<'_>, caller: Caller, new: &NewBooking) -> Result<Booking, Error> {
    let host = resources::get(tx.conn, new.resource_id)?.organization_id;
    authorize(tx, caller, host, Permission::BookForCustomers, true)?;
    // Otherwise anybody could send e-mails to strangers.
    if !relationships::is_customer(tx.conn, new.organization_id, host)? {
        let detail =
            said!("You can offer a booking only to a customer that has booked with you before or has accepted your terms.");
        return Err(Error::Refused(Code::Forbidden, detail));
    }
    let Some(user) = new.operated_by else {
        let detail = said!(
            "Only members of the organization can book for it. As a manager of the host, name in `operated_by` the member for whom you book."
        );
        return Err(Error::Refused(Code::Forbidden, detail));
    };
    check_customer_fields(new)?;
    check_member(tx, "/operated_by", new.organization_id, user)?;
    let booker = in_name_of(user);
    let customer = authorize_customer(tx, booker, new.organization_id)?;
    // A user without a verified address could not confirm the booking, and somebody else might read the e-mail.
    if caller.must_be_verified && users::get(tx.conn, user)?.email_verified_at.is_none() {
        return Err(InvalidFields::one(
            "/operated_by",
            "not_verified",
            said!("must be a user who has verified the e-mail address"),
        )
        .into());
    }
    let locked = due::lock(tx, [new.resource_id])?;
    let resource = open(tx, caller, new, &locked)?;
    let (drafted, violations) = draft(tx, booker, &customer, new, &resource, PartOf::default())?;
    let codes = violations.iter().map(|violation| violation.code).collect();
    let overridden = check_overridden(tx, caller, &resource, violations, new.override_reason.as_deref())?;
    let held = as_offer(tx, drafted, &resource, HoldReason::HostOffer)?;
    bookings::insert(tx.conn, &locked, &held)?;
    booking_offers::insert(tx.conn, held.id, caller.user_id, codes)?;
    let actor = Actor::of(caller, Side::Host);
    let offered = ChangeRecord::new(BookingEventKind::Offer, overridden);
    record(tx, actor, &held, ChangeRecord { reason: new.override_reason.clone(), ..offered })?;
    Ok(held)
}

/// Refuses fields that only the customer can give.
fn check_customer_fields(new: &NewBooking) -> Result<(), InvalidFields> {
    let mut fields = Fields::default();
    for (pointer, is_given) in [("/note", !new.note.is_empty()), ("/accepted_terms", !new.accepted_terms.is_empty())] {
        if is_given {
            fields.refuse(pointer, "not_yours", said!("can only be given by the customer"));
        }
    }
    fields.finish(|| Some(()))
}
