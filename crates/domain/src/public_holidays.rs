//! Public holidays by the laws in force in 2026: those of whole countries, and of the nations of the United Kingdom. A holiday
//! of a region or of a single year is entered as an exception of the site.

use chrono::{Datelike as _, Days, NaiveDate, Weekday};

/// A rule for the date of a holiday.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// On this month and day.
    On(u32, u32),
    /// This many days after Easter Sunday.
    Easter(i64),
    /// On the first such weekday of a month on or after this day.
    First(Weekday, u32, u32),
    /// On this many days from this month and day. Each of them on a weekend makes the next free weekday a holiday too.
    Substituted(u32, u32, u64),
    /// On this month and day, and also on the Friday before if it is a Saturday, or on the Monday after if it is a Sunday.
    Observed(u32, u32),
    /// On the days for which a function returns true.
    By(fn(NaiveDate) -> bool),
}

use Rule::{By, Easter, First, Observed, On, Substituted};
use Weekday::{Fri, Mon, Sat, Thu};

const GOOD_FRIDAY: Rule = Easter(-2);
const EASTER_SUNDAY: Rule = Easter(0);
const EASTER_MONDAY: Rule = Easter(1);
const ASCENSION: Rule = Easter(39);
const PENTECOST: Rule = Easter(49);
const WHIT_MONDAY: Rule = Easter(50);
const CORPUS_CHRISTI: Rule = Easter(60);

const AUSTRIA: &[Rule] = &[
    On(1, 1),
    On(1, 6),
    EASTER_MONDAY,
    On(5, 1),
    ASCENSION,
    WHIT_MONDAY,
    CORPUS_CHRISTI,
    On(8, 15),
    On(10, 26),
    On(11, 1),
    On(12, 8),
    On(12, 25),
    On(12, 26),
];
const BELGIUM: &[Rule] = &[
    On(1, 1),
    EASTER_SUNDAY,
    EASTER_MONDAY,
    On(5, 1),
    ASCENSION,
    PENTECOST,
    WHIT_MONDAY,
    On(7, 21),
    On(8, 15),
    On(11, 1),
    On(11, 11),
    On(12, 25),
];
const CZECHIA: &[Rule] = &[
    On(1, 1),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    On(5, 1),
    On(5, 8),
    On(7, 5),
    On(7, 6),
    On(9, 28),
    On(10, 28),
    On(11, 17),
    On(12, 24),
    On(12, 25),
    On(12, 26),
];
const DENMARK: &[Rule] =
    &[On(1, 1), Easter(-3), GOOD_FRIDAY, EASTER_SUNDAY, EASTER_MONDAY, ASCENSION, PENTECOST, WHIT_MONDAY, On(12, 25), On(12, 26)];
const ENGLAND_AND_WALES: &[Rule] = &[
    Substituted(1, 1, 1),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    First(Mon, 5, 1),
    First(Mon, 5, 25),
    First(Mon, 8, 25),
    Substituted(12, 25, 2),
];
const FINLAND: &[Rule] = &[
    On(1, 1),
    On(1, 6),
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    On(5, 1),
    ASCENSION,
    PENTECOST,
    First(Fri, 6, 19),
    First(Sat, 6, 20),
    First(Sat, 10, 31),
    On(12, 6),
    On(12, 24),
    On(12, 25),
    On(12, 26),
];
const FRANCE: &[Rule] = &[
    On(1, 1),
    EASTER_MONDAY,
    On(5, 1),
    On(5, 8),
    ASCENSION,
    WHIT_MONDAY,
    On(7, 14),
    On(8, 15),
    On(11, 1),
    On(11, 11),
    On(12, 25),
];
const GERMANY: &[Rule] =
    &[On(1, 1), GOOD_FRIDAY, EASTER_MONDAY, On(5, 1), ASCENSION, WHIT_MONDAY, On(10, 3), On(12, 25), On(12, 26)];
