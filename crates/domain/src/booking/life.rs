//! The life of a booking: its states, the moves between them, the side that may make each, and when.

use chrono::TimeDelta;

use crate::interval::Interval;
use crate::said::{Said, said, says};
use crate::text_enum::text_enum;
use crate::time::UtcTime;

text_enum! {
    /// The state of a booking.
    pub enum BookingStatus {
        /// The slot is kept for a while, until the party in `awaits` confirms it: the customer, or the host where payment comes
        /// first.
        Held = "held",
        /// The booking waits for the host's approval.
        Requested = "requested",
        /// The booking is agreed.
        Confirmed = "confirmed",
        /// The customer has checked in.
        InUse = "in_use",
        /// The booking took place and is over.
        Completed = "completed",
        /// The customer did not check in.
        NoShow = "no_show",
        /// One of the two parties cancelled the booking.
        Cancelled = "cancelled",
        /// The host declined the request.
        Declined = "declined",
        /// The hold was not confirmed, or the request not answered, in time.
        Expired = "expired",
    }
}

text_enum! {
    /// A change of a booking's state or slot.
    pub enum Move {
        /// The hold becomes a confirmed booking.
        Confirm = "confirm",
        /// The hold becomes a request, where the host approves bookings.
        Request = "request",
        /// The host approves the request.
        Approve = "approve",
        /// The host declines the request.
        Decline = "decline",
        /// One of the two parties cancels the booking.
        Cancel = "cancel",
        /// The booking gets another time, quantity or resource.
        Reschedule = "reschedule",
        /// The customer checks in.
        CheckIn = "check_in",
        /// The customer checks out, or takes a check-in before the start back.
        CheckOut = "check_out",
        /// The customer did not come.
        NoShow = "no_show",
        /// The hold or request is not confirmed in time.
        Expire = "expire",
        /// The time of the booking is over.
        End = "end",
        /// The saved card was declined: the confirmed booking is held until it is paid.
        AwaitPayment = "await_payment",
    }
}

text_enum! {
    /// The side on whose behalf a move is made.
    pub enum Side {
        /// Members of the customer that may book.
        Customer = "customer",
        /// Managers of the host, and operators of the installation.
        Host = "host",
        /// The service itself, at the time that the rules set.
        System = "system",
    }
}

/// How long a booking stays in use after its end, if nobody checks out.
pub const LONGEST_OVERRUN: TimeDelta = TimeDelta::hours(12);

impl BookingStatus {
    /// The states of bookings that ended before they were used. They give back the donated time and the use of a coupon.
    pub const UNUSED: [Self; 3] = [Self::Cancelled, Self::Declined, Self::Expired];

    /// The state of a new booking that is not held first.
    pub const fn new(requires_approval: bool) -> Self {
        if requires_approval { Self::Requested } else { Self::Confirmed }
    }

    /// Whether a booking in this state holds an allocation.
    pub const fn takes_capacity(self) -> bool {
        matches!(self, Self::Held | Self::Requested | Self::Confirmed | Self::InUse)
    }

    /// The state after a move, if the move can be made.
    pub const fn after(self, happens: Move) -> Option<Self> {
        match (self, happens) {
            (Self::Held, Move::Confirm) | (Self::Requested, Move::Approve) => Some(Self::Confirmed),
            (Self::Held, Move::Request) => Some(Self::Requested),
            (Self::Requested, Move::Decline) => Some(Self::Declined),
            (Self::Held | Self::Requested | Self::Confirmed, Move::Cancel) => Some(Self::Cancelled),
            (Self::Held | Self::Requested | Self::Confirmed | Self::InUse, Move::Reschedule) => Some(self),
            (Self::Confirmed, Move::CheckIn) => Some(Self::InUse),
            (Self::InUse, Move::CheckOut) | (Self::Confirmed | Self::InUse, Move::End) => Some(Self::Completed),
            (Self::Confirmed, Move::NoShow) => Some(Self::NoShow),
            (Self::Confirmed, Move::AwaitPayment) => Some(Self::Held),
            (Self::Held | Self::Requested, Move::Expire) => Some(Self::Expired),
            _ => None,
        }
    }
}

