//! Giving a booking another time, quantity or resource.

use super::book::{Asked, Clash, check_bookable, explain_clash, hold_member, overridden, price_of, violations};
use super::moves::{authorize_move, too_late};
use super::{Told, due, get_as_party, operators, record};
use crate::actions::customers::{Taker, Wisher};
use crate::actions::error::Error;
use crate::actions::{Caller, terms};
use crate::domain::booking::{BookingStatus, Move, Side};
use crate::domain::event::{Happened, Slot};
use crate::domain::fields::InvalidFields;
use crate::domain::ids::{BookingId, ResourceId, UserId};
use crate::domain::interval::Interval;
use crate::domain::money::Money;
use crate::domain::problem::Code;
use crate::domain::rules::{Violation, ViolationCode};
use crate::domain::time::UtcTime;
use crate::storage::bookings::{self, Booking};
use crate::storage::db::Tx;
use crate::storage::resources::{self, Resource};

/// What is to change of a booking; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSlot {
    /// Another resource of the same host.
    pub resource_id: Option<ResourceId>,
    /// Another start,
    pub starts_at: Option<UtcTime>,
    /// and another end.
    pub ends_at: Option<UtcTime>,
    /// Another quantity.
    pub quantity: Option<i32>,
    /// Another member of the customer to work at the machine.
    pub operated_by: Option<UserId>,
    /// Why a manager of the host moves it against the rules.
    pub override_reason: Option<String>,
}

/// A booking in its new slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescheduled {
    /// The booking.
    pub booking: Booking,
    /// How much more it costs than before; less than nothing where it costs less. None where the
    /// currencies differ.
    pub price_difference: Option<Money>,
}

/// Moves a booking to another slot, all or nothing: on a clash the old slot stays. It keeps its
/// identifier, its history and its calendar entry. It is priced anew, by the tariff that it was made
/// under while it stays on its resource.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition`, `resource_not_bookable`,
/// `invalid_fields`, [`Error::RulesViolated`], `slot_unavailable`.
pub fn reschedule(tx: &mut Tx<'_>, caller: Caller, id: BookingId, new: &NewSlot) -> Result<Rescheduled, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let actor = authorize_move(tx, caller, &booking, side, false)?;
    let resource_id = new.resource_id.unwrap_or(booking.resource_id);
    booking.life().after(Move::Reschedule, tx.now)?;
    let (interval, quantity) = read_slot(tx.now, &booking, new)?;
    if let Some(operator) = new.operated_by.filter(|operator| Some(*operator) != booking.operated_by) {
        hold_member(tx, booking.organization_id, operator)?;
        if (resource_id, interval, quantity) == (booking.resource_id, booking.interval, booking.quantity) {
            let booking = operators::name(tx, caller, actor, &booking, operator, new.override_reason.as_deref())?;
            return Ok(Rescheduled { price_difference: Some(Money { amount: 0, ..booking.price.total }), booking });
        }
    }
    let locked = due::lock(tx, [booking.resource_id, resource_id])?;
    let resource = find_target(tx, caller, side, &booking, resource_id)?;
    let before = slot(&booking);
    let booking = Booking { operated_by: new.operated_by.or(booking.operated_by), ..booking };
    due::settle_for(tx, &resource, resource.fields.rules.allocation(interval))?;
    let (moved, told) = move_to(tx, caller, side, &booking, &resource, (interval, quantity), new.override_reason.as_deref())?;
    // The host has never heard of a hold.
    let happened = Some(Happened::Rescheduled).filter(|_| moved.status != BookingStatus::Held);
    record(tx, actor, Move::Reschedule.as_str(), &moved, Told { happened, before: Some(before), ..told })?;
    // What it leaves may be what somebody waits for.
    locked.serve(tx)?;
    let price_difference = moved.price.total.checked_sub(booking.price.total);
    Ok(Rescheduled { booking: moved, price_difference })
}

/// Claims another slot for a booking in place of its own, on a resource that is locked and settled. Answers the booking, and
/// what its history must say; nothing is told yet.
pub(in crate::actions) fn move_to(
    tx: &mut Tx<'_>,
    caller: Caller,
    side: Side,
    booking: &Booking,
    resource: &Resource,
    to: (Interval, i32),
    override_reason: Option<&str>,
) -> Result<(Booking, Told), Error> {
    // What was agreed stays agreed; on another resource other terms may hold.
    let (terms, missing) = match resource.id == booking.resource_id {
        true => (booking.terms.clone(), None),
        false => terms::of_booking(tx, resource, booking.organization_id)?,
    };
    let mut broken = broken(tx, side, booking, resource, to)?;
    broken.extend(missing);
    let detail = overridden(tx, caller, resource, broken, override_reason)?;
    let moved = Booking { terms, ..in_slot(tx, booking, resource, to)? };
    bookings::update_slot(tx.conn, &moved)?;
    let moved = Booking { revision: moved.revision + 1, ..moved };
    Ok((moved, Told { was: Some(booking.status), before: Some(slot(booking)), detail, ..Told::default() }))
}

