//! The grid of starts.

use chrono::TimeDelta;

use super::interval::Interval;
use super::time::UtcTime;

/// A span in which slots of one length can start.
pub(super) struct Starts {
    /// The span.
    pub(super) within: Interval,
    /// The time that passes in a slot.
    pub(super) length: TimeDelta,
    /// An instant of its grid; none: local midnight.
    pub(super) grid_from: Option<UtcTime>,
}

/// Returns the instants of a stretch that are a multiple of `grid` away from an instant of the grid.
pub(super) fn on_grid(stretch: Interval, grid_from: UtcTime, grid: TimeDelta) -> impl Iterator<Item = UtcTime> {
    let passed = stretch.starts_at().micros() - grid_from.micros();
    let wait = grid.num_microseconds().map_or(0, |grid| (-passed).rem_euclid(grid));
    let first = stretch.starts_at() + TimeDelta::microseconds(wait);
    std::iter::successors(Some(first), move |at| Some(*at + grid)).take_while(move |at| *at < stretch.ends_at())
}