impl Move {
    /// The last part of the path of the operation that makes the move.
    fn action(self) -> String {
        self.as_str().replace('_', "-")
    }

    /// Whether this side may make the move.
    pub const fn is_for(self, side: Side) -> bool {
        match self {
            Self::Confirm | Self::Request | Self::Cancel | Self::Reschedule | Self::CheckIn | Self::CheckOut => {
                matches!(side, Side::Customer | Side::Host)
            }
            Self::Approve | Self::Decline => matches!(side, Side::Host),
            Self::NoShow => matches!(side, Side::Host | Side::System),
            Self::Expire | Self::End | Self::AwaitPayment => matches!(side, Side::System),
        }
    }
}

/// The facts that decide which moves a booking can make at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// The state that was written last.
    pub status: BookingStatus,
    /// The time of the booking.
    pub interval: Interval,
    /// When it lapses: a hold or a request expires, or a customer that has not come is missed.
    pub lapses_at: Option<UtcTime>,
    /// How long before the start the customer can check in.
    pub check_in_opens: TimeDelta,
}

/// The reason why a move cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The move is not possible in this state; these are possible now.
    State(BookingStatus, Move, Vec<Move>),
    /// The time of the booking is over.
    Over(Move),
    /// The start of the booking is over.
    Begun(Move),
    /// The move is possible from this instant on.
    TooEarly(Move, UtcTime),
}

says!(Refusal: |refusal| match refusal {
    Refusal::State(status, happens, possible) => not_in_state(status, happens, &possible),
    Refusal::Over(happens) => said!("The time of the booking is over; `{action}` is no longer possible.", action = happens.action()),
    Refusal::Begun(happens) => said!("The booking has started; `{action}` is no longer possible.", action = happens.action()),
    Refusal::TooEarly(happens, opens_at) => said!("`{action}` is possible from {opens_at} on.", action = happens.action(), opens_at),
});

/// Says that a move is not possible in a state, and which moves are.
fn not_in_state(status: BookingStatus, happens: Move, possible: &[Move]) -> Said {
    let is_already = happens != Move::Reschedule && BookingStatus::ALL.iter().any(|from| from.after(happens) == Some(status));
    let refusal = match is_already {
        true => said!("The booking is already {status}.", status),
        false => said!("The booking is {status}; `{action}` is not possible in this state.", status, action = happens.action()),
    };
    let named = |moves: Vec<&Move>| moves.iter().map(|one| format!("`{}`", one.action())).collect::<Vec<_>>();
    let (both, host): (Vec<_>, Vec<_>) = possible.iter().partition(|one| one.is_for(Side::Customer));
    match (both.is_empty(), host.is_empty()) {
        (true, true) => said!("{refusal} No action can change it now.", refusal),
        (true, false) => said!("{refusal} The host can use: {moves}.", refusal, moves = named(host)),
        (false, true) => said!("{refusal} Possible now: {moves}.", refusal, moves = named(both)),
        (false, false) => {
            let (both, host) = (named(both), named(host));
            said!("{refusal} Possible now: {both}; only for the host: {host}.", refusal, both, host)
        }
    }
}

impl Life {
    /// The move that the service makes by itself, and when, if nobody makes another one before. The buffer does not count: its
    /// capacity stays taken because the service writes the end of a booking when its claim is over.
    fn ends_by_itself(&self) -> Option<(Move, UtcTime)> {
        let ends_at = self.interval.ends_at();
        let lapses_first = self.lapses_at.filter(|lapses_at| *lapses_at <= ends_at);
        match self.status {
            BookingStatus::Held | BookingStatus::Requested => Some((Move::Expire, lapses_first.unwrap_or(ends_at))),
            BookingStatus::Confirmed => Some(lapses_first.map_or((Move::End, ends_at), |lapses_at| (Move::NoShow, lapses_at))),
            BookingStatus::InUse => Some((Move::End, ends_at + LONGEST_OVERRUN)),
            _ => None,
        }
    }

