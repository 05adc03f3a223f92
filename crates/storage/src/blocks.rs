//! The host's own claims: maintenance, closure, private use.

use diesel::dsl::not;
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_instant;
use super::resource_locks::LockedResources;
use super::schema::{blocks, resources};
use domain::calendar_feed::Subject;
use domain::ids::{BlockId, BlockSeriesId, BookingId, CalendarImportId, ResourceId, UserId};
use domain::interval::Interval;
use domain::order::{Rows, StartOrder};
use domain::slot::Slot;
use domain::time::UtcTime;

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its identifier.
    pub id: BlockId,
    /// The series of blocks that it belongs to.
    pub block_series_id: Option<BlockSeriesId>,
    /// The booking after which it keeps the resource free, as its buffer.
    pub booking_id: Option<BookingId>,
    /// The calendar import that made it and alone changes it, and the key of its event.
    pub import: Option<(CalendarImportId, String)>,
    /// The resource.
    pub resource_id: ResourceId,
    /// The time and quantity.
    pub slot: Slot,
    /// Why; for the host's members.
    pub reason: String,
    /// The user that made it.
    pub created_by: UserId,
    /// Bumped by each edit.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
}

type Columns = (
    blocks::id,
    blocks::block_series_id,
    blocks::booking_id,
    (blocks::calendar_import_id, blocks::event_key),
    blocks::resource_id,
    blocks::starts_at,
    blocks::ends_at,
    blocks::quantity,
    blocks::reason,
    blocks::created_by,
    blocks::revision,
    blocks::created_at,
);
const COLUMNS: Columns = (
    blocks::id,
    blocks::block_series_id,
    blocks::booking_id,
    (blocks::calendar_import_id, blocks::event_key),
    blocks::resource_id,
    blocks::starts_at,
    blocks::ends_at,
    blocks::quantity,
    blocks::reason,
    blocks::created_by,
    blocks::revision,
    blocks::created_at,
);

type ImportRow = (Option<CalendarImportId>, Option<String>);

type BlockRow = (
    BlockId,
    Option<BlockSeriesId>,
    Option<BookingId>,
    ImportRow,
    ResourceId,
    UtcTime,
    UtcTime,
    i32,
    String,
    UserId,
    i64,
    UtcTime,
);

fn block_from(row: BlockRow) -> Result<Block, StorageError> {
    let (
        id,
        block_series_id,
        booking_id,
        (import, key),
        resource_id,
        starts_at,
        ends_at,
        quantity,
        reason,
        created_by,
        revision,
        created_at,
    ) = row;
    let slot = Slot { interval: Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?, quantity };
    let import = import.zip(key);
    Ok(Block { id, block_series_id, booking_id, import, resource_id, slot, reason, created_by, revision, created_at })
}

/// A block of the resource.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, resource: ResourceId, id: BlockId) -> Result<Block, StorageError> {
    block_from(blocks::table.find(id).filter(blocks::resource_id.eq(resource)).select(COLUMNS).get_result(conn)?)
}

/// The blocks of the resource that end after `from` and start before `to`.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    resource: ResourceId,
    from: Option<UtcTime>,
    to: Option<UtcTime>,
    rows: Rows<StartOrder, (UtcTime, BlockId)>,
) -> Result<Vec<Block>, StorageError> {
    let query = blocks::table
        .filter(blocks::resource_id.eq(resource))
        .filter(blocks::ends_at.gt(from.unwrap_or(UtcTime::EARLIEST)))
        .filter(blocks::starts_at.lt(to.unwrap_or(UtcTime::LATEST)))
        .select(COLUMNS)
        .into_boxed();
    let rows: Vec<BlockRow> = by_instant!(query, (blocks::starts_at, blocks::id), rows).load(conn)?;
    rows.into_iter().map(block_from).collect()
}

/// The blocks in a calendar that end after `from` and start before `to`, each with the name of its resource: at most `limit`, those that
/// start first. None if the calendar is that of a user.
///
/// # Errors
/// When the database fails.
pub fn list_named(
    conn: &mut Conn,
    of: Subject,
    (from, to): (UtcTime, UtcTime),
    limit: i64,
) -> Result<Vec<(Block, String)>, StorageError> {
    let query = blocks::table
        .inner_join(resources::table)
        .filter(blocks::ends_at.gt(from).and(blocks::starts_at.lt(to)))
        .order((blocks::starts_at, blocks::id))
        .limit(limit)
        .select((COLUMNS, resources::name))
        .into_boxed();
    let query = match of {
        Subject::User => return Ok(Vec::new()),
        Subject::Organization(host) => query.filter(resources::organization_id.eq(host)),
        Subject::Site(site) => query.filter(resources::site_id.eq(site)),
        Subject::Resource(resource) => query.filter(blocks::resource_id.eq(resource)),
    };
    let rows: Vec<(BlockRow, String)> = query.load(conn)?;
    rows.into_iter().map(|(row, name)| Ok((block_from(row)?, name))).collect()
}

