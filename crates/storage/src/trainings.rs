//! Events that people are trained at.

use std::collections::HashMap;

use diesel::dsl::{count_star, exists, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_instant;
use super::schema::{certification_kinds, organizations, resources, sites, training_seats, trainings};
use super::search::is_within;
use super::visibility::is_visible_to_all;
use domain::geo::{BoundingBox, Position};
use domain::ids::{CertificationKindId, OrganizationId, SiteId, TrainingId, UserId};
use domain::interval::Interval;
use domain::money::{Currency, Money};
use domain::order::{Rows, StartOrder};
use domain::time::UtcTime;
use domain::training::{SeatStatus, TrainingFields, TrainingStatus};
use domain::words;

/// A training.
#[derive(Debug, Clone)]
pub struct Training {
    /// Its identifier.
    pub id: TrainingId,
    /// The organization that trains.
    pub organization_id: OrganizationId,
    /// Its fields.
    pub fields: TrainingFields,
    /// How many seats nobody has.
    pub free_seats: i32,
    /// Where it is in its life.
    pub status: TrainingStatus,
    /// Why it was cancelled; may be empty.
    pub reason: String,
    /// The user that scheduled it.
    pub created_by: UserId,
    /// RFC 5545 `SEQUENCE` of the calendar entries of those who have a seat.
    pub calendar_sequence: i32,
    /// Bumped by each change, be it of a seat.
    pub revision: i64,
    /// When it was scheduled.
    pub created_at: UtcTime,
}

type FieldColumns = (
    trainings::site_id,
    trainings::certification_kind_id,
    trainings::name,
    trainings::description,
    trainings::trainer,
    (trainings::price_amount, trainings::price_currency),
    (trainings::starts_at, trainings::ends_at),
    trainings::seats,
);
type Columns = (
    (trainings::id, trainings::organization_id),
    FieldColumns,
    (trainings::status, trainings::reason),
    (trainings::calendar_sequence, trainings::revision),
    (trainings::created_by, trainings::created_at),
);
const COLUMNS: Columns = (
    (trainings::id, trainings::organization_id),
    (
        trainings::site_id,
        trainings::certification_kind_id,
        trainings::name,
        trainings::description,
        trainings::trainer,
        (trainings::price_amount, trainings::price_currency),
        (trainings::starts_at, trainings::ends_at),
        trainings::seats,
    ),
    (trainings::status, trainings::reason),
    (trainings::calendar_sequence, trainings::revision),
    (trainings::created_by, trainings::created_at),
);

/// The columns of what may cost nothing.
pub(super) type PriceRow = (Option<i64>, Option<Currency>);
type FieldRow = (SiteId, CertificationKindId, String, String, String, PriceRow, (UtcTime, UtcTime), i32);
type TrainingRow = ((TrainingId, OrganizationId), FieldRow, (TrainingStatus, String), (i32, i64), (UserId, UtcTime));

/// The price that these columns hold, if any.
pub(super) fn price_from((amount, currency): PriceRow) -> Option<Money> {
    amount.zip(currency).map(|(amount, currency)| Money { amount, currency })
}

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
        let ((id, organization_id), fields, (status, reason), (calendar_sequence, revision), (created_by, created_at)) = row;
        let (site_id, certification_kind_id, name, description, trainer, price, (starts_at, ends_at), seats) = fields;
        let interval = Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?;
        let price = price_from(price);
        let fields = TrainingFields { certification_kind_id, site_id, name, description, trainer, price, interval, seats };
        let free_seats = seats - i32::try_from(taken.get(&id).copied().unwrap_or_default()).unwrap_or(seats);
        Ok(Training {
            id,
            organization_id,
            fields,
            free_seats,
            status,
            reason,
            created_by,
            calendar_sequence,
            revision,
            created_at,
        })
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

/// The filter for the trainings of an organization. Fields that are left out do not restrict it.
#[derive(Debug, Clone, Default)]
pub struct HostFilter {
    /// In which kind of certification.
    pub kind: Option<CertificationKindId>,
    /// Only in one of these states; in every state if there are none.
    pub statuses: Vec<TrainingStatus>,
    /// Those that end after this instant
    pub from: Option<UtcTime>,
    /// and start before this one.
    pub to: Option<UtcTime>,
}

/// The trainings of an organization.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    filter: &HostFilter,
    rows: Rows<StartOrder, (UtcTime, TrainingId)>,
) -> Result<Vec<Training>, StorageError> {
    let mut query = trainings::table
        .filter(trainings::organization_id.eq(organization))
        .filter(trainings::ends_at.gt(filter.from.unwrap_or(UtcTime::EARLIEST)))
        .filter(trainings::starts_at.lt(filter.to.unwrap_or(UtcTime::LATEST)))
        .select(COLUMNS)
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(trainings::certification_kind_id.eq(kind));
    }
    if !filter.statuses.is_empty() {
        query = query.filter(trainings::status.eq_any(&filter.statuses));
    }
    let rows = by_instant!(query, (trainings::starts_at, trainings::id), rows).load(conn)?;
    trainings_from(conn, rows)
}

