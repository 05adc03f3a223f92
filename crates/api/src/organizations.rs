//! `/organizations`: firms, start-ups and maker spaces.

use actix_web::{get, patch, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Anyone, Heavy, ManageOrganization, May, SignedIn};
use super::json::{Empty, Patch};
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::organizations;
use domain::ids::OrganizationId;
use domain::organization::{NewOrganization, OrganizationFields, OrganizationKind};
use domain::paging::Page;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::organizations::Organization;

/// A firm, start-up or maker space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub(super) struct OrganizationView {
    /// The identifier of the object.
    id: OrganizationId,
    /// The kind.
    kind: OrganizationKind,
    /// The name.
    name: String,
    /// The description.
    description: String,
    /// A web address. Can be empty.
    website: String,
    /// The address that gets the mails about the organization's bookings in addition to its managers. Only members see it.
    /// Empty: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    contact_email: Option<String>,
    /// True: a reader of `contact_email` has confirmed the address, so mails are sent to it. Only members see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    is_contact_verified: Option<bool>,
    /// True: members need a second factor. Only members see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    requires_second_factor: Option<bool>,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl OrganizationView {
    fn new(organization: &Organization, is_insider: bool) -> Self {
        let OrganizationFields { kind, name, description, website, contact_email, requires_second_factor } =
            organization.fields();
        let requires_second_factor = is_insider.then_some(requires_second_factor);
        let contact_email = is_insider.then(|| contact_email.map(|email| email.to_string()).unwrap_or_default());
        let is_contact_verified = is_insider.then_some(organization.contact_verified_at.is_some());
        let (id, created_at, updated_at) = (organization.id, organization.created_at, organization.updated_at);
        Self {
            id,
            kind,
            name,
            description,
            website,
            contact_email,
            is_contact_verified,
            requires_second_factor,
            created_at,
            updated_at,
        }
    }
}

/// Create an organization
///
/// You become its first owner.
#[utoipa::path(operation_id = "create_organization", tag = "organizations", request_body = NewOrganization,
    responses((status = 201, body = OrganizationView)), extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[post("/organizations")]
pub(super) async fn create(command: Command<SignedIn, NewOrganization>) -> Result<Reply, Problem> {
    command
        .run(|tx, May { caller, .. }, body, _| {
            let organization = organizations::create(tx, caller, &body.read()?)?;
            let location = format!("/api/v1/organizations/{}", organization.id);
            Ok(Reply::created(location, &OrganizationView::new(&organization, true))?.revision(organization.revision))
        })
        .await
}

/// List your organizations
///
/// Returns the organizations of which you are a member. The oldest first.
#[utoipa::path(operation_id = "list_organizations", tag = "organizations", params(PageQuery),
    responses((status = 200, body = Page<OrganizationView>)))]
#[get("/organizations")]
pub(super) async fn list(read: Read<SignedIn, PageQuery>) -> Result<Reply, Problem> {
    read.page(|tx, May { caller, .. }, query| {
        let page = organizations::list_mine(tx, caller, &query.read()?)?;
        Ok(page.map(|organization| OrganizationView::new(&organization, true)))
    })
    .await
}

/// Get an organization
///
/// Members can always see their organization. Other users can see it while it has a listed resource.
#[utoipa::path(operation_id = "get_organization", tag = "organizations", params(("id" = String, Path)),
    responses((status = 200, body = OrganizationView)), security((), ("bearer" = [])))]
#[get("/organizations/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| {
        let (organization, is_insider) = organizations::get(tx, caller, id.0)?;
        Ok(Reply::ok(&OrganizationView::new(&organization, is_insider))?.revision(organization.revision))
    })
    .await
}

/// Edit an organization
///
/// For owners of the organization.
#[utoipa::path(operation_id = "update_organization", tag = "organizations", params(("id" = String, Path)), request_body = NewOrganization,
    responses((status = 200, body = OrganizationView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[patch("/organizations/{id}")]
pub(super) async fn update(
    command: Command<Heavy<May<ManageOrganization>>, Patch>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), patch, if_match| {
            let edit = |fields: OrganizationFields| patch.merge(&NewOrganization::from(fields))?.read();
            let organization = organizations::update(tx, caller, id.0, if_match, edit)?;
            Ok(Reply::ok(&OrganizationView::new(&organization, true))?.revision(organization.revision))
        })
        .await
}

/// Close an organization
///
/// For owners of the organization. All its resources are retired, its open invitations are withdrawn, its waitlist entries end,
/// and all its members leave, you included. Bookings that have ended, certifications and the audit log stay. Refused with
/// `organization_in_use` while a booking, as host or as customer, or a training has not ended: cancel them first. An organization
/// that is closed cannot be opened again.
#[utoipa::path(operation_id = "close_organization", tag = "organizations", params(("id" = String, Path)),
    responses((status = 204)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::OrganizationInUse]))))]
#[post("/organizations/{id}/close")]
pub(super) async fn close(
    command: Command<Heavy<May<ManageOrganization>>, Empty>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            organizations::close(tx, caller, id.0)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update).service(close);
}
