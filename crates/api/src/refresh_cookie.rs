//! The refresh token in a cookie, for front ends in browsers: no script can read it, and only pages of allowed origins can use it.
//!
//! A browser sends a cookie by itself, so a page of another site could use it without knowing it. `SameSite` keeps most of these pages
//! away, but not those of another site where a front end is on another site itself, nor those of a neighbour in the same domain. So each
//! request that sets or uses the cookie must come from an allowed origin.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::Problem;
use super::routes::BASE;
use domain::fields::InvalidFields;
use domain::problem::Code;
use domain::said::said;
use environment::config::Config;

/// Where a response has the refresh token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RefreshTokenIn {
    /// In the body, for programs and apps.
    #[default]
    Body,
    /// In a cookie that no script can read, for front ends in browsers.
    Cookie,
}

/// How the refresh token gets to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// In the body.
    Body,
    /// In a cookie for pages of the same site.
    Cookie,
    /// In a cookie for pages of another site.
    CookieOfOtherSite,
}

impl Delivery {
    /// Returns how the client that sent this request gets the token.
    ///
    /// # Errors
    /// `origin_not_allowed` for a cookie in a page of another origin, and a field error where browsers would refuse the cookie.
    pub(super) fn of(req: &HttpRequest, config: &Config, wanted: RefreshTokenIn) -> Result<Self, Problem> {
        if wanted == RefreshTokenIn::Body {
            return Ok(Self::Body);
        }
        check_origin(req, config)?;
        if !is_of_other_site(req, config) {
            return Ok(Self::Cookie);
        }
        if is_secure(config) {
            return Ok(Self::CookieOfOtherSite);
        }
        let detail =
            said!("must be body: browsers refuse a cookie for pages of another site unless the service is reached by https");
        Err(InvalidFields::one("/refresh_token_in", "invalid", detail).into())
    }

    /// Returns the header that gives a browser the token; none for a token in the body.
    pub(super) fn cookie(self, config: &Config, token: &str) -> Option<String> {
        self.write(config, token, Duration::days(config.auth.session_days.into()))
    }

    /// Returns the header by which a browser removes the cookie.
    pub(super) fn removal(self, config: &Config) -> Option<String> {
        self.write(config, "", Duration::ZERO)
    }

    fn write(self, config: &Config, value: &str, max_age: Duration) -> Option<String> {
        let (same_site, is_partitioned) = match self {
            Self::Body => return None,
            Self::Cookie => (SameSite::Strict, false),
            Self::CookieOfOtherSite => (SameSite::None, true),
        };
        let cookie = Cookie::build(name(config), value)
            .path(format!("{}{BASE}auth", config.public_path()))
            .max_age(max_age)
            .http_only(true)
            .secure(is_secure(config))
            .same_site(same_site)
            .finish();
        // A cookie of another site is kept for each site that a browser shows: several browsers refuse others.
        Some(format!("{cookie}{}", if is_partitioned { "; Partitioned" } else { "" }))
    }
}

/// The name of the cookie. Its prefix makes browsers refuse one that was set without TLS.
fn name(config: &Config) -> &'static str {
    if is_secure(config) { "__Secure-sharefloor-refresh" } else { "sharefloor-refresh" }
}

/// Whether browsers reach the service by TLS.
fn is_secure(config: &Config) -> bool {
    config.public_url.starts_with("https://")
}

/// The token in the cookie of a request, if there is one.
///
/// # Errors
/// `origin_not_allowed` if the request has the cookie and comes from another origin.
pub(super) fn read(req: &HttpRequest, config: &Config) -> Result<Option<SecretString>, Problem> {
    let Some(cookie) = req.cookie(name(config)).filter(|cookie| !cookie.value().is_empty()) else { return Ok(None) };
    check_origin(req, config)?;
    Ok(Some(cookie.value().into()))
}

/// The error of a request for a token that would leave the cookie.
pub(super) fn stays_in_cookie() -> InvalidFields {
    let detail = said!("must be cookie, or be left out: a token from the cookie is returned in the cookie only");
    InvalidFields::one("/refresh_token_in", "invalid", detail)
}

/// Accepts a request from a page of the service or of an origin that is configured. Browsers name the origin in each `POST`; one that
/// does not must say that the page is of the same origin.
fn check_origin(req: &HttpRequest, config: &Config) -> Result<(), Problem> {
    let is_allowed = match text(req, header::ORIGIN.as_str()) {
        Some(origin) => origin == config.public_origin() || config.server.cors_origins.iter().any(|allowed| allowed == origin),
        None => text(req, SEC_FETCH_SITE) == Some("same-origin"),
    };
    if is_allowed { Ok(()) } else { Err(Problem::of(Code::OriginNotAllowed)) }
}

/// Whether the page that sends a request is of another site than the service. Where the browser does not say it, another origin counts
/// as another site.
fn is_of_other_site(req: &HttpRequest, config: &Config) -> bool {
    match text(req, SEC_FETCH_SITE) {
        Some(site) => site == "cross-site",
        None => text(req, header::ORIGIN.as_str()).is_some_and(|origin| origin != config.public_origin()),
    }
}

/// By this header browsers say how the page and the service are related.
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// The value of a header. One that is no text is empty, and so no origin.
fn text<'a>(req: &'a HttpRequest, name: &str) -> Option<&'a str> {
    req.headers().get(name).map(|value| value.to_str().unwrap_or_default())
}
