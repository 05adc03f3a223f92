//! Closing: opening hours that change while bookings lie in them.

use super::booking::BookingStatus;
use super::ids::{BookingId, ResourceId};
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// The treatment of bookings that new opening hours would leave outside.
    pub enum OnClosing {
        /// Keep the bookings and refuse the new hours.
        Refuse = "refuse",
        /// Keep the bookings, outside the new hours.
        Keep = "keep",
        /// Cancel the bookings, except those in use.
        Cancel = "cancel",
        /// Cancel the bookings, except those in use, and send alternatives to the customers.
        OfferAlternatives = "offer_alternatives",
    }
}

/// A booking that new opening hours would leave outside.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BookingOutside {
    /// The booking.
    pub booking_id: BookingId,
    /// The resource.
    pub resource_id: ResourceId,
    /// The state of the booking.
    pub status: BookingStatus,
    /// Start (inclusive).
    pub starts_at: UtcTime,
    /// End (exclusive).
    pub ends_at: UtcTime,
}
