//! The bookings whose parties were warned that the resource is out of order.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::bookings::{bookings_from, columns, joined};
use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::{bookings, out_of_order_warnings};
use domain::booking::{Booking, BookingStatus};
use domain::ids::{BookingId, ResourceId};
use domain::time::UtcTime;

/// The bookings to come of some resources, those that take one, that were warned of when that was out of order and that still
/// stand, by start.
///
/// # Errors
/// When the database fails.
pub fn list_bookings(
    conn: &mut Conn,
    resource: ResourceId,
    taking: &[ResourceId],
    now: UtcTime,
) -> Result<Vec<Booking>, StorageError> {
    let warned = out_of_order_warnings::table
        .filter(out_of_order_warnings::resource_id.eq(resource))
        .select(out_of_order_warnings::booking_id);
    let rows = joined()
        .filter(bookings::id.eq_any(warned).and(bookings::resource_id.eq_any(taking)))
        .filter(bookings::is_live)
        .filter(bookings::status.ne(BookingStatus::InUse))
        .filter(bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now)))
        .filter(bookings::starts_at.ge(now))
        .order((bookings::starts_at, bookings::id))
        .select(columns())
        .load(conn)?;
    bookings_from(rows)
}

/// Notes of which bookings of a resource the parties are warned now, and of no others.
///
/// # Errors
/// When the database fails.
pub fn update_all(
    conn: &mut WriteConn,
    resource: ResourceId,
    bookings: impl IntoIterator<Item = BookingId>,
) -> Result<(), StorageError> {
    diesel::delete(out_of_order_warnings::table.filter(out_of_order_warnings::resource_id.eq(resource))).execute(conn.raw())?;
    insert(conn, resource, bookings)
}

/// Of which bookings the parties were warned when the resource was out of order.
///
/// # Errors
/// When the database fails.
pub fn list_ids(conn: &mut Conn, resource: ResourceId) -> Result<BTreeSet<BookingId>, StorageError> {
    let warned = out_of_order_warnings::table.filter(out_of_order_warnings::resource_id.eq(resource));
    let ids: Vec<BookingId> = warned.select(out_of_order_warnings::booking_id).load(conn)?;
    Ok(ids.into_iter().collect())
}

/// Notes of which further bookings of a resource the parties are warned now.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    resource: ResourceId,
    bookings: impl IntoIterator<Item = BookingId>,
) -> Result<(), StorageError> {
    for booking in bookings {
        diesel::insert_into(out_of_order_warnings::table)
            .values((out_of_order_warnings::resource_id.eq(resource), out_of_order_warnings::booking_id.eq(booking)))
            .execute(conn.raw())?;
    }
    Ok(())
}
