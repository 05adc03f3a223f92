//! Giving a booking another time, quantity or resource.

use std::sync::Arc;

use chrono::TimeDelta;

use super::book::{Asked, Clash, check_bookable, explain_clash, hold_member, overridden, price_of, violations};
use super::moves::{authorize_move, too_late};
use super::{Told, check_seen, due, get_as_party, operators, record};
use crate::certifications::certified;
use crate::customers::{Taker, Wisher};
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::{Caller, terms};
use domain::booking::{Booking, BookingStatus, Extent, Move, Side, Usage};
use domain::event::{Happened, Slot};
use domain::fields::InvalidFields;
use domain::ids::{BookingId, ResourceId, UserId};
use domain::interval::Interval;
use domain::money::Money;
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::{BookingRules, LONGEST_DAYS, Violation, ViolationCode, Wish};
use domain::time::UtcTime;
use storage::booking_offers;
use storage::bookings;
use storage::db::Tx;
use storage::resources;

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
/// identifier, its history and its calendar entry, and while it stays on its resource the versions of rules and tariff that it
/// was made under. It is priced anew; for what the host moves the customer does not owe more. Where nothing would change,
/// nothing happens.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`, `resource_not_bookable`,
/// `invalid_fields`, [`Error::RulesViolated`], `slot_unavailable`.
pub fn reschedule(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingId,
    new: &NewSlot,
    if_match: &IfMatch,
) -> Result<Rescheduled, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let actor = authorize_move(tx, caller, &booking, side, false)?;
    check_seen(tx, &booking, if_match)?;
    booking.life().after(Move::Reschedule, tx.now)?;
    let extent = read_extent(tx.now, &booking, new)?;
    let operated_by = new.operated_by.or(booking.operated_by);
    let is_renamed = operated_by != booking.operated_by;
    if let Some(operator) = new.operated_by.filter(|_| is_renamed) {
        hold_member(tx, booking.organization_id, operator)?;
    }
    if extent == booking.extent() {
        let booking = match operated_by.filter(|_| is_renamed) {
            Some(operator) => operators::name(tx, caller, actor, &booking, operator, new.override_reason.as_deref())?,
            None => booking,
        };
        return Ok(Rescheduled { price_difference: Some(Money { amount: 0, ..booking.price.total }), booking });
    }
    let locked = due::lock(tx, [booking.resource_id, extent.resource_id])?;
    let resource = find_target(tx, caller, side, &booking, extent)?;
    let Extent { interval, quantity, .. } = extent;
    due::settle_for(tx, &resource, rules_on(&booking, &resource).allocation(interval))?;
    let target = Target { resource: &resource, interval, quantity, operated_by };
    let leaving = Leaving { booking: &booking, side };
    let (moved, told) = move_to(tx, caller, leaving, target, new.override_reason.as_deref())?;
    if booking.is_offered() && !moved.is_offered() {
        booking_offers::delete(tx.conn, moved.id)?;
    }
    // Nobody else knows of a hold that only its customer must confirm.
    let is_unheard = side == Side::Customer && booking.is_private_hold();
    let happened = Some(Happened::Rescheduled).filter(|_| !is_unheard);
    record(tx, actor, Move::Reschedule.as_str(), &moved, Told { happened, ..told })?;
    // What it leaves may be what somebody waits for.
    locked.serve(tx)?;
    let price_difference = moved.price.total.checked_sub(booking.price.total);
    Ok(Rescheduled { booking: moved, price_difference })
}

/// A booking that is to leave its slot, and on whose behalf.
#[derive(Debug, Clone, Copy)]
pub struct Leaving<'a> {
    /// As it is.
    pub booking: &'a Booking,
    /// Who moves it.
    pub side: Side,
}

/// Where it would go, and who would operate it there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) interval: Interval,
    pub(crate) quantity: i32,
    pub(crate) operated_by: Option<UserId>,
}

impl Target<'_> {
    const fn extent(&self) -> Extent {
        Extent { resource_id: self.resource.id, interval: self.interval, quantity: self.quantity }
    }
}

