//! The bound of the work that one file can cause.

use super::found::NotACalendar;

/// Work that a file may take, in days of recurrences that are looked at.
#[derive(Debug)]
pub(super) struct Budget(u64);

/// The budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch;

impl From<TooMuch> for NotACalendar {
    fn from(_: TooMuch) -> Self {
        Self::TooMuch
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(10_000_000)
    }
}

impl Budget {
    pub(super) fn spend(&mut self, work: u64) -> Result<(), TooMuch> {
        self.0 = self.0.checked_sub(work).ok_or(TooMuch)?;
        Ok(())
    }
}
