//! Bookings and blocks whose time has come change by themselves.

use chrono::TimeDelta;

use crate::actions::bookings::due;
use crate::actions::error::Error;
use crate::actions::waitlist;
use crate::domain::time::UtcTime;
use crate::storage::blocks;
use crate::storage::db::{Db, Tx};
use crate::storage::{resources, waitlist_entries};

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
    serve_lines(db, now).await
}

/// Offers what has come free by itself to those who wait for it, and what somebody may have by now, such as by a certification
/// that was granted.
async fn serve_lines(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let mut after = None;
    loop {
        let waited_for = db.read(now, move |tx| waitlist_entries::list_resources(tx.conn, after, limit)).await?;
        for &id in &waited_for {
            // Looking is cheap, while a write waits for the disk.
            let look = move |tx: &mut Tx<'_>| {
                let resource = resources::get(tx.conn, id)?;
                waitlist::has_work(tx, &resource)
            };
            if db.read(now, look).await? {
                db.write(now, move |tx| due::catch_up(tx, id)).await?;
            }
        }
        after = waited_for.last().copied();
        if waited_for.len() < BATCH {
            return Ok(());
        }
    }
}
