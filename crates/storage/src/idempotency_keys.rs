//! Responses that are kept for a repetition of their request.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Text};

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::idempotency_keys;
use super::types::Json;
use domain::time::UtcTime;

/// The status of a response that was forgotten. No refused request is kept.
const WITHHELD: i32 = 403;

impl StoredAnswer {
    /// Whether the response was forgotten, because the caller has lost a role since.
    pub const fn is_withheld(&self) -> bool {
        self.status == WITHHELD
    }
}

/// An answer as it is kept.
#[derive(Debug, Clone, Queryable)]
pub struct StoredAnswer {
    /// A hash of the request.
    pub fingerprint: String,
    /// The status of HTTP.
    pub status: i32,
    /// `Location` and the revision of the object.
    pub headers: Json<(Option<String>, Option<i64>)>,
    /// The body.
    pub body: String,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Takes the key for this transaction; false while another has it. SQLite's one writer never meets
/// another.
///
/// # Errors
/// When the database fails.
pub fn lock_if_free(conn: &mut WriteConn, scope: &str, key: &str) -> Result<bool, StorageError> {
    match conn.raw().either() {
        EitherConn::Sqlite(_) => Ok(true),
        EitherConn::Pg(conn) => {
            let query = sql_query("SELECT pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0)) AS locked");
            Ok(query.bind::<Text, _>(scope).bind::<Text, _>(key).get_result::<Locked>(conn)?.locked)
        }
    }
}

/// The answer under this key, unless it is from `until` or before.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, scope: &str, key: &str, until: UtcTime) -> Result<Option<StoredAnswer>, StorageError> {
    Ok(idempotency_keys::table
        .find((scope, key))
        .filter(idempotency_keys::created_at.gt(until))
        .select((idempotency_keys::fingerprint, idempotency_keys::status, idempotency_keys::headers, idempotency_keys::body))
        .get_result(conn)
        .optional()?)
}

/// Keeps an answer in the place of one that is too old.
///
/// # Errors
/// When the database fails.
pub fn insert_or_replace(
    conn: &mut WriteConn,
    scope: &str,
    key: &str,
    answer: &StoredAnswer,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::delete(idempotency_keys::table.find((scope, key))).execute(conn.raw())?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::scope.eq(scope),
            idempotency_keys::key.eq(key),
            idempotency_keys::fingerprint.eq(&answer.fingerprint),
            idempotency_keys::status.eq(answer.status),
            idempotency_keys::headers.eq(&answer.headers),
            idempotency_keys::body.eq(&answer.body),
            idempotency_keys::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Forgets all responses to a caller, but not that the requests were done: a repetition is neither done nor gets the response.
///
/// # Errors
/// When the database fails.
pub fn update_all_withheld(conn: &mut WriteConn, scope: &str) -> Result<(), StorageError> {
    diesel::update(idempotency_keys::table.filter(idempotency_keys::scope.eq(scope)))
        .set((idempotency_keys::status.eq(WITHHELD), idempotency_keys::headers.eq("[null,null]"), idempotency_keys::body.eq("")))
        .execute(conn.raw())?;
    Ok(())
}

/// Deletes all responses to a caller.
///
/// # Errors
/// When the database fails.
pub fn delete_all(conn: &mut WriteConn, scope: &str) -> Result<(), StorageError> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::scope.eq(scope))).execute(conn.raw())?;
    Ok(())
}

/// Deletes some responses from `until` or before: `limit`, with those of the same instant as the last. Returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_expired(conn: &mut WriteConn, until: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.le(until)).select(idempotency_keys::created_at);
    let last: Option<UtcTime> =
        old.order(idempotency_keys::created_at).offset(limit - 1).limit(1).get_result(conn.raw()).optional()?;
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.le(last.unwrap_or(until)));
    Ok(diesel::delete(old).execute(conn.raw())?)
}
