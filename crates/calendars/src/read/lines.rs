//! Files as components with properties. Real files break the rules of the standard in many ways, so that what cannot be read as a line is
//! left out, and what is not UTF-8 is read as Latin-1.

use super::found::NotACalendar;

/// How deep components can be in each other: an alarm in an event in a calendar, and some more.
const DEEPEST: usize = 8;

/// A property: `NAME;PARAMETER=value:value`. Names are in capitals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) value: String,
}

impl Property {
    /// The value of a parameter, without quotes.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The property as it is if the last colon of the line begins the value: some programs write colons in a parameter without quotes.
    pub(super) fn split_at_last_colon(&self) -> Option<Self> {
        let (more, value) = self.value.rsplit_once(':')?;
        let mut parameters = self.parameters.clone();
        let (_, last) = parameters.last_mut()?;
        last.push(':');
        last.push_str(more);
        Some(Self { name: self.name.clone(), parameters, value: value.to_owned() })
    }
}

/// A component, such as an event, with its properties and the components in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) name: String,
    pub(super) properties: Vec<Property>,
    pub(super) parts: Vec<Component>,
}

impl Component {
    /// All properties with a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |property| property.name == name)
    }

    /// The first property with a name.
    pub(super) fn first(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// The value of the first property with a name, without blanks around it.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.first(name).map(|property| property.value.trim())
    }
}

/// Reads a file: its calendars, with all that is in them.
///
/// # Errors
/// When it contains no calendar, or ends within one.
pub(super) fn read(file: &[u8]) -> Result<Vec<Component>, NotACalendar> {
    let text = decode(file);
    let mut open: Vec<Component> = Vec::new();
    let mut calendars = Vec::new();
    for line in unfold(&text) {
        let Some(property) = property(&line) else { continue };
        match property.name.as_str() {
            "BEGIN" => {
                let name = property.value.trim().to_ascii_uppercase();
                // An event cannot be in another one: the end of the first is missing.
                if matches!(name.as_str(), "VEVENT" | "VTIMEZONE" | "VTODO" | "VJOURNAL" | "VFREEBUSY") {
                    close(&mut open, &mut calendars, 1);
                }
                // Outside of a calendar there is nothing to read.
                if open.len() < DEEPEST && (name == "VCALENDAR" || !open.is_empty()) {
                    open.push(Component { name, ..Component::default() });
                }
            }
            "END" => {
                let name = property.value.trim();
                if let Some(depth) = open.iter().rposition(|component| component.name.eq_ignore_ascii_case(name)) {
                    close(&mut open, &mut calendars, depth);
                }
            }
            _ => {
                if let Some(component) = open.last_mut() {
                    component.properties.push(property);
                }
            }
        }
    }
    match (open.is_empty(), calendars.is_empty()) {
        (false, _) => Err(NotACalendar::Cut),
        (true, true) if text.trim_start().starts_with('<') => Err(NotACalendar::Page),
        (true, true) => Err(NotACalendar::Other),
        (true, false) => Ok(calendars),
    }
}

/// Ends the open components from a depth on.
fn close(open: &mut Vec<Component>, calendars: &mut Vec<Component>, depth: usize) {
    while open.len() > depth {
        let Some(component) = open.pop() else { return };
        match open.last_mut() {
            Some(outer) => outer.parts.push(component),
            None => calendars.push(component),
        }
    }
}

/// The text of a file: UTF-8 or UTF-16 with a byte order mark, UTF-8 without, else Latin-1.
fn decode(file: &[u8]) -> String {
    let units = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let units: Vec<_> = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(read).collect();
        String::from_utf16_lossy(&units)
    };
    match file {
        [0xef, 0xbb, 0xbf, rest @ ..] => decode(rest),
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(file) {
            Ok(text) => text.to_owned(),
            Err(_) => file.iter().map(|byte| char::from(*byte)).collect(),
        },
    }
}

