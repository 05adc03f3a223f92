//! The taxes in a price, and their arithmetic.

use crate::money::Money;
use crate::text_enum::text_enum;

text_enum! {
    /// The way in which a part of a price is taxed.
    pub enum TaxCategory {
        /// VAT is charged.
        Standard = "standard",
        /// VAT is charged with a rate of 0 %.
        Zero = "zero",
        /// The host is exempt from VAT.
        Exempt = "exempt",
        /// The customer accounts for the VAT: host and customer have VAT numbers of different member states of the European Union.
        ReverseCharge = "reverse_charge",
    }
}

/// A part of a price that is taxed alike.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = TaxedPart, example = json!({"category": "standard", "rate": 1900, "net": {"amount": 10_000, "currency": "EUR"}, "tax": {"amount": 1900, "currency": "EUR"}, "exemption_reason": ""}))]
pub struct Tax {
    /// The way in which the part is taxed.
    pub category: TaxCategory,
    /// The rate that is charged, in hundredths of a percent: 1900 is 19 %. 0 in all categories but `standard`.
    pub rate: i64,
    /// The part of the price without VAT.
    pub net: Money,
    /// The VAT.
    pub tax: Money,
    /// The reason of an exemption. Empty in other categories.
    #[serde(default)]
    #[schema(required = true)]
    pub exemption_reason: String,
}

/// Returns a fraction as a whole number, with half rounded up. The divisor is above 0.
const fn half_up(dividend: i128, divisor: i128) -> i128 {
    (2 * dividend + divisor).div_euclid(2 * divisor)
}

/// Returns the VAT on an amount without it, rounded once, with half a minor unit rounded up.
pub fn vat_on(net: i128, rate: i64) -> i128 {
    half_up(net * i128::from(rate), 10_000)
}

/// Returns the VAT in an amount that includes it, rounded once, with half a minor unit rounded up.
pub fn vat_in(gross: i128, rate: i64) -> i128 {
    half_up(gross * i128::from(rate), 10_000 + i128::from(rate))
}

/// Divides an amount in proportion to weights, by the largest remainder: each share is the exact one rounded down or up, and the
/// shares sum to the amount. Of equal remainders the first one is rounded up. None if the weights sum to 0, or if weights with
/// different signs make a share too large.
pub fn shares(amount: i64, weights: &[i64]) -> Option<Vec<i64>> {
    let whole: i128 = weights.iter().copied().map(i128::from).sum();
    // With a positive divisor, so that each share is rounded down first.
    let (sign, divisor) = (whole.signum(), whole.abs());
    if divisor == 0 {
        return None;
    }
    let exact = |weight: &i64| sign * i128::from(amount) * i128::from(*weight);
    let mut shares: Vec<i128> = weights.iter().map(|weight| exact(weight).div_euclid(divisor)).collect();
    let missing = i128::from(amount) - shares.iter().sum::<i128>();
    let mut by_remainder: Vec<(usize, i128)> =
        weights.iter().map(|weight| exact(weight).rem_euclid(divisor)).enumerate().collect();
    by_remainder.sort_by_key(|(_, remainder)| std::cmp::Reverse(*remainder));
    for (at, _) in by_remainder.into_iter().take(usize::try_from(missing).unwrap_or_default()) {
        shares[at] += 1;
    }
    shares.into_iter().map(|share| i64::try_from(share).ok()).collect()
}
