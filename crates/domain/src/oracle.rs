//! Slow reference results for the tests of times: the same questions computed minute by minute, and generators of calendars,
//! windows and clock changes.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::interval::Interval;
use super::length::SlotLength;
use super::opening_hours::{Calendar, DateExceptions, OpeningHours, RawDateException, RawOpeningHours, RawSpan};
use super::rules::bookable::Bookable;
use super::rules::{BookingRules, OpeningHoursBind};
use super::slot::Slot;
use super::time::UtcTime;
use super::wall_clock::{local_time, offset, timezone};

pub(super) const MINUTE: TimeDelta = TimeDelta::minutes(1);

pub(super) fn at(text: &str) -> UtcTime {
    UtcTime::parse(text).unwrap()
}

pub(super) fn between(starts_at: &str, ends_at: &str) -> Interval {
    Interval::new(at(starts_at), at(ends_at)).unwrap()
}

pub(super) fn minutes_of(span: Interval) -> impl Iterator<Item = UtcTime> {
    (0..span.minutes()).map(move |minute| span.starts_at() + TimeDelta::minutes(minute))
}

/// Returns the minutes for which a condition holds, as spans that do not touch.
pub(super) fn spans_where(within: Interval, holds: impl Fn(UtcTime) -> bool) -> Vec<Interval> {
    let mut spans: Vec<Interval> = Vec::new();
    for minute in minutes_of(within).filter(|minute| holds(*minute)) {
        match spans.last_mut() {
            Some(last) if last.ends_at() == minute => *last = last.widened(TimeDelta::zero(), MINUTE),
            _ => spans.push(Interval::new(minute, minute + MINUTE).unwrap()),
        }
    }
    spans
}

/// The hours of a site, in JSON form and as read.
#[derive(Debug, Clone)]
pub(super) struct Site {
    timezone: Tz,
    raw_hours: RawOpeningHours,
    raw_exceptions: Vec<RawDateException>,
    hours: OpeningHours,
    exceptions: DateExceptions,
}

impl Site {
    pub(super) fn new(zone: Tz, raw_hours: RawOpeningHours, raw_exceptions: Vec<RawDateException>) -> Self {
        let hours = OpeningHours::read(&raw_hours).unwrap();
        let exceptions = DateExceptions::read(&raw_exceptions).unwrap();
        Self { timezone: zone, raw_hours, raw_exceptions, hours, exceptions }
    }

    /// Creates a site from the JSON form of the API.
    pub(super) fn of(zone: &str, hours: serde_json::Value, exceptions: serde_json::Value) -> Self {
        let (hours, exceptions) = (serde_json::from_value(hours).unwrap(), serde_json::from_value(exceptions).unwrap());
        Self::new(timezone(zone).unwrap(), hours, exceptions)
    }

    pub(super) fn calendar(&self) -> Calendar<'_> {
        Calendar { timezone: self.timezone, hours: &self.hours, exceptions: &self.exceptions }
    }

    pub(super) fn bookable<'a>(&'a self, rules: &'a BookingRules, capacity: i32) -> Bookable<'a> {
        let hours_bind = rules.opening_hours_bind.unwrap_or(OpeningHoursBind::WholeTime);
        Bookable { calendar: self.calendar(), holidays: None, rules, hours_bind, capacity, closed_before: UtcTime::EARLIEST }
    }

    /// Returns the site with other hours on the dates around a span that are no exceptions yet.
    pub(super) fn changed(&self, around: Interval, spans_on: impl Fn(NaiveDate) -> Option<Vec<RawSpan>>) -> Self {
        let first = around.starts_at().to_chrono().date_naive() - Days::new(3);
        let dates = first.iter_days().take_while(|date| *date <= around.ends_at().to_chrono().date_naive() + Days::new(3));
        let new = dates.filter(|date| !self.is_exception(*date)).filter_map(|date| {
            spans_on(date).map(|spans| RawDateException { date: date.to_string(), spans, reason: String::new() })
        });
        let exceptions = self.raw_exceptions.iter().cloned().chain(new).collect();
        Self::new(self.timezone, self.raw_hours.clone(), exceptions)
    }

    pub(super) fn is_exception(&self, date: NaiveDate) -> bool {
        self.raw_exceptions.iter().any(|exception| exception.date == date.to_string())
    }

    pub(super) fn is_open(&self, minute: UtcTime) -> bool {
        let local = local_time(self.timezone, minute);
        let yesterday = local.date() - Days::new(1);
        [yesterday, local.date()].iter().any(|date| self.spans_on(*date).iter().any(|span| lies_in(local, *date, span)))
    }

    /// Returns the local start of the last span that contains a minute.
    pub(super) fn last_opening(&self, minute: UtcTime) -> Option<NaiveDateTime> {
        let local = local_time(self.timezone, minute);
        let dates = [local.date() - Days::new(1), local.date()];
        let starts = dates.iter().flat_map(|date| {
            let there = self.spans_on(*date).iter().filter(|span| lies_in(local, *date, span));
            there.map(|[start, _]| date.and_time(format!("{start}:00").parse().unwrap()))
        });
        starts.max()
    }

    fn spans_on(&self, date: NaiveDate) -> &[RawSpan] {
        if let Some(exception) = self.raw_exceptions.iter().find(|exception| exception.date == date.to_string()) {
            return &exception.spans;
        }
        self.raw_hours.get(&date.format("%a").to_string().to_lowercase()).map_or(&[], Vec::as_slice)
    }
}

