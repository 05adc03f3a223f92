//! Bookings that a manager of the host has made for a customer.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::booking_offers;
use crate::domain::ids::{BookingId, UserId};

/// Notes who of the host has offered a booking.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut Conn, booking: BookingId, offered_by: UserId) -> Result<(), StorageError> {
    let offer = (booking_offers::booking_id.eq(booking), booking_offers::offered_by.eq(offered_by));
    diesel::insert_into(booking_offers::table).values(offer).execute(conn)?;
    Ok(())
}

/// Whether a booking was offered by the host.
///
/// # Errors
/// When the database fails.
pub fn is_one(conn: &mut Conn, booking: BookingId) -> Result<bool, StorageError> {
    Ok(diesel::select(exists(booking_offers::table.find(booking))).get_result(conn)?)
}
