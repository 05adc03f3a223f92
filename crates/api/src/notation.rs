//! Responses in other formats than JSON, for clients that ask for one with `Accept`.

use actix_web::body::BoxBody;
use actix_web::http::header::{self, Accept, Header as _, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::reply::Reply;

/// Returns whether the client wants this media type: the path ends with its extension, or `Accept` prefers it to JSON.
pub(super) fn wants(req: &HttpRequest, media_type: &str, extension: &str) -> bool {
    req.path().ends_with(extension) || prefers(req, media_type)
}

/// Returns whether the client prefers this media type to JSON.
pub(super) fn prefers(req: &HttpRequest, media_type: &str) -> bool {
    let ranked = Accept::parse(req).map(|accept| accept.ranked()).unwrap_or_default();
    let known = |accepted: &&str| [media_type, "application/json", "application/*", "*/*"].contains(accepted);
    ranked.iter().map(|accepted| accepted.essence_str()).find(known) == Some(media_type)
}

/// A response whose format depends on `Accept`.
pub(super) struct Noted {
    /// The response.
    pub(super) reply: Reply,
    /// Its media type. None: JSON.
    pub(super) media_type: Option<&'static str>,
    /// The file name under which a browser saves it.
    pub(super) file: Option<String>,
}

impl Responder for Noted {
    type Body = BoxBody;
    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let mut response = self.reply.respond_to(req);
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("accept"));
        if let Some(media_type) = self.media_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some(Ok(disposition)) = self.file.map(|file| format!("attachment; filename=\"{file}\"").try_into()) {
            headers.insert(header::CONTENT_DISPOSITION, disposition);
        }
        response
    }
}
