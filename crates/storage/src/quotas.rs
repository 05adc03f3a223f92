//! The bookings that count towards the quotas of a resource, and towards those that it shares with others.

use chrono::TimeDelta;
use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::connection::{Conn, MultiBackend};
use super::error::StorageError;
use super::schema::{bookings, resources, shared_quota_resources};
use domain::booking::BookingStatus;
use domain::ids::{BookingId, OrganizationId, UserId};
use domain::interval::Interval;
use domain::resource::Claimed;
use domain::slot::Slot;
use domain::time::UtcTime;

/// The customer or user whose bookings are counted.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// A customer.
    Organization(OrganizationId),
    /// A user, for any customer.
    User(UserId),
}

/// The resources of which bookings are counted.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// One resource.
    Resource(Claimed),
    /// All resources of this host that share a quota with this name.
    Sharing(OrganizationId, &'a str),
}

/// The bookings of one subject.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// Their resources.
    pub of: Of<'a>,
    /// The customer or user.
    pub subject: Subject,
    /// A booking that is not counted.
    pub except: Option<BookingId>,
}

/// The identifiers of the resources of a host that share a quota.
#[diesel::dsl::auto_type]
fn sharing<'a>(host: OrganizationId, name: &'a str) -> _ {
    shared_quota_resources::table
        .filter(shared_quota_resources::organization_id.eq(host))
        .filter(shared_quota_resources::name.eq(name))
        .select(shared_quota_resources::resource_id)
}

impl<'a> Counted<'a> {
    fn query(self) -> bookings::BoxedQuery<'a, MultiBackend> {
        let query = match self.of {
            Of::Resource(resource) => bookings::table.filter(bookings::resource_id.eq(resource.id)).into_boxed(),
            Of::Sharing(host, name) => bookings::table.filter(bookings::resource_id.eq_any(sharing(host, name))).into_boxed(),
        };
        let query = match self.subject {
            Subject::Organization(id) => query.filter(bookings::organization_id.eq(id)),
            Subject::User(id) => query.filter(bookings::created_by.eq(id)),
        };
        match self.except {
            Some(id) => query.filter(bookings::id.ne(id)),
            None => query,
        }
    }

    /// No booking that ends after an instant starts before this instant, so that an index by start skips all earlier bookings.
    fn first_start(self, conn: &mut Conn, at: UtcTime) -> Result<UtcTime, StorageError> {
        let longest = match self.of {
            Of::Resource(resource) => resource.longest_allocation_minutes,
            Of::Sharing(host, name) => {
                let sharing = resources::table.filter(resources::id.eq_any(sharing(host, name)));
                let longest: Option<i64> = sharing.select(max(resources::longest_allocation_minutes)).get_result(conn)?;
                longest.unwrap_or_default()
            }
        };
        Ok(at - TimeDelta::minutes(longest))
    }
}

/// Counts the bookings that take capacity and have not ended.
///
/// # Errors
/// When the database fails.
pub fn count_active(conn: &mut Conn, counted: Counted<'_>, now: UtcTime) -> Result<i64, StorageError> {
    let has_not_lapsed = bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now));
    let active = counted.query().filter(bookings::ends_at.gt(now)).filter(bookings::is_live).filter(has_not_lapsed);
    let active = match counted.subject {
        // The index of live bookings is used without this condition.
        Subject::Organization(_) => active,
        Subject::User(_) => active.filter(bookings::starts_at.ge(counted.first_start(conn, now)?)),
    };
    Ok(active.select(count_star()).get_result(conn)?)
}

/// Lists the bookings that overlap a span and are live or were used. A hold or request that has expired by `now` does not count,
/// even if its state is not written yet.
///
/// # Errors
/// When the database fails.
pub fn list_counted(conn: &mut Conn, counted: Counted<'_>, now: UtcTime, within: Interval) -> Result<Vec<Slot>, StorageError> {
    let first_start = counted.first_start(conn, within.starts_at())?;
    let is_counted = bookings::status.ne_all([BookingStatus::Cancelled, BookingStatus::Declined, BookingStatus::Expired]);
    let is_agreed = bookings::status.ne_all([BookingStatus::Held, BookingStatus::Requested]);
    let has_not_lapsed = bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now));
    let rows: Vec<(UtcTime, UtcTime, i32)> = counted
        .query()
        .filter(bookings::ends_at.gt(within.starts_at()))
        .filter(bookings::starts_at.ge(first_start))
        .filter(bookings::starts_at.lt(within.ends_at()))
        .filter(is_counted)
        .filter(is_agreed.or(has_not_lapsed))
        .order((bookings::starts_at, bookings::id))
        .select((bookings::starts_at, bookings::ends_at, bookings::quantity))
        .load(conn)?;
    let taken = |(starts_at, ends_at, quantity)| {
        Ok(Slot { interval: Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?, quantity })
    };
    rows.into_iter().map(taken).collect()
}
