//! Dates, times and durations as calendars contain them, and as careless programs write them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A date, or a time with or without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// A whole day.
    Day(NaiveDate),
    /// A time on some clock.
    Local(NaiveDateTime),
    /// A time in UTC.
    Utc(NaiveDateTime),
}

/// Reads a date (`20261201`) or a time (`20261201T090000Z`), also as ISO 8601 writes them, without seconds, and with an offset.
pub(super) fn read_time(text: &str) -> Option<Time> {
    let text = text.trim();
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time.trim())),
        None => (text, None),
    };
    let digits = |text: &str| text.chars().filter(|char| !matches!(char, '-' | ':')).collect::<String>();
    let date = digits(date);
    let date = NaiveDate::parse_from_str(&date, "%Y%m%d").ok().filter(|_| date.len() == 8)?;
    let Some(time) = time else { return Some(Time::Day(date)) };
    let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (&time[..at], Some(&time[at..])),
        None => (time, None),
    };
    // Fractions of a second do not matter.
    let time = digits(time.split('.').next().unwrap_or_default());
    let number = |from: usize| time.get(from..from + 2).map_or(Some(0), |text| text.parse::<u32>().ok());
    if !matches!(time.len(), 4 | 6) || !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hour, minute, second) = (number(0)?, number(2)?, number(4)?.min(59));
    let local = match (hour, minute, second) {
        (24, 0, 0) => date.succ_opt()?.and_time(NaiveTime::MIN),
        _ => date.and_hms_opt(hour, minute, second)?,
    };
    Some(match offset {
        None => Time::Local(local),
        Some("Z" | "z") => Time::Utc(local),
        Some(offset) => Time::Utc(local.checked_sub_signed(read_offset(offset)?)?),
    })
}

/// Reads an offset from UTC, such as `+0100`, `-05:30` or `+013045`.
pub(super) fn read_offset(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits: String = digits.chars().filter(|char| !matches!(char, ':' | '.')).collect();
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize| digits.get(from..from + 2).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let seconds = number(0) * 3600 + number(2) * 60 + number(4);
    (seconds < 86_400).then(|| TimeDelta::seconds(if is_negative { -seconds } else { seconds }))
}

/// Reads a duration such as `PT1H30M`, `P1D` or `P2W`. A negative one is none.
pub(super) fn read_duration(text: &str) -> Option<TimeDelta> {
    let text = text.trim().to_ascii_uppercase();
    let rest = text.strip_prefix('+').unwrap_or(&text).strip_prefix('P')?;
    let (mut number, mut seconds, mut is_time) = (String::new(), 0_i64, false);
    for char in rest.chars() {
        let factor = match char {
            'T' => {
                is_time = true;
                continue;
            }
            '0'..='9' if number.len() < 9 => {
                number.push(char);
                continue;
            }
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3600,
            'M' if is_time => 60,
            'S' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<i64>().ok()?.checked_mul(factor)?)?;
        number.clear();
    }
    TimeDelta::try_seconds(seconds).filter(|_| number.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read_in_all_their_forms() {
        let at = |text| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
        for (text, expected) in [
            ("20261201", Time::Day(at("2026-12-01 00:00:00").date())),
            ("2026-12-01", Time::Day(at("2026-12-01 00:00:00").date())),
            (" 20261201T090000 ", Time::Local(at("2026-12-01 09:00:00"))),
            ("20261201t0900", Time::Local(at("2026-12-01 09:00:00"))),
            ("2026-12-01 09:00:00", Time::Local(at("2026-12-01 09:00:00"))),
            ("20261201T240000", Time::Local(at("2026-12-02 00:00:00"))),
            ("20261201T235960", Time::Local(at("2026-12-01 23:59:59"))),
            ("20261201T090000Z", Time::Utc(at("2026-12-01 09:00:00"))),
            ("2026-12-01T09:00:00.000Z", Time::Utc(at("2026-12-01 09:00:00"))),
            ("2026-12-01T09:00:00+01:00", Time::Utc(at("2026-12-01 08:00:00"))),
            ("20261201T090000-0530", Time::Utc(at("2026-12-01 14:30:00"))),
        ] {
            assert_eq!(read_time(text), Some(expected), "{text}");
        }
        for wrong in [
            "",
            "2026",
            "20261301",
            "20261201T",
            "20261201T9",
            "20261201T250000",
            "20261201T090000+1",
            "T090000",
            "20261201Té0000",
        ] {
            assert_eq!(read_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn durations_and_offsets_are_read() {
        for (text, expected) in [
            ("PT1H30M", Some(5400)),
            ("P1D", Some(86_400)),
            ("P2W", Some(1_209_600)),
            ("P1DT12H", Some(129_600)),
            ("+PT15M", Some(900)),
            ("PT0S", Some(0)),
            ("-PT15M", None),
            ("P1M", None),
            ("P", Some(0)),
            ("PT5", None),
            ("PT99999999999H", None),
            ("1H", None),
        ] {
            assert_eq!(read_duration(text).map(|duration| duration.num_seconds()), expected, "{text}");
        }
        for (text, expected) in
            [("+0100", Some(3600)), ("-05:30", Some(-19_800)), ("+013045", Some(5445)), ("01", None), ("+9900", None)]
        {
            assert_eq!(read_offset(text).map(|offset| offset.num_seconds()), expected, "{text}");
        }
    }
}
