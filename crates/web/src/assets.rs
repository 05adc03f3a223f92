//! The files that pages load. The address of a file has its hash, so browsers can keep it.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use domain::secret_token::TokenHash;

const STYLE: &str = include_str!("assets/style.css");

static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/assets/{}.css", TokenHash::of(STYLE).as_str()));

/// Returns the address of the style sheet.
pub(crate) fn style_address() -> &'static str {
    &STYLE_ADDRESS
}

/// Registers the files.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        style_address(),
        web::get().to(async || {
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
                .content_type("text/css; charset=utf-8")
                .body(STYLE)
        }),
    );
}
