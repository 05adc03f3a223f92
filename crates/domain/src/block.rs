//! Blocks: times that the host keeps for itself.

use super::booking::BookingStatus;
use super::text_enum::text_enum;

/// How many bookings a block can displace.
pub const MOST_DISPLACED: usize = 100;

text_enum! {
    /// The treatment of bookings that are in the way of a block.
    pub enum OnBookings {
        /// Keep the bookings and refuse the block.
        Refuse = "refuse",
        /// Cancel the bookings.
        Cancel = "cancel",
        /// Cancel the bookings and send alternatives to the customers.
        OfferAlternatives = "offer_alternatives",
    }
}

text_enum! {
    /// The blocks of one recurrence to which an action applies.
    pub enum BlockScope {
        /// Only this block.
        One = "one",
        /// This block and the later ones.
        Following = "following",
        /// All blocks of the recurrence.
        All = "all",
    }
}

/// Returns the rank of a state when bookings are cancelled for a block: holds first, then requests, then confirmed bookings.
pub const fn agreement(status: BookingStatus) -> u8 {
    match status {
        BookingStatus::Held => 0,
        BookingStatus::Requested => 1,
        _ => 2,
    }
}
