//! The owner's rules for a resource, and what a wish for a slot breaks of them.

mod bookable;
mod customers;
mod quotas;
mod seasons;

pub use bookable::Bookable;
pub use customers::{BookableBy, Customer, Judge, QuotaUsage};
pub use quotas::{Quota, QuotaPeriod, QuotaSubject, QuotaTime};
pub use seasons::Season;

use chrono::TimeDelta;
use serde_json::Value;

use super::booking::life::BookingStatus;
use super::fields::{Fields, InvalidFields, Members};
use super::ids::CertificationKindId;
use super::interval::Interval;
use super::opening_hours::{OpeningHours, RawOpeningHours};
use super::text_enum::text_enum;
use super::time::UtcTime;

const MINUTES_A_WEEK: i64 = 7 * 1440;
const LONGEST_BOOKING: i64 = LONGEST_DAYS * 1440;
const FARTHEST_DAYS: i64 = 1095;
const MOST_QUOTAS: usize = 10;
const MOST_SEASONS: usize = 12;
const MOST_CERTIFICATIONS: usize = 10;

/// The longest booking, in days: no rules allow a longer one, and no request may ask for one.
pub const LONGEST_DAYS: i64 = 366;

/// The longest time that rules can keep free before or after a booking.
pub const LONGEST_BUFFER: TimeDelta = TimeDelta::minutes(MINUTES_A_WEEK);

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
    /// Whether payment comes first: each booking is held until the host confirms that it has arrived, for `hold_minutes` at
    /// most; what is offered to somebody on the waitlist, for `offer_minutes`.
    pub requires_payment: bool,
    /// How long a hold keeps the slot.
    #[schema(minimum = 1, maximum = 10_080)]
    pub hold_minutes: i64,
    /// How long a slot is kept for somebody on the waitlist to whom it is offered; until its start at most.
    #[schema(minimum = 1, maximum = 10_080)]
    pub offer_minutes: i64,
    /// How long a request waits for an answer; it expires at its start in any case.
    #[schema(minimum = 1, maximum = 527_040)]
    pub answer_minutes: Option<i64>,
    /// How long before its start a booking can be checked in.
    #[schema(minimum = 0, maximum = 1440)]
    pub check_in_minutes: i64,
    /// How long after its start a booking that nobody has checked in is a no-show, so that others can
    /// have the rest; null means that nobody needs to check in.
    #[schema(minimum = 1, maximum = 10_080)]
    pub no_show_minutes: Option<i64>,
    /// How many bookings that are not over an organization may have at once.
    #[schema(minimum = 1)]
    pub max_active_per_organization: Option<i32>,
    /// How many bookings that are not over a user may have at once, for whatever organization.
    #[schema(minimum = 1)]
    pub max_active_per_user: Option<i32>,
    /// How many minutes an organization or a user may book within a day, week or month. Bookings that are made and those
    /// that were used count; cancelled, declined and expired ones do not.
    #[schema(max_items = 10)]
    pub quotas: Vec<Quota>,
    /// The hours that quotas of peak hours count, every week.
    pub peak_hours: Option<OpeningHours>,
    /// How many minutes an organization leaves between two of its bookings of the resource; 0 lets them touch.
    #[schema(minimum = 0, maximum = 527_040)]
    pub gap_minutes: i64,
    /// What who operates it must be certified in for the whole time: kinds of the host's own, or ones
    /// that are shared with it.
    #[schema(max_items = 10)]
    pub required_certification_ids: Vec<CertificationKindId>,
    /// Hours narrower than the site's; null means the site's.
    pub opening_hours: Option<OpeningHours>,
    /// Hours narrower than the site's for a part of each year, in place of `opening_hours`. No two share a day.
    #[schema(value_type = Vec<seasons::RawSeason>, max_items = 12)]
    pub seasons: Vec<Season>,
    /// Whether nothing opens on the public holidays of the site's country: of AT, BE, CZ, DE, DK, FI, FR, GB (each nation, by
    /// postal code), IE, IT, LU, NL, NO, PL, PT, SE and US those of the whole country. A dated exception of the site goes
    /// before, and serves for what is a holiday in one region or one year only.
    pub closed_on_public_holidays: bool,
    /// Until how many minutes before its start the customer may cancel or move a confirmed booking; managers of the host
    /// always may.
    #[schema(minimum = 0, maximum = 527_040)]
    pub change_cutoff_minutes: i64,
    /// Who may book.
    pub bookable_by: BookableBy,
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
            offer_minutes: 240,
            answer_minutes: None,
            check_in_minutes: 15,
            no_show_minutes: None,
            max_active_per_organization: None,
            max_active_per_user: None,
            quotas: Vec::new(),
            peak_hours: None,
            gap_minutes: 0,
            required_certification_ids: Vec::new(),
            opening_hours: None,
            seasons: Vec::new(),
            closed_on_public_holidays: false,
            change_cutoff_minutes: 0,
            bookable_by: BookableBy::default(),
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
            offer_minutes: members.optional("offer_minutes").unwrap_or(default.offer_minutes),
            answer_minutes: members.optional("answer_minutes").flatten(),
            check_in_minutes: members.optional("check_in_minutes").unwrap_or(default.check_in_minutes),
            no_show_minutes: members.optional("no_show_minutes").flatten(),
            max_active_per_organization: members.optional("max_active_per_organization").flatten(),
            max_active_per_user: members.optional("max_active_per_user").flatten(),
            gap_minutes: members.optional("gap_minutes").unwrap_or(default.gap_minutes),
            closed_on_public_holidays: members.optional("closed_on_public_holidays").unwrap_or(default.closed_on_public_holidays),
            change_cutoff_minutes: members.optional("change_cutoff_minutes").unwrap_or(default.change_cutoff_minutes),
            required_certification_ids: members.optional("required_certification_ids").unwrap_or_default(),
            ..default
        };
        let hours: [Option<RawOpeningHours>; 2] = ["opening_hours", "peak_hours"].map(|name| members.optional(name).flatten());
        let [quotas, seasons]: [Vec<Value>; 2] = ["quotas", "seasons"].map(|name| members.optional(name).unwrap_or_default());
        let bookable_by: Option<Value> = members.optional("bookable_by").flatten();
        let mut fields = members.close();
        let [opening_hours, peak_hours] = hours;
        let opening_hours = opening_hours.map(|hours| fields.nest("/opening_hours", OpeningHours::read(&hours)));
        let peak_hours = peak_hours.map(|hours| fields.nest("/peak_hours", OpeningHours::read(&hours)));
        let bookable_by = bookable_by.map(|raw| fields.nest("/bookable_by", BookableBy::read(&raw)));
        let rules = Self {
            opening_hours: opening_hours.flatten(),
            peak_hours: peak_hours.flatten(),
            bookable_by: bookable_by.flatten().unwrap_or_default(),
            quotas: read_each(&mut fields, "/quotas", &quotas, MOST_QUOTAS, Quota::read),
            seasons: read_each(&mut fields, "/seasons", &seasons, MOST_SEASONS, Season::read),
            ..rules
        };
        rules.check(&mut fields);
        fields.finish(|| Some(rules))
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
        fields.number("/offer_minutes", self.offer_minutes, 1..=MINUTES_A_WEEK);
        if let Some(minutes) = self.answer_minutes {
            fields.number("/answer_minutes", minutes, 1..=LONGEST_BOOKING);
        }
        fields.number("/check_in_minutes", self.check_in_minutes, 0..=1440);
        if let Some(minutes) = self.no_show_minutes {
            fields.number("/no_show_minutes", minutes, 1..=MINUTES_A_WEEK);
        }
        if let Some(most) = self.max_active_per_organization {
            fields.number("/max_active_per_organization", most, 1..=i32::MAX);
        }
        if let Some(most) = self.max_active_per_user {
            fields.number("/max_active_per_user", most, 1..=i32::MAX);
        }
        for (at, quota) in self.quotas.iter().enumerate() {
            if quota.at == QuotaTime::Peak && self.peak_hours.is_none() {
                fields.refuse(format!("/quotas/{at}/at"), "invalid", "must be all where there are no peak_hours");
            }
        }
        fields.number("/gap_minutes", self.gap_minutes, 0..=LONGEST_BOOKING);
        Season::check(&self.seasons, fields);
        fields.number("/change_cutoff_minutes", self.change_cutoff_minutes, 0..=LONGEST_BOOKING);
        let required = &self.required_certification_ids;
        if required.len() > MOST_CERTIFICATIONS {
            fields.refuse("/required_certification_ids", "too_long", format!("must have at most {MOST_CERTIFICATIONS} items"));
        }
        for (index, kind) in required.iter().enumerate().filter(|(index, kind)| required[..*index].contains(kind)) {
            fields.refuse(format!("/required_certification_ids/{index}"), "invalid", format!("{kind} is listed twice"));
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

    /// Until when a hold of a slot can last: afterwards it could not become a booking any more, or not a request.
    pub fn hold_ends_by(&self, booking: Interval) -> UtcTime {
        if self.requires_approval { booking.starts_at() } else { booking.ends_at() }
    }

    /// The rules for a booking that was made under `agreed` ones and stays on its resource: where it may go is for these to
    /// say, and what was agreed besides stays.
    #[must_use]
    pub fn keeping(&self, agreed: &Self) -> Self {
        Self {
            buffer_before_minutes: agreed.buffer_before_minutes,
            buffer_after_minutes: agreed.buffer_after_minutes,
            hold_minutes: agreed.hold_minutes,
            answer_minutes: agreed.answer_minutes,
            check_in_minutes: agreed.check_in_minutes,
            no_show_minutes: agreed.no_show_minutes,
            change_cutoff_minutes: agreed.change_cutoff_minutes,
            required_certification_ids: agreed.required_certification_ids.clone(),
            ..self.clone()
        }
    }

    /// Until when a slot is kept for somebody on the waitlist to whom it is offered now: a minute at least.
    pub fn offer_lapses_at(&self, now: UtcTime, slot: Interval) -> UtcTime {
        (now + TimeDelta::minutes(self.offer_minutes)).min(slot.starts_at()).max(now + TimeDelta::minutes(1))
    }

    /// When a booking that is in a state from now on lapses by itself.
    pub fn lapses_at(&self, now: UtcTime, status: BookingStatus, booking: Interval) -> Option<UtcTime> {
        match status {
            BookingStatus::Held => Some((now + TimeDelta::minutes(self.hold_minutes)).min(self.hold_ends_by(booking))),
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

    /// Until when a customer may change a confirmed booking that starts then.
    pub fn changeable_until(&self, starts_at: UtcTime) -> UtcTime {
        starts_at - TimeDelta::minutes(self.change_cutoff_minutes)
    }

    /// What keeps a customer from changing a confirmed booking that starts then, if anything does.
    pub fn change_violation(&self, now: UtcTime, starts_at: UtcTime) -> Option<Violation> {
        let minutes = self.change_cutoff_minutes;
        let latest = self.changeable_until(starts_at);
        let detail = format!("the customer may change it until {latest} (cut-off: {minutes} min before the start)");
        (now > latest).then_some(Violation { code: ViolationCode::TooLateToChange, detail, overridable: true })
    }
}

/// Reads each value of a list that has at most so many.
fn read_each<T>(
    fields: &mut Fields,
    pointer: &str,
    raw: &[Value],
    most: usize,
    read: impl Fn(&Value) -> Result<T, InvalidFields>,
) -> Vec<T> {
    if raw.len() > most {
        fields.refuse(pointer, "too_long", format!("must be at most {most}"));
        return Vec::new();
    }
    raw.iter().enumerate().filter_map(|(at, raw)| fields.nest(&format!("{pointer}/{at}"), read(raw))).collect()
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
        /// In hours that the clocks at the site skip.
        NoSuchTime = "no_such_time",
        /// Not wholly within opening hours.
        OutsideOpeningHours = "outside_opening_hours",
        /// More than there is.
        QuantityExceedsCapacity = "quantity_exceeds_capacity",
        /// The organization or the user has as many bookings as they may have.
        TooManyActive = "too_many_active",
        /// More minutes than the organization or the user may book within a day, week or month.
        QuotaExceeded = "quota_exceeded",
        /// Too near to another booking of the organization.
        GapTooShort = "gap_too_short",
        /// The resource is for other customers.
        NotForThisCustomer = "not_for_this_customer",
        /// Too near to the start for the customer to change the booking.
        TooLateToChange = "too_late_to_change",
        /// Terms of the host are not accepted.
        TermsNotAccepted = "terms_not_accepted",
        /// The host has approved the booking as it is.
        ApprovalRequired = "approval_required",
        /// It costs more where payment comes first.
        PaymentRequired = "payment_required",
        /// Who is to operate it is not certified for the whole time.
        CertificationMissing = "certification_missing",
        /// The resource, or what it takes along, is out of order then.
        OutOfOrder = "out_of_order",
        /// The resource, or what it takes along, is not on offer.
        NotOnOffer = "not_on_offer",
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
    use crate::oracle::at;

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
        let more = BookingRules::read(&json!({
            "quotas": [{"per": "user", "most_minutes": 60, "within": "day"}], "peak_hours": {"mon": [["08:00", "12:00"]]},
            "seasons": [{"from": "11-01", "to": "02-29", "opening_hours": {"sun": []}}], "bookable_by": {"kinds": ["startup"]},
        }));
        let rules = BookingRules { opening_hours: rules.opening_hours, max_active_per_organization: Some(3), ..more.unwrap() };
        assert_eq!(BookingRules::read(&json!(rules)), Ok(rules.clone()));
        assert_eq!(serde_json::from_str::<BookingRules>(&json!(rules).to_string()).unwrap(), rules);
        assert!(serde_json::from_str::<BookingRules>(r#"{"grid": 15}"#).is_err());
    }

    #[test]
    fn a_hold_lasts_no_longer_than_it_can_become_something() {
        let booking = Interval::new(at("2026-01-05T12:00:00Z"), at("2026-01-05T13:00:00Z")).unwrap();
        let lapses_at = |requires_approval, now: &str| {
            let rules = BookingRules { hold_minutes: 90, requires_approval, ..BookingRules::default() };
            rules.lapses_at(at(now), BookingStatus::Held, booking).unwrap()
        };
        for (requires_approval, last) in [(false, booking.ends_at()), (true, booking.starts_at())] {
            assert_eq!(lapses_at(requires_approval, "2026-01-05T09:00:00Z"), at("2026-01-05T10:30:00Z"));
            assert_eq!(lapses_at(requires_approval, "2026-01-05T11:55:00Z"), last);
        }
    }

    #[test]
    fn a_booking_that_stays_on_its_resource_keeps_what_was_agreed_and_goes_where_the_rules_of_today_let_it() {
        let agreed = BookingRules {
            buffer_after_minutes: 15,
            no_show_minutes: Some(30),
            change_cutoff_minutes: 60,
            ..BookingRules::default()
        };
        let today = BookingRules { buffer_after_minutes: 60, grid_minutes: 60, max_minutes: 120, ..BookingRules::default() };
        let expected = BookingRules { grid_minutes: 60, max_minutes: 120, ..agreed.clone() };
        assert_eq!(today.keeping(&agreed), expected);
    }

    #[test]
    fn a_customer_may_change_a_booking_until_the_cut_off() {
        let starts_at = at("2026-01-05T12:00:00Z");
        let code = |minutes, now| {
            let rules = BookingRules { change_cutoff_minutes: minutes, ..BookingRules::default() };
            rules.change_violation(at(now), starts_at).map(|violation| (violation.code, violation.overridable))
        };
        let late = Some((ViolationCode::TooLateToChange, true));
        assert_eq!((code(0, "2026-01-05T12:00:00Z"), code(0, "2026-01-05T12:00:01Z")), (None, late));
        assert_eq!((code(60, "2026-01-05T11:00:00Z"), code(60, "2026-01-05T11:00:01Z")), (None, late));
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
        let quota = json!({"per": "organization", "most_minutes": 600, "within": "week"});
        let raw = json!({
            "max_active_per_user": 0, "gap_minutes": -1, "change_cutoff_minutes": 527_041, "closed_on_public_holidays": "GB",
            "quotas": [quota, {"per": "firm", "within": "year", "at": "peak", "of": 1}, {"per": "user", "most_minutes": -1, "within": "day"}],
            "peak_hours": {"noon": []}, "bookable_by": {"kinds": ["club"], "organizations": 1, "names": []},
            "seasons": [{"from": "02-30", "to": "6-1"}, {"from": "11-01", "to": "02-29", "opening_hours": {"mon": [["8", "9"]]}}],
        });
        let expected = [
            "/closed_on_public_holidays wrong_type",
            "/peak_hours/noon unknown_field",
            "/bookable_by/organizations wrong_type",
            "/bookable_by/kinds wrong_type",
            "/bookable_by/names unknown_field",
            "/quotas/1/most_minutes required",
            "/quotas/1/per invalid",
            "/quotas/1/within invalid",
            "/quotas/1/of unknown_field",
            "/quotas/2/most_minutes out_of_range",
            "/seasons/0/opening_hours required",
            "/seasons/0/from invalid",
            "/seasons/0/to invalid",
            "/seasons/1/opening_hours/mon/0 invalid",
            "/max_active_per_user out_of_range",
            "/gap_minutes out_of_range",
            "/change_cutoff_minutes out_of_range",
        ];
        assert_eq!(pointers(raw), expected);
        let season = |from, to| json!({"from": from, "to": to, "opening_hours": {}});
        let shared = json!({"seasons": [season("12-01", "02-29"), season("03-01", "03-01"), season("02-29", "02-29")]});
        assert_eq!(pointers(shared), ["/seasons/2 invalid"]);
        let peak = json!({"quotas": [{"per": "user", "most_minutes": 0, "within": "day", "at": "peak"}]});
        assert_eq!(pointers(peak), ["/quotas/0/at invalid"]);
        let many = json!({
            "quotas": vec![quota; 11], "seasons": vec![season("01-01", "01-02"); 13],
            "bookable_by": {"organizations": vec!["019acb2e-5d00-7a31-8c55-0a4b1f6f2f10"; 201]},
        });
        assert_eq!(pointers(many), ["/bookable_by/organizations too_long", "/quotas too_long", "/seasons too_long"]);
        assert_eq!(pointers(json!([])), [" wrong_type"]);
    }
}
