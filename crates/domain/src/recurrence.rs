//! Recurrence rules: the days of a series.
//!
//! Supports the part of `RRULE` in RFC 5545 that a booking calendar needs: `FREQ` (`DAILY`, `WEEKLY` or `MONTHLY`), `INTERVAL`,
//! `COUNT` or `UNTIL`, `BYDAY`, `BYMONTHDAY`, `WKST`. All parts are about days and local time at the site, so 09:00 stays 09:00
//! when the clocks change.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;

use super::fields::Fields;
use super::interval::Interval;
use super::time::UtcTime;
use super::wall_clock::{LocalSpan, local_time};
use crate::said::{Said, Variable, said, says};

/// The largest number of occurrences of a series.
pub const MOST_OCCURRENCES: usize = 200;

const PARTS: [&str; 7] = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"];
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];

/// The reason why a text is not a rule for a series, or has no occurrences that a series can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRecurrence(Said);

fn invalid<T>(why: Said) -> Result<T, InvalidRecurrence> {
    Err(InvalidRecurrence(why))
}

says!(InvalidRecurrence: |InvalidRecurrence(why)| why);

/// A recurrence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    frequency: Frequency,
    interval: i64,
    end: End,
    /// Weekdays with their place in the month, if the rule gives one; negative: counted from the end.
    weekdays: Vec<(Option<i64>, Weekday)>,
    /// Days of the month; negative: counted from the end.
    month_days: Vec<i64>,
    week_start: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Count(usize),
    Local(NaiveDateTime),
    Utc(UtcTime),
}

impl FromStr for Recurrence {
    type Err = InvalidRecurrence;
    fn from_str(text: &str) -> Result<Self, InvalidRecurrence> {
        let text = text.trim().to_ascii_uppercase();
        let mut parts = BTreeMap::new();
        for part in text.split(';') {
            let Some((name, value)) = part.split_once('=') else {
                return invalid(said!("must be a rule such as FREQ=WEEKLY;COUNT=10; `{part}` is not a part of a rule", part));
            };
            if !PARTS.contains(&name) {
                return invalid(said!("{name} is not supported; use only {parts}", name, parts = PARTS.to_vec()));
            }
            if parts.insert(name, value).is_some() {
                return invalid(said!("{name} must occur only once", name));
            }
        }
        let frequency = match parts.get("FREQ") {
            Some(&"DAILY") => Frequency::Daily,
            Some(&"WEEKLY") => Frequency::Weekly,
            Some(&"MONTHLY") => Frequency::Monthly,
            _ => return invalid(said!("FREQ must be DAILY, WEEKLY or MONTHLY")),
        };
        let end = match (parts.get("COUNT"), parts.get("UNTIL")) {
            (Some(count), None) => End::Count(number("COUNT", count, 1..=MOST_OCCURRENCES)?),
            (None, Some(until)) => read_until(until)?,
            _ => return invalid(said!("must contain either COUNT or UNTIL")),
        };
        let month_days = list(&parts, "BYMONTHDAY", |day| number_from_either_end("BYMONTHDAY", day, 31))?;
        if frequency == Frequency::Weekly && !month_days.is_empty() {
            return invalid(said!("BYMONTHDAY is not allowed with FREQ=WEEKLY"));
        }
        let weekdays = list(&parts, "BYDAY", read_weekday)?;
        if frequency != Frequency::Monthly && weekdays.iter().any(|(place, _)| place.is_some()) {
            return invalid(said!("BYDAY can contain numbers, such as 2MO or -1FR, only with FREQ=MONTHLY"));
        }
        Ok(Self {
            frequency,
            interval: parts.get("INTERVAL").map_or(Ok(1), |interval| number("INTERVAL", interval, 1..=366))?,
            end,
            weekdays,
            month_days,
            week_start: parts.get("WKST").map_or(Ok(Weekday::Mon), |day| weekday("WKST", day))?,
        })
    }
}

