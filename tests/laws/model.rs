//! The plainest model there is of two resources and those who want them: a list of claims.

use sharefloor::domain::block::BlockScope;
use sharefloor::domain::booking::BookingStatus as Status;
use sharefloor::domain::ids::{BookingId, WaitlistEntryId};
use sharefloor::domain::waitlist::WaitlistStatus;

use crate::steps::{Answer, Link, Step, Target, Wish};

/// How much there is of the other resource.
pub(crate) const OTHER_CAPACITY: i32 = 3;

/// After so many quarters a booking in use ends though nobody has checked out.
const LONGEST_OVERRUN: i64 = 48;

/// So many wishes of one customer wait for a resource, and no more.
const MOST_WAITING: usize = 10;

/// A quantity that is taken of a resource, in quarters of an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) on: usize,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) quantity: i32,
}

/// A booking: its time without the buffers, where it is in its life, and when it lapses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Booked {
    pub(crate) on: usize,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) quantity: i32,
    pub(crate) status: Status,
    pub(crate) lapses: Option<i64>,
    /// When it was made. Of two that were made at once it is the one whose name comes first.
    pub(crate) made: i64,
    pub(crate) id: Option<BookingId>,
}

impl Booked {
    /// What it has.
    fn wish(&self) -> Wish {
        Wish { on: self.on, from: self.from, length: self.to - self.from, quantity: self.quantity }
    }

    /// Whether a wish asks for nothing that it does not have.
    pub(crate) fn has(&self, wish: Wish) -> bool {
        let Wish { on, from, length, quantity } = wish;
        on == self.on && self.from <= from && from + length <= self.to && quantity <= self.quantity
    }
}

/// What everybody may see of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: Status,
    pub(crate) wish: Wish,
}

/// What the host keeps, and which rule made it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) claim: Claim,
    pub(crate) series: usize,
}

/// Somebody who waits for a slot of a length within a window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) length: i64,
    pub(crate) quantity: i32,
    pub(crate) status: WaitlistStatus,
    /// Who came first, is served first; of two that came at once it is the one whose name comes first.
    pub(crate) order: (i64, Option<WaitlistEntryId>),
    /// The booking that was offered.
    pub(crate) offer: Option<usize>,
}

/// The rules of a resource, in quarters of an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// Before and after a booking.
    pub(crate) buffers: (i64, i64),
    pub(crate) requires_approval: bool,
    pub(crate) hold: i64,
    pub(crate) offer: i64,
    pub(crate) no_show: Option<i64>,
}

/// The model: what a host with paper and pencil would know. All who wait want the first resource.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) capacity: [i32; 2],
    pub(crate) rules: [Rules; 2],
    /// What is out of order until then.
    pub(crate) broken: [i64; 2],
    pub(crate) bookings: Vec<Booked>,
    /// The bookings that were made together,
    pub(crate) groups: Vec<Vec<usize>>,
    /// or by one rule.
    pub(crate) series: Vec<Vec<usize>>,
    pub(crate) blocks: Vec<Option<Block>>,
    pub(crate) line: Vec<Waiting>,
    link: Option<Link>,
}

impl Model {
    pub(crate) fn new(capacity: i32, rules: Rules) -> Self {
        Self {
            now: 0,
            capacity: [capacity, OTHER_CAPACITY],
            rules: [rules, Rules { buffers: (0, 0), ..rules }],
            broken: [i64::MIN; 2],
            bookings: Vec::new(),
            groups: Vec::new(),
            series: Vec::new(),
            blocks: Vec::new(),
            line: Vec::new(),
            link: None,
        }
    }

    pub(crate) fn status(&self, booked: &Booked) -> Status {
        let has_lapsed = booked.lapses.is_some_and(|lapses| lapses <= self.now);
        let closes = self.claim(booked).to;
        match booked.status {
            Status::Held | Status::Requested if has_lapsed || closes <= self.now => Status::Expired,
            Status::Confirmed if has_lapsed => Status::NoShow,
            Status::Confirmed if closes <= self.now => Status::Completed,
            Status::InUse if closes + LONGEST_OVERRUN <= self.now => Status::Completed,
            status => status,
        }
    }

