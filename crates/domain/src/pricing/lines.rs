//! The lines of a price.

use super::breakdown::{Price, PriceLine, PriceOverflow, PriceRule};
use super::cheapest::{Charge, LongRate, PARTS, Rate};
use super::tariff::Tariff;
use crate::coupon::{CouponTerms, Reduction};
use crate::money::Money;

/// Collects the lines of a price with their exact amounts.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    tariff: &'a Tariff,
    quantity: i32,
    /// The exact sum of the lines, in parts.
    exact: i128,
    lines: Vec<(PriceRule, Option<String>, String, i128)>,
}

/// Adds a sum to the entry of a key: entries stay in the order of their first sum.
fn add<K: PartialEq>(sums: &mut Vec<(K, i64, i128)>, key: K, count: i64, parts: i128) {
    match sums.iter_mut().find(|(known, ..)| *known == key) {
        Some((_, counted, sum)) => (*counted, *sum) = (*counted + count, sum.saturating_add(parts)),
        None => sums.push((key, count, parts)),
    }
}

impl<'a> Lines<'a> {
    pub(super) const fn new(tariff: &'a Tariff, quantity: i32) -> Self {
        Self { tariff, quantity, exact: 0, lines: Vec::new() }
    }

    const fn money(&self, amount: i64) -> Money {
        Money { amount, currency: self.tariff.currency }
    }

    /// Adds a line with an exact amount in parts.
    fn push(&mut self, rule: PriceRule, name: Option<&str>, description: String, parts: i128) {
        self.exact = self.exact.saturating_add(parts);
        self.lines.push((rule, name.map(str::to_owned), description, parts));
    }

    /// Adds the rate for the booking.
    pub(super) fn charge_booking(&mut self, discount: Option<usize>) {
        let full = i128::from(self.tariff.rate).saturating_mul(PARTS).saturating_mul(self.quantity.into());
        let description = format!("{} at {} per booking", self.quantity, self.money(self.tariff.rate));
        self.push(PriceRule::Rate, None, description, full);
        if let Some(at) = discount {
            let percent = self.tariff.discounts.get(at).map_or(0, |discount| discount.percent);
            self.discount(at, full, full / 100 * i128::from(percent));
        }
    }

    /// Adds the charges of the time of one unit, for all units.
    pub(super) fn charge_time(&mut self, charges: &[Charge]) {
        let mut sums = Vec::new();
        for charge in charges {
            add(&mut sums, charge.rate, charge.count, charge.full);
        }
        for (rate, count, full) in sums {
            let full = full.saturating_mul(self.quantity.into());
            let (rule, name, description) = self.described(rate, count);
            self.push(rule, name, description, full);
        }
        let mut reduced: Vec<(usize, i64, i128)> = Vec::new();
        let mut bases: Vec<(usize, i64, i128)> = Vec::new();
        for (at, charge) in charges.iter().filter_map(|charge| Some((charge.discount?, charge))) {
            add(&mut reduced, at, 0, charge.full - charge.reduced);
            add(&mut bases, at, 0, charge.full);
        }
        for ((at, _, reduction), (.., base)) in reduced.into_iter().zip(bases) {
            let [base, reduction] = [base, reduction].map(|parts| parts.saturating_mul(self.quantity.into()));
            self.discount(at, base, reduction);
        }
    }

    fn described(&self, rate: Rate, count: i64) -> (PriceRule, Option<&'a str>, String) {
        let (tariff, quantity) = (self.tariff, self.quantity);
        let by_time = |rate| format!("{quantity} × {} at {} per {}", written(count), self.money(rate), tariff.per);
        match rate {
            Rate::Base => (PriceRule::Rate, None, by_time(tariff.rate)),
            Rate::Band(at) => match tariff.bands.get(at) {
                Some(band) => (PriceRule::Band, Some(&band.name), format!("{}: {}", band.name, by_time(band.rate))),
                None => (PriceRule::Band, None, by_time(tariff.rate)),
            },
            Rate::Long(long) => {
                let (rule, price) = match long {
                    LongRate::Day => (PriceRule::DayRate, tariff.day_rate),
                    LongRate::Week => (PriceRule::WeekRate, tariff.week_rate),
                    LongRate::Month => (PriceRule::MonthRate, tariff.month_rate),
                };
                let (word, s, price) = (long.word(), if count == 1 { "" } else { "s" }, self.money(price.unwrap_or_default()));
                (rule, None, format!("{quantity} × {count} {word}{s} at {price} per {word}"))
            }
        }
    }

