//! Accounts of users: registration, passwords, and proof of the e-mail address.

pub mod deletion;
pub mod email_change;
pub mod export;

use chrono::TimeDelta;
use serde_json::json;

use super::Caller;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, audit_personal, changes, publish};
use domain::email::Email;
use domain::fact::Event;
use domain::fields::{FieldError, InvalidFields};
use domain::ids::{OneTimeTokenId, UserId};
use domain::language::Language;
use domain::password::PasswordHash;
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::{SecretToken, TokenHash, TokenPurpose};
use domain::user::UserFields;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::one_time_tokens::{self, NewToken};
use storage::users::{self, User};
use storage::{email_changes, sessions};

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The address.
    pub email: Email,
    /// The name of the person.
    pub name: String,
    /// The hash of the password.
    pub password_hash: PasswordHash,
    /// The language of mails and pages.
    pub language: Option<Language>,
}

/// How many e-mails of one kind a user is sent within an hour at most, however often they are requested.
pub(super) const MAILS_AN_HOUR: i64 = 5;

/// Creates an account, and sends an e-mail that proves the address.
///
/// # Errors
/// `email_taken`.
pub fn register(tx: &mut Tx<'_>, new: &NewUser, lifetime: TimeDelta) -> Result<User, Error> {
    let user = insert(tx, new)?;
    audit(tx, Principal::User { user_id: user.id }, None, "user.register", ("user", user.id.as_str()), &json!({}))?;
    send_token(tx, user.id, TokenPurpose::VerifyEmail, lifetime)?;
    Ok(user)
}

fn insert(tx: &mut Tx<'_>, new: &NewUser) -> Result<User, Error> {
    let id: UserId = tx.new_id();
    match users::insert(tx.conn, id, &new.email, &new.name, &new.password_hash, new.language, tx.now) {
        Err(StorageError::NotUnique(_)) => Err(Error::refused(Code::EmailTaken)),
        inserted => Ok(inserted.and_then(|()| users::get(tx.conn, id))?),
    }
}

/// Creates an account whose address is verified by the token of an invitation.
///
/// # Errors
/// [`StorageError::Conflict`] when the address has got an account since the transaction began.
pub(super) fn insert_verified(tx: &mut Tx<'_>, new: &NewUser) -> Result<UserId, Error> {
    let user = insert(tx, new).map_err(|error| match error {
        Error::Refused(Code::EmailTaken, _) => StorageError::Conflict(format!("the account of {}", new.email)).into(),
        error => error,
    })?;
    users::update_email_verified(tx.conn, user.id, tx.now)?;
    audit(tx, Principal::User { user_id: user.id }, None, "user.register", ("user", user.id.as_str()), &json!({}))?;
    Ok(user.id)
}

/// Creates the account of an operator. Its address needs no proof.
///
/// # Errors
/// `email_taken`.
pub fn create_operator(tx: &mut Tx<'_>, new: &NewUser) -> Result<User, Error> {
    let user = insert(tx, new)?;
    make_operator(tx, user.id)
}

/// Makes a user an operator. The operator who runs the command vouches for the address.
///
/// # Errors
/// When the database fails.
pub fn make_operator(tx: &mut Tx<'_>, id: UserId) -> Result<User, Error> {
    users::update_email_verified(tx.conn, id, tx.now)?;
    users::update_operator(tx.conn, id, tx.now)?;
    audit(tx, Principal::System, None, "user.make_operator", ("user", id.as_str()), &json!({}))?;
    Ok(users::get(tx.conn, id)?)
}

/// Sends an e-mail to an account whose address is not proved yet. Neither the response nor the time that it takes shows whether
/// there is such an account, because something is written in any case.
///
/// # Errors
/// When the database fails.
pub fn resend_verification(tx: &mut Tx<'_>, email: &Email, lifetime: TimeDelta) -> Result<(), Error> {
    let user = users::find_by_email(tx.conn, email)?.filter(|user| user.email_verified_at.is_none());
    audit_asked(tx, user.as_ref(), "user.resend_verification")?;
    user.map_or(Ok(()), |user| send_token(tx, user.id, TokenPurpose::VerifyEmail, lifetime))
}

/// Sends an e-mail with a token to set a new password. As with [`resend_verification`], nothing shows whether there is such an
/// account.
///
/// # Errors
/// When the database fails.
pub fn forgot_password(tx: &mut Tx<'_>, email: &Email, lifetime: TimeDelta) -> Result<(), Error> {
    let user = users::find_by_email(tx.conn, email)?;
    audit_asked(tx, user.as_ref(), "user.forgot_password")?;
    user.map_or(Ok(()), |user| send_token(tx, user.id, TokenPurpose::ResetPassword, lifetime))
}

