//! Hours that are sold, and that a booking uses.
//!
//! Hours are a single-purpose voucher: the resources and their rate of VAT are known at the sale, so that the VAT is due with the sale. A
//! booking that uses hours is cheaper by the price of the time, with its VAT; the share of the price of the hours becomes an income.

use serde::{Deserialize, Serialize};

use crate::package::HoursFor;
use crate::pricing::TaxCategory;

/// The hours of a sale.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldHours {
    /// The resources on which they can be used.
    #[serde(flatten)]
    pub usable: HoursFor,
    /// The VAT of the sale; none if the host charges none or gave the hours for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<SoldTax>,
}

/// The VAT of a sale of hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldTax {
    /// The category.
    pub category: TaxCategory,
    /// The rate, in hundredths of a percent.
    pub rate: i64,
    /// The VAT, in minor units.
    pub amount: i64,
    /// The reason of an exemption; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exemption_reason: String,
}

/// The hours of one sale that a booking uses, and the price of the time that they cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursUse {
    /// The minutes, of one unit of quantity.
    pub minutes: i64,
    /// The share of the price of the hours, without VAT.
    pub paid: i64,
    /// The price of the time without VAT.
    pub net: i64,
    /// The VAT on the price of the time.
    pub tax: i64,
    /// The category and rate of that VAT; none if the booking has none.
    pub taxed: Option<(TaxCategory, i64)>,
}
