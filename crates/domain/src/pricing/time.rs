//! The price of the time of a booking, which hours of a package can cover.

use super::basis::PriceBasis;
use super::breakdown::{Price, PriceRule};
use super::tax::{Tax, TaxCategory};
use super::vat::VatTerms;
use crate::money::{Currency, Money};
use crate::slot::Slot;

/// The time of a booking that is not donated, and its price: all but the set-up fee and the extras.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimePrice {
    /// The minutes of one unit of quantity.
    pub minutes: i64,
    /// The price without VAT, in minor units.
    pub net: i64,
    /// The VAT in the price, in minor units.
    pub tax: i64,
    /// The category of the VAT and the rate that is charged; none if the host charges none.
    pub taxed: Option<(TaxCategory, i64)>,
}

impl TimePrice {
    /// Returns the price of the time in a price of a slot on a basis. Without minutes or a price there is nothing to cover.
    pub fn of(price: &Price, basis: &PriceBasis, slot: Slot) -> Self {
        let is_time = |rule: Option<PriceRule>| {
            !matches!(rule, Some(PriceRule::SetupFee | PriceRule::Extra | PriceRule::Vat | PriceRule::AgreedPrice))
        };
        let Some(rate) = price.lines.iter().find(|line| is_time(line.rule)).map(|line| line.vat_rate) else {
            return Self::default();
        };
        // The host may have moved the booking for the agreed price.
        let counts = |rule: Option<PriceRule>, of| is_time(rule) || rule == Some(PriceRule::AgreedPrice) && of == rate;
        let lines = price.lines.iter().filter(|line| counts(line.rule, line.vat_rate));
        let sum: i128 = lines.map(|line| i128::from(line.amount.amount)).sum::<i128>().max(0);
        let (net, tax, taxed) = divided(basis.vat.as_ref(), sum, rate);
        let minutes = slot.unit_minutes().saturating_sub(basis.donated_minutes);
        if minutes <= 0 || net <= 0 {
            return Self::default();
        }
        Self { minutes, net, tax, taxed }
    }

    /// Returns the price of a part of the time, rounded down: without VAT, and the VAT.
    pub fn of_part(&self, minutes: i64) -> (i64, i64) {
        let minutes = minutes.clamp(0, self.minutes);
        let part = |amount: i64| i128::from(amount) * i128::from(minutes) / i128::from(self.minutes.max(1));
        [self.net, self.tax].map(|amount| i64::try_from(part(amount)).unwrap_or(amount)).into()
    }

    /// Returns the most minutes with a price, VAT included, of no more than an amount in minor units.
    pub fn minutes_for(&self, amount: i64) -> i64 {
        let price = i128::from(self.net) + i128::from(self.tax);
        let minutes = i128::from(self.minutes) * i128::from(amount.max(0)) / price.max(1);
        i64::try_from(minutes).unwrap_or(i64::MAX).min(self.minutes)
    }
}

/// Divides a sum that is charged at a rate into the part without VAT and the VAT, with the category and the rate that is charged.
fn divided(terms: Option<&VatTerms>, sum: i128, rate: Option<i64>) -> (i64, i64, Option<(TaxCategory, i64)>) {
    let amount = |amount: i128| i64::try_from(amount).unwrap_or_default();
    match terms {
        None => (amount(sum), 0, None),
        Some(terms) => {
            let split = terms.split(sum, rate.unwrap_or(terms.rate));
            (amount(split.net), amount(split.tax), Some((split.category, split.charged_rate)))
        }
    }
}

/// A price that is charged once, for hours or a seat in a training.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TaxedPrice {
    /// The price without VAT, in minor units.
    pub net: i64,
    /// The VAT, in minor units.
    pub tax: i64,
    /// The category of the VAT and the rate that is charged; none if the host charges none.
    pub taxed: Option<(TaxCategory, i64)>,
    /// The reason of an exemption; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exemption_reason: String,
}

impl TaxedPrice {
    /// Returns a price with VAT at a rate of its own or at that of the host. Whether the price includes VAT is as in tariffs.
    pub fn new(terms: Option<&VatTerms>, price: i64, own_rate: Option<i64>) -> Self {
        let (net, tax, taxed) = divided(terms, price.into(), terms.map(|terms| terms.rate_of(own_rate)));
        Self { net, tax, taxed, exemption_reason: terms.map(|terms| terms.exemption_reason.clone()).unwrap_or_default() }
    }

    /// Returns the price with VAT, in minor units.
    pub const fn total(&self) -> i64 {
        self.net.saturating_add(self.tax)
    }

    /// Returns the price in the form of that of a booking.
    pub fn price(&self, currency: Currency) -> Price {
        let money = |amount| Money { amount, currency };
        let tax = |(category, rate)| Tax {
            category,
            rate,
            net: money(self.net),
            tax: money(self.tax),
            exemption_reason: self.exemption_reason.clone(),
        };
        Price { total: money(self.total()), lines: Vec::new(), taxes: self.taxed.map(tax).into_iter().collect() }
    }
}
