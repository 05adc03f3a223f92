//! Prepaid credit: a customer has bought it, or the host has given it, and it pays for bookings and seats in trainings with the host. Of a
//! package of hours the credit is time of bookings; `hours` has its rules.
//!
//! The credit can be larger than its price. Each unit of credit has the same share of the price, so that a use consists of a part
//! that was paid for and a part that is a discount. Both are counted, and add up to the credit and to its price without a remainder.

mod cover;
mod hours;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

pub use hours::{HoursUse, SoldHours, SoldTax};

use super::ids::{BookingId, InvoiceId, OrganizationId, PackageId, PrepaidId, TrainingSeatId, UserId};
use super::money::{Currency, Money};
use super::text_enum::text_enum;
use super::time::UtcTime;

/// The time before the expiry at which the customer is reminded.
pub const REMINDED_BEFORE: TimeDelta = TimeDelta::days(14);

/// The time for which credit can be used that a booking gives back after it has expired.
pub const KEPT_AFTER_RETURN: TimeDelta = TimeDelta::days(30);

/// An amount of credit, or of minutes, and the part of it that was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Credit {
    /// The credit, in minor units, or the time of a package of hours, in minutes.
    pub amount: i64,
    /// The part that was paid for, in minor units. The rest of credit is a discount; of hours it is the price without VAT.
    pub paid: i64,
}

impl Credit {
    /// No credit.
    pub const NONE: Self = Self { amount: 0, paid: 0 };

    /// The part that was not paid for.
    pub const fn discount(self) -> i64 {
        self.amount - self.paid
    }

    /// Returns a part of it, at most all, with its share of the price rounded down; the last part has what is left of the price. So the
    /// parts of credit, and what is left of each, never have a larger price than credit.
    #[must_use]
    pub fn part(self, amount: i64) -> Self {
        let amount = amount.clamp(0, self.amount);
        if amount == self.amount {
            return self;
        }
        let paid = i128::from(self.paid) * i128::from(amount) / i128::from(self.amount);
        Self { amount, paid: i64::try_from(paid).unwrap_or(self.paid) }
    }

    /// Returns the rest without a part of it.
    #[must_use]
    pub const fn less(self, part: Self) -> Self {
        Self { amount: self.amount - part.amount, paid: self.paid - part.paid }
    }

    /// Returns the sum of parts of one credit.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { amount: self.amount + other.amount, paid: self.paid + other.paid }
    }
}

text_enum! {
    /// A change of the credit that is left.
    pub enum PrepaidEntryKind {
        /// A booking or a seat in a training uses it.
        Use = "use",
        /// A booking or a seat in a training gives it back.
        Return = "return",
        /// It has expired.
        Expiry = "expiry",
        /// The host has taken it back, for the price of what was left.
        Refund = "refund",
    }
}

text_enum! {
    /// The rule by which prepaid credit pays for a booking.
    pub enum PrepaidRule {
        /// Hours of a package cover time of the booking.
        Hours = "hours",
        /// Credit pays an amount.
        Credit = "credit",
    }
}

text_enum! {
    /// Whether prepaid credit can be used.
    pub enum PrepaidState {
        /// It is not paid for yet, and the host has not released it.
        Unpaid = "unpaid",
        /// It pays for bookings.
        Usable = "usable",
        /// Nothing is left of it.
        Spent = "spent",
        /// It has expired.
        Expired = "expired",
    }
}

/// Credit of a customer with a host, from one sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepaid {
    /// Its identifier.
    pub id: PrepaidId,
    /// The package.
    pub package_id: PackageId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The customer.
    pub customer_id: OrganizationId,
    /// The invoice of the sale; none if the host has given it for nothing.
    pub invoice_id: Option<InvoiceId>,
    /// The name of the package.
    pub name: String,
    /// The credit and its price as they were sold.
    pub sold: Credit,
    /// The part that is left.
    pub left: Credit,
    /// The currency.
    pub currency: Currency,
    /// The resources of hours and the VAT of their sale; none of credit.
    pub hours: Option<SoldHours>,
    /// The instant from which it cannot be used.
    pub expires_at: UtcTime,
    /// When the host let the customer use it although it was not paid for.
    pub released_at: Option<UtcTime>,
    /// When the customer was reminded of the expiry.
    pub reminded_at: Option<UtcTime>,
    /// The user who bought, sold or gave it.
    pub created_by: UserId,
    /// When it was sold.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

