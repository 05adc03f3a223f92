//! What the model knows of many bookings at once: groups, series, and what makes room for blocks.

use std::collections::BTreeSet;

use domain::block::{BlockScope, OnBookings};
use domain::booking::BookingStatus as Status;

use super::model::{Block, Booked, Claim, Model};
use super::model_money::By;
use super::steps::{Answer, DAY, Refused, SeriesTarget, Shift, Target, Wish};

impl Model {
    /// Books all of it or nothing.
    pub(crate) fn book_group(&mut self, wishes: &[(Wish, bool)]) -> Answer {
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        let on: Vec<_> = wishes.iter().map(|(wish, _)| wish.on).collect();
        self.touch_each(&on);
        // One hold makes all of it wait,
        let hold = wishes.iter().any(|(_, hold)| *hold);
        for (number, (wish, _)) in (0..).zip(wishes) {
            match self.book_with(*wish, hold, Some(self.groups.len())) {
                Ok(booked) => made.push(booked),
                Err(code) => refused.push((number, code)),
            }
        }
        // until the first runs out.
        let until = made.iter().filter_map(|which| self.bookings[*which].lapses).min();
        for which in made.iter().filter(|_| hold) {
            self.bookings[*which].lapses = until;
        }
        self.groups.push(made);
        if refused.is_empty() { Ok(()) } else { Err(Refused::Parts(refused)) }
    }

    /// Confirms what is held of a group, all of it or nothing.
    pub(crate) fn confirm_group(&mut self, which: usize) -> Answer {
        let Some(group) = self.groups.get(which).cloned() else { return Ok(()) };
        let held = group.iter().copied().filter(|which| self.status(&self.bookings[*which]) == Status::Held).collect();
        self.change_group(&group, held, Target::Confirm)
    }

    /// Does it with these bookings of a group, with all or none.
    fn change_group(&mut self, group: &[usize], meant: Vec<usize>, to: Target) -> Answer {
        if meant.is_empty() {
            return Err("invalid_transition".into());
        }
        let failed = |which: &usize| Some((*which, self.change(*which, to).err()?));
        let failed: Vec<_> = meant.iter().filter_map(failed).collect();
        if !failed.is_empty() {
            return Err(refused(group, failed.into_iter()));
        }
        self.touch_all(&meant);
        Ok(())
    }

    /// The bookings of a group that are chosen by some numbers.
    pub(crate) fn chosen(&self, which: usize, numbers: &[usize]) -> Vec<usize> {
        let group = &self.groups[which];
        let numbers: BTreeSet<_> = numbers.iter().map(|number| number % group.len()).collect();
        numbers.into_iter().map(|number| group[number]).collect()
    }

    /// Cancels what is chosen of a group, all of it or nothing, or all that can be cancelled.
    pub(crate) fn cancel_group(&mut self, which: usize, chosen: Option<&[usize]>) -> Answer {
        let Some(group) = self.groups.get(which).cloned() else { return Ok(()) };
        let meant = match chosen {
            Some(numbers) => self.chosen(which, numbers),
            None => group.iter().copied().filter(|which| self.can(*which, Target::Cancel)).collect(),
        };
        self.change_group(&group, meant, Target::Cancel)
    }

    /// Whether the booking is where this can be done with it, be it allowed or not.
    fn can(&self, which: usize, to: Target) -> bool {
        self.clone().change(which, to) != Err("invalid_transition")
    }

    fn by_start(&self, mut bookings: Vec<usize>) -> Vec<usize> {
        bookings.sort_by_key(|which| (self.bookings[*which].from, self.bookings[*which].id));
        bookings
    }

    /// Something has happened to all these bookings at once.
    fn touch_all(&mut self, bookings: &[usize]) {
        let on: Vec<_> = bookings.iter().map(|which| self.bookings[*which].on).collect();
        self.touch_each(&on);
    }

    /// Books day after day: all of it, or what can be had of it.
    pub(crate) fn book_series(&mut self, (wish, hold): (Wish, bool), count: i64, skips: bool) -> Answer {
        self.touch(wish.on);
        let (made, left_out) = self.book_days((0..count).map(|days| wish.later(days)), hold, skips)?;
        self.series.push(made);
        self.left_out.push(left_out);
        Ok(())
    }

