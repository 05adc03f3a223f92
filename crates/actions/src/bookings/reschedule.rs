//! Giving a booking another time, quantity or resource.

use chrono::TimeDelta;

use super::access::{
    authorize_move, check_bookable, check_may_override, check_overridden, check_seen, get_as_party, hold_member,
};
use super::explain::{Clash, explain_clash};
use super::journal::{ChangeRecord, record};
use super::judge::{MoveSource, MoveTarget, as_agreed, move_violations, price_of_move, rules_on};
use super::{due, operators};
use crate::customers::{Requester, lock_operator};
use crate::error::Error;
use crate::paying::{is_by_card_before, paid_in_other_ways};
use crate::precondition::IfMatch;
use crate::prepaid::cover::{MayUse, cover};
use crate::waitlist::entries::update_offer_end;
use crate::{Caller, terms};
use domain::booking::{Booking, BookingStatus, Extent, Move, Side, Usage};
use domain::fields::InvalidFields;
use domain::ids::{BookingId, OrganizationId, ResourceId, UserId};
use domain::interval::Interval;
use domain::length::SlotLength;
use domain::limits::LONGEST_DAYS;
use domain::money::Money;
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::Violation;
use domain::said::said;
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::booking_offers;
use storage::bookings;
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::resources;

/// A request to reschedule a booking. A field that is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reschedule {
    /// Another resource of the same host.
    pub resource_id: Option<ResourceId>,
    /// Another start.
    pub starts_at: Option<UtcTime>,
    /// Another end.
    pub ends_at: Option<UtcTime>,
    /// Another quantity.
    pub quantity: Option<i32>,
    /// Another operator, a member of the customer.
    pub operated_by: Option<UserId>,
    /// The reason for which a manager of the host overrides violations.
    pub override_reason: Option<String>,
}

/// A booking in its new slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescheduled {
    /// The booking.
    pub booking: Booking,
    /// The new price minus the old price; none if the currencies differ.
    pub price_difference: Option<Money>,
}

/// Moves a booking to another slot, all or nothing: if the new slot is taken, the booking keeps the old one. The booking keeps
/// its identifier, its history and its calendar entry, and on the same resource also the versions of rules and tariff under which
/// it was made. Its price is computed again; if the host moves it, the price does not rise. If nothing would change, nothing
/// happens.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`, `resource_not_bookable`,
/// `invalid_fields`, [`Error::RulesViolated`], `slot_unavailable`.
pub fn reschedule(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingId,
    new: &Reschedule,
    if_match: &IfMatch,
) -> Result<Rescheduled, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let actor = authorize_move(tx, caller, &booking, side, false)?;
    check_seen(tx.now, &booking, if_match)?;
    booking.life().after(Move::Reschedule, tx.now)?;
    let extent = read_extent(tx, &booking, new)?;
    let operated_by = new.operated_by.or(booking.operated_by);
    let is_renamed = operated_by != booking.operated_by;
    if let Some(operator) = new.operated_by.filter(|_| is_renamed) {
        hold_member(tx, booking.organization_id, operator)?;
    }
    if extent == booking.extent() {
        let booking = match operated_by.filter(|_| is_renamed) {
            Some(operator) => {
                let reason = new.override_reason.as_deref();
                let (named, change) = operators::name_operator(tx, caller, &booking, operator, reason)?;
                record(tx, actor, &named, change)?;
                named
            }
            None => booking,
        };
        return Ok(Rescheduled { price_difference: Some(Money { amount: 0, ..booking.price.total }), booking });
    }
    let mut locked = due::lock(tx, [booking.resource_id, extent.resource_id])?;
    let resource = find_target(tx, caller, side, &booking, extent)?;
    let claim = rules_on(&booking, &resource).allocation(extent.slot.interval);
    due::expire_and_offer_before(tx, &locked, &resource, claim)?;
    let booking = Booking { moved_from: booking.left_slot(extent), ..booking };
    let target = MoveTarget { resource: &resource, slot: extent.slot, operated_by };
    let source = MoveSource { booking: &booking, side };
    let (moved, change) = move_to(tx, caller, &locked, source, target, new.override_reason.as_deref())?;
    if booking.is_offered() && !moved.is_offered() {
        booking_offers::delete(tx.conn, moved.id)?;
    }
    record(tx, actor, &moved, change)?;
    due::offer_freed(tx, &mut locked)?;
    let price_difference = moved.price.total.checked_sub(booking.price.total);
    Ok(Rescheduled { booking: moved, price_difference })
}

