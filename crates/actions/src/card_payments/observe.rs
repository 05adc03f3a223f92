//! Stores the responses of the provider about a payment, and decides the next command to the provider. Nothing that was stored is ever
//! taken back, so that it does no harm if the provider is asked twice, or if a response is older than another one.

use chrono::TimeDelta;

use super::amounts::{is_approved, need};
use super::entries::{add_movement, charge, record};
use crate::bookings::access::{Actor, confirming};
use crate::bookings::due;
use crate::bookings::transition::Transition;
use crate::error::Error;
use crate::record::publish;
use domain::booking::{Booking, BookingStatus, Move, Party, Side};
use domain::card_account::commission;
use domain::card_payment::{
    ANSWERED_BEFORE, CardDispute, CardDisputeState, CardPayment, CardPaymentEnding, CardPaymentState, CardPaymentWith,
    CardProblem, CardRefund, CardRefundState, HELD_AFTER_DECLINE, Next, SHORTEST_RESERVATION, next_step,
};
use domain::fact::Event;
use domain::ids::{CardPaymentId, CardRefundId};
use domain::ledger;
use domain::mail::pause_after;
use domain::money::Money;
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::{Said, said};
use domain::time::UtcTime;
use storage::db::Tx;
use storage::{bookings, card_payments, card_payouts};

/// How long a payment is claimed by the server that asks the provider about it.
pub(super) const CLAIMED: TimeDelta = TimeDelta::minutes(2);

/// After how long the provider is asked about a page on which a customer can pay.
const OPEN_AGAIN: TimeDelta = TimeDelta::minutes(2);

/// After how long the provider is asked about an amount that is reserved.
const AUTHORIZED_AGAIN: TimeDelta = TimeDelta::minutes(30);

/// After how long the provider is asked about a saved card. A change of the booking comes at once.
const SAVED_AGAIN: TimeDelta = TimeDelta::hours(6);

/// How long the provider is asked about a payment that was made: as long as it can be disputed.
const PAID_UNTIL: TimeDelta = TimeDelta::days(150);

/// The responses of the provider about a payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The page, if the provider was asked about it.
    pub page: Option<PageState>,
    /// The payment, if the provider was asked about it.
    pub intent: Option<ObservedIntent>,
    /// The card that was saved, and how, if the provider was asked about it.
    pub saved_card: Option<SavedCard>,
    /// All its refunds.
    pub refunds: Vec<ObservedRefund>,
    /// All its disputes in which money has moved.
    pub disputes: Vec<ObservedDispute>,
    /// The parts of the host and of the operator, if the provider was asked about them.
    pub share: Option<ObservedShare>,
}

/// A card that was saved at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCard {
    /// The identifier of the act of saving it.
    pub setup_id: String,
    /// Its identifier.
    pub id: String,
}

/// The money of a payment that the host and the operator have at the provider, in the currency of the payment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedShare {
    /// The transfers to the account of the host.
    pub transfers: Vec<ObservedTransfer>,
    /// The commission: its identifier, its amount and the part that was returned, in minor units.
    pub commission: Option<(String, i64, i64)>,
}

/// A transfer to the account of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedTransfer {
    /// Its identifier.
    pub id: String,
    /// The amount, in minor units.
    pub amount: i64,
    /// The part of it that was taken back, in minor units.
    pub taken_back: i64,
    /// The identifiers of the payment and of the refunds that it is in the account of the host.
    pub objects: Vec<String>,
}

/// The state of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageState {
    /// The customer can pay.
    Open,
    /// The customer has paid.
    Complete,
    /// Nobody can pay any more.
    Closed,
}

/// A payment at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedIntent {
    /// Its identifier.
    pub id: String,
    /// The amount that was to be paid.
    pub amount: Money,
    /// The money.
    pub reservation: Reservation,
}

/// The state of the money of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// The bank has not decided, or the customer must do something.
    Undecided,
    /// It is reserved on the card, until this instant.
    Reserved(Option<UtcTime>),
    /// This amount was taken.
    Taken(Money),
    /// Nothing was taken, and nothing is reserved any more.
    Released,
}

