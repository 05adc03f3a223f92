//! Sessions: signing in, continuing a session, and signing out.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Caller;
use super::error::Error;
use super::record::audit;
use super::second_factors::{self, Proof};
use domain::email::Email;
use domain::ids::{SessionId, UserId};
use domain::paging::{Page, Paging};
use domain::password::PasswordHash;
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::{SecretToken, TokenHash};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::sessions::{self, Session};
use storage::users::{self, User};

/// The account of a user who tries to sign in, and the hash of its password.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user.
    pub user_id: UserId,
    /// The hash of its password.
    pub password_hash: PasswordHash,
    /// Whether somebody has signed in to the account from the same network before.
    pub is_known_network: bool,
    /// Whether a second factor is needed to sign in.
    pub has_second_factor: bool,
}

/// A password that has been checked for an account.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The account.
    pub account: Account,
    /// A new hash of the same password, if the stored hash is outdated.
    pub rehashed: Option<PasswordHash>,
    /// The `User-Agent` of the program that signs in.
    pub user_agent: String,
    /// The network from which it signs in.
    pub network: String,
    /// The proof of the second factor, in the second step.
    pub proof: Option<Proof>,
}

/// The session and the tokens of a user who has signed in.
#[derive(Debug)]
pub struct Granted {
    /// The user.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The refresh token, which continues the session once.
    pub refresh_token: SecretToken,
}

/// The account with this address, if there is one, for somebody who signs in from a network.
///
/// # Errors
/// When the database fails.
pub fn find_account(tx: &mut ReadTx, email: Option<&Email>, network: &str) -> Result<Option<Account>, Error> {
    let user = email.map(|email| users::find_by_email(&mut tx.conn, email)).transpose()?.flatten();
    user.map(|user| account_of(tx, &user, network)).transpose()
}

/// The account of a user, if it was not deleted, for the second step of a sign-in from a network.
///
/// # Errors
/// When the database fails.
pub fn find_account_of(tx: &mut ReadTx, user: UserId, network: &str) -> Result<Option<Account>, Error> {
    match users::get(&mut tx.conn, user) {
        Err(StorageError::NotFound) => Ok(None),
        user => account_of(tx, &user?, network).map(Some),
    }
}

fn account_of(tx: &mut ReadTx, user: &User, network: &str) -> Result<Account, Error> {
    Ok(Account {
        user_id: user.id,
        password_hash: users::get_password_hash(&mut tx.conn, user.id)?,
        is_known_network: sessions::is_known_network(&mut tx.conn, user.id, network)?,
        has_second_factor: user.second_factor_since.is_some(),
    })
}

/// Signs in with a password that has been checked.
///
/// # Errors
/// `invalid_credentials` if the password has changed in the meantime, `account_suspended`, `second_factor_required` without a proof, and
/// `invalid_second_factor` for a wrong one.
pub fn sign_in(tx: &mut Tx<'_>, sign_in: &SignIn, lifetime: TimeDelta) -> Result<Granted, Error> {
    let SignIn { account: Account { user_id, password_hash, .. }, rehashed, user_agent, network, proof } = sign_in;
    let rehashed = rehashed.as_ref().unwrap_or(password_hash);
    if !users::update_password_hash(tx.conn, *user_id, Some(password_hash), rehashed)? {
        return Err(Error::refused(Code::InvalidCredentials));
    }
    let user = get_unsuspended(tx, *user_id)?;
    match proof {
        Some(proof) if user.second_factor_since.is_none() || !second_factors::accept(tx, *user_id, proof)? => {
            return Err(Error::refused(Code::InvalidSecondFactor));
        }
        None if user.second_factor_since.is_some() => return Err(Error::refused(Code::SecondFactorRequired)),
        _ => {}
    }
    let how = json!({ "second_factor": proof.is_some() });
    begin(tx, *user_id, (user_agent, network), &how, lifetime)
}

/// The user who signs in, whose row must be locked: a suspension that is under way ends the session, too.
///
/// # Errors
/// `account_suspended`.
pub(crate) fn get_unsuspended(tx: &mut Tx<'_>, user_id: UserId) -> Result<User, Error> {
    let user = users::get(tx.conn, user_id)?;
    if user.suspended_at.is_some() {
        return Err(Error::Refused(
            Code::AccountSuspended,
            said!("The account is suspended: {suspension_reason}", suspension_reason = user.suspension_reason),
        ));
    }
    Ok(user)
}

