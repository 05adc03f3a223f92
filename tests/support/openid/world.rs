//! The state and the behaviour of a provider: OpenID Connect Core 1.0, Discovery 1.0, RFC 6749, RFC 7517, RFC 7636 and RFC 9207.

use std::collections::{HashMap, HashSet, VecDeque};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use environment::clock::Clock;
use percent_encoding::percent_decode_str;
use ring::digest::{SHA256, digest};
use ring::hmac;
use serde_json::{Value, json};

use super::http::fields;
use super::keys::{SigningKey, encode};

/// A person who signs in at the provider, with all claims about the person.
#[derive(Clone)]
pub(crate) struct Login(pub(crate) Value);

impl Login {
    /// A person with a verified address.
    pub(crate) fn new(subject: &str, email: &str) -> Self {
        Self(json!({ "sub": subject, "email": email, "email_verified": true, "name": "Ada Lovelace" }))
    }

    /// The same with another claim; null: without the claim.
    pub(crate) fn with(mut self, claim: &str, value: Value) -> Self {
        match value {
            Value::Null => drop(self.0.as_object_mut().and_then(|claims| claims.remove(claim))),
            value => self.0[claim] = value,
        }
        self
    }
}

/// A fault in place of a response.
#[derive(Clone)]
pub(crate) enum Fault {
    /// Nothing, until the client gives up.
    Silence,
    /// An error of the server.
    Status(u16),
    /// An error of OAuth 2.0.
    Error(&'static str),
    /// Another address, where the right answer is.
    Redirect,
    /// A megabyte.
    Huge,
    /// No JSON.
    Nonsense,
}

/// How ID tokens are signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    /// As they must be.
    Right,
    /// With a key that is not published, under the name of one that is.
    OfStranger,
    /// With a key that is not published, under its own name.
    Unpublished,
    /// Not at all: `none`.
    None,
    /// With the secret of the client: `HS256`.
    Hmac,
}

/// A request.
pub(super) struct Call {
    pub(super) method: String,
    pub(super) endpoint: String,
    pub(super) authorization: String,
    pub(super) content_type: String,
    pub(super) fields: HashMap<String, String>,
}

/// A response.
pub(super) enum Reply {
    Json(u16, Value),
    Text(String),
    Redirect(String),
    Silence,
}

/// The sign-in that a code belongs to.
#[derive(Clone)]
struct Grant {
    redirect_uri: String,
    challenge: String,
    nonce: String,
    login: Login,
}

type Change = Box<dyn Fn(&mut Value) + Send>;

/// A provider.
pub(crate) struct World {
    issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) clock: Option<Clock>,
    keys: Vec<(String, SigningKey)>,
    grants: HashMap<String, Grant>,
    used: HashSet<String>,
    logins: HashMap<String, Login>,
    number: usize,
    pub(crate) calls: HashMap<String, usize>,
    pub(crate) faults: HashMap<&'static str, VecDeque<Fault>>,
    /// How the next ID tokens differ from what they must be.
    pub(crate) change_claims: Option<Change>,
    pub(crate) change_header: Option<Change>,
    pub(crate) signature: Signature,
    /// How the metadata differ from the usual.
    pub(crate) change_metadata: Option<Change>,
    /// Whether the address is told by the user info only.
    pub(crate) tells_by_user_info: bool,
    /// Whether the client is authenticated by fields of the form.
    pub(crate) takes_post: bool,
}

