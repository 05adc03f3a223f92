//! Sign-in with providers that follow OpenID Connect: discovery, the authorization code flow with PKCE (RFC 7636), and the check of ID
//! tokens. Nothing here knows of the database.
//!
//! The crate `openidconnect` does the same. It would bring 38 more crates, most of them for RSA and elliptic curves, which the service has
//! already in `ring`.

mod calls;
pub mod error;
mod id_token;
mod keys;
mod metadata;

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use domain::openid::{Attempt, Person};
use domain::time::UtcTime;
use environment::openid_provider::OpenIdProvider;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use self::calls::Calls;
pub use self::calls::InvalidCalls;
use self::error::OpenIdError;
use self::id_token::Expected;
use self::keys::Keys;
use self::metadata::Metadata;

/// How long the metadata and the keys of a provider are used before they are read again.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// The shortest time between two looks for a key that is not known, so that nobody makes the service ask again and again.
const LOOK_EVERY: TimeDelta = TimeDelta::minutes(1);

/// How long a provider that did not respond is not asked again, so that requests do not wait for it one after the other.
const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// The facts that the service asks of a provider: the identity of the person, the address and the name.
const SCOPE: &str = "openid email profile";

/// The characters that a query string has as they are (RFC 3986).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A provider with which people can sign in.
pub struct Provider {
    name: String,
    config: OpenIdProvider,
    calls: Calls,
    known: Mutex<Known>,
}

/// The metadata and keys that the service has read from a provider lately.
#[derive(Default)]
struct Known {
    metadata: Option<(UtcTime, Arc<Metadata>)>,
    keys: Option<(UtcTime, Arc<Keys>)>,
    failed_at: Option<UtcTime>,
}

/// The response of a provider, which a front end has received.
pub struct Received<'a> {
    /// The code.
    pub code: &'a SecretString,
    /// The issuer that the provider has named beside the code (RFC 9207), if it has.
    pub issuer: Option<&'a str>,
}

/// The response to a code.
#[derive(Deserialize)]
struct Tokens {
    id_token: SecretString,
    access_token: SecretString,
    token_type: String,
}

impl Provider {
    /// Prepares a provider as it is configured. It is not called before somebody signs in.
    ///
    /// # Errors
    /// When calls cannot be made.
    pub fn new(name: &str, config: &OpenIdProvider) -> Result<Self, InvalidCalls> {
        let calls = Calls::new(config.timeout_seconds)?;
        Ok(Self { name: name.to_owned(), config: config.clone(), calls, known: Mutex::default() })
    }

    /// The name in the configuration, which is a part of paths.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name that people read.
    pub fn label(&self) -> &str {
        &self.config.label
    }

    /// The issuer: with the subject it names a person for ever.
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// The address to which the provider sends people back: `wanted` if it is configured, the first one if none is wanted.
    pub fn redirect_uri(&self, wanted: Option<&str>) -> Option<&str> {
        let mut configured = self.config.redirect_uris.iter();
        configured.find(|uri| wanted.is_none_or(|wanted| wanted == *uri)).map(String::as_str)
    }

