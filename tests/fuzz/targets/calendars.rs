//! Calendars of others. The times that are read are the same if a calendar of this service has them.
#![no_main]

use std::collections::BTreeSet;

use calendars::{Entry, Status, read::read, write};
use chrono_tz::Tz;
use domain::calendar_import::{LONGEST_TITLE, MOST_PROBLEMS, MOST_TIMES};
use domain::interval::Interval;
use domain::time::UtcTime;
use libfuzzer_sys::fuzz_target;

/// 2026-12-01 00:00 UTC.
const NOW: UtcTime = UtcTime::from_micros(1_796_083_200_000_000);

fuzz_target!(|file: &[u8]| {
    // Mountains of hours in summer, and a change of the clocks by half an hour.
    for site in [Tz::Europe__Brussels, Tz::Australia__Lord_Howe] {
        let Ok(busy) = read(file, site, NOW) else { continue };
        assert!(busy.times.len() <= MOST_TIMES && busy.problems.len() <= MOST_PROBLEMS);
        assert!(busy.times.is_sorted_by_key(|time| time.interval), "{:?}", busy.times);
        let titles = busy.times.iter().map(|time| &time.title).chain(busy.problems.iter().map(|problem| &problem.title));
        assert!(titles.into_iter().all(|title| title.chars().count() <= LONGEST_TITLE && !title.contains(char::is_control)));
        assert!(busy.problems.iter().all(|problem| problem.reason.chars().count() <= 200));
        let keys: BTreeSet<_> = busy.times.iter().map(|time| time.key.as_str()).collect();
        assert_eq!(keys.len(), busy.times.len(), "each time has a key of its own");
        // To write all would take longer than to read them.
        let some = &busy.times[..busy.times.len().min(100)];
        let entries: Vec<_> = some.iter().map(|time| entry(&time.key, time.interval, &time.title)).collect();
        let again = read(write(&[], &entries).as_bytes(), site, NOW).expect("a calendar of this service can be read");
        let times = |times: &[domain::calendar_import::BusyTime]| {
            times.iter().map(|time| (time.interval, time.title.trim().to_owned())).collect::<BTreeSet<_>>()
        };
        assert_eq!(times(&again.times), times(some));
    }
});

fn entry<'a>(key: &str, interval: Interval, title: &'a str) -> Entry<'a> {
    Entry {
        uid: key.to_owned(),
        sequence: 0,
        written_at: NOW,
        starts_at: interval.starts_at(),
        ends_at: interval.ends_at(),
        status: Status::Confirmed,
        summary: title,
        description: "",
        location: "",
        url: None,
        people: None,
    }
}
