//! Recurrence rules (`RRULE` of RFC 5545) as calendars of others contain them: all frequencies of days and longer, without an end, too.
//!
//! `domain::recurrence` is for rules that users of this service write: it accepts less, and says what is wrong.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Weekday};

use super::budget::{Budget, TooMuch};

/// The cost of a start that is added: its time is kept with a title of up to 200 characters.
const COST_OF_START: u64 = 100;

/// So many names of days take as long to compare with a day as it takes to find the next day.
const NAMES_FOR_A_UNIT: usize = 16;

/// Why a rule is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("its recurrence rule is not supported: {0}")]
pub(super) struct NotSupported(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last time that an occurrence can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// On this day.
    Day(NaiveDate),
    /// At this local time.
    At(NaiveDateTime),
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    frequency: Frequency,
    interval: i64,
    count: Option<usize>,
    until: Option<Until>,
    months: Vec<u32>,
    weeks: Vec<i64>,
    year_days: Vec<i64>,
    month_days: Vec<i64>,
    /// Weekdays with their place in the month or year; 0: each.
    weekdays: Vec<(i64, Weekday)>,
    hours: Vec<u32>,
    minutes: Vec<u32>,
    seconds: Vec<u32>,
    places: Vec<i64>,
    week_start: Weekday,
}

