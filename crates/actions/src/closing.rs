//! Bookings that new opening hours would leave outside: they are found before the hours change, and the host chooses their
//! treatment.

use super::Caller;
use super::blocks::{cancel_all, publish_displaced};
use super::bookings::access::Actor;
use super::error::Error;
use domain::block::MOST_DISPLACED;
use domain::booking::{BookingStatus, Side};
use domain::closing::{BookingOutside, OnClosing};
use domain::interval::Interval;
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::{Said, said};
use domain::site::SiteFields;
use domain::time::UtcTime;
use storage::bookings;
use storage::db::Tx;
use storage::resource_locks::LockedResources;

/// How many bookings are compared with the new hours. A comparison takes some microseconds, and SQLite has one writer.
const MOST_COMPARED: usize = 5_000;
/// How many bookings a refusal lists.
const MOST_LISTED: usize = 50;

/// The choice of the host about bookings that new opening hours leave outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The treatment of the bookings.
    pub on_bookings: OnClosing,
    /// The reason that the customers of cancelled bookings read; may be empty.
    pub reason: String,
}

impl Closing {
    /// All bookings stay as they are.
    pub const KEEP: Self = Self { on_bookings: OnClosing::Keep, reason: String::new() };
}

/// A resource before and after a change of its hours.
pub(super) struct Change {
    /// Before.
    pub(super) before: Resource,
    /// After.
    pub(super) after: Resource,
}

/// The span in which a change of a site can leave bookings outside the hours; none if the hours stay as they are.
pub(super) fn affected_by(now: UtcTime, before: &SiteFields, after: &SiteFields) -> Option<Interval> {
    let place = |site: &SiteFields| (site.address.country.clone(), site.address.postal_code.clone());
    let is_week_same = before.opening_hours == after.opening_hours && before.timezone == after.timezone;
    let span = if is_week_same && place(before) == place(after) {
        before.exceptions.affected_by(&after.exceptions, before.timezone)?
    } else {
        always(now)?
    };
    span.intersection(always(now)?)
}

/// The time from now on.
pub(super) fn always(now: UtcTime) -> Option<Interval> {
    Interval::new(now, UtcTime::LATEST).ok()
}

/// Finds the bookings of locked resources that lie in the hours before a change and outside those after it, and cancels them if
/// the host has chosen so. A booking that was outside before, because a manager overrode the hours, does not count.
///
/// # Errors
/// [`Error::OutsideHours`] if the host has not chosen; `bookings_outside_hours` if they are too many.
pub(super) fn clear(
    tx: &mut Tx<'_>,
    caller: Caller,
    locked: &mut LockedResources,
    changes: &[Change],
    within: Interval,
    closing: &Closing,
) -> Result<(), Error> {
    if closing.on_bookings == OnClosing::Keep {
        return Ok(());
    }
    let mut outside = find_outside(tx, changes, within)?;
    if outside.is_empty() {
        return Ok(());
    }
    if closing.on_bookings == OnClosing::Refuse {
        let total = outside.len();
        outside.truncate(MOST_LISTED);
        return Err(Error::OutsideHours { bookings: outside, total });
    }
    outside.retain(|booking| booking.status != BookingStatus::InUse);
    if outside.len() > MOST_DISPLACED {
        return Err(too_many(said!(
            "{outside} bookings are outside the new hours, and at most {most} can be cancelled at once.",
            outside = outside.len(),
            most = MOST_DISPLACED
        )));
    }
    let ids: Vec<_> = outside.iter().map(|booking| booking.booking_id).collect();
    let displaced = bookings::list_by_id(tx.conn, &ids)?;
    let actor = Actor::of(caller, Side::Host);
    let cancelled = cancel_all(tx, actor, locked, displaced, &closing.reason)?;
    publish_displaced(tx, actor, cancelled, closing.on_bookings == OnClosing::OfferAlternatives).map(drop)
}

/// The live bookings that a change leaves outside the hours, by start.
fn find_outside(tx: &mut Tx<'_>, changes: &[Change], within: Interval) -> Result<Vec<BookingOutside>, Error> {
    let ids: Vec<_> = changes.iter().map(|change| change.before.id).collect();
    let most = i64::try_from(MOST_COMPARED).unwrap_or(i64::MAX);
    let mut live = bookings::list_live_times(tx.conn, &ids, within, tx.now, most + 1)?;
    if live.len() > MOST_COMPARED {
        return Err(too_many(said!("More than {most} bookings could be outside the new hours.", most = MOST_COMPARED)));
    }
    live.retain(|booking| {
        let change = changes.iter().find(|change| change.before.id == booking.resource_id);
        let time = Interval::new(booking.starts_at, booking.ends_at).ok();
        change.zip(time).is_some_and(|(Change { before, after }, time)| {
            before.bookable().is_open_for(time) && !after.bookable().is_open_for(time)
        })
    });
    Ok(live)
}

fn too_many(detail: Said) -> Error {
    let next_step = said!("Send `bookings` as `keep`, or change the hours in steps, such as single dates.");
    Error::Refused(Code::BookingsOutsideHours, detail.then(next_step))
}
