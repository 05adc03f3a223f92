//! API keys: with one, a program acts for one organization, within the scopes of the key.

use super::ids::{ApiKeyId, OrganizationId, UserId};
use super::permissions::{Permission, Permissions};
use super::text_enum::text_enum;
use super::time::UtcTime;

/// The first characters of every key, by which people and scanners of source code recognise a key.
pub const PREFIX: &str = "sfk_";

/// The number of characters of a key that are stored and shown.
pub const SHOWN: usize = PREFIX.len() + 6;

/// The largest number of keys of an organization that can be used.
pub const MOST_KEYS: usize = 100;

text_enum! {
    /// A part of the operations, which a key can use or not.
    pub enum Scope {
        /// See bookings, booking groups, series, proposals and waitlist entries.
        BookingsRead = "bookings:read",
        /// Make and change them, as the customer and as the host.
        BookingsWrite = "bookings:write",
        /// See the members of the organization.
        MembersRead = "members:read",
        /// See the ledger, invoices, payments, bank statements, coupons, figures and billing data.
        MoneyRead = "money:read",
        /// Issue invoices, record payments, import bank statements, make coupons, waive fees and return deposits.
        MoneyWrite = "money:write",
        /// See the organization itself.
        OrganizationRead = "organization:read",
        /// Read the audit log.
        AuditRead = "audit:read",
        /// Read the events of the organization: all changes of its bookings and of its money.
        EventsRead = "events:read",
        /// See sites, resources, blocks, availability, slots and quotes, also what is private to the organization.
        ResourcesRead = "resources:read",
        /// Change sites, resources, their rules, prices and links; block them and mark them as out of order.
        ResourcesWrite = "resources:write",
        /// See terms and their acceptances.
        TermsRead = "terms:read",
        /// Publish terms.
        TermsWrite = "terms:write",
        /// See trainings, their seats, and certifications.
        TrainingsRead = "trainings:read",
        /// Change trainings and kinds of certification; cancel seats; grant and revoke certifications.
        TrainingsWrite = "trainings:write",
        /// See webhooks and what was sent to them.
        WebhooksRead = "webhooks:read",
        /// Make, change, test and delete webhooks.
        WebhooksWrite = "webhooks:write",
    }
}

impl Scope {
    /// The permissions that a key with this scope has in its organization. An operation that only reads cannot change anything by
    /// them, and operations that change something need the scope `…:write`.
    pub const fn permissions(self) -> Permissions {
        use Permission::{
            Book, BookForCustomers, ManageBookings, ManageCalendar, ManageCertifications, ManageListings, ManageMoney,
            ManageTerms, ManageTrainings, ManageWebhooks, OverrideRules, ViewAudit, ViewEvents, ViewMoney,
        };
        Permissions::of(match self {
            Self::BookingsRead | Self::BookingsWrite => &[Book, ManageBookings, BookForCustomers, OverrideRules],
            Self::ResourcesRead | Self::ResourcesWrite => &[ManageListings, ManageCalendar],
            Self::MoneyRead | Self::MoneyWrite => &[ViewMoney, ManageMoney],
            Self::TermsRead | Self::TermsWrite => &[ManageTerms],
            Self::TrainingsRead | Self::TrainingsWrite => &[ManageCertifications, ManageTrainings],
            Self::AuditRead => &[ViewAudit],
            Self::EventsRead => &[ViewEvents],
            Self::WebhooksRead | Self::WebhooksWrite => &[ManageWebhooks],
            Self::MembersRead | Self::OrganizationRead => &[],
        })
    }

    /// The nouns that it is about, such as `bookings`.
    pub fn area(self) -> &'static str {
        self.as_str().split(':').next().unwrap_or_default()
    }
}

/// The permissions of a key with these scopes. Every key sees what all members of its organization see, as far as its scopes reach.
pub fn permissions(scopes: &[Scope]) -> Permissions {
    scopes.iter().fold(Permissions::of(&[Permission::View]), |all, scope| all.and(scope.permissions()))
}

/// An API key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identifier.
    pub id: ApiKeyId,
    /// The organization for which it acts.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its scopes.
    pub scopes: Vec<Scope>,
    /// The first [`SHOWN`] characters of the key.
    pub prefix: String,
    /// The owner who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
    /// The instant from which it can no longer be used; none if it does not expire.
    pub expires_at: Option<UtcTime>,
    /// The instant of its latest use, with a precision of a minute.
    pub last_used_at: Option<UtcTime>,
    /// When it was revoked.
    pub revoked_at: Option<UtcTime>,
    /// The user who revoked it.
    pub revoked_by: Option<UserId>,
}

impl ApiKey {
    /// Whether it can be used.
    pub fn is_usable(&self, now: UtcTime) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_permission_belongs_to_one_area_or_is_never_one_of_a_key() {
        for permission in Permission::ALL {
            let with = Scope::ALL.iter().filter(|scope| scope.permissions().contains(permission));
            let areas: BTreeSet<_> = with.map(|scope| scope.area()).collect();
            let of_people = [Permission::ManageMembers, Permission::ManageOrganization, Permission::ManageApiKeys];
            let expected = usize::from(permission != Permission::View && !of_people.contains(&permission));
            assert_eq!(areas.len(), expected, "{permission:?} {areas:?}");
        }
    }

    #[test]
    fn a_key_has_the_permissions_of_its_scopes_and_sees_what_members_see() {
        let of = permissions(&[Scope::MoneyRead, Scope::TermsWrite]);
        let found: Vec<_> = Permission::ALL.into_iter().filter(|permission| of.contains(*permission)).collect();
        use Permission::{ManageMoney, ManageTerms, View, ViewMoney};
        assert_eq!(found, [View, ManageTerms, ViewMoney, ManageMoney]);
    }
}
