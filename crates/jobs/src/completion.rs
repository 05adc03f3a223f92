//! Bookings and blocks whose time has come change by themselves.

use chrono::TimeDelta;

use actions::bookings::due;
use actions::error::Error;
use actions::waitlist;
use domain::ids::ResourceId;
use domain::time::UtcTime;
use storage::db::{Db, Tx};
use storage::{resources, waitlist_entries};

/// How often it is looked for.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(1);

/// How many resources that somebody waits for are looked up together.
const BATCH: usize = 100;

/// Ends every booking and every block whose time is over or has lapsed, and flags what overruns. Each resource is a transaction
/// of its own: no request waits long behind it, and where one fails the others go on.
///
/// # Errors
/// When the database fails; all the others have been done.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    let mut done = Ok(());
    for id in db.read(now, due::list_resources).await? {
        done = done.and(logged(id, db.write(now, move |tx| due::run(tx, id)).await));
    }
    done.and(serve_lines(db, now).await)
}

/// Offers what has come free by itself to those who wait for it, and what somebody may have by now, such as by a certification
/// that was granted.
async fn serve_lines(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let (mut done, mut after) = (Ok(()), None);
    loop {
        let waited_for = db.read(now, move |tx| waitlist_entries::list_resources(tx.conn, after, limit)).await?;
        for &id in &waited_for {
            done = done.and(logged(id, serve_line(db, now, id).await));
        }
        after = waited_for.last().copied();
        if waited_for.len() < BATCH {
            return done;
        }
    }
}

async fn serve_line(db: &Db, now: UtcTime, id: ResourceId) -> Result<(), Error> {
    // Looking is cheap, while a write waits for the disk.
    let look = move |tx: &mut Tx<'_>| {
        let resource = resources::get(tx.conn, id)?;
        waitlist::has_work(tx, &resource)
    };
    match db.read(now, look).await? {
        true => db.write(now, move |tx| due::catch_up(tx, id)).await,
        false => Ok(()),
    }
}

fn logged(id: ResourceId, result: Result<(), Error>) -> Result<(), Error> {
    result.inspect_err(|error| tracing::warn!(%error, resource = %id, "what is due of a resource is put off"))
}
