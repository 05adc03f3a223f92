//! The bookings that count towards the quotas of a resource.

use chrono::TimeDelta;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::connection::{Conn, MultiBackend};
use super::error::StorageError;
use super::schema::bookings;
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

/// The bookings of one subject on one resource.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// The resource.
    pub resource: Claimed,
    /// The customer or user.
    pub subject: Subject,
    /// A booking that is not counted.
    pub except: Option<BookingId>,
}

impl Counted {
    fn query<'a>(self) -> bookings::BoxedQuery<'a, MultiBackend> {
        let query = bookings::table.filter(bookings::resource_id.eq(self.resource.id)).into_boxed();
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
    fn first_start(self, at: UtcTime) -> UtcTime {
        at - TimeDelta::minutes(self.resource.longest_allocation_minutes)
    }
}

/// Counts the bookings that take capacity and have not ended.
///
/// # Errors
/// When the database fails.
pub fn count_active(conn: &mut Conn, counted: Counted, now: UtcTime) -> Result<i64, StorageError> {
    let has_not_lapsed = bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now));
    let active = counted.query().filter(bookings::ends_at.gt(now)).filter(bookings::is_live).filter(has_not_lapsed);
    let active = match counted.subject {
        // The index of live bookings is used without this condition.
        Subject::Organization(_) => active,
        Subject::User(_) => active.filter(bookings::starts_at.ge(counted.first_start(now))),
    };
    Ok(active.select(count_star()).get_result(conn)?)
}

/// Lists the bookings that overlap a span and are live or were used. A hold or request that has expired by `now` does not count,
/// even if its state is not written yet.
///
/// # Errors
/// When the database fails.
pub fn list_counted(conn: &mut Conn, counted: Counted, now: UtcTime, within: Interval) -> Result<Vec<Slot>, StorageError> {
    let is_counted = bookings::status.ne_all([BookingStatus::Cancelled, BookingStatus::Declined, BookingStatus::Expired]);
    let is_agreed = bookings::status.ne_all([BookingStatus::Held, BookingStatus::Requested]);
    let has_not_lapsed = bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now));
    let rows: Vec<(UtcTime, UtcTime, i32)> = counted
        .query()
        .filter(bookings::ends_at.gt(within.starts_at()))
        .filter(bookings::starts_at.ge(counted.first_start(within.starts_at())))
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