/// The blocks of some resources that end after `from` and start before `to`.
///
/// # Errors
/// When the database fails.
pub fn list_of_resources(
    conn: &mut Conn,
    resources: &[ResourceId],
    from: UtcTime,
    to: UtcTime,
) -> Result<Vec<Block>, StorageError> {
    let rows: Vec<BlockRow> = blocks::table
        .filter(blocks::resource_id.eq_any(resources))
        .filter(blocks::ends_at.gt(from).and(blocks::starts_at.lt(to)))
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(block_from).collect()
}

/// The blocks that one recurrence rule made and that start at `from` or later, in order.
///
/// # Errors
/// When the database fails.
pub fn list_of_series(conn: &mut Conn, series: BlockSeriesId, from: UtcTime) -> Result<Vec<Block>, StorageError> {
    let rows: Vec<BlockRow> = blocks::table
        .filter(blocks::block_series_id.eq(series).and(blocks::starts_at.ge(from)))
        .order((blocks::starts_at, blocks::id))
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(block_from).collect()
}

/// The blocks of a calendar import that end after `now`, by start: at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_of_import(conn: &mut Conn, import: CalendarImportId, now: UtcTime, limit: i64) -> Result<Vec<Block>, StorageError> {
    let rows: Vec<BlockRow> = blocks::table
        .filter(blocks::calendar_import_id.eq(import).and(blocks::ends_at.gt(now)))
        .order((blocks::starts_at, blocks::id))
        .limit(limit)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(block_from).collect()
}

/// Makes the blocks of a calendar import that are over blocks like others: the import is deleted.
///
/// # Errors
/// When the database fails.
pub fn update_without_import(conn: &mut WriteConn, import: CalendarImportId) -> Result<(), StorageError> {
    let (no_import, no_key): (Option<CalendarImportId>, Option<String>) = (None, None);
    let set = (blocks::calendar_import_id.eq(no_import), blocks::event_key.eq(no_key));
    diesel::update(blocks::table.filter(blocks::calendar_import_id.eq(import))).set(set).execute(conn.raw())?;
    Ok(())
}

/// Adds a block and its allocation.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the quantity is not free, or the database fails.
pub fn insert(conn: &mut WriteConn, locked: &LockedResources, block: &Block) -> Result<(), StorageError> {
    locked.check(block.resource_id)?;
    let (import, key) = block.import.as_ref().map(|(import, key)| (*import, key)).unzip();
    diesel::insert_into(blocks::table)
        .values((
            blocks::calendar_import_id.eq(import),
            blocks::event_key.eq(key),
            blocks::id.eq(block.id),
            blocks::block_series_id.eq(block.block_series_id),
            blocks::booking_id.eq(block.booking_id),
            blocks::resource_id.eq(block.resource_id),
            blocks::starts_at.eq(block.slot.interval.starts_at()),
            blocks::ends_at.eq(block.slot.interval.ends_at()),
            blocks::quantity.eq(block.slot.quantity),
            blocks::reason.eq(&block.reason),
            blocks::created_by.eq(block.created_by),
            blocks::created_at.eq(block.created_at),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Gives a block another time, quantity or reason, and a block of an import another event. Its allocation moves with it in this one statement.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the quantity is not free, or the database fails.
pub fn update(conn: &mut WriteConn, locked: &LockedResources, block: &Block, now: UtcTime) -> Result<(), StorageError> {
    locked.check(block.resource_id)?;
    diesel::update(blocks::table.find(block.id))
        .set((
            blocks::event_key.eq(block.import.as_ref().map(|(_, key)| key)),
            blocks::starts_at.eq(block.slot.interval.starts_at()),
            blocks::ends_at.eq(block.slot.interval.ends_at()),
            blocks::quantity.eq(block.slot.quantity),
            blocks::reason.eq(&block.reason),
            blocks::is_over.eq(block.slot.interval.ends_at() <= now),
            blocks::revision.eq(blocks::revision + 1_i64),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// The resources with blocks that are over by `now` and still have their allocation, in no order, and maybe more than once.
///
/// # Errors
/// When the database fails.
pub fn list_over_resources(conn: &mut Conn, now: UtcTime) -> Result<Vec<ResourceId>, StorageError> {
    let over = blocks::table.filter(not(blocks::is_over)).filter(blocks::ends_at.le(now));
    Ok(over.select(blocks::resource_id).load(conn)?)
}

/// Notes which blocks of these resources are over by `now`: each gives its allocation up.
///
/// # Errors
/// When the database fails.
pub fn update_over(
    conn: &mut WriteConn,
    locked: &LockedResources,
    resources: &[ResourceId],
    now: UtcTime,
) -> Result<(), StorageError> {
    resources.iter().try_for_each(|id| locked.check(*id))?;
    let over = blocks::table.filter(not(blocks::is_over)).filter(blocks::ends_at.le(now));
    diesel::update(over.filter(blocks::resource_id.eq_any(resources))).set(blocks::is_over.eq(true)).execute(conn.raw())?;
    Ok(())
}

/// Removes a block and its allocation.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, locked: &LockedResources, block: &Block) -> Result<(), StorageError> {
    locked.check(block.resource_id)?;
    diesel::delete(blocks::table.find(block.id)).execute(conn.raw())?;
    Ok(())
}
