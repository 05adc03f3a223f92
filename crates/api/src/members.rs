//! `/organizations/{id}/members`: users in an organization.

use actix_web::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Heavy, ManageMembers, May, SignedIn};
use super::csv::{Column, Row, Sheet};
use super::json::{Empty, Patch};
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Ids, Several};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::members;
use domain::ids::{OrganizationId, UserId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Role;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::members::Member;

/// The fields of a member that can be edited.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"role": "manager"}))]
pub(super) struct MemberRole {
    /// The role of the member.
    role: Role,
}

/// A user in an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberView {
    /// The user.
    user_id: UserId,
    /// The user's name.
    name: String,
    /// The address of the user's account.
    email: String,
    /// The role of the member.
    role: Role,
    /// The instant at which the user became a member.
    created_at: UtcTime,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        let Member { user_id, name, email, role, created_at, .. } = member;
        Self { user_id, name, email, role, created_at }
    }
}

/// Filters for members.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MembersQuery {
    /// Only members with one of these roles. Several roles: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<Role>>)]
    role: Several<Role>,
    /// The order, by the instant at which the users became members. Default: `created_at`. A `cursor` belongs to the order of its
    /// page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the members of an organization
///
/// For members of the organization. For a spreadsheet there is `GET /organizations/{id}/members.csv`.
#[utoipa::path(operation_id = "list_members", tag = "members", params(("id" = String, Path), MembersQuery),
    responses((status = 200, body = Page<MemberView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/members")]
pub(super) async fn list(read: Read<SignedIn, MembersQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the members of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/members`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_members_csv", tag = "members", params(("id" = String, Path), MembersQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/members.csv")]
pub(super) async fn list_csv(read: Read<SignedIn, MembersQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<SignedIn, MembersQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: SignedIn, query: MembersQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(members::list(tx, caller, id.0, &query.role.0, order, &paging)?.map(MemberView::from))
    };
    sheet.page(read, look).await
}

impl Row for MemberView {
    const FILE: &str = "members";
    const COLUMNS: &[Column] =
        &[("user_id", "/user_id"), ("name", "/name"), ("email", "/email"), ("role", "/role"), ("created_at", "/created_at")];
}

/// Get a member
///
/// For members of the organization.
#[utoipa::path(operation_id = "get_member", tag = "members",
    params(("id" = String, Path), ("member" = String, Path, description = "The identifier of the user.")),
    responses((status = 200, body = MemberView)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/members/{member}")]
pub(super) async fn get_one(read: Read<SignedIn>, ids: Ids<OrganizationId, UserId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| {
        let member = members::get(tx, caller, ids.0, ids.1)?;
        let revision = member.revision;
        Ok(Reply::ok(&MemberView::from(member))?.revision(revision))
    })
    .await
}

/// Change the role of a member
///
/// For owners of the organization. An organization always keeps at least one owner.
#[utoipa::path(operation_id = "update_member", tag = "members",
    params(("id" = String, Path), ("member" = String, Path, description = "The identifier of the user.")),
    request_body = MemberRole, responses((status = 200, body = MemberView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::LastOwner]))))]
#[patch("/organizations/{id}/members/{member}")]
pub(super) async fn update(
    command: Command<Heavy<May<ManageMembers>>, Patch>,
    ids: Ids<OrganizationId, UserId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), patch, if_match| {
            let edit = |role| Ok(patch.merge(&MemberRole { role })?.role);
            let member = members::update(tx, caller, ids.0, ids.1, if_match, edit)?;
            let revision = member.revision;
            Ok(Reply::ok(&MemberView::from(member))?.revision(revision))
        })
        .await
}

/// The member who becomes the owner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"user_id": "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"}))]
pub(super) struct NewOwner {
    /// A member of the organization who has verified the e-mail address.
    user_id: UserId,
}

/// Hand an organization over
///
/// For owners of the organization. The member becomes an owner, and you become a manager. Both get a mail. Other owners stay owners.
/// Returns the new owner.
#[utoipa::path(operation_id = "hand_over_organization", tag = "members", params(("id" = String, Path)), request_body = NewOwner,
    responses((status = 200, body = MemberView)), extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/owner")]
pub(super) async fn hand_over(
    command: Command<Heavy<May<ManageMembers>>, NewOwner>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            let member = members::hand_over(tx, caller, id.0, body.user_id)?;
            let revision = member.revision;
            Ok(Reply::ok(&MemberView::from(member))?.revision(revision))
        })
        .await
}

/// Remove a member
///
/// Owners can remove members; every member can leave. Future bookings that the member was going to operate stay, with
/// `operated_by` null. The user who made such a booking gets a mail and must name another operator.
#[utoipa::path(operation_id = "remove_member", tag = "members",
    params(("id" = String, Path), ("member" = String, Path, description = "The identifier of the user.")),
    responses((status = 204)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::LastOwner, Code::PreconditionFailed]))))]
#[delete("/organizations/{id}/members/{member}")]
pub(super) async fn remove(
    command: Command<Heavy<May<ManageMembers>>, Empty>,
    ids: Ids<OrganizationId, UserId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), _, if_match| {
            members::remove(tx, caller, ids.0, ids.1, if_match)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(list_csv).service(get_one).service(update).service(hand_over).service(remove);
}
