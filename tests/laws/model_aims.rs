//! The objects of the steps of a history: each step is about one that exists.

use domain::booking::BookingStatus as Status;
use domain::booking::proposal::ProposalStatus;

use super::model::{Booked, Model};
use super::steps::{Edge, Response, Step, Target, Wish};

impl Model {
    /// The step with something that there is, if there is any.
    pub(crate) fn aimed(&self, step: &Step) -> Step {
        let mut step = step.clone();
        let (which, count) = match &mut step {
            Step::Move { to: Target::CheckIn, suits: true, .. } if !self.can_check_in() => {
                return Step::Wait { quarters: self.until_next(Status::Confirmed, |booked| booked.from) };
            }
            // Now and then somebody stays longer,
            Step::Move { to: Target::CheckOut, by_host: true, suits: true, .. } if !self.overruns() => {
                return Step::Wait { quarters: self.until_next(Status::InUse, |booked| booked.to + 1) };
            }
            // and somebody comes without a plan.
            Step::BookSoon { wish } => {
                return Step::Book { wish: Wish { from: self.now + wish.from.rem_euclid(2), ..*wish }, hold: false };
            }
            Step::Move { which, to, by_host, suits: true } => {
                *which = self.suited(*which, *to, *by_host);
                return step;
            }
            Step::Join { wish, taken: Some(which), .. } => {
                *wish = self.taken_slot(*which).unwrap_or(*wish);
                return step;
            }
            Step::Unlink { from } if self.takes[*from].is_none() && !self.excludes => {
                *from = 1 - *from;
                return step;
            }
            Step::Propose { which, .. } => {
                *which = self.open_to_proposals(*which);
                return step;
            }
            Step::Respond { which, response, by_host, .. } => {
                *which = self.open_proposal(*which);
                if let Some(proposed) = self.proposals.get(*which) {
                    // Now and then the wrong party responds.
                    *by_host ^= proposed.by_host == (*response == Response::Withdraw);
                }
                return step;
            }
            Step::Waive { which } => {
                *which = self.next(*which, |booked| self.fee(booked) > 0);
                return step;
            }
            Step::ReturnDeposit { which, .. } => {
                *which = self.next(*which, |booked| matches!(self.status(booked), Status::Completed | Status::NoShow));
                return step;
            }
            Step::WaitFor { which, edge, offset } => return Step::Wait { quarters: self.until(*which, *edge, *offset) },
            Step::Move { which, .. } => (which, self.bookings.len()),
            Step::ConfirmGroup { which } | Step::CancelGroup { which, .. } => (which, self.groups.len()),
            Step::MoveSeries { which, .. } | Step::AddLeftOut { which, .. } => (which, self.series.len()),
            Step::Unblock { which, .. } => (which, self.blocks.len()),
            Step::Leave { which } => (which, self.line.len()),
            _ => return step,
        };
        *which = which.checked_rem(count).unwrap_or_default();
        step
    }

    /// The next booking with which this can be done, be it allowed or not.
    fn suited(&self, which: usize, to: Target, by_host: bool) -> usize {
        let count = self.bookings.len();
        let first = which.checked_rem(count).unwrap_or_default();
        let can = |which: &usize| self.clone().change_by(*which, to, by_host) != Err("invalid_transition");
        (first..count).chain(0..first).find(can).unwrap_or(first)
    }

    /// The slot of a booking to come, and more of it than is left.
    fn taken_slot(&self, which: usize) -> Option<Wish> {
        let is_taken = |booked: &&Booked| self.is_live(booked) && booked.from >= self.now;
        let to_come: Vec<_> = self.bookings.iter().filter(is_taken).collect();
        let Booked { on, from, to, .. } = **to_come.get(which.checked_rem(to_come.len())?)?;
        let left = (from..to).map(|at| self.free(on, at)).min()?;
        Some(Wish { on, from, length: to - from, quantity: (left + 1).min(self.capacity[on]) })
    }

    /// How long it is until something happens to one of the bookings to which it happens next.
    fn until(&self, which: usize, edge: Edge, offset: i64) -> i64 {
        let at = |booked: &Booked| match edge {
            Edge::Start => Some(booked.from),
            Edge::Lapse => booked.lapses,
            Edge::End => Some(booked.to),
            Edge::Close => Some(self.claim(booked).to),
        };
        let live = self.bookings.iter().filter(|booked| self.takes(booked));
        let mut waits: Vec<_> = live.filter_map(at).map(|at| at + offset - self.now).filter(|wait| *wait > 0).collect();
        waits.sort_unstable();
        waits.dedup();
        waits.get(which.min(waits.len().saturating_sub(1))).copied().unwrap_or(1)
    }

    fn can_check_in(&self) -> bool {
        let is_time = |booked: &&Booked| (booked.from - 1..booked.to).contains(&self.now);
        self.bookings.iter().filter(is_time).any(|booked| self.status(booked) == Status::Confirmed)
    }

    fn overruns(&self) -> bool {
        self.bookings.iter().any(|booked| booked.to <= self.now && self.status(booked) == Status::InUse)
    }

    /// How long it is until the next of these instants of bookings in a state.
    fn until_next(&self, status: Status, at: impl Fn(&Booked) -> i64) -> i64 {
        let of_status = self.bookings.iter().filter(|booked| self.status(booked) == status);
        of_status.map(at).map(|at| at - self.now).filter(|wait| *wait > 0).min().unwrap_or(1)
    }

    /// The next booking of which this is so, if there is one.
    fn next(&self, which: usize, is_so: impl Fn(&Booked) -> bool) -> usize {
        let count = self.bookings.len();
        let first = which.checked_rem(count).unwrap_or_default();
        (first..count).chain(0..first).find(|which| is_so(&self.bookings[*which])).unwrap_or(first)
    }

    /// The next booking for which another slot can be proposed.
    fn open_to_proposals(&self, which: usize) -> usize {
        self.next(which, |booked| matches!(self.status(booked), Status::Requested | Status::Confirmed) && booked.from > self.now)
    }

    /// The next proposal to which nobody has responded.
    fn open_proposal(&self, which: usize) -> usize {
        let count = self.proposals.len();
        let first = which.checked_rem(count).unwrap_or_default();
        let is_open = |which: &usize| self.proposal(*which) == ProposalStatus::Open;
        (first..count).chain(0..first).find(is_open).unwrap_or(first)
    }
}
