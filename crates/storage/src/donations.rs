//! The time that hosts have donated.

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::bookings;
use super::schema_money::booking_charges;
use domain::booking::BookingStatus;
use domain::ids::{BookingId, OrganizationId, ResourceId};
use domain::interval::Interval;

/// The customers of the bookings of a resource that start within a month and for which time is donated, each with the minutes, without
/// the booking `except`. A booking that ended before it was used gives its time back.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    resource: ResourceId,
    month: Interval,
    except: Option<BookingId>,
) -> Result<Vec<(OrganizationId, i64)>, StorageError> {
    let query = bookings::table
        .inner_join(booking_charges::table)
        .filter(bookings::resource_id.eq(resource))
        .filter(bookings::starts_at.ge(month.starts_at()).and(bookings::starts_at.lt(month.ends_at())))
        .filter(bookings::status.ne_all(BookingStatus::UNUSED))
        .filter(booking_charges::donated_minutes.gt(0))
        .select((bookings::organization_id, booking_charges::donated_minutes))
        .into_boxed();
    Ok(match except {
        Some(except) => query.filter(bookings::id.ne(except)).load(conn)?,
        None => query.load(conn)?,
    })
}
