//! Bands: parts of the week and year with a rate of their own.

use chrono_tz::Tz;
use serde_json::Value;

use crate::fields::{InvalidFields, Members};
use crate::interval::{Interval, shared, without};
use crate::limits;
use crate::opening_hours::{OpeningHours, RawOpeningHours, open_by};
use crate::part_of_year::PartOfYear;
use crate::said::said;

/// A part of the week, of the year, or of both, with its own rate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Value", into = "RawBand")]
pub struct Band {
    pub(super) name: String,
    pub(super) rate: i64,
    hours: Option<OpeningHours>,
    days: Option<PartOfYear>,
}

/// A part of the week, of the year, or of both, with its own rate.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Band, example = json!({"name": "Summer evening", "rate": 900, "hours": {"fri": [["18:00", "23:00"]]}, "from": "06-01", "to": "08-31"}))]
pub(super) struct RawBand {
    /// The name that customers see beside the price.
    #[schema(value_type = limits::RateName)]
    name: String,
    /// The rate in minor units, per hour or day like that of the tariff.
    #[schema(value_type = limits::Charge)]
    rate: i64,
    /// The hours of the week in local time, in the form of opening hours. Default, and with null: all hours.
    #[schema(value_type = Option<OpeningHours>)]
    hours: Option<RawOpeningHours>,
    /// The first day of every year, `MM-DD`, in local time. Hours belong to the day on which they begin. Default, and with null: the
    /// whole year.
    #[schema(pattern = "^[0-9]{2}-[0-9]{2}$")]
    from: Option<String>,
    /// The last day of every year, `MM-DD`. It can be before `from`; the band then includes the new year. Required with `from`.
    #[schema(pattern = "^[0-9]{2}-[0-9]{2}$")]
    to: Option<String>,
}

impl Band {
    /// Reads a band from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        members.require("name");
        members.require("rate");
        let name: Option<String> = members.optional("name");
        let rate: Option<i64> = members.optional("rate");
        let hours: Option<RawOpeningHours> = members.optional("hours").flatten();
        let [from, to]: [Option<String>; 2] = ["from", "to"].map(|name| members.optional(name).flatten());
        let mut fields = members.close();
        let name = name.and_then(|name| fields.line("/name", &name, limits::RateName::RANGE));
        let rate = rate.and_then(|rate| fields.number("/rate", rate, limits::Charge::RANGE));
        let hours = hours.map(|hours| fields.nest("/hours", OpeningHours::read(&hours)));
        let days = match (from, to) {
            (None, None) => None,
            (Some(from), Some(to)) => {
                let (from, to) = (fields.take("/from", from.parse()), fields.take("/to", to.parse()));
                from.zip(to).map(|(from, to)| PartOfYear { from, to })
            }
            (from, _) => {
                let missing = if from.is_none() { "/from" } else { "/to" };
                fields.refuse(missing, "required", said!("is required: a part of the year has a first and a last day"));
                None
            }
        };
        if hours.is_none() && days.is_none() {
            fields.refuse("/hours", "required", said!("a band needs hours, or from and to, or both"));
        }
        fields.finish(|| Some(Self { name: name?, rate: rate?, hours: hours.flatten(), days }))
    }

    /// Returns the minutes of the day at which spans of the band begin or end.
    pub(super) fn times_of_day(&self) -> Vec<u16> {
        self.hours.as_ref().map_or_else(|| vec![0], OpeningHours::times_of_day)
    }

    /// Returns the times of the band within a span: sorted, and without touching each other.
    fn times(&self, timezone: Tz, within: Interval) -> Vec<Interval> {
        open_by(timezone, within, |date| match (&self.days, &self.hours) {
            (Some(days), _) if !days.contains(date) => &[],
            (_, Some(hours)) => hours.on(date),
            (_, None) => OpeningHours::WHOLE_DAY,
        })
    }

    /// Returns the pieces of a span in order, each with the place of the first band that contains it, or none.
    pub(super) fn pieces(bands: &[Self], timezone: Tz, within: Interval) -> Vec<(Interval, Option<usize>)> {
        let mut pieces = Vec::new();
        let (mut found, mut rest) = (Vec::new(), vec![within]);
        for (at, band) in bands.iter().enumerate() {
            let times = shared(&rest, &band.times(timezone, within));
            pieces.extend(times.iter().map(|time| (*time, Some(at))));
            found.extend(times);
            rest = without(within, found.clone());
        }
        pieces.extend(rest.into_iter().map(|time| (time, None)));
        pieces.sort_unstable();
        pieces
    }
}

impl TryFrom<Value> for Band {
    type Error = InvalidFields;
    fn try_from(raw: Value) -> Result<Self, InvalidFields> {
        Self::read(&raw)
    }
}

impl From<Band> for RawBand {
    fn from(band: Band) -> Self {
        let [from, to] =
            [|days: PartOfYear| days.from, |days: PartOfYear| days.to].map(|day| band.days.map(|days| day(days).to_string()));
        Self { name: band.name, rate: band.rate, hours: band.hours.map(Into::into), from, to }
    }
}
