//! Access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256.

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::hmac_sha256;
use domain::ids::{SessionId, UserId};
use domain::pricing::QuotedPrice;
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// The secret that signs access tokens and quotes, and how long an access token is good for.
pub struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    lifetime: TimeDelta,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

#[derive(Serialize, Deserialize)]
struct QuoteClaims {
    iss: String,
    quote: QuotedPrice,
}

#[derive(Serialize, Deserialize)]
struct ChallengeClaims {
    iss: String,
    /// The user who has sent the right password.
    challenged: UserId,
    /// A hash of the stored hash of that password.
    password: String,
    exp: i64,
}

/// How long a challenge is good for.
const CHALLENGE_LIFETIME: TimeDelta = TimeDelta::minutes(5);

const ISSUER: &str = "sharefloor";

impl Keys {
    /// From the secret of the installation.
    pub fn new(secret: &[u8], lifetime: TimeDelta) -> Self {
        hmac_sha256::install();
        Self { encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret), lifetime }
    }

    /// How long a token is good for, in seconds.
    pub fn lifetime_seconds(&self) -> i64 {
        self.lifetime.num_seconds()
    }

    /// A token for a session, good from `now` on.
    ///
    /// # Errors
    /// When the signature cannot be made, which only a defect can cause.
    pub fn sign(&self, user: UserId, session: SessionId, now: UtcTime) -> Result<String, jsonwebtoken::errors::Error> {
        let iat = now.to_chrono().timestamp();
        let claims = Claims { iss: ISSUER.to_owned(), sub: user, sid: session, iat, exp: iat + self.lifetime_seconds() };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// The challenge to prove a second factor, for a user whose password was right. `seen` is a hash of the stored hash of the password.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_challenge(&self, user: UserId, seen: &TokenHash, now: UtcTime) -> Result<String, jsonwebtoken::errors::Error> {
        let exp = (now + CHALLENGE_LIFETIME).to_chrono().timestamp();
        let claims = ChallengeClaims { iss: ISSUER.to_owned(), challenged: user, password: seen.as_str().to_owned(), exp };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// The user and the hash of a challenge, if this service has signed it and it has not expired.
    pub fn verify_challenge(&self, challenge: &str, now: UtcTime) -> Option<(UserId, TokenHash)> {
        let claims = self.claims::<ChallengeClaims>(challenge)?;
        (now.to_chrono().timestamp() < claims.exp).then_some((claims.challenged, claims.password.parse().ok()?))
    }

    /// The identifier of a quote, which carries what was quoted, so that nothing is stored for quotes that nobody uses.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn sign_quote(&self, quote: QuotedPrice) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = QuoteClaims { iss: ISSUER.to_owned(), quote };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// The quote of an identifier that this service has signed, expired or not.
    pub fn verify_quote(&self, id: &str) -> Option<QuotedPrice> {
        self.claims::<QuoteClaims>(id).map(|claims| claims.quote)
    }

    /// A fingerprint that recognises a repeated request. It is keyed, because a body may hold a password: a reader of the
    /// database could guess it from a plain hash.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub fn fingerprint(&self, request: &[u8]) -> Result<String, jsonwebtoken::errors::Error> {
        jsonwebtoken::crypto::sign(request, &self.encoding, Algorithm::HS256)
    }

    /// The user and the session of a token, if this service signed the token and it has not expired.
    pub fn verify(&self, token: &str, now: UtcTime) -> Option<(UserId, SessionId)> {
        let claims = self.claims::<Claims>(token)?;
        (now.to_chrono().timestamp() < claims.exp).then_some((claims.sub, claims.sid))
    }

    /// The claims of a token that this service has signed. Tokens of different kinds differ in their claims.
    fn claims<C: DeserializeOwned>(&self, token: &str) -> Option<C> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        // The library would ask the system's clock; ours is a parameter.
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["iss"]);
        Some(jsonwebtoken::decode::<C>(token, &self.decoding, &validation).ok()?.claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::Identifier as _;

    #[test]
    fn a_token_is_good_for_its_lifetime_and_with_its_key_only() {
        let keys = Keys::new(b"one secret of thirty-two letters", TimeDelta::minutes(15));
        let now = UtcTime::from_unix_minutes(30_000_000);
        let (user, session) = (UserId::new(1, [1; 10]), SessionId::new(1, [2; 10]));
        let token = keys.sign(user, session, now).unwrap();
        assert_eq!(keys.verify(&token, now), Some((user, session)));
        assert_eq!(keys.verify(&token, now + TimeDelta::seconds(899)), Some((user, session)));
        assert_eq!(keys.verify(&token, now + TimeDelta::seconds(900)), None);
        assert_eq!(Keys::new(b"another secret", TimeDelta::minutes(15)).verify(&token, now), None);
        assert_eq!(keys.verify(&format!("{token}x"), now), None);
    }

    #[test]
    fn a_token_without_a_signature_is_refused() {
        let keys = Keys::new(b"one secret of thirty-two letters", TimeDelta::minutes(15));
        let claims = r#"{"iss":"sharefloor","sub":"00000000-0000-7000-8000-000000000000","sid":"00000000-0000-7000-8000-000000000000","iat":0,"exp":99999999999}"#;
        use base64::Engine as _;
        let encode = |text: &str| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(claims));
        assert_eq!(keys.verify(&token, UtcTime::from_micros(0)), None);
    }
}