impl Rule {
    /// Reads a rule. Parts that are empty or belong to no standard are left out; the caller reads the time of `UNTIL`.
    pub(super) fn read(text: &str, until: impl Fn(&str) -> Option<Until>) -> Result<Self, NotSupported> {
        let text = text.trim().to_ascii_uppercase();
        let mut rule = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            places: Vec::new(),
            week_start: Weekday::Mon,
        };
        let mut has_frequency = false;
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let refused = || NotSupported(part.chars().take(60).collect());
            let (name, value) = part.split_once('=').ok_or_else(refused)?;
            let numbers = |most: i64| list(value, |text| text.parse().ok().filter(|n: &i64| *n != 0 && n.abs() <= most));
            let times = |most: u32| list(value, |text| text.parse().ok().filter(|n: &u32| *n <= most));
            match name {
                "FREQ" => {
                    has_frequency = true;
                    rule.frequency = match value {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        _ => return Err(refused()),
                    };
                }
                "INTERVAL" => rule.interval = value.parse().map_err(|_| refused()).map(|n: i64| n.clamp(1, 100_000))?,
                "COUNT" => rule.count = Some(value.parse().map_err(|_| refused())?),
                "UNTIL" => rule.until = Some(until(value).ok_or_else(refused)?),
                "BYMONTH" => rule.months = times(12).ok_or_else(refused)?,
                "BYWEEKNO" => rule.weeks = numbers(53).ok_or_else(refused)?,
                "BYYEARDAY" => rule.year_days = numbers(366).ok_or_else(refused)?,
                "BYMONTHDAY" => rule.month_days = numbers(31).ok_or_else(refused)?,
                "BYDAY" => rule.weekdays = list(value, placed_weekday).ok_or_else(refused)?,
                "BYHOUR" => rule.hours = times(23).ok_or_else(refused)?,
                "BYMINUTE" => rule.minutes = times(59).ok_or_else(refused)?,
                "BYSECOND" => rule.seconds = times(60).ok_or_else(refused)?,
                "BYSETPOS" => rule.places = numbers(366).ok_or_else(refused)?,
                "WKST" => rule.week_start = weekday(value).ok_or_else(refused)?,
                _ if name.starts_with("X-") => {}
                _ => return Err(refused()),
            }
        }
        if has_frequency { Ok(rule) } else { Err(NotSupported("FREQ is missing".to_owned())) }
    }

    /// Calls `add` with the start of each occurrence from `from` on, in order, until one is after `last` or the rule ends. Each time of each
    /// day that is looked at costs a unit of the budget, and each start that is added costs [`COST_OF_START`] units.
    ///
    /// # Errors
    /// When the budget is spent.
    pub(super) fn expand(
        &self,
        first: NaiveDateTime,
        (from, last): (NaiveDateTime, NaiveDateTime),
        budget: &mut Budget,
        mut add: impl FnMut(NaiveDateTime),
    ) -> Result<(), TooMuch> {
        let times = self.times(first.time());
        budget.spend(times.len() as u64)?;
        // A day takes the longer, the more times and names of days the rule has.
        let names = self.months.len() + 3 * self.weeks.len() + self.year_days.len() + self.month_days.len() + self.weekdays.len();
        let cost_of_day = (times.len() + names / NAMES_FOR_A_UNIT) as u64;
        let cost_of_period = (self.places.len() / NAMES_FOR_A_UNIT) as u64;
        let mut left = self.count.unwrap_or(usize::MAX);
        // Without a count, periods that are over need not be looked at.
        let mut number = if self.count.is_some() { 0 } else { self.periods_before(first.date(), from.date()) };
        while let Some((begins, days)) = self.period(first.date(), number) {
            if begins > last.date() || left == 0 {
                return Ok(());
            }
            number += 1;
            budget.spend(days * cost_of_day + cost_of_period)?;
            let chosen = begins.iter_days().take(usize::try_from(days).unwrap_or_default());
            let chosen = chosen.filter(|day| self.has(*day, first.date()));
            let starts: Vec<_> = chosen.flat_map(|day| times.iter().map(move |time| day.and_time(*time))).collect();
            for start in self.placed(&starts).into_iter().filter(|start| *start >= first) {
                if start > last || self.is_over(start) || left == 0 {
                    return Ok(());
                }
                left -= 1;
                if start >= from {
                    budget.spend(COST_OF_START)?;
                    add(start);
                }
            }
        }
        Ok(())
    }

    fn is_over(&self, start: NaiveDateTime) -> bool {
        match self.until {
            Some(Until::Day(day)) => start.date() > day,
            Some(Until::At(at)) => start > at,
            None => false,
        }
    }

    /// Whether the rule says when it ends.
    pub(super) const fn has_end(&self) -> bool {
        self.count.is_some() || self.until.is_some()
    }

    /// The times of day of occurrences, in order.
    fn times(&self, first: NaiveTime) -> Vec<NaiveTime> {
        let or = |list: &[u32], first: u32| if list.is_empty() { vec![first] } else { list.to_vec() };
        let mut times = Vec::new();
        for hour in or(&self.hours, first.hour()) {
            for minute in or(&self.minutes, first.minute()) {
                for second in or(&self.seconds, first.second()) {
                    times.extend(NaiveTime::from_hms_opt(hour, minute, second.min(59)));
                }
            }
        }
        times.sort_unstable();
        times.dedup();
        times
    }

    /// How many periods, counted in intervals, are certainly over on a day.
    fn periods_before(&self, first: NaiveDate, day: NaiveDate) -> i64 {
        let days = (day - first).num_days().max(0);
        let longest = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        (days / (longest * self.interval) - 1).max(0)
    }

    /// The first day of a period and the number of its days. None: it is after the end of all calendars.
    fn period(&self, first: NaiveDate, number: i64) -> Option<(NaiveDate, u64)> {
        let by = number.checked_mul(self.interval)?;
        let months = |of: NaiveDate, by: i64| of.checked_add_months(Months::new(u32::try_from(by).ok()?));
        Some(match self.frequency {
            Frequency::Daily => (first.checked_add_days(Days::new(u64::try_from(by).ok()?))?, 1),
            Frequency::Weekly => {
                let week = first.week(self.week_start).checked_first_day()?;
                (week.checked_add_days(Days::new(u64::try_from(by.checked_mul(7)?).ok()?))?, 7)
            }
            Frequency::Monthly => {
                let begins = months(first.with_day(1)?, by)?;
                (begins, u64::from(begins.num_days_in_month()))
            }
            Frequency::Yearly => {
                let begins = months(NaiveDate::from_yo_opt(first.year(), 1)?, by.checked_mul(12)?)?;
                (begins, days_of_year(begins))
            }
        })
    }

    /// Whether the rule includes a day of one of its periods.
    fn has(&self, day: NaiveDate, first: NaiveDate) -> bool {
        let names_days =
            !(self.weeks.is_empty() && self.year_days.is_empty() && self.month_days.is_empty() && self.weekdays.is_empty());
        let is_like_first = names_days
            || match self.frequency {
                Frequency::Daily => true,
                Frequency::Weekly => day.weekday() == first.weekday(),
                Frequency::Monthly => day.day() == first.day(),
                Frequency::Yearly => day.day() == first.day() && (!self.months.is_empty() || day.month() == first.month()),
            };
        let is_in = |list: &[i64], from_start: i64, count: i64| {
            list.is_empty() || list.iter().any(|place| *place == from_start || *place == from_start - count - 1)
        };
        let of_month = (i64::from(day.day()), i64::from(day.num_days_in_month()));
        let of_year = (i64::from(day.ordinal()), i64::try_from(days_of_year(day)).unwrap_or_default());
        let (place, count) = match self.frequency {
            Frequency::Monthly => of_month,
            Frequency::Yearly if !self.months.is_empty() => of_month,
            _ => of_year,
        };
        let has_places = matches!(self.frequency, Frequency::Monthly | Frequency::Yearly);
        let is_weekday = |(nth, weekday): &(i64, Weekday)| {
            let is_nth = *nth == 0 || !has_places || *nth == (place - 1) / 7 + 1 || *nth == -((count - place) / 7 + 1);
            *weekday == day.weekday() && is_nth
        };
        is_like_first
            && (self.months.is_empty() || self.months.contains(&day.month()))
            && (self.weeks.is_empty() || self.is_in_week(day))
            && is_in(&self.year_days, of_year.0, of_year.1)
            && is_in(&self.month_days, of_month.0, of_month.1)
            && (self.weekdays.is_empty() || self.weekdays.iter().any(is_weekday))
    }

    /// Whether a day is in one of the numbered weeks. The first week of a year has at least four of its days.
    fn is_in_week(&self, day: NaiveDate) -> bool {
        let first_week = |year: i32| {
            let fourth = NaiveDate::from_ymd_opt(year, 1, 4)?;
            fourth.week(self.week_start).checked_first_day()
        };
        let week = |year: i32| {
            let (begins, next) = (first_week(year)?, first_week(year + 1)?);
            let (number, count) = ((day - begins).num_days().div_euclid(7) + 1, (next - begins).num_days() / 7);
            let is_named = |week: &i64| *week == number || *week == number - count - 1;
            Some((1..=count).contains(&number) && self.weeks.iter().any(is_named))
        };
        // The first days of a year can be in the last week of the year before, and the last days in the first week of the next.
        [day.year() - 1, day.year(), day.year() + 1].into_iter().filter_map(week).any(|is_in| is_in)
    }

    /// The occurrences of a period at the places that the rule chooses.
    fn placed(&self, starts: &[NaiveDateTime]) -> Vec<NaiveDateTime> {
        if self.places.is_empty() {
            return starts.to_vec();
        }
        let count = i64::try_from(starts.len()).unwrap_or(i64::MAX);
        let at = |place: &i64| starts.get(usize::try_from(if *place > 0 { place - 1 } else { count + place }).ok()?).copied();
        let mut placed: Vec<_> = self.places.iter().filter_map(at).collect();
        placed.sort_unstable();
        placed.dedup();
        placed
    }
}

