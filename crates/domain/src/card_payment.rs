//! Payments by card: their states, and the pure decision about the next step of each. The states stand apart from those of bookings: a
//! booking says what it owes, and the decision compares it with what was paid.

use chrono::TimeDelta;

use super::card_account::commission;
use super::card_amount::round_down;
use super::ids::{BookingId, CardPaymentId, CardRefundId, OrganizationId, PaymentId, UserId};
use super::money::Money;
use super::text_enum::text_enum;
use super::time::UtcTime;

/// How long a customer can pay on the page of the provider.
pub const PAGE_OPEN: TimeDelta = TimeDelta::minutes(31);

/// How long a hold lasts after the page is closed: the time in which the service asks the provider whether the customer has paid.
pub const HELD_AFTER_PAGE: TimeDelta = TimeDelta::minutes(15);

/// How long before the end of a reservation on a card a request ends that the host has not answered.
pub const ANSWERED_BEFORE: TimeDelta = TimeDelta::hours(1);

/// How long an amount stays reserved on a card at least.
pub const SHORTEST_RESERVATION: TimeDelta = TimeDelta::hours(4 * 24 + 18);

/// How long a booking is held after its saved card was declined, so that the customer can pay in another way.
pub const HELD_AFTER_DECLINE: TimeDelta = TimeDelta::hours(24);

/// The number of payments for one booking that extend its hold.
pub const MOST_EXTENSIONS: usize = 5;

text_enum! {
    /// A way in which customers can pay a host.
    pub enum WayToPay {
        /// By invoice and bank transfer, or as the parties agree.
        Invoice = "invoice",
        /// By card, with this service.
        Card = "card",
        /// With prepaid credit or hours, which the customer buys before.
        Prepaid = "prepaid",
    }
}

text_enum! {
    /// The state of a payment by card.
    pub enum CardPaymentState {
        /// The page of the provider is yet to be made.
        Started = "started",
        /// The customer can pay on the page of the provider.
        Open = "open",
        /// The amount is reserved on the card, or a card is saved for it; nothing was taken.
        Authorized = "authorized",
        /// The amount was taken.
        Paid = "paid",
        /// Nothing was taken, and nothing is reserved.
        Ended = "ended",
    }
}

text_enum! {
    /// Why a payment by card ended without a payment.
    pub enum CardPaymentEnding {
        /// The customer did not pay in time.
        Unpaid = "unpaid",
        /// The booking did not need the payment: it ended, or was paid otherwise.
        Released = "released",
        /// The reservation on the card ended before the amount was taken.
        Lapsed = "lapsed",
        /// The provider refused the payment, or the bank refused it from the saved card.
        Refused = "refused",
    }
}

text_enum! {
    /// The state of a refund to a card.
    pub enum CardRefundState {
        /// The provider is yet to be told.
        Started = "started",
        /// The provider sends the money.
        Sent = "sent",
        /// The bank sent the money back, or the provider did not send it. The host pays the customer in another way.
        Failed = "failed",
    }
}

text_enum! {
    /// The state of a dispute.
    pub enum CardDisputeState {
        /// The bank of the customer has taken the money, and has not decided.
        Open = "open",
        /// The bank has returned the money to the host.
        Won = "won",
        /// The bank has returned the money to the customer.
        Lost = "lost",
    }
}

text_enum! {
    /// The reason for which a payment by card needs the host.
    pub enum CardProblem {
        /// A refund did not reach the card.
        RefundFailed = "refund_failed",
        /// The customer demands the money back from its bank.
        Disputed = "disputed",
        /// The saved card was declined when the booking could not be held any more: it has begun or ended.
        Declined = "declined",
    }
}

