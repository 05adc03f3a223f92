//! The lines of a price.

use super::breakdown::{Price, PriceLine, PriceOverflow, PriceRule};
use super::cheapest::{Charge, LongRate, PARTS, Rate};
use super::numbers::{LineNumbers, LinePer, LineStep};
use super::tariff::{Per, Tariff};
use crate::coupon::{CouponTerms, Reduction};
use crate::money::Money;

/// Collects the lines of a price with their exact amounts.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    tariff: &'a Tariff,
    quantity: i32,
    /// The exact sum of the lines, in parts.
    exact: i128,
    lines: Vec<(PriceRule, Option<String>, LineNumbers, i128)>,
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
    fn push(&mut self, rule: PriceRule, name: Option<&str>, numbers: LineNumbers, parts: i128) {
        self.exact = self.exact.saturating_add(parts);
        self.lines.push((rule, name.map(str::to_owned), numbers, parts));
    }

    /// Adds the rate for the booking.
    pub(super) fn charge_booking(&mut self, discount: Option<usize>) {
        let full = i128::from(self.tariff.rate).saturating_mul(PARTS).saturating_mul(self.quantity.into());
        self.push(PriceRule::Rate, None, self.numbers(LinePer::Booking, self.tariff.rate), full);
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
            let (rule, name, numbers) = self.numbered(rate, count);
            self.push(rule, name, numbers, full);
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

    /// The numbers of a quantity with its price.
    fn numbers(&self, per: LinePer, unit_price: i64) -> LineNumbers {
        let unit_price = Some(self.money(unit_price));
        LineNumbers { quantity: Some(self.quantity), unit_price, per: Some(per), ..LineNumbers::default() }
    }

    /// The rule, the name and the numbers of a rate that is charged for some minutes, or for some days, weeks or months.
    fn numbered(&self, rate: Rate, count: i64) -> (PriceRule, Option<&'a str>, LineNumbers) {
        let tariff = self.tariff;
        let per = if tariff.per == Per::Day { LinePer::Day } else { LinePer::Hour };
        let by_time = |rate| LineNumbers { minutes: Some(count), ..self.numbers(per, rate) };
        match rate {
            Rate::Base => (PriceRule::Rate, None, by_time(tariff.rate)),
            Rate::Band(at) => match tariff.bands.get(at) {
                Some(band) => (PriceRule::Band, Some(&band.name), by_time(band.rate)),
                None => (PriceRule::Band, None, by_time(tariff.rate)),
            },
            Rate::Long(long) => {
                let (rule, per, price) = match long {
                    LongRate::Day => (PriceRule::DayRate, LinePer::Day, tariff.day_rate),
                    LongRate::Week => (PriceRule::WeekRate, LinePer::Week, tariff.week_rate),
                    LongRate::Month => (PriceRule::MonthRate, LinePer::Month, tariff.month_rate),
                };
                (rule, None, LineNumbers { count: Some(count), ..self.numbers(per, price.unwrap_or_default()) })
            }
        }
    }

    fn discount(&mut self, at: usize, base: i128, reduction: i128) {
        let Some(discount) = self.tariff.discounts.get(at) else { return };
        let base = Some(self.money(rounded(base).unwrap_or(i64::MAX)));
        let numbers = LineNumbers { percent: Some(discount.percent), base, ..LineNumbers::default() };
        self.push(PriceRule::Discount, Some(&discount.name), numbers, -reduction);
    }

    /// Adds the discounts on a large price.
    pub(super) fn reduce_by_volume(&mut self) {
        let volumes = &self.tariff.volume_discounts;
        let mut percent = 0;
        let mut reduction: i128 = 0;
        let mut steps = Vec::new();
        for volume in volumes {
            let above = self.exact - i128::from(volume.over) * PARTS;
            if above > 0 {
                // The part above a larger amount has already been reduced by the percentage before.
                reduction = reduction.saturating_add(above / 100 * i128::from(volume.percent - percent));
                percent = volume.percent;
                steps.push(LineStep { over: self.money(volume.over), percent });
            }
        }
        if reduction > 0 {
            self.push(PriceRule::VolumeDiscount, None, LineNumbers { steps, ..LineNumbers::default() }, -reduction);
        }
    }

    pub(super) fn add_setup_fee(&mut self) {
        if self.tariff.setup_fee > 0 {
            self.push(PriceRule::SetupFee, None, LineNumbers::default(), i128::from(self.tariff.setup_fee) * PARTS);
        }
    }

    pub(super) fn raise_to_minimum(&mut self) {
        let minimum = self.money(self.tariff.minimum_charge);
        if rounded(self.exact).is_some_and(|amount| amount < minimum.amount) {
            let missing = i128::from(minimum.amount) * PARTS - self.exact;
            let numbers = LineNumbers { base: Some(minimum), ..LineNumbers::default() };
            self.push(PriceRule::MinimumCharge, None, numbers, missing);
        }
    }

    /// Takes off the share of the donated minutes in all minutes, of the whole price without the set-up fee.
    pub(super) fn donate(&mut self, donated: i64, of: i64) {
        let Some(donation) = self.tariff.donation.as_ref().filter(|_| 0 < donated && donated <= of) else { return };
        let price = self.exact - i128::from(self.tariff.setup_fee) * PARTS;
        let reduction = price.saturating_mul(donated.into()) / i128::from(of);
        let numbers = LineNumbers { minutes: Some(donated), of_minutes: Some(of), ..LineNumbers::default() };
        self.push(PriceRule::Donation, Some(&donation.name), numbers, -reduction);
    }

    /// Takes off the reduction of a coupon, at most all of the price.
    pub(super) fn redeem(&mut self, coupon: Option<&CouponTerms>) {
        let Some(CouponTerms { name, reduction, .. }) = coupon else { return };
        let price = self.exact.max(0);
        let (reduction, percent, base) = match reduction {
            Reduction::Percent(percent) => {
                let base = self.money(rounded(price).unwrap_or(i64::MAX));
                (price / 100 * i128::from(*percent), Some(*percent), base)
            }
            // A booking that has moved to a resource with another currency.
            Reduction::Amount(amount) if amount.currency != self.tariff.currency => return,
            Reduction::Amount(amount) => (price.min(i128::from(amount.amount) * PARTS), None, *amount),
        };
        if reduction > 0 {
            let numbers = LineNumbers { percent, base: Some(base), ..LineNumbers::default() };
            self.push(PriceRule::Coupon, Some(name), numbers, -reduction);
        }
    }

    pub(super) fn finish(self) -> Result<Price, PriceOverflow> {
        let mut lines = Vec::with_capacity(self.lines.len());
        let (mut exact, mut total) = (0_i128, 0);
        for (rule, name, numbers, parts) in self.lines {
            exact = exact.saturating_add(parts);
            let sum = rounded(exact).ok_or(PriceOverflow)?;
            let amount = Money { amount: sum - total, currency: self.tariff.currency };
            lines.push(PriceLine::new(rule, name, numbers, amount));
            total = sum;
        }
        Ok(Price { total: Money { amount: total, currency: self.tariff.currency }, lines, taxes: Vec::new() })
    }
}

/// Rounds parts to minor units, half a unit up. None if no amount can hold them.
pub(super) fn rounded(parts: i128) -> Option<i64> {
    i64::try_from(parts.saturating_mul(2).saturating_add(PARTS).div_euclid(2 * PARTS)).ok()
}
