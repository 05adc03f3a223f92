//! Webhooks: the messages that Stripe sends when an object has changed.

use domain::time::UtcTime;
use ring::hmac;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::Stripe;

/// The largest difference between the time of a signature and now, in seconds.
const TOLERANCE: i64 = 300;

/// A message that is not from Stripe, or is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct InvalidSignature;

/// A message: an object has changed. Only the identifiers are read, since the object is fetched afresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its identifier: a message that arrives twice has the same.
    pub id: String,
    /// The kind of change, such as `checkout.session.completed`.
    pub kind: String,
    /// The identifier of the object.
    pub object_id: String,
    /// The payment that the object is about, if the message names it.
    pub payment_intent: Option<String>,
    /// The account of a host in which the object has changed; none: that of the operator.
    pub account: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    #[serde(default)]
    account: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    id: String,
    #[serde(default)]
    payment_intent: Option<String>,
}

impl Stripe {
    /// Reads a message. `header` is its header `Stripe-Signature`.
    ///
    /// # Errors
    /// When the signature is not that of a configured secret, when it is more than 5 minutes old, or when the message is no event.
    pub fn read_event(&self, header: &str, body: &[u8], now: UtcTime) -> Result<Event, InvalidSignature> {
        let mut secrets = self.webhook_secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| !secret.is_empty());
        if !secrets.any(|secret| verify(secret, header, body, now).is_ok()) {
            return Err(InvalidSignature);
        }
        let Message { id, account, kind, data: Data { object } } = serde_json::from_slice(body).map_err(|_| InvalidSignature)?;
        Ok(Event { id, kind, object_id: object.id, payment_intent: object.payment_intent, account })
    }
}

fn verify(secret: &str, header: &str, body: &[u8], now: UtcTime) -> Result<(), InvalidSignature> {
    let values = |name: &'static str| {
        let parts = header.split(',').filter_map(|part| part.trim().split_once('='));
        parts.filter(move |(key, _)| *key == name).map(|(_, value)| value)
    };
    let time = values("t").next().ok_or(InvalidSignature)?;
    let at: i64 = time.parse().map_err(|_| InvalidSignature)?;
    let age = now.to_chrono().timestamp().saturating_sub(at);
    if age.saturating_abs() > TOLERANCE {
        return Err(InvalidSignature);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [time.as_bytes(), b".", body].concat();
    // The comparison takes as long for a wrong signature as for a right one. While a secret is replaced there are two signatures.
    let is_valid = |signature: &str| from_hex(signature).is_some_and(|tag| hmac::verify(&key, &signed, &tag).is_ok());
    if values("v1").take(5).any(is_valid) { Ok(()) } else { Err(InvalidSignature) }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with another program: `printf '1492774577.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test`.
    const SIGNATURE: &str = "7656fc2882a7ca0a651666b36bf2f2f22ee204f54f608f227498a2419f2890b2";
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_signature_of_the_secret_is_valid_for_five_minutes() {
        let header = format!("t=1492774577,v1={},v0=00", SIGNATURE);
        let verified = |secret, header: &str, body, now| verify(secret, header, body, at(now)).is_ok();
        assert!(verified("whsec_test", &header, BODY, 1_492_774_577));
        assert!(verified("whsec_test", &header, BODY, 1_492_774_877));
        assert!(!verified("whsec_test", &header, BODY, 1_492_774_878), "too old");
        assert!(!verified("whsec_test", &header, BODY, 1_492_774_276), "too early");
        assert!(!verified("whsec_other", &header, BODY, 1_492_774_577));
        assert!(!verified("whsec_test", &header, br#"{"id":"evt_2"}"#, 1_492_774_577));
        let two = format!("t=1492774577,v1=00ff,v1={}", SIGNATURE);
        assert!(verified("whsec_test", &two, BODY, 1_492_774_577), "the secret is being replaced");
        for broken in ["", "t=1492774577", "v1=00", "t=x,v1=00", "t=1492774577,v1=0", "t=1492774577,v1=zz"] {
            assert!(!verified("whsec_test", broken, BODY, 1_492_774_577), "{broken}");
        }
    }
}
