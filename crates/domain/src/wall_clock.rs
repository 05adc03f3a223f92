//! Local time at a site.
//!
//! An instant always has exactly one local time. A local time can have no instant (in a spring gap) or two (in an autumn
//! overlap). So almost all functions convert instants to local time, in stretches of constant offset. Only times that were
//! agreed in local time are converted back: a time in a gap does not exist, and of two instants the first one counts.

use chrono::{Datelike as _, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::interval::Interval;
use super::time::UtcTime;
use crate::said::{said, says};

/// A text that is not a time zone of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTimezone;

says!(UnknownTimezone: |_| said!("must be an IANA time zone, such as Europe/London"));

/// Returns the time zone with this IANA name.
///
/// # Errors
/// When there is none.
pub fn timezone(name: &str) -> Result<Tz, UnknownTimezone> {
    name.parse().map_err(|_| UnknownTimezone)
}

/// Returns the local time of an instant.
pub fn local_time(timezone: Tz, at: UtcTime) -> NaiveDateTime {
    at.to_chrono().with_timezone(&timezone).naive_local()
}

/// A text that is not a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidLocalTime;

says!(InvalidLocalTime: |_| said!("must be a local time between the years 2000 and 2199, such as 2026-12-01T09:00"));

/// Reads a local time without seconds: `2026-12-01T09:00`.
///
/// # Errors
/// When the text has another form, or the year is out of range.
pub fn read_local(text: &str) -> Result<NaiveDateTime, InvalidLocalTime> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").map_err(|_| InvalidLocalTime)?;
    if (2000..=2199).contains(&local.year()) { Ok(local) } else { Err(InvalidLocalTime) }
}

/// A span of local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalSpan {
    /// The local time of the start.
    pub starts_at: NaiveDateTime,
    /// The local time of the end.
    pub ends_at: NaiveDateTime,
}

/// A local time inside a spring gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkippedTime(pub Tz, pub NaiveDateTime);

says!(SkippedTime: |SkippedTime(timezone, time)| said!("does not exist: the clocks of {timezone} never show {time}", timezone, time));

impl LocalSpan {
    /// Returns the local start and end of a span.
    pub fn of(timezone: Tz, span: Interval) -> Self {
        Self { starts_at: local_time(timezone, span.starts_at()), ends_at: local_time(timezone, span.ends_at()) }
    }

    /// Returns the same hours, moved by a local time difference.
    #[must_use]
    pub fn later(self, by: TimeDelta) -> Self {
        Self { starts_at: self.starts_at + by, ends_at: self.ends_at + by }
    }

    /// Returns the span in instants: from the first instant with the local start to the first instant with the local end.
    ///
    /// # Errors
    /// When one of the local times does not exist.
    pub fn interval(self, timezone: Tz) -> Result<Interval, SkippedTime> {
        let first = |local| {
            let instant = timezone.from_local_datetime(&local).earliest();
            instant.map(|instant| UtcTime::from(instant.to_utc())).ok_or(SkippedTime(timezone, local))
        };
        let (starts_at, ends_at) = (first(self.starts_at)?, first(self.ends_at)?);
        Interval::new(starts_at, ends_at).map_err(|_| SkippedTime(timezone, self.ends_at))
    }

    /// Returns the first instant at which the clock shows the local time of `at` again, some days later, or the end of the gap that
    /// contains that time.
    pub(super) fn days_later(timezone: Tz, at: UtcTime, days: i64) -> UtcTime {
        first_instant(timezone, local_time(timezone, at) + TimeDelta::days(days))
    }

    /// As [`Self::days_later`], on the same day of the next month, or on its last day if it is shorter.
    pub(super) fn month_later(timezone: Tz, at: UtcTime) -> UtcTime {
        first_instant(timezone, local_time(timezone, at) + Months::new(1))
    }

    /// Returns the span without the part inside a gap: a start or end inside a gap moves to the end of the gap. None if nothing
    /// is left.
    pub fn left(self, timezone: Tz) -> Option<Interval> {
        Interval::new(first_instant(timezone, self.starts_at), first_instant(timezone, self.ends_at)).ok()
    }
}

