//! Random histories through the actions, against the plainest model there is: a list of claims.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use sharefloor::domain::booking::BookingStatus as Status;
use sharefloor::domain::ids::WaitlistEntryId;
use sharefloor::domain::waitlist::WaitlistStatus;
use sharefloor::storage::db::Db;

use crate::books::{Books, connect};
use crate::real::Real;
use crate::support::server::{Kind, Server, block_on};

/// How many quarters of an hour a history looks at.
pub(crate) const QUARTERS: i64 = 16;
const HISTORIES: u32 = 300;

/// How much there is of the other resource.
pub(crate) const OTHER_CAPACITY: i32 = 3;

/// After so many quarters a booking in use ends though nobody has checked out.
const LONGEST_OVERRUN: i64 = 48;

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Book { from: i64, length: i64, quantity: i32, hold: bool },
    Move { which: usize, to: Target },
    Block { from: i64, length: i64, quantity: i32 },
    Unblock { which: usize },
    BlockOther { from: i64, length: i64, quantity: i32 },
    UnblockOther { which: usize },
    Link { link: Link },
    Unlink,
    SetCapacity { capacity: i32 },
    Join { from: i64, length: i64, slack: i64, quantity: i32 },
    Leave { which: usize },
    Wait { quarters: i64 },
    RunJobs,
}

/// What a claim on the resource means for the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Link {
    Takes(i32),
    Excludes,
}

/// What is done with a booking.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Confirm,
    Approve,
    Decline,
    Cancel,
    Reschedule { from: i64, length: i64, quantity: i32 },
    CheckIn,
    CheckOut,
    NoShow,
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        Just(Target::Confirm),
        Just(Target::Approve),
        Just(Target::Decline),
        Just(Target::Cancel),
        (0..QUARTERS, 1..6_i64, 1..4_i32).prop_map(|(from, length, quantity)| Target::Reschedule { from, length, quantity }),
        Just(Target::CheckIn),
        Just(Target::CheckOut),
        Just(Target::NoShow),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let slot = || (0..QUARTERS, 1..6_i64, 1..4_i32);
    prop_oneof![
        6 => (slot(), any::<bool>()).prop_map(|((from, length, quantity), hold)| Step::Book { from, length, quantity, hold }),
        8 => (0..8_usize, target()).prop_map(|(which, to)| Step::Move { which, to }),
        1 => slot().prop_map(|(from, length, quantity)| Step::Block { from, length, quantity }),
        1 => (0..4_usize).prop_map(|which| Step::Unblock { which }),
        1 => slot().prop_map(|(from, length, quantity)| Step::BlockOther { from, length, quantity }),
        1 => (0..4_usize).prop_map(|which| Step::UnblockOther { which }),
        1 => prop_oneof![2 => (1..3_i32).prop_map(Link::Takes), 1 => Just(Link::Excludes)].prop_map(|link| Step::Link { link }),
        1 => Just(Step::Unlink),
        1 => (1..5_i32).prop_map(|capacity| Step::SetCapacity { capacity }),
        3 => (slot(), 0..6_i64).prop_map(|((from, length, quantity), slack)| Step::Join { from, length, slack, quantity }),
        1 => (0..4_usize).prop_map(|which| Step::Leave { which }),
        2 => (1..3_i64).prop_map(|quarters| Step::Wait { quarters }),
        1 => Just(Step::RunJobs),
    ]
}

/// What is answered to a step: nothing special, or the code of what was refused.
pub(crate) type Answer = Result<(), &'static str>;

/// A quantity that is taken, in quarters of an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) quantity: i32,
}

/// A booking: its time without the buffers, where it is in its life, and when it lapses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Booked {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) quantity: i32,
    pub(crate) status: Status,
    pub(crate) lapses: Option<i64>,
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
}

/// The rules of the resource, in quarters of an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// Before and after a booking.
    pub(crate) buffers: (i64, i64),
    pub(crate) requires_approval: bool,
    pub(crate) hold: i64,
    pub(crate) offer: i64,
    pub(crate) no_show: Option<i64>,
}

/// The model: what a host with paper and pencil would know.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) capacity: i32,
    pub(crate) rules: Rules,
    pub(crate) bookings: Vec<Booked>,
    pub(crate) blocks: Vec<Option<Claim>>,
    pub(crate) line: Vec<Waiting>,
    link: Option<Link>,
    /// Of the other resource.
    other_blocks: Vec<Option<Claim>>,
}

