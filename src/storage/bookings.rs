//! Claims of customers.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::bookings;
use crate::domain::booking::BookingStatus;
use crate::domain::ids::ResourceId;
use crate::domain::time::UtcTime;

/// The states in which a booking takes capacity.
const LIVE: [BookingStatus; 4] = [BookingStatus::Held, BookingStatus::Requested, BookingStatus::Confirmed, BookingStatus::InUse];

/// Whether the resource has bookings that have not ended.
///
/// # Errors
/// When the database fails.
pub fn has_active(conn: &mut Conn, resource: ResourceId, now: UtcTime) -> Result<bool, StorageError> {
    let active = bookings::table
        .filter(bookings::resource_id.eq(resource))
        .filter(bookings::status.eq_any(LIVE))
        .filter(bookings::ends_at.gt(now));
    Ok(diesel::select(exists(active)).get_result(conn)?)
}
