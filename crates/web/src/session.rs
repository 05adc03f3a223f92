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

fn is_secure(state: &State) -> bool {
    state.config.public_url.starts_with("https://")
}

/// Returns the token of the request.
pub(crate) fn read(req: &HttpRequest, state: &State) -> Option<String> {
    req.cookie(name(state)).map(|cookie| cookie.value().to_owned())
}

/// Returns the cookie with a token, for as long as a session lasts.
pub(crate) fn cookie(state: &State, token: &str) -> Cookie<'static> {
    Cookie::build(name(state), token.to_owned())
        .path("/")
        .http_only(true)
        .secure(is_secure(state))
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(session_lifetime(state).num_seconds()))
        .finish()
}

/// Returns the cookie that removes the token.
pub(crate) fn removal(state: &State) -> Cookie<'static> {
    let mut cookie = cookie(state, "");
    cookie.make_removal();
    cookie
}