/// Claims another slot for a booking in place of its own, on locked resources where all that is over or has expired has ended.
/// Returns the booking and the change to record; nothing is recorded yet.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    caller: Caller,
    locked: &LockedResources,
    source: MoveSource<'_>,
    target: MoveTarget<'_>,
    override_reason: Option<&str>,
) -> Result<(Booking, ChangeRecord), Error> {
    check_may_override(tx, caller, [target.resource.organization_id], override_reason)?;
    lock_operator(tx, target.resource, target.operated_by)?;
    let (moved, violations) = draft_move(tx, source, target)?;
    let overridden = check_overridden(tx, caller, target.resource, violations, override_reason)?;
    let moved = claim(tx, locked, source.booking, moved)?;
    Ok((moved, ChangeRecord { overridden, ..ChangeRecord::of(Move::Reschedule, source.booking) }))
}

/// The booking in another slot, and all rules that the move would violate.
pub(super) fn draft_move(
    tx: &mut ReadTx,
    source: MoveSource<'_>,
    target: MoveTarget<'_>,
) -> Result<(Booking, Vec<Violation>), Error> {
    let MoveSource { booking, .. } = source;
    let resource = &as_agreed(tx, booking, target.resource.clone())?;
    let target = MoveTarget { resource, ..target };
    // The agreed terms stay; on another resource other terms can apply.
    let (terms, missing) = match resource.id == booking.resource_id {
        true => (booking.terms.clone(), None),
        false => terms::of_booking(tx, resource, booking.organization_id)?,
    };
    let moved = Booking { terms, ..in_slot(tx, source, target)? };
    let mut violations = move_violations(tx, source, target, moved.price.total)?;
    violations.extend(missing);
    Ok((moved, violations))
}

/// Claims the slot of a booking that has moved, in place of the slot that it had. It uses prepaid credit for what is not paid in another
/// way, or gives back some.
pub(super) fn claim(tx: &mut Tx<'_>, locked: &LockedResources, before: &Booking, moved: Booking) -> Result<Booking, Error> {
    bookings::update_slot(tx.conn, locked, &moved)?;
    update_offer_end(tx, &moved)?;
    let may_use = match before.price.total.currency == moved.price.total.currency {
        true => MayUse::AllBut(paid_in_other_ways(tx, before.id)?),
        false => MayUse::All,
    };
    cover(tx, Booking { revision: moved.revision + 1, ..moved }, may_use)
}

/// The resource to which the booking moves: its own, or another of the same host that is on offer.
pub(super) fn find_target(
    tx: &mut ReadTx,
    caller: Caller,
    side: Side,
    booking: &Booking,
    extent: Extent,
) -> Result<Resource, Error> {
    let resource = resources::get(&mut tx.conn, extent.resource_id)?;
    let is_other = resource.id != booking.resource_id;
    check_host(&resource, booking.host_organization_id)?;
    if is_other && booking.status == BookingStatus::InUse {
        return Err(Error::Refused(Code::InvalidTransition, said!("A booking in use stays on its resource.")));
    }
    if is_other || side == Side::Customer && !extent.lies_within(booking.extent()) {
        check_bookable(tx, caller, &resource)?;
    }
    Ok(resource)
}

/// Checks that a resource to which bookings move belongs to their host.
pub(crate) fn check_host(resource: &Resource, host: OrganizationId) -> Result<(), InvalidFields> {
    let is_of_host = resource.organization_id == host;
    if is_of_host {
        Ok(())
    } else {
        Err(InvalidFields::one("/resource_id", "invalid", said!("must be a resource of the same host")))
    }
}

