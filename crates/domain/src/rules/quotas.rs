//! Quotas: the largest number of minutes that one customer can book per day, week or month.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use serde_json::Value;

use crate::fields::{InvalidFields, Members};
use crate::interval::Interval;
use crate::limits;
use crate::opening_hours::{Calendar, DateExceptions, OpeningHours};
use crate::said::{Said, said};
use crate::slot::{EqualSlots, Slot};
use crate::text_enum::text_enum;
use crate::time::UtcTime;
use crate::wall_clock::first_shown;

text_enum! {
    /// The subject of a quota.
    pub enum QuotaSubject {
        /// The bookings of the organization.
        Organization = "organization",
        /// The bookings that the user made, for all organizations.
        User = "user",
    }
}

text_enum! {
    /// The period of a quota, in the local calendar of the site.
    pub enum QuotaPeriod {
        /// From midnight to midnight.
        Day = "day",
        /// From Monday to Sunday.
        Week = "week",
        /// From the first to the last day of a month.
        Month = "month",
    }
}

text_enum! {
    /// The times that a quota counts.
    pub enum QuotaTime {
        /// All times.
        All = "all",
        /// Only peak hours.
        Peak = "peak",
    }
}

/// A limit on the booked minutes of one customer in a period.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"per": "organization", "most_minutes": 600, "within": "week", "at": "peak", "shared": "lasers"}))]
pub struct Quota {
    /// The subject: the organization or the user.
    pub per: QuotaSubject,
    /// The largest number of minutes on the clock at the site: an hour that the clock shows twice counts once. A booking counts on
    /// each day on which it takes place, multiplied by its quantity.
    #[schema(value_type = limits::QuotaMinutes)]
    pub most_minutes: i64,
    /// The period, in the local calendar of the site. A week begins on Monday.
    pub within: QuotaPeriod,
    /// The times that count.
    #[serde(default = "all")]
    #[schema(default = "all", required = false)]
    pub at: QuotaTime,
    /// A name, compared exactly. With it, the quota counts the bookings of all resources of the host whose current rules have a
    /// quota with this name, together. Each resource has its own `most_minutes`, and its own clock and peak hours count for a
    /// booking of it. Default, and with null: only the bookings of this resource count.
    #[serde(default)]
    #[schema(value_type = Option<limits::SharedQuota>)]
    pub shared: Option<String>,
}

const fn all() -> QuotaTime {
    QuotaTime::All
}

impl Quota {
    /// Reads a quota from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        for name in ["per", "most_minutes", "within"] {
            members.require(name);
        }
        let (per, within, at) = (members.parsed("per"), members.parsed("within"), members.parsed("at"));
        let most_minutes: Option<i64> = members.optional("most_minutes");
        let shared: Option<String> = members.optional("shared").flatten();
        let mut fields = members.close();
        let most_minutes = most_minutes.and_then(|most| fields.number("/most_minutes", most, limits::QuotaMinutes::RANGE));
        let shared = shared.and_then(|name| fields.line("/shared", &name, limits::SharedQuota::RANGE));
        let at = at.unwrap_or(QuotaTime::All);
        fields.finish(|| Some(Self { per: per?, most_minutes: most_minutes?, within: within?, at, shared }))
    }

    /// Returns the minutes in each period of the quota, from the minutes on each date.
    pub(super) fn minutes(&self, counted: &Counted) -> Minutes {
        let mut minutes = Minutes::new();
        for (date, counted) in counted.at(self.at) {
            *minutes.entry(self.within.first_day(*date)).or_default() += counted;
        }
        minutes
    }

    /// Returns a sentence about the excess if the wished minutes exceed the quota together with the booked ones.
    pub(super) fn exceeded(&self, booked: &Minutes, wished: &Minutes) -> Option<Said> {
        let (first, booked) = wished.iter().find_map(|(first, wished)| {
            let booked = booked.get(first).copied().unwrap_or_default();
            (*wished > 0 && booked + wished > self.most_minutes).then_some((first, booked))
        })?;
        let who = match self.per {
            QuotaSubject::Organization => said!("an organization"),
            QuotaSubject::User => said!("a user"),
        };
        let peak = (self.at == QuotaTime::Peak).then(|| said!(" of peak hours"));
        let shared = self.shared.as_ref();
        let together = shared.map(|name| said!(" of all resources with the shared quota \"{name}\" together", name));
        let (most, period, left) = (self.most_minutes, self.within, (self.most_minutes - booked).max(0));
        let most = said!("{most} min{peak} per {period}{together}", most, peak, period, together);
        Some(said!(
            "{who} can book at most {most}; {left} min are left in the {period} from {first}",
            who,
            most,
            left,
            period,
            first
        ))
    }

    /// Returns the spans of starts for which a slot would exceed the quota. `parts` are the counted parts of all times that a
    /// slot could cover, each with its local date.
    pub(super) fn barred(&self, booked: &Minutes, parts: &[(NaiveDate, Interval)], slots: EqualSlots) -> Vec<Interval> {
        let mut periods: BTreeMap<NaiveDate, Vec<Interval>> = BTreeMap::new();
        for (date, part) in parts {
            periods.entry(self.within.first_day(*date)).or_default().push(*part);
        }
        let of_period = |(first, parts): (NaiveDate, Vec<Interval>)| {
            let left = self.most_minutes - booked.get(&first).copied().unwrap_or_default();
            let most = TimeDelta::minutes(left.max(0) / i64::from(slots.quantity.max(1)));
            covering_more(&parts, slots.length.elapsed, most)
        };
        periods.into_iter().flat_map(of_period).collect()
    }
}