/// Begins a session of a user, with a program in a network. The audit log says how the user signed in.
///
/// # Errors
/// When the database fails.
pub(crate) fn begin(
    tx: &mut Tx<'_>,
    user_id: UserId,
    (user_agent, network): (&str, &str),
    how: &Value,
    lifetime: TimeDelta,
) -> Result<Granted, Error> {
    let id: SessionId = tx.new_id();
    sessions::insert(tx.conn, id, user_id, (user_agent, network), tx.now, tx.now + lifetime)?;
    audit(tx, Principal::User { user_id }, None, "session.start", ("session", id.as_str()), how)?;
    grant(tx, user_id, id)
}

/// Continues a session with its refresh token. Returns `None` for an invalid token. If the token was used before, the session
/// ends, because the token may have been stolen.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, token: &TokenHash, lifetime: TimeDelta) -> Result<Option<Granted>, Error> {
    let is_first_use = sessions::update_token_used(tx.conn, token, tx.now)?;
    let Some(session) = sessions::find_by_token(tx.conn, token)? else { return Ok(None) };
    if !is_first_use {
        end(tx, session.user_id, session.id, "session.reuse")?;
        return Ok(None);
    }
    if !sessions::update_used(tx.conn, session.id, tx.now, tx.now + lifetime)? {
        return Ok(None);
    }
    grant(tx, session.user_id, session.id).map(Some)
}

/// Returns the user of a session and the session, by a refresh token that has not been used. Pages keep that token in a cookie and do not use
/// it up. `None` for a token that is not valid.
///
/// # Errors
/// When the database fails.
pub fn find_by_token(tx: &mut ReadTx, token: &TokenHash) -> Result<Option<(User, Session)>, Error> {
    let Some(session) = sessions::find_alive_by_unused_token(&mut tx.conn, token, tx.now)? else { return Ok(None) };
    let user = users::get(&mut tx.conn, session.user_id)?;
    Ok(user.suspended_at.is_none().then_some((user, session)))
}

/// Extends a session that is used by its cookie.
///
/// # Errors
/// When the database fails.
pub fn extend(tx: &mut Tx<'_>, session: SessionId, lifetime: TimeDelta) -> Result<(), Error> {
    sessions::update_used(tx.conn, session, tx.now, tx.now + lifetime)?;
    Ok(())
}

fn grant(tx: &mut Tx<'_>, user_id: UserId, session_id: SessionId) -> Result<Granted, Error> {
    let refresh_token = SecretToken::new(rand::random());
    sessions::insert_refresh_token(tx.conn, session_id, &TokenHash::of(refresh_token.expose()), tx.now)?;
    Ok(Granted { user_id, session_id, refresh_token })
}

/// Signs out: ends the session of the refresh token; without a token, the session of the caller. An invalid token has no session
/// to end, which is no error.
///
/// # Errors
/// `not_signed_in` without a refresh token and a caller.
pub fn sign_out(tx: &mut Tx<'_>, caller: Option<Caller>, token: Option<&TokenHash>) -> Result<(), Error> {
    let session = match (token, caller) {
        (Some(token), _) => sessions::find_by_token(tx.conn, token)?.map(|session| (session.user_id, session.id)),
        (None, Some(caller)) => Some((caller.user_id, caller.session_id)),
        (None, None) => return Err(Error::refused(Code::NotSignedIn)),
    };
    if let Some((user, session)) = session {
        end(tx, user, session, "session.end")?;
    }
    Ok(())
}

/// Lists the sessions of the caller that have not ended.
///
/// # Errors
/// When the database fails.
pub fn list_mine(tx: &mut ReadTx, caller: Caller, paging: &Paging) -> Result<Page<Session>, Error> {
    let rows = sessions::list_alive(&mut tx.conn, caller.user_id, tx.now, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |row| row.id.to_string()))
}

/// Ends a session of the caller.
///
/// # Errors
/// `not_found` when the caller has no such session, or it has ended.
pub fn end_mine(tx: &mut Tx<'_>, caller: Caller, id: SessionId) -> Result<(), Error> {
    if end(tx, caller.user_id, id, "session.end")? { Ok(()) } else { Err(Error::not_found()) }
}

/// Ends all sessions of the caller but the one that the caller uses.
///
/// # Errors
/// When the database fails.
pub fn end_others(tx: &mut Tx<'_>, caller: Caller) -> Result<(), Error> {
    sessions::update_all_revoked(tx.conn, caller.user_id, Some(caller.session_id), tx.now)?;
    let object = ("user", caller.user_id.as_str());
    audit(tx, caller.principal(), None, "session.end_others", object, &json!({}))
}

fn end(tx: &mut Tx<'_>, user: UserId, id: SessionId, action: &str) -> Result<bool, Error> {
    let has_ended = sessions::update_revoked(tx.conn, user, id, tx.now)?;
    if has_ended {
        audit(tx, Principal::User { user_id: user }, None, action, ("session", id.as_str()), &json!({}))?;
    }
    Ok(has_ended)
}
