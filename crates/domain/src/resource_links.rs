//! Links between resources: a booking of one also takes another, or excludes it.

use super::interval::Interval;
use super::slot::Slot;
use super::time::UtcTime;

/// The effect of a link on another resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked<'a> {
    /// Each unit takes a quantity of the other resource.
    Takes {
        /// The allocations of the other resource.
        taken: &'a [Slot],
        /// The capacity of the other resource.
        capacity: i32,
        /// The quantity that each unit takes.
        quantity: i32,
    },
    /// Cannot be booked while the other resource is taken.
    Excludes {
        /// The allocations of the other resource.
        taken: &'a [Slot],
    },
}

impl Linked<'_> {
    const fn taken(&self) -> &[Slot] {
        match self {
            Self::Takes { taken, .. } | Self::Excludes { taken } => taken,
        }
    }

    /// Returns the quantity of a resource that is not available while `load` of the other one is taken.
    fn keeps(&self, capacity: i64, load: i64) -> i64 {
        match self {
            Self::Takes { capacity: most, quantity, .. } => capacity - (i64::from(*most) - load).max(0) / i64::from(*quantity),
            Self::Excludes { .. } if load > 0 => capacity,
            Self::Excludes { .. } => 0,
        }
    }
}

/// Returns the quantity that is not available within a span, instant by instant: the larger of the own allocations and the
/// limits through links. The result can be used like own allocations.
///
/// `own` and the allocations of the others must contain all that overlap `within`.
pub fn binding(own: &[Slot], capacity: i32, others: &[Linked<'_>], within: Interval) -> Vec<Slot> {
    let ends = |number: usize, taken: &[Slot]| -> Vec<(UtcTime, usize, i64)> {
        let ends = taken.iter().flat_map(|taken| {
            let quantity = i64::from(taken.quantity);
            [(taken.interval.starts_at(), number, quantity), (taken.interval.ends_at(), number, -quantity)]
        });
        ends.collect()
    };
    let mut changes = ends(others.len(), own);
    changes.extend(others.iter().enumerate().flat_map(|(number, other)| ends(number, other.taken())));
    // Another resource can be too small even if nothing changes.
    changes.extend([within.starts_at(), within.ends_at()].map(|at| (at, others.len(), 0)));
    changes.sort_unstable();
    let mut loads = vec![0; others.len() + 1];
    let mut binding = Vec::new();
    for (index, (at, number, change)) in changes.iter().enumerate() {
        if let Some(load) = loads.get_mut(*number) {
            *load += change;
        }
        let Some(interval) = changes.get(index + 1).and_then(|next| Interval::new(*at, next.0).ok()) else { continue };
        let own = loads.last().copied().unwrap_or_default();
        let kept = others.iter().zip(&loads).map(|(other, load)| other.keeps(i64::from(capacity), *load));
        let quantity = i32::try_from(kept.fold(own, i64::max)).unwrap_or(i32::MAX);
        binding.extend(interval.intersection(within).filter(|_| quantity > 0).map(|interval| Slot { interval, quantity }));
    }
    binding
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::oracle::{any_taken, any_window, between, minutes_of, taken_at};

    const MORNING: (&str, &str) = ("2026-01-05T08:00:00Z", "2026-01-05T12:00:00Z");

    fn taken(starts_at: &str, ends_at: &str, quantity: i32) -> Slot {
        Slot { interval: between(starts_at, ends_at), quantity }
    }

    #[test]
    fn a_room_that_is_taken_leaves_nothing_of_the_machines_in_it() {
        let within = between(MORNING.0, MORNING.1);
        let room = [taken("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z", 1)];
        let in_room = Linked::Takes { taken: &room, capacity: 1, quantity: 1 };
        // Only one of the three can be used at a time.
        let expected = [
            taken(MORNING.0, "2026-01-05T09:00:00Z", 2),
            taken("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z", 3),
            taken("2026-01-05T10:00:00Z", MORNING.1, 2),
        ];
        assert_eq!(binding(&[], 3, &[in_room], within), expected);
    }

    #[test]
    fn what_excludes_another_is_free_before_and_after_it() {
        let own = [taken("2026-01-05T07:00:00Z", "2026-01-05T09:00:00Z", 1)];
        let other = [taken("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z", 1)];
        let found = binding(&own, 4, &[Linked::Excludes { taken: &other }], between(MORNING.0, MORNING.1));
        let expected = [taken(MORNING.0, "2026-01-05T09:00:00Z", 1), taken("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z", 4)];
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn what_can_be_had_is_as_by_the_minute(
            (window, own, room, rival) in any_window(300).prop_flat_map(|window| {
                (Just(window), any_taken(window, 6), any_taken(window, 6), any_taken(window, 2))
            }),
            capacity in 1_i32..6, most in 1_i32..12, each in 1_i32..4,
        ) {
            let others = [Linked::Takes { taken: &room, capacity: most, quantity: each }, Linked::Excludes { taken: &rival }];
            let found = binding(&own, capacity, &others, window);
            for minute in minutes_of(window) {
                for quantity in 1..=capacity {
                    let fits = taken_at(&own, minute) + quantity <= capacity
                        && taken_at(&room, minute) + quantity * each <= most
                        && taken_at(&rival, minute) == 0;
                    prop_assert_eq!(taken_at(&found, minute) + quantity <= capacity, fits, "{} at {}", quantity, minute);
                }
            }
            prop_assert!(found.windows(2).all(|pair| pair[0].interval.ends_at() <= pair[1].interval.starts_at()));
        }
    }
}