/// How many trainings of an organization are planned and have not ended.
///
/// # Errors
/// When the database fails.
pub fn count_planned(conn: &mut Conn, organization: OrganizationId, now: UtcTime) -> Result<i64, StorageError> {
    let planned = trainings::table.filter(trainings::organization_id.eq(organization).and(trainings::ends_at.gt(now)));
    Ok(planned.filter(trainings::status.eq(TrainingStatus::Scheduled)).count().get_result(conn)?)
}

/// The trainings in a kind that are still to be held, of all hosts, by start.
///
/// # Errors
/// When the database fails.
pub fn list_scheduled(conn: &mut Conn, kind: CertificationKindId) -> Result<Vec<Training>, StorageError> {
    let rows = trainings::table
        // Written out, it is the condition of the index.
        .filter(sql::<Bool>("trainings.status = 'scheduled'"))
        .filter(trainings::certification_kind_id.eq(kind))
        .order((trainings::starts_at, trainings::id))
        .select(COLUMNS)
        .load(conn)?;
    trainings_from(conn, rows)
}

/// The filter for upcoming trainings of all hosts. Fields that are left out do not restrict it.
#[derive(Debug, Clone)]
pub struct Filter {
    /// In which kind of certification.
    pub kind: Option<CertificationKindId>,
    /// The organization that trains.
    pub organization: Option<OrganizationId>,
    /// In which city, in whatever case and with or without accents.
    pub city: Option<String>,
    /// Within which box.
    pub area: Option<BoundingBox>,
    /// Those that start after this instant
    pub from: UtcTime,
    /// and before this one.
    pub to: Option<UtcTime>,
}

/// A training to come, with what is to be known of who trains and where.
#[derive(Debug, Clone)]
pub struct Upcoming {
    /// The training.
    pub training: Training,
    /// The name of who trains.
    pub organization_name: String,
    /// The name of the kind of certification.
    pub certification_kind_name: String,
    /// In which city it takes place,
    pub city: String,
    /// and where, as far as everybody may know.
    pub position: Position,
}

