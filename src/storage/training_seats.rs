//! Who attends a training.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::mails::Place;
use super::schema::{certification_kinds, organizations, sites, training_seats, trainings, users};
use crate::domain::email::Email;
use crate::domain::ids::{TrainingId, TrainingSeatId, UserId};
use crate::domain::time::UtcTime;
use crate::domain::training::SeatStatus;

/// A seat in a training.
#[derive(Debug, Clone, Queryable)]
pub struct TrainingSeat {
    /// Its identifier.
    pub id: TrainingSeatId,
    /// Of which training.
    pub training_id: TrainingId,
    /// Who has it.
    pub user_id: UserId,
    /// The holder's name.
    pub user_name: String,
    /// The holder's address.
    pub user_email: Email,
    /// What became of it.
    pub status: SeatStatus,
    /// When it was taken.
    pub created_at: UtcTime,
}

type Columns = (
    training_seats::id,
    training_seats::training_id,
    training_seats::user_id,
    users::name,
    users::email,
    training_seats::status,
    training_seats::created_at,
);
const COLUMNS: Columns = (
    training_seats::id,
    training_seats::training_id,
    training_seats::user_id,
    users::name,
    users::email,
    training_seats::status,
    training_seats::created_at,
);

/// A seat of the training.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, training: TrainingId, id: TrainingSeatId) -> Result<TrainingSeat, StorageError> {
    Ok(training_seats::table
        .inner_join(users::table)
        .filter(training_seats::id.eq(id).and(training_seats::training_id.eq(training)))
        .select(COLUMNS)
        .get_result(conn)?)
}

/// The seats of the training, of one user or of all, after `after`, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    training: TrainingId,
    user: Option<UserId>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<TrainingSeat>, StorageError> {
    let mut query = training_seats::table
        .inner_join(users::table)
        .filter(training_seats::training_id.eq(training))
        .filter(training_seats::id.gt(after.unwrap_or_default().to_owned()))
        .into_boxed();
    if let Some(user) = user {
        query = query.filter(training_seats::user_id.eq(user));
    }
    Ok(query.order(training_seats::id).limit(limit).select(COLUMNS).load(conn)?)
}

/// The seats of the training that somebody has, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_booked(conn: &mut Conn, training: TrainingId) -> Result<Vec<TrainingSeat>, StorageError> {
    Ok(training_seats::table
        .inner_join(users::table)
        .filter(training_seats::training_id.eq(training).and(training_seats::status.eq(SeatStatus::Booked)))
        .order(training_seats::id)
        .select(COLUMNS)
        .load(conn)?)
}

/// Gives a user a seat.
///
/// # Errors
/// [`StorageError::TrainingFull`], [`StorageError::NotUnique`] when the user has one, or the database fails.
pub fn insert(conn: &mut Conn, id: TrainingSeatId, training: TrainingId, user: UserId, now: UtcTime) -> Result<(), StorageError> {
    diesel::insert_into(training_seats::table)
        .values((
            training_seats::id.eq(id),
            training_seats::training_id.eq(training),
            training_seats::user_id.eq(user),
            training_seats::status.eq(SeatStatus::Booked),
            training_seats::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what became of a seat.
///
/// # Errors
/// When the database fails.
pub fn update_status(conn: &mut Conn, id: TrainingSeatId, status: SeatStatus) -> Result<(), StorageError> {
    diesel::update(training_seats::table.find(id)).set(training_seats::status.eq(status)).execute(conn)?;
    Ok(())
}

/// Gives up every seat that the user has.
///
/// # Errors
/// When the database fails.
pub fn update_all_cancelled(conn: &mut Conn, user: UserId) -> Result<(), StorageError> {
    let booked =
        training_seats::table.filter(training_seats::user_id.eq(user).and(training_seats::status.eq(SeatStatus::Booked)));
    diesel::update(booked).set(training_seats::status.eq(SeatStatus::Cancelled)).execute(conn)?;
    Ok(())
}

/// The seats that a user has or had.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<TrainingSeat>, StorageError> {
    let seats = training_seats::table.inner_join(users::table).filter(training_seats::user_id.eq(user));
    Ok(seats.order(training_seats::id).select(COLUMNS).load(conn)?)
}

/// What a mail about a seat tells.
#[derive(Debug, Clone, Queryable)]
pub struct SeatDetails {
    /// Who has it, by address
    pub email: Email,
    /// and name.
    pub name: String,
    /// Of which training.
    pub training_id: TrainingId,
    /// What the training is called.
    pub training: String,
    /// When it starts
    pub starts_at: UtcTime,
    /// and ends.
    pub ends_at: UtcTime,
    /// Why it was cancelled, if it was.
    pub reason: String,
    /// The name of the kind of certification.
    pub certification_kind: String,
    /// The name of the organization that trains.
    pub organization: String,
    /// Where it takes place.
    pub site: Place,
}

/// What a mail about this seat tells.
///
/// # Errors
/// When there is no such seat, its holder has gone, or the database fails.
pub fn get_details(conn: &mut Conn, id: TrainingSeatId) -> Result<SeatDetails, StorageError> {
    Ok(training_seats::table
        .inner_join(users::table)
        .inner_join(trainings::table)
        .inner_join(certification_kinds::table.on(certification_kinds::id.eq(trainings::certification_kind_id)))
        .inner_join(organizations::table.on(organizations::id.eq(trainings::organization_id)))
        .inner_join(sites::table.on(sites::id.eq(trainings::site_id)))
        .filter(training_seats::id.eq(id).and(users::deleted_at.is_null()))
        .select((
            users::email,
            users::name,
            trainings::id,
            trainings::name,
            trainings::starts_at,
            trainings::ends_at,
            trainings::reason,
            certification_kinds::name,
            organizations::name,
            super::mails::PLACE,
        ))
        .get_result(conn)?)
}
