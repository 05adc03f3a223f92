//! The timeline of a site, as a script draws it: resources, bars that can be dragged, and the clock of the site. All of it is on the page as
//! tables and links, too, so the page works without a script.

use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde::Serialize;

use super::written::Written;
use crate::assets;
use crate::page::text;
use actions::site_days::SiteDay;
use domain::booking::{BookingStatus, Move};
use domain::ids::{BlockId, BookingId, ResourceId};
use domain::interval::Interval;
use domain::resource::Resource;
use domain::time::UtcTime;
use domain::wall_clock::{local_time, offset, stretches};
use storage::blocks::Block;
use storage::site_bookings::SiteBooking;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The states of bookings that a site shows.
const STATES: [BookingStatus; 6] = [
    BookingStatus::Held,
    BookingStatus::Requested,
    BookingStatus::Confirmed,
    BookingStatus::InUse,
    BookingStatus::Completed,
    BookingStatus::NoShow,
];

/// The width of a slot of the axis, in pixels.
const SLOT_WIDTH: i64 = 60;

/// The form in which the script reads the times of the axis.
const FORMAT: &str = "%Y-%m-%dT%H:%M:%S";

/// A day of a site with its span.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dated {
    pub(super) date: NaiveDate,
    pub(super) span: Interval,
}

/// A piece of the axis without a clock change. The axis of one day has the hours that pass, 23 or 25 when the clocks change; that of
/// several days has the times that the clocks show.
struct Piece {
    at: NaiveDateTime,
    span: Interval,
    offset: TimeDelta,
}

#[derive(Serialize)]
struct PieceView {
    at: String,
    instant: UtcTime,
    minutes: i64,
    /// The minutes by which the clock of the site is ahead of UTC.
    offset: i64,
}

#[derive(Serialize)]
struct Line<'a> {
    id: ResourceId,
    name: &'a str,
    is_broken: bool,
    grid: i64,
    /// The minutes of a usual booking.
    usual: i64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum BarId {
    Booking(BookingId),
    Block(BlockId),
}

#[derive(Serialize)]
struct Bar<'a> {
    id: BarId,
    /// The place of the resource among the lines.
    line: usize,
    #[serde(flatten)]
    place: Place,
    time: Rc<str>,
    /// The customer, or the reason of a block, which can be empty.
    name: &'a str,
    state: &'static str,
    /// Empty for a block.
    price: Rc<str>,
    can_move: bool,
    can_end: bool,
    /// The version that a form is made from.
    version: i64,
}

/// The place of a bar.
#[derive(Serialize)]
struct Place {
    /// The minutes from the begin of the axis.
    start: i64,
    end: i64,
    /// The instants, in milliseconds since 1970.
    from: u64,
    until: u64,
}

#[derive(Serialize)]
struct Plan<'a> {
    first: NaiveDate,
    days: usize,
    day_minutes: i64,
    slot_minutes: i64,
    slot_width: i64,
    snap_minutes: i64,
    /// The zone of the line that shows the time now; none on a day on which the clocks change.
    clock: Option<String>,
    labels: BTreeMap<String, String>,
    pieces: Vec<PieceView>,
    lines: Vec<Line<'a>>,
    bars: Vec<Bar<'a>>,
    /// The name of each state.
    states: BTreeMap<&'static str, Rc<str>>,
    words: BTreeMap<&'static str, String>,
}

