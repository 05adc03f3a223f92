//! Adds the entries of the audit log to its tree, and signs checkpoints of the tree. So no write waits for another one to be chained.

use chrono::TimeDelta;

use actions::audit_tree;
use actions::error::Error;
use domain::time::UtcTime;
use environment::checkpoint_key::CheckpointKey;
use storage::db::Db;
use storage::error::StorageError;

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(1);

/// The largest number of entries that one transaction adds, so that no request waits long for it.
const BATCH: usize = 500;

/// Adds all entries that are committed, and signs a checkpoint if there were any.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, key: &CheckpointKey, now: UtcTime) -> Result<(), Error> {
    while db.write(now, |tx| audit_tree::add_entries(tx, BATCH)).await? == BATCH {}
    let key = key.clone();
    let sign = move |size, root| key.sign(size, root).map_err(|error| StorageError::Unavailable(error.to_string()).into());
    db.write(now, move |tx| audit_tree::add_checkpoint(tx, &sign)).await
}