/// A refund at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedRefund {
    /// Its identifier.
    pub id: String,
    /// The refund here; none if somebody made it at the provider.
    pub refund_id: Option<CardRefundId>,
    /// The amount.
    pub amount: Money,
    /// Whether the money did not reach the customer.
    pub has_failed: bool,
}

/// A dispute at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedDispute {
    /// Its identifier.
    pub id: String,
    /// The amount.
    pub amount: Money,
    /// The state.
    pub state: CardDisputeState,
}

/// A command to the provider. The provider does it once for each key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The payment here.
    pub payment_id: CardPaymentId,
    /// The instruction.
    pub instruction: Instruction,
    /// The key.
    pub key: String,
}

/// An instruction to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// To close a page.
    ClosePage(String),
    /// To take an amount that is reserved for a payment, with this commission, and to release the rest.
    Capture(String, Money, Money),
    /// To take an amount from the saved card of a payment, with this commission.
    Charge(Box<CardPayment>, Money, Money),
    /// To release the amount that is reserved for a payment.
    Release(String),
    /// To pay an amount of a payment back; whether it is taken from the account of the host.
    Refund(String, Money, CardRefundId, bool),
    /// To return a part of a commission to the host.
    ReturnCommission(String, Money),
    /// To take a part of a transfer back from the account of the host.
    TakeBack(String, Money),
    /// To transfer an amount to the account of the host.
    Transfer(String, Money),
}

/// Stores the responses of the provider about a payment. A booking that waits for it is confirmed, or becomes a request. Returns the next
/// command, if there is one.
///
/// # Errors
/// `not_found`, `payment_provider_unavailable` for an answer that makes no sense, or when the database fails.
pub fn observe(tx: &mut Tx<'_>, id: CardPaymentId, observed: &Observed) -> Result<Option<Command>, Error> {
    let booking_id = card_payments::get(tx.conn, id)?.booking_id;
    let resource_id = bookings::get(tx.conn, booking_id)?.resource_id;
    let _locked = due::lock(tx, [resource_id])?;
    card_payments::lock_of_booking(tx.conn, booking_id)?;
    let mut payment = card_payments::get(tx.conn, id)?;
    let booking = bookings::get(tx.conn, booking_id)?.at(tx.now);
    take_in_payment(tx, &mut payment, &booking, observed)?;
    take_in_refunds(tx, &payment, &observed.refunds)?;
    take_in_disputes(tx, &payment, &observed.disputes)?;
    charge_commission(tx, &mut payment)?;
    for object in observed.share.iter().flat_map(|share| &share.transfers).flat_map(|transfer| &transfer.objects) {
        card_payouts::insert_object(tx.conn, object, id)?;
    }
    if payment.state == CardPaymentState::Authorized {
        agree(tx, &payment, booking)?;
    }
    let command = decide(tx, &mut payment, observed.share.as_ref())?;
    let next_check_at = match (&command, payment.state) {
        (_, CardPaymentState::Ended) => None,
        (_, CardPaymentState::Paid) if tx.now > payment.created_at + PAID_UNTIL => None,
        (Some(_), _) => Some(tx.now + CLAIMED),
        (None, _) => Some(next_check(&payment, tx.now)),
    };
    card_payments::update(tx.conn, &payment, next_check_at)?;
    if command.is_none() {
        card_payments::update_succeeded(tx.conn, id)?;
    }
    Ok(command)
}

/// When the provider is asked about the payment again, if nothing happens before.
pub(super) fn next_check(payment: &CardPayment, now: UtcTime) -> UtcTime {
    match payment.state {
        CardPaymentState::Started => payment.session_expires_at,
        CardPaymentState::Open => now + OPEN_AGAIN,
        CardPaymentState::Authorized if payment.saves_card => now + SAVED_AGAIN,
        CardPaymentState::Authorized => now + AUTHORIZED_AGAIN,
        // The longer nothing has happened, the less is expected.
        _ => now + ((now - payment.updated_at) / 2).clamp(TimeDelta::minutes(30), TimeDelta::days(15)),
    }
}

