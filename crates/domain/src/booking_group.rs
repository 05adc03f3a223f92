//! Booking groups: bookings made together, all or nothing.

use super::alternatives::Alternative;
use super::booking::BookingStatus;
use super::fields::{FieldError, InvalidFields};
use super::ids::BookingId;
use super::interval::Interval;
use super::money::Money;
use super::problem::Code;
use super::rules::{BookingRules, Violation};
use super::time::UtcTime;

/// A booking that cannot be made, or not be changed as asked, which refuses what was asked of its whole group.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
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
    /// Its fields that cannot be accepted.
    pub errors: Vec<FieldError>,
    /// What could be booked instead, the best first; looked for where some of the first few are taken.
    pub alternatives: Vec<Alternative>,
}

impl RefusedBooking {
    /// Refused for the reason that the code names; the text says more about this case, or else what the code says.
    pub fn new(pointer: Option<String>, booking_id: Option<BookingId>, code: Code, detail: &str) -> Self {
        let detail = if detail.is_empty() { code.about() } else { detail }.to_owned();
        let (violations, conflicts, errors, alternatives) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { pointer, booking_id, code, detail, violations, conflicts, errors, alternatives }
    }

    /// Refused for some of its fields.
    pub fn invalid(pointer: String, fields: InvalidFields) -> Self {
        let InvalidFields(errors) = fields.below(&pointer);
        Self { errors, ..Self::new(Some(pointer), None, Code::InvalidFields, "") }
    }

    /// Which of the bookings that were asked for it is.
    pub fn index(&self) -> Option<usize> {
        self.pointer.as_deref()?.strip_prefix("/bookings/")?.parse().ok()
    }
}

/// The problem that a refused group is, of those that its bookings would be by themselves.
pub fn problem(refused: &[RefusedBooking]) -> Code {
    // What has to be asked for in another way comes before what may only be taken now.
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

/// Until when all that is made together is kept, if anything of it begins as a hold: then all of it does, until the first of these
/// runs out. So it is not half agreed when the other half lapses.
pub fn held_until<'r>(now: UtcTime, wanted: impl IntoIterator<Item = (bool, &'r BookingRules, Interval)>) -> Option<UtcTime> {
    let begun = wanted.into_iter().map(|(wants_hold, rules, interval)| {
        (rules.begin(now, wants_hold, interval).0 == BookingStatus::Held, rules.begin(now, true, interval).1)
    });
    let begun: Vec<_> = begun.collect();
    let is_held = begun.iter().any(|(is_held, _)| *is_held);
    begun.into_iter().filter(|_| is_held).filter_map(|(_, until)| until).min()
}

/// What the bookings of a group cost together, those left out that were called off. None if nothing
/// is left, or if one was moved to a resource with another currency.
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
}
