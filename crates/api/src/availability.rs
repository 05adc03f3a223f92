//! `/resources/{id}/availability` and `/slots`: when a resource can be had.

use actix_web::get;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::Anyone;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Read;
use actions::availability::{self, Slot, Wanted};
use domain::fields::Fields;
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::interval::Interval;
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::time::UtcTime;

/// The longest span that is looked at.
const MOST_DAYS: i64 = 92;
/// The span that is looked at when its end is left out.
const DAYS: TimeDelta = TimeDelta::days(7);
/// More than the longest booking that any rules allow.
const MOST_MINUTES: i64 = 1_000_000;

/// Which times are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AvailabilityQuery {
    /// From this instant; now, if left out
    from: Option<UtcTime>,
    /// up to this one, at most 92 days later; a week later, if left out.
    to: Option<UtcTime>,
    /// How much must be free.
    #[param(minimum = 1, default = 1)]
    quantity: Option<i32>,
}

/// When a resource is open, and how much of it is free then.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Availability)]
pub(super) struct AvailabilityView {
    resource_id: ResourceId,
    /// The clock that the opening hours go by.
    #[schema(example = "Europe/London")]
    timezone: &'static str,
    from: UtcTime,
    to: UtcTime,
    /// In order and without overlap. A booking finds its time and its buffers free exactly if it
    /// lies within these.
    free: Vec<FreeView>,
}

/// A time at which so much can be booked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Free)]
struct FreeView {
    starts_at: UtcTime,
    ends_at: UtcTime,
    quantity: i32,
}

/// When a resource is free
///
/// When it is open, and how much of it is free. The rules of the resource about length, start, notice
/// and horizon are not applied: `slots` does that.
#[utoipa::path(operation_id = "get_availability", tag = "resources", params(("id" = String, Path), AvailabilityQuery),
    responses((status = 200, description = "When it is free.", body = AvailabilityView)), security((), ("bearer" = [])))]
#[get("/resources/{id}/availability")]
pub(super) async fn get_one(read: Read<Anyone, AvailabilityQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), query| {
        let mut fields = Fields::default();
        let within = read_window(&mut fields, query.from, query.to, tx.now);
        let quantity = read_quantity(&mut fields, query.quantity);
        let (within, quantity) = fields.finish(|| within.zip(quantity))?;
        let found = availability::get(tx, caller, id.0, within, quantity)?;
        let free = found.free.into_iter().map(|free| FreeView {
            starts_at: free.interval.starts_at(),
            ends_at: free.interval.ends_at(),
            quantity: free.quantity,
        });
        let (timezone, from, to) = (found.timezone.name(), within.starts_at(), within.ends_at());
        Reply::ok(&AvailabilityView { resource_id: id.0, timezone, from, to, free: free.collect() })
    })
    .await
}

/// Which slots are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SlotsQuery {
    /// Slots that start at or after this instant; now, if left out
    from: Option<UtcTime>,
    /// and before this one, at most 92 days later; a week later, if left out.
    to: Option<UtcTime>,
    /// How long they are; as short as the rules allow, if left out.
    #[param(minimum = 1, maximum = 1_000_000)]
    duration_minutes: Option<i64>,
    /// How much of the resource they take.
    #[param(minimum = 1, default = 1)]
    quantity: Option<i32>,
    /// The organization that would book: then only slots that its quotas and the other rules about customers leave to it and
    /// to you, and that whoever operates it is certified for.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// The user who would work at the machine for it, a member of it; you if left out.
    #[param(value_type = Option<String>)]
    operated_by: Option<UserId>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A slot that could be booked now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Slot)]
pub(super) struct SlotView {
    starts_at: UtcTime,
    ends_at: UtcTime,
    /// What it would cost.
    price: Money,
}

impl From<Slot> for SlotView {
    fn from(Slot { interval, price }: Slot) -> Self {
        Self { starts_at: interval.starts_at(), ends_at: interval.ends_at(), price }
    }
}

/// List the slots that can be booked
///
/// The starts at which a booking made now would be accepted: on the grid, within opening hours,
/// notice and horizon, and free. Rules about customers are looked at only for an `organization_id`.
#[utoipa::path(operation_id = "list_slots", tag = "resources", params(("id" = String, Path), SlotsQuery),
    responses((status = 200, body = Page<SlotView>)), security((), ("bearer" = [])),
    extensions(("x-problems" = json!(["not_found", "forbidden", "not_signed_in"]))))]
#[get("/resources/{id}/slots")]
pub(super) async fn slots(read: Read<Anyone, SlotsQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, Anyone(caller), query| {
        let mut fields = Fields::default();
        let within = read_window(&mut fields, query.from, query.to, tx.now);
        let length = query.duration_minutes.map(|minutes| read_length(&mut fields, minutes));
        let quantity = read_quantity(&mut fields, query.quantity);
        let paging = Paging::read(&mut fields, query.limit, query.cursor.as_deref());
        check_operator(&mut fields, query.operated_by, ("organization_id", query.organization_id));
        let (starts_within, quantity, paging) = fields.finish(|| Some((within?, quantity?, paging?)))?;
        let (customer, operated_by) = (query.organization_id, query.operated_by);
        let wanted = Wanted { customer, operated_by, starts_within, length: length.flatten(), quantity };
        Ok(availability::slots(tx, caller, id.0, wanted, &paging)?.map(SlotView::from))
    })
    .await
}

/// The window from `from`, the present minute by default, to `to`, a week later by default.
fn read_window(fields: &mut Fields, from: Option<UtcTime>, to: Option<UtcTime>, now: UtcTime) -> Option<Interval> {
    let from = from.unwrap_or_else(|| UtcTime::from_unix_minutes(now.minutes_since(UtcTime::from_micros(0))));
    read_span(fields, ("to", MOST_DAYS), from, to.unwrap_or(from + DAYS))
}

/// The span between two instants, the second of which is a parameter and has to come after the first
/// and at most so many days later.
pub(super) fn read_span(fields: &mut Fields, (name, most_days): (&str, i64), from: UtcTime, to: UtcTime) -> Option<Interval> {
    let span = fields.take(name, Interval::new(from, to))?;
    if span.duration() > TimeDelta::days(most_days) {
        fields.refuse(name, "out_of_range", format!("must be at most {most_days} days later"));
        return None;
    }
    Some(span)
}

/// A quantity, one by default.
pub(super) fn read_quantity(fields: &mut Fields, quantity: Option<i32>) -> Option<i32> {
    fields.number("quantity", quantity.unwrap_or(1), 1..=i32::MAX)
}

/// Refuses an operator without a customer.
pub(super) fn check_operator(fields: &mut Fields, operator: Option<UserId>, (name, customer): (&str, Option<OrganizationId>)) {
    if operator.is_some() && customer.is_none() {
        fields.refuse("operated_by", "invalid", format!("must come with {name}"));
    }
}

/// The length of a booking.
pub(super) fn read_length(fields: &mut Fields, minutes: i64) -> Option<TimeDelta> {
    fields.number("duration_minutes", minutes, 1..=MOST_MINUTES).map(TimeDelta::minutes)
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_one).service(slots);
}