    fn discount(&mut self, at: usize, base: i128, reduction: i128) {
        let Some(discount) = self.tariff.discounts.get(at) else { return };
        let base = rounded(base).unwrap_or(i64::MAX);
        let description = format!("{}: {} % off {}", discount.name, discount.percent, self.money(base));
        self.push(PriceRule::Discount, Some(&discount.name), description, -reduction);
    }

    /// Adds the discounts on a large price.
    pub(super) fn reduce_by_volume(&mut self) {
        let volumes = &self.tariff.volume_discounts;
        let mut percent = 0;
        let mut reduction: i128 = 0;
        let mut described = Vec::new();
        for volume in volumes {
            let above = self.exact - i128::from(volume.over) * PARTS;
            if above > 0 {
                // The part above a larger amount has already been reduced by the percentage before.
                reduction = reduction.saturating_add(above / 100 * i128::from(volume.percent - percent));
                percent = volume.percent;
                described.push(format!("{} % off what exceeds {}", volume.percent, self.money(volume.over)));
            }
        }
        if reduction > 0 {
            self.push(PriceRule::VolumeDiscount, None, format!("volume discount: {}", described.join(", ")), -reduction);
        }
    }

    pub(super) fn add_setup_fee(&mut self) {
        if self.tariff.setup_fee > 0 {
            self.push(PriceRule::SetupFee, None, "set-up fee".to_owned(), i128::from(self.tariff.setup_fee) * PARTS);
        }
    }

    pub(super) fn raise_to_minimum(&mut self) {
        let minimum = self.money(self.tariff.minimum_charge);
        if rounded(self.exact).is_some_and(|amount| amount < minimum.amount) {
            let missing = i128::from(minimum.amount) * PARTS - self.exact;
            self.push(PriceRule::MinimumCharge, None, format!("raised to the minimum charge of {minimum}"), missing);
        }
    }

    /// Takes off the share of the donated minutes in all minutes, of the whole price without the set-up fee.
    pub(super) fn donate(&mut self, donated: i64, of: i64) {
        let Some(donation) = self.tariff.donation.as_ref().filter(|_| 0 < donated && donated <= of) else { return };
        let price = self.exact - i128::from(self.tariff.setup_fee) * PARTS;
        let reduction = price.saturating_mul(donated.into()) / i128::from(of);
        let description = format!("{}: {} of {} donated", donation.name, written(donated), written(of));
        self.push(PriceRule::Donation, Some(&donation.name), description, -reduction);
    }

    /// Takes off the reduction of a coupon, at most all of the price.
    pub(super) fn redeem(&mut self, coupon: Option<&CouponTerms>) {
        let Some(CouponTerms { name, reduction, .. }) = coupon else { return };
        let price = self.exact.max(0);
        let (reduction, description) = match reduction {
            Reduction::Percent(percent) => {
                let base = self.money(rounded(price).unwrap_or(i64::MAX));
                (price / 100 * i128::from(*percent), format!("{name}: {percent} % off {base}"))
            }
            // A booking that has moved to a resource with another currency.
            Reduction::Amount(amount) if amount.currency != self.tariff.currency => return,
            Reduction::Amount(amount) => (price.min(i128::from(amount.amount) * PARTS), format!("{name}: {amount} off")),
        };
        if reduction > 0 {
            self.push(PriceRule::Coupon, Some(name), description, -reduction);
        }
    }

    pub(super) fn finish(self) -> Result<Price, PriceOverflow> {
        let mut lines = Vec::with_capacity(self.lines.len());
        let (mut exact, mut total) = (0_i128, 0);
        for (rule, name, description, parts) in self.lines {
            exact = exact.saturating_add(parts);
            let sum = rounded(exact).ok_or(PriceOverflow)?;
            let amount = Money { amount: sum - total, currency: self.tariff.currency };
            lines.push(PriceLine { rule: Some(rule), name, ..PriceLine::new(description, amount) });
            total = sum;
        }
        Ok(Price { total: Money { amount: total, currency: self.tariff.currency }, lines, taxes: Vec::new() })
    }
}

/// Rounds parts to minor units, half a unit up. None if no amount can hold them.
pub(super) fn rounded(parts: i128) -> Option<i64> {
    i64::try_from(parts.saturating_mul(2).saturating_add(PARTS).div_euclid(2 * PARTS)).ok()
}

/// Writes a length of time for people: `1 d 2 h 30 min`.
pub(super) fn written(minutes: i64) -> String {
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if parts.is_empty() { "0 min".to_owned() } else { parts.join(" ") }
}
