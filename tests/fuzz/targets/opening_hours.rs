//! Opening hours and dates with other hours, as the API gets them: `[{"mon": [["09:00", "17:00"]]}, [{"date": …}]]`.
#![no_main]

use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::interval::Interval;
use domain::opening_hours::{Calendar, DateExceptions, OpeningHours, RawDateException, RawOpeningHours};
use domain::time::UtcTime;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &[u8]| {
    let Ok((hours, exceptions)) = serde_json::from_slice::<(RawOpeningHours, Vec<RawDateException>)>(json) else { return };
    let (Ok(hours), Ok(exceptions)) = (OpeningHours::read(&hours), DateExceptions::read(&exceptions)) else { return };
    assert_eq!(OpeningHours::read(&hours.written()), Ok(hours.clone()));
    assert_eq!(DateExceptions::read(&exceptions.written()), Ok(exceptions.clone()));
    assert_eq!(exceptions.affected_by(&exceptions, Tz::UTC), None);
    let _ = exceptions.affected_by(DateExceptions::NONE, Tz::Europe__London);
    // From 2026-10-20 on: with the end of summer time in Europe, and its start in Australia.
    let from = UtcTime::from_micros(1_792_454_400_000_000);
    let within = Interval::new(from, from + TimeDelta::days(21)).expect("three weeks");
    for timezone in [Tz::UTC, Tz::Europe__London, Tz::Australia__Lord_Howe] {
        let open = Calendar { timezone, hours: &hours, exceptions: &exceptions }.open(within);
        assert!(open.iter().all(|open| within.contains(*open)), "{open:?}");
        assert!(open.windows(2).all(|pair| pair[0].ends_at() < pair[1].starts_at()), "{open:?}");
    }
});
