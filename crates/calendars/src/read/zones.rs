//! Time zones of calendars: IANA names, the names that Windows and Outlook give, and definitions in the calendar itself (`VTIMEZONE`).

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::budget::{Budget, TooMuch};
use super::lines::Component;
use super::rule::{Rule, Until};
use super::times::{Time, read_offset, read_time};
use domain::interval::Interval;
use domain::time::UtcTime;
use domain::wall_clock;

/// The names of Windows, one a line, each with the IANA zone.
const WINDOWS_ZONES: &str = include_str!("windows_zones.txt");

/// The cost of a change of a clock in the budget: each time in a gap looks at all changes.
const COST_OF_CHANGE: u64 = 500;

/// A zone.
#[derive(Debug, Clone)]
pub(super) enum Zone {
    /// Of the IANA database.
    Named(Tz),
    /// Defined in the calendar.
    Defined(Rc<Definition>),
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Named(one), Self::Named(other)) => one == other,
            (Self::Defined(one), Self::Defined(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Zone {
    /// The first instant at which a clock in the zone shows a time, or the end of the gap that contains the time.
    pub(super) fn instant(&self, local: NaiveDateTime) -> UtcTime {
        match self {
            Self::Named(zone) => wall_clock::first_instant(*zone, local),
            Self::Defined(definition) => definition.instant(local),
        }
    }

    /// The time on a clock in the zone at an instant.
    pub(super) fn local(&self, at: UtcTime) -> NaiveDateTime {
        match self {
            Self::Named(zone) => wall_clock::local_time(*zone, at),
            Self::Defined(definition) => {
                let utc = at.to_chrono().naive_utc();
                utc + definition.offset(utc)
            }
        }
    }
}

/// The changes of a clock.
#[derive(Debug, Default)]
pub(super) struct Definition {
    /// In order. There is at least one.
    changes: Vec<Change>,
}

/// A change of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    /// When it happens, in UTC.
    at: NaiveDateTime,
    /// The offset from UTC before,
    before: TimeDelta,
    /// and from then on.
    after: TimeDelta,
}

impl Definition {
    fn offset(&self, utc: NaiveDateTime) -> TimeDelta {
        let passed = self.changes.partition_point(|change| change.at <= utc);
        let before = self.changes.first().map(|change| change.before);
        passed.checked_sub(1).and_then(|last| self.changes.get(last)).map(|change| change.after).or(before).unwrap_or_default()
    }

    fn instant(&self, local: NaiveDateTime) -> UtcTime {
        let day = TimeDelta::days(1);
        let near = [local.checked_sub_signed(day), local.checked_add_signed(day)].into_iter().flatten();
        let mut offsets: Vec<_> = near.map(|near| self.offset(near)).collect();
        // With the larger offset the same local time is earlier.
        offsets.sort_unstable_by_key(|offset| -*offset);
        let instants = offsets.iter().filter_map(|offset| Some((local.checked_sub_signed(*offset)?, *offset)));
        let shown = instants.filter(|(at, offset)| self.offset(*at) == *offset).map(|(at, _)| at).next();
        let skips = |change: &&Change| {
            let (from, to) = (change.at + change.before, change.at + change.after);
            from <= local && local < to
        };
        let end_of_gap = || self.changes.iter().find(skips).map(|change| change.at);
        shown.or_else(end_of_gap).unwrap_or(local).and_utc().into()
    }

    /// Reads the definition, as far as it matters from a year before `within` to its end. None: it says nothing that can be used.
    fn read(component: &Component, within: Interval, budget: &mut Budget) -> Result<Option<Self>, TooMuch> {
        let (from, last) = (within.starts_at() - TimeDelta::days(800), within.ends_at() + TimeDelta::days(2));
        let (from, last) = (from.to_chrono().naive_utc(), last.to_chrono().naive_utc());
        let mut changes = Vec::new();
        for part in component.parts.iter().filter(|part| matches!(part.name.as_str(), "STANDARD" | "DAYLIGHT")) {
            let offset = |name| part.value(name).and_then(read_offset);
            let local = |text: &str| match read_time(text)? {
                Time::Day(day) => day.and_hms_opt(0, 0, 0),
                Time::Local(at) | Time::Utc(at) => Some(at),
            };
            let (Some(first), Some(after)) = (part.value("DTSTART").and_then(local), offset("TZOFFSETTO")) else { continue };
            let before = offset("TZOFFSETFROM").unwrap_or(after);
            let mut add = |local: NaiveDateTime| {
                changes.extend(local.checked_sub_signed(before).map(|at| Change { at, before, after }));
            };
            add(first);
            for dates in part.all("RDATE") {
                dates.value.split(',').filter_map(local).for_each(&mut add);
            }
            let until = |text: &str| match read_time(text)? {
                Time::Day(day) => Some(Until::Day(day)),
                Time::Local(at) => Some(Until::At(at)),
                Time::Utc(at) => at.checked_add_signed(before).map(Until::At),
            };
            let Some(Ok(rule)) = part.value("RRULE").map(|rule| Rule::read(rule, until)) else { continue };
            // The last change of a rule that has ended still counts.
            let from = if rule.has_end() { first } else { from };
            rule.expand(first, (from, last), budget, add)?;
        }
        budget.spend(changes.len() as u64 * COST_OF_CHANGE)?;
        changes.sort_unstable();
        Ok((!changes.is_empty()).then_some(Self { changes }))
    }
}

/// The zones that the events of a calendar can name.
pub(super) struct Zones {
    site: Tz,
    defined: HashMap<String, Zone>,
    /// Names that were looked for.
    found: RefCell<HashMap<String, Option<Zone>>>,
}

impl Zones {
    /// Reads the definitions of a calendar. `within` is the time that matters.
    ///
    /// # Errors
    /// When it takes too long.
    pub(super) fn read(calendar: &Component, site: Tz, within: Interval, budget: &mut Budget) -> Result<Self, TooMuch> {
        let mut defined = HashMap::new();
        for component in calendar.parts.iter().filter(|part| part.name == "VTIMEZONE") {
            let Some(name) = component.value("TZID") else { continue };
            let place = component.value("X-LIC-LOCATION").and_then(named);
            let zone = match place {
                Some(place) => Some(Zone::Named(place)),
                None => Definition::read(component, within, budget)?.map(|definition| Zone::Defined(Rc::new(definition))),
            };
            defined.extend(zone.map(|zone| (plain(name), zone)));
        }
        Ok(Self { site, defined, found: RefCell::default() })
    }

    /// The zone of the site: of times without a zone.
    pub(super) const fn site(&self) -> Zone {
        Zone::Named(self.site)
    }

    /// The zone with a name: that of the IANA database or of Windows, else as the calendar defines it. None: the name is unknown.
    pub(super) fn find(&self, name: &str) -> Option<Zone> {
        if let Some(found) = self.found.borrow().get(name) {
            return found.clone();
        }
        let zone = self.look_for(&plain(name));
        self.found.borrow_mut().insert(name.to_owned(), zone.clone());
        zone
    }

    fn look_for(&self, name: &str) -> Option<Zone> {
        let known = named(name).or_else(|| of_windows(name)).or_else(|| at_the_end(name)).map(Zone::Named);
        known.or_else(|| self.defined.get(name).cloned()).or_else(|| self.by_offset(name))
    }

    /// A zone that is named like `(UTC+01:00) Bern` and is not defined: that of the site if this is the offset of its
    /// standard time, else the offset alone.
    fn by_offset(&self, name: &str) -> Option<Zone> {
        let (_, rest) = name.split_once("(UTC").or_else(|| name.split_once("(GMT"))?;
        let offset = read_offset(rest.split_once(')')?.0)?;
        let year =
            [0, 182].map(|day| wall_clock::offset(self.site, UtcTime::from_micros(1_767_225_600_000_000) + TimeDelta::days(day)));
        if year.iter().min() == Some(&offset) {
            return Some(self.site());
        }
        let changes = vec![Change { at: NaiveDateTime::default(), before: offset, after: offset }];
        Some(Zone::Defined(Rc::new(Definition { changes })))
    }
}

fn plain(name: &str) -> String {
    name.trim().trim_matches('"').trim().to_owned()
}

/// The zone of the IANA database with this name, in any case.
fn named(name: &str) -> Option<Tz> {
    let is_utc = ["Z", "tzone://Microsoft/Utc"].iter().any(|utc| utc.eq_ignore_ascii_case(name));
    let find = || TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(name));
    if is_utc { Some(Tz::UTC) } else { name.parse().ok().or_else(find) }
}

