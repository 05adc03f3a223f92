//! What the outside must hear of, written with the fact that it reports.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::connection::{Conn, on_each_backend};
use super::error::StorageError;
use super::schema::{mails, outbox};
use super::types::Json;
use domain::event::Event;
use domain::ids::{Identifier as _, OutboxId};
use domain::mail::MailStatus;
use domain::time::UtcTime;

/// Adds an event.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, id: OutboxId, event: &Event, now: UtcTime) -> Result<(), StorageError> {
    let insertion = diesel::insert_into(outbox::table).values((
        outbox::id.eq(id),
        outbox::event.eq(event.name()),
        outbox::payload.eq(Json(event.clone())),
        outbox::created_at.eq(now),
    ));
    on_each_backend!(conn, |conn| insertion.execute(conn))?;
    Ok(())
}

/// Whether events wait to be told.
///
/// # Errors
/// When the database fails.
pub fn has_pending(conn: &mut Conn) -> Result<bool, StorageError> {
    Ok(diesel::select(exists(outbox::table.filter(outbox::processed_at.is_null()))).get_result(conn)?)
}

/// An event that waits to be told.
#[derive(Debug, Clone, Queryable)]
pub struct Pending {
    /// Its identifier.
    pub id: OutboxId,
    /// The event as JSON.
    pub payload: String,
    /// When it happened.
    pub created_at: UtcTime,
}

/// The oldest events that wait, for this transaction alone: other servers pass over them.
///
/// # Errors
/// When the database fails.
pub fn list_pending(conn: &mut Conn, limit: i64) -> Result<Vec<Pending>, StorageError> {
    let pending = outbox::table.filter(outbox::processed_at.is_null()).order(outbox::id).limit(limit).select((
        outbox::id,
        outbox::payload,
        outbox::created_at,
    ));
    Ok(match conn {
        Conn::Pg(conn) => pending.for_update().skip_locked().load(conn)?,
        Conn::Sqlite(conn) => pending.load(conn)?,
    })
}

/// Keeps something else of an event than what happened.
///
/// # Errors
/// When the database fails.
pub fn update_payload(conn: &mut Conn, id: OutboxId, payload: &Event) -> Result<(), StorageError> {
    diesel::update(outbox::table.find(id)).set(outbox::payload.eq(Json(payload.clone()))).execute(conn)?;
    Ok(())
}

/// Takes events off the list.
///
/// # Errors
/// When the database fails.
pub fn update_processed(conn: &mut Conn, ids: &[OutboxId], now: UtcTime) -> Result<(), StorageError> {
    diesel::update(outbox::table.filter(outbox::id.eq_any(ids))).set(outbox::processed_at.eq(now)).execute(conn)?;
    Ok(())
}

/// Forgets some events that were told before `before`, with their mails, unless one of those is
/// still queued; answers how many they were.
///
/// # Errors
/// When the database fails.
pub fn delete_processed(conn: &mut Conn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let queued = mails::table.filter(mails::outbox_id.eq(outbox::id).and(mails::status.eq(MailStatus::Queued)));
    let old: Vec<OutboxId> = outbox::table
        // What is younger was told later still; the bound spares looking at it.
        .filter(outbox::id.lt(OutboxId::new(before.millis(), [0; 10])))
        .filter(outbox::processed_at.lt(before))
        .filter(not(exists(queued)))
        .limit(limit)
        .select(outbox::id)
        .load(conn)?;
    Ok(diesel::delete(outbox::table.filter(outbox::id.eq_any(old))).execute(conn)?)
}
