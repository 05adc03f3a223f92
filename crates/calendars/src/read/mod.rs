//! Calendars of others: the times at which their events make somebody busy.
//!
//! Calendar programs write files that break RFC 5545 in many ways. An event that is not understood in part is read as far as it is, with a
//! [`Problem`](domain::calendar_import::Problem); only a file that is no calendar, or not a whole one, is refused.

mod budget;
mod events;
mod found;
mod lines;
mod rule;
mod times;
mod zones;

use std::collections::HashSet;

use chrono::TimeDelta;
use chrono_tz::Tz;

pub use self::found::{Busy, NotACalendar};

use self::budget::Budget;
use domain::calendar_import::{AHEAD, MOST_PROBLEMS, MOST_TIMES};
use domain::interval::Interval;
use domain::time::UtcTime;

/// Reads a calendar: the times of its events that end after a day before `now` and start within [`AHEAD`], at most [`MOST_TIMES`]. Times
/// without a zone, and whole days, are those of the clock at the site.
///
/// # Errors
/// When the file is no whole calendar.
pub fn read(file: &[u8], site: Tz, now: UtcTime) -> Result<Busy, NotACalendar> {
    let calendars = lines::read(file)?;
    let within = Interval::new(now - TimeDelta::days(1), now + AHEAD).map_err(|_| NotACalendar::Other)?;
    let mut budget = Budget::default();
    let mut busy = Busy::default();
    for calendar in &calendars {
        let zones = zones::Zones::read(calendar, site, within, &mut budget)?;
        events::read(calendar, &zones, within, &mut budget, &mut busy)?;
    }
    busy.times.sort_unstable_by(|one, other| (one.interval, &one.key).cmp(&(other.interval, &other.key)));
    let mut keys = HashSet::new();
    busy.times.retain(|time| keys.insert(time.key.clone()));
    busy.problems.truncate(MOST_PROBLEMS);
    busy.left_out = busy.times.len().saturating_sub(MOST_TIMES);
    busy.times.truncate(MOST_TIMES);
    Ok(busy)
}

#[cfg(test)]
mod tests;
