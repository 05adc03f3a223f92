//! Forms with a file, as a page of this site sends them: `multipart/form-data` (RFC 7578).

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::sent::{check_origin, unreadable};
use api::caller;
use api::problem::Problem;
use api::upload::receive_file;
use domain::form_data::FormData;

/// The largest size of the fields beside the file and of the lines between them, in bytes.
const MOST_BESIDE: usize = 64 << 10;

/// The fields of a form with a file, or the problem for which it is not accepted. `MOST` is the largest size of the file, in bytes.
pub(crate) struct SentFile<const MOST: usize>(pub(crate) Result<Parts, Problem>);

/// The fields of a form, and its file.
#[derive(Default)]
pub(crate) struct Parts {
    fields: FormData,
    /// The file. Empty if none was chosen.
    pub(crate) file: Bytes,
}

impl Parts {
    /// Returns the text of a field. Empty if the form has no such field.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.text(name)
    }
}

impl<const MOST: usize> FromRequest for SentFile<MOST> {
    type Error = std::convert::Infallible;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let received = async {
                check_origin(&req, "multipart/form-data")?;
                let kind = req.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
                let boundary = kind.and_then(|kind| kind.split("boundary=").nth(1)).ok_or_else(unreadable)?;
                let body = receive_file(&req, &mut payload, caller::state(&req)?, MOST + MOST_BESIDE).await?;
                let fields = FormData::read(boundary.trim_matches('"'), &body).ok_or_else(unreadable)?;
                Ok(Parts { file: body.slice(fields.file.clone()), fields })
            };
            Ok(Self(received.await))
        })
    }
}