    /// The move that the service must make by itself now, if any, and the instant at which it became due.
    pub fn due(&self, now: UtcTime) -> Option<(Move, UtcTime)> {
        self.ends_by_itself().filter(|(_, at)| *at <= now)
    }

    /// The state at an instant, whether or not the service has written it yet.
    pub fn status_at(&self, now: UtcTime) -> BookingStatus {
        self.due(now).and_then(|(due, _)| self.status.after(due)).unwrap_or(self.status)
    }

    /// Whether the booking has started, by the clock or by a check-in.
    pub fn has_begun(&self, now: UtcTime) -> bool {
        self.status == BookingStatus::InUse || self.interval.starts_at() <= now
    }

    /// The time in which other bookings start that would be delayed if this one overran.
    pub fn may_delay(&self) -> Interval {
        let ends_at = self.interval.ends_at();
        Interval::new(ends_at, ends_at + LONGEST_OVERRUN).unwrap_or(self.interval)
    }

    /// Whether the booking is still in use after its time.
    pub fn is_overrun(&self, now: UtcTime) -> bool {
        self.status_at(now) == BookingStatus::InUse && self.interval.ends_at() <= now
    }

    /// The moves that one of the parties can make now.
    fn possible(&self, now: UtcTime) -> Vec<Move> {
        let status = self.status_at(now);
        // A hold becomes a request by `confirm`.
        let moves = Move::ALL.iter().filter(|one| **one != Move::Request && one.is_for(Side::Host));
        moves.copied().filter(|one| status.after(*one).is_some() && self.after(*one, now).is_ok()).collect()
    }

    /// The state after a move that is made now.
    ///
    /// # Errors
    /// The reason why the move cannot be made.
    pub fn after(&self, happens: Move, now: UtcTime) -> Result<BookingStatus, Refusal> {
        let status = self.status_at(now);
        let Some(next) = status.after(happens) else {
            return Err(Refusal::State(status, happens, self.possible(now)));
        };
        let opens_at = match happens {
            Move::CheckIn => self.interval.starts_at() - self.check_in_opens,
            Move::NoShow => self.interval.starts_at(),
            _ => now,
        };
        let is_over = self.interval.ends_at() <= now;
        match happens {
            _ if now < opens_at => Err(Refusal::TooEarly(happens, opens_at)),
            // Nobody came before the start: the check-in was a mistake.
            Move::CheckOut if now < self.interval.starts_at() => Ok(BookingStatus::Confirmed),
            Move::CheckOut | Move::NoShow => Ok(next),
            _ if is_over => Err(Refusal::Over(happens)),
            // The host could not answer it in time.
            Move::Request | Move::AwaitPayment if self.interval.starts_at() <= now => Err(Refusal::Begun(happens)),
            _ => Ok(next),
        }
    }
}

/// A booking as it is stored, of which it is asked when it took capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastClaim {
    /// The state that was written last.
    pub status: BookingStatus,
    /// The time of the booking with its buffers.
    pub claim: Interval,
    /// The end of the booking, without the buffer.
    pub ends_at: UtcTime,
    /// When it lapses.
    pub lapses_at: Option<UtcTime>,
    /// The instant of its latest change.
    pub updated_at: UtcTime,
    /// When it was checked out.
    pub checked_out_at: Option<UtcTime>,
}

