//! The price of a booking, line by line.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use super::numbers::{LineNumbers, LineStep, time};
use super::tax::Tax;
use crate::fields::InvalidFields;
use crate::money::Money;
use crate::said::{Said, said, says};
use crate::text_enum::text_enum;

text_enum! {
    /// The rule behind a line of a price.
    pub enum PriceRule {
        /// The rate of the tariff.
        Rate = "rate",
        /// The rate of a band.
        Band = "band",
        /// The price of a local day.
        DayRate = "day_rate",
        /// The price of seven local days.
        WeekRate = "week_rate",
        /// The price of a month.
        MonthRate = "month_rate",
        /// A discount for the customer, or for the time of booking.
        Discount = "discount",
        /// The discounts on large prices.
        VolumeDiscount = "volume_discount",
        /// The charge for each booking.
        SetupFee = "setup_fee",
        /// The lowest price of a booking.
        MinimumCharge = "minimum_charge",
        /// The time that the host donates.
        Donation = "donation",
        /// A coupon.
        Coupon = "coupon",
        /// An extra of the tariff.
        Extra = "extra",
        /// The price that was agreed before the host changed the booking.
        AgreedPrice = "agreed_price",
        /// The VAT that is added to the lines, or that was included in them and is taken off.
        Vat = "vat",
    }
}

/// The price of a booking.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Price {
    /// The total: the sum of the lines.
    pub total: Money,
    /// The calculation, line by line.
    pub lines: Vec<PriceLine>,
    /// The VAT in the total, one entry for each rate; `net` and `tax` of all entries sum to the total. Empty if the host charges no VAT.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Tax>,
}

/// A line of a price.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(from = "StoredLine")]
pub struct PriceLine {
    /// The subject of the line, in English.
    // None if it follows from the numbers: most prices are computed for their total alone.
    #[schema(value_type = String, required = true)]
    pub(super) description: Option<String>,
    /// The amount that the line adds.
    pub amount: Money,
    /// The rule behind the line. Null in bookings that were made before lines had rules.
    #[schema(required = true)]
    pub rule: Option<PriceRule>,
    /// The name of the band, discount or extra behind the line.
    #[schema(required = true)]
    pub name: Option<String>,
    /// The numbers in the description. Absent if it has none, and in bookings that were made before lines had numbers.
    #[schema(required = false)]
    pub numbers: LineNumbers,
    /// The rate of VAT that applies to the line, in hundredths of a percent; with reverse charge, the rate that is not charged. Only
    /// present if the host charges VAT.
    #[schema(required = false, nullable = false)]
    pub vat_rate: Option<i64>,
}

/// A line as it is stored. Lines were stored before they had rules, and before they had numbers.
#[derive(serde::Deserialize)]
struct StoredLine {
    description: String,
    amount: Money,
    #[serde(default)]
    rule: Option<PriceRule>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    numbers: LineNumbers,
    #[serde(default)]
    vat_rate: Option<i64>,
}

impl From<StoredLine> for PriceLine {
    fn from(StoredLine { description, amount, rule, name, numbers, vat_rate }: StoredLine) -> Self {
        let needs_none = matches!(rule, Some(PriceRule::SetupFee | PriceRule::Vat));
        let description = (numbers.is_empty() && !needs_none).then_some(description);
        Self { description, amount, rule, name, numbers, vat_rate }
    }
}

impl Serialize for PriceLine {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut line = to.serialize_struct("PriceLine", 6)?;
        line.serialize_field("description", &self.description())?;
        line.serialize_field("amount", &self.amount)?;
        line.serialize_field("rule", &self.rule)?;
        line.serialize_field("name", &self.name)?;
        if !self.numbers.is_empty() {
            line.serialize_field("numbers", &self.numbers)?;
        }
        if let Some(vat_rate) = self.vat_rate {
            line.serialize_field("vat_rate", &vat_rate)?;
        }
        line.end()
    }
}

