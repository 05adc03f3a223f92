//! The booking rules of a resource. [`bookable`] and [`judge`] check slots against them.

pub mod bookable;
pub mod judge;

mod charges;
mod customers;
mod deadlines;
mod fees;
mod hours;
mod near;
mod notice;
mod operators;
mod quotas;
mod seasons;
mod shifts;
mod violations;

pub use customers::{BookableBy, Customer, QuotaUsage};
pub use fees::{CancellationFee, FeeAfter, percent_of};
pub use operators::BusyTime;
pub use quotas::{Quota, QuotaPeriod, QuotaSubject, QuotaTime};
pub use seasons::Season;
pub use shifts::Shifts;
pub use violations::{Violation, ViolationCode};

use chrono::TimeDelta;
use serde_json::Value;

use super::fields::{Fields, InvalidFields, Members};
use super::ids::CertificationKindId;
use super::interval::Interval;
use super::limits;
use super::opening_hours::{Calendar, OpeningHours, RawOpeningHours, RawSpan};
use super::text_enum::text_enum;
use crate::said::said;

/// The longest buffer before or after a booking.
pub const LONGEST_BUFFER: TimeDelta = TimeDelta::minutes(*limits::BufferMinutes::RANGE.end());

text_enum! {
    /// The part of a booking that must lie in the opening hours.
    pub enum OpeningHoursBind {
        /// The start and the end. Goods can stay while the site is closed.
        StartAndEnd = "start_and_end",
        /// The whole time.
        WholeTime = "whole_time",
    }
}

text_enum! {
    /// The instant from which the grid of starts is counted.
    pub enum GridFrom {
        /// Local midnight.
        Midnight = "midnight",
        /// The last opening before the start.
        Opening = "opening",
    }
}

text_enum! {
    /// The time that counts as notice.
    pub enum NoticeCounts {
        /// All time that passes.
        Clock = "clock",
        /// The time in which the resource is open.
        OpeningHours = "opening_hours",
    }
}

