//! The token from a mail, in the body of a request.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use domain::secret_token::TokenHash;

/// A one-time token from a mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "q6b8…"}))]
pub(super) struct MailedToken {
    /// The token from the link in the mail.
    #[schema(value_type = String)]
    token: SecretString,
}

impl MailedToken {
    /// The hash of the token.
    pub(super) fn hash(&self) -> TokenHash {
        TokenHash::of(self.token.expose_secret())
    }
}
