//! Reminders of bookings and trainings.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::bookings::journal::publish_changes;
use super::error::Error;
use super::record::publish;
use domain::booking::change::{BookingChange, BookingEventKind};
use domain::fact::{Event, Scope};
use domain::interval::Interval;
use domain::principal::Principal;
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
        let kind = if is_operator { BookingEventKind::RemindOperator } else { BookingEventKind::Remind };
        let change = BookingChange::unchanged(kind, &bookings::get(tx.conn, id)?);
        publish_changes(tx, Principal::System, Scope::One, vec![change])?;
    }
    for (_, seat_id) in due_seats {
        publish(tx, Principal::System, Event::SeatReminder { seat_id })?;
    }
    for training_id in reminders::list_ended_trainings(tx.conn, done_until, tx.now)? {
        publish(tx, Principal::System, Event::AttendanceDue { training_id })?;
    }
    Ok(())
}
