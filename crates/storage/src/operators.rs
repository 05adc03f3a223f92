//! Operators of bookings.

use diesel::prelude::*;

use super::bookings::{bookings_from, columns, has_changed, joined};
use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::bookings;
use domain::booking::Booking;
use domain::ids::{OrganizationId, UserId};
use domain::time::UtcTime;

/// The bookings to come that the user is to operate for any of these organizations.
///
/// # Errors
/// When the database fails.
pub fn list_bookings(
    conn: &mut Conn,
    user: UserId,
    organizations: &[OrganizationId],
    now: UtcTime,
) -> Result<Vec<Booking>, StorageError> {
    let rows = joined()
        .filter(bookings::organization_id.eq_any(organizations).and(bookings::starts_at.gt(now)))
        .filter(bookings::operated_by.eq(user))
        .filter(bookings::is_live)
        .order((bookings::starts_at, bookings::id))
        .select(columns())
        .load(conn)?;
    bookings_from(rows)
}

/// Names who is to operate what is booked, or nobody. Its slot stays as it is.
///
/// # Errors
/// [`StorageError::Conflict`] when somebody else has changed the booking since it was read, or the database fails.
pub fn update_booking(conn: &mut WriteConn, booking: &Booking) -> Result<(), StorageError> {
    let changed = diesel::update(bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision)))
        .set((
            bookings::operated_by.eq(booking.operated_by),
            bookings::calendar_sequence.eq(booking.calendar_sequence),
            bookings::revision.eq(booking.revision + 1),
            bookings::updated_at.eq(booking.updated_at),
        ))
        .execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(has_changed()) }
}
