//! Random histories through the actions, against the plainest model there is: a list of claims.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use sharefloor::actions::bookings::{self, NewBooking};
use sharefloor::actions::error::Error;
use sharefloor::actions::precondition::IfMatch;
use sharefloor::actions::{Caller, availability, blocks, resources};
use sharefloor::domain::ids::{BlockId, BookingId, OrganizationId, ResourceId, SessionId, SiteId};
use sharefloor::domain::interval::Interval;
use sharefloor::domain::problem::Code;
use sharefloor::domain::resource::{Capacity, NewResource, ResourceFields};
use sharefloor::domain::time::UtcTime;
use sharefloor::storage::db::{Db, Tx};

use crate::books::{Books, connect};
use crate::support::people::{Market, User};
use crate::support::server::{Kind, Server, block_on};

/// How many quarters of an hour a history looks at.
const QUARTERS: i64 = 16;
const HISTORIES: u32 = 300;

#[derive(Debug, Clone)]
enum Step {
    Book { from: i64, length: i64, quantity: i32 },
    Approve { which: usize },
    Decline { which: usize },
    Cancel { which: usize },
    Block { from: i64, length: i64, quantity: i32 },
    Unblock { which: usize },
    SetCapacity { capacity: i32 },
    Wait { quarters: i64 },
    Complete,
}

