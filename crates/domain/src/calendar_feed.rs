//! Calendar feeds: secret addresses from which calendar programs read bookings again and again.

use chrono::TimeDelta;

use super::booking::{Booking, BookingStatus, Hold, Side};
use super::ids::{CalendarFeedId, OrganizationId, ResourceId, SiteId, UserId};
use super::time::UtcTime;

/// The largest number of feeds of a user.
pub const MOST_FEEDS: usize = 50;

/// The largest number of bookings in a feed, and of blocks: those that start first.
pub const MOST_ENTRIES: i64 = 2000;

/// How long a feed contains what is over.
pub const KEPT: TimeDelta = TimeDelta::days(60);

/// How far a feed looks ahead.
pub const AHEAD: TimeDelta = TimeDelta::days(400);

/// The object whose bookings a feed contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Those that its user made or operates, and the user's seats in trainings.
    User,
    /// Those of an organization, as the customer and as the host.
    Organization(OrganizationId),
    /// Those at a site.
    Site(SiteId),
    /// Those of a resource.
    Resource(ResourceId),
}

/// A feed, without the secret in its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarFeed {
    /// Its identifier.
    pub id: CalendarFeedId,
    /// The user who made it: it shows what this user may see, and ends with that.
    pub user_id: UserId,
    /// The object whose bookings it contains.
    pub subject: Subject,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was read last, with a precision of an hour; none if it never was.
    pub last_used_at: Option<UtcTime>,
}

impl CalendarFeed {
    /// Whether it is to be written that the feed is read now: that is done once an hour at most.
    pub fn is_use_due(&self, now: UtcTime) -> bool {
        self.last_used_at.is_none_or(|at| now - at >= TimeDelta::hours(1))
    }
}

/// How sure the time of an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// A hold or a request.
    Tentative,
    /// It is agreed.
    Confirmed,
    /// It was cancelled, and calendars are to remove it.
    Cancelled,
}

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// The booking, seat or block: it names the entry for its whole life.
    pub id: String,
    /// RFC 5545 `SEQUENCE`.
    pub sequence: i32,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// How sure it is.
    pub certainty: Certainty,
    /// The title.
    pub title: String,
    /// The site.
    pub place: String,
    /// The note of the customer, or the reason of the block; may be empty.
    pub note: String,
}

impl FeedEntry {
    /// The entry of a booking for one of its parties; none if it is not in the calendar of this party. The title names the other party.
    pub fn of_booking(booking: &Booking, side: Side) -> Option<Self> {
        let certainty = match booking.status {
            BookingStatus::Held | BookingStatus::Requested => Certainty::Tentative,
            BookingStatus::Confirmed | BookingStatus::InUse | BookingStatus::Completed | BookingStatus::NoShow => {
                Certainty::Confirmed
            }
            BookingStatus::Cancelled => Certainty::Cancelled,
            BookingStatus::Declined | BookingStatus::Expired => return None,
        };
        let is_host = side == Side::Host;
        if is_host && booking.hold.is_some_and(Hold::is_private) {
            return None;
        }
        let other = if is_host { &booking.organization_name } else { &booking.host_organization_name };
        let quantity = if booking.quantity > 1 { format!(" × {}", booking.quantity) } else { String::new() };
        Some(Self {
            id: booking.id.to_string(),
            sequence: booking.calendar_sequence,
            updated_at: booking.updated_at,
            starts_at: booking.interval.starts_at(),
            ends_at: booking.interval.ends_at(),
            certainty,
            title: format!("{}{quantity}, {other}", booking.resource_name),
            place: booking.site_name.clone(),
            note: booking.note.clone(),
        })
    }
}
