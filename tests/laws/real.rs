//! The histories of the model, as the service lives through them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use actions::blocks::{self, NewBlock};
use actions::bookings::{self, NewBooking, Reschedule, Search};
use actions::closing::Closing;
use actions::error::Error;
use actions::precondition::IfMatch;
use actions::waitlist::{self, NewEntry};
use actions::{Caller, availability, out_of_order, resource_links, resources, search};
use chrono::{NaiveTime, TimeDelta};
use domain::block::OnBookings;
use domain::booking::Booking;
use domain::ids::{
    BlockId, BookingGroupId, BookingId, BookingProposalId, OrganizationId, ResourceId, SeriesId, SessionId, WaitlistEntryId,
};
use domain::interval::Interval;
use domain::length::SlotLength;
use domain::paging::Paging;
use domain::permissions::Permissions;
use domain::problem::Code;
use domain::resource::{Capacity, LinkKind, NewResource, ResourceFields};
use domain::rules::ViolationCode;
use domain::slot::{Slot, WantedSlot};
use domain::time::UtcTime;
use domain::waitlist::WaitlistStatus;
use serde_json::json;
use storage::db::{Db, ReadTx, Tx};
use storage::resource_links::ResourceLink;

use super::model::{Booked, Model, Rules, Seen};
use super::model_rules::BEGIN;
use super::real_more::{CODE, new_host};
use super::steps::{Answer, DAY, Link, QUARTERS, Refused, Step, Target, Wish};
use crate::support::people::{Market, User};
use crate::support::server::Server;

/// On so many days something may happen.
const DAYS: i64 = 7;

/// The quarters from `now` on in which something may happen.
pub(crate) fn to_come(now: i64) -> impl Iterator<Item = i64> + Clone {
    (0..DAYS).flat_map(|day| day * DAY..day * DAY + 2 * QUARTERS).filter(move |at| *at >= now)
}

/// The same history as the service lives through it.
pub(crate) struct Real {
    db: Db,
    pub(crate) start: UtcTime,
    now: i64,
    pub(crate) host: Caller,
    pub(crate) customer: Caller,
    pub(crate) organization: OrganizationId,
    pub(crate) host_organization: OrganizationId,
    pub(crate) resources: [ResourceId; 2],
    blocks: Vec<(ResourceId, BlockId)>,
    pub(crate) groups: Vec<BookingGroupId>,
    pub(crate) series: Vec<SeriesId>,
    line: Vec<WaitlistEntryId>,
    pub(crate) proposals: Vec<(BookingId, BookingProposalId)>,
    /// The rules that the last step broke, if it was refused for them.
    pub(crate) broken: RefCell<Vec<ViolationCode>>,
    /// What was booked by the last step, offers aside.
    pub(crate) made: Vec<BookingId>,
    /// What was offered in place of what had to make room in the last step.
    pub(crate) alternatives: Vec<Wish>,
}

/// What has become of somebody who waits.
pub(crate) struct Waits {
    pub(crate) status: WaitlistStatus,
    offer: Option<BookingId>,
}

/// Why something was refused, without what the database said.
pub(crate) fn code(error: &Error) -> &'static str {
    match error {
        Error::Refused(code, _) => code.as_str(),
        Error::Invalid(_) => Code::InvalidFields.as_str(),
        Error::RulesViolated(_) => Code::BookingRulesViolated.as_str(),
        error => panic!("{error}"),
    }
}

fn caller(user: &User) -> Caller {
    let session_id: SessionId = user.id.parse().unwrap();
    Caller { user_id: user.id.parse().unwrap(), key: None, session_id, must_be_verified: true, permissions: Permissions::ALL }
}

pub(crate) fn quarters(number: i64) -> TimeDelta {
    TimeDelta::minutes(15 * number)
}

/// The rules of a resource as a host writes them.
fn resource(name: &str, category: &str, capacity: i32, rules: &Rules) -> NewResource {
    let quota = |most| json!({ "per": "organization", "most_minutes": 15 * most, "within": "day", "shared": "both" });
    let fee = |(before, percent)| json!({ "less_than_minutes": 15 * before, "percent": percent });
    serde_json::from_value(json!({
        "kind": "machine", "name": name, "category": category, "status": "listed",
        "capacity": { "quantity": capacity, "unit": "unit" },
        "booking_rules": {
            "buffer_before_minutes": 15 * rules.buffers.0, "buffer_after_minutes": 15 * rules.buffers.1,
            "requires_approval": rules.requires_approval, "hold_minutes": 15 * rules.hold, "offer_minutes": 15 * rules.offer,
            "no_show_minutes": rules.no_show.map(|quarters| 15 * quarters), "check_in_minutes": 15,
            "overrun_guard_minutes": 15 * rules.guard, "operator_can_run_several": !rules.alone,
            "quotas": rules.most.into_iter().map(quota).collect::<Vec<_>>(),
            "cancellation_fees": rules.fees.cancellation.into_iter().flatten().map(fee).collect::<Vec<_>>(),
            "grace_minutes": 15 * rules.fees.grace.0, "host_change_grace_minutes": 15 * rules.fees.grace.1,
            "no_show_fee_percent": rules.fees.no_show, "overrun_fee_percent": rules.fees.overrun,
        },
        "tariff": { "currency": "GBP", "rate": 1200, "per": "hour", "deposit": rules.fees.deposit },
    }))
    .unwrap()
}