/// The lines of a text. A line that begins with a blank goes on with the line before.
fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split(['\r', '\n']).filter(|line| !line.is_empty()) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The property in a line. None: it is none, such as a line of a text that was not folded.
fn property(line: &str) -> Option<Property> {
    let line = line.trim_start_matches('\u{feff}');
    let mut is_quoted = false;
    let mut ends = Vec::new();
    for (at, char) in line.char_indices() {
        match char {
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => ends.push(at),
            ':' if !is_quoted => {
                ends.push(at);
                break;
            }
            _ => {}
        }
    }
    let colon = *ends.last().filter(|at| line[**at..].starts_with(':'))?;
    let value = line[colon + 1..].to_owned();
    let mut start = 0;
    let heads: Vec<_> = ends.into_iter().map(|end| &line[std::mem::replace(&mut start, end + 1)..end]).collect();
    let (name, parameters) = heads.split_first()?;
    let name = name.trim();
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return None;
    }
    let parameter = |text: &&str| {
        let (name, value) = text.split_once('=')?;
        Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
    };
    Some(Property { name: name.to_ascii_uppercase(), parameters: parameters.iter().filter_map(parameter).collect(), value })
}

/// A text without the escapes of the standard, and without control characters.
pub(super) fn plain(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        let char = match char {
            '\\' => match chars.next() {
                Some('n' | 'N') | None => ' ',
                Some(other) => other,
            },
            other => other,
        };
        plain.push(if char.is_control() { ' ' } else { char });
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_name_parameters_and_a_value() {
        for (line, name, parameters, value) in [
            ("DTSTART:20261201", "DTSTART", &[][..], "20261201"),
            ("dtstart;value=date:20261201", "DTSTART", &[("VALUE", "date")], "20261201"),
            ("DTSTART;TZID=\"a:b;c\";X=1:20261201T090000", "DTSTART", &[("TZID", "a:b;c"), ("X", "1")], "20261201T090000"),
            ("SUMMARY:a:b;c", "SUMMARY", &[], "a:b;c"),
            ("X-WR-CALNAME:", "X-WR-CALNAME", &[], ""),
        ] {
            let found = property(line).unwrap();
            let found_parameters: Vec<_> = found.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!((found.name.as_str(), &found_parameters[..], found.value.as_str()), (name, parameters, value), "{line}");
        }
        for line in ["", "no colon", "two words: and more", ":a", "é:1", "\"a:b"] {
            assert_eq!(property(line), None, "{line}");
        }
        let unquoted = property("DTSTART;TZID=(UTC+01:00) Bern:20261201T090000").unwrap().split_at_last_colon().unwrap();
        assert_eq!((unquoted.parameter("TZID"), unquoted.value.as_str()), (Some("(UTC+01:00) Bern"), "20261201T090000"));
    }

    #[test]
    fn a_file_is_read_in_each_encoding_and_with_each_end_of_line() {
        let text = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Fr\u{e4}\r\n se\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let utf16 = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        for file in [
            text.as_bytes().to_vec(),
            text.replace("\r\n", "\n").into_bytes(),
            text.replace("\r\n", "\r").into_bytes(),
            text.replacen("\r\n", "\n", 3).into_bytes(),
            [&[0xef, 0xbb, 0xbf][..], text.as_bytes()].concat(),
            text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect(),
            [vec![0xff, 0xfe], utf16(u16::to_le_bytes)].concat(),
            [vec![0xfe, 0xff], utf16(u16::to_be_bytes)].concat(),
        ] {
            let calendars = read(&file).unwrap();
            assert_eq!(calendars[0].parts[0].value("SUMMARY"), Some("Fr\u{e4}se"), "{}", String::from_utf8_lossy(&file));
        }
    }

    #[test]
    fn a_page_another_text_and_a_part_of_a_calendar_are_no_calendars() {
        for (file, expected) in [
            ("", NotACalendar::Other),
            ("Hello: you", NotACalendar::Other),
            ("<!DOCTYPE html><html><body>Sign in: here</body></html>", NotACalendar::Page),
            ("BEGIN:VEVENT\nUID:1\nEND:VEVENT", NotACalendar::Other),
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\n", NotACalendar::Cut),
        ] {
            assert_eq!(read(file.as_bytes()), Err(expected), "{file}");
        }
    }

    #[test]
    fn missing_ends_and_alarms_do_not_mix_events() {
        let file = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nUID:alarm\nEND:VALARM\nSUMMARY:One\nBEGIN:VEVENT\nUID:2\n\
            END:VEVENT\nEND:VALARM\nEND:VCALENDAR\n";
        let calendars = read(file.as_bytes()).unwrap();
        let events: Vec<_> = calendars[0].parts.iter().map(|event| (event.value("UID"), event.value("SUMMARY"))).collect();
        assert_eq!(events, [(Some("1"), Some("One")), (Some("2"), None)]);
    }
}
