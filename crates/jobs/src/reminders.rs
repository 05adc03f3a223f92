//! People are reminded of what they have booked.

use chrono::TimeDelta;

use actions::bookings::remind;
use actions::error::Error;
use domain::time::UtcTime;
use storage::db::Db;

/// How often it is looked for.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(1);

/// Writes the reminders that have come due.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    db.write(now, remind::run).await
}
