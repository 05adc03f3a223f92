//! Stripe, which takes payments by card: the calls that the service makes, with typed results and errors, and the signatures of the
//! webhooks that it receives. Nothing here knows of the database.

pub mod connect;
pub mod error;
mod form;
pub mod objects;
pub mod payouts;
pub mod saved_cards;
pub mod webhook;

use std::sync::Arc;
use std::time::Duration;

use domain::card_amount::{Unpayable, to_units};
use domain::money::Money;
use domain::time::UtcTime;
use environment::config;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;

use self::error::StripeError;
use self::form::Form;
use self::objects::{Dispute, List, Listed, PaymentIntent, Refund, Session};

/// The version of the interface that all calls name, so that responses keep their form when the account moves to a newer one.
const VERSION: &str = "2024-06-20";

/// The largest number of pages of a list that are read, with 100 objects each.
const MOST_PAGES: usize = 100;

/// The largest answer that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// The name in the metadata of the objects at Stripe under which they carry the identifier of the payment here.
const PAYMENT_KEY: &str = "metadata[card_payment_id]";

/// An account at Stripe. Cloning it is cheap.
#[derive(Clone)]
pub struct Stripe {
    http: Client,
    api_url: Arc<str>,
    authorization: HeaderValue,
    /// The secrets that sign the events of the account, and those of the accounts of hosts.
    webhook_secrets: [SecretString; 2],
}

/// Why calls to Stripe cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum InvalidStripe {
    /// The secret key has characters that no header can carry.
    #[error("stripe.secret_key must consist of visible ASCII characters")]
    Key,
    /// TLS cannot be used.
    #[error("cannot prepare TLS for calls to Stripe: {0}")]
    Tls(#[from] rustls::Error),
    /// The client cannot be made.
    #[error("cannot prepare calls to Stripe: {0}")]
    Client(#[from] reqwest::Error),
}

/// A Checkout session to be made: the page at Stripe on which a customer pays.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// The payment here that it is for.
    pub payment_id: &'a str,
    /// The text that the customer reads beside the amount, or where it saves a card.
    pub description: &'a str,
    /// The address to which the customer returns after the payment.
    pub success_url: &'a str,
    /// The address to which the customer returns without a payment.
    pub cancel_url: &'a str,
    /// The end of the session: from 30 minutes to 24 hours from now.
    pub expires_at: UtcTime,
    /// The account of the host to which the payment is transferred, and in whose name it is made; none: it stays with the operator,
    /// or several hosts are paid.
    pub account: Option<&'a str>,
}

