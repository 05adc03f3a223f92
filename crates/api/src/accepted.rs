//! The language and the form of a problem that a client accepts.

use std::future::{Future, Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE};
use actix_web::{FromRequest, HttpRequest};

use domain::language::Language;
use texts::catalogue::Texts;

tokio::task_local! {
    static CURRENT: Accepted;
}

/// Returns whether the client of a request reads a problem as a page: it accepts HTML at least as much as JSON, and the path does not belong to
/// the API, the health checks or the metrics.
pub(super) fn asks_for_page(req: &HttpRequest) -> bool {
    let is_page = !["/api/", "/health/", "/metrics"].iter().any(|begin| req.path().starts_with(begin));
    let accept = req.headers().get(ACCEPT).and_then(|header| header.to_str().ok()).unwrap_or_default();
    let quality = |media_type: &str| {
        let mut ranges = accept.split(',').map(|range| range.split_once(';').unwrap_or((range, "")));
        let parameters =
            ranges.find(|(name, _)| name.trim().eq_ignore_ascii_case(media_type)).map(|(_, parameters)| parameters)?;
        let mut weights = parameters.split(';').filter_map(|parameter| parameter.trim().strip_prefix("q="));
        Some(weights.next().map_or(1.0, |weight| weight.parse::<f64>().unwrap_or(0.0)))
    };
    let json = quality("application/json").or_else(|| quality("application/problem+json")).unwrap_or(0.0);
    is_page && quality("text/html").is_some_and(|html| html > 0.0 && html >= json)
}

/// The language that the client prefers by its `Accept-Language` header; none if it accepts none of ours.
#[derive(Debug, Clone, Copy)]
pub struct Accepted(pub Option<Language>);

impl Accepted {
    /// Returns the language that the client of the current request prefers; none outside of a request.
    pub(super) fn current() -> Self {
        CURRENT.try_with(|accepted| *accepted).unwrap_or(Self(None))
    }

    /// Runs `answer` for a client that prefers this language.
    pub(super) fn scope<F: Future>(self, answer: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, answer)
    }

    /// Runs `work` for a client that prefers this language, in a thread of the database.
    pub(super) fn within<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }

    /// Returns the texts in this language; in English if there is none.
    pub fn texts(self) -> Texts {
        Texts::new(&self.0.map(Into::into).unwrap_or_default())
    }

    /// Returns the language that the client of a request prefers.
    pub fn of(req: &HttpRequest) -> Self {
        let header = req.headers().get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
        Self(header.and_then(Language::accepted))
    }
}

impl FromRequest for Accepted {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(req)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn browsers_read_pages_and_programs_do_not() {
        let asks = |path: &str, accept: &str| {
            asks_for_page(&TestRequest::get().uri(path).insert_header((ACCEPT, accept)).to_http_request())
        };
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        assert!(asks("/nothing", browser) && asks("/resources/x", "text/html; q=0.5"));
        for path in ["/api/v1/nothing", "/api/nothing", "/health/live", "/metrics"] {
            assert!(!asks(path, browser), "{path}");
        }
        for accept in
            ["*/*", "", "application/json", "application/json, text/html;q=0.9", "text/html;q=0", "text/html;q=x", "text/plain"]
        {
            assert!(!asks("/nothing", accept), "{accept}");
        }
    }
}
