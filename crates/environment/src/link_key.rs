//! The key that signs the links in mails. Such a link lets its reader act as the owner of the address, for one object only.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use ring::hmac;

use domain::email::Email;
use domain::time::UtcTime;

/// How long a link is valid after its mail was written.
pub const LINK_LIFETIME: TimeDelta = TimeDelta::days(90);

/// The key that signs links, derived from the secret of the installation.
#[derive(Clone)]
pub struct LinkKey(hmac::Key);

impl LinkKey {
    /// Derives the key from the secret of the installation.
    pub fn new(secret: &[u8]) -> Self {
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"links in mails");
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// Returns the token of a link to the page at `path`, for the reader of a mail that was written at an instant.
    pub fn sign(&self, recipient: &Email, path: &str, written_at: UtcTime) -> String {
        let expires_at = (written_at + LINK_LIFETIME).millis() / 1000;
        let signature = hmac::sign(&self.0, message(recipient.as_str(), path, expires_at).as_bytes());
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        format!("{expires_at}.{}.{}", encode(recipient.as_str().as_bytes()), encode(signature.as_ref()))
    }

    /// Returns the recipient of the mail with a link to the page at `path`, if this service has signed the token for this page
    /// and it has not expired.
    pub fn verify(&self, token: &str, path: &str, now: UtcTime) -> Option<Email> {
        let mut parts = token.split('.');
        let expires_at: u64 = parts.next()?.parse().ok()?;
        let mut decode = || BASE64_URL_SAFE_NO_PAD.decode(parts.next()?).ok();
        let (recipient, signature) = (String::from_utf8(decode()?).ok()?, decode()?);
        hmac::verify(&self.0, message(&recipient, path, expires_at).as_bytes(), &signature).ok()?;
        (now.millis() / 1000 < expires_at).then(|| recipient.parse().ok()).flatten()
    }
}

fn message(recipient: &str, path: &str, expires_at: u64) -> String {
    // No address and no path contains a line break.
    format!("{path}\n{recipient}\n{expires_at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_valid_for_its_page_its_reader_and_its_time_only() {
        let key = LinkKey::new(b"one secret of thirty-two letters");
        let (email, path): (Email, _) = ("ada@example.org".parse().unwrap(), "bookings/1");
        let written_at = UtcTime::from_unix_minutes(30_000_000);
        let token = key.sign(&email, path, written_at);
        assert_eq!(token, key.sign(&email, path, written_at));
        assert_eq!(key.verify(&token, path, written_at + LINK_LIFETIME - TimeDelta::seconds(1)), Some(email.clone()));
        assert_eq!(key.verify(&token, path, written_at + LINK_LIFETIME), None);
        assert_eq!(key.verify(&token, "bookings/2", written_at), None);
        assert_eq!(LinkKey::new(b"another secret").verify(&token, path, written_at), None);
        let (expiry, rest) = token.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let other = BASE64_URL_SAFE_NO_PAD.encode("eve@example.org");
        for forged in [
            format!("9{expiry}.{rest}"),
            format!("{expiry}.{other}.{signature}"),
            format!("{expiry}.{}", other),
            String::new(),
            "..".to_owned(),
        ] {
            assert_eq!(key.verify(&forged, path, written_at), None, "{forged}");
        }
    }
}
