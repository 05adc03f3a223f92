//! The accounts of hosts at the provider of payments by card, and the commission that the operator of the service keeps.

use super::card_amount::round_down;
use super::ids::{OrganizationId, UserId};
use super::money::Money;
use super::time::UtcTime;

/// The hundredths of a percent in a whole.
const WHOLE: i128 = 10_000;

/// The way in which this installation takes payments by card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardSetup {
    /// It takes none.
    None,
    /// All payments stay on the account of the operator, who is the only host.
    OneAccount,
    /// Each host has an account of its own, to which its payments are transferred.
    Connect {
        /// The rate of commission of a host for which the operator has set none, in hundredths of a percent.
        commission_rate: i64,
    },
}

/// The account of a host at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardAccount {
    /// The host.
    pub organization_id: OrganizationId,
    /// The identifier at the provider; none until the provider has made the account.
    pub provider_id: Option<String>,
    /// The number of the attempt to make it, or a page for it. It is in the keys of commands.
    pub attempt: i64,
    /// The state at the provider.
    pub state: CardAccountState,
    /// The rate of commission in hundredths of a percent; none: that of the configuration.
    pub commission_rate: Option<i64>,
    /// The user who connected it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

/// The state of an account at the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardAccountState {
    /// Whether it can take payments.
    pub can_charge: bool,
    /// Whether the provider pays its balance out to the bank account of the host.
    pub can_pay_out: bool,
    /// Whether the host has answered all questions once.
    pub is_submitted: bool,
    /// The names that the provider gives to the facts that are missing.
    pub requirements: Vec<String>,
    /// The reason, as the provider names it, why something is not possible.
    pub disabled_reason: Option<String>,
}

impl CardAccount {
    /// The identifier at the provider, if the account can take payments.
    pub fn charging(&self) -> Option<&str> {
        self.provider_id.as_deref().filter(|_| self.state.can_charge)
    }
}

/// Returns the commission on an amount, by a rate in hundredths of a percent: rounded down to an amount that the provider can take.
pub fn commission(rate: i64, amount: Money) -> Money {
    let part = i128::from(amount.amount) * i128::from(rate) / WHOLE;
    round_down(Money { amount: i64::try_from(part).unwrap_or_default(), ..amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commission_is_rounded_down_to_an_amount_of_the_provider() {
        let money = |amount, currency: &str| Money { amount, currency: currency.parse().unwrap() };
        for (rate, amount, expected) in
            [(0, 2400, 0), (1000, 2400, 240), (1000, 2409, 240), (333, 100, 3), (10_000, 7, 7), (1, 9999, 0)]
        {
            assert_eq!(commission(rate, money(amount, "GBP")), money(expected, "GBP"), "{rate} of {amount}");
        }
        assert_eq!(commission(1000, money(5190, "KWD")), money(510, "KWD"), "the last digit must be 0");
        assert_eq!(commission(10_000, money(i64::MAX, "GBP")).amount, i64::MAX);
    }
}