    pub(crate) fn is_live(&self, booked: &Booked) -> bool {
        matches!(self.status(booked), Status::Held | Status::Requested | Status::Confirmed | Status::InUse)
    }

    /// All bookings as they are seen.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let seen = |booked: &Booked| Seen { status: self.status(booked), wish: booked.wish() };
        self.bookings.iter().map(seen).collect()
    }

    pub(crate) fn claim(&self, booked: &Booked) -> Claim {
        let Booked { on, from, to, quantity, .. } = *booked;
        let (before, after) = self.rules[on].buffers;
        Claim { on, from: from - before, to: to + after, quantity }
    }

    /// All that takes capacity, or will.
    fn claims(&self) -> impl Iterator<Item = Claim> {
        let booked = self.bookings.iter().filter(|booked| self.is_live(booked)).map(|booked| self.claim(booked));
        let blocked = self.blocks.iter().flatten().map(|block| block.claim).filter(|claim| claim.to > self.now);
        booked.chain(blocked)
    }

    /// How much is claimed of a resource itself at a quarter.
    fn claimed(&self, on: usize, at: i64) -> i32 {
        let there = self.claims().filter(|claim| claim.on == on && (claim.from..claim.to).contains(&at));
        there.map(|claim| claim.quantity).sum()
    }

    /// How much is taken of it, with what claims on the first resource take along of the other.
    fn taken(&self, on: usize, at: i64) -> i32 {
        let along = match self.link {
            Some(Link::Takes(each)) if on == 1 => each * self.claimed(0, at),
            _ => 0,
        };
        self.claimed(on, at) + along
    }

    /// How much of a resource can be had at a quarter.
    pub(crate) fn free(&self, on: usize, at: i64) -> i32 {
        let own = self.capacity[on] - self.taken(on, at);
        match self.link {
            Some(Link::Takes(each)) if on == 0 => own.min((self.capacity[1] - self.taken(1, at)) / each),
            Some(Link::Excludes) if self.taken(1 - on, at) > 0 => 0,
            _ => own,
        }
    }

    pub(crate) fn fits(&self, claim: Claim) -> bool {
        (claim.from..claim.to).all(|at| self.free(claim.on, at) >= claim.quantity)
    }

    /// The same without what this booking takes.
    fn without(&self, which: usize) -> Self {
        let mut without = self.clone();
        without.bookings[which].status = Status::Cancelled;
        without
    }

    /// Whether all that is claimed fits as it is.
    fn is_lawful(&self) -> bool {
        self.claims().flat_map(|claim| claim.from..claim.to).all(|at| {
            let (own, other) = (self.taken(0, at), self.taken(1, at));
            let is_excluded = matches!(self.link, Some(Link::Excludes)) && own > 0 && other > 0;
            own <= self.capacity[0] && other <= self.capacity[1] && !is_excluded
        })
    }

    /// A booking that comes into a state now.
    pub(crate) fn begin(&self, status: Status, wish: Wish) -> Booked {
        let Wish { on, from, length, quantity } = wish;
        let (to, rules) = (from + length, &self.rules[on]);
        let lapses = match status {
            Status::Held => Some((self.now + rules.hold).min(self.hold_ends_by(wish))),
            Status::Requested => Some(from),
            Status::Confirmed => rules.no_show.map(|grace| (from.max(self.now) + grace).min(to)),
            _ => None,
        };
        Booked { on, from, to, quantity, status, lapses, made: self.now, id: None }
    }

    /// Whether a start is too soon for a booking that is asked for now.
    pub(crate) fn is_too_soon(&self, on: usize, from: i64) -> bool {
        from < self.now || from == self.now && self.rules[on].requires_approval
    }

    /// A hold that has to become a request cannot wait longer than until its start.
    fn hold_ends_by(&self, wish: Wish) -> i64 {
        if self.rules[wish.on].requires_approval { wish.from } else { wish.from + wish.length }
    }

    /// Offers what is free to those who wait for it, in their order.
    fn serve(&mut self) {
        self.serve_for(None);
    }

    /// The same, or only to those whom a claim that is to be made could pass over.
    fn serve_for(&mut self, claim: Option<Claim>) {
        let (before, after) = self.rules[0].buffers;
        for number in self.in_line() {
            let waiting = self.line[number];
            let is_passed_by = |claim: Claim| claim.from < waiting.to + after && waiting.from - before < claim.to;
            if waiting.status != WaitlistStatus::Waiting || claim.is_some_and(|claim| !is_passed_by(claim)) {
                continue;
            }
            if self.now + waiting.length > waiting.to {
                self.line[number].status = WaitlistStatus::Expired;
            } else if let Some(from) = self.first_fit(&waiting) {
                let held = self.begin(Status::Held, Wish { on: 0, from, length: waiting.length, quantity: waiting.quantity });
                let lapses = (self.now + self.rules[0].offer).min(from).max(self.now + 1);
                self.line[number].status = WaitlistStatus::Offered;
                self.line[number].offer = Some(self.bookings.len());
                self.bookings.push(Booked { lapses: Some(lapses), ..held });
            }
        }
    }

    /// Something happens to a resource. Those who wait for the first hear of the other over a link only.
    pub(crate) fn touch(&mut self, on: usize) {
        if on == 0 || self.link.is_some() {
            self.serve();
        }
    }

    /// A claim is to be made.
    fn touch_for(&mut self, claim: Claim) {
        if claim.on == 0 || self.link.is_some() {
            self.serve_for(Some(claim));
        }
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

    fn in_line(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..self.line.len()).collect();
        numbers.sort_by_key(|number| self.line[*number].order);
        numbers
    }

    fn first_fit(&self, waiting: &Waiting) -> Option<i64> {
        let Waiting { length, quantity, .. } = *waiting;
        let claim = |from| self.claim(&self.begin(Status::Held, Wish { on: 0, from, length, quantity }));
        let mut starts = waiting.from.max(self.now).max(self.closed_before(0))..=waiting.to - waiting.length;
        starts.find(|from| !self.is_too_soon(0, *from) && quantity <= self.capacity[0] && self.fits(claim(*from)))
    }

    fn join(&mut self, waiting: Waiting) -> Answer {
        let (before, after) = self.rules[0].buffers;
        self.touch_for(Claim { on: 0, from: waiting.from - before, to: waiting.to + after, quantity: waiting.quantity });
        if self.now + waiting.length > waiting.to || waiting.quantity > self.capacity[0] {
            return Err("invalid_fields".into());
        }
        if self.is_too_soon(0, waiting.to - waiting.length) {
            return Err("booking_rules_violated".into());
        }
        let line = self.line.iter().filter(|other| other.status == WaitlistStatus::Waiting);
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

    /// Makes a booking and answers its number.
    pub(crate) fn book(&mut self, wish: Wish, hold: bool) -> Result<usize, &'static str> {
        let Wish { on, from, quantity, .. } = wish;
        if self.is_broken(on, from) {
            return Err("booking_rules_violated");
        }
        let status = match (hold, self.rules[on].requires_approval) {
            (true, _) => Status::Held,
            (false, true) => Status::Requested,
            (false, false) => Status::Confirmed,
        };
        let booked = self.begin(status, wish);
        self.touch_for(self.claim(&booked));
        if self.is_too_soon(on, from) || quantity > self.capacity[on] {
            return Err("booking_rules_violated");
        }
        if !self.fits(self.claim(&booked)) {
            return Err("slot_unavailable");
        }
        self.bookings.push(booked);
        Ok(self.bookings.len() - 1)
    }

    /// Before when a resource, or what it takes along, is out of order.
    fn closed_before(&self, on: usize) -> i64 {
        let along = matches!(self.link, Some(Link::Takes(_))) && on == 0;
        self.broken[on].max(if along { self.broken[1] } else { i64::MIN })
    }

    /// Whether a start falls into a time in which the resource is out of order, or what it takes along.
    pub(crate) fn is_broken(&self, on: usize, from: i64) -> bool {
        self.now < self.closed_before(on) && from < self.closed_before(on)
    }

    /// What is done with one booking. What comes free is offered to nobody yet.
    pub(crate) fn change(&mut self, which: usize, to: Target) -> Result<(), &'static str> {
        let booked = self.bookings[which];
        let (status, is_over) = (self.status(&booked), booked.to <= self.now);
        let next = match (to, status) {
            (Target::CheckOut, Status::InUse) => Status::Completed,
            (Target::NoShow, Status::Confirmed) if booked.from <= self.now => Status::NoShow,
            _ if is_over => return Err("invalid_transition"),
            (Target::Confirm, Status::Held) if self.rules[booked.on].requires_approval && booked.from <= self.now => {
                return Err("invalid_transition");
            }
            (Target::Confirm, Status::Held) if self.is_broken(booked.on, booked.from) => return Err("booking_rules_violated"),
            (Target::Confirm, Status::Held) if self.rules[booked.on].requires_approval => Status::Requested,
            (Target::Confirm, Status::Held) | (Target::Approve, Status::Requested) => Status::Confirmed,
            (Target::Decline, Status::Requested) => Status::Declined,
            (Target::Cancel, Status::Confirmed) if self.is_too_late(&booked) => return Err("booking_rules_violated"),
            (Target::Cancel, Status::Held | Status::Requested | Status::Confirmed) => Status::Cancelled,
            (Target::CheckIn, Status::Confirmed) if booked.from - 1 <= self.now => Status::InUse,
            (Target::Reschedule(wish), Status::Held | Status::Requested | Status::Confirmed | Status::InUse) => {
                return self.reschedule(which, wish);
            }
            _ => return Err("invalid_transition"),
        };
        self.bookings[which] = Booked { made: booked.made, id: booked.id, ..self.begin(next, booked.wish()) };
        let offered = self.line.iter_mut().find(|waiting| waiting.offer == Some(which));
        if let Some(waiting) = offered.filter(|waiting| waiting.status == WaitlistStatus::Offered) {
            waiting.status = if next == Status::Cancelled { WaitlistStatus::Declined } else { WaitlistStatus::Taken };
        }
        Ok(())
    }

    /// Whether the customer may not change it any more. Where no cut-off is set, it is the start; what is out of order then
    /// nobody has to keep.
    fn is_too_late(&self, booked: &Booked) -> bool {
        booked.from < self.now && !self.is_broken(booked.on, booked.from)
    }

    fn reschedule(&mut self, which: usize, wish: Wish) -> Result<(), &'static str> {
        let booked = self.bookings[which];
        let Wish { on, from, length, quantity } = wish;
        let has_begun = booked.status == Status::InUse || booked.from <= self.now;
        if has_begun && from != booked.from || from + length <= self.now {
            return Err("invalid_fields");
        }
        if wish == booked.wish() {
            return Ok(());
        }
        if on != booked.on && booked.status == Status::InUse {
            return Err("invalid_transition");
        }
        self.touch_for(self.claim(&self.moved(&booked, wish)));
        let is_less = booked.has(wish);
        if !is_less && (on, from) != (booked.on, booked.from) && self.is_broken(on, from) {
            return Err("booking_rules_violated");
        }
        let is_too_late = booked.status == Status::Confirmed && self.is_too_late(&booked);
        if is_too_late || !is_less && (quantity > self.capacity[on] || !self.may_move(&booked, wish)) {
            return Err("booking_rules_violated");
        }
        let moved = self.moved(&booked, wish);
        if !self.without(which).fits(self.claim(&moved)) {
            return Err("slot_unavailable");
        }
        self.bookings[which] = moved;
        self.touch(booked.on);
        Ok(())
    }

    /// What the host has approved only they move, and nothing moves to where it could not be booked any more.
    pub(crate) fn may_move(&self, booked: &Booked, wish: Wish) -> bool {
        let is_approved = matches!(booked.status, Status::Confirmed | Status::InUse) && self.rules[wish.on].requires_approval;
        !is_approved && (wish.from == booked.from || !self.is_too_soon(wish.on, wish.from))
    }

    /// A booking in another slot. A hold does not last longer for it.
    pub(crate) fn moved(&self, booked: &Booked, wish: Wish) -> Booked {
        let moved = Booked { made: booked.made, id: booked.id, ..self.begin(booked.status, wish) };
        match booked.status {
            Status::Held => Booked { lapses: booked.lapses.map(|lapses| lapses.min(self.hold_ends_by(wish))), ..moved },
            Status::InUse => Booked { lapses: booked.lapses, ..moved },
            _ => moved,
        }
    }

    fn make(&mut self, which: usize, to: Target) -> Answer {
        if which < self.bookings.len() {
            self.change(which, to)?;
            let booked = self.bookings[which];
            if !self.is_live(&booked) {
                self.touch(booked.on);
            }
        }
        Ok(())
    }

    fn unblock(&mut self, which: usize, scope: BlockScope) -> Answer {
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

    /// The step with something that there is, if there is any.
    pub(crate) fn aimed(&self, step: &Step) -> Step {
        let mut step = step.clone();
        let (which, count) = match &mut step {
            Step::Move { which, .. } => (which, self.bookings.len()),
            Step::ConfirmGroup { which } | Step::CancelGroup { which, .. } => (which, self.groups.len()),
            Step::MoveSeries { which, .. } => (which, self.series.len()),
            Step::Unblock { which, .. } => (which, self.blocks.len()),
            Step::Leave { which } => (which, self.line.len()),
            _ => return step,
        };
        *which = which.checked_rem(count).unwrap_or_default();
        step
    }

    /// What is refused leaves everything as it was.
    pub(crate) fn answer(&mut self, step: &Step) -> Answer {
        let before = self.clone();
        let answer = self.attempt(step);
        if answer.is_err() {
            *self = before;
        }
        answer
    }

    fn attempt(&mut self, step: &Step) -> Answer {
        match step {
            Step::Book { wish, hold } => drop(self.book(*wish, *hold)?),
            Step::Move { which, to } => self.make(*which, *to)?,
            Step::BookGroup { wishes } => self.book_group(wishes)?,
            Step::ConfirmGroup { which } => self.confirm_group(*which)?,
            Step::CancelGroup { which, chosen } => self.cancel_group(*which, chosen.as_deref())?,
            Step::BookSeries { wish, hold, count, skips } => self.book_series((*wish, *hold), *count, *skips)?,
            Step::MoveSeries { which, from, to } => self.move_series(*which, *from, *to)?,
            Step::Block { wish, count, on_bookings } => self.block(*wish, *count, *on_bookings)?,
            Step::Unblock { which, scope } => self.unblock(*which, *scope)?,
            Step::Break { on, until } => {
                if until.is_some_and(|until| until <= self.now) {
                    return Err("invalid_fields".into());
                }
                self.broken[*on] = until.unwrap_or(i64::MAX);
                self.touch(*on);
            }
            Step::Mend { on } => {
                if self.broken[*on] <= self.now {
                    return Err("invalid_transition".into());
                }
                self.broken[*on] = i64::MIN;
                self.touch(*on);
            }
            Step::Link { link } => {
                self.serve();
                self.link = Some(*link);
                if !self.is_lawful() {
                    return Err("link_not_possible".into());
                }
                self.serve();
            }
            Step::Unlink => {
                self.link.take().ok_or("not_found")?;
                self.serve();
            }
            Step::SetCapacity { capacity } => {
                self.serve();
                self.capacity[0] = *capacity;
                if !self.is_lawful() {
                    return Err("capacity_in_use".into());
                }
                self.serve();
            }
            Step::Join { wish, slack } => {
                let Wish { from, length, quantity, .. } = *wish;
                let (to, status, order) = (from + length + slack, WaitlistStatus::Waiting, (self.now, None));
                self.join(Waiting { from, to, length, quantity, status, order, offer: None })?;
            }
            Step::Leave { which } => match self.line.get(*which).map(|waiting| (waiting.status, waiting.offer)) {
                Some((WaitlistStatus::Waiting, _)) => self.line[*which].status = WaitlistStatus::Left,
                Some((WaitlistStatus::Offered, Some(offer))) => self.make(offer, Target::Cancel)?,
                Some(_) => return Err("invalid_transition".into()),
                None => {}
            },
            Step::Wait { quarters } => self.now += quarters,
            Step::RunJobs => self.serve(),
        }
        Ok(())
    }
}
