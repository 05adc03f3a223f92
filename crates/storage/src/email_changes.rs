//! Secrets that prove a new e-mail address of an account.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::email_changes;
use domain::email::Email;
use domain::ids::UserId;
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// A change of an address to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = email_changes)]
pub struct NewEmailChange<'a> {
    /// The hash of the token.
    pub token_hash: TokenHash,
    /// The user.
    pub user_id: UserId,
    /// The new address.
    pub email: &'a Email,
    /// When the token is sent.
    pub created_at: UtcTime,
    /// When the token is good for nothing any more.
    pub expires_at: UtcTime,
}

/// Adds a change.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, change: &NewEmailChange<'_>) -> Result<(), StorageError> {
    diesel::insert_into(email_changes::table).values(change).execute(conn.raw())?;
    Ok(())
}

/// How many changes the user has requested since `since`.
///
/// # Errors
/// When the database fails.
pub fn count_since(conn: &mut Conn, user: UserId, since: UtcTime) -> Result<i64, StorageError> {
    let requested = email_changes::table.filter(email_changes::user_id.eq(user).and(email_changes::created_at.gt(since)));
    Ok(requested.count().get_result(conn)?)
}

/// The user of a valid token, and the new address.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, token: &TokenHash, now: UtcTime) -> Result<Option<(UserId, Email)>, StorageError> {
    let good = email_changes::table.filter(email_changes::token_hash.eq(token).and(email_changes::expires_at.gt(now)));
    Ok(good.select((email_changes::user_id, email_changes::email)).get_result(conn).optional()?)
}

/// Invalidates the tokens of a user. They stay for the count of mails.
///
/// # Errors
/// When the database fails.
pub fn update_all_expired(conn: &mut WriteConn, user: UserId, now: UtcTime) -> Result<(), StorageError> {
    let valid = email_changes::table.filter(email_changes::user_id.eq(user).and(email_changes::expires_at.gt(now)));
    diesel::update(valid).set(email_changes::expires_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// Forgets the user's changes.
///
/// # Errors
/// When the database fails.
pub fn delete_all(conn: &mut WriteConn, user: UserId) -> Result<(), StorageError> {
    diesel::delete(email_changes::table.filter(email_changes::user_id.eq(user))).execute(conn.raw())?;
    Ok(())
}

/// Deletes at most `limit` changes that have been invalid since `before`, and returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = email_changes::table.filter(email_changes::expires_at.le(before)).limit(limit).select(email_changes::token_hash);
    let old: Vec<TokenHash> = old.load(conn.raw())?;
    Ok(diesel::delete(email_changes::table.filter(email_changes::token_hash.eq_any(old))).execute(conn.raw())?)
}
