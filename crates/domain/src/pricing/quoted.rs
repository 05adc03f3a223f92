//! Quoted prices: the facts by which a booking gets the price of a quote.

use super::basis::PriceBasis;
use super::buyer::Buyer;
use crate::ids::{OrganizationId, ResourceId, TariffId};
use crate::slot::Slot;
use crate::time::UtcTime;

/// A price that was quoted for a slot of a resource to a customer.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QuotedPrice {
    /// The resource.
    pub resource_id: ResourceId,
    /// The slot.
    pub slot: Slot,
    /// The version of the tariff by which the price was computed.
    pub tariff_id: TariffId,
    /// The customer, and the instant of the quote.
    pub buyer: Buyer,
    /// The instant from which the quote is no longer valid.
    pub expires_at: UtcTime,
    /// The terms that the booking keeps.
    #[serde(default)]
    pub basis: PriceBasis,
}

impl QuotedPrice {
    /// Whether the quote is for this slot of this resource and this customer.
    pub fn is_for(&self, resource_id: ResourceId, slot: Slot, customer: OrganizationId) -> bool {
        let quoted_to = self.buyer.customer.map(|(id, _)| id);
        (self.resource_id, self.slot, quoted_to) == (resource_id, slot, Some(customer))
    }
}
