//! Half-open spans of time.

use chrono::TimeDelta;

use super::time::UtcTime;
use crate::said::{said, says};

/// A span `[starts_at, ends_at)` that is never empty. Spans that only touch do not overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Ends")]
pub struct Interval {
    /// The first instant inside.
    starts_at: UtcTime,
    /// The first instant after.
    ends_at: UtcTime,
}

/// A span in its JSON form.
#[derive(serde::Deserialize)]
struct Ends {
    starts_at: UtcTime,
    ends_at: UtcTime,
}

impl TryFrom<Ends> for Interval {
    type Error = EmptyInterval;
    fn try_from(ends: Ends) -> Result<Self, EmptyInterval> {
        Self::new(ends.starts_at, ends.ends_at)
    }
}

/// A span that would end at or before its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptyInterval;

says!(EmptyInterval: |_| said!("must be after the start"));

impl Interval {
    /// Creates the span from `starts_at` (inclusive) to `ends_at` (exclusive).
    ///
    /// # Errors
    /// When it would be empty.
    pub fn new(starts_at: UtcTime, ends_at: UtcTime) -> Result<Self, EmptyInterval> {
        if starts_at < ends_at { Ok(Self { starts_at, ends_at }) } else { Err(EmptyInterval) }
    }

    /// Returns the first instant inside.
    pub const fn starts_at(self) -> UtcTime {
        self.starts_at
    }

    /// Returns the first instant after.
    pub const fn ends_at(self) -> UtcTime {
        self.ends_at
    }

    /// Returns the length.
    pub fn duration(self) -> TimeDelta {
        self.ends_at - self.starts_at
    }

    /// Returns the length in minutes, rounded down.
    pub const fn minutes(self) -> i64 {
        self.ends_at.minutes_since(self.starts_at)
    }

    /// Returns whether the two spans have an instant in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    /// Returns whether `other` lies completely inside.
    pub fn contains(self, other: Self) -> bool {
        self.starts_at <= other.starts_at && other.ends_at <= self.ends_at
    }

    /// Returns the common part.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.starts_at.max(other.starts_at), self.ends_at.min(other.ends_at)).ok()
    }

    /// Returns the shortest span that contains both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { starts_at: self.starts_at.min(other.starts_at), ends_at: self.ends_at.max(other.ends_at) }
    }

    /// Returns the span extended at both ends. The lengths must not be negative.
    pub fn widened(self, before: TimeDelta, after: TimeDelta) -> Self {
        Self { starts_at: self.starts_at - before, ends_at: self.ends_at + after }
    }
}

/// Returns the common times of two ordered lists.
pub(super) fn shared(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
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

/// Returns the parts of a span that the others do not cover: in order, and without touching each other.
pub(super) fn without(span: Interval, mut others: Vec<Interval>) -> Vec<Interval> {
    others.sort_unstable();
    let mut from = span.starts_at();
    let mut left = Vec::new();
    for other in others {
        left.extend(Interval::new(from, other.starts_at().min(span.ends_at())));
        from = from.max(other.ends_at());
    }
    left.extend(Interval::new(from, span.ends_at()));
    left
}
