//! The corrections of what a host and the operator have of a payment at the provider.

use super::observe::{Instruction, ObservedShare};
use domain::card_payment::{CardPaymentState, CardPaymentWith, Share, Shared, next_share};
use domain::money::Money;

impl ObservedShare {
    /// Whether a refund of this amount, in minor units, can be taken from the transfer that was made with the payment.
    pub(super) fn can_be_reversed(&self, amount: i64) -> bool {
        // The provider lists the latest transfer first.
        self.transfers.last().is_some_and(|first| first.amount - first.taken_back >= amount)
    }

    /// The next correction, if one is needed, and its name, which is another one after each correction.
    pub(super) fn correct(&self, own: &CardPaymentWith) -> Option<(Instruction, String)> {
        let account = own.payment.account_id.as_ref().filter(|_| own.payment.state == CardPaymentState::Paid)?;
        let sum = |part: fn(i64, i64) -> i64| {
            self.transfers.iter().fold(0, |sum: i64, one| sum.saturating_add(part(one.amount, one.taken_back)))
        };
        let (made, taken_back) = (sum(|amount, _| amount), sum(|_, taken_back| taken_back));
        let (returned, kept) = self.commission.as_ref().map_or((0, 0), |(_, amount, returned)| (*returned, amount - returned));
        let shared = Shared { transferred: made.saturating_sub(taken_back), commission: kept };
        let instruction = match next_share(own, shared)? {
            Share::ReturnCommission(amount) => Instruction::ReturnCommission(self.commission.as_ref()?.0.clone(), amount),
            Share::TakeBack(amount) => {
                let largest = self.transfers.iter().max_by_key(|one| one.amount - one.taken_back)?;
                let most = amount.amount.min(largest.amount - largest.taken_back);
                Instruction::TakeBack(largest.id.clone(), Money { amount: most, ..amount })
            }
            Share::Transfer(amount) => Instruction::Transfer(account.clone(), amount),
        };
        Some((instruction, format!("share-{made}-{taken_back}-{returned}")))
    }
}