/// Claims another slot for a booking in place of its own, on a resource that is locked and settled. Answers the booking, and
/// what its history must say; nothing is told yet.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    caller: Caller,
    leaving: Leaving<'_>,
    target: Target<'_>,
    override_reason: Option<&str>,
) -> Result<(Booking, Told), Error> {
    let Leaving { booking, .. } = leaving;
    let resource = &as_agreed(tx, booking, target.resource.clone())?;
    let target = Target { resource, ..target };
    // What was agreed stays agreed; on another resource other terms may hold.
    let (terms, missing) = match resource.id == booking.resource_id {
        true => (booking.terms.clone(), None),
        false => terms::of_booking(tx, resource, booking.organization_id)?,
    };
    let moved = Booking { terms, ..in_slot(tx, leaving, target)? };
    let mut broken = broken(tx, leaving, target, moved.price.total)?;
    broken.extend(missing);
    let detail = overridden(tx, caller, resource, broken, override_reason)?;
    bookings::update_slot(tx.conn, &moved)?;
    let moved = Booking { revision: moved.revision + 1, ..moved };
    Ok((moved, Told { was: Some(booking.status), before: Some(slot(booking)), detail, ..Told::default() }))
}

/// A resource as it is for a booking that may be of it already: then by the versions of rules and tariff that the booking was
/// made under, but for where it may go.
pub(crate) fn as_agreed(tx: &mut Tx<'_>, booking: &Booking, mut resource: Resource) -> Result<Resource, Error> {
    if resource.id == booking.resource_id && resource.booking_rules_id != booking.booking_rules_id {
        resource.fields.rules = Arc::new(resource.fields.rules.keeping(&booking.rules));
        resource.booking_rules_id = booking.booking_rules_id;
    }
    if resource.id == booking.resource_id && resource.tariff_id != booking.tariff_id {
        resource.fields.tariff = resources::get_tariff(tx.conn, booking.tariff_id)?;
        resource.tariff_id = booking.tariff_id;
    }
    Ok(resource)
}

/// The resource that the booking shall be on: the same, or one of the same host that can be booked.
fn find_target(tx: &mut Tx<'_>, caller: Caller, side: Side, booking: &Booking, extent: Extent) -> Result<Resource, Error> {
    let resource = resources::get(tx.conn, extent.resource_id)?;
    let is_other = resource.id != booking.resource_id;
    if is_other && resource.organization_id != booking.host_organization_id {
        let detail = "must be a resource of the same host";
        return Err(InvalidFields::one("/resource_id", "invalid", detail).into());
    }
    if is_other && booking.status == BookingStatus::InUse {
        return Err(Error::Refused(Code::InvalidTransition, "A booking in use stays on its resource.".to_owned()));
    }
    if is_other || side == Side::Customer && !extent.lies_within(booking.extent()) {
        check_bookable(tx, caller, &resource)?;
    }
    Ok(resource)
}

/// The slot that is asked for. What has begun keeps its start, and nothing becomes longer than a booking can be made.
fn read_extent(now: UtcTime, booking: &Booking, new: &NewSlot) -> Result<Extent, InvalidFields> {
    let starts_at = new.starts_at.unwrap_or(booking.interval.starts_at());
    let ends_at = new.ends_at.unwrap_or(match new.starts_at {
        // A booking that only starts at another time stays as long as it was.
        Some(starts_at) => starts_at + booking.interval.duration(),
        None => booking.interval.ends_at(),
    });
    if booking.life().has_begun(now) && starts_at != booking.interval.starts_at() {
        return Err(InvalidFields::one("/starts_at", "invalid", "must stay as it is, for the booking has begun"));
    }
    if ends_at <= now {
        return Err(InvalidFields::one("/ends_at", "invalid", "must lie in the future"));
    }
    let interval = Interval::new(starts_at, ends_at).map_err(|error| InvalidFields::one("/ends_at", "invalid", error))?;
    let longest = TimeDelta::days(LONGEST_DAYS).max(booking.interval.duration());
    if interval.duration() > longest {
        let detail = format!("must be at most {LONGEST_DAYS} days later");
        return Err(InvalidFields::one("/ends_at", "out_of_range", detail));
    }
    let resource_id = new.resource_id.unwrap_or(booking.resource_id);
    Ok(Extent { resource_id, interval, quantity: new.quantity.unwrap_or(booking.quantity) })
}

/// Why a booking cannot have the slot that was refused, and what could be booked instead.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn explain_move(tx: &mut Tx<'_>, caller: Caller, id: BookingId, new: &NewSlot) -> Result<Clash, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let Extent { resource_id, interval, quantity } = read_extent(tx.now, &booking, new)?;
    let taker = Taker { operated_by: new.operated_by.or(booking.operated_by), ..Taker::of(&booking) };
    explain_clash(tx, resource_id, (interval, quantity), Some(Leaving { booking: &booking, side }), taker)
}

