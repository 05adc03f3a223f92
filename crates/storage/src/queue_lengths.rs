//! How many facts and mails wait.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::Conn;
use super::error::StorageError;
use super::facts;
use super::organization_events;
use super::schema::{self, deliveries, mails};
use super::webhooks;
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
    /// Webhooks to which events are to be sent.
    pub waiting_webhooks: i64,
    /// Webhooks whose next event has failed.
    pub failing_webhooks: i64,
    /// Webhooks that the service has disabled.
    pub disabled_webhooks: i64,
    /// When the event happened for which a webhook waits that has come least far.
    pub oldest_unsent_at: Option<UtcTime>,
}

/// Counts the facts and mails that wait.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn) -> Result<QueueLengths, StorageError> {
    let (waiting_webhooks, failing_webhooks, disabled_webhooks, last) = webhooks::count_all(conn)?;
    let next_at = |(organization, position)| organization_events::find_next_at(conn, organization, position);
    let oldest_unsent_at = last.map(next_at).transpose()?.flatten();
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
        waiting_webhooks,
        failing_webhooks,
        disabled_webhooks,
        oldest_unsent_at,
    })
}
