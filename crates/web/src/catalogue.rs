//! The catalogue: the search for resources on offer.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::aside::Job;
use super::page::{Frame, address};
use super::sent::Parameters;
use super::visit::Visit;
use super::words::{self, Listed};
use actions::search::{self, Search};
use api::problem::Problem;
use api::turns::Cost;
use domain::fields::Fields;
use domain::limits;
use domain::paging::Paging;
use domain::resource::ResourceKind;
use domain::words::Query;
use storage::db::ReadTx;
use storage::search::Filter;

/// The fields of the search form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    q: String,
    kind: String,
    city: String,
    cursor: Option<String>,
    /// The other things of a job.
    row: Vec<String>,
}

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage {
    frame: Frame,
    q: String,
    city: String,
    kinds: Vec<Choice>,
    found: Vec<Listed>,
    next: Option<String>,
    job: Option<Job>,
}

/// A choice of a list.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

async fn show(visit: &Visit, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let texts = visit.page.texts();
    let mut fields = Fields::default();
    let q = fields.text("q", &wanted.q, limits::SearchWords::RANGE);
    let city = fields.text("city", &wanted.city, limits::CityFilter::RANGE);
    let paging = Paging::read(&mut fields, None, wanted.cursor.as_deref());
    let (q, city, paging) = fields.finish(|| Some((q?, city?, paging?)))?;
    let kind: Option<ResourceKind> = wanted.kind.parse().ok();
    let city_filter = Some(city.clone()).filter(|city| !city.is_empty());
    let search = Search { filter: Filter { words: Query::new(&q), kind, city: city_filter, ..Filter::default() }, near: None };
    let written = texts.clone();
    let load = move |tx: &mut ReadTx| {
        let page = search::catalogue(tx, &search, &paging)?;
        let found: Vec<_> = page.items.iter().map(|found| Listed::of(&written, &found.resource, tx.now)).collect();
        Ok((found, page.next_cursor))
    };
    let (mut found, next) = visit.page.read_at(Cost::Search, load).await?;
    let job = Job::of(&texts, &wanted.row);
    for one in &mut found {
        one.href = Job::carry(job.as_ref(), &one.href);
    }
    let next =
        next.map(|cursor| address("/catalogue", &[("q", &q), ("kind", &wanted.kind), ("city", &city), ("cursor", &cursor)]));
    let next = next.map(|next| Job::carry(job.as_ref(), &next));
    let kinds = ResourceKind::ALL.iter().map(|one| Choice {
        value: one.as_str().to_owned(),
        text: words::kind(&texts, *one),
        is_chosen: kind == Some(*one),
    });
    let frame = visit.frame(texts.attribute_text("web-catalogue", "title"));
    let page = CataloguePage { frame, q, city, kinds: kinds.collect(), found, next, job };
    Ok(visit.show(StatusCode::OK, &page))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/catalogue",
        web::get().to(async |visit: Visit, Parameters(wanted): Parameters<Wanted>| visit.shown(show(&visit, wanted).await)),
    );
}
