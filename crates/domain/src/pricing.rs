//! The price of a booking.
//!
//! The rounding rule: time is charged by the minute, and the charge is rounded once, at the end, with half a minor unit rounded
//! up.

use chrono_tz::Tz;
use serde_json::Value;

use super::fields::{InvalidFields, Members};
use super::interval::Interval;
use super::length::Length;
use super::limits;
use super::money::{Currency, Money};
use super::text_enum::text_enum;

text_enum! {
    /// The unit of a rate, in addition to each unit of quantity.
    pub enum Per {
        /// For every 60 minutes.
        Hour = "hour",
        /// For every local day; for a part of a day by the minute, of 1,440.
        Day = "day",
        /// Once for each booking, for any length.
        Booking = "booking",
    }
}

/// The prices of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"currency": "GBP", "rate": 1250, "per": "hour", "minimum_charge": 2000}))]
pub struct Tariff {
    /// The currency of all prices of the resource.
    pub currency: Currency,
    /// The price in minor units for each unit of quantity and each hour, day or booking.
    #[schema(value_type = limits::Charge)]
    pub rate: i64,
    /// The unit of the rate.
    pub per: Per,
    /// The lowest price of a booking, in minor units. Default: 0.
    #[serde(default)]
    #[schema(value_type = limits::Charge)]
    pub minimum_charge: i64,
}

impl Tariff {
    /// Reads a tariff from its JSON form.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        for name in ["currency", "rate", "per"] {
            members.require(name);
        }
        let currency = members.parsed("currency");
        let rate = members.optional("rate");
        let per = members.parsed("per");
        let minimum_charge = members.optional("minimum_charge");
        let mut fields = members.close();
        let rate = rate.and_then(|rate| fields.number("/rate", rate, limits::Charge::RANGE));
        let minimum_charge = fields.number("/minimum_charge", minimum_charge.unwrap_or_default(), limits::Charge::RANGE);
        fields.finish(|| Some(Self { currency: currency?, rate: rate?, per: per?, minimum_charge: minimum_charge? }))
    }
}

/// The price of a booking.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Price {
    /// The total: the sum of the lines.
    pub total: Money,
    /// The calculation, line by line.
    pub lines: Vec<PriceLine>,
}

impl Price {
    /// Returns the price after a change that the customer did not request: at most the agreed price. If it would be higher, a
    /// separate line reduces it. Both must be in the same currency.
    #[must_use]
    pub fn at_most(mut self, agreed: Money) -> Self {
        if self.total.amount > agreed.amount {
            let amount = Money { amount: agreed.amount - self.total.amount, ..agreed };
            self.lines.push(PriceLine { description: format!("reduced to the agreed price of {agreed}"), amount });
            self.total = agreed;
        }
        self
    }
}

/// A line of a price.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PriceLine {
    /// The subject of the line.
    pub description: String,
    /// The amount that the line adds.
    pub amount: Money,
}

/// A price that is too large for an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the price is too large")]
pub struct PriceOverflow;

/// Returns the price of a quantity of a resource for a span. When the clocks change, hours are counted by the time that passes,
/// and days by the clock at the site: each local day is one day.
///
/// # Errors
/// When the price is too large for an amount.
pub fn price(tariff: &Tariff, timezone: Tz, interval: Interval, quantity: i32) -> Result<Price, PriceOverflow> {
    let minutes = match tariff.per {
        Per::Day => Length::of(timezone, interval).day_minutes(),
        Per::Hour | Per::Booking => interval.minutes(),
    };
    let (charged, minutes_a_rate) = match tariff.per {
        Per::Hour => (minutes, 60),
        Per::Day => (minutes, 1440),
        Per::Booking => (1, 1),
    };
    let exact = [i128::from(charged), i128::from(quantity)]
        .iter()
        .try_fold(i128::from(tariff.rate), |product, factor| product.checked_mul(*factor))
        .ok_or(PriceOverflow)?;
    let charge = (2 * exact + minutes_a_rate).div_euclid(2 * minutes_a_rate);
    let charge = i64::try_from(charge).map_err(|_| PriceOverflow)?;

    let money = |amount| Money { amount, currency: tariff.currency };
    let rate = money(tariff.rate);
    let description = match tariff.per {
        Per::Hour | Per::Day => format!("{quantity} × {} at {rate} per {}", written(minutes), tariff.per),
        Per::Booking => format!("{quantity} at {rate} per booking"),
    };
    let mut lines = vec![PriceLine { description, amount: money(charge) }];
    if charge < tariff.minimum_charge {
        let description = format!("raised to the minimum charge of {}", money(tariff.minimum_charge));
        lines.push(PriceLine { description, amount: money(tariff.minimum_charge - charge) });
    }
    Ok(Price { total: money(charge.max(tariff.minimum_charge)), lines })
}

