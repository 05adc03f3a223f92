//! Spans of local time within a day, as opening hours and shifts have them.

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::fields::{Fields, InvalidFields};
use super::limits;
use super::wall_clock::LocalSpan;
use crate::said::{said, says};

pub(super) const MINUTES_A_DAY: u16 = 1440;

/// A span of a day in its JSON form: `["08:00", "18:00"]`.
pub type RawSpan = [String; 2];

/// A span of local time, in minutes from the midnight of the day on which it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) start: u16,
    /// As written: up to 1440. At or before the start if the span ends on the next day.
    end: u16,
}

impl Span {
    /// The spans of a day without a break.
    pub(super) const WHOLE_DAY: &[Self] = &[Self { start: 0, end: MINUTES_A_DAY }];

    /// Returns the span that starts on a local date.
    pub(super) fn starting_on(self, date: NaiveDate) -> LocalSpan {
        let midnight = date.and_time(NaiveTime::MIN);
        let at = |minute: u16| midnight + TimeDelta::minutes(minute.into());
        LocalSpan { starts_at: at(self.start), ends_at: at(self.until()) }
    }

    /// Returns the length on the clock in minutes.
    pub(super) fn minutes(self) -> i64 {
        i64::from(self.until() - self.start)
    }

    /// Returns the end in minutes from the midnight of the day on which the span starts.
    pub(super) fn until(self) -> u16 {
        if self.end > self.start { self.end } else { self.end + MINUTES_A_DAY }
    }

    /// Returns the span of a weekday in minutes of the week: two parts if it goes on in the next week.
    pub(super) fn in_week(self, day: usize) -> Vec<Range<usize>> {
        const WEEK: usize = 7 * 1440;
        let midnight = day * usize::from(MINUTES_A_DAY);
        let (start, end) = (midnight + usize::from(self.start), midnight + usize::from(self.until()));
        let this_week = start..end.min(WEEK);
        let next_week = 0..end.saturating_sub(WEEK);
        [this_week, next_week].into_iter().filter(|part| !part.is_empty()).collect()
    }

    fn read([start, end]: &RawSpan) -> Result<Self, InvalidSpan> {
        let start = minute_of_day(start).filter(|start| *start < MINUTES_A_DAY).ok_or(InvalidSpan)?;
        let end = minute_of_day(end).ok_or(InvalidSpan)?;
        Ok(Self { start, end })
    }

    pub(super) fn write(self) -> RawSpan {
        [self.start, self.end].map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60))
    }
}

#[derive(Debug, Clone)]
struct InvalidSpan;

says!(InvalidSpan: |_| said!("must be two local times such as [\"08:00\", \"18:00\"], the second up to 24:00"));

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

/// Reads the spans of one day and sorts them.
pub(super) fn read_spans(raw: &[RawSpan]) -> Result<Vec<Span>, InvalidFields> {
    let mut fields = Fields::default();
    if fields.list("", raw, limits::Spans::RANGE, said!("spans for a day")).is_none() {
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
            fields.refuse(
                format!("/{at}"),
                "invalid",
                said!("overlaps the span from {start} to {end} of the same day", start, end),
            );
        }
    }
    fields.finish(|| Some(spans.into_iter().map(|(span, _)| span).collect()))
}

pub(super) fn write_spans(spans: &[Span]) -> Vec<RawSpan> {
    spans.iter().map(|span| span.write()).collect()
}

/// Returns the schema of the spans of a day.
pub(super) fn spans_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let time = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"));
    let span = ArrayBuilder::new().items(time).min_items(Some(2)).max_items(Some(2));
    ArrayBuilder::new().items(span).max_items(Some(*limits::Spans::RANGE.end())).build()
}
