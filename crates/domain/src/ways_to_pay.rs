//! The ways to pay that a host offers, for each kind of customer.

use serde::{Deserialize, Serialize};

use super::card_payment::WayToPay;
use super::fields::{Fields, InvalidFields};
use super::limits;
use super::organization::OrganizationKind;
use crate::said::said;

/// The ways in which customers of a kind can pay a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "startup", "ways": ["card", "prepaid"]}))]
pub struct WaysOfKind {
    /// The kind of organization.
    pub kind: OrganizationKind,
    /// The ways. Without `invoice` a booking must be paid before it is confirmed, by card or with prepaid credit.
    pub ways: Vec<WayToPay>,
}

/// The ways to pay that a host offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaysToPay {
    /// The ways of the kinds that are not listed.
    pub all: Vec<WayToPay>,
    /// The ways of some kinds, each kind once.
    pub by_kind: Vec<WaysOfKind>,
}

impl Default for WaysToPay {
    fn default() -> Self {
        Self { all: vec![WayToPay::Invoice], by_kind: Vec::new() }
    }
}

impl WaysToPay {
    /// Returns the ways that are listed for a kind.
    fn listed(&self, kind: OrganizationKind) -> Option<&[WayToPay]> {
        self.by_kind.iter().find(|of| of.kind == kind).map(|of| of.ways.as_slice())
    }

    /// Returns the ways in which a customer of a kind, or of one that is not known, can pay.
    pub fn of(&self, kind: Option<OrganizationKind>) -> &[WayToPay] {
        kind.and_then(|kind| self.listed(kind)).unwrap_or(&self.all)
    }

    /// Returns the ways of a kind if the list of the kind has no invoices, so that bookings are paid before they are confirmed. The list
    /// for all kinds demands no payment.
    pub fn before(&self, kind: OrganizationKind) -> Option<&[WayToPay]> {
        self.listed(kind).filter(|ways| !ways.contains(&WayToPay::Invoice))
    }

    /// Returns the ways of every kind.
    pub fn of_each_kind(&self) -> Vec<WaysOfKind> {
        let of = |kind: &OrganizationKind| WaysOfKind { kind: *kind, ways: self.of(Some(*kind)).to_vec() };
        OrganizationKind::ALL.iter().map(of).collect()
    }
}

impl WaysOfKind {
    /// Returns validated ways, in the order of the kinds.
    ///
    /// # Errors
    /// All items that are invalid.
    pub fn read_all(items: &[Self]) -> Result<Vec<Self>, InvalidFields> {
        let mut fields = Fields::default();
        fields.list("", items, limits::CustomerKinds::<()>::RANGE, said!("kinds"));
        let mut read: Vec<Self> = Vec::new();
        for (at, Self { kind, ways }) in items.iter().enumerate() {
            if read.iter().any(|known| known.kind == *kind) {
                fields.refuse(format!("/{at}/kind"), "invalid", said!("is in the list twice"));
            }
            let mut ways = ways.clone();
            ways.sort_unstable();
            ways.dedup();
            if ways.is_empty() {
                fields.refuse(format!("/{at}/ways"), "required", said!("must have at least one way to pay"));
            }
            read.push(Self { kind: *kind, ways });
        }
        read.sort_by_key(|of| of.kind);
        fields.finish(|| Some(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_list_of_a_kind_without_invoices_demands_payment_first() {
        let startup = WaysOfKind { kind: OrganizationKind::Startup, ways: vec![WayToPay::Card, WayToPay::Prepaid] };
        let firm = WaysOfKind { kind: OrganizationKind::Firm, ways: vec![WayToPay::Invoice] };
        let ways = WaysToPay { all: vec![WayToPay::Card], by_kind: vec![startup.clone(), firm] };
        assert_eq!(ways.of(Some(OrganizationKind::Startup)), startup.ways);
        assert_eq!((ways.of(Some(OrganizationKind::Makerspace)), ways.of(None)), (&[WayToPay::Card][..], &[WayToPay::Card][..]));
        assert_eq!(ways.before(OrganizationKind::Startup), Some(&startup.ways[..]));
        assert_eq!((ways.before(OrganizationKind::Firm), ways.before(OrganizationKind::Makerspace)), (None, None));
        assert_eq!(ways.of_each_kind().len(), OrganizationKind::ALL.len());
    }
}
