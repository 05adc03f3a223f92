//! The owner's rules for a resource, and what a wish for a slot breaks of them.

use chrono::{TimeDelta, Timelike};
use serde_json::Value;

use super::fields::{Fields, InvalidFields, Members};
use super::interval::Interval;
use super::opening_hours::{Calendar, DateExceptions, OpeningHours, RawOpeningHours};
use super::text_enum::text_enum;
use super::time::UtcTime;
use super::wall_clock::local_time;

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

/// A resource, as far as it decides about bookings.
#[derive(Debug, Clone, Copy)]
pub struct Bookable<'a> {
    /// When its site is open.
    pub calendar: Calendar<'a>,
    /// Its rules.
    pub rules: &'a BookingRules,
    /// How much of it there is.
    pub capacity: i32,
}

/// A wish to book a quantity of a resource for a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// When.
    pub interval: Interval,
    /// How much.
    pub quantity: i32,
    /// How many bookings of the resource that are not over the organization already has.
    pub active: i32,
}

impl Bookable<'_> {
    /// The times within a span at which a booking may take place, as far as hours go: in order, and
    /// no two of them touch.
    pub fn open(&self, within: Interval) -> Vec<Interval> {
        let open = self.calendar.open(within);
        let Some(hours) = &self.rules.opening_hours else { return open };
        let own = Calendar { hours, exceptions: DateExceptions::NONE, ..self.calendar };
        shared(&open, &own.open(within))
    }

    /// Every rule that a wish breaks; whether the time is still free is not asked here.
    pub fn violations(&self, now: UtcTime, wish: Wish) -> Vec<Violation> {
        let rules = self.rules;
        let (starts_at, length) = (wish.interval.starts_at(), wish.interval.duration());
        let mut violations = Violations(Vec::new());
        if !starts_at.is_whole_minute() || !wish.interval.ends_at().is_whole_minute() {
            violations.add_final(ViolationCode::NotWholeMinutes, "must start and end on a whole minute".to_owned());
        }
        if !self.is_on_grid(starts_at) {
            violations.add(ViolationCode::OffGrid, self.grid_around(starts_at));
        }
        if length < TimeDelta::minutes(rules.min_minutes) {
            violations.add(ViolationCode::TooShort, format!("must last at least {} min", rules.min_minutes));
        }
        if length > TimeDelta::minutes(rules.max_minutes) {
            violations.add(ViolationCode::TooLong, format!("must last at most {} min", rules.max_minutes));
        }
        let (earliest, latest) = (self.earliest_start(now), self.latest_start(now));
        if starts_at < now {
            violations.add_final(ViolationCode::TooSoon, format!("must not start in the past; the earliest start is {earliest}"));
        } else if starts_at < earliest {
            let notice = rules.notice_minutes;
            violations.add(ViolationCode::TooSoon, format!("the earliest start is {earliest} (notice: {notice} min)"));
        }
        if starts_at > latest {
            let days = rules.horizon_days;
            violations.add(ViolationCode::TooFar, format!("the latest start is {latest} (horizon: {days} d)"));
        }
        if self.open(wish.interval) != [wish.interval] {
            violations.add(ViolationCode::OutsideOpeningHours, self.hours_around(wish.interval));
        }
        if wish.quantity > self.capacity {
            violations
                .add_final(ViolationCode::QuantityExceedsCapacity, format!("must be a quantity of at most {}", self.capacity));
        }
        if let Some(most) = rules.max_active_per_organization.filter(|most| wish.active >= *most) {
            let detail = format!("an organization may have at most {most} bookings of this resource that are not over");
            violations.add(ViolationCode::TooManyActive, detail);
        }
        violations.0
    }

    /// When a booking made now may start, as far as notice and horizon go, if at all.
    pub fn starts(&self, now: UtcTime) -> Option<Interval> {
        Interval::new(self.earliest_start(now), self.latest_start(now) + UtcTime::TICK).ok()
    }

    /// Whether a booking may be so long.
    pub fn allows(&self, length: TimeDelta) -> bool {
        let allowed = TimeDelta::minutes(self.rules.min_minutes)..=TimeDelta::minutes(self.rules.max_minutes);
        allowed.contains(&length) && TimeDelta::minutes(length.num_minutes()) == length
    }

    fn earliest_start(&self, now: UtcTime) -> UtcTime {
        now + TimeDelta::minutes(self.rules.notice_minutes)
    }

    fn latest_start(&self, now: UtcTime) -> UtcTime {
        now + TimeDelta::days(self.rules.horizon_days)
    }

    fn is_on_grid(&self, at: UtcTime) -> bool {
        let local = local_time(self.calendar.timezone, at);
        at.is_whole_minute() && i64::from(local.hour() * 60 + local.minute()) % self.rules.grid_minutes == 0
    }

    fn grid_around(&self, at: UtcTime) -> String {
        let (grid, timezone) = (self.rules.grid_minutes, self.calendar.timezone);
        let local = local_time(timezone, at);
        let before = i64::from(local.hour() * 60 + local.minute()) / grid * grid;
        let after = (before + grid) % 1440;
        let [before, after] = [before, after].map(|minute| format!("{:02}:{:02}", minute / 60, minute % 60));
        let nearest = if before == after { before } else { format!("{before} or {after}") };
        format!("must start on a multiple of {grid} min from midnight, such as {nearest} ({timezone})")
    }

    fn hours_around(&self, wished: Interval) -> String {
        const MOST_NAMED: usize = 3;
        let timezone = self.calendar.timezone;
        let near = wished.widened(TimeDelta::days(1), TimeDelta::days(1));
        // Looked for from farther away, so that the first and last span are named whole.
        let mut open = self.open(near.widened(TimeDelta::days(1), TimeDelta::days(1)));
        open.retain(|span| span.overlaps(near));
        if open.is_empty() {
            return format!("is closed from a day before to a day after ({timezone})");
        }
        let local = |at| local_time(timezone, at).format("%Y-%m-%d %H:%M");
        let named = open.iter().take(MOST_NAMED).map(|span| format!("{} to {}", local(span.starts_at()), local(span.ends_at())));
        let more = if open.len() > MOST_NAMED { " …" } else { "" };
        format!("must lie within opening hours: {}{more} ({timezone})", named.collect::<Vec<_>>().join(", "))
    }
}