fn days_of_year(day: NaiveDate) -> u64 {
    if day.leap_year() { 366 } else { 365 }
}

/// The values of a list, each once. Empty ones are left out.
fn list<T: PartialEq>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let mut values = Vec::new();
    for value in text.split(',').map(str::trim).filter(|value| !value.is_empty()) {
        let value = read(value)?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Some(values)
}

fn weekday(text: &str) -> Option<Weekday> {
    let days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let number = days.iter().position(|day| *day == text)?;
    Weekday::try_from(u8::try_from(number).ok()?).ok()
}

fn placed_weekday(text: &str) -> Option<(i64, Weekday)> {
    let (place, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let place = if place.is_empty() { 0 } else { place.parse().ok().filter(|place: &i64| place.abs() <= 53)? };
    Some((place, weekday(day)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::times::{Time, read_time};

    fn time(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap()
    }

    fn until(text: &str) -> Option<Until> {
        Some(match read_time(text)? {
            Time::Day(day) => Until::Day(day),
            Time::Local(at) | Time::Utc(at) => Until::At(at),
        })
    }

    fn expand(
        rule: &str,
        first: NaiveDateTime,
        (from, last): (NaiveDateTime, NaiveDateTime),
    ) -> Result<Vec<NaiveDateTime>, String> {
        let rule = Rule::read(rule, until).map_err(|error| error.to_string())?;
        let mut found = Vec::new();
        rule.expand(first, (from, last), &mut Budget::default(), |start| found.push(start)).map_err(|_| "too much")?;
        Ok(found)
    }

    #[test]
    fn the_vectors_hold_for_all_rules_of_days_and_longer() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/conformance/rrule/dateutil_rrule_vectors.json");
        let Ok(vectors) = std::fs::read_to_string(path) else {
            println!("SKIPPED: there is no {path}, so the recurrence rules in it were not tested");
            return;
        };
        let vectors: Vec<serde_json::Value> = serde_json::from_str(&vectors).unwrap();
        let (mut held, mut refused) = (0, 0);
        for vector in &vectors {
            let (first, rule) = vector["ical"].as_str().unwrap().split_once("\nRRULE:").unwrap();
            let expected: Vec<_> = vector["expected"].as_array().unwrap().iter().map(|day| time(day.as_str().unwrap())).collect();
            let first = time(first.strip_prefix("DTSTART:").unwrap());
            match expand(rule, first, (first, time("23000101T000000"))) {
                Ok(found) => {
                    assert_eq!(found, expected, "{rule}");
                    held += 1;
                }
                Err(why) => {
                    assert!(["HOURLY", "MINUTELY", "SECONDLY"].iter().any(|frequency| why.contains(frequency)), "{why}");
                    refused += 1;
                }
            }
        }
        assert_eq!(held + refused, vectors.len());
        assert!(held > 120, "{held}");
    }

    #[test]
    fn rules_of_careless_programs_are_read() {
        let first = time("20261201T090000");
        let all = (first, time("20261207T235959"));
        for (rule, days) in [
            ("freq=daily;count=3;", "1 2 3"),
            ("FREQ=DAILY;INTERVAL=0;COUNT=2", "1 2"),
            ("FREQ=WEEKLY;BYDAY=TU,,TH", "1 3"),
            ("FREQ=WEEKLY; BYDAY=TU; WKST=SU", "1"),
            ("FREQ=DAILY;UNTIL=20261203", "1 2 3"),
            ("FREQ=DAILY;UNTIL=20261203T085959", "1 2"),
            ("FREQ=DAILY;UNTIL=20261203T090000;COUNT=9", "1 2 3"),
            ("FREQ=DAILY;X-NAME=1;COUNT=1", "1"),
            ("FREQ=DAILY;COUNT=0", ""),
        ] {
            let found = expand(rule, first, all).unwrap();
            let found: Vec<_> = found.iter().map(|start| start.day().to_string()).collect();
            assert_eq!(found.join(" "), days, "{rule}");
        }
        for rule in [
            "",
            "FREQ",
            "COUNT=3",
            "FREQ=SECONDLY",
            "FREQ=DAILY;BYDAY=XX",
            "FREQ=DAILY;UNTIL=soon",
            "FREQ=DAILY;BYEASTER=0",
            "FREQ=WEEKLY;BYDAY=é",
        ] {
            assert!(expand(rule, first, all).is_err(), "{rule}");
        }
    }

    #[test]
    fn a_rule_that_never_occurs_and_one_of_long_ago_end_soon() {
        let far = (time("20261201T000000"), time("20271231T000000"));
        assert_eq!(expand("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", time("16010101T000000"), far), Ok(Vec::new()));
        assert_eq!(expand("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", time("00010101T000000"), far), Ok(Vec::new()));
        let yearly = expand("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", time("16010101T020000"), far);
        assert_eq!(yearly, Ok(vec![time("20270328T020000")]));
        assert!(
            expand(
                "FREQ=DAILY;BYMINUTE=1,2,3;BYSECOND=1,2,3,4,5,6,7,8,9;BYHOUR=1,2,3;COUNT=999999999",
                time("00010101T000000"),
                far
            )
            .is_err()
        );
    }

    fn any_rule() -> impl Strategy<Value = String> {
        let days = proptest::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 0..4);
        let nth = proptest::sample::select(vec!["1MO", "2TU", "-1FR", "-2SU", "3WE", "5TH"]);
        let by = prop_oneof![
            days.clone().prop_map(|days| ("DAILY", days.join(","))),
            days.prop_map(|days| ("WEEKLY", days.join(","))),
            nth.clone().prop_map(|day| ("MONTHLY", day.to_owned())),
            nth.prop_map(|day| ("YEARLY", day.to_owned())),
        ];
        let month_days = proptest::sample::select(vec!["", "", "1", "-1", "31", "13,14,15"]);
        (by, 1..5_i64, month_days, proptest::option::of(1..60_usize)).prop_map(
            |((frequency, days), interval, month_days, count)| {
                let part = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!(";{name}={value}") };
                let count = count.map_or_else(String::new, |count| count.to_string());
                format!(
                    "FREQ={frequency};INTERVAL={interval}{}{}{}",
                    part("BYDAY", &days),
                    part("BYMONTHDAY", month_days),
                    part("COUNT", &count)
                )
            },
        )
    }

    proptest! {
        /// A window shows what the whole shows there: nothing is lost when the periods before it are passed over.
        #[test]
        fn a_window_has_the_occurrences_of_the_whole(rule in any_rule(), day in 0..9_000_u64, after in 0..4_000_i64, length in 1..800_i64) {
            let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().checked_add_days(Days::new(day)).unwrap().and_hms_opt(9, 0, 0).unwrap();
            let from = first + chrono::TimeDelta::days(after);
            let last = from + chrono::TimeDelta::days(length);
            let whole = expand(&rule, first, (first, last)).unwrap();
            let window = expand(&rule, first, (from, last)).unwrap();
            prop_assert_eq!(window, whole.into_iter().filter(|start| *start >= from).collect::<Vec<_>>());
        }
    }
}
