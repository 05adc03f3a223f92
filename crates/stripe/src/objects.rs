//! The objects at Stripe, as far as the service reads them.

use std::collections::BTreeMap;

use domain::card_amount::from_units;
use domain::money::Money;
use domain::time::UtcTime;
use serde::Deserialize;

/// The state of a Checkout session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// The customer can pay.
    Open,
    /// The customer has paid, or has saved a card.
    Complete,
    /// Nobody can pay any more.
    Expired,
}

/// A Checkout session.
#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    /// Its identifier.
    pub id: String,
    /// The state.
    pub status: SessionStatus,
    /// The address of the page; none once it is complete or expired.
    #[serde(default)]
    pub url: Option<String>,
    /// The payment; none until the customer has begun to pay.
    #[serde(default)]
    pub payment_intent: Option<String>,
    /// The act of saving a card; none for a session on which the customer pays.
    #[serde(default)]
    pub setup_intent: Option<String>,
}

/// The state of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentStatus {
    /// It has no card, or the card was declined.
    RequiresPaymentMethod,
    /// It has a card that is yet to be charged.
    RequiresConfirmation,
    /// The customer must authenticate.
    RequiresAction,
    /// The bank has not responded yet.
    Processing,
    /// The amount is reserved on the card.
    RequiresCapture,
    /// Nothing was taken, and nothing is reserved any more.
    Canceled,
    /// The amount was taken.
    Succeeded,
}

/// A payment.
#[derive(Debug, Clone, Deserialize)]
pub struct PaymentIntent {
    /// Its identifier.
    pub id: String,
    /// The state.
    pub status: IntentStatus,
    amount: i64,
    #[serde(default)]
    amount_received: i64,
    currency: String,
    #[serde(default)]
    latest_charge: Option<Charge>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Charge {
    #[serde(default)]
    payment_method_details: Option<MethodDetails>,
}

#[derive(Debug, Clone, Deserialize)]
struct MethodDetails {
    #[serde(default)]
    card: Option<CardDetails>,
}

#[derive(Debug, Clone, Deserialize)]
struct CardDetails {
    #[serde(default)]
    capture_before: Option<i64>,
}

impl PaymentIntent {
    /// The amount that was to be paid; none if it cannot be read.
    pub fn amount(&self) -> Option<Money> {
        from_units(self.amount, &self.currency)
    }

    /// The amount that was taken; none if it cannot be read.
    pub fn received(&self) -> Option<Money> {
        from_units(self.amount_received, &self.currency)
    }

    /// The payment here that it was made for; none if somebody made it at Stripe.
    pub fn payment_id(&self) -> Option<&str> {
        self.metadata.get("card_payment_id").map(String::as_str)
    }

    /// The instant at which the reservation on the card ends, if there is one.
    pub fn capture_before(&self) -> Option<UtcTime> {
        let card = self.latest_charge.as_ref()?.payment_method_details.as_ref()?.card.as_ref()?;
        Some(UtcTime::from_micros(card.capture_before?.checked_mul(1_000_000)?))
    }
}

/// The state of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// It is on its way.
    Pending,
    /// The customer must say where the money goes.
    RequiresAction,
    /// It was sent to the card.
    Succeeded,
    /// The bank sent it back.
    Failed,
    /// It was taken back.
    Canceled,
}

/// A refund.
#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    /// Its identifier.
    pub id: String,
    /// The state.
    pub status: RefundStatus,
    amount: i64,
    currency: String,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

impl Refund {
    /// The amount; none if it cannot be read.
    pub fn amount(&self) -> Option<Money> {
        from_units(self.amount, &self.currency)
    }

    /// The refund here that it was made for; none if somebody made it at Stripe.
    pub fn refund_id(&self) -> Option<&str> {
        self.metadata.get("card_refund_id").map(String::as_str)
    }

    /// Whether the money did not reach the customer.
    pub const fn has_failed(&self) -> bool {
        matches!(self.status, RefundStatus::Failed | RefundStatus::Canceled)
    }
}

/// The state of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// The bank asks; no money has moved.
    WarningNeedsResponse,
    /// The bank reads the response; no money has moved.
    WarningUnderReview,
    /// The bank asks no more.
    WarningClosed,
    /// The bank has taken the money, and the host can respond.
    NeedsResponse,
    /// The bank has taken the money, and reads the response.
    UnderReview,
    /// The bank has returned the money.
    Won,
    /// The bank keeps the money.
    Lost,
    /// It was ended before the bank took the money.
    Prevented,
}

/// A dispute: the customer demands the money back from its bank.
#[derive(Debug, Clone, Deserialize)]
pub struct Dispute {
    /// Its identifier.
    pub id: String,
    /// The state.
    pub status: DisputeStatus,
    amount: i64,
    currency: String,
}

impl Dispute {
    /// The amount; none if it cannot be read.
    pub fn amount(&self) -> Option<Money> {
        from_units(self.amount, &self.currency)
    }
}

/// An object in a list of several pages.
pub(super) trait Listed {
    /// Its identifier.
    fn id(&self) -> &str;
}

/// A page of objects.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}
