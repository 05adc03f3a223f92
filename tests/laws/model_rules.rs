//! The rules about a customer in the model, and overruns.

use domain::booking::BookingStatus as Status;

use super::model::{Booked, Claim, LONGEST_OVERRUN, Model};
use super::steps::DAY;

/// At nine in the morning a history begins, in quarters after midnight.
pub(crate) const BEGIN: i64 = 36;

/// The day of a quarter.
const fn day(at: i64) -> i64 {
    (at + BEGIN).div_euclid(DAY)
}

impl Model {
    /// What rule about its customer a booking breaks that is to be made, and is not among the others yet.
    pub(crate) fn forbidden(&self, new: &Booked) -> Option<&'static str> {
        let exceeds = |most: i64| (new.from..new.to).any(|at| self.used(day(at)) + quarters_of(new, day(at)) > most);
        if self.rules[new.on].most.is_some_and(exceeds) {
            return Some("quota_exceeded");
        }
        let is_busy = self.rules[new.on].alone && self.bookings.iter().any(|other| self.keeps_busy(other, new));
        is_busy.then_some("operator_busy")
    }

    /// How much of the shared quota of a day is used.
    fn used(&self, day: i64) -> i64 {
        let counts = |booked: &&Booked| {
            let status = self.status(booked);
            self.rules[booked.on].most.is_some() && !matches!(status, Status::Cancelled | Status::Declined | Status::Expired)
        };
        self.bookings.iter().filter(counts).map(|booked| quarters_of(booked, day)).sum()
    }

    /// Whether the one operator that there is works elsewhere meanwhile. What is booked together is one job.
    fn keeps_busy(&self, other: &Booked, new: &Booked) -> bool {
        let is_one_job = new.group.is_some() && new.group == other.group;
        let is_meanwhile = other.from < new.to && new.from < other.to && other.to > self.now;
        self.is_live(other) && other.on != new.on && is_meanwhile && !is_one_job
    }

    /// The same with what overruns, as if it went on for a while.
    pub(crate) fn guarded(&self) -> Self {
        let overruns = |booked: &&Booked| self.status(booked) == Status::InUse && booked.to <= self.now;
        let kept = self.bookings.iter().filter(overruns).map(|booked| {
            let claim = self.claim(booked);
            let to = (self.now + self.rules[booked.on].guard).min(booked.to + LONGEST_OVERRUN);
            Claim { from: claim.to.max(self.now), to, ..claim }
        });
        Self { kept: kept.collect(), ..self.clone() }
    }

    /// Whether a booking would fit if nothing overran.
    pub(crate) fn kept_from(&self, new: &Booked) -> Option<&'static str> {
        let claim = self.claim(new);
        (self.fits(claim) && !self.guarded().fits(claim)).then_some("still_in_use")
    }
}

/// How much a booking takes of a day, in quarters.
fn quarters_of(booked: &Booked, on: i64) -> i64 {
    let quarters = (booked.from..booked.to).filter(|at| day(*at) == on).count();
    i64::try_from(quarters).unwrap() * i64::from(booked.quantity)
}
