//! The price of a booking, line by line.

use super::tax::Tax;
use crate::fields::InvalidFields;
use crate::money::Money;
use crate::said::{said, says};
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
    /// The name of the band, discount or extra behind the line.
    #[serde(default)]
    #[schema(required = true)]
    pub name: Option<String>,
    /// The rate of VAT that applies to the line, in hundredths of a percent; with reverse charge, the rate that is not charged. Only
    /// present if the host charges VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub vat_rate: Option<i64>,
}

impl PriceLine {
    /// Creates a line of which only the subject and the amount are known.
    pub const fn new(description: String, amount: Money) -> Self {
        Self { description, amount, rule: None, name: None, vat_rate: None }
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
