//! The fees of bookings.

use super::access::{Actor, check_seen, get_as_party};
use super::due;
use super::journal::{ChangeRecord, record};
use super::judge::{as_agreed, price_on};
use crate::customers::{self, Requester};
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::prepaid::cover::{MayUse, cover};
use crate::{Caller, authorize};
use domain::booking::change::BookingEventKind;
use domain::booking::{Booking, Fee, FeeKind, Side, Waiver};
use domain::ids::BookingId;
use domain::interval::Interval;
use domain::permissions::Permission;
use domain::pricing::PriceBasis;
use domain::problem::Code;
use domain::rules::percent_of;
use domain::said::said;
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::{bookings, resources};

/// The fee for the time from the end of a booking until now, in whole minutes: the share that its rules say of the price by which the
/// tariff of the booking would be higher. None for a price that is too large for an amount.
pub(super) fn overrun_fee(tx: &mut ReadTx, booking: &Booking) -> Result<Option<Fee>, Error> {
    let percent = booking.rules.overrun_fee_percent;
    let now = UtcTime::from_unix_minutes(tx.now.micros().div_euclid(60_000_000));
    if percent == 0 || booking.is_own() || now <= booking.interval.ends_at() {
        return Ok(None);
    }
    let Ok(used) = Interval::new(booking.interval.starts_at(), now) else { return Ok(None) };
    let resource = resources::get(&mut tx.conn, booking.resource_id)?;
    let resource = as_agreed(tx, booking, resource)?;
    let buyer = customers::buyer_for(tx, &resource, Some(Requester::of(booking)))?;
    // No time is donated beyond the end.
    let basis = PriceBasis { donated_minutes: 0, ..booking.basis.clone() };
    let price = |interval| {
        let price = price_on(&resource, Slot { interval, ..booking.slot() }, buyer, &basis);
        price.ok().map(|price| price.total)
    };
    let (booked, used) = (price(booking.interval), price(used));
    let more = booked.zip(used).and_then(|(booked, used)| used.checked_sub(booked));
    Ok(more.and_then(|more| Fee::new(FeeKind::Overrun, percent_of(more, percent))))
}

/// Waives the fee of a booking, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if no fee is due.
pub fn waive_fee(tx: &mut Tx<'_>, caller: Caller, id: BookingId, reason: &str, if_match: &IfMatch) -> Result<Booking, Error> {
    let (booking, _) = get_as_party(tx, caller, id)?;
    authorize(tx, caller, booking.host_organization_id, Permission::ManageMoney, true)?;
    check_seen(tx.now, &booking, if_match)?;
    // A no-show that has happened is written first.
    due::catch_up(tx, booking.resource_id)?;
    let booking = bookings::get(tx.conn, id)?;
    let fee = match &booking.fee {
        Some(fee) if fee.waiver.is_none() => fee.clone(),
        Some(_) => return Err(Error::Refused(Code::InvalidTransition, said!("The fee of the booking is already waived."))),
        None => return Err(Error::Refused(Code::InvalidTransition, said!("The booking has no fee."))),
    };
    let waiver = Waiver { waived_at: tx.now, waived_by: caller.user_id, reason: reason.to_owned() };
    let change = ChangeRecord { reason: Some(reason.to_owned()), ..ChangeRecord::of(BookingEventKind::WaiveFee, &booking) };
    let waived = Booking { fee: Some(Fee { waiver: Some(waiver), ..fee }), updated_at: tx.now, ..booking };
    bookings::update_charges(tx.conn, &waived)?;
    let waived = cover(tx, Booking { revision: waived.revision + 1, ..waived }, MayUse::NoMore)?;
    record(tx, Actor::of(caller, Side::Host), &waived, change)?;
    Ok(waived)
}
