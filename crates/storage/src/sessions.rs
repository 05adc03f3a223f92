//! Sign-ins, each with the family of refresh tokens that grew from it.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::{Conn, SameText, WriteConn};
use super::error::StorageError;
use super::schema::{refresh_tokens, sessions};
use domain::ids::{SessionId, UserId};
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// One sign-in.
#[derive(Debug, Clone, Queryable)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// The user.
    pub user_id: UserId,
    /// The program that signed in, as it named itself.
    pub user_agent: String,
    /// When the user signed in.
    pub created_at: UtcTime,
    /// When its refresh token was used last.
    pub last_used_at: UtcTime,
    /// When it ends unless it is used before.
    pub expires_at: UtcTime,
    /// When it was ended.
    pub revoked_at: Option<UtcTime>,
    /// The network from which the user signed in: an IPv4 address, or the first 64 bits of an IPv6 address. Empty: not known.
    pub network: String,
}

/// Whether a session of the user that is still kept began in this network.
///
/// # Errors
/// When the database fails.
pub fn is_known_network(conn: &mut Conn, user: UserId, network: &str) -> Result<bool, StorageError> {
    let known = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::network.eq(network));
    Ok(diesel::select(exists(known)).get_result(conn)?)
}

/// Adds a session, with the program and the network from which the user signed in.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: SessionId,
    user: UserId,
    (user_agent, network): (&str, &str),
    now: UtcTime,
    expires_at: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::user_id.eq(user),
            sessions::user_agent.eq(user_agent),
            sessions::network.eq(network),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Adds a refresh token to a session.
///
/// # Errors
/// When the database fails.
pub fn insert_refresh_token(
    conn: &mut WriteConn,
    session: SessionId,
    token: &TokenHash,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(token),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Uses a refresh token up; true for the one who did, however many try at once.
///
/// # Errors
/// When the database fails.
pub fn update_token_used(conn: &mut WriteConn, token: &TokenHash, now: UtcTime) -> Result<bool, StorageError> {
    let unused = refresh_tokens::table.find(token).filter(refresh_tokens::used_at.is_null());
    Ok(diesel::update(unused).set(refresh_tokens::used_at.eq(now)).execute(conn.raw())? > 0)
}

/// The session that a refresh token belongs to.
///
/// # Errors
/// When the database fails.
pub fn find_by_token(conn: &mut Conn, token: &TokenHash) -> Result<Option<Session>, StorageError> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token))
        .select(sessions::all_columns)
        .get_result(conn)
        .optional()?)
}

/// The session of a refresh token that was not used, unless the session has ended.
///
/// # Errors
/// When the database fails.
pub fn find_alive_by_unused_token(conn: &mut Conn, token: &TokenHash, now: UtcTime) -> Result<Option<Session>, StorageError> {
    Ok(refresh_tokens::table
        .inner_join(sessions::table)
        .filter(refresh_tokens::token_hash.eq(token))
        .filter(refresh_tokens::used_at.is_null())
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .select(sessions::all_columns)
        .get_result(conn)
        .optional()?)
}

/// Whether a session has not ended.
///
/// # Errors
/// When the database fails.
pub fn is_alive(conn: &mut Conn, id: SessionId, now: UtcTime) -> Result<bool, StorageError> {
    let alive = sessions::table.find(id).filter(sessions::revoked_at.is_null()).filter(sessions::expires_at.gt(now));
    Ok(diesel::select(exists(alive)).get_result(conn)?)
}

/// Extends a session that has not ended until `expires_at`. Returns whether it was extended.
///
/// # Errors
/// When the database fails.
pub fn update_used(conn: &mut WriteConn, id: SessionId, now: UtcTime, expires_at: UtcTime) -> Result<bool, StorageError> {
    let alive = sessions::table.find(id).filter(sessions::revoked_at.is_null()).filter(sessions::expires_at.gt(now));
    let used = (sessions::last_used_at.eq(now), sessions::expires_at.eq(expires_at));
    Ok(diesel::update(alive).set(used).execute(conn.raw())? > 0)
}

/// Ends a session of the user. Returns whether the session had not ended before.
///
/// # Errors
/// When the database fails.
pub fn update_revoked(conn: &mut WriteConn, user: UserId, id: SessionId, now: UtcTime) -> Result<bool, StorageError> {
    let alive = sessions::table
        .find(id)
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now));
    let has_ended = diesel::update(alive).set(sessions::revoked_at.eq(now)).execute(conn.raw())? > 0;
    conn.has_ended_sessions |= has_ended;
    Ok(has_ended)
}

/// Ends all sessions of the user except, perhaps, one.
///
/// # Errors
/// When the database fails.
pub fn update_all_revoked(
    conn: &mut WriteConn,
    user: UserId,
    except: Option<SessionId>,
    now: UtcTime,
) -> Result<(), StorageError> {
    let alive = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    let revoked = sessions::revoked_at.eq(now);
    let ended = match except {
        None => diesel::update(alive).set(revoked).execute(conn.raw())?,
        Some(except) => diesel::update(alive.filter(sessions::id.ne(except))).set(revoked).execute(conn.raw())?,
    };
    conn.has_ended_sessions |= ended > 0;
    Ok(())
}

/// The sessions that were ended after an instant, with the instants of their ends.
///
/// # Errors
/// When the database fails.
pub fn list_ended(conn: &mut Conn, since: UtcTime) -> Result<Vec<(SessionId, UtcTime)>, StorageError> {
    let ended =
        sessions::table.filter(sessions::revoked_at.gt(since)).select((sessions::id, sessions::revoked_at.assume_not_null()));
    struct Ended;
    Ok(SameText::<Ended, _>::new(ended).load(conn)?)
}

/// The user's sessions that have not ended, after `after`, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_alive(
    conn: &mut Conn,
    user: UserId,
    now: UtcTime,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Session>, StorageError> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::revoked_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::id.gt(after.unwrap_or_default().to_owned()))
        .order(sessions::id)
        .limit(limit)
        .load(conn)?)
}

/// All sessions that are kept of the user.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Session>, StorageError> {
    Ok(sessions::table.filter(sessions::user_id.eq(user)).order(sessions::id).load(conn)?)
}

/// Ends all sessions of the user, and forgets where they began. Their identifiers stay for a while: other servers learn from them which
/// access tokens are not valid any more.
///
/// # Errors
/// When the database fails.
pub fn update_all_forgotten(conn: &mut WriteConn, user: UserId, now: UtcTime) -> Result<(), StorageError> {
    update_all_revoked(conn, user, None, now)?;
    diesel::update(sessions::table.filter(sessions::user_id.eq(user)))
        .set((sessions::user_agent.eq(""), sessions::network.eq("")))
        .execute(conn.raw())?;
    Ok(())
}

/// Deletes at most `limit` sessions that expired before `before`, and returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = sessions::table.filter(sessions::expires_at.le(before)).limit(limit).select(sessions::id);
    let old: Vec<SessionId> = old.load(conn.raw())?;
    Ok(diesel::delete(sessions::table.filter(sessions::id.eq_any(old))).execute(conn.raw())?)
}
