//! `/auth/openid`: sign-in with OpenID Connect providers.

use actix_web::http::header;
use actix_web::{HttpRequest, Responder as _, get, post, web};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accepted::Accepted;
use super::auth::{Confidential, Tokens, tokens};
use super::caller::Unknown;
use super::problem::Problem;
use super::refresh_cookie::{Delivery, RefreshTokenIn};
use super::reply::Reply;
use super::request::{Command, Read};
use super::sign_in::{self, second_factor_required, session_lifetime};
use super::state::State;
use actions::identities::SignedIn;
use actions::sessions::Granted;
use domain::language::Language;
use domain::problem::Code;
use domain::time::UtcTime;
pub use services::openid::Callback;
use services::openid::Client;

/// A provider with which people can sign in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenIdProvider {
    /// The name, for the paths of the other operations.
    #[schema(example = "example")]
    provider: String,
    /// The name that people read.
    #[schema(example = "Example")]
    label: String,
}

/// The providers with which people can sign in.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenIdProviders {
    /// All of them, by name.
    items: Vec<OpenIdProvider>,
}

/// List the providers to sign in with
///
/// Returns the OpenID Connect providers that the operator has set up. Can be empty.
#[utoipa::path(operation_id = "list_openid_providers", tag = "auth", responses((status = 200, description = "All providers.", body = OpenIdProviders)), security(()))]
#[get("/auth/openid")]
pub(super) async fn list(read: Read<Unknown>) -> Result<Reply, Problem> {
    let providers = read.state.openid.providers().iter();
    let items = providers.map(|one| OpenIdProvider { provider: one.name().to_owned(), label: one.label().to_owned() }).collect();
    Ok(Reply::ok(&OpenIdProviders { items })?)
}

/// The beginning of a sign-in with a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"redirect_uri": "https://app.example.org/signed-in"}))]
pub(super) struct OpenIdStart {
    /// The page of your front end to which the provider sends the person back: one of those that the operator has configured for the
    /// provider. Default: the first of them.
    #[serde(default)]
    redirect_uri: Option<String>,
}

/// A sign-in that has begun.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "authorization_url": "https://id.example.org/authorize?response_type=code&client_id=sharefloor&state=6cQv…",
    "handle": "w3Xk…",
    "expires_at": "2026-12-01T09:10:00Z",
}))]
pub(super) struct BegunOpenIdSignIn {
    /// The address to which your front end sends the browser. The person signs in there.
    authorization_url: String,
    /// A secret that your front end keeps, such as in `sessionStorage`, for `POST /auth/openid/{provider}/callback`. Never put it into
    /// an address. It works once.
    handle: String,
    /// The instant at which the handle expires: after 10 minutes.
    expires_at: UtcTime,
}

/// Begin to sign in with a provider
///
/// Returns the address at which the person signs in. The provider then sends the browser back to `redirect_uri` with `code`, `state` and
/// perhaps `iss`, or with `error` if the person has declined.
#[utoipa::path(operation_id = "begin_openid_sign_in", tag = "auth", params(("provider" = String, Path, description = "The name of the provider.")),
    request_body = OpenIdStart, responses((status = 200, description = "The sign-in has begun.", body = BegunOpenIdSignIn)), security(()),
    extensions(("x-problems" = json!([Code::OpenidProviderUnavailable])), ("x-not-kept" = json!(true))))]
#[post("/auth/openid/{provider}")]
pub(super) async fn begin(command: Command<Unknown, OpenIdStart>, provider: web::Path<String>) -> Result<Confidential, Problem> {
    let begun = command.state.openid.begin(&provider, command.body.redirect_uri.as_deref()).await?;
    let handle = begun.attempt.handle().to_owned();
    let begun = BegunOpenIdSignIn { authorization_url: begun.authorization_url, handle, expires_at: begun.expires_at };
    Ok(Reply::ok(&begun)?.customize().insert_header((header::CACHE_CONTROL, "no-store")))
}

/// Returns the providers with which people can sign in: the name of each, and the name that people read.
pub fn providers(state: &State) -> Vec<(String, String)> {
    state.openid.providers().iter().map(|one| (one.name().to_owned(), one.label().to_owned())).collect()
}

/// Begins a sign-in that ends on the page of this service. Returns the address at which the person signs in, and the handle.
///
/// # Errors
/// `not_found` for an unknown provider, `openid_provider_unavailable`.
pub async fn begin_on_page(state: &State, provider: &str) -> Result<(String, String), Problem> {
    let begun = state.openid.begin(provider, Some(&state.openid.page(provider))).await?;
    Ok((begun.authorization_url, begun.attempt.handle().to_owned()))
}

/// Ends a sign-in.
///
/// # Errors
/// As the operation `finish_openid_sign_in`.
pub async fn sign_in_with(
    state: &State,
    provider: &str,
    callback: &Callback,
    (client, language): (sign_in::Client, Option<Language>),
) -> Result<Granted, Problem> {
    let sign_in::Client { user_agent, network } = client;
    let client = Client { user_agent, network, language };
    match state.openid.finish(provider, callback, client, session_lifetime(state)).await? {
        SignedIn::Granted(granted) => Ok(granted),
        SignedIn::SecondFactor { user_id, password_hash } => Err(second_factor_required(state, user_id, &password_hash)),
    }
}

/// The response of a provider, which has come to a front end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"handle": "w3Xk…", "state": "6cQv…", "code": "SplxlO…"}))]
pub(super) struct OpenIdCallback {
    /// The `handle` that your front end has kept.
    #[schema(value_type = String)]
    handle: SecretString,
    /// The `state` in the address.
    state: String,
    /// The `code` in the address.
    #[schema(value_type = String)]
    code: SecretString,
    /// The `iss` in the address, if there is one. Needed for a provider that sends it.
    #[serde(default)]
    iss: Option<String>,
    /// Where the response has the refresh token. Default: `body`.
    #[serde(default)]
    refresh_token_in: RefreshTokenIn,
}

/// Sign in with a provider
///
/// The second step, with what the provider has sent to `redirect_uri`. The first time, the identity at the provider is linked to the account
/// with its e-mail address, or to a new account, if the provider says that the address is verified; otherwise the response is
/// `address_not_proven`. For an account with a second factor the response is `second_factor_required`, with a `challenge` for
/// `POST /auth/second-factor`, whatever the provider has asked for.
#[utoipa::path(operation_id = "finish_openid_sign_in", tag = "auth", params(("provider" = String, Path, description = "The name of the provider.")),
    request_body = OpenIdCallback, responses((status = 200, body = Tokens)), security(()),
    extensions(("x-problems" = json!([Code::InvalidOpenidCallback, Code::AddressNotProven, Code::AccountSuspended, Code::SecondFactorRequired,
        Code::OriginNotAllowed, Code::LastOwner, Code::OpenidProviderUnavailable])), ("x-not-kept" = json!(true))))]
#[post("/auth/openid/{provider}/callback")]
pub(super) async fn finish(
    command: Command<Unknown, OpenIdCallback>,
    provider: web::Path<String>,
    accepted: Accepted,
    req: HttpRequest,
) -> Result<Confidential, Problem> {
    let Command { state, asker, body: OpenIdCallback { handle, state: returned, code, iss, refresh_token_in }, .. } = command;
    let delivery = Delivery::of(&req, &state.config, refresh_token_in)?;
    let callback = Callback { handle, state: returned, code, issuer: iss };
    let client = (sign_in::Client::of(&req, asker), accepted.0);
    let granted = sign_in_with(&state, &provider, &callback, client).await?;
    tokens(&state, &granted, delivery)
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(begin).service(finish);
}