fn list<T>(
    parts: &BTreeMap<&str, &str>,
    name: &str,
    read: impl Fn(&str) -> Result<T, InvalidRecurrence>,
) -> Result<Vec<T>, InvalidRecurrence> {
    parts.get(name).map_or(Ok(Vec::new()), |values| values.split(',').map(read).collect())
}

fn number<N: FromStr + PartialOrd + Copy + Into<Variable>>(
    name: &str,
    text: &str,
    range: RangeInclusive<N>,
) -> Result<N, InvalidRecurrence> {
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => invalid(said!("{name} must be between {least} and {most}", name, least = range.start(), most = range.end())),
    }
}

fn number_from_either_end(name: impl Into<Variable>, text: &str, most: i64) -> Result<i64, InvalidRecurrence> {
    match text.parse() {
        Ok(number) if number != 0 && (-most..=most).contains(&number) => Ok(number),
        _ => invalid(said!("{name} must be from 1 to {most}, or from -1 to -{most}", name, most)),
    }
}

fn weekday(name: &str, text: &str) -> Result<Weekday, InvalidRecurrence> {
    match WEEKDAYS.iter().find(|(word, _)| *word == text) {
        Some((_, day)) => Ok(*day),
        None => invalid(said!("{name} must be one of MO, TU, WE, TH, FR, SA, SU", name)),
    }
}

fn read_weekday(text: &str) -> Result<(Option<i64>, Weekday), InvalidRecurrence> {
    let (place, day) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let place =
        (!place.is_empty()).then(|| number_from_either_end(said!("The number of a day in BYDAY"), place, 5)).transpose()?;
    Ok((place, weekday("BYDAY", day)?))
}

/// Reads a date, which includes the whole day, a local time at the site, or a UTC time.
fn read_until(text: &str) -> Result<End, InvalidRecurrence> {
    let (local, is_utc) = text.strip_suffix('Z').map_or((text, false), |local| (local, true));
    match (NaiveDateTime::parse_from_str(local, "%Y%m%dT%H%M%S"), NaiveDate::parse_from_str(text, "%Y%m%d")) {
        (Ok(time), _) if is_utc => Ok(End::Utc(time.and_utc().into())),
        (Ok(time), _) => Ok(End::Local(time)),
        (_, Ok(day)) => Ok(End::Local(day.and_time(NaiveTime::MIN) + chrono::TimeDelta::seconds(86_399))),
        _ => invalid(said!("UNTIL must be a time such as 20261231, 20261231T170000 or 20261231T170000Z")),
    }
}

impl Recurrence {
    /// Returns the occurrences for a first one from `/starts_at` to `/ends_at`, or records the errors; `rule` is the pointer of
    /// the rule.
    pub fn read_spans(&self, fields: &mut Fields, rule: &str, timezone: Tz, first: Interval) -> Option<Vec<LocalSpan>> {
        let span = LocalSpan::of(timezone, first);
        if span.interval(timezone) != Ok(first) {
            let detail = said!(
                "starts or ends in a local hour that occurs twice, in the second of the two; a series always uses the first, so choose another time"
            );
            fields.refuse("/starts_at", "invalid", detail);
        }
        fields.take(rule, self.occurrences(timezone, span))
    }

