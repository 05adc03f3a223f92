//! The customers that may book, and the facts about a customer that the rules need.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operators::BusyTime;
use crate::fields::{InvalidFields, Members};
use crate::ids::OrganizationId;
use crate::limits;
use crate::organization::OrganizationKind;
use crate::said::{Said, said};
use crate::slot::Slot;

const _: () = assert!(*limits::CustomerKinds::RANGE.end() == OrganizationKind::ALL.len(), "each kind can be listed once");

/// The customers that can book: the listed organizations and all organizations of the listed kinds. Without both lists, every
/// organization. The host itself can always book.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"organizations": null, "kinds": ["startup", "makerspace"]}))]
pub struct BookableBy {
    /// These organizations. Only members of the host see the list; other users see an empty list instead. Default: no list.
    #[schema(value_type = Option<limits::Customers<OrganizationId>>)]
    pub organizations: Option<Vec<OrganizationId>>,
    /// Organizations of these kinds. Default: no list.
    #[schema(value_type = Option<limits::CustomerKinds<OrganizationKind>>)]
    pub kinds: Option<Vec<OrganizationKind>>,
}

impl BookableBy {
    /// Reads the value from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        let organizations: Option<Vec<OrganizationId>> = members.optional("organizations").flatten();
        let kinds: Option<Vec<OrganizationKind>> = members.optional("kinds").flatten();
        let mut fields = members.close();
        if let Some(organizations) = &organizations {
            fields.list("/organizations", organizations, limits::Customers::RANGE, said!("organizations"));
        }
        if let Some(kinds) = &kinds {
            fields.list("/kinds", kinds, limits::CustomerKinds::RANGE, said!("kinds, each at most once"));
        }
        fields.finish(|| Some(Self { organizations, kinds }))
    }

    pub(super) fn admits(&self, customer: &Customer) -> bool {
        let Self { organizations, kinds } = self;
        customer.is_host
            || organizations.is_none() && kinds.is_none()
            || organizations.as_ref().is_some_and(|organizations| organizations.contains(&customer.organization_id))
            || kinds.as_ref().zip(customer.kind).is_some_and(|(kinds, kind)| kinds.contains(&kind))
    }

    /// Returns the value as users outside the host may see it.
    #[must_use]
    pub fn without_names(self) -> Self {
        Self { organizations: self.organizations.map(|_| Vec::new()), ..self }
    }

    pub(super) fn in_words(&self) -> Said {
        let kinds = self.kinds.iter().flatten().map(|kind| said!("organizations of kind {kind}", kind));
        let listed = self.organizations.iter().map(|_| said!("organizations that the host has selected"));
        kinds.chain(listed).reduce(|one, other| said!("{one} and {other}", one, other)).unwrap_or_else(|| said!("nobody"))
    }
}

/// The facts about a customer that the rules need: see [`super::BookingRules::asks_for_kind`], [`super::BookingRules::near`] and
/// [`super::BookingRules::near_shared`].
#[derive(Debug, Clone)]
pub struct Customer {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its kind, if the rules need it.
    pub kind: Option<OrganizationKind>,
    /// True: the customer is the host itself.
    pub is_host: bool,
    /// The organization's bookings of the resource.
    pub of_organization: QuotaUsage,
    /// The user's bookings of the resource, for all organizations.
    pub of_user: QuotaUsage,
    /// The times near the slot in which the operator operates other machines of the host, if the rules forbid it.
    pub operator_busy: Vec<BusyTime>,
}

/// The existing bookings that count against the limits, as far as the rules need them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuotaUsage {
    /// The number of bookings that are not over.
    pub active: i64,
    /// The active or used bookings near the slot.
    pub near: Vec<Slot>,
    /// The same of all resources that share a quota, by the name of the quota.
    pub shared: BTreeMap<String, Vec<Slot>>,
}
