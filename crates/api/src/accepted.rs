//! The language that a client accepts.

use std::future::{Future, Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{FromRequest, HttpRequest};

use domain::language::Language;
use texts::catalogue::Texts;

tokio::task_local! {
    static CURRENT: Accepted;
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
