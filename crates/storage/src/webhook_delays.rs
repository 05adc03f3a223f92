//! Events that a webhook has not got, although it has got later ones: each has failed, or waits behind another one of the same object.

use diesel::dsl::{exists, max, not};
use diesel::prelude::*;

use super::connection::{CachedStatement, Conn, EitherConn, WriteConn, padded};
use super::error::StorageError;
use super::schema::facts;
use super::schema_events::{organization_events, webhook_delays, webhooks};
use domain::ids::{EventId, WebhookId};
use domain::time::UtcTime;

/// A delayed event.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = webhook_delays, treat_none_as_default_value = false)]
pub struct Delay {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The event.
    pub event_id: EventId,
    /// The identifier of the object that the event is about.
    pub object: String,
    /// The number of failed attempts; 0 if it waits behind another event of the object.
    pub failures: i32,
    /// When the first of them failed.
    pub failing_since: Option<UtcTime>,
    /// When it is tried again, if no event of the object is before it.
    pub next_attempt_at: UtcTime,
}

/// The first delayed event of each object of a webhook, the one that is to be tried first at the beginning; with `at`, only those that are
/// to be tried at this instant.
///
/// # Errors
/// When the database fails.
pub fn list_first(conn: &mut Conn, webhook: WebhookId, at: Option<UtcTime>, limit: i64) -> Result<Vec<Delay>, StorageError> {
    let earlier = diesel::alias!(webhook_delays as earlier);
    let of_object = earlier
        .field(webhook_delays::webhook_id)
        .eq(webhook_delays::webhook_id)
        .and(earlier.field(webhook_delays::object).eq(webhook_delays::object));
    let is_before = of_object.and(earlier.field(webhook_delays::event_id).lt(webhook_delays::event_id));
    let mut first = webhook_delays::table
        .filter(webhook_delays::webhook_id.eq(webhook))
        .filter(not(exists(earlier.filter(is_before))))
        .order((webhook_delays::next_attempt_at, webhook_delays::event_id))
        .limit(limit)
        .into_boxed();
    if let Some(at) = at {
        first = first.filter(webhook_delays::next_attempt_at.le(at));
    }
    Ok(first.load(conn)?)
}

/// Those of some objects of which a webhook has delayed events.
///
/// # Errors
/// When the database fails.
pub fn list_objects(conn: &mut Conn, webhook: WebhookId, objects: &[String]) -> Result<Vec<String>, StorageError> {
    let of = webhook_delays::table.filter(webhook_delays::webhook_id.eq(webhook));
    let these = webhook_delays::object.eq_any(padded(objects.iter().cloned()));
    Ok(CachedStatement(of.filter(these).select(webhook_delays::object).distinct()).load(conn)?)
}

/// Adds delayed events.
///
/// # Errors
/// When one is delayed already, or the database fails.
pub fn insert(conn: &mut WriteConn, delays: &[Delay]) -> Result<(), StorageError> {
    if delays.is_empty() {
        return Ok(());
    }
    let insertion = diesel::insert_into(webhook_delays::table).values(delays);
    match conn.raw().either() {
        EitherConn::Pg(conn) => insertion.execute(conn)?,
        EitherConn::Sqlite(conn) => insertion.execute(conn)?,
    };
    Ok(())
}

/// Deletes delayed events of a webhook, because it has got them or they need not be sent.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, webhook: WebhookId, events: &[EventId]) -> Result<(), StorageError> {
    let of = webhook_delays::table.filter(webhook_delays::webhook_id.eq(webhook));
    diesel::delete(of.filter(webhook_delays::event_id.eq_any(events))).execute(conn.raw())?;
    Ok(())
}

/// Tries the delayed events of a webhook as if none had failed before.
///
/// # Errors
/// When the database fails.
pub fn update_reset(conn: &mut WriteConn, webhook: WebhookId, now: UtcTime) -> Result<(), StorageError> {
    let none: Option<UtcTime> = None;
    let change =
        (webhook_delays::failures.eq(0), webhook_delays::failing_since.eq(none), webhook_delays::next_attempt_at.eq(now));
    diesel::update(webhook_delays::table.filter(webhook_delays::webhook_id.eq(webhook))).set(change).execute(conn.raw())?;
    Ok(())
}

/// Tries the events of a webhook that have failed at once, with short pauses at first: the receiver was down, and no longer is.
///
/// # Errors
/// When the database fails.
pub fn update_recovered(conn: &mut WriteConn, webhook: WebhookId, now: UtcTime) -> Result<(), StorageError> {
    let failed = webhook_delays::webhook_id.eq(webhook).and(webhook_delays::failures.gt(0));
    let change = (webhook_delays::failures.eq(1), webhook_delays::next_attempt_at.eq(now));
    diesel::update(webhook_delays::table.filter(failed)).set(change).execute(conn.raw())?;
    Ok(())
}

/// The state of all delayed events of a webhook together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// The number of failed attempts of the event that has failed most often.
    pub failures: i32,
    /// When the first attempt failed of an event that still waits.
    pub failing_since: Option<UtcTime>,
    /// When the first event is tried again; none if none is delayed.
    pub retry_at: Option<UtcTime>,
}

/// Returns the state of all delayed events of a webhook together.
///
/// # Errors
/// When the database fails.
pub fn summarize(conn: &mut Conn, webhook: WebhookId) -> Result<Summary, StorageError> {
    let of = webhook_delays::table.filter(webhook_delays::webhook_id.eq(webhook));
    let failures: Option<i32> = of.select(max(webhook_delays::failures)).get_result(conn)?;
    let failed = of.filter(webhook_delays::failing_since.is_not_null()).order(webhook_delays::failing_since);
    let failing_since = failed.select(webhook_delays::failing_since.assume_not_null()).limit(1).get_result(conn).optional()?;
    let first = list_first(conn, webhook, None, 1)?;
    Ok(Summary { failures: failures.unwrap_or(0), failing_since, retry_at: first.first().map(|delay| delay.next_attempt_at) })
}

/// When the first event happened for which an enabled webhook waits, although it has got later ones.
///
/// # Errors
/// When the database fails.
pub fn find_oldest_at(conn: &mut Conn) -> Result<Option<UtcTime>, StorageError> {
    let events =
        webhook_delays::table.inner_join(webhooks::table).inner_join(organization_events::table.inner_join(facts::table));
    let oldest = events.filter(webhooks::is_enabled).order(webhook_delays::event_id).select(facts::created_at);
    Ok(oldest.limit(1).get_result(conn).optional()?)
}