const IRELAND: &[Rule] = &[
    On(1, 1),
    By(is_saint_brigids_day),
    On(3, 17),
    EASTER_MONDAY,
    First(Mon, 5, 1),
    First(Mon, 6, 1),
    First(Mon, 8, 1),
    First(Mon, 10, 25),
    On(12, 25),
    On(12, 26),
];
const ITALY: &[Rule] = &[
    On(1, 1),
    On(1, 6),
    EASTER_SUNDAY,
    EASTER_MONDAY,
    On(4, 25),
    On(5, 1),
    On(6, 2),
    On(8, 15),
    On(10, 4),
    On(11, 1),
    On(12, 8),
    On(12, 25),
    On(12, 26),
];
const LUXEMBOURG: &[Rule] = &[
    On(1, 1),
    EASTER_MONDAY,
    On(5, 1),
    On(5, 9),
    ASCENSION,
    WHIT_MONDAY,
    On(6, 23),
    On(8, 15),
    On(11, 1),
    On(12, 25),
    On(12, 26),
];
const NETHERLANDS: &[Rule] = &[
    On(1, 1),
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    By(is_kings_day),
    By(is_liberation_day),
    ASCENSION,
    PENTECOST,
    WHIT_MONDAY,
    On(12, 25),
    On(12, 26),
];
const NORTHERN_IRELAND: &[Rule] = &[
    Substituted(1, 1, 1),
    Substituted(3, 17, 1),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    First(Mon, 5, 1),
    First(Mon, 5, 25),
    Substituted(7, 12, 1),
    First(Mon, 8, 25),
    Substituted(12, 25, 2),
];
const NORWAY: &[Rule] = &[
    On(1, 1),
    Easter(-3),
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    On(5, 1),
    On(5, 17),
    ASCENSION,
    PENTECOST,
    WHIT_MONDAY,
    On(12, 25),
    On(12, 26),
];
const POLAND: &[Rule] = &[
    On(1, 1),
    On(1, 6),
    EASTER_SUNDAY,
    EASTER_MONDAY,
    On(5, 1),
    On(5, 3),
    PENTECOST,
    CORPUS_CHRISTI,
    On(8, 15),
    On(11, 1),
    On(11, 11),
    On(12, 24),
    On(12, 25),
    On(12, 26),
];
const PORTUGAL: &[Rule] = &[
    On(1, 1),
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    On(4, 25),
    On(5, 1),
    CORPUS_CHRISTI,
    On(6, 10),
    On(8, 15),
    On(10, 5),
    On(11, 1),
    On(12, 1),
    On(12, 8),
    On(12, 25),
];
const SCOTLAND: &[Rule] = &[
    Substituted(1, 1, 2),
    GOOD_FRIDAY,
    First(Mon, 5, 1),
    First(Mon, 5, 25),
    First(Mon, 8, 1),
    Substituted(11, 30, 1),
    Substituted(12, 25, 2),
];
const SWEDEN: &[Rule] = &[
    On(1, 1),
    On(1, 6),
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    On(5, 1),
    ASCENSION,
    PENTECOST,
    On(6, 6),
    First(Sat, 6, 20),
    First(Sat, 10, 31),
    On(12, 25),
    On(12, 26),
];
const UNITED_STATES: &[Rule] = &[
    Observed(1, 1),
    First(Mon, 1, 15),
    First(Mon, 2, 15),
    First(Mon, 5, 25),
    Observed(6, 19),
    Observed(7, 4),
    First(Mon, 9, 1),
    First(Mon, 10, 8),
    Observed(11, 11),
    First(Thu, 11, 22),
    Observed(12, 25),
];

