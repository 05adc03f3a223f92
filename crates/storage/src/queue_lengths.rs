//! How many facts and mails wait.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::Conn;
use super::error::StorageError;
use super::facts;
use super::schema::{self, deliveries, mails};
use domain::fact::LATEST_VERSION;
use domain::time::UtcTime;

/// The numbers of facts and mails that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLengths {
    /// Facts that a subscriber has not received yet.
    pub pending_facts: i64,
    /// Those of these facts that this server cannot read. They wait for a newer server.
    pub unreadable_facts: i64,
    /// When the oldest of the pending facts was recorded.
    pub oldest_pending_at: Option<UtcTime>,
    /// Mails to be sent, or tried again.
    pub queued_mails: i64,
    /// Mails that are not tried again.
    pub failed_mails: i64,
}

/// Counts the facts and mails that wait.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn) -> Result<QueueLengths, StorageError> {
    // Written out, the conditions are those of the indexes.
    Ok(QueueLengths {
        pending_facts: deliveries::table.filter(facts::is_pending()).count().get_result(conn)?,
        unreadable_facts: deliveries::table
            .inner_join(schema::facts::table)
            .filter(facts::is_pending())
            .filter(schema::facts::version.gt(LATEST_VERSION).or(deliveries::attempts.gt(0)))
            .count()
            .get_result(conn)?,
        oldest_pending_at: deliveries::table
            .inner_join(schema::facts::table)
            .filter(facts::is_pending())
            .order(deliveries::fact_id)
            .select(schema::facts::created_at)
            .limit(1)
            .get_result(conn)
            .optional()?,
        queued_mails: mails::table.filter(sql::<Bool>("status = 'queued'")).count().get_result(conn)?,
        failed_mails: mails::table.filter(sql::<Bool>("status = 'failed'")).count().get_result(conn)?,
    })
}