/// Returns the local time of the last opening of a site or of a resource before a minute at which both are open.
pub(super) fn last_opening(site: &Site, rules: &BookingRules, minute: UtcTime) -> Option<NaiveDateTime> {
    let hours = rules.opening_hours.as_ref().map_or_else(|| OpeningHours::always().into(), OpeningHours::written);
    let own = Site::new(site.calendar().timezone, hours, Vec::new());
    let has_own = rules.opening_hours.is_some();
    let opening = site.last_opening(minute)?;
    if has_own { Some(opening.max(own.last_opening(minute)?)) } else { Some(opening) }
}

pub(super) fn lies_in(local: NaiveDateTime, date: NaiveDate, [start, end]: &RawSpan) -> bool {
    let time = |text: &str| {
        let (hours, minutes) = text.split_once(':').unwrap();
        date.and_time(chrono::NaiveTime::MIN)
            + TimeDelta::minutes(hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap())
    };
    let (start, end) = (time(start), time(end));
    let end = if end <= start { end + Days::new(1) } else { end };
    start <= local && local < end
}

/// Returns whether a quantity is free during a whole span.
pub(super) fn has_room(taken: &[Slot], capacity: i32, during: Interval, quantity: i32) -> bool {
    minutes_of(during).all(|minute| taken_at(taken, minute) + quantity <= capacity)
}

pub(super) fn taken_at(taken: &[Slot], minute: UtcTime) -> i32 {
    let covers = |taken: &&Slot| taken.interval.starts_at() <= minute && minute < taken.interval.ends_at();
    taken.iter().filter(covers).map(|taken| taken.quantity).sum()
}

/// Returns the clock changes of the conformance data: zone, instant, offset before and after.
pub(super) fn clock_changes() -> Vec<(Tz, UtcTime, TimeDelta, TimeDelta)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/conformance/dst_vectors.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("SKIPPED: there is no {path}, so the clock changes in it were not tested");
        return Vec::new();
    };
    let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
    let offset = |text: &serde_json::Value| {
        let offset: chrono::FixedOffset = text.as_str().unwrap().parse().unwrap();
        TimeDelta::seconds(i64::from(offset.local_minus_utc()))
    };
    let change = |vector: &serde_json::Value| {
        let zone = timezone(vector["zone"].as_str().unwrap()).unwrap();
        let instant = at(vector["utc_instant"].as_str().unwrap());
        (zone, instant, offset(&vector["offset_before"]), offset(&vector["offset_after"]))
    };
    let changes: Vec<_> = vectors["transitions"].as_array().unwrap().iter().map(change).collect();
    assert_eq!(changes.len(), 58);
    changes
}

/// Zones of all kinds: with changes of an hour, half an hour and two hours, at night, at midnight and around fasting months, with a
/// skipped day, and without changes.
const ZONES: [Tz; 10] = [
    Tz::Europe__London,
    Tz::America__New_York,
    Tz::Australia__Lord_Howe,
    Tz::Antarctica__Troll,
    Tz::America__Havana,
    Tz::America__Santiago,
    Tz::Asia__Beirut,
    Tz::Africa__Casablanca,
    Tz::Pacific__Apia,
    Tz::Asia__Kathmandu,
];

/// Generates a zone of the ten, and the minute of a clock change in it, or of a new year where the clocks do not change.
pub(super) fn any_change() -> impl Strategy<Value = (Tz, UtcTime)> {
    (proptest::sample::select(ZONES.as_slice()), 2001..2060, any::<prop::sample::Index>()).prop_map(|(zone, year, index)| {
        let start = at(&format!("{year}-01-01T00:00:00Z"));
        let minutes = (0..366 * 48).map(|half_hour| start + TimeDelta::minutes(30 * half_hour));
        let changes: Vec<_> = minutes.filter(|minute| offset(zone, *minute - MINUTE) != offset(zone, *minute)).collect();
        (zone, if changes.is_empty() { start } else { *index.get(&changes) })
    })
}

