//! Signatures of the Standard Webhooks specification: `v1,` and the HMAC-SHA256 of identifier, time and body.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;

use domain::secret_token::webhook_key;

/// Returns the value of the header `webhook-signature`: a signature with each of the secrets. Leaves out secrets of another form.
pub(super) fn sign(secrets: &[String], id: &str, timestamp: i64, body: &str) -> String {
    let message = format!("{id}.{timestamp}.{body}");
    let signature = |secret: &String| {
        let key = webhook_key(secret)?;
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), message.as_bytes());
        Some(format!("v1,{}", BASE64_STANDARD.encode(signature)))
    };
    secrets.iter().filter_map(signature).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specification() {
        // The example of the reference implementations.
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "{\"test\": 2432232314}");
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(std::slice::from_ref(&secret), id, 1_614_265_330, body), expected);
        let both = sign(&[secret, "none".to_owned(), domain::secret_token::webhook_secret([1; 32])], id, 1_614_265_330, body);
        assert!(both.starts_with(&format!("{expected} v1,")) && both.split(' ').count() == 2, "{both}");
    }
}