fn step() -> impl Strategy<Value = Step> {
    let slot = || (0..QUARTERS, 1..6_i64, 1..4_i32);
    prop_oneof![
        6 => slot().prop_map(|(from, length, quantity)| Step::Book { from, length, quantity }),
        3 => (0..8_usize).prop_map(|which| Step::Cancel { which }),
        1 => (0..8_usize).prop_map(|which| Step::Approve { which }),
        1 => (0..8_usize).prop_map(|which| Step::Decline { which }),
        1 => slot().prop_map(|(from, length, quantity)| Step::Block { from, length, quantity }),
        1 => (0..4_usize).prop_map(|which| Step::Unblock { which }),
        1 => (1..5_i32).prop_map(|capacity| Step::SetCapacity { capacity }),
        1 => (1..3_i64).prop_map(|quarters| Step::Wait { quarters }),
        1 => Just(Step::Complete),
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
    /// When what claims it ends; the buffer comes after that.
    ends: i64,
}

/// The model: what a host with paper and pencil would know.
#[derive(Debug)]
struct Model {
    now: i64,
    capacity: i32,
    /// Before and after a booking.
    buffers: (i64, i64),
    requires_approval: bool,
    /// Bookings by number, none once cancelled or declined.
    bookings: Vec<Option<Claim>>,
    /// The numbers of those that wait for an answer.
    requests: BTreeSet<usize>,
    blocks: Vec<Option<Claim>>,
}

impl Model {
    /// How much is taken at a quarter by all that is not over.
    fn load(&self, at: i64) -> i32 {
        let claims = self.bookings.iter().chain(&self.blocks).flatten().filter(|claim| claim.to > self.now);
        claims.filter(|claim| (claim.from..claim.to).contains(&at)).map(|claim| claim.quantity).sum()
    }

    fn fits(&self, claim: Claim) -> bool {
        (claim.from..claim.to).all(|at| self.load(at) + claim.quantity <= self.capacity)
    }

    fn answer(&mut self, step: &Step) -> Answer {
        match *step {
            Step::Book { from, length, quantity } => {
                let ((before, after), ends) = (self.buffers, from + length);
                let claim = Claim { from: from - before, to: ends + after, quantity, ends };
                if from < self.now || quantity > self.capacity {
                    return Err("booking_rules_violated");
                }
                if !self.fits(claim) {
                    return Err("slot_unavailable");
                }
                if self.requires_approval {
                    self.requests.insert(self.bookings.len());
                }
                self.bookings.push(Some(claim));
                Ok(())
            }
            Step::Approve { which } | Step::Decline { which } | Step::Cancel { which } => {
                let now = self.now;
                let Some(booking) = self.bookings.get_mut(which) else { return Ok(()) };
                let is_answer = !matches!(step, Step::Cancel { .. });
                if booking.is_none_or(|claim| claim.ends <= now) || is_answer && !self.requests.contains(&which) {
                    return Err("invalid_transition");
                }
                self.requests.remove(&which);
                if !matches!(step, Step::Approve { .. }) {
                    *booking = None;
                }
                Ok(())
            }
            Step::Block { from, length, quantity } => {
                let claim = Claim { from, to: from + length, quantity, ends: from + length };
                if !self.fits(claim) {
                    return Err("slot_unavailable");
                }
                self.blocks.push(Some(claim));
                Ok(())
            }
            Step::Unblock { which } => {
                let Some(block) = self.blocks.get_mut(which) else { return Ok(()) };
                block.take().map(drop).ok_or("not_found")
            }
            Step::SetCapacity { capacity } => {
                if (-QUARTERS..3 * QUARTERS).any(|at| self.load(at) > capacity) {
                    return Err("capacity_in_use");
                }
                self.capacity = capacity;
                Ok(())
            }
            Step::Wait { quarters } => {
                self.now += quarters;
                Ok(())
            }
            Step::Complete => Ok(()),
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
}

fn code(error: &Error) -> &'static str {
    match error {
        Error::Refused(code, _) => code.as_str(),
        Error::RulesViolated(_) => Code::BookingRulesViolated.as_str(),
        error => panic!("{error}"),
    }
}

fn caller(user: &User) -> Caller {
    let session_id: SessionId = user.id.parse().unwrap();
    Caller { user_id: user.id.parse().unwrap(), session_id, must_be_verified: true }
}

impl Real {
    async fn new(server: &Server, db: &Db, market: &Market, model: &Model) -> Self {
        let (host, site): (_, SiteId) = (caller(&market.host), market.site.parse().unwrap());
        let new: NewResource = serde_json::from_value(json!({
            "kind": "machine", "name": "Lathe", "status": "listed", "capacity": { "quantity": model.capacity, "unit": "unit" },
            "booking_rules": {
                "buffer_before_minutes": 15 * model.buffers.0, "buffer_after_minutes": 15 * model.buffers.1,
                "requires_approval": model.requires_approval,
            },
            "tariff": { "currency": "GBP", "rate": 1200, "per": "hour" },
        }))
        .unwrap();
        let start = server.now();
        let resource = db.write(start, move |tx| resources::create(tx, host, site, &new.read()?)).await.unwrap().id;
        let organization = market.customer_organization.parse().unwrap();
        let customer = caller(&market.customer);
        Self { db: db.clone(), start, now: 0, host, customer, organization, resource, bookings: Vec::new(), blocks: Vec::new() }
    }

    fn at(&self, quarter: i64) -> UtcTime {
        self.start + TimeDelta::minutes(15 * quarter)
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

    async fn answer(&mut self, step: &Step) -> Answer {
        let (host, customer, resource_id) = (self.host, self.customer, self.resource);
        match *step {
            Step::Book { from, length, quantity } => {
                let (interval, note) = (self.interval(from, length), String::new());
                let wish = NewBooking { organization_id: self.organization, resource_id, interval, quantity, note };
                let booked = self.write(move |tx| bookings::book(tx, customer, &wish)).await?;
                self.bookings.push(booked.id);
                Ok(())
            }
            Step::Approve { which } => {
                let Some(id) = self.bookings.get(which).copied() else { return Ok(()) };
                self.write(move |tx| bookings::approve(tx, host, id)).await.map(drop)
            }
            Step::Decline { which } => {
                let Some(id) = self.bookings.get(which).copied() else { return Ok(()) };
                self.write(move |tx| bookings::decline(tx, host, id, "")).await.map(drop)
            }
            Step::Cancel { which } => {
                let Some(id) = self.bookings.get(which).copied() else { return Ok(()) };
                self.write(move |tx| bookings::cancel(tx, customer, id, "")).await.map(drop)
            }
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
            Step::Complete => self.write(move |tx| bookings::complete_due(tx, Some(resource_id), 100)).await.map(drop),
        }
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
    let history = (1..4_i32, buffers, any::<bool>(), prop::collection::vec(step(), 1..40));
    let mut runner = TestRunner::new(Config { cases: HISTORIES, failure_persistence: None, ..Config::default() });
    runner
        .run(&history, |(capacity, buffers, requires_approval, steps)| {
            block_on(async {
                let (bookings, requests, blocks) = (Vec::new(), BTreeSet::new(), Vec::new());
                let mut model = Model { now: 0, capacity, buffers, requires_approval, bookings, requests, blocks };
                let mut real = Real::new(&server, &db, &market, &model).await;
                for step in &steps {
                    let (expected, answered) = (model.answer(step), real.answer(step).await);
                    prop_assert_eq!(expected, answered, "{:?} on {:?}", step, model);
                    // With a buffer a quarter may be free and yet not bookable.
                    if buffers == (0, 0) {
                        let free = (model.now..model.now + 2 * QUARTERS).map(|at| (at, model.capacity - model.load(at)));
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