/// The times that two ordered lists share.
fn shared(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut shared = Vec::new();
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        shared.extend(one.intersection(**other));
        if one.ends_at() < other.ends_at() {
            a.next()
        } else {
            b.next()
        };
    }
    shared
}

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
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::domain::oracle::{Site, any_raw_hours, any_site_and_window, at, between, spans_where};

    const NOW: &str = "2026-01-05T09:30:00Z";

    fn pointers(raw: Value) -> Vec<String> {
        let errors = BookingRules::read(&raw).unwrap_err().0;
        errors.into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect()
    }

    fn weekdays() -> Site {
        let day = [["08:00", "18:00"]];
        Site::of("Europe/London", json!({"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}), json!([]))
    }

    fn violations(rules: &BookingRules, interval: Interval) -> Vec<Violation> {
        weekdays().bookable(rules, 2).violations(at(NOW), Wish { interval, quantity: 1, active: 0 })
    }

    fn codes(violations: &[Violation]) -> Vec<(&'static str, bool)> {
        violations.iter().map(|violation| (violation.code.as_str(), violation.overridable)).collect()
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

    #[test]
    fn a_wish_within_the_rules_breaks_none() {
        assert_eq!(violations(&BookingRules::default(), between("2026-01-05T09:30:00Z", "2026-01-05T18:00:00Z")), []);
    }

    #[test]
    fn all_that_a_wish_breaks_is_told_at_once_with_what_would_be_accepted() {
        let rules =
            BookingRules { max_active_per_organization: Some(3), notice_minutes: 60, min_minutes: 60, ..BookingRules::default() };
        let wish = Wish { interval: between("2026-01-05T07:50:30Z", "2026-01-05T08:20:30Z"), quantity: 3, active: 3 };
        let found = weekdays().bookable(&rules, 2).violations(at(NOW), wish);
        let expected = [
            ("not_whole_minutes", false),
            ("off_grid", true),
            ("too_short", true),
            ("too_soon", false),
            ("outside_opening_hours", true),
            ("quantity_exceeds_capacity", false),
            ("too_many_active", true),
        ];
        assert_eq!(codes(&found), expected);
        let details: Vec<_> = found.iter().map(|violation| violation.detail.as_str()).collect();
        let expected = [
            "must start and end on a whole minute",
            "must start on a multiple of 15 min from midnight, such as 07:45 or 08:00 (Europe/London)",
            "must last at least 60 min",
            "must not start in the past; the earliest start is 2026-01-05T10:30:00Z",
            "must lie within opening hours: 2026-01-05 08:00 to 2026-01-05 18:00, 2026-01-06 08:00 to 2026-01-06 18:00 (Europe/London)",
            "must be a quantity of at most 2",
            "an organization may have at most 3 bookings of this resource that are not over",
        ];
        assert_eq!(details, expected);
    }

    #[test]
    fn the_past_stays_closed_to_everyone_and_the_notice_to_those_who_may_not_override() {
        let rules = BookingRules { notice_minutes: 60, grid_minutes: 1, min_minutes: 1, ..BookingRules::default() };
        let starting = |start| codes(&violations(&rules, between(start, "2026-01-05T11:00:00Z"))).first().copied();
        assert_eq!(starting("2026-01-05T09:29:00Z"), Some(("too_soon", false)));
        assert_eq!(starting("2026-01-05T09:30:00Z"), Some(("too_soon", true)));
        assert_eq!(starting("2026-01-05T10:29:00Z"), Some(("too_soon", true)));
        assert_eq!(starting("2026-01-05T10:30:00Z"), None);
    }

    #[test]
    fn a_booking_may_start_at_the_horizon_and_last_beyond_it() {
        let rules = BookingRules { horizon_days: 1, ..BookingRules::default() };
        assert_eq!(violations(&rules, between("2026-01-06T09:30:00Z", "2026-01-06T18:00:00Z")), []);
        let late = violations(&rules, between("2026-01-06T09:45:00Z", "2026-01-06T18:00:00Z"));
        assert_eq!(codes(&late), [("too_far", true)]);
        assert_eq!(late[0].detail, "the latest start is 2026-01-06T09:30:00Z (horizon: 1 d)");
    }

    #[test]
    fn a_booking_may_be_as_short_and_as_long_as_the_rules_say() {
        let rules = BookingRules { min_minutes: 60, max_minutes: 90, ..BookingRules::default() };
        let lasting = |end| codes(&violations(&rules, between("2026-01-05T10:00:00Z", end))).first().map(|(code, _)| *code);
        assert_eq!(lasting("2026-01-05T10:59:00Z"), Some("too_short"));
        assert_eq!(lasting("2026-01-05T11:00:00Z"), None);
        assert_eq!(lasting("2026-01-05T11:30:00Z"), None);
        assert_eq!(lasting("2026-01-05T11:31:00Z"), Some("too_long"));
    }

    #[test]
    fn a_booking_may_not_reach_over_a_closed_time() {
        let over_night = violations(&BookingRules::default(), between("2026-01-05T17:00:00Z", "2026-01-06T09:00:00Z"));
        assert_eq!(codes(&over_night), [("outside_opening_hours", true)]);
        let hours =
            "2026-01-05 08:00 to 2026-01-05 18:00, 2026-01-06 08:00 to 2026-01-06 18:00, 2026-01-07 08:00 to 2026-01-07 18:00";
        assert_eq!(over_night[0].detail, format!("must lie within opening hours: {hours} (Europe/London)"));
        let sunday = violations(&BookingRules::default(), between("2026-01-11T10:00:00Z", "2026-01-11T11:00:00Z"));
        assert_eq!(sunday[0].detail, "must lie within opening hours: 2026-01-12 08:00 to 2026-01-12 18:00 (Europe/London)");
        let closed = Site::of("Europe/London", json!({}), json!([]));
        let wish = Wish { interval: between("2026-01-11T10:00:00Z", "2026-01-11T11:00:00Z"), quantity: 1, active: 0 };
        let found = closed.bookable(&BookingRules::default(), 1).violations(at(NOW), wish);
        assert_eq!(found[0].detail, "is closed from a day before to a day after (Europe/London)");
    }

    #[test]
    fn hours_of_its_own_only_narrow_those_of_the_site() {
        let own = json!({"opening_hours": {"mon": [["17:00", "20:00"]], "sat": [["08:00", "12:00"]]}});
        let rules = BookingRules::read(&own).unwrap();
        let week = between("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
        assert_eq!(weekdays().bookable(&rules, 1).open(week), [between("2026-01-05T17:00:00Z", "2026-01-05T18:00:00Z")]);
    }

    #[test]
    fn the_grid_counts_from_local_midnight_whatever_the_clocks_do() {
        let site = Site::of("Europe/London", json!(OpeningHours::always()), json!([]));
        let rules = BookingRules { grid_minutes: 120, ..BookingRules::default() };
        let starting = |start, end| {
            let wish = Wish { interval: between(start, end), quantity: 1, active: 0 };
            codes(&site.bookable(&rules, 1).violations(at(NOW), wish)).first().map(|(code, _)| *code)
        };
        // 02:00 local is an hour after midnight in the night of spring.
        assert_eq!(starting("2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"), None);
        assert_eq!(starting("2026-03-29T02:00:00Z", "2026-03-29T03:00:00Z"), Some("off_grid"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_resource_is_open_when_its_site_and_its_own_hours_are((site, window) in any_site_and_window(6000), own in any_raw_hours()) {
            let rules = BookingRules { opening_hours: Some(OpeningHours::read(&own).unwrap()), ..BookingRules::default() };
            let own = Site::new(site.calendar().timezone, own, Vec::new());
            let expected = spans_where(window, |minute| site.is_open(minute) && own.is_open(minute));
            prop_assert_eq!(site.bookable(&rules, 1).open(window), expected);
        }
    }
}
