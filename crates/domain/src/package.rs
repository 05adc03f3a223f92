//! Packages: credit that a host offers for a price. Customers buy it, and it pays for their bookings.

use super::ids::{OrganizationId, PackageId, UserId};
use super::money::{Currency, Money};
use super::time::UtcTime;

/// A package to be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPackage {
    /// The name that customers see, also on the invoice.
    pub name: String,
    /// The price, in minor units, larger than zero.
    pub price: i64,
    /// The credit, in minor units, at least the price.
    pub credit: i64,
    /// The currency of both.
    pub currency: Currency,
    /// The days from the sale after which the credit expires.
    pub valid_days: i64,
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

    /// The credit.
    pub const fn credit(&self) -> Money {
        Money { amount: self.credit, currency: self.currency }
    }
}
