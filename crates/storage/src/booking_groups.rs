//! Bookings that were made together.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::{booking_groups, bookings, organizations};
use domain::ids::{BookingGroupId, OrganizationId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// A group, without its bookings.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct BookingGroup {
    /// Its identifier.
    pub id: BookingGroupId,
    /// The customer.
    pub organization_id: OrganizationId,
    /// The customer's name.
    pub organization_name: String,
    /// From the customer to the hosts.
    pub note: String,
    /// The user that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
}

type Columns = (
    booking_groups::id,
    booking_groups::organization_id,
    organizations::name,
    booking_groups::note,
    booking_groups::created_by,
    booking_groups::created_at,
);
const COLUMNS: Columns = (
    booking_groups::id,
    booking_groups::organization_id,
    organizations::name,
    booking_groups::note,
    booking_groups::created_by,
    booking_groups::created_at,
);

/// A group.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: BookingGroupId) -> Result<BookingGroup, StorageError> {
    let one = booking_groups::table.inner_join(organizations::table).filter(booking_groups::id.eq(id));
    Ok(one.select(COLUMNS).get_result(conn)?)
}

/// The groups of these customers, and those in which these hosts have bookings.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    customers: &[OrganizationId],
    hosts: &[OrganizationId],
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<BookingGroup>, StorageError> {
    let hosted = bookings::table
        .filter(bookings::host_organization_id.eq_any(hosts))
        .filter(bookings::group_id.is_not_null())
        .select(bookings::group_id);
    let query = booking_groups::table
        .inner_join(organizations::table)
        .filter(booking_groups::organization_id.eq_any(customers).or(booking_groups::id.nullable().eq_any(hosted)))
        .select(COLUMNS)
        .into_boxed();
    Ok(by_id!(query, booking_groups::id, rows).load(conn)?)
}

/// The groups that a user made for any of these organizations, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId, customers: &[OrganizationId]) -> Result<Vec<BookingGroup>, StorageError> {
    let theirs = booking_groups::organization_id.eq_any(customers).and(booking_groups::created_by.eq(user));
    let groups = booking_groups::table.inner_join(organizations::table).filter(theirs);
    Ok(groups.order(booking_groups::id).select(COLUMNS).load(conn)?)
}

/// Adds a group.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, group: &BookingGroup) -> Result<(), StorageError> {
    diesel::insert_into(booking_groups::table)
        .values((
            booking_groups::id.eq(group.id),
            booking_groups::organization_id.eq(group.organization_id),
            booking_groups::note.eq(&group.note),
            booking_groups::created_by.eq(group.created_by),
            booking_groups::created_at.eq(group.created_at),
        ))
        .execute(conn.raw())?;
    Ok(())
}
