//! `/resources/{id}/availability` and `/slots`: the times at which a resource is free.

use actix_web::get;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Anyone, Searching};
use super::problem::Problem;
use super::query::{Id, renamed};
use super::reply::Reply;
use super::request::Read;
use actions::availability::{self, PricedSlot, SlotFilter};
use domain::fields::Fields;
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::interval::Interval;
use domain::length::SlotLength;
use domain::limits::{self, LONGEST_WINDOW_DAYS};
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::pricing::Tax;
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;

/// The default length of the span: a week.
const DAYS: TimeDelta = TimeDelta::days(7);

/// The span to look at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AvailabilityQuery {
    /// Start of the span (inclusive). Default: now.
    from: Option<UtcTime>,
    /// End of the span (exclusive), at most 92 days after `from`. Default: 7 days after `from`.
    to: Option<UtcTime>,
    /// Only times at which at least this quantity is free.
    #[param(value_type = Option<limits::WantedQuantity>)]
    quantity: Option<i32>,
}

/// The times at which a resource is open, with the quantity that is free.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Availability)]
pub(super) struct AvailabilityView {
    /// The resource.
    resource_id: ResourceId,
    /// The time zone of the site, as an IANA name. The opening hours are in this zone.
    #[schema(example = "Europe/London")]
    timezone: &'static str,
    /// Start of the span (inclusive).
    from: UtcTime,
    /// End of the span (exclusive).
    to: UtcTime,
    /// Ordered by time, without overlap. A booking fits, with its buffers, if its time lies inside these intervals.
    free: Vec<FreeView>,
    /// The opening hours in this span, if they bind only the start and the end of a booking; `free` then includes closed times.
    /// Null: all of `free` is open.
    #[schema(required)]
    open: Option<Vec<Interval>>,
}

/// A time with a free quantity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Free)]
struct FreeView {
    /// Start (inclusive).
    starts_at: UtcTime,
    /// End (exclusive).
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    quantity: i32,
}

/// Get resource availability
///
/// Returns the open times of the resource with the quantity that is free; for times that have passed, the quantity that was not
/// used or kept. Where opening hours bind only the start and the end of a booking, closed times are returned, too, and `open` lists
/// the times in which a booking can start and end. The rules about length, start grid, notice and horizon are not applied;
/// `GET /resources/{id}/slots` applies them.
#[utoipa::path(operation_id = "get_availability", tag = "resources", params(("id" = String, Path), AvailabilityQuery),
    responses((status = 200, description = "The open times with the free quantity.", body = AvailabilityView)), security((), ("bearer" = [])))]
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
        Reply::ok(&AvailabilityView { resource_id: id.0, timezone, from, to, free: free.collect(), open: found.open })
    })
    .await
}

/// Filters for slots.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SlotsQuery {
    /// Only slots that start at or after this instant. Default: now.
    from: Option<UtcTime>,
    /// Only slots that start before this instant, at most 92 days after `from`. Default: 7 days after `from`.
    to: Option<UtcTime>,
    /// The length of each slot in minutes; multiples of 1440 are local days. Default: the first shift or,
    /// without shifts, the shortest booking that the rules allow.
    #[param(value_type = Option<limits::SearchMinutes>)]
    duration_minutes: Option<i64>,
    /// The quantity that each slot takes, in the unit of the resource.
    #[param(value_type = Option<limits::WantedQuantity>)]
    quantity: Option<i32>,
    /// The organization that would book. With it, only slots that also keep the rules about customers are returned: quotas,
    /// gaps, allowed customers, and the certifications and other bookings of the operator. You must be a member of it.
    #[param(value_type = Option<String>)]
    customer_organization_id: Option<OrganizationId>,
    /// Deprecated: the earlier name of `customer_organization_id`.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// The user who would operate the machine, a member of the customer. Default: you.
    #[param(value_type = Option<String>)]
    operated_by: Option<UserId>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// A slot that can be booked now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Slot)]
