//! Events of organizations.

use diesel::prelude::*;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::facts;
use super::schema_events::organization_events;
use domain::ids::{EventId, FactId, OrganizationId};
use domain::order::{CreationOrder, Rows};
use domain::organization_event::EventType;
use domain::time::UtcTime;

/// How many events one statement adds: SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

/// An event to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Insertable)]
#[diesel(table_name = organization_events, treat_none_as_default_value = false)]
pub struct NewEvent {
    /// Its identifier, larger than those of all events before.
    pub id: EventId,
    /// The organization that it is for.
    pub organization_id: OrganizationId,
    /// The fact that it tells.
    pub fact_id: FactId,
    /// The number of the change in the fact.
    pub change: i32,
    /// Its type.
    pub kind: EventType,
}

/// An event with its fact.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StoredEvent {
    /// Its identifier.
    pub id: EventId,
    /// The fact that it tells.
    pub fact_id: FactId,
    /// The number of the change in the fact.
    pub change: i32,
    /// Its type. A newer server may have added an unknown one.
    pub kind: String,
    /// The fact as JSON.
    pub body: String,
    /// When the fact was recorded.
    pub happened_at: UtcTime,
}

/// The identifier of the latest event, if there is one.
///
/// # Errors
/// When the database fails.
pub fn find_last(conn: &mut Conn) -> Result<Option<EventId>, StorageError> {
    let ids = organization_events::table.select(organization_events::id).order(organization_events::id.desc());
    Ok(ids.limit(1).get_result(conn).optional()?)
}

/// The events after another one, each with its organization, in their order.
///
/// # Errors
/// When the database fails.
pub fn list_concerned(conn: &mut Conn, after: EventId, limit: i64) -> Result<Vec<(EventId, OrganizationId)>, StorageError> {
    let events = organization_events::table.filter(organization_events::id.gt(after)).order(organization_events::id);
    Ok(events.limit(limit).select((organization_events::id, organization_events::organization_id)).load(conn)?)
}

/// When the first event of an organization after another one happened.
///
/// # Errors
/// When the database fails.
pub fn find_next_at(conn: &mut Conn, organization: OrganizationId, after: EventId) -> Result<Option<UtcTime>, StorageError> {
    let events = organization_events::table.inner_join(facts::table);
    let of = organization_events::organization_id.eq(organization).and(organization_events::id.gt(after));
    Ok(events.filter(of).order(organization_events::id).select(facts::created_at).limit(1).get_result(conn).optional()?)
}

/// Adds events.
///
/// # Errors
/// When an organization has an event of this change, or the database fails.
pub fn insert(conn: &mut WriteConn, events: &[NewEvent]) -> Result<(), StorageError> {
    let EitherConn::Pg(conn) = conn.raw().either() else {
        // SQLite would prepare a statement for each number of rows.
        for event in events {
            diesel::insert_into(organization_events::table).values(event).execute(conn.raw())?;
        }
        return Ok(());
    };
    for some in events.chunks(AT_ONCE) {
        diesel::insert_into(organization_events::table).values(some).execute(conn)?;
    }
    Ok(())
}

#[diesel::dsl::auto_type]
fn columns() -> _ {
    (
        organization_events::id,
        organization_events::fact_id,
        organization_events::change,
        organization_events::kind,
        facts::body,
        facts::created_at,
    )
}

/// The events with these identifiers that exist, in their order.
///
/// # Errors
/// When the database fails.
pub fn list_of(conn: &mut Conn, ids: &[EventId]) -> Result<Vec<StoredEvent>, StorageError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let events = organization_events::table.inner_join(facts::table).filter(organization_events::id.eq_any(ids));
    Ok(events.order(organization_events::id).select(columns()).load(conn)?)
}

/// The events of an organization, only of these types unless there are none.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    types: &[EventType],
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<StoredEvent>, StorageError> {
    let mut query = organization_events::table
        .inner_join(facts::table)
        .filter(organization_events::organization_id.eq(organization))
        .select(columns())
        .into_boxed();
    if !types.is_empty() {
        query = query.filter(organization_events::kind.eq_any(types));
    }
    Ok(by_id!(query, organization_events::id, rows).load(conn)?)
}
