//! Reminders of bookings and trainings.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::bookings::journal::facts;
use super::error::Error;
use super::record::publish;
use domain::event::{Event, Happened};
use domain::interval::Interval;
use domain::time::UtcTime;
use storage::bookings;
use storage::db::Tx;
use storage::reminders;

/// Records the reminders that are due since the last run. The user who made a booking and its operator each get at most one for
/// each lead time that they have chosen, if the booking was made before that and has not begun. Seats in trainings are treated in
/// the same way. Managers of a training that is over are asked to record who attended.
///
/// # Errors
/// When the database fails.
pub fn run(tx: &mut Tx<'_>) -> Result<(), Error> {
    let Some(done_until) = reminders::update_progress(tx.conn, tx.now)? else { return Ok(()) };
    let (mut due, mut due_seats) = (BTreeSet::new(), BTreeSet::new());
    for minutes in reminders::list_leads(tx.conn)? {
        let lead = TimeDelta::minutes(minutes.into());
        let (after, until) = (tx.now.max(done_until + lead), tx.now + lead);
        let Ok(starts) = Interval::new(after + UtcTime::TICK, until + UtcTime::TICK) else { continue };
        for upcoming in reminders::list_upcoming(tx.conn, starts)? {
            if upcoming.reminder_minutes.0.contains(&minutes) && upcoming.created_at <= upcoming.starts_at - lead {
                due.insert((upcoming.starts_at, upcoming.id, upcoming.is_operator));
            }
        }
        for seat in reminders::list_upcoming_seats(tx.conn, starts)? {
            if seat.reminder_minutes.0.contains(&minutes) && seat.created_at <= seat.starts_at - lead {
                due_seats.insert((seat.starts_at, seat.id));
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
    for (_, seat_id) in due_seats {
        publish(tx, &Event::SeatReminder { seat_id })?;
    }
    for training_id in reminders::list_ended_trainings(tx.conn, done_until, tx.now)? {
        publish(tx, &Event::AttendanceDue { training_id })?;
    }
    Ok(())
}