    /// Returns all occurrences, in order: on the days of the rule from the first one on, at the same local times.
    ///
    /// # Errors
    /// When there is none, when there are more than [`MOST_OCCURRENCES`], or when they take more than a year.
    pub fn occurrences(&self, timezone: Tz, first: LocalSpan) -> Result<Vec<LocalSpan>, InvalidRecurrence> {
        let day = first.starts_at.date();
        let Some(last_day) = day.checked_add_months(Months::new(12)) else { return invalid(said!("must begin earlier")) };
        let until = match self.end {
            End::Count(_) => None,
            End::Local(until) => Some(until),
            End::Utc(until) => Some(local_time(timezone, until)),
        };
        if until.is_some_and(|until| until.date() > last_day) {
            return invalid(said!(
                "UNTIL must be at most one year after the first occurrence, not after {day}",
                day = last_day.format("%Y%m%d").to_string()
            ));
        }
        let most = if let End::Count(count) = self.end { count } else { MOST_OCCURRENCES + 1 };
        let occurrences: Vec<_> = day
            .iter_days()
            .take_while(|other| *other <= last_day)
            .filter(|other| self.names(*other, day))
            .map(|other| first.later(other - day))
            .take_while(|occurrence| until.is_none_or(|until| occurrence.starts_at <= until))
            .take(most)
            .collect();
        match (self.end, occurrences.len()) {
            (_, 0) => invalid(said!("must have at least one occurrence, within one year and not after UNTIL")),
            (End::Count(count), found) if found < count => {
                invalid(said!("COUNT must be at most {found}: a series ends within one year, by {last_day}", found, last_day))
            }
            (_, found) if found > MOST_OCCURRENCES => {
                invalid(said!("UNTIL must allow at most {most} occurrences", most = MOST_OCCURRENCES))
            }
            _ => Ok(occurrences),
        }
    }

    /// Returns whether the rule, beginning on `first`, includes a day.
    fn names(&self, day: NaiveDate, first: NaiveDate) -> bool {
        let week = |day: NaiveDate| day.week(self.week_start).first_day();
        let month = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let periods = match self.frequency {
            Frequency::Daily => (day - first).num_days(),
            Frequency::Weekly => (week(day) - week(first)).num_days() / 7,
            Frequency::Monthly => month(day) - month(first),
        };
        let is_like_first = match self.frequency {
            Frequency::Weekly if self.weekdays.is_empty() => day.weekday() == first.weekday(),
            Frequency::Monthly if self.weekdays.is_empty() && self.month_days.is_empty() => day.day() == first.day(),
            _ => true,
        };
        periods % self.interval == 0 && is_like_first && self.has_weekday(day) && self.has_month_day(day)
    }

    fn has_weekday(&self, day: NaiveDate) -> bool {
        let (from_start, from_end) = places(day);
        let has = |(place, weekday): &(Option<i64>, Weekday)| {
            let is_there = place.is_none_or(|place| place == (from_start - 1) / 7 + 1 || place == (from_end + 1) / 7 - 1);
            *weekday == day.weekday() && is_there
        };
        self.weekdays.is_empty() || self.weekdays.iter().any(has)
    }

    fn has_month_day(&self, day: NaiveDate) -> bool {
        let (from_start, from_end) = places(day);
        self.month_days.is_empty() || self.month_days.iter().any(|place| [from_start, from_end].contains(place))
    }
}

/// Returns the place of a day in its month, counted from the start (1, 2 …) and from the end (-1, -2 …).
fn places(day: NaiveDate) -> (i64, i64) {
    let from_start = i64::from(day.day());
    (from_start, from_start - i64::from(day.num_days_in_month()) - 1)
}

#[cfg(test)]
mod tests {
    use chrono::{Days, TimeDelta};
    use proptest::prelude::*;

    use super::*;
    use crate::interval::Interval;
    use crate::oracle::{at, between};
    use crate::wall_clock::timezone;

    fn hour_from(starts_at: NaiveDateTime) -> LocalSpan {
        LocalSpan { starts_at, ends_at: starts_at + TimeDelta::hours(1) }
    }

    fn expand(rule: &str, first: NaiveDateTime) -> Result<Vec<NaiveDateTime>, InvalidRecurrence> {
        let occurrences = rule.parse::<Recurrence>()?.occurrences(Tz::UTC, hour_from(first))?;
        Ok(occurrences.into_iter().map(|occurrence| occurrence.starts_at).collect())
    }

    fn time(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap()
    }