/// A payment by card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPayment {
    /// Its identifier.
    pub id: CardPaymentId,
    /// The booking that is paid for.
    pub booking_id: BookingId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The customer.
    pub customer_id: OrganizationId,
    /// The amount.
    pub amount: Money,
    /// The state.
    pub state: CardPaymentState,
    /// The number of the attempt to tell the provider something. It is in the keys of commands.
    pub attempt: i64,
    /// The page of the provider, if it is for this payment alone.
    pub session_id: Option<String>,
    /// The page of the provider on which the customer saves one card for several payments of a group.
    pub group_session_id: Option<String>,
    /// The address of that page.
    pub session_url: Option<String>,
    /// The end of that page.
    pub session_expires_at: UtcTime,
    /// The payment at the provider.
    pub intent_id: Option<String>,
    /// The end of the reservation on the card.
    pub capture_before: Option<UtcTime>,
    /// The amount that was taken, in minor units.
    pub captured: i64,
    /// The payment in the ledger.
    pub payment_id: Option<PaymentId>,
    /// Why it ended without a payment.
    pub ending: Option<CardPaymentEnding>,
    /// The account of the host at the provider to which it is transferred; none: it stays with the operator.
    pub account_id: Option<String>,
    /// The rate of commission in hundredths of a percent.
    pub commission_rate: i64,
    /// The commission on the amount that the host has of it, in minor units.
    pub commission: i64,
    /// Whether the page saves the card, which is charged when the booking is confirmed; otherwise the amount is reserved.
    pub saves_card: bool,
    /// The identifier of the owner of the saved card at the provider. Only payments with the same page have the same.
    pub card_owner_id: Option<String>,
    /// The saved card at the provider.
    pub saved_card_id: Option<String>,
    /// The user who pays.
    pub created_by: UserId,
    /// When it was started.
    pub created_at: UtcTime,
    /// When its state changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

/// A refund to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRefund {
    /// Its identifier.
    pub id: CardRefundId,
    /// The payment of which a part is paid back.
    pub card_payment_id: CardPaymentId,
    /// The amount, in minor units of the currency of the payment.
    pub amount: i64,
    /// The state.
    pub state: CardRefundState,
    /// As that of a payment.
    pub attempt: i64,
    /// The refund at the provider.
    pub provider_id: Option<String>,
    /// The refund in the ledger.
    pub payment_id: Option<PaymentId>,
    /// The payment in the ledger that takes a failed refund back.
    pub return_id: Option<PaymentId>,
    /// When it was started.
    pub created_at: UtcTime,
    /// When its state changed last.
    pub updated_at: UtcTime,
}

/// A dispute about a payment by card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDispute {
    /// The identifier that the provider gave it.
    pub id: String,
    /// The payment.
    pub card_payment_id: CardPaymentId,
    /// The amount, in minor units of the currency of the payment.
    pub amount: i64,
    /// The state.
    pub state: CardDisputeState,
    /// The refund in the ledger, of a dispute that was lost.
    pub payment_id: Option<PaymentId>,
    /// When the service learnt of it.
    pub created_at: UtcTime,
    /// When its state changed last.
    pub updated_at: UtcTime,
}

/// A payment by card with its refunds and disputes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPaymentWith {
    /// The payment.
    pub payment: CardPayment,
    /// Its refunds, the oldest first.
    pub refunds: Vec<CardRefund>,
    /// Its disputes, the oldest first.
    pub disputes: Vec<CardDispute>,
}

impl CardPayment {
    /// The page of the provider, if one was made.
    pub fn page_id(&self) -> Option<&str> {
        self.session_id.as_deref().or(self.group_session_id.as_deref())
    }

    /// Whether the amount is reserved on the card.
    pub fn is_reserved(&self) -> bool {
        self.state == CardPaymentState::Authorized && !self.saves_card
    }

    /// Whether its saved card was declined. Its booking had been confirmed then, so that the host need not approve it again.
    pub fn was_declined(&self) -> bool {
        self.ending == Some(CardPaymentEnding::Refused) && self.saved_card_id.is_some()
    }
}

/// Whether the card is saved for a booking that can be decided until an instant, instead of an amount that is reserved on it now.
pub fn must_save_card(decided_until: UtcTime, now: UtcTime) -> bool {
    decided_until > now + SHORTEST_RESERVATION - ANSWERED_BEFORE
}

