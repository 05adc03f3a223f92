//! Requests to addresses that anybody can name: of webhooks and of calendars. Nothing here knows of the database.
//!
//! An address is judged before the service connects to it: the name is looked up once, each address that is found is judged, and the
//! connection is made to these addresses.

mod resolver;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::network::{Network, may_reach};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Request, Response, Url};
use rustls::{ClientConfig, RootCertStore};

pub use self::resolver::{Found, Lookup};
use self::resolver::{Refused, Resolver, look_up};

/// The longest time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The clients that send requests. Cloning it is cheap.
#[derive(Clone)]
pub struct Clients {
    /// By HTTPS.
    secure: Client,
    /// By plain HTTP, only to allowed networks.
    plain: Client,
    allowed: Arc<[Network]>,
}

/// Why requests cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum InvalidClient {
    /// TLS cannot be used.
    #[error("cannot prepare TLS for requests: {0}")]
    Tls(#[from] rustls::Error),
    /// A client cannot be made.
    #[error("cannot prepare requests: {0}")]
    Client(#[from] reqwest::Error),
}

/// Why there is no response. It has no address that a name was looked up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The address is none.
    Invalid,
    /// The address is not on the internet, and in no allowed network.
    Refused,
    /// There was no response in time.
    Late,
    /// No connection could be made.
    Unreachable,
    /// The connection broke.
    Broken,
}

/// A response.
#[derive(Debug, Clone)]
pub struct Received {
    /// The status.
    pub status: u16,
    headers: HeaderMap,
    /// The body, or its beginning.
    pub body: Vec<u8>,
    /// Whether this is the whole body: neither was it too long nor did the connection break.
    pub is_whole: bool,
}

impl Received {
    /// The value of a header, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Clients {
    /// Prepares to send requests to hosts on the internet by HTTPS, and to these networks, also by plain HTTP. No request takes longer than
    /// `timeout`.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn new(agent: &str, allowed: &[Network], timeout: Duration) -> Result<Self, InvalidClient> {
        Self::with_lookup(agent, allowed, timeout, Arc::new(look_up))
    }

    /// As [`Self::new`], with another way to look names up.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub fn with_lookup(agent: &str, allowed: &[Network], timeout: Duration, lookup: Lookup) -> Result<Self, InvalidClient> {
        let allowed: Arc<[Network]> = allowed.into();
        let client = |is_plain| {
            let resolver = Resolver { lookup: lookup.clone(), is_plain, allowed: allowed.clone() };
            let client = Client::builder()
                .tls_backend_preconfigured(tls()?)
                .dns_resolver(resolver)
                .no_proxy()
                .redirect(Policy::none())
                .referer(false)
                .user_agent(agent)
                .connect_timeout(CONNECT_TIMEOUT)
                .timeout(timeout)
                .build()?;
            Ok::<_, InvalidClient>(client)
        };
        Ok(Self { secure: client(false)?, plain: client(true)?, allowed })
    }

    /// Sends a body, and returns the response with at most `most` bytes of its body.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn post(&self, url: &str, headers: &[(&str, &str)], body: String, most: usize) -> Result<Received, Failure> {
        self.send(Method::POST, url, headers, Some(body), most).await
    }

    /// Asks for a document, and returns the response with at most `most` bytes of its body.
    ///
    /// # Errors
    /// When there is no response.
    pub async fn get(&self, url: &str, headers: &[(&str, &str)], most: usize) -> Result<Received, Failure> {
        self.send(Method::GET, url, headers, None, most).await
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
        most: usize,
    ) -> Result<Received, Failure> {
        let url: Url = url.parse().map_err(|_| Failure::Invalid)?;
        let is_plain = url.scheme() == "http";
        // An address in place of a name is not looked up.
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        if host.parse::<IpAddr>().is_ok_and(|address| !may_reach(address, is_plain, &self.allowed)) {
            return Err(Failure::Refused);
        }
        let client = if is_plain { &self.plain } else { &self.secure };
        let mut request = client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request: Request = match body {
            Some(body) => request.body(body),
            None => request,
        }
        .build()
        .map_err(|_| Failure::Invalid)?;
        let mut response = client.execute(request).await.map_err(|error| failure(&error))?;
        let (body, is_whole) = read(&mut response, most).await;
        Ok(Received { status: response.status().as_u16(), headers: response.headers().clone(), body, is_whole })
    }
}

/// The body of a response, at most `most` bytes of it, and whether this is all.
async fn read(response: &mut Response, most: usize) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return (body, true),
            Err(_) => return (body, false),
        }
        if body.len() > most {
            body.truncate(most);
            return (body, false);
        }
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(current) = cause {
        if current.is::<Refused>() {
            return Failure::Refused;
        }
        cause = current.source();
    }
    match error {
        _ if error.is_timeout() => Failure::Late,
        _ if error.is_connect() => Failure::Unreachable,
        _ => Failure::Broken,
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