/// An object that prepaid credit pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaidObject {
    /// A booking.
    Booking(BookingId),
    /// A seat in a training.
    Seat(TrainingSeatId),
}

/// A change of the credit that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrepaidEntry {
    /// The prepaid credit.
    pub prepaid_id: PrepaidId,
    /// The kind.
    pub kind: PrepaidEntryKind,
    /// The object that uses it or gives it back.
    pub paid: Option<PaidObject>,
    /// By how much.
    pub credit: Credit,
}

impl Prepaid {
    /// An amount in its currency.
    pub const fn money(&self, amount: i64) -> Money {
        Money { amount, currency: self.currency }
    }

    /// The amount that was to be paid: the price, with VAT.
    pub fn price(&self) -> Money {
        self.money(self.gross(self.sold.paid))
    }

    /// The part of the price that a refund of all that is left takes back, with VAT.
    pub fn price_left(&self) -> Money {
        self.money(self.gross(self.left.paid))
    }

    /// The reason of an exemption from VAT of the sale; empty otherwise.
    pub fn exemption_reason(&self) -> String {
        let tax = self.hours.as_ref().and_then(|hours| hours.tax.as_ref());
        tax.map(|tax| tax.exemption_reason.clone()).unwrap_or_default()
    }

    /// The minutes of a package of hours that are left.
    pub fn minutes_left(&self) -> Option<i64> {
        self.hours.as_ref().map(|_| self.left.amount)
    }

    /// A part of it as an amount of credit; zero of a package of hours.
    pub const fn credit(&self, part: Credit) -> Money {
        self.money(if self.hours.is_some() { 0 } else { part.amount })
    }

    fn gross(&self, paid: i64) -> i64 {
        paid.saturating_add(self.tax_in(paid))
    }

    /// The VAT on a part of the price, rounded down.
    pub fn tax_in(&self, paid: i64) -> i64 {
        let tax = self.hours.as_ref().and_then(|hours| hours.tax.as_ref()).map_or(0, |tax| tax.amount);
        Credit { amount: self.sold.paid, paid: tax }.part(paid).paid
    }

    /// Whether it has expired.
    pub fn has_expired(&self, now: UtcTime) -> bool {
        self.expires_at <= now
    }

    /// Its state, if its invoice is paid or not.
    pub fn state(&self, is_paid: bool, now: UtcTime) -> PrepaidState {
        match () {
            () if self.has_expired(now) => PrepaidState::Expired,
            () if self.left.amount == 0 => PrepaidState::Spent,
            () if is_paid || self.released_at.is_some() || self.invoice_id.is_none() => PrepaidState::Usable,
            () => PrepaidState::Unpaid,
        }
    }
}

/// Prepaid credit that a booking or a seat in a training uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepaidUse {
    /// The prepaid credit.
    pub prepaid_id: PrepaidId,
    /// By how much.
    #[serde(flatten)]
    pub credit: Credit,
    /// The currency.
    pub currency: Currency,
    /// The hours, of which `credit` is the price that they cover, with VAT; none of credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<HoursUse>,
}

/// The prepaid credit of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BookedPrepaid {
    /// Whether the customer does not want to use any.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_refused: bool,
    /// The uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<PrepaidUse>,
}

impl BookedPrepaid {
    /// The sum of the uses in a currency.
    pub fn used(&self, currency: Currency) -> i64 {
        let own = self.uses.iter().filter(|used| used.currency == currency);
        own.fold(0, |sum, used| sum.saturating_add(used.credit.amount))
    }

    /// The part of the sum that hours cover.
    pub fn covered_by_hours(&self, currency: Currency) -> i64 {
        let own = self.uses.iter().filter(|used| used.currency == currency && used.hours.is_some());
        own.fold(0, |sum, used| sum.saturating_add(used.credit.amount))
    }