impl Real {
    pub(crate) async fn new(server: &Server, db: &Db, market: &Market, model: &Model, number: usize) -> Self {
        let (host, start) = (caller(&market.host), server.now());
        let midnight = start - quarters(BEGIN);
        assert_eq!(midnight.to_chrono().time(), NaiveTime::MIN);
        let (host_organization, site) = new_host(db, host, &market.site, start).await;
        // What is offered in place of something is of the same history.
        let category = format!("of history {number}");
        let create = async |name: &str, which: usize| {
            let new = resource(name, &category, model.capacity[which], &model.rules[which]);
            db.write(start, move |tx| resources::create(tx, host, site, &new.read()?)).await.unwrap().id
        };
        let resources = [create("Lathe", 0).await, create("Room", 1).await];
        Self {
            db: db.clone(),
            start,
            now: 0,
            host,
            customer: caller(&market.customer),
            organization: market.customer_organization.parse().unwrap(),
            host_organization,
            resources,
            blocks: Vec::new(),
            groups: Vec::new(),
            series: Vec::new(),
            line: Vec::new(),
            proposals: Vec::new(),
            broken: RefCell::default(),
            made: Vec::new(),
            alternatives: Vec::new(),
        }
    }

    pub(crate) const fn now(&self) -> i64 {
        self.now
    }

    pub(crate) fn at(&self, quarter: i64) -> UtcTime {
        self.start + quarters(quarter)
    }

    pub(crate) fn interval(&self, from: i64, length: i64) -> Interval {
        Interval::new(self.at(from), self.at(from + length)).unwrap()
    }

    /// The slot as the model knows it.
    fn wish(&self, resource: ResourceId, interval: Interval, quantity: i32) -> Wish {
        let quarter = |at: UtcTime| at.minutes_since(self.start) / 15;
        let (from, to) = (quarter(interval.starts_at()), quarter(interval.ends_at()));
        let on = self.resources.iter().position(|id| *id == resource).unwrap();
        Wish { on, from, length: to - from, quantity }
    }

    /// What was written down, and all that could go wrong with it.
    pub(crate) async fn try_to<T: Send + 'static>(
        &self,
        action: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.db.write(self.at(self.now), action).await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        action: impl Fn(&mut Tx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Refused> {
        self.try_to(action).await.map_err(|error| {
            if let Error::RulesViolated(violations) = &error {
                *self.broken.borrow_mut() = violations.iter().map(|violation| violation.code).collect();
            }
            code(&error).into()
        })
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut ReadTx) -> Result<T, Error> + Send + 'static,
    ) -> T {
        self.db.read(self.at(self.now), query).await.unwrap()
    }

    pub(crate) fn new_booking(&self, wish: Wish, hold: bool) -> NewBooking {
        let slot = Slot { interval: self.interval(wish.from, wish.length), quantity: wish.quantity };
        NewBooking { hold, ..NewBooking::new(self.organization, self.resources[wish.on], slot) }
    }

    async fn make(&self, id: BookingId, to: Target, by_host: bool) -> Answer {
        let (host, start, resources) = (self.host, self.start, self.resources);
        let party = if by_host { host } else { self.customer };
        let any = &IfMatch::Any;
        let made = self.write(move |tx| match to {
            Target::Confirm => bookings::confirm(tx, party, id, any),
            Target::Approve => bookings::approve(tx, host, id, any),
            Target::Decline => bookings::decline(tx, host, id, "", any),
            Target::Cancel => bookings::cancel(tx, party, id, "", any),
            Target::CheckIn => bookings::check_in(tx, party, id, None, any),
            Target::CheckOut => bookings::check_out(tx, party, id, any),
            Target::NoShow => bookings::no_show(tx, host, id, any),
            Target::Reschedule(Wish { on, from, length, quantity }) => {
                let (starts_at, ends_at) = (Some(start + quarters(from)), Some(start + quarters(from + length)));
                let (resource_id, quantity) = (Some(resources[on]), Some(quantity));
                let new = Reschedule { resource_id, starts_at, ends_at, quantity, ..Reschedule::default() };
                Ok(bookings::reschedule(tx, party, id, &new, any)?.booking)
            }
        });
        made.await.map(drop)
    }

