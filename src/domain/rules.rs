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
    /// Reads rules as they are written; one that is left out or null has its default.
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
            max_active_per_organization: members.optional("max_active_per_organization"),
            opening_hours: None,
        };
        let hours: Option<RawOpeningHours> = members.optional("opening_hours");
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
            violations.add(ViolationCode::TooShort, format!("must last at least {} minutes", rules.min_minutes));
        }
        if length > TimeDelta::minutes(rules.max_minutes) {
            violations.add(ViolationCode::TooLong, format!("must last at most {} minutes", rules.max_minutes));
        }
        let (earliest, latest) = (self.earliest_start(now), self.latest_start(now));
        if starts_at < now {
            violations.add_final(ViolationCode::TooSoon, format!("must not start in the past; the earliest start is {earliest}"));
        } else if starts_at < earliest {
            let notice = rules.notice_minutes;
            violations
                .add(ViolationCode::TooSoon, format!("must be booked {notice} minutes ahead; the earliest start is {earliest}"));
        }
        if starts_at > latest {
            let days = rules.horizon_days;
            violations.add(ViolationCode::TooFar, format!("may be booked {days} days ahead; the latest start is {latest}"));
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
        format!("must start on a multiple of {grid} minutes from midnight, such as {nearest} ({timezone})")
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
