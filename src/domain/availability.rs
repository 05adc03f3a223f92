//! How much of a resource is free, and which slots could be booked. Sweeps over the points where
//! something changes; never minute by minute.

use chrono::TimeDelta;

use super::interval::Interval;
use super::rules::Bookable;
use super::time::UtcTime;
use super::wall_clock::stretches;

/// What an allocation takes of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// For how long, buffers included.
    pub interval: Interval,
    /// How much.
    pub quantity: i32,
}

/// A time at which so much of a resource can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free {
    /// When.
    pub interval: Interval,
    /// How much.
    pub quantity: i32,
}

/// The most that is taken at any instant of a span.
pub fn peak(taken: &[Taken], within: Interval) -> i64 {
    let levels = levels(taken);
    levels.iter().filter(|level| level.interval.overlaps(within)).map(|level| level.quantity).max().unwrap_or(0)
}

/// When at least `at_least` of a capacity is free during the open times, and how much is: in order,
/// equal neighbours made one.
pub fn free(open: &[Interval], taken: &[Taken], capacity: i32, at_least: i32) -> Vec<Free> {
    subtract(open, &levels(taken), capacity, at_least)
}

/// A time during which the same quantity is taken.
#[derive(Debug, Clone, Copy)]
struct Level {
    interval: Interval,
    quantity: i64,
}

/// What is taken in sum: in order, without overlap and without the times when nothing is.
fn levels(taken: &[Taken]) -> Vec<Level> {
    let ends = |taken: &Taken| {
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

/// Stretches every level over the times at which a booking with these buffers would run into it;
/// where several meet, the highest counts.
fn widened(levels: &[Level], before: TimeDelta, after: TimeDelta) -> Vec<Level> {
    let mut widened: Vec<Level> = Vec::with_capacity(levels.len());
    for level in levels {
        // A booking reaches `before` back and `after` ahead, so a level reaches the other way round.
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

/// What the levels leave of a capacity during the open times.
fn subtract(open: &[Interval], levels: &[Level], capacity: i32, at_least: i32) -> Vec<Free> {
    let mut free: Vec<Free> = Vec::new();
    let mut add = |from, to, taken| {
        let quantity = i32::try_from(i64::from(capacity) - taken).unwrap_or(0);
        let Some(interval) = Interval::new(from, to).ok().filter(|_| quantity >= at_least.max(1)) else { return };
        match free.last_mut() {
            Some(last) if last.quantity == quantity && last.interval.ends_at() == from => {
                last.interval = last.interval.widened(TimeDelta::zero(), interval.duration());
            }
            _ => free.push(Free { interval, quantity }),
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

/// What slots are looked for.
#[derive(Debug, Clone, Copy)]
pub struct SlotSearch {
    /// When a slot may start.
    pub starts_within: Interval,
    /// How long it is.
    pub length: TimeDelta,
    /// How much of the resource it takes.
    pub quantity: i32,
}

impl SlotSearch {
    /// All the time that its slots may cover.
    pub fn reach(&self) -> Interval {
        self.starts_within.widened(TimeDelta::zero(), self.length)
    }
}

impl Bookable<'_> {
    /// When at least `at_least` of it can be booked within a span, and how much: a booking finds
    /// itself and its buffers free exactly if it lies within these times.
    ///
    /// `taken` is what overlaps `rules.allocation(within)`.
    pub fn free(&self, taken: &[Taken], within: Interval, at_least: i32) -> Vec<Free> {
        let levels = widened(&levels(taken), self.rules.buffer_before(), self.rules.buffer_after());
        subtract(&self.open(within), &levels, self.capacity, at_least)
    }

    /// The slots that could be booked now, in order: on the grid, within the rules and free.
    ///
    /// `taken` is what overlaps `rules.allocation(search.reach())`.
    pub fn slots(&self, now: UtcTime, taken: &[Taken], search: SlotSearch) -> impl Iterator<Item = Interval> + use<> {
        let SlotSearch { starts_within, length, quantity } = search;
        let starts_within =
            self.starts(now).filter(|_| self.allows(length)).and_then(|starts| starts.intersection(starts_within));
        let free = starts_within.map(|starts_within| self.free(taken, SlotSearch { starts_within, ..search }.reach(), quantity));
        let (grid, timezone) = (TimeDelta::minutes(self.rules.grid_minutes), self.calendar.timezone);
        runs(&free.unwrap_or_default())
            .into_iter()
            // The last slot ends with the run.
            .filter_map(move |run| Interval::new(run.starts_at(), run.ends_at() - length + UtcTime::TICK).ok())
            .filter_map(move |starts| starts.intersection(starts_within?))
            .flat_map(move |starts| stretches(timezone, starts))
            .flat_map(move |(stretch, offset)| on_grid(stretch, offset, grid))
            .filter_map(move |starts_at| Interval::new(starts_at, starts_at + length).ok())
    }

    /// The first slot that could be booked now and lies wholly within a span.
    ///
    /// `taken` is what overlaps `rules.allocation(within)`.
    pub fn first_fit(
        &self,
        now: UtcTime,
        taken: &[Taken],
        within: Interval,
        length: TimeDelta,
        quantity: i32,
    ) -> Option<Interval> {
        let starts_within = Interval::new(within.starts_at(), within.ends_at() - length + UtcTime::TICK).ok()?;
        self.slots(now, taken, SlotSearch { starts_within, length, quantity }).next()
    }
}

/// The free times without regard to how much is free.
fn runs(free: &[Free]) -> Vec<Interval> {
    let mut runs: Vec<Interval> = Vec::with_capacity(free.len());
    for Free { interval, .. } in free {
        match runs.last_mut() {
            Some(last) if last.ends_at() == interval.starts_at() => {
                *last = last.widened(TimeDelta::zero(), interval.duration());
            }
            _ => runs.push(*interval),
        }
    }
    runs
}

/// The instants of a stretch at which the local clock shows a multiple of `grid` from midnight.
fn on_grid(stretch: Interval, offset: TimeDelta, grid: TimeDelta) -> impl Iterator<Item = UtcTime> {
    let local = (stretch.starts_at() + offset).micros();
    let wait = grid.num_microseconds().map_or(0, |grid| (-local).rem_euclid(grid));
    let first = stretch.starts_at() + TimeDelta::microseconds(wait);
    std::iter::successors(Some(first), move |at| Some(*at + grid)).take_while(move |at| *at < stretch.ends_at())
}
