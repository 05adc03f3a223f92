//! Events of imported calendars that block nothing, because bookings are in the way.

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_instant;
use super::schema_events::calendar_clashes;
use domain::calendar_import::CalendarClash;
use domain::ids::{CalendarClashId, CalendarImportId};
use domain::interval::Interval;
use domain::order::{Rows, StartOrder};
use domain::time::UtcTime;

/// A row of `calendar_clashes`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_clashes)]
struct Row {
    id: CalendarClashId,
    calendar_import_id: CalendarImportId,
    event_key: String,
    starts_at: UtcTime,
    ends_at: UtcTime,
    title: String,
    created_at: UtcTime,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn clash_from(row: Row) -> Result<CalendarClash, StorageError> {
    let interval = Interval::new(row.starts_at, row.ends_at).map_err(StorageError::corrupt)?;
    let Row { id, calendar_import_id, event_key: key, title, created_at, .. } = row;
    Ok(CalendarClash { id, calendar_import_id, key, interval, title, created_at })
}

/// The clashes of an import that are not over by `now`.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    import: CalendarImportId,
    now: UtcTime,
    rows: Rows<StartOrder, (UtcTime, CalendarClashId)>,
) -> Result<Vec<CalendarClash>, StorageError> {
    let query = calendar_clashes::table.filter(calendar_clashes::calendar_import_id.eq(import));
    let query = query.filter(calendar_clashes::ends_at.gt(now)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_instant!(query, (calendar_clashes::starts_at, calendar_clashes::id), rows).load(conn)?;
    rows.into_iter().map(clash_from).collect()
}

/// All clashes of an import.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn, import: CalendarImportId) -> Result<Vec<CalendarClash>, StorageError> {
    let query = calendar_clashes::table.filter(calendar_clashes::calendar_import_id.eq(import));
    let rows: Vec<Row> = query.order((calendar_clashes::starts_at, calendar_clashes::id)).select(columns()).load(conn)?;
    rows.into_iter().map(clash_from).collect()
}

/// Counts the clashes of an import that are not over by `now`.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, import: CalendarImportId, now: UtcTime) -> Result<i64, StorageError> {
    let query = calendar_clashes::table.filter(calendar_clashes::calendar_import_id.eq(import));
    Ok(query.filter(calendar_clashes::ends_at.gt(now)).count().get_result(conn)?)
}

/// Adds a clash, in place of an older one of the same event.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, clash: &CalendarClash) -> Result<(), StorageError> {
    delete(conn, clash.calendar_import_id, &clash.key)?;
    let row = Row {
        id: clash.id,
        calendar_import_id: clash.calendar_import_id,
        event_key: clash.key.clone(),
        starts_at: clash.interval.starts_at(),
        ends_at: clash.interval.ends_at(),
        title: clash.title.clone(),
        created_at: clash.created_at,
    };
    diesel::insert_into(calendar_clashes::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Removes the clash of an event, if there is one.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, import: CalendarImportId, key: &str) -> Result<(), StorageError> {
    let of_event = calendar_clashes::calendar_import_id.eq(import).and(calendar_clashes::event_key.eq(key));
    diesel::delete(calendar_clashes::table.filter(of_event)).execute(conn.raw())?;
    Ok(())
}
