//! The histories of the model, as the service lives through them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use sharefloor::actions::blocks::{self, NewBlock};
use sharefloor::actions::bookings::{self, NewBooking, NewSlot};
use sharefloor::actions::error::Error;
use sharefloor::actions::precondition::IfMatch;
use sharefloor::actions::waitlist::{self, NewEntry};
use sharefloor::actions::{Caller, availability, resource_links, resources};
use sharefloor::domain::block::{BlockScope, OnBookings};
use sharefloor::domain::booking::BookingStatus as Status;
use sharefloor::domain::ids::{BlockId, BookingId, OrganizationId, ResourceId, SessionId, SiteId, WaitlistEntryId};
use sharefloor::domain::interval::Interval;
use sharefloor::domain::problem::Code;
use sharefloor::domain::resource::{Capacity, LinkKind, NewResource, ResourceFields};
use sharefloor::domain::time::UtcTime;
use sharefloor::domain::waitlist::{Desire, WaitlistStatus};
use sharefloor::storage::db::{Db, Tx};
use sharefloor::storage::resource_links::ResourceLink;

use crate::model::{Answer, Link, Model, OTHER_CAPACITY, QUARTERS, Step, Target};
use crate::support::people::{Market, User};
use crate::support::server::Server;

/// The same history as the service lives through it.
pub(crate) struct Real {
    db: Db,
    start: UtcTime,
    now: i64,
    host: Caller,
    customer: Caller,
    organization: OrganizationId,
    pub(crate) resource: ResourceId,
    pub(crate) other: ResourceId,
    bookings: Vec<BookingId>,
    blocks: Vec<BlockId>,
    other_blocks: Vec<BlockId>,
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
    pub(crate) async fn new(server: &Server, db: &Db, market: &Market, model: &Model) -> Self {
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
        let other = json!({ "name": "Room", "capacity": { "quantity": OTHER_CAPACITY, "unit": "unit" } });
        let other = market.host.list_resource(&market.site, other).await.parse().unwrap();
        Self {
            db: db.clone(),
            start,
            now: 0,
            host,
            customer,
            organization,
            resource,
            other,
            bookings: Vec::new(),
            blocks: Vec::new(),
            other_blocks: Vec::new(),
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

    pub(crate) async fn answer(&mut self, step: &Step) -> Answer {
        let (host, customer, resource_id, other_id) = (self.host, self.customer, self.resource, self.other);
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
                    accepted_terms: Vec::new(),
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
                let blocked = self.write(move |tx| blocks::create(tx, host, resource_id, &block(interval, quantity))).await?;
                self.blocks.push(blocked.first.id);
                Ok(())
            }
            Step::Unblock { which } => {
                let Some(id) = self.blocks.get(which).copied() else { return Ok(()) };
                self.write(move |tx| blocks::delete(tx, host, resource_id, id, BlockScope::One)).await
            }
            Step::BlockOther { from, length, quantity } => {
                let interval = self.interval(from, length);
                let blocked = self.write(move |tx| blocks::create(tx, host, other_id, &block(interval, quantity))).await?;
                self.other_blocks.push(blocked.first.id);
                Ok(())
            }
            Step::UnblockOther { which } => {
                let Some(id) = self.other_blocks.get(which).copied() else { return Ok(()) };
                self.write(move |tx| blocks::delete(tx, host, other_id, id, BlockScope::One)).await
            }
            Step::Link { link } => {
                let (kind, quantity) = match link {
                    Link::Takes(each) => (LinkKind::Takes, each),
                    Link::Excludes => (LinkKind::Excludes, 1),
                };
                let link = ResourceLink { resource_id, other_id, kind, quantity };
                self.write(move |tx| resource_links::create(tx, host, link)).await.map(drop)
            }
            Step::Unlink => self.write(move |tx| resource_links::delete(tx, host, resource_id, other_id)).await,
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
    pub(crate) async fn learn_offers(&mut self, model: &mut Model) -> Vec<WaitlistStatus> {
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
    pub(crate) async fn statuses(&self) -> Vec<Status> {
        let (ids, customer) = (self.bookings.clone(), self.customer);
        let read = move |tx: &mut Tx<'_>| ids.iter().map(|id| Ok(bookings::get(tx, customer, *id)?.status)).collect();
        let statuses: Result<_, Error> = self.db.read(self.at(self.now), read).await;
        statuses.unwrap()
    }

    /// How much of a resource is free in each quarter to come.
    pub(crate) async fn free(&self, resource: ResourceId) -> BTreeMap<i64, i32> {
        let within = self.interval(self.now, 2 * QUARTERS);
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

/// A block that is made once and refused where it meets a booking.
const fn block(interval: Interval, quantity: i32) -> NewBlock {
    NewBlock { interval, quantity: Some(quantity), reason: String::new(), recurrence: None, on_bookings: OnBookings::Refuse }
}