    /// Adds credit that the booking uses.
    pub fn add(&mut self, new: PrepaidUse) {
        match self.uses.iter_mut().find(|used| used.prepaid_id == new.prepaid_id) {
            Some(known) => known.credit = known.credit.and(new.credit),
            None => self.uses.push(new),
        }
    }

    /// Takes credit away that the booking gives back.
    pub fn take(&mut self, id: PrepaidId, credit: Credit) {
        if let Some(used) = self.uses.iter_mut().find(|used| used.prepaid_id == id) {
            used.credit = used.credit.less(credit);
        }
        self.uses.retain(|used| used.credit.amount > 0 || used.hours.is_some());
    }
}

/// Credit from one sale, as far as the choice depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pot {
    /// The prepaid credit.
    pub id: PrepaidId,
    /// The instant of its expiry.
    pub expires_at: UtcTime,
    /// The credit in it: the part that is left, or that a booking uses.
    pub credit: Credit,
}

/// Chooses the credit that pays an amount: the credit that expires first comes first; of those that expire at the same instant, the one
/// that was sold first. Returns the parts, which add up to the amount or to all credit that there is.
pub fn choose(pots: &[Pot], amount: i64) -> Vec<(PrepaidId, Credit)> {
    let mut pots = pots.to_vec();
    pots.sort_by_key(|pot| (pot.expires_at, pot.id));
    parts(&pots, amount)
}

/// Chooses the credit that a booking gives back when it needs an amount less: the credit that expires last comes first, so that the
/// booking keeps what would expire first.
pub fn give_back(pots: &[Pot], amount: i64) -> Vec<(PrepaidId, Credit)> {
    let mut pots = pots.to_vec();
    pots.sort_by_key(|pot| std::cmp::Reverse((pot.expires_at, pot.id)));
    parts(&pots, amount)
}

