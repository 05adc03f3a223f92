//! Events, and the times at which they take place.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::budget::{Budget, TooMuch};
use super::found::Busy;
use super::lines::{Component, Property, plain};
use super::rule::{Rule, Until};
use super::times::{Time, read_duration, read_time};
use super::zones::{Zone, Zones};
use domain::calendar_import::{BusyTime, LONGEST_TITLE, MOST_PROBLEMS, Problem, key_of};
use domain::interval::Interval;
use domain::time::UtcTime;

/// A whole day on the clock.
const DAY: TimeDelta = TimeDelta::days(1);

/// An event, in local time of its zone.
struct Event {
    uid: String,
    sequence: i64,
    title: String,
    /// Whether it makes nobody busy: it was cancelled, or is shown as free.
    is_free: bool,
    zone: Zone,
    starts_at: NaiveDateTime,
    /// The time on the clock from the start to the end.
    length: TimeDelta,
    rules: Vec<Rule>,
    /// Further starts, each with a length of its own if it has one.
    more: Vec<(NaiveDateTime, Option<TimeDelta>)>,
    excluded: Vec<Excluded>,
    /// The occurrence that it replaces, and whether also those after it.
    replaces: Option<(Property, bool)>,
}

/// Occurrences that are left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Excluded {
    On(NaiveDate),
    At(NaiveDateTime),
}

/// Adds the times of the events of a calendar, and what is not understood of them.
///
/// # Errors
/// When the budget is spent.
pub(super) fn read(
    calendar: &Component,
    zones: &Zones,
    within: Interval,
    budget: &mut Budget,
    busy: &mut Busy,
) -> Result<(), TooMuch> {
    let mut order: Vec<String> = Vec::new();
    let mut groups: HashMap<String, Vec<Event>> = HashMap::new();
    for component in calendar.parts.iter().filter(|part| part.name == "VEVENT") {
        let mut notes = Vec::new();
        if let Some(event) = Event::read(component, zones, &mut notes) {
            let group = groups.entry(event.uid.clone()).or_default();
            if group.is_empty() {
                order.push(event.uid.clone());
            }
            group.push(event);
        }
        let title = title(component);
        let left = MOST_PROBLEMS.saturating_sub(busy.problems.len());
        busy.problems.extend(notes.into_iter().take(left).map(|reason| Problem { title: title.clone(), reason }));
    }
    for uid in order {
        let events = groups.remove(&uid).unwrap_or_default();
        add_group(&uid, events, (zones, within), budget, busy)?;
    }
    Ok(())
}

fn title(component: &Component) -> String {
    plain(component.value("SUMMARY").unwrap_or_default()).chars().take(LONGEST_TITLE).collect()
}

/// The time in a property, on the clock of a zone; and whether it is a whole day. A time without a zone is one of `zone`.
fn local(property: &Property, zones: &Zones, zone: &Zone) -> Option<(NaiveDateTime, bool)> {
    let (time, own) = time_of(property, zones)?;
    on_clock(time, own.as_ref(), zone)
}

/// A time of the zone `own`, on the clock of another zone; and whether it is a whole day. A time without a zone is one of `zone`.
fn on_clock(time: Time, own: Option<&Zone>, zone: &Zone) -> Option<(NaiveDateTime, bool)> {
    Some(match time {
        Time::Day(day) => (day.and_hms_opt(0, 0, 0)?, true),
        Time::Local(at) => (own.filter(|own| *own != zone).map_or(at, |own| zone.local(own.instant(at))), false),
        Time::Utc(at) => (zone.local(at.and_utc().into()), false),
    })
}

/// The time in a property, and the zone that it names.
fn time_of(property: &Property, zones: &Zones) -> Option<(Time, Option<Zone>)> {
    if let Some(time) = read_time(&property.value) {
        let zone = property.parameter("TZID").and_then(|name| zones.find(name));
        return Some((time, zone));
    }
    let property = property.split_at_last_colon()?;
    let time = read_time(&property.value)?;
    Some((time, property.parameter("TZID").and_then(|name| zones.find(name))))
}

/// The values of a property that is a list, each as `read` returns it for the value and the zone that the property names. The zone is
/// looked for once, because a file of 2 MB can have 200,000 values.
fn each<T>(property: &Property, zones: &Zones, read: impl Fn(&str, Option<&Zone>) -> Option<T>) -> Vec<T> {
    let begins_with_time = |property: &Property| property.value.split([',', '/']).next().and_then(read_time).is_some();
    let split = if begins_with_time(property) { None } else { property.split_at_last_colon().filter(begins_with_time) };
    let property = split.as_ref().unwrap_or(property);
    let own = property.parameter("TZID").and_then(|name| zones.find(name));
    property.value.split(',').filter_map(|value| read(value, own.as_ref())).collect()
}

