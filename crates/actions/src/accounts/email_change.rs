//! Changing the e-mail address of an account. The new address must be verified, and the current one gets a notice.

use chrono::TimeDelta;
use serde_json::json;

use super::MAILS_AN_HOUR;
use crate::error::Error;
use crate::record::{audit, audit_personal, changes, publish};
use crate::{Caller, accounts};
use domain::email::Email;
use domain::fact::Event;
use domain::principal::Principal;
use domain::problem::Code;
use domain::secret_token::{SecretToken, TokenHash, TokenPurpose};
use storage::db::Tx;
use storage::email_changes::{self, NewEmailChange};
use storage::error::StorageError;
use storage::{one_time_tokens, users};

/// Sends a token to the new address, and a notice to the current one.
///
/// # Errors
/// `email_taken`.
pub fn request(tx: &mut Tx<'_>, caller: Caller, email: &Email, lifetime: TimeDelta) -> Result<(), Error> {
    let user = accounts::get(tx, caller)?;
    if users::find_by_email(tx.conn, email)?.is_some() {
        return Err(Error::refused(Code::EmailTaken));
    }
    if email_changes::count_since(tx.conn, user.id, tx.now - TimeDelta::hours(1))? >= MAILS_AN_HOUR {
        return Ok(());
    }
    email_changes::update_all_expired(tx.conn, user.id, tx.now)?;
    let token = SecretToken::new(rand::random());
    let token_hash = TokenHash::of(token.expose());
    let expires_at = tx.now + lifetime;
    email_changes::insert(tx.conn, &NewEmailChange { token_hash, user_id: user.id, email, created_at: tx.now, expires_at })?;
    audit(tx, caller.principal(), None, "user.request_email_change", ("user", user.id.as_str()), &json!({}))?;
    let token = token.expose().to_owned();
    publish(tx, caller.principal(), Event::EmailChangeRequested { user_id: user.id, email: email.to_string(), token })
}

/// Gives the account the new address, with the token from the mail to it. Links in earlier mails stop working.
///
/// # Errors
/// `invalid_one_time_token`, and `email_taken` if the address has got an account in the meantime.
pub fn confirm(tx: &mut Tx<'_>, token: &TokenHash) -> Result<(), Error> {
    let found = email_changes::find(tx.conn, token, tx.now)?;
    let (user, email) = found.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?;
    users::lock(tx.conn, user)?;
    let before = users::get(tx.conn, user)?.email;
    match users::update_email(tx.conn, user, &email, tx.now) {
        Err(StorageError::NotUnique(_)) => return Err(Error::refused(Code::EmailTaken)),
        updated => updated?,
    }
    email_changes::update_all_expired(tx.conn, user, tx.now)?;
    for purpose in TokenPurpose::ALL {
        one_time_tokens::update_all_used(tx.conn, user, *purpose, tx.now)?;
    }
    let (_, personal) = changes(&json!({ "email": before.as_str() }), &json!({ "email": email.as_str() }), &["email"])?;
    let principal = Principal::User { user_id: user };
    audit_personal(tx, principal, None, "user.change_email", ("user", user.as_str()), (&json!({}), personal))
}
