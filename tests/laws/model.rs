//! The plainest model there is of two resources and those who want them: a list of claims.

use domain::booking::BookingStatus as Status;
use domain::ids::BookingId;
use domain::waitlist::WaitlistStatus;

use super::model_money::{By, Charges, Fees, price};
use super::model_proposals::Proposed;
use super::steps::{Answer, Link, Step, Target, Wish};

/// How much there is of the other resource.
pub(crate) const OTHER_CAPACITY: i32 = 3;

/// After so many quarters a booking in use ends though nobody has checked out.
pub(crate) const LONGEST_OVERRUN: i64 = 48;

/// So many wishes of one customer wait for a resource, and no more.
pub(crate) const MOST_WAITING: usize = 10;

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
    /// The slot in its series that it left when it was moved alone.
    pub(crate) moved_from: Option<Wish>,
    /// The group that it was booked with.
    pub(crate) group: Option<usize>,
    pub(crate) charges: Charges,
}

impl Booked {
    /// What it has.
    pub(crate) fn wish(&self) -> Wish {
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
    pub(crate) moved_from: Option<Wish>,
    pub(crate) price: i64,
    pub(crate) fee: i64,
    pub(crate) owed: i64,
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
    pub(crate) on: usize,
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) length: i64,
    pub(crate) quantity: i32,
    pub(crate) status: WaitlistStatus,
    /// The booking that was offered.
    pub(crate) offer: Option<usize>,
    /// Whether it waits on if that is not answered,
    pub(crate) returns: bool,
    /// and since when it does.
    pub(crate) returned: Option<i64>,
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
    /// Whether nobody operates it beside the other.
    pub(crate) alone: bool,
    /// How many quarters a day may be booked of all that has such a limit.
    pub(crate) most: Option<i64>,
    /// How long it is kept from others by what overruns.
    pub(crate) guard: i64,
    pub(crate) fees: Fees,
}

/// The model: what a host with paper and pencil would know.
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
    /// The slots of each series that could not be booked.
    pub(crate) left_out: Vec<Vec<Wish>>,
    pub(crate) blocks: Vec<Option<Block>>,
    /// The buffers after bookings that were checked out.
    pub(crate) cleanings: Vec<Claim>,
    /// The capacity that overruns keep from others.
    pub(crate) kept: Vec<Claim>,
    pub(crate) line: Vec<Waiting>,
    pub(crate) proposals: Vec<Proposed>,
    /// How much of the other each one that is claimed of a resource takes along.
    pub(crate) takes: [Option<i32>; 2],
    /// Whether the two exclude each other.
    pub(crate) excludes: bool,
}

impl Model {
    pub(crate) fn new(capacity: i32, rules: [Rules; 2]) -> Self {
        Self {
            now: 0,
            capacity: [capacity, OTHER_CAPACITY],
            rules,
            broken: [i64::MIN; 2],
            bookings: Vec::new(),
            groups: Vec::new(),
            series: Vec::new(),
            left_out: Vec::new(),
            blocks: Vec::new(),
            cleanings: Vec::new(),
            kept: Vec::new(),
            line: Vec::new(),
            proposals: Vec::new(),
            takes: [None; 2],
            excludes: false,
        }
    }

    pub(crate) fn status(&self, booked: &Booked) -> Status {
        let has_lapsed = booked.lapses.is_some_and(|lapses| lapses <= self.now);
        match booked.status {
            Status::Held | Status::Requested if has_lapsed || booked.to <= self.now => Status::Expired,
            Status::Confirmed if has_lapsed => Status::NoShow,
            Status::Confirmed if booked.to <= self.now => Status::Completed,
            Status::InUse if booked.to + LONGEST_OVERRUN <= self.now => Status::Completed,
            status => status,
        }
    }

    pub(crate) fn is_live(&self, booked: &Booked) -> bool {
        matches!(self.status(booked), Status::Held | Status::Requested | Status::Confirmed | Status::InUse)
    }

    /// Whether a booking takes capacity: also during its buffer, when it has ended by itself.
    pub(crate) fn takes(&self, booked: &Booked) -> bool {
        let has_ended = booked.status == Status::Confirmed && self.status(booked) == Status::Completed;
        self.is_live(booked) || has_ended && self.now < self.claim(booked).to
    }