/// All that the new slot breaks of the rules. What was agreed can always become less, and what the host has approved only they
/// move.
fn broken(tx: &mut Tx<'_>, leaving: Leaving<'_>, target: Target<'_>, price: Money) -> Result<Vec<Violation>, Error> {
    let (Leaving { booking, side }, Target { resource, interval, quantity, operated_by }) = (leaving, target);
    let rules = &resource.fields.rules;
    let is_less = target.extent().lies_within(booking.extent());
    let mut broken = match is_less {
        true => {
            let renamed = operated_by.filter(|_| operated_by != booking.operated_by);
            let missing = renamed.map(|operator| certified::missing(tx, rules, operator, interval)).transpose()?;
            let mut broken = resource.bookable().impossible(Wish { interval, quantity });
            broken.extend(missing.flatten());
            broken
        }
        false => {
            let (organization_id, user_id) = (booking.organization_id, booking.created_by);
            let customer = Some(Wisher { organization_id, user_id, instead_of: Some(booking.id) });
            violations(tx, Asked { resource, customer, interval, quantity, operated_by, in_place_of: Some(booking) })?
        }
    };
    broken.extend(too_late(tx, side, booking.status, booking)?);
    let was_agreed = matches!(booking.status, BookingStatus::Confirmed | BookingStatus::InUse);
    // What is held is paid for, or approved, later.
    if side == Side::Customer && booking.status != BookingStatus::Held && !is_less {
        if rules.requires_approval && was_agreed {
            broken.push(Violation {
                code: ViolationCode::ApprovalRequired,
                detail: "what the host has approved is moved by the host; cancel it and ask anew, or ask them to move it"
                    .to_owned(),
                overridable: true,
            });
        }
        let costs_more = price.amount > booking.price.total.amount;
        if rules.requires_payment && (resource.id != booking.resource_id || costs_more) {
            broken.push(Violation {
                code: ViolationCode::PaymentRequired,
                detail: "payment comes first: what costs more is moved by the host; book anew, or ask them to move it".to_owned(),
                overridable: true,
            });
        }
    }
    Ok(broken)
}

/// Whether the rules would let a booking leave its slot for another.
pub(crate) fn may_go(tx: &mut Tx<'_>, leaving: Leaving<'_>, target: Target<'_>) -> Result<bool, Error> {
    let price = price_of(&target.resource.fields.tariff, target.interval, target.quantity)?;
    Ok(target.extent() != leaving.booking.extent() && broken(tx, leaving, target, price.total)?.is_empty())
}

/// The rules that a booking is under on a resource: on its own those that it was made under.
fn rules_on<'a>(booking: &'a Booking, resource: &'a Resource) -> &'a Arc<BookingRules> {
    if resource.id == booking.resource_id { &booking.rules } else { &resource.fields.rules }
}

/// The booking as it is in the new slot, by the versions of rules and tariff that it is under there.
fn in_slot(tx: &mut Tx<'_>, leaving: Leaving<'_>, target: Target<'_>) -> Result<Booking, Error> {
    let (Leaving { booking, side }, Target { resource, interval, quantity, operated_by }) = (leaving, target);
    let rules = rules_on(booking, resource);
    let mut price = price_of(&resource.fields.tariff, interval, quantity)?;
    if side == Side::Host {
        let Money { currency, .. } = booking.price.total;
        if price.total.currency != currency {
            let detail = format!("must be priced in {currency}, as it was agreed");
            return Err(InvalidFields::one("/resource_id", "invalid", detail).into());
        }
        price = price.at_most(booking.price.total);
    }
    let lapses_at = match booking.status {
        // A hold does not last longer for being moved.
        BookingStatus::Held => booking.lapses_at.map(|lapses_at| lapses_at.min(rules.hold_ends_by(interval))),
        BookingStatus::InUse => booking.lapses_at,
        status => rules.lapses_at(tx.now, status, interval),
    };
    // What the customer makes more of is no longer what the host has offered.
    let is_still_offered = side != Side::Customer || target.extent().lies_within(booking.extent());
    let hold = booking.hold.map(|hold| hold.moved(rules.requires_payment, is_still_offered));
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
        tariff_id: resource.tariff_id,
        hold,
        operated_by,
        lapses_at,
        usage: booking.usage.map(|usage| Usage { is_overrun: usage.is_overrun && interval.ends_at() <= tx.now, ..usage }),
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