fn nonsense(detail: Said) -> Error {
    Error::Refused(Code::PaymentProviderUnavailable, detail)
}

/// Writes the payment, so that rows that name it can be added.
fn save(tx: &mut Tx<'_>, payment: &mut CardPayment) -> Result<(), Error> {
    payment.updated_at = tx.now;
    card_payments::update(tx.conn, payment, Some(tx.now + CLAIMED))?;
    payment.revision += 1;
    Ok(())
}

fn end(tx: &mut Tx<'_>, payment: &mut CardPayment, ending: CardPaymentEnding) -> Result<(), Error> {
    (payment.state, payment.ending) = (CardPaymentState::Ended, Some(ending));
    save(tx, payment)
}

fn take_in_payment(tx: &mut Tx<'_>, payment: &mut CardPayment, booking: &Booking, observed: &Observed) -> Result<(), Error> {
    let is_open = payment.state == CardPaymentState::Open;
    if is_open && observed.page == Some(PageState::Closed) {
        return end(tx, payment, CardPaymentEnding::Unpaid);
    }
    if let Some(SavedCard { setup_id, id }) = observed.saved_card.as_ref().filter(|_| is_open) {
        payment.state = CardPaymentState::Authorized;
        // The act of saving a card for a group belongs to none of its payments alone.
        payment.intent_id = Some(setup_id.clone()).filter(|_| payment.group_session_id.is_none());
        payment.saved_card_id = Some(id.clone());
        return save(tx, payment);
    }
    let is_expected = is_open && observed.page == Some(PageState::Complete) || payment.state == CardPaymentState::Authorized;
    let Some(intent) = observed.intent.as_ref().filter(|_| is_expected) else { return Ok(()) };
    // A saved card is charged with what the booking owes then.
    if intent.amount != payment.amount && !payment.saves_card {
        return Err(nonsense(said!("The amount at the provider is another one.")));
    }
    payment.intent_id = Some(intent.id.clone());
    match intent.reservation {
        Reservation::Undecided => {}
        Reservation::Reserved(until) if is_open => {
            let until = until.unwrap_or(tx.now + SHORTEST_RESERVATION);
            (payment.state, payment.capture_before) = (CardPaymentState::Authorized, Some(until));
            save(tx, payment)?;
            add_movement(tx, payment, ledger::authorization(payment.amount, false))?;
        }
        Reservation::Reserved(_) => {}
        Reservation::Taken(amount) => {
            if amount.currency != payment.amount.currency || !(1..=payment.amount.amount).contains(&amount.amount) {
                return Err(nonsense(said!("The amount that the provider has taken is another one.")));
            }
            if payment.is_reserved() {
                add_movement(tx, payment, ledger::authorization(payment.amount, true))?;
            }
            let paid = record(tx, payment, (amount, false), &intent.id, ledger::card_payment(amount, false))?;
            (payment.state, payment.captured, payment.payment_id) = (CardPaymentState::Paid, amount.amount, Some(paid));
            save(tx, payment)?;
        }
        Reservation::Released => {
            if payment.is_reserved() {
                add_movement(tx, payment, ledger::authorization(payment.amount, true))?;
            }
            let all = card_payments::list_of_booking(tx.conn, payment.booking_id)?;
            let need = need(tx, booking)?;
            let is_needed = need.is_undecided || need.to_pay(&all) > 0;
            end(tx, payment, if is_needed { CardPaymentEnding::Lapsed } else { CardPaymentEnding::Released })?;
        }
    }
    Ok(())
}

