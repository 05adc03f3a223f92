//! A provider of OpenID Connect on loopback that behaves as the specifications say: metadata, keys, a page on which people sign in, codes
//! that work once, PKCE, ID tokens and user info. The service does not know that it is not a real one; only the address differs.

mod http;
mod keys;
mod world;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use environment::config::Config;
use environment::openid_provider::OpenIdProvider;
use serde_json::{Value, json};

use super::client::Answer;
use super::server::Server;
pub(crate) use world::{Fault, Login, Signature, World};

/// The providers, by the number in their address. All are on one server.
static PROVIDERS: LazyLock<Mutex<HashMap<String, Arc<Mutex<World>>>>> = LazyLock::new(Mutex::default);
static URL: LazyLock<String> = LazyLock::new(http::serve);
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The page of the front end to which people return.
pub(crate) const BACK: &str = "https://app.example.org/signed-in";

/// Configures a provider of this name that is there for one service alone.
pub(crate) fn with_provider(config: &mut Config, name: &str) {
    let number = COUNT.fetch_add(1, Ordering::Relaxed).to_string();
    let issuer = format!("{}/{number}", *URL);
    let world = World::new(&issuer);
    config.openid.insert(
        name.to_owned(),
        OpenIdProvider {
            issuer,
            client_id: world.client_id.clone(),
            client_secret: world.client_secret.clone().into(),
            label: format!("Sign in with {name}"),
            redirect_uris: vec![BACK.to_owned(), "http://localhost:3000/signed-in".to_owned()],
            timeout_seconds: 1,
        },
    );
    PROVIDERS.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::new(Mutex::new(world)));
}

/// Configures the provider of most tests.
pub(crate) fn with_openid(config: &mut Config) {
    with_provider(config, "works");
}

fn provider(number: &str) -> Option<Arc<Mutex<World>>> {
    PROVIDERS.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
}

/// The provider of a service, for the people who sign in there, and for tests that change it.
#[derive(Clone)]
pub(crate) struct Provider {
    name: &'static str,
    world: Arc<Mutex<World>>,
}

/// The parameters of the address to which a provider sends a person back.
#[derive(Clone, Debug)]
pub(crate) struct Returned(pub(crate) HashMap<String, String>);

impl Provider {
    /// The provider of [`with_openid`]. From now on its clock is that of the service.
    pub(crate) fn of(server: &Server) -> Self {
        Self::named(server, "works")
    }

    /// The provider of this name.
    pub(crate) fn named(server: &Server, name: &'static str) -> Self {
        let number = server.config.openid[name].issuer.rsplit('/').next().unwrap_or_default();
        let world = provider(number).expect("it was configured");
        world.lock().unwrap_or_else(PoisonError::into_inner).clock = Some(server.clock.clone());
        Self { name, world }
    }

    /// Looks at the provider, or changes it.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins to sign in.
    pub(crate) async fn begin(&self, server: &Server) -> Answer {
        server.anonymous().post(&format!("/auth/openid/{}", self.name), json!({})).await
    }

    /// A person signs in on the page of the provider, and is sent back.
    pub(crate) fn visit(&self, begun: &Answer, login: &Login) -> Returned {
        let url = begun.text("authorization_url");
        Returned(self.with(|world| world.authorize(&url, Some(login))))
    }

    /// A person changes the mind on the page of the provider, and is sent back.
    pub(crate) fn decline(&self, begun: &Answer) -> Returned {
        let url = begun.text("authorization_url");
        Returned(self.with(|world| world.authorize(&url, None)))
    }

    /// The body that a front end sends to the service then.
    pub(crate) fn callback(begun: &Answer, returned: &Returned) -> Value {
        let mut body = json!({ "handle": begun["handle"] });
        for (name, value) in &returned.0 {
            body[name] = json!(value);
        }
        body
    }

    /// Sends a callback.
    pub(crate) async fn finish(&self, server: &Server, body: &Value) -> Answer {
        server.anonymous().post(&format!("/auth/openid/{}/callback", self.name), body.clone()).await
    }

    /// All steps of a sign-in.
    pub(crate) async fn sign_in(&self, server: &Server, login: &Login) -> Answer {
        let begun = self.begin(server).await.expect(200);
        let returned = self.visit(&begun, login);
        self.finish(server, &Self::callback(&begun, &returned)).await
    }

    /// How often the service has called an endpoint.
    pub(crate) fn calls(&self, endpoint: &str) -> usize {
        self.with(|world| world.calls.get(endpoint).copied().unwrap_or_default())
    }

    /// The faults of the next calls of an endpoint.
    pub(crate) fn fail(&self, endpoint: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.with(|world| world.faults.entry(endpoint).or_default().extend(faults));
    }
}
