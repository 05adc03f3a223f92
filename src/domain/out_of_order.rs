//! Resources that cannot be used for now.

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
}
