//! `/admin/users`: operators find, suspend and reinstate users.

use actix_web::{get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::parameters::{FindQuery, Suspension};
use crate::caller::{May, Searching, SignedIn};
use crate::json::Empty;
use crate::problem::Problem;
use crate::query::Id;
use crate::reply::Reply;
use crate::request::{Command, NoQuery, Read};
use crate::routes::Routes;
use actions::administration::users::{self, UserDetails};
use domain::ids::UserId;
use domain::paging::Page;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::administration::User;
use storage::members::Membership;

/// A user, as operators see one in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FoundUser)]
struct FoundView {
    /// The identifier of the object.
    id: UserId,
    /// The e-mail address.
    email: String,
    /// The name.
    name: String,
    /// The instant at which the e-mail address was verified. Null: it is not verified.
    #[schema(required)]
    email_verified_at: Option<UtcTime>,
    /// True: the person is an operator, who runs the installation.
    is_operator: bool,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant at which the user was suspended. Null: the user is not suspended.
    #[schema(required)]
    suspended_at: Option<UtcTime>,
    /// The reason of the suspension. Empty: the user is not suspended.
    suspension_reason: String,
    /// True: a second factor is needed to sign in.
    has_second_factor: bool,
}

impl From<User> for FoundView {
    fn from(found: User) -> Self {
        let User { id, email, name, email_verified_at, is_operator, created_at, suspended_at, suspension_reason, .. } = found;
        let (email, has_second_factor) = (email.to_string(), found.second_factor_since.is_some());
        Self { id, email, name, email_verified_at, is_operator, created_at, suspended_at, suspension_reason, has_second_factor }
    }
}

/// A user, as operators see one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdministeredUser)]
struct DetailsView {
    /// The user.
    #[serde(flatten)]
    user: FoundView,
    /// The organizations of the user, with the roles.
    memberships: Vec<Membership>,
}

impl From<UserDetails> for DetailsView {
    fn from(UserDetails { user, memberships }: UserDetails) -> Self {
        Self { user: user.into(), memberships }
    }
}

/// Find users
///
/// For operators of the installation. Each look is in the audit log.
#[utoipa::path(operation_id = "find_users", tag = "admin", params(FindQuery), responses((status = 200, body = Page<FoundView>)),
    extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/users")]
async fn list(read: Read<Searching<SignedIn>, FindQuery>) -> Result<Reply, Problem> {
    read.page_recorded(|tx, Searching(May { caller, .. }), query| {
        let (filter, order, paging) = query.read()?;
        Ok(users::list(tx, caller, &filter, order, &paging)?.map(FoundView::from))
    })
    .await
}

/// Get a user
///
/// For operators of the installation. The look is in the audit log.
#[utoipa::path(operation_id = "get_user", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = DetailsView)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/admin/users/{id}")]
async fn get_one(read: Read<SignedIn>, id: Id<UserId>) -> Result<Reply, Problem> {
    read.run_recorded(move |tx, May { caller, .. }, _: &NoQuery| Reply::ok(&DetailsView::from(users::get(tx, caller, id.0)?)))
        .await
}

/// Suspend a user
///
/// For operators of the installation; not for their own account. All sessions of the user end, and the user cannot sign in. The API keys
/// that the user made and the links in mails to the user do not work. Bookings stay. The user gets a mail with the reason.
#[utoipa::path(operation_id = "suspend_user", tag = "admin", params(("id" = String, Path)), request_body = Suspension,
    responses((status = 200, body = DetailsView)), extensions(("x-problems" = json!([Code::Forbidden, Code::InvalidTransition]))))]
#[post("/admin/users/{id}/suspend")]
async fn suspend(command: Command<SignedIn, Suspension>, id: Id<UserId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            Reply::ok(&DetailsView::from(users::suspend(tx, caller, id.0, &body.read()?)?))
        })
        .await
}

/// Reinstate a user
///
/// For operators of the installation. The user can sign in again, and the API keys that the user made work again. The user gets a mail.
#[utoipa::path(operation_id = "reinstate_user", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = DetailsView)), extensions(("x-problems" = json!([Code::Forbidden, Code::InvalidTransition]))))]
#[post("/admin/users/{id}/reinstate")]
async fn reinstate(command: Command<SignedIn, Empty>, id: Id<UserId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, _| Reply::ok(&DetailsView::from(users::reinstate(tx, caller, id.0)?))).await
}

/// Remove the second factor of a user
///
/// For operators of the installation, for a user who has lost the authenticator and the recovery codes. Check first that it is this person: from then
/// on the password is enough to sign in. All sessions of the user end.
#[utoipa::path(operation_id = "remove_second_factor_of_user", tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = DetailsView)), extensions(("x-problems" = json!([Code::Forbidden, Code::InvalidTransition]))))]
#[post("/admin/users/{id}/remove-second-factor")]
async fn remove_second_factor(command: Command<SignedIn, Empty>, id: Id<UserId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| Reply::ok(&DetailsView::from(users::remove_second_factor(tx, caller, id.0)?)))
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl Routes) {
    config.service(list).service(get_one).service(suspend).service(reinstate).service(remove_second_factor);
}
