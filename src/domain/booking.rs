//! The life of a booking: its states and the moves between them.

use super::text_enum::text_enum;

text_enum! {
    /// Where a booking is in its life.
    pub enum BookingStatus {
        /// Waits to be paid for.
        Held = "held",
        /// Waits for the host's approval.
        Requested = "requested",
        /// Agreed.
        Confirmed = "confirmed",
        /// The customer has checked in.
        InUse = "in_use",
        /// Over, as agreed.
        Completed = "completed",
        /// Nobody came.
        NoShow = "no_show",
        /// Called off by either side.
        Cancelled = "cancelled",
        /// Refused by the host.
        Declined = "declined",
        /// A hold that ran out or a request that nobody answered.
        Expired = "expired",
    }
}

text_enum! {
    /// What can happen to a booking.
    pub enum Move {
        /// The host agrees to a request.
        Approve = "approve",
        /// The host refuses a request.
        Decline = "decline",
        /// Either side calls it off.
        Cancel = "cancel",
        /// Its time is over.
        End = "end",
    }
}

impl BookingStatus {
    /// The state that a new booking starts in.
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
            (Self::Requested, Move::Approve) => Some(Self::Confirmed),
            (Self::Requested, Move::Decline) => Some(Self::Declined),
            (Self::Held | Self::Requested | Self::Confirmed, Move::Cancel) => Some(Self::Cancelled),
            (Self::Held | Self::Requested, Move::End) => Some(Self::Expired),
            (Self::Confirmed | Self::InUse, Move::End) => Some(Self::Completed),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_drawn_moves_can_be_made() {
        use BookingStatus::*;
        let drawn = [
            (Requested, Move::Approve, Confirmed),
            (Requested, Move::Decline, Declined),
            (Held, Move::Cancel, Cancelled),
            (Requested, Move::Cancel, Cancelled),
            (Confirmed, Move::Cancel, Cancelled),
            (Held, Move::End, Expired),
            (Requested, Move::End, Expired),
            (Confirmed, Move::End, Completed),
            (InUse, Move::End, Completed),
        ];
        for &from in BookingStatus::ALL {
            for &happens in Move::ALL {
                let to = drawn.iter().find(|(f, m, _)| (*f, *m) == (from, happens)).map(|(_, _, to)| *to);
                assert_eq!(from.after(happens), to, "{happens} of a booking that is {from}");
            }
        }
    }

    #[test]
    fn a_booking_that_takes_capacity_ends_and_one_that_takes_none_stays_as_it_is() {
        for &status in BookingStatus::ALL {
            assert_eq!(status.after(Move::End).is_some(), status.takes_capacity(), "{status}");
            assert!(status.takes_capacity() || Move::ALL.iter().all(|&happens| status.after(happens).is_none()), "{status}");
        }
    }

    #[test]
    fn a_new_booking_waits_for_approval_only_where_the_host_wants_it() {
        assert_eq!(BookingStatus::new(true), BookingStatus::Requested);
        assert_eq!(BookingStatus::new(false), BookingStatus::Confirmed);
    }
}
