//! Payments by card that customers start.

use chrono::TimeDelta;
use serde_json::json;

use super::amounts::{need, saves_card};
use crate::bookings::access::get_as_party;
use crate::bookings::{Search, due, list as list_bookings};
use crate::error::Error;
use crate::record::audit;
use crate::{Caller, authorize, standing_of};
use domain::booking::{Booking, BookingStatus, Party};
use domain::card_account::CardSetup;
use domain::card_amount::to_units;
use domain::card_payment::{
    CardPayment, CardPaymentState, CardPaymentWith, HELD_AFTER_PAGE, MOST_EXTENSIONS, PAGE_OPEN, WayToPay,
};
use domain::ids::{BookingId, CardPaymentId, OrganizationId};
use domain::money::Money;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::{Said, said};
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::{billing, bookings, card_accounts, card_payments};

/// How long after its end a booking is listed that can be paid.
const PAYABLE_AFTER_END: TimeDelta = TimeDelta::days(30);

/// A payment that a customer has started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// The customer can pay on its page.
    Open(CardPayment),
    /// Its page is yet to be made, with this text beside the amount.
    WithoutPage(CardPayment, String),
    /// An earlier payment is in the way: its page must be closed first.
    Obstructed(CardPaymentId),
}

/// Starts a payment by card for a booking, as a member of the customer, or returns the one that is open. If the booking waits for the
/// payment, it is held until the page of the provider is closed.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `card_not_accepted`, `card_payment_not_possible`, `invalid_transition` if nothing is
/// to be paid now.
pub fn start(tx: &mut Tx<'_>, caller: Caller, id: BookingId, setup: CardSetup) -> Result<Started, Error> {
    let (booking, _) = get_as_party(tx, caller, id)?;
    authorize(tx, caller, booking.organization_id, Permission::Book, true)?;
    let account = account(tx, &booking, setup)?;
    let locked = due::lock(tx, [booking.resource_id])?;
    card_payments::lock_of_booking(tx.conn, id)?;
    let booking = bookings::get(tx.conn, id)?.at(tx.now);
    let all = card_payments::list_of_booking(tx.conn, id)?;
    let amount = amount_to_pay(tx, &booking, &all)?;
    let page_open = tx.now + PAGE_OPEN;
    if let Some(payment) = live(&all) {
        return match payment.state {
            CardPaymentState::Authorized if payment.saves_card => Err(refused(said!("A card is already saved for the booking."))),
            CardPaymentState::Authorized => Err(refused(said!("The amount is already reserved on a card."))),
            CardPaymentState::Open if can_be_used(tx, payment, amount)? => Ok(Started::Open(payment.clone())),
            CardPaymentState::Open => Ok(Started::Obstructed(payment.id)),
            // Nobody knows the address of the page, if there is one.
            _ => {
                let again = CardPayment {
                    amount,
                    attempt: payment.attempt
                        + i64::from(payment.amount != amount || payment.session_expires_at < page_open - TimeDelta::minutes(1)),
                    session_expires_at: page_open,
                    ..payment.clone()
                };
                let again = if again.attempt == payment.attempt { payment.clone() } else { again };
                card_payments::update(tx.conn, &again, Some(again.session_expires_at))?;
                extend_hold(tx, &locked, &booking, page_open, all.len())?;
                Ok(Started::WithoutPage(CardPayment { revision: again.revision + 1, ..again }, description(&booking)))
            }
        };
    }
    let new = New { amount, account, saves_card: saves_card(&booking, &all, tx.now), page_open };
    let payment = insert(tx, caller, &locked, &booking, &all, new)?;
    Ok(Started::WithoutPage(payment, description(&booking)))
}

/// The payment that has not ended, if there is one.
pub(super) fn live(all: &[CardPaymentWith]) -> Option<&CardPayment> {
    all.iter().map(|one| &one.payment).find(|one| !matches!(one.state, CardPaymentState::Ended | CardPaymentState::Paid))
}

