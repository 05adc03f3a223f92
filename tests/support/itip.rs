//! A reader of calendar objects that knows nothing of how the service writes them. It enforces the form of RFC 5545 and the property
//! tables of RFC 5546 for requests (section 3.2.2) and cancellations (section 3.2.5).

use std::collections::BTreeMap;

/// One calendar object: an action on one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) method: String,
    pub(crate) uid: String,
    pub(crate) sequence: u32,
    /// When the sender wrote it.
    pub(crate) stamp: String,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) summary: String,
    /// The addresses of those who come.
    pub(crate) attendees: Vec<String>,
}

/// How often a property may stand in an entry.
#[derive(Clone, Copy)]
enum Times {
    Once,
    AtLeastOnce,
    AtMostOnce,
    AnyNumber,
}
use Times::{AnyNumber, AtLeastOnce, AtMostOnce, Once};

const REQUEST: [(&str, Times); 28] = [
    ("ATTENDEE", AtLeastOnce),
    ("DTSTAMP", Once),
    ("DTSTART", Once),
    ("ORGANIZER", Once),
    ("SEQUENCE", AtMostOnce),
    ("SUMMARY", Once),
    ("UID", Once),
    ("ATTACH", AnyNumber),
    ("CATEGORIES", AnyNumber),
    ("CLASS", AtMostOnce),
    ("COMMENT", AnyNumber),
    ("CONTACT", AnyNumber),
    ("CREATED", AtMostOnce),
    ("DESCRIPTION", AtMostOnce),
    ("DTEND", AtMostOnce),
    ("DURATION", AtMostOnce),
    ("EXDATE", AnyNumber),
    ("GEO", AtMostOnce),
    ("LAST-MODIFIED", AtMostOnce),
    ("LOCATION", AtMostOnce),
    ("PRIORITY", AtMostOnce),
    ("RDATE", AnyNumber),
    ("RELATED-TO", AnyNumber),
    ("RESOURCES", AnyNumber),
    ("RRULE", AtMostOnce),
    ("STATUS", AtMostOnce),
    ("TRANSP", AtMostOnce),
    ("URL", AtMostOnce),
];

/// The rows in which a cancellation differs from a request.
const CANCEL: [(&str, Times); 4] =
    [("ATTENDEE", AnyNumber), ("DTSTART", AtMostOnce), ("SEQUENCE", Once), ("SUMMARY", AtMostOnce)];

/// A line of an object: its name, its parameters and its value.
type Line = (String, String, String);

/// Reads a calendar object as it is sent. `method` is the parameter of its part.
#[track_caller]
pub(crate) fn read(method: &str, text: &str) -> Object {
    let lines = lines(text);
    let names: Vec<_> = lines.iter().map(|(name, _, value)| (name.as_str(), value.as_str())).collect();
    let begin = names.iter().position(|line| *line == ("BEGIN", "VEVENT")).unwrap_or_else(|| panic!("no entry in\n{text}"));
    let end = names.iter().position(|line| *line == ("END", "VEVENT")).unwrap_or_else(|| panic!("no end in\n{text}"));
    assert_eq!((names[0], names[names.len() - 1]), (("BEGIN", "VCALENDAR"), ("END", "VCALENDAR")), "{text}");
    // Several entries would need the same UID, and be parts of one that recurs.
    assert_eq!(names.iter().filter(|(name, _)| *name == "BEGIN").count(), 2, "one entry in\n{text}");
    let head = [&lines[1..begin], &lines[end + 1..lines.len() - 1]].concat();
    for (name, value) in [("VERSION", "2.0"), ("METHOD", method)] {
        assert_eq!(values(&head, name), [value], "{name} in\n{text}");
    }
    assert_eq!(values(&head, "PRODID").len(), 1, "{text}");
    entry(method, &lines[begin + 1..end], text)
}

#[track_caller]
fn entry(method: &str, lines: &[Line], text: &str) -> Object {
    let mut table = BTreeMap::from(REQUEST);
    match method {
        "REQUEST" => {}
        "CANCEL" => table.extend(CANCEL),
        _ => panic!("{method} invites nobody and takes nothing back:\n{text}"),
    }
    for (name, ..) in lines {
        assert!(table.contains_key(name.as_str()), "a {method} has no {name}:\n{text}");
    }
    for (name, times) in table {
        let count = values(lines, name).len();
        let is_right = match times {
            Once => count == 1,
            AtLeastOnce => count >= 1,
            AtMostOnce => count <= 1,
            AnyNumber => true,
        };
        assert!(is_right, "{count} times {name} in a {method}:\n{text}");
    }
    let first = |name: &str| values(lines, name).first().map(|value| (*value).to_owned()).unwrap_or_default();
    let mailto = |value: &&str| value.strip_prefix("mailto:").unwrap_or_else(|| panic!("{value} is no address")).to_owned();
    let statuses: &[&str] = if method == "CANCEL" { &["CANCELLED"] } else { &["TENTATIVE", "CONFIRMED", ""] };
    assert!(statuses.contains(&first("STATUS").as_str()), "{text}");
    assert!(values(lines, "DTEND").is_empty() || values(lines, "DURATION").is_empty(), "{text}");
    assert_eq!(values(lines, "ORGANIZER").iter().map(mailto).filter(|address| address.contains('@')).count(), 1, "{text}");
    let instant = |name: &str| {
        let value = first(name);
        assert!(value.len() == 16 && value.ends_with('Z'), "{name} is {value}");
        value
    };
    Object {
        method: method.to_owned(),
        uid: first("UID"),
        sequence: first("SEQUENCE").parse().unwrap_or(0),
        stamp: instant("DTSTAMP"),
        start: instant("DTSTART"),
        end: instant("DTEND"),
        summary: first("SUMMARY").replace("\\,", ",").replace("\\;", ";"),
        attendees: values(lines, "ATTENDEE").iter().map(mailto).collect(),
    }
}

fn values<'a>(lines: &'a [Line], name: &str) -> Vec<&'a str> {
    lines.iter().filter(|(other, ..)| other == name).map(|(.., value)| value.as_str()).collect()
}

/// The lines of an object, unfolded. Each ends in CRLF and has at most 75 bytes.
#[track_caller]
fn lines(text: &str) -> Vec<Line> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let unfolded = text.replace("\r\n ", "").replace("\r\n\t", "");
    unfolded.trim_end().split("\r\n").map(line).collect()
}

#[track_caller]
fn line(line: &str) -> Line {
    let mut is_quoted = false;
    let colon = line.find(|c| {
        is_quoted ^= c == '"';
        c == ':' && !is_quoted
    });
    let (head, value) = line.split_at(colon.unwrap_or_else(|| panic!("no value in {line:?}")));
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    (name.to_ascii_uppercase(), parameters.to_owned(), value[1..].to_owned())
}
