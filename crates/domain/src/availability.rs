//! Free times and bookable slots of a resource. The code goes over the instants at which something changes, never minute by
//! minute.

use chrono::TimeDelta;

use super::grid::{Starts, on_grid};
use super::interval::{Interval, shared};
use super::levels::{Level, levels, subtract, widened};
use super::rules::bookable::Bookable;
use super::rules::judge::Judge;
use super::rules::{GridFrom, OpeningHoursBind};
use super::slot::{EqualSlots, Slot, SlotSearch, WantedSlot};
use super::time::UtcTime;
use super::wall_clock::stretches;

/// A time at which a quantity is not free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Conflict {
    /// The first instant inside.
    starts_at: UtcTime,
    /// The first instant after.
    ends_at: UtcTime,
    /// The quantity of the resource that is free during the whole of this time, in its unit. Left out for occurrences of series
    /// that were refused before the service recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    available_quantity: Option<i32>,
}

impl Conflict {
    /// Returns the first instant inside.
    pub const fn starts_at(self) -> UtcTime {
        self.starts_at
    }

    /// Returns the first instant after.
    pub const fn ends_at(self) -> UtcTime {
        self.ends_at
    }
}

/// Returns the times within a span at which less than `quantity` of the capacity is left, each as long as possible.
pub fn conflicts(taken: &[Slot], within: Interval, capacity: i32, quantity: i32) -> Vec<Conflict> {
    let is_short = |level: &Level| level.quantity > i64::from(capacity) - i64::from(quantity);
    let short: Vec<_> = levels(taken).into_iter().filter(is_short).collect();
    let conflict = |run: Interval| {
        let most_taken = short.iter().filter(|level| level.interval.overlaps(run)).map(|level| level.quantity).max();
        let free = i64::from(capacity) - most_taken.unwrap_or_default();
        let available_quantity = Some(i32::try_from(free.max(0)).unwrap_or(i32::MAX));
        Conflict { starts_at: run.starts_at(), ends_at: run.ends_at(), available_quantity }
    };
    let runs = runs(short.iter().filter_map(|level| level.interval.intersection(within)));
    runs.into_iter().map(conflict).collect()
}

