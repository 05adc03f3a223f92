//! The basis of a price: the terms that a booking keeps.

use super::vat::VatTerms;
use crate::coupon::CouponTerms;
use crate::limits;

/// An extra of the tariff that is booked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Machine setter", "quantity": 1}))]
pub struct BookedExtra {
    /// The name of the extra in the tariff.
    #[schema(value_type = limits::RateName)]
    pub name: String,
    /// The quantity of the extra.
    #[serde(default = "one")]
    #[schema(value_type = limits::ExtraQuantity, default = 1, required = false)]
    pub quantity: i32,
}

const fn one() -> i32 {
    1
}

/// The terms, beside its tariff, by which a booking is priced again when it moves: those under which it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PriceBasis {
    /// The terms on which it is taxed; none if the host charged no VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<VatTerms>,
    /// The extras that are booked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<BookedExtra>,
    /// The deposit, in minor units; zero for none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deposit: i64,
    /// The minutes that the host donates, of one unit of quantity. Computed anew when the booking moves.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub donated_minutes: i64,
    /// The coupon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponTerms>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

impl PriceBasis {
    /// Whether these extras are those of the basis, in any order.
    pub fn has_extras(&self, extras: &[BookedExtra]) -> bool {
        let sorted = |extras: &[BookedExtra]| {
            let mut extras = extras.to_vec();
            extras.sort_unstable();
            extras
        };
        sorted(&self.extras) == sorted(extras)
    }
}
