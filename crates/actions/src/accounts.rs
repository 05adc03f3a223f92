//! Accounts: from registering to leaving.

use chrono::TimeDelta;
use serde_json::json;

use super::Caller;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, publish};
use domain::email::Email;
use domain::event::Event;
use domain::fields::{FieldError, InvalidFields};
use domain::ids::{OneTimeTokenId, UserId};
use domain::password::PasswordHash;
use domain::problem::Code;
use domain::secret_token::{SecretToken, TokenHash, TokenPurpose};
use domain::user::UserFields;
use storage::audit::{self as audit_log, Deed};
use storage::booking_groups::{self, BookingGroup};
use storage::bookings::{self, Booking};
use storage::certifications::{self, Certification};
use storage::db::Tx;
use storage::error::StorageError;
use storage::mails::{self, SentMail};
use storage::members::{self, Membership};
use storage::one_time_tokens::{self, NewToken, SentToken};
use storage::series::{self, Series};
use storage::sessions::{self, Session};
use storage::terms_acceptances::{self, Acceptance};
use storage::training_seats::{self, TrainingSeat};
use storage::users::{self, User};
use storage::waitlist_entries::{self, WaitlistEntry};
use storage::{idempotency_keys, organizations};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The address.
    pub email: Email,
    /// How the person is called.
    pub name: String,
    /// The hash of the password.
    pub password_hash: PasswordHash,
}

/// How many mails of one kind a user is sent within an hour, however often somebody asks for them.
pub(super) const MAILS_AN_HOUR: i64 = 5;

/// Makes an account, and has a mail sent that proves the address.
///
/// # Errors
/// `email_taken`.
pub fn register(tx: &mut Tx<'_>, new: &NewUser, lifetime: TimeDelta) -> Result<User, Error> {
    let user = insert(tx, new)?;
    audit(tx, Some(user.id), None, "user.register", ("user", user.id.as_str()), &json!({}))?;
    send_token(tx, user.id, TokenPurpose::VerifyEmail, lifetime)?;
    Ok(user)
}

fn insert(tx: &mut Tx<'_>, new: &NewUser) -> Result<User, Error> {
    let id: UserId = tx.new_id();
    match users::insert(tx.conn, id, &new.email, &new.name, &new.password_hash, tx.now) {
        Err(StorageError::NotUnique(_)) => Err(Error::refused(Code::EmailTaken)),
        inserted => Ok(inserted.and_then(|()| users::get(tx.conn, id))?),
    }
}

/// Makes an account that runs the installation; its address needs no proof.
///
/// # Errors
/// `email_taken`.
pub fn create_operator(tx: &mut Tx<'_>, new: &NewUser) -> Result<User, Error> {
    let user = insert(tx, new)?;
    make_operator(tx, user.id)
}

/// Lets a user run the installation. Who runs it already vouches for the address.
///
/// # Errors
/// When the database fails.
pub fn make_operator(tx: &mut Tx<'_>, id: UserId) -> Result<User, Error> {
    users::update_email_verified(tx.conn, id, tx.now)?;
    users::update_operator(tx.conn, id, tx.now)?;
    audit(tx, None, None, "user.make_operator", ("user", id.as_str()), &json!({}))?;
    Ok(users::get(tx.conn, id)?)
}

/// Has a mail sent to an account whose address is not proved yet. Whether there is one shows neither
/// in the answer nor, as there is something to write in any case, in the time that it takes.
///
/// # Errors
/// When the database fails.
pub fn resend_verification(tx: &mut Tx<'_>, email: &Email, lifetime: TimeDelta) -> Result<(), Error> {
    let user = users::find_by_email(tx.conn, email)?.filter(|user| user.email_verified_at.is_none());
    audit_asked(tx, user.as_ref(), "user.resend_verification")?;
    user.map_or(Ok(()), |user| send_token(tx, user.id, TokenPurpose::VerifyEmail, lifetime))
}

/// Has a mail sent that allows to set a password. Whether there is such an account shows as little as
/// in [`resend_verification`].
///
/// # Errors
/// When the database fails.
pub fn forgot_password(tx: &mut Tx<'_>, email: &Email, lifetime: TimeDelta) -> Result<(), Error> {
    let user = users::find_by_email(tx.conn, email)?;
    audit_asked(tx, user.as_ref(), "user.forgot_password")?;
    user.map_or(Ok(()), |user| send_token(tx, user.id, TokenPurpose::ResetPassword, lifetime))
}

fn audit_asked(tx: &mut Tx<'_>, user: Option<&User>, action: &str) -> Result<(), Error> {
    audit(tx, None, None, action, ("user", user.map_or("", |user| user.id.as_str())), &json!({}))
}

