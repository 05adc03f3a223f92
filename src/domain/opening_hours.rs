//! Opening hours: local wall time by weekday, with dated exceptions, turned into instants.
//!
//! The wall clock at the site decides: a place is open at an instant exactly if the local time then
//! lies in one of its spans. So hours that fall into a spring gap are skipped, and an hour that an
//! autumn overlap repeats is open both times.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::fields::{Fields, InvalidFields};
use super::interval::Interval;
use super::time::UtcTime;
use super::wall_clock::stretches;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTES_A_DAY: u16 = 1440;
const MICROS_A_MINUTE: i64 = 60_000_000;
const MICROS_A_DAY: i64 = 86_400_000_000;
const MOST_SPANS: usize = 12;
const MOST_EXCEPTIONS: usize = 1000;
const LONGEST_REASON: usize = 200;

/// A span of a day as it is written: `["08:00", "18:00"]`.
pub type RawSpan = [String; 2];

/// Opening hours as they are written: weekdays (`mon` … `sun`) to their spans.
pub type RawOpeningHours = BTreeMap<String, Vec<RawSpan>>;

/// A span of local time that starts on some day, in minutes from its midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    start: u16,
    /// As written: up to 1440, and at or before the start where the span runs into the next day.
    end: u16,
}

impl Span {
    const WHOLE_DAY: Self = Self { start: 0, end: MINUTES_A_DAY };

    /// Its end in minutes from the midnight that its day starts with.
    fn until(self) -> u16 {
        if self.end > self.start { self.end } else { self.end + MINUTES_A_DAY }
    }

    fn read([start, end]: &RawSpan) -> Result<Self, InvalidSpan> {
        let start = minute_of_day(start).filter(|start| *start < MINUTES_A_DAY).ok_or(InvalidSpan)?;
        let end = minute_of_day(end).ok_or(InvalidSpan)?;
        Ok(Self { start, end })
    }

    fn write(self) -> RawSpan {
        [self.start, self.end].map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("must be two local times such as [\"08:00\", \"18:00\"], the second up to 24:00")]
struct InvalidSpan;

/// Reads `HH:MM`, up to and including `24:00`.
fn minute_of_day(text: &str) -> Option<u16> {
    let &[a, b, b':', c, d] = text.as_bytes() else { return None };
    if ![a, b, c, d].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |tens: u8, ones: u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
    let (hours, minutes) = (two(a, b), two(c, d));
    (minutes < 60).then_some(hours * 60 + minutes).filter(|minute| *minute <= MINUTES_A_DAY)
}

/// Reads the spans of one day and puts them in order.
fn read_spans(raw: &[RawSpan]) -> Result<Vec<Span>, InvalidFields> {
    let mut fields = Fields::default();
    if raw.len() > MOST_SPANS {
        fields.refuse("", "too_long", format!("a day must have at most {MOST_SPANS} spans"));
        return fields.finish(|| None);
    }
    let mut spans: Vec<(Span, usize)> = Vec::new();
    for (at, raw) in raw.iter().enumerate() {
        spans.extend(fields.take(format!("/{at}"), Span::read(raw)).map(|span| (span, at)));
    }
    spans.sort_unstable();
    for pair in spans.windows(2) {
        let ((before, _), (span, at)) = (pair[0], pair[1]);
        if before.until() > span.start {
            let [start, end] = before.write();
            fields.refuse(format!("/{at}"), "invalid", format!("must not overlap the span {start} to {end} of the same day"));
        }
    }
    fields.finish(|| Some(spans.into_iter().map(|(span, _)| span).collect()))
}

fn write_spans(spans: &[Span]) -> Vec<RawSpan> {
    spans.iter().map(|span| span.write()).collect()
}

/// The hours of a week, in local time.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "RawOpeningHours", into = "RawOpeningHours")]
pub struct OpeningHours {
    /// By weekday from Monday; in order and without overlap.
    week: [Vec<Span>; 7],
}

impl OpeningHours {
    /// Open day and night.
    pub fn always() -> Self {
        Self { week: std::array::from_fn(|_| vec![Span::WHOLE_DAY]) }
    }

