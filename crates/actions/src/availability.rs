//! When a resource is free, and which slots of it can be booked.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::certifications::certified;
use super::error::Error;
use super::search::bookable_slots;
use super::{Caller, allocations, customers, donations, resources};
use domain::fields::Fields;
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::interval::Interval;
use domain::length::SlotLength;
use domain::paging::{Page, Paging};
use domain::pricing::Price;
use domain::resource::ResourceStatus;
use domain::rules::OpeningHoursBind;
use domain::said::said;
use domain::slot::{Slot, SlotSearch};
use domain::time::UtcTime;
use storage::db::ReadTx;

/// The time in which slots are searched at once. A page seldom needs more.
const AT_ONCE: TimeDelta = TimeDelta::days(7);

/// When a resource is open, and how much of it is free then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The time zone of the site.
    pub timezone: Tz,
    /// The free times in order. Adjacent times with the same quantity are one.
    pub free: Vec<Slot>,
    /// The open times in order, if the hours bind only the start and the end of a booking: then `free` includes closed times.
    pub open: Option<Vec<Interval>>,
}

/// Returns when, within a span, a resource is open and at least `at_least` of it is free. Times that notice or horizon keep from
/// being booked now are included. Before the present minute it returns what was free.
///
/// # Errors
/// `not_found`.
pub fn get(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    id: ResourceId,
    within: Interval,
    at_least: i32,
) -> Result<Availability, Error> {
    let resource = resources::get(tx, caller, id)?;
    let claims = resource.fields.rules.allocation(within);
    let taken = match within.starts_at() + TimeDelta::minutes(1) <= tx.now {
        true => allocations::with_ended(tx, &resource, claims)?,
        false => allocations::barred(tx, &resource, claims, None)?,
    };
    let bookable = resource.bookable();
    let open = (bookable.hours_bind == OpeningHoursBind::StartAndEnd).then(|| bookable.open(within));
    Ok(Availability { timezone: resource.site.timezone, free: bookable.free(&taken, within, at_least), open })
}

/// A slot that can be booked now, and its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedSlot {
    /// The time.
    pub interval: Interval,
    /// The price.
    pub price: Price,
}

/// Which slots to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotFilter {
    /// The customer. Without one the rules about customers are left out.
    pub customer: Option<OrganizationId>,
    /// The operator; if left out, the caller.
    pub operated_by: Option<UserId>,
    /// The time in which they start.
    pub starts_within: Interval,
    /// The duration; if left out, that of the first shift, or the shortest that the rules allow.
    pub length: Option<SlotLength>,
    /// The quantity.
    pub quantity: i32,
}

/// Lists the slots of a resource that can be booked now under all rules, in order. There are none while the resource is not on
/// offer.
///
/// # Errors
/// `not_found`, `not_signed_in` and `forbidden` for a customer that the caller does not belong to,
/// `invalid_fields` for an invalid cursor and for an operator who does not belong to the customer.
pub fn slots(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    id: ResourceId,
    filter: SlotFilter,
    paging: &Paging,
) -> Result<Page<PricedSlot>, Error> {
    let SlotFilter { customer, operated_by, starts_within, length, quantity } = filter;
    let resource = resources::get(tx, caller, id)?;
    let requester = match customer {
        Some(customer) => Some(customers::requester(tx, caller, customer, ("operated_by", operated_by))?),
        None => None,
    };
    let buyer = customers::buyer_for(tx, &resource, requester)?;
    let operator = requester.and_then(|requester| requester.operated_by);
    let held = operator.map(|user| certified::held(tx, &resource.fields.rules, user)).transpose()?;
    let now = tx.now;
    let is_certified = |slot: &Interval| held.as_ref().is_none_or(|held| held.missing(now, *slot).is_empty());
    let length = length.unwrap_or_else(|| SlotLength::of_minutes(resource.fields.rules.usual_minutes()));
    let mut slots = Vec::new();
    let search = SlotSearch::new(starts_within, length, quantity);
    let has_any = resource.fields.status == ResourceStatus::Listed && resource.bookable().allows_some(search);
    let mut rest = rest(starts_within, paging)?.filter(|_| has_any);
    while let Some(span) = rest.filter(|_| slots.len() <= paging.limit) {
        let until = span.ends_at().min(span.starts_at() + AT_ONCE);
        if let Ok(starts_within) = Interval::new(span.starts_at(), until) {
            let search = SlotSearch { starts_within, ..search };
            let customer = requester.map(|requester| customers::get(tx, &resource, requester, search.reach())).transpose()?;
            let judge = customer.as_ref().map(|customer| resource.bookable().judge(customer));
            // The lengths differ at most by a clock change: if a slot has no price or ends after a certification, so do the later ones.
            let found = bookable_slots(tx, &resource, search, judge.as_ref())?.take_while(is_certified);
            for interval in found.take(paging.limit + 1 - slots.len()) {
                let slot = Slot { interval, quantity };
                let basis = donations::basis(tx, &resource, slot, buyer, &[])?;
                let Ok(price) = resource.price(slot, buyer, &basis) else { break };
                slots.push(PricedSlot { interval, price });
            }
        }
        rest = Interval::new(until, span.ends_at()).ok();
    }
    Ok(paging.page(slots, |slot| slot.interval.starts_at().micros().to_string()))
}

/// The time after the last slot of the previous page.
fn rest(starts_within: Interval, paging: &Paging) -> Result<Option<Interval>, Error> {
    let Some(key) = &paging.after else { return Ok(Some(starts_within)) };
    let mut fields = Fields::default();
    let last = fields.take("cursor", key.parse().map_err(|_| said!("must be the next_cursor of the page before")));
    let last = fields.finish(|| last.map(UtcTime::from_micros))?;
    Ok(Interval::new(starts_within.starts_at().max(last + UtcTime::TICK), starts_within.ends_at()).ok())
}