fn audit_asked(tx: &mut Tx<'_>, user: Option<&User>, action: &str) -> Result<(), Error> {
    // Somebody who has not signed in asks.
    let address = tx.address.filter(|_| user.is_some()).map(|address| ("address".to_owned(), address.to_string().into()));
    let (object, detail) = (("user", user.map_or("", |user| user.id.as_str())), json!({}));
    audit_personal(tx, Principal::System, None, action, object, (&detail, address.into_iter().collect()))
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
    publish(tx, Principal::User { user_id }, event)
}

/// Proves the address of a user with the token from an e-mail.
///
/// # Errors
/// `invalid_one_time_token`.
pub fn verify_email(tx: &mut Tx<'_>, token: &TokenHash) -> Result<(), Error> {
    let used = one_time_tokens::update_used(tx.conn, token, TokenPurpose::VerifyEmail, tx.now)?;
    let user = used.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?;
    users::update_email_verified(tx.conn, user, tx.now)?;
    audit(tx, Principal::User { user_id: user }, None, "user.verify_email", ("user", user.as_str()), &json!({}))
}

/// The user whose password can be set with a token from an e-mail.
///
/// # Errors
/// `invalid_one_time_token`.
pub fn get_by_reset_token(tx: &mut ReadTx, token: &TokenHash) -> Result<User, Error> {
    let user = one_time_tokens::find_user(&mut tx.conn, token, TokenPurpose::ResetPassword, tx.now)?;
    Ok(users::get(&mut tx.conn, user.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?)?)
}

/// Sets a password with a token from an e-mail, and ends all sessions. The token also proves the address.
///
/// # Errors
/// `invalid_one_time_token`.
pub fn reset_password(tx: &mut Tx<'_>, token: &TokenHash, hash: &PasswordHash) -> Result<(), Error> {
    let used = one_time_tokens::update_used(tx.conn, token, TokenPurpose::ResetPassword, tx.now)?;
    let user = used.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?;
    users::update_password_hash(tx.conn, user, None, hash)?;
    users::update_email_verified(tx.conn, user, tx.now)?;
    one_time_tokens::update_all_used(tx.conn, user, TokenPurpose::ResetPassword, tx.now)?;
    email_changes::update_all_expired(tx.conn, user, tx.now)?;
    sessions::update_all_revoked(tx.conn, user, None, tx.now)?;
    audit(tx, Principal::User { user_id: user }, None, "user.reset_password", ("user", user.as_str()), &json!({}))
}

/// The account of the caller.
///
/// # Errors
/// `invalid_token` if the account was deleted after the access token was issued.
pub fn get(tx: &mut ReadTx, caller: Caller) -> Result<User, Error> {
    match users::get(&mut tx.conn, caller.user_id) {
        Err(StorageError::NotFound) => Err(Error::refused(Code::InvalidToken)),
        user => Ok(user?),
    }
}

/// The account of the caller, and the hash of its password.
///
/// # Errors
/// As [`get`].
pub fn get_with_password(tx: &mut ReadTx, caller: Caller) -> Result<(User, PasswordHash), Error> {
    Ok((get(tx, caller)?, users::get_password_hash(&mut tx.conn, caller.user_id)?))
}

/// Edits the account of the caller.
///
/// # Errors
/// `precondition_failed`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    if_match: &IfMatch,
    edit: impl FnOnce(UserFields) -> Result<UserFields, InvalidFields>,
) -> Result<User, Error> {
    users::lock(tx.conn, caller.user_id)?;
    let user = get(tx, caller)?;
    if_match.check(user.revision)?;
    let fields = edit(user.fields())?;
    users::update(tx.conn, user.id, &fields, tx.now)?;
    let (detail, personal) = changes(&user.fields(), &fields, &["name"])?;
    let principal = Principal::User { user_id: user.id };
    audit_personal(tx, principal, None, "user.update", ("user", user.id.as_str()), (&detail, personal))?;
    get(tx, caller)
}

/// Replaces the password that was `seen`, ends the other sessions, and cancels the links that set a password or another address.
///
/// # Errors
/// As [`wrong_password`], if the password has changed in the meantime.
pub fn change_password(tx: &mut Tx<'_>, caller: Caller, seen: &PasswordHash, hash: &PasswordHash) -> Result<(), Error> {
    if !users::update_password_hash(tx.conn, caller.user_id, Some(seen), hash)? {
        return Err(wrong_password().into());
    }
    one_time_tokens::update_all_used(tx.conn, caller.user_id, TokenPurpose::ResetPassword, tx.now)?;
    email_changes::update_all_expired(tx.conn, caller.user_id, tx.now)?;
    sessions::update_all_revoked(tx.conn, caller.user_id, Some(caller.session_id), tx.now)?;
    audit(tx, caller.principal(), None, "user.change_password", ("user", caller.user_id.as_str()), &json!({}))
}

/// The error of a request that names a wrong current password.
pub fn wrong_password() -> InvalidFields {
    let (pointer, code) = ("/current_password".to_owned(), "wrong_password".to_owned());
    InvalidFields(vec![FieldError { pointer, code, detail: said!("is not the current password") }])
}
