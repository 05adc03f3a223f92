//! `/organizations/{id}/invitations`: invitations by mail, and accepting them.

use actix_web::{get, post};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accepted::Accepted;
use super::caller::{ManageCertifications, ManageMembers, May, SignedIn, Unknown};
use super::csv::{Column, Row, Sheet};
use super::json::Empty;
use super::mailed_token::MailedToken;
use super::notation::Noted;
use super::passwords::hash;
use super::problem::Problem;
use super::query::{Id, Ids, PageQuery, Several};
use super::reply::Reply;
use super::request::{Command, Read};
use super::state::State;
use actions::accounts::NewUser;
use actions::error::Error;
use actions::invitations::{self, acceptance};
use domain::email::Email;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CertificationKindId, InvitationId, OrganizationId, UserId};
use domain::invitation::{InvitationStatus, Offer};
use domain::language::Language;
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::password::{Hasher, Password};
use domain::permissions::Role;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::TokenHash;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::invitations::Invitation;

/// An invitation to become a member.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "bob@example.org", "role": "booker"}))]
pub(super) struct NewInvitation {
    /// The address to invite. It needs no account.
    #[schema(value_type = limits::EmailAddress)]
    email: String,
    /// The role of the future member.
    role: Role,
}

impl NewInvitation {
    fn email(&self) -> Result<Email, InvalidFields> {
        Email::read("/email", &self.email)
    }
}

/// An invitation by mail: to become a member, or to be certified.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationView {
    /// The identifier of the object.
    id: InvitationId,
    /// The current state.
    status: InvitationStatus,
    /// The organization that invites.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The invited address.
    email: String,
    /// The role of the future member. Null: the invitation is about a certification.
    #[schema(required)]
    role: Option<Role>,
    /// The kind of certification that is granted when the invitation is accepted. Null: the invitation is about a membership.
    #[schema(required)]
    certification_kind_id: Option<CertificationKindId>,
    /// The name of the kind of certification. Null: the invitation is about a membership.
    #[schema(required)]
    certification_kind_name: Option<String>,
    /// The instant at which the certification expires. Null: after the `valid_days` of its kind, or there is none.
    #[schema(required)]
    certification_expires_at: Option<UtcTime>,
    /// The user who invited.
    invited_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest mail.
    sent_at: UtcTime,
    /// The instant at which the invitation expires: 14 days after the latest mail.
    expires_at: UtcTime,
}

impl InvitationView {
    /// Builds the view of an invitation at the instant `now`.
    pub(super) fn new(invitation: Invitation, now: UtcTime) -> Self {
        let status = invitation.status(now);
        let (role, certification) = match invitation.offer() {
            Some(Offer::Membership(role)) => (Some(role), None),
            Some(Offer::Certification { kind, expires_at }) => (None, Some((kind, expires_at))),
            None => (None, None),
        };
        let Invitation { id, organization_id, organization_name, email, certification_kind_name, .. } = invitation;
        let Invitation { invited_by, created_at, sent_at, expires_at, .. } = invitation;
        Self {
            id,
            status,
            organization_id,
            organization_name,
            email: email.to_string(),
            role,
            certification_kind_id: certification.map(|(kind, _)| kind),
            certification_kind_name,
            certification_expires_at: certification.and_then(|(_, expires_at)| expires_at),
            invited_by,
            created_at,
            sent_at,
            expires_at,
        }
    }
}

fn reply(invitation: Invitation, now: UtcTime) -> Result<Reply, Error> {
    Reply::ok(&InvitationView::new(invitation, now))
}

/// Invite an address to become a member
///
/// For owners of the organization. The address gets a mail with a link; the user becomes a member by accepting the invitation.
/// The response is the same for an address with an account and for one without. An invitation is valid for 14 days. A user can
/// send 50 invitations per hour, and an address can receive 5 per hour.
#[utoipa::path(operation_id = "create_invitation", tag = "invitations", params(("id" = String, Path)), request_body = NewInvitation,
    responses((status = 201, body = InvitationView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::AlreadyMember, Code::AlreadyInvited,
        Code::TooManyInvitations]))))]
#[post("/organizations/{id}/invitations")]
pub(super) async fn create(
    command: Command<May<ManageMembers>, NewInvitation>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let invitation = invitations::invite(tx, caller, id.0, &body.email()?, body.role)?;
            let location = format!("/api/v1/organizations/{}/invitations/{}", id.0, invitation.id);
            Reply::created(location, &InvitationView::new(invitation, tx.now))
        })
        .await
}

/// Filters for invitations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct InvitationsQuery {
    /// Only invitations in one of these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<InvitationStatus>>)]
    status: Several<InvitationStatus>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the invitations of an organization
