//! ID tokens, and the claims in them (OpenID Connect Core 1.0, sections 2 and 3.1.3.7).

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::openid::Person;
use domain::time::UtcTime;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use super::error::OpenIdError;
use super::keys::{Algorithm, Keys};

/// How far the clocks of the service and of a provider can differ, in seconds.
const LEEWAY: i64 = 60;

/// The longest subject, in characters (OpenID Connect Core, section 2).
const LONGEST_SUBJECT: usize = 255;

/// The values that an ID token for this attempt to sign in must have.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: UtcTime,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

/// The clients that a token is for: one as a text, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// The claims of an ID token.
#[derive(Deserialize)]
pub(super) struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: f64,
    iat: f64,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: bool,
    #[serde(default)]
    name: Option<String>,
}

/// The claims that a provider tells for an access token.
#[derive(Deserialize)]
pub(super) struct UserInfo {
    sub: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: bool,
    #[serde(default)]
    name: Option<String>,
}

/// Some providers write a truth value as a text. Anything but the truth is none.
fn truth<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value == serde_json::Value::Bool(true) || value == "true")
}

/// The claims of an ID token that a key of the provider has signed for this attempt.
///
/// # Errors
/// [`OpenIdError::UnknownKey`] and [`OpenIdError::Invalid`].
pub(super) fn verify(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, OpenIdError> {
    let invalid = |why: &str| OpenIdError::Invalid(why.to_owned());
    let (message, signature) = token.rsplit_once('.').ok_or_else(|| invalid("the ID token has no signature"))?;
    let (header, claims) = message.split_once('.').ok_or_else(|| invalid("the ID token has no claims"))?;
    let header: Header = decode(header)?;
    let algorithm = Algorithm::named(&header.alg).filter(|_| header.crit.is_none());
    let algorithm = algorithm.ok_or_else(|| invalid("the ID token is signed with an algorithm that is not accepted"))?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| invalid("the signature is no Base64"))?;
    let found = keys.find(algorithm, header.kid.as_deref());
    if found.is_empty() {
        return Err(OpenIdError::UnknownKey);
    }
    if !found.iter().any(|key| key.has_signed(algorithm, message.as_bytes(), &signature)) {
        return Err(invalid("the signature of the ID token is wrong"));
    }
    let claims: Claims = decode(claims)?;
    claims.check(expected)?;
    Ok(claims)
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, OpenIdError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| OpenIdError::Invalid("the ID token is no Base64".to_owned()))?;
    serde_json::from_slice(&bytes).map_err(|error| OpenIdError::Invalid(format!("the ID token has another form: {error}")))
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), OpenIdError> {
        let invalid = |why: &str| Err(OpenIdError::Invalid(format!("the ID token {why}")));
        let now = expected.now.to_chrono().timestamp();
        let (is_for_us, is_for_others) = match &self.aud {
            Audience::One(one) => (one == expected.client_id, false),
            Audience::Several(all) => (all.iter().any(|one| one == expected.client_id), all.len() > 1),
        };
        match &self.azp {
            _ if self.iss != expected.issuer => invalid("is of another issuer"),
            _ if !is_for_us => invalid("is for another client"),
            None if is_for_others => invalid("is for several clients, and names none that it was made for"),
            Some(azp) if azp != expected.client_id => invalid("was made for another client"),
            _ if self.nonce.as_deref() != Some(expected.nonce) => invalid("is of another attempt to sign in"),
            // Numbers of seconds may have a fraction.
            _ if self.exp.is_nan() || self.exp as i64 <= now.saturating_sub(LEEWAY) => invalid("has expired"),
            _ if self.iat.is_nan() || self.iat as i64 > now.saturating_add(LEEWAY) => invalid("is of the future"),
            _ if self.sub.is_empty() || self.sub.chars().count() > LONGEST_SUBJECT || self.sub.contains('\0') => {
                invalid("names no person")
            }
            _ => Ok(()),
        }
    }

    /// Adds what the provider told for the access token.
    ///
    /// # Errors
    /// [`OpenIdError::Invalid`] if it is about another person.
    pub(super) fn with(self, more: UserInfo) -> Result<Self, OpenIdError> {
        if more.sub != self.sub {
            return Err(OpenIdError::Invalid("the user info is about another person".to_owned()));
        }
        let UserInfo { email, email_verified, name, .. } = more;
        Ok(Self { email, email_verified, name: self.name.or(name), ..self })
    }

    /// The person, with the address only if the provider proves it.
    pub(super) fn into_person(self) -> Person {
        let proven = self.email.filter(|_| self.email_verified);
        Person { issuer: self.iss, subject: self.sub, proven_email: proven.and_then(|email| email.parse().ok()), name: self.name }
    }
}
