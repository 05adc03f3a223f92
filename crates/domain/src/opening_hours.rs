//! Opening hours: local time by weekday, with exceptions for dates, converted to instants.
//!
//! The wall clock at the site decides: a place is open at an instant if and only if the local time of the instant lies in a
//! span. So hours inside a spring gap are skipped, and an hour that an autumn overlap repeats is open both times.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::fields::{Fields, InvalidFields};
use super::interval::Interval;
use super::limits;
use super::spans::{MINUTES_A_DAY, Span, read_spans, spans_schema, write_spans};
use super::time::UtcTime;
use super::wall_clock::{start_of_day, stretches};

pub use super::spans::RawSpan;
use crate::said::said;

/// The names of the weekdays from Monday.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MICROS_A_MINUTE: i64 = 60_000_000;
const MICROS_A_DAY: i64 = 86_400_000_000;

/// Opening hours in their JSON form: weekdays (`mon` … `sun`) with their spans.
pub type RawOpeningHours = BTreeMap<String, Vec<RawSpan>>;

/// The opening hours of a week, in local time.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "RawOpeningHours", into = "RawOpeningHours")]
pub struct OpeningHours {
    /// By weekday from Monday, sorted and without overlap.
    week: [Vec<Span>; 7],
}

impl OpeningHours {
    /// The spans of a day without a break.
    pub(super) const WHOLE_DAY: &[Span] = Span::WHOLE_DAY;

    /// Returns opening hours without a break.
    pub fn always() -> Self {
        Self { week: std::array::from_fn(|_| Span::WHOLE_DAY.to_vec()) }
    }

    /// Reads opening hours from their JSON form. A missing weekday is closed.
    ///
    /// # Errors
    /// All errors: unknown weekdays, malformed or overlapping spans.
    pub fn read(raw: &RawOpeningHours) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let mut week: [Vec<Span>; 7] = Default::default();
        for (name, spans) in raw {
            let pointer = format!("/{name}");
            match WEEKDAYS.iter().position(|weekday| weekday == name) {
                Some(weekday) => week[weekday] = fields.nest(&pointer, read_spans(spans)).unwrap_or_default(),
                None => fields.refuse(pointer, "unknown_field", said!("must be one of {weekdays}", weekdays = WEEKDAYS.to_vec())),
            }
        }
        fields.finish(|| Some(Self { week }))
    }

    /// Returns the JSON form.
    pub fn written(&self) -> RawOpeningHours {
        let days = WEEKDAYS.iter().zip(&self.week).filter(|(_, spans)| !spans.is_empty());
        days.map(|(name, spans)| ((*name).to_owned(), write_spans(spans))).collect()
    }

    /// Records an error for each weekday with a span in which a site is never open: neither in a normal week nor on an exception.
    pub(super) fn check_within(&self, site: Calendar<'_>, pointer: &str, fields: &mut Fields) {
        let normal = site.hours.week.iter().enumerate().flat_map(|(day, spans)| spans.iter().map(move |span| (day, *span)));
        let exceptions = site.exceptions.by_date.iter();
        let other = exceptions.flat_map(|other| other.spans.iter().map(|span| (weekday(other.date), *span)));
        let mut open: Vec<_> = normal.chain(other).flat_map(|(day, span)| span.in_week(day)).collect();
        open.sort_unstable_by_key(|part| part.start);
        open.dedup_by(|next, before| {
            let touches = next.start <= before.end;
            before.end = if touches { before.end.max(next.end) } else { before.end };
            touches
        });
        let is_open = |part: &Range<usize>| open.iter().any(|open| open.start <= part.start && part.end <= open.end);
        for (day, (name, spans)) in WEEKDAYS.iter().zip(&self.week).enumerate() {
            let Some(span) = spans.iter().find(|span| !span.in_week(day).iter().all(is_open)) else { continue };
            let hours = site.hours.week.get(day).map_or(&[][..], Vec::as_slice);
            let hours: Vec<_> = write_spans(hours).iter().map(|[start, end]| said!("{start} to {end}", start, end)).collect();
            let hours = if hours.is_empty() { said!("closed") } else { said!("open {hours}", hours) };
            let [start, end] = span.write();
            let detail = said!(
                "must lie in the opening hours of the site; it is {start} to {end}, and on this day the site is {hours}",
                start,
                end,
                hours
            );
            fields.refuse(format!("{pointer}/{name}"), "invalid", detail);
        }
    }

    /// Returns the minutes of the day at which spans begin or end.
    pub(super) fn times_of_day(&self) -> Vec<u16> {
        self.week.iter().flatten().flat_map(|span| [span.start, span.until() % MINUTES_A_DAY]).collect()
    }

    /// Returns the spans that start on a local date.
    pub(super) fn on(&self, date: NaiveDate) -> &[Span] {
        self.week.get(weekday(date)).map_or(&[], Vec::as_slice)
    }
}

