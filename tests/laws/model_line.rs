//! What the model knows of those who wait in line.

use domain::booking::BookingStatus as Status;
use domain::waitlist::WaitlistStatus;

use super::model::{Booked, Claim, MOST_WAITING, Model, Waiting};
use super::steps::{Answer, Wish};

impl Model {
    /// Offers what is free of these resources to those who wait for any of them, in their order; or only to those whom a claim that
    /// is to be made could pass over.
    pub(crate) fn serve(&mut self, of: &[usize], claim: Option<Claim>) {
        let line = self.in_line(of);
        let served = match claim {
            Some(claim) => self.passed_over(&line, claim),
            None => line,
        };
        for number in served {
            let waiting = self.line[number];
            let on = waiting.on;
            if self.now + waiting.length > waiting.to {
                self.line[number].status = WaitlistStatus::Expired;
            } else if let Some(from) = self.first_fit(&waiting) {
                let held = self.begin(Status::Held, Wish { on, from, length: waiting.length, quantity: waiting.quantity });
                let lapses = (self.now + self.rules[on].offer).min(from).max(self.now + 1);
                self.line[number].status = WaitlistStatus::Offered;
                self.line[number].offer = Some(self.bookings.len());
                self.bookings.push(Booked { lapses: Some(lapses), ..held });
            }
        }
    }

    /// Something happens to a resource.
    pub(crate) fn touch(&mut self, on: usize) {
        self.serve(&self.connected(&[on]), None);
    }

    /// Something has happened to these resources.
    pub(crate) fn touch_each(&mut self, on: &[usize]) {
        self.serve(&self.connected(on), None);
    }

    /// A claim is to be made.
    pub(crate) fn touch_for(&mut self, claim: Claim) {
        self.serve(&self.connected(&[claim.on]), Some(claim));
    }

    /// These resources, and what a link connects with them: there all wait in one line.
    pub(crate) fn connected(&self, on: &[usize]) -> Vec<usize> {
        let is_linked = self.excludes || self.takes != [None; 2];
        (0..2).filter(|one| is_linked || on.contains(one)).collect()
    }

    /// What has become of each who waits.
    pub(crate) fn statuses(&self) -> Vec<WaitlistStatus> {
        let of = |waiting: &Waiting| match (waiting.status, waiting.offer.map(|offer| self.status(&self.bookings[offer]))) {
            (WaitlistStatus::Offered, Some(Status::Expired)) => WaitlistStatus::Lapsed,
            (status, _) => status,
        };
        self.line.iter().map(of).collect()
    }

    /// Who had a booking offered that has to make room waits on.
    pub(crate) fn put_back(&mut self, which: usize) {
        let offered = self.line.iter_mut().find(|waiting| waiting.offer == Some(which));
        if let Some(waiting) = offered.filter(|waiting| waiting.status == WaitlistStatus::Offered) {
            (waiting.status, waiting.offer) = (WaitlistStatus::Waiting, None);
        }
    }

    fn in_line(&self, of: &[usize]) -> Vec<usize> {
        let waits = |waiting: &Waiting| waiting.status == WaitlistStatus::Waiting && of.contains(&waiting.on);
        (0..self.line.len()).filter(|number| waits(&self.line[*number])).collect()
    }

    /// Those in line whose time a claim overlaps, or the time of one of those.
    fn passed_over(&self, line: &[usize], claim: Claim) -> Vec<usize> {
        let mut met = vec![claim];
        loop {
            let is_met = |number: &&usize| {
                let reach = self.reach(&self.line[**number]);
                met.iter().any(|other| other.from < reach.to && reach.from < other.to)
            };
            let passed_over: Vec<usize> = line.iter().filter(is_met).copied().collect();
            if met.len() == 1 + passed_over.len() {
                return passed_over;
            }
            met = passed_over.iter().map(|number| self.reach(&self.line[*number])).collect();
            met.push(claim);
        }
    }

    /// All that somebody who waits could be offered.
    fn reach(&self, waiting: &Waiting) -> Claim {
        let Waiting { on, from, to, quantity, .. } = *waiting;
        let (before, after) = self.rules[on].buffers;
        Claim { on, from: from - before, to: to + after, quantity }
    }

    fn first_fit(&self, waiting: &Waiting) -> Option<i64> {
        let Waiting { on, length, quantity, .. } = *waiting;
        let claim = |from| self.claim(&self.begin(Status::Held, Wish { on, from, length, quantity }));
        let mut starts = waiting.from.max(self.now).max(self.closed_before(on))..=waiting.to - waiting.length;
        starts.find(|from| !self.is_too_soon(on, *from) && quantity <= self.capacity[on] && self.fits(claim(*from)))
    }

    pub(crate) fn join(&mut self, waiting: Waiting) -> Answer {
        let Waiting { on, to, length, quantity, .. } = waiting;
        self.touch_for(self.reach(&waiting));
        if self.now + length > to || quantity > self.capacity[on] {
            return Err("invalid_fields".into());
        }
        if self.is_too_soon(on, to - length) {
            return Err("booking_rules_violated".into());
        }
        let is_before = |other: &&Waiting| other.status == WaitlistStatus::Waiting && other.on == on;
        let line = self.line.iter().filter(is_before);
        let wish = |waiting: &Waiting| (waiting.from, waiting.to, waiting.length, waiting.quantity);
        if line.clone().any(|other| wish(other) == wish(&waiting)) || line.count() >= MOST_WAITING {
            return Err("already_waiting".into());
        }
        if self.first_fit(&waiting).is_some() {
            return Err("slot_available".into());
        }
        self.line.push(waiting);
        Ok(())
    }
}
