//! Which bookings and trainings people are to be reminded of.

use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::{bookings, reminder_leads, reminder_progress, training_seats, trainings, users};
use super::types::Json;
use domain::booking::BookingStatus;
use domain::ids::{BookingId, TrainingId, TrainingSeatId};
use domain::interval::Interval;
use domain::time::UtcTime;
use domain::training::SeatStatus;

/// The one row of the progress.
const ONLY: i32 = 1;

/// Notes leads that somebody has chosen.
///
/// # Errors
/// When the database fails.
pub fn insert_leads(conn: &mut WriteConn, minutes: &[i32]) -> Result<(), StorageError> {
    for minutes in minutes {
        let insert = diesel::insert_into(reminder_leads::table).values(reminder_leads::minutes.eq(minutes));
        match conn.raw().either() {
            EitherConn::Pg(conn) => insert.on_conflict_do_nothing().execute(conn)?,
            EitherConn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        };
    }
    Ok(())
}

/// Every lead that anybody has chosen.
///
/// # Errors
/// When the database fails.
pub fn list_leads(conn: &mut Conn) -> Result<Vec<i32>, StorageError> {
    Ok(reminder_leads::table.order(reminder_leads::minutes).select(reminder_leads::minutes).load(conn)?)
}

/// Sets the progress to `now`, and returns the progress so far; none the first time. Another server that does the same waits
/// until this transaction ends, and then finds nothing left to do.
///
/// # Errors
/// When the database fails.
pub fn update_progress(conn: &mut WriteConn, now: UtcTime) -> Result<Option<UtcTime>, StorageError> {
    let progress = reminder_progress::table.find(ONLY);
    let locked = diesel::update(progress).set(reminder_progress::id.eq(reminder_progress::id)).execute(conn.raw())?;
    if locked == 0 {
        let first = diesel::insert_into(reminder_progress::table)
            .values((reminder_progress::id.eq(ONLY), reminder_progress::done_until.eq(now)));
        match conn.raw().either() {
            EitherConn::Pg(conn) => first.on_conflict_do_nothing().execute(conn)?,
            EitherConn::Sqlite(conn) => first.on_conflict_do_nothing().execute(conn)?,
        };
        return Ok(None);
    }
    let done_until: UtcTime = progress.select(reminder_progress::done_until).get_result(conn.raw())?;
    if done_until < now {
        diesel::update(progress).set(reminder_progress::done_until.eq(now)).execute(conn.raw())?;
    }
    Ok(Some(done_until))
}

/// A confirmed booking that starts in a while, and somebody who made it or is to operate it.
#[derive(Debug, Clone, Queryable)]
pub struct Upcoming {
    /// The booking.
    pub id: BookingId,
    /// When it starts.
    pub starts_at: UtcTime,
    /// When it was made.
    pub created_at: UtcTime,
    /// Whether it is somebody else who made it,
    pub is_operator: bool,
    /// and how many minutes before they want to be reminded.
    pub reminder_minutes: Json<Vec<i32>>,
}

/// The confirmed bookings that start within a time, by start; each for everybody to be reminded of it.
///
/// # Errors
/// When the database fails.
pub fn list_upcoming(conn: &mut Conn, starts: Interval) -> Result<Vec<Upcoming>, StorageError> {
    let is_concerned = users::id.eq(bookings::created_by).or(users::id.nullable().eq(bookings::operated_by));
    Ok(bookings::table
        .inner_join(users::table.on(is_concerned.assume_not_null()))
        .filter(bookings::is_live.and(bookings::status.eq(BookingStatus::Confirmed)))
        .filter(bookings::starts_at.ge(starts.starts_at()))
        .filter(bookings::starts_at.lt(starts.ends_at()))
        .order((bookings::starts_at, bookings::id))
        .select((
            bookings::id,
            bookings::starts_at,
            bookings::created_at,
            users::id.ne(bookings::created_by),
            users::reminder_minutes,
        ))
        .load(conn)?)
}

/// A seat in a training that starts in a while.
#[derive(Debug, Clone, Queryable)]
pub struct UpcomingSeat {
    /// The seat.
    pub id: TrainingSeatId,
    /// When the training starts.
    pub starts_at: UtcTime,
    /// When the seat was taken,
    pub created_at: UtcTime,
    /// and how many minutes before its holder wants to be reminded.
    pub reminder_minutes: Json<Vec<i32>>,
}

/// The seats in trainings that start within a time, by start.
///
/// # Errors
/// When the database fails.
pub fn list_upcoming_seats(conn: &mut Conn, starts: Interval) -> Result<Vec<UpcomingSeat>, StorageError> {
    Ok(training_seats::table
        .inner_join(trainings::table)
        .inner_join(users::table)
        .filter(is_scheduled())
        .filter(trainings::starts_at.ge(starts.starts_at()).and(trainings::starts_at.lt(starts.ends_at())))
        .filter(training_seats::status.eq(SeatStatus::Booked))
        .order((trainings::starts_at, training_seats::id))
        .select((training_seats::id, trainings::starts_at, training_seats::created_at, users::reminder_minutes))
        .load(conn)?)
}

/// The trainings that ended after `after` and until `until`, and of which nobody has said who has attended.
///
/// # Errors
/// When the database fails.
pub fn list_ended_trainings(conn: &mut Conn, after: UtcTime, until: UtcTime) -> Result<Vec<TrainingId>, StorageError> {
    let booked = training_seats::table
        .filter(training_seats::training_id.eq(trainings::id).and(training_seats::status.eq(SeatStatus::Booked)));
    Ok(trainings::table
        .filter(is_scheduled())
        .filter(trainings::ends_at.gt(after).and(trainings::ends_at.le(until)))
        .filter(exists(booked))
        .order((trainings::ends_at, trainings::id))
        .select(trainings::id)
        .load(conn)?)
}

/// Is still to be held. Written out, for a partial index serves only a query that names its condition.
fn is_scheduled() -> SqlLiteral<Bool> {
    sql("trainings.status = 'scheduled'")
}
