//! Who holds a certification hears in time that it expires.

use chrono::TimeDelta;

use crate::actions::certifications::warn_due;
use crate::actions::error::Error;
use crate::domain::time::UtcTime;
use crate::storage::db::Db;

/// How often it is looked for.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(10);

/// How many holders are told in one transaction, so that no request waits long behind it.
const BATCH: usize = 100;

/// Tells every holder whose time has come.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| warn_due(tx, limit)).await? == BATCH {}
    Ok(())
}
