//! Secrets that were sent by mail, each good for one use.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::one_time_tokens;
use domain::ids::{OneTimeTokenId, UserId};
use domain::secret_token::{TokenHash, TokenPurpose};
use domain::time::UtcTime;

/// A token to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = one_time_tokens)]
pub struct NewToken {
    /// Its own identifier.
    pub id: OneTimeTokenId,
    /// The user of the account.
    pub user_id: UserId,
    /// The purpose.
    pub purpose: TokenPurpose,
    /// The hash of the token.
    pub token_hash: TokenHash,
    /// When it was sent.
    pub created_at: UtcTime,
    /// When it is good for nothing any more.
    pub expires_at: UtcTime,
}

/// Adds a token.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, token: &NewToken) -> Result<(), StorageError> {
    diesel::insert_into(one_time_tokens::table).values(token).execute(conn.raw())?;
    Ok(())
}

/// How many tokens for this purpose the user was sent after `since`.
///
/// # Errors
/// When the database fails.
pub fn count_since(conn: &mut Conn, user: UserId, purpose: TokenPurpose, since: UtcTime) -> Result<i64, StorageError> {
    Ok(one_time_tokens::table
        .filter(one_time_tokens::user_id.eq(user).and(one_time_tokens::purpose.eq(purpose)))
        .filter(one_time_tokens::created_at.gt(since))
        .count()
        .get_result(conn)?)
}

/// The user of a token, if the token is still valid.
///
/// # Errors
/// When the database fails.
pub fn find_user(
    conn: &mut Conn,
    token: &TokenHash,
    purpose: TokenPurpose,
    now: UtcTime,
) -> Result<Option<UserId>, StorageError> {
    Ok(one_time_tokens::table
        .filter(one_time_tokens::token_hash.eq(token).and(one_time_tokens::purpose.eq(purpose)))
        .filter(one_time_tokens::used_at.is_null().and(one_time_tokens::expires_at.gt(now)))
        .select(one_time_tokens::user_id)
        .get_result(conn)
        .optional()?)
}

/// Uses a token up, and returns its user. Of several transactions that try at once only one gets the user.
///
/// # Errors
/// When the database fails.
pub fn update_used(
    conn: &mut WriteConn,
    token: &TokenHash,
    purpose: TokenPurpose,
    now: UtcTime,
) -> Result<Option<UserId>, StorageError> {
    let Some(user) = find_user(conn, token, purpose, now)? else { return Ok(None) };
    let unused = one_time_tokens::table.filter(one_time_tokens::token_hash.eq(token)).filter(one_time_tokens::used_at.is_null());
    let updated = diesel::update(unused).set(one_time_tokens::used_at.eq(now)).execute(conn.raw())?;
    Ok((updated > 0).then_some(user))
}

/// Uses up all tokens for this purpose that the user was sent.
///
/// # Errors
/// When the database fails.
pub fn update_all_used(conn: &mut WriteConn, user: UserId, purpose: TokenPurpose, now: UtcTime) -> Result<(), StorageError> {
    let unused = one_time_tokens::table
        .filter(one_time_tokens::user_id.eq(user).and(one_time_tokens::purpose.eq(purpose)))
        .filter(one_time_tokens::used_at.is_null());
    diesel::update(unused).set(one_time_tokens::used_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// A token as it is shown to whom it was sent.
#[derive(Debug, Clone, Queryable, serde::Serialize, utoipa::ToSchema)]
pub struct SentToken {
    /// The purpose.
    pub purpose: TokenPurpose,
    /// When it was sent.
    pub created_at: UtcTime,
    /// When it is good for nothing any more.
    pub expires_at: UtcTime,
    /// When it was used.
    #[schema(required)]
    pub used_at: Option<UtcTime>,
}

/// The tokens that are kept of those that the user was sent.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<SentToken>, StorageError> {
    Ok(one_time_tokens::table
        .filter(one_time_tokens::user_id.eq(user))
        .order(one_time_tokens::id)
        .select((one_time_tokens::purpose, one_time_tokens::created_at, one_time_tokens::expires_at, one_time_tokens::used_at))
        .load(conn)?)
}

/// Forgets the user's tokens.
///
/// # Errors
/// When the database fails.
pub fn delete_all(conn: &mut WriteConn, user: UserId) -> Result<(), StorageError> {
    diesel::delete(one_time_tokens::table.filter(one_time_tokens::user_id.eq(user))).execute(conn.raw())?;
    Ok(())
}

/// Deletes at most `limit` tokens that have been invalid since `before`, and returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = one_time_tokens::table.filter(one_time_tokens::expires_at.le(before)).limit(limit).select(one_time_tokens::id);
    let old: Vec<OneTimeTokenId> = old.load(conn.raw())?;
    Ok(diesel::delete(one_time_tokens::table.filter(one_time_tokens::id.eq_any(old))).execute(conn.raw())?)
}
