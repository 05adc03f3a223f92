//! What still waits to be told to the outside.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{mails, outbox};

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Events from which no mail has been made yet.
    pub pending_events: i64,
    /// Mails to be sent, or tried again.
    pub queued_mails: i64,
    /// Mails that were given up.
    pub failed_mails: i64,
}

/// How much waits.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn) -> Result<Backlog, StorageError> {
    // Written out, the conditions are those of the indexes.
    Ok(Backlog {
        pending_events: outbox::table.filter(outbox::processed_at.is_null()).count().get_result(conn)?,
        queued_mails: mails::table.filter(sql::<Bool>("status = 'queued'")).count().get_result(conn)?,
        failed_mails: mails::table.filter(sql::<Bool>("status = 'failed'")).count().get_result(conn)?,
    })
}
