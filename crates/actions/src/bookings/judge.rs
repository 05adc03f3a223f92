//! The rules that a slot violates for a customer, and its price.

use std::sync::Arc;

use super::in_use::overrun_violation;
use crate::certifications::certified;
use crate::customers::{self, Requester};
use crate::donations;
use crate::error::Error;
use crate::paying;
use crate::terms;
use domain::booking::{Booking, BookingStatus, Extent, Fee, Side};
use domain::coupon::CouponTerms;
use domain::fields::InvalidFields;
use domain::ids::UserId;
use domain::interval::Interval;
use domain::money::Money;
use domain::pricing::{BookedExtra, Buyer, NoPrice, Price, PriceBasis, Tariff, price};
use domain::resource::Resource;
use domain::rules::bookable::Bookable;
use domain::rules::{BookingRules, BusyTime, Violation, ViolationCode};
use domain::said::said;
use domain::slot::Slot;
use domain::with_json::WithJson;
use storage::db::ReadTx;
use storage::resources;

/// All rules that a slot violates, terms aside. Without a requester the rules about customers and operators are left out. With
/// `in_place_of`, that booking would move to the slot.
pub(super) fn violations(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Option<Requester>,
    slot: Slot,
    in_place_of: Option<&Booking>,
) -> Result<Vec<Violation>, Error> {
    let interval = slot.interval;
    let customer = requester.map(|requester| customers::get(tx, resource, requester, interval)).transpose()?;
    // A start that stays was agreed when the booking was made. On another resource it is judged anew, unless the booking has begun.
    let stays = in_place_of.filter(|booking| booking.interval.starts_at() == interval.starts_at());
    let is_elsewhere = |booking: &&Booking| booking.resource_id != resource.id;
    let agreed = stays.filter(|booking| !is_elsewhere(booking) || booking.life().has_begun(tx.now));
    let now = agreed.map_or(tx.now, |booking| booking.created_at);
    let mut violations = resource.bookable().violations(now, slot, customer.as_ref());
    if agreed.is_none_or(|booking| is_elsewhere(&booking)) {
        violations.extend(resource.broken(tx.now, interval.starts_at()));
        violations.extend(overrun_violation(tx, resource, slot, in_place_of)?);
    }
    if let Some(operator) = requester.and_then(|requester| requester.operated_by) {
        violations.extend(certified::missing(tx, &resource.fields.rules, operator, interval)?);
    }
    Ok(violations)
}

/// The rules that another operator of a booking would violate.
pub(super) fn operator_violations(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    time: Interval,
) -> Result<Vec<Violation>, Error> {
    let Some(operator) = requester.operated_by else { return Ok(Vec::new()) };
    let missing = certified::missing(tx, &resource.fields.rules, operator, time)?;
    let busy = customers::operator_busy(tx, resource, requester, time)?;
    Ok(missing.into_iter().chain(BusyTime::violation(&busy, time)).collect())
}

/// All rules that a slot would violate for the requester, including terms that the customer has not accepted.
pub(crate) fn violations_for(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    slot: Slot,
) -> Result<Vec<Violation>, Error> {
    let (_, missing) = terms::of_booking(tx, resource, requester.organization_id)?;
    let mut violations = violations(tx, resource, Some(requester), slot, None)?;
    violations.extend(missing);
    Ok(violations)
}

/// Checks that no rule is violated.
pub(crate) fn check_no_violation(violations: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() { Ok(()) } else { Err(Error::RulesViolated(violations)) }
}

/// The price of a slot for a new booking of the requester, and its basis.
pub(crate) fn price_of(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    requester: Requester,
    extras: &[BookedExtra],
    coupon: Option<CouponTerms>,
) -> Result<(Price, PriceBasis), Error> {
    let buyer = customers::buyer_for(tx, resource, Some(requester))?;
    let basis = PriceBasis { coupon, ..donations::basis(tx, resource, slot, buyer, extras)? };
    Ok((priced(&resource.fields.tariff, resource, slot, buyer, &basis)?, basis))
}

