//! Times as people at the site read them.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Offset as _, TimeZone as _};
use chrono_tz::{OffsetName as _, Tz};
use fluent_bundle::FluentArgs;

use super::catalogue::{Texts, variables};
use domain::time::UtcTime;
use domain::wall_clock::local_time;

/// Returns a span in local time, such as `Tue 1 Dec 2026, 09:00-11:00`.
pub fn span(texts: &Texts, timezone: Tz, starts_at: UtcTime, ends_at: UtcTime) -> String {
    let (start, end) = (local_time(timezone, starts_at), local_time(timezone, ends_at));
    let (id, end) = match start.date() == end.date() {
        true => ("span-in-a-day", end.format("%H:%M").to_string()),
        false => ("span-over-days", day_and_time(texts, end)),
    };
    texts.message(id, &variables([("start", day_and_time(texts, start).into()), ("end", end.into())]))
}

/// Returns a span in local time with its zone, such as `Tue 1 Dec 2026, 09:00-11:00 (Europe/London, GMT)`.
pub fn span_in_zone(texts: &Texts, timezone: Tz, starts_at: UtcTime, ends_at: UtcTime) -> String {
    in_zone(texts, span(texts, timezone, starts_at, ends_at), zone(texts, timezone, starts_at, ends_at))
}

/// Returns an instant in local time, such as `Tue 1 Dec 2026, 09:00 (Europe/London, GMT)`.
pub fn instant(texts: &Texts, timezone: Tz, at: UtcTime) -> String {
    in_zone(texts, day_and_time(texts, local_time(timezone, at)), zone(texts, timezone, at, at))
}

/// Returns an instant where there is no site with a clock: `Tue 1 Dec 2026, 09:00 (UTC)`.
pub fn utc(texts: &Texts, at: UtcTime) -> String {
    in_zone(texts, day_and_time(texts, at.to_chrono().naive_utc()), "UTC".to_owned())
}

/// Returns a time on the clock at a site, such as `Tue 1 Dec 2026, 09:00`.
pub fn local(texts: &Texts, at: NaiveDateTime) -> String {
    day_and_time(texts, at)
}

/// Returns a time on the clock at a site, near a day that is named in full, such as `2 Dec, 09:00`.
pub fn near(texts: &Texts, at: NaiveDateTime) -> String {
    texts.message("day-of-month-and-time", &with_time(at))
}

/// Returns a day, such as `Tue 1 Dec 2026`.
pub fn day(texts: &Texts, date: NaiveDate) -> String {
    texts.message("day", &day_variables(date))
}

/// Returns a time with the zone of its clock.
pub fn in_zone(texts: &Texts, time: String, zone: String) -> String {
    texts.message("in-zone", &variables([("time", time.into()), ("zone", zone.into())]))
}

/// The zone of a span, such as `Europe/London, GMT`. When clocks change meanwhile, what they show at either end.
fn zone(texts: &Texts, timezone: Tz, starts_at: UtcTime, ends_at: UtcTime) -> String {
    let (start, end) = (abbreviation(timezone, starts_at), abbreviation(timezone, ends_at));
    let id = if start == end { "zone" } else { "zone-at-a-clock-change" };
    texts.message(id, &variables([("zone", timezone.name().into()), ("name", start.into()), ("later", end.into())]))
}

fn day_and_time(texts: &Texts, at: NaiveDateTime) -> String {
    texts.message("day-and-time", &with_time(at))
}

fn with_time(at: NaiveDateTime) -> FluentArgs<'static> {
    let mut variables = day_variables(at.date());
    variables.set("time", at.format("%H:%M").to_string());
    variables
}

fn day_variables(date: NaiveDate) -> FluentArgs<'static> {
    let weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].get(date.weekday().num_days_from_monday() as usize);
    variables([
        ("weekday", weekday.copied().unwrap_or_default().into()),
        ("day", date.day().into()),
        ("month", date.month().into()),
        ("year", date.year().into()),
    ])
}