impl CardPaymentWith {
    /// The amount that the host has of it, in minor units: an amount in dispute counts until the dispute is lost.
    pub fn kept(&self) -> i64 {
        let refunded = self.refunds.iter().filter(|refund| refund.state != CardRefundState::Failed).map(|refund| refund.amount);
        let lost = self.disputes.iter().filter(|dispute| dispute.state == CardDisputeState::Lost).map(|dispute| dispute.amount);
        refunded.chain(lost).fold(self.payment.captured, i64::saturating_sub)
    }

    /// The amount that the host has of it at the provider, in minor units: neither a part that was paid back, nor one in dispute.
    pub fn held(&self) -> i64 {
        let refunded = self.refunds.iter().filter(|refund| refund.state == CardRefundState::Sent).map(|refund| refund.amount);
        let taken = self.disputes.iter().filter(|dispute| dispute.state != CardDisputeState::Won).map(|dispute| dispute.amount);
        refunded.chain(taken).fold(self.payment.captured, i64::saturating_sub).max(0)
    }

    /// The commission on that amount, in minor units.
    pub fn commission(&self) -> i64 {
        commission(self.payment.commission_rate, Money { amount: self.held(), ..self.payment.amount }).amount
    }

    /// The amount that can be paid back to the card, in minor units: neither a part in dispute, nor one that was tried and came back.
    pub fn refundable(&self) -> i64 {
        let refunded = self.refunds.iter().map(|refund| refund.amount);
        let taken = self.disputes.iter().filter(|dispute| dispute.state != CardDisputeState::Won).map(|dispute| dispute.amount);
        refunded.chain(taken).fold(self.payment.captured, i64::saturating_sub).max(0)
    }
}

/// The amounts of a booking, in minor units, that its payments by card are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Whether the booking still waits for the payment or for the decision of the host. Then `owes` is the amount that it will owe once
    /// it is agreed.
    pub is_undecided: bool,
    /// Whether the customer can pay now.
    pub is_payable: bool,
    /// The amount that the booking owes.
    pub owes: i64,
    /// The amount that was paid otherwise than by card.
    pub paid_otherwise: i64,
}

impl Need {
    /// The amount that is to be paid by card, in minor units.
    pub fn to_pay(self, all: &[CardPaymentWith]) -> i64 {
        let by_card = all.iter().map(CardPaymentWith::kept).fold(0, i64::saturating_add);
        self.owes.saturating_sub(self.paid_otherwise).saturating_sub(by_card).max(0)
    }
}

/// The money of a payment that the host and the operator have at the provider, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// The amount that was transferred to the account of the host, less what was taken back from it.
    pub transferred: i64,
    /// The commission that the operator has, less what it has returned.
    pub commission: i64,
}

/// A correction of what the host and the operator have of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// The operator returns this amount of its commission to the host.
    ReturnCommission(Money),
    /// This amount is taken back from the account of the host.
    TakeBack(Money),
    /// This amount is transferred to the account of the host.
    Transfer(Money),
}

/// Decides the next correction of a payment that was made for the account of a host; none if the host has what it should have. A
/// commission that was returned cannot be taken again: where it is due again, the host gets a smaller transfer.
pub fn next_share(payment: &CardPaymentWith, shared: Shared) -> Option<Share> {
    let money = |amount| Money { amount, ..payment.payment.amount };
    let due = payment.commission();
    if shared.commission > due {
        return Some(Share::ReturnCommission(money(shared.commission - due)));
    }
    let of_host = shared.transferred.saturating_sub(shared.commission);
    let missing = payment.held().saturating_sub(due).saturating_sub(of_host);
    match missing {
        0 => None,
        1.. => Some(Share::Transfer(money(missing))),
        _ => Some(Share::TakeBack(money(-missing))),
    }
}