impl PastClaim {
    /// Returns the time in which the booking took capacity, or was still in use, and for which it has no allocation at `now`.
    pub fn taken(&self, now: UtcTime) -> Option<Interval> {
        let (from, until) = (self.claim.starts_at(), self.claim.ends_at());
        let lapsed_at = self.lapses_at.filter(|lapses_at| *lapses_at <= now && self.status.takes_capacity());
        let (from, until) = match self.status {
            BookingStatus::Completed => (from, self.checked_out_at.unwrap_or(until)),
            BookingStatus::InUse => (until, now.min(self.ends_at + LONGEST_OVERRUN)),
            status if status.takes_capacity() && lapsed_at.is_none() => return None,
            _ => (from, lapsed_at.unwrap_or(self.updated_at).min(until)),
        };
        Interval::new(from, until).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{at, between};

    /// Every move of the domain's drawing: from, by which move, to, and for whom.
    const DRAWN: &[(BookingStatus, Move, BookingStatus, &[Side])] = {
        use BookingStatus::*;
        use Side::*;
        const PARTIES: &[Side] = &[Customer, Host];
        &[
            (Held, Move::Confirm, Confirmed, PARTIES),
            (Held, Move::Request, Requested, PARTIES),
            (Held, Move::Cancel, Cancelled, PARTIES),
            (Held, Move::Reschedule, Held, PARTIES),
            (Held, Move::Expire, Expired, &[System]),
            (Requested, Move::Approve, Confirmed, &[Host]),
            (Requested, Move::Decline, Declined, &[Host]),
            (Requested, Move::Cancel, Cancelled, PARTIES),
            (Requested, Move::Reschedule, Requested, PARTIES),
            (Requested, Move::Expire, Expired, &[System]),
            (Confirmed, Move::Cancel, Cancelled, PARTIES),
            (Confirmed, Move::Reschedule, Confirmed, PARTIES),
            (Confirmed, Move::CheckIn, InUse, PARTIES),
            (Confirmed, Move::NoShow, BookingStatus::NoShow, &[Host, System]),
            (Confirmed, Move::End, Completed, &[System]),
            (Confirmed, Move::AwaitPayment, Held, &[System]),
            (InUse, Move::Reschedule, InUse, PARTIES),
            (InUse, Move::CheckOut, Completed, PARTIES),
            (InUse, Move::End, Completed, &[System]),
        ]
    };

    #[test]
    fn only_the_drawn_moves_can_be_made_and_only_by_those_they_are_for() {
        for &from in BookingStatus::ALL {
            for &happens in Move::ALL {
                let drawn = DRAWN.iter().find(|(status, made, ..)| (*status, *made) == (from, happens));
                assert_eq!(from.after(happens), drawn.map(|(.., to, _)| *to), "{happens} of a booking that is {from}");
                for &side in Side::ALL {
                    let Some((.., sides)) = drawn else { continue };
                    assert_eq!(happens.is_for(side), sides.contains(&side), "{happens} by the {side}");
                }
            }
        }
    }

    #[test]
    fn what_takes_capacity_can_end_by_itself_and_what_takes_none_stays_as_it_is() {
        for &status in BookingStatus::ALL {
            let ends = [Move::Expire, Move::End].iter().any(|&happens| status.after(happens).is_some());
            assert_eq!(ends, status.takes_capacity(), "{status}");
            assert!(status.takes_capacity() || Move::ALL.iter().all(|&happens| status.after(happens).is_none()), "{status}");
        }
    }

    #[test]
    fn a_new_booking_waits_for_approval_only_where_the_host_wants_it() {
        assert_eq!(BookingStatus::new(true), BookingStatus::Requested);
        assert_eq!(BookingStatus::new(false), BookingStatus::Confirmed);
    }

    /// A booking from 10 to 12.
    fn life(status: BookingStatus, lapses_at: Option<&str>) -> Life {
        Life {
            status,
            interval: between("2026-12-01T10:00:00Z", "2026-12-01T12:00:00Z"),
            lapses_at: lapses_at.map(at),
            check_in_opens: TimeDelta::minutes(15),
        }
    }

    #[test]
    fn a_booking_lapses_to_the_microsecond_and_counts_as_lapsed_before_anybody_writes_it() {
        use BookingStatus::*;
        for (status, lapsed, due) in
            [(Held, Expired, Move::Expire), (Requested, Expired, Move::Expire), (Confirmed, BookingStatus::NoShow, Move::NoShow)]
        {
            let life = life(status, Some("2026-12-01T09:00:00Z"));
            let lapses_at = at("2026-12-01T09:00:00Z");
            assert_eq!((life.due(lapses_at - UtcTime::TICK), life.status_at(lapses_at - UtcTime::TICK)), (None, status));
            assert_eq!((life.due(lapses_at), life.status_at(lapses_at)), (Some((due, lapses_at)), lapsed));
            assert_eq!(life.due(lapses_at + TimeDelta::days(9)), Some((due, lapses_at)));
            let late = life.after(Move::Cancel, lapses_at);
            assert_eq!(late, Err(Refusal::State(lapsed, Move::Cancel, Vec::new())));
        }
    }

    #[test]
    fn a_booking_ends_with_its_time_and_one_in_use_when_nobody_checks_out_for_long() {
        use BookingStatus::*;
        let noon = at("2026-12-01T12:00:00Z");
        for (status, ends_at, due) in [
            (Held, noon, Move::Expire),
            (Requested, noon, Move::Expire),
            (Confirmed, noon, Move::End),
            (InUse, noon + LONGEST_OVERRUN, Move::End),
        ] {
            assert_eq!(life(status, None).due(ends_at - UtcTime::TICK), None, "{status}");
            assert_eq!(life(status, None).due(ends_at), Some((due, ends_at)), "{status}");
        }
        assert_eq!(life(Cancelled, None).due(at("2030-01-01T00:00:00Z")), None);
    }

    #[test]
    fn what_is_over_is_not_changed_or_missed_any_more_but_what_is_in_use_can_be_checked_out() {
        use BookingStatus::*;
        let ends_at = at("2026-12-01T12:00:00Z");
        for (status, happens, ended) in [
            (Held, Move::Confirm, Expired),
            (Requested, Move::Approve, Expired),
            (Confirmed, Move::Cancel, Completed),
            (Confirmed, Move::Reschedule, Completed),
            (Confirmed, Move::CheckIn, Completed),
            (Confirmed, Move::NoShow, Completed),
        ] {
            assert!(life(status, None).after(happens, ends_at - UtcTime::TICK).is_ok(), "{happens}");
            assert_eq!(life(status, None).after(happens, ends_at), Err(Refusal::State(ended, happens, Vec::new())));
        }
        assert!(life(InUse, None).after(Move::Reschedule, ends_at - UtcTime::TICK).is_ok());
        assert_eq!(life(InUse, None).after(Move::Reschedule, ends_at), Err(Refusal::Over(Move::Reschedule)));
        assert_eq!(life(InUse, None).after(Move::CheckOut, ends_at), Ok(Completed));
    }

    #[test]
    fn a_refusal_says_the_state_and_what_is_possible_now() {
        use BookingStatus::*;
        let (before, during, after) = (at("2026-12-01T09:00:00Z"), at("2026-12-01T11:00:00Z"), at("2026-12-01T12:00:00Z"));
        let told = |status, happens, now| life(status, None).after(happens, now).unwrap_err().to_string();
        for (status, happens, now, expected) in [
            (Confirmed, Move::Confirm, before, "The booking is already confirmed. Possible now: `cancel`, `reschedule`."),
            (
                Confirmed,
                Move::Approve,
                during,
                "The booking is already confirmed. Possible now: `cancel`, `reschedule`, `check-in`; only for the host: `no-show`.",
            ),
            (
                Requested,
                Move::CheckIn,
                before,
                "The booking is requested; `check-in` is not possible in this state. Possible now: `cancel`, `reschedule`; \
                 only for the host: `approve`, `decline`.",
            ),
            (InUse, Move::CheckIn, during, "The booking is already in_use. Possible now: `reschedule`, `check-out`."),
            (
                Confirmed,
                Move::NoShow,
                after,
                "The booking is completed; `no-show` is not possible in this state. No action can change it now.",
            ),
            (Cancelled, Move::Cancel, before, "The booking is already cancelled. No action can change it now."),
            (
                Declined,
                Move::Reschedule,
                before,
                "The booking is declined; `reschedule` is not possible in this state. No action can change it now.",
            ),
        ] {
            assert_eq!(told(status, happens, now), expected);
        }
        let early = life(Confirmed, None).after(Move::NoShow, before).unwrap_err().to_string();
        assert_eq!(early, "`no-show` is possible from 2026-12-01T10:00:00Z on.");
    }

    #[test]
    fn what_would_start_by_now_is_asked_for_no_more_but_can_still_be_confirmed() {
        let (held, starts_at) = (life(BookingStatus::Held, None), at("2026-12-01T10:00:00Z"));
        assert_eq!(held.after(Move::Request, starts_at - UtcTime::TICK), Ok(BookingStatus::Requested));
        assert_eq!(held.after(Move::Request, starts_at), Err(Refusal::Begun(Move::Request)));
        assert_eq!(held.after(Move::Confirm, starts_at), Ok(BookingStatus::Confirmed));
    }

    #[test]
    fn check_in_opens_before_the_start_and_nobody_is_missed_before_it() {
        let booking = life(BookingStatus::Confirmed, None);
        let (opens_at, starts_at) = (at("2026-12-01T09:45:00Z"), at("2026-12-01T10:00:00Z"));
        assert_eq!(booking.after(Move::CheckIn, opens_at - UtcTime::TICK), Err(Refusal::TooEarly(Move::CheckIn, opens_at)));
        assert_eq!(booking.after(Move::CheckIn, opens_at), Ok(BookingStatus::InUse));
        assert_eq!(booking.after(Move::NoShow, starts_at - UtcTime::TICK), Err(Refusal::TooEarly(Move::NoShow, starts_at)));
        assert_eq!(booking.after(Move::NoShow, starts_at), Ok(BookingStatus::NoShow));
    }

    #[test]
    fn a_check_in_can_be_taken_back_until_the_start() {
        let (booking, starts_at) = (life(BookingStatus::InUse, None), at("2026-12-01T10:00:00Z"));
        assert_eq!(booking.after(Move::CheckOut, starts_at - UtcTime::TICK), Ok(BookingStatus::Confirmed));
        assert_eq!(booking.after(Move::CheckOut, starts_at), Ok(BookingStatus::Completed));
    }

    #[test]
    fn a_booking_in_use_overruns_from_its_end_until_it_is_closed() {
        let (ends_at, closed_at) = (at("2026-12-01T12:00:00Z"), at("2026-12-02T00:00:00Z"));
        let is_overrun = |status, now| life(status, None).is_overrun(now);
        assert!(!is_overrun(BookingStatus::InUse, ends_at - UtcTime::TICK));
        assert!(is_overrun(BookingStatus::InUse, ends_at));
        assert!(!is_overrun(BookingStatus::InUse, closed_at));
        assert!(!is_overrun(BookingStatus::Confirmed, ends_at));
    }

    #[test]
    fn a_past_claim_was_taken_until_it_really_ended() {
        let at = |hour: i64| UtcTime::from_unix_minutes(30_000_000) + TimeDelta::hours(hour);
        let hours = |from, until| Interval::new(at(from), at(until)).ok();
        let of = |status, lapses_at, checked_out_at| PastClaim {
            status,
            claim: hours(10, 14).unwrap(),
            ends_at: at(13),
            lapses_at,
            updated_at: at(11),
            checked_out_at,
        };
        use BookingStatus::{Cancelled, Completed, Confirmed, Held, InUse, NoShow};
        let confirmed = of(Confirmed, None, None);
        assert_eq!(confirmed.taken(at(20)), None, "the allocation says it");
        assert_eq!(of(Completed, None, None).taken(at(20)), hours(10, 14));
        assert_eq!(of(Completed, None, Some(at(12))).taken(at(20)), hours(10, 12));
        assert_eq!(of(Completed, None, Some(at(15))).taken(at(20)), hours(10, 15));
        assert_eq!(of(InUse, None, None).taken(at(13)), None);
        assert_eq!([16, 40].map(|now| of(InUse, None, None).taken(at(now))), [hours(14, 16), hours(14, 25)]);
        for ended in [Cancelled, NoShow] {
            assert_eq!(of(ended, None, None).taken(at(20)), hours(10, 11));
        }
        let before_its_start = PastClaim { updated_at: at(9), ..of(Cancelled, None, None) };
        assert_eq!(before_its_start.taken(at(20)), None);
        let held = of(Held, Some(at(12)), None);
        assert_eq!([11, 12].map(|now| held.taken(at(now))), [None, hours(10, 12)]);
    }
}