/// Stores the refunds at the provider. One that somebody made there takes the place of those that the provider does not know.
fn take_in_refunds(tx: &mut Tx<'_>, payment: &CardPayment, observed: &[ObservedRefund]) -> Result<(), Error> {
    if payment.state != CardPaymentState::Paid {
        return Ok(());
    }
    for seen in observed {
        let known = own(tx, payment)?.refunds;
        let is_seen = |refund: &&CardRefund| refund.provider_id.as_ref() == Some(&seen.id) || Some(refund.id) == seen.refund_id;
        match known.iter().find(is_seen) {
            Some(refund) => take_in_refund(tx, payment, refund.clone(), seen)?,
            None => {
                let is_unknown = |refund: &&CardRefund| {
                    refund.state == CardRefundState::Started && !observed.iter().any(|one| one.refund_id == Some(refund.id))
                };
                for refund in known.iter().filter(is_unknown) {
                    card_payments::delete_refund(tx.conn, refund.id)?;
                }
                let refund = start_refund(tx, payment, seen.amount)?;
                take_in_refund(tx, payment, refund, seen)?;
            }
        }
    }
    Ok(())
}

fn start_refund(tx: &mut Tx<'_>, payment: &CardPayment, amount: Money) -> Result<CardRefund, Error> {
    let refund = CardRefund {
        id: tx.new_id(),
        card_payment_id: payment.id,
        amount: amount.amount,
        state: CardRefundState::Started,
        attempt: 1,
        provider_id: None,
        payment_id: None,
        return_id: None,
        created_at: tx.now,
        updated_at: tx.now,
    };
    card_payments::insert_refund(tx.conn, &refund)?;
    Ok(refund)
}

fn take_in_refund(tx: &mut Tx<'_>, payment: &CardPayment, refund: CardRefund, seen: &ObservedRefund) -> Result<(), Error> {
    let amount = Money { amount: refund.amount, ..payment.amount };
    if amount != seen.amount {
        return Err(nonsense(said!("The amount of a refund at the provider is another one.")));
    }
    let mut changed = CardRefund { provider_id: Some(seen.id.clone()), ..refund.clone() };
    match (refund.state, seen.has_failed) {
        (CardRefundState::Started, false) => {
            let paid = record(tx, payment, (amount, true), &seen.id, ledger::card_payment(amount, true))?;
            (changed.state, changed.payment_id) = (CardRefundState::Sent, Some(paid));
        }
        (CardRefundState::Started, true) => changed.state = CardRefundState::Failed,
        (CardRefundState::Sent, true) => {
            let paid = record(tx, payment, (amount, false), &seen.id, ledger::card_payment(amount, false))?;
            (changed.state, changed.return_id) = (CardRefundState::Failed, Some(paid));
        }
        _ => return Ok(()),
    }
    changed.updated_at = tx.now;
    card_payments::update_refund(tx.conn, &changed)?;
    match changed.state {
        CardRefundState::Failed => tell_host(tx, payment, CardProblem::RefundFailed, amount),
        _ => Ok(()),
    }
}

fn take_in_disputes(tx: &mut Tx<'_>, payment: &CardPayment, observed: &[ObservedDispute]) -> Result<(), Error> {
    if payment.state != CardPaymentState::Paid {
        return Ok(());
    }
    for seen in observed {
        if seen.amount.currency != payment.amount.currency || seen.amount.amount <= 0 {
            return Err(nonsense(said!("The amount of a dispute makes no sense.")));
        }
        let known = own(tx, payment)?.disputes.into_iter().find(|dispute| dispute.id == seen.id);
        let dispute = match known {
            Some(dispute) => dispute,
            None => open_dispute(tx, payment, seen)?,
        };
        let amount = Money { amount: dispute.amount, ..payment.amount };
        let payment_id = match (dispute.state, seen.state) {
            (CardDisputeState::Open, CardDisputeState::Won) => {
                add_movement(tx, payment, ledger::dispute_end(amount, false))?;
                None
            }
            (CardDisputeState::Open, CardDisputeState::Lost) => {
                Some(record(tx, payment, (amount, true), &seen.id, ledger::dispute_end(amount, true))?)
            }
            _ => continue,
        };
        card_payments::update_dispute(tx.conn, &CardDispute { state: seen.state, payment_id, updated_at: tx.now, ..dispute })?;
    }
    Ok(())
}