fn send_token(tx: &mut Tx<'_>, user_id: UserId, purpose: TokenPurpose, lifetime: TimeDelta) -> Result<(), Error> {
    if one_time_tokens::count_since(tx.conn, user_id, purpose, tx.now - TimeDelta::hours(1))? >= MAILS_AN_HOUR {
        return Ok(());
    }
    let token = SecretToken::new(rand::random());
    let id: OneTimeTokenId = tx.new_id();
    let (token_hash, expires_at) = (TokenHash::of(token.expose()), tx.now + lifetime);
    one_time_tokens::insert(tx.conn, &NewToken { id, user_id, purpose, token_hash, created_at: tx.now, expires_at })?;
    let token = token.expose().to_owned();
    let event = match purpose {
        TokenPurpose::VerifyEmail => Event::VerificationRequested { user_id, token },
        TokenPurpose::ResetPassword => Event::PasswordResetRequested { user_id, token },
    };
    publish(tx, &event)
}

/// Takes a token from a mail as proof that the address is the user's.
///
/// # Errors
/// `invalid_one_time_token`.
pub fn verify_email(tx: &mut Tx<'_>, token: &TokenHash) -> Result<(), Error> {
    let used = one_time_tokens::update_used(tx.conn, token, TokenPurpose::VerifyEmail, tx.now)?;
    let user = used.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?;
    users::update_email_verified(tx.conn, user, tx.now)?;
    audit(tx, Some(user), None, "user.verify_email", ("user", user.as_str()), &json!({}))
}

/// Whose password a token from a mail allows to set.
///
/// # Errors
/// `invalid_one_time_token`.
pub fn get_by_reset_token(tx: &mut Tx<'_>, token: &TokenHash) -> Result<User, Error> {
    let user = one_time_tokens::find_user(tx.conn, token, TokenPurpose::ResetPassword, tx.now)?;
    Ok(users::get(tx.conn, user.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?)?)
}

/// Sets a password with a token from a mail, and ends all sessions. The token proves the address too.
///
/// # Errors
/// `invalid_one_time_token`.
pub fn reset_password(tx: &mut Tx<'_>, token: &TokenHash, hash: &PasswordHash) -> Result<(), Error> {
    let used = one_time_tokens::update_used(tx.conn, token, TokenPurpose::ResetPassword, tx.now)?;
    let user = used.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?;
    users::update_password_hash(tx.conn, user, None, hash)?;
    users::update_email_verified(tx.conn, user, tx.now)?;
    one_time_tokens::update_all_used(tx.conn, user, TokenPurpose::ResetPassword, tx.now)?;
    sessions::update_all_revoked(tx.conn, user, None, tx.now)?;
    audit(tx, Some(user), None, "user.reset_password", ("user", user.as_str()), &json!({}))
}

/// The caller's account.
///
/// # Errors
/// `invalid_token` when it was deleted since the token was made.
pub fn get(tx: &mut Tx<'_>, caller: Caller) -> Result<User, Error> {
    match users::get(tx.conn, caller.user_id) {
        Err(StorageError::NotFound) => Err(Error::refused(Code::InvalidToken)),
        user => Ok(user?),
    }
}

/// The caller's account, and what its password is checked against.
///
/// # Errors
/// As [`get`].
pub fn get_with_password(tx: &mut Tx<'_>, caller: Caller) -> Result<(User, PasswordHash), Error> {
    Ok((get(tx, caller)?, users::get_password_hash(tx.conn, caller.user_id)?))
}

/// Edits what the account says of the person.
///
/// # Errors
/// `precondition_failed`, and what `edit` refuses.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    if_match: &IfMatch,
    edit: impl FnOnce(UserFields) -> Result<UserFields, InvalidFields>,
) -> Result<User, Error> {
    users::lock(tx.conn, caller.user_id)?;
    let user = get(tx, caller)?;
    if_match.check(user.revision)?;
    users::update(tx.conn, user.id, &edit(user.fields())?, tx.now)?;
    audit(tx, Some(user.id), None, "user.update", ("user", user.id.as_str()), &json!({}))?;
    get(tx, caller)
}

/// Sets another password in place of the one `seen`, and ends the other sessions.
///
/// # Errors
/// As [`wrong_password`], when the password has been changed meanwhile.
pub fn change_password(tx: &mut Tx<'_>, caller: Caller, seen: &PasswordHash, hash: &PasswordHash) -> Result<(), Error> {
    if !users::update_password_hash(tx.conn, caller.user_id, Some(seen), hash)? {
        return Err(wrong_password().into());
    }
    sessions::update_all_revoked(tx.conn, caller.user_id, Some(caller.session_id), tx.now)?;
    audit(tx, Some(caller.user_id), None, "user.change_password", ("user", caller.user_id.as_str()), &json!({}))
}

