//! Who holds a certification hears in time that it expires, and who has booked what is out of order hears of that.

use chrono::TimeDelta;

use actions::certifications::warn_due;
use actions::error::Error;
use actions::out_of_order;
use domain::time::UtcTime;
use storage::db::Db;
use storage::resources;

/// How often it is looked for.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(10);

/// How many holders are told in one transaction, so that no request waits long behind it.
const BATCH: usize = 100;

/// Tells everybody whose time has come.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    while db.write(now, move |tx| warn_due(tx, limit)).await? == BATCH {}
    for id in db.read(now, move |tx| resources::list_out_of_order(tx.conn, now)).await? {
        // Looking is cheap, while a write waits for the disk.
        if db.read(now, move |tx| out_of_order::has_unwarned(tx, id)).await? {
            db.write(now, move |tx| out_of_order::warn(tx, id)).await?;
        }
    }
    Ok(())
}
