//! Times as people on the site read them.

use chrono::{NaiveDateTime, Offset as _, TimeZone as _};
use chrono_tz::{OffsetName as _, Tz};

use domain::time::UtcTime;
use domain::wall_clock::local_time;

/// A span in local time, such as `Tue 1 Dec 2026, 09:00–11:00`.
pub(super) fn span(timezone: Tz, starts_at: UtcTime, ends_at: UtcTime) -> String {
    let (start, end) = (local_time(timezone, starts_at), local_time(timezone, ends_at));
    if start.date() == end.date() {
        format!("{}–{}", day_and_time(start), end.format("%H:%M"))
    } else {
        format!("{} – {}", day_and_time(start), day_and_time(end))
    }
}

/// An instant in local time, such as `Tue 1 Dec 2026, 09:00 (Europe/London, GMT)`.
pub(super) fn instant(timezone: Tz, at: UtcTime) -> String {
    format!("{} ({})", day_and_time(local_time(timezone, at)), zone(timezone, at, at))
}

/// The zone that the span is told in, such as `Europe/London, GMT`; when clocks change meanwhile,
/// what they show at either end.
pub(super) fn zone(timezone: Tz, starts_at: UtcTime, ends_at: UtcTime) -> String {
    let (start, end) = (abbreviation(timezone, starts_at), abbreviation(timezone, ends_at));
    if start == end { format!("{timezone}, {start}") } else { format!("{timezone}, from {start} to {end}") }
}

/// An instant, where there is no place whose clock would tell it: `Tue 1 Dec 2026, 09:00 (UTC)`.
pub(super) fn utc(at: UtcTime) -> String {
    format!("{} (UTC)", day_and_time(at.to_chrono().naive_utc()))
}

fn day_and_time(at: NaiveDateTime) -> String {
    at.format("%a %-d %b %Y, %H:%M").to_string()
}

/// What the zone is called at an instant: `GMT`, or `UTC+04:00` where it has no name.
fn abbreviation(timezone: Tz, at: UtcTime) -> String {
    let offset = timezone.offset_from_utc_datetime(&at.to_chrono().naive_utc());
    offset.abbreviation().map_or_else(|| format!("UTC{}", offset.fix()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(timezone: &str, starts_at: &str, ends_at: &str) -> String {
        let (timezone, starts_at, ends_at) =
            (timezone.parse().unwrap(), UtcTime::parse(starts_at).unwrap(), UtcTime::parse(ends_at).unwrap());
        format!("{} ({})", span(timezone, starts_at, ends_at), zone(timezone, starts_at, ends_at))
    }

    #[test]
    fn a_span_is_told_in_local_time_with_its_zone() {
        assert_eq!(
            told("Europe/London", "2026-12-01T09:00:00Z", "2026-12-01T11:00:00Z"),
            "Tue 1 Dec 2026, 09:00–11:00 (Europe/London, GMT)"
        );
        assert_eq!(
            told("Europe/London", "2026-07-01T09:00:00Z", "2026-07-01T11:00:00Z"),
            "Wed 1 Jul 2026, 10:00–12:00 (Europe/London, BST)"
        );
        assert_eq!(
            told("Asia/Dubai", "2026-07-01T09:00:00Z", "2026-07-01T11:00:00Z"),
            "Wed 1 Jul 2026, 13:00–15:00 (Asia/Dubai, UTC+04:00)"
        );
    }

    #[test]
    fn a_span_over_midnight_names_both_days() {
        assert_eq!(
            told("Europe/Brussels", "2026-12-01T21:00:00Z", "2026-12-02T01:00:00Z"),
            "Tue 1 Dec 2026, 22:00 – Wed 2 Dec 2026, 02:00 (Europe/Brussels, CET)"
        );
    }

    #[test]
    fn a_span_over_a_clock_change_names_both_times_of_year() {
        assert_eq!(
            told("Europe/London", "2026-10-24T23:30:00Z", "2026-10-25T02:00:00Z"),
            "Sun 25 Oct 2026, 00:30–02:00 (Europe/London, from BST to GMT)"
        );
    }
}