/// The part of a page with the timeline.
pub(super) struct Timeline {
    /// The plan as JSON, for an attribute in single quotes.
    pub(super) plan: String,
    /// The class of each state with its name.
    pub(super) legend: Vec<(&'static str, Rc<str>)>,
    pub(super) library: &'static str,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
}

fn pieces(timezone: Tz, days: &[Dated]) -> Vec<Piece> {
    let of_day = |day: &Dated| {
        let day = *day;
        stretches(timezone, day.span).map(move |(span, offset)| {
            let passed = span.starts_at().minutes_since(day.span.starts_at());
            let elapsed = day.date.and_time(NaiveTime::MIN) + TimeDelta::minutes(passed);
            (elapsed, Piece { at: local_time(timezone, span.starts_at()), span, offset })
        })
    };
    let all = days.iter().flat_map(of_day);
    all.map(|(elapsed, piece)| if days.len() == 1 { Piece { at: elapsed, ..piece } } else { piece }).collect()
}

/// Returns the place of an instant on the axis. An end belongs to the piece before it.
fn place(pieces: &[Piece], at: UtcTime, is_end: bool) -> NaiveDateTime {
    let has_begun = |piece: &&Piece| piece.span.starts_at() < at || (!is_end && piece.span.starts_at() == at);
    let piece = pieces.iter().rev().find(has_begun).or(pieces.first());
    piece.map_or(NaiveDateTime::MIN, |piece| piece.at + TimeDelta::minutes(at.minutes_since(piece.span.starts_at())))
}

/// Returns the texts above the axis by their place: the days, the hours of a day, and the times that the clocks skip or show twice.
fn labels(texts: &Texts, timezone: Tz, days: &[Dated], slot_minutes: i64) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for day in days {
        let midnight = day.date.and_time(NaiveTime::MIN);
        let mut name = when::day(texts, day.date);
        let stretches: Vec<_> = stretches(timezone, day.span).collect();
        for pair in stretches.windows(2) {
            let [(_, before), (after, then)] = pair else { continue };
            let clock = |offset: TimeDelta| (after.starts_at().to_chrono().naive_utc() + offset).format("%H:%M").to_string();
            let (id, from, until) = match then < before {
                true => ("twice", clock(*then), clock(*before)),
                false => ("skipped", clock(*before), clock(*then)),
            };
            let time = variables([("time", format!("{from}-{until}").into())]);
            name = format!("{name} ({})", texts.attribute("web-timeline", id, &time));
        }
        labels.insert(day.date.to_string(), name);
        let is_whole = day.span.minutes() == 24 * 60;
        let shown = if days.len() == 1 { day.span.minutes() } else { 24 * 60 };
        for minutes in (0..shown).step_by(usize::try_from(slot_minutes).unwrap_or(60)) {
            let at = midnight + TimeDelta::minutes(minutes);
            let hour = match days.len() == 1 && !is_whole {
                true => hour(timezone, *day, minutes),
                false => at.format("%H").to_string(),
            };
            labels.insert(at.format(FORMAT).to_string(), hour);
        }
    }
    labels
}

/// Returns the hour that the clock shows some minutes after the begin of a day. On a day on which the clocks change, with the name of the zone.
pub(super) fn hour(timezone: Tz, day: Dated, minutes: i64) -> String {
    let at = day.span.starts_at() + TimeDelta::minutes(minutes);
    let hour = local_time(timezone, at).format("%H").to_string();
    if day.span.minutes() == 24 * 60 { hour } else { format!("{hour} {}", when::abbreviation(timezone, at)) }
}

fn bar_of<'a>(written: &Written<'_>, place: Place, line: usize, booking: &'a SiteBooking, now: UtcTime) -> Bar<'a> {
    let can_end = booking.life.after(Move::Reschedule, now).is_ok();
    Bar {
        id: BarId::Booking(booking.id),
        line,
        place,
        time: written.time(booking.timezone, booking.life.interval),
        name: &booking.organization_name,
        state: booking.life.status.as_str(),
        price: written.price(booking.price),
        can_move: can_end && !booking.life.has_begun(now),
        can_end,
        version: booking.revision,
    }
}

fn bar_of_block<'a>(
    written: &Written<'_>,
    place: Place,
    line: usize,
    (timezone, now): (Tz, UtcTime),
    block: &'a Block,
) -> Bar<'a> {
    // An import changes its blocks itself.
    let can_change = block.import.is_none() && block.slot.interval.ends_at() > now;
    Bar {
        id: BarId::Block(block.id),
        line,
        place,
        time: written.time(timezone, block.slot.interval),
        name: &block.reason,
        state: "block",
        price: Rc::default(),
        can_move: can_change,
        can_end: can_change,
        version: block.revision,
    }
}

/// Returns the place of an interval on an axis that begins at midnight.
fn place_of(pieces: &[Piece], midnight: NaiveDateTime, interval: Interval) -> Place {
    let (from, until) = (interval.starts_at(), interval.ends_at());
    let start = place(pieces, from, false);
    // Across the hour that the clocks show twice, the end would be before the start.
    let end = Some(place(pieces, until, true)).filter(|end| *end > start).unwrap_or(start + interval.duration());
    let [start, end] = [start, end].map(|at| (at - midnight).num_minutes());
    Place { start, end, from: from.millis(), until: until.millis() }
}

