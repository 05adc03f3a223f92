//! Ends bookings and blocks that are over or have expired, and offers free capacity to the waitlist.

use chrono::TimeDelta;

use actions::bookings::due;
use actions::error::Error;
use actions::waitlist;
use domain::ids::ResourceId;
use domain::time::UtcTime;
use storage::db::{Db, ReadTx};
use storage::{resources, waitlist_entries};

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(1);

/// The number of resources with waitlist entries that one query loads.
const BATCH: usize = 100;

/// Ends every booking and every block that is over or has expired, and marks bookings that overrun. Each resource has a
/// transaction of its own: no request waits long for the job, and an error at one resource does not stop the others.
///
/// # Errors
/// The first error at a resource; all other resources have been handled.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    let mut done = Ok(());
    for id in db.read(now, due::list_resources).await? {
        done = done.and(logged(id, db.write(now, move |tx| due::run(tx, id)).await));
    }
    done.and(offer_everywhere(db, now).await)
}

/// Makes offers to waitlist entries: of capacity that is free without an action, such as after a hold has expired, and of
/// capacity that a requester may book only now, such as after a certification was granted.
async fn offer_everywhere(db: &Db, now: UtcTime) -> Result<(), Error> {
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let (mut done, mut after) = (Ok(()), None);
    loop {
        let waited_for = db.read(now, move |tx| waitlist_entries::list_resources(&mut tx.conn, after, limit)).await?;
        for &id in &waited_for {
            done = done.and(logged(id, offer_at(db, now, id).await));
        }
        after = waited_for.last().copied();
        if waited_for.len() < BATCH {
            return done;
        }
    }
}

async fn offer_at(db: &Db, now: UtcTime, id: ResourceId) -> Result<(), Error> {
    // A read is cheap; a write waits for the disk.
    let look = move |tx: &mut ReadTx| {
        let resource = resources::get(&mut tx.conn, id)?;
        waitlist::has_work(tx, &resource)
    };
    match db.read(now, look).await? {
        true => db.write(now, move |tx| due::catch_up(tx, id)).await,
        false => Ok(()),
    }
}

fn logged(id: ResourceId, result: Result<(), Error>) -> Result<(), Error> {
    result.inspect_err(
        |error| tracing::warn!(%error, resource = %id, "a resource could not be brought up to date; it is tried again later"),
    )
}
