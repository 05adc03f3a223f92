//! Webhooks of organizations, and how far each has come with the events.

use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

use super::connection::{CachedStatement, Conn, EitherConn, SameText, WriteConn, padded};
use super::error::StorageError;
use super::organization_events;
use super::paging::by_id;
use super::schema_events::webhooks;
use super::types::Json;
use super::webhook_delays::{self, Summary};
use domain::ids::{EventId, Identifier as _, OrganizationId, UserId, WebhookId};
use domain::order::{CreationOrder, Rows};
use domain::organization_event::EventType;
use domain::time::UtcTime;
use domain::webhook::{Webhook, WebhookFields};

/// A row of `webhooks`, without secrets and position.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhooks, treat_none_as_default_value = false)]
struct Row {
    id: WebhookId,
    organization_id: OrganizationId,
    url: String,
    event_types: Json<Vec<EventType>>,
    is_enabled: bool,
    previous_secret_until: Option<UtcTime>,
    failures: i32,
    failing_since: Option<UtcTime>,
    disabled_at: Option<UtcTime>,
    created_by: UserId,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn webhook_from(row: Row) -> Webhook {
    Webhook {
        id: row.id,
        organization_id: row.organization_id,
        fields: WebhookFields { url: row.url, event_types: row.event_types.0, is_enabled: row.is_enabled },
        previous_secret_until: row.previous_secret_until,
        failures: row.failures,
        failing_since: row.failing_since,
        disabled_at: row.disabled_at,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
    }
}

/// A webhook.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: WebhookId) -> Result<Webhook, StorageError> {
    Ok(webhook_from(webhooks::table.find(id).select(columns()).get_result(conn)?))
}

/// The webhooks of an organization.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Webhook>, StorageError> {
    let query = webhooks::table.filter(webhooks::organization_id.eq(organization)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_id!(query, webhooks::id, rows).load(conn)?;
    Ok(rows.into_iter().map(webhook_from).collect())
}

/// Counts the webhooks of an organization.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, organization: OrganizationId) -> Result<i64, StorageError> {
    Ok(webhooks::table.filter(webhooks::organization_id.eq(organization)).count().get_result(conn)?)
}

/// Adds a webhook with its encrypted secret. It gets the events from now on.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, webhook: &Webhook, secret: &str, now: UtcTime) -> Result<(), StorageError> {
    let position = organization_events::find_last(conn)?.unwrap_or_else(|| EventId::new(0, [0; 10]));
    let row = Row {
        id: webhook.id,
        organization_id: webhook.organization_id,
        url: webhook.fields.url.clone(),
        event_types: Json(webhook.fields.event_types.clone()),
        is_enabled: webhook.fields.is_enabled,
        previous_secret_until: webhook.previous_secret_until,
        failures: webhook.failures,
        failing_since: webhook.failing_since,
        disabled_at: webhook.disabled_at,
        created_by: webhook.created_by,
        created_at: webhook.created_at,
        updated_at: webhook.updated_at,
        revision: webhook.revision,
    };
    let rest = (
        webhooks::secret.eq(secret),
        webhooks::position.eq(position),
        webhooks::newest.eq(position),
        webhooks::next_attempt_at.eq(now),
    );
    diesel::insert_into(webhooks::table).values((row, rest)).execute(conn.raw())?;
    Ok(())
}

/// Writes the fields that the organization sets, and tries all that waits at once. A webhook for which no event waits gets the events from
/// now on, of the new types, too.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, webhook: &Webhook, now: UtcTime) -> Result<(), StorageError> {
    let fields = &webhook.fields;
    let none: Option<UtcTime> = None;
    let change = (
        webhooks::url.eq(&fields.url),
        webhooks::event_types.eq(Json(fields.event_types.clone())),
        webhooks::is_enabled.eq(fields.is_enabled),
        webhooks::failures.eq(0),
        webhooks::failing_since.eq(none),
        webhooks::failed_in_a_row.eq(0),
        webhooks::disabled_at.eq(webhook.disabled_at),
        webhooks::next_attempt_at.eq(now),
        webhooks::updated_at.eq(webhook.updated_at),
        webhooks::revision.eq(webhooks::revision + 1),
    );
    diesel::update(webhooks::table.find(webhook.id)).set(change).execute(conn.raw())?;
    webhook_delays::update_reset(conn, webhook.id, now)?;
    let delayed = webhooks::table.find(webhook.id).filter(webhooks::retry_at.is_not_null());
    diesel::update(delayed).set(webhooks::retry_at.eq(now)).execute(conn.raw())?;
    if let Some(last) = organization_events::find_last(conn)? {
        let waits_for_none = webhooks::newest.le(webhooks::position).and(webhooks::position.lt(last));
        diesel::update(webhooks::table.find(webhook.id).filter(waits_for_none))
            .set((webhooks::position.eq(last), webhooks::newest.eq(last)))
            .execute(conn.raw())?;
    }
    Ok(())
}