/// Returns the place of a date in its week, from 0 for Monday.
fn weekday(date: NaiveDate) -> usize {
    date.weekday().num_days_from_monday() as usize
}

impl TryFrom<RawOpeningHours> for OpeningHours {
    type Error = InvalidFields;
    fn try_from(raw: RawOpeningHours) -> Result<Self, InvalidFields> {
        Self::read(&raw)
    }
}

impl From<OpeningHours> for RawOpeningHours {
    fn from(hours: OpeningHours) -> Self {
        hours.written()
    }
}

/// A date with its own opening hours, in JSON form.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DateException, example = json!({"date": "2026-12-24", "spans": [["08:00", "12:00"]], "reason": "Christmas Eve"}))]
pub struct RawDateException {
    /// The local date on which the spans start, `YYYY-MM-DD`.
    #[schema(format = Date)]
    pub date: String,
    /// The opening hours that start on this date, instead of those of the weekday. An empty list: closed.
    #[schema(schema_with = spans_schema)]
    pub spans: Vec<RawSpan>,
    /// The reason, for people to read.
    #[serde(default)]
    #[schema(value_type = limits::ExceptionReason)]
    pub reason: String,
}

/// A date with its own opening hours: a holiday or an extra opening.
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
            fields.refuse("/date", "invalid", said!("must be a date such as 2026-12-24"));
        }
        let spans = fields.nest("/spans", read_spans(&raw.spans));
        let reason = fields.text("/reason", &raw.reason, limits::ExceptionReason::RANGE);
        fields.finish(|| Some(Self { date: date?, spans: spans?, reason: reason? }))
    }
}

/// Reads `YYYY-MM-DD` in exactly this form.
fn read_date(text: &str) -> Option<NaiveDate> {
    text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == text)
}

/// The dates with other opening hours than in the normal week.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<RawDateException>", into = "Vec<RawDateException>")]
pub struct DateExceptions {
    /// Sorted by date, each date once.
    by_date: Vec<DateException>,
}

impl DateExceptions {
    /// No exceptions.
    pub const NONE: &Self = &Self { by_date: Vec::new() };

    /// Reads a list of exceptions.
    ///
    /// # Errors
    /// All errors: too many dates, a date twice, malformed dates or spans.
    pub fn read(raw: &[RawDateException]) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        if fields.list("", raw, limits::Exceptions::RANGE, said!("dates")).is_none() {
            return fields.finish(|| None);
        }
        let mut by_date = BTreeMap::new();
        for (at, raw) in raw.iter().enumerate() {
            let Some(exception) = fields.nest(&format!("/{at}"), DateException::read(raw)) else { continue };
            if by_date.insert(exception.date, exception).is_some() {
                fields.refuse(format!("/{at}/date"), "invalid", said!("is listed twice"));
            }
        }
        fields.finish(|| Some(Self { by_date: by_date.into_values().collect() }))
    }

    /// Returns the JSON form.
    pub fn written(&self) -> Vec<RawDateException> {
        let write = |exception: &DateException| RawDateException {
            date: exception.date.to_string(),
            spans: write_spans(&exception.spans),
            reason: exception.reason.clone(),
        };
        self.by_date.iter().map(write).collect()
    }

    /// Returns the span in which other exceptions can open or close the place; none if the hours of all dates are the same.
    pub fn affected_by(&self, other: &Self, timezone: Tz) -> Option<Interval> {
        let dates = self.by_date.iter().chain(&other.by_date).map(|exception| exception.date);
        let changed = dates.filter(|date| self.on(*date) != other.on(*date));
        let (first, last) = changed.fold(None, |span: Option<(NaiveDate, NaiveDate)>, date| {
            Some(span.map_or((date, date), |(first, last)| (first.min(date), last.max(date))))
        })?;
        // Hours run into the next day, and a booking can end when the place opens.
        let from = start_of_day(timezone, first) - UtcTime::TICK;
        Interval::new(from, start_of_day(timezone, last + TimeDelta::days(2)) + UtcTime::TICK).ok()
    }

    /// Returns the spans that start on a local date, if it is an exception.
    pub(super) fn on(&self, date: NaiveDate) -> Option<&[Span]> {
        let at = self.by_date.binary_search_by_key(&date, |exception| exception.date).ok()?;
        self.by_date.get(at).map(|exception| exception.spans.as_slice())
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
        exceptions.written()
    }
}

