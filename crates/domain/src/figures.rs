//! The figures of a host: how many hours of its resources it offered, which were booked and used, and what they earned.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};
use chrono_tz::Tz;

use super::booking::{Booking, BookingStatus, Usage};
use super::interval::Interval;
use super::money::{Currency, Money};
use super::rules::OpeningHoursBind;
use super::rules::bookable::Bookable;
use super::text_enum::text_enum;
use super::time::UtcTime;
use super::wall_clock::start_of_day;

text_enum! {
    /// The objects to which the figures of a host are added up.
    pub enum FiguresBy {
        /// One line for each resource.
        Resource = "resource",
        /// One line for each site.
        Site = "site",
        /// One line for each kind of resource.
        Kind = "kind",
        /// One line for each month of the local calendar.
        Month = "month",
    }
}

/// Figures of one or several resources in a period. All times are multiplied by the quantity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// The time in which the resources could be booked, in microseconds.
    offered: i128,
    /// The booked time, in microseconds.
    booked: i128,
    /// The used time, in microseconds.
    used: i128,
    /// The number of bookings that start in the period and were agreed.
    pub bookings: i64,
    /// The number of bookings that start in the period and whose customers did not come.
    pub no_shows: i64,
    /// The amounts that the bookings that start in the period owe, without VAT, by currency, in minor units.
    pub income: BTreeMap<Currency, i128>,
}

/// Returns a time in whole minutes.
fn minutes(micros: i128) -> i64 {
    i64::try_from(micros.div_euclid(60_000_000)).unwrap_or(i64::MAX)
}

fn micros(time: Interval) -> i128 {
    i128::from(time.ends_at().micros()) - i128::from(time.starts_at().micros())
}

impl Figures {
    /// Returns the minutes in which the resources could be booked.
    pub fn offered_minutes(&self) -> i64 {
        minutes(self.offered)
    }

    /// Returns the booked minutes.
    pub fn booked_minutes(&self) -> i64 {
        minutes(self.booked)
    }

    /// Returns the used minutes.
    pub fn used_minutes(&self) -> i64 {
        minutes(self.used)
    }

    /// Returns the minutes that could be booked and were not.
    pub fn idle_minutes(&self) -> i64 {
        minutes((self.offered - self.booked).max(0))
    }

    /// Returns the income, one amount for each currency.
    pub fn amounts(&self) -> Vec<Money> {
        let amount = |sum: i128| i64::try_from(sum).unwrap_or(i64::MAX);
        self.income.iter().map(|(currency, sum)| Money { amount: amount(*sum), currency: *currency }).collect()
    }

    /// Adds the time in which a resource can be booked, by its current hours and capacity.
    pub fn add_resource(&mut self, bookable: &Bookable<'_>, period: Interval) {
        let open = open_times(bookable, period);
        self.offered += open.into_iter().map(micros).sum::<i128>() * i128::from(bookable.capacity);
    }

    /// Takes the time of a block of the host away from the offered time.
    pub fn add_block(&mut self, bookable: &Bookable<'_>, block: Interval, quantity: i32, period: Interval) {
        let Some(block) = block.intersection(period) else { return };
        self.offered -= open_times(bookable, block).into_iter().map(micros).sum::<i128>() * i128::from(quantity);
    }

    /// Adds a booking, as it is at the instant of the figures. One that was cancelled counts only by the fee that it owes.
    pub fn add_booking(&mut self, booking: &Booking, now: UtcTime, period: Interval) {
        let quantity = i128::from(booking.quantity);
        let clipped = |time: Interval| time.intersection(period).map_or(0, micros) * quantity;
        let is_agreed = matches!(
            booking.status,
            BookingStatus::Confirmed | BookingStatus::InUse | BookingStatus::Completed | BookingStatus::NoShow
        );
        if is_agreed {
            self.booked += clipped(booking.interval);
            self.used += used(booking, now).map_or(0, clipped);
        }
        let starts_at = booking.interval.starts_at();
        if !(period.starts_at()..period.ends_at()).contains(&starts_at) {
            return;
        }
        self.bookings += i64::from(is_agreed);
        self.no_shows += i64::from(booking.status == BookingStatus::NoShow);
        for (reason, amount) in booking.owed().into_iter().filter(|(reason, _)| reason.credit.is_income()) {
            *self.income.entry(reason.currency).or_default() += i128::from(amount);
        }
    }

    /// Adds the figures of other resources or periods.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.booked += other.booked;
        self.used += other.used;
        self.bookings += other.bookings;
        self.no_shows += other.no_shows;
        for (currency, amount) in &other.income {
            *self.income.entry(*currency).or_default() += amount;
        }
    }
}

/// Returns the times in which something can be booked: all of them if the opening hours bind only the start and the end.
fn open_times(bookable: &Bookable<'_>, within: Interval) -> Vec<Interval> {
    match bookable.hours_bind {
        OpeningHoursBind::StartAndEnd => vec![within],
        OpeningHoursBind::WholeTime => bookable.open(within),
    }
}

/// Returns the time in which a booking was used: from the check-in to the check-out, or until now; all of it if it is over and nobody
/// was checked in, because not every host records the use.
fn used(booking: &Booking, now: UtcTime) -> Option<Interval> {
    match (booking.usage, booking.status) {
        (Some(Usage { checked_in_at, checked_out_at, .. }), _) => {
            let until = checked_out_at.unwrap_or_else(|| match booking.status {
                BookingStatus::InUse => now,
                _ => booking.interval.ends_at(),
            });
            Interval::new(checked_in_at, until).ok()
        }
        (None, BookingStatus::Completed) => Some(booking.interval),
        (None, _) => None,
    }
}

/// Returns the months of the local calendar that a range of dates touches, each with its dates in the range.
pub fn months(from: NaiveDate, to: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut months = Vec::new();
    let mut first = from;
    while first < to {
        let next = first.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).unwrap_or(to);
        months.push((first, next.min(to)));
        first = next;
    }
    months
}

/// Returns the time of some local dates, from the beginning of the first one to that of the last one. None if it is empty.
pub fn period(timezone: Tz, from: NaiveDate, to: NaiveDate) -> Option<Interval> {
    Interval::new(start_of_day(timezone, from), start_of_day(timezone, to)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_those_of_the_calendar_cut_to_the_range() {
        let found = months(day("2026-01-31"), day("2026-03-02"));
        let expected = [("2026-01-31", "2026-02-01"), ("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-03-02")];
        assert_eq!(found, expected.map(|(from, to)| (day(from), day(to))));
        assert_eq!(months(day("2026-03-01"), day("2026-03-01")), []);
        assert_eq!(months(day("2026-12-31"), day("2027-01-01")), [(day("2026-12-31"), day("2027-01-01"))]);
    }

    #[test]
    fn a_period_of_local_dates_has_the_hours_that_pass() {
        let hours = |from, to| period(Tz::Europe__London, day(from), day(to)).unwrap().duration().num_hours();
        assert_eq!((hours("2026-03-29", "2026-03-30"), hours("2026-10-25", "2026-10-26")), (23, 25));
        assert_eq!(period(Tz::Europe__London, day("2026-03-29"), day("2026-03-29")), None);
    }
}
