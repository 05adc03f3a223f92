//! Files that browsers load. A file is compressed once, and better than a page, which is compressed for each response.

use std::io::{self, Write as _};
use std::sync::OnceLock;

use actix_web::http::header::{self, AcceptEncoding, Encoding};
use actix_web::{HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;

/// A file that browsers load.
pub struct StaticFile {
    text: &'static str,
    media_type: &'static str,
    compressed: OnceLock<Option<web::Bytes>>,
}

impl StaticFile {
    /// Returns a file of a text.
    #[must_use]
    pub const fn new(text: &'static str, media_type: &'static str) -> Self {
        Self { text, media_type, compressed: OnceLock::new() }
    }

    /// Returns the response with this file, compressed for a browser that accepts it.
    #[must_use]
    pub fn response(&self, accepted: Option<web::Header<AcceptEncoding>>) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        response.insert_header((header::VARY, "accept-encoding")).content_type(self.media_type);
        let offered = [Encoding::gzip(), Encoding::identity()];
        let is_gzip = accepted.is_some_and(|accepted| accepted.negotiate(offered.iter()) == Some(Encoding::gzip()));
        match is_gzip.then(|| self.compressed.get_or_init(|| compress(self.text).ok())) {
            Some(Some(compressed)) => response.insert_header((header::CONTENT_ENCODING, "gzip")).body(compressed.clone()),
            _ => response.body(self.text),
        }
    }
}

fn compress(text: &str) -> io::Result<web::Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.into())
}
