//! `/admin/organizations`: operators find, suspend and reinstate organizations.

use actix_web::{get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::parameters::{FindQuery, Suspension};
use crate::caller::{Heavy, May, Searching, SignedIn};
use crate::json::Empty;
use crate::members::MemberView;
use crate::problem::Problem;
use crate::query::Id;
use crate::reply::Reply;
use crate::request::{Command, NoQuery, Read};
use crate::routes::Routes;
use actions::administration::organizations::{self, OrganizationDetails};
use domain::ids::OrganizationId;
use domain::organization::OrganizationKind;
use domain::paging::Page;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::administration::Organization;

/// An organization, as operators see it in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundOrganization)]
struct FoundView {
    /// The identifier of the object.
    id: OrganizationId,
    /// The kind.
    kind: OrganizationKind,
    /// The name.
    name: String,
    /// The address that gets its mail. Empty: none.
    contact_email: String,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant at which it was closed. Null: it is not closed.
    #[schema(required)]
    closed_at: Option<UtcTime>,
    /// The instant at which it was suspended. Null: it is not suspended.
    #[schema(required)]
    suspended_at: Option<UtcTime>,
    /// The reason of the suspension. Empty: it is not suspended.
    suspension_reason: String,
}

impl From<Organization> for FoundView {
    fn from(found: Organization) -> Self {
        let Organization { id, kind, name, contact_email, created_at, closed_at, suspended_at, suspension_reason } = found;
        Self { id, kind, name, contact_email, created_at, closed_at, suspended_at, suspension_reason }
    }
}

/// An organization, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdministeredOrganization)]
struct DetailsView {
    /// The organization.
    #[serde(flatten)]
    organization: FoundView,
    /// The number of its members.
    members: i64,
    /// The number of its resources, in every state.
    resources: i64,
    /// Its owners.
    owners: Vec<MemberView>,
}

impl From<OrganizationDetails> for DetailsView {
    fn from(OrganizationDetails { organization, members, resources, owners }: OrganizationDetails) -> Self {
        let owners = owners.into_iter().map(MemberView::from).collect();
        Self { organization: organization.into(), members, resources, owners }
    }
}

/// Find organizations
///
/// For operators of the installation. Each look is in the audit log.
#[utoipa::path(operation_id = "find_organizations", tag = "admin", params(FindQuery),
    responses((status = 200, body = Page<FoundView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/organizations")]
async fn list(read: Read<Searching<SignedIn>, FindQuery>) -> Result<Reply, Problem> {
    read.page_recorded(|tx, Searching(May { caller, .. }), query| {
        let (filter, order, paging) = query.read()?;
        Ok(organizations::list(tx, caller, &filter, order, &paging)?.map(FoundView::from))
    })
    .await
}

/// Get an organization as an operator
///
/// For operators of the installation. The look is in the audit log of the organization.
#[utoipa::path(operation_id = "get_organization_as_operator", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = DetailsView)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/organizations/{id}")]
async fn get_one(read: Read<SignedIn>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.run_recorded(move |tx, May { caller, .. }, _: &NoQuery| {
        Reply::ok(&DetailsView::from(organizations::get(tx, caller, id.0)?))
    })
    .await
}

/// Suspend an organization
///
/// For operators of the installation. Its resources, sites and trainings are hidden from others, it gets and makes no new bookings, and
/// waitlist entries for its resources end. Confirmed bookings stay, and both parties can cancel them. Invoices, payments and
/// refunds go on, and its members see and change everything else. Its managers get a mail with the reason.
#[utoipa::path(operation_id = "suspend_organization", tag = "admin", params(("id" = String, Path)), request_body = Suspension,
    responses((status = 200, body = DetailsView)), extensions(("x-problems" = json!([Code::Forbidden, Code::InvalidTransition]))))]
#[post("/admin/organizations/{id}/suspend")]
async fn suspend(command: Command<Heavy<SignedIn>, Suspension>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            Reply::ok(&DetailsView::from(organizations::suspend(tx, caller, id.0, &body.read()?)?))
        })
        .await
}

/// Reinstate an organization
///
/// For operators of the installation. Its listings are shown and can be booked again. Its managers get a mail.
#[utoipa::path(operation_id = "reinstate_organization", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = DetailsView)), extensions(("x-problems" = json!([Code::Forbidden, Code::InvalidTransition]))))]
#[post("/admin/organizations/{id}/reinstate")]
async fn reinstate(command: Command<Heavy<SignedIn>, Empty>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            Reply::ok(&DetailsView::from(organizations::reinstate(tx, caller, id.0)?))
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl Routes) {
    config.service(list).service(get_one).service(suspend).service(reinstate);
}
