//! Sign-in with OpenID Connect: the calls to the provider between the transactions that begin an attempt, use it up, and sign in.

use std::sync::Arc;

use actions::error::Error;
use actions::identities::{self, SignedIn};
use chrono::TimeDelta;
use domain::fields::InvalidFields;
use domain::language::Language;
use domain::openid::Attempt;
use domain::problem::Code;
use domain::said::{Said, said};
use domain::time::UtcTime;
use environment::clock::Clock;
use environment::config::Config;
use openid::error::OpenIdError;
use openid::{InvalidCalls, Provider, Received};
use secrecy::{ExposeSecret as _, SecretString};
use storage::db::{Db, Tx};

/// The providers with which people can sign in. Cloning it is cheap.
#[derive(Clone)]
pub struct OpenId {
    db: Db,
    clock: Clock,
    providers: Arc<[Provider]>,
    /// The address of the pages on which a sign-in of this web site ends, without the name of the provider.
    pages: Arc<str>,
}

/// An attempt to sign in that has begun.
pub struct BegunAttempt {
    /// The address at which the person signs in at the provider.
    pub authorization_url: String,
    /// The secrets of the attempt.
    pub attempt: Attempt,
    /// When the attempt ends.
    pub expires_at: UtcTime,
}

/// The response of a provider, which a client has received.
pub struct Callback {
    /// The handle of the attempt, which the client has kept.
    pub handle: SecretString,
    /// The `state` that came back.
    pub state: String,
    /// The `code`.
    pub code: SecretString,
    /// The issuer that came back, if one did.
    pub issuer: Option<String>,
}

/// The client that signs in.
pub struct Client {
    /// How the program names itself.
    pub user_agent: String,
    /// The network.
    pub network: String,
    /// The language that it accepts.
    pub language: Option<Language>,
}

impl OpenId {
    /// Prepares the providers that are configured. None of them is called before somebody signs in.
    ///
    /// # Errors
    /// When calls cannot be made.
    pub fn new(db: Db, clock: Clock, config: &Config) -> Result<Self, InvalidCalls> {
        let providers: Result<Vec<_>, _> = config.openid.iter().map(|(name, config)| Provider::new(name, config)).collect();
        let pages = format!("{}/sign-in/openid/", config.public_url.trim_end_matches('/')).into();
        Ok(Self { db, clock, providers: providers?.into(), pages })
    }

    /// Returns the address of the page of this web site to which a provider sends people back.
    pub fn page(&self, provider: &str) -> String {
        format!("{}{provider}", self.pages)
    }

    /// The providers, by name.
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    fn provider(&self, name: &str) -> Result<&Provider, Error> {
        self.providers.iter().find(|provider| provider.name() == name).ok_or_else(Error::not_found)
    }

    /// Begins an attempt to sign in. Without a redirect URI the first one that is configured is used. The page of this web site is always
    /// allowed.
    ///
    /// # Errors
    /// `not_found` for an unknown provider, a field error for a redirect URI that is not configured, `openid_provider_unavailable`.
    pub async fn begin(&self, provider: &str, redirect_uri: Option<&str>) -> Result<BegunAttempt, Error> {
        let provider = self.provider(provider)?;
        let unknown =
            || InvalidFields::one("/redirect_uri", "invalid", said!("must be one of the `redirect_uris` of the provider"));
        let page = self.page(provider.name());
        let own = redirect_uri.filter(|wanted| *wanted == page);
        let redirect_uri = own.or_else(|| provider.redirect_uri(redirect_uri)).ok_or_else(unknown)?;
        let (attempt, now) = (Attempt::new(rand::random()), self.clock.now());
        let url = provider.authorization_url(&attempt, redirect_uri, now).await.map_err(|error| refusal(provider, &error))?;
        let (kept, name, to) = (attempt.clone(), provider.name().to_owned(), redirect_uri.to_owned());
        let expires_at = self.db.write(now, move |tx: &mut Tx<'_>| identities::begin(tx, &kept, &name, &to)).await?;
        Ok(BegunAttempt { authorization_url: url, attempt, expires_at })
    }

    /// Ends an attempt: signs the person in whom the provider identifies.
    ///
    /// # Errors
    /// `not_found` for an unknown provider, `invalid_openid_callback`, `openid_provider_unavailable`, and those of [`identities::sign_in`].
    pub async fn finish(
        &self,
        provider: &str,
        callback: &Callback,
        client: Client,
        lifetime: TimeDelta,
    ) -> Result<SignedIn, Error> {
        let provider = self.provider(provider)?;
        let attempt = Attempt::of(callback.handle.expose_secret());
        let (used, name, now) = (attempt.clone(), provider.name().to_owned(), self.clock.now());
        let redirect_uri = self.db.write(now, move |tx: &mut Tx<'_>| identities::end(tx, &used, &name)).await?;
        let invalid = |why: Said| Error::Refused(Code::InvalidOpenidCallback, why.then(Said::about(Code::InvalidOpenidCallback)));
        let redirect_uri = redirect_uri.ok_or_else(|| invalid(said!("The handle is unknown, expired, or was used before.")))?;
        if attempt.state() != callback.state {
            return Err(invalid(said!("The `state` is that of another attempt.")));
        }
        let received = Received { code: &callback.code, issuer: callback.issuer.as_deref() };
        let person = provider.identify(&received, &attempt, &redirect_uri, now).await;
        let person = person.map_err(|error| refusal(provider, &error))?;
        let sign_in = move |tx: &mut Tx<'_>| {
            let Client { user_agent, network, language } = &client;
            identities::sign_in(tx, &person, *language, (user_agent, network), lifetime)
        };
        self.db.write(self.clock.now(), sign_in).await
    }
}

/// The error for the client. The operator finds the cause in the log.
fn refusal(provider: &Provider, error: &OpenIdError) -> Error {
    tracing::warn!(provider = provider.name(), %error, "a sign-in with a provider failed");
    match error {
        OpenIdError::Unavailable(_) => Error::refused(Code::OpenidProviderUnavailable),
        OpenIdError::Refused(_) | OpenIdError::UnknownKey | OpenIdError::Invalid(_) => {
            Error::refused(Code::InvalidOpenidCallback)
        }
    }
}