    #[test]
    fn the_vectors_hold_for_what_is_accepted_and_the_rest_is_refused() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/conformance/rrule/dateutil_rrule_vectors.json");
        let Ok(vectors) = std::fs::read_to_string(path) else {
            println!("SKIPPED: there is no {path}, so the recurrence rules in it were not tested");
            return;
        };
        let vectors: Vec<serde_json::Value> = serde_json::from_str(&vectors).unwrap();
        let (mut held, mut refused) = (0, Vec::new());
        for vector in &vectors {
            let (first, rule) = vector["ical"].as_str().unwrap().split_once("\nRRULE:").unwrap();
            let expected: Vec<_> = vector["expected"].as_array().unwrap().iter().map(|day| time(day.as_str().unwrap())).collect();
            match expand(rule, time(first.strip_prefix("DTSTART:").unwrap())) {
                Ok(found) => {
                    assert_eq!(found, expected, "{rule}");
                    held += 1;
                }
                Err(why) => refused.push((rule, why.to_string())),
            }
        }
        assert_eq!((held, held + refused.len()), (27, vectors.len()));
        refused.retain(|(_, why)| {
            !why.contains("FREQ must be") && !why.contains("is not supported") && !why.contains("is not allowed")
        });
        assert_eq!(
            refused,
            [
                (
                    "FREQ=MONTHLY;INTERVAL=18;COUNT=3",
                    "COUNT must be at most 1: a series ends within one year, by 1998-09-02".to_owned()
                ),
                (
                    "FREQ=DAILY;UNTIL=19970901T090000",
                    "must have at least one occurrence, within one year and not after UNTIL".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn what_is_not_accepted_is_named() {
        for (rule, named) in [
            ("", "`` is not a part"),
            ("weekly", "`WEEKLY` is not a part"),
            ("FREQ=WEEKLY;COUNT=2;", "`` is not a part"),
            ("COUNT=2", "FREQ must be DAILY, WEEKLY or MONTHLY"),
            ("FREQ=YEARLY;COUNT=2", "FREQ must be DAILY, WEEKLY or MONTHLY"),
            ("FREQ=DAILY", "either COUNT or UNTIL"),
            ("FREQ=DAILY;COUNT=2;UNTIL=20261201", "either COUNT or UNTIL"),
            ("FREQ=DAILY;COUNT=2;COUNT=3", "COUNT must occur only once"),
            ("FREQ=DAILY;COUNT=0", "COUNT must be between 1 and 200"),
            ("FREQ=DAILY;COUNT=201", "COUNT must be between 1 and 200"),
            ("FREQ=DAILY;COUNT=2;INTERVAL=0", "INTERVAL must be between 1 and 366"),
            ("FREQ=DAILY;COUNT=2;BYMONTH=3", "BYMONTH is not supported; use only FREQ, INTERVAL, "),
            ("FREQ=MONTHLY;COUNT=2;BYMONTHDAY=0", "BYMONTHDAY must be from 1 to 31, or from -1 to -31"),
            ("FREQ=WEEKLY;COUNT=2;BYMONTHDAY=1", "BYMONTHDAY is not allowed with FREQ=WEEKLY"),
            ("FREQ=WEEKLY;COUNT=2;BYDAY=2MO", "only with FREQ=MONTHLY"),
            ("FREQ=MONTHLY;COUNT=2;BYDAY=6MO", "must be from 1 to 5, or from -1 to -5"),
            ("FREQ=MONTHLY;COUNT=2;BYDAY=MON", "BYDAY must be one of MO, TU"),
            ("FREQ=DAILY;COUNT=2;WKST=1", "WKST must be one of MO, TU"),
            ("FREQ=DAILY;UNTIL=2026-12-01", "UNTIL must be a time such as 20261231"),
            ("FREQ=DAILY;UNTIL=20271122", "UNTIL must be at most one year after the first occurrence, not after 20271121"),
            ("FREQ=DAILY;UNTIL=20271121", "UNTIL must allow at most 200 occurrences"),
            ("FREQ=MONTHLY;COUNT=14", "COUNT must be at most 13: a series ends within one year, by 2027-11-21"),
        ] {
            let why = expand(rule, time("20261121T090000")).unwrap_err().to_string();
            assert!(why.contains(named), "{rule}: {why}");
        }
    }

    #[test]
    fn the_last_day_of_until_counts_as_a_whole_and_a_utc_time_on_the_clock_at_the_site() {
        let brussels = timezone("Europe/Brussels").unwrap();
        for (until, days) in [("20261203", 3), ("20261203T085959", 2), ("20261203T090000", 3), ("20261203T080000Z", 3)] {
            let rule: Recurrence = format!("freq=daily;until={until}").parse().unwrap();
            let found = rule.occurrences(brussels, hour_from(time("20261201T090000"))).unwrap();
            assert_eq!(found.len(), days, "{until}");
        }
    }

    #[test]
    fn a_series_keeps_its_hours_when_the_clocks_change() {
        let london = timezone("Europe/London").unwrap();
        let weekly: Recurrence = "FREQ=WEEKLY;COUNT=3".parse().unwrap();
        let first = LocalSpan::of(london, between("2026-03-22T00:30:00Z", "2026-03-22T03:00:00Z"));
        let found = weekly.occurrences(london, first).unwrap();
        let found: Vec<_> = found.into_iter().map(|occurrence| occurrence.interval(london).unwrap()).collect();
        assert_eq!(
            found,
            [
                between("2026-03-22T00:30:00Z", "2026-03-22T03:00:00Z"),
                between("2026-03-29T00:30:00Z", "2026-03-29T02:00:00Z"),
                between("2026-04-04T23:30:00Z", "2026-04-05T02:00:00Z"),
            ]
        );
        assert_eq!(found.iter().map(|time: &Interval| time.minutes()).collect::<Vec<_>>(), [150, 90, 150]);
        let in_gap = LocalSpan::of(london, between("2026-03-22T01:30:00Z", "2026-03-22T03:00:00Z"));
        let found: Vec<_> =
            weekly.occurrences(london, in_gap).unwrap().iter().map(|time| time.interval(london).is_ok()).collect();
        assert_eq!(found, [true, false, true]);
        assert_eq!(first.starts_at, local_time(london, at("2026-03-22T00:30:00Z")));
    }

    /// Computes the days of a rule as RFC 5545 describes it: period by period.
    fn naive(rule: &Recurrence, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let mut days = Vec::new();
        for period in (0..=366).map(|nth: i64| nth * rule.interval) {
            let has_weekday = |day: &NaiveDate| rule.weekdays.iter().any(|(_, weekday)| *weekday == day.weekday());
            match rule.frequency {
                Frequency::Daily => {
                    let day = first + TimeDelta::days(period);
                    let fits = rule.weekdays.is_empty() || has_weekday(&day);
                    days.extend(
                        Some(day).filter(|day| {
                            fits && (rule.month_days.is_empty() || month_days(*day, &rule.month_days).contains(day))
                        }),
                    );
                }
                Frequency::Weekly => {
                    let mut start = first;
                    while start.weekday() != rule.week_start {
                        start = start - Days::new(1);
                    }
                    let week = (0..7).map(|day| start + TimeDelta::days(7 * period + day));
                    days.extend(week.filter(|day| match rule.weekdays.is_empty() {
                        true => day.weekday() == first.weekday(),
                        false => has_weekday(day),
                    }));
                }
                Frequency::Monthly => {
                    let month = first.with_day(1).unwrap() + Months::new(u32::try_from(period).unwrap());
                    let by_day: Vec<_> =
                        rule.weekdays.iter().flat_map(|(place, weekday)| nth_weekdays(month, *place, *weekday)).collect();
                    let by_month_day = month_days(month, &rule.month_days);
                    days.extend(match (rule.weekdays.is_empty(), rule.month_days.is_empty()) {
                        (true, true) => month_days(month, &[i64::from(first.day())]),
                        (false, true) => by_day,
                        (true, false) => by_month_day,
                        (false, false) => by_month_day.into_iter().filter(|day| by_day.contains(day)).collect(),
                    });
                }
            }
        }
        days.sort_unstable();
        days.dedup();
        days.retain(|day| (first..=last).contains(day));
        days
    }

    fn days_of_month(of: NaiveDate) -> Vec<NaiveDate> {
        (1..=31).filter_map(|day| of.with_day(day)).collect()
    }

    fn nth(days: &[NaiveDate], place: i64) -> Option<NaiveDate> {
        let index = if place > 0 { place - 1 } else { i64::try_from(days.len()).unwrap() + place };
        days.get(usize::try_from(index).ok()?).copied()
    }

    fn month_days(of: NaiveDate, places: &[i64]) -> Vec<NaiveDate> {
        places.iter().filter_map(|place| nth(&days_of_month(of), *place)).collect()
    }

    fn nth_weekdays(of: NaiveDate, place: Option<i64>, weekday: Weekday) -> Vec<NaiveDate> {
        let days: Vec<_> = days_of_month(of).into_iter().filter(|day| day.weekday() == weekday).collect();
        place.map_or(days.clone(), |place| nth(&days, place).into_iter().collect())
    }

    fn any_list(of: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
        proptest::collection::vec(of, 0..4).prop_map(|values| values.join(","))
    }

    fn any_rule() -> impl Strategy<Value = String> {
        let weekday = || proptest::sample::select(WEEKDAYS.map(|(word, _)| word).to_vec());
        let place = |most: i64| (1..=most, any::<bool>()).prop_map(|(place, is_last)| if is_last { -place } else { place });
        let numbered = (proptest::option::of(place(5)), weekday())
            .prop_map(|(place, day)| place.map_or(day.to_owned(), |place| format!("{place:+}{day}")));
        let month_days = || any_list(place(31).prop_map(|day| day.to_string()));
        let plain = || any_list(weekday().prop_map(str::to_owned));
        let by = prop_oneof![
            (Just("DAILY"), plain(), month_days()),
            (Just("WEEKLY"), plain(), Just(String::new())),
            (Just("MONTHLY"), any_list(numbered), month_days()),
        ];
        (by, 1..40_i64, 1..=200_usize, weekday()).prop_map(|((frequency, days, month_days), interval, count, week_start)| {
            let part = |name: &str, list: String| if list.is_empty() { list } else { format!(";{name}={list}") };
            let by = part("BYDAY", days) + &part("BYMONTHDAY", month_days);
            format!("FREQ={frequency};INTERVAL={interval};COUNT={count};WKST={week_start}{by}")
        })
    }

    proptest! {
        #[test]
        fn the_days_are_those_that_the_standard_tells_period_by_period(
            rule in any_rule(), day in 0..20_000_u64, last in 0..365_u64,
        ) {
            let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap() + Days::new(day);
            let starts_at = first.and_hms_opt(9, 0, 0).unwrap();
            let read: Recurrence = rule.parse().unwrap();
            let End::Count(count) = read.end else { panic!("{rule}") };
            let mut expected = naive(&read, first, first + Months::new(12));
            match expand(&rule, starts_at) {
                Ok(found) => {
                    expected.truncate(count);
                    prop_assert_eq!(found.iter().map(NaiveDateTime::date).collect::<Vec<_>>(), expected);
                }
                Err(why) => prop_assert!(expected.len() < count, "{why}"),
            }
            let last = first + Days::new(last);
            let expected = naive(&read, first, last);
            let until = rule.replace(&format!("COUNT={count}"), &format!("UNTIL={}", last.format("%Y%m%d")));
            match expand(&until, starts_at) {
                Ok(found) => prop_assert_eq!(found.iter().map(NaiveDateTime::date).collect::<Vec<_>>(), expected),
                Err(why) => prop_assert!(expected.is_empty() || expected.len() > MOST_OCCURRENCES, "{why}"),
            }
        }
    }
}
