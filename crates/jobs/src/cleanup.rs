//! What nobody needs any more is forgotten.

use chrono::TimeDelta;

use domain::time::UtcTime;
use storage::db::Db;
use storage::error::StorageError;
use storage::{contact_tokens, idempotency_keys, one_time_tokens, outbox, sessions};

/// How often it is looked for.
pub(super) const EVERY: TimeDelta = TimeDelta::hours(1);

/// How long events that were told, and their mails, are kept for those who ask what was sent.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(30);

/// How long sessions and tokens are kept after their end for those who ask who signed in.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);

/// How many rows go in one transaction, so that no request waits long behind it.
const BATCH: usize = 500;

/// Forgets everything that is too old.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), StorageError> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| outbox::delete_processed(tx.conn, now - EVENTS_KEPT, limit)).await? == BATCH {}
    db.write(now, move |tx| idempotency_keys::delete_expired(tx.conn, now)).await?;
    db.write(now, move |tx| sessions::delete_expired(tx.conn, now - SESSIONS_KEPT)).await?;
    db.write(now, move |tx| one_time_tokens::delete_expired(tx.conn, now - SESSIONS_KEPT)).await?;
    db.write(now, move |tx| contact_tokens::delete_expired(tx.conn, now)).await?;
    Ok(())
}