/// Returns the spans of starts for which a time of some length covers more than `most` of some parts that do not overlap.
fn covering_more(parts: &[Interval], length: TimeDelta, most: TimeDelta) -> Vec<Interval> {
    // While the start moves on, the covered time of a part grows from the moment the end reaches it, shrinks from the moment
    // the start reaches it, and is constant otherwise.
    let mut turns: Vec<(UtcTime, i64)> = Vec::with_capacity(4 * parts.len());
    turns.extend(parts.iter().map(|part| (part.starts_at() - length, 1)));
    turns.extend(parts.iter().map(|part| (part.ends_at() - length, -1)));
    turns.extend(parts.iter().map(|part| (part.starts_at(), -1)));
    turns.extend(parts.iter().map(|part| (part.ends_at(), 1)));
    turns.sort_by_key(|(at, _)| *at);
    let most = most.num_microseconds().unwrap_or(i64::MAX);
    let (mut covered, mut growth) = (0, 0);
    let mut found = Vec::new();
    for pair in turns.windows(2) {
        let &[(at, turn), (next, _)] = pair else { continue };
        growth += turn;
        let (from, to) = (at.micros(), next.micros());
        let (first, end) = match growth {
            1.. => (from.max(from + most - covered + 1), to),
            0 => (from, if covered > most { to } else { from }),
            _ => (from, to.min(from + covered - most)),
        };
        found.extend(Interval::new(UtcTime::from_micros(first), UtcTime::from_micros(end)));
        covered += growth * (to - from);
    }
    found
}

impl QuotaPeriod {
    /// Returns the first day of the period of a date.
    fn first_day(self, date: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => Some(date),
            Self::Week => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into())),
            Self::Month => date.with_day(1),
        }
        .unwrap_or(date)
    }

    /// Returns a time longer than any such period.
    pub(super) const fn at_most(self) -> TimeDelta {
        TimeDelta::days(match self {
            Self::Day => 2,
            Self::Week => 8,
            Self::Month => 32,
        })
    }
}

/// Minutes that a quota counts, by the first day of the period.
pub(super) type Minutes = BTreeMap<NaiveDate, i64>;

/// Minutes of some times, multiplied by their quantities, by local date. A date can occur several times.
#[derive(Debug)]
pub(super) struct Counted {
    all: Vec<(NaiveDate, i64)>,
    peak: Vec<(NaiveDate, i64)>,
}

impl Counted {
    fn at(&self, at: QuotaTime) -> &[(NaiveDate, i64)] {
        match at {
            QuotaTime::All => &self.all,
            QuotaTime::Peak => &self.peak,
        }
    }
}

