//! The page of a document of terms.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::page::{Frame, read_id};
use super::visit::Visit;
use actions::terms;
use api::caller::View;
use api::problem::Problem;
use domain::ids::TermsId;
use storage::db::ReadTx;

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    frame: Frame,
    version: i32,
    text: String,
}

async fn show(visit: &Visit, id: &str) -> Result<HttpResponse, Problem> {
    let id: TermsId = read_id(id)?;
    let caller = visit.caller::<View>();
    let (terms, text, _) = visit.page.read(move |tx: &mut ReadTx| terms::get(tx, caller, id)).await?;
    let frame = visit.frame(terms.fields.name.clone());
    Ok(visit.show(StatusCode::OK, &TermsPage { frame, version: terms.version, text }))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/terms/{id}", web::get().to(async |visit: Visit, id: web::Path<String>| visit.shown(show(&visit, &id).await)));
}
