//! People are reminded of what they have booked.

use chrono::TimeDelta;

use crate::actions::bookings::remind;
use crate::actions::error::Error;
use crate::domain::time::UtcTime;
use crate::storage::db::Db;

/// How often it is looked for.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(1);

/// Writes the reminders that have come due.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    db.write(now, remind::run).await
}
