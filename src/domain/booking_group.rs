//! Booking groups: bookings made together, all or nothing.

use super::booking::BookingStatus;
use super::ids::BookingId;
use super::interval::Interval;
use super::money::Money;
use super::problem::Code;
use super::rules::Violation;

/// A booking that cannot be made, or not be changed as asked, which refuses what was asked of its whole group.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct RefusedBooking {
    /// Which, as a JSON pointer into the body; null where that names none.
    #[schema(required, example = "/bookings/1")]
    pub pointer: Option<String>,
    /// Which, where it was made before.
    #[schema(required)]
    pub booking_id: Option<BookingId>,
    /// The code of the problem that it would be by itself.
    #[schema(value_type = String, example = "slot_unavailable")]
    pub code: Code,
    /// What is special about this case.
    pub detail: String,
    /// The rules that it breaks.
    pub violations: Vec<Violation>,
    /// When the quantity is not free; never because of whom.
    pub conflicts: Vec<Interval>,
}

/// The problem that a refused group is, of those that its bookings would be by themselves.
pub fn problem(refused: &[RefusedBooking]) -> Code {
    // What has to be asked for in another way comes before what may only be taken now.
    let order = [Code::NotFound, Code::BookingRulesViolated, Code::InvalidTransition, Code::ResourceNotBookable];
    let is_there = |code: &Code| refused.iter().any(|booking| booking.code == *code);
    order.into_iter().find(is_there).unwrap_or(Code::SlotUnavailable)
}

/// What the bookings of a group cost together, those left out that were called off. None if nothing
/// is left, or if one was moved to a resource with another currency.
pub fn price(bookings: impl IntoIterator<Item = (BookingStatus, Money)>) -> Option<Money> {
    let is_off = |status| matches!(status, BookingStatus::Cancelled | BookingStatus::Declined | BookingStatus::Expired);
    Money::sum(bookings.into_iter().filter(|(status, _)| !is_off(*status)).map(|(_, price)| price))
}
