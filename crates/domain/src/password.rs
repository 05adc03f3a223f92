//! Passwords: the rules for new ones, and their stored form.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::{Score, zxcvbn};

use super::fields::Fields;
use super::limits;
use crate::said::{Said, said};

/// The number of characters that zxcvbn rates, the first ones. It tries each way to read signs as letters (`4`, `@`, `$` …): of a
/// password made of such signs it takes 3 s to rate 100 characters, and 0.05 s to rate 16. More characters make a password no
/// easier to guess.
const RATED_CHARACTERS: usize = 16;

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
                fields.refuse(
                    pointer,
                    "too_short",
                    said!("must have at least {shortest} characters; it has {length}", shortest, length),
                );
                return None;
            }
            length if length > longest => {
                fields.refuse(
                    pointer,
                    "too_long",
                    said!("must have at most {longest} characters; it has {length}", longest, length),
                );
                return None;
            }
            _ => {}
        }
        let words: Vec<&str> = owner.iter().flat_map(|text| text.split(['@', '.', ' ']).chain([rated(text)])).collect();
        let estimate = zxcvbn(rated(text), &words);
        if estimate.score() < Score::Three {
            let feedback = estimate.feedback();
            let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning).map(|warning| warning.to_string());
            let suggestions = feedback.into_iter().flat_map(|feedback| feedback.suggestions()).map(ToString::to_string);
            let advice = warning.into_iter().chain(suggestions).map(Said::heard);
            let advice = advice.reduce(Said::then);
            fields.refuse(
                pointer,
                "weak_password",
                advice.map_or_else(|| said!("is too easy to guess."), |advice| said!("is too easy to guess. {advice}", advice)),
            );
            return None;
        }
        Some(Self(normalized(text).into()))
    }
}

/// Returns the first [`RATED_CHARACTERS`] of a text.
fn rated(text: &str) -> &str {
    text.char_indices().nth(RATED_CHARACTERS).map_or(text, |(end, _)| &text[..end])
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

/// Hashes and checks passwords. Each call takes much processor time on purpose, and the configured amount of memory. The memory is
/// kept for the next call, so that at most as much is in use as calls ran at the same time.
pub struct Hasher {
    argon2: Argon2<'static>,
    /// The hash against which the password of an unknown account is checked.
    nobody: argon2::PasswordHash,
    buffers: Mutex<Vec<Vec<Block>>>,
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
            buffers: Mutex::default(),
        })
    }

    /// Returns the hash of a password.
    ///
    /// # Errors
    /// When argon2 fails, which is a defect.
    pub fn hash(&self, password: &Password, salt: [u8; 16]) -> Result<PasswordHash, argon2::password_hash::Error> {
        let hash = argon2::PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: self.argon2.params().try_into()?,
            salt: Some(Salt::new(&salt)?),
            hash: Some(self.compute(&self.argon2, password.0.expose_secret(), &salt)?),
        };
        Ok(PasswordHash(hash.to_string()))
    }

    /// Returns whether the password has this hash. Without a hash it takes the same time, so that the time does not reveal
    /// whether an account exists.
    pub fn is_right(&self, attempt: &SecretString, hash: Option<&PasswordHash>) -> bool {
        let hash = hash.and_then(|hash| argon2::PasswordHash::new(hash.as_str()).ok());
        let is_match = self.is_match(&normalized(attempt.expose_secret()), hash.as_ref().unwrap_or(&self.nobody));
        is_match.unwrap_or(false) && hash.is_some()
    }

    /// Returns whether the password has this hash, which has its own parameters. The comparison takes constant time.
    fn is_match(&self, password: &str, hash: &argon2::PasswordHash) -> Result<bool, argon2::password_hash::Error> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::try_from(hash)?);
        let salt = hash.salt.ok_or(argon2::password_hash::Error::SaltInvalid)?;
        Ok(Some(self.compute(&argon2, password, &salt)?) == hash.hash)
    }

    fn compute(&self, argon2: &Argon2<'_>, password: &str, salt: &[u8]) -> Result<Output, argon2::password_hash::Error> {
        let buffers = || self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = buffers().pop().unwrap_or_default();
        blocks.resize(argon2.params().block_count(), Block::new());
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let computed = argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut blocks);
        buffers().push(blocks);
        computed?;
        Ok(Output::new(&output)?)
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
        assert!(read("four small grey mice").is_ok());
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
        assert!(errors[0].detail.to_string().contains("common password"), "{}", errors[0].detail);
    }

    #[test]
    fn only_the_first_characters_of_a_password_are_rated() {
        // Rated as a whole, the thousand ways to read these signs as letters are tried at each of 19,000 places.
        assert!(read(&"4@({[<69!1|7$5+038%2".repeat(10)).is_ok());
        let Err(InvalidFields(errors)) = read(&format!("{}xylem-quartz", "a".repeat(RATED_CHARACTERS))) else { panic!() };
        assert_eq!(errors[0].code, "weak_password");
        assert!(read(&format!("{}xylem-quartz", "a".repeat(RATED_CHARACTERS - 10))).is_ok());
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
    fn hashing_again_uses_the_same_memory() {
        let hasher = hasher();
        for _ in 0..3 {
            let hash = hasher.hash(&read("correct horse battery").unwrap(), [7; 16]).unwrap();
            assert!(hasher.is_right(&"correct horse battery".into(), Some(&hash)));
            assert!(!hasher.is_right(&"correct horse batterz".into(), Some(&hash)));
        }
        assert_eq!(hasher.buffers.lock().unwrap().len(), 1);
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
