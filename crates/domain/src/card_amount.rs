//! Amounts as the provider of payments by card (Stripe) writes them: in minor units that differ from those of ISO 4217 for
//! some currencies.

use super::money::{Currency, Money};
use crate::said::{said, says};

/// An amount that cannot be paid by card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpayable {
    /// Stripe takes no payments in the currency, or does not document its minor unit unambiguously.
    Currency(Currency),
    /// Stripe takes amounts of the currency in larger steps.
    Step(Currency, i64),
    /// The amount is too large.
    TooLarge,
}

says!(Unpayable: |error| match error {
    Unpayable::Currency(currency) => said!("no payments by card are possible in {currency}", currency),
    Unpayable::Step(currency, step) => said!("an amount in {currency} that is paid by card must be a multiple of {step} minor units", currency, step),
    Unpayable::TooLarge => said!("the amount is too large for a payment by card"),
});

/// How an amount of a currency is written: the number by which it is multiplied, and the minor units that divide it.
fn scale(currency: Currency) -> Option<(i64, i64)> {
    Some(match currency.as_str() {
        // No decimals in ISO 4217; Stripe kept two, which must be 00.
        "ISK" => (100, 1),
        // Two decimals in ISO 4217, none at Stripe.
        "MGA" => (1, 100),
        // Three decimals, of which the last must be 0.
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => (1, 10),
        "IQD" | "LYD" | "UGX" | "KPW" | "IRR" | "SYP" | "CUP" | "SDG" => return None,
        _ => (1, 1),
    })
}

/// Returns an amount in the units of Stripe.
///
/// # Errors
/// When the amount cannot be paid by card.
pub fn to_units(amount: Money) -> Result<i64, Unpayable> {
    let (times, step) = scale(amount.currency).ok_or(Unpayable::Currency(amount.currency))?;
    if amount.amount % step != 0 {
        return Err(Unpayable::Step(amount.currency, step));
    }
    // Of MGA, whole units are counted.
    let divided = if amount.currency.as_str() == "MGA" { amount.amount / step } else { amount.amount };
    divided.checked_mul(times).ok_or(Unpayable::TooLarge)
}

/// Returns the largest amount of at most this size that can be paid by card.
pub fn round_down(amount: Money) -> Money {
    let step = scale(amount.currency).map_or(1, |(_, step)| step);
    Money { amount: amount.amount - amount.amount % step, ..amount }
}

/// Returns the amount of units of Stripe; none if the currency is not known or the units are no whole minor units.
pub fn from_units(units: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.to_ascii_uppercase().parse().ok()?;
    let (times, step) = scale(currency)?;
    let multiplied = if currency.as_str() == "MGA" { units.checked_mul(step)? } else { units };
    (multiplied % times == 0).then_some(Money { amount: multiplied / times, currency })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: i64, currency: &str) -> Money {
        Money { amount, currency: currency.parse().unwrap() }
    }

    #[test]
    fn amounts_are_in_the_units_of_stripe() {
        for (amount, units) in [
            (money(1250, "GBP"), 1250),
            (money(500, "JPY"), 500),
            (money(5, "ISK"), 500),
            (money(5120, "KWD"), 5120),
            (money(1000, "MGA"), 10),
            (money(1045, "HUF"), 1045),
        ] {
            assert_eq!(to_units(amount), Ok(units), "{amount}");
            assert_eq!(from_units(units, &amount.currency.as_str().to_lowercase()), Some(amount));
        }
    }

    #[test]
    fn amounts_that_stripe_has_no_form_for_are_refused() {
        let kwd = money(5124, "KWD");
        assert_eq!(to_units(kwd), Err(Unpayable::Step(kwd.currency, 10)));
        assert_eq!(round_down(kwd), money(5120, "KWD"));
        assert_eq!(to_units(money(150, "MGA")), Err(Unpayable::Step("MGA".parse().unwrap(), 100)));
        let ugx = money(5, "UGX");
        assert_eq!(to_units(ugx), Err(Unpayable::Currency(ugx.currency)));
        assert_eq!(to_units(money(i64::MAX, "ISK")), Err(Unpayable::TooLarge));
        assert_eq!((from_units(550, "isk"), from_units(5, "xxx")), (None, None));
    }
}