/// The price of a slot for a booking that moves there, and its basis: that on which it was made, with the time that is donated there.
pub(crate) fn price_of_move(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    booking: &Booking,
) -> Result<(Price, PriceBasis), Error> {
    let buyer = customers::buyer_for(tx, resource, Some(Requester::of(booking)))?;
    let basis = donations::basis_of_move(tx, resource, slot, buyer, booking)?;
    Ok((price_on(resource, slot, buyer, &basis)?, basis))
}

/// The price of a slot for a booking that moves there, on this basis.
pub(super) fn price_on(resource: &Resource, slot: Slot, buyer: Buyer, basis: &PriceBasis) -> Result<Price, InvalidFields> {
    price(&resource.fields.tariff, resource.site.timezone, slot, buyer, basis).map_err(|error| match error {
        NoPrice::TooLarge(error) => InvalidFields::one("/ends_at", "invalid", error),
        // On its own resource a booking keeps the version of the tariff with its extras.
        NoPrice::Extras(_) => {
            let names: Vec<_> = basis.extras.iter().map(|extra| extra.name.as_str()).collect();
            let detail = said!("must be a resource with the extras of the booking: {names}", names);
            InvalidFields::one("/resource_id", "invalid", detail)
        }
    })
}

/// The price of a slot by a version of the tariff of the resource.
pub(super) fn priced(
    tariff: &Tariff,
    resource: &Resource,
    slot: Slot,
    buyer: Buyer,
    basis: &PriceBasis,
) -> Result<Price, InvalidFields> {
    price(tariff, resource.site.timezone, slot, buyer, basis).map_err(|error| match error {
        NoPrice::TooLarge(error) => InvalidFields::one("/ends_at", "invalid", error),
        NoPrice::Extras(fields) => fields,
    })
}

/// The consequences of a cancellation by one side now, for a booking that was in this state: the violation if it is too late, under the
/// rules of the booking, and the fee. A booking that is not confirmed yet can be cancelled at any time, free of charge.
pub(super) fn cancelling(
    tx: &mut ReadTx,
    side: Side,
    was: BookingStatus,
    booking: &Booking,
) -> Result<(Option<Violation>, Option<Fee>), Error> {
    if side != Side::Customer || was != BookingStatus::Confirmed {
        return Ok((None, None));
    }
    let (violation, fee) = (booking.change_violation(tx.now), booking.cancellation_fee(was, tx.now, side));
    let is_free = (violation.is_some() || fee.is_some()) && is_broken(tx, booking, None)?;
    Ok(if is_free { (None, None) } else { (violation, fee) })
}

/// The violation if it is too late for the customer to move a confirmed booking, under the rules of the booking.
fn too_late(tx: &mut ReadTx, side: Side, booking: &Booking, resource: &Resource) -> Result<Option<Violation>, Error> {
    let is_bound = side == Side::Customer && booking.status == BookingStatus::Confirmed;
    match booking.move_violation(tx.now).filter(|_| is_bound) {
        Some(violation) => Ok((!is_broken(tx, booking, Some(resource))?).then_some(violation)),
        None => Ok(None),
    }
}

/// Whether the resource of a booking is out of order at its start, so that the customer need not keep it. The resource is loaded unless
/// it is given.
fn is_broken(tx: &mut ReadTx, booking: &Booking, resource: Option<&Resource>) -> Result<bool, Error> {
    let starts_at = booking.interval.starts_at();
    let broken = match resource.filter(|resource| resource.id == booking.resource_id) {
        Some(resource) => resource.broken(tx.now, starts_at),
        None => resources::get(&mut tx.conn, booking.resource_id)?.broken(tx.now, starts_at),
    };
    Ok(!broken.is_empty())
}

/// A booking that is to leave its slot, and the party that moves it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MoveSource<'a> {
    /// The booking before the move.
    pub(crate) booking: &'a Booking,
    /// The party that moves it; the system where both parties agree to the move, so that no rule protects one from the other.
    pub(crate) side: Side,
}

