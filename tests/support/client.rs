//! A caller of the API: its methods are those of HTTP, and an answer that is not the one expected is shown whole.

use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::contract;

/// Somebody who calls the API.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    http: reqwest::Client,
    headers: HeaderMap,
}

impl Client {
    /// Somebody unknown, whose paths begin below `base`.
    pub(crate) fn new(base: String) -> Self {
        // A kept connection that was idle for the server's keep-alive time, 5 s, may be closed just while a request is sent.
        // The service speaks plain HTTP here, so no certificates are read.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).tls_certs_only([]);
        let http = http.build().expect("a client needs nothing");
        Self { base, http, headers: HeaderMap::new() }
    }

    /// The same with a header on every request.
    pub(crate) fn with(&self, name: &'static str, value: impl AsRef<str>) -> Self {
        let mut client = self.clone();
        client.headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value.as_ref()).expect("a value"));
        client
    }

    /// The same with an access token.
    pub(crate) fn with_token(&self, token: impl AsRef<str>) -> Self {
        self.with("authorization", format!("Bearer {}", token.as_ref()))
    }

    /// The same over a connection of its own.
    pub(crate) fn alone(&self) -> Self {
        Self { headers: self.headers.clone(), ..Self::new(self.base.clone()) }
    }

    /// The value of a header that every request has.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("a header is text")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, |request| request).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, |request| request.json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, |request| request.json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, |request| request).await
    }

    /// Sends a request of any form.
    pub(crate) async fn send(&self, method: Method, path: &str, form: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Answer {
        let request = self.http.request(method.clone(), format!("{}{path}", self.base)).headers(self.headers.clone());
        let request = form(request).build().expect("requests in tests are well-formed");
        let sent = request.body().and_then(reqwest::Body::as_bytes).and_then(|body| serde_json::from_slice(body).ok());
        let answer = self.http.execute(request).await;
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path} got no answer: {error:?}"));
        let (answer_path, status, headers) = (answer.url().clone(), answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap_or_else(|error| panic!("{method} {path} was cut off: {error:?}"));
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { request: format!("{method} {path}"), status, headers, body, text };
        contract::check(&method, answer_path.path(), sent.as_ref(), &answer);
        answer
    }
}

/// What the service answered. `answer["id"]` is a field of the body.
pub(crate) struct Answer {
    request: String,
    /// The status of HTTP.
    pub(crate) status: u16,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// The body as JSON; null where it is none.
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) text: String,
}

impl Answer {
    /// The same answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert!(self.status == status, "expected {status}, got {self:?}");
        self
    }

    /// The same answer, if it is a problem with this status and code, of the form that all problems have.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Self {
        assert!(self.status == status && self["code"] == code, "expected {status} {code}, got {self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self["type"], format!("/api/problems/{code}"), "{self:?}");
        assert_eq!(self["status"], status, "{self:?}");
        assert_eq!(self["request_id"], self.header("x-request-id"), "{self:?}");
        assert!(self["title"].is_string() && self["detail"].is_string(), "{self:?}");
        self
    }

    /// The same answer, if it refuses exactly these fields, each by its pointer and code.
    #[track_caller]
    pub(crate) fn refused_fields(self, expected: &[(&str, &str)]) -> Self {
        let answer = self.refused(422, "invalid_fields");
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let mut found: Vec<_> = errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect();
        let mut expected: Vec<_> = expected.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{answer:?}");
        answer
    }

    /// The value of a header, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header is text"))
    }

    /// A field of the body that is a text.
    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> String {
        self[name].as_str().unwrap_or_else(|| panic!("no text {name} in {self:?}")).to_owned()
    }

    /// The identifier of the object in the body.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.text("id")
    }

    /// The items of a list.
    #[track_caller]
    pub(crate) fn items(&self) -> &[Value] {
        self["items"].as_array().unwrap_or_else(|| panic!("no list: {self:?}"))
    }
}

impl std::ops::Index<&str> for Answer {
    type Output = Value;
    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { request, status, headers, text, .. } = self;
        writeln!(f, "{status} for {request}")?;
        headers.iter().try_for_each(|(name, value)| writeln!(f, "{name}: {value:?}"))?;
        write!(f, "\n{text}")
    }
}