/// Writes a length of time for people: `1 d 2 h 30 min`.
fn written(minutes: i64) -> String {
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if parts.is_empty() { "0 min".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::oracle::{any_window, between};
    use crate::time::UtcTime;

    fn tariff(rate: i64, per: Per, minimum_charge: i64) -> Tariff {
        Tariff { currency: "GBP".parse().unwrap(), rate, per, minimum_charge }
    }

    fn lines(price: &Price) -> Vec<(&str, i64)> {
        price.lines.iter().map(|line| (line.description.as_str(), line.amount.amount)).collect()
    }

    #[test]
    fn everything_that_is_wrong_with_a_tariff_is_told_at_once() {
        let pointers = |raw| {
            let errors = Tariff::read(&raw).unwrap_err().0;
            errors.into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect::<Vec<_>>()
        };
        assert_eq!(pointers(json!({})), ["/currency required", "/rate required", "/per required"]);
        let raw = json!({"currency": "gbp", "rate": 12.5, "per": "week", "minimum_charge": -1, "deposit": 0});
        let expected =
            ["/currency invalid", "/rate wrong_type", "/per invalid", "/deposit unknown_field", "/minimum_charge out_of_range"];
        assert_eq!(pointers(raw), expected);
        let too_much = json!({"currency": "GBP", "rate": 1_000_000_000_001_i64, "per": "day"});
        assert_eq!(pointers(too_much), ["/rate out_of_range"]);
    }

    #[test]
    fn a_tariff_reads_back_from_what_it_is_written_as() {
        let written = json!({"currency": "GBP", "rate": 1250, "per": "hour", "minimum_charge": 2000});
        let tariff = Tariff::read(&written).unwrap();
        assert_eq!(json!(tariff), written);
        assert_eq!(serde_json::from_value::<Tariff>(written).unwrap(), tariff);
        assert_eq!(Tariff::read(&json!({"currency": "GBP", "rate": 0, "per": "day"})).map(|tariff| tariff.minimum_charge), Ok(0));
    }

    #[test]
    fn a_price_is_explained_line_by_line() {
        let price =
            price(&tariff(1250, Per::Hour, 0), Tz::UTC, between("2026-01-05T09:00:00Z", "2026-01-05T12:30:00Z"), 2).unwrap();
        assert_eq!(lines(&price), [("2 × 3 h 30 min at 12.50 GBP per hour", 8750)]);
        assert_eq!(price.total.to_string(), "87.50 GBP");
    }

    #[test]
    fn a_minimum_charge_lifts_the_total_by_a_line_of_its_own() {
        let quarter = between("2026-01-05T09:00:00Z", "2026-01-05T09:15:00Z");
        let price = |minimum| price(&tariff(1000, Per::Hour, minimum), Tz::UTC, quarter, 1).unwrap();
        let charge = ("1 × 15 min at 10.00 GBP per hour", 250);
        assert_eq!(lines(&price(600)), [charge, ("raised to the minimum charge of 6.00 GBP", 350)]);
        assert_eq!(price(600).total.amount, 600);
        assert_eq!(lines(&price(250)), [charge]);
    }

    #[test]
    fn what_was_agreed_is_the_most_that_a_change_by_others_costs() {
        let agreed = |amount| Money { amount, currency: "GBP".parse().unwrap() };
        let hours = between("2026-01-05T09:00:00Z", "2026-01-05T11:00:00Z");
        let price = |most| price(&tariff(1000, Per::Hour, 0), Tz::UTC, hours, 1).unwrap().at_most(agreed(most));
        let charge = ("1 × 2 h at 10.00 GBP per hour", 2000);
        assert_eq!(lines(&price(1500)), [charge, ("reduced to the agreed price of 15.00 GBP", -500)]);
        assert_eq!(price(1500).total, agreed(1500));
        for most in [2000, 2500] {
            assert_eq!((lines(&price(most)), price(most).total), (vec![charge], agreed(2000)));
        }
    }

    #[test]
    fn a_rate_per_booking_does_not_ask_how_long() {
        let price =
            price(&tariff(500, Per::Booking, 0), Tz::UTC, between("2026-01-05T09:00:00Z", "2026-01-09T09:00:00Z"), 3).unwrap();
        assert_eq!(lines(&price), [("3 at 5.00 GBP per booking", 1500)]);
    }

    #[test]
    fn half_a_minor_unit_is_rounded_up_and_less_is_not() {
        let minute = between("2026-01-05T09:00:00Z", "2026-01-05T09:01:00Z");
        let amount = |rate| price(&tariff(rate, Per::Hour, 0), Tz::UTC, minute, 1).unwrap().total.amount;
        assert_eq!([29, 30, 89, 90].map(amount), [0, 1, 1, 2]);
    }

    #[test]
    fn hours_that_pass_and_local_days_are_charged_when_the_clocks_change() {
        let charge =
            |per, start, end| price(&tariff(2400, per, 0), Tz::Europe__London, between(start, end), 1).unwrap().total.amount;
        let spring = ("2026-03-29T00:00:00+00:00", "2026-03-30T00:00:00+01:00");
        let autumn = ("2026-10-25T00:00:00+01:00", "2026-10-26T00:00:00+00:00");
        for (start, end) in [spring, autumn] {
            assert_eq!(charge(Per::Day, start, end), 2400);
        }
        assert_eq!([spring, autumn].map(|(start, end)| charge(Per::Hour, start, end)), [23 * 2400, 25 * 2400]);
        // A part of a day costs at most a day.
        assert_eq!(charge(Per::Day, "2026-10-25T00:00:00+01:00", "2026-10-25T23:45:00+00:00"), 2400);
        assert_eq!(charge(Per::Day, "2026-10-25T01:30:00+01:00", "2026-10-25T01:30:00+00:00"), 100);
        assert_eq!(charge(Per::Day, "2026-03-22T00:00:00+00:00", "2026-03-29T12:00:00+01:00"), 18_000);
    }

    #[test]
    fn a_price_that_no_amount_can_hold_is_an_error() {
        let (year, most) = (between("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"), *limits::Charge::RANGE.end());
        assert_eq!(price(&tariff(most, Per::Hour, 0), Tz::UTC, year, i32::MAX), Err(PriceOverflow));
        let ages = Interval::new(UtcTime::EARLIEST, UtcTime::LATEST).unwrap();
        assert_eq!(price(&tariff(i64::MAX, Per::Hour, 0), Tz::UTC, ages, i32::MAX), Err(PriceOverflow));
        assert_eq!(price(&tariff(most, Per::Booking, 0), Tz::UTC, year, 9_223_372).unwrap().total.amount, 9_223_372 * most);
        assert_eq!(price(&tariff(most, Per::Booking, 0), Tz::UTC, year, 9_223_373), Err(PriceOverflow));
    }

    proptest! {
        #[test]
        fn the_charge_is_the_whole_number_next_to_the_exact_one_and_the_lines_sum_to_the_total(
            rate in prop_oneof![0..2000_i64, limits::Charge::RANGE], minimum in prop_oneof![Just(0), 0..100_000_i64], window in any_window(600_000),
            quantity in 1..1000, per in proptest::sample::select(Per::ALL),
        ) {
            // The exact charge is the fraction parts / whole.
            let (time, whole) = match per {
                Per::Hour => (window.minutes(), 60_i128),
                Per::Day => (window.minutes(), 1440),
                Per::Booking => (1, 1),
            };
            let parts = i128::from(rate) * i128::from(time) * i128::from(quantity);
            let price = price(&tariff(rate, per, minimum), Tz::UTC, window, quantity).unwrap();
            let charge = i128::from(price.lines[0].amount.amount);
            prop_assert!(2 * (charge * whole - parts) <= whole && 2 * (charge * whole - parts) > -whole);
            prop_assert_eq!(price.total.amount, price.lines.iter().map(|line| line.amount.amount).sum::<i64>());
            prop_assert_eq!(price.total.amount, price.lines[0].amount.amount.max(minimum));
            prop_assert!(price.lines.iter().all(|line| line.amount.currency == price.total.currency));
        }
    }
}