impl Bookable<'_> {
    /// Returns the times within a span at which at least `at_least` is free, with the free quantity. A booking and its buffers
    /// fit if and only if the booking lies within these times. Where the hours bind only the start and the end of a booking,
    /// the times at which it is closed are included.
    ///
    /// `taken` must contain all allocations that overlap `rules.allocation(within)`.
    pub fn free(&self, taken: &[Slot], within: Interval, at_least: i32) -> Vec<Slot> {
        let levels = widened(&levels(taken), self.rules.buffer_before(), self.rules.buffer_after());
        let within = Interval::new(within.starts_at().max(self.closed_before), within.ends_at());
        let open = within.map_or_else(
            |_| Vec::new(),
            |within| match self.hours_bind {
                OpeningHoursBind::WholeTime => self.open(within),
                OpeningHoursBind::StartAndEnd => vec![within],
            },
        );
        subtract(&open, &levels, self.capacity, at_least)
    }

    /// Returns the slots that can be booked now, in order: on the grid, within the rules and free. With a `judge`, which knows
    /// the customer's bookings near `search.reach()`, only slots that the rules allow to this customer.
    ///
    /// `taken` must contain all allocations that overlap `rules.allocation(search.reach())`.
    pub fn slots(
        &self,
        now: UtcTime,
        taken: &[Slot],
        search: SlotSearch,
        judge: Option<&Judge<'_>>,
    ) -> impl Iterator<Item = Interval> + use<> {
        let mut starts = Vec::new();
        for slots in self.equal_slots(now, search) {
            let free = self.free_starts(taken, slots);
            let admitted = match judge {
                Some(judge) if !free.is_empty() => shared(&free, &judge.admitted(slots)),
                _ => free,
            };
            self.add_grids(admitted, slots.length.elapsed, &mut starts);
        }
        let (grid, timezone) = (TimeDelta::minutes(self.rules.grid_minutes), self.calendar.timezone);
        let on_grids = move |Starts { within, length, grid_from }| {
            let of_stretch = move |(stretch, offset)| {
                // Midnight of any day is a multiple of a day away from that of the epoch.
                let grid_from = grid_from.unwrap_or(UtcTime::from_micros(0) - offset);
                on_grid(stretch, grid_from, grid).filter_map(move |at| Interval::new(at, at + length).ok())
            };
            stretches(timezone, within).flat_map(of_stretch)
        };
        starts.into_iter().flat_map(on_grids)
    }

    /// Adds spans in which slots of one length can start, each with the begin of its grid.
    fn add_grids(&self, spans: Vec<Interval>, length: TimeDelta, starts: &mut Vec<Starts>) {
        let is_by_shift = !self.rules.shifts.is_empty();
        for within in spans {
            if is_by_shift {
                starts.push(Starts { within, length, grid_from: Some(within.starts_at()) });
            } else if self.rules.grid_from == GridFrom::Opening {
                let openings = self.openings(within).into_iter();
                starts.extend(openings.map(|(within, opening)| Starts { within, length, grid_from: Some(opening) }));
            } else {
                starts.push(Starts { within, length, grid_from: None });
            }
        }
    }

    /// Returns the spans in which free slots of one length can start, in order.
    fn free_starts(&self, taken: &[Slot], slots: EqualSlots) -> Vec<Interval> {
        let free = self.free(taken, slots.reach(), slots.quantity);
        // Only whether enough is free matters here, not how much.
        let runs = runs(free.iter().map(|free| free.interval)).into_iter();
        // The last slot ends at the end of the run.
        let last = |run: Interval| run.ends_at() - slots.length.elapsed + UtcTime::TICK;
        let starts = runs.filter_map(|run| Interval::new(run.starts_at(), last(run)).ok());
        let starts: Vec<_> = starts.filter_map(|starts| starts.intersection(slots.starts_within)).collect();
        match self.hours_bind {
            OpeningHoursBind::StartAndEnd if !starts.is_empty() => self.starts_in_hours(&starts, slots),
            _ => starts,
        }
    }

    /// Returns the parts of some spans in which slots of one length start and end while the resource is open.
    fn starts_in_hours(&self, starts: &[Interval], slots: EqualSlots) -> Vec<Interval> {
        // A slot can also end at the instant of the opening or of the closing.
        let open = self.open(slots.reach().widened(TimeDelta::zero(), UtcTime::TICK));
        let start = |end| end - slots.length.elapsed;
        let ends =
            open.iter().filter_map(|open| Interval::new(start(open.starts_at()), start(open.ends_at()) + UtcTime::TICK).ok());
        shared(&shared(starts, &open), &ends.collect::<Vec<_>>())
    }

    /// Returns the first wanted slot that can be booked now.
    ///
    /// `taken` must contain all allocations that overlap `rules.allocation(wanted.window)`.
    pub fn first_fit(&self, now: UtcTime, taken: &[Slot], wanted: WantedSlot) -> Option<Interval> {
        self.slots(now, taken, wanted.slots()?, None).next()
    }
}

