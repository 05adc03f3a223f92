//! The choice of alternatives for a slot that is taken.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::ids::ResourceId;
use super::interval::Interval;
use super::money::Money;
use super::time::UtcTime;
use super::wall_clock::local_time;

/// The largest number of alternatives for one slot.
pub const MOST: usize = 5;
/// The largest number of taken slots of a group or series for which alternatives are searched.
pub const MOST_PARTS: usize = 3;
/// How many of the alternatives are other times of the same resource, if there are enough of both sorts.
const MOST_OWN: usize = 3;
/// The weight of distance against time: one kilometre counts as much as this many minutes.
const MINUTES_A_KM: f64 = 6.0;

/// A slot that can be booked instead.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Alternative {
    /// The resource, which can differ from the requested one.
    pub resource_id: ResourceId,
    /// The name of the resource.
    pub resource_name: String,
    /// The name of the organization that owns the resource.
    pub organization_name: String,
    /// The name of the site.
    pub site_name: String,
    /// The city of the site.
    pub city: String,
    /// Start of the slot (inclusive).
    pub starts_at: UtcTime,
    /// End of the slot (exclusive).
    pub ends_at: UtcTime,
    /// The price of the slot.
    pub price: Money,
    /// The distance from the requested resource in kilometres.
    pub distance_km: f64,
}

/// Returns other slots of the same resource, the nearest in time first, without overlaps: one before and one after the wished
/// slot on any day, and more on the same local day. `slots` must be in order.
pub fn other_times(slots: impl Iterator<Item = Interval>, wished: Interval, timezone: Tz) -> Vec<Interval> {
    // No local day is as long as this.
    const MORE_THAN_A_DAY: TimeDelta = TimeDelta::days(2);
    let day = |slot: Interval| local_time(timezone, slot.starts_at()).date();
    let distance = |slot: &Interval| shift(slot.starts_at(), wished);
    let mut slots = slots.peekable();
    let mut earlier: Vec<Interval> = Vec::new();
    while let Some(slot) = slots.next_if(|slot| slot.starts_at() < wished.starts_at()) {
        earlier.push(slot);
    }
    let (mut has_earlier, mut has_later) = (earlier.is_empty(), false);
    // The nearest first; of two equally near slots, the earlier. Later slots are not collected, because there can be very many.
    let nearest = std::iter::from_fn(|| {
        let (before, after) = (earlier.last().map(distance), slots.peek().map(distance));
        let is_earlier = before.is_some_and(|before| after.is_none_or(|after| before <= after));
        if is_earlier { earlier.pop() } else { slots.next() }
    });
    let mut chosen: Vec<Interval> = Vec::new();
    for slot in nearest {
        let is_near = TimeDelta::microseconds(distance(&slot)) < MORE_THAN_A_DAY;
        if chosen.len() == MOST || has_earlier && has_later && !is_near {
            break;
        }
        let has_neighbour = if slot.starts_at() < wished.starts_at() { &mut has_earlier } else { &mut has_later };
        let is_wanted = !*has_neighbour || is_near && day(slot) == day(wished);
        if is_wanted && !chosen.iter().any(|other| other.overlaps(slot)) {
            *has_neighbour = true;
            chosen.push(slot);
        }
    }
    chosen
}

/// Merges other times of the same resource with the same time at similar resources, and returns the best [`MOST`], the best
/// first. Each list must start with its best.
pub fn best(mut own: Vec<Alternative>, mut like: Vec<Alternative>, wished: Interval) -> Vec<Alternative> {
    own.truncate(MOST_OWN.max(MOST.saturating_sub(like.len())));
    like.truncate(MOST.saturating_sub(own.len()));
    own.append(&mut like);
    own.sort_by(|a, b| cost(a, wished).total_cmp(&cost(b, wished)));
    own
}

#[expect(clippy::cast_precision_loss, reason = "a century of minutes is exact")]
fn cost(alternative: &Alternative, wished: Interval) -> f64 {
    shift(alternative.starts_at, wished) as f64 / 60e6 + alternative.distance_km * MINUTES_A_KM
}