/// Replaces the secret by another one. The one before signs, too, until an instant.
///
/// # Errors
/// When the database fails.
pub fn update_secret(conn: &mut WriteConn, webhook: &Webhook, secret: &str) -> Result<(), StorageError> {
    let change = (
        webhooks::previous_secret.eq(webhooks::secret.nullable()),
        webhooks::previous_secret_until.eq(webhook.previous_secret_until),
        webhooks::secret.eq(secret),
        webhooks::updated_at.eq(webhook.updated_at),
        webhooks::revision.eq(webhooks::revision + 1),
    );
    diesel::update(webhooks::table.find(webhook.id)).set(change).execute(conn.raw())?;
    Ok(())
}

/// Deletes a webhook with its deliveries.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, id: WebhookId) -> Result<(), StorageError> {
    diesel::delete(webhooks::table.find(id)).execute(conn.raw())?;
    Ok(())
}

/// Deletes the webhooks of an organization with their deliveries.
///
/// # Errors
/// When the database fails.
pub fn delete_all(conn: &mut WriteConn, organization: OrganizationId) -> Result<(), StorageError> {
    diesel::delete(webhooks::table.filter(webhooks::organization_id.eq(organization))).execute(conn.raw())?;
    Ok(())
}

/// A webhook, its organization, and the types of events that it gets.
pub type Types = (WebhookId, OrganizationId, Json<Vec<EventType>>);

/// The webhooks of organizations, with the types of events that each gets; all types if there are none.
///
/// # Errors
/// When the database fails.
pub fn list_types(conn: &mut Conn, organizations: &[OrganizationId]) -> Result<Vec<Types>, StorageError> {
    let of = webhooks::organization_id.eq_any(padded(organizations.iter().copied()));
    let query = webhooks::table.filter(of).order(webhooks::id);
    let query = query.select((webhooks::id, webhooks::organization_id, webhooks::event_types));
    Ok(CachedStatement(query).load(conn)?)
}

/// Writes that an event is to be sent to these webhooks.
///
/// # Errors
/// When the database fails.
pub fn update_newest(conn: &mut WriteConn, ids: &[WebhookId], newest: EventId) -> Result<(), StorageError> {
    let these = webhooks::id.eq_any(padded(ids.iter().copied()));
    let change = diesel::update(webhooks::table.filter(these).filter(webhooks::newest.lt(newest)));
    CachedStatement(change.set(webhooks::newest.eq(newest))).execute(conn.raw())?;
    Ok(())
}

/// There is an event that the webhook has not come to. Written out, because a partial index serves only a query that names its condition.
fn has_new() -> SqlLiteral<Bool> {
    sql("(webhooks.is_enabled AND webhooks.newest > webhooks.position)")
}

/// There is a delayed event. Written out as [`has_new`].
fn has_delayed() -> SqlLiteral<Bool> {
    sql("(webhooks.is_enabled AND webhooks.retry_at IS NOT NULL)")
}

/// Whether events are to be sent now.
///
/// # Errors
/// When the database fails.
pub fn has_due(conn: &mut Conn, now: UtcTime) -> Result<bool, StorageError> {
    let is_free = || webhooks::next_attempt_at.le(now).and(webhooks::claimed_until.is_null().or(webhooks::claimed_until.le(now)));
    let new = webhooks::table.filter(has_new()).filter(is_free());
    let delayed = webhooks::table.filter(has_delayed()).filter(webhooks::retry_at.le(now)).filter(is_free());
    struct HasDue;
    Ok(SameText::<HasDue, _>::new(diesel::select(exists(new).or(exists(delayed)))).get_result(conn)?)
}

/// A webhook for which a server has claimed to send events.
#[derive(Debug, Clone, Queryable)]
pub struct Due {
    /// Its identifier.
    pub id: WebhookId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The address.
    pub url: String,
    /// The types of the events that it gets; all types if there are none.
    pub event_types: Json<Vec<EventType>>,
    /// The encrypted secret.
    pub secret: String,
    /// The encrypted secret before.
    pub previous_secret: Option<String>,
    /// The instant until which the secret before signs, too.
    pub previous_secret_until: Option<UtcTime>,
    /// The last event that was sent or passed over.
    pub position: EventId,
    /// The newest event that is to be sent.
    pub newest: EventId,
    /// How many different events have failed since the receiver accepted one.
    pub failed_in_a_row: i32,
    /// When the first delayed event is tried again; none if none is delayed.
    pub retry_at: Option<UtcTime>,
}

impl Due {
    /// Whether events are delayed.
    pub const fn has_delays(&self) -> bool {
        self.retry_at.is_some()
    }
}

