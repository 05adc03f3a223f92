//! Messages to people: the queue that they are sent from.

use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{bookings, mails, resources, sites};
use super::types::Json;
use crate::domain::email::Email;
use crate::domain::ids::{BookingId, MailId, OrganizationId, OutboxId, UserId};
use crate::domain::mail::MailStatus;
use crate::domain::resource::Unit;
use crate::domain::time::UtcTime;

/// A mail that is to be sent now.
#[derive(Debug, Clone, Queryable)]
pub struct Mail {
    /// Its identifier.
    pub id: MailId,
    /// Who gets it.
    pub recipient: Email,
    /// What it says.
    pub context: Json<serde_json::Value>,
    /// How often it was tried, this time included.
    pub attempts: i32,
    /// When what it tells happened.
    pub created_at: UtcTime,
}

/// A mail to be queued.
#[derive(Debug, Clone)]
pub struct NewMail<'a> {
    /// Its identifier.
    pub id: MailId,
    /// The event that it tells.
    pub outbox_id: OutboxId,
    /// Who gets it.
    pub recipient: &'a Email,
    /// Which message it is; nobody gets one twice for the same event.
    pub template: &'a str,
    /// What it says.
    pub context: Json<serde_json::Value>,
}

/// Queues a mail about something that happened at `happened_at`, unless it has been.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, mail: &NewMail<'_>, happened_at: UtcTime) -> Result<(), StorageError> {
    let row = (
        mails::id.eq(mail.id),
        mails::outbox_id.eq(mail.outbox_id),
        mails::recipient.eq(mail.recipient),
        mails::template.eq(mail.template),
        mails::context.eq(&mail.context),
        mails::status.eq(MailStatus::Queued),
        mails::next_attempt_at.eq(happened_at),
        mails::created_at.eq(happened_at),
    );
    let insert = diesel::insert_into(mails::table).values(row);
    match conn {
        Conn::Pg(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        Conn::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(())
}

/// Is to be sent. Written out, for a partial index serves only a query that names its condition.
fn is_queued() -> SqlLiteral<Bool> {
    sql("mails.status = 'queued'")
}

/// Whether the time of a mail has come.
///
/// # Errors
/// When the database fails.
pub fn has_due(conn: &mut Conn, now: UtcTime) -> Result<bool, StorageError> {
    let due = mails::table.filter(is_queued()).filter(mails::next_attempt_at.le(now));
    Ok(diesel::select(exists(due)).get_result(conn)?)
}

/// Takes mails whose time has come, for whoever commits this alone: until `until`, when they are
/// due again if nobody has said what became of them.
///
/// # Errors
/// When the database fails.
pub fn claim_due(conn: &mut Conn, now: UtcTime, until: UtcTime, limit: i64) -> Result<Vec<Mail>, StorageError> {
    let due = mails::table
        .filter(is_queued())
        .filter(mails::next_attempt_at.le(now))
        .order((mails::next_attempt_at, mails::id))
        .limit(limit)
        .select((mails::id, mails::recipient, mails::context, mails::attempts + 1, mails::created_at));
    let due: Vec<Mail> = match conn {
        Conn::Pg(conn) => due.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => due.load(conn)?,
    };
    diesel::update(mails::table.filter(mails::id.eq_any(due.iter().map(|mail| mail.id).collect::<Vec<_>>())))
        .set((mails::next_attempt_at.eq(until), mails::attempts.eq(mails::attempts + 1)))
        .execute(conn)?;
    Ok(due)
}

/// Notes that a mail was sent; `context` is what may be kept of it.
///
/// # Errors
/// When the database fails.
pub fn update_sent(conn: &mut Conn, id: MailId, context: &Json<serde_json::Value>, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(mails::table.find(id))
        .set((
            mails::status.eq(MailStatus::Sent),
            mails::context.eq(context),
            mails::last_error.eq(None::<String>),
            mails::sent_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes why a mail was not sent and when to try again, unless it has been tried again meanwhile.
///
/// # Errors
/// When the database fails.
pub fn update_delayed(conn: &mut Conn, mail: &Mail, error: &str, next_attempt_at: UtcTime) -> Result<(), StorageError> {
    diesel::update(mails::table.find(mail.id).filter(mails::attempts.eq(mail.attempts)))
        .filter(is_queued())
        .set((mails::last_error.eq(error), mails::next_attempt_at.eq(next_attempt_at)))
        .execute(conn)?;
    Ok(())
}

/// Gives a mail up, unless it has been tried again meanwhile; `context` is what may be kept of it.
///
/// # Errors
/// When the database fails.
pub fn update_failed(conn: &mut Conn, mail: &Mail, error: &str, context: &Json<serde_json::Value>) -> Result<(), StorageError> {
    diesel::update(mails::table.find(mail.id).filter(mails::attempts.eq(mail.attempts)))
        .filter(is_queued())
        .set((mails::status.eq(MailStatus::Failed), mails::context.eq(context), mails::last_error.eq(error)))
        .execute(conn)?;
    Ok(())
}

/// What a mail about a booking tells besides what the event says.
#[derive(Debug, Clone, Queryable)]
pub struct BookingDetails {
    /// The organization that booked.
    pub organization_id: OrganizationId,
    /// The organization that owns the resource.
    pub host_organization_id: OrganizationId,
    /// Who booked.
    pub created_by: UserId,
    /// What the booker has written.
    pub note: String,
    /// The name of the resource.
    pub resource: String,
    /// What its capacity is counted in.
    pub unit: Unit,
    /// The name of the site.
    pub site: String,
    /// Its street and number.
    pub line1: String,
    /// More of its address.
    pub line2: String,
    /// Its postal code.
    pub postal_code: String,
    /// Its city.
    pub city: String,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: String,
    /// Its time zone.
    pub timezone: String,
}

/// What a mail about this booking tells.
///
/// # Errors
/// When there is no such booking, or the database fails.
pub fn get_booking_details(conn: &mut Conn, id: BookingId) -> Result<BookingDetails, StorageError> {
    Ok(bookings::table
        .inner_join(resources::table)
        .inner_join(sites::table)
        .filter(bookings::id.eq(id))
        .select((
            bookings::organization_id,
            bookings::host_organization_id,
            bookings::created_by,
            bookings::note,
            resources::name,
            resources::unit,
            sites::name,
            sites::line1,
            sites::line2,
            sites::postal_code,
            sites::city,
            sites::country,
            sites::timezone,
        ))
        .first(conn)?)
}
