//! The files that pages load. The address of a file has its hash, so browsers can keep it.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use domain::secret_token::TokenHash;

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/live.js");

static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address(STYLE, "css"));
static SCRIPT_ADDRESS: LazyLock<String> = LazyLock::new(|| address(SCRIPT, "js"));

fn address(file: &str, extension: &str) -> String {
    format!("/assets/{}.{extension}", TokenHash::of(file).as_str())
}

/// Returns the address of the style sheet.
pub(crate) fn style_address() -> &'static str {
    &STYLE_ADDRESS
}

/// Returns the address of the script that shows what changes elsewhere.
pub(crate) fn script_address() -> &'static str {
    &SCRIPT_ADDRESS
}

/// Registers the files.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    for (address, media_type, file) in
        [(style_address(), "text/css; charset=utf-8", STYLE), (script_address(), "text/javascript; charset=utf-8", SCRIPT)]
    {
        let serve = move || async move {
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
                .content_type(media_type)
                .body(file)
        };
        config.route(address, web::get().to(serve));
    }
}
