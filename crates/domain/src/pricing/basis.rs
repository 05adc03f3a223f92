//! The basis of a price: the terms that a booking keeps.

use super::vat::VatTerms;

/// The terms, beside its tariff, by which a booking is priced again when it moves: those under which it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PriceBasis {
    /// The terms on which it is taxed; none if the host charged no VAT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<VatTerms>,
}