/// Returns the end of a slot of a length by searching for the minute that shows the same local time again; none if none does.
pub(super) fn end_of(zone: Tz, starts_at: UtcTime, length: SlotLength) -> Option<UtcTime> {
    let days = match length {
        SlotLength::Elapsed(elapsed) => return Some(starts_at + elapsed),
        SlotLength::Days(days) => TimeDelta::days(days),
    };
    let sought = local_time(zone, starts_at) + days;
    let around = (-1440..=1440).map(|minute| starts_at + days + TimeDelta::minutes(minute));
    around.filter(|minute| *minute > starts_at).find(|minute| local_time(zone, *minute) == sought)
}

/// Returns whether a span keeps a shortest and a longest length: in whole days by the clock, in other minutes in either way.
pub(super) fn lasts_between(zone: Tz, span: Interval, min: i64, max: i64) -> bool {
    let elapsed = span.minutes();
    let on_clock = (local_time(zone, span.ends_at()) - local_time(zone, span.starts_at())).num_minutes();
    let keeps = |limit: i64, keeps: &dyn Fn(i64) -> bool| keeps(on_clock) || limit % 1440 != 0 && keeps(elapsed);
    keeps(min, &|minutes| minutes >= min) && keeps(max, &|minutes| minutes <= max)
}

pub(super) fn any_zone() -> impl Strategy<Value = Tz> {
    proptest::sample::select(chrono_tz::TZ_VARIANTS.as_slice())
}

/// Generates a span of at most `longest` minutes that starts at a whole minute between 2000 and 2100.
pub(super) fn any_window(longest: i64) -> impl Strategy<Value = Interval> {
    (15_778_080_i64..68_374_080, 1..=longest).prop_map(|(start, length)| {
        let starts_at = UtcTime::from_unix_minutes(start);
        Interval::new(starts_at, starts_at + TimeDelta::minutes(length)).unwrap()
    })
}

/// Generates a span of at most `longest` minutes that contains an instant or is near it.
pub(super) fn window_near(instant: UtcTime, longest: i64) -> impl Strategy<Value = Interval> {
    (-longest..=0, 1..=longest).prop_map(move |(start, length)| {
        let starts_at = instant + TimeDelta::minutes(start);
        Interval::new(starts_at, starts_at + TimeDelta::minutes(length)).unwrap()
    })
}

fn any_spans() -> impl Strategy<Value = Vec<RawSpan>> {
    let minute = prop_oneof![3 => 0_u16..1440, 2 => (0_u16..24).prop_map(|hour| hour * 60)];
    let end = prop_oneof![5 => minute.clone(), 1 => Just(1440)];
    proptest::collection::vec((minute, end), 0..4).prop_map(|candidates| {
        let mut spans: Vec<RawSpan> = Vec::new();
        for (start, end) in candidates {
            spans.push([start, end].map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60)));
            if OpeningHours::read(&BTreeMap::from([("mon".to_owned(), spans.clone())])).is_err() {
                spans.pop();
            }
        }
        spans
    })
}

pub(super) fn any_raw_hours() -> impl Strategy<Value = RawOpeningHours> {
    let weekday = proptest::sample::select(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].as_slice());
    proptest::collection::btree_map(weekday.prop_map(str::to_owned), any_spans(), 0..=7)
}

/// Generates a site with any hours and with exceptions on some of the days around a window.
pub(super) fn any_site(zone: Tz, around: Interval) -> impl Strategy<Value = Site> {
    let first = around.starts_at().to_chrono().date_naive() - Days::new(2);
    let days = u64::try_from(around.duration().num_days()).unwrap() + 5;
    let date = (0..days).prop_map(move |day| (first + Days::new(day)).to_string());
    let exceptions = proptest::collection::btree_map(date, any_spans(), 0..4).prop_map(|dates| {
        let exception = |(date, spans)| RawDateException { date, spans, reason: String::new() };
        dates.into_iter().map(exception).collect()
    });
    (any_raw_hours(), exceptions).prop_map(move |(hours, exceptions)| Site::new(zone, hours, exceptions))
}

/// Generates a site in any zone, and a window.
pub(super) fn any_site_and_window(longest: i64) -> impl Strategy<Value = (Site, Interval)> {
    (any_zone(), any_window(longest)).prop_flat_map(|(zone, window)| (any_site(zone, window), Just(window)))
}

/// Generates allocations in and around a span.
pub(super) fn any_taken(around: Interval, most: usize) -> impl Strategy<Value = Vec<Slot>> {
    let minutes = around.minutes();
    let taken = (-60..minutes + 60, 1..=(minutes / 2 + 30), 1..4).prop_map(move |(start, length, quantity)| {
        let starts_at = around.starts_at() + TimeDelta::minutes(start);
        Slot { interval: Interval::new(starts_at, starts_at + TimeDelta::minutes(length)).unwrap(), quantity }
    });
    proptest::collection::vec(taken, 0..=most)
}
