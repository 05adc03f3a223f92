//! Forms with a file, as a page of this site sends them: `multipart/form-data` (RFC 7578).

use std::collections::BTreeMap;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::sent::{check_origin, unreadable};
use api::caller;
use api::problem::Problem;
use api::upload::receive_file;

/// The largest size of the fields beside the file and of the lines between them, in bytes.
const MOST_BESIDE: usize = 64 << 10;

/// More fields than any form has.
const MOST_PARTS: usize = 16;

/// The fields of a form with a file, or the problem for which it is not accepted. `MOST` is the largest size of the file, in bytes.
pub(crate) struct SentFile<const MOST: usize>(pub(crate) Result<Parts, Problem>);

/// The fields of a form, and its file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    texts: BTreeMap<String, String>,
    /// The file. Empty if none was chosen.
    pub(crate) file: Bytes,
}

impl Parts {
    /// Returns the text of a field. Empty if the form has no such field.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
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
                parts(boundary.trim_matches('"'), &body).ok_or_else(unreadable)
            };
            Ok(Self(received.await))
        })
    }
}

/// Reads the parts of a body. None: the body is not of the format.
fn parts(boundary: &str, body: &Bytes) -> Option<Parts> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut read = Parts::default();
    let mut at = delimiter.len() - 2;
    if !body.starts_with(&delimiter[2..]) {
        return None;
    }
    for _ in 0..MOST_PARTS {
        if body[at..].starts_with(b"--") {
            return Some(read);
        }
        let head = at + find(&body[at..], b"\r\n\r\n")?;
        let content = head + 4;
        let end = content + find(&body[content..], &delimiter)?;
        let lines = std::str::from_utf8(&body[at..head]).ok()?;
        let disposition = lines.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        if disposition.contains("; filename=") {
            read.file = body.slice(content..end);
        } else {
            let name = disposition.split("; name=\"").nth(1)?.split('"').next()?;
            // PostgreSQL takes no NUL in a text, and nobody has a use for one.
            let text = std::str::from_utf8(&body[content..end]).ok().filter(|text| !text.contains('\0'))?;
            read.texts.insert(name.to_owned(), text.to_owned());
        }
        at = end + delimiter.len();
    }
    None
}

/// Returns the first place of a text that begins a line.
fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\r').map(|(at, _)| at);
    ends.into_iter().find(|at| bytes[*at..].starts_with(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nabc\r\n--x\r\ncontent-disposition: form-data; name=\"file\"; \
        filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--y\r\n\r\n--x--\r\n";

    #[test]
    fn a_form_has_texts_and_a_file() {
        let read = parts("x", &Bytes::from_static(BODY)).unwrap();
        assert_eq!((read.text("form"), read.text("other"), &*read.file), ("abc", "", &b"\x89PNG\r\n--y\r\n"[..]));
    }

    #[test]
    fn a_body_that_is_cut_off_or_has_another_format_is_refused() {
        for length in 0..BODY.len() - 4 {
            assert_eq!(parts("x", &Bytes::from_static(&BODY[..length])), None, "{length} bytes");
        }
        let many = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(MOST_PARTS + 1) + "--x--";
        for body in [b"a=b".to_vec(), b"--x\r\n\r\n\r\n--x--".to_vec(), b"--x".to_vec(), many.into_bytes()] {
            assert_eq!(parts("x", &body.clone().into()), None, "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn no_body_is_too_strange(body in "(--x|\r\n|--|name=\"|; |Content-Disposition:|.){0,20}") {
            let _ = parts("x", &body.into_bytes().into());
        }
    }
}
