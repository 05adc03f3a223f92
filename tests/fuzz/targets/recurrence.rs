//! Recurrence rules of series. The first byte chooses the day of the first occurrence.
#![no_main]

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::interval::Interval;
use domain::recurrence::{MOST_OCCURRENCES, Recurrence};
use domain::time::UtcTime;
use domain::wall_clock::LocalSpan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &str)| {
    let (day, text) = input;
    let Ok(rule) = text.parse::<Recurrence>() else { return };
    assert_eq!(text.to_lowercase().parse::<Recurrence>().as_ref(), Ok(&rule));
    // From 2026-02-01 08:30 UTC on, and at both ends of the times that the service knows.
    let first = UtcTime::from_micros(1_769_934_600_000_000) + TimeDelta::days(day.into());
    for starts_at in [first, UtcTime::EARLIEST, UtcTime::LATEST - TimeDelta::hours(1)] {
        let interval = Interval::new(starts_at, starts_at + TimeDelta::hours(1)).expect("an hour");
        for timezone in [Tz::Europe__Brussels, Tz::Australia__Lord_Howe] {
            let span = LocalSpan::of(timezone, interval);
            let Ok(found) = rule.occurrences(timezone, span) else { continue };
            assert!((1..=MOST_OCCURRENCES).contains(&found.len()));
            assert!(found.windows(2).all(|pair| pair[0].starts_at < pair[1].starts_at), "{found:?}");
            let is_possible = |one: &LocalSpan| {
                span.starts_at <= one.starts_at
                    && one.starts_at <= span.starts_at + TimeDelta::days(366)
                    && one.starts_at.time() == span.starts_at.time()
                    && one.ends_at - one.starts_at == span.ends_at - span.starts_at
            };
            assert!(found.iter().all(is_possible), "{found:?}");
        }
    }
});
