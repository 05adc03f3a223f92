//! Opening hours as people type them into a form: `09:00-12:00, 13:00-17:00`.

use super::fields::{Fields, InvalidFields};
use super::opening_hours::{OpeningHours, RawDateException, RawOpeningHours, RawSpan, WEEKDAYS};
use crate::said::said;

/// Reads the hours of a day. None if the text has another form.
fn read_day(text: &str) -> Option<Vec<RawSpan>> {
    let spans = text.split(',').map(str::trim).filter(|span| !span.is_empty());
    let span = |span: &str| {
        let (start, end) = span.split_once(['-', '\u{2013}'])?;
        Some([start.trim().to_owned(), end.trim().to_owned()])
    };
    spans.map(span).collect()
}

/// Returns the hours of a day as text.
pub fn write_day(spans: &[RawSpan]) -> String {
    spans.iter().map(|[start, end]| format!("{start}-{end}")).collect::<Vec<_>>().join(", ")
}

/// Reads the hours of each weekday from Monday. An empty text is a closed day.
///
/// # Errors
/// The weekdays whose hours are not of this form.
pub fn read_week(hours: &[String]) -> Result<RawOpeningHours, InvalidFields> {
    let mut fields = Fields::default();
    let mut week = RawOpeningHours::new();
    for (day, text) in WEEKDAYS.iter().zip(hours) {
        let of_day = read_day(text).map(|spans| RawOpeningHours::from([((*day).to_owned(), spans)]));
        match of_day.filter(|hours| OpeningHours::read(hours).is_ok()) {
            Some(hours) => week.extend(hours.into_iter().filter(|(_, spans)| !spans.is_empty())),
            None => {
                fields.refuse(format!("/opening_hours/{day}"), "invalid", said!("must be times such as 09:00-12:00, 13:00-17:00"))
            }
        }
    }
    fields.finish(|| Some(week))
}

/// Returns the hours of each weekday from Monday as text.
pub fn write_week(hours: &RawOpeningHours) -> Vec<String> {
    WEEKDAYS.iter().map(|day| hours.get(*day).map(|spans| write_day(spans)).unwrap_or_default()).collect()
}

/// Reads the days with other hours, a line for each: the date, the hours, which are none on a closed day, and a reason in brackets, such as
/// `2026-12-24 09:00-12:00 (Christmas Eve)`.
///
/// # Errors
/// The first line of another form.
pub fn read_exceptions(text: &str) -> Result<Vec<RawDateException>, InvalidFields> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let read = |line: &str| {
        let (day, reason) = line.strip_suffix(')').and_then(|line| line.split_once('(')).unwrap_or((line, ""));
        let (date, hours) = day.trim().split_once(' ').unwrap_or((day.trim(), ""));
        let spans = read_day(hours);
        spans.map(|spans| RawDateException { date: date.to_owned(), spans, reason: reason.trim().to_owned() }).ok_or_else(|| {
            let detail = said!("must be lines such as 2026-12-24 09:00-12:00 (Christmas Eve), and not {line}", line);
            InvalidFields::one("/exceptions", "invalid", detail)
        })
    };
    lines.map(read).collect()
}

/// Returns the days with other hours as text.
pub fn write_exceptions(exceptions: &[RawDateException]) -> String {
    let line = |exception: &RawDateException| {
        let RawDateException { date, spans, reason } = exception;
        let reason = if reason.is_empty() { String::new() } else { format!("({reason})") };
        [date.clone(), write_day(spans), reason].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    exceptions.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        let week = |monday: &str| read_week(&[monday.to_owned()]);
        assert_eq!(week("").unwrap(), RawOpeningHours::new());
        let two = vec![["09:00".to_owned(), "12:00".to_owned()], ["13:00".to_owned(), "17:00".to_owned()]];
        for text in ["09:00-12:00,13:00-17:00", " 09:00 - 12:00 , 13:00 \u{2013} 17:00, "] {
            let read = week(text).unwrap();
            assert_eq!(read["mon"], two, "{text}");
            assert_eq!(write_week(&read)[..2], ["09:00-12:00, 13:00-17:00", ""]);
        }
        for text in ["all day", "9-5", "09:00-12:00, 11:00-13:00", "25:00-26:00"] {
            assert_eq!(week(text).unwrap_err().0[0].pointer, "/opening_hours/mon", "{text}");
        }
    }

    #[test]
    fn days_with_other_hours_are_read_as_they_are_written() {
        let text = "2026-12-24 09:00-12:00, 13:00-14:00 (Christmas Eve)\n2026-12-25 (Christmas)\n2026-12-26";
        let read = read_exceptions(&format!(" {}\r\n\r\n", text.replace('\n', "\r\n"))).unwrap();
        assert_eq!(
            (read[0].spans.len(), read[1].spans.len(), &*read[1].reason, &*read[2].date),
            (2, 0, "Christmas", "2026-12-26")
        );
        assert_eq!(write_exceptions(&read), text);
        assert_eq!(read_exceptions("2026-12-25 closed").unwrap_err().0[0].pointer, "/exceptions");
    }
}
