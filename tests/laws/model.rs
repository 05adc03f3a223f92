//! Random histories through the actions, against the plainest model there is: a list of claims.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use sharefloor::actions::bookings::{self, NewBooking, NewSlot};
use sharefloor::actions::error::Error;
use sharefloor::actions::precondition::IfMatch;
use sharefloor::actions::waitlist::{self, NewEntry};
use sharefloor::actions::{Caller, availability, blocks, resources};
use sharefloor::domain::booking::BookingStatus as Status;
use sharefloor::domain::ids::{BlockId, BookingId, OrganizationId, ResourceId, SessionId, SiteId, WaitlistEntryId};
use sharefloor::domain::interval::Interval;
use sharefloor::domain::problem::Code;
use sharefloor::domain::resource::{Capacity, NewResource, ResourceFields};
use sharefloor::domain::time::UtcTime;
use sharefloor::domain::waitlist::{Desire, WaitlistStatus};
use sharefloor::storage::db::{Db, Tx};

use crate::books::{Books, connect};
use crate::support::people::{Market, User};
use crate::support::server::{Kind, Server, block_on};

/// How many quarters of an hour a history looks at.
const QUARTERS: i64 = 16;
const HISTORIES: u32 = 300;

/// After so many quarters a booking in use ends though nobody has checked out.
const LONGEST_OVERRUN: i64 = 48;

#[derive(Debug, Clone)]
enum Step {
    Book { from: i64, length: i64, quantity: i32, hold: bool },
    Move { which: usize, to: Target },
    Block { from: i64, length: i64, quantity: i32 },
    Unblock { which: usize },
    SetCapacity { capacity: i32 },
    Join { from: i64, length: i64, slack: i64, quantity: i32 },
    Leave { which: usize },
    Wait { quarters: i64 },
    RunJobs,
}

/// What is done with a booking.
#[derive(Debug, Clone, Copy)]
enum Target {
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
        1 => (1..5_i32).prop_map(|capacity| Step::SetCapacity { capacity }),
        3 => (slot(), 0..6_i64).prop_map(|((from, length, quantity), slack)| Step::Join { from, length, slack, quantity }),
        1 => (0..4_usize).prop_map(|which| Step::Leave { which }),
        2 => (1..3_i64).prop_map(|quarters| Step::Wait { quarters }),
        1 => Just(Step::RunJobs),
    ]
}

/// What is answered to a step: nothing special, or the code of what was refused.
type Answer = Result<(), &'static str>;

/// A quantity that is taken, in quarters of an hour.
#[derive(Debug, Clone, Copy)]
struct Claim {
    from: i64,
    to: i64,
    quantity: i32,
}

/// A booking: its time without the buffers, where it is in its life, and when it lapses.
#[derive(Debug, Clone, Copy)]
struct Booked {
    from: i64,
    to: i64,
    quantity: i32,
    status: Status,
    lapses: Option<i64>,
}

/// Somebody who waits for a slot of a length within a window.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    from: i64,
    to: i64,
    length: i64,
    quantity: i32,
    status: WaitlistStatus,
    /// Who came first, is served first; of two that came at once it is the one whose name comes first.
    order: (i64, Option<WaitlistEntryId>),
}

/// The rules of the resource, in quarters of an hour.
#[derive(Debug, Clone, Copy)]
struct Rules {
    /// Before and after a booking.
    buffers: (i64, i64),
    requires_approval: bool,
    hold: i64,
    offer: i64,
    no_show: Option<i64>,
}

