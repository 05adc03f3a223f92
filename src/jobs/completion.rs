//! Bookings and blocks whose time has come change by themselves.

use chrono::TimeDelta;

use crate::actions::bookings::due;
use crate::actions::error::Error;
use crate::domain::time::UtcTime;
use crate::storage::blocks;
use crate::storage::db::Db;

/// How often it is looked for.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(1);

/// How many bookings go in one transaction, so that no request waits long behind it.
const BATCH: usize = 100;

/// Ends every booking and every block whose time is over or has lapsed, and flags what overruns.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| due::run(tx, limit)).await? >= BATCH {}
    db.write(now, move |tx| blocks::update_over(tx.conn, None, now)).await?;
    Ok(())
}
