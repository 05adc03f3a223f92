//! Stripe as its documentation describes it, on loopback: accounts with pages, payments, refunds, disputes and signed events. The
//! service does not know that it is not the real one; only the address differs.

mod connect;
mod http;
mod payouts;
mod saved_cards;
mod world;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use environment::config::Config;
use reqwest::header::CONTENT_TYPE;
use ring::hmac;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::server::Server;
pub(crate) use world::{Card, Fault, World};

/// The accounts, by their secret key. All are on one server.
static ACCOUNTS: LazyLock<Mutex<HashMap<String, Arc<Mutex<World>>>>> = LazyLock::new(Mutex::default);
static URL: LazyLock<String> = LazyLock::new(http::serve);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The secret that signs the events.
const WEBHOOK_SECRET: &str = "whsec_of_the_tests";

/// The secret that signs the events of the accounts of hosts.
const CONNECT_SECRET: &str = "whsec_of_the_hosts";

/// Configures a service with an account of its own.
pub(crate) fn with_stripe(config: &mut Config) {
    let key = format!("sk_test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), Arc::default());
    config.stripe.secret_key = key.into();
    config.stripe.webhook_secret = WEBHOOK_SECRET.into();
    config.stripe.api_url = URL.clone();
    config.stripe.timeout_seconds = 2;
    // The jobs run when the test says so.
    config.mail.poll_seconds = 3600;
}

/// As [`with_stripe`], with an account for each host. The operator keeps 10 %.
pub(crate) fn with_connect(config: &mut Config) {
    with_stripe(config);
    config.stripe.connect = true;
    config.stripe.connect_webhook_secret = CONNECT_SECRET.into();
    config.stripe.commission_rate = 1000;
}

fn account(key: &str) -> Option<Arc<Mutex<World>>> {
    ACCOUNTS.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

/// The account of a service, for its customers, for whoever works with Stripe's dashboard, and for tests that let it fail.
#[derive(Clone)]
pub(crate) struct Account {
    world: Arc<Mutex<World>>,
    service: String,
}

impl Account {
    /// The account of a service that was configured by [`with_stripe`]. From now on its clock is that of the service.
    pub(crate) fn of(server: &Server) -> Self {
        let world = account(server.config.stripe.secret_key.expose_secret()).expect("it was configured");
        world.lock().unwrap_or_else(PoisonError::into_inner).clock = Some(server.clock.clone());
        Self { world, service: server.url.clone() }
    }

    /// Looks at the account, or does something with it.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.tick();
        act(&mut world)
    }

    /// The customer pays on a page. Returns whether the bank agreed.
    pub(crate) fn pay(&self, page: &Value, card: Card) -> bool {
        let url = page.as_str().expect("a page is open");
        self.with(|world| world.pay(url, card))
    }

    /// What the next calls meet.
    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.with(|world| world.faults.extend(faults));
    }

    /// The events that nobody has sent yet, the oldest first. They are lost unless they are sent.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.with(|world| std::mem::take(&mut world.events))
    }

    /// Sends an event, signed now. Returns the status of the response.
    pub(crate) async fn send(&self, event: &Value) -> u16 {
        let at = self.with(|world| world.now());
        let secret = if event["account"].is_null() { WEBHOOK_SECRET } else { CONNECT_SECRET };
        self.send_signed(event, secret, at).await
    }

    /// Sends an event with a signature of this secret and time.
    pub(crate) async fn send_signed(&self, event: &Value, secret: &str, at: i64) -> u16 {
        let body = event.to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, format!("{at}.{body}").as_bytes());
        let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.post(body, &format!("t={at},v1={hex}")).await
    }

    /// Sends something with this header.
    pub(crate) async fn post(&self, body: String, signature: &str) -> u16 {
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client needs nothing");
        let request = http.post(format!("{}/api/v1/webhooks/stripe", self.service));
        let request = request.header(CONTENT_TYPE, "application/json").header("Stripe-Signature", signature).body(body);
        request.send().await.expect("the service responds").status().as_u16()
    }

    /// Sends all events in their order.
    pub(crate) async fn send_all(&self) {
        for event in self.events() {
            assert_eq!(self.send(&event).await, 204);
        }
    }
}