    /// Reads opening hours as they are written; a weekday that is missing is closed.
    ///
    /// # Errors
    /// With everything that is wrong: unknown weekdays, malformed or overlapping spans.
    pub fn read(raw: &RawOpeningHours) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let mut week: [Vec<Span>; 7] = Default::default();
        for (name, spans) in raw {
            let pointer = format!("/{name}");
            match WEEKDAYS.iter().position(|weekday| weekday == name) {
                Some(weekday) => week[weekday] = fields.nest(&pointer, read_spans(spans)).unwrap_or_default(),
                None => fields.refuse(pointer, "unknown_field", format!("must be one of {}", WEEKDAYS.join(", "))),
            }
        }
        fields.finish(|| Some(Self { week }))
    }
}

impl TryFrom<RawOpeningHours> for OpeningHours {
    type Error = InvalidFields;
    fn try_from(raw: RawOpeningHours) -> Result<Self, InvalidFields> {
        Self::read(&raw)
    }
}

impl From<OpeningHours> for RawOpeningHours {
    fn from(hours: OpeningHours) -> Self {
        let days = WEEKDAYS.iter().zip(&hours.week).filter(|(_, spans)| !spans.is_empty());
        days.map(|(name, spans)| ((*name).to_owned(), write_spans(spans))).collect()
    }
}

/// A date with hours of its own, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DateException, example = json!({"date": "2026-12-24", "spans": [["08:00", "12:00"]], "reason": "Christmas Eve"}))]
pub struct RawDateException {
    /// The local date, `YYYY-MM-DD`, on which the spans start.
    #[schema(format = Date)]
    pub date: String,
    /// The hours that start on this date, in place of the weekday's; none closes it.
    #[schema(schema_with = spans_schema)]
    pub spans: Vec<RawSpan>,
    /// Why, for people to read.
    #[serde(default)]
    pub reason: String,
}

/// A date with hours of its own: a holiday, an extra opening.
#[derive(Debug, Clone, PartialEq, Eq)]
struct DateException {
    date: NaiveDate,
    spans: Vec<Span>,
    reason: String,
}

impl DateException {
    fn read(raw: &RawDateException) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let date = read_date(&raw.date);
        if date.is_none() {
            fields.refuse("/date", "invalid", "must be a date such as 2026-12-24");
        }
        let spans = fields.nest("/spans", read_spans(&raw.spans));
        let reason = fields.note("/reason", &raw.reason, LONGEST_REASON);
        fields.finish(|| Some(Self { date: date?, spans: spans?, reason: reason? }))
    }
}

/// Reads `YYYY-MM-DD` and nothing looser.
fn read_date(text: &str) -> Option<NaiveDate> {
    text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == text)
}

/// The dates on which other hours hold than in the week.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<RawDateException>", into = "Vec<RawDateException>")]
pub struct DateExceptions {
    /// By date, each once.
    by_date: Vec<DateException>,
}

impl DateExceptions {
    /// No exceptions.
    pub const NONE: &Self = &Self { by_date: Vec::new() };

    /// Reads a list of exceptions.
    ///
    /// # Errors
    /// With everything that is wrong: too many, the same date twice, malformed dates or spans.
    pub fn read(raw: &[RawDateException]) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        if raw.len() > MOST_EXCEPTIONS {
            fields.refuse("", "too_long", format!("must be at most {MOST_EXCEPTIONS} dates"));
            return fields.finish(|| None);
        }
        let mut by_date = BTreeMap::new();
        for (at, raw) in raw.iter().enumerate() {
            let Some(exception) = fields.nest(&format!("/{at}"), DateException::read(raw)) else { continue };
            if by_date.insert(exception.date, exception).is_some() {
                fields.refuse(format!("/{at}/date"), "invalid", "must not be named twice");
            }
        }
        fields.finish(|| Some(Self { by_date: by_date.into_values().collect() }))
    }

    fn on(&self, date: NaiveDate) -> Option<&DateException> {
        self.by_date.binary_search_by_key(&date, |exception| exception.date).ok().and_then(|at| self.by_date.get(at))
    }
}