/// The resource and slot that are requested. A booking that has begun keeps its start, and no booking becomes longer than a new
/// booking can be.
pub(super) fn read_extent(tx: &mut ReadTx, booking: &Booking, new: &Reschedule) -> Result<Extent, Error> {
    let now = tx.now;
    let starts_at = new.starts_at.unwrap_or(booking.interval.starts_at());
    let ends_at = match (new.starts_at, new.ends_at) {
        (_, Some(ends_at)) => ends_at,
        (None, None) => booking.interval.ends_at(),
        // A booking that only gets another start keeps its duration.
        (Some(starts_at), None) => {
            let timezone = resources::get(&mut tx.conn, booking.resource_id)?.site.timezone;
            SlotLength::of(timezone, booking.interval).end(timezone, starts_at)
        }
    };
    if booking.life().has_begun(now) && starts_at != booking.interval.starts_at() {
        return Err(
            InvalidFields::one("/starts_at", "invalid", said!("must stay as it is, because the booking has begun")).into()
        );
    }
    if ends_at <= now {
        return Err(InvalidFields::one("/ends_at", "invalid", said!("must lie in the future")).into());
    }
    let interval = Interval::new(starts_at, ends_at).map_err(|error| InvalidFields::one("/ends_at", "invalid", error))?;
    let longest = TimeDelta::days(LONGEST_DAYS).max(booking.interval.duration());
    if interval.duration() > longest {
        let detail = said!("must be at most {most_days} days later", most_days = LONGEST_DAYS);
        return Err(InvalidFields::one("/ends_at", "out_of_range", detail).into());
    }
    let resource_id = new.resource_id.unwrap_or(booking.resource_id);
    Ok(Extent { resource_id, slot: Slot { interval, quantity: new.quantity.unwrap_or(booking.quantity) } })
}

/// Explains why the new slot of a booking is taken, and finds what could be booked instead.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn explain_move(tx: &mut ReadTx, caller: Caller, id: BookingId, new: &Reschedule) -> Result<Clash, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let Extent { resource_id, slot } = read_extent(tx, &booking, new)?;
    let requester = Requester { operated_by: new.operated_by.or(booking.operated_by), ..Requester::of(&booking) };
    explain_clash(tx, resource_id, slot, Some(MoveSource { booking: &booking, side }), requester)
}

/// The booking in its new slot, with the versions of rules and tariff that hold there.
fn in_slot(tx: &mut ReadTx, source: MoveSource<'_>, target: MoveTarget<'_>) -> Result<Booking, Error> {
    let (MoveSource { booking, side }, MoveTarget { resource, slot, operated_by }) = (source, target);
    let Slot { interval, quantity } = slot;
    let rules = rules_on(booking, resource);
    let (mut price, basis) = price_of_move(tx, resource, slot, booking)?;
    if side == Side::Host {
        let Money { currency, .. } = booking.price.total;
        if price.total.currency != currency {
            let detail = said!("must be a resource with prices in {currency}, the currency of the booking", currency);
            return Err(InvalidFields::one("/resource_id", "invalid", detail).into());
        }
        price = price.at_most(&booking.price);
    }
    let lapses_at = match booking.status {
        // A hold does not last longer because it is moved.
        BookingStatus::Held => booking.lapses_at.map(|lapses_at| lapses_at.min(rules.hold_ends_by(interval))),
        BookingStatus::InUse => booking.lapses_at,
        status => rules.lapses_at(tx.now, status, interval),
    };
    // When the customer moves it beyond the offered slot, it is no longer the offer of the host.
    let is_still_offered = side != Side::Customer || target.extent().lies_within(booking.extent());
    let is_paid_first = rules.requires_payment || is_by_card_before(tx, resource, booking.organization_id)?;
    let hold = booking.hold.map(|hold| hold.moved(is_paid_first, is_still_offered));
    let grace_until = match booking.status {
        // A customer that moves a booking during its grace does not extend the grace.
        // Nor does a move to which both parties have agreed begin one.
        BookingStatus::Confirmed
            if side == Side::Host
                || side == Side::Customer && tx.now <= rules.changeable_until(booking.interval.starts_at(), None) =>
        {
            booking.grace_until.max(rules.grace_until(tx.now, side))
        }
        _ => booking.grace_until,
    };
    Ok(Booking {
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        site_id: resource.site_id,
        site_name: resource.site.name.clone(),
        timezone: resource.site.timezone,
        interval,
        claim: rules.allocation(interval),
        quantity,
        price,
        basis,
        booking_rules_id: resource.booking_rules_id,
        rules: rules.clone(),
        tariff_id: resource.tariff_id,
        hold,
        operated_by,
        lapses_at,
        usage: booking.usage.map(|usage| Usage { is_overrun: usage.is_overrun && interval.ends_at() <= tx.now, ..usage }),
        calendar_sequence: booking.calendar_sequence + 1,
        updated_at: tx.now,
        grace_until,
        ..booking.clone()
    })
}
