//! Returns the deposits that hosts have not returned in time.

use chrono::TimeDelta;

use actions::bookings::return_due_deposits;
use actions::error::Error;
use domain::time::UtcTime;
use storage::db::Db;

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::hours(1);

/// The largest number of deposits that one transaction returns, so that no request waits long for it.
const BATCH: usize = 50;

/// Returns all deposits that are due.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| return_due_deposits(tx, limit)).await? == BATCH {}
    Ok(())
}
