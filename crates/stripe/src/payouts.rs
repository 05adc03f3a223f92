//! Payouts to the bank accounts of hosts, and the amounts in them.

use domain::card_amount::from_units;
use domain::money::Money;
use domain::time::UtcTime;
use serde::Deserialize;

use super::error::StripeError;
use super::objects::Listed;
use super::{Stripe, form};

/// The state of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayoutStatus {
    /// It was not sent yet.
    Pending,
    /// The bank has it.
    InTransit,
    /// The bank account should have it.
    Paid,
    /// The bank sent it back.
    Failed,
    /// It was not sent.
    Canceled,
}

/// A payout.
#[derive(Debug, Clone, Deserialize)]
pub struct Payout {
    /// Its identifier.
    pub id: String,
    /// The state.
    pub status: PayoutStatus,
    /// Whether Stripe made it by itself. Of others Stripe does not say which amounts are in them.
    pub automatic: bool,
    /// The reason of a failure.
    #[serde(default)]
    pub failure_code: Option<String>,
    amount: i64,
    currency: String,
    arrival_date: i64,
    created: i64,
}

impl Payout {
    /// The amount; none if it cannot be read.
    pub fn amount(&self) -> Option<Money> {
        from_units(self.amount, &self.currency)
    }

    /// The instant at which the bank account should have it.
    pub const fn arrives_at(&self) -> UtcTime {
        UtcTime::from_micros(self.arrival_date.saturating_mul(1_000_000))
    }

    /// When it was made.
    pub const fn made_at(&self) -> UtcTime {
        UtcTime::from_micros(self.created.saturating_mul(1_000_000))
    }
}

impl Listed for Payout {
    fn id(&self) -> &str {
        &self.id
    }
}

/// A change of the balance of an account.
#[derive(Debug, Clone, Deserialize)]
pub struct BalanceTransaction {
    /// Its identifier.
    pub id: String,
    /// The kind, such as `payment`, `payment_refund` or `payout`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The object that caused it.
    #[serde(default)]
    pub source: Option<String>,
    amount: i64,
    fee: i64,
    currency: String,
    created: i64,
}

impl BalanceTransaction {
    /// The amount, before the fee; none if it cannot be read.
    pub fn amount(&self) -> Option<Money> {
        from_units(self.amount, &self.currency)
    }

    /// The fee, which is the commission of the operator; none if it cannot be read.
    pub fn fee(&self) -> Option<Money> {
        from_units(self.fee, &self.currency)
    }

    /// When it was made.
    pub const fn made_at(&self) -> UtcTime {
        UtcTime::from_micros(self.created.saturating_mul(1_000_000))
    }
}

impl Listed for BalanceTransaction {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Stripe {
    /// Returns the payouts from the account of a host that were made since an instant, the latest first.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn list_payouts(&self, account: &str, since: UtcTime) -> Result<Vec<Payout>, StripeError> {
        self.list_in(account, &format!("payouts?created[gte]={}", since.to_chrono().timestamp())).await
    }

    /// Returns the changes of the balance of the account of a host that are in an automatic payout, the latest first.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn list_payout_parts(&self, account: &str, payout: &str) -> Result<Vec<BalanceTransaction>, StripeError> {
        self.list_in(account, &format!("balance_transactions?payout={}", form::part(payout))).await
    }
}
