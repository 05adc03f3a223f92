//! A write that changes nothing of value, to find out whether the database can be written.

use diesel::prelude::*;

use super::connection::{EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::write_probe;
use domain::time::UtcTime;

/// Writes the only row.
///
/// # Errors
/// When the database cannot be written, such as when its disk is full.
pub fn upsert(conn: &mut WriteConn, now: UtcTime) -> Result<(), StorageError> {
    let insert = diesel::insert_into(write_probe::table).values((write_probe::id.eq(1), write_probe::written_at.eq(now)));
    let upsert = insert.on_conflict(write_probe::id).do_update().set(write_probe::written_at.eq(now));
    match conn.raw().either() {
        EitherConn::Pg(conn) => upsert.execute(conn),
        EitherConn::Sqlite(conn) => upsert.execute(conn),
    }?;
    Ok(())
}
