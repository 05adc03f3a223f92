//! A slot: a quantity of a resource for a time.

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