fn line(resource: &Resource, now: UtcTime) -> Line<'_> {
    Line {
        id: resource.id,
        name: &resource.fields.name,
        is_broken: resource.out_of_order.as_ref().is_some_and(|known| !known.is_over(now)),
        grid: resource.fields.rules.grid_minutes,
        usual: resource.fields.rules.usual_minutes(),
    }
}

/// Returns JSON for an attribute in single quotes. These characters are in its texts only, where JSON has a second form for each.
fn in_attribute(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(['&', '\'', '<', '>']) {
        let (before, after) = rest.split_at(at);
        written.push_str(before);
        written.push_str(match after.as_bytes().first() {
            Some(b'&') => "\\u0026",
            Some(b'\'') => "\\u0027",
            Some(b'<') => "\\u003c",
            _ => "\\u003e",
        });
        rest = after.get(1..).unwrap_or_default();
    }
    written.push_str(rest);
    written
}

impl Timeline {
    /// Returns the timeline of some days of a site.
    pub(super) fn of(written: &Written<'_>, shown: &SiteDay, days: &[Dated], now: UtcTime) -> Option<Self> {
        let (texts, timezone, first) = (written.texts, shown.site.fields.timezone, *days.first()?);
        let (pieces, midnight) = (pieces(timezone, days), first.date.and_time(NaiveTime::MIN));
        let is_day = days.len() == 1;
        let slot_minutes = if is_day { 60 } else { 120 };
        let lines: Vec<_> = shown.resources.iter().map(|resource| line(resource, now)).collect();
        let at = |id: ResourceId, interval| {
            let line = lines.iter().position(|line| line.id == id)?;
            Some((place_of(&pieces, midnight, interval), line))
        };
        let bookings = shown.bookings.iter().filter_map(|booking| {
            let (place, line) = at(booking.resource_id, booking.life.interval)?;
            Some(bar_of(written, place, line, booking, now))
        });
        let blocks = shown.blocks.iter().filter_map(|block| {
            let (place, line) = at(block.resource_id, block.slot.interval)?;
            Some(bar_of_block(written, place, line, (timezone, now), block))
        });
        let legend = STATES.map(|state| (state.as_str(), written.status(state))).into_iter();
        let legend: Vec<_> = legend.chain([("block", written.blocked.clone())]).collect();
        let words = [
            ("moved", "web-timeline.moved"),
            ("price", "web-timeline.price"),
            ("before", "web-timeline.before"),
            ("refused", "web-timeline.refused"),
            ("failed", "web-timeline.failed"),
            ("moved_block", "web-timeline.moved-block"),
            ("refused_block", "web-timeline.refused-block"),
            ("failed_block", "web-timeline.failed-block"),
            ("stays", "web-timeline.stays"),
            ("leave", "web-timeline.leave"),
            ("free", "web-timeline.free"),
            ("offer", "web-offer.link"),
            ("block", "web-block.link"),
            ("broken", "web-resource.out-of-order"),
        ];
        let plan = Plan {
            first: first.date,
            days: days.len(),
            day_minutes: if is_day { first.span.minutes() } else { 24 * 60 },
            slot_minutes,
            slot_width: SLOT_WIDTH,
            snap_minutes: lines.iter().map(|line| line.grid).min().unwrap_or(15).clamp(5, 60),
            clock: (pieces.len() == days.len()).then(|| zone(offset(timezone, now))),
            labels: labels(texts, timezone, days, slot_minutes),
            bars: bookings.chain(blocks).collect(),
            states: legend.iter().cloned().collect(),
            words: words.into_iter().map(|(word, id)| (word, text(texts, id))).collect(),
            pieces: pieces.iter().map(PieceView::from).collect(),
            lines,
        };
        Some(Self {
            plan: in_attribute(&serde_json::to_string(&plan).unwrap_or_default()),
            legend,
            library: assets::calendar(),
            style: assets::calendar_style(),
            script: assets::timeline(),
        })
    }
}

