//! Reminds people of their bookings and trainings.

use chrono::TimeDelta;

use actions::error::Error;
use actions::reminders;
use domain::time::UtcTime;
use storage::db::Db;

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(1);

/// Writes the reminders that are due.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    db.write(now, reminders::run).await
}
