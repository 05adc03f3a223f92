//! The price of a booking, line by line.

use crate::money::Money;
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
        /// The price that was agreed before the host changed the booking.
        AgreedPrice = "agreed_price",
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

/// A line of a price.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PriceLine {
    /// The subject of the line.
    pub description: String,
    /// The amount that the line adds.
    pub amount: Money,
    /// The rule behind the line. Null in bookings that were made before lines had rules.
    #[serde(default)]
    #[schema(required = true)]
    pub rule: Option<PriceRule>,
    /// The name of the band or discount behind the line.
    #[serde(default)]
    #[schema(required = true)]
    pub name: Option<String>,
}

impl Price {
    /// Returns the price after a change that the customer did not request: at most the agreed price. If it would be higher, a
    /// separate line reduces it. Both must be in the same currency.
    #[must_use]
    pub fn at_most(mut self, agreed: Money) -> Self {
        if self.total.amount > agreed.amount {
            let amount = Money { amount: agreed.amount - self.total.amount, ..agreed };
            let description = format!("reduced to the agreed price of {agreed}");
            self.lines.push(PriceLine { description, amount, rule: Some(PriceRule::AgreedPrice), name: None });
            self.total = agreed;
        }
        self
    }
}

/// A price that is too large for an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the price is too large")]
pub struct PriceOverflow;
