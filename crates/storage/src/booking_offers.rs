//! Bookings that a manager of the host has made for a customer.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::booking_offers;
use super::types::Json;
use domain::ids::{BookingId, UserId};
use domain::rules::ViolationCode;

/// Notes who of the host has offered a booking, and which rules give way to it.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    booking: BookingId,
    offered_by: UserId,
    overridden: Vec<ViolationCode>,
) -> Result<(), StorageError> {
    diesel::insert_into(booking_offers::table)
        .values((
            booking_offers::booking_id.eq(booking),
            booking_offers::offered_by.eq(offered_by),
            booking_offers::overridden.eq(Json(overridden)),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// The rules that give way to a booking that the host has offered; none for another.
///
/// # Errors
/// When the database fails.
pub fn find_overridden(conn: &mut Conn, booking: BookingId) -> Result<Vec<ViolationCode>, StorageError> {
    let offer = booking_offers::table.find(booking).select(booking_offers::overridden);
    let found: Option<Json<Vec<ViolationCode>>> = offer.get_result(conn).optional()?;
    Ok(found.map_or_else(Vec::new, |Json(overridden)| overridden))
}

/// Makes a booking one that the host has not offered.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, booking: BookingId) -> Result<(), StorageError> {
    diesel::delete(booking_offers::table.find(booking)).execute(conn.raw())?;
    Ok(())
}