/// Claims webhooks to which events are to be sent, until `until`: no other server sends to them meanwhile.
///
/// # Errors
/// When the database fails.
pub fn claim_due(conn: &mut WriteConn, now: UtcTime, until: UtcTime, limit: i64) -> Result<Vec<Due>, StorageError> {
    let is_free = webhooks::claimed_until.is_null().or(webhooks::claimed_until.le(now));
    let is_retry = has_delayed().and(webhooks::retry_at.assume_not_null().le(now));
    let due = webhooks::table
        .filter(has_new().or(is_retry))
        .filter(webhooks::next_attempt_at.le(now))
        .filter(is_free)
        .order(webhooks::next_attempt_at)
        .limit(limit)
        .select((
            webhooks::id,
            webhooks::organization_id,
            webhooks::url,
            webhooks::event_types,
            webhooks::secret,
            webhooks::previous_secret,
            webhooks::previous_secret_until,
            webhooks::position,
            webhooks::newest,
            webhooks::failed_in_a_row,
            webhooks::retry_at,
        ));
    let due: Vec<Due> = match conn.raw().either() {
        EitherConn::Pg(conn) => CachedStatement(due.for_update().skip_locked()).load(conn)?,
        EitherConn::Sqlite(conn) => CachedStatement(due).load(conn)?,
    };
    let ids = padded(due.iter().map(|due| due.id));
    let claimed = diesel::update(webhooks::table.filter(webhooks::id.eq_any(ids))).set(webhooks::claimed_until.eq(until));
    CachedStatement(claimed).execute(conn.raw())?;
    Ok(due)
}

/// How far a webhook has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = webhooks)]
pub struct Progress {
    /// The last event that was sent, delayed or passed over.
    pub position: EventId,
    /// How many different events have failed since the receiver accepted one.
    pub failed_in_a_row: i32,
    /// When something is sent again at the earliest.
    pub next_attempt_at: UtcTime,
}

/// Writes how far a webhook has come, and ends its claim until `until`. Changes nothing and returns false if the webhook was deleted, or
/// claimed by another server meanwhile.
///
/// # Errors
/// When the database fails.
pub fn update_progress(
    conn: &mut WriteConn,
    (id, until): (WebhookId, UtcTime),
    progress: &Progress,
) -> Result<bool, StorageError> {
    let none: Option<UtcTime> = None;
    let change = diesel::update(webhooks::table.find(id).filter(webhooks::claimed_until.eq(until)));
    Ok(CachedStatement(change.set((progress, webhooks::claimed_until.eq(none)))).execute(conn.raw())? > 0)
}

/// Writes the state of all delayed events of a webhook.
///
/// # Errors
/// When the database fails.
pub fn update_delays(conn: &mut WriteConn, id: WebhookId, delays: &Summary) -> Result<(), StorageError> {
    let change = (
        webhooks::failures.eq(delays.failures),
        webhooks::failing_since.eq(delays.failing_since),
        webhooks::retry_at.eq(delays.retry_at),
    );
    CachedStatement(diesel::update(webhooks::table.find(id)).set(change)).execute(conn.raw())?;
    Ok(())
}

/// Disables a webhook whose receiver has failed for too long.
///
/// # Errors
/// When the database fails.
pub fn update_disabled(conn: &mut WriteConn, id: WebhookId, now: UtcTime) -> Result<(), StorageError> {
    let change = (
        webhooks::is_enabled.eq(false),
        webhooks::disabled_at.eq(now),
        webhooks::updated_at.eq(now),
        webhooks::revision.eq(webhooks::revision + 1),
    );
    diesel::update(webhooks::table.find(id)).set(change).execute(conn.raw())?;
    Ok(())
}

/// The result of [`count_all`].
pub type Counts = (i64, i64, i64, Option<(OrganizationId, EventId)>);

/// The numbers of webhooks for the metrics: those to which events are to be sent, those with an event that has failed, those that the service
/// has disabled; and the organization and the position of the one that has not come to an event and has come least far.
///
/// # Errors
/// When the database fails.
pub fn count_all(conn: &mut Conn) -> Result<Counts, StorageError> {
    let waiting = webhooks::table.filter(has_new().or(has_delayed())).count().get_result(conn)?;
    let failing = webhooks::table.filter(webhooks::is_enabled.and(webhooks::failures.gt(0))).count().get_result(conn)?;
    let disabled = webhooks::table.filter(webhooks::disabled_at.is_not_null()).count().get_result(conn)?;
    let oldest =
        webhooks::table.filter(has_new()).order(webhooks::position).select((webhooks::organization_id, webhooks::position));
    Ok((waiting, failing, disabled, oldest.limit(1).get_result(conn).optional()?))
}
