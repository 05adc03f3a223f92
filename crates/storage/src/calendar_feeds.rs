//! Calendar feeds of users.

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema_events::calendar_feeds;
use domain::calendar_feed::{CalendarFeed, Subject};
use domain::ids::{CalendarFeedId, OrganizationId, ResourceId, SiteId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// A row of `calendar_feeds`, without the hash.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_feeds, treat_none_as_default_value = false)]
struct Row {
    id: CalendarFeedId,
    user_id: UserId,
    organization_id: Option<OrganizationId>,
    site_id: Option<SiteId>,
    resource_id: Option<ResourceId>,
    created_at: UtcTime,
    last_used_at: Option<UtcTime>,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn feed_from(row: Row) -> CalendarFeed {
    let subject = match (row.organization_id, row.site_id, row.resource_id) {
        (Some(organization), ..) => Subject::Organization(organization),
        (_, Some(site), _) => Subject::Site(site),
        (.., Some(resource)) => Subject::Resource(resource),
        (None, None, None) => Subject::User,
    };
    CalendarFeed { id: row.id, user_id: row.user_id, subject, created_at: row.created_at, last_used_at: row.last_used_at }
}

/// A feed of a user.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, user: UserId, id: CalendarFeedId) -> Result<CalendarFeed, StorageError> {
    let query = calendar_feeds::table.find(id).filter(calendar_feeds::user_id.eq(user));
    Ok(feed_from(query.select(columns()).get_result(conn)?))
}

/// The feed with the secret of this hash.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, hash: &TokenHash) -> Result<Option<CalendarFeed>, StorageError> {
    let query = calendar_feeds::table.filter(calendar_feeds::token_hash.eq(hash)).select(columns());
    Ok(query.get_result(conn).optional()?.map(feed_from))
}

/// The feeds of a user.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, user: UserId, rows: Rows<CreationOrder, &str>) -> Result<Vec<CalendarFeed>, StorageError> {
    let query = calendar_feeds::table.filter(calendar_feeds::user_id.eq(user)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_id!(query, calendar_feeds::id, rows).load(conn)?;
    Ok(rows.into_iter().map(feed_from).collect())
}

/// Counts the feeds of a user.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, user: UserId) -> Result<i64, StorageError> {
    Ok(calendar_feeds::table.filter(calendar_feeds::user_id.eq(user)).count().get_result(conn)?)
}

/// Adds a feed with the hash of its secret.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, feed: &CalendarFeed, hash: &TokenHash) -> Result<(), StorageError> {
    let (mut organization_id, mut site_id, mut resource_id) = (None, None, None);
    match feed.subject {
        Subject::User => {}
        Subject::Organization(organization) => organization_id = Some(organization),
        Subject::Site(site) => site_id = Some(site),
        Subject::Resource(resource) => resource_id = Some(resource),
    }
    let CalendarFeed { id, user_id, created_at, last_used_at, .. } = *feed;
    let row = Row { id, user_id, organization_id, site_id, resource_id, created_at, last_used_at };
    diesel::insert_into(calendar_feeds::table).values((row, calendar_feeds::token_hash.eq(hash))).execute(conn.raw())?;
    Ok(())
}

/// Writes that a feed is read now.
///
/// # Errors
/// When the database fails.
pub fn update_used(conn: &mut WriteConn, id: CalendarFeedId, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(calendar_feeds::table.find(id)).set(calendar_feeds::last_used_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// Deletes a feed.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, id: CalendarFeedId) -> Result<(), StorageError> {
    diesel::delete(calendar_feeds::table.find(id)).execute(conn.raw())?;
    Ok(())
}

/// Deletes all feeds of a user.
///
/// # Errors
/// When the database fails.
pub fn delete_all(conn: &mut WriteConn, user: UserId) -> Result<(), StorageError> {
    diesel::delete(calendar_feeds::table.filter(calendar_feeds::user_id.eq(user))).execute(conn.raw())?;
    Ok(())
}
