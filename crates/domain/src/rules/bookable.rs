//! The violations of a slot against the rules, and the hours in which a resource can be booked.

use chrono::{NaiveDate, TimeDelta, Timelike};

use super::judge::Judge;
use super::violations::{Violation, ViolationCode, Violations};
use super::{BookingRules, Customer, GridFrom, OpeningHoursBind};
use crate::interval::Interval;
use crate::length::{Length, SlotLength};
use crate::opening_hours::Calendar;
use crate::public_holidays::PublicHolidays;
use crate::said::{Said, said};
use crate::slot::{EqualSlots, Slot, SlotSearch};
use crate::time::UtcTime;
use crate::wall_clock::{local_time, start_of_day};

/// The facts about a resource that decide about bookings.
#[derive(Debug, Clone, Copy)]
pub struct Bookable<'a> {
    /// The opening hours of its site.
    pub calendar: Calendar<'a>,
    /// The public holidays on which it is closed, unless the calendar has an exception.
    pub holidays: Option<PublicHolidays>,
    /// Its rules.
    pub rules: &'a BookingRules,
    /// The part of a booking that must lie in its hours.
    pub hours_bind: OpeningHoursBind,
    /// Its capacity.
    pub capacity: i32,
    /// No booking can start before this instant, because the resource is out of order.
    pub closed_before: UtcTime,
}

