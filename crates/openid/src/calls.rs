//! Requests to a provider: with limits of time and size, and without following redirects, so that nothing leads elsewhere than the
//! metadata of the provider says.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::OpenIdError;

/// The largest response that is read, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// The client that calls a provider.
pub(super) struct Calls(Client);

/// Why providers cannot be called.
#[derive(Debug, thiserror::Error)]
pub enum InvalidCalls {
    /// TLS cannot be used.
    #[error("cannot prepare TLS for sign-in with OpenID Connect: {0}")]
    Tls(#[from] rustls::Error),
    /// The client cannot be made.
    #[error("cannot prepare sign-in with OpenID Connect: {0}")]
    Client(#[from] reqwest::Error),
}

/// An error of OAuth 2.0 (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Calls {
    /// Calls that end after this time.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub(super) fn new(timeout_seconds: u64) -> Result<Self, InvalidCalls> {
        let timeout = Duration::from_secs(timeout_seconds);
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(timeout)
            .timeout(timeout)
            .build()?;
        Ok(Self(client))
    }

    /// Reads JSON, with an access token if one is given.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: &str, token: Option<&SecretString>) -> Result<T, OpenIdError> {
        let token = token.map(|token| format!("Bearer {}", token.expose_secret()).into());
        let (status, body) = send(authorized(self.0.get(url), token.as_ref())?).await?;
        if status != 200 {
            return Err(OpenIdError::Unavailable(format!("the status of {url} is {status}")));
        }
        read(&body)
    }

    /// Sends a form, with a value of `Authorization` if one is given.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: &str,
        form: String,
        authorization: Option<&SecretString>,
    ) -> Result<T, OpenIdError> {
        let request = self.0.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let (status, body) = send(authorized(request, authorization)?).await?;
        match (status, serde_json::from_slice::<Refusal>(&body)) {
            (200, _) => read(&body),
            (400 | 401, Ok(refusal)) if refusal.error == "invalid_grant" => Err(OpenIdError::Refused(refusal.error)),
            // Such as `invalid_client`: the settings are wrong, which is no fault of the person.
            (_, Ok(refusal)) => Err(OpenIdError::Unavailable(format!("its error is {}", refusal.error.escape_debug()))),
            (status, Err(_)) => Err(OpenIdError::Unavailable(format!("the status of {url} is {status}"))),
        }
    }
}

fn authorized(request: RequestBuilder, value: Option<&SecretString>) -> Result<RequestBuilder, OpenIdError> {
    let request = request.header(ACCEPT, "application/json");
    let Some(value) = value else { return Ok(request) };
    let invalid = |_| OpenIdError::Invalid("a token has characters that no header can carry".to_owned());
    let mut value = HeaderValue::from_str(value.expose_secret()).map_err(invalid)?;
    value.set_sensitive(true);
    Ok(request.header(AUTHORIZATION, value))
}

async fn send(request: RequestBuilder) -> Result<(u16, Vec<u8>), OpenIdError> {
    let mut response = request.send().await.map_err(|error| unreachable(&error))?;
    let status = response.status().as_u16();
    Ok((status, receive(&mut response).await?))
}

async fn receive(response: &mut Response) -> Result<Vec<u8>, OpenIdError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(OpenIdError::Unavailable(format!("a response is larger than {MOST_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unreachable(error: &reqwest::Error) -> OpenIdError {
    let kind = match error {
        _ if error.is_timeout() => "it did not respond in time",
        _ if error.is_connect() => "it could not be reached",
        _ => "the connection broke before the response was complete",
    };
    OpenIdError::Unavailable(kind.to_owned())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, OpenIdError> {
    // The message of serde names a place and no value.
    serde_json::from_slice(body).map_err(|error| OpenIdError::Unavailable(format!("a response has another form: {error}")))
}

/// TLS with the certificates that mail servers are checked with, too.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
