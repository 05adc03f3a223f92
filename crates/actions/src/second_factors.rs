//! Second factors: a user proves with a code of an authenticator, or with a recovery code, to hold more than the password.

use serde_json::json;

use super::Caller;
use super::error::Error;
use super::record::{audit, publish};
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::UserId;
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use domain::second_factor::{RECOVERY_CODES, RecoveryCode};
use domain::secret_token::TokenHash;
use domain::standing::StandingChange;
use storage::db::{ReadTx, Tx};
use storage::second_factors::{self, SecondFactor};
use storage::{sessions, users};

/// The proof that a user holds the second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A code of the authenticator that was right for a step of time.
    Step {
        /// The salt of the secret for which the code was right.
        salt: String,
        /// The step.
        step: i64,
    },
    /// A recovery code, which is yet to be looked up.
    Recovery(TokenHash),
    /// A code that is not right.
    Wrong,
}

/// The second factor of a user.
///
/// # Errors
/// `invalid_token` if the account was deleted.
pub fn get(tx: &mut ReadTx, user: UserId) -> Result<SecondFactor, Error> {
    match second_factors::get(&mut tx.conn, user) {
        Err(storage::error::StorageError::NotFound) => Err(Error::refused(Code::InvalidToken)),
        factor => Ok(factor?),
    }
}

/// Gives the caller a new secret with this salt. It is not needed before it is confirmed.
///
/// # Errors
/// `invalid_token`, `invalid_transition` if the caller has a confirmed second factor.
pub fn begin(tx: &mut Tx<'_>, caller: Caller, salt: &str) -> Result<(), Error> {
    users::lock(tx.conn, caller.user_id)?;
    if get(tx, caller.user_id)?.since.is_some() {
        let detail = said!("The account has a second factor. Remove it first.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    second_factors::update_salt(tx.conn, caller.user_id, Some(salt))?;
    record(tx, caller.user_id, "second_factor.begin")
}

/// Confirms the secret of the caller with its first code: from now on it is needed to sign in. Returns recovery codes.
///
/// # Errors
/// `invalid_token`, `invalid_transition` if nothing waits to be confirmed, `invalid_fields` for a wrong code.
pub fn confirm(tx: &mut Tx<'_>, caller: Caller, proof: &Proof) -> Result<Vec<RecoveryCode>, Error> {
    users::lock(tx.conn, caller.user_id)?;
    let factor = get(tx, caller.user_id)?;
    if factor.since.is_some() || factor.salt.is_none() {
        let detail = said!("No second factor waits to be confirmed. Begin with POST /api/v1/me/second-factor.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    if matches!(proof, Proof::Recovery(_)) || !accept(tx, caller.user_id, proof)? {
        return Err(wrong_code().into());
    }
    second_factors::update_confirmed(tx.conn, caller.user_id, tx.now)?;
    record(tx, caller.user_id, "second_factor.confirm")?;
    publish(tx, caller.principal(), Event::Standing(StandingChange::SecondFactorSet { user_id: caller.user_id }))?;
    new_recovery_codes(tx, caller.user_id)
}

/// Replaces the recovery codes of the caller.
///
/// # Errors
/// As [`remove`].
pub fn renew_recovery_codes(tx: &mut Tx<'_>, caller: Caller, proof: &Proof) -> Result<Vec<RecoveryCode>, Error> {
    use_confirmed(tx, caller, proof)?;
    record(tx, caller.user_id, "second_factor.renew_codes")?;
    new_recovery_codes(tx, caller.user_id)
}

/// Removes the second factor of the caller.
///
/// # Errors
/// `invalid_token`, `invalid_transition` if the caller has none, `invalid_fields` for a wrong code.
pub fn remove(tx: &mut Tx<'_>, caller: Caller, proof: &Proof) -> Result<(), Error> {
    use_confirmed(tx, caller, proof)?;
    clear(tx, caller.user_id)?;
    record(tx, caller.user_id, "second_factor.remove")?;
    publish(tx, caller.principal(), Event::Standing(StandingChange::SecondFactorRemoved { user_id: caller.user_id }))
}

fn use_confirmed(tx: &mut Tx<'_>, caller: Caller, proof: &Proof) -> Result<(), Error> {
    users::lock(tx.conn, caller.user_id)?;
    if get(tx, caller.user_id)?.since.is_none() {
        return Err(Error::Refused(Code::InvalidTransition, said!("The account has no second factor.")));
    }
    if accept(tx, caller.user_id, proof)? { Ok(()) } else { Err(wrong_code().into()) }
}

/// Removes the second factor of a user, with its recovery codes.
///
/// # Errors
/// When the database fails.
pub(crate) fn clear(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    second_factors::update_salt(tx.conn, user, None)?;
    Ok(second_factors::replace_recovery_codes(tx.conn, user, &[])?)
}

/// Removes the second factor of a user who has lost it, and ends all sessions of the user.
///
/// # Errors
/// `invalid_transition` if the user has none.
pub(crate) fn clear_lost(tx: &mut Tx<'_>, user: UserId) -> Result<(), Error> {
    users::lock(tx.conn, user)?;
    if second_factors::get(tx.conn, user)?.since.is_none() {
        return Err(Error::Refused(Code::InvalidTransition, said!("The user has no second factor.")));
    }
    clear(tx, user)?;
    Ok(sessions::update_all_revoked(tx.conn, user, None, tx.now)?)
}

/// Accepts a proof once. Returns false for one that is wrong, or was accepted before.
///
/// # Errors
/// When the database fails.
pub(crate) fn accept(tx: &mut Tx<'_>, user: UserId, proof: &Proof) -> Result<bool, Error> {
    Ok(match proof {
        Proof::Step { salt, step } => second_factors::update_step(tx.conn, user, salt, *step)?,
        Proof::Recovery(hash) => second_factors::update_code_used(tx.conn, user, hash, tx.now)?,
        Proof::Wrong => false,
    })
}

fn new_recovery_codes(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<RecoveryCode>, Error> {
    let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| RecoveryCode::new(rand::random())).collect();
    let hashes: Vec<_> = codes.iter().map(|code| code.hash(user)).collect();
    second_factors::replace_recovery_codes(tx.conn, user, &hashes)?;
    Ok(codes)
}

fn record(tx: &mut Tx<'_>, user: UserId, action: &str) -> Result<(), Error> {
    audit(tx, Principal::User { user_id: user }, None, action, ("user", user.as_str()), &json!({}))
}

/// The error of a request with a wrong code.
fn wrong_code() -> InvalidFields {
    InvalidFields::one("/code", "wrong_code", said!("is not the code that the authenticator shows now, or was used before"))
}
