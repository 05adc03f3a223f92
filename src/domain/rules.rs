//! The owner's rules for a resource, and what a wish for a slot breaks of them.

mod bookable;

pub use bookable::{Bookable, Wish};

use chrono::TimeDelta;
use serde_json::Value;

use super::booking::BookingStatus;
use super::fields::{Fields, InvalidFields, Members};
use super::interval::Interval;
use super::opening_hours::{OpeningHours, RawOpeningHours};
use super::text_enum::text_enum;
use super::time::UtcTime;

const MINUTES_A_WEEK: i64 = 7 * 1440;
const LONGEST_BOOKING: i64 = 366 * 1440;
const FARTHEST_DAYS: i64 = 1095;

/// The rules that an owner sets for a resource.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BookingRules {
    /// A booking starts at a multiple of so many minutes from local midnight; it divides the 1,440 of a day.
    #[schema(minimum = 1, maximum = 1440)]
    pub grid_minutes: i64,
    /// The shortest booking.
    #[schema(minimum = 1, maximum = 527_040)]
    pub min_minutes: i64,
    /// The longest booking.
    #[schema(minimum = 1, maximum = 527_040)]
    pub max_minutes: i64,
    /// How long before its start a booking must be made.
    #[schema(minimum = 0, maximum = 527_040)]
    pub notice_minutes: i64,
    /// How many days ahead a booking may start.
    #[schema(minimum = 1, maximum = 1095)]
    pub horizon_days: i64,
    /// The time kept free before every booking, to set up.
    #[schema(minimum = 0, maximum = 10_080)]
    pub buffer_before_minutes: i64,
    /// The time kept free after every booking, to clean.
    #[schema(minimum = 0, maximum = 10_080)]
    pub buffer_after_minutes: i64,
    /// Whether a manager of the host must approve each booking.
    pub requires_approval: bool,
    /// Whether payment comes first: each booking is held until the host confirms that it has arrived.
    pub requires_payment: bool,
    /// How long a hold keeps the slot.
    #[schema(minimum = 1, maximum = 10_080)]
    pub hold_minutes: i64,
    /// How long a request waits for an answer; it expires at its start in any case.
    #[schema(minimum = 1, maximum = 527_040)]
    pub answer_minutes: Option<i64>,
    /// How long before its start a booking can be checked in.
    #[schema(minimum = 0, maximum = 1440)]
    pub check_in_minutes: i64,
    /// How long after its start a booking that nobody has checked in is a no-show, so that others can
    /// have the rest; none means that nobody needs to check in.
    #[schema(minimum = 0, maximum = 10_080)]
    pub no_show_minutes: Option<i64>,
    /// How many bookings that are not over an organization may have at once.
    #[schema(minimum = 1)]
    pub max_active_per_organization: Option<i32>,
    /// Hours narrower than the site's; none of its own means the site's.
    pub opening_hours: Option<OpeningHours>,
}

impl Default for BookingRules {
    fn default() -> Self {
        Self {
            grid_minutes: 15,
            min_minutes: 15,
            max_minutes: 30 * 1440,
            notice_minutes: 0,
            horizon_days: 365,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            requires_approval: false,
            requires_payment: false,
            hold_minutes: 15,
            answer_minutes: None,
            check_in_minutes: 15,
            no_show_minutes: None,
            max_active_per_organization: None,
            opening_hours: None,
        }
    }
}