/// The present password, which the request was to name, is another one.
pub fn wrong_password() -> InvalidFields {
    let (pointer, code) = ("/current_password".to_owned(), "wrong_password".to_owned());
    InvalidFields(vec![FieldError { pointer, code, detail: "is not the present password".to_owned() }])
}

/// Everything that is kept of a person.
#[derive(Debug)]
pub struct Everything {
    /// The account.
    pub user: User,
    /// What the person is in which organizations.
    pub memberships: Vec<Membership>,
    /// Where the person signed in.
    pub sessions: Vec<Session>,
    /// The tokens that the person was sent.
    pub tokens: Vec<SentToken>,
    /// The mails that the person was sent.
    pub mails: Vec<SentMail>,
    /// The bookings that the person made.
    pub bookings: Vec<Booking>,
    /// The groups that the person booked.
    pub groups: Vec<BookingGroup>,
    /// The series that the person booked.
    pub series: Vec<Series>,
    /// What the person waits or has waited for.
    pub waitlist: Vec<WaitlistEntry>,
    /// The terms that the person accepted.
    pub terms_acceptances: Vec<Acceptance>,
    /// What the person was certified in.
    pub certifications: Vec<Certification>,
    /// The seats in trainings that the person took.
    pub seats: Vec<TrainingSeat>,
    /// What the person did.
    pub deeds: Vec<Deed>,
}

/// Everything that is kept of the caller.
///
/// # Errors
/// As [`get`].
pub fn export(tx: &mut Tx<'_>, caller: Caller) -> Result<Everything, Error> {
    let user = get(tx, caller)?;
    let memberships = members::list_of_user(tx.conn, user.id)?;
    // Whom the user has booked for: where they are a member, or where it is written that they were.
    let mut customers = audit_log::list_organizations(tx.conn, user.id.as_str())?;
    customers.extend(memberships.iter().map(|membership| membership.organization_id));
    Ok(Everything {
        memberships,
        sessions: sessions::list_of_user(tx.conn, user.id)?,
        tokens: one_time_tokens::list_of_user(tx.conn, user.id)?,
        mails: mails::list_to(tx.conn, &user.email)?,
        bookings: bookings::list_of_user(tx.conn, user.id, &customers)?,
        groups: booking_groups::list_of_user(tx.conn, user.id, &customers)?,
        series: series::list_of_user(tx.conn, user.id, &customers)?,
        waitlist: waitlist_entries::list_of_user(tx.conn, user.id, &customers)?,
        terms_acceptances: terms_acceptances::list_of_user(tx.conn, user.id)?,
        certifications: certifications::list_of_user(tx.conn, user.id, None, i64::MAX)?,
        seats: training_seats::list_of_user(tx.conn, user.id)?,
        deeds: audit_log::list_of_user(tx.conn, user.id)?,
        user,
    })
}

/// Deletes the caller's account. Nothing of the person stays but the identifier in what others need:
/// bookings, and the history of organizations.
///
/// # Errors
/// `last_owner`, and `precondition_failed`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, if_match: &IfMatch) -> Result<(), Error> {
    users::lock(tx.conn, caller.user_id)?;
    let user = get(tx, caller)?;
    if_match.check(user.revision)?;
    let owned = organizations::list_owned(tx.conn, user.id)?;
    owned.iter().try_for_each(|organization| organizations::lock(tx.conn, *organization))?;
    if owned != organizations::list_owned(tx.conn, user.id)? {
        return Err(StorageError::Conflict(format!("the organizations of user {}", user.id)).into());
    }
    for organization in owned {
        if members::count_owners(tx.conn, organization)? < 2 {
            let detail = format!("You are the last owner of the organization {organization}. Make somebody else an owner first.");
            return Err(Error::Refused(Code::LastOwner, detail));
        }
    }
    for (organization, _) in members::list_roles(tx.conn, user.id)? {
        members::lock(tx.conn, organization, user.id)?;
        super::bookings::release(tx, caller, organization, user.id, &user.name)?;
    }
    for organization in members::delete_all(tx.conn, user.id)? {
        audit(tx, Some(user.id), Some(organization), "member.remove", ("user", user.id.as_str()), &json!({}))?;
    }
    training_seats::update_all_cancelled(tx.conn, user.id)?;
    idempotency_keys::delete_all(tx.conn, user.id.as_str())?;
    sessions::delete_all(tx.conn, user.id)?;
    one_time_tokens::delete_all(tx.conn, user.id)?;
    users::update_deleted(tx.conn, user.id, tx.now)?;
    audit(tx, Some(user.id), None, "user.delete", ("user", user.id.as_str()), &json!({}))
}