impl Model {
    fn status(&self, booked: &Booked) -> Status {
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

    fn claim(&self, booked: &Booked) -> Claim {
        let (before, after) = self.rules.buffers;
        Claim { from: booked.from - before, to: booked.to + after, quantity: booked.quantity }
    }

    /// How much is taken at a quarter, whatever one booking takes.
    fn load(&self, at: i64, besides: Option<usize>) -> i32 {
        let is_live = |booked: &&Booked| {
            matches!(self.status(booked), Status::Held | Status::Requested | Status::Confirmed | Status::InUse)
        };
        let booked = self.bookings.iter().enumerate().filter(|(number, _)| Some(*number) != besides).map(|(_, booked)| booked);
        let booked = booked.filter(is_live).map(|booked| self.claim(booked));
        let booked = booked.filter(|claim| (claim.from..claim.to).contains(&at)).map(|claim| claim.quantity);
        booked.sum::<i32>() + self.blocked(&self.blocks, at)
    }

    fn blocked(&self, blocks: &[Option<Claim>], at: i64) -> i32 {
        let blocks = blocks.iter().flatten().filter(|block| block.to > self.now);
        blocks.filter(|claim| (claim.from..claim.to).contains(&at)).map(|claim| claim.quantity).sum()
    }

    /// How much of the other resource is taken at a quarter, with what claims on the first take along.
    fn other_load(&self, at: i64, besides: Option<usize>) -> i32 {
        let along = match self.link {
            Some(Link::Takes(each)) => each * self.load(at, besides),
            _ => 0,
        };
        along + self.blocked(&self.other_blocks, at)
    }

    /// How much of the resource can be had at a quarter.
    fn free(&self, at: i64, besides: Option<usize>) -> i32 {
        let (own, other) = (self.capacity - self.load(at, besides), self.other_load(at, besides));
        match self.link {
            Some(Link::Takes(each)) => own.min((OTHER_CAPACITY - other) / each),
            Some(Link::Excludes) if other > 0 => 0,
            _ => own,
        }
    }

    fn other_free(&self, at: i64) -> i32 {
        let is_excluded = matches!(self.link, Some(Link::Excludes)) && self.load(at, None) > 0;
        if is_excluded { 0 } else { OTHER_CAPACITY - self.other_load(at, None) }
    }

    fn fits(&self, claim: Claim, besides: Option<usize>) -> bool {
        (claim.from..claim.to).all(|at| self.free(at, besides) >= claim.quantity)
    }

    /// Whether a link allows what is claimed.
    fn allows(&self, link: Link) -> bool {
        (-QUARTERS..3 * QUARTERS).all(|at| {
            let (own, other) = (self.load(at, None), self.blocked(&self.other_blocks, at));
            match link {
                Link::Takes(each) => each * own + other <= OTHER_CAPACITY,
                Link::Excludes => own == 0 || other == 0,
            }
        })
    }

    /// A booking that comes into a state now.
    fn begin(&self, status: Status, (from, to, quantity): (i64, i64, i32)) -> Booked {
        let lapses = match status {
            Status::Held => Some(self.now + self.rules.hold),
            Status::Requested => Some(from),
            Status::Confirmed => self.rules.no_show.map(|grace| (from.max(self.now) + grace).min(to)),
            _ => None,
        };
        Booked { from, to, quantity, status, lapses }
    }

    /// Whether a start is too soon for a booking that is asked for now.
    fn is_too_soon(&self, from: i64) -> bool {
        from < self.now || from == self.now && self.rules.requires_approval
    }

    /// Offers what is free to those who wait for it, in their order.
    fn serve(&mut self) {
        for number in self.in_order() {
            let waiting = self.line[number];
            if waiting.status != WaitlistStatus::Waiting {
                continue;
            }
            if self.now + waiting.length > waiting.to {
                self.line[number].status = WaitlistStatus::Expired;
            } else if let Some(from) = self.first_fit(&waiting) {
                let held = self.begin(Status::Held, (from, from + waiting.length, waiting.quantity));
                let lapses = (self.now + self.rules.offer).min(from).max(self.now + 1);
                self.bookings.push(Booked { lapses: Some(lapses), ..held });
                self.line[number].status = WaitlistStatus::Offered;
            }
        }
    }

    /// What happens to the other resource is heard of over a link only.
    fn serve_linked(&mut self) {
        if self.link.is_some() {
            self.serve();
        }
    }

    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..self.line.len()).collect();
        numbers.sort_by_key(|number| self.line[*number].order);
        numbers
    }

    fn first_fit(&self, waiting: &Waiting) -> Option<i64> {
        let claim = |from| self.claim(&self.begin(Status::Held, (from, from + waiting.length, waiting.quantity)));
        let mut starts = waiting.from.max(self.now)..=waiting.to - waiting.length;
        starts.find(|from| !self.is_too_soon(*from) && waiting.quantity <= self.capacity && self.fits(claim(*from), None))
    }

    fn join(&mut self, waiting: Waiting) -> Answer {
        self.serve();
        if self.now + waiting.length > waiting.to || waiting.quantity > self.capacity {
            return Err("invalid_fields");
        }
        let is_same = |other: &&Waiting| {
            let wish = |waiting: &Waiting| (waiting.from, waiting.to, waiting.length, waiting.quantity);
            other.status == WaitlistStatus::Waiting && wish(other) == wish(&waiting)
        };
        if self.line.iter().any(|other| is_same(&other)) {
            return Err("already_waiting");
        }
        if self.first_fit(&waiting).is_some() {
            return Err("slot_available");
        }
        self.line.push(waiting);
        Ok(())
    }

    fn book(&mut self, slot: (i64, i64, i32), hold: bool) -> Answer {
        self.serve();
        let status = match (hold, self.rules.requires_approval) {
            (true, _) => Status::Held,
            (false, true) => Status::Requested,
            (false, false) => Status::Confirmed,
        };
        let booked = self.begin(status, slot);
        if self.is_too_soon(booked.from) || booked.quantity > self.capacity {
            return Err("booking_rules_violated");
        }
        if !self.fits(self.claim(&booked), None) {
            return Err("slot_unavailable");
        }
        self.bookings.push(booked);
        Ok(())
    }

    fn make(&mut self, which: usize, to: Target) -> Answer {
        let Some(&booked) = self.bookings.get(which) else { return Ok(()) };
        let (status, is_over) = (self.status(&booked), booked.to <= self.now);
        let slot = (booked.from, booked.to, booked.quantity);
        let next = match (to, status) {
            (Target::CheckOut, Status::InUse) => Status::Completed,
            (Target::NoShow, Status::Confirmed) if booked.from <= self.now => Status::NoShow,
            _ if is_over => return Err("invalid_transition"),
            (Target::Confirm, Status::Held) if self.rules.requires_approval => Status::Requested,
            (Target::Confirm, Status::Held) | (Target::Approve, Status::Requested) => Status::Confirmed,
            (Target::Decline, Status::Requested) => Status::Declined,
            (Target::Cancel, Status::Confirmed) if booked.from < self.now => return Err("booking_rules_violated"),
            (Target::Cancel, Status::Held | Status::Requested | Status::Confirmed) => Status::Cancelled,
            (Target::CheckIn, Status::Confirmed) if booked.from - 1 <= self.now => Status::InUse,
            (
                Target::Reschedule { from, length, quantity },
                Status::Held | Status::Requested | Status::Confirmed | Status::InUse,
            ) => {
                return self.reschedule(which, (from, from + length, quantity));
            }
            _ => return Err("invalid_transition"),
        };
        self.bookings[which] = self.begin(next, slot);
        if !next.takes_capacity() {
            self.serve();
        }
        Ok(())
    }

    fn reschedule(&mut self, which: usize, slot: (i64, i64, i32)) -> Answer {
        let booked = self.bookings[which];
        let (from, to, quantity) = slot;
        let has_begun = booked.status == Status::InUse || booked.from <= self.now;
        if has_begun && from != booked.from || to <= self.now {
            return Err("invalid_fields");
        }
        let is_approved = matches!(booked.status, Status::Confirmed | Status::InUse) && self.rules.requires_approval;
        // Where no cut-off is set, it is the start.
        let is_too_late = booked.status == Status::Confirmed && booked.from < self.now;
        if from != booked.from && self.is_too_soon(from) || quantity > self.capacity || is_approved || is_too_late {
            return Err("booking_rules_violated");
        }
        let mut moved = self.begin(booked.status, slot);
        if let Status::Held | Status::InUse = booked.status {
            moved.lapses = booked.lapses;
        }
        self.serve();
        if !self.fits(self.claim(&moved), Some(which)) {
            return Err("slot_unavailable");
        }
        self.bookings[which] = moved;
        self.serve();
        Ok(())
    }

    /// What is refused leaves everything as it was.
    fn answer(&mut self, step: &Step) -> Answer {
        let before = self.clone();
        let answer = self.attempt(step);
        if answer.is_err() {
            *self = before;
        }
        answer
    }

    fn attempt(&mut self, step: &Step) -> Answer {
        match *step {
            Step::Book { from, length, quantity, hold } => self.book((from, from + length, quantity), hold),
            Step::Move { which, to } => self.make(which, to),
            Step::Block { from, length, quantity } => {
                let claim = Claim { from, to: from + length, quantity };
                self.serve();
                if !self.fits(claim, None) {
                    return Err("slot_unavailable");
                }
                self.blocks.push(Some(claim));
                Ok(())
            }
            Step::Unblock { which } => {
                let Some(block) = self.blocks.get_mut(which) else { return Ok(()) };
                block.take().map(drop).ok_or("not_found")?;
                self.serve();
                Ok(())
            }
            Step::BlockOther { from, length, quantity } => {
                let claim = Claim { from, to: from + length, quantity };
                self.serve_linked();
                if !(claim.from..claim.to).all(|at| self.other_free(at) >= quantity) {
                    return Err("slot_unavailable");
                }
                self.other_blocks.push(Some(claim));
                Ok(())
            }
            Step::UnblockOther { which } => {
                let Some(block) = self.other_blocks.get_mut(which) else { return Ok(()) };
                block.take().map(drop).ok_or("not_found")?;
                self.serve_linked();
                Ok(())
            }
            Step::Link { link } => {
                self.serve();
                if !self.allows(link) {
                    return Err("link_not_possible");
                }
                self.link = Some(link);
                self.serve();
                Ok(())
            }
            Step::Unlink => {
                self.link.take().ok_or("not_found")?;
                self.serve();
                Ok(())
            }
            Step::SetCapacity { capacity } => {
                self.serve();
                if (-QUARTERS..3 * QUARTERS).any(|at| self.load(at, None) > capacity) {
                    return Err("capacity_in_use");
                }
                self.capacity = capacity;
                self.serve();
                Ok(())
            }
            Step::Join { from, length, slack, quantity } => {
                let (to, status, order) = (from + length + slack, WaitlistStatus::Waiting, (self.now, None));
                self.join(Waiting { from, to, length, quantity, status, order })
            }
            Step::Leave { which } => match self.line.get_mut(which) {
                Some(waiting) if waiting.status != WaitlistStatus::Waiting => Err("invalid_transition"),
                Some(waiting) => {
                    waiting.status = WaitlistStatus::Left;
                    Ok(())
                }
                None => Ok(()),
            },
            Step::Wait { quarters } => {
                self.now += quarters;
                Ok(())
            }
            Step::RunJobs => {
                self.serve();
                Ok(())
            }
        }
    }
}

