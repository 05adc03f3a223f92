//! The key that encrypts the secrets of webhooks in the database. The service must sign with them, so a hash is not enough.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::hmac;

/// The key, derived from the secret of the installation.
#[derive(Clone)]
pub struct SealKey([u8; 32]);

impl SealKey {
    /// Derives the key from the secret of the installation.
    pub fn new(secret: &[u8]) -> Self {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"secrets of webhooks");
        let mut key = [0; 32];
        key.copy_from_slice(derived.as_ref());
        Self(key)
    }

    fn key(&self) -> Result<LessSafeKey, Unspecified> {
        Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0)?))
    }

    /// Encrypts a text with AES-256-GCM. `random` is new for each text.
    ///
    /// # Errors
    /// When the cipher fails, which no text can cause.
    pub fn seal(&self, text: &str, random: [u8; NONCE_LEN]) -> Result<String, Unspecified> {
        let mut bytes = text.as_bytes().to_vec();
        self.key()?.seal_in_place_append_tag(Nonce::assume_unique_for_key(random), Aad::empty(), &mut bytes)?;
        Ok(BASE64_STANDARD_NO_PAD.encode([random.as_slice(), &bytes].concat()))
    }

    /// Decrypts a text. None if it was encrypted with another key.
    pub fn open(&self, sealed: &str) -> Option<String> {
        let bytes = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.key().ok()?.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_what_it_has_sealed() {
        let key = SealKey::new(b"one secret of thirty-two letters");
        let sealed = key.seal("whsec_a", [7; NONCE_LEN]).unwrap();
        assert!(!sealed.contains("whsec"));
        assert_eq!(key.open(&sealed).as_deref(), Some("whsec_a"));
        assert_eq!(SealKey::new(b"another secret").open(&sealed), None);
        let mut forged = BASE64_STANDARD_NO_PAD.decode(&sealed).unwrap();
        *forged.last_mut().unwrap() ^= 1;
        for wrong in [BASE64_STANDARD_NO_PAD.encode(forged), String::new(), "AAAA".to_owned(), "?".to_owned()] {
            assert_eq!(key.open(&wrong), None, "{wrong}");
        }
    }
}
