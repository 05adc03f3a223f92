//! Booking groups: several bookings made together, all or nothing.

use super::alternatives::Alternative;
use super::availability::Conflict;
use super::booking::BookingStatus;
use super::fields::{FieldError, InvalidFields};
use super::ids::BookingId;
use super::interval::Interval;
use super::money::Money;
use super::problem::Code;
use super::rules::{BookingRules, Violation};
use super::time::UtcTime;
use crate::said::Said;

/// A booking that refuses an action on its whole group, with the reasons.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct RefusedBooking {
    /// The booking as a JSON pointer into the body. Null: the body does not name it.
    #[schema(required, example = "/bookings/1")]
    pub pointer: Option<String>,
    /// The identifier of the booking, if it exists already.
    #[schema(required)]
    pub booking_id: Option<BookingId>,
    /// The code of the problem that the booking would be on its own.
    #[schema(value_type = String, example = "slot_unavailable")]
    pub code: Code,
    /// The particular case.
    #[schema(value_type = String)]
    pub detail: Said,
    /// The rules that the booking breaks.
    pub violations: Vec<Violation>,
    /// The times at which the quantity is not free. Never contains the name of a customer.
    pub conflicts: Vec<Conflict>,
    /// The invalid fields of the booking.
    pub errors: Vec<FieldError>,
    /// Slots that can be booked instead, the best first. Only searched for the first 3 taken bookings.
    pub alternatives: Vec<Alternative>,
}

impl RefusedBooking {
    /// Creates a refusal with this code.
    pub fn new(pointer: Option<String>, booking_id: Option<BookingId>, code: Code, detail: Said) -> Self {
        let (violations, conflicts, errors, alternatives) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { pointer, booking_id, code, detail, violations, conflicts, errors, alternatives }
    }

    /// Creates a refusal for invalid fields.
    pub fn invalid(pointer: String, fields: InvalidFields) -> Self {
        let InvalidFields(errors) = fields.below(&pointer);
        Self { errors, ..Self::new(Some(pointer), None, Code::InvalidFields, Said::about(Code::InvalidFields)) }
    }

    /// Returns the index of the booking in the request.
    pub fn index(&self) -> Option<usize> {
        self.pointer.as_deref()?.strip_prefix("/bookings/")?.parse().ok()
    }
}

/// Returns the code of the problem for a refused group, from the codes of its bookings.
pub fn problem(refused: &[RefusedBooking]) -> Code {
    // Errors in the request come before slots that are only taken now.
    let order = [
        Code::InvalidFields,
        Code::NotFound,
        Code::BookingRulesViolated,
        Code::TermsOutdated,
        Code::InvalidTransition,
        Code::ResourceNotBookable,
    ];
    let is_there = |code: &Code| refused.iter().any(|booking| booking.code == *code);
    order.into_iter().find(is_there).unwrap_or(Code::SlotUnavailable)
}

/// Returns the instant until which all bookings of a group are held. If one booking starts as a hold, all do, until the first
/// of them expires. So no part of the group is confirmed while another part expires. A hold that would be over now does not count:
/// its booking is refused in any case.
pub fn held_until<'r>(now: UtcTime, wanted: impl IntoIterator<Item = (bool, &'r BookingRules, Interval)>) -> Option<UtcTime> {
    let begun = wanted.into_iter().map(|(wants_hold, rules, interval)| {
        (rules.begin(now, wants_hold, interval).0 == BookingStatus::Held, rules.begin(now, true, interval).1)
    });
    let begun: Vec<_> = begun.collect();
    let is_held = begun.iter().any(|(is_held, _)| *is_held);
    begun.into_iter().filter(|_| is_held).filter_map(|(_, until)| until.filter(|until| *until > now)).min()
}

/// Returns the total price of the bookings of a group, without cancelled, declined and expired ones. None if no booking is
/// left, or if the currencies differ after a booking was rescheduled to another resource.
pub fn price(bookings: impl IntoIterator<Item = (BookingStatus, Money)>) -> Option<Money> {
    let is_off = |status| matches!(status, BookingStatus::Cancelled | BookingStatus::Declined | BookingStatus::Expired);
    Money::sum(bookings.into_iter().filter(|(status, _)| !is_off(*status)).map(|(_, price)| price))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{at, between};

    #[test]
    fn one_hold_makes_all_of_a_group_wait_until_the_first_runs_out() {
        let now = at("2026-12-01T10:00:00Z");
        let slot = between("2026-12-02T10:00:00Z", "2026-12-02T11:00:00Z");
        let plain = BookingRules { hold_minutes: 30, ..BookingRules::default() };
        let paid = BookingRules { hold_minutes: 60, requires_payment: true, ..BookingRules::default() };
        let until = |wanted: &[(bool, &BookingRules)]| held_until(now, wanted.iter().map(|(hold, rules)| (*hold, *rules, slot)));
        assert_eq!(until(&[(false, &plain), (false, &plain)]), None);
        assert_eq!(until(&[(false, &plain), (true, &plain)]), Some(at("2026-12-01T10:30:00Z")));
        assert_eq!(until(&[(false, &paid)]), Some(at("2026-12-01T11:00:00Z")));
        assert_eq!(until(&[(false, &paid), (false, &plain)]), Some(at("2026-12-01T10:30:00Z")));
        assert_eq!(until(&[]), None);
    }

    #[test]
    fn a_slot_that_has_begun_does_not_end_the_hold_of_the_others_before_it_begins() {
        let now = at("2026-12-01T10:00:00Z");
        let asked = BookingRules { hold_minutes: 30, requires_approval: true, ..BookingRules::default() };
        let begun = between("2026-12-01T09:00:00Z", "2026-12-01T11:00:00Z");
        let next = between("2026-12-01T10:15:00Z", "2026-12-01T11:00:00Z");
        assert_eq!(held_until(now, [(true, &asked, begun), (false, &asked, next)]), Some(at("2026-12-01T10:15:00Z")));
        assert_eq!(held_until(now, [(true, &asked, begun)]), None);
    }
}
