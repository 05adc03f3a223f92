//! Codes of second factors, as people type them.

use std::fmt;

use super::ids::UserId;
use super::secret_token::TokenHash;

/// How many recovery codes a user gets.
pub const RECOVERY_CODES: usize = 10;

/// The digits of a code of an authenticator.
const DIGITS: usize = 6;

/// The letters and digits of recovery codes: none that is taken for another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A recovery code: 80 random bits, which stand in for a code of the authenticator once.
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Creates a code from random bytes; the lowest five bits of each are used.
    pub fn new(random: [u8; 16]) -> Self {
        let letters = random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)).copied().map(char::from));
        let letters: Vec<_> = letters.collect();
        Self(letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
    }

    /// Returns the code, to give it to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the stored form of the code of a user.
    pub fn hash(&self, user: UserId) -> TokenHash {
        hash(user, &self.0)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode")
    }
}

/// A code as a user has typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedCode {
    /// A code of an authenticator: six digits.
    OneTime(String),
    /// A recovery code, in its stored form.
    Recovery(TokenHash),
}

impl TypedCode {
    /// Reads a code, whatever blanks and hyphens it has and in whatever case.
    pub fn read(user: UserId, text: &str) -> Self {
        let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if plain.len() == DIGITS && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::OneTime(plain)
        } else {
            Self::Recovery(hash(user, &plain))
        }
    }
}

fn hash(user: UserId, code: &str) -> TokenHash {
    let plain: String = code.chars().filter(|c| *c != '-').flat_map(char::to_lowercase).collect();
    TokenHash::of(&format!("{user} {plain}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Identifier as _;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let (ada, eve) = (UserId::new(1, [1; 10]), UserId::new(1, [2; 10]));
        let code = RecoveryCode::new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(code.expose(), "abcd-efgh-ijkm-npq9");
        for typed in ["abcd-efgh-ijkm-npq9", " ABCDEFGHIJKMNPQ9 ", "abcd efgh ijkm npq9"] {
            assert_eq!(TypedCode::read(ada, typed), TypedCode::Recovery(code.hash(ada)), "{typed}");
        }
        assert_ne!(TypedCode::read(eve, code.expose()), TypedCode::Recovery(code.hash(ada)));
        assert_eq!(TypedCode::read(ada, " 123 456 "), TypedCode::OneTime("123456".to_owned()));
        assert!(matches!(TypedCode::read(ada, "12345"), TypedCode::Recovery(_)));
    }
}