/// The slot that a booking is to have after a move, and its operator there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MoveTarget<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) slot: Slot,
    pub(crate) operated_by: Option<UserId>,
}

impl MoveTarget<'_> {
    /// The resource, time and quantity after the move.
    pub(super) const fn extent(&self) -> Extent {
        Extent { resource_id: self.resource.id, slot: self.slot }
    }
}

/// The resource with the rules and the tariff that hold for this booking: on its own resource the versions under which the
/// booking was made, except for the rules about opening.
pub(crate) fn as_agreed(tx: &mut ReadTx, booking: &Booking, mut resource: Resource) -> Result<Resource, Error> {
    if resource.id == booking.resource_id && resource.booking_rules_id != booking.booking_rules_id {
        resource.fields.rules = Arc::new(resource.fields.rules.keeping(&booking.rules).into());
        resource.booking_rules_id = booking.booking_rules_id;
    }
    if resource.id == booking.resource_id && resource.tariff_id != booking.tariff_id {
        resource.fields.tariff = resources::get_tariff(&mut tx.conn, booking.tariff_id)?;
        resource.tariff_id = booking.tariff_id;
    }
    Ok(resource)
}

/// All rules that the move would violate. A booking can become smaller as far as the rules that it was made under allow; a booking
/// that the host has approved is moved by the host only.
pub(super) fn move_violations(
    tx: &mut ReadTx,
    source: MoveSource<'_>,
    target: MoveTarget<'_>,
    price: Money,
) -> Result<Vec<Violation>, Error> {
    let (MoveSource { booking, side }, MoveTarget { resource, slot, operated_by }) = (source, target);
    let rules = &resource.fields.rules;
    let is_less = target.extent().lies_within(booking.extent());
    let requester = Requester { operated_by, ..Requester::of(booking) };
    let mut violations = match is_less {
        true => {
            let agreed = Bookable { rules: &booking.rules, ..resource.bookable() };
            let mut violations = agreed.violations_of_part(booking.interval, slot);
            if operated_by != booking.operated_by {
                violations.extend(operator_violations(tx, resource, requester, slot.interval)?);
            }
            violations
        }
        false => violations(tx, resource, Some(requester), slot, Some(booking))?,
    };
    violations.extend(too_late(tx, side, booking, resource)?);
    let was_agreed = matches!(booking.status, BookingStatus::Confirmed | BookingStatus::InUse);
    // A hold is paid for, or approved, later.
    if side == Side::Customer && booking.status != BookingStatus::Held && !is_less {
        if rules.requires_approval && was_agreed {
            let detail = said!(
                "the host has approved the booking, so only the host can move it; cancel it and book again, or ask the host to move it"
            );
            violations.push(Violation::new(ViolationCode::ApprovalRequired, detail));
        }
        let costs_more = price.amount > booking.price.total.amount;
        let is_paid_first = rules.requires_payment || paying::before(tx, resource, booking.organization_id)?.is_some();
        if is_paid_first && (resource.id != booking.resource_id || costs_more) {
            let detail = said!(
                "payment comes first, so only the host can move the booking to a slot that costs more; book again, or ask the host to move it"
            );
            violations.push(Violation::new(ViolationCode::PaymentRequired, detail));
        }
    }
    Ok(violations)
}

/// Whether a booking can move to another slot under the rules.
pub(crate) fn may_move(tx: &mut ReadTx, source: MoveSource<'_>, target: MoveTarget<'_>) -> Result<bool, Error> {
    let price = match price_of_move(tx, target.resource, target.slot, source.booking) {
        // A resource without the extras of the booking.
        Err(Error::Invalid(_)) => return Ok(false),
        price => price?.0,
    };
    Ok(target.extent() != source.booking.extent() && move_violations(tx, source, target, price.total)?.is_empty())
}

/// The rules that hold for a booking on a resource: on its own resource those under which it was made.
pub(super) fn rules_on<'a>(booking: &'a Booking, resource: &'a Resource) -> &'a Arc<WithJson<BookingRules>> {
    if resource.id == booking.resource_id { &booking.rules } else { &resource.fields.rules }
}
