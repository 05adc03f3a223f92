//! Seats in trainings.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::mails::Place;
use super::paging::by_id;
use super::schema::{certification_kinds, organizations, sites, training_seats, trainings, users};
use super::trainings::{PriceRow, price_from, update_revision};
use super::types::Json;
use domain::email::Email;
use domain::ids::{InvoiceId, OrganizationId, TrainingId, TrainingSeatId, UserId};
use domain::money::Money;
use domain::order::{CreationOrder, Rows};
use domain::prepaid::PrepaidUse;
use domain::pricing::TaxedPrice;
use domain::time::UtcTime;
use domain::training::{SeatCharge, SeatStatus, TrainingStatus};

/// A seat in a training.
#[derive(Debug, Clone)]
pub struct TrainingSeat {
    /// Its identifier.
    pub id: TrainingSeatId,
    /// Of which training.
    pub training_id: TrainingId,
    /// The holder.
    pub user_id: UserId,
    /// The holder's name.
    pub user_name: String,
    /// The holder's address.
    pub user_email: Email,
    /// Its state.
    pub status: SeatStatus,
    /// The price at which it was taken, if it has one.
    pub price: Option<Money>,
    /// When it was taken.
    pub created_at: UtcTime,
    /// The organization that pays for it, with the invoice; none if the service charges nobody.
    pub charge: Option<SeatCharge>,
}

type Columns = (
    training_seats::id,
    training_seats::training_id,
    training_seats::user_id,
    users::name,
    users::email,
    training_seats::status,
    (training_seats::price_amount, training_seats::price_currency),
    training_seats::created_at,
    ChargeColumns,
);
const COLUMNS: Columns = (
    training_seats::id,
    training_seats::training_id,
    training_seats::user_id,
    users::name,
    users::email,
    training_seats::status,
    (training_seats::price_amount, training_seats::price_currency),
    training_seats::created_at,
    CHARGE_COLUMNS,
);

type ChargeColumns = (
    training_seats::customer_id,
    training_seats::invoice_id,
    training_seats::credit_note_id,
    training_seats::charge,
    training_seats::prepaid,
);
const CHARGE_COLUMNS: ChargeColumns = (
    training_seats::customer_id,
    training_seats::invoice_id,
    training_seats::credit_note_id,
    training_seats::charge,
    training_seats::prepaid,
);

type SeatRow = (TrainingSeatId, TrainingId, UserId, String, Email, SeatStatus, PriceRow, UtcTime, ChargeRow);
type ChargeRow =
    (Option<OrganizationId>, Option<InvoiceId>, Option<InvoiceId>, Option<Json<TaxedPrice>>, Option<Json<Vec<PrepaidUse>>>);

fn charge_from((customer_id, invoice_id, credit_note_id, price, prepaid): ChargeRow) -> Option<SeatCharge> {
    let Json(price) = price?;
    let prepaid = prepaid.map(|Json(prepaid)| prepaid).unwrap_or_default();
    Some(SeatCharge { customer_id: customer_id?, invoice_id: invoice_id?, credit_note_id, price, prepaid })
}

fn seat_from((id, training_id, user_id, user_name, user_email, status, price, created_at, charge): SeatRow) -> TrainingSeat {
    let charge = charge_from(charge);
    TrainingSeat { id, training_id, user_id, user_name, user_email, status, price: price_from(price), created_at, charge }
}

/// A seat of the training.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, training: TrainingId, id: TrainingSeatId) -> Result<TrainingSeat, StorageError> {
    let seat = training_seats::table
        .inner_join(users::table)
        .filter(training_seats::id.eq(id).and(training_seats::training_id.eq(training)))
        .select(COLUMNS);
    Ok(seat_from(seat.get_result(conn)?))
}

/// The seats of the training, of one user or of all, in one of these states; in every state if there are none.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    training: TrainingId,
    user: Option<UserId>,
    statuses: &[SeatStatus],
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<TrainingSeat>, StorageError> {
    let mut query = training_seats::table
        .inner_join(users::table)
        .filter(training_seats::training_id.eq(training))
        .select(COLUMNS)
        .into_boxed();
    if let Some(user) = user {
        query = query.filter(training_seats::user_id.eq(user));
    }
    if !statuses.is_empty() {
        query = query.filter(training_seats::status.eq_any(statuses));
    }
    let rows: Vec<SeatRow> = by_id!(query, training_seats::id, rows).load(conn)?;
    Ok(rows.into_iter().map(seat_from).collect())
}

/// The seats of the training that somebody has, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_booked(conn: &mut Conn, training: TrainingId) -> Result<Vec<TrainingSeat>, StorageError> {
    let rows: Vec<SeatRow> = training_seats::table
        .inner_join(users::table)
        .filter(training_seats::training_id.eq(training).and(training_seats::status.eq(SeatStatus::Booked)))
        .order(training_seats::id)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(seat_from).collect())
}