    /// Books what was left out of a series and is to come: all of it, or what can be had of it.
    pub(crate) fn add_left_out(&mut self, which: usize, skips: bool) -> Answer {
        let Some(left_out) = self.left_out.get(which).cloned() else { return Ok(()) };
        if let Some(wish) = left_out.first() {
            self.touch(wish.on);
        }
        let (to_come, mut over): (Vec<_>, Vec<_>) = left_out.into_iter().partition(|wish| wish.from >= self.now);
        if to_come.is_empty() {
            return Err("invalid_transition".into());
        }
        let (made, still) = self.book_days(to_come.into_iter(), false, skips)?;
        self.series[which].extend(made);
        over.extend(still);
        self.left_out[which] = over;
        Ok(())
    }

    /// Books these days, and answers with the bookings and with what was refused.
    fn book_days(
        &mut self,
        days: impl Iterator<Item = Wish>,
        hold: bool,
        skips: bool,
    ) -> Result<(Vec<usize>, Vec<Wish>), Refused> {
        let (mut made, mut left_out, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for wish in days {
            match self.book(wish, hold) {
                Ok(booked) => made.push(booked),
                Err(code) => {
                    refused.push((wish.from.div_euclid(DAY), code));
                    left_out.push(wish);
                }
            }
        }
        let is_refused = made.is_empty() || !skips && !refused.is_empty();
        if is_refused { Err(Refused::Parts(refused)) } else { Ok((made, left_out)) }
    }

    /// Does something with the bookings of a series, with all or with one and those after it.
    pub(crate) fn move_series(&mut self, which: usize, from: Option<usize>, to: SeriesTarget) -> Answer {
        let Some(series) = self.series.get(which).cloned() else { return Ok(()) };
        // What the host agrees to, and what is confirmed, is the whole.
        let from = from.filter(|_| !matches!(to, SeriesTarget::Confirm | SeriesTarget::Approve));
        let first = from.map(|number| series[number % series.len()]);
        let meant = self.by_start(series).into_iter().skip_while(|which| first.is_some_and(|first| *which != first));
        let meant: Vec<_> = meant.collect();
        match to {
            SeriesTarget::Confirm => self.change_all(meant, Target::Confirm),
            SeriesTarget::Approve => self.change_all(meant, Target::Approve),
            SeriesTarget::Decline => self.change_all(meant, Target::Decline),
            SeriesTarget::Cancel => self.change_all(meant, Target::Cancel),
            SeriesTarget::Reschedule(shift) => self.reschedule_all(meant, shift),
        }
    }

    /// Does it with all of these with which it can be done.
    fn change_all(&mut self, mut meant: Vec<usize>, to: Target) -> Answer {
        meant.retain(|which| self.can(*which, to));
        if meant.is_empty() {
            return Err("invalid_transition".into());
        }
        // What is too late stays, and is settled all the same.
        let all = meant.clone();
        meant.retain(|which| self.change(*which, to).is_ok());
        if meant.is_empty() {
            return Err("booking_rules_violated".into());
        }
        self.touch_all(&all);
        Ok(())
    }

    /// Moves the bookings that have not begun, all of them or none: all leave their slots, then all take the new ones. Bookings that
    /// were moved alone stay unless they are asked for.
    fn reschedule_all(&mut self, mut meant: Vec<usize>, shift: Shift) -> Answer {
        meant.retain(|which| {
            let booked = &self.bookings[*which];
            let is_kept = booked.moved_from.is_some() && !shift.include_moved;
            self.is_live(booked) && booked.status != Status::InUse && booked.from > self.now && !is_kept
        });
        if meant.is_empty() {
            return Err("invalid_transition".into());
        }
        let on: Vec<_> = meant.iter().map(|which| self.bookings[*which].on).chain(shift.on).collect();
        self.touch_each(&on);
        let goal = |old: &Booked| {
            let from = (old.from.div_euclid(DAY) + shift.days) * DAY + shift.start.unwrap_or(old.from.rem_euclid(DAY));
            let length = shift.length.unwrap_or(old.to - old.from);
            Wish { on: shift.on.unwrap_or(old.on), from, length, quantity: shift.quantity.unwrap_or(old.quantity) }
        };
        // What would stay as it is is left alone.
        let changes = |which: &usize| goal(&self.bookings[*which]) != self.bookings[*which].wish();
        let moving: Vec<_> = meant.iter().copied().filter(changes).collect();
        let olds: Vec<_> = moving.iter().map(|which| self.bookings[*which]).collect();
        for which in &moving {
            self.bookings[*which].status = Status::Cancelled;
        }
        let mut refused = Vec::new();
        for (which, old) in moving.iter().zip(&olds) {
            let wish = goal(old);
            let moved = self.moved(old, wish, By::Customer);
            let may_not = self.is_too_late_to_move(old) || !old.has(wish) && !self.may_move(old, wish);
            let code = match self.forbidden_to(old, wish) {
                _ if may_not => "booking_rules_violated",
                Some(forbidden) => forbidden,
                None if !self.fits(self.claim(&moved)) => "slot_unavailable",
                None => {
                    self.bookings[*which] = moved;
                    continue;
                }
            };
            refused.push((wish.from.div_euclid(DAY), code));
        }
        if !refused.is_empty() {
            refused.sort_unstable();
            return Err(Refused::Parts(refused));
        }
        self.touch_each(&on);
        Ok(())
    }

    /// Keeps a resource for the host, day after day. What is in the way may have to make room: all that can goes, and comes
    /// back as long as it fits: what is agreed before what is not, and what was made first before the others.
    pub(crate) fn block(&mut self, wish: Wish, count: i64, on_bookings: OnBookings) -> Answer {
        let Wish { on, length, quantity, .. } = wish;
        if quantity > self.capacity[on] {
            return Err("invalid_fields".into());
        }
        self.touch(on);
        let claims = (0..count).map(|days| wish.later(days).from).map(|from| Claim { on, from, to: from + length, quantity });
        let (over, to_come): (Vec<_>, Vec<_>) = claims.partition(|claim| claim.to <= self.now);
        let series = self.blocks.len();
        // Nobody makes room for what is over.
        self.keep(over, series)?;
        let mut movable: Vec<usize> = match on_bookings {
            OnBookings::Refuse => Vec::new(),
            _ => (0..self.bookings.len()).filter(|which| self.can_make_room(*which)).collect(),
        };
        let agreement = |status| match status {
            Status::Confirmed => 0,
            Status::Requested => 1,
            _ => 2,
        };
        movable.sort_by_key(|which| {
            let booked = &self.bookings[*which];
            (agreement(booked.status), booked.made, booked.id)
        });
        let olds: Vec<_> = movable.iter().map(|which| self.bookings[*which]).collect();
        for which in &movable {
            self.bookings[*which].status = Status::Cancelled;
        }
        self.keep(to_come, series)?;
        let mut is_in_the_way = false;
        for (which, old) in movable.into_iter().zip(olds) {
            if self.fits(self.claim(&old)) {
                self.bookings[which] = old;
            } else {
                self.put_back(which);
                is_in_the_way = true;
            }
        }
        if is_in_the_way {
            self.touch(on);
        }
        Ok(())
    }

    pub(crate) fn unblock(&mut self, which: usize, scope: BlockScope) -> Answer {
        let Some(block) = self.blocks.get(which).copied() else { return Ok(()) };
        let block = block.ok_or("not_found")?;
        let is_meant = |(number, other): (usize, &Block)| match scope {
            BlockScope::One => number == which,
            BlockScope::Following => other.series == block.series && other.claim.from >= block.claim.from,
            BlockScope::All => other.series == block.series,
        };
        for (number, other) in self.blocks.iter_mut().enumerate() {
            *other = other.filter(|other| !is_meant((number, other)));
        }
        self.touch(block.claim.on);
        Ok(())
    }

    fn keep(&mut self, claims: Vec<Claim>, series: usize) -> Answer {
        for claim in claims {
            if !self.fits(claim) {
                return Err("slot_unavailable".into());
            }
            self.blocks.push(Some(Block { claim, series }));
        }
        Ok(())
    }

    fn can_make_room(&self, which: usize) -> bool {
        let booked = &self.bookings[which];
        self.is_live(booked) && booked.status != Status::InUse && booked.to > self.now
    }
}

/// What is refused of a group, each by its number in it.
fn refused(group: &[usize], bookings: impl Iterator<Item = (usize, &'static str)>) -> Refused {
    let number = |which: usize| (0..).zip(group).find_map(|(number, one)| (*one == which).then_some(number));
    let mut parts: Vec<_> = bookings.filter_map(|(which, code)| Some((number(which)?, code))).collect();
    parts.sort_unstable();
    Refused::Parts(parts)
}
