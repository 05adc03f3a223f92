//! The hours of a resource, and the check of bookings against them.

use chrono::{NaiveDate, TimeDelta};

use super::bookable::Bookable;
use super::violations::{ViolationCode, Violations};
use super::{OpeningHoursBind, Season};
use crate::interval::{Interval, shared, without};
use crate::opening_hours::{open_by, opened_by};
use crate::said::{Said, said};
use crate::spans::Span;
use crate::time::UtcTime;
use crate::wall_clock::local_time;

impl<'a> Bookable<'a> {
    /// Returns the times within a span at which the hours allow a booking: sorted, and without touching each other.
    pub fn open(&self, within: Interval) -> Vec<Interval> {
        let timezone = self.calendar.timezone;
        let open = open_by(timezone, within, |date| self.hours_of_site(date));
        if self.has_no_hours() {
            return open;
        }
        shared(&open, &open_by(timezone, within, |date| self.hours_of_its_own(date)))
    }

    /// Returns the open times within a span, each with the last opening before it: of the site or of the resource, by the later of
    /// the two.
    pub(crate) fn openings(&self, within: Interval) -> Vec<(Interval, UtcTime)> {
        let timezone = self.calendar.timezone;
        let mut opened = opened_by(timezone, within, |date| self.hours_of_site(date));
        if !self.has_no_hours() {
            let own = opened_by(timezone, within, |date| self.hours_of_its_own(date));
            let meet = |(span, opening): (Interval, UtcTime)| {
                let both = own.iter().map(move |(other, later)| Some((span.intersection(*other)?, opening.max(*later))));
                both.flatten()
            };
            opened = opened.into_iter().flat_map(meet).collect();
        }
        let later = |span: Interval, opening| {
            let others = opened.iter().filter(move |(other, later)| *later > opening && other.overlaps(span));
            others.map(|(other, _)| *other).collect()
        };
        let last = |(span, opening): &(Interval, UtcTime)| {
            let opening = *opening;
            without(*span, later(*span, opening)).into_iter().map(move |part| (part, opening))
        };
        let mut last: Vec<_> = opened.iter().flat_map(last).collect();
        last.sort_unstable();
        last
    }

    fn has_no_hours(&self) -> bool {
        self.rules.opening_hours.is_none() && self.rules.seasons.is_empty()
    }

    fn is_holiday(&self, date: NaiveDate) -> bool {
        self.holidays.is_some_and(|holidays| holidays.include(date))
    }

    fn hours_of_site(&self, date: NaiveDate) -> &'a [Span] {
        match self.calendar.exceptions.on(date) {
            Some(spans) => spans,
            None if self.is_holiday(date) => &[],
            None => self.calendar.hours.on(date),
        }
    }

    fn hours_of_its_own(&self, date: NaiveDate) -> &'a [Span] {
        match Season::hours_on(&self.rules.seasons, date).or(self.rules.opening_hours.as_ref()) {
            None => Span::WHOLE_DAY,
            Some(_) if self.calendar.exceptions.on(date).is_none() && self.is_holiday(date) => &[],
            Some(hours) => hours.on(date),
        }
    }

    /// Returns whether a booking lies in the hours, as far as they bind it.
    pub fn is_open_for(&self, booking: Interval) -> bool {
        let mut violations = Violations::default();
        self.add_closed(booking, &mut violations);
        violations.0.is_empty()
    }

    pub(super) fn add_closed(&self, booking: Interval, violations: &mut Violations) {
        match self.hours_bind {
            OpeningHoursBind::WholeTime if self.open(booking) == [booking] => {}
            OpeningHoursBind::WholeTime => {
                violations.add(ViolationCode::OutsideOpeningHours, self.hours_around(said!("booking"), booking));
            }
            OpeningHoursBind::StartAndEnd => {
                self.add_closed_ends(Some(booking.starts_at()), Some(booking.ends_at()), violations);
            }
        }
    }

    pub(super) fn add_closed_ends(&self, starts_at: Option<UtcTime>, ends_at: Option<UtcTime>, violations: &mut Violations) {
        let start = starts_at.filter(|at| !self.may_start(*at)).map(|at| (said!("start"), at));
        let end = ends_at.filter(|at| !self.may_end(*at)).map(|at| (said!("end"), at));
        for (subject, at) in start.into_iter().chain(end) {
            if let Ok(near) = Interval::new(at, at + UtcTime::TICK) {
                violations.add(ViolationCode::OutsideOpeningHours, self.hours_around(subject, near));
            }
        }
    }

    /// Returns whether a booking can start at an instant.
    fn may_start(&self, at: UtcTime) -> bool {
        Interval::new(at, at + UtcTime::TICK).is_ok_and(|span| !self.open(span).is_empty())
    }

    /// Returns whether a booking can end at an instant: from the opening to the closing.
    fn may_end(&self, at: UtcTime) -> bool {
        Interval::new(at - UtcTime::TICK, at + UtcTime::TICK).is_ok_and(|span| !self.open(span).is_empty())
    }

    fn hours_around(&self, subject: Said, wished: Interval) -> Said {
        const MOST_NAMED: usize = 3;
        let timezone = self.calendar.timezone;
        let near = wished.widened(TimeDelta::days(1), TimeDelta::days(1));
        // Searched in a wider span, so that the first and last hours are complete.
        let mut open = self.open(near.widened(TimeDelta::days(1), TimeDelta::days(1)));
        open.retain(|span| span.overlaps(near));
        if open.is_empty() {
            return said!(
                "the resource is closed on the day of the {subject}, the day before and the day after ({timezone})",
                subject,
                timezone
            );
        }
        let local = |at| local_time(timezone, at);
        let span = |span: &Interval| said!("{start} to {end}", start = local(span.starts_at()), end = local(span.ends_at()));
        let named: Vec<_> = open.iter().take(MOST_NAMED).map(span).collect();
        let more = if open.len() > MOST_NAMED { " …" } else { "" };
        said!("the {subject} is outside the opening hours: {named}{more} ({timezone})", subject, named, more, timezone)
    }
}
