//! Calendar imports, and which of them are to be refreshed.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{CachedStatement, Conn, EitherConn, WriteConn, padded};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::resources;
use super::schema_events::calendar_imports;
use super::types::Json;
use domain::calendar_import::{CalendarImport, CalendarImportFields, Report};
use domain::ids::{CalendarImportId, OrganizationId, ResourceId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::resource::ResourceStatus;
use domain::time::UtcTime;

/// A row of `calendar_imports`, without what only the refreshing knows.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_imports, treat_none_as_default_value = false)]
struct Row {
    id: CalendarImportId,
    resource_id: ResourceId,
    name: String,
    url: String,
    quantity: Option<i32>,
    refreshed_at: Option<UtcTime>,
    attempted_at: Option<UtcTime>,
    next_attempt_at: UtcTime,
    error: String,
    failures: i32,
    failing_since: Option<UtcTime>,
    report: Json<Report>,
    created_by: UserId,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn import_from(row: Row) -> CalendarImport {
    CalendarImport {
        id: row.id,
        resource_id: row.resource_id,
        fields: CalendarImportFields { name: row.name, url: row.url, quantity: row.quantity },
        refreshed_at: row.refreshed_at,
        attempted_at: row.attempted_at,
        next_attempt_at: row.next_attempt_at,
        error: row.error,
        failures: row.failures,
        failing_since: row.failing_since,
        report: row.report.0,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
    }
}

/// An import that is not deleted.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: CalendarImportId) -> Result<CalendarImport, StorageError> {
    let query = calendar_imports::table.find(id).filter(calendar_imports::is_deleted.eq(false));
    Ok(import_from(query.select(columns()).get_result(conn)?))
}

/// The imports of a resource.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, resource: ResourceId, rows: Rows<CreationOrder, &str>) -> Result<Vec<CalendarImport>, StorageError> {
    let query = calendar_imports::table.filter(calendar_imports::resource_id.eq(resource));
    let query = query.filter(calendar_imports::is_deleted.eq(false)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_id!(query, calendar_imports::id, rows).load(conn)?;
    Ok(rows.into_iter().map(import_from).collect())
}

/// Counts the imports of an organization, also those whose blocks are yet to be removed.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, organization: OrganizationId) -> Result<i64, StorageError> {
    let query = calendar_imports::table.inner_join(resources::table);
    Ok(query.filter(resources::organization_id.eq(organization)).count().get_result(conn)?)
}

/// Adds an import.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, import: &CalendarImport) -> Result<(), StorageError> {
    let row = Row {
        id: import.id,
        resource_id: import.resource_id,
        name: import.fields.name.clone(),
        url: import.fields.url.clone(),
        quantity: import.fields.quantity,
        refreshed_at: import.refreshed_at,
        attempted_at: import.attempted_at,
        next_attempt_at: import.next_attempt_at,
        error: import.error.clone(),
        failures: import.failures,
        failing_since: import.failing_since,
        report: Json(import.report.clone()),
        created_by: import.created_by,
        created_at: import.created_at,
        updated_at: import.updated_at,
        revision: import.revision,
    };
    diesel::insert_into(calendar_imports::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Writes the fields that managers set. The calendar is read at once, as a whole, and a server that reads it now writes nothing.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, import: &CalendarImport) -> Result<(), StorageError> {
    let change = (
        calendar_imports::name.eq(&import.fields.name),
        calendar_imports::url.eq(&import.fields.url),
        calendar_imports::quantity.eq(import.fields.quantity),
        calendar_imports::updated_at.eq(import.updated_at),
        calendar_imports::revision.eq(calendar_imports::revision + 1),
    );
    diesel::update(calendar_imports::table.find(import.id)).set(change).execute(conn.raw())?;
    update_next(conn, import.id, import.updated_at)
}

/// Lets the calendar be read at once, as a whole. A server that reads it now writes nothing.
///
/// # Errors
/// When the database fails.
pub fn update_next(conn: &mut WriteConn, id: CalendarImportId, now: UtcTime) -> Result<(), StorageError> {
    let (no_text, no_time): (Option<String>, Option<UtcTime>) = (None, None);
    let change = (
        calendar_imports::etag.eq(&no_text),
        calendar_imports::last_modified.eq(&no_text),
        calendar_imports::next_attempt_at.eq(now),
        calendar_imports::claimed_until.eq(no_time),
    );
    diesel::update(calendar_imports::table.find(id)).set(change).execute(conn.raw())?;
    Ok(())
}

