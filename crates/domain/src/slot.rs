//! Slots: a quantity of a resource for a time, and the search for one.

use chrono::TimeDelta;

use super::interval::Interval;
use super::time::UtcTime;

/// A time, and a quantity of a resource for all of it: booked, taken with its buffers, or free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The time.
    pub interval: Interval,
    /// The quantity, in the unit of the resource.
    pub quantity: i32,
}

impl Slot {
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
    /// The length of a slot.
    pub length: TimeDelta,
    /// The quantity that a slot takes.
    pub quantity: i32,
}

impl SlotSearch {
    /// Returns the whole time that the slots can cover.
    pub fn reach(&self) -> Interval {
        self.starts_within.widened(TimeDelta::zero(), self.length)
    }
}

/// Slots of one length and quantity, anywhere in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedSlot {
    /// The window in which the slot must lie.
    pub window: Interval,
    /// The length of the slot.
    pub length: TimeDelta,
    /// The quantity of the resource.
    pub quantity: i32,
}

impl WantedSlot {
    /// Returns whether such a slot can still begin now or later.
    pub fn is_possible(&self, now: UtcTime) -> bool {
        now + self.length <= self.window.ends_at()
    }

    /// Returns the search for these slots. None: the window is too short.
    pub fn slots(&self) -> Option<SlotSearch> {
        let Self { window, length, quantity } = *self;
        let starts_within = Interval::new(window.starts_at(), window.ends_at() - length + UtcTime::TICK).ok()?;
        Some(SlotSearch { starts_within, length, quantity })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{at, between};

    #[test]
    fn a_wish_is_for_all_slots_of_its_length_within_its_window() {
        let window = between("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z");
        let starts = |minutes| {
            let wanted = WantedSlot { window, length: TimeDelta::minutes(minutes), quantity: 1 };
            wanted.slots().map(|search| (search.starts_within.starts_at(), search.starts_within.ends_at()))
        };
        let (first, tick) = (at("2026-12-01T10:00:00Z"), UtcTime::TICK);
        assert_eq!(starts(120), Some((first, first + tick)));
        assert_eq!(starts(45), Some((first, at("2026-12-01T11:15:00Z") + tick)));
        assert_eq!(starts(121), None);
    }
}