/// The next step of a payment by card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing is to be done.
    Wait,
    /// The payment ends: no page was made, or the saved card is not needed.
    End,
    /// Nobody can pay on the page any more.
    ClosePage,
    /// This amount is taken, and the rest of the reservation released.
    Capture(Money),
    /// This amount is taken from the saved card.
    Charge(Money),
    /// The reservation on the card is released.
    Release,
    /// This amount is paid back.
    Refund(Money),
}

/// Decides the next step of one of the payments by card for a booking, of which `all` are these.
pub fn next_step(payment: &CardPaymentWith, all: &[CardPaymentWith], need: Need, now: UtcTime) -> Next {
    let CardPaymentWith { payment: CardPayment { state, amount, session_expires_at, .. }, .. } = payment;
    let money = |minor| round_down(Money { amount: minor, ..*amount });
    let is_wanted = need.is_payable && need.to_pay(all) == amount.amount;
    match state {
        CardPaymentState::Started if !is_wanted || *session_expires_at <= now => Next::End,
        CardPaymentState::Open if !is_wanted && *session_expires_at > now => Next::ClosePage,
        CardPaymentState::Authorized if !need.is_undecided => {
            let part = money(need.to_pay(all).min(amount.amount));
            match (part.amount > 0, payment.payment.saves_card) {
                (true, false) => Next::Capture(part),
                (true, true) => Next::Charge(part),
                (false, false) => Next::Release,
                (false, true) => Next::End,
            }
        }
        CardPaymentState::Paid => {
            let refundable = all.iter().map(CardPaymentWith::refundable).fold(0, i64::saturating_add);
            let excess = money(refundable.saturating_sub(need.owes).min(payment.refundable()));
            if excess.amount > 0 { Next::Refund(excess) } else { Next::Wait }
        }
        _ => Next::Wait,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Identifier as _;
    use crate::oracle::at;

    fn payment(state: CardPaymentState, amount: i64, captured: i64) -> CardPaymentWith {
        let now = at("2026-12-01T10:00:00Z");
        let payment = CardPayment {
            id: CardPaymentId::new(0, [0; 10]),
            booking_id: BookingId::new(0, [1; 10]),
            organization_id: OrganizationId::new(0, [2; 10]),
            customer_id: OrganizationId::new(0, [3; 10]),
            amount: Money { amount, currency: "GBP".parse().unwrap() },
            state,
            attempt: 1,
            session_id: None,
            group_session_id: None,
            session_url: None,
            session_expires_at: now + PAGE_OPEN,
            intent_id: None,
            capture_before: None,
            captured,
            payment_id: None,
            ending: None,
            account_id: None,
            commission_rate: 0,
            commission: 0,
            saves_card: false,
            card_owner_id: None,
            saved_card_id: None,
            created_by: UserId::new(0, [4; 10]),
            created_at: now,
            updated_at: now,
            revision: 1,
        };
        CardPaymentWith { payment, refunds: Vec::new(), disputes: Vec::new() }
    }

    fn refund(amount: i64, state: CardRefundState) -> CardRefund {
        let now = at("2026-12-01T10:00:00Z");
        CardRefund {
            id: CardRefundId::new(0, [0; 10]),
            card_payment_id: CardPaymentId::new(0, [0; 10]),
            amount,
            state,
            attempt: 1,
            provider_id: None,
            payment_id: None,
            return_id: None,
            created_at: now,
            updated_at: now,
        }
    }

    fn dispute(amount: i64, state: CardDisputeState) -> CardDispute {
        let now = at("2026-12-01T10:00:00Z");
        let card_payment_id = CardPaymentId::new(0, [0; 10]);
        CardDispute { id: "dp_1".to_owned(), card_payment_id, amount, state, payment_id: None, created_at: now, updated_at: now }
    }

    fn need(is_undecided: bool, owes: i64) -> Need {
        Need { is_undecided, is_payable: true, owes, paid_otherwise: 0 }
    }

    fn next(payment: &CardPaymentWith, need: Need) -> Next {
        next_step(payment, std::slice::from_ref(payment), need, at("2026-12-01T10:00:00Z"))
    }

    fn pounds(amount: i64) -> Money {
        Money { amount, currency: "GBP".parse().unwrap() }
    }

    #[test]
    fn a_reservation_waits_for_the_decision_and_is_then_taken_in_part_or_released() {
        let authorized = payment(CardPaymentState::Authorized, 1200, 0);
        assert_eq!(next(&authorized, need(true, 1200)), Next::Wait);
        assert_eq!(next(&authorized, need(false, 1200)), Next::Capture(pounds(1200)));
        assert_eq!(next(&authorized, need(false, 500)), Next::Capture(pounds(500)), "a fee");
        assert_eq!(next(&authorized, need(false, 1500)), Next::Capture(pounds(1200)), "no more than was reserved");
        assert_eq!(next(&authorized, need(false, 0)), Next::Release, "declined");
        let paid_otherwise = Need { paid_otherwise: 1200, ..need(false, 1200) };
        assert_eq!(next(&authorized, paid_otherwise), Next::Release);
    }

    #[test]
    fn a_saved_card_is_charged_when_the_booking_is_agreed_and_never_for_nothing() {
        let mut saved = payment(CardPaymentState::Authorized, 1200, 0);
        saved.payment.saves_card = true;
        assert_eq!(next(&saved, need(true, 1200)), Next::Wait);
        assert_eq!(next(&saved, need(false, 1200)), Next::Charge(pounds(1200)));
        assert_eq!(next(&saved, need(false, 1500)), Next::Charge(pounds(1200)), "no more than the customer has agreed to");
        assert_eq!(next(&saved, need(false, 0)), Next::End, "declined");
        let now = at("2026-12-01T10:00:00Z");
        let until = |text| must_save_card(at(text), now);
        assert_eq!((until("2026-12-06T03:00:00Z"), until("2026-12-06T03:00:01Z")), (false, true));
    }

    #[test]
    fn a_page_for_another_amount_or_for_nothing_is_closed() {
        let open = payment(CardPaymentState::Open, 1200, 0);
        assert_eq!(next(&open, need(true, 1200)), Next::Wait);
        assert_eq!(next(&open, need(true, 1100)), Next::ClosePage);
        assert_eq!(next(&open, Need { is_payable: false, ..need(true, 1200) }), Next::ClosePage);
        let started = payment(CardPaymentState::Started, 1200, 0);
        assert_eq!((next(&started, need(true, 1200)), next(&started, need(false, 0))), (Next::Wait, Next::End));
    }

    #[test]
    fn only_what_the_booking_no_longer_owes_is_paid_back_and_only_once() {
        let mut paid = payment(CardPaymentState::Paid, 1200, 1200);
        assert_eq!(next(&paid, need(false, 1200)), Next::Wait);
        assert_eq!(next(&paid, need(false, 500)), Next::Refund(pounds(700)));
        paid.refunds.push(refund(700, CardRefundState::Started));
        assert_eq!(next(&paid, need(false, 500)), Next::Wait);
        assert_eq!(next(&paid, need(false, 0)), Next::Refund(pounds(500)));
        paid.refunds[0].state = CardRefundState::Failed;
        assert_eq!((paid.kept(), next(&paid, need(false, 500))), (1200, Next::Wait), "it is not sent to the card again");
        paid.refunds.clear();
        paid.disputes.push(dispute(1200, CardDisputeState::Open));
        assert_eq!((paid.kept(), next(&paid, need(false, 0))), (1200, Next::Wait), "the bank has the money");
        paid.disputes[0].state = CardDisputeState::Lost;
        assert_eq!((paid.kept(), next(&paid, need(false, 0))), (0, Next::Wait));
        paid.disputes[0].state = CardDisputeState::Won;
        assert_eq!(next(&paid, need(false, 0)), Next::Refund(pounds(1200)));
    }

    #[test]
    fn the_host_has_what_is_left_without_the_commission() {
        let mut paid = payment(CardPaymentState::Paid, 2400, 2400);
        paid.payment.commission_rate = 1000;
        let share = |paid: &CardPaymentWith, transferred, commission| next_share(paid, Shared { transferred, commission });
        assert_eq!((paid.commission(), share(&paid, 2400, 240)), (240, None));
        paid.refunds.push(refund(1205, CardRefundState::Sent));
        assert_eq!(share(&paid, 2400, 240), Some(Share::ReturnCommission(pounds(121))), "119 of 1195 are left");
        assert_eq!(share(&paid, 2400, 119), Some(Share::TakeBack(pounds(1205))), "somebody paid it back in the dashboard");
        assert_eq!(share(&paid, 1195, 119), None);
        paid.disputes.push(dispute(1195, CardDisputeState::Open));
        assert_eq!(share(&paid, 1195, 119), Some(Share::ReturnCommission(pounds(119))));
        assert_eq!(share(&paid, 1195, 0), Some(Share::TakeBack(pounds(1195))));
        assert_eq!(share(&paid, 0, 0), None);
        paid.disputes[0].state = CardDisputeState::Won;
        assert_eq!(share(&paid, 0, 0), Some(Share::Transfer(pounds(1076))), "the commission is due again");
        assert_eq!(share(&paid, 1076, 0), None);
        paid.refunds.push(refund(1195, CardRefundState::Sent));
        assert_eq!(share(&paid, 1076, 0), Some(Share::TakeBack(pounds(1076))));
    }

    proptest! {
        /// The corrections end with what each of both should have, whatever both have had.
        #[test]
        fn corrections_end(rate in 0..=10_000_i64, captured in 1..5000_i64, back in 0..5000_i64, had in (0..5000_i64, 0..5000_i64)) {
            let mut paid = payment(CardPaymentState::Paid, captured, captured);
            paid.payment.commission_rate = rate;
            paid.refunds.push(refund(back.min(captured), CardRefundState::Sent));
            let mut shared = Shared { transferred: had.0, commission: had.1.min(had.0) };
            let operator = |shared: Shared| captured - back.min(captured) - (shared.transferred - shared.commission);
            for _ in 0..2 {
                match next_share(&paid, shared) {
                    Some(Share::ReturnCommission(amount)) => shared.commission -= amount.amount,
                    Some(Share::TakeBack(amount)) => {
                        prop_assert!(amount.amount <= shared.transferred);
                        shared.transferred -= amount.amount;
                    }
                    Some(Share::Transfer(amount)) => shared.transferred += amount.amount,
                    None => {}
                }
            }
            prop_assert_eq!((next_share(&paid, shared), operator(shared)), (None, paid.commission()));
        }
    }

    proptest! {
        /// Several payments for one booking that owes now more, now less: the steps end with exactly what it owes, as far as it was
        /// paid, and nobody gets more back than was paid.
        #[test]
        fn refunds_leave_what_is_owed(captured in prop::collection::vec(1..5000_i64, 1..4), owed in prop::collection::vec(0..8000_i64, 1..6)) {
            let mut all: Vec<_> = captured.iter().map(|amount| payment(CardPaymentState::Paid, *amount, *amount)).collect();
            let now = at("2026-12-01T10:00:00Z");
            for owes in owed {
                let before: i64 = all.iter().map(CardPaymentWith::kept).sum();
                for index in 0..all.len() {
                    if let Next::Refund(amount) = next_step(&all[index], &all, need(false, owes), now) {
                        all[index].refunds.push(refund(amount.amount, CardRefundState::Sent));
                    }
                }
                prop_assert_eq!(all.iter().map(CardPaymentWith::kept).sum::<i64>(), before.min(owes));
                for one in &all {
                    prop_assert!(one.kept() >= 0 && one.kept() <= one.payment.captured);
                    prop_assert_eq!(next_step(one, &all, need(false, owes), now), Next::Wait);
                }
            }
        }
    }
}
