//! The key that signs checkpoints of the audit log. A checkpoint is a text of three lines with the name of the log, the number of its
//! entries and the root of its tree (C2SP tlog-checkpoint), signed with Ed25519 as a note (C2SP signed-note).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::error::KeyRejected;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use ring::{digest, hmac};

use domain::merkle::Hash;

/// The type of a key for Ed25519 in a note.
const ED25519_NOTE: u8 = 1;

/// The library refuses the key, which no secret can cause.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the key of checkpoints cannot be used: {0}")]
pub struct UnusableKey(KeyRejected);

/// The key, derived from the secret of the installation, and the name of the log.
#[derive(Clone)]
pub struct CheckpointKey {
    seed: [u8; 32],
    name: String,
}

/// The public key, with which everybody can verify checkpoints. As text it is a verifier key of C2SP signed-note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointVerifier {
    name: String,
    public_key: [u8; 32],
}

impl CheckpointKey {
    /// Derives the key from the secret of the installation. The name of the log is its address without the scheme.
    pub fn new(secret: &[u8], public_url: &str) -> Self {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"checkpoints of the audit log");
        let mut seed = [0; 32];
        seed.copy_from_slice(derived.as_ref());
        let name = public_url.split_once("://").map_or(public_url, |(_, rest)| rest).trim_end_matches('/');
        // A name of a key has no blank and no plus sign.
        Self { seed, name: name.replace([' ', '+'], "-") }
    }

    /// Returns the signed note of a checkpoint.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn sign(&self, size: u64, root: Hash) -> Result<String, UnusableKey> {
        let pair = self.pair()?;
        let verifier = self.verifier()?;
        let text = format!("{}\n{size}\n{root}\n", self.name);
        let signature = [verifier.id(&self.name).as_slice(), pair.sign(text.as_bytes()).as_ref()].concat();
        Ok(format!("{text}\n\u{2014} {} {}\n", self.name, BASE64_STANDARD.encode(signature)))
    }

    fn pair(&self) -> Result<Ed25519KeyPair, UnusableKey> {
        Ed25519KeyPair::from_seed_unchecked(&self.seed).map_err(UnusableKey)
    }

    /// Returns the public key.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn verifier(&self) -> Result<CheckpointVerifier, UnusableKey> {
        let mut public_key = [0; 32];
        public_key.copy_from_slice(self.pair()?.public_key().as_ref());
        Ok(CheckpointVerifier { name: self.name.clone(), public_key })
    }
}

impl CheckpointVerifier {
    /// The first bytes of the hash of name and key, by which a note says which key signed it.
    fn id(&self, name: &str) -> [u8; 4] {
        let hash = digest::digest(&digest::SHA256, &[name.as_bytes(), b"\n", &[ED25519_NOTE], &self.public_key].concat());
        let mut id = [0; 4];
        id.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
        id
    }

    /// Returns the size and the root that a note names, if this key has signed it; also under an earlier name of the log.
    pub fn verify(&self, note: &str) -> Option<(u64, Hash)> {
        let (body, signatures) = note.split_once("\n\n")?;
        let text = format!("{body}\n");
        let mut lines = body.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?.parse().ok()?, BASE64_STANDARD.decode(lines.next()?).ok()?);
        let is_signed = signatures.lines().any(|line| {
            let signature = line.strip_prefix("\u{2014} ").and_then(|line| line.split_once(' '));
            let signature = signature.filter(|(name, _)| *name == origin).and_then(|(_, text)| BASE64_STANDARD.decode(text).ok());
            let Some((id, signature)) = signature.as_deref().and_then(|bytes| bytes.split_at_checked(4)) else { return false };
            id == self.id(origin) && UnparsedPublicKey::new(&ED25519, &self.public_key).verify(text.as_bytes(), signature).is_ok()
        });
        Some((size, Hash(root.try_into().ok()?))).filter(|_| is_signed)
    }
}

impl fmt::Display for CheckpointVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = BASE64_STANDARD.encode([&[ED25519_NOTE], self.public_key.as_slice()].concat());
        write!(f, "{}+{:08x}+{key}", self.name, u32::from_be_bytes(self.id(&self.name)))
    }
}

/// A text that is no verifier key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a verifier key, such as that of GET /audit/key: name+id+key")]
pub struct InvalidVerifier;

impl FromStr for CheckpointVerifier {
    type Err = InvalidVerifier;
    fn from_str(text: &str) -> Result<Self, InvalidVerifier> {
        let mut parts = text.trim().splitn(3, '+');
        let mut next = || parts.next().ok_or(InvalidVerifier);
        let (name, _, key) = (next()?.to_owned(), next()?, next()?);
        let key = BASE64_STANDARD.decode(key).map_err(|_| InvalidVerifier)?;
        let Some((&ED25519_NOTE, key)) = key.split_first() else { return Err(InvalidVerifier) };
        let verifier = Self { name, public_key: key.try_into().map_err(|_| InvalidVerifier)? };
        if verifier.to_string() == text.trim() { Ok(verifier) } else { Err(InvalidVerifier) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CheckpointKey {
        CheckpointKey::new(b"one secret of thirty-two letters", "https://share.example/")
    }

    #[test]
    fn a_note_is_valid_as_it_was_signed_and_with_its_key_only() {
        let (verifier, root) = (key().verifier().unwrap(), Hash([7; 32]));
        let note = key().sign(42, root).unwrap();
        assert!(note.starts_with(&format!("share.example\n42\n{root}\n\n\u{2014} share.example ")), "{note}");
        assert_eq!(verifier.verify(&note), Some((42, root)));
        let other = CheckpointKey::new(b"another secret", "https://share.example").verifier().unwrap();
        assert_eq!(other.verify(&note), None);
        let other_root = Hash([8; 32]).to_string();
        for forged in [
            note.replace("\n42\n", "\n43\n"),
            note.replace(&root.to_string(), &other_root),
            note.replacen("share.example", "other.example", 1),
            note.replace("share.example", "other.example"),
            note.split("\u{2014}").next().unwrap().to_owned(),
            String::new(),
        ] {
            assert_eq!(verifier.verify(&forged), None, "{forged}");
        }
    }

    #[test]
    fn a_log_that_got_another_address_still_knows_its_checkpoints() {
        let renamed = CheckpointKey::new(b"one secret of thirty-two letters", "https://other.example").verifier().unwrap();
        assert_eq!(renamed.verify(&key().sign(1, Hash([0; 32])).unwrap()), Some((1, Hash([0; 32]))));
    }

    #[test]
    fn a_verifier_key_is_read_as_it_is_written() {
        let verifier = key().verifier().unwrap();
        let text = verifier.to_string();
        assert_eq!(text.parse(), Ok(verifier));
        assert!(text.starts_with("share.example+") && text.len() == "share.example".len() + 10 + 44, "{text}");
        for wrong in ["", "a+b+c", &text[..text.len() - 2], &text.replace("share", "snare")] {
            assert_eq!(wrong.parse::<CheckpointVerifier>(), Err(InvalidVerifier), "{wrong}");
        }
    }
}