/// The zone that Windows gives this name.
fn of_windows(name: &str) -> Option<Tz> {
    let lines = WINDOWS_ZONES.lines().filter(|line| !line.starts_with('#'));
    let mut pairs = lines.filter_map(|line| line.split_once(" = "));
    pairs.find(|(windows, _)| windows.eq_ignore_ascii_case(name)).and_then(|(_, iana)| iana.parse().ok())
}

/// The zone at the end of a path such as `/softwarestudio.org/Olson_20011030_5/Europe/Berlin`.
fn at_the_end(name: &str) -> Option<Tz> {
    let parts: Vec<_> = name.split('/').collect();
    [3, 2].iter().find_map(|count| named(&parts.get(parts.len().checked_sub(*count)?..)?.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_of_windows_is_a_zone() {
        let lines: Vec<_> = WINDOWS_ZONES.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.len() > 130, "{}", lines.len());
        for line in lines {
            let (windows, iana) = line.split_once(" = ").unwrap();
            assert_eq!(of_windows(windows).map(Tz::name), Some(iana), "{line}");
        }
    }

    fn zones(definitions: &str, site: Tz) -> Zones {
        let file = format!("BEGIN:VCALENDAR\n{definitions}END:VCALENDAR\n");
        let calendars = crate::read::lines::read(file.as_bytes()).unwrap();
        let begins = UtcTime::parse("2026-12-01T00:00:00Z").unwrap();
        let within = Interval::new(begins, begins + TimeDelta::days(400)).unwrap();
        Zones::read(&calendars[0], site, within, &mut Budget::default()).unwrap()
    }

    #[test]
    fn a_zone_is_found_by_each_of_its_names() {
        let zones = zones(
            "BEGIN:VTIMEZONE\nTZID:Ours\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE\nBEGIN:VTIMEZONE\nTZID:Empty\nEND:VTIMEZONE\n",
            Tz::Europe__Brussels,
        );
        for (name, expected) in [
            ("Europe/London", Some(Tz::Europe__London)),
            ("europe/london", Some(Tz::Europe__London)),
            ("\"America/New_York\"", Some(Tz::America__New_York)),
            ("UTC", Some(Tz::UTC)),
            ("tzone://Microsoft/Utc", Some(Tz::UTC)),
            ("W. Europe Standard Time", Some(Tz::Europe__Berlin)),
            ("pacific standard time", Some(Tz::America__Los_Angeles)),
            ("/softwarestudio.org/Olson_20011030_5/Europe/Berlin", Some(Tz::Europe__Berlin)),
            ("/freeassociation.sourceforge.net/America/Argentina/Salta", Some(Tz::America__Argentina__Salta)),
            ("Ours", Some(Tz::Asia__Tokyo)),
            ("(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", Some(Tz::Europe__Brussels)),
            ("Empty", None),
            ("Customized Time Zone", None),
            ("", None),
        ] {
            assert_eq!(zones.find(name), expected.map(Zone::Named), "{name}");
        }
        let five = zones.find("(UTC-05:00) Bogota, Lima, Quito").unwrap();
        let noon = read_time("20270701T120000Z");
        let Some(Time::Utc(noon)) = noon else { panic!("{noon:?}") };
        assert_eq!(five.instant(noon), UtcTime::parse("2027-07-01T17:00:00Z").unwrap());
    }

    #[test]
    fn a_definition_counts_like_the_zone_that_it_defines() {
        // As Outlook writes it, with a name of its own and rules since 1601.
        let zones = zones(
            "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n\
             BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
             BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n\
             END:VTIMEZONE\n",
            Tz::UTC,
        );
        let (defined, named) = (zones.find("Customized Time Zone").unwrap(), Zone::Named(Tz::Europe__Brussels));
        assert!(matches!(defined, Zone::Defined(_)));
        let first = UtcTime::parse("2026-12-01T00:00:00Z").unwrap();
        for quarter in 0..400 * 96 {
            let at = first + TimeDelta::minutes(15 * quarter);
            assert_eq!(defined.local(at), named.local(at), "{at}");
            let local = at.to_chrono().naive_utc();
            assert_eq!(defined.instant(local), named.instant(local), "{local}");
        }
    }
}
