//! Customers that must pay before a booking is confirmed: those of the kinds from which the host takes no invoices.

use super::error::Error;
use super::prepaid::cover::covers_all;
use domain::booking::{Booking, BookingStatus, Hold};
use domain::card_payment::{CardPaymentWith, WayToPay};
use domain::ids::{BookingId, OrganizationId};
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::{billing, card_payments};

/// The ways in which a customer must pay the host of a resource before a booking is confirmed. None if it can pay by invoice.
pub(crate) fn before(tx: &mut ReadTx, resource: &Resource, customer: OrganizationId) -> Result<Option<Vec<WayToPay>>, Error> {
    if customer == resource.organization_id || resource.ways.by_kind.is_empty() {
        return Ok(None);
    }
    let (kind, _) = billing::get_buyer(&mut tx.conn, customer)?;
    Ok(resource.ways.before(kind).map(<[WayToPay]>::to_vec))
}

/// Whether a customer pays the host of a resource by card before a booking is confirmed, so that its holds wait for the payment.
pub(crate) fn is_by_card_before(tx: &mut ReadTx, resource: &Resource, customer: OrganizationId) -> Result<bool, Error> {
    Ok(before(tx, resource, customer)?.is_some_and(|ways| ways.contains(&WayToPay::Card)))
}

/// Refused because of the ways that are left.
pub(crate) fn no_way_to_pay(ways: &[WayToPay]) -> Error {
    let detail = said!("The ways to pay for your kind of organization are: {names}.", names = ways.to_vec());
    Error::Refused(Code::NoWayToPay, detail)
}

/// Returns a drafted booking as it begins if its customer must pay first: as it is if prepaid credit and hours pay all of it, otherwise
/// as a hold that waits for the payment by card. The bookings of a group are paid by card, because they are confirmed together.
pub(crate) fn begin(tx: &mut Tx<'_>, resource: &Resource, drafted: Booking) -> Result<Booking, Error> {
    let Some(ways) = before(tx, resource, drafted.organization_id)? else { return Ok(drafted) };
    let rules = &resource.fields.rules;
    let is_free = drafted.price.total.amount == 0 && drafted.basis.deposit == 0;
    if is_free || rules.requires_payment || drafted.group_id.is_none() && covers_all(tx, resource, &drafted)? {
        return Ok(drafted);
    }
    if !ways.contains(&WayToPay::Card) {
        return Err(no_way_to_pay(&ways));
    }
    let lapses_at = match drafted.status {
        BookingStatus::Held => drafted.lapses_at,
        _ => rules.lapses_at(tx.now, BookingStatus::Held, drafted.interval),
    };
    let hold = Some(Hold::by_customer(true));
    Ok(Booking { status: BookingStatus::Held, hold, lapses_at, grace_until: None, ..drafted })
}

/// Checks a booking that its customer has confirmed: if the customer must pay first, prepaid credit and hours have paid all of it.
pub(crate) fn check_paid(tx: &mut ReadTx, confirmed: &Booking) -> Result<(), Error> {
    if confirmed.owed_total().amount <= 0 {
        return Ok(());
    }
    let ways = billing::get_ways_to_pay(&mut tx.conn, confirmed.host_organization_id)?;
    if ways.by_kind.is_empty() {
        return Ok(());
    }
    let (kind, _) = billing::get_buyer(&mut tx.conn, confirmed.organization_id)?;
    match ways.before(kind) {
        Some(ways) => Err(no_way_to_pay(ways)),
        None => Ok(()),
    }
}

/// The amount in minor units that is paid for a booking otherwise than with prepaid credit and hours, or reserved on a card.
pub(crate) fn paid_in_other_ways(tx: &mut ReadTx, booking: BookingId) -> Result<i64, Error> {
    let by_hand = card_payments::sum_paid_otherwise(&mut tx.conn, booking)?;
    let by_card = card_payments::list_of_booking(&mut tx.conn, booking)?;
    let reserved = by_card.iter().filter(|card| card.payment.is_reserved()).map(|card| card.payment.amount.amount);
    Ok(by_card.iter().map(CardPaymentWith::kept).chain(reserved).fold(by_hand, i64::saturating_add))
}
