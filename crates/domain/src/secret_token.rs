//! Secret tokens: refresh tokens, and the tokens in mails. Only their hashes are stored, so that a stolen database gives no
//! access to accounts.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::text_enum::text_enum;

text_enum! {
    /// The purpose of a token in a mail.
    pub enum TokenPurpose {
        /// Verifies that the holder of the token reads the mails to an address.
        VerifyEmail = "verify_email",
        /// Permits to set a password.
        ResetPassword = "reset_password",
    }
}

/// A secret for one person.
pub struct SecretToken(String);

impl SecretToken {
    /// Creates a token from 256 random bits.
    pub fn new(random: [u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random))
    }

    /// Creates a token from 256 random bits after a text by which it is recognised.
    pub fn with_prefix(prefix: &str, random: [u8; 32]) -> Self {
        Self(format!("{prefix}{}", Self::new(random).0))
    }

    /// Returns the secret, to give it to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken")
    }
}

/// Returns a secret of 256 random bits with which a receiver of webhooks verifies signatures, in the form of the Standard Webhooks
/// specification.
pub fn webhook_secret(random: [u8; 32]) -> String {
    format!("{WEBHOOK_PREFIX}{}", BASE64_STANDARD.encode(random))
}

/// The key of a secret of [`webhook_secret`]. None for a text of another form.
pub fn webhook_key(secret: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(secret.strip_prefix(WEBHOOK_PREFIX)?).ok()
}

/// The first characters of the secrets of webhooks.
const WEBHOOK_PREFIX: &str = "whsec_";

/// The stored form of a token. It needs no salt, because 256 random bits cannot be guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
pub struct TokenHash(String);

impl TokenHash {
    /// Returns the SHA-256 of a token.
    pub fn of(token: &str) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token)))
    }

    /// Returns the hash as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenHash {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}