/// Whether the customer can still pay this amount on the page of an open payment. The page of a group is closed when one of its payments ends.
pub(super) fn can_be_used(tx: &mut ReadTx, payment: &CardPayment, amount: Money) -> Result<bool, Error> {
    let is_closed = match &payment.group_session_id {
        Some(session) => card_payments::has_ended_of_group(&mut tx.conn, session)?,
        None => false,
    };
    Ok(payment.amount == amount && tx.now < payment.session_expires_at && !is_closed)
}

/// A payment to be started.
pub(super) struct New {
    pub(super) amount: Money,
    /// The account of the host, with the rate of commission; none: the payment stays with the operator.
    pub(super) account: Option<(String, i64)>,
    pub(super) saves_card: bool,
    /// The end of its page.
    pub(super) page_open: UtcTime,
}

/// Starts a payment for a booking, of which `all` are the earlier ones.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    caller: Caller,
    locked: &LockedResources,
    booking: &Booking,
    all: &[CardPaymentWith],
    new: New,
) -> Result<CardPayment, Error> {
    let New { amount, account, saves_card, page_open } = new;
    let payment = CardPayment {
        id: tx.new_id(),
        booking_id: booking.id,
        organization_id: booking.host_organization_id,
        customer_id: booking.organization_id,
        amount,
        state: CardPaymentState::Started,
        attempt: 1,
        session_id: None,
        group_session_id: None,
        session_url: None,
        session_expires_at: page_open,
        intent_id: None,
        capture_before: None,
        captured: 0,
        payment_id: None,
        ending: None,
        commission_rate: account.as_ref().map_or(0, |(_, rate)| *rate),
        account_id: account.map(|(id, _)| id),
        commission: 0,
        saves_card,
        card_owner_id: None,
        saved_card_id: None,
        created_by: caller.user_id,
        created_at: tx.now,
        updated_at: tx.now,
        revision: 1,
    };
    card_payments::insert(tx.conn, &payment, page_open)?;
    extend_hold(tx, locked, booking, page_open, all.len() + 1)?;
    let detail = json!({ "booking_id": booking.id, "amount": amount });
    let (host, object) = (Some(payment.organization_id), ("card_payment", payment.id.as_str()));
    audit(tx, caller.principal(), host, "card_payment.start", object, &detail)?;
    Ok(payment)
}

/// Whether a caller who acts for the customer can pay for the booking by card now.
///
/// # Errors
/// When the database fails.
pub fn can_start(tx: &mut ReadTx, caller: Caller, booking: &Booking, setup: CardSetup) -> Result<bool, Error> {
    Ok(payable(tx, caller, booking, setup)?.is_some())
}

/// Lists the bookings of a customer that are not over, or ended at most 30 days ago, and that the caller can pay by card now, each with the
/// amount: of the first 200 by their start.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list_payable(
    tx: &mut ReadTx,
    caller: Caller,
    customer: OrganizationId,
    setup: CardSetup,
) -> Result<Vec<(Booking, Money)>, Error> {
    authorize(tx, caller, customer, Permission::ViewMoney, true)?;
    let mut found = Vec::new();
    if setup == CardSetup::None {
        return Ok(found);
    }
    let search = Search { customer: Some(customer), from: Some(tx.now - PAYABLE_AFTER_END), ..Search::default() };
    for booking in list_bookings(tx, caller, &search, &Paging::of(Some(200), None)?)?.items {
        found.extend(payable(tx, caller, &booking, setup)?.map(|amount| (booking, amount)));
    }
    Ok(found)
}

