//! The identities that users have at OpenID Connect providers, and the attempts to sign in there.

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema_events::{identities, openid_attempts};
use domain::email::Email;
use domain::ids::{IdentityId, UserId};
use domain::openid::Identity;
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// A row of `identities`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = identities)]
struct Row {
    id: IdentityId,
    user_id: UserId,
    issuer: String,
    subject: String,
    email: Email,
    created_at: UtcTime,
    last_used_at: UtcTime,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

impl From<Row> for Identity {
    fn from(row: Row) -> Self {
        let Row { id, user_id, issuer, subject, email, created_at, last_used_at } = row;
        Self { id, user_id, issuer, subject, email, created_at, last_used_at }
    }
}

/// The identity of a person at an issuer.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<Identity>, StorageError> {
    let query = identities::table.filter(identities::issuer.eq(issuer)).filter(identities::subject.eq(subject));
    let row: Option<Row> = query.select(columns()).get_result(conn).optional()?;
    Ok(row.map(Identity::from))
}

/// The identities of a user after `after`, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, user: UserId, after: Option<&str>, limit: i64) -> Result<Vec<Identity>, StorageError> {
    let query = identities::table
        .filter(identities::user_id.eq(user))
        .filter(identities::id.gt(after.unwrap_or_default().to_owned()))
        .order(identities::id)
        .limit(limit);
    let rows: Vec<Row> = query.select(columns()).load(conn)?;
    Ok(rows.into_iter().map(Identity::from).collect())
}

/// Adds an identity.
///
/// # Errors
/// [`StorageError::NotUnique`] when the person has an identity here already, or the database fails.
pub fn insert(conn: &mut WriteConn, identity: &Identity) -> Result<(), StorageError> {
    let Identity { id, user_id, issuer, subject, email, created_at, last_used_at } = identity.clone();
    let row = Row { id, user_id, issuer, subject, email, created_at, last_used_at };
    diesel::insert_into(identities::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Writes that an identity is used now. Returns false if it is no longer there.
///
/// # Errors
/// When the database fails.
pub fn update_used(conn: &mut WriteConn, id: IdentityId, now: UtcTime) -> Result<bool, StorageError> {
    Ok(diesel::update(identities::table.find(id)).set(identities::last_used_at.eq(now)).execute(conn.raw())? > 0)
}

/// Deletes an identity of a user. Returns false if the user has no such identity.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, user: UserId, id: IdentityId) -> Result<bool, StorageError> {
    Ok(diesel::delete(identities::table.find(id).filter(identities::user_id.eq(user))).execute(conn.raw())? > 0)
}

/// Deletes all identities of a user.
///
/// # Errors
/// When the database fails.
pub fn delete_all(conn: &mut WriteConn, user: UserId) -> Result<(), StorageError> {
    diesel::delete(identities::table.filter(identities::user_id.eq(user))).execute(conn.raw())?;
    Ok(())
}

/// Adds an attempt to sign in at a provider, which sends the person to `redirect_uri` afterwards.
///
/// # Errors
/// When the database fails.
pub fn insert_attempt(
    conn: &mut WriteConn,
    handle: &TokenHash,
    (provider, redirect_uri): (&str, &str),
    expires_at: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(openid_attempts::table)
        .values((
            openid_attempts::handle_hash.eq(handle),
            openid_attempts::provider.eq(provider),
            openid_attempts::redirect_uri.eq(redirect_uri),
            openid_attempts::expires_at.eq(expires_at),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Uses an attempt up, and returns its redirect URI. Of several transactions that try at once only one gets it.
///
/// # Errors
/// When the database fails.
pub fn delete_attempt(
    conn: &mut WriteConn,
    handle: &TokenHash,
    provider: &str,
    now: UtcTime,
) -> Result<Option<String>, StorageError> {
    let redirect_uri = find_redirect_uri(conn, handle, provider, now)?;
    let is_first = diesel::delete(openid_attempts::table.find(handle)).execute(conn.raw())? > 0;
    Ok(redirect_uri.filter(|_| is_first))
}

/// The redirect URI of an attempt that has not expired.
fn find_redirect_uri(conn: &mut Conn, handle: &TokenHash, provider: &str, now: UtcTime) -> Result<Option<String>, StorageError> {
    let of_provider = openid_attempts::table.find(handle).filter(openid_attempts::provider.eq(provider));
    let alive = of_provider.filter(openid_attempts::expires_at.gt(now));
    Ok(alive.select(openid_attempts::redirect_uri).get_result(conn).optional()?)
}

/// Deletes at most `limit` attempts that have expired, and returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_expired_attempts(conn: &mut WriteConn, now: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old =
        openid_attempts::table.filter(openid_attempts::expires_at.le(now)).limit(limit).select(openid_attempts::handle_hash);
    let old: Vec<TokenHash> = old.load(conn.raw())?;
    Ok(diesel::delete(openid_attempts::table.filter(openid_attempts::handle_hash.eq_any(old))).execute(conn.raw())?)
}
