//! Until when the rules let a booking be held, answered, checked in or changed.

use chrono::TimeDelta;

use super::BookingRules;
use crate::booking::life::{BookingStatus, Side};
use crate::interval::Interval;
use crate::time::UtcTime;

impl BookingRules {
    /// Returns the state of a new booking and the instant at which it expires.
    pub fn begin(&self, now: UtcTime, wants_hold: bool, booking: Interval) -> (BookingStatus, Option<UtcTime>) {
        let status = match wants_hold || self.requires_payment {
            true => BookingStatus::Held,
            false => BookingStatus::new(self.requires_approval),
        };
        (status, self.lapses_at(now, status, booking))
    }

    /// Returns the last instant until which a slot can be held: later the hold could not become a booking, or not a request.
    pub fn hold_ends_by(&self, booking: Interval) -> UtcTime {
        if self.requires_approval { booking.starts_at() } else { booking.ends_at() }
    }

    /// Returns the end of an offer made now: at least one minute from now. A slot that is offered to a waitlist entry leaves all of
    /// the time to answer.
    pub fn offer_lapses_at(&self, now: UtcTime, slot: Interval) -> UtcTime {
        self.offer_answered_by(now).min(slot.starts_at()).max(now + TimeDelta::minutes(1))
    }

    /// Returns the instant by which an offer to a waitlist entry that is made now must be answered.
    pub fn offer_answered_by(&self, now: UtcTime) -> UtcTime {
        now + TimeDelta::minutes(self.offer_minutes)
    }

    /// Returns the instant at which a booking that enters a state now expires.
    pub fn lapses_at(&self, now: UtcTime, status: BookingStatus, booking: Interval) -> Option<UtcTime> {
        match status {
            BookingStatus::Held => Some((now + TimeDelta::minutes(self.hold_minutes)).min(self.hold_ends_by(booking))),
            BookingStatus::Requested => {
                let answer_by = self.answer_minutes.map(|minutes| now + TimeDelta::minutes(minutes));
                Some(answer_by.unwrap_or(UtcTime::LATEST).min(booking.starts_at()))
            }
            BookingStatus::Confirmed => {
                let grace = self.no_show_minutes.map(TimeDelta::minutes)?;
                Some((booking.starts_at().max(now) + grace).min(booking.ends_at()))
            }
            _ => None,
        }
    }

    /// Returns the last instant at which a customer can change a confirmed booking with this start.
    pub fn changeable_until(&self, starts_at: UtcTime, grace_until: Option<UtcTime>) -> UtcTime {
        let cut_off = starts_at - TimeDelta::minutes(self.change_cutoff_minutes);
        grace_until.map_or(cut_off, |grace_until| cut_off.max(grace_until.min(starts_at)))
    }

    /// Returns the end of the grace that begins now, when a side has given a confirmed booking its time; none without grace.
    pub fn grace_until(&self, now: UtcTime, by: Side) -> Option<UtcTime> {
        let minutes = if by == Side::Host { self.host_change_grace_minutes } else { self.grace_minutes };
        (minutes > 0).then(|| now + TimeDelta::minutes(minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::at;

    #[test]
    fn a_hold_lasts_no_longer_than_it_can_become_something() {
        let booking = Interval::new(at("2026-01-05T12:00:00Z"), at("2026-01-05T13:00:00Z")).unwrap();
        let lapses_at = |requires_approval, now: &str| {
            let rules = BookingRules { hold_minutes: 90, requires_approval, ..BookingRules::default() };
            rules.lapses_at(at(now), BookingStatus::Held, booking).unwrap()
        };
        for (requires_approval, last) in [(false, booking.ends_at()), (true, booking.starts_at())] {
            assert_eq!(lapses_at(requires_approval, "2026-01-05T09:00:00Z"), at("2026-01-05T10:30:00Z"));
            assert_eq!(lapses_at(requires_approval, "2026-01-05T11:55:00Z"), last);
        }
    }

    #[test]
    fn a_customer_may_change_a_booking_until_the_cut_off() {
        let starts_at = at("2026-01-05T12:00:00Z");
        let until = |minutes, grace_until: Option<&str>| {
            let rules = BookingRules { change_cutoff_minutes: minutes, ..BookingRules::default() };
            rules.changeable_until(starts_at, grace_until.map(at))
        };
        assert_eq!(until(0, None), starts_at);
        assert_eq!(until(60, None), at("2026-01-05T11:00:00Z"));
        assert_eq!(until(60, Some("2026-01-05T10:59:00Z")), at("2026-01-05T11:00:00Z"));
        assert_eq!(until(60, Some("2026-01-05T11:15:00Z")), at("2026-01-05T11:15:00Z"));
        assert_eq!(until(60, Some("2026-01-05T12:15:00Z")), starts_at);
    }
}
