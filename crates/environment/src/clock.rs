//! The clock: the only place that reads the system's time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::time::UtcTime;

/// Tells what time it is: the system's, or one that a test moves by hand.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's time.
    System,
    /// A time that stands still until it is set.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `now`.
    pub fn manual(now: UtcTime) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(now.micros())))
    }

    /// The present instant.
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    pub fn now(&self) -> UtcTime {
        match self {
            Self::System => chrono::Utc::now().into(),
            Self::Manual(micros) => UtcTime::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock to `now`; the system's goes its own way.
    pub fn set(&self, now: UtcTime) {
        if let Self::Manual(micros) = self {
            micros.store(now.micros(), Ordering::SeqCst);
        }
    }
}