/// Returns the first instant of a local date.
pub fn start_of_day(timezone: Tz, date: NaiveDate) -> UtcTime {
    first_instant(timezone, date.and_time(NaiveTime::MIN))
}

/// Returns a local day. None at the end of the calendar.
pub fn day(timezone: Tz, date: NaiveDate) -> Option<Interval> {
    Interval::new(start_of_day(timezone, date), start_of_day(timezone, date.succ_opt()?)).ok()
}

/// Returns the local month that contains an instant. None at the end of the calendar.
pub fn month_of(timezone: Tz, at: UtcTime) -> Option<Interval> {
    let first = local_time(timezone, at).date().with_day(1)?;
    let next = first.checked_add_months(Months::new(1))?;
    Interval::new(start_of_day(timezone, first), start_of_day(timezone, next)).ok()
}

/// Returns the first instant with this local time, or the end of the gap that contains it.
pub fn first_instant(timezone: Tz, local: NaiveDateTime) -> UtcTime {
    match timezone.from_local_datetime(&local).earliest() {
        Some(instant) => UtcTime::from(instant.to_utc()),
        None => end_of_gap(timezone, local),
    }
}

/// Returns the end of the gap that contains this local time.
fn end_of_gap(timezone: Tz, skipped: NaiveDateTime) -> UtcTime {
    // No zone is more than a day ahead of UTC or behind it.
    let (near, day) = (UtcTime::from(skipped.and_utc()), TimeDelta::days(1));
    let before = offset(timezone, near - day);
    Interval::new(near - day, near + day).map_or(near, |around| next_change(timezone, around, before))
}

/// Returns the offset of local time from UTC at an instant.
pub fn offset(timezone: Tz, at: UtcTime) -> TimeDelta {
    let offset = timezone.offset_from_utc_datetime(&at.to_chrono().naive_utc()).fix();
    TimeDelta::seconds(i64::from(offset.local_minus_utc()))
}

/// Returns the pieces of a span between clock changes, in order, each with its offset.
pub fn stretches(timezone: Tz, within: Interval) -> impl Iterator<Item = (Interval, TimeDelta)> {
    let mut rest = Some(within);
    std::iter::from_fn(move || {
        let span = rest?;
        let here = offset(timezone, span.starts_at());
        let change = next_change(timezone, span, here);
        rest = Interval::new(change, span.ends_at()).ok();
        Interval::new(span.starts_at(), change).ok().map(|stretch| (stretch, here))
    })
}

/// As [`stretches`], without the times that the clock has shown before, because it was set back.
pub fn first_shown(timezone: Tz, within: Interval) -> impl Iterator<Item = (Interval, TimeDelta)> {
    // No clock is set back by more than a day.
    let around = within.widened(TimeDelta::days(1), TimeDelta::zero());
    let mut shown = UtcTime::EARLIEST - TimeDelta::days(2);
    stretches(timezone, around).filter_map(move |(stretch, offset)| {
        let first = stretch.starts_at().max(shown - offset);
        shown = shown.max(stretch.ends_at() + offset);
        Some((Interval::new(first, stretch.ends_at()).ok()?.intersection(within)?, offset))
    })
}

