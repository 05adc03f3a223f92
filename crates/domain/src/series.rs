//! Series: bookings made from one recurrence rule.

use chrono::NaiveDate;

use super::alternatives::Alternative;
use super::interval::Interval;
use super::money::Money;
use super::problem::Code;
use super::rules::Violation;
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// What becomes of a series some of whose occurrences cannot be booked.
    pub enum OnClash {
        /// Nothing is booked.
        Refuse = "refuse",
        /// The others are booked.
        Skip = "skip",
    }
}

/// One occurrence of a series, and what stands in its way.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Occurrence {
    /// The day on which it starts, at the site.
    #[schema(value_type = String, format = Date)]
    pub date: NaiveDate,
    /// From this instant; null where the clocks at the site skip its hours.
    #[schema(required)]
    pub starts_at: Option<UtcTime>,
    /// Up to but not including this one.
    #[schema(required)]
    pub ends_at: Option<UtcTime>,
    /// What it costs.
    #[schema(required)]
    pub price: Option<Money>,
    /// Whether it can be booked.
    pub is_bookable: bool,
    /// The rules that it breaks.
    pub violations: Vec<Violation>,
    /// When the quantity is not free; never because of whom.
    pub conflicts: Vec<Interval>,
    /// What could be booked instead, the best first; looked for where a series is refused, for the first few that are taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub alternatives: Vec<Alternative>,
}

/// The problem that a refused series is.
pub fn problem(refused: &[Occurrence]) -> Code {
    let mut broken = refused.iter().flat_map(|occurrence| &occurrence.violations).peekable();
    // What has to be asked for in another way comes before what may only be taken now.
    if broken.peek().is_none() { Code::SlotUnavailable } else { Code::BookingRulesViolated }
}

impl Occurrence {
    /// One that can be booked.
    pub fn bookable(date: NaiveDate, interval: Interval, price: Money) -> Self {
        Self { is_bookable: true, ..Self::refused(date, Some(interval), Some(price), Vec::new(), Vec::new()) }
    }

    /// When it is, unless the clocks skip it.
    pub fn interval(&self) -> Option<Interval> {
        Interval::new(self.starts_at?, self.ends_at?).ok()
    }

    /// One that cannot be booked.
    pub fn refused(
        date: NaiveDate,
        interval: Option<Interval>,
        price: Option<Money>,
        violations: Vec<Violation>,
        conflicts: Vec<Interval>,
    ) -> Self {
        let (starts_at, ends_at) = (interval.map(Interval::starts_at), interval.map(Interval::ends_at));
        Self { date, starts_at, ends_at, price, is_bookable: false, violations, conflicts, alternatives: Vec::new() }
    }
}
