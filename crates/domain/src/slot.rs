//! Slots: a quantity of a resource for a time, and the search for one.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::interval::Interval;
use super::length::{LARGEST_CHANGE, Length, SlotLength};
use super::time::UtcTime;
use super::wall_clock::{LocalSpan, stretches};

/// A time, and a quantity of a resource for all of it: booked, taken with its buffers, or free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Slot {
    /// The time.
    #[serde(flatten)]
    pub interval: Interval,
    /// The quantity, in the unit of the resource.
    pub quantity: i32,
}

impl Slot {
    /// The minutes of all units together.
    pub fn unit_minutes(self) -> i64 {
        self.interval.minutes().saturating_mul(self.quantity.into())
    }

    /// Whether the other slot has all of this time and at least this quantity.
    pub fn lies_within(self, other: Self) -> bool {
        other.interval.contains(self.interval) && self.quantity <= other.quantity
    }
}

/// A search for slots by their start.
#[derive(Debug, Clone, Copy)]
pub struct SlotSearch {
    /// The span in which a slot must start.
    pub starts_within: Interval,
    /// The latest end of a slot.
    pub ends_by: UtcTime,
    /// The length of a slot.
    pub length: SlotLength,
    /// The quantity that a slot takes.
    pub quantity: i32,
}

impl SlotSearch {
    /// Creates a search without a limit for the end.
    pub const fn new(starts_within: Interval, length: SlotLength, quantity: i32) -> Self {
        Self { starts_within, ends_by: UtcTime::LATEST, length, quantity }
    }

    /// Returns the whole time that the slots can cover.
    pub fn reach(&self) -> Interval {
        let reach = self.starts_within.widened(TimeDelta::zero(), self.length.longest());
        Interval::new(reach.starts_at(), reach.ends_at().min(self.ends_by)).unwrap_or(self.starts_within)
    }
}

/// Slots that start within a span and are equally long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EqualSlots {
    /// The span in which they start.
    pub(super) starts_within: Interval,
    /// Their length.
    pub(super) length: Length,
    /// The quantity that each takes.
    pub(super) quantity: i32,
}

impl EqualSlots {
    /// Returns the whole time that the slots can cover.
    pub(super) fn reach(&self) -> Interval {
        self.starts_within.widened(TimeDelta::zero(), self.length.elapsed)
    }
}

impl SlotSearch {
    /// Returns the slots of the search as parts of equal length, in order: one part, unless the clocks change in the time that
    /// they can cover.
    pub(super) fn equal_parts(self, timezone: Tz) -> Vec<EqualSlots> {
        let reach = self.reach();
        if stretches(timezone, reach).next().is_none_or(|(stretch, _)| stretch == reach) {
            let elapsed = TimeDelta::minutes(self.length.minutes());
            let elapsed = if let SlotLength::Elapsed(exact) = self.length { exact } else { elapsed };
            return self.part(self.starts_within, Length { elapsed, on_clock: elapsed }).into_iter().collect();
        }
        stretches(timezone, self.starts_within).flat_map(|(starts, offset)| self.parts_of(timezone, starts, offset)).collect()
    }

    /// Returns the equal parts of the slots that start within a stretch of one offset.
    fn parts_of(self, timezone: Tz, starts: Interval, at_start: TimeDelta) -> Vec<EqualSlots> {
        let ends = Interval::new(starts.starts_at() + self.length.shortest(), starts.ends_at() + self.length.longest());
        let mut parts = Vec::new();
        // Ends of whole days are found by their local time, of which the first instant counts.
        let mut shown = UtcTime::EARLIEST - LARGEST_CHANGE;
        for (stretch, at_end) in ends.into_iter().flat_map(|ends| stretches(timezone, ends)) {
            let change = at_end - at_start;
            let (elapsed, first) = match self.length {
                SlotLength::Elapsed(elapsed) => (elapsed, stretch.starts_at()),
                SlotLength::Days(days) => (TimeDelta::days(days) - change, stretch.starts_at().max(shown - at_end)),
            };
            shown = shown.max(stretch.ends_at() + at_end);
            let part = Interval::new(first - elapsed, stretch.ends_at() - elapsed).ok();
            let part = part.and_then(|part| part.intersection(starts));
            parts.extend(part.and_then(|part| self.part(part, Length { elapsed, on_clock: elapsed + change })));
        }
        parts
    }

    /// Returns the slots of one length that also end in time.
    fn part(self, starts: Interval, length: Length) -> Option<EqualSlots> {
        let starts_before = starts.ends_at().min(self.ends_by - length.elapsed + UtcTime::TICK);
        let starts_within = Interval::new(starts.starts_at(), starts_before).ok()?;
        Some(EqualSlots { starts_within, length, quantity: self.quantity })
    }
}

/// Slots of one length and quantity, anywhere in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedSlot {
    /// The window in which the slot must lie.
    pub window: Interval,
    /// The length of the slot.
    pub length: SlotLength,
    /// The quantity of the resource.
    pub quantity: i32,
}

