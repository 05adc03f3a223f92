//! The amounts that a booking owes, and the fees that it can cost.

use super::fee::{Fee, FeeKind};
use super::{Booking, BookingStatus, Deposit, Side};
use crate::ledger::{Owed, Purpose, less_prepaid, owed, payable_by_prepaid};
use crate::money::Money;
use crate::rules::{FeeAfter, Violation, ViolationCode, percent_of};
use crate::said::said;
use crate::time::UtcTime;

impl Booking {
    /// Whether a host books its own resource, for which it owes nothing.
    pub fn is_own(&self) -> bool {
        self.organization_id == self.host_organization_id
    }

    /// The amounts that it owes, after the prepaid credit that it uses.
    pub fn owed(&self) -> Owed {
        less_prepaid(self.charged(), &self.price, &self.prepaid.uses)
    }

    /// The amounts that it owes before prepaid credit.
    fn charged(&self) -> Owed {
        owed(self.is_own(), self.status, &self.price, self.fee.as_ref(), self.deposit().as_ref())
    }

    /// Whether it owes its price, and no fee in its place.
    pub fn owes_price(&self) -> bool {
        self.charged().keys().any(|reason| reason.purpose == Purpose::Price)
    }

    /// The amount that prepaid credit can pay.
    pub fn payable_by_prepaid(&self) -> i64 {
        payable_by_prepaid(&self.charged())
    }

    /// The deposit, if there is one.
    pub fn deposit(&self) -> Option<Deposit> {
        let amount = Money { amount: self.basis.deposit, ..self.price.total };
        (amount.amount > 0).then(|| Deposit { amount, returned: self.deposit_return.clone() })
    }

    /// The sum of the amounts that it owes. All are in the currency of its price.
    pub fn owed_total(&self) -> Money {
        Money { amount: self.owed().values().fold(0, |sum: i64, amount| sum.saturating_add(*amount)), ..self.price.total }
    }

    /// The fees for a cancellation by the customer, in the order of time, as long as the booking can be cancelled. Before it is
    /// confirmed none is due; these will be once it is.
    pub fn cancellation_fees(&self) -> Vec<FeeAfter> {
        match self.status {
            BookingStatus::Held | BookingStatus::Requested | BookingStatus::Confirmed => self.fees_by_time(),
            _ => Vec::new(),
        }
    }

    fn fees_by_time(&self) -> Vec<FeeAfter> {
        if self.is_own() {
            return Vec::new();
        }
        self.rules.cancellation_fees(self.interval.starts_at(), self.grace_until, self.price.total)
    }

    /// The fee for a cancellation by one of the parties now, of a booking that was in this state. The resource is in order at the start.
    pub fn cancellation_fee(&self, was: BookingStatus, now: UtcTime, by: Side) -> Option<Fee> {
        if by != Side::Customer || was != BookingStatus::Confirmed {
            return None;
        }
        let due = self.fees_by_time().into_iter().take_while(|fee| fee.after < now).last()?;
        Fee::new(FeeKind::LateCancellation, due.fee)
    }

    /// The fee when the customer has not come.
    pub(super) fn no_show_fee(&self) -> Option<Fee> {
        if self.is_own() {
            return None;
        }
        Fee::new(FeeKind::NoShow, percent_of(self.price.total, self.rules.no_show_fee_percent))
    }

    /// Returns the violation if the customer can no longer move the confirmed booking: as [`Self::change_violation`], and while a
    /// cancellation costs a fee, which a move to a later time would avoid.
    pub fn move_violation(&self, now: UtcTime) -> Option<Violation> {
        let fee_is_due = || {
            let fee = self.cancellation_fee(self.status, now, Side::Customer)?.amount;
            let detail =
                said!("a cancellation now costs {fee}, so only the host can reschedule the booking; propose another slot", fee);
            Some(Violation::new(ViolationCode::TooLateToChange, detail))
        };
        self.change_violation(now).or_else(fee_is_due)
    }
}