/// The model: what a host with paper and pencil would know.
#[derive(Debug, Clone)]
struct Model {
    now: i64,
    capacity: i32,
    rules: Rules,
    bookings: Vec<Booked>,
    blocks: Vec<Option<Claim>>,
    line: Vec<Waiting>,
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
        let blocked = self.blocks.iter().flatten().filter(|block| block.to > self.now).copied();
        let claims = booked.filter(is_live).map(|booked| self.claim(booked)).chain(blocked);
        claims.filter(|claim| (claim.from..claim.to).contains(&at)).map(|claim| claim.quantity).sum()
    }

    fn fits(&self, claim: Claim, besides: Option<usize>) -> bool {
        (claim.from..claim.to).all(|at| self.load(at, besides) + claim.quantity <= self.capacity)
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

    fn in_order(&self) -> Vec<usize> {
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

/// The same history as the service lives through it.
struct Real {
    db: Db,
    start: UtcTime,
    now: i64,
    host: Caller,
    customer: Caller,
    organization: OrganizationId,
    resource: ResourceId,
    bookings: Vec<BookingId>,
    blocks: Vec<BlockId>,
    line: Vec<WaitlistEntryId>,
    /// What was booked last: the line was served before.
    made: Option<BookingId>,
}

fn code(error: &Error) -> &'static str {
    match error {
        Error::Refused(code, _) => code.as_str(),
        Error::Invalid(_) => Code::InvalidFields.as_str(),
        Error::RulesViolated(_) => Code::BookingRulesViolated.as_str(),
        error => panic!("{error}"),
    }
}

fn caller(user: &User) -> Caller {
    let session_id: SessionId = user.id.parse().unwrap();
    Caller { user_id: user.id.parse().unwrap(), session_id, must_be_verified: true }
}

fn quarters(number: i64) -> TimeDelta {
    TimeDelta::minutes(15 * number)
}

impl Real {
    async fn new(server: &Server, db: &Db, market: &Market, model: &Model) -> Self {
        let (host, site): (_, SiteId) = (caller(&market.host), market.site.parse().unwrap());
        let new: NewResource = serde_json::from_value(json!({
            "kind": "machine", "name": "Lathe", "status": "listed", "capacity": { "quantity": model.capacity, "unit": "unit" },
            "booking_rules": {
                "buffer_before_minutes": 15 * model.rules.buffers.0, "buffer_after_minutes": 15 * model.rules.buffers.1,
                "requires_approval": model.rules.requires_approval, "hold_minutes": 15 * model.rules.hold,
                "offer_minutes": 15 * model.rules.offer,
                "no_show_minutes": model.rules.no_show.map(|quarters| 15 * quarters), "check_in_minutes": 15,
            },
            "tariff": { "currency": "GBP", "rate": 1200, "per": "hour" },
        }))
        .unwrap();
        let start = server.now();
        let resource = db.write(start, move |tx| resources::create(tx, host, site, &new.read()?)).await.unwrap().id;
        let organization = market.customer_organization.parse().unwrap();
        let customer = caller(&market.customer);
        Self {
            db: db.clone(),
            start,
            now: 0,
            host,
            customer,
            organization,
            resource,
            bookings: Vec::new(),
            blocks: Vec::new(),
            line: Vec::new(),
            made: None,
        }
    }

    fn at(&self, quarter: i64) -> UtcTime {
        self.start + quarters(quarter)
    }

    fn interval(&self, from: i64, length: i64) -> Interval {
        Interval::new(self.at(from), self.at(from + length)).unwrap()
    }

    async fn write<T: Send + 'static>(
        &self,
        action: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, &'static str> {
        self.db.write(self.at(self.now), action).await.map_err(|error| code(&error))
    }

    async fn make(&self, id: BookingId, to: Target) -> Answer {
        let (host, customer, start) = (self.host, self.customer, self.start);
        let made = self.write(move |tx| match to {
            Target::Confirm => bookings::confirm(tx, customer, id),
            Target::Approve => bookings::approve(tx, host, id),
            Target::Decline => bookings::decline(tx, host, id, ""),
            Target::Cancel => bookings::cancel(tx, customer, id, ""),
            Target::CheckIn => bookings::check_in(tx, customer, id),
            Target::CheckOut => bookings::check_out(tx, customer, id),
            Target::NoShow => bookings::no_show(tx, host, id),
            Target::Reschedule { from, length, quantity } => {
                let (starts_at, ends_at) = (Some(start + quarters(from)), Some(start + quarters(from + length)));
                let new = NewSlot { starts_at, ends_at, quantity: Some(quantity), ..NewSlot::default() };
                Ok(bookings::reschedule(tx, customer, id, &new)?.booking)
            }
        });
        made.await.map(drop)
    }

    async fn answer(&mut self, step: &Step) -> Answer {
        let (host, customer, resource_id) = (self.host, self.customer, self.resource);
        match *step {
            Step::Book { from, length, quantity, hold } => {
                let (organization_id, interval, note) = (self.organization, self.interval(from, length), String::new());
                let wish = NewBooking {
                    organization_id,
                    resource_id,
                    interval,
                    quantity,
                    operated_by: None,
                    note,
                    hold,
                    override_reason: None,
                };
                let booked = self.write(move |tx| bookings::book(tx, customer, &wish)).await?;
                self.made = Some(booked.id);
                Ok(())
            }
            Step::Move { which, to } => match self.bookings.get(which) {
                Some(id) => self.make(*id, to).await,
                None => Ok(()),
            },
            Step::Block { from, length, quantity } => {
                let interval = self.interval(from, length);
                let blocked = self.write(move |tx| blocks::create(tx, host, resource_id, interval, Some(quantity), "")).await?;
                self.blocks.push(blocked.id);
                Ok(())
            }
            Step::Unblock { which } => {
                let Some(id) = self.blocks.get(which).copied() else { return Ok(()) };
                self.write(move |tx| blocks::delete(tx, host, resource_id, id)).await
            }
            Step::SetCapacity { capacity } => {
                let edit = move |fields: ResourceFields| {
                    let capacity = Capacity { quantity: capacity, ..fields.capacity };
                    Ok(ResourceFields { capacity, ..fields })
                };
                self.write(move |tx| resources::update(tx, host, resource_id, &IfMatch::Any, edit)).await.map(drop)
            }
            Step::Wait { quarters } => {
                self.now += quarters;
                Ok(())
            }
            Step::Join { from, length, slack, quantity } => {
                let desire = Desire { window: self.interval(from, length + slack), length: quarters(length), quantity };
                let new = NewEntry { organization_id: self.organization, resource_id, desire };
                let entry = self.write(move |tx| waitlist::join(tx, customer, &new)).await?;
                self.line.push(entry.id);
                Ok(())
            }
            Step::Leave { which } => {
                let Some(id) = self.line.get(which).copied() else { return Ok(()) };
                self.write(move |tx| waitlist::leave(tx, customer, id)).await.map(drop)
            }
            Step::RunJobs => self.write(move |tx| bookings::due::catch_up(tx, resource_id)).await,
        }
    }

    /// What has become of each wish; an offer is a booking from then on.
    async fn learn_offers(&mut self, model: &mut Model) -> Vec<WaitlistStatus> {
        for (waiting, id) in model.line.iter_mut().zip(&self.line) {
            waiting.order.1 = Some(*id);
        }
        let (ids, customer) = (self.line.clone(), self.customer);
        let read = move |tx: &mut Tx<'_>| ids.iter().map(|id| waitlist::get(tx, customer, *id)).collect();
        let entries: Result<Vec<_>, Error> = self.db.read(self.at(self.now), read).await;
        let entries = entries.unwrap();
        for number in model.in_order() {
            let offered = entries[number].booking_id;
            self.bookings.extend(offered.filter(|booking| !self.bookings.contains(booking)));
        }
        self.bookings.extend(self.made.take());
        entries.into_iter().map(|entry| entry.status).collect()
    }

    /// Where each booking is in its life.
    async fn statuses(&self) -> Vec<Status> {
        let (ids, customer) = (self.bookings.clone(), self.customer);
        let read = move |tx: &mut Tx<'_>| ids.iter().map(|id| Ok(bookings::get(tx, customer, *id)?.status)).collect();
        let statuses: Result<_, Error> = self.db.read(self.at(self.now), read).await;
        statuses.unwrap()
    }

    /// How much of each quarter to come is free.
    async fn free(&self) -> BTreeMap<i64, i32> {
        let (resource, within) = (self.resource, self.interval(self.now, 2 * QUARTERS));
        let read = move |tx: &mut Tx<'_>| availability::get(tx, None, resource, within, 1);
        let free = self.db.read(self.at(self.now), read).await.unwrap().free;
        let quarter = |at: UtcTime| at.minutes_since(self.start) / 15;
        free.into_iter()
            .flat_map(|free| {
                (quarter(free.interval.starts_at())..quarter(free.interval.ends_at())).map(move |at| (at, free.quantity))
            })
            .collect()
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
                let mut model = Model { now: 0, capacity, rules, bookings: Vec::new(), blocks: Vec::new(), line: Vec::new() };
                let mut real = Real::new(&server, &db, &market, &model).await;
                for step in &steps {
                    let (expected, answered) = (model.answer(step), real.answer(step).await);
                    prop_assert_eq!(expected, answered, "{:?} on {:?}", step, model);
                    let waiting = real.learn_offers(&mut model).await;
                    let expected: Vec<_> = model.line.iter().map(|waiting| waiting.status).collect();
                    prop_assert_eq!(expected, waiting, "after {:?} on {:?}", step, model);
                    let statuses: Vec<_> = model.bookings.iter().map(|booked| model.status(booked)).collect();
                    prop_assert_eq!(statuses, real.statuses().await, "after {:?} on {:?}", step, model);
                    // With a buffer a quarter may be free and yet not bookable.
                    if rules.buffers == (0, 0) {
                        let free = (model.now..model.now + 2 * QUARTERS).map(|at| (at, model.capacity - model.load(at, None)));
                        let free: BTreeMap<_, _> = free.filter(|(_, quantity)| *quantity > 0).collect();
                        prop_assert_eq!(free, real.free().await, "after {:?} on {:?}", step, model);
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