/// Returns the name of the zone at an instant: `GMT`, or `UTC+04:00` where it has no name.
pub fn abbreviation(timezone: Tz, at: UtcTime) -> String {
    let offset = timezone.offset_from_utc_datetime(&at.to_chrono().naive_utc());
    offset.abbreviation().map_or_else(|| format!("UTC{}", offset.fix()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::mail::Locale;

    fn written(timezone: &str, starts_at: &str, ends_at: &str) -> String {
        written_in("en", timezone, starts_at, ends_at)
    }

    fn written_in(language: &str, timezone: &str, starts_at: &str, ends_at: &str) -> String {
        let (timezone, starts_at, ends_at) =
            (timezone.parse().unwrap(), UtcTime::parse(starts_at).unwrap(), UtcTime::parse(ends_at).unwrap());
        span_in_zone(&Texts::new(&Locale(language.to_owned())), timezone, starts_at, ends_at)
    }

    #[test]
    fn a_span_is_told_in_local_time_with_its_zone() {
        assert_eq!(
            written("Europe/London", "2026-12-01T09:00:00Z", "2026-12-01T11:00:00Z"),
            "Tue 1 Dec 2026, 09:00-11:00 (Europe/London, GMT)"
        );
        assert_eq!(
            written("Europe/London", "2026-07-01T09:00:00Z", "2026-07-01T11:00:00Z"),
            "Wed 1 Jul 2026, 10:00-12:00 (Europe/London, BST)"
        );
        assert_eq!(
            written("Asia/Dubai", "2026-07-01T09:00:00Z", "2026-07-01T11:00:00Z"),
            "Wed 1 Jul 2026, 13:00-15:00 (Asia/Dubai, UTC+04:00)"
        );
    }

    #[test]
    fn a_span_over_midnight_names_both_days() {
        assert_eq!(
            written("Europe/Brussels", "2026-12-01T21:00:00Z", "2026-12-02T01:00:00Z"),
            "Tue 1 Dec 2026, 22:00 - Wed 2 Dec 2026, 02:00 (Europe/Brussels, CET)"
        );
    }

    #[test]
    fn a_span_over_a_clock_change_names_both_times_of_year() {
        assert_eq!(
            written("Europe/London", "2026-10-24T23:30:00Z", "2026-10-25T02:00:00Z"),
            "Sun 25 Oct 2026, 00:30-02:00 (Europe/London, from BST to GMT)"
        );
    }

    #[test]
    fn a_span_is_written_in_the_form_of_each_language() {
        for (language, in_a_day, over_days) in [
            (
                "de",
                "So., 1. März 2026, 10:00-18:30 (Europe/Berlin, CET)",
                "Sa., 24. Okt. 2026, 22:00 - So., 25. Okt. 2026, 06:00 (Europe/Berlin, von CEST zu CET)",
            ),
            (
                "nl",
                "zo 1 mrt 2026, 10:00-18:30 (Europe/Berlin, CET)",
                "za 24 okt 2026, 22:00 - zo 25 okt 2026, 06:00 (Europe/Berlin, van CEST naar CET)",
            ),
            (
                "fr",
                "dim. 1er mars 2026, 10:00-18:30 (Europe/Berlin, CET)",
                "sam. 24 oct. 2026, 22:00 - dim. 25 oct. 2026, 06:00 (Europe/Berlin, de CEST à CET)",
            ),
        ] {
            let written = |starts_at, ends_at| written_in(language, "Europe/Berlin", starts_at, ends_at);
            assert_eq!(written("2026-03-01T09:00:00Z", "2026-03-01T17:30:00Z"), in_a_day);
            assert_eq!(written("2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"), over_days);
        }
    }

    #[test]
    fn a_time_near_a_day_that_is_named_has_its_day_and_month() {
        let at = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(9, 0, 0).unwrap();
        let expected = [("en", "1 Mar, 09:00"), ("nl", "1 mrt, 09:00"), ("fr", "1er mars, 09:00"), ("de", "1. März, 09:00")];
        for (language, written) in expected {
            assert_eq!(near(&Texts::new(&Locale(language.to_owned())), at), written);
        }
    }
}
