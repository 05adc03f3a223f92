//! The numbers in the description of a line of a price, and the description that is made of them.

use crate::money::Money;
use crate::said::{Said, said};
use crate::text_enum::text_enum;

text_enum! {
    /// The unit of the price in a line.
    pub enum LinePer {
        /// A booking.
        Booking = "booking",
        /// A unit of the quantity of the resource.
        Unit = "unit",
        /// An hour.
        Hour = "hour",
        /// A local day.
        Day = "day",
        /// Seven local days.
        Week = "week",
        /// A month.
        Month = "month",
    }
}

/// The numbers in the description of a line, with which a client can write it in another language. A number is present if the description
/// has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LineNumbers {
    /// The quantity of the resource or of the extra.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub quantity: Option<i32>,
    /// The minutes that the line charges, or that the host donates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub minutes: Option<i64>,
    /// All minutes, of which the host donates some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub of_minutes: Option<i64>,
    /// The number of whole days, weeks or months; for an extra per unit, the quantity of the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub count: Option<i64>,
    /// The price of one unit of `per`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unit_price: Option<Money>,
    /// The unit of `unit_price`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub per: Option<LinePer>,
    /// The percentage by which a discount or a coupon reduces `base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub percent: Option<i64>,
    /// The amount that a percentage reduces, the amount that a coupon takes off, the minimum charge, or the agreed price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub base: Option<Money>,
    /// The discounts on a large price.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub steps: Vec<LineStep>,
}

/// A discount on the part of a price above an amount.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LineStep {
    /// The amount.
    pub over: Money,
    /// The percentage.
    pub percent: i64,
}

/// Says a length of time: `1 d 2 h 30 min`.
pub(super) fn time(minutes: i64) -> Said {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let days = (days > 0).then(|| said!("{n} d", n = days));
    let hours = (hours > 0).then(|| said!("{n} h", n = hours));
    let rest = (rest > 0).then(|| said!("{n} min", n = rest));
    [days, hours, rest].into_iter().flatten().reduce(Said::then).unwrap_or_else(|| said!("{n} min", n = 0))
}

impl LineNumbers {
    /// Returns whether the description has no number.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Says a quantity with its price.
    pub(super) fn charge(&self) -> Option<Said> {
        let (quantity, price) = (self.quantity?, self.unit_price?);
        Some(match (self.per?, self.minutes.map(time), self.count) {
            (LinePer::Booking, ..) => said!("{quantity} at {price} per booking", quantity, price),
            (LinePer::Unit, _, Some(units)) => said!("{quantity} × {units} at {price} per unit", quantity, units, price),
            (LinePer::Hour, Some(time), _) => said!("{quantity} × {time} at {price} per hour", quantity, time, price),
            (LinePer::Day, Some(time), _) => said!("{quantity} × {time} at {price} per day", quantity, time, price),
            (LinePer::Day, None, Some(1)) => said!("{quantity} × 1 day at {price} per day", quantity, price),
            (LinePer::Day, None, Some(count)) => said!("{quantity} × {count} days at {price} per day", quantity, count, price),
            (LinePer::Week, _, Some(1)) => said!("{quantity} × 1 week at {price} per week", quantity, price),
            (LinePer::Week, _, Some(count)) => said!("{quantity} × {count} weeks at {price} per week", quantity, count, price),
            (LinePer::Month, _, Some(1)) => said!("{quantity} × 1 month at {price} per month", quantity, price),
            (LinePer::Month, _, Some(count)) => said!("{quantity} × {count} months at {price} per month", quantity, count, price),
            _ => return None,
        })
    }

    /// Says by how much something reduces the price.
    pub(super) fn reduction(&self) -> Option<Said> {
        let base = self.base?;
        Some(match self.percent {
            Some(percent) => said!("{percent} % off {base}", percent, base),
            None => said!("{base} off", base),
        })
    }
}