/// The resource that the booking shall be on: the same, or one of the same host that can be booked.
fn find_target(tx: &mut Tx<'_>, caller: Caller, side: Side, booking: &Booking, id: ResourceId) -> Result<Resource, Error> {
    let resource = resources::get(tx.conn, id)?;
    let is_other = id != booking.resource_id;
    if is_other && resource.organization_id != booking.host_organization_id {
        let detail = "must be a resource of the same host";
        return Err(InvalidFields::one("/resource_id", "invalid", detail).into());
    }
    if is_other && booking.status == BookingStatus::InUse {
        return Err(Error::Refused(Code::InvalidTransition, "A booking in use stays on its resource.".to_owned()));
    }
    if is_other || side == Side::Customer {
        check_bookable(tx, caller, &resource)?;
    }
    Ok(resource)
}

/// The slot that is asked for. What has begun keeps its start.
fn read_slot(now: UtcTime, booking: &Booking, new: &NewSlot) -> Result<(Interval, i32), InvalidFields> {
    let starts_at = new.starts_at.unwrap_or(booking.interval.starts_at());
    let ends_at = new.ends_at.unwrap_or(match new.starts_at {
        // A booking that only starts at another time stays as long as it was.
        Some(starts_at) => starts_at + booking.interval.duration(),
        None => booking.interval.ends_at(),
    });
    let has_begun = booking.status == BookingStatus::InUse || booking.interval.starts_at() <= now;
    if has_begun && starts_at != booking.interval.starts_at() {
        return Err(InvalidFields::one("/starts_at", "invalid", "must stay as it is, for the booking has begun"));
    }
    if ends_at <= now {
        return Err(InvalidFields::one("/ends_at", "invalid", "must lie in the future"));
    }
    let interval = Interval::new(starts_at, ends_at).map_err(|error| InvalidFields::one("/ends_at", "invalid", error))?;
    Ok((interval, new.quantity.unwrap_or(booking.quantity)))
}

/// Why a booking cannot have the slot that was refused, and what could be booked instead.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn explain_move(tx: &mut Tx<'_>, caller: Caller, id: BookingId, new: &NewSlot) -> Result<Clash, Error> {
    let (booking, _) = get_as_party(tx, caller, id)?;
    let slot = read_slot(tx.now, &booking, new)?;
    explain_clash(tx, new.resource_id.unwrap_or(booking.resource_id), slot, Some(&booking), Taker::of(&booking))
}

/// All that the new slot breaks of the rules. What the host has approved only they move.
fn broken(
    tx: &mut Tx<'_>,
    side: Side,
    booking: &Booking,
    resource: &Resource,
    (interval, quantity): (Interval, i32),
) -> Result<Vec<Violation>, Error> {
    let (organization_id, user_id) = (booking.organization_id, booking.created_by);
    let customer = Some(Wisher { organization_id, user_id, instead_of: Some(booking.id) });
    let operated_by = booking.operated_by;
    let asked = Asked { resource, customer, interval, quantity, operated_by, in_place_of: Some(booking) };
    let mut broken = violations(tx, asked)?;
    broken.extend(too_late(tx, side, booking.status, booking)?);
    let was_approved = matches!(booking.status, BookingStatus::Confirmed | BookingStatus::InUse);
    if side == Side::Customer && was_approved && resource.fields.rules.requires_approval {
        broken.push(Violation {
            code: ViolationCode::ApprovalRequired,
            detail: "what the host has approved is moved by the host; cancel it and ask anew, or ask them to move it".to_owned(),
            overridable: true,
        });
    }
    Ok(broken)
}

/// The booking as it is in the new slot.
fn in_slot(
    tx: &mut Tx<'_>,
    booking: &Booking,
    resource: &Resource,
    (interval, quantity): (Interval, i32),
) -> Result<Booking, Error> {
    let rules = &resource.fields.rules;
    let tariff_id = if resource.id == booking.resource_id { booking.tariff_id } else { resource.tariff_id };
    let price = price_of(&resources::get_tariff(tx.conn, tariff_id)?, interval, quantity)?;
    let lapses_at = match booking.status {
        // A hold does not last longer for being moved.
        BookingStatus::Held | BookingStatus::InUse => booking.lapses_at,
        status => rules.lapses_at(tx.now, status, interval),
    };
    Ok(Booking {
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        site_id: resource.site_id,
        interval,
        claim: rules.allocation(interval),
        quantity,
        price,
        booking_rules_id: resource.booking_rules_id,
        rules: rules.clone(),
        tariff_id,
        lapses_at,
        is_overrun: booking.is_overrun && interval.ends_at() <= tx.now,
        calendar_sequence: booking.calendar_sequence + 1,
        updated_at: tx.now,
        ..booking.clone()
    })
}

/// What a booking is now, for those who hear of what it becomes.
pub(super) fn slot(booking: &Booking) -> Slot {
    Slot {
        resource: booking.resource_name.clone(),
        starts_at: booking.interval.starts_at(),
        ends_at: booking.interval.ends_at(),
        quantity: booking.quantity,
        price: booking.price.total,
        operated_by: booking.operated_by,
    }
}
