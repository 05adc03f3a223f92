//! How many facts and mails wait.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::calendar_imports;
use super::connection::Conn;
use super::error::StorageError;
use super::facts;
use super::organization_events;
use super::schema::{self, deliveries, mails};
use super::webhook_delays;
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
    /// Webhooks with an event that has failed.
    pub failing_webhooks: i64,
    /// Webhooks that the service has disabled.
    pub disabled_webhooks: i64,
    /// When the first event happened that a webhook has not got.
    pub oldest_unsent_at: Option<UtcTime>,
    /// Calendar imports whose last attempt has failed.
    pub failing_imports: i64,
    /// Since when the first of them has failed.
    pub imports_failing_since: Option<UtcTime>,
}

/// Counts the facts and mails that wait.
///
/// # Errors
/// When the database fails.
pub fn get(conn: &mut Conn) -> Result<QueueLengths, StorageError> {
    let (waiting_webhooks, failing_webhooks, disabled_webhooks, last) = webhooks::count_all(conn)?;
    let next_at = |(organization, position)| organization_events::find_next_at(conn, organization, position);
    let new_at = last.map(next_at).transpose()?.flatten();
    let oldest_unsent_at = webhook_delays::find_oldest_at(conn)?.into_iter().chain(new_at).min();
    let (failing_imports, imports_failing_since) = calendar_imports::count_failing(conn)?;
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
            // By their identifiers SQLite would read all deliveries until it finds one.
            .order(schema::facts::created_at)
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
        failing_imports,
        imports_failing_since,
    })
}
