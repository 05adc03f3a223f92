//! The cheapest way to charge a time: minutes by their rates, and days, weeks and months.
//!
//! A time is covered by steps: one stretch of minutes, or one long rate, which covers the time from its start to the same local time
//! some days or a month later, also beyond the end of the booking. The price is the lowest sum over all ways to cover the time. So a
//! longer booking never costs less than a shorter one inside it, because a cover of the longer one covers the shorter one; and
//! two bookings that share a time never cost less than one booking of it, because their covers together are a cover.
//!
//! The search is dynamic programming from the end over the instants at which a step can begin. While a long rate moves between two
//! changes of the rates, the sum changes linearly, so that it is lowest where an end of the long rate meets a change of the rates, an
//! end of the booking or another long rate; these have the local time of a change or of an end of the booking. The end of a long rate
//! does not move with its start at a change of the clocks and at the end of a month. It is lowest just before or at such a jump, which
//! adds the local times around changes of the clocks and around midnight.

use std::collections::BTreeSet;

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;

use super::band::Band;
use super::buyer::{Buyer, Moment};
use super::discount::Discount;
use super::tariff::{Per, Tariff};
use crate::interval::Interval;
use crate::length::SlotLength;
use crate::time::UtcTime;
use crate::wall_clock::{LocalSpan, first_shown, local_time, stretches};

/// The parts of a minor unit in which exact prices are counted. A minute at a rate per hour or day, of which percentages are taken
/// twice, is a whole number of them.
pub(super) const PARTS: i128 = 1440 * 100 * 100;

/// The unit in which time is charged.
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// A rate for a time that is longer than an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LongRate {
    /// A local day.
    Day,
    /// Seven local days.
    Week,
    /// From a day of a month to the same day of the next one, or to its last day.
    Month,
}

impl LongRate {
    /// Returns the end of the time that begins at an instant.
    fn end(self, timezone: Tz, starts_at: UtcTime) -> UtcTime {
        match self {
            Self::Day => SlotLength::Days(1).end(timezone, starts_at),
            Self::Week => SlotLength::Days(7).end(timezone, starts_at),
            Self::Month => LocalSpan::month_later(timezone, starts_at),
        }
    }
}

/// The rate by which a part of the time is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    /// The rate of the tariff.
    Base,
    /// The rate of a band, by its place.
    Band(usize),
    /// A long rate.
    Long(LongRate),
}

/// A part of the time, charged by one rate and reduced by at most one discount.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charge {
    pub(super) rate: Rate,
    /// The minutes that are charged, or the number of long rates.
    pub(super) count: i64,
    /// The price before the discount, in parts.
    pub(super) full: i128,
    /// The discount, by its place.
    pub(super) discount: Option<usize>,
    /// The price in parts.
    pub(super) reduced: i128,
}

/// A time within which neither the band nor the discount on minutes changes.
#[derive(Debug, Clone, Copy)]
struct Piece {
    time: Interval,
    band: Option<usize>,
    discount: Option<usize>,
}

/// Computes charges for one tariff, buyer and time zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Charges<'a> {
    pub(super) tariff: &'a Tariff,
    pub(super) timezone: Tz,
    pub(super) buyer: Buyer,
}