impl<'a> Bookable<'a> {
    /// Returns the check of the rules about a customer. `customer` must contain the bookings near every slot.
    pub fn judge(&self, customer: &'a Customer) -> Judge<'a> {
        Judge::new(self.rules, self.calendar.timezone, customer)
    }

    /// Returns the violations of the slot that no rules can allow.
    pub fn impossible(&self, slot: Slot) -> Vec<Violation> {
        let mut violations = Violations::default();
        if !slot.interval.starts_at().is_whole_minute() || !slot.interval.ends_at().is_whole_minute() {
            violations.add_final(ViolationCode::NotWholeMinutes, said!("starts_at and ends_at must be whole minutes"));
        }
        if self.rules.allocation(slot.interval).ends_at() > UtcTime::LATEST {
            let detail = said!(
                "the booking, with the time that is kept free after it, must end before {latest}",
                latest = UtcTime::LATEST
            );
            violations.add_final(ViolationCode::TooFar, detail);
        }
        violations.0
    }

    /// Returns all violations of the slot. Rules about the customer are only checked if it is given. Whether the time is free
    /// is not checked here.
    pub fn violations(&self, now: UtcTime, slot: Slot, customer: Option<&Customer>) -> Vec<Violation> {
        let rules = self.rules;
        let starts_at = slot.interval.starts_at();
        let mut violations = Violations(self.impossible(slot));
        self.add_off_grid(slot.interval, &mut violations);
        let length = Length::of(self.calendar.timezone, slot.interval);
        self.add_too_short(length, &mut violations);
        let lasts = length.against_max(rules.max_minutes);
        if lasts > TimeDelta::minutes(rules.max_minutes) {
            let (minutes, most) = (lasts.num_minutes(), rules.max_minutes);
            violations.add(
                ViolationCode::TooLong,
                said!("the booking lasts {minutes} min; it must last at most {most} min", minutes, most),
            );
        }
        self.add_too_soon(now, starts_at, self.earliest_start(now), &mut violations);
        let is_told = violations.0.iter().any(|violation| violation.code == ViolationCode::TooFar);
        if self.may_pass_horizon(now, starts_at) && starts_at >= self.horizon(now) && !is_told {
            let (date, days, timezone) = (self.last_date(now), rules.horizon_days, self.calendar.timezone);
            let starts_at = (starts_at, timezone);
            let detail = said!(
                "the start is {starts_at}; the last possible date is {date} ({timezone}; horizon in days: {days})",
                starts_at,
                date,
                timezone,
                days
            );
            violations.add(ViolationCode::TooFar, detail);
        }
        self.add_closed(slot.interval, &mut violations);
        if slot.quantity > self.capacity {
            let detail = said!(
                "the quantity is {quantity}; the capacity is {capacity}",
                quantity = slot.quantity,
                capacity = self.capacity
            );
            violations.add_final(ViolationCode::QuantityExceedsCapacity, detail);
        }
        if let Some(customer) = customer {
            self.judge(customer).add_violations(slot, &mut violations);
        }
        violations.0
    }

    /// Returns the violations of a slot that is a part of an agreed one, under the rules that it was agreed under: the grid and the
    /// hours for the ends that change, and the shortest length.
    pub fn violations_of_part(&self, agreed: Interval, slot: Slot) -> Vec<Violation> {
        let mut violations = Violations(self.impossible(slot));
        let (part, starts_at) = (slot.interval, slot.interval.starts_at());
        if starts_at != agreed.starts_at() || part != agreed && !self.rules.shifts.is_empty() {
            self.add_off_grid(part, &mut violations);
        }
        if part != agreed {
            self.add_too_short(Length::of(self.calendar.timezone, part), &mut violations);
        }
        if self.hours_bind == OpeningHoursBind::StartAndEnd {
            let start = Some(starts_at).filter(|starts_at| *starts_at != agreed.starts_at());
            let end = Some(part.ends_at()).filter(|ends_at| *ends_at != agreed.ends_at());
            self.add_closed_ends(start, end, &mut violations);
        }
        violations.0
    }

    /// Returns the violations of every slot that starts within a span which stay, whatever becomes free or changes in the
    /// opening hours. With one of them, waiting is useless.
    pub fn lasting_violations(&self, now: UtcTime, starts_within: Interval, customer: &Customer) -> Vec<Violation> {
        let mut violations = Violations::default();
        // A day without its only start, because the clocks go forward, is followed by one with it. An opening can change.
        let mut minutes = (0..=starts_within.minutes().min(2 * 1440)).map(TimeDelta::minutes);
        let is_lasting = self.rules.grid_from == GridFrom::Midnight && self.rules.shifts.is_empty();
        if is_lasting && !minutes.any(|minutes| self.is_on_grid(starts_within.starts_at() + minutes)) {
            violations.add(ViolationCode::OffGrid, self.grid_around(starts_within.starts_at()));
        }
        // Longer opening hours can make the notice shorter, but not shorter than by the clock.
        self.add_too_soon(now, starts_within.ends_at() - UtcTime::TICK, now + self.rules.notice(), &mut violations);
        self.judge(customer).add_exclusion(&mut violations);
        violations.0
    }

    fn add_too_short(&self, length: Length, violations: &mut Violations) {
        let least = self.rules.min_minutes;
        let lasts = length.against_min(least);
        if lasts < TimeDelta::minutes(least) {
            let minutes = lasts.num_minutes();
            violations.add(
                ViolationCode::TooShort,
                said!("the booking lasts {minutes} min; it must last at least {least} min", minutes, least),
            );
        }
    }

    /// Returns the part of a span in which a booking made now can start, by notice and horizon.
    pub fn starts(&self, now: UtcTime, within: Interval) -> Option<Interval> {
        let ends_at = if self.may_pass_horizon(now, within.ends_at()) { self.horizon(now) } else { within.ends_at() };
        Interval::new(self.earliest_start(now), ends_at).ok()?.intersection(within)
    }

    /// Returns the slots of a search that have a possible length and start, by notice and horizon.
    pub(crate) fn equal_slots(&self, now: UtcTime, search: SlotSearch) -> impl Iterator<Item = EqualSlots> {
        let starts_within = self.starts(now, search.starts_within);
        let search = starts_within.map(|starts_within| SlotSearch { starts_within, ..search });
        let parts = search.map_or_else(Vec::new, |search| self.equal_parts(search));
        parts.into_iter().filter(|slots| self.allows(slots.length))
    }

    /// Returns whether a slot of a search can have a possible length.
    pub fn allows_some(&self, search: SlotSearch) -> bool {
        self.equal_parts(search).iter().any(|slots| self.allows(slots.length))
    }

    /// Returns the slots of a search as parts of equal length, in order. Each shift is a part.
    fn equal_parts(&self, search: SlotSearch) -> Vec<EqualSlots> {
        let (timezone, shifts) = (self.calendar.timezone, &self.rules.shifts);
        if shifts.is_empty() {
            return search.equal_parts(timezone);
        }
        let SlotSearch { starts_within, ends_by, length, quantity } = search;
        let [first, last] = [starts_within.starts_at(), starts_within.ends_at()].map(|at| local_time(timezone, at).date());
        let shifts = first.iter_days().take_while(|date| *date <= last).flat_map(|date| shifts.on(timezone, date));
        let wanted = shifts.filter(|(shift, minutes)| {
            let is_as_long = length.minutes() == *minutes || length == SlotLength::Elapsed(shift.duration());
            is_as_long && shift.ends_at() <= ends_by
        });
        let starting = wanted.filter_map(|(shift, _)| {
            let start = Interval::new(shift.starts_at(), shift.starts_at() + UtcTime::TICK).ok()?;
            let starts_within = start.intersection(starts_within)?;
            Some(EqualSlots { starts_within, length: Length::of(timezone, shift), quantity })
        });
        starting.collect()
    }

    /// Returns whether a booking can have this length.
    fn allows(&self, length: Length) -> bool {
        let (min, max) = (self.rules.min_minutes, self.rules.max_minutes);
        length.against_min(min) >= TimeDelta::minutes(min)
            && length.against_max(max) <= TimeDelta::minutes(max)
            && TimeDelta::minutes(length.elapsed.num_minutes()) == length.elapsed
    }

    /// Returns the last local date on which a booking made now can start. Nobody can book further by booking at another time of
    /// the day.
    fn last_date(&self, now: UtcTime) -> NaiveDate {
        local_time(self.calendar.timezone, now).date() + TimeDelta::days(self.rules.horizon_days)
    }

    /// Returns whether an instant is so far ahead that it can lie beyond the horizon. The horizon itself costs a search in the table
    /// of the time zone. No zone has ever skipped more than a day.
    fn may_pass_horizon(&self, now: UtcTime, at: UtcTime) -> bool {
        at - now >= TimeDelta::days(self.rules.horizon_days - 1)
    }

    /// Returns the end of that date: a booking made now must start before.
    pub(super) fn horizon(&self, now: UtcTime) -> UtcTime {
        start_of_day(self.calendar.timezone, self.last_date(now) + TimeDelta::days(1))
    }

    fn add_off_grid(&self, booking: Interval, violations: &mut Violations) {
        let (timezone, shifts) = (self.calendar.timezone, &self.rules.shifts);
        if shifts.is_empty() {
            if !self.is_on_grid(booking.starts_at()) {
                violations.add(ViolationCode::OffGrid, self.grid_around(booking.starts_at()));
            }
            return;
        }
        let [start, end] = [booking.starts_at(), booking.ends_at()].map(|at| local_time(timezone, at));
        if !shifts.on(timezone, start.date()).any(|(shift, _)| shift == booking) {
            let [start, end] = [start, end].map(|at| at.format("%H:%M").to_string());
            let shifts = shifts.in_words();
            let detail = said!(
                "the booking is from {start} to {end}; it must be a shift: {shifts} ({timezone})",
                start,
                end,
                shifts,
                timezone
            );
            violations.add(ViolationCode::OffGrid, detail);
        }
    }

    /// Returns the last opening before an instant at which it is open.
    fn opening_before(&self, at: UtcTime) -> Option<UtcTime> {
        let openings = self.openings(Interval::new(at, at + UtcTime::TICK).ok()?);
        openings.first().map(|(_, opening)| *opening)
    }

    fn is_on_grid(&self, at: UtcTime) -> bool {
        if self.rules.grid_from == GridFrom::Opening {
            let passed = self.opening_before(at).map(|opening| at.minutes_since(opening));
            return at.is_whole_minute() && passed.is_some_and(|passed| passed % self.rules.grid_minutes == 0);
        }
        let local = local_time(self.calendar.timezone, at);
        at.is_whole_minute() && i64::from(local.hour() * 60 + local.minute()) % self.rules.grid_minutes == 0
    }

    fn grid_around(&self, at: UtcTime) -> Said {
        let (grid, timezone) = (self.rules.grid_minutes, self.calendar.timezone);
        let local = local_time(timezone, at);
        if self.rules.grid_from == GridFrom::Opening {
            let start = local.format("%H:%M").to_string();
            let opening = self.opening_before(at).map(|opening| local - (at - opening));
            let opening = opening.map_or_else(
                || said!("closed then"),
                |opening| said!("open from {opening}", opening = opening.format("%H:%M").to_string()),
            );
            return said!(
                "the start is {start}; bookings start at multiples of {grid} min from the opening; it is {opening} ({timezone})",
                start,
                grid,
                opening,
                timezone
            );
        }
        let before = i64::from(local.hour() * 60 + local.minute()) / grid * grid;
        let after = (before + grid) % 1440;
        let [before, after] = [before, after].map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60));
        let start = local.format("%H:%M").to_string();
        if before == after {
            return said!(
                "the start is {start}; bookings start at multiples of {grid} min from midnight, such as {nearest} ({timezone})",
                start,
                grid,
                nearest = before,
                timezone
            );
        }
        said!(
            "the start is {start}; bookings start at multiples of {grid} min from midnight, such as {before} or {after} ({timezone})",
            start,
            grid,
            before,
            after,
            timezone
        )
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Days, NaiveDate};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::opening_hours::OpeningHours;
    use crate::oracle::{Site, any_raw_hours, any_site, any_site_and_window, any_zone, at, between, spans_where, window_near};
    use crate::organization::OrganizationKind;
    use crate::rules::{BookableBy, QuotaUsage};

    const NOW: &str = "2026-01-05T09:30:00Z";

    fn weekdays() -> Site {
        let day = [["08:00", "18:00"]];
        Site::of("Europe/London", json!({"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}), json!([]))
    }

    fn violations(rules: &BookingRules, interval: Interval) -> Vec<Violation> {
        weekdays().bookable(rules, 2).violations(at(NOW), Slot { interval, quantity: 1 }, None)
    }

    fn codes(violations: &[Violation]) -> Vec<(&'static str, bool)> {
        violations.iter().map(|violation| (violation.code.as_str(), violation.overridable)).collect()
    }

    #[test]
    fn a_wish_within_the_rules_breaks_none() {
        assert_eq!(violations(&BookingRules::default(), between("2026-01-05T09:30:00Z", "2026-01-05T18:00:00Z")), []);
    }

    #[test]
    fn all_that_a_wish_breaks_is_told_at_once_with_what_would_be_accepted() {
        let rules = BookingRules { notice_minutes: 60, min_minutes: 60, ..BookingRules::default() };
        let slot = Slot { interval: between("2026-01-05T07:50:30Z", "2026-01-05T08:20:30Z"), quantity: 3 };
        let found = weekdays().bookable(&rules, 2).violations(at(NOW), slot, None);
        let expected = [
            ("not_whole_minutes", false),
            ("off_grid", true),
            ("too_short", true),
            ("too_soon", false),
            ("outside_opening_hours", true),
            ("quantity_exceeds_capacity", false),
        ];
        assert_eq!(codes(&found), expected);
        let details: Vec<_> = found.iter().map(|violation| violation.detail.to_string()).collect();
        let expected = [
            "starts_at and ends_at must be whole minutes",
            "the start is 07:50; bookings start at multiples of 15 min from midnight, such as 07:45 or 08:00 (Europe/London)",
            "the booking lasts 30 min; it must last at least 60 min",
            "the start, 2026-01-05T07:50:30Z, is in the past; the earliest possible start is 2026-01-05T10:30:00Z",
            "the booking is outside the opening hours: 2026-01-05 08:00 to 2026-01-05 18:00, 2026-01-06 08:00 to 2026-01-06 18:00 \
             (Europe/London)",
            "the quantity is 3; the capacity is 2",
        ];
        assert_eq!(details, expected);
    }

    #[test]
    fn only_what_no_start_of_a_window_will_ever_keep_to_is_lasting() {
        let customer = Customer {
            organization_id: "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10".parse().unwrap(),
            kind: Some(OrganizationKind::Firm),
            is_host: false,
            of_organization: QuotaUsage::default(),
            of_user: QuotaUsage::default(),
            operator_busy: Vec::new(),
        };
        let bookable_by = BookableBy { kinds: Some(vec![OrganizationKind::Startup]), ..BookableBy::default() };
        let rules = BookingRules { grid_minutes: 60, notice_minutes: 60, horizon_days: 1, ..BookingRules::default() };
        let lasting = |rules: &BookingRules, from, to| {
            let starts_within = between(from, to).widened(TimeDelta::zero(), UtcTime::TICK);
            codes(&weekdays().bookable(rules, 2).lasting_violations(at(NOW), starts_within, &customer))
        };
        // From 09:30 on, with an hour of notice: a closed time can open, and a far time comes nearer.
        assert_eq!(lasting(&rules, "2026-01-05T09:45:00Z", "2026-01-05T10:30:00Z"), []);
        assert_eq!(lasting(&rules, "2026-01-10T22:00:00Z", "2026-01-10T22:01:00Z"), []);
        assert_eq!(lasting(&rules, "2026-01-05T09:45:00Z", "2026-01-05T10:29:00Z"), [("too_soon", true)]);
        assert_eq!(lasting(&rules, "2026-01-06T10:01:00Z", "2026-01-06T10:59:00Z"), [("off_grid", true)]);
        assert_eq!(lasting(&rules, "2026-01-06T10:01:00Z", "2026-01-06T11:00:00Z"), []);
        let rules = BookingRules { bookable_by, ..rules };
        assert_eq!(lasting(&rules, "2026-01-06T10:00:00Z", "2026-01-06T11:00:00Z"), [("not_for_this_customer", true)]);
    }

    #[test]
    fn what_no_time_can_be_written_for_is_too_far_for_everyone() {
        let rules = BookingRules { buffer_after_minutes: 60, ..BookingRules::default() };
        let far = |to| codes(&violations(&rules, between("2199-12-31T09:00:00Z", to)));
        assert!(far("2199-12-31T23:00:00Z").contains(&("too_far", true)));
        let codes = far("2199-12-31T23:15:00Z");
        assert_eq!(codes.iter().filter(|(code, _)| *code == "too_far").collect::<Vec<_>>(), [&("too_far", false)]);
    }

    #[test]
    fn the_past_stays_closed_to_everyone_and_the_notice_to_those_who_may_not_override() {
        let rules = BookingRules { notice_minutes: 60, grid_minutes: 1, min_minutes: 1, ..BookingRules::default() };
        let starting = |start| codes(&violations(&rules, between(start, "2026-01-05T11:00:00Z"))).first().copied();
        assert_eq!(starting("2026-01-05T09:29:00Z"), Some(("too_soon", false)));
        assert_eq!(starting("2026-01-05T09:30:00Z"), Some(("too_soon", true)));
        assert_eq!(starting("2026-01-05T10:29:00Z"), Some(("too_soon", true)));
        assert_eq!(starting("2026-01-05T10:30:00Z"), None);
    }

    #[test]
    fn a_booking_may_start_at_the_horizon_and_last_beyond_it() {
        let rules = BookingRules { horizon_days: 1, ..BookingRules::default() };
        assert_eq!(violations(&rules, between("2026-01-06T17:45:00Z", "2026-01-06T18:00:00Z")), []);
        let late = violations(&rules, between("2026-01-07T09:00:00Z", "2026-01-07T18:00:00Z"));
        assert_eq!(codes(&late), [("too_far", true)]);
        assert_eq!(
            late[0].detail,
            "the start is 2026-01-07T09:00:00Z; the last possible date is 2026-01-06 (Europe/London; horizon in days: 1)"
        );
    }

    #[test]
    fn a_booking_may_be_as_short_and_as_long_as_the_rules_say() {
        let rules = BookingRules { min_minutes: 60, max_minutes: 90, ..BookingRules::default() };
        let lasting = |end| codes(&violations(&rules, between("2026-01-05T10:00:00Z", end))).first().map(|(code, _)| *code);
        assert_eq!(lasting("2026-01-05T10:59:00Z"), Some("too_short"));
        assert_eq!(lasting("2026-01-05T11:00:00Z"), None);
        assert_eq!(lasting("2026-01-05T11:30:00Z"), None);
        assert_eq!(lasting("2026-01-05T11:31:00Z"), Some("too_long"));
    }

    #[test]
    fn a_booking_may_not_reach_over_a_closed_time() {
        let over_night = violations(&BookingRules::default(), between("2026-01-05T17:00:00Z", "2026-01-06T09:00:00Z"));
        assert_eq!(codes(&over_night), [("outside_opening_hours", true)]);
        let hours =
            "2026-01-05 08:00 to 2026-01-05 18:00, 2026-01-06 08:00 to 2026-01-06 18:00, 2026-01-07 08:00 to 2026-01-07 18:00";
        assert_eq!(over_night[0].detail, format!("the booking is outside the opening hours: {hours} (Europe/London)"));
        let sunday = violations(&BookingRules::default(), between("2026-01-11T10:00:00Z", "2026-01-11T11:00:00Z"));
        assert_eq!(
            sunday[0].detail,
            "the booking is outside the opening hours: 2026-01-12 08:00 to 2026-01-12 18:00 (Europe/London)"
        );
        let closed = Site::of("Europe/London", json!({}), json!([]));
        let slot = Slot { interval: between("2026-01-11T10:00:00Z", "2026-01-11T11:00:00Z"), quantity: 1 };
        let found = closed.bookable(&BookingRules::default(), 1).violations(at(NOW), slot, None);
        assert_eq!(
            found[0].detail,
            "the resource is closed on the day of the booking, the day before and the day after (Europe/London)"
        );
    }

    #[test]
    fn hours_that_bind_the_start_and_the_end_leave_the_time_between_alone() {
        let rules = BookingRules { opening_hours_bind: Some(OpeningHoursBind::StartAndEnd), ..BookingRules::default() };
        let details = |starts_at, ends_at| -> Vec<_> {
            let found = violations(&rules, between(starts_at, ends_at));
            found.into_iter().map(|violation| violation.detail).collect()
        };
        assert!(details("2026-01-05T09:30:00Z", "2026-01-09T18:00:00Z").is_empty());
        assert!(details("2026-01-05T17:45:00Z", "2026-01-12T08:00:00Z").is_empty());
        let closed = details("2026-01-05T18:00:00Z", "2026-01-10T12:00:00Z");
        let hours = "2026-01-05 08:00 to 2026-01-05 18:00, 2026-01-06 08:00 to 2026-01-06 18:00 (Europe/London)";
        let expected = [
            format!("the start is outside the opening hours: {hours}"),
            "the end is outside the opening hours: 2026-01-09 08:00 to 2026-01-09 18:00 (Europe/London)".to_owned(),
        ];
        assert_eq!(closed, expected);
    }

    #[test]
    fn a_part_of_what_was_agreed_keeps_the_grid_and_the_shortest_length() {
        let rules = BookingRules { grid_minutes: 60, min_minutes: 240, max_minutes: 300, ..BookingRules::default() };
        let agreed = between("2026-01-05T08:00:00Z", "2026-01-05T13:00:00Z");
        let of_part = |starts_at, ends_at| {
            let slot = Slot { interval: between(starts_at, ends_at), quantity: 1 };
            codes(&weekdays().bookable(&rules, 1).violations_of_part(agreed, slot))
        };
        assert_eq!(of_part("2026-01-05T08:00:00Z", "2026-01-05T12:30:00Z"), []);
        assert_eq!(of_part("2026-01-05T09:00:00Z", "2026-01-05T13:00:00Z"), []);
        assert_eq!(of_part("2026-01-05T08:07:00Z", "2026-01-05T08:08:00Z"), [("off_grid", true), ("too_short", true)]);
        // What a manager has allowed stays allowed.
        let odd = between("2026-01-05T08:07:00Z", "2026-01-05T08:08:00Z");
        let found = weekdays().bookable(&rules, 1).violations_of_part(odd, Slot { interval: odd, quantity: 1 });
        assert_eq!(found, []);
    }

    #[test]
    fn hours_of_its_own_only_narrow_those_of_the_site() {
        let own = json!({"opening_hours": {"mon": [["17:00", "20:00"]], "sat": [["08:00", "12:00"]]}});
        let rules = BookingRules::read(&own).unwrap();
        let week = between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
        assert_eq!(weekdays().bookable(&rules, 1).open(week), [between("2026-01-05T17:00:00Z", "2026-01-05T18:00:00Z")]);
    }

    #[test]
    fn the_grid_counts_from_local_midnight_whatever_the_clocks_do() {
        let site = Site::of("Europe/London", json!(OpeningHours::always()), json!([]));
        let rules = BookingRules { grid_minutes: 120, ..BookingRules::default() };
        let starting = |start, end| {
            let slot = Slot { interval: between(start, end), quantity: 1 };
            codes(&site.bookable(&rules, 1).violations(at(NOW), slot, None)).first().map(|(code, _)| *code)
        };
        // 02:00 local time is one hour after midnight in the night of the spring change.
        assert_eq!(starting("2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"), None);
        assert_eq!(starting("2026-03-29T02:00:00Z", "2026-03-29T03:00:00Z"), Some("off_grid"));
    }

    #[test]
    fn a_season_replaces_its_own_hours_only() {
        let rules = BookingRules::read(&json!({
            "opening_hours": {"mon": [["09:00", "10:00"]]},
            "seasons": [{"from": "12-21", "to": "01-05", "opening_hours": {"mon": [["08:00", "09:00"]], "sun": [["08:00", "24:00"]]}}],
        }));
        let open = |window| weekdays().bookable(rules.as_ref().unwrap(), 1).open(window);
        let around = between("2025-12-13T00:00:00Z", "2026-01-14T00:00:00Z");
        let expected = ["2025-12-15T09", "2025-12-22T08", "2025-12-29T08", "2026-01-05T08", "2026-01-12T09"];
        assert_eq!(open(around).iter().map(|span| span.starts_at().to_string()[..13].to_owned()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn nothing_opens_on_a_public_holiday_but_what_opened_before_stays_open() {
        let hours =
            json!({"thu": [["22:00", "06:00"]], "fri": [["08:00", "12:00"], ["20:00", "04:00"]], "sat": [["08:00", "12:00"]]});
        let open = |exceptions| {
            let site = Site::of("Europe/London", hours.clone(), exceptions);
            let rules = BookingRules::default();
            let bookable = Bookable { holidays: PublicHolidays::of("GB", "E1 1AA"), ..site.bookable(&rules, 1) };
            bookable.open(between("2026-12-24T00:00:00Z", "2026-12-28T00:00:00Z"))
        };
        let night = between("2026-12-24T22:00:00Z", "2026-12-25T06:00:00Z");
        assert_eq!(open(json!([])), [night]);
        let exceptions = json!([{"date": "2026-12-25", "spans": [["10:00", "11:00"]]}]);
        assert_eq!(open(exceptions), [night, between("2026-12-25T10:00:00Z", "2026-12-25T11:00:00Z")]);
    }

    /// Generates a time near holidays and the end of the year.
    fn any_winter() -> impl Strategy<Value = Interval> {
        (2001..2100, proptest::sample::select(["12-25", "12-31", "03-01"].as_slice()))
            .prop_flat_map(|(year, day)| window_near(at(&format!("{year}-{day}T12:00:00Z")), 6000))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_resource_is_open_when_its_site_and_its_own_hours_are((site, window) in any_site_and_window(6000), own in any_raw_hours()) {
            let rules = BookingRules { opening_hours: Some(OpeningHours::read(&own).unwrap()), ..BookingRules::default() };
            let own = Site::new(site.calendar().timezone, own, Vec::new());
            let expected = spans_where(window, |minute| site.is_open(minute) && own.is_open(minute));
            prop_assert_eq!(site.bookable(&rules, 1).open(window), expected);
        }

        #[test]
        fn a_resource_is_open_by_its_season_and_closed_on_holidays(
            (window, site) in (any_zone(), any_winter()).prop_flat_map(|(zone, window)| (Just(window), any_site(zone, window))),
            own in proptest::option::of(any_raw_hours()),
            parts in proptest::collection::vec((1_u64..4, 0_u64..4, any_raw_hours()), 0..3),
            is_closed_on_holidays in any::<bool>(),
        ) {
            // Seasons one after the other, with a day between them.
            let mut next = window.starts_at().to_chrono().date_naive() - Days::new(3);
            let mut seasons = Vec::new();
            for (wait, length, hours) in parts {
                let from = next + Days::new(wait);
                let to = from + Days::new(length);
                seasons.push((from..=to, hours));
                next = to + Days::new(1);
            }
            let day = |date: &NaiveDate| date.format("%m-%d").to_string();
            let raw: Vec<_> = seasons.iter().map(|(days, hours)| {
                json!({"from": day(days.start()), "to": day(days.end()), "opening_hours": hours})
            }).collect();
            let rules = BookingRules::read(&json!({"opening_hours": own, "seasons": raw})).unwrap();
            let holidays = PublicHolidays::of("DE", "").filter(|_| is_closed_on_holidays);
            let is_closed = |date| !site.is_exception(date) && holidays.is_some_and(|holidays| holidays.include(date));

            let open_site = site.changed(window, |date| is_closed(date).then(Vec::new));
            let hours_of_own = own.clone().unwrap_or_else(|| OpeningHours::always().into());
            let open_own = Site::new(site.calendar().timezone, hours_of_own, Vec::new()).changed(window, |date| {
                let season = seasons.iter().find(|(days, _)| days.contains(&date)).map(|(_, hours)| hours);
                if is_closed(date) && (season.is_some() || own.is_some()) {
                    return Some(Vec::new());
                }
                season.map(|hours| hours.get(&date.format("%a").to_string().to_lowercase()).cloned().unwrap_or_default())
            });
            let expected = spans_where(window, |minute| open_site.is_open(minute) && open_own.is_open(minute));
            prop_assert_eq!(Bookable { holidays, ..site.bookable(&rules, 1) }.open(window), expected);
        }
    }
}
