//! Blocks: the host's own claims.

use super::booking::BookingStatus;
use super::text_enum::text_enum;

text_enum! {
    /// What becomes of the bookings that stand in the way of a block.
    pub enum OnBookings {
        /// They stay, and the block is refused.
        Refuse = "refuse",
        /// They are cancelled.
        Cancel = "cancel",
        /// They are cancelled, and the customers hear what they could book instead.
        OfferAlternatives = "offer_alternatives",
    }
}

text_enum! {
    /// Which blocks are meant of those that one recurrence rule made.
    pub enum BlockScope {
        /// This one alone.
        One = "one",
        /// This one and the later ones.
        Following = "following",
        /// All of them.
        All = "all",
    }
}

/// Of bookings that have to make room, the least agreed go first: what is only held before what is asked for, and that before
/// what is confirmed.
pub const fn agreement(status: BookingStatus) -> u8 {
    match status {
        BookingStatus::Held => 0,
        BookingStatus::Requested => 1,
        _ => 2,
    }
}
