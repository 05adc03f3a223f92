//! Events that people are trained at.

use std::collections::HashMap;

use diesel::dsl::count_star;
use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{training_seats, trainings};
use crate::domain::ids::{CertificationKindId, OrganizationId, SiteId, TrainingId, UserId};
use crate::domain::interval::Interval;
use crate::domain::time::UtcTime;
use crate::domain::training::{SeatStatus, TrainingFields, TrainingStatus};

/// A training.
#[derive(Debug, Clone)]
pub struct Training {
    /// Its identifier.
    pub id: TrainingId,
    /// Who trains.
    pub organization_id: OrganizationId,
    /// What it is.
    pub fields: TrainingFields,
    /// How many seats nobody has.
    pub free_seats: i32,
    /// Where it is in its life.
    pub status: TrainingStatus,
    /// Why it was cancelled; may be empty.
    pub reason: String,
    /// Who scheduled it.
    pub created_by: UserId,
    /// When it was scheduled.
    pub created_at: UtcTime,
}

type FieldColumns = (
    trainings::site_id,
    trainings::certification_kind_id,
    trainings::name,
    trainings::description,
    (trainings::starts_at, trainings::ends_at),
    trainings::seats,
);
type Columns = (
    (trainings::id, trainings::organization_id),
    FieldColumns,
    (trainings::status, trainings::reason),
    (trainings::created_by, trainings::created_at),
);
const COLUMNS: Columns = (
    (trainings::id, trainings::organization_id),
    (
        trainings::site_id,
        trainings::certification_kind_id,
        trainings::name,
        trainings::description,
        (trainings::starts_at, trainings::ends_at),
        trainings::seats,
    ),
    (trainings::status, trainings::reason),
    (trainings::created_by, trainings::created_at),
);

type FieldRow = (SiteId, CertificationKindId, String, String, (UtcTime, UtcTime), i32);
type TrainingRow = ((TrainingId, OrganizationId), FieldRow, (TrainingStatus, String), (UserId, UtcTime));

/// The trainings of these rows, each with the seats that are free.
fn trainings_from(conn: &mut Conn, rows: Vec<TrainingRow>) -> Result<Vec<Training>, StorageError> {
    let ids: Vec<TrainingId> = rows.iter().map(|((id, _), ..)| *id).collect();
    let taken: Vec<(TrainingId, i64)> = training_seats::table
        .filter(training_seats::training_id.eq_any(ids).and(training_seats::status.ne(SeatStatus::Cancelled)))
        .group_by(training_seats::training_id)
        .select((training_seats::training_id, count_star()))
        .load(conn)?;
    let taken: HashMap<_, _> = taken.into_iter().collect();
    let training = |row: TrainingRow| {
        let ((id, organization_id), fields, (status, reason), (created_by, created_at)) = row;
        let (site_id, certification_kind_id, name, description, (starts_at, ends_at), seats) = fields;
        let interval = Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?;
        let fields = TrainingFields { certification_kind_id, site_id, name, description, interval, seats };
        let free_seats = seats - i32::try_from(taken.get(&id).copied().unwrap_or_default()).unwrap_or(seats);
        Ok(Training { id, organization_id, fields, free_seats, status, reason, created_by, created_at })
    };
    rows.into_iter().map(training).collect()
}

/// A training.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: TrainingId) -> Result<Training, StorageError> {
    let rows = trainings::table.find(id).select(COLUMNS).load(conn)?;
    trainings_from(conn, rows)?.pop().ok_or(StorageError::NotFound)
}

/// The trainings of an organization that end after `from`, of one kind or of all, after `after`, by start.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    kind: Option<CertificationKindId>,
    from: Option<UtcTime>,
    after: Option<(UtcTime, TrainingId)>,
    limit: i64,
) -> Result<Vec<Training>, StorageError> {
    let mut query = trainings::table
        .filter(trainings::organization_id.eq(organization))
        .filter(trainings::ends_at.gt(from.unwrap_or(UtcTime::EARLIEST)))
        .into_boxed();
    if let Some(kind) = kind {
        query = query.filter(trainings::certification_kind_id.eq(kind));
    }
    if let Some((starts_at, id)) = after {
        let is_later = trainings::starts_at.gt(starts_at);
        query = query.filter(is_later.or(trainings::starts_at.eq(starts_at).and(trainings::id.gt(id))));
    }
    let rows = query.order((trainings::starts_at, trainings::id)).limit(limit).select(COLUMNS).load(conn)?;
    trainings_from(conn, rows)
}

/// Schedules a training.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, training: &Training) -> Result<(), StorageError> {
    let fields = &training.fields;
    diesel::insert_into(trainings::table)
        .values((
            trainings::id.eq(training.id),
            trainings::organization_id.eq(training.organization_id),
            trainings::site_id.eq(fields.site_id),
            trainings::certification_kind_id.eq(fields.certification_kind_id),
            trainings::name.eq(&fields.name),
            trainings::description.eq(&fields.description),
            trainings::starts_at.eq(fields.interval.starts_at()),
            trainings::ends_at.eq(fields.interval.ends_at()),
            trainings::seats.eq(fields.seats),
            trainings::status.eq(training.status),
            trainings::reason.eq(&training.reason),
            trainings::created_by.eq(training.created_by),
            trainings::created_at.eq(training.created_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes what became of a training.
///
/// # Errors
/// When the database fails.
pub fn update_status(conn: &mut Conn, id: TrainingId, status: TrainingStatus, reason: &str) -> Result<(), StorageError> {
    diesel::update(trainings::table.find(id)).set((trainings::status.eq(status), trainings::reason.eq(reason))).execute(conn)?;
    Ok(())
}

/// Lets nobody else change the training or its seats before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut Conn, id: TrainingId) -> Result<(), StorageError> {
    diesel::update(trainings::table.find(id)).set(trainings::seats.eq(trainings::seats)).execute(conn)?;
    Ok(())
}
