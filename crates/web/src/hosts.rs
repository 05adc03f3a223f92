//! The page of a host.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::page::{Frame, read_id};
use super::visit::Visit;
use super::words::Listed;
use actions::organizations;
use actions::search::{self, Search};
use api::caller::View;
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::OrganizationId;
use domain::organization::OrganizationFields;
use domain::paging::Paging;
use storage::db::ReadTx;
use storage::search::Filter;

#[derive(Template)]
#[template(path = "host.html")]
struct HostPage {
    frame: Frame,
    fields: OrganizationFields,
    found: Vec<Listed>,
}

async fn show(visit: &Visit, id: &str) -> Result<HttpResponse, Problem> {
    let id: OrganizationId = read_id(id)?;
    let (texts, caller) = (visit.page.texts(), visit.caller::<View>());
    let load = move |tx: &mut ReadTx| {
        let (host, _) = organizations::get(tx, caller, id)?;
        let filter = Filter { organization_id: Some(id), ..Filter::default() };
        let page = search::catalogue(tx, &Search { filter, near: None }, &Paging::of(Some(200), None)?)?;
        let found: Vec<_> = page.items.iter().map(|found| Listed::of(&texts, &found.resource, tx.now)).collect();
        Ok((host.fields(), found))
    };
    let (fields, found) = visit.page.read_at(Cost::Search, load).await?;
    let frame = visit.frame(fields.name.clone());
    Ok(visit.show(StatusCode::OK, &HostPage { frame, fields, found }))
}

/// Registers the page.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.route("/hosts/{id}", web::get().to(async |visit: Visit, id: web::Path<String>| visit.shown(show(&visit, &id).await)));
}
