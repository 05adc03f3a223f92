//! Slots: a quantity of a resource for a time, and the search for one.

use chrono::TimeDelta;

use super::interval::Interval;

/// A time, and a quantity of a resource for all of it.
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

/// The part of a resource that an allocation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The time, with buffers.
    pub interval: Interval,
    /// The quantity.
    pub quantity: i32,
}

/// A search for slots.
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
