//! `/certification-kinds`: the kinds of certification that hosts define.

use actix_web::{get, patch, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Anyone, ManageCertifications, May};
use super::json::Patch;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::certification_kinds;
use domain::certification::{CertificationKindFields, NewCertificationKind};
use domain::ids::{CertificationKindId, OrganizationId};
use domain::paging::Page;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::certification_kinds::CertificationKind;

/// A kind of certification, such as laser safety.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CertificationKind)]
pub(super) struct CertificationKindView {
    /// The identifier of the object.
    id: CertificationKindId,
    /// The host that defines the kind.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The name.
    name: String,
    /// The skills that the training teaches and examines.
    description: String,
    /// How many days a certification is valid after it is granted. Null: it does not expire.
    #[schema(required)]
    valid_days: Option<i32>,
    /// Other hosts whose managers can require and grant the kind like their own. Only members of these hosts see this field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    shared_with: Option<Vec<OrganizationId>>,
    /// True: the kind can no longer be granted or newly required.
    is_retired: bool,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl CertificationKindView {
    fn new(kind: CertificationKind, is_insider: bool) -> Self {
        let CertificationKind { id, organization_id, organization_name, fields, created_at, updated_at, .. } = kind;
        let CertificationKindFields { name, description, valid_days, shared_with, is_retired } = fields;
        let shared_with = is_insider.then_some(shared_with);
        Self {
            id,
            organization_id,
            organization_name,
            name,
            description,
            valid_days,
            shared_with,
            is_retired,
            created_at,
            updated_at,
        }
    }
}

/// Create a kind of certification
///
/// For managers. Resources of your organization, and of the hosts in `shared_with`, can require the kind.
#[utoipa::path(operation_id = "create_certification_kind", tag = "certifications", params(("id" = String, Path)),
    request_body = NewCertificationKind, responses((status = 201, body = CertificationKindView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/certification-kinds")]
pub(super) async fn create(
    command: Command<May<ManageCertifications>, NewCertificationKind>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let kind = certification_kinds::create(tx, caller, id.0, &body.read()?)?;
            let (location, revision) = (format!("/api/v1/certification-kinds/{}", kind.id), kind.revision);
            Ok(Reply::created(location, &CertificationKindView::new(kind, true))?.revision(revision))
        })
        .await
}

/// List the kinds of certification of a host
///
/// Returns the kinds that the host defines. Members of the host also see the kinds that other hosts share with it.
#[utoipa::path(operation_id = "list_certification_kinds", tag = "certifications", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<CertificationKindView>)), security((), ("bearer" = [])))]
#[get("/organizations/{id}/certification-kinds")]
pub(super) async fn list(read: Read<Anyone, PageQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let (page, is_insider) = certification_kinds::list(tx, caller, id.0, &query.read()?)?;
        Ok(page.map(|kind| CertificationKindView::new(kind, is_insider)))
    })
    .await
}

/// Get a kind of certification
///
/// Members of the organization also see which organizations accept the kind (`shared_with`).
#[utoipa::path(operation_id = "get_certification_kind", tag = "certifications", params(("id" = String, Path)),
    responses((status = 200, body = CertificationKindView)), security((), ("bearer" = [])))]
#[get("/certification-kinds/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<CertificationKindId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let (kind, is_insider) = certification_kinds::get(tx, caller, id.0)?;
        let revision = kind.revision;
        Ok(Reply::ok(&CertificationKindView::new(kind, is_insider))?.revision(revision))
    })
    .await
}

/// Edit a kind of certification
///
/// For managers of the host that defines the kind. Granted certifications stay as they are. A retired kind can no longer be
/// granted or newly required; a kind that is in use cannot be retired. If a host is removed from `shared_with`, its future
/// trainings for this kind are cancelled, and every person with a seat gets a mail.
#[utoipa::path(operation_id = "update_certification_kind", tag = "certifications", params(("id" = String, Path)),
    request_body = NewCertificationKind, responses((status = 200, body = CertificationKindView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::CertificationKindInUse]))))]
#[patch("/certification-kinds/{id}")]
pub(super) async fn update(
    command: Command<May<ManageCertifications>, Patch>,
    id: Id<CertificationKindId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let edit = |fields: CertificationKindFields| patch.merge(&NewCertificationKind::from(fields))?.read();
            let kind = certification_kinds::update(tx, caller, id.0, if_match, edit)?;
            let revision = kind.revision;
            Ok(Reply::ok(&CertificationKindView::new(kind, true))?.revision(revision))
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update);
}