    /// All bookings as they are seen.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let seen = |booked: &Booked| Seen {
            status: self.status(booked),
            wish: booked.wish(),
            moved_from: booked.moved_from,
            price: booked.charges.price,
            fee: self.fee(booked),
            owed: self.owed(booked),
        };
        self.bookings.iter().map(seen).collect()
    }

    pub(crate) fn claim(&self, booked: &Booked) -> Claim {
        let Booked { on, from, to, quantity, .. } = *booked;
        let (before, after) = self.rules[on].buffers;
        Claim { on, from: from - before, to: to + after, quantity }
    }

    /// All that takes capacity, or will.
    fn claims(&self) -> impl Iterator<Item = Claim> {
        let booked = self.bookings.iter().filter(|booked| self.takes(booked)).map(|booked| self.claim(booked));
        let blocked = self.blocks.iter().flatten().map(|block| block.claim).chain(self.cleanings.iter().copied());
        let blocked = blocked.filter(|claim| claim.to > self.now);
        booked.chain(blocked).chain(self.kept.iter().copied())
    }

    /// How much is claimed of a resource itself at a quarter.
    fn claimed(&self, on: usize, at: i64) -> i32 {
        let there = self.claims().filter(|claim| claim.on == on && (claim.from..claim.to).contains(&at));
        there.map(|claim| claim.quantity).sum()
    }

    /// How much is taken of it, with what claims on the other take along.
    fn taken(&self, on: usize, at: i64) -> i32 {
        self.claimed(on, at) + self.takes[1 - on].map_or(0, |each| each * self.claimed(1 - on, at))
    }

    /// How much of a resource can be had at a quarter.
    pub(crate) fn free(&self, on: usize, at: i64) -> i32 {
        let own = self.capacity[on] - self.taken(on, at);
        let along = self.takes[on].map_or(own, |each| (self.capacity[1 - on] - self.taken(1 - on, at)) / each);
        let is_excluded = self.excludes && (self.taken(1 - on, at) > 0 || self.takes[on].is_some() && self.taken(on, at) > 0);
        if is_excluded { 0 } else { own.min(along) }
    }

    pub(crate) fn fits(&self, claim: Claim) -> bool {
        (claim.from..claim.to).all(|at| self.free(claim.on, at) >= claim.quantity)
    }

    /// The same without what this booking takes.
    pub(crate) fn without(&self, which: usize) -> Self {
        let mut without = self.clone();
        without.bookings[which].status = Status::Cancelled;
        without
    }

    /// Whether all that is claimed fits as it is.
    fn is_lawful(&self) -> bool {
        let claims: Vec<_> = self.claims().collect();
        claims.iter().flat_map(|claim| claim.from..claim.to).all(|at| {
            let on = |on: usize| -> Vec<usize> {
                let takes = |claim: &Claim| claim.on == on || self.takes[claim.on].is_some();
                let there = claims.iter().enumerate().filter(|(_, claim)| (claim.from..claim.to).contains(&at) && takes(claim));
                there.map(|(number, _)| number).collect()
            };
            let (own, other) = (on(0), on(1));
            let is_one = own.len() == 1 && own == other;
            let is_excluded = self.excludes && !own.is_empty() && !other.is_empty() && !is_one;
            self.taken(0, at) <= self.capacity[0] && self.taken(1, at) <= self.capacity[1] && !is_excluded
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
        let charges = Charges { price: price(wish), grace: self.grace(status, on), ..Charges::default() };
        Booked { on, from, to, quantity, status, lapses, made: self.now, id: None, moved_from: None, group: None, charges }
    }

    /// Whether a start is too soon for a booking that is asked for now.
    pub(crate) fn is_too_soon(&self, on: usize, from: i64) -> bool {
        from < self.now || from == self.now && self.rules[on].requires_approval
    }

    /// A hold that has to become a request cannot wait longer than until its start.
    fn hold_ends_by(&self, wish: Wish) -> i64 {
        if self.rules[wish.on].requires_approval { wish.from } else { wish.from + wish.length }
    }

    /// Makes a booking and answers its number.
    pub(crate) fn book(&mut self, wish: Wish, hold: bool) -> Result<usize, &'static str> {
        self.book_with(wish, hold, None)
    }

    /// The same, as one of a group.
    pub(crate) fn book_with(&mut self, wish: Wish, hold: bool, group: Option<usize>) -> Result<usize, &'static str> {
        let Wish { on, from, quantity, .. } = wish;
        if self.is_broken(on, from) {
            return Err("booking_rules_violated");
        }
        let status = match (hold, self.rules[on].requires_approval) {
            (true, _) => Status::Held,
            (false, true) => Status::Requested,
            (false, false) => Status::Confirmed,
        };
        let booked = Booked { group, ..self.begin(status, wish) };
        self.touch_for(self.claim(&booked));
        if self.is_too_soon(on, from) || quantity > self.capacity[on] {
            return Err("booking_rules_violated");
        }
        if let Some(forbidden) = self.forbidden(&booked).or_else(|| self.kept_from(&booked)) {
            return Err(forbidden);
        }
        if !self.fits(self.claim(&booked)) {
            return Err("slot_unavailable");
        }
        self.bookings.push(booked);
        Ok(self.bookings.len() - 1)
    }

    /// Before when a resource, or what it takes along, is out of order.
    pub(crate) fn closed_before(&self, on: usize) -> i64 {
        self.broken[on].max(if self.takes[on].is_some() { self.broken[1 - on] } else { i64::MIN })
    }

    /// Whether a start falls into a time in which the resource is out of order, or what it takes along.
    pub(crate) fn is_broken(&self, on: usize, from: i64) -> bool {
        self.now < self.closed_before(on) && from < self.closed_before(on)
    }

    /// What the customer does with one booking, or the host where only they do it. What comes free is offered to nobody yet.
    pub(crate) fn change(&mut self, which: usize, to: Target) -> Result<(), &'static str> {
        self.change_by(which, to, false)
    }

    /// The same, by either.
    pub(crate) fn change_by(&mut self, which: usize, to: Target, by_host: bool) -> Result<(), &'static str> {
        let booked = self.bookings[which];
        let (status, is_over) = (self.status(&booked), booked.to <= self.now);
        let asks = !by_host && self.rules[booked.on].requires_approval;
        let next = match (to, status) {
            (Target::CheckOut, Status::InUse) if self.now < booked.from => Status::Confirmed,
            (Target::CheckOut, Status::InUse) => Status::Completed,
            (Target::NoShow, Status::Confirmed) if booked.from <= self.now => Status::NoShow,
            _ if is_over => return Err("invalid_transition"),
            (Target::Confirm, Status::Held) if asks && booked.from <= self.now => return Err("invalid_transition"),
            (Target::Confirm, Status::Held) if !by_host && self.is_broken(booked.on, booked.from) => {
                return Err("booking_rules_violated");
            }
            (Target::Confirm, Status::Held) if asks => Status::Requested,
            (Target::Confirm, Status::Held) | (Target::Approve, Status::Requested) => Status::Confirmed,
            (Target::Decline, Status::Requested) => Status::Declined,
            (Target::Cancel, Status::Confirmed) if !by_host && self.is_too_late(&booked) => return Err("booking_rules_violated"),
            (Target::Cancel, Status::Held | Status::Requested | Status::Confirmed) => Status::Cancelled,
            (Target::CheckIn, Status::Confirmed) if booked.from - 1 <= self.now => {
                if self.in_use_beside(which).free(booked.on, self.now) < booked.quantity {
                    return Err("still_in_use");
                }
                Status::InUse
            }
            (Target::Reschedule(wish), Status::Held | Status::Requested | Status::Confirmed | Status::InUse) => {
                return self.reschedule(which, wish, by_host);
            }
            _ => return Err("invalid_transition"),
        };
        let began = self.begin(next, booked.wish());
        let charges = self.charges_after(&booked, to, next, by_host);
        self.bookings[which] = Booked { status: next, lapses: began.lapses, charges, ..booked };
        if matches!(to, Target::CheckOut) && next == Status::Completed {
            self.clean_after(&booked);
        }
        let offered = self.line.iter_mut().find(|waiting| waiting.offer == Some(which));
        if let Some(waiting) = offered.filter(|waiting| waiting.status == WaitlistStatus::Offered) {
            waiting.status = if next == Status::Cancelled { WaitlistStatus::Declined } else { WaitlistStatus::Taken };
        }
        Ok(())
    }

    /// The same with nothing but what others use now.
    fn in_use_beside(&self, which: usize) -> Self {
        let others = self.bookings.iter().enumerate();
        let others = others.filter(|(number, other)| *number != which && self.status(other) == Status::InUse);
        let now = |(_, other): (usize, &Booked)| Booked { from: self.now, to: self.now + 1, ..*other };
        Self { bookings: others.map(now).collect(), blocks: Vec::new(), cleanings: Vec::new(), ..self.clone() }
    }

    /// Keeps the buffer after a booking that ends now, as far as it is free.
    fn clean_after(&mut self, booked: &Booked) {
        let Booked { on, quantity, .. } = *booked;
        let until = |to| Claim { on, from: self.now, to, quantity };
        let longest = (1..=self.rules[on].buffers.1).map(|buffer| until(self.now + buffer)).take_while(|claim| self.fits(*claim));
        let cleaning = longest.last();
        self.cleanings.extend(cleaning);
    }

    /// Whether the customer may not change it any more. Where no cut-off is set, it is the start; what is out of order then
    /// nobody has to keep.
    pub(crate) fn is_too_late(&self, booked: &Booked) -> bool {
        booked.from < self.now && !self.is_broken(booked.on, booked.from)
    }

    fn reschedule(&mut self, which: usize, wish: Wish, by_host: bool) -> Result<(), &'static str> {
        let booked = self.bookings[which];
        let Wish { on, from, length, .. } = wish;
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
        let by = if by_host { By::Host } else { By::Customer };
        self.touch_for(self.claim(&self.moved(&booked, wish, by)));
        let is_less = booked.has(wish);
        let is_theirs = !by_host && (self.is_too_late_to_move(&booked) || !is_less && self.is_approved(&booked, wish));
        if is_theirs || !is_less && !self.may_be_at(&booked, wish) {
            return Err("booking_rules_violated");
        }
        self.check_place(which, wish)?;
        self.put(which, wish, by);
        Ok(())
    }

    /// Whether a booking may be in another place, and fits there.
    pub(crate) fn check_place(&self, which: usize, wish: Wish) -> Result<(), &'static str> {
        let (booked, left) = (self.bookings[which], self.without(which));
        if let Some(forbidden) = left.forbidden_to(&booked, wish) {
            return Err(forbidden);
        }
        let is_free = left.fits(self.claim(&self.moved(&booked, wish, By::Both)));
        if is_free { Ok(()) } else { Err("slot_unavailable") }
    }

    /// The rule that forbids another slot to a booking that has left its own.
    pub(crate) fn forbidden_to(&self, booked: &Booked, wish: Wish) -> Option<&'static str> {
        let Wish { on, from, quantity, .. } = wish;
        if booked.has(wish) {
            return None;
        }
        let (moved, is_elsewhere) = (self.moved(booked, wish, By::Both), (on, from) != (booked.on, booked.from));
        if quantity > self.capacity[on] || is_elsewhere && self.is_broken(on, from) {
            return Some("booking_rules_violated");
        }
        self.forbidden(&moved).or_else(|| self.kept_from(&moved).filter(|_| is_elsewhere))
    }

    /// Moves a booking to where it fits.
    pub(crate) fn put(&mut self, which: usize, wish: Wish, by: By) {
        let booked = self.bookings[which];
        let left = booked.moved_from.unwrap_or(booked.wish());
        let is_of_series = self.series.iter().any(|series| series.contains(&which));
        let moved_from = Some(left).filter(|left| is_of_series && *left != wish);
        self.bookings[which] = Booked { moved_from, ..self.moved(&booked, wish, by) };
        self.touch_each(&[booked.on, wish.on]);
    }

    /// Whether the customer may move a booking: what the host has approved only they move.
    pub(crate) fn may_move(&self, booked: &Booked, wish: Wish) -> bool {
        !self.is_approved(booked, wish) && self.may_be_at(booked, wish)
    }

    fn is_approved(&self, booked: &Booked, wish: Wish) -> bool {
        matches!(booked.status, Status::Confirmed | Status::InUse) && self.rules[wish.on].requires_approval
    }

    /// Nothing moves to where it could not be booked any more.
    fn may_be_at(&self, booked: &Booked, wish: Wish) -> bool {
        wish.from == booked.from || !self.is_too_soon(wish.on, wish.from)
    }

    /// A booking in another slot. A hold does not last longer for it.
    pub(crate) fn moved(&self, booked: &Booked, wish: Wish, by: By) -> Booked {
        let charges = self.charges_of_move(booked, wish, by);
        let Booked { made, id, group, .. } = *booked;
        let moved = Booked { made, id, group, charges, ..self.begin(booked.status, wish) };
        match booked.status {
            Status::Held => Booked { lapses: booked.lapses.map(|lapses| lapses.min(self.hold_ends_by(wish))), ..moved },
            Status::InUse => Booked { lapses: booked.lapses, ..moved },
            _ => moved,
        }
    }

    pub(crate) fn make(&mut self, which: usize, to: Target, by_host: bool) -> Answer {
        // What was offered and taken back within one step has no name by which anybody could ask for it.
        if self.bookings.get(which).is_some_and(|booked| booked.id.is_some()) {
            self.change_by(which, to, by_host)?;
            let booked = self.bookings[which];
            if !self.is_live(&booked) {
                self.touch(booked.on);
            }
        }
        Ok(())
    }

    /// What is refused leaves everything as it was.
    pub(crate) fn answer(&mut self, step: &Step) -> Answer {
        let before = self.clone();
        let answer = self.attempt(step);
        if answer.is_err() {
            *self = before;
        } else {
            self.end_proposals(&before);
        }
        answer
    }

    fn attempt(&mut self, step: &Step) -> Answer {
        match step {
            Step::Book { wish, hold } => drop(self.book(*wish, *hold)?),
            Step::Move { which, to, by_host, .. } => self.make(*which, *to, *by_host)?,
            Step::BookGroup { wishes } => self.book_group(wishes)?,
            Step::ConfirmGroup { which } => self.confirm_group(*which)?,
            Step::CancelGroup { which, chosen } => self.cancel_group(*which, chosen.as_deref())?,
            Step::BookSeries { wish, hold, count, skips } => self.book_series((*wish, *hold), *count, *skips)?,
            Step::MoveSeries { which, from, to } => self.move_series(*which, *from, *to)?,
            Step::AddLeftOut { which, skips } => self.add_left_out(*which, *skips)?,
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
            Step::Link { from, link } => {
                if matches!(link, Link::Takes(each) if *each > self.capacity[1 - from]) {
                    return Err("invalid_fields".into());
                }
                self.touch_each(&[0, 1]);
                // It takes the place of what leads the same way; the two exclude each other either way.
                self.excludes = matches!(link, Link::Excludes);
                self.takes[*from] = match link {
                    Link::Takes(each) => Some(*each),
                    Link::Excludes => None,
                };
                if !self.is_lawful() {
                    return Err("link_not_possible".into());
                }
                self.touch_each(&[0, 1]);
            }
            Step::Unlink { from } => {
                let was_excluded = std::mem::take(&mut self.excludes);
                if self.takes[*from].take().is_none() && !was_excluded {
                    return Err("not_found".into());
                }
                self.touch_each(&[0, 1]);
            }
            Step::SetCapacity { on, capacity } => {
                self.touch(*on);
                self.capacity[*on] = *capacity;
                if !self.is_lawful() {
                    return Err("capacity_in_use".into());
                }
                self.touch(*on);
            }
            Step::Join { wish, slack, .. } => {
                let Wish { on, from, length, quantity } = *wish;
                let (to, status) = (from + length + slack, WaitlistStatus::Waiting);
                self.join(Waiting { on, from, to, length, quantity, status, offer: None, returns: false, returned: None })?;
            }
            Step::Leave { which } => {
                if self.has_returned(*which) {
                    self.touch(self.line[*which].on);
                }
                match self.line.get(*which).map(|waiting| (waiting.status, waiting.offer)) {
                    Some((WaitlistStatus::Waiting, _)) => self.line[*which].status = WaitlistStatus::Left,
                    Some((WaitlistStatus::Offered, Some(offer))) => self.make(offer, Target::Cancel, false)?,
                    Some(_) => return Err("invalid_transition".into()),
                    None => {}
                }
            }
            Step::Wait { quarters } => self.now += quarters,
            Step::WaitFor { .. } | Step::BookSoon { .. } | Step::Buy { .. } => {}
            Step::BookWithCoupon { wish } => self.book_with_coupon(*wish)?,
            // The job serves one resource after the other. An offer on the first resource makes its operator busy.
            Step::RunJobs => (0..2).for_each(|on| self.touch(on)),
            Step::Propose { which, wish, by_host, answer_by } => self.propose(*which, *wish, *by_host, *answer_by)?,
            Step::Respond { which, response, by_host, overrides } => self.respond(*which, *response, *by_host, *overrides)?,
            Step::Waive { which } => self.waive(*which)?,
            Step::ReturnDeposit { which, kept } => self.return_deposit(*which, *kept)?,
        }
        Ok(())
    }
}
