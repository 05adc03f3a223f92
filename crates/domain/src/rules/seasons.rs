//! Opening hours for parts of the year.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate};
use serde_json::Value;

use crate::fields::{Fields, InvalidFields, Members};
use crate::opening_hours::{Calendar, OpeningHours, RawOpeningHours};

/// A month and day, without a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct MonthDay {
    month: u32,
    day: u32,
}

#[derive(Debug, thiserror::Error)]
#[error("must be a month and a day, such as 06-30")]
struct InvalidMonthDay;

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

/// A part of every year with its own opening hours.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Value", into = "RawSeason")]
pub struct Season {
    from: MonthDay,
    to: MonthDay,
    hours: OpeningHours,
}

/// A part of every year with its own opening hours, which replace `opening_hours`.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Season, example = json!({"from": "11-01", "to": "02-28", "opening_hours": {"mon": [["10:00", "16:00"]]}}))]
pub(super) struct RawSeason {
    /// The first day, `MM-DD`, in local time.
    #[schema(pattern = "^[0-9]{2}-[0-9]{2}$")]
    from: String,
    /// The last day, `MM-DD`, in local time. It can be before `from`; the season then includes the new year.
    #[schema(pattern = "^[0-9]{2}-[0-9]{2}$")]
    to: String,
    /// The opening hours that start on its days. A missing weekday is closed.
    #[schema(value_type = OpeningHours)]
    opening_hours: RawOpeningHours,
}

impl Season {
    /// Reads a season from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        for name in ["from", "to", "opening_hours"] {
            members.require(name);
        }
        let (from, to) = (members.parsed("from"), members.parsed("to"));
        let hours: Option<RawOpeningHours> = members.optional("opening_hours");
        let mut fields = members.close();
        let hours = hours.and_then(|hours| fields.nest("/opening_hours", OpeningHours::read(&hours)));
        fields.finish(|| Some(Self { from: from?, to: to?, hours: hours? }))
    }

    /// Records an error if two seasons share a day.
    pub(super) fn check(seasons: &[Self], fields: &mut Fields) {
        for (at, season) in seasons.iter().enumerate() {
            let others = &seasons[..at];
            if others.iter().any(|other| other.covers(season.from) || season.covers(other.from)) {
                fields.refuse(format!("/seasons/{at}"), "invalid", "shares a day with another season");
            }
        }
    }

    /// Records an error for each season whose hours reach beyond those that a site can have.
    pub(super) fn check_within(seasons: &[Self], site: Calendar<'_>, pointer: &str, fields: &mut Fields) {
        for (at, season) in seasons.iter().enumerate() {
            season.hours.check_within(site, &format!("{pointer}/{at}/opening_hours"), fields);
        }
    }

    fn covers(&self, day: MonthDay) -> bool {
        if self.from <= self.to { self.from <= day && day <= self.to } else { self.from <= day || day <= self.to }
    }

    /// Returns the opening hours of the season of a date, if there is one.
    pub(super) fn hours_on(seasons: &[Self], date: NaiveDate) -> Option<&OpeningHours> {
        seasons.iter().find(|season| season.covers(MonthDay::of(date))).map(|season| &season.hours)
    }
}

impl TryFrom<Value> for Season {
    type Error = InvalidFields;
    fn try_from(raw: Value) -> Result<Self, InvalidFields> {
        Self::read(&raw)
    }
}

impl From<Season> for RawSeason {
    fn from(season: Season) -> Self {
        Self { from: season.from.to_string(), to: season.to.to_string(), opening_hours: season.hours.into() }
    }
}
