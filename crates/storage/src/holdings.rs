//! What a customer has of a resource: what its rules count.

use chrono::TimeDelta;
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::bookings::is_live;
use super::connection::{Conn, MultiBackend};
use super::error::StorageError;
use super::schema::bookings;
use domain::availability::Taken;
use domain::booking::BookingStatus;
use domain::ids::{BookingId, OrganizationId, UserId};
use domain::interval::Interval;
use domain::resource::Claimed;
use domain::time::UtcTime;

/// Whose bookings of a resource are counted.
#[derive(Debug, Clone, Copy)]
pub enum Holder {
    /// Those of a customer.
    Organization(OrganizationId),
    /// Those that a user has made, for whatever customer.
    User(UserId),
}

/// The bookings of one holder on one resource.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// The resource.
    pub resource: Claimed,
    /// Whose.
    pub holder: Holder,
    /// Without this one.
    pub except: Option<BookingId>,
}

impl Held {
    fn query<'a>(self) -> bookings::BoxedQuery<'a, MultiBackend> {
        let query = bookings::table.filter(bookings::resource_id.eq(self.resource.id)).into_boxed();
        let query = match self.holder {
            Holder::Organization(id) => query.filter(bookings::organization_id.eq(id)),
            Holder::User(id) => query.filter(bookings::created_by.eq(id)),
        };
        match self.except {
            Some(id) => query.filter(bookings::id.ne(id)),
            None => query,
        }
    }

    /// None that ends after an instant starts earlier: with that the indexes by start lead past all that was before.
    fn first_start(self, at: UtcTime) -> UtcTime {
        at - TimeDelta::minutes(self.resource.longest_allocation_minutes)
    }
}

/// How many that take capacity have not ended.
///
/// # Errors
/// When the database fails.
pub fn count_active(conn: &mut Conn, held: Held, now: UtcTime) -> Result<i64, StorageError> {
    let has_not_lapsed = bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now));
    let active = held.query().filter(bookings::ends_at.gt(now)).filter(is_live()).filter(has_not_lapsed);
    let active = match held.holder {
        // The index of what is live serves without.
        Holder::Organization(_) => active,
        Holder::User(_) => active.filter(bookings::starts_at.ge(held.first_start(now))),
    };
    Ok(active.select(count_star()).get_result(conn)?)
}

/// Those that overlap a span and live or were used. A hold or request that has lapsed by `now` is none, even if it was not
/// put away yet.
///
/// # Errors
/// When the database fails.
pub fn list_counted(conn: &mut Conn, held: Held, now: UtcTime, within: Interval) -> Result<Vec<Taken>, StorageError> {
    let is_counted = bookings::status.ne_all([BookingStatus::Cancelled, BookingStatus::Declined, BookingStatus::Expired]);
    let is_agreed = bookings::status.ne_all([BookingStatus::Held, BookingStatus::Requested]);
    let has_not_lapsed = bookings::lapses_at.is_null().or(bookings::lapses_at.gt(now));
    let rows: Vec<(UtcTime, UtcTime, i32)> = held
        .query()
        .filter(bookings::ends_at.gt(within.starts_at()))
        .filter(bookings::starts_at.ge(held.first_start(within.starts_at())))
        .filter(bookings::starts_at.lt(within.ends_at()))
        .filter(is_counted)
        .filter(is_agreed.or(has_not_lapsed))
        .order((bookings::starts_at, bookings::id))
        .select((bookings::starts_at, bookings::ends_at, bookings::quantity))
        .load(conn)?;
    let taken = |(starts_at, ends_at, quantity)| {
        Ok(Taken { interval: Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?, quantity })
    };
    rows.into_iter().map(taken).collect()
}
