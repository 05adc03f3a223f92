//! `/me`: the account of the signed-in user.

use actix_web::{delete, get, patch, post};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking_proposals::ProposalView;
use super::bookings::BookingView;
use super::caller::{Heavy, May, Searching, SignedIn};
use super::certifications::CertificationView;
use super::identities::IdentityView;
use super::invitations::InvitationView;
use super::json::{Empty, Patch};
use super::passwords;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use super::series::SeriesView;
use super::state::State;
use super::training_seats::TrainingSeatView;
use super::waitlist::WaitlistEntryView;
use super::wrong_passwords::Account;
use actions::accounts::export::Everything;
use actions::accounts::{self, deletion, email_change};
use actions::error::Error;
use actions::{Caller, sessions};
use domain::email::Email;
use domain::ids::{BookingGroupId, OrganizationId, SessionId, UserId};
use domain::language::Language;
use domain::limits;
use domain::mail::MailPreferences;
use domain::paging::Page;
use domain::password::PasswordHash;
use domain::problem::Code;
use domain::time::UtcTime;
use domain::user::{Profile, UserFields};
use services::openid::OpenId;
use storage::audit::UserAction;
use storage::booking_groups::BookingGroup;
use storage::db::ReadTx;
use storage::error::StorageError;
use storage::mails::SentMail;
use storage::members::Membership;
use storage::one_time_tokens::SentToken;
use storage::sessions::Session;
use storage::terms_acceptances::Acceptance;
use storage::users::User;

/// The account of a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserView {
    /// The identifier of the object.
    id: UserId,
    /// The e-mail address, which is used to sign in.
    email: String,
    /// The name of the person, as other users see it.
    name: String,
    /// The times of reminders, in minutes before a booking starts.
    reminder_minutes: Vec<i32>,
    /// The mails that the person gets.
    mail_preferences: MailPreferences,
    /// The language of mails to the person, and of the pages behind their links. Null: mails are in English, and pages are in the
    /// language of `Accept-Language`.
    #[schema(required)]
    language: Option<Language>,
    /// The instant at which the e-mail address was verified. Null: it is not verified.
    #[schema(required)]
    email_verified_at: Option<UtcTime>,
    /// True: the person is an operator, who runs the installation.
    is_operator: bool,
    /// True: a second factor is needed to sign in.
    has_second_factor: bool,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let UserFields { name, reminder_minutes, mail_preferences, language } = user.fields();
        let User { id, email, email_verified_at, is_operator, created_at, updated_at, second_factor_since, .. } = user;
        Self {
            id,
            email: email.to_string(),
            name,
            reminder_minutes,
            mail_preferences,
            language,
            email_verified_at,
            is_operator,
            has_second_factor: second_factor_since.is_some(),
            created_at,
            updated_at,
        }
    }
}

/// Get your account
///
/// Returns your name, your address and whether it is verified, your reminders, your mail preferences and your language.
#[utoipa::path(operation_id = "get_me", tag = "me", responses((status = 200, body = UserView)))]
#[get("/me")]
pub(super) async fn get_me(read: Read<SignedIn>) -> Result<Reply, Problem> {
    read.run(|tx, May { caller, .. }, _| {
        let user = accounts::get(tx, caller)?;
        let revision = user.revision;
        Ok(Reply::ok(&UserView::from(user))?.revision(revision))
    })
    .await
}

/// Edit your account
///
/// Changes your name, your reminders, your mail preferences and your language. `null` resets a field to its default.
#[utoipa::path(operation_id = "update_me", tag = "me", request_body = Profile, responses((status = 200, body = UserView)))]
#[patch("/me")]
pub(super) async fn update_me(command: Command<SignedIn, Patch>) -> Result<Reply, Problem> {
    command
        .run(|tx, May { caller, .. }, patch, if_match| {
            let edit = |fields: UserFields| patch.merge(&Profile::from(fields))?.read();
            let user = accounts::update(tx, caller, if_match, edit)?;
            let revision = user.revision;
            Ok(Reply::ok(&UserView::from(user))?.revision(revision))
        })
        .await
}

