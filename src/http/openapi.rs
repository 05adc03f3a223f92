//! The OpenAPI document, collected from the handlers.

use actix_web::App;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Sharefloor",
    description = "Firms list machinery, spare floor and storage; start-ups book time slots for a fee."
))]
struct Document;

/// The whole document.
pub fn document() -> OpenApi {
    let (_, collected) = App::new()
        .into_utoipa_app()
        .openapi(Document::openapi())
        .service(utoipa_actix_web::scope("/api/v1").configure(super::configure))
        .split_for_parts();
    collected
}
