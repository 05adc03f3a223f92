//! The result of reading a calendar.

use domain::calendar_import::{BusyTime, Problem};

/// Why a file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotACalendar {
    /// It is a page of a web site.
    #[error("The response is a web page, not a calendar. Use the address of the calendar in iCalendar format (ICS).")]
    Page,
    /// It is something else.
    #[error("The response contains no calendar in iCalendar format (ICS).")]
    Other,
    /// Its end is missing.
    #[error("The calendar is incomplete: END:VCALENDAR is missing.")]
    Cut,
    /// It takes too long to read.
    #[error("The calendar has too many or too long recurrences to be read.")]
    TooMuch,
}

/// The times that a calendar names from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Busy {
    /// The times, in order. They can overlap.
    pub times: Vec<BusyTime>,
    /// Events that are not understood, or only in part.
    pub problems: Vec<Problem>,
    /// The number of later times that are left out.
    pub left_out: usize,
}