/// Marks an import as deleted: a server removes its blocks.
///
/// # Errors
/// When the database fails.
pub fn update_deleted(conn: &mut WriteConn, id: CalendarImportId, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(calendar_imports::table.find(id)).set(calendar_imports::is_deleted.eq(true)).execute(conn.raw())?;
    update_next(conn, id, now)
}

/// Marks all imports of an organization as deleted.
///
/// # Errors
/// When the database fails.
pub fn update_all_deleted(conn: &mut WriteConn, organization: OrganizationId, now: UtcTime) -> Result<(), StorageError> {
    let of = resources::table.filter(resources::organization_id.eq(organization)).select(resources::id);
    let no_time: Option<UtcTime> = None;
    let change = (
        calendar_imports::is_deleted.eq(true),
        calendar_imports::next_attempt_at.eq(now),
        calendar_imports::claimed_until.eq(no_time),
    );
    diesel::update(calendar_imports::table.filter(calendar_imports::resource_id.eq_any(of))).set(change).execute(conn.raw())?;
    Ok(())
}

/// Deletes an import that has no blocks, with its clashes.
///
/// # Errors
/// When it has blocks, or the database fails.
pub fn delete(conn: &mut WriteConn, id: CalendarImportId) -> Result<(), StorageError> {
    diesel::delete(calendar_imports::table.find(id)).execute(conn.raw())?;
    Ok(())
}

/// An import that a server has claimed to refresh.
#[derive(Debug, Clone, Queryable)]
pub struct Due {
    /// Its identifier.
    pub id: CalendarImportId,
    /// Its resource.
    pub resource_id: ResourceId,
    /// The address of the calendar.
    pub url: String,
    /// Names the version that was read last, as the server of the calendar said.
    pub etag: Option<String>,
    /// When that version was made, as the server of the calendar said.
    pub last_modified: Option<String>,
    /// When the calendar was last read as a whole.
    pub read_at: Option<UtcTime>,
    /// The number of failed attempts.
    pub failures: i32,
    /// When the first of them failed.
    pub failing_since: Option<UtcTime>,
    /// Whether the managers were told.
    pub is_reported: bool,
    /// Whether it is deleted: its blocks are to be removed.
    pub is_deleted: bool,
}

/// Imports whose time has come and that no server has claimed: those that are deleted, and those of resources that are not retired.
macro_rules! due {
    ($now:expr) => {{
        let is_free = calendar_imports::claimed_until.is_null().or(calendar_imports::claimed_until.le($now));
        let own = resources::table.filter(resources::id.eq(calendar_imports::resource_id));
        let is_retired = exists(own.filter(resources::status.eq(ResourceStatus::Retired)));
        let is_used = calendar_imports::is_deleted.or(not(is_retired));
        calendar_imports::table.filter(calendar_imports::next_attempt_at.le($now)).filter(is_free).filter(is_used)
    }};
}

/// Counts the imports whose last attempt has failed, of resources that are not retired. Returns also since when the first of them fails.
///
/// # Errors
/// When the database fails.
pub fn count_failing(conn: &mut Conn) -> Result<(i64, Option<UtcTime>), StorageError> {
    let failing = calendar_imports::table
        .inner_join(resources::table)
        .filter(resources::status.ne(ResourceStatus::Retired))
        .filter(calendar_imports::is_deleted.eq(false).and(calendar_imports::failing_since.is_not_null()));
    let count = failing.count().get_result(conn)?;
    let since = failing.order(calendar_imports::failing_since).select(calendar_imports::failing_since.assume_not_null());
    Ok((count, since.limit(1).get_result(conn).optional()?))
}

/// Whether the time of an import has come.
///
/// # Errors
/// When the database fails.
pub fn has_due(conn: &mut Conn, now: UtcTime) -> Result<bool, StorageError> {
    Ok(diesel::select(exists(due!(now))).get_result(conn)?)
}

