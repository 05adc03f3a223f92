//! Resources that cannot be used for now.

use super::rules::{Violation, ViolationCode};
use super::time::UtcTime;

/// Why a resource cannot be used for now, and until when.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct OutOfOrder {
    /// Since when.
    pub since: UtcTime,
    /// Why.
    pub reason: String,
    /// From when on it can be booked again; null while nobody knows.
    #[schema(required)]
    pub until: Option<UtcTime>,
}

impl OutOfOrder {
    /// Whether it is in order again by itself.
    pub fn is_over(&self, now: UtcTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Before when nothing can start.
    pub fn closed_before(&self) -> UtcTime {
        self.until.unwrap_or(UtcTime::LATEST)
    }

    /// What keeps a booking that starts then from being made, if this does. A manager of the host, who knows of the repair, may
    /// book all the same. `which` names what is out of order in a sentence.
    pub fn violation(&self, now: UtcTime, starts_at: UtcTime, which: &str) -> Option<Violation> {
        if self.is_over(now) || starts_at >= self.closed_before() {
            return None;
        }
        let until = self.until.map_or_else(|| "for now".to_owned(), |until| format!("until {until}"));
        let detail = format!("{which} out of order {until}: {}", self.reason);
        Some(Violation { code: ViolationCode::OutOfOrder, detail, overridable: true })
    }
}
