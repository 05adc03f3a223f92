//! Proposals of another slot in the model.

use domain::booking::BookingStatus as Status;
use domain::booking::proposal::ProposalStatus;

use super::model::{Booked, Model};
use super::model_money::By;
use super::steps::{Answer, Response, Wish};

/// So many proposals are made for one booking, and no more.
const MOST: usize = 20;

/// A slot that one party has proposed for a booking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proposed {
    which: usize,
    pub(crate) by_host: bool,
    wish: Wish,
    status: ProposalStatus,
    lapses: i64,
}

impl Model {
    /// What has become of a proposal.
    pub(crate) fn proposal(&self, which: usize) -> ProposalStatus {
        match self.proposals[which] {
            Proposed { status: ProposalStatus::Open, lapses, .. } if lapses <= self.now => ProposalStatus::Lapsed,
            Proposed { status, .. } => status,
        }
    }

    fn check_movable(&self, booked: &Booked) -> Answer {
        let is_open = matches!(self.status(booked), Status::Requested | Status::Confirmed) && booked.from > self.now;
        if is_open { Ok(()) } else { Err("invalid_transition".into()) }
    }

    /// Proposes another slot, which must be free. What the customer proposes may need the host to override a rule.
    pub(crate) fn propose(&mut self, which: usize, wish: Wish, by_host: bool, answer_by: Option<i64>) -> Answer {
        let Some(booked) = self.named(which) else { return Ok(()) };
        self.check_movable(&booked)?;
        let answer_by = answer_by.map(|quarters| self.now + quarters);
        let is_late = wish.from <= self.now || answer_by.is_some_and(|answer_by| answer_by <= self.now);
        if wish == booked.wish() || is_late {
            return Err("invalid_fields".into());
        }
        self.touch_for(self.claim(&self.moved(&booked, wish, By::Both)));
        if self.proposals.iter().filter(|proposed| proposed.which == which).count() >= MOST {
            return Err("too_many_proposals".into());
        }
        let left = self.without(which);
        let forbidden = left.forbidden_to(&booked, wish);
        let is_final = wish.quantity > self.capacity[wish.on];
        if let Some(forbidden) = forbidden.filter(|_| by_host || is_final) {
            return Err(forbidden.into());
        }
        if !left.fits(self.claim(&self.moved(&booked, wish, By::Both))) {
            return Err("slot_unavailable".into());
        }
        let expires = booked.lapses.filter(|_| booked.status == Status::Requested);
        let lapses = [expires, answer_by].into_iter().flatten().fold(booked.from.min(wish.from), i64::min);
        for other in self.proposals.iter_mut().filter(|other| other.which == which && other.status == ProposalStatus::Open) {
            other.status = if other.lapses <= self.now { ProposalStatus::Lapsed } else { ProposalStatus::Replaced };
        }
        self.proposals.push(Proposed { which, by_host, wish, status: ProposalStatus::Open, lapses });
        Ok(())
    }

    pub(crate) fn respond(&mut self, number: usize, response: Response, by_host: bool, overrides: bool) -> Answer {
        let Some(proposed) = self.proposals.get(number).copied() else { return Ok(()) };
        if (proposed.by_host == by_host) != (response == Response::Withdraw) {
            return Err("forbidden".into());
        }
        if self.proposal(number) != ProposalStatus::Open {
            return Err("invalid_transition".into());
        }
        let ended = match response {
            Response::Accept => {
                self.accept(proposed, by_host, overrides)?;
                ProposalStatus::Accepted
            }
            Response::Decline => ProposalStatus::Declined,
            Response::Withdraw => ProposalStatus::Withdrawn,
        };
        self.proposals[number].status = ended;
        Ok(())
    }

    /// Moves the booking. What both have agreed on is confirmed.
    fn accept(&mut self, Proposed { which, wish, .. }: Proposed, by_host: bool, overrides: bool) -> Answer {
        let booked = self.bookings[which];
        self.touch_for(self.claim(&self.moved(&booked, wish, By::Both)));
        let left = self.without(which);
        let is_overridden = by_host && overrides && wish.quantity <= self.capacity[wish.on];
        if let Some(forbidden) = left.forbidden_to(&booked, wish).filter(|_| !is_overridden) {
            return Err(forbidden.into());
        }
        if !left.fits(self.claim(&self.moved(&booked, wish, By::Both))) {
            return Err("slot_unavailable".into());
        }
        if booked.status == Status::Requested {
            let mut confirmed = Booked { lapses: self.begin(Status::Confirmed, wish).lapses, ..booked };
            confirmed.status = Status::Confirmed;
            confirmed.charges.grace = self.grace(Status::Confirmed, wish.on);
            self.bookings[which] = confirmed;
        }
        self.put(which, wish, By::Both);
        Ok(())
    }

    /// Nobody responds to a proposal any more whose booking has another slot, has begun or has ended.
    pub(crate) fn end_proposals(&mut self, before: &Self) {
        let now = self.now;
        for number in 0..self.proposals.len() {
            let proposed = self.proposals[number];
            let booked = &self.bookings[proposed.which];
            let was = before.bookings.get(proposed.which).map_or(booked.wish(), Booked::wish);
            let is_open = matches!(self.status(booked), Status::Requested | Status::Confirmed) && was == booked.wish();
            if proposed.status == ProposalStatus::Open && proposed.lapses > now && !is_open {
                self.proposals[number].status = ProposalStatus::Obsolete;
            }
        }
    }
}
