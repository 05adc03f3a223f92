//! Deletes rows that are no longer needed.

use chrono::TimeDelta;

use domain::time::UtcTime;
use environment::config::Retention;
use storage::db::{Db, Tx};
use storage::error::StorageError;
use storage::{
    audit, contact_tokens, email_changes, facts, idempotency_keys, identities, invitations, one_time_tokens, sessions,
    stripe_events, users, webhook_deliveries,
};

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::hours(1);

/// How long after the deletion of an account the personal parts of its entries in the audit log are erased again: a request that was under
/// way meanwhile has written some, or a server of an earlier release has deleted the account.
const ERASED_AGAIN: TimeDelta = TimeDelta::days(2);

/// The largest number of rows that one transaction deletes, so that no request waits long for it.
const BATCH: usize = 500;

/// Deletes at most so many rows of a kind from before an instant, and returns their number.
type Delete = fn(&mut Tx<'_>, UtcTime, i64) -> Result<usize, StorageError>;

/// Deletes all rows that are too old.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime, kept: Retention) -> Result<(), StorageError> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let days = |days: u32| now - TimeDelta::days(days.into());
    let events = days(kept.events_days);
    let (sessions_end, tokens) = (days(kept.sessions_days), days(kept.tokens_days));
    let kinds: [(UtcTime, Delete); 10] = [
        (events, |tx, before, limit| facts::delete_done(tx.conn, before, limit)),
        (days(kept.payment_messages_days), |tx, before, limit| stripe_events::delete_done(tx.conn, before, limit)),
        (days(kept.webhook_deliveries_days), |tx, before, limit| webhook_deliveries::delete_before(tx.conn, before, limit)),
        (now - TimeDelta::hours(kept.repetitions_hours.into()), |tx, before, limit| {
            idempotency_keys::delete_expired(tx.conn, before, limit)
        }),
        (sessions_end, |tx, before, limit| sessions::delete_expired(tx.conn, before, limit)),
        (tokens, |tx, before, limit| one_time_tokens::delete_expired(tx.conn, before, limit)),
        (now, |tx, before, limit| contact_tokens::delete_expired(tx.conn, before, limit)),
        (now, |tx, before, limit| identities::delete_expired_attempts(tx.conn, before, limit)),
        (tokens, |tx, before, limit| email_changes::delete_expired(tx.conn, before, limit)),
        (tokens, |tx, before, limit| invitations::delete_expired(tx.conn, before, limit)),
    ];
    for (before, delete) in kinds {
        // Other writes come in between.
        while db.write(now, move |tx| delete(tx, before, limit)).await? >= BATCH {}
    }
    for user in db.read(now, move |tx| users::list_deleted(&mut tx.conn, now - ERASED_AGAIN)).await? {
        db.write(now, move |tx| audit::erase_of_user(tx.conn, user)).await?;
    }
    Ok(())
}