/// The postcode areas of Scotland.
const SCOTTISH: &[&str] = &["AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "TD", "ZE"];
/// The districts of TD, the only area across the border, that lie mostly in England.
const ENGLISH_BORDERS: &[&str] = &["TD12", "TD15"];

/// The public holidays of a place.
#[derive(Debug, Clone, Copy)]
pub struct PublicHolidays(&'static [Rule]);

impl PublicHolidays {
    /// For places without known holidays: any day could be one.
    pub const ANY_DAY: Self = Self(&[By(|_| true)]);

    /// Returns the holidays of a country (ISO 3166-1 alpha-2) if they are known; in the United Kingdom, those of the nation of
    /// the postal code.
    pub fn of(country: &str, postal_code: &str) -> Option<Self> {
        Some(Self(match country {
            "AT" => AUSTRIA,
            "BE" => BELGIUM,
            "CZ" => CZECHIA,
            "DE" => GERMANY,
            "DK" => DENMARK,
            "FI" => FINLAND,
            "FR" => FRANCE,
            "GB" => of_nation(postal_code),
            "IE" => IRELAND,
            "IT" => ITALY,
            "LU" => LUXEMBOURG,
            "NL" => NETHERLANDS,
            "NO" => NORWAY,
            "PL" => POLAND,
            "PT" => PORTUGAL,
            "SE" => SWEDEN,
            "US" => UNITED_STATES,
            _ => return None,
        }))
    }

    /// Returns whether a date is a holiday.
    pub fn include(self, date: NaiveDate) -> bool {
        self.0.iter().any(|rule| rule.holds(date))
    }
}

/// Returns the holidays of the nation of the United Kingdom in which a postal code lies.
fn of_nation(postal_code: &str) -> &'static [Rule] {
    let code = postal_code.trim().to_ascii_uppercase();
    let outward = code.split(' ').next().unwrap_or_default();
    let area = outward.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    if area == "BT" {
        NORTHERN_IRELAND
    } else if SCOTTISH.contains(&area) && !ENGLISH_BORDERS.contains(&outward) {
        SCOTLAND
    } else {
        ENGLAND_AND_WALES
    }
}

impl Rule {
    fn holds(self, date: NaiveDate) -> bool {
        let is = |date: Option<NaiveDate>, month, day| date.is_some_and(|date| (date.month(), date.day()) == (month, day));
        let before = |days| date.checked_sub_days(Days::new(days));
        match self {
            On(month, day) => is(Some(date), month, day),
            Easter(days) => days_after_easter(date) == days,
            First(weekday, month, day) => date.weekday() == weekday && (0..7).any(|days| is(before(days), month, day)),
            Substituted(month, day, count) => {
                let first = date.with_day(1).and_then(|date| date.with_month(month)).and_then(|date| date.with_day(day));
                first.is_some_and(|first| is_substituted(first, count, date))
            }
            Observed(month, day) => {
                is(Some(date), month, day)
                    || date.weekday() == Fri && is(date.checked_add_days(Days::new(1)), month, day)
                    || date.weekday() == Mon && is(before(1), month, day)
            }
            By(is_on) => is_on(date),
        }
    }
}

/// Returns whether a date is one of `count` days from `first`, or a weekday that replaces one of them on a weekend.
fn is_substituted(first: NaiveDate, count: u64, date: NaiveDate) -> bool {
    let is_weekend = |date: &NaiveDate| date.weekday().number_from_monday() > 5;
    let (days, after): (Vec<_>, Vec<_>) = first.iter_days().take(14).zip(0..).partition(|(_, number)| *number < count);
    let given = days.iter().filter(|(day, _)| is_weekend(day)).count();
    let substitutes = after.iter().filter(|(day, _)| !is_weekend(day)).take(given);
    days.iter().chain(substitutes).any(|(day, _)| *day == date)
}

/// Returns the number of days between Easter Sunday of the same year and a date, by the Gregorian computus (Meeus, Jones and
/// Butcher).
fn days_after_easter(date: NaiveDate) -> i64 {
    let year = date.year();
    let (golden, century, in_century) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15).rem_euclid(30);
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - moon - in_century % 4).rem_euclid(7);
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    // Counted from 1 March, so that a leap day comes last.
    let after_march = moon + weekday - 7 * late + 21;
    let march = NaiveDate::from_ymd_opt(year, 3, 1).unwrap_or_default();
    (date - march).num_days() - i64::from(after_march)
}

/// Ireland: the first Monday of February, or 1 February if it is a Friday.
fn is_saint_brigids_day(date: NaiveDate) -> bool {
    if date.month() != 2 {
        return false;
    }
    match date.weekday() {
        Fri => date.day() == 1,
        // If the month begins on a Friday, its first Monday is the fourth.
        Mon => date.day() < 8 && date.day() != 4,
        _ => false,
    }
}

/// 27 April, or the day before if it is a Sunday.
fn is_kings_day(date: NaiveDate) -> bool {
    date.month() == 4 && (date.day() == 27 && date.weekday() != Weekday::Sun || date.day() == 26 && date.weekday() == Sat)
}

/// 5 May, a holiday every five years.
fn is_liberation_day(date: NaiveDate) -> bool {
    (date.month(), date.day()) == (5, 5) && date.year() % 5 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holidays_are_those_that_others_have_found() {
        let known = include_str!("public_holidays.txt").lines().filter(|line| !line.starts_with('#'));
        let mut years = 0;
        for line in known {
            let mut words = line.split(' ');
            let (country, postal_code, year) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            let holidays = PublicHolidays::of(country, postal_code).unwrap();
            let first: NaiveDate = format!("{year}-01-01").parse().unwrap();
            let found = first.iter_days().take_while(|date| date.year() == first.year()).filter(|date| holidays.include(*date));
            let found: Vec<_> = found.map(|date| date.format("%m-%d").to_string()).collect();
            assert_eq!(found, words.collect::<Vec<_>>(), "{country} {postal_code} {year}");
            years += 1;
        }
        assert_eq!(years, 19 * 12);
    }

    #[test]
    fn the_postal_code_tells_the_nations_apart() {
        let new_years_next: NaiveDate = "2026-01-02".parse().unwrap();
        let saint_patrick: NaiveDate = "2026-03-17".parse().unwrap();
        let nation = |postal_code: &str| {
            let holidays = PublicHolidays::of("GB", postal_code).unwrap();
            (holidays.include(new_years_next), holidays.include(saint_patrick))
        };
        for code in ["EH1 1AA", "g2 1aa", "TD1 1AA", " ZE1"] {
            assert_eq!(nation(code), (true, false), "{code}");
        }
        for code in ["E1 1AA", "GL1 1AA", "TD15 1AA", "", "CF10 1AA"] {
            assert_eq!(nation(code), (false, false), "{code}");
        }
        assert_eq!(nation("BT1 1AA"), (false, true));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        assert!(PublicHolidays::of("JP", "").is_none());
    }
}
