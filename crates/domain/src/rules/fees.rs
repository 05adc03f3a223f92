//! The fees that a booking can owe beside its price, or in place of it.

use serde_json::Value;

use crate::fields::{InvalidFields, Members};
use crate::limits;
use crate::money::Money;
use crate::time::UtcTime;

/// A fee for a cancellation by the customer shortly before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"less_than_minutes": 1440, "percent": 50}))]
pub struct CancellationFee {
    /// The fee is due for a cancellation less than this many minutes before the start.
    #[schema(value_type = limits::FeeMinutes)]
    pub less_than_minutes: i64,
    /// The fee in percent of the price.
    #[schema(value_type = limits::Percent)]
    pub percent: i64,
}

impl CancellationFee {
    /// Reads a fee from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        for name in ["less_than_minutes", "percent"] {
            members.require(name);
        }
        let [less_than_minutes, percent]: [Option<i64>; 2] = ["less_than_minutes", "percent"].map(|name| members.optional(name));
        let mut fields = members.close();
        let less_than_minutes =
            less_than_minutes.and_then(|minutes| fields.number("/less_than_minutes", minutes, limits::FeeMinutes::RANGE));
        let percent = percent.and_then(|percent| fields.number("/percent", percent, limits::Percent::RANGE));
        fields.finish(|| Some(Self { less_than_minutes: less_than_minutes?, percent: percent? }))
    }
}

/// A fee for a cancellation from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FeeAfter {
    /// The fee is due for a cancellation after this instant.
    pub after: UtcTime,
    /// The fee.
    pub fee: Money,
}

/// Returns a share of an amount, with half a minor unit rounded up.
pub fn percent_of(price: Money, percent: i64) -> Money {
    let share = (i128::from(price.amount) * i128::from(percent) + 50).div_euclid(100);
    Money { amount: i64::try_from(share).unwrap_or(i64::MAX), ..price }
}
