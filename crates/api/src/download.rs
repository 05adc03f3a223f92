//! Responses with a file.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

/// A response with a file, which a browser saves.
pub struct Download {
    /// The content.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// The name of the file.
    pub file: String,
}

impl Responder for Download {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(self.media_type)
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.file)))
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .body(self.bytes)
    }
}

/// The content of a file in the OpenAPI document.
pub(super) struct Bytes;

impl PartialSchema for Bytes {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).into()
    }
}

impl ToSchema for Bytes {}
