//! Reminding people of what they have booked.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::facts;
use crate::actions::error::Error;
use crate::actions::record::publish;
use crate::domain::event::{Event, Happened};
use crate::domain::interval::Interval;
use crate::domain::time::UtcTime;
use crate::storage::bookings;
use crate::storage::db::Tx;
use crate::storage::reminders;

/// Writes the reminders that came due since this was done last, for who made a booking and for who is to operate it one at most:
/// when it starts so soon as they have chosen, and was made before that. What has begun meanwhile is past reminding.
///
/// # Errors
/// When the database fails.
pub fn run(tx: &mut Tx<'_>) -> Result<(), Error> {
    let Some(done_until) = reminders::update_progress(tx.conn, tx.now)? else { return Ok(()) };
    let mut due = BTreeSet::new();
    for minutes in reminders::list_leads(tx.conn)? {
        let lead = TimeDelta::minutes(minutes.into());
        let (after, until) = (tx.now.max(done_until + lead), tx.now + lead);
        let Ok(starts) = Interval::new(after + UtcTime::TICK, until + UtcTime::TICK) else { continue };
        for upcoming in reminders::list_upcoming(tx.conn, starts)? {
            if upcoming.reminder_minutes.0.contains(&minutes) && upcoming.created_at <= upcoming.starts_at - lead {
                due.insert((upcoming.starts_at, upcoming.id, upcoming.is_operator));
            }
        }
    }
    for (_, id, is_operator) in due {
        let facts = facts(&bookings::get(tx.conn, id)?, None, None);
        let event = match is_operator {
            true => Event::OperatorReminder { facts },
            false => Event::Booking { happened: Happened::Reminder, facts },
        };
        publish(tx, &event)?;
    }
    Ok(())
}