impl TryFrom<Vec<RawDateException>> for DateExceptions {
    type Error = InvalidFields;
    fn try_from(raw: Vec<RawDateException>) -> Result<Self, InvalidFields> {
        Self::read(&raw)
    }
}

impl From<DateExceptions> for Vec<RawDateException> {
    fn from(exceptions: DateExceptions) -> Self {
        let write = |exception: DateException| RawDateException {
            date: exception.date.to_string(),
            spans: write_spans(&exception.spans),
            reason: exception.reason,
        };
        exceptions.by_date.into_iter().map(write).collect()
    }
}

/// When a place is open.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    /// Where its clock is set.
    pub timezone: Tz,
    /// The hours of its week.
    pub hours: &'a OpeningHours,
    /// The dates on which other hours hold.
    pub exceptions: &'a DateExceptions,
}

impl Calendar<'_> {
    /// The times within a span at which it is open: in order, and no two of them touch.
    pub fn open(&self, within: Interval) -> Vec<Interval> {
        let mut open: Vec<(i64, i64)> = Vec::new();
        for (stretch, offset) in stretches(self.timezone, within) {
            let offset = offset.num_seconds() * 1_000_000;
            let (from, to) = (stretch.starts_at().micros(), stretch.ends_at().micros());
            // A day before the first, whose spans may run into it.
            let first = (from + offset).div_euclid(MICROS_A_DAY) - 1;
            let last = (to - 1 + offset).div_euclid(MICROS_A_DAY);
            for day in first..=last {
                let midnight = day * MICROS_A_DAY - offset;
                for span in self.spans_on(day) {
                    let start = from.max(midnight + i64::from(span.start) * MICROS_A_MINUTE);
                    let end = to.min(midnight + i64::from(span.until()) * MICROS_A_MINUTE);
                    match open.last_mut() {
                        _ if start >= end => {}
                        Some((_, until)) if start <= *until => *until = end.max(*until),
                        _ => open.push((start, end)),
                    }
                }
            }
        }
        let instant = UtcTime::from_micros;
        open.into_iter().filter_map(|(start, end)| Interval::new(instant(start), instant(end)).ok()).collect()
    }

    /// The spans that start on a local date, given in days since 1970-01-01.
    fn spans_on(&self, day: i64) -> &[Span] {
        let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days);
        if let Some(exception) = date.and_then(|date| self.exceptions.on(date)) {
            return &exception.spans;
        }
        // 1970-01-01 was a Thursday.
        usize::try_from((day + 3).rem_euclid(7)).ok().and_then(|weekday| self.hours.week.get(weekday)).map_or(&[], Vec::as_slice)
    }
}

/// The schema of a day's spans.
fn spans_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let time = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"));
    let span = ArrayBuilder::new().items(time).min_items(Some(2)).max_items(Some(2));
    ArrayBuilder::new().items(span).max_items(Some(MOST_SPANS)).build()
}

impl utoipa::PartialSchema for OpeningHours {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
        let week = ObjectBuilder::new().schema_type(Type::Object).description(Some(
            "Spans of local time by weekday; a weekday that is missing is closed. A span may end at `24:00`, and one that \
             ends at or before its start runs into the next day.",
        ));
        let week = WEEKDAYS.iter().fold(week, |week, name| week.property(*name, spans_schema()));
        week.additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([serde_json::json!({"mon": [["08:00", "12:00"], ["13:00", "18:00"]], "fri": [["20:00", "02:00"]]})])
            .into()
    }
}
impl utoipa::ToSchema for OpeningHours {}
