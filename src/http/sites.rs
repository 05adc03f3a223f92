//! `/sites`: places of organizations.

use actix_web::{get, patch, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Anyone, SignedIn};
use super::json::Patch;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use crate::actions::sites;
use crate::domain::ids::{OrganizationId, SiteId};
use crate::domain::paging::Page;
use crate::domain::site::{NewSite, SiteFields};
use crate::domain::time::UtcTime;
use crate::storage::sites::Site;

/// A place of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub(super) struct SiteView {
    id: SiteId,
    organization_id: OrganizationId,
    #[serde(flatten)]
    fields: NewSite,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl From<Site> for SiteView {
    fn from(site: Site) -> Self {
        let Site { id, organization_id, fields, created_at, updated_at, .. } = site;
        Self { id, organization_id, fields: fields.into(), created_at, updated_at }
    }
}

/// Open a site
#[utoipa::path(operation_id = "create_site", tag = "sites", params(("id" = String, Path)), request_body = NewSite,
    responses((status = 201, body = SiteView)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[post("/organizations/{id}/sites")]
pub(super) async fn create(command: Command<SignedIn, NewSite>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let site = sites::create(tx, caller, id.0, &body.read()?)?;
            let (location, revision) = (format!("/api/v1/sites/{}", site.id), site.revision);
            Ok(Reply::created(location, &SiteView::from(site))?.revision(revision))
        })
        .await
}

/// List the sites of an organization
///
/// Members see all of them, others those that have something on offer.
#[utoipa::path(operation_id = "list_sites", tag = "sites", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<SiteView>)), security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/organizations/{id}/sites")]
pub(super) async fn list(read: Read<Anyone, PageQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| Ok(sites::list(tx, caller, id.0, &query.read()?)?.map(SiteView::from))).await
}

/// Get a site
#[utoipa::path(operation_id = "get_site", tag = "sites", params(("id" = String, Path)),
    responses((status = 200, body = SiteView)), security((), ("bearer" = [])), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/sites/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<SiteId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let site = sites::get(tx, caller, id.0)?;
        let revision = site.revision;
        Ok(Reply::ok(&SiteView::from(site))?.revision(revision))
    })
    .await
}

/// Edit a site
///
/// Bookings that are made keep their times, whatever becomes of the hours.
#[utoipa::path(operation_id = "update_site", tag = "sites", params(("id" = String, Path)), request_body = NewSite,
    responses((status = 200, body = SiteView)), extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[patch("/sites/{id}")]
pub(super) async fn update(command: Command<SignedIn, Patch>, id: Id<SiteId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), patch, if_match| {
            let edit = |fields: SiteFields| patch.merge(&NewSite::from(fields))?.read();
            let site = sites::update(tx, caller, id.0, if_match, edit)?;
            let revision = site.revision;
            Ok(Reply::ok(&SiteView::from(site))?.revision(revision))
        })
        .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config.service(create).service(list).service(get_one).service(update);
}