impl BookingRules {
    /// Reads rules as they are written; one that is left out has its default.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let default = Self::default();
        let mut members = Members::of(raw);
        let rules = Self {
            grid_minutes: members.optional("grid_minutes").unwrap_or(default.grid_minutes),
            min_minutes: members.optional("min_minutes").unwrap_or(default.min_minutes),
            max_minutes: members.optional("max_minutes").unwrap_or(default.max_minutes),
            notice_minutes: members.optional("notice_minutes").unwrap_or(default.notice_minutes),
            horizon_days: members.optional("horizon_days").unwrap_or(default.horizon_days),
            buffer_before_minutes: members.optional("buffer_before_minutes").unwrap_or(default.buffer_before_minutes),
            buffer_after_minutes: members.optional("buffer_after_minutes").unwrap_or(default.buffer_after_minutes),
            requires_approval: members.optional("requires_approval").unwrap_or(default.requires_approval),
            requires_payment: members.optional("requires_payment").unwrap_or(default.requires_payment),
            hold_minutes: members.optional("hold_minutes").unwrap_or(default.hold_minutes),
            answer_minutes: members.optional("answer_minutes").flatten(),
            check_in_minutes: members.optional("check_in_minutes").unwrap_or(default.check_in_minutes),
            no_show_minutes: members.optional("no_show_minutes").flatten(),
            max_active_per_organization: members.optional("max_active_per_organization").flatten(),
            opening_hours: None,
        };
        let hours: Option<RawOpeningHours> = members.optional("opening_hours").flatten();
        let mut fields = members.close();
        let hours = hours.map(|hours| fields.nest("/opening_hours", OpeningHours::read(&hours)));
        rules.check(&mut fields);
        fields.finish(|| Some(Self { opening_hours: hours.flatten(), ..rules }))
    }

    fn check(&self, fields: &mut Fields) {
        if fields.number("/grid_minutes", self.grid_minutes, 1..=1440).is_some_and(|grid| 1440 % grid != 0) {
            fields.refuse("/grid_minutes", "invalid", "must divide the 1440 minutes of a day");
        }
        let shortest = fields.number("/min_minutes", self.min_minutes, 1..=LONGEST_BOOKING);
        let longest = fields.number("/max_minutes", self.max_minutes, 1..=LONGEST_BOOKING);
        if shortest.zip(longest).is_some_and(|(shortest, longest)| shortest > longest) {
            fields.refuse("/max_minutes", "invalid", "must be at least min_minutes");
        }
        fields.number("/notice_minutes", self.notice_minutes, 0..=LONGEST_BOOKING);
        fields.number("/horizon_days", self.horizon_days, 1..=FARTHEST_DAYS);
        fields.number("/buffer_before_minutes", self.buffer_before_minutes, 0..=MINUTES_A_WEEK);
        fields.number("/buffer_after_minutes", self.buffer_after_minutes, 0..=MINUTES_A_WEEK);
        fields.number("/hold_minutes", self.hold_minutes, 1..=MINUTES_A_WEEK);
        if let Some(minutes) = self.answer_minutes {
            fields.number("/answer_minutes", minutes, 1..=LONGEST_BOOKING);
        }
        fields.number("/check_in_minutes", self.check_in_minutes, 0..=1440);
        if let Some(minutes) = self.no_show_minutes {
            fields.number("/no_show_minutes", minutes, 0..=MINUTES_A_WEEK);
        }
        if let Some(most) = self.max_active_per_organization {
            fields.number("/max_active_per_organization", most, 1..=i32::MAX);
        }
    }

    /// The time kept free before a booking.
    pub fn buffer_before(&self) -> TimeDelta {
        TimeDelta::minutes(self.buffer_before_minutes)
    }

    /// The time kept free after a booking.
    pub fn buffer_after(&self) -> TimeDelta {
        TimeDelta::minutes(self.buffer_after_minutes)
    }

    /// How long before its start a booking must be made. A request must leave the host a minute at
    /// least, for it expires at its start.
    fn notice(&self) -> TimeDelta {
        TimeDelta::minutes(self.notice_minutes.max(i64::from(self.requires_approval)))
    }

    /// The state of a new booking, and when it lapses: a hold and a request wait only for so long.
    pub fn begin(&self, now: UtcTime, wants_hold: bool, booking: Interval) -> (BookingStatus, Option<UtcTime>) {
        let status = match wants_hold || self.requires_payment {
            true => BookingStatus::Held,
            false => BookingStatus::new(self.requires_approval),
        };
        (status, self.lapses_at(now, status, booking))
    }

    /// When a booking that is in a state from now on lapses by itself.
    pub fn lapses_at(&self, now: UtcTime, status: BookingStatus, booking: Interval) -> Option<UtcTime> {
        match status {
            BookingStatus::Held => Some(now + TimeDelta::minutes(self.hold_minutes)),
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

    /// How long before its start a booking can be checked in.
    pub fn check_in_opens(&self) -> TimeDelta {
        TimeDelta::minutes(self.check_in_minutes)
    }

    /// What a booking of a span takes: the span and its buffers. Only allocations that overlap this
    /// can stand in the way of a booking within the span.
    pub fn allocation(&self, booking: Interval) -> Interval {
        booking.widened(self.buffer_before(), self.buffer_after())
    }
}

text_enum! {
    /// What a wish for a slot can break.
    pub enum ViolationCode {
        /// Does not start on the grid.
        OffGrid = "off_grid",
        /// Shorter than the shortest booking.
        TooShort = "too_short",
        /// Longer than the longest booking.
        TooLong = "too_long",
        /// Starts in the past, or with too little notice.
        TooSoon = "too_soon",
        /// Starts beyond the horizon.
        TooFar = "too_far",
        /// Not wholly within opening hours.
        OutsideOpeningHours = "outside_opening_hours",
        /// More than there is.
        QuantityExceedsCapacity = "quantity_exceeds_capacity",
        /// The organization has as many bookings as it may have.
        TooManyActive = "too_many_active",
        /// Terms of the host are not accepted.
        TermsNotAccepted = "terms_not_accepted",
        /// The host has approved the booking as it is.
        ApprovalRequired = "approval_required",
        /// Does not start and end on a minute.
        NotWholeMinutes = "not_whole_minutes",
    }
}

/// A rule that a wish for a slot breaks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Violation {
    /// Which rule.
    pub code: ViolationCode,
    /// What would be accepted.
    pub detail: String,
    /// Whether a manager of the host may book all the same.
    pub overridable: bool,
}

