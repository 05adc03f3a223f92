//! What the outside must hear of, written with the fact that it reports.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::outbox;
use super::types::Json;
use crate::domain::event::Event;
use crate::domain::ids::OutboxId;
use crate::domain::time::UtcTime;

/// Adds an event.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, id: OutboxId, event: &Event, now: UtcTime) -> Result<(), StorageError> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(id),
            outbox::event.eq(event.name()),
            outbox::payload.eq(Json(event.clone())),
            outbox::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}