/// The opening hours of a place.
#[derive(Debug, Clone, Copy)]
pub struct Calendar<'a> {
    /// The time zone.
    pub timezone: Tz,
    /// The opening hours of a normal week.
    pub hours: &'a OpeningHours,
    /// The dates with other opening hours.
    pub exceptions: &'a DateExceptions,
}

impl Calendar<'_> {
    /// Returns the open times within a span: sorted, and without touching each other.
    pub fn open(&self, within: Interval) -> Vec<Interval> {
        open_by(self.timezone, within, |date| self.exceptions.on(date).unwrap_or_else(|| self.hours.on(date)))
    }
}

/// Returns the open times within a span for the spans that start on each local date: sorted, and without touching each other.
pub(super) fn open_by<'a>(timezone: Tz, within: Interval, spans_on: impl Fn(NaiveDate) -> &'a [Span]) -> Vec<Interval> {
    let mut open: Vec<(i64, i64)> = Vec::new();
    each_span(timezone, within, spans_on, |start, end, _| match open.last_mut() {
        Some((_, until)) if start <= *until => *until = end.max(*until),
        _ => open.push((start, end)),
    });
    let instant = UtcTime::from_micros;
    open.into_iter().filter_map(|(start, end)| Interval::new(instant(start), instant(end)).ok()).collect()
}

/// As [`open_by`], each span alone, with the instant at which it opens, counted back on the clock of its part.
pub(super) fn opened_by<'a>(
    timezone: Tz,
    within: Interval,
    spans_on: impl Fn(NaiveDate) -> &'a [Span],
) -> Vec<(Interval, UtcTime)> {
    let instant = UtcTime::from_micros;
    let mut opened = Vec::new();
    each_span(timezone, within, spans_on, |start, end, opening| {
        opened.extend(Interval::new(instant(start), instant(end)).ok().map(|span| (span, instant(opening))));
    });
    opened
}

/// Calls `found` with the start, end and opening, in microseconds, of the part of each span that lies within `within`, in order of the
/// openings.
fn each_span<'a>(
    timezone: Tz,
    within: Interval,
    spans_on: impl Fn(NaiveDate) -> &'a [Span],
    mut found: impl FnMut(i64, i64, i64),
) {
    for (stretch, offset) in stretches(timezone, within) {
        let offset = offset.num_seconds() * 1_000_000;
        let (from, to) = (stretch.starts_at().micros(), stretch.ends_at().micros());
        // The spans of the day before can continue into the first day.
        let first = (from + offset).div_euclid(MICROS_A_DAY) - 1;
        let last = (to - 1 + offset).div_euclid(MICROS_A_DAY);
        for day in first..=last {
            let midnight = day * MICROS_A_DAY - offset;
            let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days);
            for span in date.map_or(&[][..], &spans_on) {
                let opening = midnight + i64::from(span.start) * MICROS_A_MINUTE;
                let (start, end) = (from.max(opening), to.min(midnight + i64::from(span.until()) * MICROS_A_MINUTE));
                if start < end {
                    found(start, end, opening);
                }
            }
        }
    }
}

impl utoipa::PartialSchema for OpeningHours {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
        let week = ObjectBuilder::new().schema_type(Type::Object).description(Some(
            "Spans of local time by weekday. A missing weekday is closed. A span can end at `24:00`. A span that ends at or \
             before its start continues into the next day.",
        ));
        let mut day = spans_schema();
        day.description = Some("Default: closed.".to_owned());
        let week = WEEKDAYS.iter().fold(week, |week, name| week.property(*name, day.clone()));
        week.additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([serde_json::json!({"mon": [["08:00", "12:00"], ["13:00", "18:00"]], "fri": [["20:00", "02:00"]]})])
            .into()
    }
}
impl utoipa::ToSchema for OpeningHours {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::oracle::{
        Site, any_raw_hours, any_site, any_site_and_window, at, between, clock_changes, spans_where, window_near,
    };

