//! What a booking costs.
//!
//! The one rounding rule: time is charged to the minute, and the charge is rounded once, at the end,
//! half of a minor unit upwards.

use serde_json::Value;

use super::fields::{InvalidFields, Members};
use super::interval::Interval;
use super::money::{Currency, Money};
use super::text_enum::text_enum;

/// The most that a rate or a minimum charge may be, in minor units.
const MOST: i64 = 1_000_000_000_000;

text_enum! {
    /// What a rate is charged for, beside each unit of quantity.
    pub enum Per {
        /// For every 60 minutes.
        Hour = "hour",
        /// For every 1,440 minutes.
        Day = "day",
        /// Once, however long it takes.
        Booking = "booking",
    }
}

/// How a resource is priced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"currency": "GBP", "rate": 1250, "per": "hour", "minimum_charge": 2000}))]
pub struct Tariff {
    /// What it is paid in.
    pub currency: Currency,
    /// Minor units for each unit of quantity and each hour, day or booking.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub rate: i64,
    /// What the rate is charged for.
    pub per: Per,
    /// The least that a booking costs, in minor units.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub minimum_charge: i64,
}

impl Tariff {
    /// Reads a tariff as it is written.
    ///
    /// # Errors
    /// With everything that is wrong with it.
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
        let rate = rate.and_then(|rate| fields.number("/rate", rate, 0..=MOST));
        let minimum_charge = fields.number("/minimum_charge", minimum_charge.unwrap_or_default(), 0..=MOST);
        fields.finish(|| Some(Self { currency: currency?, rate: rate?, per: per?, minimum_charge: minimum_charge? }))
    }
}

/// The price of a booking.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Price {
    /// What is to be paid: the sum of the lines.
    pub total: Money,
    /// How it comes about.
    pub lines: Vec<PriceLine>,
}

/// A part of a price.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PriceLine {
    /// What it is for.
    pub description: String,
    /// How much it adds.
    pub amount: Money,
}

/// A price that no amount can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the price is too large")]
pub struct PriceOverflow;

/// The price of a quantity of a resource for a span of time: the minutes that really pass, whatever
/// the clocks on the wall do meanwhile.
///
/// # Errors
/// When the price is too large to be written.
pub fn price(tariff: &Tariff, interval: Interval, quantity: i32) -> Result<Price, PriceOverflow> {
    let minutes = interval.minutes();
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
        let description = format!("to the minimum charge of {}", money(tariff.minimum_charge));
        lines.push(PriceLine { description, amount: money(tariff.minimum_charge - charge) });
    }
    Ok(Price { total: money(charge.max(tariff.minimum_charge)), lines })
}

/// A length of time for people to read: `1 d 2 h 30 min`.
fn written(minutes: i64) -> String {
    let parts = [(minutes / 1440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if parts.is_empty() { "0 min".to_owned() } else { parts.join(" ") }
}