impl World {
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: "sharefloor & co".to_owned(),
            client_secret: "s3cret: 100 % ü+/".to_owned(),
            clock: None,
            keys: vec![("first".to_owned(), SigningKey::rsa())],
            grants: HashMap::new(),
            used: HashSet::new(),
            logins: HashMap::new(),
            number: 0,
            calls: HashMap::new(),
            faults: HashMap::new(),
            change_claims: None,
            change_header: None,
            signature: Signature::Right,
            change_metadata: None,
            tells_by_user_info: false,
            takes_post: false,
        }
    }

    /// Signs with another key from now on; the earlier one is no longer published.
    pub(crate) fn rotate(&mut self) {
        let kid = self.name("key");
        self.keys = vec![(kid, SigningKey::ec())];
    }

    fn name(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}-{}", self.number)
    }

    fn now(&self) -> i64 {
        self.clock.as_ref().expect("a test has given it its clock").now().to_chrono().timestamp()
    }

    /// The page at which a person signs in, or declines to. Returns the parameters with which the person is sent back.
    pub(crate) fn authorize(&mut self, url: &str, login: Option<&Login>) -> HashMap<String, String> {
        let (page, query) = url.split_once('?').expect("parameters are sent");
        assert_eq!(page, format!("{}/authorize", self.issuer));
        let sent = fields(query);
        let parameter = |name: &str| sent.get(name).cloned().unwrap_or_else(|| panic!("{name} is missing in {url}"));
        assert_eq!((parameter("response_type"), parameter("client_id")), ("code".to_owned(), self.client_id.clone()));
        assert!(parameter("scope").split(' ').any(|scope| scope == "openid"), "{url}");
        assert_eq!((parameter("code_challenge_method"), parameter("code_challenge").len()), ("S256".to_owned(), 43));
        let mut back = HashMap::from([("state".to_owned(), parameter("state")), ("iss".to_owned(), self.issuer.clone())]);
        let Some(login) = login else {
            back.insert("error".to_owned(), "access_denied".to_owned());
            return back;
        };
        let code = self.name("code");
        let grant = Grant {
            redirect_uri: parameter("redirect_uri"),
            challenge: parameter("code_challenge"),
            nonce: parameter("nonce"),
            login: login.clone(),
        };
        self.grants.insert(code.clone(), grant);
        back.insert("code".to_owned(), code);
        back
    }

    pub(super) fn reply(&mut self, call: &Call) -> Reply {
        let endpoint = call.endpoint.as_str();
        *self.calls.entry(endpoint.to_owned()).or_default() += 1;
        match self.faults.get_mut(endpoint).and_then(VecDeque::pop_front) {
            None => {}
            Some(Fault::Silence) => return Reply::Silence,
            Some(Fault::Status(status)) => return Reply::Json(status, json!("out of order")),
            Some(Fault::Error(error)) => return Reply::Json(400, json!({ "error": error })),
            Some(Fault::Redirect) => return Reply::Redirect(format!("{}/{endpoint}", self.issuer)),
            Some(Fault::Huge) => return Reply::Text(" ".repeat(1 << 20) + "{}"),
            Some(Fault::Nonsense) => return Reply::Text("<html>".to_owned()),
        }
        match (call.method.as_str(), endpoint) {
            ("GET", ".well-known/openid-configuration") => Reply::Json(200, self.metadata()),
            ("GET", "keys") => {
                let mut keys: Vec<_> = self.keys.iter().map(|(kid, key)| key.public(kid)).collect();
                // Keys of other kinds and for other purposes are published beside them.
                keys.push(json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "other", "use": "sig" }));
                Reply::Json(200, json!({ "keys": keys }))
            }
            ("POST", "token") => match self.exchange(call) {
                Ok(tokens) => Reply::Json(200, tokens),
                Err((status, error)) => Reply::Json(status, json!({ "error": error })),
            },
            ("GET", "userinfo") => match call.authorization.strip_prefix("Bearer ").and_then(|token| self.logins.get(token)) {
                Some(Login(claims)) => Reply::Json(200, claims.clone()),
                None => Reply::Json(401, json!({ "error": "invalid_token" })),
            },
            _ => Reply::Json(404, json!({})),
        }
    }

    fn metadata(&self) -> Value {
        let at = |endpoint: &str| format!("{}/{endpoint}", self.issuer);
        let methods = if self.takes_post { ["client_secret_post"] } else { ["client_secret_basic"] };
        let mut metadata = json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "jwks_uri": at("keys"),
            "userinfo_endpoint": at("userinfo"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "token_endpoint_auth_methods_supported": methods,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        });
        if let Some(change) = &self.change_metadata {
            change(&mut metadata);
        }
        metadata
    }

    /// Whether the client has shown its secret, in the one way that the metadata name.
    fn knows_client(&self, call: &Call) -> bool {
        let field = |name: &str| call.fields.get(name).map(String::as_str);
        if self.takes_post {
            let sent = (field("client_id"), field("client_secret"));
            return call.authorization.is_empty() && sent == (Some(&self.client_id), Some(&self.client_secret));
        }
        let pair = call.authorization.strip_prefix("Basic ").and_then(|pair| BASE64_STANDARD.decode(pair).ok());
        let pair = pair.and_then(|pair| String::from_utf8(pair).ok()).unwrap_or_default();
        let (id, secret) = pair.split_once(':').unwrap_or_default();
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        field("client_secret").is_none() && (decode(id), decode(secret)) == (self.client_id.clone(), self.client_secret.clone())
    }

    fn exchange(&mut self, call: &Call) -> Result<Value, (u16, &'static str)> {
        assert_eq!(call.content_type, "application/x-www-form-urlencoded");
        if !self.knows_client(call) {
            return Err((401, "invalid_client"));
        }
        let field = |name: &str| call.fields.get(name).cloned().unwrap_or_default();
        if field("grant_type") != "authorization_code" {
            return Err((400, "unsupported_grant_type"));
        }
        let code = field("code");
        if self.used.contains(&code) {
            return Err((400, "invalid_grant"));
        }
        let grant = self.grants.get(&code).cloned().ok_or((400, "invalid_grant"))?;
        self.used.insert(code);
        let is_verified = encode(digest(&SHA256, field("code_verifier").as_bytes())) == grant.challenge;
        if field("redirect_uri") != grant.redirect_uri || !is_verified {
            return Err((400, "invalid_grant"));
        }
        let access_token = self.name("access");
        self.logins.insert(access_token.clone(), grant.login.clone());
        let id_token = self.id_token(&grant);
        Ok(json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": 300, "id_token": id_token }))
    }

    fn id_token(&mut self, grant: &Grant) -> String {
        let now = self.now();
        let mut claims = json!({
            "iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": grant.nonce, "auth_time": now,
        });
        for (name, value) in grant.login.0.as_object().expect("they are claims") {
            if name == "sub" || !self.tells_by_user_info {
                claims[name] = value.clone();
            }
        }
        if let Some(change) = &self.change_claims {
            change(&mut claims);
        }
        let stranger = SigningKey::ec();
        let (kid, key) = self.keys.last().expect("there is a key");
        let (kid, key) = match self.signature {
            Signature::OfStranger => (kid.as_str(), &SigningKey::ec()),
            Signature::Unpublished => ("unpublished", &stranger),
            _ => (kid.as_str(), key),
        };
        let algorithm = match self.signature {
            Signature::None => "none",
            Signature::Hmac => "HS256",
            // The name of the published key, which is of the other kind, would give the stranger away.
            Signature::OfStranger => "ES256",
            _ => key.algorithm(),
        };
        let mut header = json!({ "typ": "JWT", "alg": algorithm, "kid": kid });
        if let Some(change) = &self.change_header {
            change(&mut header);
        }
        let message = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = match self.signature {
            Signature::None => Vec::new(),
            Signature::Hmac => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.client_secret.as_bytes()), message.as_bytes())
                .as_ref()
                .to_vec(),
            _ => key.sign(message.as_bytes()),
        };
        format!("{message}.{}", encode(signature))
    }
}