/// The booking rules of a resource. Managers of the host set them. Existing bookings keep the version under which they were
/// made.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BookingRules {
    /// Start grid in minutes: a booking starts at a multiple of this number of minutes after `grid_from`. Must divide 1440 if that is
    /// midnight. Default: 15.
    #[schema(value_type = limits::GridMinutes)]
    pub grid_minutes: i64,
    /// Where the grid begins: at local midnight, or at the opening. Default: `midnight`.
    pub grid_from: GridFrom,
    /// Fixed shifts of every day, as spans of local time like those of `opening_hours`: a booking is exactly one of them, and the grid
    /// does not count. Default: none.
    pub shifts: Shifts,
    /// The length of the shortest booking in minutes. A multiple of 1440 is a number of local days, also when the clocks change.
    /// Any other number is met by the time that passes or by the clock at the site. Default: 15.
    #[schema(value_type = limits::BookingMinutes)]
    pub min_minutes: i64,
    /// The length of the longest booking in minutes, at least `min_minutes`, counted like `min_minutes`. Default: 43,200 (30 days).
    #[schema(value_type = limits::BookingMinutes)]
    pub max_minutes: i64,
    /// A booking must be made at least this many minutes before its start. Default: 0.
    #[schema(value_type = limits::GapMinutes)]
    pub notice_minutes: i64,
    /// The time that counts as notice: all time, or only the opening hours of the resource. With `opening_hours`, `notice_minutes` is
    /// at most 10,080. Default: `clock`.
    pub notice_counts: NoticeCounts,
    /// A booking can start at most this many days ahead, counted by the local date: with 7, every time of the same weekday of next
    /// week can be booked during the whole day today. Default: 365.
    #[schema(value_type = limits::HorizonDays)]
    pub horizon_days: i64,
    /// Minutes that are kept free before every booking, to set up. Default: 0.
    #[schema(value_type = limits::BufferMinutes)]
    pub buffer_before_minutes: i64,
    /// Minutes that are kept free after every booking, to clean. Default: 0.
    #[schema(value_type = limits::BufferMinutes)]
    pub buffer_after_minutes: i64,
    /// True: a manager of the host must approve each booking. Default: false.
    pub requires_approval: bool,
    /// True: payment comes first. Each booking is held until a manager of the host confirms that the payment has arrived, for
    /// at most `hold_minutes`; an offer to a waitlist entry is held for at most `offer_minutes`. Default: false.
    pub requires_payment: bool,
    /// How long a hold lasts, in minutes. Default: 15.
    #[schema(value_type = limits::WeekMinutes)]
    pub hold_minutes: i64,
    /// How long the customer has to answer an offer to a waitlist entry, in minutes. Slots that start sooner are not offered. An offer
    /// of the host to a customer lasts as long, at most until its start. Default: 240.
    #[schema(value_type = limits::WeekMinutes)]
    pub offer_minutes: i64,
    /// How long a request waits for approval, in minutes. A request always expires at its start. Default: until its start.
    #[schema(value_type = Option<limits::BookingMinutes>)]
    pub answer_minutes: Option<i64>,
    /// How many minutes before its start a booking can be checked in. Default: 15.
    #[schema(value_type = limits::DayMinutes)]
    pub check_in_minutes: i64,
    /// While a booking is still in use after its end, no other booking that needs its capacity can start within this many minutes
    /// from now. Default: 60. With 0, bookings can start at once.
    #[schema(value_type = limits::OverrunGuardMinutes)]
    pub overrun_guard_minutes: i64,
    /// How many minutes after its start a booking without check-in becomes a no-show; the rest of its time is then free.
    /// Default, and with null: no check-in is required.
    #[schema(value_type = Option<limits::WeekMinutes>)]
    pub no_show_minutes: Option<i64>,
    /// The largest number of bookings that an organization can have at the same time, not counting past ones. Default: no
    /// limit.
    #[schema(value_type = Option<limits::ActiveBookings>)]
    pub max_active_per_organization: Option<i32>,
    /// The largest number of bookings that a user can have at the same time for all organizations together, not counting past
    /// ones. Default: no limit.
    #[schema(value_type = Option<limits::ActiveBookings>)]
    pub max_active_per_user: Option<i32>,
    /// Limits on the booked minutes of an organization or user per day, week or month, of this resource alone or of all resources that
    /// share the quota. Active and used bookings count; cancelled, declined and expired ones do not. Default: none.
    #[schema(value_type = limits::Quotas<Quota>)]
    pub quotas: Vec<Quota>,
    /// The weekly peak hours, for quotas with `at: peak`. Default: none.
    pub peak_hours: Option<OpeningHours>,
    /// The minutes that an organization must leave between two of its own bookings of the resource. Default: 0, so bookings can
    /// touch.
    #[schema(value_type = limits::GapMinutes)]
    pub gap_minutes: i64,
    /// The kinds of certification that the operator of the machine must hold during the whole booking: kinds of the host, or
    /// kinds that are shared with it. Default: none.
    #[schema(value_type = limits::RequiredCertifications<CertificationKindId>)]
    pub required_certification_ids: Vec<CertificationKindId>,
    /// True: the operator of this machine can operate other machines of the host at the same time. Otherwise a booking is refused while
    /// its operator has another machine of the host, unless both are booked in one group. Default: false.
    pub operator_can_run_several: bool,
    /// Opening hours of the resource inside those of the site. Default, and with null: the hours of the site. Where the site is open
    /// less than the resource, after its hours have changed, the resource is closed, too.
    pub opening_hours: Option<OpeningHours>,
    /// The part of a booking that must lie in the opening hours. Default, and with null: `start_and_end` for storage and floor
    /// space, `whole_time` for machines.
    pub opening_hours_bind: Option<OpeningHoursBind>,
    /// Opening hours for parts of the year, which replace `opening_hours`. Two seasons cannot share a day. Default: none.
    #[schema(value_type = limits::Seasons<seasons::RawSeason>)]
    pub seasons: Vec<Season>,
    /// True: closed on the public holidays of the site's country. Known countries: AT, BE, CZ, DE, DK, FI, FR, GB (each nation,
    /// by postal code), IE, IT, LU, NL, NO, PL, PT, SE and US, with the holidays of the whole country. An exception of the site
    /// for the same date has priority; use one for holidays of a region or of a single year. Default: false.
    pub closed_on_public_holidays: bool,
    /// The customer can cancel or reschedule a confirmed booking until this many minutes before it starts. Managers of the host
    /// always can. Default: 0.
    #[schema(value_type = limits::GapMinutes)]
    pub change_cutoff_minutes: i64,
    /// For this many minutes after a booking is confirmed the customer can cancel or reschedule it in spite of the cut-off, until it
    /// starts. Default: 15.
    #[schema(value_type = limits::GraceMinutes)]
    pub grace_minutes: i64,
    /// As `grace_minutes`, after the host has rescheduled the booking. Default: 1,440 (a day).
    #[schema(value_type = limits::GraceMinutes)]
    pub host_change_grace_minutes: i64,
    /// The fees for a cancellation by the customer before the cut-off but shortly before the start, each with fewer minutes and a
    /// larger percentage than the one before it. While a fee is due, the customer cannot reschedule the booking. No fee is due within
    /// the grace, before the booking is confirmed, while the resource is out of order at the start, or if the host cancels.
    /// Default: none.
    #[schema(value_type = limits::CancellationFees<CancellationFee>)]
    pub cancellation_fees: Vec<CancellationFee>,
    /// The fee for a no-show, in percent of the price: it replaces the price. Default: 100.
    #[schema(value_type = limits::NoShowFeePercent)]
    pub no_show_fee_percent: i64,
    /// The fee for a check-out after the end, in percent of the price of the additional time by the tariff. Default: 0, no fee.
    #[schema(value_type = limits::OverrunFeePercent)]
    pub overrun_fee_percent: i64,
    /// The customers that can book. Default: all.
    pub bookable_by: BookableBy,
}