impl Charges<'_> {
    /// Returns the charges of the cheapest way to cover a time, for one unit of quantity, in order. Not for a rate per booking.
    pub(super) fn cheapest(self, time: Interval) -> Vec<Charge> {
        let pieces = self.pieces(time);
        let long_rates = self.long_rates();
        if long_rates.is_empty() {
            return pieces.into_iter().map(|piece| self.by_minutes(piece)).collect();
        }
        let starts = self.starts(time, &pieces);
        // For each start the lowest sum from there on, the first charge of it, and the place of the next start.
        let mut best: Vec<(i128, Option<(Charge, usize)>)> = vec![(0, None); starts.len()];
        for (at, pair) in starts.windows(2).enumerate().rev() {
            let here = pieces.partition_point(|piece| piece.time.starts_at() <= pair[0]).saturating_sub(1);
            let minutes = pieces.get(here).zip(Interval::new(pair[0], pair[1]).ok());
            let minutes = minutes.map(|(piece, time)| (self.by_minutes(Piece { time, ..*piece }), at + 1));
            let long = long_rates.iter().map(|(long, price)| {
                let end = long.end(self.timezone, pair[0]);
                (self.long(*long, *price, pair[0]), starts.partition_point(|start| *start <= end).saturating_sub(1))
            });
            let from = |next: usize| best.get(next).map_or(0, |(sum, _)| *sum);
            // Of equal sums the first: minutes before long rates, and shorter long rates before longer ones.
            let steps = minutes.into_iter().chain(long).filter(|(_, next)| *next > at);
            let cheapest = steps.min_by_key(|(charge, next)| charge.reduced.saturating_add(from(*next)));
            best[at] = (cheapest.map_or(0, |(charge, next)| charge.reduced.saturating_add(from(next))), cheapest);
        }
        let mut charges = Vec::new();
        let mut at = 0;
        while let Some((charge, next)) = best.get(at).and_then(|(_, step)| *step) {
            charges.push(charge);
            at = next;
        }
        charges
    }

    /// The long rates of the tariff, shorter ones first.
    fn long_rates(self) -> Vec<(LongRate, i64)> {
        let Tariff { day_rate, week_rate, month_rate, .. } = self.tariff;
        let all = [(LongRate::Day, day_rate), (LongRate::Week, week_rate), (LongRate::Month, month_rate)];
        all.into_iter().filter_map(|(long, price)| Some((long, (*price)?))).collect()
    }

    /// Returns the instants at which a step can begin, and the end.
    fn starts(self, time: Interval, pieces: &[Piece]) -> Vec<UtcTime> {
        let mut starts: Vec<UtcTime> = pieces.iter().map(|piece| piece.time.starts_at()).chain([time.ends_at()]).collect();
        let mut shown: BTreeSet<NaiveTime> = starts.iter().map(|start| local_time(self.timezone, *start).time()).collect();
        shown.extend(self.jumps(time).flat_map(|jump| [jump - MINUTE, jump]));
        for (stretch, offset) in stretches(self.timezone, time) {
            let [first, last] = [stretch.starts_at(), stretch.ends_at()].map(|end| (end + offset).to_chrono().date_naive());
            for date in first.iter_days().take_while(|date| *date <= last) {
                let instants = shown.iter().map(|time| UtcTime::from(date.and_time(*time).and_utc()) - offset);
                starts.extend(instants.filter(|at| stretch.starts_at() <= *at && *at < stretch.ends_at()));
            }
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// Returns the local times of starts at which the end of a long rate jumps.
    fn jumps(self, time: Interval) -> impl Iterator<Item = NaiveTime> {
        let months = self.tariff.month_rate.map(|_| NaiveTime::MIN);
        let changes = self.clock_changes(time).into_iter();
        changes.flat_map(|(at, offsets)| offsets.map(|offset| (at + offset).to_chrono().time())).chain(months)
    }

    /// Returns the pieces of a time in order.
    fn pieces(self, time: Interval) -> Vec<Piece> {
        let Self { tariff, timezone, buyer } = self;
        let mut turns: Vec<UtcTime> = tariff.discounts.iter().flat_map(|discount| discount.turns(buyer.booked_at)).collect();
        turns.sort_unstable();
        let mut pieces = Vec::new();
        for (piece, band) in Band::pieces(&tariff.bands, timezone, time) {
            let mut from = piece.starts_at();
            let inside = turns.iter().filter(|turn| piece.starts_at() < **turn && **turn < piece.ends_at());
            for until in inside.copied().chain([piece.ends_at()]) {
                let discount = Discount::best(&tariff.discounts, buyer, Moment::OfTime(from));
                pieces.extend(Interval::new(from, until).map(|time| Piece { time, band, discount }));
                from = until;
            }
        }
        pieces
    }

    /// Charges a piece by its minutes.
    fn by_minutes(self, piece: Piece) -> Charge {
        let (minutes, a_minute) = match self.tariff.per {
            Per::Day => (self.shown_minutes(piece.time), PARTS / 1440),
            Per::Hour | Per::Booking => (piece.time.minutes(), PARTS / 60),
        };
        let band = piece.band.and_then(|at| self.tariff.bands.get(at));
        let rate = band.map_or(self.tariff.rate, |band| band.rate);
        let full = i128::from(rate).saturating_mul(i128::from(minutes)).saturating_mul(a_minute);
        self.charge(piece.band.map_or(Rate::Base, Rate::Band), minutes, full, piece.discount)
    }

    /// Returns the minutes of a span of which each local day has 1,440: those that the clock shows, each once, and those that it skips.
    pub(super) fn shown_minutes(self, span: Interval) -> i64 {
        let changes = self.clock_changes(span).into_iter();
        let skipped: TimeDelta = changes.map(|(_, [before, after])| (after - before).max(TimeDelta::zero())).sum();
        first_shown(self.timezone, span).map(|(stretch, _)| stretch.minutes()).sum::<i64>() + skipped.num_minutes()
    }

    /// Returns the clock changes inside a span or at its end, each with the offsets before and after it.
    fn clock_changes(self, span: Interval) -> Vec<(UtcTime, [TimeDelta; 2])> {
        // A change of the clocks belongs to the minute before it.
        let until_end = span.widened(TimeDelta::zero(), UtcTime::TICK);
        let stretches: Vec<(Interval, TimeDelta)> = stretches(self.timezone, until_end).collect();
        stretches.windows(2).map(|pair| (pair[1].0.starts_at(), [pair[0].1, pair[1].1])).collect()
    }

    fn long(self, long: LongRate, price: i64, starts_at: UtcTime) -> Charge {
        let discount = Discount::best(&self.tariff.discounts, self.buyer, Moment::OfLongRate(starts_at));
        self.charge(Rate::Long(long), 1, i128::from(price) * PARTS, discount)
    }

    fn charge(self, rate: Rate, count: i64, full: i128, discount: Option<usize>) -> Charge {
        let percent = discount.and_then(|at| self.tariff.discounts.get(at)).map_or(0, |discount| discount.percent);
        Charge { rate, count, full, discount, reduced: full / 100 * i128::from(100 - percent) }
    }
}
