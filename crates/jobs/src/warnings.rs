//! Warns the holders of certifications that will expire, and the customers whose booked resource is out of order.

use chrono::TimeDelta;

use actions::certifications::warn_due;
use actions::error::Error;
use actions::out_of_order;
use domain::time::UtcTime;
use storage::db::Db;
use storage::resources;

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(10);

/// The largest number of holders that one transaction warns, so that no request waits long for it.
const BATCH: usize = 100;

/// Writes all warnings that are due.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| warn_due(tx, limit)).await? == BATCH {}
    for id in db.read(now, move |tx| resources::list_out_of_order(&mut tx.conn, now)).await? {
        // A read is cheap; a write waits for the disk.
        if db.read(now, move |tx| out_of_order::has_unwarned(tx, id)).await? {
            db.write(now, move |tx| out_of_order::warn(tx, id)).await?;
        }
    }
    Ok(())
}
