//! The front page.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::page::Frame;
use super::visit::Visit;
use super::words::Listed;
use actions::search::{self, Search};
use api::problem::Problem;
use api::turns::Cost;
use domain::paging::Paging;
use storage::db::ReadTx;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage {
    frame: Frame,
    found: Vec<Listed>,
}

/// How many resources the front page shows.
const SOME: i64 = 6;

async fn show(visit: &Visit) -> Result<HttpResponse, Problem> {
    let texts = visit.page.texts();
    let load = move |tx: &mut ReadTx| {
        let found = search::catalogue(tx, &Search::default(), &Paging::of(Some(SOME), None)?)?;
        Ok(found.items.iter().map(|found| Listed::of(&texts, &found.resource, tx.now)).collect())
    };
    let found = visit.page.read_at(Cost::Search, load).await?;
    let frame = visit.frame(visit.page.texts().attribute_text("web-front", "title"));
    Ok(visit.show(StatusCode::OK, &FrontPage { frame, found }))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(async |visit: Visit| visit.shown(show(&visit).await)));
}