///
/// Owners see all of them, managers those that are about a certification. An invitation is kept for 30 days after it expires. For a
/// spreadsheet there is `GET /organizations/{id}/invitations.csv`.
#[utoipa::path(operation_id = "list_invitations", tag = "invitations", params(("id" = String, Path), InvitationsQuery),
    responses((status = 200, body = Page<InvitationView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/invitations")]
pub(super) async fn list(
    read: Read<May<(ManageMembers, ManageCertifications)>, InvitationsQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the invitations of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/invitations`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_invitations_csv", tag = "invitations", params(("id" = String, Path), InvitationsQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/invitations.csv")]
pub(super) async fn list_csv(
    read: Read<May<(ManageMembers, ManageCertifications)>, InvitationsQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(
    read: Read<May<(ManageMembers, ManageCertifications)>, InvitationsQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<_>, query: InvitationsQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        let page = invitations::list(tx, caller, id.0, query.status.0, order, &paging)?;
        Ok(page.map(|invitation| InvitationView::new(invitation, tx.now)))
    };
    sheet.page(read, look).await
}

impl Row for InvitationView {
    const FILE: &str = "invitations";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("status", "/status"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/organization_name"),
        ("email", "/email"),
        ("role", "/role"),
        ("certification_kind_id", "/certification_kind_id"),
        ("certification_kind_name", "/certification_kind_name"),
        ("certification_expires_at", "/certification_expires_at"),
        ("invited_by", "/invited_by"),
        ("created_at", "/created_at"),
        ("sent_at", "/sent_at"),
        ("expires_at", "/expires_at"),
    ];
}

/// Get an invitation
///
/// For owners of the organization; managers can get an invitation that is about a certification.
#[utoipa::path(operation_id = "get_invitation", tag = "invitations", params(("id" = String, Path), ("invitation" = String, Path)),
    responses((status = 200, body = InvitationView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/invitations/{invitation}")]
pub(super) async fn get_one(
    read: Read<May<(ManageMembers, ManageCertifications)>>,
    ids: Ids<OrganizationId, InvitationId>,
) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| {
        let invitation = invitations::get(tx, caller, ids.0, ids.1)?;
        reply(invitation, tx.now)
    })
    .await
}

/// Resend an invitation
///
/// For owners of the organization; managers can resend an invitation that is about a certification. The new mail has another
/// link, and the earlier link stops working. The 14 days start again. Possible one hour after the latest mail.
#[utoipa::path(operation_id = "resend_invitation", tag = "invitations", params(("id" = String, Path), ("invitation" = String, Path)),
    responses((status = 200, body = InvitationView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::TooManyInvitations]))))]
#[post("/organizations/{id}/invitations/{invitation}/resend")]
pub(super) async fn resend(
    command: Command<May<(ManageMembers, ManageCertifications)>, Empty>,
    ids: Ids<OrganizationId, InvitationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            let invitation = invitations::resend(tx, caller, ids.0, ids.1)?;
            reply(invitation, tx.now)
        })
        .await
}

/// Withdraw an invitation
///
/// For owners of the organization; managers can withdraw an invitation that is about a certification. Its link stops working.
#[utoipa::path(operation_id = "withdraw_invitation", tag = "invitations",
    params(("id" = String, Path), ("invitation" = String, Path)), responses((status = 200, body = InvitationView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/organizations/{id}/invitations/{invitation}/withdraw")]
pub(super) async fn withdraw(
    command: Command<May<(ManageMembers, ManageCertifications)>, Empty>,
    ids: Ids<OrganizationId, InvitationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            let invitation = invitations::withdraw(tx, caller, ids.0, ids.1)?;
            reply(invitation, tx.now)
        })
        .await
}

/// An invitation as its recipient sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceivedInvitation {
    /// The invitation.
    invitation: InvitationView,
    /// True: the address has a verified account, which the invitation is for. False: send `name` and `password` to accept.
    has_account: bool,
}

/// View an invitation
///
/// Returns the invitation of a token from a mail. Nothing changes.
#[utoipa::path(operation_id = "view_invitation", tag = "auth", request_body = MailedToken,
    responses((status = 200, body = ReceivedInvitation)), security(()),
    extensions(("x-problems" = json!([Code::InvalidOneTimeToken]))))]
#[post("/auth/view-invitation")]
pub(super) async fn view(command: Command<Unknown, MailedToken>) -> Result<Reply, Problem> {
    command
        .run(|tx, _, body, _| {
            let (invitation, account) = acceptance::get_by_token(tx, &body.hash())?;
            let invitation = InvitationView::new(invitation, tx.now);
            Reply::ok(&ReceivedInvitation { invitation, has_account: account.is_some() })
        })
        .await
}

/// The token of an invitation, and a new account if the address has none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "q6b8…", "name": "Bob Moore", "password": "correct horse battery"}))]
pub(super) struct Acceptance {
    /// The token from the link in the mail.
    #[schema(value_type = String)]
    token: SecretString,
    /// The name of the person. Required if the address has no verified account; refused if it has one.
    #[serde(default)]
    #[schema(value_type = Option<limits::Name>)]
    name: Option<String>,
    /// A password that is hard to guess. Required if the address has no verified account; refused if it has one.
    #[serde(default)]
    #[schema(value_type = Option<limits::NewPassword>)]
    password: Option<SecretString>,
}

impl Acceptance {
    /// The new account; `None` if the address has one.
    fn new_user(
        self,
        invited: Email,
        has_account: bool,
        accepted: Option<Language>,
        hasher: &Hasher,
    ) -> Result<Option<NewUser>, Error> {
        let mut fields = Fields::default();
        if has_account {
            for (pointer, is_sent) in [("/name", self.name.is_some()), ("/password", self.password.is_some())] {
                if is_sent {
                    fields.refuse(pointer, "invalid", said!("must not be sent: the address has an account"));
                }
            }
            return Ok(fields.finish(|| Some(None))?);
        }
        let required = |fields: &mut Fields, pointer: &str| {
            fields.refuse(pointer, "required", said!("is required: the address has no account"))
        };
        let name = match &self.name {
            Some(name) => fields.line("/name", name, limits::Name::RANGE),
            None => {
                required(&mut fields, "/name");
                None
            }
        };
        let password = match &self.password {
            Some(password) => {
                let words = [invited.as_str(), self.name.as_deref().unwrap_or_default()];
                Password::read(&mut fields, "/password", password, &words)
            }
            None => {
                required(&mut fields, "/password");
                None
            }
        };
        let (name, password) = fields.finish(|| Some((name?, password?)))?;
        Ok(Some(NewUser { email: invited, name, password_hash: hash(hasher, &password)?, language: accepted }))
    }
}

/// Accept an invitation with the token from its mail
///
/// The token proves the address. If the address has a verified account, the account accepts, and `name` and `password` must not
/// be sent. Otherwise they are required, and an account is created for the address, in the language of
/// `Accept-Language`; an account with the address that was never
/// verified is deleted first, because somebody else may have created it. `POST /auth/view-invitation` tells which of both it is.
#[utoipa::path(operation_id = "accept_invitation", tag = "auth", request_body = Acceptance,
    responses((status = 200, body = InvitationView)), security(()),
    extensions(("x-problems" = json!([Code::InvalidOneTimeToken, Code::AlreadyMember, Code::LastOwner, Code::InvalidTransition]))))]
#[post("/auth/accept-invitation")]
pub(super) async fn accept(command: Command<Unknown, Acceptance>, accepted: Accepted) -> Result<Reply, Problem> {
    command
        .run_prepared(
            async |state, _, body| prepare(state, body, accepted.0).await,
            |tx, _, (token, new_user), _| {
                let invitation = acceptance::accept(tx, token, new_user.as_ref())?;
                reply(invitation, tx.now)
            },
        )
        .await
}

async fn prepare(state: &State, body: Acceptance, accepted: Option<Language>) -> Result<(TokenHash, Option<NewUser>), Problem> {
    let token = TokenHash::of(body.token.expose_secret());
    let sent = token.clone();
    let find = move |tx: &mut ReadTx| acceptance::get_by_token(tx, &sent);
    let (invitation, account) = state.db.read(state.clock.now(), find).await?;
    let new_user = move |hasher: &Hasher| body.new_user(invitation.email, account.is_some(), accepted, hasher);
    Ok((token, state.passwords.run(new_user).await?))
}

/// Accepts an invitation with the token from its mail.
///
/// # Errors
/// As the operation `accept_invitation`.
pub(super) async fn accept_with_token(
    state: &State,
    body: Acceptance,
    accepted: Option<Language>,
) -> Result<Invitation, Problem> {
    let (token, new_user) = prepare(state, body, accepted).await?;
    let action = move |tx: &mut Tx<'_>| acceptance::accept(tx, &token, new_user.as_ref());
    let invitation = state.db.write(state.clock.now(), action).await?;
    state.outbox.notify_one();
    Ok(invitation)
}

/// List your invitations
///
/// Returns the open invitations to your address, if it is verified.
#[utoipa::path(operation_id = "list_my_invitations", tag = "me", params(PageQuery),
    responses((status = 200, body = Page<InvitationView>)))]
#[get("/me/invitations")]
pub(super) async fn list_mine(read: Read<SignedIn, PageQuery>) -> Result<Reply, Problem> {
    read.page(|tx, May { caller, .. }, query| {
        let (now, page) = (tx.now, acceptance::list_mine(tx, caller, &query.read()?)?);
        Ok(page.map(|invitation| InvitationView::new(invitation, now)))
    })
    .await
}

/// Accept an invitation to your address
///
/// For the user whose verified address was invited.
#[utoipa::path(operation_id = "accept_my_invitation", tag = "me", params(("id" = String, Path)),
    responses((status = 200, body = InvitationView)),
    extensions(("x-problems" = json!([Code::AlreadyMember, Code::InvalidTransition]))))]
#[post("/me/invitations/{id}/accept")]
pub(super) async fn accept_mine(command: Command<SignedIn, Empty>, id: Id<InvitationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            let invitation = acceptance::accept_mine(tx, caller, id.0)?;
            reply(invitation, tx.now)
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(list_csv).service(get_one).service(resend).service(withdraw);
    config.service(view).service(accept).service(list_mine).service(accept_mine);
}