/// Gives a user a seat for a price.
///
/// # Errors
/// [`StorageError::TrainingFull`], [`StorageError::NotUnique`] when the user has one, or the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: TrainingSeatId,
    training: TrainingId,
    user: UserId,
    price: Option<Money>,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(training_seats::table)
        .values((
            training_seats::id.eq(id),
            training_seats::training_id.eq(training),
            training_seats::user_id.eq(user),
            training_seats::status.eq(SeatStatus::Booked),
            training_seats::price_amount.eq(price.map(|price| price.amount)),
            training_seats::price_currency.eq(price.map(|price| price.currency)),
            training_seats::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    update_revision(conn, &[training])
}

/// Writes that an organization pays for a seat.
///
/// # Errors
/// When the database fails.
pub fn update_charge(conn: &mut WriteConn, id: TrainingSeatId, charge: &SeatCharge) -> Result<(), StorageError> {
    diesel::update(training_seats::table.find(id))
        .set((
            training_seats::customer_id.eq(charge.customer_id),
            training_seats::invoice_id.eq(charge.invoice_id),
            training_seats::credit_note_id.eq(charge.credit_note_id),
            training_seats::charge.eq(Json(charge.price.clone())),
            training_seats::prepaid.eq(Some(charge.prepaid.clone()).filter(|uses| !uses.is_empty()).map(Json)),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// The seats after `after` for which an organization pays, at most `limit`, for the check of the ledger.
///
/// # Errors
/// When the database fails.
pub fn list_charged(
    conn: &mut Conn,
    after: Option<TrainingSeatId>,
    limit: i64,
) -> Result<Vec<(TrainingSeatId, SeatCharge)>, StorageError> {
    let after = after.as_ref().map_or("", |after| after.as_str()).to_owned();
    let rows: Vec<(TrainingSeatId, ChargeRow)> = training_seats::table
        .filter(training_seats::invoice_id.is_not_null().and(training_seats::id.gt(after)))
        .order(training_seats::id)
        .limit(limit)
        .select((training_seats::id, CHARGE_COLUMNS))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, row)| Some((id, charge_from(row)?))).collect())
}

/// Writes what became of a seat.
///
/// # Errors
/// When the database fails.
pub fn update_status(conn: &mut WriteConn, seat: &TrainingSeat, status: SeatStatus) -> Result<(), StorageError> {
    diesel::update(training_seats::table.find(seat.id)).set(training_seats::status.eq(status)).execute(conn.raw())?;
    update_revision(conn, &[seat.training_id])
}

/// The seats that a user has, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_booked_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<TrainingSeat>, StorageError> {
    let booked = training_seats::user_id.eq(user).and(training_seats::status.eq(SeatStatus::Booked));
    let seats = training_seats::table.inner_join(users::table).filter(booked).order(training_seats::id);
    let rows: Vec<SeatRow> = seats.select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(seat_from).collect())
}

/// The seats that a user has or had after `after`, by identifier, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_page_of_user(
    conn: &mut Conn,
    user: UserId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<TrainingSeat>, StorageError> {
    let is_later = training_seats::id.gt(after.unwrap_or_default().to_owned());
    let seats = training_seats::table.inner_join(users::table).filter(training_seats::user_id.eq(user).and(is_later));
    let rows: Vec<SeatRow> = seats.order(training_seats::id).limit(limit).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(seat_from).collect())
}

/// The seats that a user has or had.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<TrainingSeat>, StorageError> {
    let seats = training_seats::table.inner_join(users::table).filter(training_seats::user_id.eq(user));
    let rows: Vec<SeatRow> = seats.order(training_seats::id).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().map(seat_from).collect())
}

/// A seat in a calendar.
#[derive(Debug, Clone, Queryable)]
pub struct ScheduledSeat {
    /// The seat.
    pub id: TrainingSeatId,
    /// When it was taken.
    pub created_at: UtcTime,
    /// The name of the training.
    pub training: String,
    /// RFC 5545 `SEQUENCE` of the calendar entry.
    pub calendar_sequence: i32,
    /// When the training starts
    pub starts_at: UtcTime,
    /// and ends.
    pub ends_at: UtcTime,
    /// The name of the organization that trains.
    pub organization: String,
    /// The name of the site.
    pub site: String,
}

/// The seats of a user in trainings that take place and end after `from`, at most `limit`, those that start first.
///
/// # Errors
/// When the database fails.
pub fn list_scheduled(conn: &mut Conn, user: UserId, from: UtcTime, limit: i64) -> Result<Vec<ScheduledSeat>, StorageError> {
    let is_booked = training_seats::user_id.eq(user).and(training_seats::status.eq(SeatStatus::Booked));
    Ok(training_seats::table
        .inner_join(trainings::table)
        .inner_join(organizations::table.on(organizations::id.eq(trainings::organization_id)))
        .inner_join(sites::table.on(sites::id.eq(trainings::site_id)))
        .filter(is_booked.and(trainings::status.ne(TrainingStatus::Cancelled)).and(trainings::ends_at.gt(from)))
        .order((trainings::starts_at, training_seats::id))
        .limit(limit)
        .select((
            training_seats::id,
            training_seats::created_at,
            trainings::name,
            trainings::calendar_sequence,
            trainings::starts_at,
            trainings::ends_at,
            organizations::name,
            sites::name,
        ))
        .load(conn)?)
}

/// The facts for a mail about a seat.
#[derive(Debug, Clone, Queryable)]
pub struct SeatDetails {
    /// The address of the holder,
    pub email: Email,
    /// and name.
    pub name: String,
    /// Of which training.
    pub training_id: TrainingId,
    /// The name of the training,
    pub training: String,
    /// what to know before,
    pub description: String,
    /// and who teaches.
    pub trainer: String,
    price: PriceRow,
    /// RFC 5545 `SEQUENCE` of the calendar entry.
    pub calendar_sequence: i32,
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

impl SeatDetails {
    /// The price of the seat, if it has one.
    pub fn price(&self) -> Option<Money> {
        price_from(self.price)
    }
}

/// The facts for a mail about this seat.
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
            trainings::description,
            trainings::trainer,
            (training_seats::price_amount, training_seats::price_currency),
            trainings::calendar_sequence,
            trainings::starts_at,
            trainings::ends_at,
            trainings::reason,
            certification_kinds::name,
            organizations::name,
            super::mails::PLACE,
        ))
        .get_result(conn)?)
}
