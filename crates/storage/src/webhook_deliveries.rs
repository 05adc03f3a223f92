//! Attempts to send events to webhooks.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, EitherConn, WriteConn, padded};
use super::error::StorageError;
use super::paging::by_id;
use super::schema_events::{webhook_deliveries, webhooks};
use domain::ids::{EventId, Identifier as _, WebhookDeliveryId, WebhookId};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;
use domain::webhook::{Attempt, DeliveryCause, WebhookDelivery};

/// A row of `webhook_deliveries`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
struct Row {
    id: WebhookDeliveryId,
    webhook_id: WebhookId,
    event_id: EventId,
    event_type: String,
    cause: DeliveryCause,
    body: String,
    status: Option<i32>,
    response: String,
    error: String,
    millis: Option<i32>,
    next_attempt_at: Option<UtcTime>,
    created_at: UtcTime,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn delivery_from(row: Row) -> WebhookDelivery {
    let Row { status, response, error, .. } = row;
    WebhookDelivery {
        id: row.id,
        webhook_id: row.webhook_id,
        event_id: row.event_id,
        event_type: row.event_type,
        cause: row.cause,
        body: row.body,
        attempt: row.millis.map(|millis| Attempt { status, response, error, millis }),
        created_at: row.created_at,
    }
}

/// A delivery.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: WebhookDeliveryId) -> Result<WebhookDelivery, StorageError> {
    Ok(delivery_from(webhook_deliveries::table.find(id).select(columns()).get_result(conn)?))
}

/// The deliveries of a webhook.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, webhook: WebhookId, rows: Rows<CreationOrder, &str>) -> Result<Vec<WebhookDelivery>, StorageError> {
    let query = webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(webhook)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_id!(query, webhook_deliveries::id, rows).load(conn)?;
    Ok(rows.into_iter().map(delivery_from).collect())
}

/// Counts the deliveries of a webhook that wait.
///
/// # Errors
/// When the database fails.
pub fn count_pending(conn: &mut Conn, webhook: WebhookId) -> Result<i64, StorageError> {
    let of = webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(webhook));
    Ok(of.filter(webhook_deliveries::next_attempt_at.is_not_null()).count().get_result(conn)?)
}

/// Adds a delivery. One without an attempt waits.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, delivery: &WebhookDelivery) -> Result<(), StorageError> {
    let attempt = delivery.attempt.clone();
    let row = Row {
        id: delivery.id,
        webhook_id: delivery.webhook_id,
        event_id: delivery.event_id,
        event_type: delivery.event_type.clone(),
        cause: delivery.cause,
        body: delivery.body.clone(),
        status: attempt.as_ref().and_then(|attempt| attempt.status),
        millis: attempt.as_ref().map(|attempt| attempt.millis),
        next_attempt_at: attempt.is_none().then_some(delivery.created_at),
        error: attempt.as_ref().map(|attempt| attempt.error.clone()).unwrap_or_default(),
        response: attempt.map(|attempt| attempt.response).unwrap_or_default(),
        created_at: delivery.created_at,
    };
    diesel::insert_into(webhook_deliveries::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// A delivery that somebody has asked for, and that a server has claimed to send.
#[derive(Debug, Clone, Queryable)]
pub struct Asked {
    /// Its identifier.
    pub id: WebhookDeliveryId,
    /// The event.
    pub event_id: EventId,
    /// The body.
    pub body: String,
    /// The address.
    pub url: String,
    /// The encrypted secret.
    pub secret: String,
    /// The encrypted secret before.
    pub previous_secret: Option<String>,
    /// The instant until which the secret before signs, too.
    pub previous_secret_until: Option<UtcTime>,
}

/// Whether deliveries wait that somebody has asked for.
///
/// # Errors
/// When the database fails.
pub fn has_pending(conn: &mut Conn, now: UtcTime) -> Result<bool, StorageError> {
    let pending = webhook_deliveries::table.filter(webhook_deliveries::next_attempt_at.le(now));
    Ok(diesel::select(exists(pending)).get_result(conn)?)
}

/// Claims deliveries that somebody has asked for, until `until`.
///
/// # Errors
/// When the database fails.
pub fn claim_pending(conn: &mut WriteConn, now: UtcTime, until: UtcTime, limit: i64) -> Result<Vec<Asked>, StorageError> {
    let pending = webhook_deliveries::table
        .inner_join(webhooks::table)
        .filter(webhook_deliveries::next_attempt_at.le(now))
        // By another column SQLite would read all deliveries in its order.
        .order(webhook_deliveries::next_attempt_at)
        .limit(limit)
        .select((
            webhook_deliveries::id,
            webhook_deliveries::event_id,
            webhook_deliveries::body,
            webhooks::url,
            webhooks::secret,
            webhooks::previous_secret,
            webhooks::previous_secret_until,
        ));
    let pending: Vec<Asked> = match conn.raw().either() {
        EitherConn::Pg(conn) => pending.for_update().skip_locked().load(conn)?,
        EitherConn::Sqlite(conn) => pending.load(conn)?,
    };
    if pending.is_empty() {
        return Ok(pending);
    }
    let ids = padded(pending.iter().map(|one| one.id));
    let claimed = diesel::update(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids)));
    claimed.set(webhook_deliveries::next_attempt_at.eq(until)).execute(conn.raw())?;
    Ok(pending)
}

/// Writes the outcome of a delivery that somebody has asked for.
///
/// # Errors
/// When the database fails.
pub fn update_done(conn: &mut WriteConn, id: WebhookDeliveryId, attempt: &Attempt) -> Result<(), StorageError> {
    let none: Option<UtcTime> = None;
    let change = (
        webhook_deliveries::status.eq(attempt.status),
        webhook_deliveries::response.eq(&attempt.response),
        webhook_deliveries::error.eq(&attempt.error),
        webhook_deliveries::millis.eq(attempt.millis),
        webhook_deliveries::next_attempt_at.eq(none),
    );
    diesel::update(webhook_deliveries::table.find(id)).set(change).execute(conn.raw())?;
    Ok(())
}

/// Deletes at most `limit` deliveries from before an instant. Returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_before(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = webhook_deliveries::id.lt(WebhookDeliveryId::new(before.millis(), [0; 10]));
    let ids: Vec<WebhookDeliveryId> =
        webhook_deliveries::table.filter(old).select(webhook_deliveries::id).limit(limit).load(conn.raw())?;
    Ok(diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::id.eq_any(ids))).execute(conn.raw())?)
}
