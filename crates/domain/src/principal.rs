//! The principal of an action: the user, the API key or the service that makes a change. The history and the facts name it.

use serde::{Deserialize, Serialize};

use super::ids::{ApiKeyId, UserId};

/// The user, the API key or the service that makes a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Principal {
    /// A signed-in user.
    User {
        /// The user.
        user_id: UserId,
    },
    /// A program, by an API key of an organization.
    ApiKey {
        /// The key.
        api_key_id: ApiKeyId,
    },
    /// The service itself, when a change is due.
    System,
}

impl Principal {
    /// The user; none for an API key and for the service itself.
    pub const fn user_id(self) -> Option<UserId> {
        match self {
            Self::User { user_id } => Some(user_id),
            Self::ApiKey { .. } | Self::System => None,
        }
    }

    /// The API key; none for a user and for the service itself.
    pub const fn api_key_id(self) -> Option<ApiKeyId> {
        match self {
            Self::ApiKey { api_key_id } => Some(api_key_id),
            Self::User { .. } | Self::System => None,
        }
    }
}
