//! How long a slot lasts when the clocks change: in the time that passes, and on the clock at the site.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::interval::Interval;
use super::time::UtcTime;
use super::wall_clock::{LocalSpan, offset};

const DAY_MINUTES: i64 = 1440;
/// No clock is set forward or back by more.
pub(super) const LARGEST_CHANGE: TimeDelta = TimeDelta::days(1);

/// The length of a span. The two values differ only if the clocks change within the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The time that passes.
    pub elapsed: TimeDelta,
    /// The local time of the end minus the local time of the start.
    pub on_clock: TimeDelta,
}

impl Length {
    /// Returns the length of a span.
    pub fn of(timezone: Tz, span: Interval) -> Self {
        let change = offset(timezone, span.ends_at()) - offset(timezone, span.starts_at());
        Self { elapsed: span.duration(), on_clock: span.duration() + change }
    }

    /// Returns the length that counts against a lower limit in minutes: on the clock if the limit is a number of whole days,
    /// otherwise the longer of the two.
    pub fn against_min(self, limit: i64) -> TimeDelta {
        if limit % DAY_MINUTES == 0 { self.on_clock } else { self.elapsed.max(self.on_clock) }
    }

    /// Returns the length that counts against an upper limit in minutes: on the clock if the limit is a number of whole days,
    /// otherwise the shorter of the two.
    pub fn against_max(self, limit: i64) -> TimeDelta {
        if limit % DAY_MINUTES == 0 { self.on_clock } else { self.elapsed.min(self.on_clock) }
    }

    /// Returns the minutes of which 1440 are charged as a day: from one day on those on the clock, otherwise those that pass,
    /// at most a day.
    pub fn day_minutes(self) -> i64 {
        match self.on_clock.num_minutes() {
            minutes @ DAY_MINUTES.. => minutes,
            _ => self.elapsed.num_minutes().min(DAY_MINUTES),
        }
    }
}

/// The length of the slots of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotLength {
    /// This time passes.
    Elapsed(TimeDelta),
    /// Local days: a slot ends when the clock shows the time of its start again. No slot ends at a time that the clock skips.
    Days(i64),
}

impl SlotLength {
    /// Returns the length for a number of minutes. A multiple of 1440 is a number of local days.
    pub const fn of_minutes(minutes: i64) -> Self {
        match minutes % DAY_MINUTES {
            0 => Self::Days(minutes / DAY_MINUTES),
            _ => Self::Elapsed(TimeDelta::minutes(minutes)),
        }
    }

    /// Returns the length of a span: local days if it lasts whole local days.
    pub fn of(timezone: Tz, span: Interval) -> Self {
        let on_clock = Length::of(timezone, span).on_clock;
        let days = on_clock.num_days();
        if days > 0 && TimeDelta::days(days) == on_clock { Self::Days(days) } else { Self::Elapsed(span.duration()) }
    }

    /// Returns the end of a slot of this length, or the end of the gap if the clock skips it.
    pub fn end(self, timezone: Tz, starts_at: UtcTime) -> UtcTime {
        match self {
            Self::Elapsed(elapsed) => starts_at + elapsed,
            Self::Days(days) => LocalSpan::days_later(timezone, starts_at, days),
        }
    }

    /// Returns the length in minutes, of 1440 for each day.
    pub const fn minutes(self) -> i64 {
        match self {
            Self::Elapsed(elapsed) => elapsed.num_minutes(),
            Self::Days(days) => days * DAY_MINUTES,
        }
    }

    /// Returns a time that every slot of this length lasts.
    pub fn shortest(self) -> TimeDelta {
        match self {
            Self::Elapsed(elapsed) => elapsed,
            Self::Days(days) => TimeDelta::days(days) - LARGEST_CHANGE,
        }
    }