impl Stripe {
    /// Returns the account that is configured; none without a secret key.
    ///
    /// # Errors
    /// When the key cannot be sent, or the client cannot be made.
    pub fn new(config: &config::Stripe) -> Result<Option<Self>, InvalidStripe> {
        if config.secret_key.expose_secret().is_empty() {
            return Ok(None);
        }
        let bearer = format!("Bearer {}", config.secret_key.expose_secret());
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| InvalidStripe::Key)?;
        authorization.set_sensitive(true);
        let timeout = Duration::from_secs(config.timeout_seconds);
        let http = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .redirect(Policy::none())
            .connect_timeout(timeout)
            .timeout(timeout)
            .build()?;
        let api_url = config.api_url.trim_end_matches('/').into();
        let webhook_secrets = [config.webhook_secret.clone(), config.connect_webhook_secret.clone()];
        Ok(Some(Self { http, api_url, authorization, webhook_secrets }))
    }

    /// Makes a Checkout session. The payment reserves the amount on the card (it authorizes it); [`Self::capture`] takes it.
    ///
    /// # Errors
    /// [`StripeError`]; also for an amount that Stripe has no form for.
    pub async fn create_session(&self, new: &NewSession<'_>, amount: Money, key: &str) -> Result<Session, StripeError> {
        let mut form = Form::default();
        let item = "line_items[0][price_data]";
        form.add("mode", "payment")
            .add("payment_method_types[0]", "card")
            .add("client_reference_id", new.payment_id)
            .add(PAYMENT_KEY, new.payment_id)
            .add("line_items[0][quantity]", "1")
            .add(&format!("{item}[currency]"), &currency(amount))
            .add(&format!("{item}[unit_amount]"), &units(amount)?)
            .add(&format!("{item}[product_data][name]"), new.description)
            .add("payment_intent_data[capture_method]", "manual")
            .add(&format!("payment_intent_data[{}", PAYMENT_KEY.replacen('[', "][", 1)), new.payment_id)
            .add("success_url", new.success_url)
            .add("cancel_url", new.cancel_url)
            .add("expires_at", &new.expires_at.to_chrono().timestamp().to_string());
        if let Some(account) = new.account {
            form.add("payment_intent_data[on_behalf_of]", account)
                .add("payment_intent_data[transfer_data][destination]", account)
                .add("payment_intent_data[transfer_group]", new.payment_id);
        }
        self.post("checkout/sessions", form, key).await
    }

    /// Returns a Checkout session.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn get_session(&self, id: &str) -> Result<Session, StripeError> {
        self.get(&format!("checkout/sessions/{}", form::part(id))).await
    }

    /// Ends a Checkout session, so that nobody can pay on it any more.
    ///
    /// # Errors
    /// [`StripeError`]; [`StripeError::Refused`] if the session is complete.
    pub async fn expire_session(&self, id: &str, key: &str) -> Result<Session, StripeError> {
        self.post(&format!("checkout/sessions/{}/expire", form::part(id)), Form::default(), key).await
    }

    /// Returns a payment, with its charge.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn get_intent(&self, id: &str) -> Result<PaymentIntent, StripeError> {
        self.get(&format!("payment_intents/{}?expand[]=latest_charge", form::part(id))).await
    }

    /// Takes an amount that was authorized, or a part of it. The rest is released. The operator keeps the commission, which is at most the
    /// amount and can be 0.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn capture(&self, id: &str, amount: Money, commission: Money, key: &str) -> Result<PaymentIntent, StripeError> {
        let mut form = Form::default();
        form.add("amount_to_capture", &units(amount)?).add("expand[]", "latest_charge");
        if commission.amount > 0 {
            form.add("application_fee_amount", &units(commission)?);
        }
        self.post(&format!("payment_intents/{}/capture", form::part(id)), form, key).await
    }

    /// Releases an amount that was authorized.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn cancel(&self, id: &str, key: &str) -> Result<PaymentIntent, StripeError> {
        let mut form = Form::default();
        form.add("expand[]", "latest_charge");
        self.post(&format!("payment_intents/{}/cancel", form::part(id)), form, key).await
    }

    /// Pays a part of a payment back, or all of it. With `is_reversing` the amount is taken from the account of the host, else from that of
    /// the operator.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn refund(
        &self,
        intent: &str,
        amount: Money,
        (refund_id, is_reversing): (&str, bool),
        key: &str,
    ) -> Result<Refund, StripeError> {
        let mut form = Form::default();
        form.add("payment_intent", intent).add("amount", &units(amount)?).add("metadata[card_refund_id]", refund_id);
        if is_reversing {
            form.add("reverse_transfer", "true");
        }
        self.post("refunds", form, key).await
    }

    /// Returns all refunds of a payment.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn list_refunds(&self, intent: &str) -> Result<Vec<Refund>, StripeError> {
        self.list(&format!("refunds?payment_intent={}", form::part(intent))).await
    }

    /// Returns all disputes of a payment.
    ///
    /// # Errors
    /// [`StripeError`].
    pub async fn list_disputes(&self, intent: &str) -> Result<Vec<Dispute>, StripeError> {
        self.list(&format!("disputes?payment_intent={}", form::part(intent))).await
    }

    async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, StripeError> {
        let page: List<T> = self.get(&format!("{path}&limit=100")).await?;
        match page.has_more {
            true => Err(StripeError::Nonsense("a payment has more than 100 refunds or disputes".to_owned())),
            false => Ok(page.data),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, StripeError> {
        self.send(self.request(Method::GET, path)).await
    }

    /// Returns all objects of a list in the account of a host, the latest first.
    async fn list_in<T: DeserializeOwned + Listed>(&self, account: &str, path: &str) -> Result<Vec<T>, StripeError> {
        let account = HeaderValue::from_str(account).map_err(|_| StripeError::NotFound)?;
        let (mut all, mut after) = (Vec::<T>::new(), String::new());
        for _ in 0..MOST_PAGES {
            let request = self.request(Method::GET, &format!("{path}&limit=100{after}"));
            let page: List<T> = self.send(request.header("Stripe-Account", account.clone())).await?;
            all.extend(page.data);
            match all.last() {
                Some(last) if page.has_more => after = format!("&starting_after={}", form::part(last.id())),
                _ => return Ok(all),
            }
        }
        Err(StripeError::Nonsense(format!("a list has more than {MOST_PAGES} pages")))
    }

    /// Sends a command. Stripe does it once for each key.
    async fn post<T: DeserializeOwned>(&self, path: &str, form: Form, key: &str) -> Result<T, StripeError> {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key);
        self.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.into_body())).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/v1/{path}", self.api_url));
        request.header(AUTHORIZATION, self.authorization.clone()).header("Stripe-Version", VERSION)
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, StripeError> {
        let unreachable = |error: reqwest::Error| StripeError::Unavailable(error.without_url().to_string());
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = receive(&mut response).await?;
        match status {
            200..=299 => serde_json::from_slice(&body).map_err(|error| StripeError::Nonsense(error.to_string())),
            status => Err(error::read(status, &body)),
        }
    }
}

async fn receive(response: &mut Response) -> Result<Vec<u8>, StripeError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| StripeError::Unavailable(error.without_url().to_string()))? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(StripeError::Nonsense(format!("the answer is larger than {MOST_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// TLS with the certificates that mail servers are checked with, too.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn units(amount: Money) -> Result<String, Unpayable> {
    to_units(amount).map(|units| units.to_string())
}

fn currency(amount: Money) -> String {
    amount.currency.as_str().to_ascii_lowercase()
}