/// Gathers what a wish breaks.
#[derive(Default)]
struct Violations(Vec<Violation>);

impl Violations {
    fn add(&mut self, code: ViolationCode, detail: String) {
        self.0.push(Violation { code, detail, overridable: true });
    }

    /// One that nobody may override.
    fn add_final(&mut self, code: ViolationCode, detail: String) {
        self.0.push(Violation { code, detail, overridable: false });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pointers(raw: Value) -> Vec<String> {
        let errors = BookingRules::read(&raw).unwrap_err().0;
        errors.into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    #[test]
    fn rules_that_are_left_out_have_their_defaults() {
        assert_eq!(BookingRules::read(&json!({})), Ok(BookingRules::default()));
        let raw = json!({"opening_hours": null, "max_active_per_organization": null, "notice_minutes": 60});
        assert_eq!(BookingRules::read(&raw), Ok(BookingRules { notice_minutes: 60, ..BookingRules::default() }));
    }

    #[test]
    fn rules_read_back_from_what_they_are_written_as() {
        let hours = OpeningHours::read(&RawOpeningHours::from([("mon".into(), vec![["08:00".into(), "12:00".into()]])])).unwrap();
        let rules = BookingRules { max_active_per_organization: Some(3), opening_hours: Some(hours), ..BookingRules::default() };
        assert_eq!(BookingRules::read(&json!(rules)), Ok(rules.clone()));
        assert_eq!(serde_json::from_str::<BookingRules>(&json!(rules).to_string()).unwrap(), rules);
        assert!(serde_json::from_str::<BookingRules>(r#"{"grid": 15}"#).is_err());
    }

    #[test]
    fn everything_that_is_wrong_with_rules_is_told_at_once() {
        let raw = json!({
            "grid_minutes": 50, "min_minutes": 0, "max_minutes": 527_041, "notice_minutes": -1, "horizon_days": 1096,
            "buffer_before_minutes": 10_081, "buffer_after_minutes": "ten", "requires_approval": 1, "grid": 5,
            "max_active_per_organization": 0, "opening_hours": {"mon": [["8", "9"]], "day": []},
        });
        let expected = [
            "/buffer_after_minutes wrong_type",
            "/requires_approval wrong_type",
            "/grid unknown_field",
            "/opening_hours/day unknown_field",
            "/opening_hours/mon/0 invalid",
            "/grid_minutes invalid",
            "/min_minutes out_of_range",
            "/max_minutes out_of_range",
            "/notice_minutes out_of_range",
            "/horizon_days out_of_range",
            "/buffer_before_minutes out_of_range",
            "/max_active_per_organization out_of_range",
        ];
        assert_eq!(pointers(raw), expected);
        assert_eq!(pointers(json!({"min_minutes": 61, "max_minutes": 60})), ["/max_minutes invalid"]);
        assert_eq!(pointers(json!({"grid_minutes": 0})), ["/grid_minutes out_of_range"]);
        assert_eq!(pointers(json!({"grid_minutes": null})), ["/grid_minutes wrong_type"]);
        assert_eq!(pointers(json!({"opening_hours": [1]})), ["/opening_hours wrong_type"]);
        assert_eq!(pointers(json!([])), [" wrong_type"]);
    }
}
