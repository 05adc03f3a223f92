//! The calendar entry of a booking or of a seat in a training, RFC 5545 and 5546.

use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use super::certification::{SeatEvent, SeatLetter};
use super::letter::BookingLetter;
use super::page::Fact;
use domain::event::Happened;
use domain::time::UtcTime;

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
    const fn of(letter: &BookingLetter) -> Option<Self> {
        match letter.happened {
            _ if !letter.facts.is_in_calendar => None,
            Happened::Confirmed | Happened::Rescheduled => Some(Self::Request),
            Happened::Cancelled | Happened::Displaced | Happened::Replaced => Some(Self::Cancel),
            Happened::OutOfOrder
            | Happened::BackInOrder
            | Happened::OperatorLeft
            | Happened::Offered
            | Happened::Requested
            | Happened::Held
            | Happened::Reminder
            | Happened::Declined
            | Happened::Expired
            | Happened::Missed
            | Happened::OfferLapsed
            | Happened::HoldExpired
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
    /// The host of the public URL: with the booking or the seat it names the entry for ever.
    pub(super) public_host: &'a str,
    /// Where it is shown.
    pub(super) url: &'a str,
    /// The address of the service, on whose behalf the entry is sent.
    pub(super) organizer: &'a str,
    /// The address of the reader; the other side's is not told.
    pub(super) attendee: &'a str,
    /// When this was written.
    pub(super) written_at: UtcTime,
}

/// What stands in a calendar, and what is to become of it.
pub(super) struct Entry {
    pub(super) method: Method,
    /// Names it together with the host.
    id: String,
    sequence: i32,
    time: (UtcTime, UtcTime),
    summary: String,
    place: String,
    facts: Vec<Fact>,
    /// The reader's name; may be empty.
    name: String,
}

impl Entry {
    /// The entry of a booking, if its reader's calendar is to change.
    pub(super) fn of_booking(letter: &BookingLetter) -> Option<Self> {
        let facts = &letter.facts;
        Some(Self {
            method: Method::of(letter)?,
            id: facts.booking_id.to_string(),
            sequence: facts.calendar_sequence,
            time: (facts.starts_at, facts.ends_at),
            summary: letter.resource.clone(),
            place: letter.place.clone(),
            facts: letter.facts(),
            name: letter.name.clone(),
        })
    }

    /// The entry of a seat in a training, if its reader's calendar is to change.
    pub(super) fn of_seat(letter: &SeatLetter) -> Option<Self> {
        if letter.event == SeatEvent::Reminder {
            return None;
        }
        let is_coming = letter.event.is_coming();
        Some(Self {
            method: if is_coming { Method::Request } else { Method::Cancel },
            id: letter.seat_id.to_string(),
            // Nothing comes after the end of a seat.
            sequence: letter.calendar_sequence + i32::from(!is_coming),
            time: (letter.starts_at, letter.ends_at),
            summary: letter.training.clone(),
            place: letter.place.clone(),
            facts: letter.facts(),
            name: letter.name.clone(),
        })
    }

    /// A calendar that holds this one entry.
    pub(super) fn calendar(&self, occasion: &Occasion<'_>) -> String {
        calendar(self.method.as_str(), [event(self, occasion)])
    }
}

/// How entries are told that are no invitation: that is to one event only (RFC 5546).
pub(super) const PUBLISH: &str = "PUBLISH";

/// The calendar entries of many bookings, if any of them is to be entered, brought up to date or taken out.
pub(super) fn entries(letters: impl Iterator<Item = BookingLetter>, occasion: &Occasion<'_>) -> Option<String> {
    let events: Vec<_> = letters.filter_map(|letter| Some(event(&Entry::of_booking(&letter)?, occasion))).collect();
    (!events.is_empty()).then(|| calendar(PUBLISH, events))
}

fn event(entry: &Entry, occasion: &Occasion<'_>) -> Event {
    let (starts_at, ends_at) = entry.time;
    let address = |property: &str, address: &str, name: &str| {
        Property::new(property, format!("mailto:{address}")).add_parameter("CN", &parameter(name)).done()
    };
    let reader = if entry.name.is_empty() { occasion.attendee } else { &entry.name };
    let description = entry.facts.iter().map(|fact| format!("{}: {}\n", fact.label, fact.value)).collect::<String>();
    let mut event = Event::new();
    event
        .uid(&format!("{}@{}", entry.id, occasion.public_host))
        .sequence(u32::try_from(entry.sequence).unwrap_or_default())
        .timestamp(occasion.written_at.to_chrono())
        .starts(starts_at.to_chrono())
        .ends(ends_at.to_chrono())
        .summary(&text(&entry.summary))
        .description(&text(&description))
        .location(&text(&entry.place.replace('\n', ", ")))
        .url(occasion.url)
        .append_property(address("ORGANIZER", occasion.organizer, "Sharefloor"))
        .append_property(
            address("ATTENDEE", occasion.attendee, reader)
                .add_parameter("ROLE", "REQ-PARTICIPANT")
                .add_parameter("PARTSTAT", "ACCEPTED")
                .add_parameter("RSVP", "FALSE")
                .done(),
        )
        .status(match entry.method {
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
