//! The violations of rules.

use crate::ids::{BookingId, CertificationKindId, TermsId};
use crate::said::Said;
use crate::text_enum::text_enum;

text_enum! {
    /// A rule that a slot can break.
    pub enum ViolationCode {
        /// The start is not on the grid, or the booking is not one of the shifts.
        OffGrid = "off_grid",
        /// Shorter than the shortest booking.
        TooShort = "too_short",
        /// Longer than the longest booking.
        TooLong = "too_long",
        /// Starts in the past, or without enough notice.
        TooSoon = "too_soon",
        /// Starts beyond the horizon.
        TooFar = "too_far",
        /// The local time does not exist, because the clocks go forward.
        NoSuchTime = "no_such_time",
        /// Not completely inside the opening hours.
        OutsideOpeningHours = "outside_opening_hours",
        /// The quantity is larger than the capacity.
        QuantityExceedsCapacity = "quantity_exceeds_capacity",
        /// The organization or the user has the largest number of bookings already.
        TooManyActive = "too_many_active",
        /// More minutes than the organization or the user can book per day, week or month.
        QuotaExceeded = "quota_exceeded",
        /// Too near to another booking of the organization.
        GapTooShort = "gap_too_short",
        /// The resource is only for other customers.
        NotForThisCustomer = "not_for_this_customer",
        /// Too near to the start for the customer to change the booking.
        TooLateToChange = "too_late_to_change",
        /// Terms of the host are not accepted.
        TermsNotAccepted = "terms_not_accepted",
        /// The host has approved the booking as it is, and must approve a change.
        ApprovalRequired = "approval_required",
        /// The price would rise, and payment comes first.
        PaymentRequired = "payment_required",
        /// The operator of the machine is not certified for the whole booking.
        CertificationMissing = "certification_missing",
        /// The operator operates another machine of the host at that time.
        OperatorBusy = "operator_busy",
        /// The resource, or one that is taken with it, is out of order at that time.
        OutOfOrder = "out_of_order",
        /// The resource, or one that is taken with it, is not listed.
        NotOnOffer = "not_on_offer",
        /// Start or end is not a whole minute.
        NotWholeMinutes = "not_whole_minutes",
        /// Bookings that are still in use leave too little of the resource.
        StillInUse = "still_in_use",
    }
}

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Violation {
    /// The rule.
    pub code: ViolationCode,
    /// The wrong value and the accepted values.
    #[schema(value_type = String)]
    pub detail: Said,
    /// True: a manager of the host can override the rule.
    pub overridable: bool,
    /// With `terms_not_accepted`: the documents that must be accepted first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub terms_ids: Vec<TermsId>,
    /// With `certification_missing`: the kinds of certification that the operator lacks. Trainings are found by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub certification_kind_ids: Vec<CertificationKindId>,
    /// With `still_in_use`, for managers of the host when they check in a booking: the bookings that are in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub booking_ids: Vec<BookingId>,
}

impl Violation {
    /// Creates a violation of a rule that a manager of the host can override.
    pub fn new(code: ViolationCode, detail: Said) -> Self {
        let (terms_ids, certification_kind_ids, booking_ids) = (Vec::new(), Vec::new(), Vec::new());
        Self { code, detail, overridable: true, terms_ids, certification_kind_ids, booking_ids }
    }

    /// Creates a violation of a rule that nobody can override.
    pub fn not_overridable(code: ViolationCode, detail: Said) -> Self {
        Self { overridable: false, ..Self::new(code, detail) }
    }
}

/// Collects violations.
#[derive(Default)]
pub(super) struct Violations(pub(super) Vec<Violation>);

impl Violations {
    pub(super) fn add(&mut self, code: ViolationCode, detail: Said) {
        self.0.push(Violation::new(code, detail));
    }

    /// Adds a violation that cannot be overridden.
    pub(super) fn add_final(&mut self, code: ViolationCode, detail: Said) {
        self.0.push(Violation::not_overridable(code, detail));
    }
}