    /// What the service answers to a step that the model has answered.
    pub(crate) async fn answer(&mut self, step: &Step, model: &Model) -> Answer {
        let (host, customer, resources) = (self.host, self.customer, self.resources);
        self.broken.take();
        match step {
            Step::Book { wish, hold } => {
                let wish = self.new_booking(*wish, *hold);
                self.made = vec![self.write(move |tx| bookings::book(tx, customer, &wish)).await?.id];
            }
            Step::Move { which, to, by_host, .. } => {
                if let Some(id) = model.bookings.get(*which).and_then(|booked| booked.id) {
                    self.make(id, *to, *by_host).await?;
                }
            }
            Step::BookGroup { wishes } => self.book_group(wishes).await?,
            Step::ConfirmGroup { which } => self.confirm_group(*which, model).await?,
            Step::CancelGroup { which, chosen } => self.cancel_group(*which, chosen.as_deref(), model).await?,
            Step::BookSeries { wish, hold, count, skips } => self.book_series((*wish, *hold), *count, *skips).await?,
            Step::MoveSeries { which, from, to } => self.move_series(*which, *from, *to, model).await?,
            Step::AddLeftOut { which, skips } => self.add_left_out(*which, *skips, model).await?,
            Step::Block { wish, count, on_bookings } => {
                let id = self.resources[wish.on];
                let new = NewBlock {
                    interval: self.interval(wish.from, wish.length),
                    quantity: Some(wish.quantity),
                    reason: String::new(),
                    recurrence: (*count > 1).then(|| format!("FREQ=DAILY;COUNT={count}").parse().unwrap()),
                    on_bookings: *on_bookings,
                };
                let made = self.write(move |tx| blocks::create(tx, host, id, &new)).await?;
                self.blocks.extend(std::iter::once(&made.first).chain(&made.others).map(|block| (id, block.id)));
                if *on_bookings == OnBookings::OfferAlternatives {
                    let ids: Vec<_> = made.displaced.iter().map(|booking| booking.id).collect();
                    let found = self.read(move |tx| search::alternatives_to_displaced(tx, &ids)).await;
                    for booking in made.displaced {
                        let wishes = found[&booking.id].iter().map(|one| {
                            let interval = Interval::new(one.starts_at, one.ends_at).unwrap();
                            self.wish(one.resource_id, interval, booking.quantity)
                        });
                        let wishes: Vec<_> = wishes.collect();
                        self.alternatives.extend(wishes);
                    }
                }
            }
            Step::Unblock { which, scope } => {
                if let Some((resource, id)) = self.blocks.get(*which).copied() {
                    let scope = *scope;
                    self.write(move |tx| blocks::delete(tx, host, resource, id, scope)).await?;
                }
            }
            Step::Break { on, until } => {
                let (id, until) = (self.resources[*on], until.map(|until| self.at(until)));
                self.write(move |tx| out_of_order::mark(tx, host, id, "", until)).await?;
            }
            Step::Mend { on } => {
                let id = self.resources[*on];
                self.write(move |tx| out_of_order::clear(tx, host, id)).await?;
            }
            Step::Link { from, link } => {
                let (kind, quantity) = match link {
                    Link::Takes(each) => (LinkKind::Takes, *each),
                    Link::Excludes => (LinkKind::Excludes, 1),
                };
                let link = ResourceLink { resource_id: resources[*from], other_id: resources[1 - from], kind, quantity };
                self.write(move |tx| resource_links::create(tx, host, link)).await?;
            }
            Step::Unlink { from } => {
                let (one, other) = (resources[*from], resources[1 - from]);
                self.write(move |tx| resource_links::delete(tx, host, one, other)).await?;
            }
            Step::SetCapacity { on, capacity } => {
                let (id, quantity) = (resources[*on], *capacity);
                let edit = move |fields: ResourceFields| {
                    let capacity = Capacity { quantity, ..fields.capacity };
                    Ok(ResourceFields { capacity, ..fields })
                };
                self.write(move |tx| resources::update(tx, host, id, &IfMatch::Any, &Closing::KEEP, edit)).await?;
            }
            Step::Wait { quarters } => self.now += quarters,
            Step::WaitFor { .. } | Step::BookSoon { .. } => {}
            Step::Buy { hours, quarters } => self.buy(*hours, *quarters).await?,
            Step::BookWithCoupon { wish } => {
                let wish = NewBooking { coupon: Some(CODE.parse().unwrap()), ..self.new_booking(*wish, false) };
                self.made = vec![self.write(move |tx| bookings::book(tx, customer, &wish)).await?.id];
            }
            Step::Propose { which, wish, by_host, answer_by } => {
                self.propose(model.named(*which), *wish, *by_host, *answer_by).await?;
            }
            Step::Respond { which, response, by_host, overrides } => {
                self.respond(*which, *response, *by_host, *overrides).await?;
            }
            Step::Waive { which } => self.waive(model.named(*which)).await?,
            Step::ReturnDeposit { which, kept } => self.return_deposit(model.named(*which), *kept).await?,
            Step::Join { wish, slack, .. } => {
                let Wish { on, from, length, quantity } = *wish;
                let wanted = WantedSlot {
                    window: self.interval(from, length + slack),
                    length: SlotLength::Elapsed(quarters(length)),
                    quantity,
                };
                let new = NewEntry {
                    organization_id: self.organization,
                    resource_id: resources[on],
                    operated_by: None,
                    wanted,
                    accepted_terms: Vec::new(),
                };
                self.line.push(self.write(move |tx| waitlist::join(tx, customer, &new)).await?.id);
            }
            Step::Leave { which } => {
                if let Some(id) = self.line.get(*which).copied() {
                    self.write(move |tx| waitlist::leave(tx, customer, id)).await?;
                }
            }
            Step::RunJobs => self.run_jobs().await?,
        }
        Ok(())
    }

