//! Fixed shifts: the spans of local time of which a booking takes one.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::fields::InvalidFields;
use crate::interval::Interval;
use crate::said::{Said, said};
use crate::spans::{RawSpan, Span, read_spans, spans_schema, write_spans};

/// Fixed shifts of every day, in local time.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<RawSpan>", into = "Vec<RawSpan>")]
pub struct Shifts {
    /// Sorted and without overlap on the day on which they start.
    spans: Vec<Span>,
}

impl Shifts {
    /// Reads shifts from their JSON form.
    ///
    /// # Errors
    /// All errors: malformed or overlapping spans.
    pub fn read(raw: &[RawSpan]) -> Result<Self, InvalidFields> {
        read_spans(raw).map(|spans| Self { spans })
    }

    /// Returns whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Returns the length of the first shift on the clock in minutes.
    pub fn first_minutes(&self) -> Option<i64> {
        self.spans.first().map(|span| span.minutes())
    }

    /// Returns the shifts that start on a local date, with their length on the clock in minutes. The part in a gap is skipped.
    pub(super) fn on(&self, timezone: Tz, date: NaiveDate) -> impl Iterator<Item = (Interval, i64)> {
        self.spans.iter().filter_map(move |span| Some((span.starting_on(date).left(timezone)?, span.minutes())))
    }

    /// Returns the shifts for people to read.
    pub(super) fn in_words(&self) -> Vec<Said> {
        write_spans(&self.spans).iter().map(|[start, end]| said!("{start} to {end}", start, end)).collect()
    }
}

impl TryFrom<Vec<RawSpan>> for Shifts {
    type Error = InvalidFields;
    fn try_from(raw: Vec<RawSpan>) -> Result<Self, InvalidFields> {
        Self::read(&raw)
    }
}

impl From<Shifts> for Vec<RawSpan> {
    fn from(shifts: Shifts) -> Self {
        write_spans(&shifts.spans)
    }
}

impl utoipa::PartialSchema for Shifts {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let mut shifts = spans_schema();
        shifts.description =
            Some("Spans of local time on every day. A span that ends at or before its start ends on the next day.".to_owned());
        shifts.examples = vec![serde_json::json!([["06:00", "14:00"], ["14:00", "22:00"], ["22:00", "06:00"]])];
        shifts.into()
    }
}
impl utoipa::ToSchema for Shifts {}
