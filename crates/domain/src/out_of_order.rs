//! Resources that are broken or under repair.

use super::rules::{Violation, ViolationCode};
use super::time::UtcTime;
use crate::said::{Said, said};

/// A notice that a resource cannot be used for now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct OutOfOrder {
    /// Start of the notice.
    pub since: UtcTime,
    /// The reason.
    pub reason: String,
    /// The instant from which the resource can be booked again. Null: not known yet.
    #[schema(required)]
    pub until: Option<UtcTime>,
}

impl OutOfOrder {
    /// Returns whether the end of the notice has passed.
    pub fn is_over(&self, now: UtcTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Returns the instant before which no booking can start.
    pub fn closed_before(&self) -> UtcTime {
        self.until.unwrap_or(UtcTime::LATEST)
    }

    /// Returns the violation for a booking that starts at `starts_at`, if the notice prevents it. A manager of the host can
    /// override it. `which` is the beginning of the sentence, up to "out of order".
    pub fn violation(&self, now: UtcTime, starts_at: UtcTime, which: Said) -> Option<Violation> {
        if self.is_over(now) || starts_at >= self.closed_before() {
            return None;
        }
        let reason = &self.reason;
        let detail = match self.until {
            None => said!("the resource {which} out of order until further notice: {reason}", which, reason),
            Some(until) => said!("the resource {which} out of order until {until}: {reason}", which, until, reason),
        };
        Some(Violation::new(ViolationCode::OutOfOrder, detail))
    }
}
