//! Packages: credit or hours that a host offers for a price. Customers buy them, and they pay for their bookings.

use serde::{Deserialize, Serialize};

use super::ids::{OrganizationId, PackageId, ResourceId, UserId};
use super::money::{Currency, Money};
use super::resource_kind::ResourceKind;
use super::time::UtcTime;

/// The resources on which the hours of a package can be used: those of either list; without a list all of the host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursFor {
    /// These resources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_ids: Option<Vec<ResourceId>>,
    /// The resources of these kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<ResourceKind>>,
    /// The rate of VAT at which the hours are sold, in hundredths of a percent; none: that of the host. Only resources whose tariff names the
    /// same rate, or none, can be used: so the rate is known at the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_rate: Option<i64>,
}

impl HoursFor {
    /// Whether the hours can be used on a resource, of which the tariff names this rate of VAT.
    pub fn is_for(&self, resource: ResourceId, kind: ResourceKind, vat_rate: Option<i64>) -> bool {
        let is_listed = match (&self.resource_ids, &self.kinds) {
            (None, None) => true,
            (ids, kinds) => {
                ids.as_ref().is_some_and(|ids| ids.contains(&resource))
                    || kinds.as_ref().is_some_and(|kinds| kinds.contains(&kind))
            }
        };
        is_listed && self.vat_rate == vat_rate
    }
}

/// A package to be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPackage {
    /// The name that customers see, also on the invoice.
    pub name: String,
    /// The price, in minor units, larger than zero.
    pub price: i64,
    /// The credit, in minor units, at least the price; of a package of hours the minutes.
    pub credit: i64,
    /// The currency.
    pub currency: Currency,
    /// The days from the sale after which the credit expires.
    pub valid_days: i64,
    /// The resources of a package of hours; none: it has credit.
    pub hours: Option<HoursFor>,
}

/// A package that a host offers, or has offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its identifier.
    pub id: PackageId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The package as it was made.
    pub made: NewPackage,
    /// When it was withdrawn; none while customers can buy it.
    pub withdrawn_at: Option<UtcTime>,
    /// The user who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

impl NewPackage {
    /// The price.
    pub const fn price(&self) -> Money {
        Money { amount: self.price, currency: self.currency }
    }

    /// The credit; zero of a package of hours.
    pub const fn credit(&self) -> Money {
        Money { amount: if self.hours.is_some() { 0 } else { self.credit }, currency: self.currency }
    }

    /// The minutes of a package of hours.
    pub fn minutes(&self) -> Option<i64> {
        self.hours.as_ref().map(|_| self.credit)
    }
}
