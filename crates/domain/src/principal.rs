//! The principal of an action: the user or the service that makes a change. The history and the facts name it.

use serde::{Deserialize, Serialize};

use super::ids::UserId;

/// The user or the service that makes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Principal {
    /// A signed-in user.
    User {
        /// The user.
        user_id: UserId,
    },
    /// The service itself, when a change is due.
    System,
}

impl Principal {
    /// The user; none for the service itself.
    pub const fn user_id(self) -> Option<UserId> {
        match self {
            Self::User { user_id } => Some(user_id),
            Self::System => None,
        }
    }
}
