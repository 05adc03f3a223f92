//! Giving the bookings of a series other slots.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveTime, TimeDelta};

use super::attempt::{Pricing, attempt};
use super::find::{Whole, find_meant, get, none_left};
use super::record::{OtherDays, record};
use crate::Caller;
use crate::bookings::access::{check_bookable, hold_member};
use crate::bookings::due;
use crate::bookings::journal::{Changed, write};
use crate::bookings::judge::{MoveSource, MoveTarget};
use crate::bookings::operators::name_operator;
use crate::bookings::reschedule::{check_host, move_to};
use crate::customers::Requester;
use crate::error::Error;
use domain::booking::{Booking, Extent, Move, Side};
use domain::ids::{BookingId, ResourceId, SeriesId, UserId};
use domain::money::Money;
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::said;
use domain::slot::Slot;
use domain::wall_clock::{LocalSpan, local_time};
use storage::bookings;
use storage::db::Tx;
use storage::resource_locks::LockedResources;
use storage::resources;

/// New slots for the bookings of a series; times are local times of the site. A field that is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSlots {
    /// The time of day at which they start.
    pub start_time: Option<NaiveTime>,
    /// The number of days by which each booking is moved.
    pub shift_days: i64,
    /// The duration in minutes.
    pub duration_minutes: Option<i64>,
    /// Another resource of the same host.
    pub resource_id: Option<ResourceId>,
    /// Another quantity.
    pub quantity: Option<i32>,
    /// Another operator, a member of the customer.
    pub operated_by: Option<UserId>,
    /// Whether bookings that were rescheduled alone are rescheduled, too.
    pub include_moved: bool,
    /// The reason for which a manager of the host overrides violations.
    pub override_reason: Option<String>,
}

/// A series after its bookings have got other slots.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescheduled {
    /// The series with its bookings.
    pub whole: Whole,
    /// The new total of the moved bookings minus the old total; none if the currencies differ.
    pub price_difference: Option<Money>,
    /// The bookings that keep their slots, because they have begun or were rescheduled alone.
    pub kept: Vec<BookingId>,
}

impl NewSlots {
    fn apply(&self, old: LocalSpan) -> LocalSpan {
        let start_time = self.start_time.unwrap_or(old.starts_at.time());
        let starts_at = old.starts_at.date().and_time(start_time) + TimeDelta::days(self.shift_days);
        let duration = self.duration_minutes.map_or(old.ends_at - old.starts_at, TimeDelta::minutes);
        LocalSpan { starts_at, ends_at: starts_at + duration }
    }

    /// An upper bound on how long the claim of a booking in its new slot lasts, also when the clocks change.
    fn longest_claim_minutes(&self, booking: &Booking, resource: &Resource) -> i64 {
        let present = booking.interval.minutes();
        let booked = self.duration_minutes.unwrap_or(present).max(present) + 1440;
        let buffers = resource.fields.rules.allocation(booking.interval).minutes() - present;
        booked + buffers.max(booking.claim.minutes() - present)
    }
}

/// Where a booking of a series is to go.
struct Destination<'a> {
    resource: &'a Resource,
    span: LocalSpan,
    quantity: i32,
}

