//! The calendar entry of a booking or of a seat in a training, RFC 5545 and 5546.

use std::borrow::Cow;

use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use super::page::Fact;
use domain::time::UtcTime;

/// The action of a calendar on an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// It enters or updates the entry.
    Request,
    /// It removes the entry.
    Cancel,
}

impl Method {
    /// As it is written in the entry and in the header of its part.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The facts that all calendar entries of a mail share.
pub(super) struct Occasion<'a> {
    /// The host of the public URL: together with the booking or the seat it names an entry for ever.
    pub(super) public_host: &'a str,
    /// The address of the service, which sends the entry.
    pub(super) organizer: &'a str,
    /// The address of the reader. The entry does not name the other party.
    pub(super) attendee: &'a str,
    /// When the mail was written.
    pub(super) written_at: UtcTime,
}

/// A calendar entry, and the action on it.
pub(super) struct Entry {
    pub(super) method: Method,
    /// Names it together with the host.
    pub(super) id: String,
    pub(super) sequence: i32,
    pub(super) time: (UtcTime, UtcTime),
    pub(super) summary: String,
    pub(super) place: String,
    pub(super) facts: Vec<Fact>,
    /// The reader's name; may be empty.
    pub(super) name: String,
    /// Where the booking or the training is shown.
    pub(super) url: String,
}

impl Entry {
    /// The calendar object as text. It has this entry only: all entries of a request or cancellation must have the same UID
    /// (RFC 5546).
    pub(super) fn object(&self, occasion: &Occasion<'_>) -> String {
        let mut calendar = Calendar::empty();
        let method = self.method.as_str();
        for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//Sharefloor//EN"), ("CALSCALE", "GREGORIAN"), ("METHOD", method)]
        {
            calendar.append_property((name, value));
        }
        calendar.push(self.event(occasion));
        folded(calendar.to_string())
    }

    fn event(&self, occasion: &Occasion<'_>) -> Event {
        let (starts_at, ends_at) = self.time;
        let address = |property: &str, address: &str, name: &str| {
            Property::new(property, format!("mailto:{address}")).add_parameter("CN", &parameter(name)).done()
        };
        let reader = if self.name.is_empty() { occasion.attendee } else { &self.name };
        let description = self.facts.iter().map(|fact| format!("{}: {}\n", fact.label, fact.value)).collect::<String>();
        let mut event = Event::new();
        event
            .uid(&format!("{}@{}", self.id, occasion.public_host))
            .sequence(u32::try_from(self.sequence).unwrap_or_default())
            .timestamp(occasion.written_at.to_chrono())
            .starts(starts_at.to_chrono())
            .ends(ends_at.to_chrono())
            .summary(&text(&self.summary))
            .description(&text(&description))
            .location(&text(&self.place.replace('\n', ", ")))
            .url(&self.url)
            .append_property(address("ORGANIZER", occasion.organizer, "Sharefloor"))
            .append_property(
                address("ATTENDEE", occasion.attendee, reader)
                    .add_parameter("ROLE", "REQ-PARTICIPANT")
                    .add_parameter("PARTSTAT", "ACCEPTED")
                    .add_parameter("RSVP", "FALSE")
                    .done(),
            )
            .status(match self.method {
                Method::Request => EventStatus::Confirmed,
                Method::Cancel => EventStatus::Cancelled,
            });
        event.done()
    }
}

/// How many bytes a line has at most (RFC 5545, section 3.1).
const LONGEST_LINE: usize = 75;

/// The calendar with its lines folded anew if one is too long: the last part of a line that the library folds can have a byte too many.
fn folded(calendar: String) -> String {
    if calendar.split("\r\n").all(|line| line.len() <= LONGEST_LINE) {
        return calendar;
    }
    let mut folded = String::with_capacity(calendar.len());
    for line in calendar.replace("\r\n ", "").lines() {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > LONGEST_LINE {
                folded.push_str("\r\n ");
                length = 1;
            }
            folded.push(c);
            length += c.len_utf8();
        }
        folded.push_str("\r\n");
    }
    folded
}

/// A text as the library escapes it; it leaves control characters where they are.
fn text(text: &str) -> Cow<'_, str> {
    let is_left_out = |c: char| c.is_control() && c != '\n';
    if text.contains(is_left_out) { text.replace(is_left_out, "").into() } else { text.into() }
}

/// The value of a parameter, which has no way to write control characters and quotes.
fn parameter(value: &str) -> String {
    value.chars().map(|c| if c.is_control() || c == '"' { ' ' } else { c }).collect::<String>().trim().to_owned()
}