/// The clock that separates days and peak hours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock<'a> {
    /// The time zone.
    pub(super) timezone: Tz,
    /// The peak hours.
    pub(super) peak_hours: Option<&'a OpeningHours>,
}

impl Clock<'_> {
    /// Returns the minutes of some times, as far as they are needed: once for all quotas.
    pub(super) fn counted(self, times: &[Slot], is_asked_for: impl Fn(QuotaTime) -> bool) -> Counted {
        let of = |at| if is_asked_for(at) { self.by_date(at, times) } else { Vec::new() };
        Counted { all: of(QuotaTime::All), peak: of(QuotaTime::Peak) }
    }

    fn by_date(self, at: QuotaTime, times: &[Slot]) -> Vec<(NaiveDate, i64)> {
        let mut minutes: Vec<(NaiveDate, i64)> = Vec::new();
        for taken in times {
            for (date, part) in self.parts(at, taken.interval) {
                let counted = part.minutes() * i64::from(taken.quantity);
                match minutes.last_mut() {
                    Some((last, minutes)) if *last == date => *minutes += counted,
                    _ => minutes.push((date, counted)),
                }
            }
        }
        minutes
    }

    /// Returns the counted parts of a time, each with its local date.
    pub(super) fn parts(self, at: QuotaTime, time: Interval) -> impl Iterator<Item = (NaiveDate, Interval)> {
        self.within(at, time).into_iter().flat_map(move |time| days(self.timezone, time))
    }

    /// Returns the counted part of a time.
    fn within(self, at: QuotaTime, time: Interval) -> Vec<Interval> {
        match (at, self.peak_hours) {
            (QuotaTime::All, _) => vec![time],
            (QuotaTime::Peak, None) => Vec::new(),
            (QuotaTime::Peak, Some(hours)) => {
                Calendar { timezone: self.timezone, hours, exceptions: DateExceptions::NONE }.open(time)
            }
        }
    }
}

