//! Bookings whose time has come.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::bookings::{bookings_from, columns, joined};
use super::connection::Conn;
use super::error::StorageError;
use super::schema::{allocations, booking_usage, bookings};
use domain::booking::{Booking, BookingStatus, LONGEST_OVERRUN};
use domain::ids::ResourceId;
use domain::time::UtcTime;

/// The resources with bookings that the service has to move by itself by `now`: holds, requests and bookings that have lapsed,
/// bookings whose claims are over, and what is in use though its time is over, about which nobody was notified yet. In no order, and maybe more than
/// once.
///
/// # Errors
/// When the database fails.
pub fn list_resources(conn: &mut Conn, now: UtcTime) -> Result<Vec<ResourceId>, StorageError> {
    // Each resource as often as it has bookings: to list it once, SQLite would read all bookings by resource.
    let live = || bookings::table.filter(bookings::is_live).select(bookings::resource_id);
    let is_left = bookings::status.ne(BookingStatus::InUse).or(bookings::ends_at.le(now - LONGEST_OVERRUN));
    // The index is by start: what is over has started, and there is little more that has.
    let over = live().filter(bookings::starts_at.lt(now)).filter(bookings::claim_ends_at.le(now)).filter(is_left);
    let mut due: Vec<ResourceId> = live().filter(bookings::lapses_at.le(now)).load(conn)?;
    due.extend(over.load::<ResourceId>(conn)?);
    due.extend(new_overruns(now).select(bookings::resource_id).load::<ResourceId>(conn)?);
    Ok(due)
}

/// The bookings in use whose time is over at `now`, and of which nobody was notified yet.
#[diesel::dsl::auto_type(no_type_alias)]
fn new_overruns(now: UtcTime) -> _ {
    let is_in_use: SqlLiteral<Bool> = sql("bookings.status = 'in_use'");
    joined().filter(is_in_use).filter(booking_usage::is_overrun.eq(false)).filter(bookings::ends_at.le(now))
}

/// The bookings of a resource that overrun at `now`, and about which nobody was notified yet.
///
/// # Errors
/// When the database fails.
pub fn list_new_overruns(conn: &mut Conn, resource: ResourceId, now: UtcTime) -> Result<Vec<Booking>, StorageError> {
    let query = new_overruns(now).filter(bookings::resource_id.eq(resource)).order(bookings::ends_at).select(columns());
    let rows = query.load(conn)?;
    bookings_from(rows)
}

/// The live bookings that take capacity of any of these resources though their claims are over or
/// have lapsed by `now`.
///
/// # Errors
/// When the database fails.
pub fn list_spent(conn: &mut Conn, resources: &[ResourceId], now: UtcTime) -> Result<Vec<Booking>, StorageError> {
    let spent = allocations::table
        .filter(allocations::resource_id.eq_any(resources))
        .filter(allocations::lapses_at.le(now).or(allocations::ends_at.le(now)))
        .select(allocations::id);
    let query = joined().filter(bookings::is_live).filter(bookings::id.eq_any(spent)).order(bookings::id).select(columns());
    let rows = query.load(conn)?;
    bookings_from(rows)
}

/// The bookings of these resources that overrun, and about which the parties were notified.
///
/// # Errors
/// When the database fails.
pub fn list_known_overruns(conn: &mut Conn, resources: &[ResourceId]) -> Result<Vec<Booking>, StorageError> {
    let overrunning = bookings::status.eq(BookingStatus::InUse).and(booking_usage::is_overrun.eq(true));
    let query = joined().filter(bookings::resource_id.eq_any(resources)).filter(bookings::is_live).filter(overrunning);
    let rows = query.order(bookings::id).select(columns()).load(conn)?;
    bookings_from(rows)
}
