//! The errors of actions.

use domain::booking::Refusal;
use domain::booking_group::RefusedBooking;
use domain::closing::BookingOutside;
use domain::fields::InvalidFields;
use domain::problem::Code;
use domain::rules::Violation;
use domain::said::Said;
use domain::series::Occurrence;
use storage::db::Failure;
use storage::error::StorageError;

/// The reason for which an action was refused or failed. It has changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Refused for the reason of the code; the text is about this case.
    #[error("{code}: {detail}", code = .0.as_str(), detail = .1)]
    Refused(Code, Said),
    /// Some fields are invalid.
    #[error(transparent)]
    Invalid(#[from] InvalidFields),
    /// Some fields name versions of documents that are not the current ones.
    #[error("terms outdated: {0}")]
    TermsOutdated(InvalidFields),
    /// Rules of the resource are violated.
    #[error("booking rules violated: {0:?}")]
    RulesViolated(Vec<Violation>),
    /// Some occurrences of a series cannot be booked or moved.
    #[error("occurrences refused: {0:?}")]
    OccurrencesRefused(Vec<Occurrence>),
    /// New opening hours would leave bookings outside: the first of them, and how many there are.
    #[error("{total} bookings would be outside the opening hours: {bookings:?}")]
    OutsideHours {
        /// The first bookings, by start.
        bookings: Vec<BookingOutside>,
        /// The number of all.
        total: usize,
    },
    /// Some bookings of a group cannot be made or changed.
    #[error("bookings refused: {0:?}")]
    BookingsRefused(Vec<RefusedBooking>),
    /// The database failed.
    #[error(transparent)]
    Storage(StorageError),
}

impl Error {
    /// Refused for the reason of the code, without more text about this case.
    pub fn refused(code: Code) -> Self {
        Self::Refused(code, Said::about(code))
    }

    /// The object does not exist, or the caller may not see it.
    pub fn not_found() -> Self {
        Self::refused(Code::NotFound)
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound => Self::not_found(),
            StorageError::CapacityExceeded => Self::refused(Code::SlotUnavailable),
            StorageError::TrainingFull => Self::refused(Code::TrainingFull),
            error => Self::Storage(error),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Code::InvalidTransition, refusal.into())
    }
}

impl Failure for Error {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_conflict())
    }
}