/// Gives other slots to the bookings of a series, from one booking on or all: to all of these or to none. Those that have begun, and
/// those that were rescheduled alone unless `include_moved` is set, keep their slots.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none, `resource_not_bookable`,
/// `invalid_fields` for a resource of another host, [`Error::OccurrencesRefused`] with those whose new slot is refused.
pub fn reschedule(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: SeriesId,
    from: Option<BookingId>,
    new: &NewSlots,
) -> Result<Rescheduled, Error> {
    let (series, actor, meant) = find_meant(tx, caller, id, from, Move::Reschedule)?;
    let is_kept_alone = |booking: &Booking| booking.moved_from.is_some() && !new.include_moved;
    // A booking that has begun keeps its start.
    let (kept, meant): (Vec<_>, Vec<_>) =
        meant.into_iter().partition(|booking| booking.life().has_begun(tx.now) || is_kept_alone(booking));
    if meant.is_empty() {
        return Err(if kept.iter().any(is_kept_alone) { only_moved_left() } else { none_left(Move::Reschedule) });
    }
    let day = |booking: &Booking| local_time(booking.timezone, booking.interval.starts_at()).date();
    let others = OtherDays { kept: kept.iter().map(day).collect(), ..OtherDays::default() };
    let kept: Vec<_> = kept.iter().map(|booking| booking.id).collect();
    let ids: BTreeSet<_> = meant.iter().map(|booking| booking.resource_id).chain(new.resource_id).collect();
    let mut locked = due::lock(tx, ids.iter().copied())?;
    let mut resources = get_resources(tx, ids)?;
    if let Some(resource) = new.resource_id.and_then(|id| resources.get(&id)) {
        check_host(resource, series.host_organization_id)?;
    }
    for resource in resources.values_mut() {
        due::expire_and_offer(tx, &locked, resource)?;
        // Claims are found by the longest claim so far, which can be one that is made here.
        let longest = meant.iter().map(|booking| new.longest_claim_minutes(booking, resource)).max().unwrap_or_default();
        resource.longest_allocation_minutes = resource.longest_allocation_minutes.max(longest);
    }
    if let Some(operator) = new.operated_by {
        hold_member(tx, series.organization_id, operator)?;
    }
    let nothing = meant.first().map(|booking| Money { amount: 0, ..booking.price.total });
    let mut on_offer = BTreeSet::new();
    let (mut changing, mut renaming) = (Vec::new(), Vec::new());
    for booking in meant {
        let resource = resources.get(&new.resource_id.unwrap_or(booking.resource_id)).ok_or_else(Error::not_found)?;
        let quantity = new.quantity.unwrap_or(booking.quantity);
        let old = LocalSpan::of(booking.timezone, booking.interval);
        let span = new.apply(old);
        let extent = |interval| Extent { resource_id: resource.id, slot: Slot { interval, quantity } };
        let becomes_less =
            span.interval(resource.site.timezone).is_ok_and(|interval| extent(interval).lies_within(booking.extent()));
        let is_elsewhere = resource.id != booking.resource_id;
        if (is_elsewhere || actor.side == Side::Customer && !becomes_less) && on_offer.insert(resource.id) {
            check_bookable(tx, caller, resource)?;
        }
        // A booking that would keep its slot is not changed.
        let destination = Destination { resource, span, quantity };
        if is_elsewhere || span != old || quantity != booking.quantity {
            changing.push((booking, destination));
        } else if new.operated_by.is_some_and(|operator| booking.operated_by != Some(operator)) {
            renaming.push((booking, destination));
        }
    }
    if changing.is_empty() && renaming.is_empty() {
        due::offer_freed(tx, &mut locked)?;
        return Ok(Rescheduled { whole: get(tx, caller, id)?, price_difference: nothing, kept });
    }
    let (mut changes, mut refused, mut differences) = (Vec::new(), Vec::new(), Vec::new());
    let reason = new.override_reason.as_deref();
    let changing = vacated(tx, &locked, changing)?.into_iter().map(|one| (one, true));
    for ((booking, Destination { resource, span, quantity }), is_moved) in
        changing.chain(renaming.into_iter().map(|one| (one, false)))
    {
        let to = |tx: &mut Tx<'_>, interval| {
            if let Some(operator) = new.operated_by.filter(|_| !is_moved) {
                let (booking, change) = name_operator(tx, caller, &booking, operator, reason)?;
                return Ok(Changed { change: write(tx, actor, &booking, change)?, booking });
            }
            let source = MoveSource { booking: &booking, side: actor.side };
            let target =
                MoveTarget { resource, slot: Slot { interval, quantity }, operated_by: new.operated_by.or(booking.operated_by) };
            let (moved, change) = move_to(tx, caller, &locked, source, target, reason)?;
            let change = write(tx, actor, &moved, change)?;
            Ok(Changed { booking: moved, change })
        };
        let (occurrence, moved) = attempt(tx, resource, span, quantity, Requester::of(&booking), Pricing::Moved(&booking), &to)?;
        let Some(Changed { booking: moved, change }) = moved else {
            refused.push(occurrence);
            continue;
        };
        differences.push(moved.price.total.checked_sub(booking.price.total));
        changes.push(change);
    }
    if !refused.is_empty() {
        refused.sort_by_key(|occurrence| (occurrence.date, occurrence.starts_at));
        return Err(Error::OccurrencesRefused(refused));
    }
    due::offer_freed(tx, &mut locked)?;
    record(tx, actor, "reschedule", &series, changes, others)?;
    let differences: Option<Vec<_>> = differences.into_iter().collect();
    Ok(Rescheduled { whole: get(tx, caller, id)?, price_difference: differences.and_then(Money::sum), kept })
}

fn only_moved_left() -> Error {
    let detail = said!(
        "All bookings that could be rescheduled were rescheduled alone before, and keep their slots. Send include_moved: true to reschedule them, too."
    );
    Error::Refused(Code::InvalidTransition, detail)
}

fn get_resources(tx: &mut Tx<'_>, ids: BTreeSet<ResourceId>) -> Result<BTreeMap<ResourceId, Resource>, Error> {
    ids.into_iter().map(|id| Ok((id, resources::get(tx.conn, id)?))).collect()
}

/// Takes bookings out of their slots before each claims its new slot, so that none blocks another. No other transaction sees them
/// without a slot, because the resources are locked. Each belongs to its series again, whether it was rescheduled alone or not.
fn vacated<T>(tx: &mut Tx<'_>, locked: &LockedResources, bookings: Vec<(Booking, T)>) -> Result<Vec<(Booking, T)>, Error> {
    let vacate = |(booking, to): (Booking, T)| {
        bookings::vacate(tx.conn, locked, &booking)?;
        Ok((Booking { revision: booking.revision + 1, moved_from: None, ..booking }, to))
    };
    bookings.into_iter().map(vacate).collect()
}
