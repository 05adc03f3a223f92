//! The lines of the extras of a booking.

use super::breakdown::{Price, PriceLine, PriceOverflow, PriceRule};
use super::cheapest::{Charges, PARTS};
use super::extra::{Extra, ExtraPer};
use super::lines::rounded;
use super::numbers::{LineNumbers, LinePer};
use crate::money::Money;
use crate::slot::Slot;

/// Returns the line of an extra of a booking. Its amount is rounded once, with half a minor unit rounded up.
fn line(charges: Charges<'_>, slot: Slot, (extra, quantity): (&Extra, i32)) -> Result<PriceLine, PriceOverflow> {
    let Extra { name, price, per, .. } = extra;
    let (units, minutes) = (i64::from(slot.quantity), slot.interval.minutes());
    let (count, a_part, per, shown) = match per {
        ExtraPer::Booking => (1, PARTS, LinePer::Booking, (None, None)),
        ExtraPer::Unit => (units, PARTS, LinePer::Unit, (Some(units), None)),
        ExtraPer::Hour => (minutes, PARTS / 60, LinePer::Hour, (None, Some(minutes))),
        ExtraPer::Day => {
            let minutes = charges.shown_minutes(slot.interval);
            (minutes, PARTS / 1440, LinePer::Day, (None, Some(minutes)))
        }
    };
    let of_one = i128::from(*price).saturating_mul(count.into()).saturating_mul(a_part);
    let amount = rounded(of_one.saturating_mul(quantity.into())).ok_or(PriceOverflow)?;
    let money = |amount| Money { amount, currency: charges.tariff.currency };
    let (count, minutes) = shown;
    let unit_price = Some(money(*price));
    let numbers = LineNumbers { quantity: Some(quantity), count, minutes, unit_price, per: Some(per), ..LineNumbers::default() };
    let vat_rate = extra.vat_rate.or(charges.tariff.vat_rate);
    Ok(PriceLine { vat_rate, ..PriceLine::new(PriceRule::Extra, Some(name.clone()), numbers, money(amount)) })
}

impl Price {
    /// Returns the price with extras, which discounts and the minimum charge do not touch.
    pub(super) fn with_extras(
        mut self,
        charges: Charges<'_>,
        slot: Slot,
        chosen: Vec<(&Extra, i32)>,
    ) -> Result<Self, PriceOverflow> {
        for extra in chosen {
            let line = line(charges, slot, extra)?;
            self.total = self.total.checked_add(line.amount).ok_or(PriceOverflow)?;
            self.lines.push(line);
        }
        Ok(self)
    }
}