fn histories_agree(kind: Kind) {
    let server = Server::start(kind, &[]);
    let (db, market) =
        block_on(async { (Db::open(&server.config.database_options().unwrap()).unwrap(), server.market(json!({})).await) });
    let buffers = prop_oneof![Just((0, 0)), (0..3_i64, 0..3_i64)];
    let no_show = prop_oneof![Just(None), (0..3_i64).prop_map(Some)];
    let rules =
        (buffers, any::<bool>(), 1..4_i64, 1..4_i64, no_show).prop_map(|(buffers, requires_approval, hold, offer, no_show)| {
            Rules { buffers, requires_approval, hold, offer, no_show }
        });
    let history = (1..4_i32, rules, prop::collection::vec(step(), 1..40));
    let mut runner = TestRunner::new(Config { cases: HISTORIES, failure_persistence: None, ..Config::default() });
    runner
        .run(&history, |(capacity, rules, steps)| {
            block_on(async {
                let mut model = Model {
                    now: 0,
                    capacity,
                    rules,
                    bookings: Vec::new(),
                    blocks: Vec::new(),
                    line: Vec::new(),
                    link: None,
                    other_blocks: Vec::new(),
                };
                let mut real = Real::new(&server, &db, &market, &model).await;
                for step in &steps {
                    let (expected, answered) = (model.answer(step), real.answer(step).await);
                    prop_assert_eq!(expected, answered, "{:?} on {:?}", step, model);
                    let waiting = real.learn_offers(&mut model).await;
                    let expected: Vec<_> = model.line.iter().map(|waiting| waiting.status).collect();
                    prop_assert_eq!(expected, waiting, "after {:?} on {:?}", step, model);
                    let statuses: Vec<_> = model.bookings.iter().map(|booked| model.status(booked)).collect();
                    prop_assert_eq!(statuses, real.statuses().await, "after {:?} on {:?}", step, model);
                    let to_come = || model.now..model.now + 2 * QUARTERS;
                    let free: BTreeMap<_, _> =
                        to_come().map(|at| (at, model.other_free(at))).filter(|(_, quantity)| *quantity > 0).collect();
                    prop_assert_eq!(free, real.free(real.other).await, "of the other after {:?} on {:?}", step, model);
                    // With a buffer a quarter may be free and yet not bookable.
                    if rules.buffers == (0, 0) {
                        let free = to_come().map(|at| (at, model.free(at, None)));
                        let free: BTreeMap<_, _> = free.filter(|(_, quantity)| *quantity > 0).collect();
                        prop_assert_eq!(free, real.free(real.resource).await, "after {:?} on {:?}", step, model);
                    }
                }
                Ok(())
            })
        })
        .unwrap();
    Books::read(&mut connect(&server)).assert_exact();
}

#[test]
fn random_histories_are_answered_as_the_model_answers_them_on_sqlite() {
    histories_agree(Kind::Sqlite);
}

#[test]
fn random_histories_are_answered_as_the_model_answers_them_on_postgres() {
    histories_agree(Kind::Postgres);
}
