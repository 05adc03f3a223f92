//! The quantity that is taken over time, in levels of constant quantity.

use chrono::TimeDelta;

use super::interval::Interval;
use super::slot::Slot;
use super::time::UtcTime;

/// A time during which the taken quantity is constant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    pub(crate) interval: Interval,
    pub(crate) quantity: i64,
}

/// Returns the sum of all taken quantities: in order, without overlap, and without times at which nothing is taken.
pub(crate) fn levels(taken: &[Slot]) -> Vec<Level> {
    let ends = |taken: &Slot| {
        let quantity = i64::from(taken.quantity);
        [(taken.interval.starts_at(), quantity), (taken.interval.ends_at(), -quantity)]
    };
    let mut changes: Vec<(UtcTime, i64)> = taken.iter().flat_map(ends).collect();
    changes.sort_unstable();
    let mut quantity = 0;
    let mut levels = Vec::with_capacity(changes.len());
    for (at, change) in changes.iter().enumerate() {
        quantity += change.1;
        let next = changes.get(at + 1).and_then(|next| Interval::new(change.0, next.0).ok());
        levels.extend(next.filter(|_| quantity != 0).map(|interval| Level { interval, quantity }));
    }
    levels
}

/// Extends every level by the times at which a booking with these buffers would touch it. Where several levels meet, the
/// highest counts.
pub(crate) fn widened(levels: &[Level], before: TimeDelta, after: TimeDelta) -> Vec<Level> {
    let mut widened: Vec<Level> = Vec::with_capacity(levels.len());
    for level in levels {
        // A booking extends `before` to the past and `after` to the future, so a level extends the other way.
        let interval = level.interval.widened(after, before);
        let mut starts_at = interval.starts_at();
        while let Some(last) = widened.pop_if(|last| last.interval.ends_at() > interval.starts_at()) {
            if last.quantity > level.quantity {
                starts_at = last.interval.ends_at();
                widened.push(last);
                break;
            }
            let kept = Interval::new(last.interval.starts_at(), interval.starts_at());
            widened.extend(kept.map(|interval| Level { interval, ..last }));
        }
        let rest = Interval::new(starts_at, interval.ends_at());
        widened.extend(rest.map(|interval| Level { interval, ..*level }));
    }
    widened
}

/// Returns the capacity that the levels leave during the open times, where it is at least `at_least`: in order, with equal
/// neighbours merged.
pub(crate) fn subtract(open: &[Interval], levels: &[Level], capacity: i32, at_least: i32) -> Vec<Slot> {
    let mut free: Vec<Slot> = Vec::new();
    let mut add = |from, to, taken| {
        let quantity = i32::try_from(i64::from(capacity) - taken).unwrap_or(0);
        let Some(interval) = Interval::new(from, to).ok().filter(|_| quantity >= at_least.max(1)) else { return };
        match free.last_mut() {
            Some(last) if last.quantity == quantity && last.interval.ends_at() == from => {
                last.interval = last.interval.widened(TimeDelta::zero(), interval.duration());
            }
            _ => free.push(Slot { interval, quantity }),
        }
    };
    let mut rest = levels;
    for open in open {
        let mut from = open.starts_at();
        rest = &rest[rest.partition_point(|level| level.interval.ends_at() <= from)..];
        for level in rest.iter().take_while(|level| level.interval.starts_at() < open.ends_at()) {
            add(from, level.interval.starts_at(), 0);
            let until = level.interval.ends_at().min(open.ends_at());
            add(from.max(level.interval.starts_at()), until, level.quantity);
            from = until;
        }
        add(from, open.ends_at(), 0);
    }
    free
}