fn parts(pots: &[Pot], amount: i64) -> Vec<(PrepaidId, Credit)> {
    let mut missing = amount.max(0);
    let mut part = |pot: &Pot| {
        let part = pot.credit.part(missing);
        missing -= part.amount;
        (part.amount > 0).then_some((pot.id, part))
    };
    pots.iter().filter_map(&mut part).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::ids::Identifier as _;

    fn id(number: usize) -> PrepaidId {
        PrepaidId::new(u64::try_from(number).unwrap(), [0; 10])
    }

    fn any_credit() -> impl Strategy<Value = Credit> {
        (0..40_i64).prop_flat_map(|amount| (Just(amount), 0..=amount)).prop_map(|(amount, paid)| Credit { amount, paid })
    }

    fn any_pots() -> impl Strategy<Value = Vec<Pot>> {
        let pot = (0..4_i64, any_credit());
        prop::collection::vec(pot, 0..5).prop_map(|pots| {
            let pot = |(number, (minute, credit))| {
                let expires_at = UtcTime::from_unix_minutes(minute);
                Pot { id: id(number), expires_at, credit }
            };
            pots.into_iter().enumerate().map(pot).collect()
        })
    }

    /// Takes one unit after the other, each from the best pot that has one.
    fn one_by_one(pots: &[Pot], amount: i64, is_better: impl Fn(&Pot, &Pot) -> bool) -> BTreeMap<PrepaidId, i64> {
        let mut left: Vec<Pot> = pots.to_vec();
        let mut taken = BTreeMap::new();
        for _ in 0..amount {
            let mut best: Option<usize> = None;
            for at in 0..left.len() {
                if left[at].credit.amount > 0 && best.is_none_or(|best| is_better(&left[at], &left[best])) {
                    best = Some(at);
                }
            }
            let Some(best) = best else { break };
            left[best].credit.amount -= 1;
            *taken.entry(left[best].id).or_insert(0) += 1;
        }
        taken
    }

    fn amounts(parts: &[(PrepaidId, Credit)]) -> BTreeMap<PrepaidId, i64> {
        parts.iter().map(|(id, credit)| (*id, credit.amount)).collect()
    }

    proptest! {
        #[test]
        fn credit_is_chosen_as_one_unit_after_the_other_would_be(pots in any_pots(), amount in 0..120_i64) {
            let earlier = |one: &Pot, other: &Pot| (one.expires_at, one.id) < (other.expires_at, other.id);
            let chosen = choose(&pots, amount);
            prop_assert_eq!(amounts(&chosen), one_by_one(&pots, amount, earlier));
            let given_back = give_back(&pots, amount);
            prop_assert_eq!(amounts(&given_back), one_by_one(&pots, amount, |one, other| earlier(other, one)));
            for (id, part) in chosen.into_iter().chain(given_back) {
                let pot = pots.iter().find(|pot| pot.id == id).unwrap();
                let rest = pot.credit.less(part);
                for credit in [part, rest] {
                    prop_assert!(0 <= credit.paid && credit.paid <= credit.amount, "{credit:?} of {pot:?}");
                }
            }
        }

        /// However often credit is used and given back, nothing of it and of its price is lost.
        #[test]
        fn parts_that_are_used_and_given_back_add_up(
            sold in any_credit(),
            steps in prop::collection::vec((any::<bool>(), 0..3_usize, 0..40_i64), 0..30),
        ) {
            let mut left = sold;
            let mut used = [Credit::NONE; 3];
            for (is_use, booking, amount) in steps {
                let (from, to) = if is_use { (&mut left, &mut used[booking]) } else { (&mut used[booking], &mut left) };
                let part = from.part(amount);
                (*from, *to) = (from.less(part), to.and(part));
                let all = used.iter().fold(left, |sum, used| sum.and(*used));
                prop_assert_eq!(all, sold);
                for credit in used.iter().chain([&left]) {
                    prop_assert!(0 <= credit.paid && credit.paid <= credit.amount);
                }
            }
            if used.iter().all(|used| used.amount == 0) {
                prop_assert_eq!(left, sold);
            }
        }

        #[test]
        fn the_largest_credit_does_not_overflow(amount in 1..=i64::MAX, part in any::<i64>()) {
            let credit = Credit { amount, paid: amount };
            let part = credit.part(part);
            prop_assert_eq!(part.paid, part.amount);
        }
    }

    #[test]
    fn credit_can_be_used_when_it_is_paid_for_or_released_until_the_instant_of_its_expiry() {
        let at = UtcTime::from_unix_minutes;
        let bought = Prepaid {
            id: id(1),
            package_id: PackageId::new(0, [0; 10]),
            organization_id: OrganizationId::new(0, [1; 10]),
            customer_id: OrganizationId::new(0, [2; 10]),
            invoice_id: Some(InvoiceId::new(0, [0; 10])),
            name: "Ten days".to_owned(),
            sold: Credit { amount: 120, paid: 100 },
            left: Credit { amount: 120, paid: 100 },
            currency: "GBP".parse().unwrap(),
            hours: None,
            expires_at: at(10),
            released_at: None,
            reminded_at: None,
            created_by: UserId::new(0, [0; 10]),
            created_at: at(0),
            updated_at: at(0),
            revision: 1,
        };
        let released = Prepaid { released_at: Some(at(1)), ..bought.clone() };
        let given = Prepaid { invoice_id: None, ..bought.clone() };
        let spent = Prepaid { left: Credit::NONE, ..bought.clone() };
        for (prepaid, is_paid, now, expected) in [
            (&bought, false, at(5), PrepaidState::Unpaid),
            (&bought, true, at(5), PrepaidState::Usable),
            (&released, false, at(5), PrepaidState::Usable),
            (&given, false, at(5), PrepaidState::Usable),
            (&spent, true, at(5), PrepaidState::Spent),
            (&bought, true, at(10) - UtcTime::TICK, PrepaidState::Usable),
            (&bought, true, at(10), PrepaidState::Expired),
        ] {
            assert_eq!(prepaid.state(is_paid, now), expected, "{now}");
        }
    }
}
