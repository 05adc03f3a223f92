//! Operators of bookings.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use super::bookings::{bookings_from, columns, has_changed, joined};
use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::{bookings, resources};
use domain::booking::Booking;
use domain::ids::{BookingGroupId, BookingId, OrganizationId, ResourceId, UserId};
use domain::interval::Interval;
use domain::resource::ResourceKind;
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

/// The bookings within a span by which the user operates other machines of the host. A booking that has ended or expired by `now` does
/// not count, even if its new state is not written yet.
///
/// # Errors
/// When the database fails.
pub fn list_elsewhere(
    conn: &mut Conn,
    user: UserId,
    (host, resource): (OrganizationId, ResourceId),
    now: UtcTime,
    within: Interval,
) -> Result<Vec<Elsewhere>, StorageError> {
    let rows: Vec<(BookingId, OrganizationId, Option<BookingGroupId>, UtcTime, UtcTime)> = bookings::table
        .inner_join(resources::table)
        .filter(bookings::operated_by.eq(user).and(bookings::is_live))
        .filter(bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now)))
        .filter(bookings::starts_at.lt(within.ends_at()).and(bookings::ends_at.gt(within.starts_at().max(now))))
        .filter(bookings::host_organization_id.eq(host).and(bookings::resource_id.ne(resource)))
        .filter(resources::kind.eq(ResourceKind::Machine))
        .order((bookings::starts_at, bookings::id))
        .select((bookings::id, bookings::organization_id, bookings::group_id, bookings::starts_at, bookings::ends_at))
        .load(conn)?;
    let elsewhere = |(booking_id, organization_id, group_id, starts_at, ends_at)| {
        let interval = Interval::new(starts_at, ends_at).ok()?;
        Some(Elsewhere { booking_id, organization_id, group_id, interval })
    };
    Ok(rows.into_iter().filter_map(elsewhere).collect())
}

/// A booking of another machine by which an operator is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elsewhere {
    /// The booking.
    pub booking_id: BookingId,
    /// The customer.
    pub organization_id: OrganizationId,
    /// The group of the booking.
    pub group_id: Option<BookingGroupId>,
    /// The booked time.
    pub interval: Interval,
}

/// Makes this transaction the only one that books machines of the host for the operator, until it ends. On SQLite the transaction has
/// been the only one since it began.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, host: OrganizationId, operator: UserId) -> Result<(), StorageError> {
    let key = format!("{host} {operator}");
    conn.time_lock(|conn| match conn.either() {
        EitherConn::Pg(conn) => {
            // The seed keeps these locks apart from those of idempotency keys.
            let query = sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 1))");
            query.bind::<Text, _>(key).execute(conn).map(drop)
        }
        EitherConn::Sqlite(_) => Ok(()),
    })?;
    Ok(())
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
