//! What the model knows of those who wait in line.

use domain::booking::BookingStatus as Status;
use domain::waitlist::WaitlistStatus;

use super::model::{Booked, Claim, MOST_WAITING, Model, Waiting};
use super::steps::{Answer, Wish};

impl Model {
    /// Offers what is free of these resources to those who wait for any of them, in their order; or only to those whom a claim that
    /// is to be made could pass over.
    pub(crate) fn serve(&mut self, of: &[usize], claim: Option<Claim>) {
        // An offer can have been moved to the other resource. Then the job of that resource writes that the offer has run out.
        let is_there = |number: &usize| self.line[*number].offer.is_some_and(|offer| of.contains(&self.bookings[offer].on));
        let returned: Vec<_> = (0..self.line.len()).filter(|number| self.has_returned(*number)).filter(is_there).collect();
        for number in returned {
            let waiting = &mut self.line[number];
            (waiting.status, waiting.offer, waiting.returns) = (WaitlistStatus::Waiting, None, false);
            waiting.returned = Some(self.now);
        }
        let line = self.in_line(of);
        let served = match claim {
            Some(claim) => self.passed_over(&line, claim),
            None => line,
        };
        for number in served {
            let waiting = self.line[number];
            let on = waiting.on;
            let lapses = self.now + self.rules[on].offer;
            // Others get first what it has not answered in time.
            if waiting.returned == Some(self.now) {
                continue;
            }
            if lapses + waiting.length > waiting.to {
                self.line[number].status = WaitlistStatus::Expired;
            } else if let Some(from) = self.first_fit(&waiting, lapses) {
                let held = self.begin(Status::Held, Wish { on, from, length: waiting.length, quantity: waiting.quantity });
                self.line[number].status = WaitlistStatus::Offered;
                self.line[number].offer = Some(self.bookings.len());
                let is_in_time = lapses + self.rules[on].offer + waiting.length <= waiting.to;
                self.line[number].returns = is_in_time && waiting.returned.is_none();
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
        let of = |number: usize| match self.line[number].status {
            _ if self.has_returned(number) => WaitlistStatus::Waiting,
            _ if self.has_lapsed(number) => WaitlistStatus::Lapsed,
            status => status,
        };
        (0..self.line.len()).map(of).collect()
    }

    /// Whether what was offered to somebody was not answered in time.
    fn has_lapsed(&self, number: usize) -> bool {
        let Some(Waiting { status: WaitlistStatus::Offered, offer: Some(offer), .. }) = self.line.get(number) else {
            return false;
        };
        self.status(&self.bookings[*offer]) == Status::Expired
    }

    /// Whether somebody waits on who has not answered in time.
    pub(crate) fn has_returned(&self, number: usize) -> bool {
        self.has_lapsed(number) && self.line[number].returns
    }

    /// Who had a booking offered that has to make room waits on.
    pub(crate) fn put_back(&mut self, which: usize) {
        let offered = self.line.iter_mut().find(|waiting| waiting.offer == Some(which));
        if let Some(waiting) = offered.filter(|waiting| waiting.status == WaitlistStatus::Offered) {
            (waiting.status, waiting.offer, waiting.returns) = (WaitlistStatus::Waiting, None, false);
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

    /// The first slot that fits and does not start too early.
    fn first_fit(&self, waiting: &Waiting, earliest: i64) -> Option<i64> {
        let Waiting { on, length, quantity, .. } = *waiting;
        let (held, guarded) = (|from| self.begin(Status::Held, Wish { on, from, length, quantity }), self.guarded());
        let fits = |from: &i64| guarded.fits(self.claim(&held(*from))) && self.forbidden(&held(*from)).is_none();
        self.starts(waiting, earliest).find(fits)
    }

    /// When a slot could start, be it taken or forbidden.
    fn starts(&self, waiting: &Waiting, earliest: i64) -> impl Iterator<Item = i64> {
        let Waiting { on, from, to, length, quantity, .. } = *waiting;
        let starts = from.max(earliest).max(self.closed_before(on))..=to - length;
        starts.filter(move |from| !self.is_too_soon(on, *from) && quantity <= self.capacity[on])
    }

    /// The rule that a free slot breaks, if rules forbid also all that are taken: nobody waits for them.
    fn sole_rule(&self, waiting: &Waiting) -> Option<&'static str> {
        let Waiting { on, length, quantity, .. } = *waiting;
        let (held, guarded) = (|from| self.begin(Status::Held, Wish { on, from, length, quantity }), self.guarded());
        let free = self.starts(waiting, self.now).find(|from| guarded.fits(self.claim(&held(*from))))?;
        let is_hopeless = self.starts(waiting, self.now).all(|from| self.forbidden(&held(from)).is_some());
        self.forbidden(&held(free)).filter(|_| is_hopeless)
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
        if self.first_fit(&waiting, self.now).is_some() {
            return Err("slot_available".into());
        }
        if self.now + self.rules[on].offer + length > to {
            return Err("invalid_fields".into());
        }
        if let Some(rule) = self.sole_rule(&waiting) {
            return Err(rule.into());
        }
        self.line.push(waiting);
        Ok(())
    }
}
