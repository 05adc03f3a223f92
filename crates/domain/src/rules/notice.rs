//! The notice with which a booking must be made, by the clock or in opening hours.

use chrono::TimeDelta;

use super::NoticeCounts;
use super::bookable::Bookable;
use super::violations::{ViolationCode, Violations};
use crate::interval::Interval;
use crate::said::said;
use crate::time::UtcTime;

impl Bookable<'_> {
    /// Returns the earliest start of a booking made now.
    pub(super) fn earliest_start(&self, now: UtcTime) -> UtcTime {
        let notice = self.rules.notice();
        match self.rules.notice_counts {
            NoticeCounts::Clock => now + notice,
            NoticeCounts::OpeningHours => {
                // Nothing can start after the horizon anyway.
                let horizon = self.horizon(now);
                self.after_open(now, notice, horizon).unwrap_or(horizon)
            }
        }
    }

    /// Returns the instant at which the resource has been open for some time since another instant; none if that is not before `until`.
    fn after_open(&self, since: UtcTime, open: TimeDelta, until: UtcTime) -> Option<UtcTime> {
        let (mut left, mut at, mut days) = (open, since, 7);
        while left > TimeDelta::zero() {
            let within = Interval::new(at, until.min(at + TimeDelta::days(days))).ok()?;
            for span in self.open(within) {
                if span.duration() >= left {
                    return Some(span.starts_at() + left);
                }
                left -= span.duration();
            }
            (at, days) = (within.ends_at(), 2 * days);
        }
        Some(since)
    }

    /// Adds a violation if the start is earlier than the earliest possible one.
    pub(super) fn add_too_soon(&self, now: UtcTime, starts_at: UtcTime, earliest: UtcTime, violations: &mut Violations) {
        let zone = self.calendar.timezone;
        if starts_at < now {
            let (starts_at, earliest) = ((starts_at, zone), (earliest, zone));
            let detail =
                said!("the start, {starts_at}, is in the past; the earliest possible start is {earliest}", starts_at, earliest);
            violations.add_final(ViolationCode::TooSoon, detail);
        } else if starts_at < earliest {
            let (starts_at, earliest) = ((starts_at, zone), (earliest, zone));
            let notice = self.rules.notice().num_minutes();
            let counts = (self.rules.notice_counts != NoticeCounts::Clock).then(|| said!(" of opening hours"));
            let detail = said!(
                "the start is {starts_at}; the earliest possible start is {earliest} (notice: {notice} min{counts})",
                starts_at,
                earliest,
                notice,
                counts
            );
            violations.add(ViolationCode::TooSoon, detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::oracle::{MINUTE, Site, any_site_and_window, at, between, minutes_of};
    use crate::rules::BookingRules;
    use crate::slot::Slot;

    #[test]
    fn a_request_in_the_evening_is_too_late_for_the_next_opening_if_opening_hours_count() {
        let rules = BookingRules { notice_minutes: 120, notice_counts: NoticeCounts::OpeningHours, ..BookingRules::default() };
        let day = [["08:00", "18:00"]];
        let hours = json!({"mon": day, "tue": day, "wed": day, "thu": day, "fri": day});
        let weekdays = Site::of("Europe/London", hours, json!([]));
        let starting = |now: &str, start: &str| {
            let interval = between(start, "2026-01-12T12:00:00Z");
            let found = weekdays.bookable(&rules, 1).violations(at(now), Slot { interval, quantity: 1 }, None);
            found.into_iter().map(|violation| violation.detail.to_string()).collect::<Vec<_>>()
        };
        let earliest = "the start is 2026-01-12T08:00:00Z; the earliest possible start is 2026-01-12T09:00:00Z \
                        (notice: 120 min of opening hours)";
        assert_eq!(starting("2026-01-09T17:00:00Z", "2026-01-12T08:00:00Z"), [earliest]);
        assert!(starting("2026-01-09T17:00:00Z", "2026-01-12T09:00:00Z").is_empty());
        assert!(starting("2026-01-09T16:00:00Z", "2026-01-12T08:00:00Z").is_empty());
        assert_eq!(starting("2026-01-10T12:00:00Z", "2026-01-12T09:45:00Z").len(), 1);
        assert!(starting("2026-01-10T12:00:00Z", "2026-01-12T10:00:00Z").is_empty());
        let closed = Site::of("Europe/London", json!({}), json!([]));
        let week = between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
        assert_eq!(closed.bookable(&rules, 1).starts(at("2026-01-05T09:30:00Z"), week), None);
        let read = |minutes| BookingRules::read(&json!({"notice_counts": "opening_hours", "notice_minutes": minutes}));
        assert_eq!(read(10_081).unwrap_err().0[0].pointer, "/notice_minutes");
        assert_eq!(read(10_080).unwrap().notice_counts, NoticeCounts::OpeningHours);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn notice_in_opening_hours_is_as_counted_by_the_minute(
            (site, window) in any_site_and_window(6000), notice_minutes in 0_i64..2000, requires_approval in any::<bool>(),
        ) {
            let notice_counts = NoticeCounts::OpeningHours;
            let rules = BookingRules { notice_minutes, notice_counts, requires_approval, ..BookingRules::default() };
            let (bookable, now) = (site.bookable(&rules, 1), window.starts_at());
            let least = notice_minutes.max(i64::from(requires_approval));
            let mut open = 0;
            let first = minutes_of(window).find(|minute| {
                let is_early_enough = open >= least;
                open += i64::from(site.is_open(*minute));
                is_early_enough
            });
            prop_assert_eq!(bookable.starts(now, window).map(Interval::starts_at), first);
            for (starts_at, is_expected) in first.into_iter().flat_map(|first| [(first, false), (first - MINUTE, true)]) {
                let slot = Slot { interval: Interval::new(starts_at, starts_at + MINUTE).unwrap(), quantity: 1 };
                let found = bookable.violations(now, slot, None);
                prop_assert_eq!(found.iter().any(|violation| violation.code == ViolationCode::TooSoon), is_expected);
            }
        }
    }
}