/// The amount that a caller who acts for the customer can pay for the booking by card now; none if nothing can be paid.
pub(super) fn payable(tx: &mut ReadTx, caller: Caller, booking: &Booking, setup: CardSetup) -> Result<Option<Money>, Error> {
    let standing = standing_of(tx, caller, booking.organization_id)?;
    if !caller.may(standing.as_ref(), Permission::Book) {
        return Ok(None);
    }
    match account(tx, booking, setup) {
        Ok(_) => {}
        Err(Error::Refused(..)) => return Ok(None),
        Err(error) => return Err(error),
    }
    let all = card_payments::list_of_booking(&mut tx.conn, booking.id)?;
    let is_reserved = all.iter().any(|one| one.payment.state == CardPaymentState::Authorized);
    match amount_to_pay(tx, booking, &all) {
        Ok(amount) => Ok(Some(amount).filter(|_| !is_reserved)),
        Err(Error::Refused(..)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The account of the host for a payment by card for a booking, with the rate of commission; none if it stays with the operator of the
/// service.
pub(super) fn account(tx: &mut ReadTx, booking: &Booking, setup: CardSetup) -> Result<Option<(String, i64)>, Error> {
    let host = booking.host_organization_id;
    let (kind, _) = billing::get_buyer(&mut tx.conn, booking.organization_id)?;
    if !billing::get_ways_to_pay(&mut tx.conn, host)?.of(Some(kind)).contains(&WayToPay::Card) {
        return Err(Error::refused(Code::CardNotAccepted));
    }
    match setup {
        CardSetup::None => Err(Error::refused(Code::CardNotAccepted)),
        CardSetup::OneAccount => Ok(None),
        CardSetup::Connect { commission_rate } => {
            let found = card_accounts::find(&mut tx.conn, host)?;
            let charging = found.as_ref().and_then(|account| Some((account, account.charging()?)));
            let (account, id) = charging.ok_or_else(|| {
                Error::Refused(Code::CardNotAccepted, said!("The account of the host at Stripe cannot take payments now."))
            })?;
            Ok(Some((id.to_owned(), account.commission_rate.unwrap_or(commission_rate))))
        }
    }
}

/// The amount that can be paid by card for the booking now.
pub(super) fn amount_to_pay(tx: &mut ReadTx, booking: &Booking, all: &[CardPaymentWith]) -> Result<Money, Error> {
    let need = need(tx, booking)?;
    if !need.is_payable {
        let detail = match booking.awaits() {
            Some(Party::Customer) => said!("The booking is only held: confirm it first."),
            _ => said!("The booking is {status}; it can be paid when it is confirmed.", status = booking.status),
        };
        return Err(refused(detail));
    }
    let amount = Money { amount: need.to_pay(all), ..booking.price.total };
    if amount.amount == 0 {
        return Err(refused(said!("The booking is {status}, and nothing is to be paid.", status = booking.status)));
    }
    to_units(amount).map_err(|error| {
        Error::Refused(Code::CardPaymentNotPossible, said!("{amount}: {why}.", amount, why = Said::from(error)))
    })?;
    Ok(amount)
}

pub(super) fn refused(detail: Said) -> Error {
    Error::Refused(Code::InvalidTransition, detail)
}

/// The text that the customer reads beside the amount.
fn description(booking: &Booking) -> String {
    let day = booking.interval.starts_at().to_chrono().with_timezone(&booking.timezone).format("%Y-%m-%d");
    format!("{}, {}, {day}", booking.resource_name, booking.host_organization_name)
}

/// Holds a booking that waits for the payment until the provider was asked for it, so that no payment comes too late.
fn extend_hold(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    booking: &Booking,
    page_open: UtcTime,
    payments: usize,
) -> Result<(), Error> {
    let latest = booking.rules.hold_ends_by(booking.interval).min(page_open + HELD_AFTER_PAGE);
    let is_shorter = booking.lapses_at.is_some_and(|lapses_at| lapses_at < latest);
    if booking.status == BookingStatus::Held && is_shorter && payments <= MOST_EXTENSIONS {
        let held = Booking { lapses_at: Some(latest), updated_at: tx.now, ..booking.clone() };
        bookings::update(tx.conn, locked, &held)?;
    }
    Ok(())
}