    /// What has become of each who waits.
    pub(crate) async fn line(&self) -> Vec<Waits> {
        let (ids, customer) = (self.line.clone(), self.customer);
        let read = move |tx: &mut ReadTx| ids.iter().map(|id| waitlist::get(tx, customer, *id)).collect();
        let entries: Vec<_> = self.read(read).await;
        entries.into_iter().map(|entry| Waits { status: entry.status, offer: entry.booking_id }).collect()
    }

    /// Tells the model by what names its new bookings and those who wait are known: they decide between what is else alike.
    pub(crate) fn name(&mut self, model: &mut Model, line: &[Waits]) {
        for (waiting, waits) in model.line.iter_mut().zip(line) {
            // After the offer has expired, who waits on has none.
            if let (Some(offer), Some(id)) = (waiting.offer, waits.offer) {
                model.bookings[offer].id = Some(id);
            }
        }
        let is_new = |booked: &Booked| booked.id.is_none() && model.is_live(booked);
        let new: Vec<_> = (0..model.bookings.len()).filter(|which| is_new(&model.bookings[*which])).collect();
        for (which, id) in new.into_iter().zip(self.made.drain(..)) {
            model.bookings[which].id = Some(id);
        }
    }

    /// All bookings as they are seen, in the order of the model.
    pub(crate) async fn seen(&self, model: &Model) -> Vec<Option<Seen>> {
        let (customer, organization, resources) = (self.customer, self.organization, self.resources);
        let read = move |tx: &mut ReadTx| {
            let paging = Paging { limit: 200, after: None };
            let mut found: Vec<Booking> = Vec::new();
            for resource in resources {
                let search = Search { organization: Some(organization), resource: Some(resource), ..Search::default() };
                found.extend(bookings::list(tx, customer, &search, &paging)?.items);
            }
            Ok(found)
        };
        let found = self.read(read).await;
        let seen = |booking: &Booking| Seen {
            status: booking.status,
            wish: self.wish(booking.resource_id, booking.interval, booking.quantity),
            moved_from: booking.moved_from.map(|left| self.wish(left.resource_id, left.slot.interval, left.slot.quantity)),
            price: booking.price.total.amount,
            fee: booking.fee.as_ref().map_or(0, |fee| fee.amount.amount),
            owed: booking.owed_total().amount + booking.prepaid.used(booking.price.total.currency),
        };
        let seen: BTreeMap<_, _> = found.iter().map(|booking| (booking.id, seen(booking))).collect();
        model.bookings.iter().map(|booked| seen.get(&booked.id?).copied()).collect()
    }

    /// How much of a resource is free in each quarter to come.
    pub(crate) async fn free(&self, on: usize) -> BTreeMap<i64, i32> {
        let end = (self.now + 1).max(DAYS * DAY);
        let (id, within) = (self.resources[on], self.interval(self.now, end - self.now));
        let free = self.read(move |tx| availability::get(tx, None, id, within, 1)).await.free;
        let quantities = free.into_iter().map(|free| self.wish(id, free.interval, free.quantity));
        let of: Vec<_> = quantities.collect();
        let at = |at: i64| of.iter().find(|free| (free.from..free.from + free.length).contains(&at));
        to_come(self.now).filter_map(|quarter| Some((quarter, at(quarter)?.quantity))).collect()
    }
}
