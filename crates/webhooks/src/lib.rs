//! Sends events to the webhooks of organizations, signed as the Standard Webhooks specification says. Nothing here knows of the database.
//!
//! A receiver is named by anybody, so its address is judged before the service connects to it: the name is looked up once, each address
//! that is found is judged, and the connection is made to these addresses.

mod resolver;
mod signature;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::network::Network;
use domain::webhook::{Attempt, may_reach};
use environment::config;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use rustls::{ClientConfig, RootCertStore};

use self::resolver::{Lookup, Resolver, look_up};

/// How many characters of a response are kept.
const MOST_CHARACTERS: usize = 1000;

/// How many bytes of a response are read.
const MOST_BYTES: usize = 4 * MOST_CHARACTERS;

/// The longest time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The clients that send events. Cloning it is cheap.
#[derive(Clone)]
pub struct Sender {
    /// By HTTPS.
    secure: Client,
    /// By plain HTTP, only to allowed networks.
    plain: Client,
    allowed: Arc<[Network]>,
}

/// Why events cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSender {
    /// TLS cannot be used.
    #[error("cannot prepare TLS for webhooks: {0}")]
    Tls(#[from] rustls::Error),
    /// A client cannot be made.
    #[error("cannot prepare webhooks: {0}")]
    Client(#[from] reqwest::Error),
}

/// An event to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The address of the receiver.
    pub url: &'a str,
    /// The secrets with which it is signed.
    pub secrets: &'a [String],
    /// The identifier of the event, the same in each attempt.
    pub id: &'a str,
    /// The time of the attempt, in seconds since 1970.
    pub timestamp: i64,
    /// The event as JSON.
    pub body: &'a str,
}

impl Sender {
    /// Prepares to send as it is configured.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn new(config: &config::Webhooks) -> Result<Self, InvalidSender> {
        Self::with_lookup(config, Arc::new(look_up))
    }

    fn with_lookup(config: &config::Webhooks, lookup: Lookup) -> Result<Self, InvalidSender> {
        let allowed: Arc<[Network]> = config.allowed_networks.clone().into();
        let client = |is_plain| {
            let resolver = Resolver { lookup: lookup.clone(), is_plain, allowed: allowed.clone() };
            let client = Client::builder()
                .tls_backend_preconfigured(tls()?)
                .dns_resolver(resolver)
                .no_proxy()
                .redirect(Policy::none())
                .referer(false)
                .user_agent("Sharefloor-Webhooks/1")
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(Duration::from_secs(config.timeout_seconds))
                .build()?;
            Ok::<_, InvalidSender>(client)
        };
        Ok(Self { secure: client(false)?, plain: client(true)?, allowed })
    }

    /// Sends an event once.
    pub async fn send(&self, message: &Message<'_>) -> Attempt {
        let began_at = Instant::now();
        let (status, response, error) = match self.post(message).await {
            Ok(mut response) => (Some(i32::from(response.status().as_u16())), read_start(&mut response).await, String::new()),
            Err(error) => (None, String::new(), error),
        };
        Attempt { status, response, error, millis: i32::try_from(began_at.elapsed().as_millis()).unwrap_or(i32::MAX) }
    }

    async fn post(&self, message: &Message<'_>) -> Result<Response, String> {
        let url: Url = message.url.parse().map_err(|_| "The address is not valid.".to_owned())?;
        let is_plain = url.scheme() == "http";
        // An address in place of a name is not looked up.
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        if host.parse::<IpAddr>().is_ok_and(|address| !may_reach(address, is_plain, &self.allowed)) {
            return Err(resolver::REFUSED.to_owned());
        }
        let client = if is_plain { &self.plain } else { &self.secure };
        let request = client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.timestamp)
            .header("webhook-signature", signature::sign(message.secrets, message.id, message.timestamp, message.body))
            .body(message.body.to_owned());
        request.send().await.map_err(|error| describe(&error))
    }
}

/// The first characters of the body of a response. PostgreSQL cannot store NUL in a text.
async fn read_start(response: &mut Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MOST_BYTES
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk);
    }
    bytes.truncate(MOST_BYTES);
    String::from_utf8_lossy(&bytes).chars().filter(|char| *char != '\0').take(MOST_CHARACTERS).collect()
}

/// Why there was no response, for the owners of the webhook. It has no address that the name was looked up to.
fn describe(error: &reqwest::Error) -> String {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(current) = cause {
        if current.is::<resolver::Refused>() {
            return resolver::REFUSED.to_owned();
        }
        cause = current.source();
    }
    match error {
        _ if error.is_timeout() => "The receiver did not respond in time.".to_owned(),
        _ if error.is_connect() => "The receiver could not be reached.".to_owned(),
        _ => "The connection broke before the response was complete.".to_owned(),
    }
}

/// TLS with the certificates that mail servers are checked with, too.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests;