fn open_dispute(tx: &mut Tx<'_>, payment: &CardPayment, seen: &ObservedDispute) -> Result<CardDispute, Error> {
    let dispute = CardDispute {
        id: seen.id.clone(),
        card_payment_id: payment.id,
        amount: seen.amount.amount,
        state: CardDisputeState::Open,
        payment_id: None,
        created_at: tx.now,
        updated_at: tx.now,
    };
    card_payments::insert_dispute(tx.conn, &dispute)?;
    add_movement(tx, payment, ledger::dispute(seen.amount))?;
    tell_host(tx, payment, CardProblem::Disputed, seen.amount)?;
    Ok(dispute)
}

fn tell_host(tx: &mut Tx<'_>, payment: &CardPayment, problem: CardProblem, amount: Money) -> Result<(), Error> {
    publish(tx, Principal::System, Event::CardPaymentProblem { card_payment_id: payment.id, problem, amount })
}

/// The payment with its refunds and disputes, as stored.
fn own(tx: &mut Tx<'_>, payment: &CardPayment) -> Result<CardPaymentWith, Error> {
    let all = card_payments::list_of_booking(tx.conn, payment.booking_id)?;
    all.into_iter().find(|one| one.payment.id == payment.id).ok_or_else(Error::not_found)
}

/// Confirms a booking that waits for the payment. If a rule does not allow it, the booking goes on waiting, until the host confirms it or
/// the hold expires. A request ends before the reservation on the card does.
fn agree(tx: &mut Tx<'_>, payment: &CardPayment, booking: Booking) -> Result<(), Error> {
    let all = card_payments::list_of_booking(tx.conn, booking.id)?;
    let is_enough = need(tx, &booking)?.to_pay(&all) <= payment.amount.amount;
    if booking.status != BookingStatus::Held || booking.awaits() != Some(Party::Host) || !is_enough {
        return Ok(());
    }
    let actor = Actor { side: Side::Customer, principal: Principal::System };
    let happens = if is_approved(&booking, &all) { Move::Confirm } else { confirming(&booking, Side::Customer) };
    let answered_by = payment.capture_before.map(|until| until - ANSWERED_BEFORE);
    let agreed = tx.attempt(|tx| Transition::new(tx, actor, booking.clone(), happens)?.agree_by(tx, answered_by));
    match agreed {
        Ok(_) | Err(Error::RulesViolated(_) | Error::Refused(..)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Adds to the ledger the difference between the commission that is due and the one that it has.
fn charge_commission(tx: &mut Tx<'_>, payment: &mut CardPayment) -> Result<(), Error> {
    let own = CardPaymentWith { payment: payment.clone(), ..own(tx, payment)? };
    let due = own.commission();
    let difference = Money { amount: due - payment.commission, ..payment.amount };
    if difference.amount != 0 {
        let is_returned = difference.amount < 0;
        let amount = Money { amount: difference.amount.saturating_abs(), ..difference };
        charge(tx, payment, ledger::commission(amount, is_returned))?;
        payment.commission = due;
    }
    Ok(())
}

/// Decides the next command, and stores a refund before it.
fn decide(tx: &mut Tx<'_>, payment: &mut CardPayment, share: Option<&ObservedShare>) -> Result<Option<Command>, Error> {
    let booking = bookings::get(tx.conn, payment.booking_id)?.at(tx.now);
    let need = need(tx, &booking)?;
    let mut all = card_payments::list_of_booking(tx.conn, payment.booking_id)?;
    for one in all.iter_mut().filter(|one| one.payment.id == payment.id) {
        one.payment = payment.clone();
    }
    let Some(own) = all.iter().find(|one| one.payment.id == payment.id) else { return Ok(None) };
    let key = |what: &str| format!("{what}-{}-{}", payment.id, payment.attempt);
    let command = |instruction, key| Ok(Some(Command { payment_id: payment.id, instruction, key }));
    let intent = || payment.intent_id.clone().unwrap_or_default();
    let refund_of = |refund: &CardRefund| {
        let is_reversing = share.is_some_and(|share| share.can_be_reversed(refund.amount));
        let amount = Money { amount: refund.amount, ..payment.amount };
        let instruction = Instruction::Refund(intent(), amount, refund.id, is_reversing);
        (instruction, format!("refund-{}-{}", refund.id, refund.attempt))
    };
    if let Some(refund) = own.refunds.iter().find(|refund| refund.state == CardRefundState::Started) {
        let (instruction, key) = refund_of(refund);
        return command(instruction, key);
    }
    match next_step(own, &all, need, tx.now) {
        Next::Wait => match share.and_then(|share| share.correct(own)) {
            Some((instruction, what)) => command(instruction, key(&what)),
            None => Ok(None),
        },
        Next::End => {
            let is_saved = payment.saved_card_id.is_some();
            end(tx, payment, if is_saved { CardPaymentEnding::Released } else { CardPaymentEnding::Unpaid })?;
            Ok(None)
        }
        Next::ClosePage => command(Instruction::ClosePage(payment.page_id().unwrap_or_default().to_owned()), key("close")),
        Next::Capture(amount) => {
            let commission = commission(payment.commission_rate, amount);
            command(Instruction::Capture(intent(), amount, commission), key("capture"))
        }
        Next::Charge(amount) => {
            let commission = commission(payment.commission_rate, amount);
            command(Instruction::Charge(Box::new(payment.clone()), amount, commission), key("charge"))
        }
        Next::Release => command(Instruction::Release(intent()), key("release")),
        Next::Refund(amount) => {
            let (instruction, key) = refund_of(&start_refund(tx, payment, amount)?);
            command(instruction, key)
        }
    }
}

/// Ends a payment of which the bank refused this amount from the saved card, or wants the customer to authenticate. Its booking is held again until the customer has paid in another
/// way; one that has begun remains as it is, and the managers of the host are told.
///
/// # Errors
/// When the payment does not exist, or the database fails.
pub fn record_decline(tx: &mut Tx<'_>, id: CardPaymentId, amount: Money) -> Result<(), Error> {
    let booking_id = card_payments::get(tx.conn, id)?.booking_id;
    let resource_id = bookings::get(tx.conn, booking_id)?.resource_id;
    let _locked = due::lock(tx, [resource_id])?;
    card_payments::lock_of_booking(tx.conn, booking_id)?;
    let mut payment = card_payments::get(tx.conn, id)?;
    if payment.state != CardPaymentState::Authorized || !payment.saves_card {
        return Ok(());
    }
    (payment.state, payment.ending) = (CardPaymentState::Ended, Some(CardPaymentEnding::Refused));
    card_payments::update(tx.conn, &CardPayment { updated_at: tx.now, ..payment.clone() }, None)?;
    let booking = bookings::get(tx.conn, booking_id)?.at(tx.now);
    let held_until = (tx.now + HELD_AFTER_DECLINE).min(booking.interval.starts_at());
    match Transition::new(tx, Actor::SYSTEM, booking, Move::AwaitPayment) {
        Ok(transition) => transition.await_payment(tx, held_until).map(drop),
        Err(Error::Refused(..)) => tell_host(tx, &payment, CardProblem::Declined, amount),
        Err(error) => Err(error),
    }
}

/// Notes that a call about a payment failed: the provider is asked again after a pause. If the failure `uses` the key of a command, the
/// next command gets another one.
///
/// # Errors
/// When the payment does not exist, or the database fails.
pub fn note_failure(tx: &mut Tx<'_>, id: CardPaymentId, uses: Option<&Instruction>) -> Result<(), Error> {
    match uses {
        Some(Instruction::Refund(_, _, refund, _)) => card_payments::update_refund_attempt(tx.conn, *refund)?,
        Some(_) => card_payments::update_attempt(tx.conn, id)?,
        None => {}
    }
    let failures = card_payments::update_failed(tx.conn, id)?;
    let pause = pause_after(i32::try_from(failures).unwrap_or(i32::MAX));
    Ok(card_payments::update_one_due(tx.conn, id, tx.now + pause)?)
}
