//! Forms, as a page of this site sends them.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use api::caller;
use api::problem::Problem;
use api::request::receive;
use domain::problem::Code;
use domain::said::said;

/// The fields of a form, or the problem for which it is not accepted.
pub(crate) struct Sent<T> {
    /// The fields.
    pub(crate) fields: Result<T, Problem>,
    /// The form as it was sent, to fill it in again.
    pub(crate) query: String,
}

impl<T: DeserializeOwned + 'static> FromRequest for Sent<T> {
    type Error = std::convert::Infallible;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let received = async {
                check_origin(&req, "application/x-www-form-urlencoded")?;
                let bytes = receive(&req, &mut payload, caller::state(&req)?).await?;
                let text = String::from_utf8(bytes.to_vec()).map_err(|_| unreadable())?;
                let fields = read(&text)?;
                Ok((fields, text))
            };
            Ok(match received.await {
                Ok((fields, query)) => Self { fields: Ok(fields), query },
                Err(problem) => Self { fields: Err(problem), query: String::new() },
            })
        })
    }
}

/// The parameters of a page. Those that cannot be read have their default, because people edit addresses.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for Parameters<T> {
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self, Self::Error>>;
    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(read(req.query_string()).unwrap_or_default())))
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    // PostgreSQL takes no NUL in a text, and nobody has a use for one.
    let fields = Some(text).filter(|text| !text.contains("%00")).map(serde_html_form::from_str);
    fields.and_then(Result::ok).ok_or_else(unreadable)
}

/// Returns the problem with a form that is not of the format.
pub(crate) fn unreadable() -> Problem {
    Problem::new(Code::MalformedRequest, said!("The form could not be read."))
}

/// Checks that a page of this site sends the form in this media type, not one of another site in the name of its visitor. Every browser
/// says where a form comes from: in `Sec-Fetch-Site` (W3C Fetch Metadata), over plain HTTP in `Origin` (RFC 6454).
///
/// # Errors
/// `forbidden`, `unsupported_media_type`.
pub(crate) fn check_origin(req: &HttpRequest, media_type: &str) -> Result<(), Problem> {
    let text = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    let is_own = match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => site == "same-origin",
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, of)| of.eq_ignore_ascii_case(host)),
        _ => false,
    };
    let is_form = text(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.starts_with(media_type));
    match (is_own, is_form) {
        (true, true) => Ok(()),
        (true, false) => Err(Problem::new(Code::UnsupportedMediaType, said!("Send the form as {media_type}.", media_type))),
        (false, _) => Err(Problem::new(Code::Forbidden, said!("The form was not sent by a page of this site."))),
    }
}
