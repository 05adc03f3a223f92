//! Payouts of the provider of payments by card to the bank accounts of hosts.

use chrono::NaiveDate;

use super::ids::{BookingId, CardPaymentId, CardPayoutId, CardPayoutItemId, OrganizationId};
use super::money::Money;
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// The state of a payout.
    pub enum CardPayoutState {
        /// The provider has not sent it yet.
        Pending = "pending",
        /// The provider has sent it to the bank.
        InTransit = "in_transit",
        /// The bank account should have it. It can still fail during the following days.
        Paid = "paid",
        /// The bank sent it back.
        Failed = "failed",
        /// It was not sent.
        Canceled = "canceled",
    }
}

text_enum! {
    /// The kind of an amount in a payout.
    pub enum CardPayoutItemKind {
        /// A payment by card.
        Payment = "payment",
        /// An amount that was taken back for a refund or a dispute.
        Refund = "refund",
        /// A commission that the operator of the service returned.
        CommissionReturn = "commission_return",
        /// Another amount, such as a payout that failed before.
        Other = "other",
    }
}

/// A payout as the provider shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCardPayout {
    /// The identifier at the provider.
    pub provider_id: String,
    /// The amount. Negative: the provider takes it from the bank account.
    pub amount: Money,
    /// The state.
    pub state: CardPayoutState,
    /// The reason of a failure, as the provider names it.
    pub failure: Option<String>,
    /// The date on which the bank account should have it.
    pub arrives_on: NaiveDate,
    /// When the provider made it.
    pub made_at: UtcTime,
}

/// A payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPayout {
    /// Its identifier.
    pub id: CardPayoutId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The payout as the provider shows it.
    pub made: NewCardPayout,
    /// Whether its items are stored.
    pub is_itemized: bool,
    /// When the service learnt of it.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

/// An amount in a payout, as the provider shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCardPayoutItem {
    /// The identifier at the provider.
    pub provider_id: String,
    /// The kind.
    pub kind: CardPayoutItemKind,
    /// The kind as the provider names it.
    pub provider_kind: String,
    /// The amount before the commission, in minor units of the currency of the payout.
    pub amount: i64,
    /// The commission on it, in minor units; negative if it is returned.
    pub commission: i64,
    /// The object in the account of the host.
    pub object_id: Option<String>,
    /// When the provider booked it.
    pub made_at: UtcTime,
}

/// An amount in a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPayoutItem {
    /// Its identifier.
    pub id: CardPayoutItemId,
    /// The amount as the provider shows it.
    pub made: NewCardPayoutItem,
    /// The payment by card that it belongs to, and its booking; none if it belongs to none.
    pub of: Option<(CardPaymentId, BookingId)>,
}

/// The sums of the items of a payout, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CardPayoutSums {
    /// The payments.
    pub payments: i64,
    /// The amounts that were taken back; negative.
    pub refunds: i64,
    /// The commission, less what was returned.
    pub commission: i64,
    /// Other amounts.
    pub others: i64,
}

impl CardPayoutSums {
    /// Adds an amount of a kind, with its commission.
    #[must_use]
    pub const fn and(self, kind: CardPayoutItemKind, amount: i64, commission: i64) -> Self {
        let Self { mut payments, mut refunds, commission: before, mut others } = self;
        let mut commission = before.saturating_add(commission);
        match kind {
            CardPayoutItemKind::Payment => payments = payments.saturating_add(amount),
            CardPayoutItemKind::Refund => refunds = refunds.saturating_add(amount),
            CardPayoutItemKind::CommissionReturn => commission = commission.saturating_sub(amount),
            CardPayoutItemKind::Other => others = others.saturating_add(amount),
        }
        Self { payments, refunds, commission, others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_a_payout_add_up_to_its_amount() {
        let items = [
            (CardPayoutItemKind::Payment, 2400, 240),
            (CardPayoutItemKind::Refund, -1000, 0),
            (CardPayoutItemKind::CommissionReturn, 100, 0),
            (CardPayoutItemKind::Other, -7, 0),
        ];
        let sums = items.iter().fold(CardPayoutSums::default(), |sums, (kind, amount, fee)| sums.and(*kind, *amount, *fee));
        assert_eq!(sums, CardPayoutSums { payments: 2400, refunds: -1000, commission: 140, others: -7 });
        let net: i64 = items.iter().map(|(_, amount, fee)| amount - fee).sum();
        assert_eq!(sums.payments + sums.refunds + sums.others - sums.commission, net);
    }
}