impl Default for BookingRules {
    fn default() -> Self {
        Self {
            grid_minutes: 15,
            grid_from: GridFrom::Midnight,
            shifts: Shifts::default(),
            min_minutes: 15,
            max_minutes: 30 * 1440,
            notice_minutes: 0,
            notice_counts: NoticeCounts::Clock,
            horizon_days: 365,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            requires_approval: false,
            requires_payment: false,
            hold_minutes: 15,
            offer_minutes: 240,
            answer_minutes: None,
            check_in_minutes: 15,
            overrun_guard_minutes: 60,
            no_show_minutes: None,
            max_active_per_organization: None,
            max_active_per_user: None,
            quotas: Vec::new(),
            peak_hours: None,
            gap_minutes: 0,
            required_certification_ids: Vec::new(),
            operator_can_run_several: false,
            opening_hours: None,
            opening_hours_bind: None,
            seasons: Vec::new(),
            closed_on_public_holidays: false,
            change_cutoff_minutes: 0,
            grace_minutes: 15,
            host_change_grace_minutes: 1440,
            cancellation_fees: Vec::new(),
            no_show_fee_percent: 100,
            overrun_fee_percent: 0,
            bookable_by: BookableBy::default(),
        }
    }
}

impl BookingRules {
    /// Reads rules from their JSON form. A missing rule has its default.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let default = Self::default();
        let mut members = Members::of(raw);
        let rules = Self {
            grid_minutes: members.optional("grid_minutes").unwrap_or(default.grid_minutes),
            grid_from: members.optional("grid_from").unwrap_or(default.grid_from),
            min_minutes: members.optional("min_minutes").unwrap_or(default.min_minutes),
            max_minutes: members.optional("max_minutes").unwrap_or(default.max_minutes),
            notice_minutes: members.optional("notice_minutes").unwrap_or(default.notice_minutes),
            notice_counts: members.optional("notice_counts").unwrap_or(default.notice_counts),
            horizon_days: members.optional("horizon_days").unwrap_or(default.horizon_days),
            buffer_before_minutes: members.optional("buffer_before_minutes").unwrap_or(default.buffer_before_minutes),
            buffer_after_minutes: members.optional("buffer_after_minutes").unwrap_or(default.buffer_after_minutes),
            requires_approval: members.optional("requires_approval").unwrap_or(default.requires_approval),
            requires_payment: members.optional("requires_payment").unwrap_or(default.requires_payment),
            hold_minutes: members.optional("hold_minutes").unwrap_or(default.hold_minutes),
            offer_minutes: members.optional("offer_minutes").unwrap_or(default.offer_minutes),
            answer_minutes: members.optional("answer_minutes").flatten(),
            check_in_minutes: members.optional("check_in_minutes").unwrap_or(default.check_in_minutes),
            overrun_guard_minutes: members.optional("overrun_guard_minutes").unwrap_or(default.overrun_guard_minutes),
            no_show_minutes: members.optional("no_show_minutes").flatten(),
            max_active_per_organization: members.optional("max_active_per_organization").flatten(),
            max_active_per_user: members.optional("max_active_per_user").flatten(),
            gap_minutes: members.optional("gap_minutes").unwrap_or(default.gap_minutes),
            closed_on_public_holidays: members.optional("closed_on_public_holidays").unwrap_or(default.closed_on_public_holidays),
            change_cutoff_minutes: members.optional("change_cutoff_minutes").unwrap_or(default.change_cutoff_minutes),
            grace_minutes: members.optional("grace_minutes").unwrap_or(default.grace_minutes),
            host_change_grace_minutes: members.optional("host_change_grace_minutes").unwrap_or(default.host_change_grace_minutes),
            required_certification_ids: members.optional("required_certification_ids").unwrap_or_default(),
            operator_can_run_several: members.optional("operator_can_run_several").unwrap_or(default.operator_can_run_several),
            no_show_fee_percent: members.optional("no_show_fee_percent").unwrap_or(default.no_show_fee_percent),
            overrun_fee_percent: members.optional("overrun_fee_percent").unwrap_or(default.overrun_fee_percent),
            ..default
        };
        let hours: [Option<RawOpeningHours>; 2] = ["opening_hours", "peak_hours"].map(|name| members.optional(name).flatten());
        let [quotas, seasons, cancellation_fees]: [Vec<Value>; 3] =
            ["quotas", "seasons", "cancellation_fees"].map(|name| members.optional(name).unwrap_or_default());
        let shifts: Vec<RawSpan> = members.optional("shifts").unwrap_or_default();
        let bookable_by: Option<Value> = members.optional("bookable_by").flatten();
        let opening_hours_bind = members.optional("opening_hours_bind").flatten();
        let mut fields = members.close();
        let [opening_hours, peak_hours] = hours;
        let opening_hours = opening_hours.map(|hours| fields.nest("/opening_hours", OpeningHours::read(&hours)));
        let peak_hours = peak_hours.map(|hours| fields.nest("/peak_hours", OpeningHours::read(&hours)));
        let shifts = fields.nest("/shifts", Shifts::read(&shifts)).unwrap_or_default();
        let bookable_by = bookable_by.map(|raw| fields.nest("/bookable_by", BookableBy::read(&raw)));
        let rules = Self {
            opening_hours: opening_hours.flatten(),
            shifts,
            opening_hours_bind,
            peak_hours: peak_hours.flatten(),
            bookable_by: bookable_by.flatten().unwrap_or_default(),
            quotas: fields.each("/quotas", &quotas, limits::Quotas::RANGE, Quota::read),
            seasons: fields.each("/seasons", &seasons, limits::Seasons::RANGE, Season::read),
            cancellation_fees: fields.each(
                "/cancellation_fees",
                &cancellation_fees,
                limits::CancellationFees::RANGE,
                CancellationFee::read,
            ),
            ..rules
        };
        rules.check(&mut fields);
        fields.finish(|| Some(rules))
    }

    fn check(&self, fields: &mut Fields) {
        let grid = fields.number("/grid_minutes", self.grid_minutes, limits::GridMinutes::RANGE);
        if self.grid_from == GridFrom::Midnight && grid.is_some_and(|grid| 1440 % grid != 0) {
            fields.refuse(
                "/grid_minutes",
                "invalid",
                said!(
                    "must divide the 1440 minutes of a day, or count from the opening; it is {grid_minutes}",
                    grid_minutes = self.grid_minutes
                ),
            );
        }
        let shortest = fields.number("/min_minutes", self.min_minutes, limits::BookingMinutes::RANGE);
        let longest = fields.number("/max_minutes", self.max_minutes, limits::BookingMinutes::RANGE);
        if shortest.zip(longest).is_some_and(|(shortest, longest)| shortest > longest) {
            fields.refuse(
                "/max_minutes",
                "invalid",
                said!("must be at least min_minutes, which is {min_minutes}", min_minutes = self.min_minutes),
            );
        }
        let most = match self.notice_counts {
            NoticeCounts::Clock => *limits::GapMinutes::RANGE.end(),
            // The hours of so many days are added up for each booking.
            NoticeCounts::OpeningHours => *limits::WeekMinutes::RANGE.end(),
        };
        fields.number("/notice_minutes", self.notice_minutes, 0..=most);
        fields.number("/horizon_days", self.horizon_days, limits::HorizonDays::RANGE);
        fields.number("/buffer_before_minutes", self.buffer_before_minutes, limits::BufferMinutes::RANGE);
        fields.number("/buffer_after_minutes", self.buffer_after_minutes, limits::BufferMinutes::RANGE);
        fields.number("/hold_minutes", self.hold_minutes, limits::WeekMinutes::RANGE);
        fields.number("/offer_minutes", self.offer_minutes, limits::WeekMinutes::RANGE);
        if let Some(minutes) = self.answer_minutes {
            fields.number("/answer_minutes", minutes, limits::BookingMinutes::RANGE);
        }
        fields.number("/check_in_minutes", self.check_in_minutes, limits::DayMinutes::RANGE);
        fields.number("/overrun_guard_minutes", self.overrun_guard_minutes, limits::OverrunGuardMinutes::RANGE);
        if let Some(minutes) = self.no_show_minutes {
            fields.number("/no_show_minutes", minutes, limits::WeekMinutes::RANGE);
        }
        if let Some(most) = self.max_active_per_organization {
            fields.number("/max_active_per_organization", most, limits::ActiveBookings::RANGE);
        }
        if let Some(most) = self.max_active_per_user {
            fields.number("/max_active_per_user", most, limits::ActiveBookings::RANGE);
        }
        for (at, quota) in self.quotas.iter().enumerate() {
            if quota.at == QuotaTime::Peak && self.peak_hours.is_none() {
                fields.refuse(format!("/quotas/{at}/at"), "invalid", said!("must be all, because the rules have no peak_hours"));
            }
        }
        fields.number("/gap_minutes", self.gap_minutes, limits::GapMinutes::RANGE);
        Season::check(&self.seasons, fields);
        self.check_fees(fields);
        fields.number("/change_cutoff_minutes", self.change_cutoff_minutes, limits::GapMinutes::RANGE);
        fields.number("/grace_minutes", self.grace_minutes, limits::GraceMinutes::RANGE);
        fields.number("/host_change_grace_minutes", self.host_change_grace_minutes, limits::GraceMinutes::RANGE);
        let required = &self.required_certification_ids;
        fields.list("/required_certification_ids", required, limits::RequiredCertifications::RANGE, said!("kinds"));
        for (index, kind) in required.iter().enumerate().filter(|(index, kind)| required[..*index].contains(kind)) {
            fields.refuse(format!("/required_certification_ids/{index}"), "invalid", said!("{kind} is listed twice", kind));
        }
    }

    /// Checks that the site can be open in all hours of the resource: in a normal week, or on an exception. Hours that were there
    /// `before` can stay.
    pub fn check_hours(&self, before: Option<&Self>, site: Calendar<'_>, fields: &mut Fields) {
        if self.opening_hours.as_ref() != before.and_then(|before| before.opening_hours.as_ref()) {
            let hours = self.opening_hours.as_ref();
            hours.into_iter().for_each(|hours| hours.check_within(site, "/booking_rules/opening_hours", fields));
        }
        if Some(&self.seasons) != before.map(|before| &before.seasons) {
            Season::check_within(&self.seasons, site, "/booking_rules/seasons", fields);
        }
    }

    /// Returns the length of the first shift or, without shifts, of the shortest booking, in minutes.
    pub fn usual_minutes(&self) -> i64 {
        self.shifts.first_minutes().unwrap_or(self.min_minutes)
    }

    /// Returns the time kept free before a booking.
    pub fn buffer_before(&self) -> TimeDelta {
        TimeDelta::minutes(self.buffer_before_minutes)
    }

    /// Returns the time kept free after a booking.
    pub fn buffer_after(&self) -> TimeDelta {
        TimeDelta::minutes(self.buffer_after_minutes)
    }

    /// Returns how long before its start a booking must be made, if all time counts. A request gets at least one minute, because it expires at its
    /// start.
    fn notice(&self) -> TimeDelta {
        TimeDelta::minutes(self.notice_minutes.max(i64::from(self.requires_approval)))
    }

    /// Returns the rules for a booking that was made under `agreed` and stays on its resource. The new time must follow the
    /// current rules; the other agreed rules stay.
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
            grace_minutes: agreed.grace_minutes,
            host_change_grace_minutes: agreed.host_change_grace_minutes,
            cancellation_fees: agreed.cancellation_fees.clone(),
            no_show_fee_percent: agreed.no_show_fee_percent,
            overrun_fee_percent: agreed.overrun_fee_percent,
            required_certification_ids: agreed.required_certification_ids.clone(),
            operator_can_run_several: agreed.operator_can_run_several,
            ..self.clone()
        }
    }

    /// Returns how long before its start a booking can be checked in.
    pub fn check_in_opens(&self) -> TimeDelta {
        TimeDelta::minutes(self.check_in_minutes)
    }

    /// Returns how long before its start a booking can be refused because another one is still in use after its end.
    pub fn overrun_guard(&self) -> TimeDelta {
        TimeDelta::minutes(self.overrun_guard_minutes)
    }

    /// Returns the time that a booking takes with its buffers. Only allocations that overlap it can conflict with a booking
    /// within the span.
    pub fn allocation(&self, booking: Interval) -> Interval {
        booking.widened(self.buffer_before(), self.buffer_after())
    }

    /// Returns whether the rules need the kind of the customer.
    pub const fn asks_for_kind(&self) -> bool {
        self.bookable_by.kinds.is_some()
    }

    /// Returns the largest number of bookings that are not over.
    pub const fn most_active(&self, per: QuotaSubject) -> Option<i32> {
        match per {
            QuotaSubject::Organization => self.max_active_per_organization,
            QuotaSubject::User => self.max_active_per_user,
        }
    }

    /// Returns the time that must be kept free between two bookings of an organization.
    fn gap(&self) -> TimeDelta {
        TimeDelta::minutes(self.gap_minutes)
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
        let more = BookingRules::read(&json!({
            "quotas": [{"per": "user", "most_minutes": 60, "within": "day", "shared": " lasers "}],
            "peak_hours": {"mon": [["08:00", "12:00"]]},
            "seasons": [{"from": "11-01", "to": "02-29", "opening_hours": {"sun": []}}], "bookable_by": {"kinds": ["startup"]},
        }));
        let rules = BookingRules { opening_hours: rules.opening_hours, max_active_per_organization: Some(3), ..more.unwrap() };
        assert!(rules.shared_quotas().iter().eq(["lasers"].iter()));
        assert_eq!(BookingRules::read(&json!(rules)), Ok(rules.clone()));
        assert_eq!(serde_json::from_str::<BookingRules>(&json!(rules).to_string()).unwrap(), rules);
        assert!(serde_json::from_str::<BookingRules>(r#"{"grid": 15}"#).is_err());
    }

    #[test]
    fn a_booking_that_stays_on_its_resource_keeps_what_was_agreed_and_goes_where_the_rules_of_today_let_it() {
        let agreed = BookingRules {
            buffer_after_minutes: 15,
            no_show_minutes: Some(30),
            change_cutoff_minutes: 60,
            ..BookingRules::default()
        };
        let quota = Quota {
            per: QuotaSubject::User,
            most_minutes: 60,
            within: QuotaPeriod::Day,
            at: QuotaTime::All,
            shared: Some("lasers".to_owned()),
        };
        let quotas = vec![quota];
        let today = BookingRules {
            buffer_after_minutes: 60,
            grid_minutes: 60,
            max_minutes: 120,
            quotas: quotas.clone(),
            ..BookingRules::default()
        };
        let expected = BookingRules { grid_minutes: 60, max_minutes: 120, quotas, ..agreed.clone() };
        assert_eq!(today.keeping(&agreed), expected);
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
            "/bookable_by/kinds/0 invalid",
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
        let shared = |name: Value| json!({"quotas": [{"per": "user", "most_minutes": 0, "within": "day", "shared": name}]});
        let wrong = [json!(" "), json!("é".repeat(61)), json!("a\nb"), json!("a\u{200b}b"), json!(1)];
        let codes = ["required", "too_long", "invalid", "invalid", "wrong_type"];
        assert_eq!(wrong.map(|name| pointers(shared(name))), codes.map(|code| [format!("/quotas/0/shared {code}")]));
        assert!(BookingRules::read(&shared(json!("é".repeat(60)))).is_ok() && BookingRules::read(&shared(Value::Null)).is_ok());
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
