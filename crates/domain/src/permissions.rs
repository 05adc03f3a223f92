//! The permissions of the members of an organization.

use super::text_enum::text_enum;

text_enum! {
    /// The role of a member in an organization.
    pub enum Role {
        /// May do everything, including changes to the members and the organization itself.
        Owner = "owner",
        /// Manages listings, calendars, bookings, prices and trainings; may also book.
        Manager = "manager",
        /// Books and pays in the organization's name.
        Booker = "booker",
    }
}

/// One capability in an organization, which a role includes or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See what only members see: the members, private listings, blocks and their reasons.
    View,
    /// Book in the organization's name, and act on its bookings and waitlist entries as their customer.
    Book,
    /// Create and change sites, resources, their links, rules and prices.
    ManageListings,
    /// Block resources and mark them as out of order.
    ManageCalendar,
    /// See the bookings of others at the organization's resources, and approve, decline, cancel, move and check them in.
    ManageBookings,
    /// Make an offer to a customer: a booking in the customer's name, for the customer to confirm.
    BookForCustomers,
    /// Let a booking break a rule of a resource, with a reason.
    OverrideRules,
    /// Create kinds of certifications; grant and revoke certifications.
    ManageCertifications,
    /// Create, change and cancel trainings; see, cancel and attend to their seats.
    ManageTrainings,
    /// Publish terms and see their acceptances.
    ManageTerms,
    /// See what customers owe the organization, what it owes to hosts, and its income.
    ViewMoney,
    /// Record payments and waive fees.
    ManageMoney,
    /// Read the audit trail.
    ViewAudit,
    /// Read the events of the organization: all changes of its bookings and of its money.
    ViewEvents,
    /// Add and remove members and change their roles.
    ManageMembers,
    /// Change the organization itself.
    ManageOrganization,
    /// Make, see and revoke API keys.
    ManageApiKeys,
    /// Make, see, change and delete webhooks, and see what was sent to them.
    ManageWebhooks,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 18] = [
        Self::View,
        Self::Book,
        Self::ManageListings,
        Self::ManageCalendar,
        Self::ManageBookings,
        Self::BookForCustomers,
        Self::OverrideRules,
        Self::ManageCertifications,
        Self::ManageTrainings,
        Self::ManageTerms,
        Self::ViewMoney,
        Self::ManageMoney,
        Self::ViewAudit,
        Self::ViewEvents,
        Self::ManageMembers,
        Self::ManageOrganization,
        Self::ManageApiKeys,
        Self::ManageWebhooks,
    ];

    /// The lowest role that has the permission.
    pub const fn lowest_role(self) -> Role {
        match self {
            Self::View | Self::Book => Role::Booker,
            Self::ManageListings
            | Self::ManageCalendar
            | Self::ManageBookings
            | Self::BookForCustomers
            | Self::OverrideRules
            | Self::ManageCertifications
            | Self::ManageTrainings
            | Self::ManageTerms
            | Self::ViewMoney
            | Self::ManageMoney
            | Self::ViewAudit
            | Self::ViewEvents => Role::Manager,
            Self::ManageMembers | Self::ManageOrganization | Self::ManageApiKeys | Self::ManageWebhooks => Role::Owner,
        }
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions(u32);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Every permission.
    pub const ALL: Self = Self::of(&Permission::ALL);

    /// These permissions.
    pub const fn of(mut permissions: &[Permission]) -> Self {
        let mut set = Self::NONE;
        while let [first, rest @ ..] = permissions {
            set.0 |= 1 << *first as u16;
            permissions = rest;
        }
        set
    }

    /// The permissions of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The permissions that are in both sets.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the permission is in the set.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u16 != 0
    }
}

impl Role {
    /// Whether a member with this role has the permission.
    pub fn allows(self, permission: Permission) -> bool {
        // The roles are listed from the highest to the lowest.
        self <= permission.lowest_role()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_the_permissions_of_the_lower_and_more() {
        let of = |role: Role| Permission::ALL.into_iter().filter(|permission| role.allows(*permission)).collect::<Vec<_>>();
        assert_eq!(of(Role::Booker), [Permission::View, Permission::Book]);
        assert_eq!(of(Role::Manager), Permission::ALL[..14]);
        assert_eq!(of(Role::Owner), Permission::ALL);
    }

    #[test]
    fn a_set_contains_the_permissions_that_it_was_made_of_and_no_other() {
        let set = Permissions::of(&[Permission::Book]).and(Permissions::of(&[Permission::ManageOrganization]));
        let found: Vec<_> = Permission::ALL.into_iter().filter(|permission| set.contains(*permission)).collect();
        assert_eq!(found, [Permission::Book, Permission::ManageOrganization]);
        assert!(Permission::ALL.iter().all(|permission| Permissions::ALL.contains(*permission)));
        assert!(!Permission::ALL.iter().any(|permission| Permissions::NONE.contains(*permission)));
    }
}
