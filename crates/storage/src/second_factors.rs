//! Second factors of accounts: the salts of their secrets, the latest accepted codes, and recovery codes.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::{recovery_codes, users};
use domain::ids::UserId;
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// The second factor of a user.
#[derive(Debug, Clone, Queryable)]
pub struct SecondFactor {
    /// The salt of its secret; none if the user has not set up any.
    pub salt: Option<String>,
    /// Since when it is needed to sign in; none if it is not confirmed.
    pub since: Option<UtcTime>,
}

/// The second factor of a user.
///
/// # Errors
/// When there is no such user, or the database fails.
pub fn get(conn: &mut Conn, user: UserId) -> Result<SecondFactor, StorageError> {
    let found = users::table.find(user).filter(users::deleted_at.is_null());
    Ok(found.select((users::second_factor_salt, users::second_factor_since)).get_result(conn)?)
}

/// Gives a user another secret, which is not confirmed; without a salt, none.
///
/// # Errors
/// When the database fails.
pub fn update_salt(conn: &mut WriteConn, user: UserId, salt: Option<&str>) -> Result<(), StorageError> {
    diesel::update(users::table.find(user))
        .set((
            users::second_factor_salt.eq(salt),
            users::second_factor_since.eq(None::<UtcTime>),
            users::second_factor_step.eq(None::<i64>),
            users::revision.eq(users::revision + 1_i64),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Records that a second factor is confirmed.
///
/// # Errors
/// When the database fails.
pub fn update_confirmed(conn: &mut WriteConn, user: UserId, now: UtcTime) -> Result<(), StorageError> {
    let confirmed = (users::second_factor_since.eq(now), users::revision.eq(users::revision + 1_i64));
    diesel::update(users::table.find(user)).set(confirmed).execute(conn.raw())?;
    Ok(())
}

/// Accepts a code of the secret with this salt. Returns false if the code, or a later one, was accepted before, or if the secret has
/// changed. Of several transactions that try at once only one is told that the code is accepted.
///
/// # Errors
/// When the database fails.
pub fn update_step(conn: &mut WriteConn, user: UserId, salt: &str, step: i64) -> Result<bool, StorageError> {
    let is_new = users::second_factor_step.is_null().or(users::second_factor_step.lt(step));
    let of_secret = users::table.find(user).filter(users::second_factor_salt.eq(salt)).filter(is_new);
    Ok(diesel::update(of_secret).set(users::second_factor_step.eq(step)).execute(conn.raw())? > 0)
}

/// Replaces the recovery codes of a user.
///
/// # Errors
/// When the database fails.
pub fn replace_recovery_codes(conn: &mut WriteConn, user: UserId, hashes: &[TokenHash]) -> Result<(), StorageError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn.raw())?;
    for hash in hashes {
        let code = (recovery_codes::user_id.eq(user), recovery_codes::code_hash.eq(hash));
        diesel::insert_into(recovery_codes::table).values(code).execute(conn.raw())?;
    }
    Ok(())
}

/// Uses a recovery code up. Returns false if the user has no such code, or has used it.
///
/// # Errors
/// When the database fails.
pub fn update_code_used(conn: &mut WriteConn, user: UserId, hash: &TokenHash, now: UtcTime) -> Result<bool, StorageError> {
    let unused = recovery_codes::table.find((user, hash)).filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(unused).set(recovery_codes::used_at.eq(now)).execute(conn.raw())? > 0)
}

/// How many recovery codes the user has left.
///
/// # Errors
/// When the database fails.
pub fn count_codes(conn: &mut Conn, user: UserId) -> Result<i64, StorageError> {
    let unused = recovery_codes::table.filter(recovery_codes::user_id.eq(user)).filter(recovery_codes::used_at.is_null());
    Ok(unused.count().get_result(conn)?)
}
