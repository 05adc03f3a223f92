//! Adds the rows of the ledger to its stored sums, so that a balance is quick.

use chrono::TimeDelta;

use domain::time::UtcTime;
use storage::db::Db;
use storage::error::StorageError;
use storage::ledger;

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(10);

/// The age from which a row is added to the sums. Rows are in the order of the instants of their transactions, which commit in another
/// order; every transaction of every server has ended long before.
const SETTLED: TimeDelta = TimeDelta::hours(1);

/// The largest number of rows that one transaction adds, so that no request waits long for it.
const BATCH: usize = 1000;

/// Adds all rows that are old enough.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), StorageError> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| ledger::add_to_sums(tx.conn, now - SETTLED, limit)).await? == BATCH {}
    Ok(())
}
