//! Successful responses.

use std::hash::{DefaultHasher, Hasher as _};

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, Uri, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use serde::ser::Error as _;

use actions::error::Error;
use storage::error::StorageError;

/// Most bodies are not longer, in bytes: a page of a list with many fields is.
const USUAL_LENGTH: usize = 16 << 10;

/// A successful response in a form that can be stored and sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The value of the header `Location`.
    pub location: Option<String>,
    /// The revision of the object, for the header `ETag`.
    pub revision: Option<i64>,
    /// The body: JSON, another text or nothing.
    pub body: String,
    /// The value of the header `Link`: the next page of a list.
    pub next: Option<String>,
}

impl Reply {
    /// Returns 200 with an object.
    ///
    /// # Errors
    /// When the object cannot be written as JSON, which is a defect.
    pub fn ok(body: &impl Serialize) -> Result<Self, Error> {
        // A text that grows is copied each time.
        let mut written = Vec::with_capacity(USUAL_LENGTH);
        let text = serde_json::to_writer(&mut written, body)
            .and_then(|()| String::from_utf8(written).map_err(serde_json::Error::custom));
        let body = text.map_err(StorageError::from)?;
        Ok(Self { status: 200, location: None, revision: None, body, next: None })
    }

    /// Returns 200 with a text that is not JSON.
    pub const fn text(body: String) -> Self {
        Self { status: 200, location: None, revision: None, body, next: None }
    }

    /// Returns 201 with the whole object and its location.
    ///
    /// # Errors
    /// As [`Self::ok`].
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { status: 201, location: Some(location), ..Self::ok(body)? })
    }

    /// Returns 204.
    pub const fn no_content() -> Self {
        Self { status: 204, location: None, revision: None, body: String::new(), next: None }
    }

    /// Returns 202 with the object that waits for somebody.
    ///
    /// # Errors
    /// As [`Self::ok`].
    pub fn pending(body: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { status: 202, ..Self::ok(body)? })
    }

    /// Returns 202 without a body.
    pub const fn accepted() -> Self {
        Self { status: 202, location: None, revision: None, body: String::new(), next: None }
    }

    /// Adds the link to the next page of the list at `uri`.
    #[must_use]
    pub fn next_page(self, uri: &Uri, cursor: &str) -> Self {
        let others = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.starts_with("cursor="));
        let query: String = others.flat_map(|part| [part, "&"]).collect();
        Self { next: Some(format!("<{}?{query}cursor={cursor}>; rel=\"next\"", uri.path())), ..self }
    }

    /// Adds the revision of the object.
    #[must_use]
    pub fn revision(self, revision: i64) -> Self {
        Self { revision: Some(revision), ..self }
    }
}

impl Responder for Reply {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(revision) = self.revision {
            response.insert_header((header::ETAG, etag(revision, &self.body)));
        }
        if let Some(next) = self.next {
            response.insert_header((header::LINK, next));
        }
        response.insert_header((header::CACHE_CONTROL, "no-cache"));
        if self.body.is_empty() { response.finish() } else { response.content_type("application/json").body(self.body) }
    }
}

/// Returns the entity tag of a body that shows a revision of an object. The revision alone does not identify the body: members of an
/// organization see more of the object than others, and some fields follow from the time.
fn etag(revision: i64, body: &str) -> String {
    format!("\"{revision}-{:x}\"", fingerprint(body))
}

/// Returns a number that differs where the body differs. It is the same on every server.
pub(super) fn fingerprint(body: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(body.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::etag;

    #[test]
    fn each_body_of_a_revision_has_an_entity_tag_of_its_own() {
        assert_eq!(etag(3, "{}"), etag(3, "{}"));
        assert_ne!(etag(3, "{}"), etag(3, "[]"));
        assert!(etag(3, "{}").starts_with("\"3-"));
    }
}
