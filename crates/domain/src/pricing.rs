//! The price of a booking.
//!
//! The rounding rule: time is charged by the minute, and the price is rounded once, with half a minor unit rounded up. The amount of a
//! line is the difference between the rounded sums with and without it, so that the lines add up to the total. Each extra is rounded on
//! its own, and VAT once for each rate.

mod added;
mod band;
mod basis;
mod breakdown;
mod buyer;
mod cheapest;
mod discount;
mod donation;
mod extra;
#[cfg(test)]
mod extra_tests;
mod lines;
mod numbers;
mod quoted;
mod tariff;
mod tax;
#[cfg(test)]
mod tests;
mod time;
mod vat;
#[cfg(test)]
mod vat_tests;

use chrono_tz::Tz;

use super::slot::Slot;

pub use band::Band;
pub use basis::{BookedExtra, PriceBasis};
pub use breakdown::{NoPrice, Price, PriceLine, PriceOverflow, PriceRule};
pub use buyer::Buyer;
pub use discount::{Discount, VolumeDiscount};
pub use donation::Donation;
pub use extra::{Extra, ExtraPer};
pub use numbers::{LineNumbers, LinePer, LineStep};
pub use quoted::QuotedPrice;
pub use tariff::{Per, Tariff};
pub use tax::{Tax, TaxCategory, shares, vat_in, vat_on};
pub use time::{TaxedPrice, TimePrice};
pub use vat::{HostVat, VatSettings, VatTerms};

use buyer::Moment;
use cheapest::Charges;
use lines::Lines;

/// Returns the price of a slot. When the clocks change, hours are counted by the time that passes, and days by the clock at the site:
/// each local day is one day, an hour that the clock shows twice is charged once, and an hour that it skips is charged.
///
/// # Errors
/// When the price is too large for an amount, or the tariff does not have the extras.
pub fn price(tariff: &Tariff, timezone: Tz, slot: Slot, buyer: Buyer, basis: &PriceBasis) -> Result<Price, NoPrice> {
    let extras = Extra::choose(&tariff.extras, &basis.extras)?;
    let charges = Charges { tariff, timezone, buyer };
    let mut lines = Lines::new(tariff, slot.quantity);
    match tariff.per {
        Per::Booking => lines.charge_booking(Discount::best(&tariff.discounts, buyer, Moment::OfTime(slot.interval.starts_at()))),
        Per::Hour | Per::Day => lines.charge_time(&charges.cheapest(slot.interval)),
    }
    lines.reduce_by_volume();
    lines.add_setup_fee();
    lines.raise_to_minimum();
    lines.donate(basis.donated_minutes, slot.unit_minutes());
    lines.redeem(basis.coupon.as_ref());
    let price = lines.finish()?.with_extras(charges, slot, extras)?;
    Ok(match &basis.vat {
        None => price.without_rates(),
        Some(terms) => price.at_rates(terms, tariff.vat_rate).taxed(terms)?,
    })
}
