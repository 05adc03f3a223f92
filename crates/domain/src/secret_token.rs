//! Secrets that open an account: refresh tokens, and the tokens in mails. Only a hash of them is
//! kept, so that a stolen database opens no account.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::text_enum::text_enum;

text_enum! {
    /// What a token in a mail is good for.
    pub enum TokenPurpose {
        /// Proves that an address belongs to whoever holds the token.
        VerifyEmail = "verify_email",
        /// Allows to set a password.
        ResetPassword = "reset_password",
    }
}

/// A secret for its owner's eyes only.
pub struct SecretToken(String);

impl SecretToken {
    /// The token of 256 random bits.
    pub fn new(random: [u8; 32]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(random))
    }

    /// The secret, to be handed to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken")
    }
}

/// What is kept of a token. It needs no salt: 256 random bits cannot be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
pub struct TokenHash(String);

impl TokenHash {
    /// The SHA-256 of a token.
    pub fn of(token: &str) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token)))
    }

    /// The hash as it is kept.
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