/// The deletion of an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "correct horse battery"}))]
pub(super) struct AccountDeletion {
    /// The current password. A wrong one is refused with the code `wrong_password`.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
}

/// Delete your account
///
/// Removes all personal data and ends all sessions. Your user identifier stays in bookings and in the audit logs of
/// organizations. Sent mails stay for some weeks.
#[utoipa::path(operation_id = "delete_me", tag = "me", request_body = AccountDeletion, responses((status = 204)),
    extensions(("x-problems" = json!([Code::LastOwner, Code::PreconditionFailed]))))]
#[delete("/me")]
pub(super) async fn delete_me(command: Command<Heavy<SignedIn>, AccountDeletion>) -> Result<Reply, Problem> {
    command
        .run_prepared(
            async |state, Heavy(May { caller, .. }), AccountDeletion { current_password }| {
                check_password(state, caller, current_password).await.map(|_| ())
            },
            |tx, Heavy(May { caller, .. }), (), if_match| {
                deletion::delete(tx, caller, if_match)?;
                Ok(Reply::no_content())
            },
        )
        .await
}

/// Checks the password that the caller sent as `current_password`, and returns the account with the hash of the password.
///
/// # Errors
/// The field error `wrong_password`, and `too_many_requests` after too many wrong passwords.
pub async fn check_password(state: &State, caller: Caller, sent: SecretString) -> Result<(User, PasswordHash), Problem> {
    let find = move |tx: &mut ReadTx| accounts::get_with_password(tx, caller);
    let (user, hash) = state.db.read(state.clock.now(), find).await?;
    let present = hash.clone();
    let counted = Account::User(caller.user_id);
    state.wrong_passwords.expect(&counted, state.clock.now())?;
    let is_right = state.passwords.run(move |hasher| Ok(hasher.is_right(&sent, Some(&present)))).await?;
    if !is_right {
        return Err(accounts::wrong_password().into());
    }
    state.wrong_passwords.take_back(&counted);
    Ok((user, hash))
}

/// A change of the e-mail address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.com", "current_password": "correct horse battery"}))]
pub(super) struct AddressWish {
    /// The new address.
    #[schema(value_type = limits::EmailAddress)]
    email: String,
    /// The current password. A wrong one is refused with the code `wrong_password`.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
}

/// Request a change of your e-mail address
///
/// The service sends a mail with a link to the new address, and a notice to the current one if that is verified. The account
/// keeps its address until the link is used (`POST /auth/confirm-email`). A later request, and a change of the password, cancel
/// an earlier request. The service sends at most 5 of these mails per hour for one account.
#[utoipa::path(operation_id = "request_email_change", tag = "me", request_body = AddressWish, responses((status = 202)),
    extensions(("x-problems" = json!([Code::EmailTaken]))))]
#[post("/me/email")]
pub(super) async fn change_email(command: Command<SignedIn, AddressWish>) -> Result<Reply, Problem> {
    let lifetime = command.state.verification_lifetime();
    command
        .run_prepared(
            async |state, May { caller, .. }, AddressWish { email, current_password }| {
                let email = Email::read("/email", &email)?;
                check_password(state, caller, current_password).await?;
                Ok(email)
            },
            move |tx, May { caller, .. }, email, _| {
                email_change::request(tx, caller, email, lifetime)?;
                Ok(Reply::accepted())
            },
        )
        .await
}

/// A change of the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "correct horse battery", "new_password": "a better horse battery"}))]
pub(super) struct PasswordChange {
    /// The current password. A wrong one is refused with the code `wrong_password`.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// The new password. It must be hard to guess.
    #[schema(value_type = limits::NewPassword)]
    new_password: SecretString,
}

/// Change your password
///
/// All your other sessions end.
#[utoipa::path(operation_id = "change_password", tag = "me", request_body = PasswordChange, responses((status = 204)))]
#[post("/me/password")]
pub(super) async fn change_password(command: Command<SignedIn, PasswordChange>) -> Result<Reply, Problem> {
    command
        .run_prepared(
            async |state, May { caller, .. }, PasswordChange { current_password, new_password }| {
                let (user, seen) = check_password(state, caller, current_password).await?;
                let hash = passwords::read_and_hash(&state.passwords, "/new_password", new_password, user).await?;
                Ok((seen, hash))
            },
            |tx, May { caller, .. }, (seen, hash), _| {
                accounts::change_password(tx, caller, seen, hash)?;
                Ok(Reply::no_content())
            },
        )
        .await
}

