//! A day as a picture: for each resource a row of bars, side by side where they overlap.

use std::rc::Rc;

use domain::interval::Interval;

/// The height of a bar, in the units of the picture; its width is one unit for each minute.
const HEIGHT: usize = 34;

/// A booking or a block of a resource.
pub(super) struct Bar<'a> {
    pub(super) interval: Interval,
    /// The page of the booking or of the block.
    pub(super) href: String,
    pub(super) time: Rc<str>,
    /// The customer, or the reason of a block, which can be empty.
    pub(super) name: &'a str,
    pub(super) status: Rc<str>,
    pub(super) class: &'static str,
}

/// A bar at its place.
pub(super) struct Placed<'a> {
    pub(super) bar: Bar<'a>,
    pub(super) x: i64,
    pub(super) y: usize,
    pub(super) width: i64,
}

/// The bars of a resource at their places.
pub(super) struct Row<'a> {
    pub(super) bars: Vec<Placed<'a>>,
    pub(super) height: usize,
}

/// Places the bars of a resource: each in the first lane that is free at its start.
pub(super) fn place(day: Interval, mut bars: Vec<Bar<'_>>) -> Row<'_> {
    bars.sort_by_key(|bar| (bar.interval.starts_at(), bar.interval.ends_at()));
    let mut lanes = Vec::new();
    let mut placed = Vec::new();
    for bar in bars {
        let Some(shown) = bar.interval.intersection(day) else { continue };
        let free = lanes.iter().position(|until| *until <= bar.interval.starts_at());
        let lane = free.unwrap_or(lanes.len());
        match free {
            Some(lane) => lanes[lane] = bar.interval.ends_at(),
            None => lanes.push(bar.interval.ends_at()),
        }
        let (x, width) = (shown.starts_at().minutes_since(day.starts_at()), shown.minutes());
        placed.push(Placed { bar, x, y: lane * HEIGHT, width });
    }
    Row { bars: placed, height: lanes.len().max(1) * HEIGHT }
}

#[cfg(test)]
mod tests {
    use domain::time::UtcTime;
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> UtcTime {
        UtcTime::from_unix_minutes(minutes)
    }

    fn bar(from: i64, minutes: i64) -> Bar<'static> {
        let interval = Interval::new(at(from), at(from + minutes)).unwrap();
        Bar { interval, href: String::new(), time: "".into(), name: "", status: "".into(), class: "" }
    }

    proptest! {
        #[test]
        fn bars_never_cover_each_other_and_take_no_more_lanes_than_overlap(
            bars in proptest::collection::vec((-600..2000_i64, 1..900_i64), 0..20)
        ) {
            let day = Interval::new(at(0), at(1440)).unwrap();
            let row = place(day, bars.iter().map(|(from, minutes)| bar(*from, *minutes)).collect());
            let is_shown = |&&(from, minutes): &&(i64, i64)| from < 1440 && from + minutes > 0;
            prop_assert_eq!(row.bars.len(), bars.iter().filter(is_shown).count());
            for (index, one) in row.bars.iter().enumerate() {
                prop_assert!(one.x >= 0 && one.width >= 1 && one.x + one.width <= 1440);
                for other in &row.bars[index + 1..] {
                    prop_assert!(one.y != other.y || one.x + one.width <= other.x || other.x + other.width <= one.x);
                }
            }
            let shown: Vec<_> = bars.iter().filter(is_shown).collect();
            let most = shown.iter().map(|(from, _)| shown.iter().filter(|(other, minutes)| other <= from && from < &(other + minutes)).count());
            prop_assert_eq!(row.height, most.max().unwrap_or(1).max(1) * HEIGHT);
        }
    }
}