/// Merges spans that touch. The spans must be in order.
fn runs(spans: impl Iterator<Item = Interval>) -> Vec<Interval> {
    let mut runs: Vec<Interval> = Vec::new();
    for span in spans {
        match runs.last_mut() {
            Some(last) if last.ends_at() == span.starts_at() => *last = last.widened(TimeDelta::zero(), span.duration()),
            _ => runs.push(span),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::length::SlotLength;
    use crate::opening_hours::{Calendar, DateExceptions, OpeningHours};
    use crate::oracle::{
        MINUTE, Site, any_change, any_raw_hours, any_site, any_site_and_window, any_taken, any_window, at, between,
        clock_changes, end_of, has_room, last_opening, lasts_between, minutes_of, spans_where, taken_at, window_near,
    };
    use crate::rules::BookingRules;
    use crate::wall_clock::local_time;

    fn always(zone: &str) -> Site {
        Site::of(zone, json!(OpeningHours::always()), json!([]))
    }

    fn taken(starts_at: &str, ends_at: &str, quantity: i32) -> Slot {
        Slot { interval: between(starts_at, ends_at), quantity }
    }

    fn free(open: &[Interval], taken: &[Slot], capacity: i32, at_least: i32) -> Vec<Slot> {
        subtract(open, &levels(taken), capacity, at_least)
    }

    fn pieces(free: &[Slot]) -> Vec<(Interval, i32)> {
        free.iter().map(|free| (free.interval, free.quantity)).collect()
    }

    /// Computes the free times minute by minute: a minute is free if its buffers are free too.
    fn free_by_the_minute(
        bookable: Bookable<'_>,
        taken: &[Slot],
        within: Interval,
        is_open: impl Fn(UtcTime) -> bool,
    ) -> Vec<(UtcTime, i32)> {
        let left = |minute| {
            let booking = Interval::new(minute, minute + MINUTE).unwrap();
            let most = minutes_of(bookable.rules.allocation(booking)).map(|minute| taken_at(taken, minute)).max().unwrap();
            bookable.capacity - most
        };
        minutes_of(within).filter(|minute| is_open(*minute)).map(|minute| (minute, left(minute))).collect()
    }

    #[test]
    fn what_is_taken_lowers_the_free_quantity_for_its_time() {
        let open =
            [between("2026-01-05T08:00:00Z", "2026-01-05T18:00:00Z"), between("2026-01-06T08:00:00Z", "2026-01-06T18:00:00Z")];
        let taken = [
            taken("2026-01-05T12:00:00Z", "2026-01-05T14:00:00Z", 1),
            taken("2026-01-05T10:00:00Z", "2026-01-05T12:00:00Z", 1),
            taken("2026-01-05T13:00:00Z", "2026-01-05T15:00:00Z", 2),
            taken("2026-01-05T17:00:00Z", "2026-01-06T09:00:00Z", 3),
        ];
        let expected = [
            (between("2026-01-05T08:00:00Z", "2026-01-05T10:00:00Z"), 3),
            (between("2026-01-05T10:00:00Z", "2026-01-05T13:00:00Z"), 2),
            (between("2026-01-05T14:00:00Z", "2026-01-05T15:00:00Z"), 1),
            (between("2026-01-05T15:00:00Z", "2026-01-05T17:00:00Z"), 3),
            (between("2026-01-06T09:00:00Z", "2026-01-06T18:00:00Z"), 3),
        ];
        assert_eq!(pieces(&free(&open, &taken, 3, 1)), expected);
        let at_least_two: Vec<_> = expected.into_iter().filter(|(_, quantity)| *quantity >= 2).collect();
        assert_eq!(pieces(&free(&open, &taken, 3, 2)), at_least_two);
    }

    fn conflict(interval: Interval, available_quantity: i32) -> Conflict {
        let (starts_at, ends_at) = (interval.starts_at(), interval.ends_at());
        Conflict { starts_at, ends_at, available_quantity: Some(available_quantity) }
    }

    #[test]
    fn a_booking_that_ends_where_the_next_starts_leaves_no_time_between() {
        let open = [between("2026-01-05T08:00:00Z", "2026-01-05T10:00:00Z")];
        let taken =
            [taken("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", 1), taken("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z", 1)];
        assert_eq!(free(&open, &taken, 1, 1), []);
        assert_eq!(conflicts(&taken, open[0], 1, 1), [conflict(open[0], 0)]);
    }

    #[test]
    fn nothing_is_free_of_what_is_taken_beyond_its_capacity() {
        let open = [between("2026-01-05T08:00:00Z", "2026-01-05T10:00:00Z")];
        let taken = [
            taken("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", i32::MAX),
            taken("2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z", i32::MAX),
        ];
        assert_eq!(pieces(&free(&open, &taken, 1, 1)), [(between("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z"), 1)]);
        assert_eq!(conflicts(&taken, open[0], i32::MAX, 1), [conflict(taken[0].interval, 0)]);
    }

    #[test]
    fn the_buffers_of_a_new_booking_keep_their_distance_from_what_is_taken() {
        let site = always("Europe/London");
        let rules = BookingRules { buffer_before_minutes: 30, buffer_after_minutes: 15, ..BookingRules::default() };
        let taken = [taken("2026-01-05T12:00:00Z", "2026-01-05T13:00:00Z", 1)];
        let free = site.bookable(&rules, 1).free(&taken, between("2026-01-05T08:00:00Z", "2026-01-05T18:00:00Z"), 1);
        let expected = [
            (between("2026-01-05T08:00:00Z", "2026-01-05T11:45:00Z"), 1),
            (between("2026-01-05T13:30:00Z", "2026-01-05T18:00:00Z"), 1),
        ];
        assert_eq!(pieces(&free), expected);
    }

    #[test]
    fn two_bookings_that_never_meet_do_not_add_up_because_a_buffer_touches_both() {
        let site = always("Europe/London");
        let rules = BookingRules { buffer_before_minutes: 30, buffer_after_minutes: 30, ..BookingRules::default() };
        let taken =
            [taken("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z", 1), taken("2026-01-05T10:15:00Z", "2026-01-05T11:00:00Z", 1)];
        let window = between("2026-01-05T09:00:00Z", "2026-01-05T11:00:00Z");
        assert_eq!(pieces(&site.bookable(&rules, 2).free(&taken, window, 1)), [(window, 1)]);
    }

    fn slots(site: &Site, rules: &BookingRules, taken: &[Slot], now: &str, window: Interval, minutes: i64) -> Vec<String> {
        let search = SlotSearch::new(window, SlotLength::of_minutes(minutes), 1);
        let slots = site.bookable(rules, 1).slots(at(now), taken, search, None);
        slots.map(|slot| slot.starts_at().to_string()).collect()
    }

    #[test]
    fn slots_start_on_the_grid_of_the_wall_clock_and_end_within_the_hours() {
        // Kathmandu is 5:45 ahead of UTC.
        let site = Site::of("Asia/Kathmandu", json!({"mon": [["08:20", "11:00"]]}), json!([]));
        let rules = BookingRules { grid_minutes: 30, ..BookingRules::default() };
        let found =
            slots(&site, &rules, &[], "2026-01-01T00:00:00Z", between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"), 90);
        assert_eq!(found, ["2026-01-05T02:45:00Z", "2026-01-05T03:15:00Z", "2026-01-05T03:45:00Z"]);
    }

    #[test]
    fn slots_keep_to_the_notice_to_the_minute_and_to_the_horizon_by_the_local_date() {
        let site = always("Europe/London");
        let rules = BookingRules { grid_minutes: 60, notice_minutes: 120, horizon_days: 1, ..BookingRules::default() };
        let week = between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
        let found = slots(&site, &rules, &[], "2026-01-05T09:00:00Z", week, 60);
        assert_eq!((found[0].as_str(), found[found.len() - 1].as_str()), ("2026-01-05T11:00:00Z", "2026-01-06T23:00:00Z"));
        let found = slots(&site, &rules, &[], "2026-01-05T09:00:00.000001Z", week, 60);
        assert_eq!((found[0].as_str(), found[found.len() - 1].as_str()), ("2026-01-05T12:00:00Z", "2026-01-06T23:00:00Z"));
    }

    #[test]
    fn there_are_no_slots_of_a_length_that_the_rules_refuse() {
        let site = always("Europe/London");
        let rules = BookingRules { min_minutes: 60, max_minutes: 120, ..BookingRules::default() };
        let day = between("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z");
        let count = |minutes| slots(&site, &rules, &[], "2026-01-01T00:00:00Z", day, minutes).len();
        assert_eq!([59, 60, 120, 121].map(count), [0, 96, 96, 0]);
    }

    #[test]
    fn slots_of_the_night_when_the_clocks_change_follow_the_wall_clock() {
        let site = always("Europe/London");
        let rules = BookingRules { grid_minutes: 120, ..BookingRules::default() };
        let spring =
            slots(&site, &rules, &[], "2026-03-01T00:00:00Z", between("2026-03-29T00:00:00Z", "2026-03-29T06:00:00Z"), 60);
        // Local 00:00, 02:00 (an hour later), 04:00 and 06:00.
        assert_eq!(spring, ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z", "2026-03-29T05:00:00Z"]);
        let hourly = BookingRules { grid_minutes: 60, ..BookingRules::default() };
        let autumn =
            slots(&site, &hourly, &[], "2026-10-01T00:00:00Z", between("2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"), 60);
        // Local 01:00, 01:00 again and 02:00.
        assert_eq!(autumn, ["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"]);
    }

    #[test]
    fn a_slot_may_run_through_times_of_different_free_quantity() {
        let site = always("Europe/London");
        let taken =
            [taken("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z", 1), taken("2026-01-05T12:00:00Z", "2026-01-05T13:00:00Z", 2)];
        let window = between("2026-01-05T09:00:00Z", "2026-01-05T14:00:00Z");
        let rules = BookingRules { grid_minutes: 60, ..BookingRules::default() };
        let fit = |minutes, quantity| {
            let now = at("2026-01-01T00:00:00Z");
            let wanted = WantedSlot::of_minutes(window, minutes, quantity);
            site.bookable(&rules, 2).first_fit(now, &taken, wanted)
        };
        assert_eq!(fit(180, 1), Some(between("2026-01-05T09:00:00Z", "2026-01-05T12:00:00Z")));
        assert_eq!(fit(60, 2), Some(between("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z")));
        assert_eq!(fit(61, 2), None);
        assert_eq!(fit(181, 1), None);
        assert_eq!(fit(60, 3), None);
    }

    #[test]
    fn the_first_fit_lies_wholly_within_the_window() {
        let site = always("Europe/London");
        let rules = BookingRules { grid_minutes: 60, ..BookingRules::default() };
        let fit = |window| {
            let wanted = WantedSlot::of_minutes(window, 60, 1);
            site.bookable(&rules, 1).first_fit(at("2026-01-01T00:00:00Z"), &[], wanted)
        };
        let hour = between("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z");
        assert_eq!(fit(hour), Some(hour));
        assert_eq!(fit(between("2026-01-05T08:01:00Z", "2026-01-05T09:59:00Z")), None);
        assert_eq!(fit(between("2026-01-05T09:00:00Z", "2026-01-05T09:59:00Z")), None);
    }

    fn any_rules() -> impl Strategy<Value = BookingRules> {
        let grid = proptest::sample::select([1_i64, 1, 2, 5, 15, 30, 60, 90, 480, 1440].as_slice());
        let own = proptest::option::weighted(0.3, any_raw_hours());
        let buffer = || prop_oneof![Just(0_i64), 0_i64..50];
        let bind = proptest::option::weighted(0.3, Just(OpeningHoursBind::StartAndEnd));
        let grid = (grid, proptest::sample::select(GridFrom::ALL));
        (grid, 1_i64..90, 0_i64..300, 0_i64..600, buffer(), buffer(), own, bind).prop_map(
            |((grid, grid_from), min, more, notice, before, after, own, opening_hours_bind)| BookingRules {
                grid_from,
                opening_hours_bind,
                grid_minutes: grid,
                min_minutes: min,
                max_minutes: min + more,
                notice_minutes: notice,
                horizon_days: 1,
                buffer_before_minutes: before,
                buffer_after_minutes: after,
                opening_hours: own.map(|own| OpeningHours::read(&own).unwrap()),
                ..BookingRules::default()
            },
        )
    }

    /// Returns whether a resource is open, by the naive hours of its site, and by its own hours, which the tests of opening
    /// hours compare with naive ones.
    fn is_open(site: &Site, rules: &BookingRules, minute: UtcTime) -> bool {
        let span = Interval::new(minute, minute + MINUTE).unwrap();
        let own = rules.opening_hours.as_ref();
        let own = own.map(|hours| Calendar { hours, exceptions: DateExceptions::NONE, ..site.calendar() });
        site.is_open(minute) && own.is_none_or(|own| own.open(span) == [span])
    }

    fn check_free(
        site: &Site,
        rules: &BookingRules,
        taken: &[Slot],
        window: Interval,
        at_least: i32,
    ) -> Result<(), TestCaseError> {
        let bookable = site.bookable(rules, 4);
        let binds_ends = bookable.hours_bind == OpeningHoursBind::StartAndEnd;
        let expected: Vec<_> = free_by_the_minute(bookable, taken, window, |minute| binds_ends || is_open(site, rules, minute));
        let expected: Vec<_> = expected.into_iter().filter(|(_, quantity)| *quantity >= at_least).collect();
        let free = bookable.free(taken, window, at_least);
        let found: Vec<_> =
            free.iter().flat_map(|free| minutes_of(free.interval).map(|minute| (minute, free.quantity))).collect();
        prop_assert_eq!(found, expected);
        for pair in free.windows(2) {
            prop_assert!(pair[0].interval.ends_at() < pair[1].interval.starts_at() || pair[0].quantity != pair[1].quantity);
        }
        Ok(())
    }

    fn check_slots(
        site: &Site,
        rules: &BookingRules,
        taken: &[Slot],
        now: UtcTime,
        search: SlotSearch,
    ) -> Result<(), TestCaseError> {
        let bookable = site.bookable(rules, 4);
        let SlotSearch { starts_within, length, quantity, .. } = search;
        let timezone = bookable.calendar.timezone;
        let is_open = |minute| is_open(site, rules, minute);
        let keeps_hours = |slot: Interval| match bookable.hours_bind {
            OpeningHoursBind::WholeTime => minutes_of(slot).all(is_open),
            OpeningHoursBind::StartAndEnd => {
                is_open(slot.starts_at()) && (is_open(slot.ends_at() - MINUTE) || is_open(slot.ends_at()))
            }
        };
        let accepts = |slot: Interval| {
            let starts_at = slot.starts_at();
            let local = local_time(timezone, starts_at);
            let midnight = || Some(local.date().and_hms_opt(0, 0, 0).unwrap());
            let grid_from = if rules.grid_from == GridFrom::Opening { last_opening(site, rules, starts_at) } else { midnight() };
            let by_the_rules = grid_from.is_some_and(|from| (local - from).num_minutes() % rules.grid_minutes == 0)
                && lasts_between(timezone, slot, rules.min_minutes, rules.max_minutes)
                && starts_at - now >= TimeDelta::minutes(rules.notice_minutes)
                && (local.date() - local_time(timezone, now).date()).num_days() <= rules.horizon_days
                && quantity <= 4
                && keeps_hours(slot);
            (by_the_rules, by_the_rules && has_room(taken, 4, rules.allocation(slot), quantity))
        };
        let mut expected = Vec::new();
        for starts_at in minutes_of(starts_within) {
            let Some(slot) = end_of(timezone, starts_at, length).map(|end| Interval::new(starts_at, end).unwrap()) else {
                continue;
            };
            let (by_the_rules, accepted) = accepts(slot);
            let violations = bookable.violations(now, Slot { interval: slot, quantity }, None);
            prop_assert_eq!(violations.is_empty(), by_the_rules, "{} {:?}", starts_at, violations);
            expected.extend(accepted.then_some(slot));
        }
        prop_assert_eq!(bookable.slots(now, taken, search, None).collect::<Vec<_>>(), expected);
        Ok(())
    }

    fn with_taken(
        site_and_window: impl Strategy<Value = (Site, Interval)>,
    ) -> impl Strategy<Value = (Site, Interval, Vec<Slot>)> {
        site_and_window.prop_flat_map(|(site, window)| (Just(site), Just(window), any_taken(window, 8)))
    }

    #[test]
    fn around_every_known_clock_change_what_is_free_and_the_slots_are_as_by_the_minute() {
        for (zone, change, ..) in clock_changes() {
            let cases = window_near(change, 240).prop_flat_map(move |window| (any_site(zone, window), Just(window)));
            let config = ProptestConfig::with_cases(8);
            proptest!(config, |((site, window, taken) in with_taken(cases), rules in any_rules(), length in 1_i64..180, wait in 0_i64..400)| {
                check_free(&site, &rules, &taken, window, 1)?;
                let search = SlotSearch::new(window, SlotLength::of_minutes(length), 2);
                check_slots(&site, &rules, &taken, window.starts_at() - TimeDelta::minutes(wait), search)?;
            });
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn what_is_free_is_as_by_the_minute(
            (site, window, taken) in with_taken(any_site_and_window(600)), rules in any_rules(), at_least in 1_i32..4,
        ) {
            check_free(&site, &rules, &taken, window, at_least)?;
        }

        #[test]
        fn slots_are_the_starts_that_the_rules_and_the_allocations_accept(
            (site, window, taken) in with_taken(any_site_and_window(400)), rules in any_rules(), length in 1_i64..180,
            wait in -100_i64..400, quantity in 1_i32..6,
        ) {
            let search = SlotSearch::new(window, SlotLength::of_minutes(length), quantity);
            check_slots(&site, &rules, &taken, window.starts_at() - TimeDelta::minutes(wait), search)?;
        }

        #[test]
        fn a_booking_has_room_exactly_if_it_lies_within_the_times_that_are_free(
            (window, taken) in any_window(600).prop_flat_map(|window| (Just(window), any_taken(window, 8))),
            rules in any_rules(), start in 0_i64..600, length in 1_i64..200, quantity in 1_i32..5,
        ) {
            let (site, rules) = (always("Europe/London"), BookingRules { opening_hours: None, ..rules });
            let starts_at = window.starts_at() + TimeDelta::minutes(start);
            let booking = Interval::new(starts_at, starts_at + TimeDelta::minutes(length)).unwrap();
            let has_room = has_room(&taken, 4, rules.allocation(booking), quantity);
            let free = site.bookable(&rules, 4).free(&taken, window.widened(TimeDelta::zero(), TimeDelta::days(1)), quantity);
            let free = runs(free.iter().map(|free| free.interval));
            prop_assert_eq!(free.iter().any(|free| free.contains(booking)), has_room);
            prop_assert_eq!(conflicts(&taken, rules.allocation(booking), 4, quantity).is_empty(), has_room);
        }

        #[test]
        fn conflicts_are_the_times_that_leave_too_little(
            (window, taken) in any_window(600).prop_flat_map(|window| (Just(window), any_taken(window, 8))), quantity in 1_i32..5,
        ) {
            let minutes = |span: Interval| (0..span.minutes()).map(move |minute| span.starts_at() + TimeDelta::minutes(minute));
            let free = |span| minutes(span).map(|minute| (4 - taken_at(&taken, minute)).max(0)).min().unwrap();
            let expected = spans_where(window, |minute| taken_at(&taken, minute) + quantity > 4);
            let expected: Vec<_> = expected.into_iter().map(|span| conflict(span, free(span))).collect();
            prop_assert_eq!(conflicts(&taken, window, 4, quantity), expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn slots_of_nights_and_of_whole_days_around_a_clock_change_are_those_that_the_rules_accept(
            (zone, window, hours, taken) in any_change().prop_flat_map(|(zone, change)| {
                let window = (-3000_i64..100, 1_i64..120).prop_map(move |(start, length)| {
                    let starts_at = change + TimeDelta::minutes(start);
                    Interval::new(starts_at, starts_at + TimeDelta::minutes(length)).unwrap()
                });
                let hours = prop_oneof![3 => Just(OpeningHours::always().into()), 1 => any_raw_hours()];
                window.prop_flat_map(move |window| {
                    let taken = any_taken(window.widened(TimeDelta::zero(), TimeDelta::days(2)), 1);
                    (Just(zone), Just(window), hours.clone(), taken)
                })
            }),
            length in prop_oneof![Just(1440_i64), Just(2880), 300..2000_i64],
            grid_from in proptest::sample::select(GridFrom::ALL),
            (min_minutes, max_minutes) in proptest::sample::select([(1, 2880), (1440, 1440), (480, 2880), (1500, 2000)].as_slice()),
            wait in 0_i64..3000,
        ) {
            let site = Site::new(zone, hours, Vec::new());
            let rules =
                BookingRules { grid_minutes: 30, grid_from, min_minutes, max_minutes, horizon_days: 9, ..BookingRules::default() };
            let search = SlotSearch::new(window, SlotLength::of_minutes(length), 2);
            check_slots(&site, &rules, &taken, window.starts_at() - TimeDelta::minutes(wait), search)?;
        }
    }
}
