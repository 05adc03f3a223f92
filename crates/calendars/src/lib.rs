//! Calendars as text (iCalendar, RFC 5545): what mails and feeds contain, and what the calendars of others say.

pub mod read;

use std::borrow::Cow;

use chrono::DateTime;
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use domain::time::UtcTime;

/// The person of an entry.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The mail address.
    pub address: &'a str,
    /// The name.
    pub name: &'a str,
}

/// How sure an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is not agreed yet.
    Tentative,
    /// It is agreed.
    Confirmed,
    /// It was cancelled.
    Cancelled,
}

/// An entry of a calendar. Its times are written in UTC, which all programs read alike.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Names the entry for its whole life, everywhere.
    pub uid: String,
    /// Incremented by each change; of two versions, programs keep the later one.
    pub sequence: i32,
    /// When this version was written.
    pub written_at: UtcTime,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// How sure it is.
    pub status: Status,
    /// The title.
    pub summary: &'a str,
    /// Further lines; may be empty.
    pub description: &'a str,
    /// The place, in one line; may be empty.
    pub location: &'a str,
    /// A page about it.
    pub url: Option<&'a str>,
    /// The sender and the reader of an entry that is sent; a feed has none.
    pub people: Option<(Person<'a>, Person<'a>)>,
}

/// A property of the calendar itself, such as `METHOD`: its name and value.
pub type Head<'a> = (&'a str, &'a str);

/// Returns the calendar with these properties and entries.
pub fn write(heads: &[Head<'_>], entries: &[Entry<'_>]) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//Sharefloor//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property((name, value));
    }
    for (name, value) in heads {
        calendar.append_property((*name, text(value).as_ref()));
    }
    for entry in entries {
        calendar.push(event(entry));
    }
    folded(calendar.to_string())
}

fn event(entry: &Entry<'_>) -> Event {
    let utc = |time: UtcTime| -> DateTime<chrono::Utc> { time.to_chrono() };
    let mut event = Event::new();
    event
        .uid(&entry.uid)
        .sequence(u32::try_from(entry.sequence).unwrap_or_default())
        .timestamp(utc(entry.written_at))
        .starts(utc(entry.starts_at))
        .ends(utc(entry.ends_at))
        .summary(&text(entry.summary))
        .status(match entry.status {
            Status::Tentative => EventStatus::Tentative,
            Status::Confirmed => EventStatus::Confirmed,
            Status::Cancelled => EventStatus::Cancelled,
        });
    if !entry.description.is_empty() {
        event.description(&text(entry.description));
    }
    if !entry.location.is_empty() {
        event.location(&text(entry.location));
    }
    if let Some(url) = entry.url {
        event.url(url);
    }
    if let Some((organizer, attendee)) = entry.people {
        let property = |name: &str, person: Person<'_>| {
            Property::new(name, format!("mailto:{}", person.address)).add_parameter("CN", &parameter(person.name)).done()
        };
        event.append_property(property("ORGANIZER", organizer)).append_property(
            property("ATTENDEE", attendee)
                .add_parameter("ROLE", "REQ-PARTICIPANT")
                .add_parameter("PARTSTAT", "ACCEPTED")
                .add_parameter("RSVP", "FALSE")
                .done(),
        );
    }
    event.done()
}

/// How many bytes a line has at most (RFC 5545, section 3.1).
const LONGEST_LINE: usize = 75;

/// The calendar with its lines folded anew if one is too long: the last part of a line that the library folds can have a byte too many.
fn folded(calendar: String) -> String {
    if calendar.lines().all(|line| line.len() <= LONGEST_LINE) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> UtcTime {
        UtcTime::from_micros((1_796_083_200 + hour * 3600) * 1_000_000)
    }

    fn entry(summary: &str) -> Entry<'_> {
        Entry {
            uid: "a@example.org".to_owned(),
            sequence: 3,
            written_at: at(0),
            starts_at: at(10),
            ends_at: at(12),
            status: Status::Tentative,
            summary,
            description: "",
            location: "",
            url: None,
            people: None,
        }
    }

    fn read(calendar: &str) -> Vec<(String, String)> {
        let mut parsed = ical::IcalParser::new(calendar.as_bytes());
        let calendar = parsed.next().unwrap().unwrap();
        let events = calendar.events.into_iter().flat_map(|event| event.properties);
        calendar
            .properties
            .into_iter()
            .chain(events)
            .map(|property| (property.name, property.value.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_calendar_has_its_properties_and_its_entries_in_utc() {
        let calendar = write(&[("METHOD", "PUBLISH")], &[entry("Lathe")]);
        let found = read(&calendar);
        for expected in [
            ("METHOD", "PUBLISH"),
            ("UID", "a@example.org"),
            ("SEQUENCE", "3"),
            ("DTSTART", "20261201T100000Z"),
            ("DTEND", "20261201T120000Z"),
            ("STATUS", "TENTATIVE"),
        ] {
            assert!(found.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{expected:?} in {found:?}");
        }
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert!(!names.contains(&"ORGANIZER") && !names.contains(&"DESCRIPTION") && !names.contains(&"LOCATION"));
    }

    #[test]
    fn no_text_can_add_a_property_and_no_line_is_too_long() {
        for hostile in ["Lathe\r\nATTENDEE:mailto:eve@example.org", "a;b,c\\d\nSUMMARY:x", &"é".repeat(200), "\u{7}\u{0}"] {
            let calendar = write(&[("X-WR-CALNAME", hostile)], &[entry(hostile)]);
            assert!(calendar.split("\r\n").all(|line| line.len() <= LONGEST_LINE && !line.contains('\n')), "{calendar:?}");
            let names: Vec<_> = read(&calendar).into_iter().map(|(name, _)| name).collect();
            assert_eq!(names.iter().filter(|name| *name == "SUMMARY").count(), 1);
            assert!(!names.contains(&"ATTENDEE".to_owned()), "{names:?}");
        }
    }
}