impl Event {
    /// Reads an event. None: it cannot be read at all. `notes` gets what is not understood.
    fn read(component: &Component, zones: &Zones, notes: &mut Vec<String>) -> Option<Self> {
        let Some((start, (time, own))) = component.first("DTSTART").and_then(|start| Some((start, time_of(start, zones)?)))
        else {
            notes.push("it has no start that can be read; it blocks nothing".to_owned());
            return None;
        };
        let is_day = matches!(time, Time::Day(_));
        if let (Time::Local(_), None, Some(name)) = (time, &own, start.parameter("TZID")) {
            let name: String = name.chars().filter(|char| !char.is_control()).take(60).collect();
            notes.push(format!("its time zone `{name}` is unknown; its times are read as times at the site"));
        }
        let zone = match (time, own) {
            (Time::Utc(_), _) => Zone::Named(chrono_tz::Tz::UTC),
            (Time::Local(_), Some(own)) => own,
            _ => zones.site(),
        };
        let (starts_at, _) = local(start, zones, &zone)?;
        let length = length(component, (starts_at, is_day), zones, &zone, notes);
        let until = |text: &str| until(text, is_day, &zone);
        let mut rules = Vec::new();
        for text in component.all("RRULE") {
            match Rule::read(&text.value, until) {
                Ok(rule) => rules.push(rule),
                Err(error) => notes.push(format!("{error}; only its first time is blocked")),
            }
        }
        let exclude = |text: &str, own: Option<&Zone>| {
            let (at, is_date) = on_clock(read_time(text)?, own, &zone)?;
            // A careless program writes a time for a whole day, or a date for a time.
            Some(if is_date || is_day { Excluded::On(at.date()) } else { Excluded::At(at) })
        };
        let excluded = component.all("EXDATE").flat_map(|dates| each(dates, zones, exclude)).collect();
        let period = |text: &str, own: Option<&Zone>| period(text, own, &zone);
        let more = component.all("RDATE").flat_map(|dates| each(dates, zones, period)).collect();
        let id = component.first("RECURRENCE-ID").cloned();
        let is_value = |name: &str, value: &str| component.value(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
        let uid = component.value("UID").filter(|uid| !uid.is_empty()).map(str::to_owned);
        Some(Self {
            uid: uid.unwrap_or_else(|| format!("{starts_at} {}", title(component))),
            sequence: component.value("SEQUENCE").and_then(|number| number.parse().ok()).unwrap_or_default(),
            title: title(component),
            is_free: is_value("STATUS", "CANCELLED")
                || is_value("TRANSP", "TRANSPARENT")
                || is_value("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
            starts_at,
            length,
            rules,
            more,
            excluded,
            replaces: id.map(|id| {
                let is_with_later = id.parameter("RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
                (id, is_with_later)
            }),
            zone,
        })
    }

    fn is_excluded(&self, at: NaiveDateTime) -> bool {
        self.excluded.iter().any(|excluded| match excluded {
            Excluded::On(day) => *day == at.date(),
            Excluded::At(other) => *other == at,
        })
    }
}

/// The length of an event on the clock of its zone: to its end, as it is given, or a day if it is a whole day.
fn length(
    component: &Component,
    (starts_at, is_day): (NaiveDateTime, bool),
    zones: &Zones,
    zone: &Zone,
    notes: &mut Vec<String>,
) -> TimeDelta {
    let end = component.first("DTEND").and_then(|end| local(end, zones, zone)).map(|(end, _)| end - starts_at);
    let given = || component.value("DURATION").and_then(read_duration);
    let length = end.or_else(given).unwrap_or_default();
    // Some programs write the last day as the end.
    let length = if is_day { length.max(DAY) } else { length };
    if length < TimeDelta::zero() {
        notes.push("it ends before it starts; it blocks nothing".to_owned());
    }
    length
}

/// The time until which a rule repeats an event.
fn until(text: &str, is_day: bool, zone: &Zone) -> Option<Until> {
    Some(match read_time(text)? {
        Time::Day(day) => Until::Day(day),
        Time::Local(at) | Time::Utc(at) if is_day => Until::Day(at.date()),
        Time::Local(at) => Until::At(at),
        Time::Utc(at) => Until::At(zone.local(at.and_utc().into())),
    })
}

/// A further start of an event, and its length if it is given: `start`, `start/end` or `start/duration`.
fn period(text: &str, own: Option<&Zone>, zone: &Zone) -> Option<(NaiveDateTime, Option<TimeDelta>)> {
    let at = |text: &str| Some(on_clock(read_time(text)?, own, zone)?.0);
    let Some((start, end)) = text.split_once('/') else { return Some((at(text)?, None)) };
    let start = at(start)?;
    let length = read_duration(end).or_else(|| Some(at(end)? - start));
    Some((start, length.filter(|length| *length > TimeDelta::zero())))
}

/// An event that replaces an occurrence, at the time of that occurrence.
type Replacement = (NaiveDateTime, Event);

/// Adds the times of all events with one UID: one that can recur, and those that replace its occurrences.
fn add_group(
    uid: &str,
    events: Vec<Event>,
    (zones, within): (&Zones, Interval),
    budget: &mut Budget,
    busy: &mut Busy,
) -> Result<(), TooMuch> {
    let (replacing, mut events): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.replaces.is_some());
    // Of several versions the latest counts. Some programs give one UID to all events.
    let latest = events.iter().map(|event| event.sequence).max().unwrap_or_default();
    events.retain(|event| event.sequence == latest);
    let zone = events.first().map_or_else(|| zones.site(), |event| event.zone.clone());
    let mut replacements: Vec<Replacement> = Vec::new();
    for event in replacing {
        let Some((id, _)) = &event.replaces else { continue };
        let Some((at, is_date)) = local(id, zones, &zone) else { continue };
        // A date names the occurrence of that day.
        let of_day = events.first().filter(|_| is_date).map(|first| at.date().and_time(first.starts_at.time()));
        replacements.push((of_day.unwrap_or(at), event));
    }
    // Later versions first: they are found first.
    replacements.sort_by_key(|(_, event)| -event.sequence);
    for (number, event) in events.iter().enumerate() {
        let name = if number == 0 { uid.to_owned() } else { format!("{uid}\n{}", event.starts_at) };
        let is_single = event.rules.is_empty() && event.more.is_empty();
        for (at, (starts_at, length)) in occurrences(event, within, replacements.len(), budget)? {
            let is_replaced = |(other, event): &&Replacement| *other == at && !is_with_later(event);
            if number == 0 && replacements.iter().any(|one| is_replaced(&one)) {
                continue;
            }
            let later = replacements.iter().filter(|(from, event)| is_with_later(event) && *from <= at);
            let moved = later.max_by_key(|(from, _)| *from).filter(|_| number == 0);
            let (starts_at, length, of) = match moved {
                Some((from, later)) => {
                    let moved_by = event.zone.local(later.zone.instant(later.starts_at)) - *from;
                    (starts_at.checked_add_signed(moved_by), later.length, later)
                }
                None => (Some(starts_at), length, event),
            };
            let key = if is_single { name.clone() } else { format!("{name}\n{at}") };
            add(starts_at, length, (of, &event.zone), key_of(&key), within, busy);
        }
    }
    let mut replaced = HashSet::new();
    for (at, event) in replacements {
        if !is_with_later(&event) && replaced.insert(at) {
            let key = key_of(&format!("{uid}\n{at}"));
            add(Some(event.starts_at), event.length, (&event, &event.zone), key, within, busy);
        }
    }
    Ok(())
}

fn is_with_later(event: &Event) -> bool {
    event.replaces.as_ref().is_some_and(|(_, is_with_later)| *is_with_later)
}

/// The occurrences of an event that can lie within a span: by their start in the rule, the start and the length.
fn occurrences(
    event: &Event,
    within: Interval,
    replacements: usize,
    budget: &mut Budget,
) -> Result<BTreeMap<NaiveDateTime, (NaiveDateTime, TimeDelta)>, TooMuch> {
    // An occurrence can be moved by some days.
    let reach = event.length.max(TimeDelta::zero()).checked_add(&(DAY * 32)).unwrap_or(TimeDelta::MAX);
    let from = event.zone.local(within.starts_at()).checked_sub_signed(reach).unwrap_or(event.starts_at).max(event.starts_at);
    let last = event.zone.local(within.ends_at()) + DAY * 32;
    let mut found = BTreeMap::new();
    found.insert(event.starts_at, (event.starts_at, event.length));
    for rule in &event.rules {
        let add = |start| {
            found.insert(start, (start, event.length));
        };
        rule.expand(event.starts_at, (from, last), budget, add)?;
    }
    for (start, length) in &event.more {
        found.insert(*start, (*start, length.unwrap_or(event.length)));
    }
    budget.spend((found.len() * (1 + event.excluded.len() + replacements)) as u64)?;
    found.retain(|start, _| !event.is_excluded(*start));
    Ok(found)
}

/// Adds a time, in whole minutes, if it lies within a span and makes somebody busy.
fn add(
    starts_at: Option<NaiveDateTime>,
    length: TimeDelta,
    (event, zone): (&Event, &Zone),
    key: String,
    within: Interval,
    busy: &mut Busy,
) {
    let Some(starts_at) = starts_at.filter(|_| !event.is_free && length > TimeDelta::zero()) else { return };
    let Some(ends_at) = starts_at.checked_add_signed(length) else { return };
    let (starts_at, ends_at) = (zone.instant(starts_at), zone.instant(ends_at));
    let whole = |time: UtcTime| UtcTime::from_unix_minutes(time.micros().div_euclid(60_000_000));
    let starts_at = whole(starts_at).max(UtcTime::EARLIEST);
    let Ok(interval) = Interval::new(starts_at, ends_at.next_whole_minute().min(UtcTime::LATEST)) else { return };
    if interval.overlaps(within) {
        busy.times.push(BusyTime { interval, key, title: event.title.clone() });
    }
}