/// A session: one sign-in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionView {
    /// The identifier of the object.
    id: SessionId,
    /// The program that signed in, from the `User-Agent` header.
    user_agent: String,
    /// True: this request uses the session.
    is_current: bool,
    /// The network of the sign-in: an IPv4 address, or the first 64 bits of an IPv6 address. Empty: not known.
    network: String,
    /// The instant of the sign-in.
    created_at: UtcTime,
    /// The instant of the latest login or refresh of the session.
    last_used_at: UtcTime,
    /// The instant at which the session ends unless it is refreshed before.
    expires_at: UtcTime,
}

impl SessionView {
    fn new(session: Session, current: SessionId) -> Self {
        let Session { id, user_agent, network, created_at, last_used_at, expires_at, .. } = session;
        Self { id, user_agent, network, is_current: id == current, created_at, last_used_at, expires_at }
    }
}

/// List your sessions
///
/// Returns the sign-ins that have not ended, on all your devices. `DELETE /me/sessions/{id}` ends one.
#[utoipa::path(operation_id = "list_sessions", tag = "me", params(PageQuery), responses((status = 200, body = Page<SessionView>)))]
#[get("/me/sessions")]
pub(super) async fn list_sessions(read: Read<SignedIn, PageQuery>) -> Result<Reply, Problem> {
    read.page(|tx, May { caller, .. }, query| {
        let page = sessions::list_mine(tx, caller, &query.read()?)?;
        Ok(page.map(|session| SessionView::new(session, caller.session_id)))
    })
    .await
}

/// End a session
///
/// The refresh token and the access tokens of the session stop working at once; on other servers of the installation, the access tokens
/// stop working within a second.
#[utoipa::path(operation_id = "end_session", tag = "me", params(("id" = String, Path)), responses((status = 204)))]
#[delete("/me/sessions/{id}")]
pub(super) async fn end_session(command: Command<SignedIn, Empty>, id: Id<SessionId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            sessions::end_mine(tx, caller, id.0)?;
            Ok(Reply::no_content())
        })
        .await
}

/// End all other sessions
///
/// Ends all your sessions but the one of this request, as `DELETE /me/sessions/{id}` ends one.
#[utoipa::path(operation_id = "end_other_sessions", tag = "me", responses((status = 204)))]
#[delete("/me/sessions")]
pub(super) async fn end_other_sessions(command: Command<SignedIn, Empty>) -> Result<Reply, Problem> {
    command
        .run(|tx, May { caller, .. }, _, _| {
            sessions::end_others(tx, caller)?;
            Ok(Reply::no_content())
        })
        .await
}

/// A sign-in, active or ended.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SignInRecord {
    /// The identifier of the object.
    id: SessionId,
    /// The program that signed in, from the `User-Agent` header.
    user_agent: String,
    /// The network of the sign-in: an IPv4 address, or the first 64 bits of an IPv6 address. Empty: not known.
    network: String,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest login or refresh.
    last_used_at: UtcTime,
    /// The instant at which it expires.
    expires_at: UtcTime,
    /// The instant of the revocation. Null: it was not revoked.
    #[schema(required)]
    revoked_at: Option<UtcTime>,
}

