//! The cookie of a session. It holds a refresh token that is never used up, so the database decides at each request whether the
//! session goes on.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use api::sign_in::session_lifetime;
use api::state::State;

/// Returns the name of the cookie. With TLS a browser accepts the prefix only for a cookie of this host that is sent over TLS.
fn name(state: &State) -> &'static str {
    if is_secure(state) { "__Host-sharefloor" } else { "sharefloor" }
}

/// Returns the name of the cookie that keeps a sign-in with a provider which has begun.
fn attempt_name(state: &State) -> &'static str {
    if is_secure(state) { "__Host-sharefloor-openid" } else { "sharefloor-openid" }
}

fn is_secure(state: &State) -> bool {
    state.config.public_url.starts_with("https://")
}

/// Returns the token of the request.
pub(crate) fn read(req: &HttpRequest, state: &State) -> Option<String> {
    req.cookie(name(state)).map(|cookie| cookie.value().to_owned())
}

/// Returns the cookie with a token, for as long as a session lasts.
pub(crate) fn cookie(state: &State, token: &str) -> Cookie<'static> {
    cookie_of(state, name(state), token, Duration::seconds(session_lifetime(state).num_seconds()))
}

fn cookie_of(state: &State, name: &'static str, value: &str, lifetime: Duration) -> Cookie<'static> {
    let cookie = Cookie::build(name, value.to_owned()).path("/").http_only(true).secure(is_secure(state));
    // A provider sends people back from another site, which is no reason to leave out a cookie that is `Lax`.
    cookie.same_site(SameSite::Lax).max_age(lifetime).finish()
}

/// Returns the sign-in with a provider that the browser keeps.
pub(crate) fn read_attempt(req: &HttpRequest, state: &State) -> Option<String> {
    req.cookie(attempt_name(state)).map(|cookie| cookie.value().to_owned())
}

/// Returns the cookie that keeps a sign-in with a provider, for as long as the attempt can be used.
pub(crate) fn attempt(state: &State, kept: &str) -> Cookie<'static> {
    cookie_of(state, attempt_name(state), kept, Duration::minutes(10))
}

/// Returns the cookie that removes a sign-in with a provider.
pub(crate) fn attempt_removal(state: &State) -> Cookie<'static> {
    let mut cookie = attempt(state, "");
    cookie.make_removal();
    cookie
}

/// Returns the cookie that removes the token.
pub(crate) fn removal(state: &State) -> Cookie<'static> {
    let mut cookie = cookie(state, "");
    cookie.make_removal();
    cookie
}