impl WantedSlot {
    /// Creates the wish for a slot of some minutes. A slot as long as the window is the whole window.
    pub fn of_minutes(window: Interval, minutes: i64, quantity: i32) -> Self {
        match window.minutes() == minutes {
            true => Self::whole(window, quantity),
            false => Self { window, length: SlotLength::of_minutes(minutes), quantity },
        }
    }

    /// Creates the wish for the whole window.
    pub fn whole(window: Interval, quantity: i32) -> Self {
        Self { window, length: SlotLength::Elapsed(window.duration()), quantity }
    }

    /// Returns whether such a slot can still begin now or later.
    pub fn is_possible(&self, now: UtcTime, timezone: Tz) -> bool {
        self.length.end(timezone, self.window.starts_at().max(now)) <= self.window.ends_at()
    }

    /// Returns the search for these slots. None: the window is too short.
    pub fn slots(&self) -> Option<SlotSearch> {
        let Self { window, length, quantity } = *self;
        let starts_within = Interval::new(window.starts_at(), window.ends_at() - length.shortest() + UtcTime::TICK).ok()?;
        Some(SlotSearch { starts_within, ends_by: window.ends_at(), length, quantity })
    }
}

/// A slot that is wanted at resources in several time zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotAnywhere {
    /// At the same instants in each zone.
    At(WantedSlot),
    /// At the same local times in each zone.
    Local {
        /// The whole time.
        span: LocalSpan,
        /// The quantity of the resource.
        quantity: i32,
    },
}

impl SlotAnywhere {
    /// Returns the slot in a zone. None: the local times do not exist there.
    pub fn in_zone(self, timezone: Tz) -> Option<WantedSlot> {
        match self {
            Self::At(wanted) => Some(wanted),
            Self::Local { span, quantity } => Some(WantedSlot::whole(span.interval(timezone).ok()?, quantity)),
        }
    }

    /// Returns the quantity of the resource.
    pub const fn quantity(self) -> i32 {
        match self {
            Self::At(WantedSlot { quantity, .. }) | Self::Local { quantity, .. } => quantity,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oracle::{any_change, at, between, end_of, minutes_of};

    #[test]
    fn a_wish_is_for_all_slots_of_its_length_within_its_window() {
        let window = between("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z");
        let starts = |minutes| {
            let wanted = WantedSlot::of_minutes(window, minutes, 1);
            wanted.slots().map(|search| (search.starts_within.starts_at(), search.starts_within.ends_at()))
        };
        let (first, tick) = (at("2026-12-01T10:00:00Z"), UtcTime::TICK);
        assert_eq!(starts(120), Some((first, first + tick)));
        assert_eq!(starts(45), Some((first, at("2026-12-01T11:15:00Z") + tick)));
        assert_eq!(starts(121), None);
    }

    #[test]
    fn a_local_time_is_another_instant_in_each_zone_or_none() {
        let at = |hour| chrono::NaiveDate::from_ymd_opt(2027, 3, 28).unwrap().and_hms_opt(hour, 30, 0).unwrap();
        let wanted = SlotAnywhere::Local { span: LocalSpan { starts_at: at(2), ends_at: at(4) }, quantity: 2 };
        let found = |timezone| wanted.in_zone(timezone).map(|slot| (slot.window, slot.quantity));
        assert_eq!(found(Tz::Europe__Lisbon), Some((between("2027-03-28T01:30:00Z", "2027-03-28T03:30:00Z"), 2)));
        assert_eq!(found(Tz::UTC), Some((between("2027-03-28T02:30:00Z", "2027-03-28T04:30:00Z"), 2)));
        // There the clocks go from 02:00 to 03:00.
        assert_eq!(found(Tz::Europe__Brussels), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_parts_of_a_search_are_its_slots_minute_by_minute(
            (zone, change) in any_change(), start in -4500_i64..100, minutes in 1_i64..200,
            length in prop_oneof![Just(1440_i64), Just(2880), Just(4320), 1_i64..4000], ends_within in 0_i64..4500,
        ) {
            let starts_at = change + TimeDelta::minutes(start);
            let starts_within = Interval::new(starts_at, starts_at + TimeDelta::minutes(minutes)).unwrap();
            let length = SlotLength::of_minutes(length);
            let ends_by = starts_at + TimeDelta::minutes(ends_within);
            let search = SlotSearch { ends_by, ..SlotSearch::new(starts_within, length, 1) };
            let slot = |starts_at| Interval::new(starts_at, end_of(zone, starts_at, length)?).ok();
            let expected: Vec<_> = minutes_of(starts_within).filter_map(slot).filter(|slot| slot.ends_at() <= ends_by).collect();
            let parts = search.equal_parts(zone);
            let mut found = Vec::new();
            for part in parts {
                for starts_at in minutes_of(starts_within).filter(|at| at_in(*at, part.starts_within)) {
                    let slot = Interval::new(starts_at, starts_at + part.length.elapsed).unwrap();
                    prop_assert_eq!(Length::of(zone, slot), part.length);
                    prop_assert!(search.reach().contains(slot) && part.reach().contains(slot));
                    found.push(slot);
                }
            }
            prop_assert_eq!(found, expected);
        }
    }

    fn at_in(at: UtcTime, span: Interval) -> bool {
        span.starts_at() <= at && at < span.ends_at()
    }
}
