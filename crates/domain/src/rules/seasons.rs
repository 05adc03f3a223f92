//! Hours that hold for a part of each year.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate};
use serde_json::Value;

use crate::fields::{Fields, InvalidFields, Members};
use crate::opening_hours::{OpeningHours, RawOpeningHours};

/// A day of every year.
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
        // A leap year has all the days there are.
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

/// A part of each year with hours of its own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Value", into = "RawSeason")]
pub struct Season {
    from: MonthDay,
    to: MonthDay,
    hours: OpeningHours,
}

/// A part of each year with hours of its own, in place of `opening_hours`.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Season, example = json!({"from": "11-01", "to": "02-28", "opening_hours": {"mon": [["10:00", "16:00"]]}}))]
pub(super) struct RawSeason {
    /// Its first day, `MM-DD`, at the site.
    #[schema(pattern = "^[0-9]{2}-[0-9]{2}$")]
    from: String,
    /// Its last day, `MM-DD`; before the first, where it runs over the new year.
    #[schema(pattern = "^[0-9]{2}-[0-9]{2}$")]
    to: String,
    /// The hours that start on its days; a weekday that is missing is closed.
    #[schema(value_type = OpeningHours)]
    opening_hours: RawOpeningHours,
}

impl Season {
    /// Reads a season as it is written.
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

    /// Notes it where two seasons share a day: each day has one season at most.
    pub(super) fn check(seasons: &[Self], fields: &mut Fields) {
        for (at, season) in seasons.iter().enumerate() {
            let others = &seasons[..at];
            if others.iter().any(|other| other.covers(season.from) || season.covers(other.from)) {
                fields.refuse(format!("/seasons/{at}"), "invalid", "must not share a day with another season");
            }
        }
    }

    fn covers(&self, day: MonthDay) -> bool {
        if self.from <= self.to { self.from <= day && day <= self.to } else { self.from <= day || day <= self.to }
    }

    /// The hours of the season that a date lies in, if it lies in one.
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