    /// The address at which a person signs in at the provider.
    ///
    /// # Errors
    /// [`OpenIdError::Unavailable`] if the provider does not respond, [`OpenIdError::Invalid`] if its metadata cannot be used.
    pub async fn authorization_url(&self, attempt: &Attempt, redirect_uri: &str, now: UtcTime) -> Result<String, OpenIdError> {
        let metadata = self.metadata(now).await?;
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", SCOPE),
            ("state", &attempt.state()),
            ("nonce", &attempt.nonce()),
            ("code_challenge", &attempt.challenge()),
            ("code_challenge_method", "S256"),
        ];
        let endpoint = &metadata.authorization_endpoint;
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        Ok(format!("{endpoint}{separator}{}", form(&parameters)))
    }

    /// The person who has signed in at the provider.
    ///
    /// # Errors
    /// [`OpenIdError::Unavailable`] if the provider does not respond, [`OpenIdError::Refused`] if it refuses the code,
    /// [`OpenIdError::Invalid`] if its response proves nothing.
    pub async fn identify(
        &self,
        received: &Received<'_>,
        attempt: &Attempt,
        redirect_uri: &str,
        now: UtcTime,
    ) -> Result<Person, OpenIdError> {
        let metadata = self.metadata(now).await?;
        match received.issuer {
            Some(issuer) if issuer != self.config.issuer => {
                return Err(OpenIdError::Invalid("the code is of another issuer".to_owned()));
            }
            None if metadata.authorization_response_iss_parameter_supported => {
                return Err(OpenIdError::Invalid(
                    "the provider names its issuer beside the code, and `iss` is missing".to_owned(),
                ));
            }
            _ => {}
        }
        let tokens = self.exchange(&metadata, received.code, attempt, redirect_uri).await?;
        let claims = self.verify(&metadata, tokens.id_token.expose_secret(), attempt, now).await?;
        if claims.email.is_some() {
            return Ok(claims.into_person());
        }
        // A provider may tell the address only here (OpenID Connect Core, section 5.4).
        let Some(endpoint) = metadata.userinfo_endpoint.as_deref().filter(|_| tokens.token_type.eq_ignore_ascii_case("bearer"))
        else {
            return Ok(claims.into_person());
        };
        let more: id_token::UserInfo = self.calls.get(endpoint, Some(&tokens.access_token)).await?;
        claims.with(more).map(id_token::Claims::into_person)
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &SecretString,
        attempt: &Attempt,
        redirect_uri: &str,
    ) -> Result<Tokens, OpenIdError> {
        let verifier = attempt.verifier();
        let (id, secret) = (self.config.client_id.as_str(), self.config.client_secret.expose_secret());
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &verifier),
        ];
        let is_basic = !secret.is_empty() && metadata.takes_basic();
        let authorization = is_basic.then(|| {
            // RFC 6749, section 2.3.1: both are encoded before they are joined.
            let pair = format!("{}:{}", encode(id), encode(secret));
            SecretString::from(format!("Basic {}", BASE64_STANDARD.encode(pair)))
        });
        if !is_basic {
            fields.push(("client_id", id));
        }
        if !is_basic && !secret.is_empty() {
            fields.push(("client_secret", secret));
        }
        self.calls.post(&metadata.token_endpoint, form(&fields), authorization.as_ref()).await
    }

    /// Checks an ID token. A key that is not known may be new, so the keys are read again for it, at most once a minute.
    async fn verify(
        &self,
        metadata: &Metadata,
        token: &str,
        attempt: &Attempt,
        now: UtcTime,
    ) -> Result<id_token::Claims, OpenIdError> {
        let nonce = attempt.nonce();
        let expected = Expected { issuer: &self.config.issuer, client_id: &self.config.client_id, nonce: &nonce, now };
        let (read_at, keys) = self.keys(metadata, KEPT, now).await?;
        match id_token::verify(token, &keys, &expected) {
            Err(OpenIdError::UnknownKey) if now - read_at >= LOOK_EVERY => {
                let (_, keys) = self.keys(metadata, LOOK_EVERY, now).await?;
                id_token::verify(token, &keys, &expected)
            }
            claims => claims,
        }
    }

    async fn metadata(&self, now: UtcTime) -> Result<Arc<Metadata>, OpenIdError> {
        let mut known = self.known.lock().await;
        if let Some((_, metadata)) = known.metadata.as_ref().filter(|(at, _)| is_fresh(*at, KEPT, now)) {
            return Ok(metadata.clone());
        }
        known.check_pause(now)?;
        let read = Metadata::read(&self.calls, &self.config.issuer).await;
        known.note(&read, now);
        let metadata = Arc::new(read?);
        known.metadata = Some((now, metadata.clone()));
        Ok(metadata)
    }

    /// The keys, read at most `kept` ago, and when they were read.
    async fn keys(&self, metadata: &Metadata, kept: TimeDelta, now: UtcTime) -> Result<(UtcTime, Arc<Keys>), OpenIdError> {
        let mut known = self.known.lock().await;
        if let Some((at, keys)) = known.keys.as_ref().filter(|(at, _)| is_fresh(*at, kept, now)) {
            return Ok((*at, keys.clone()));
        }
        known.check_pause(now)?;
        let read = self.calls.get::<Keys>(&metadata.jwks_uri, None).await;
        known.note(&read, now);
        let keys = Arc::new(read?);
        known.keys = Some((now, keys.clone()));
        Ok((now, keys))
    }
}

impl Known {
    fn check_pause(&self, now: UtcTime) -> Result<(), OpenIdError> {
        match self.failed_at {
            Some(at) if is_fresh(at, PAUSE, now) => Err(OpenIdError::Unavailable("it has failed a moment ago".to_owned())),
            _ => Ok(()),
        }
    }

    fn note<T>(&mut self, read: &Result<T, OpenIdError>, now: UtcTime) {
        self.failed_at = read.is_err().then_some(now);
    }
}

fn is_fresh(at: UtcTime, kept: TimeDelta, now: UtcTime) -> bool {
    (at..at + kept).contains(&now)
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// Parameters as a query string or a form has them.
fn form(parameters: &[(&str, &str)]) -> String {
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    parameters.join("&")
}