impl PriceLine {
    /// Creates a line, described by its numbers.
    pub(super) const fn new(rule: PriceRule, name: Option<String>, numbers: LineNumbers, amount: Money) -> Self {
        Self { description: None, amount, rule: Some(rule), name, numbers, vat_rate: None }
    }

    /// Returns the description as a sentence that other languages have, too. None if the line lacks its numbers.
    pub fn said(&self) -> Option<Said> {
        let numbers = &self.numbers;
        let line = match self.rule? {
            PriceRule::Rate
            | PriceRule::Band
            | PriceRule::DayRate
            | PriceRule::WeekRate
            | PriceRule::MonthRate
            | PriceRule::Extra => numbers.charge()?,
            PriceRule::Discount | PriceRule::Coupon => numbers.reduction()?,
            PriceRule::VolumeDiscount if numbers.steps.is_empty() => return None,
            PriceRule::VolumeDiscount => {
                let step =
                    |step: &LineStep| said!("{percent} % off what exceeds {over}", percent = step.percent, over = step.over);
                said!("volume discount: {steps}", steps = numbers.steps.iter().map(step).collect::<Vec<_>>())
            }
            PriceRule::SetupFee => said!("set-up fee"),
            PriceRule::MinimumCharge => said!("raised to the minimum charge of {minimum}", minimum = numbers.base?),
            PriceRule::Donation => {
                said!("{donated} of {all} donated", donated = time(numbers.minutes?), all = time(numbers.of_minutes?))
            }
            PriceRule::AgreedPrice => said!("reduced to the agreed price of {agreed}", agreed = numbers.base?),
            PriceRule::Vat => {
                let percent = self.vat_rate? as f64 / 100.0;
                // VAT is taken off only where it was included and the customer accounts for it.
                match self.amount.amount < 0 {
                    true => said!("VAT of {percent} % taken off: reverse charge", percent),
                    false => said!("VAT {percent} %", percent),
                }
            }
        };
        Some(match &self.name {
            Some(name) => said!("{name}: {line}", name, line),
            None => line,
        })
    }

    /// Returns the subject of the line, in English.
    pub fn description(&self) -> Cow<'_, str> {
        match &self.description {
            Some(stored) => Cow::Borrowed(stored),
            None => Cow::Owned(self.said().map(|said| said.to_string()).unwrap_or_default()),
        }
    }
}

/// A price that is too large for an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceOverflow;

says!(PriceOverflow: |_| said!("the price is too large"));

/// The reason why a slot has no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// The price is too large.
    #[error(transparent)]
    TooLarge(#[from] PriceOverflow),
    /// The tariff does not have the extras.
    #[error(transparent)]
    Extras(#[from] InvalidFields),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: serde_json::Value) -> PriceLine {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_line_that_was_stored_without_numbers_keeps_its_description() {
        let amount = serde_json::json!({ "amount": 1200, "currency": "GBP" });
        let old =
            |rule: &str| line(serde_json::json!({ "description": "as it was", "amount": amount, "rule": rule, "name": null }));
        for rule in PriceRule::ALL.iter().filter(|rule| **rule != PriceRule::SetupFee) {
            assert_eq!(old(rule.as_str()).said(), None, "{rule}");
        }
        assert_eq!((old("rate").description(), old("setup_fee").description()), ("as it was".into(), "set-up fee".into()));
        let stored = serde_json::to_value(old("rate")).unwrap();
        assert_eq!(stored, serde_json::json!({ "description": "as it was", "amount": amount, "rule": "rate", "name": null }));
        let older = line(serde_json::json!({ "description": "as it was", "amount": amount }));
        assert_eq!((older.rule, older.said()), (None, None));
    }

    #[test]
    fn a_time_names_the_units_that_it_has() {
        for (minutes, text) in [(0, "0 min"), (90, "1 h 30 min"), (1440, "1 d"), (2 * 1440 + 5, "2 d 5 min")] {
            assert_eq!(time(minutes), text);
        }
    }
}