/// Returns the first instant within a span whose offset differs from `here`, or the end of the span.
fn next_change(timezone: Tz, within: Interval, here: TimeDelta) -> UtcTime {
    // No zone has changed its clocks twice within six days since 2000, nor will by the current rules.
    const STRIDE: TimeDelta = TimeDelta::days(3);
    let (mut before, mut after) = (within.starts_at(), within.starts_at());
    while after < within.ends_at() {
        after = (before + STRIDE).min(within.ends_at());
        if offset(timezone, after) != here {
            while before + TimeDelta::seconds(1) < after {
                let middle = before + (after - before) / 2;
                if offset(timezone, middle) == here { before = middle } else { after = middle }
            }
            // Clocks change at whole seconds, but the bisection can end up to a second later.
            return UtcTime::from_micros(after.micros().div_euclid(1_000_000) * 1_000_000);
        }
        before = after;
    }
    within.ends_at()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oracle::{any_window, any_zone, at, between, clock_changes, minutes_of};

    #[test]
    fn every_known_clock_change_is_found_to_the_second() {
        for (timezone, change, before, after) in clock_changes() {
            let around = Interval::new(change - TimeDelta::days(5), change + TimeDelta::days(5)).unwrap();
            let expected = [
                (Interval::new(around.starts_at(), change).unwrap(), before),
                (Interval::new(change, around.ends_at()).unwrap(), after),
            ];
            assert_eq!(stretches(timezone, around).collect::<Vec<_>>(), expected, "{timezone} {change}");
        }
    }

    #[test]
    fn a_local_time_in_a_gap_does_not_exist_and_of_two_in_an_overlap_the_first_is_meant() {
        for (timezone, change, before, after) in clock_changes() {
            // The middle of the two local times of the change.
            let local = change.to_chrono().naive_utc() + (before + after) / 2;
            let span = LocalSpan { starts_at: local, ends_at: local + TimeDelta::days(1) };
            let starts_at = span.interval(timezone).map(Interval::starts_at);
            let expected = UtcTime::from(local.and_utc()) - before;
            match before < after {
                true => {
                    assert_eq!(starts_at, Err(SkippedTime(timezone, local)), "{timezone} {change}");
                    // The rest begins at the end of the gap.
                    assert_eq!(span.left(timezone).map(Interval::starts_at), Some(change), "{timezone} {change}");
                    let skipped = LocalSpan { ends_at: local + TimeDelta::seconds(1), ..span };
                    assert_eq!(skipped.left(timezone), None, "{timezone} {change}");
                }
                false => assert_eq!(starts_at, Ok(expected), "{timezone} {change}"),
            }
        }
    }

    #[test]
    fn a_day_starts_when_the_clock_first_shows_its_date_or_a_later_one() {
        for (timezone, change, ..) in clock_changes() {
            let date = local_time(timezone, change).date();
            let start = start_of_day(timezone, date);
            assert!(local_time(timezone, start - UtcTime::TICK).date() < date, "{timezone} {change}");
            assert!(local_time(timezone, start).date() >= date, "{timezone} {change}");
        }
    }

    #[test]
    fn a_window_that_ends_at_a_clock_change_is_one_stretch() {
        let london = timezone("Europe/London").unwrap();
        for window in [
            between("2026-03-28T12:00:00.000007Z", "2026-03-29T01:00:00Z"),
            between("2026-03-29T01:00:00Z", "2026-03-29T01:00:00.000001Z"),
        ] {
            assert_eq!(stretches(london, window).map(|(stretch, _)| stretch).collect::<Vec<_>>(), [window]);
        }
    }

    #[test]
    fn the_day_that_apia_skipped_never_shows_on_its_clock() {
        let apia = timezone("Pacific/Apia").unwrap();
        assert_eq!(local_time(apia, at("2011-12-30T09:59:59Z")).to_string(), "2011-12-29 23:59:59");
        assert_eq!(local_time(apia, at("2011-12-30T10:00:00Z")).to_string(), "2011-12-31 00:00:00");
    }

    #[test]
    fn only_names_of_the_iana_database_are_time_zones() {
        assert_eq!(timezone("Europe/Brussels"), Ok(Tz::Europe__Brussels));
        for name in ["", "Europe/Atlantis", "europe/brussels", "+01:00"] {
            assert_eq!(timezone(name), Err(UnknownTimezone), "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn stretches_cover_a_window_and_have_the_offset_of_each_of_their_minutes(
            timezone in any_zone(), window in any_window(20_000),
        ) {
            let stretches: Vec<_> = stretches(timezone, window).collect();
            let mut reached = window.starts_at();
            for (stretch, here) in stretches {
                prop_assert_eq!(stretch.starts_at(), reached);
                prop_assert!(minutes_of(stretch).step_by(5).all(|minute| offset(timezone, minute) == here));
                reached = stretch.ends_at();
            }
            prop_assert_eq!(reached, window.ends_at());
        }
    }
}
