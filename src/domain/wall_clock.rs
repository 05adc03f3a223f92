//! Local time: what the clock on a site's wall shows at an instant.
//!
//! An instant always has exactly one local time, while a local time may have no instant (the gap of
//! spring) or two (the overlap of autumn). So everything here goes from instants to local time,
//! stretch by stretch of constant offset, and never back by guess.

use chrono::{NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::interval::Interval;
use super::time::UtcTime;

/// A text that is no time zone of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone, such as Europe/London")]
pub struct UnknownTimezone;

/// The time zone of this IANA name.
///
/// # Errors
/// When there is none.
pub fn timezone(name: &str) -> Result<Tz, UnknownTimezone> {
    name.parse().map_err(|_| UnknownTimezone)
}

/// The local time at an instant.
pub fn local_time(timezone: Tz, at: UtcTime) -> NaiveDateTime {
    at.to_chrono().with_timezone(&timezone).naive_local()
}

/// How far the wall clock is ahead of UTC at an instant.
pub fn offset(timezone: Tz, at: UtcTime) -> TimeDelta {
    let offset = timezone.offset_from_utc_datetime(&at.to_chrono().naive_utc()).fix();
    TimeDelta::seconds(i64::from(offset.local_minus_utc()))
}

/// The pieces of a span between clock changes, in order, each with its offset.
pub fn stretches(timezone: Tz, within: Interval) -> impl Iterator<Item = (Interval, TimeDelta)> {
    let mut rest = Some(within);
    std::iter::from_fn(move || {
        let span = rest?;
        let here = offset(timezone, span.starts_at());
        let change = next_change(timezone, span, here);
        rest = Interval::new(change, span.ends_at()).ok();
        Interval::new(span.starts_at(), change).ok().map(|stretch| (stretch, here))
    })
}

/// The first instant within a span whose offset is not `here`; the span's end if there is none.
fn next_change(timezone: Tz, within: Interval, here: TimeDelta) -> UtcTime {
    // No zone has changed its clocks twice within six days since 2000, nor will by the rules in force.
    const STRIDE: TimeDelta = TimeDelta::days(3);
    let (mut before, mut after) = (within.starts_at(), within.starts_at());
    while after < within.ends_at() {
        after = (before + STRIDE).min(within.ends_at());
        if offset(timezone, after) != here {
            while before + TimeDelta::seconds(1) < after {
                let middle = before + (after - before) / 2;
                if offset(timezone, middle) == here { before = middle } else { after = middle }
            }
            // Clocks change at whole seconds, which the halving may have left behind by less than one.
            return UtcTime::from_micros(after.micros().div_euclid(1_000_000) * 1_000_000);
        }
        before = after;
    }
    within.ends_at()
}
