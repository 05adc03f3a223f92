//! The calendar entry of a booking, RFC 5545 and 5546.

use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use super::letter::BookingLetter;
use crate::domain::event::Happened;
use crate::domain::time::UtcTime;

/// What a calendar does with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Enters it, or brings it up to date.
    Request,
    /// Takes it out.
    Cancel,
}

impl Method {
    /// What the message asks of the reader's calendar, if anything.
    pub(super) const fn of(letter: &BookingLetter) -> Option<Self> {
        match letter.happened {
            _ if !letter.facts.is_in_calendar => None,
            Happened::Confirmed | Happened::Rescheduled => Some(Self::Request),
            Happened::Cancelled | Happened::Replaced => Some(Self::Cancel),
            Happened::OutOfOrder
            | Happened::BackInOrder
            | Happened::OperatorLeft
            | Happened::Offered
            | Happened::Requested
            | Happened::Reminder
            | Happened::Declined
            | Happened::Expired
            | Happened::Missed
            | Happened::Overrun
            | Happened::Delayed
            | Happened::Uncertified => None,
        }
    }

    /// As it is written in the entry and in the header of its part.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// What surrounds a calendar entry.
pub(super) struct Occasion<'a> {
    /// The host of the public URL: with the booking it names the entry for ever.
    pub(super) public_host: &'a str,
    /// Where the booking is shown.
    pub(super) url: &'a str,
    /// The address of the service, on whose behalf the entry is sent.
    pub(super) organizer: &'a str,
    /// The address of the reader; the other side's is not told.
    pub(super) attendee: &'a str,
    /// When this was written.
    pub(super) written_at: UtcTime,
}

/// The calendar entry of a booking.
pub(super) fn entry(letter: &BookingLetter, method: Method, occasion: &Occasion<'_>) -> String {
    calendar(method.as_str(), [event(letter, method, occasion)])
}

/// How entries are told that are no invitation: that is to one event only (RFC 5546).
pub(super) const PUBLISH: &str = "PUBLISH";

/// The calendar entries of many bookings, if any of them is to be entered, brought up to date or taken out.
pub(super) fn entries(letters: impl Iterator<Item = BookingLetter>, occasion: &Occasion<'_>) -> Option<String> {
    let events: Vec<_> = letters.filter_map(|letter| Some(event(&letter, Method::of(&letter)?, occasion))).collect();
    (!events.is_empty()).then(|| calendar(PUBLISH, events))
}

fn event(letter: &BookingLetter, method: Method, occasion: &Occasion<'_>) -> Event {
    let facts = &letter.facts;
    let address = |property: &str, address: &str, name: &str| {
        Property::new(property, format!("mailto:{address}")).add_parameter("CN", &parameter(name)).done()
    };
    let reader = if letter.name.is_empty() { occasion.attendee } else { &letter.name };
    let description = letter.facts().iter().map(|fact| format!("{}: {}\n", fact.label, fact.value)).collect::<String>();
    let mut event = Event::new();
    event
        .uid(&format!("{}@{}", facts.booking_id, occasion.public_host))
        .sequence(u32::try_from(facts.calendar_sequence).unwrap_or_default())
        .timestamp(occasion.written_at.to_chrono())
        .starts(facts.starts_at.to_chrono())
        .ends(facts.ends_at.to_chrono())
        .summary(&text(&letter.resource))
        .description(&text(&description))
        .location(&text(&letter.place.replace('\n', ", ")))
        .url(occasion.url)
        .append_property(address("ORGANIZER", occasion.organizer, "Sharefloor"))
        .append_property(
            address("ATTENDEE", occasion.attendee, reader)
                .add_parameter("ROLE", "REQ-PARTICIPANT")
                .add_parameter("PARTSTAT", "ACCEPTED")
                .add_parameter("RSVP", "FALSE")
                .done(),
        )
        .status(match method {
            Method::Request => EventStatus::Confirmed,
            Method::Cancel => EventStatus::Cancelled,
        });
    event.done()
}

fn calendar(method: &str, events: impl IntoIterator<Item = Event>) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//Sharefloor//EN"), ("CALSCALE", "GREGORIAN"), ("METHOD", method)] {
        calendar.append_property((name, value));
    }
    calendar.extend(events);
    calendar.to_string()
}

/// A text as the library escapes it; it leaves control characters where they are.
fn text(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// The value of a parameter, which has no way to write control characters and quotes.
fn parameter(value: &str) -> String {
    value.chars().map(|c| if c.is_control() || c == '"' { ' ' } else { c }).collect::<String>().trim().to_owned()
}
