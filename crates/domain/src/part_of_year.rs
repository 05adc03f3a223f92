//! Parts of every year, from one month and day to another.

use std::fmt;
use std::str::FromStr;

use crate::said::{said, says};
use chrono::{Datelike as _, NaiveDate};

/// A month and day, without a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MonthDay {
    month: u32,
    day: u32,
}

/// A text that is no month and day.
#[derive(Debug, Clone)]
pub(super) struct InvalidMonthDay;

says!(InvalidMonthDay: |_| said!("must be a month and a day, such as 06-30"));

impl FromStr for MonthDay {
    type Err = InvalidMonthDay;
    fn from_str(text: &str) -> Result<Self, InvalidMonthDay> {
        // A leap year has all possible days.
        let date: NaiveDate = format!("2024-{text}").parse().map_err(|_| InvalidMonthDay)?;
        let day = Self::of(date);
        if day.to_string() == text { Ok(day) } else { Err(InvalidMonthDay) }
    }
}

impl fmt::Display for MonthDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

impl MonthDay {
    fn of(date: NaiveDate) -> Self {
        Self { month: date.month(), day: date.day() }
    }
}

/// The days of every year from one day to another, both included. A part that begins after its end includes the new year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartOfYear {
    pub(super) from: MonthDay,
    pub(super) to: MonthDay,
}

impl PartOfYear {
    /// Returns whether a date belongs to the part.
    pub(super) fn contains(self, date: NaiveDate) -> bool {
        self.covers(MonthDay::of(date))
    }

    /// Returns whether two parts have a day in common.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.covers(other.from) || other.covers(self.from)
    }

    fn covers(self, day: MonthDay) -> bool {
        if self.from <= self.to { self.from <= day && day <= self.to } else { self.from <= day || day <= self.to }
    }
}