pub(super) struct SlotView {
    /// Start (inclusive).
    starts_at: UtcTime,
    /// End (exclusive).
    ends_at: UtcTime,
    /// The price of a booking of this slot.
    price: Money,
    /// The VAT in the price, one entry for each rate. Empty: the host charges no VAT.
    taxes: Vec<Tax>,
}

impl From<PricedSlot> for SlotView {
    fn from(PricedSlot { interval, price }: PricedSlot) -> Self {
        let (starts_at, ends_at) = (interval.starts_at(), interval.ends_at());
        Self { starts_at, ends_at, price: price.total, taxes: price.taxes }
    }
}

/// List bookable slots
///
/// Returns the slots that a booking made now could take: they start on the grid, lie in the opening hours, keep notice and
/// horizon, and are free. Rules about customers, such as quotas, are applied only with `customer_organization_id`.
#[utoipa::path(operation_id = "list_slots", tag = "resources", params(("id" = String, Path), SlotsQuery),
    responses((status = 200, body = Page<SlotView>)), security((), ("bearer" = [])),
    extensions(("x-problems" = json!([Code::Forbidden, Code::NotSignedIn]))))]
#[get("/resources/{id}/slots")]
pub(super) async fn slots(read: Read<Searching<Anyone>, SlotsQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, Searching(Anyone(caller)), query| {
        let mut fields = Fields::default();
        let within = read_window(&mut fields, query.from, query.to, tx.now);
        let length = query.duration_minutes.map(|minutes| read_length(&mut fields, minutes));
        let quantity = read_quantity(&mut fields, query.quantity);
        let paging = Paging::read(&mut fields, query.limit, query.cursor.as_deref());
        let customer = ("customer_organization_id", query.customer_organization_id);
        let customer = renamed(&mut fields, customer, ("organization_id", query.organization_id));
        check_operator(&mut fields, query.operated_by, customer);
        let (starts_within, quantity, paging) = fields.finish(|| Some((within?, quantity?, paging?)))?;
        let operated_by = query.operated_by;
        let filter = SlotFilter { customer, operated_by, starts_within, length: length.flatten(), quantity };
        Ok(availability::slots(tx, caller, id.0, filter, &paging)?.map(SlotView::from))
    })
    .await
}

/// Reads the window of a request. Defaults: `from` is the current minute, `to` is a week after `from`.
fn read_window(fields: &mut Fields, from: Option<UtcTime>, to: Option<UtcTime>, now: UtcTime) -> Option<Interval> {
    let from = from.unwrap_or_else(|| UtcTime::from_unix_minutes(now.minutes_since(UtcTime::from_micros(0))));
    read_span(fields, ("to", LONGEST_WINDOW_DAYS), from, to.unwrap_or(from + DAYS))
}

/// Reads the span between two instants. `name` is the parameter of the second one, which must be after the first and at most
/// `most_days` days later.
pub(super) fn read_span(fields: &mut Fields, (name, most_days): (&str, i64), from: UtcTime, to: UtcTime) -> Option<Interval> {
    let span = fields.take(name, Interval::new(from, to))?;
    if span.duration() > TimeDelta::days(most_days) {
        fields.refuse(name, "out_of_range", said!("must be at most {most_days} days after the start", most_days));
        return None;
    }
    Some(span)
}

/// Reads a quantity, or takes the default.
pub(super) fn read_quantity(fields: &mut Fields, quantity: Option<i32>) -> Option<i32> {
    fields.number("quantity", quantity.unwrap_or(limits::WantedQuantity::DEFAULT), limits::WantedQuantity::RANGE)
}

/// Refuses an operator without a customer.
pub(super) fn check_operator(fields: &mut Fields, operator: Option<UserId>, customer: Option<OrganizationId>) {
    if operator.is_some() && customer.is_none() {
        fields.refuse("operated_by", "invalid", said!("is only allowed together with customer_organization_id"));
    }
}

/// Reads the length of a booking.
pub(super) fn read_length(fields: &mut Fields, minutes: i64) -> Option<SlotLength> {
    fields.number("duration_minutes", minutes, limits::SearchMinutes::RANGE).map(SlotLength::of_minutes)
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_one).service(slots);
}
