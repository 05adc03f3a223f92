//! Deletes rows that are no longer needed.

use chrono::TimeDelta;

use domain::organization_event::KEPT as EVENTS_KEPT;
use domain::time::UtcTime;
use domain::webhook::DELIVERIES_KEPT;
use storage::db::Db;
use storage::error::StorageError;
use storage::{
    audit, contact_tokens, email_changes, facts, idempotency_keys, identities, invitations, one_time_tokens, sessions,
    stripe_events, users, webhook_deliveries,
};

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::hours(1);

/// How long sessions and tokens are kept after their end, so that users can see who signed in.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);

/// How long after the deletion of an account the personal parts of its entries in the audit log are erased again: a request that was under
/// way meanwhile has written some, or a server of an earlier release has deleted the account.
const ERASED_AGAIN: TimeDelta = TimeDelta::days(2);

/// The largest number of rows that one transaction deletes, so that no request waits long for it.
const BATCH: usize = 500;

/// Deletes all rows that are too old.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), StorageError> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| facts::delete_done(tx.conn, now - EVENTS_KEPT, limit)).await? == BATCH {}
    while db.write(now, move |tx| stripe_events::delete_done(tx.conn, now - EVENTS_KEPT, limit)).await? == BATCH {}
    while db.write(now, move |tx| webhook_deliveries::delete_before(tx.conn, now - DELIVERIES_KEPT, limit)).await? == BATCH {}
    db.write(now, move |tx| idempotency_keys::delete_expired(tx.conn, now)).await?;
    db.write(now, move |tx| sessions::delete_expired(tx.conn, now - SESSIONS_KEPT)).await?;
    db.write(now, move |tx| one_time_tokens::delete_expired(tx.conn, now - SESSIONS_KEPT)).await?;
    db.write(now, move |tx| contact_tokens::delete_expired(tx.conn, now)).await?;
    db.write(now, move |tx| identities::delete_expired_attempts(tx.conn, now)).await?;
    db.write(now, move |tx| email_changes::delete_expired(tx.conn, now - SESSIONS_KEPT)).await?;
    db.write(now, move |tx| invitations::delete_expired(tx.conn, now - SESSIONS_KEPT)).await?;
    for user in db.read(now, move |tx| users::list_deleted(&mut tx.conn, now - ERASED_AGAIN)).await? {
        db.write(now, move |tx| audit::erase_of_user(tx.conn, user)).await?;
    }
    Ok(())
}