/// Returns the pieces of a span on each local date, without times that the clock has shown before.
fn days(timezone: Tz, span: Interval) -> impl Iterator<Item = (NaiveDate, Interval)> {
    const DAY: i64 = 86_400_000_000;
    first_shown(timezone, span).flat_map(|(stretch, offset)| {
        let local = |at: UtcTime| (at + offset).micros();
        let (first, last) = (local(stretch.starts_at()).div_euclid(DAY), (local(stretch.ends_at()) - 1).div_euclid(DAY));
        (first..=last).filter_map(move |day| {
            let midnight = UtcTime::from_micros(day * DAY) - offset;
            let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days)?;
            Some((date, Interval::new(midnight, midnight + TimeDelta::days(1)).ok()?.intersection(stretch)?))
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oracle::{Site, any_raw_hours, any_taken, any_window, any_zone, between, minutes_of};
    use crate::wall_clock::local_time;

    fn quota(within: QuotaPeriod, at: QuotaTime) -> Quota {
        Quota { per: QuotaSubject::Organization, most_minutes: 120, within, at, shared: None }
    }

    /// Computes the same minute by minute.
    fn minutes_one_by_one(site: &Site, quota: &Quota, times: &[Slot]) -> Minutes {
        let mut minutes = Minutes::new();
        for taken in times {
            let timezone = site.calendar().timezone;
            let is_repeated = |minute: UtcTime| {
                (1..=180)
                    .any(|earlier| local_time(timezone, minute - TimeDelta::minutes(earlier)) == local_time(timezone, minute))
            };
            let counts = |minute: &UtcTime| (quota.at == QuotaTime::All || site.is_open(*minute)) && !is_repeated(*minute);
            for minute in minutes_of(taken.interval).filter(counts) {
                let date = local_time(timezone, minute).date();
                let same = |other: NaiveDate| match quota.within {
                    QuotaPeriod::Day => other == date,
                    QuotaPeriod::Week => other.iso_week() == date.iso_week(),
                    QuotaPeriod::Month => (other.year(), other.month()) == (date.year(), date.month()),
                };
                let first = (0..31).map_while(|days| date.checked_sub_days(Days::new(days))).filter(|day| same(*day)).min();
                *minutes.entry(first.unwrap()).or_default() += i64::from(taken.quantity);
            }
        }
        minutes
    }

    fn minutes(clock: Clock<'_>, quota: &Quota, times: &[Slot]) -> Minutes {
        quota.minutes(&clock.counted(times, |at| at == quota.at))
    }

    fn taken(starts_at: &str, ends_at: &str, quantity: i32) -> Slot {
        Slot { interval: between(starts_at, ends_at), quantity }
    }

    #[test]
    fn a_night_counts_on_both_days_and_a_quantity_counts_as_often() {
        let clock = Clock { timezone: Tz::Europe__London, peak_hours: None };
        let night = taken("2026-11-30T23:00:00Z", "2026-12-01T01:30:00Z", 2);
        let exceeded = |within, before: &[Slot]| {
            let quota = quota(within, QuotaTime::All);
            quota.exceeded(&minutes(clock, &quota, before), &minutes(clock, &quota, &[night]))
        };
        let day = "an organization can book at most 120 min per day; 120 min are left in the day from 2026-12-01";
        assert_eq!(exceeded(QuotaPeriod::Day, &[]).map(|said| said.to_string()).as_deref(), Some(day));
        let more = "an organization can book at most 120 min per month; 119 min are left in the month from 2026-11-01";
        let before = [taken("2026-11-01T00:00:00Z", "2026-11-01T00:01:00Z", 1)];
        assert_eq!(exceeded(QuotaPeriod::Month, &before).map(|said| said.to_string()).as_deref(), Some(more));
        let week = "an organization can book at most 120 min per week; 0 min are left in the week from 2026-11-30";
        let before = [taken("2026-12-06T12:00:00Z", "2026-12-06T23:00:00Z", 1)];
        assert_eq!(exceeded(QuotaPeriod::Week, &before).map(|said| said.to_string()).as_deref(), Some(week));
    }

    #[test]
    fn what_lies_outside_peak_hours_exceeds_no_quota_of_them() {
        let site = Site::of("Europe/London", serde_json::json!({"mon": [["09:00", "17:00"]]}), serde_json::json!([]));
        let clock = Clock { timezone: Tz::Europe__London, peak_hours: Some(site.calendar().hours) };
        let before = [taken("2026-11-30T09:00:00Z", "2026-11-30T12:00:00Z", 1)];
        let quota = Quota { per: QuotaSubject::User, ..quota(QuotaPeriod::Day, QuotaTime::Peak) };
        let exceeded = |wish| quota.exceeded(&minutes(clock, &quota, &before), &minutes(clock, &quota, &[wish]));
        assert_eq!(exceeded(taken("2026-11-30T17:00:00Z", "2026-11-30T23:00:00Z", 1)), None);
        let peak = "a user can book at most 120 min of peak hours per day; 0 min are left in the day from 2026-11-30";
        assert_eq!(
            exceeded(taken("2026-11-30T16:59:00Z", "2026-11-30T23:00:00Z", 1)).map(|said| said.to_string()).as_deref(),
            Some(peak)
        );
        let shared = Quota { shared: Some("lasers".to_owned()), ..quota.clone() };
        let wished = minutes(clock, &shared, &[taken("2026-11-30T16:59:00Z", "2026-11-30T23:00:00Z", 1)]);
        let together = "a user can book at most 120 min of peak hours per day of all resources with the shared quota \"lasers\" \
                        together; 0 min are left in the day from 2026-11-30";
        assert_eq!(
            shared.exceeded(&minutes(clock, &shared, &before), &wished).map(|said| said.to_string()).as_deref(),
            Some(together)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn minutes_add_up_as_if_counted_one_by_one(
            zone in any_zone(),
            times in any_window(3000).prop_flat_map(|window| any_taken(window, 4)),
            peak in any_raw_hours(),
            within in proptest::sample::select(QuotaPeriod::ALL),
            at in proptest::sample::select(QuotaTime::ALL),
        ) {
            let site = Site::new(zone, peak, Vec::new());
            let clock = Clock { timezone: zone, peak_hours: Some(site.calendar().hours) };
            let quota = quota(within, at);
            prop_assert_eq!(minutes(clock, &quota, &times), minutes_one_by_one(&site, &quota, &times));
        }
    }
}