    fn site(zone: &str, hours: serde_json::Value) -> Site {
        Site::of(zone, hours, json!([]))
    }

    fn pointers<T: std::fmt::Debug>(read: Result<T, InvalidFields>) -> Vec<String> {
        read.unwrap_err().0.into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    #[test]
    fn hours_are_answered_as_they_were_written() {
        let written =
            json!({"fri": [["08:00", "12:00"], ["13:00", "24:00"]], "mon": [["22:00", "06:00"]], "sun": [["00:00", "00:00"]]});
        let hours: OpeningHours = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(json!(hours), written);
        let written = json!([{"date": "2026-12-24", "spans": [["08:00", "12:00"]], "reason": "Christmas Eve"},
                             {"date": "2026-12-25", "spans": [], "reason": ""}]);
        let exceptions: DateExceptions = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(json!(exceptions), written);
    }

    #[test]
    fn hours_in_which_a_site_is_never_open_are_refused_by_weekday() {
        let exceptions = json!([{"date": "2026-12-05", "spans": [["10:00", "14:00"]]}]);
        let hours =
            json!({"mon": [["08:00", "12:00"], ["12:00", "18:00"]], "fri": [["20:00", "02:00"]], "sun": [["22:00", "06:00"]]});
        let site = Site::of("Europe/London", hours, exceptions);
        let refused = |own: serde_json::Value| {
            let mut fields = Fields::default();
            let own = OpeningHours::read(&serde_json::from_value(own).unwrap()).unwrap();
            own.check_within(site.calendar(), "/hours", &mut fields);
            let errors = fields.finish(|| Some(())).err().map_or(Vec::new(), |errors| errors.0);
            errors.into_iter().map(|error| (error.pointer, error.detail.to_string())).collect::<Vec<_>>()
        };
        for within in [
            json!({"mon": [["09:00", "17:00"]], "sat": [["10:00", "12:00"]]}),
            json!({"sat": [["00:30", "01:30"]], "mon": [["00:00", "05:00"]], "sun": [["23:00", "05:00"]]}),
        ] {
            assert_eq!(refused(within), []);
        }
        let monday = "must lie in the opening hours of the site; it is 07:00 to 18:00, and on this day the site is open 08:00 to 12:00, 12:00 to 18:00";
        let saturday = "must lie in the opening hours of the site; it is 09:00 to 14:00, and on this day the site is closed";
        let beyond = json!({"mon": [["07:00", "18:00"]], "sat": [["09:00", "14:00"]], "sun": [["22:00", "06:00"]]});
        assert_eq!(
            refused(beyond),
            [("/hours/mon".to_owned(), monday.to_owned()), ("/hours/sat".to_owned(), saturday.to_owned())]
        );
    }

    #[test]
    fn everything_that_is_wrong_with_hours_is_told_at_once() {
        let raw = serde_json::from_value(json!({
            "mon": [["8:00", "18:00"], ["09:60", "10:00"], ["24:00", "02:00"], ["10:00", "24:01"], ["１0:00", "11:00"]],
            "tue": [["12:00", "14:00"], ["08:00", "12:00"], ["13:59", "15:00"]],
            "wed": [["20:00", "02:00"], ["23:00", "24:00"]],
            "thu": vec![["10:00", "10:01"]; 13],
            "fri": [["20:00", "02:00"], ["00:00", "20:00"]],
            "Sat": [],
        }));
        let expected = [
            "/Sat unknown_field",
            "/mon/0 invalid",
            "/mon/1 invalid",
            "/mon/2 invalid",
            "/mon/3 invalid",
            "/mon/4 invalid",
            "/thu too_long",
            "/tue/2 invalid",
            "/wed/1 invalid",
        ];
        assert_eq!(pointers(OpeningHours::read(&raw.unwrap())), expected);
    }

    #[test]
    fn everything_that_is_wrong_with_exceptions_is_told_at_once() {
        let raw: Vec<RawDateException> = serde_json::from_value(json!([
            {"date": "2026-02-29", "spans": [["08:00", "08:60"]], "reason": "x".repeat(201)},
            {"date": "2026-12-25", "spans": []},
            {"date": "2026-12-25", "spans": [["10:00", "12:00"]]},
            {"date": "2026-1-05", "spans": []},
        ]))
        .unwrap();
        let expected = ["/0/date invalid", "/0/spans/0 invalid", "/0/reason too_long", "/2/date invalid", "/3/date invalid"];
        assert_eq!(pointers(DateExceptions::read(&raw)), expected);
        assert_eq!(pointers(DateExceptions::read(&vec![raw[1].clone(); 1001])), [" too_long"]);
    }

    #[test]
    fn a_day_without_hours_is_closed() {
        let site = site("Europe/London", json!({"mon": [["08:00", "18:00"]], "tue": []}));
        let week = between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
        assert_eq!(site.calendar().open(week), [between("2026-01-05T08:00:00Z", "2026-01-05T18:00:00Z")]);
    }

    #[test]
    fn a_night_shift_runs_into_the_next_day_and_meets_its_morning() {
        let site = site(
            "Europe/London",
            json!({"fri": [["20:00", "02:00"]], "sat": [["02:00", "03:00"], ["22:00", "24:00"]], "sun": [["00:00", "01:00"]]}),
        );
        let weekend = between("2026-01-09T00:00:00Z", "2026-01-12T00:00:00Z");
        let expected =
            [between("2026-01-09T20:00:00Z", "2026-01-10T03:00:00Z"), between("2026-01-10T22:00:00Z", "2026-01-11T01:00:00Z")];
        assert_eq!(site.calendar().open(weekend), expected);
        // A window that begins after midnight still contains the night shift of the day before.
        let night = between("2026-01-10T00:30:00Z", "2026-01-10T01:00:00Z");
        assert_eq!(site.calendar().open(night), [night]);
    }

    #[test]
    fn a_span_that_ends_where_it_starts_is_a_whole_day() {
        let site = site("Europe/London", json!({"mon": [["09:00", "09:00"]]}));
        let week = between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
        assert_eq!(site.calendar().open(week), [between("2026-01-05T09:00:00Z", "2026-01-06T09:00:00Z")]);
    }

    #[test]
    fn always_is_one_span_across_every_clock_change() {
        let calendar =
            Calendar { timezone: Tz::Europe__London, hours: &OpeningHours::always(), exceptions: DateExceptions::NONE };
        let years = between("2025-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        assert_eq!(calendar.open(years), [years]);
    }

    #[test]
    fn an_exception_replaces_what_starts_on_its_date_and_nothing_else() {
        let hours =
            json!({"wed": [["20:00", "02:00"]], "thu": [["08:00", "12:00"], ["20:00", "02:00"]], "fri": [["08:00", "12:00"]]});
        let exceptions = json!([{"date": "2026-12-24", "spans": [["09:00", "10:00"]]}, {"date": "2026-12-25", "spans": []},
                                {"date": "2026-12-26", "spans": [["22:00", "01:00"]]}]);
        let site = Site::of("Europe/Brussels", hours, exceptions);
        let christmas = between("2026-12-24T00:00:00+01:00", "2026-12-28T00:00:00+01:00");
        let expected = [
            between("2026-12-24T00:00:00+01:00", "2026-12-24T02:00:00+01:00"),
            between("2026-12-24T09:00:00+01:00", "2026-12-24T10:00:00+01:00"),
            between("2026-12-26T22:00:00+01:00", "2026-12-27T01:00:00+01:00"),
        ];
        assert_eq!(site.calendar().open(christmas), expected);
    }

    #[test]
    fn opening_at_nine_stays_at_nine_when_the_clocks_change() {
        let site = site("Europe/London", json!({"sat": [["09:00", "17:00"]], "sun": [["09:00", "17:00"]]}));
        let weekend = between("2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z");
        let expected =
            [between("2026-03-28T09:00:00Z", "2026-03-28T17:00:00Z"), between("2026-03-29T08:00:00Z", "2026-03-29T16:00:00Z")];
        assert_eq!(site.calendar().open(weekend), expected);
    }

    #[test]
    fn a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn() {
        let site = site("Europe/London", json!({"sat": [["22:00", "06:00"]]}));
        let spring = site.calendar().open(between("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"));
        assert_eq!(spring, [between("2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z")]);
        let autumn = site.calendar().open(between("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"));
        assert_eq!(autumn, [between("2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z")]);
    }

    #[test]
    fn hours_within_the_gap_are_skipped_and_hours_within_the_overlap_come_twice() {
        let site = site("Europe/London", json!({"sun": [["01:15", "01:45"]]}));
        assert_eq!(site.calendar().open(between("2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z")), []);
        let twice =
            [between("2026-10-25T00:15:00Z", "2026-10-25T00:45:00Z"), between("2026-10-25T01:15:00Z", "2026-10-25T01:45:00Z")];
        assert_eq!(site.calendar().open(between("2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z")), twice);
    }

    #[test]
    fn lord_howe_moves_its_clocks_by_half_an_hour() {
        let site = site("Australia/Lord_Howe", json!({"sun": [["01:00", "02:15"]]}));
        // At 02:00 the clocks go back to 01:30, so 01:30 to 02:00 occurs twice.
        let autumn = site.calendar().open(between("2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z"));
        assert_eq!(autumn, [between("2026-04-05T01:00:00+11:00", "2026-04-05T02:15:00+10:30")]);
        assert_eq!(autumn[0].minutes(), 105);
        // At 02:00 the clocks go forward to 02:30, so 02:00 to 02:15 does not exist.
        let spring = site.calendar().open(between("2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z"));
        assert_eq!(spring, [between("2026-10-04T01:00:00+10:30", "2026-10-04T02:00:00+10:30")]);
    }

    #[test]
    fn apia_was_closed_on_the_friday_that_it_skipped() {
        let site = site(
            "Pacific/Apia",
            json!({"thu": [["20:00", "24:00"]], "fri": [["09:00", "17:00"], ["22:00", "03:00"]], "sat": [["08:00", "09:00"]]}),
        );
        let around = between("2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00");
        let expected = [
            between("2011-12-29T20:00:00-10:00", "2011-12-30T00:00:00-10:00"),
            // Saturday began where Thursday ended; the rest of Friday's night shift is on Saturday morning.
            between("2011-12-31T00:00:00+14:00", "2011-12-31T03:00:00+14:00"),
            between("2011-12-31T08:00:00+14:00", "2011-12-31T09:00:00+14:00"),
        ];
        let merged = [Interval::new(expected[0].starts_at(), expected[1].ends_at()).unwrap(), expected[2]];
        assert_eq!(expected[0].ends_at(), expected[1].starts_at());
        assert_eq!(site.calendar().open(around), merged);
    }

    #[test]
    fn a_day_whose_midnight_does_not_exist_opens_at_one_in_sao_paulo() {
        let site = site("America/Sao_Paulo", json!({"sat": [["23:00", "24:00"]], "sun": [["00:00", "02:00"]]}));
        let spring = site.calendar().open(between("2018-11-03T12:00:00Z", "2018-11-04T12:00:00Z"));
        assert_eq!(spring, [between("2018-11-03T23:00:00-03:00", "2018-11-04T02:00:00-02:00")]);
        assert_eq!(spring[0].minutes(), 120);
        // In autumn the hour before midnight occurs twice.
        let autumn = site.calendar().open(between("2018-02-17T12:00:00Z", "2018-02-18T12:00:00Z"));
        assert_eq!(autumn, [between("2018-02-17T23:00:00-02:00", "2018-02-18T02:00:00-03:00")]);
        assert_eq!(autumn[0].minutes(), 240);
    }

    #[test]
    fn a_window_is_cut_to_the_microsecond() {
        let site = site("Europe/London", json!({"mon": [["08:00", "18:00"]]}));
        let window = between("2026-01-05T07:59:59.999999Z", "2026-01-05T08:00:00.000001Z");
        let expected = Interval::new(at("2026-01-05T08:00:00Z"), window.ends_at()).unwrap();
        assert_eq!(site.calendar().open(window), [expected]);
    }

    #[test]
    fn around_every_known_clock_change_it_is_open_when_the_wall_clock_says_so() {
        for (zone, change, ..) in clock_changes() {
            let cases = window_near(change, 2000).prop_flat_map(move |window| (any_site(zone, window), Just(window)));
            proptest!(ProptestConfig::with_cases(8), |((site, window) in cases)| {
                prop_assert_eq!(site.calendar().open(window), spans_where(window, |minute| site.is_open(minute)));
            });
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn it_is_open_when_the_wall_clock_says_so((site, window) in any_site_and_window(6000)) {
            prop_assert_eq!(site.calendar().open(window), spans_where(window, |minute| site.is_open(minute)));
        }

        #[test]
        fn hours_read_back_from_what_they_are_written_as(raw in any_raw_hours()) {
            let hours = OpeningHours::read(&raw).unwrap();
            prop_assert_eq!(serde_json::from_str::<OpeningHours>(&json!(hours).to_string()).unwrap(), hours);
        }
    }
}
