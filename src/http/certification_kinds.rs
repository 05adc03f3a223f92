//! `/certification-kinds`: what hosts train people in.

use actix_web::{get, patch, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Anyone, SignedIn};
use super::json::Patch;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use crate::actions::certification_kinds;
use crate::domain::certification::{CertificationKindFields, NewCertificationKind};
use crate::domain::ids::{CertificationKindId, OrganizationId};
use crate::domain::paging::Page;
use crate::domain::time::UtcTime;
use crate::storage::certification_kinds::CertificationKind;

/// What a host trains people in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CertificationKind)]
pub(super) struct CertificationKindView {
    id: CertificationKindId,
    /// The host that defines it.
    organization_id: OrganizationId,
    organization_name: String,
    #[serde(flatten)]
    fields: NewCertificationKind,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl From<CertificationKind> for CertificationKindView {
    fn from(kind: CertificationKind) -> Self {
        let CertificationKind { id, organization_id, organization_name, fields, created_at, updated_at, .. } = kind;
        Self { id, organization_id, organization_name, fields: fields.into(), created_at, updated_at }
    }
}

/// Define a kind of certification
///
/// As a manager. Your resources may require it, and so may those of the hosts that it is shared with.
#[utoipa::path(operation_id = "create_certification_kind", tag = "certifications", params(("id" = String, Path)),
    request_body = NewCertificationKind, responses((status = 201, body = CertificationKindView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[post("/organizations/{id}/certification-kinds")]
pub(super) async fn create(command: Command<SignedIn, NewCertificationKind>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| {
            let kind = certification_kinds::create(tx, caller, id.0, &body.read()?)?;
            let (location, revision) = (format!("/api/v1/certification-kinds/{}", kind.id), kind.revision);
            Ok(Reply::created(location, &CertificationKindView::from(kind))?.revision(revision))
        })
        .await
}

/// List the kinds of certification that a host may require
///
/// Its own, and those that others share with it.
#[utoipa::path(operation_id = "list_certification_kinds", tag = "certifications", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<CertificationKindView>)), security((), ("bearer" = [])),
    extensions(("x-problems" = json!(["not_found"]))))]
#[get("/organizations/{id}/certification-kinds")]
pub(super) async fn list(read: Read<Anyone, PageQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        Ok(certification_kinds::list(tx, caller, id.0, &query.read()?)?.map(CertificationKindView::from))
    })
    .await
}

/// Get a kind of certification
#[utoipa::path(operation_id = "get_certification_kind", tag = "certifications", params(("id" = String, Path)),
    responses((status = 200, body = CertificationKindView)), security((), ("bearer" = [])),
    extensions(("x-problems" = json!(["not_found"]))))]
#[get("/certification-kinds/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<CertificationKindId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let kind = certification_kinds::get(tx, caller, id.0)?;
        let revision = kind.revision;
        Ok(Reply::ok(&CertificationKindView::from(kind))?.revision(revision))
    })
    .await
}

/// Edit a kind of certification
///
/// As a manager of the host that defines it. What was granted stays as it was; a kind that is retired is neither granted nor
/// required anew.
#[utoipa::path(operation_id = "update_certification_kind", tag = "certifications", params(("id" = String, Path)),
    request_body = NewCertificationKind, responses((status = 200, body = CertificationKindView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[patch("/certification-kinds/{id}")]
pub(super) async fn update(command: Command<SignedIn, Patch>, id: Id<CertificationKindId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), patch, if_match| {
            let edit = |fields: CertificationKindFields| patch.merge(&NewCertificationKind::from(fields))?.read();
            let kind = certification_kinds::update(tx, caller, id.0, if_match, edit)?;
            let revision = kind.revision;
            Ok(Reply::ok(&CertificationKindView::from(kind))?.revision(revision))
        })
        .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::Routes) {
    config.service(create).service(list).service(get_one).service(update);
}
