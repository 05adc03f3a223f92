//! Series: bookings made from one recurrence rule.

use chrono::NaiveDate;

use super::alternatives::Alternative;
use super::availability::Conflict;
use super::interval::Interval;
use super::money::Money;
use super::problem::Code;
use super::rules::Violation;
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// The treatment of a series if some occurrences cannot be booked.
    pub enum OnClash {
        /// Book nothing.
        Refuse = "refuse",
        /// Book the other occurrences.
        Skip = "skip",
    }
}

/// An occurrence of a series, with the reasons against it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Occurrence {
    /// The local date of its start.
    #[schema(value_type = String, format = Date)]
    pub date: NaiveDate,
    /// Start (inclusive). Null: the local time does not exist, because the clocks go forward.
    #[schema(required)]
    pub starts_at: Option<UtcTime>,
    /// End (exclusive). Null: the local time does not exist, because the clocks go forward.
    #[schema(required)]
    pub ends_at: Option<UtcTime>,
    /// The price. Null if the occurrence has no time.
    #[schema(required)]
    pub price: Option<Money>,
    /// True: the occurrence can be booked.
    pub is_bookable: bool,
    /// The rules that the occurrence breaks.
    pub violations: Vec<Violation>,
    /// The times at which the quantity is not free. Never contains the name of a customer.
    pub conflicts: Vec<Conflict>,
    /// Slots that can be booked instead, the best first. Only searched when a series is refused, for the first 3 taken
    /// occurrences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub alternatives: Vec<Alternative>,
}

/// Returns the code of the problem for a refused series.
pub fn problem(refused: &[Occurrence]) -> Code {
    let mut broken = refused.iter().flat_map(|occurrence| &occurrence.violations).peekable();
    // Errors in the request come before slots that are only taken now.
    if broken.peek().is_none() { Code::SlotUnavailable } else { Code::BookingRulesViolated }
}

impl Occurrence {
    /// Creates an occurrence that can be booked.
    pub fn bookable(date: NaiveDate, interval: Interval, price: Money) -> Self {
        Self { is_bookable: true, ..Self::refused(date, Some(interval), Some(price), Vec::new(), Vec::new()) }
    }

    /// Returns its time, unless the local time does not exist.
    pub fn interval(&self) -> Option<Interval> {
        Interval::new(self.starts_at?, self.ends_at?).ok()
    }

    /// Creates an occurrence that cannot be booked.
    pub fn refused(
        date: NaiveDate,
        interval: Option<Interval>,
        price: Option<Money>,
        violations: Vec<Violation>,
        conflicts: Vec<Conflict>,
    ) -> Self {
        let (starts_at, ends_at) = (interval.map(Interval::starts_at), interval.map(Interval::ends_at));
        Self { date, starts_at, ends_at, price, is_bookable: false, violations, conflicts, alternatives: Vec::new() }
    }
}
