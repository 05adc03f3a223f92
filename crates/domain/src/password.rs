//! Passwords: the rules for new ones, and their stored form.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::{Score, zxcvbn};

use super::fields::Fields;
use super::limits;

/// A password that is good enough to be set.
pub struct Password(SecretString);

impl Password {
    /// Accepts a password within the limits that zxcvbn rates as hard to guess, also for a person who knows `owner`: the
    /// address and the name.
    pub fn read(fields: &mut Fields, pointer: &str, text: &SecretString, owner: &[&str]) -> Option<Self> {
        let text = text.expose_secret();
        let (shortest, longest) = limits::NewPassword::RANGE.into_inner();
        match text.chars().count() {
            length if length < shortest => {
                fields.refuse(pointer, "too_short", format!("must have at least {shortest} characters; it has {length}"));
                return None;
            }
            length if length > longest => {
                fields.refuse(pointer, "too_long", format!("must have at most {longest} characters; it has {length}"));
                return None;
            }
            _ => {}
        }
        let words: Vec<&str> = owner.iter().flat_map(|text| text.split(['@', '.', ' ']).chain([*text])).collect();
        let estimate = zxcvbn(text, &words);
        if estimate.score() < Score::Three {
            let advice = estimate.feedback().map(ToString::to_string).unwrap_or_default();
            fields.refuse(pointer, "weak_password", format!("is too easy to guess. {advice}").trim_end());
            return None;
        }
        Some(Self(normalized(text).into()))
    }
}

/// Normalizes the password, because another keyboard can send the same password as other characters (NIST SP 800-63B).
fn normalized(password: &str) -> String {
    password.nfkc().collect()
}

/// The stored form of a password: argon2id with its parameters and salt, in the PHC string format.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Returns a hash that no password has.
    pub const fn of_none() -> Self {
        Self(String::new())
    }

    /// Returns the hash as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PasswordHash {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// Hashes and checks passwords. Each call takes much processor time on purpose.
pub struct Hasher {
    argon2: Argon2<'static>,
    /// The hash against which the password of an unknown account is checked.
    nobody: argon2::PasswordHash,
}

impl Hasher {
    /// Creates a hasher with this memory and number of passes.
    ///
    /// # Errors
    /// When argon2 does not support the parameters.
    pub fn new(memory_kib: u32, passes: u32) -> Result<Self, argon2::Error> {
        let params = Params::new(memory_kib, passes, 1, Some(Params::DEFAULT_OUTPUT_LEN))?;
        // No known password has this hash.
        let (salt, hash) = ("A".repeat(22), "A".repeat(43));
        let nobody = argon2::PasswordHash::new(&format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${hash}"));
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            nobody: nobody.map_err(|_| argon2::Error::SaltTooShort)?,
        })
    }

    /// Returns the hash of a password.
    ///
    /// # Errors
    /// When argon2 fails, which is a defect.
    pub fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<PasswordHash, argon2::password_hash::Error> {
        let hash = self.argon2.hash_password_with_salt(password.0.expose_secret().as_bytes(), &salt)?;
        Ok(PasswordHash(hash.to_string()))
    }

    /// Returns whether the password has this hash. Without a hash it takes the same time, so that the time does not reveal
    /// whether an account exists.
    pub fn is_right(&self, attempt: &SecretString, hash: Option<&PasswordHash>) -> bool {
        let hash = hash.and_then(|hash| argon2::PasswordHash::new(hash.as_str()).ok());
        let attempt = normalized(attempt.expose_secret());
        let is_match = self.argon2.verify_password(attempt.as_bytes(), hash.as_ref().unwrap_or(&self.nobody)).is_ok();
        is_match && hash.is_some()
    }

    /// Returns whether the hash was made with other parameters than the current ones.
    pub fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let params = argon2::PasswordHash::new(hash.as_str()).ok().and_then(|hash| Params::try_from(&hash).ok());
        params.as_ref() != Some(self.argon2.params())
    }

    /// Returns the hash with the current parameters of a password that was found right.
    ///
    /// # Errors
    /// As [`Self::hash`].
    pub fn rehash(&self, right: &SecretString, salt: [u8; 16]) -> Result<PasswordHash, argon2::password_hash::Error> {
        self.hash(&Password(normalized(right.expose_secret()).into()), salt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::InvalidFields;

    fn read(text: &str) -> Result<Password, InvalidFields> {
        let mut fields = Fields::default();
        let password = Password::read(&mut fields, "/password", &text.into(), &["ada.lovelace@example.org", "Ada Lovelace"]);
        fields.finish(|| password)
    }

    fn hasher() -> Hasher {
        Hasher::new(8, 1).unwrap()
    }

    #[test]
    fn a_password_that_is_hard_to_guess_is_taken() {
        assert!(read("correct horse battery").is_ok());
        assert!(read(&"xylem-quartz ".repeat(19)).is_ok());
    }

    #[test]
    fn a_password_that_is_easy_to_guess_is_refused_with_advice() {
        for (text, code) in [
            ("short", "too_short"),
            ("password123", "weak_password"),
            ("aaaaaaaaaaaaaaaa", "weak_password"),
            ("ada.lovelace@example.org", "weak_password"),
            ("lovelace1815", "weak_password"),
            (&"x".repeat(257), "too_long"),
        ] {
            let Err(InvalidFields(errors)) = read(text) else { panic!("{text} was taken") };
            assert_eq!((errors[0].pointer.as_str(), errors[0].code.as_str()), ("/password", code), "{text}");
        }
        let Err(InvalidFields(errors)) = read("password123") else { panic!() };
        assert!(errors[0].detail.contains("common password"), "{}", errors[0].detail);
    }

    #[test]
    fn only_the_password_itself_is_right() {
        let password = read("correct horse battery").unwrap();
        let hash = hasher().hash(&password, [7; 16]).unwrap();
        assert!(hasher().is_right(&"correct horse battery".into(), Some(&hash)));
        assert!(!hasher().is_right(&"correct horse batterz".into(), Some(&hash)));
        assert!(!hasher().is_right(&"".into(), Some(&PasswordHash::of_none())));
        assert_ne!(hash, hasher().hash(&password, [8; 16]).unwrap());
        assert!(!hash.as_str().contains("horse") && !format!("{hash:?}").contains("argon"));
    }

    #[test]
    fn a_password_is_the_same_however_its_accents_are_typed() {
        let composed = read("crème brûlée pour deux").unwrap();
        let hash = hasher().hash(&composed, [7; 16]).unwrap();
        assert!(hasher().is_right(&"cre\u{300}me bru\u{302}le\u{301}e pour deux".into(), Some(&hash)));
    }

    #[test]
    fn where_there_is_no_account_the_same_is_computed_and_nothing_is_right() {
        let hasher = Hasher::new(16, 3).unwrap();
        assert_eq!(&Params::try_from(&hasher.nobody).unwrap(), hasher.argon2.params());
        assert!(!hasher.is_right(&"correct horse battery".into(), None));
    }

    #[test]
    fn a_hash_with_other_parameters_is_outdated() {
        let hash = hasher().hash(&read("correct horse battery").unwrap(), [7; 16]).unwrap();
        assert!(!hasher().is_outdated(&hash));
        let stronger = Hasher::new(16, 2).unwrap();
        assert!(stronger.is_outdated(&hash));
        assert!(stronger.is_right(&"correct horse battery".into(), Some(&hash)));
        assert!(!stronger.is_outdated(&stronger.rehash(&"correct horse battery".into(), [7; 16]).unwrap()));
    }
}
