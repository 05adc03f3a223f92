//! What the model knows of those who wait in line.

use sharefloor::domain::booking::BookingStatus as Status;
use sharefloor::domain::waitlist::WaitlistStatus;

use crate::model::{Booked, Claim, MOST_WAITING, Model, Waiting};
use crate::steps::{Answer, Wish};

impl Model {
    /// Offers what is free of these resources to those who wait for any of them, in their order; or only to those whom a claim that
    /// is to be made could pass over.
    pub(crate) fn serve(&mut self, of: &[usize], claim: Option<Claim>) {
        for number in self.in_line(of) {
            let waiting = self.line[number];
            let (on, (before, after)) = (waiting.on, self.rules[waiting.on].buffers);
            let is_passed_by = |claim: Claim| claim.from < waiting.to + after && waiting.from - before < claim.to;
            if waiting.status != WaitlistStatus::Waiting || claim.is_some_and(|claim| !is_passed_by(claim)) {
                continue;
            }
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
        let mut numbers: Vec<usize> = (0..self.line.len()).filter(|number| of.contains(&self.line[*number].on)).collect();
        numbers.sort_by_key(|number| self.line[*number].order);
        numbers
    }

    fn first_fit(&self, waiting: &Waiting) -> Option<i64> {
        let Waiting { on, length, quantity, .. } = *waiting;
        let claim = |from| self.claim(&self.begin(Status::Held, Wish { on, from, length, quantity }));
        let mut starts = waiting.from.max(self.now).max(self.closed_before(on))..=waiting.to - waiting.length;
        starts.find(|from| !self.is_too_soon(on, *from) && quantity <= self.capacity[on] && self.fits(claim(*from)))
    }

    pub(crate) fn join(&mut self, waiting: Waiting) -> Answer {
        let Waiting { on, from, to, length, quantity, .. } = waiting;
        let (before, after) = self.rules[on].buffers;
        self.touch_for(Claim { on, from: from - before, to: to + after, quantity });
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