/// Claims imports whose time has come, until an instant: at most `limit`, those that have waited longest.
///
/// # Errors
/// When the database fails.
pub fn claim_due(conn: &mut WriteConn, now: UtcTime, until: UtcTime, limit: i64) -> Result<Vec<Due>, StorageError> {
    let due = due!(now).order(calendar_imports::next_attempt_at).limit(limit).select((
        calendar_imports::id,
        calendar_imports::resource_id,
        calendar_imports::url,
        calendar_imports::etag,
        calendar_imports::last_modified,
        calendar_imports::read_at,
        calendar_imports::failures,
        calendar_imports::failing_since,
        calendar_imports::is_reported,
        calendar_imports::is_deleted,
    ));
    let due: Vec<Due> = match conn.raw().either() {
        EitherConn::Pg(conn) => CachedStatement(due.for_update().skip_locked()).load(conn)?,
        EitherConn::Sqlite(conn) => CachedStatement(due).load(conn)?,
    };
    let ids = padded(due.iter().map(|due| due.id));
    let claimed = diesel::update(calendar_imports::table.filter(calendar_imports::id.eq_any(ids)));
    CachedStatement(claimed.set(calendar_imports::claimed_until.eq(until))).execute(conn.raw())?;
    Ok(due)
}

/// Whether an import is still claimed until this instant. Until the transaction ends, nobody else changes the import.
///
/// # Errors
/// When the database fails.
pub fn lock_claimed(conn: &mut WriteConn, (id, until): (CalendarImportId, UtcTime)) -> Result<bool, StorageError> {
    let claimed = diesel::update(calendar_imports::table.find(id).filter(calendar_imports::claimed_until.eq(until)));
    Ok(CachedStatement(claimed.set(calendar_imports::claimed_until.eq(until))).execute(conn.raw())? > 0)
}

/// The version of a calendar that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Version {
    /// As [`Due::etag`].
    pub etag: Option<String>,
    /// As [`Due::last_modified`].
    pub last_modified: Option<String>,
}

/// Writes that an import was refreshed, with what was read, if the calendar was read as a whole, and ends the claim.
///
/// # Errors
/// When the database fails.
pub fn update_refreshed(
    conn: &mut WriteConn,
    id: CalendarImportId,
    (now, next_attempt_at): (UtcTime, UtcTime),
    read: Option<(&Version, Report)>,
) -> Result<(), StorageError> {
    let no_time: Option<UtcTime> = None;
    let change = (
        calendar_imports::refreshed_at.eq(now),
        calendar_imports::attempted_at.eq(now),
        calendar_imports::next_attempt_at.eq(next_attempt_at),
        calendar_imports::claimed_until.eq(no_time),
        calendar_imports::error.eq(""),
        calendar_imports::failures.eq(0),
        calendar_imports::failing_since.eq(no_time),
        calendar_imports::is_reported.eq(false),
    );
    diesel::update(calendar_imports::table.find(id)).set(change).execute(conn.raw())?;
    if let Some((version, report)) = read {
        let change = (
            calendar_imports::etag.eq(&version.etag),
            calendar_imports::last_modified.eq(&version.last_modified),
            calendar_imports::read_at.eq(now),
            calendar_imports::report.eq(Json(report)),
        );
        diesel::update(calendar_imports::table.find(id)).set(change).execute(conn.raw())?;
    }
    Ok(())
}

/// A failed attempt to read a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Why it failed.
    pub error: String,
    /// The number of failed attempts.
    pub failures: i32,
    /// When the first of them failed.
    pub failing_since: UtcTime,
    /// Whether the managers were told.
    pub is_reported: bool,
}

/// Writes that an attempt failed, and ends the claim.
///
/// # Errors
/// When the database fails.
pub fn update_failed(
    conn: &mut WriteConn,
    id: CalendarImportId,
    (now, next_attempt_at): (UtcTime, UtcTime),
    failed: &Failed,
) -> Result<(), StorageError> {
    let no_time: Option<UtcTime> = None;
    let change = (
        calendar_imports::attempted_at.eq(now),
        calendar_imports::next_attempt_at.eq(next_attempt_at),
        calendar_imports::claimed_until.eq(no_time),
        calendar_imports::error.eq(&failed.error),
        calendar_imports::failures.eq(failed.failures),
        calendar_imports::failing_since.eq(failed.failing_since),
        calendar_imports::is_reported.eq(failed.is_reported),
    );
    diesel::update(calendar_imports::table.find(id)).set(change).execute(conn.raw())?;
    Ok(())
}