/// The trainings to come that everybody sees and that fit the filter, after `after`, by start.
///
/// # Errors
/// When the database fails.
pub fn list_upcoming(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<(UtcTime, TrainingId)>,
    limit: i64,
) -> Result<Vec<Upcoming>, StorageError> {
    let shown = resources::table.filter(resources::organization_id.eq(trainings::organization_id)).filter(is_visible_to_all());
    let mut query = trainings::table
        .inner_join(sites::table)
        .inner_join(organizations::table.on(organizations::id.eq(trainings::organization_id)))
        .inner_join(certification_kinds::table.on(certification_kinds::id.eq(trainings::certification_kind_id)))
        // Written out, it is the condition of the index.
        .filter(sql::<Bool>("trainings.status = 'scheduled'"))
        .filter(trainings::starts_at.gt(filter.from))
        .filter(exists(shown))
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(trainings::certification_kind_id.eq(kind));
    }
    if let Some(organization) = filter.organization {
        query = query.filter(trainings::organization_id.eq(organization));
    }
    if let Some(city) = &filter.city {
        query = query.filter(sites::folded_city.eq(words::fold([city.as_str()])));
    }
    if let Some(area) = &filter.area {
        query = query.filter(is_within(area));
    }
    if let Some(to) = filter.to {
        query = query.filter(trainings::starts_at.lt(to));
    }
    if let Some((starts_at, id)) = after {
        let is_later = trainings::starts_at.gt(starts_at);
        query = query.filter(is_later.or(trainings::starts_at.eq(starts_at).and(trainings::id.gt(id))));
    }
    let about = (organizations::name, certification_kinds::name, sites::city, (sites::latitude, sites::longitude));
    let ordered = query.order((trainings::starts_at, trainings::id)).limit(limit);
    let rows: Vec<(TrainingRow, AboutRow)> = ordered.select((COLUMNS, about)).load(conn)?;
    let (rows, about): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let upcoming = |(training, about): (Training, AboutRow)| {
        let (organization_name, certification_kind_name, city, (latitude, longitude)) = about;
        let position = Position::new(latitude, longitude).map_err(StorageError::corrupt)?;
        Ok(Upcoming { training, organization_name, certification_kind_name, city, position })
    };
    trainings_from(conn, rows)?.into_iter().zip(about).map(upcoming).collect()
}

type AboutRow = (String, String, String, (f64, f64));

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = trainings, treat_none_as_null = true)]
struct Row<'a> {
    site_id: SiteId,
    certification_kind_id: CertificationKindId,
    name: &'a str,
    description: &'a str,
    trainer: &'a str,
    price_amount: Option<i64>,
    price_currency: Option<Currency>,
    starts_at: UtcTime,
    ends_at: UtcTime,
    seats: i32,
}

impl<'a> Row<'a> {
    fn new(fields: &'a TrainingFields) -> Self {
        Self {
            site_id: fields.site_id,
            certification_kind_id: fields.certification_kind_id,
            name: &fields.name,
            description: &fields.description,
            trainer: &fields.trainer,
            price_amount: fields.price.map(|price| price.amount),
            price_currency: fields.price.map(|price| price.currency),
            starts_at: fields.interval.starts_at(),
            ends_at: fields.interval.ends_at(),
            seats: fields.seats,
        }
    }
}

/// Schedules a training.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, training: &Training) -> Result<(), StorageError> {
    diesel::insert_into(trainings::table)
        .values((
            trainings::id.eq(training.id),
            trainings::organization_id.eq(training.organization_id),
            Row::new(&training.fields),
            trainings::status.eq(training.status),
            trainings::reason.eq(&training.reason),
            trainings::created_by.eq(training.created_by),
            trainings::created_at.eq(training.created_at),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Writes what a training is from now on.
///
/// # Errors
/// [`StorageError::TrainingFull`] when fewer seats are left than are taken, or the database fails.
pub fn update(conn: &mut WriteConn, id: TrainingId, fields: &TrainingFields, calendar_sequence: i32) -> Result<(), StorageError> {
    let edited = (Row::new(fields), trainings::calendar_sequence.eq(calendar_sequence));
    diesel::update(trainings::table.find(id))
        .set((edited, trainings::revision.eq(trainings::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

/// Writes what became of a training.
///
/// # Errors
/// When the database fails.
pub fn update_status(conn: &mut WriteConn, id: TrainingId, status: TrainingStatus, reason: &str) -> Result<(), StorageError> {
    let ended = (trainings::status.eq(status), trainings::reason.eq(reason));
    diesel::update(trainings::table.find(id))
        .set((ended, trainings::revision.eq(trainings::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

/// Notes that trainings have another number of free seats.
///
/// # Errors
/// When the database fails.
pub(super) fn update_revision(conn: &mut WriteConn, ids: &[TrainingId]) -> Result<(), StorageError> {
    diesel::update(trainings::table.filter(trainings::id.eq_any(ids)))
        .set(trainings::revision.eq(trainings::revision + 1_i64))
        .execute(conn.raw())?;
    Ok(())
}

/// Lets nobody else change the training or its seats before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: TrainingId) -> Result<(), StorageError> {
    diesel::update(trainings::table.find(id)).set(trainings::seats.eq(trainings::seats)).execute(conn.raw())?;
    Ok(())
}
