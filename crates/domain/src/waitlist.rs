//! The waitlist: the queue for slots that are taken.

use super::booking::BookingStatus;
use super::fields::Fields;
use super::interval::Interval;
use super::limits::{self, LONGEST_WINDOW_DAYS};
use super::said::said;
use super::slot::{Slot, WantedSlot};
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// The state of a waitlist entry.
    pub enum WaitlistStatus {
        /// It waits in the queue.
        Waiting = "waiting",
        /// A slot was offered: a hold that must be confirmed before it expires.
        Offered = "offered",
        /// The offer was confirmed.
        Taken = "taken",
        /// The customer or the host cancelled the offer.
        Declined = "declined",
        /// The offer expired.
        Lapsed = "lapsed",
        /// The customer left the queue.
        Left = "left",
        /// No slot became free in time.
        Expired = "expired",
    }
}

impl WaitlistStatus {
    /// Returns the state of an entry when the booking that was offered for it is in a state.
    pub const fn after_offer(offer: BookingStatus) -> Self {
        match offer {
            BookingStatus::Held => Self::Offered,
            BookingStatus::Expired => Self::Lapsed,
            BookingStatus::Cancelled | BookingStatus::Declined => Self::Declined,
            BookingStatus::Requested
            | BookingStatus::Confirmed
            | BookingStatus::InUse
            | BookingStatus::Completed
            | BookingStatus::NoShow => Self::Taken,
        }
    }
}

/// Reads the wish for a slot of some minutes within a window, by default as long as the window, or records the errors. The slot is the
/// whole window, if it could be read.
pub fn read_wanted(
    fields: &mut Fields,
    window: (UtcTime, UtcTime),
    slot: Option<Slot>,
    duration_minutes: Option<i64>,
) -> Option<WantedSlot> {
    for (pointer, time) in [("/starts_at", window.0), ("/ends_at", window.1)] {
        if !time.is_whole_minute() {
            fields.refuse(pointer, "invalid", said!("must be a whole minute"));
        }
    }
    let (least, most) = limits::WaitlistMinutes::RANGE.into_inner();
    let longest = slot.map_or(most, |slot| slot.interval.minutes());
    if longest > most {
        fields.refuse(
            "/ends_at",
            "out_of_range",
            said!("must be at most {most_days} days after the start", most_days = LONGEST_WINDOW_DAYS),
        );
    }
    let range = least..=longest.clamp(least, most);
    let minutes = duration_minutes.map(|minutes| fields.number("/duration_minutes", minutes, range));
    let Slot { interval: window, quantity } = slot?;
    let minutes = minutes.flatten().unwrap_or_else(|| window.minutes());
    Some(WantedSlot::of_minutes(window, minutes, quantity))
}

/// Returns the union of `claim` and every wait window linked to it by overlaps. Only entries inside can be overtaken. A wait
/// window contains every slot that its entry can be offered.
pub fn contested(claim: Interval, reaches: &[Interval]) -> Interval {
    let mut contested = claim;
    loop {
        let join = |all: Interval, reach: &Interval| if reach.overlaps(all) { all.hull(*reach) } else { all };
        let wider = reaches.iter().fold(contested, join);
        if wider == contested {
            return contested;
        }
        contested = wider;
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::oracle::at;

    fn any_span() -> impl Strategy<Value = Interval> {
        (0_i64..60, 1_i64..8).prop_map(|(minute, minutes)| {
            let starts_at = at("2026-12-01T10:00:00Z") + TimeDelta::minutes(minute);
            Interval::new(starts_at, starts_at + TimeDelta::minutes(minutes)).unwrap()
        })
    }

    proptest! {
        #[test]
        fn a_claim_contests_what_overlaps_connect_with_it(
            claim in any_span(), reaches in proptest::collection::vec(any_span(), 0..12),
        ) {
            let mut connected = vec![claim];
            for _ in &reaches {
                let meets = |reach: &&Interval| connected.iter().any(|other| other.overlaps(**reach));
                connected = iter::once(claim).chain(reaches.iter().filter(meets).copied()).collect();
            }
            let contested = contested(claim, &reaches);
            for reach in &reaches {
                prop_assert_eq!(reach.overlaps(contested), connected.contains(reach));
            }
        }
    }

    #[test]
    fn what_becomes_of_an_offer_becomes_of_the_wish() {
        let of = |offer| WaitlistStatus::after_offer(offer);
        assert_eq!(of(BookingStatus::Held), WaitlistStatus::Offered);
        assert_eq!([BookingStatus::Requested, BookingStatus::Confirmed].map(of), [WaitlistStatus::Taken; 2]);
        assert_eq!(
            (of(BookingStatus::Expired), of(BookingStatus::Cancelled)),
            (WaitlistStatus::Lapsed, WaitlistStatus::Declined)
        );
    }
}
