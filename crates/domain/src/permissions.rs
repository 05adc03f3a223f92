//! Who may do what in an organization.

use super::text_enum::text_enum;

text_enum! {
    /// What a member is in an organization.
    pub enum Role {
        /// Everything, members too.
        Owner = "owner",
        /// Listings, calendars, approvals, prices; and books.
        Manager = "manager",
        /// Books and pays in the organization's name.
        Booker = "booker",
    }
}

/// Something that a role may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See what only members see.
    View,
    /// Book in the organization's name.
    Book,
    /// Sites, resources, prices, blocks, and bookings of others as the host.
    Manage,
    /// Members, and the organization itself.
    Own,
}

impl Permission {
    /// The lowest role that has the permission.
    pub const fn lowest_role(self) -> Role {
        match self {
            Self::View | Self::Book => Role::Booker,
            Self::Manage => Role::Manager,
            Self::Own => Role::Owner,
        }
    }
}

impl Role {
    /// Whether a member with this role may.
    pub fn allows(self, permission: Permission) -> bool {
        // The roles are listed from the highest to the lowest.
        self <= permission.lowest_role()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_lower_may_and_more() {
        let may = |role: Role| {
            [Permission::View, Permission::Book, Permission::Manage, Permission::Own].map(|permission| role.allows(permission))
        };
        assert_eq!(may(Role::Booker), [true, true, false, false]);
        assert_eq!(may(Role::Manager), [true, true, true, false]);
        assert_eq!(may(Role::Owner), [true, true, true, true]);
    }
}
