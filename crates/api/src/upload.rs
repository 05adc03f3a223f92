//! Requests whose body is a file: they can be larger than others, and one server receives few of them at once.

use std::marker::PhantomData;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use tokio::sync::Semaphore;

use super::caller::{self, Asking};
use super::problem::Problem;
use super::request::{Command, unreadable};
use super::state::State;
use domain::problem::Code;
use domain::said::said;
use domain::{bank_statement, logo, picture, resource_import};

/// A file in a format of its own.
#[derive(Debug, Clone)]
pub struct File {
    /// Its content.
    pub bytes: web::Bytes,
}

/// A kind of files that are bodies of requests.
pub trait FileKind {
    /// The accepted media types, in lower case.
    const TYPES: &[&str];
    /// Those that clients should send.
    const ACCEPT: &str;
    /// The largest size, in bytes.
    const MOST_BYTES: usize;
}

/// Bank statements: banks name their media types differently.
pub struct StatementFile;

impl FileKind for StatementFile {
    const TYPES: &[&str] = &["", "application/octet-stream", "application/xml", "text/csv", "text/plain", "text/xml"];
    const ACCEPT: &str = "application/xml, text/csv, text/plain";
    const MOST_BYTES: usize = bank_statement::MOST_BYTES;
}

/// Logos.
pub struct LogoFile;

impl FileKind for LogoFile {
    const TYPES: &[&str] = &["image/png", "image/jpeg"];
    const ACCEPT: &str = "image/png, image/jpeg";
    const MOST_BYTES: usize = logo::MOST_BYTES;
}

/// Pictures of resources.
pub struct PictureFile;

impl FileKind for PictureFile {
    const TYPES: &[&str] = &["image/png", "image/jpeg", "image/webp"];
    const ACCEPT: &str = "image/png, image/jpeg, image/webp";
    const MOST_BYTES: usize = picture::MOST_BYTES;
}

/// Tables of resources.
pub struct ResourceFile;

impl FileKind for ResourceFile {
    const TYPES: &[&str] = &["text/csv"];
    const ACCEPT: &str = "text/csv";
    const MOST_BYTES: usize = resource_import::MOST_BYTES;
}

/// A request whose body is a file, which can be larger than other bodies.
pub struct Upload<C, K>(pub Command<C, File>, pub PhantomData<K>);

/// The number of files that one server receives at once, so that they do not take its memory.
static UPLOADS: Semaphore = Semaphore::const_new(8);

impl<C: Asking, K: FileKind + 'static> FromRequest for Upload<C, K> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let state = caller::state(&req)?.clone();
            let caller: C = caller::read(&req).await?;
            if !K::TYPES.contains(&req.content_type().to_ascii_lowercase().as_str()) {
                let accepted = K::TYPES.join(", ");
                let detail =
                    said!("Send the file itself as the body, as one of: {types}.", types = accepted.trim_start_matches(", "));
                let accept = header::HeaderValue::from_static(K::ACCEPT);
                return Err(Problem::new(Code::UnsupportedMediaType, detail).with_header(header::ACCEPT, accept));
            }
            let bytes = receive_file(&req, &mut payload, &state, K::MOST_BYTES).await?;
            let file = File { bytes: bytes.clone() };
            Command::new(&req, state, caller, &bytes, file).map(|command| Self(command, PhantomData))
        })
    }
}

/// Receives a file that is the body of a request, or that a form has.
///
/// # Errors
/// When the body is larger than `most` bytes, or does not arrive in time.
pub async fn receive_file(req: &HttpRequest, payload: &mut Payload, state: &State, most: usize) -> Result<web::Bytes, Problem> {
    let limit = Duration::from_secs(state.config.server.receive_timeout_seconds);
    let receive = async {
        let _place = UPLOADS.acquire().await;
        let payload = web::Payload::from_request(req, payload).await.map_err(|error| unreadable(&error, state))?;
        let too_large = |_| Problem::new(Code::PayloadTooLarge, said!("The limit is {most} bytes.", most));
        payload.to_bytes_limited(most).await.map_err(too_large)?.map_err(|error| unreadable(&error, state))
    };
    tokio::time::timeout(limit, receive).await.map_err(|_| Problem::of(Code::RequestTimeout))?
}