/// Returns the difference between the start and the wished start, in microseconds.
fn shift(starts_at: UtcTime, wished: Interval) -> i64 {
    (starts_at.micros() - wished.starts_at().micros()).abs()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Identifier;
    use crate::oracle::{any_window, any_zone, at, between};

    fn hour(starts_at: &str) -> Interval {
        Interval::new(at(starts_at), at(starts_at) + TimeDelta::hours(1)).unwrap()
    }

    #[test]
    fn other_times_are_the_neighbours_on_either_side_and_more_of_the_day_without_overlap() {
        let quarters = |from: &str, to: &str| {
            let starts = between(from, to);
            let minutes = (0..starts.minutes() / 15).map(move |n| starts.starts_at() + TimeDelta::minutes(15 * n));
            minutes.map(|starts_at| Interval::new(starts_at, starts_at + TimeDelta::hours(1)).unwrap())
        };
        let slots = quarters("2026-01-04T09:00:00Z", "2026-01-04T17:15:00Z")
            .chain(quarters("2026-01-05T11:30:00Z", "2026-01-05T13:45:00Z"))
            .chain(quarters("2026-01-06T09:00:00Z", "2026-01-06T17:15:00Z"));
        let found = other_times(slots, hour("2026-01-05T10:00:00Z"), chrono_tz::Europe::London);
        let expected = ["2026-01-05T11:30:00Z", "2026-01-05T12:30:00Z", "2026-01-05T13:30:00Z", "2026-01-04T17:00:00Z"];
        assert_eq!(found, expected.map(hour));
    }

    fn names(own: &[&str], like: &[f64]) -> Vec<String> {
        let wished = hour("2026-01-05T10:00:00Z");
        let offer = |name: String, slot: Interval, distance_km| Alternative {
            resource_id: ResourceId::new(0, [0; 10]),
            resource_name: name,
            organization_name: String::new(),
            site_name: String::new(),
            city: String::new(),
            starts_at: slot.starts_at(),
            ends_at: slot.ends_at(),
            price: Money { amount: 0, currency: "EUR".parse().unwrap() },
            distance_km,
        };
        let own = own.iter().map(|time| offer((*time).to_owned(), hour(&format!("2026-01-05T{time}:00Z")), 0.0));
        let like = like.iter().map(|km| offer(format!("{km} km"), wished, *km));
        best(own.collect(), like.collect(), wished).into_iter().map(|alternative| alternative.resource_name).collect()
    }

    #[test]
    fn the_best_are_near_in_time_or_place_and_of_both_sorts_where_there_are_both() {
        let own = ["11:00", "09:00", "12:00", "08:00", "13:00"];
        assert_eq!(names(&own, &[]), own);
        assert_eq!(names(&own, &[2.0]), ["2 km", "11:00", "09:00", "12:00", "08:00"]);
        assert_eq!(names(&own, &[0.0, 0.5, 1.0]), ["0 km", "0.5 km", "11:00", "09:00", "12:00"]);
        assert_eq!(names(&own[..1], &[1.0, 9.0, 9.9, 9.95, 9.99]), ["1 km", "9 km", "9.9 km", "9.95 km", "11:00"]);
        assert_eq!(names(&[], &[1.0, 9.0]), ["1 km", "9 km"]);
        assert!(names(&[], &[]).is_empty());
    }

    /// Computes the same by sorting all slots.
    fn naive(mut slots: Vec<Interval>, wished: Interval, timezone: Tz) -> Vec<Interval> {
        let day = |slot: Interval| local_time(timezone, slot.starts_at()).date();
        slots.sort_by_key(|slot| shift(slot.starts_at(), wished));
        let mut chosen: Vec<Interval> = Vec::new();
        let mut has_neighbour = [false; 2];
        for slot in slots {
            let side = usize::from(slot.starts_at() < wished.starts_at());
            let is_wanted = !has_neighbour[side] || day(slot) == day(wished);
            if is_wanted && chosen.len() < MOST && !chosen.iter().any(|other| other.overlaps(slot)) {
                has_neighbour[side] = true;
                chosen.push(slot);
            }
        }
        chosen
    }

    proptest! {
        #[test]
        fn other_times_are_as_if_all_slots_were_compared(
            timezone in any_zone(),
            (origin, starts) in (any_window(1), proptest::collection::btree_set(0_i64..8000, 0..40)),
            start in 0_i64..8000,
            length in prop_oneof![1_i64..300, 1_i64..5000],
        ) {
            let slot = |start| {
                let starts_at = origin.starts_at() + TimeDelta::minutes(start);
                Interval::new(starts_at, starts_at + TimeDelta::minutes(length)).unwrap()
            };
            let slots: Vec<_> = starts.into_iter().map(slot).collect();
            let expected = naive(slots.clone(), slot(start), timezone);
            prop_assert_eq!(other_times(slots.into_iter(), slot(start), timezone), expected);
        }
    }
}
