//! Secrets that were sent to the contacts of organizations, each good for one use.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::contact_tokens;
use domain::email::Email;
use domain::ids::{OrganizationId, UserId};
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// A token to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = contact_tokens)]
pub struct NewContactToken<'a> {
    /// The hash of the token.
    pub token_hash: TokenHash,
    /// The organization of the contact address.
    pub organization_id: OrganizationId,
    /// The address that it is sent to.
    pub email: &'a str,
    /// The member that entered the address.
    pub user_id: UserId,
    /// When it is sent.
    pub created_at: UtcTime,
    /// When it is good for nothing any more.
    pub expires_at: UtcTime,
}

/// Adds a token.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, token: &NewContactToken<'_>) -> Result<(), StorageError> {
    diesel::insert_into(contact_tokens::table).values(token).execute(conn.raw())?;
    Ok(())
}

/// How many tokens were sent after `since` at the wish of a user.
///
/// # Errors
/// When the database fails.
pub fn count_since(conn: &mut Conn, user: UserId, since: UtcTime) -> Result<i64, StorageError> {
    let sent = contact_tokens::table.filter(contact_tokens::user_id.eq(user).and(contact_tokens::created_at.gt(since)));
    Ok(sent.count().get_result(conn)?)
}

/// The organization of a valid token, and the address to which it was sent.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, token: &TokenHash, now: UtcTime) -> Result<Option<(OrganizationId, Email)>, StorageError> {
    let good = contact_tokens::table.filter(contact_tokens::token_hash.eq(token).and(contact_tokens::expires_at.gt(now)));
    Ok(good.select((contact_tokens::organization_id, contact_tokens::email)).get_result(conn).optional()?)
}

/// Deletes at most `limit` tokens that have been invalid since `before`, and returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = contact_tokens::table.filter(contact_tokens::expires_at.le(before)).limit(limit).select(contact_tokens::token_hash);
    let old: Vec<TokenHash> = old.load(conn.raw())?;
    Ok(diesel::delete(contact_tokens::table.filter(contact_tokens::token_hash.eq_any(old))).execute(conn.raw())?)
}
