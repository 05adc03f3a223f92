//! One page for the bookings of a group, also of several hosts: the customer saves a card once, and each booking has a payment of its own
//! that is taken from this card when the booking is confirmed. So each host is paid by itself, and decides when it wants.

use super::start::{New, account, amount_to_pay, can_be_used, insert, live, payable, refused};
use crate::booking_groups::{self, Whole};
use crate::bookings::due;
use crate::error::Error;
use crate::{Caller, authorize};
use domain::booking::Booking;
use domain::card_account::CardSetup;
use domain::card_payment::{CardPayment, CardPaymentEnding, CardPaymentState, PAGE_OPEN};
use domain::ids::{BookingGroupId, CardPaymentId};
use domain::money::{Currency, Money};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::{bookings, card_payments};

/// The payments for a group that a customer has started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartedGroup {
    /// The customer can save a card for all of them on their page.
    Open(Vec<CardPayment>),
    /// Their page is yet to be made, with this text.
    WithoutPage(Vec<CardPayment>, String),
    /// The pages of these payments must be closed first.
    Obstructed(Vec<CardPaymentId>),
}

/// Starts a payment for each booking of a group that can be paid by card now, as a member of the customer, or returns those that are open
/// on one page. Bookings that wait for their payments are held until this page is closed.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `card_not_accepted` if no host takes cards, `card_payment_not_possible`,
/// `invalid_transition` if nothing is to be paid now.
pub fn start_group(tx: &mut Tx<'_>, caller: Caller, id: BookingGroupId, setup: CardSetup) -> Result<StartedGroup, Error> {
    let Whole { group, bookings } = booking_groups::get(tx, caller, id)?;
    authorize(tx, caller, group.organization_id, Permission::Book, true)?;
    let locked = due::lock(tx, bookings.iter().map(|booking| booking.resource_id))?;
    let (mut wanted, mut why_not) = (Vec::new(), None);
    for booking in bookings {
        card_payments::lock_of_booking(tx.conn, booking.id)?;
        let booking = bookings::get(tx.conn, booking.id)?.at(tx.now);
        let all = card_payments::list_of_booking(tx.conn, booking.id)?;
        if live(&all).is_some_and(|payment| payment.state == CardPaymentState::Authorized) {
            continue;
        }
        let priced = account(tx, &booking, setup).and_then(|account| Ok((account, amount_to_pay(tx, &booking, &all)?)));
        match priced {
            Ok((account, amount)) => wanted.push((booking, all, account, amount)),
            Err(error @ Error::Refused(Code::CardNotAccepted | Code::CardPaymentNotPossible, _)) => why_not = Some(error),
            Err(Error::Refused(..)) => {}
            Err(error) => return Err(error),
        }
    }
    if wanted.is_empty() {
        return Err(why_not.unwrap_or_else(|| refused(said!("No booking of the group is to be paid by card now."))));
    }
    let open: Vec<&CardPayment> =
        wanted.iter().filter_map(|(_, all, ..)| live(all)).filter(|one| one.state == CardPaymentState::Open).collect();
    if let Some(first) = open.first() {
        let mut is_one_page = first.group_session_id.is_some();
        for (_, all, _, amount) in &wanted {
            is_one_page = is_one_page
                && match live(all) {
                    Some(one) => one.group_session_id == first.group_session_id && can_be_used(tx, one, *amount)?,
                    None => false,
                };
        }
        return Ok(match is_one_page {
            true => StartedGroup::Open(open.into_iter().cloned().collect()),
            false => StartedGroup::Obstructed(open.into_iter().map(|payment| payment.id).collect()),
        });
    }
    let mut started = Vec::new();
    let description = description(&wanted.iter().map(|(booking, .., amount)| (booking, *amount)).collect::<Vec<_>>());
    for (booking, all, account, amount) in wanted {
        if let Some(without_page) = live(&all) {
            // Nobody knows the address of its page, if there is one.
            let (state, ending) = (CardPaymentState::Ended, Some(CardPaymentEnding::Unpaid));
            card_payments::update(tx.conn, &CardPayment { state, ending, updated_at: tx.now, ..without_page.clone() }, None)?;
        }
        let new = New { amount, account, saves_card: true, page_open: tx.now + PAGE_OPEN };
        started.push(insert(tx, caller, &locked, &booking, &all, new)?);
    }
    Ok(StartedGroup::WithoutPage(started, description))
}

/// The text that the customer reads where it saves the card.
fn description(wanted: &[(&Booking, Money)]) -> String {
    let mut currencies: Vec<Currency> = wanted.iter().map(|(_, amount)| amount.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let total =
        |currency: &Currency| Money::sum(wanted.iter().map(|(_, amount)| *amount).filter(|amount| amount.currency == *currency));
    let totals: Vec<String> = currencies.iter().filter_map(total).map(|total| total.to_string()).collect();
    format!(
        "{} in total will be taken from your card for {} of your bookings, each amount when its booking is confirmed.",
        totals.join(" and "),
        wanted.len()
    )
}

/// Whether a caller who acts for the customer can pay for several of these bookings by card now.
///
/// # Errors
/// When the database fails.
pub fn can_start_group(tx: &mut ReadTx, caller: Caller, bookings: &[Booking], setup: CardSetup) -> Result<bool, Error> {
    let mut found = 0;
    for booking in bookings {
        found += usize::from(payable(tx, caller, booking, setup)?.is_some());
    }
    Ok(found > 1)
}