impl From<&Piece> for PieceView {
    fn from(piece: &Piece) -> Self {
        Self {
            at: piece.at.format(FORMAT).to_string(),
            instant: piece.span.starts_at(),
            minutes: piece.span.minutes(),
            offset: piece.offset.num_minutes(),
        }
    }
}

/// Returns an offset from UTC as the script reads it: `+01:00`.
fn zone(offset: TimeDelta) -> String {
    let minutes = offset.num_minutes();
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use domain::wall_clock::day;

    use super::*;

    fn dated(dates: &[&str]) -> Vec<Dated> {
        let of = |date: &&str| {
            let date = date.parse().unwrap();
            Dated { date, span: day(Tz::Europe__London, date).unwrap() }
        };
        dates.iter().map(of).collect()
    }

    /// The start and the end of a bar, in minutes from the begin of the axis.
    fn placed(days: &[Dated], from: &str, until: &str) -> (i64, i64) {
        let pieces = pieces(Tz::Europe__London, days);
        let interval = Interval::new(UtcTime::parse(from).unwrap(), UtcTime::parse(until).unwrap()).unwrap();
        let place = place_of(&pieces, days[0].date.and_time(NaiveTime::MIN), interval);
        (place.start, place.end)
    }

    #[test]
    fn a_day_has_the_hours_that_pass_and_a_week_those_that_the_clocks_show() {
        let (autumn, week) = (dated(&["2026-10-25"]), dated(&["2026-10-24", "2026-10-25", "2026-10-26"]));
        // From 01:30 before to 01:30 after the clocks were set back.
        let twice = ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
        let day = 24 * 60;
        assert_eq!(placed(&autumn, twice.0, twice.1), (90, 150));
        assert_eq!(placed(&week, twice.0, twice.1), (day + 90, day + 150));
        // An end at the change belongs to the time before it.
        let before = ("2026-10-24T23:00:00Z", "2026-10-25T01:00:00Z");
        assert_eq!(placed(&week, before.0, before.1), (day, day + 120));
        let monday = ("2026-10-26T09:00:00Z", "2026-10-26T10:00:00Z");
        assert_eq!(placed(&week, monday.0, monday.1), (2 * day + 9 * 60, 2 * day + 10 * 60));
        let spring = dated(&["2026-03-28", "2026-03-29"]);
        let over = ("2026-03-29T00:30:00Z", "2026-03-29T02:00:00Z");
        assert_eq!(placed(&spring, over.0, over.1), (day + 30, day + 180));
    }

    #[test]
    fn json_in_an_attribute_is_the_same_json_without_the_characters_of_markup() {
        let texts = serde_json::json!({ "name": "Tom & Ada's <b>\"Mill\"</b> \\ é" });
        let written = in_attribute(&texts.to_string());
        assert!(!written.contains(['&', '\'', '<', '>']), "{written}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), texts);
    }

    #[test]
    fn the_hour_that_the_clocks_show_twice_has_a_label() {
        let texts = Texts::new(&domain::mail::Locale("en".to_owned()));
        let day = labels(&texts, Tz::Europe__London, &dated(&["2026-10-25"]), 60);
        let hours: Vec<_> = (0..4).map(|hour| day[&format!("2026-10-25T0{hour}:00:00")].as_str()).collect();
        assert_eq!(hours, ["00 BST", "01 BST", "01 GMT", "02 GMT"]);
        assert_eq!(day["2026-10-26T00:00:00"], "23 GMT", "it has 25 hours");
        let week = labels(&texts, Tz::Europe__London, &dated(&["2026-10-24", "2026-10-25"]), 120);
        assert_eq!((&*week["2026-10-24"], &*week["2026-10-25"]), ("Sat 24 Oct 2026", "Sun 25 Oct 2026 (01:00-02:00 twice)"));
        assert_eq!(
            &*labels(&texts, Tz::Europe__London, &dated(&["2026-03-29"]), 60)["2026-03-29"],
            "Sun 29 Mar 2026 (01:00-02:00 left out)"
        );
        assert_eq!((zone(TimeDelta::minutes(-210)), zone(TimeDelta::zero())), ("-03:30".to_owned(), "+00:00".to_owned()));
    }
}