    /// Returns a time that no slot of this length exceeds.
    pub fn longest(self) -> TimeDelta {
        match self {
            Self::Elapsed(elapsed) => elapsed,
            Self::Days(days) => TimeDelta::days(days) + LARGEST_CHANGE,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oracle::{any_change, between, end_of, lasts_between, minutes_of};
    use crate::wall_clock::local_time;

    const LONDON: Tz = Tz::Europe__London;

    fn keeps(span: Interval, min: i64, max: i64) -> bool {
        let length = Length::of(LONDON, span);
        length.against_min(min) >= TimeDelta::minutes(min) && length.against_max(max) <= TimeDelta::minutes(max)
    }

    #[test]
    fn a_week_is_a_week_and_a_day_a_day_when_the_clocks_change() {
        let autumn = between("2027-10-25T00:00:00+01:00", "2027-11-01T00:00:00Z");
        let spring = between("2027-03-22T00:00:00Z", "2027-03-29T00:00:00+01:00");
        for week in [autumn, spring] {
            assert!(keeps(week, 10_080, 10_080), "{week:?}");
            assert_eq!(SlotLength::of(LONDON, week), SlotLength::Days(7));
        }
        let sunday = between("2027-03-28T00:00:00Z", "2027-03-29T00:00:00+01:00");
        assert!(keeps(sunday, 1440, 1440) && sunday.minutes() == 1380);
        assert!(!keeps(between("2027-03-27T12:00:00Z", "2027-03-28T13:00:00+01:00"), 1, 1440));
        assert!(!keeps(between("2027-10-30T12:00:00+01:00", "2027-10-31T11:00:00Z"), 1440, 10_080));
    }

    #[test]
    fn a_night_shift_keeps_its_length_by_the_clock_or_by_the_time_that_passes() {
        let spring = between("2027-03-27T22:00:00Z", "2027-03-28T06:00:00+01:00");
        let autumn = between("2027-10-30T22:00:00+01:00", "2027-10-31T06:00:00Z");
        assert_eq!([spring, autumn].map(Interval::minutes), [420, 540]);
        for night in [spring, autumn] {
            assert!(keeps(night, 480, 480), "{night:?}");
        }
        assert!(keeps(spring, 420, 420) && keeps(autumn, 540, 540));
        assert!(!keeps(spring, 481, 960) && !keeps(autumn, 1, 479));
    }

    #[test]
    fn a_day_that_would_end_in_a_gap_ends_with_the_gap() {
        let end = |starts_at: &str| SlotLength::Days(1).end(LONDON, UtcTime::parse(starts_at).unwrap()).to_string();
        assert_eq!(end("2027-03-27T01:30:00Z"), "2027-03-28T01:00:00Z");
        assert_eq!(end("2027-10-30T01:30:00+01:00"), "2027-10-31T00:30:00Z");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn lengths_are_those_of_a_clock_that_is_read_every_minute(
            (zone, change) in any_change(), start in -6000_i64..100, minutes in 1_i64..6000,
        ) {
            let starts_at = change + TimeDelta::minutes(start);
            let span = Interval::new(starts_at, starts_at + TimeDelta::minutes(minutes)).unwrap();
            let steps = minutes_of(span).map(|minute| local_time(zone, minute + TimeDelta::minutes(1)) - local_time(zone, minute));
            let length = Length::of(zone, span);
            prop_assert_eq!(length, Length { elapsed: TimeDelta::minutes(minutes), on_clock: steps.sum() });
            for (min, max) in [(1, minutes), (minutes, 9000), (1440, 2880), (2880, 2880), (1500, 1500), (1, 1440)] {
                let keeps = length.against_min(min) >= TimeDelta::minutes(min) && length.against_max(max) <= TimeDelta::minutes(max);
                prop_assert_eq!(keeps, lasts_between(zone, span, min, max));
            }
        }

        #[test]
        fn a_day_ends_when_the_clock_shows_the_time_of_its_start_again(
            (zone, change) in any_change(), start in -4500_i64..100, days in 1_i64..4,
        ) {
            let starts_at = change + TimeDelta::minutes(start);
            let end = SlotLength::Days(days).end(zone, starts_at);
            match end_of(zone, starts_at, SlotLength::Days(days)) {
                Some(expected) => prop_assert_eq!(end, expected),
                None => {
                    let (before, sought) = (end - UtcTime::TICK, local_time(zone, starts_at) + TimeDelta::days(days));
                    prop_assert!(local_time(zone, before) < sought && sought < local_time(zone, end));
                }
            }
        }
    }
}
