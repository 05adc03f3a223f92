//! Changes of what a user or an organization may do in the installation.

use serde::{Deserialize, Serialize};

use super::ids::{OrganizationId, UserId};

/// A change of what a user or an organization may do in the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum StandingChange {
    /// An owner has handed an organization over to another member.
    HandedOver {
        /// The organization.
        organization_id: OrganizationId,
        /// The owner before, who is a manager now.
        from: UserId,
        /// The new owner.
        to: UserId,
    },
    /// An operator of the installation has suspended an organization.
    OrganizationSuspended {
        /// The organization.
        organization_id: OrganizationId,
        /// The reason.
        reason: String,
    },
    /// An operator of the installation has reinstated an organization.
    OrganizationReinstated {
        /// The organization.
        organization_id: OrganizationId,
    },
    /// An operator of the installation has suspended a user.
    UserSuspended {
        /// The user.
        user_id: UserId,
        /// The reason.
        reason: String,
    },
    /// An operator of the installation has reinstated a user.
    UserReinstated {
        /// The user.
        user_id: UserId,
    },
    /// A user needs a second factor to sign in from now on.
    SecondFactorSet {
        /// The user.
        user_id: UserId,
    },
    /// A user, or an operator for a user who has lost it, has removed the second factor.
    SecondFactorRemoved {
        /// The user.
        user_id: UserId,
    },
    /// A user has signed in for the first time with an identity at a provider, so it is linked to the account.
    IdentityLinked {
        /// The user.
        user_id: UserId,
        /// The issuer of the provider.
        issuer: String,
    },
    /// A user has unlinked an identity at a provider.
    IdentityUnlinked {
        /// The user.
        user_id: UserId,
        /// The issuer of the provider.
        issuer: String,
    },
}

impl StandingChange {
    /// The name of the change, such as `organization.suspend`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::HandedOver { .. } => "organization.hand_over",
            Self::OrganizationSuspended { .. } => "organization.suspend",
            Self::OrganizationReinstated { .. } => "organization.reinstate",
            Self::UserSuspended { .. } => "user.suspend",
            Self::UserReinstated { .. } => "user.reinstate",
            Self::SecondFactorSet { .. } => "second_factor.confirm",
            Self::SecondFactorRemoved { .. } => "second_factor.remove",
            Self::IdentityLinked { .. } => "identity.link",
            Self::IdentityUnlinked { .. } => "identity.unlink",
        }
    }

    /// The version of the format of facts with this change.
    pub const fn version(&self) -> i32 {
        match self {
            Self::HandedOver { .. }
            | Self::OrganizationSuspended { .. }
            | Self::OrganizationReinstated { .. }
            | Self::UserSuspended { .. }
            | Self::UserReinstated { .. } => 6,
            Self::SecondFactorSet { .. }
            | Self::SecondFactorRemoved { .. }
            | Self::IdentityLinked { .. }
            | Self::IdentityUnlinked { .. } => 8,
        }
    }
}