/// A booking group without its bookings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookingGroupRecord)]
pub(super) struct GroupRecord {
    /// The identifier of the object.
    id: BookingGroupId,
    /// The organization.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The note from the customer to the hosts.
    note: String,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<BookingGroup> for GroupRecord {
    fn from(group: BookingGroup) -> Self {
        let BookingGroup { id, organization_id, organization_name, note, created_at, .. } = group;
        Self { id, organization_id, organization_name, note, created_at }
    }
}

/// All data that the service stores about a person.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Export {
    /// The instant of the export.
    exported_at: UtcTime,
    /// Your account.
    user: UserView,
    /// Your memberships in organizations.
    memberships: Vec<Membership>,
    /// Your sessions, active and ended.
    sessions: Vec<SignInRecord>,
    /// The identities at providers with which you sign in.
    identities: Vec<IdentityView>,
    /// The one-time tokens that were sent to you by mail, without the tokens themselves.
    one_time_tokens: Vec<SentToken>,
    /// The invitations to your address, open and ended.
    invitations: Vec<InvitationView>,
    /// The mails that were sent to you.
    mails: Vec<SentMail>,
    /// The bookings that you made, for any organization.
    bookings: Vec<BookingView>,
    /// The other slots that you proposed for bookings, as the customer or as the host.
    booking_proposals: Vec<ProposalView>,
    /// The groups that you made. Their bookings are in `bookings`.
    booking_groups: Vec<GroupRecord>,
    /// The series that you made.
    series: Vec<SeriesView>,
    /// Your waitlist entries, current and past.
    waitlist: Vec<WaitlistEntryView>,
    /// The terms that you accepted, for any organization.
    terms_acceptances: Vec<Acceptance>,
    /// The certifications that you hold or held.
    certifications: Vec<CertificationView>,
    /// Your seats in trainings, current and past.
    training_seats: Vec<TrainingSeatView>,
    /// Your actions, the oldest first.
    history: Vec<UserAction>,
}

impl Export {
    fn new(everything: Everything, openid: &OpenId, exported_at: UtcTime) -> Self {
        let Everything { user, memberships, sessions, tokens, invitations, mails, bookings, groups, series, waitlist, .. } =
            everything;
        let Everything { proposals, terms_acceptances, certifications, seats, deeds, identities, .. } = everything;
        let session = |Session { id, user_agent, network, created_at, last_used_at, expires_at, revoked_at, .. }| SignInRecord {
            id,
            user_agent,
            network,
            created_at,
            last_used_at,
            expires_at,
            revoked_at,
        };
        Self {
            exported_at,
            user: user.into(),
            memberships,
            sessions: sessions.into_iter().map(session).collect(),
            identities: identities.into_iter().map(|identity| IdentityView::new(identity, openid)).collect(),
            one_time_tokens: tokens,
            invitations: invitations.into_iter().map(|one| InvitationView::new(one, exported_at)).collect(),
            mails,
            bookings: bookings.into_iter().map(BookingView::from).collect(),
            booking_proposals: proposals.into_iter().map(ProposalView::from).collect(),
            booking_groups: groups.into_iter().map(GroupRecord::from).collect(),
            series: series.into_iter().map(SeriesView::from).collect(),
            waitlist: waitlist.into_iter().map(WaitlistEntryView::from).collect(),
            terms_acceptances,
            certifications: certifications.into_iter().map(|held| CertificationView::new(held, exported_at)).collect(),
            training_seats: seats.into_iter().map(TrainingSeatView::from).collect(),
            history: deeds,
        }
    }
}

/// Export all data about you
///
/// Returns one object with everything that the service stores about you, for example to take it to another service.
#[utoipa::path(operation_id = "export_me", tag = "me", responses((status = 200, body = Export)))]
#[get("/me/export")]
pub(super) async fn export(read: Read<Searching<SignedIn>>) -> Result<Reply, Problem> {
    let openid = read.state.openid.clone();
    read.run(move |tx, Searching(May { caller, .. }), _| {
        let everything = accounts::export::export(tx, caller)?;
        Reply::ok(&Export::new(everything, &openid, tx.now))
    })
    .await
}

/// Returns everything that the service stores about the caller as the text of a file, in the form of `GET /me/export`.
///
/// # Errors
/// When the database fails.
pub fn export_text(tx: &mut ReadTx, caller: Caller, openid: &OpenId) -> Result<String, Error> {
    let everything = Export::new(accounts::export::export(tx, caller)?, openid, tx.now);
    Ok(serde_json::to_string_pretty(&everything).map_err(StorageError::from)?)
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_me).service(update_me).service(delete_me).service(change_password).service(change_email);
    config.service(list_sessions).service(end_session).service(end_other_sessions).service(export);
}
