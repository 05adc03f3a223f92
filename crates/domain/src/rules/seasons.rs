//! Opening hours for parts of the year.

use chrono::NaiveDate;
use serde_json::Value;

use crate::fields::{Fields, InvalidFields, Members};
use crate::opening_hours::{Calendar, OpeningHours, RawOpeningHours};
use crate::part_of_year::PartOfYear;
use crate::said::said;

/// A part of every year with its own opening hours.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Value", into = "RawSeason")]
pub struct Season {
    days: PartOfYear,
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
        fields.finish(|| Some(Self { days: PartOfYear { from: from?, to: to? }, hours: hours? }))
    }

    /// Records an error if two seasons share a day.
    pub(super) fn check(seasons: &[Self], fields: &mut Fields) {
        for (at, season) in seasons.iter().enumerate() {
            let others = &seasons[..at];
            if others.iter().any(|other| other.days.overlaps(season.days)) {
                fields.refuse(format!("/seasons/{at}"), "invalid", said!("shares a day with another season"));
            }
        }
    }

    /// Records an error for each season whose hours reach beyond those that a site can have.
    pub(super) fn check_within(seasons: &[Self], site: Calendar<'_>, pointer: &str, fields: &mut Fields) {
        for (at, season) in seasons.iter().enumerate() {
            season.hours.check_within(site, &format!("{pointer}/{at}/opening_hours"), fields);
        }
    }

    /// Returns the opening hours of the season of a date, if there is one.
    pub(super) fn hours_on(seasons: &[Self], date: NaiveDate) -> Option<&OpeningHours> {
        seasons.iter().find(|season| season.days.contains(date)).map(|season| &season.hours)
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
        Self { from: season.days.from.to_string(), to: season.days.to.to_string(), opening_hours: season.hours.into() }
    }
}
