//! Series: bookings made from one recurrence rule.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::json;

use super::bookings::access::{
    Actor, authorize_customer, authorize_move, check_bookable, check_payment, confirming, parties, side_of,
};
use super::bookings::draft::{NewBooking, PartOf};
use super::bookings::due;
use super::bookings::journal::{Changed, publish_changes, write};
use super::bookings::judge::{MoveSource, MoveTarget, as_agreed, price_of};
use super::bookings::reschedule::move_to;
use super::bookings::together::{PlannedMove, book_part, move_all};
use super::bookings::transition::Transition;
use super::error::Error;
use super::record::audit;
use super::{Caller, search, terms};
use domain::alternatives::MOST_PARTS;
use domain::booking::change::{BookingChange, BookingEventKind};
use domain::booking::{Booking, BookingStatus, Move, Side};
use domain::fact::Scope;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, OrganizationId, ResourceId, SeriesId};
use domain::interval::Interval;
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::recurrence::Recurrence;
use domain::resource::Resource;
use domain::rules::{Violation, ViolationCode};
use domain::series::{Occurrence, OnClash};
use domain::slot::Slot;
use domain::wall_clock::LocalSpan;
use storage::bookings;
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::resources;
use storage::series::{self, Series};

/// A request to book a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeries {
    /// The first occurrence. All others differ from it only in their time.
    pub first: NewBooking,
    /// The recurrence rule, as it was written.
    pub rule: String,
    /// The same rule, parsed.
    pub recurrence: Recurrence,
    /// Whether some occurrences that cannot be booked refuse the series, or are left out.
    pub on_clash: OnClash,
}

/// A series with all its bookings, by start.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The series.
    pub series: Series,
    /// The bookings.
    pub bookings: Vec<Booking>,
}

/// The preview of a series.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The resource.
    pub resource_id: ResourceId,
    /// The time zone in which the series keeps its hours.
    pub timezone: Tz,
    /// The total price of the occurrences that can be booked, if any can.
    pub total: Option<Money>,
    /// All its occurrences.
    pub occurrences: Vec<Occurrence>,
}

/// The result of trying to book each occurrence of a series.
struct Tried {
    series: Series,
    timezone: Tz,
    occurrences: Vec<Occurrence>,
    changed: Vec<Changed>,
}

/// Previews a series: each occurrence with its price and the reasons for which it cannot be booked. The series is booked for this,
/// and then all of it is undone.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`, `terms_outdated`, `invalid_fields` for a rule that
/// has no occurrence or too many.
pub fn preview(tx: &mut Tx<'_>, caller: Caller, new: &NewSeries) -> Result<Preview, Error> {
    let Tried { series, timezone, occurrences, changed } = tx.rehearse(|tx| book_all(tx, caller, new))?;
    let total = Money::sum(changed.iter().map(|one| one.booking.price.total));
    Ok(Preview { resource_id: series.resource_id, timezone, total, occurrences })
}

/// Books a series: all its occurrences, or only those that can be booked.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`, `terms_outdated`, `invalid_fields` for a rule that
/// has no occurrence or too many, [`Error::OccurrencesRefused`] with those that cannot be booked, if they refuse the series.
pub fn create(tx: &mut Tx<'_>, caller: Caller, new: &NewSeries) -> Result<Whole, Error> {
    let Tried { mut series, mut occurrences, changed, .. } = book_all(tx, caller, new)?;
    occurrences.retain(|occurrence| !occurrence.is_bookable);
    if changed.is_empty() || !occurrences.is_empty() && new.on_clash == OnClash::Refuse {
        return Err(Error::OccurrencesRefused(occurrences));
    }
    if !occurrences.is_empty() {
        series::update_skipped(tx.conn, series.id, &occurrences)?;
        series.skipped = occurrences;
    }
    let (bookings, changes) = changed.into_iter().map(|Changed { booking, change }| (booking, change)).unzip();
    record(tx, customer_side(caller), BookingEventKind::Create, &series, changes)?;
    Ok(Whole { series, bookings })
}

/// Books each occurrence of a series that can be booked, in order.
fn book_all(tx: &mut Tx<'_>, caller: Caller, new: &NewSeries) -> Result<Tried, Error> {
    let NewSeries { first, rule, .. } = new;
    let customer = authorize_customer(tx, caller, first.organization_id)?;
    let mut locked = due::lock(tx, [first.resource_id])?;
    let resource = resources::get(tx.conn, first.resource_id)?;
    check_bookable(tx, caller, &resource)?;
    due::offer_freed(tx, &mut locked)?;
    let timezone = resource.site.timezone;
    let spans = occurrences(new, timezone)?;
    // The terms are accepted once for all occurrences.
    terms::accept_with_booking(tx, caller, first.organization_id, resource.organization_id, &first.accepted_terms)?;
    let first = NewBooking { accepted_terms: Vec::new(), ..first.clone() };
    let series = Series {
        id: tx.new_id(),
        organization_id: first.organization_id,
        organization_name: customer.clone(),
        host_organization_id: resource.organization_id,
        site_id: resource.site_id,
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        rule: rule.clone(),
        slot: first.slot,
        note: first.note.clone(),
        skipped: Vec::new(),
        created_by: caller.user_id,
        created_at: tx.now,
    };
    series::insert(tx.conn, &series)?;
    let part_of = PartOf { series_id: Some(series.id), ..PartOf::default() };
    let book = |tx: &mut Tx<'_>, interval| {
        book_part(tx, caller, &customer, &NewBooking { slot: Slot { interval, ..first.slot }, ..first.clone() }, &locked, part_of)
    };
    let mut tried = Tried { series: series.clone(), timezone, occurrences: Vec::new(), changed: Vec::new() };
    for span in spans {
        let (occurrence, changed) = attempt(tx, &resource, span, first.slot.quantity, None, &book)?;
        tried.occurrences.push(occurrence);
        tried.changed.extend(changed);
    }
    Ok(tried)
}

/// Finds what could be booked instead of the first refused occurrences that are taken.
///
/// # Errors
/// When the database fails.
pub fn explain(tx: &mut ReadTx, caller: Caller, new: &NewSeries, mut refused: Vec<Occurrence>) -> Result<Vec<Occurrence>, Error> {
    for one in refused.iter_mut().filter(|one| !one.conflicts.is_empty()).take(MOST_PARTS) {
        if let Some(interval) = one.interval() {
            let new = NewBooking { slot: Slot { interval, ..new.first.slot }, ..new.first.clone() };
            one.alternatives = super::bookings::explain(tx, caller, &new)?.alternatives;
        }
    }
    Ok(refused)
}

/// Ends what has expired on the resources of a series, and offers the freed capacity to the waitlist.
///
/// # Errors
/// When the database fails.
pub fn expire_and_offer(tx: &mut Tx<'_>, id: SeriesId) -> Result<(), Error> {
    let bookings = bookings::list_of_series(tx.conn, id)?;
    let mut locked = due::lock(tx, bookings.iter().map(|booking| booking.resource_id))?;
    due::offer_freed(tx, &mut locked)
}

fn customer_side(caller: Caller) -> Actor {
    Actor::of(caller, Side::Customer)
}

/// The occurrences of a series, in the local time of the site.
fn occurrences(new: &NewSeries, timezone: Tz) -> Result<Vec<LocalSpan>, InvalidFields> {
    let mut fields = Fields::default();
    let spans = new.recurrence.read_spans(&mut fields, "/rule", timezone, new.first.slot.interval);
    fields.finish(|| spans)
}

/// Claims the time of an occurrence, or returns the reasons for which it cannot be claimed.
fn attempt(
    tx: &mut Tx<'_>,
    resource: &Resource,
    span: LocalSpan,
    quantity: i32,
    in_place_of: Option<&Booking>,
    claim: &impl Fn(&mut Tx<'_>, Interval) -> Result<Changed, Error>,
) -> Result<(Occurrence, Option<Changed>), Error> {
    let date = span.starts_at.date();
    let interval = match span.interval(resource.site.timezone) {
        Ok(interval) => interval,
        Err(skipped) => {
            let violation = Violation::not_overridable(ViolationCode::NoSuchTime, skipped.to_string());
            return Ok((Occurrence::refused(date, None, None, vec![violation], Vec::new()), None));
        }
    };
    let violations = match tx.attempt(|tx| claim(tx, interval)) {
        Ok(changed) => return Ok((Occurrence::bookable(date, interval, changed.booking.price.total), Some(changed))),
        Err(Error::RulesViolated(violations)) => violations,
        Err(Error::Refused(Code::SlotUnavailable, _)) => Vec::new(),
        Err(error) => return Err(error),
    };
    // The resource is read again, with the claims of the occurrences before this one.
    let resource = resources::get(tx.conn, resource.id)?;
    let resource = match in_place_of {
        Some(booking) => as_agreed(tx, booking, resource)?,
        None => resource,
    };
    let slot = Slot { interval, quantity };
    let price = price_of(&resource, slot)?.total;
    let conflicts = search::conflicts(tx, &resource, slot, None)?;
    Ok((Occurrence::refused(date, Some(interval), Some(price), violations, conflicts), None))
}

/// Returns a series to its two parties.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: SeriesId) -> Result<Whole, Error> {
    let (Whole { series, bookings }, _) = get_as_party(tx, caller, id)?;
    Ok(Whole { series, bookings: bookings.into_iter().map(|booking| booking.at(tx.now)).collect() })
}

/// Loads a series with its bookings as they are stored, for one of its two parties, and returns the party of the caller.
fn get_as_party(tx: &mut ReadTx, caller: Caller, id: SeriesId) -> Result<(Whole, Side), Error> {
    let series = series::get(&mut tx.conn, id)?;
    let bookings = bookings::list_of_series(&mut tx.conn, id)?;
    let first = bookings.first().ok_or_else(Error::not_found)?;
    let side = side_of(tx, caller, first)?;
    Ok((Whole { series, bookings }, side))
}

/// Lists the series that the caller is a party to, as a member of the customer or as a manager of the host, the oldest first.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: Option<OrganizationId>,
    resource: Option<ResourceId>,
    paging: &Paging,
) -> Result<Page<Series>, Error> {
    let (customers, hosts) = parties(tx, caller, organization)?;
    let rows = series::list(&mut tx.conn, &customers, &hosts, resource, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |series| series.id.to_string()))
}

/// Cancels the bookings of a series that can be cancelled, from one booking on or all, as either party.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none, [`Error::RulesViolated`] if it is
/// too late for the customer to cancel any of them.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: SeriesId, from: Option<BookingId>, reason: &str) -> Result<Whole, Error> {
    change_meant(tx, caller, id, from, Move::Cancel, |tx, transition| transition.cancel(tx, reason))
}

/// Confirms the holds of a series: they become bookings, or requests if the host approves bookings. If payment is due first, a
/// manager of the host confirms them when the payment has arrived.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn confirm(tx: &mut Tx<'_>, caller: Caller, id: SeriesId) -> Result<Whole, Error> {
    let (series, actor, held) = find_meant(tx, caller, id, None, Move::Confirm)?;
    let (mut meant, mut refused) = (Vec::new(), none_left(Move::Confirm));
    // The rules of each booking decide, because it may have moved to another resource.
    for booking in held {
        let happens = confirming(&booking, actor.side);
        match check_payment(&booking, actor.side) {
            Err(why) => refused = why,
            Ok(()) if booking.life().after(happens, tx.now).is_ok() => meant.push((booking, happens)),
            Ok(()) => {}
        }
    }
    if meant.is_empty() {
        return Err(refused);
    }
    change_all(tx, caller, (&series, actor), meant, |tx, transition| transition.agree(tx))
}

/// Approves the requests of a series, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn approve(tx: &mut Tx<'_>, caller: Caller, id: SeriesId) -> Result<Whole, Error> {
    change_meant(tx, caller, id, None, Move::Approve, |tx, transition| transition.agree(tx))
}

/// Declines the requests of a series, from one booking on or all, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn decline(tx: &mut Tx<'_>, caller: Caller, id: SeriesId, from: Option<BookingId>, reason: &str) -> Result<Whole, Error> {
    change_meant(tx, caller, id, from, Move::Decline, |tx, transition| transition.decline(tx, reason))
}

/// Makes a move with all bookings of a series that can make it, from one booking on if it is named.
fn change_meant(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: SeriesId,
    from: Option<BookingId>,
    happens: Move,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Changed, Error>,
) -> Result<Whole, Error> {
    let (series, actor, meant) = find_meant(tx, caller, id, from, happens)?;
    let meant = meant.into_iter().map(|booking| (booking, happens)).collect();
    change_all(tx, caller, (&series, actor), meant, finish)
}

/// Makes these moves with bookings of a series, and publishes those of the same kind together.
fn change_all(
    tx: &mut Tx<'_>,
    caller: Caller,
    (series, actor): (&Series, Actor),
    meant: Vec<(Booking, Move)>,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Changed, Error>,
) -> Result<Whole, Error> {
    let planned = meant.into_iter().map(|(booking, happens)| PlannedMove { actor, booking, happens }).collect();
    let mut too_late = Vec::new();
    let changes = move_all(tx, planned, finish, |_, error| match error {
        // The bookings for which it is too late stay as they are.
        Error::RulesViolated(violations) => {
            too_late = violations;
            Ok(())
        }
        error => Err(error),
    })?;
    if changes.is_empty() {
        return Err(Error::RulesViolated(too_late));
    }
    let mut by_kind = BTreeMap::<BookingEventKind, Vec<_>>::new();
    for change in changes {
        by_kind.entry(change.kind).or_default().push(change);
    }
    for (kind, changes) in by_kind {
        record(tx, actor, kind, series, changes)?;
    }
    get(tx, caller, series.id)
}

/// The bookings of a series that can make a move, if the caller may make it: from one booking on if it is named.
fn find_meant(
    tx: &mut ReadTx,
    caller: Caller,
    id: SeriesId,
    from: Option<BookingId>,
    happens: Move,
) -> Result<(Series, Actor, Vec<Booking>), Error> {
    let (Whole { series, bookings }, side) = get_as_party(tx, caller, id)?;
    let first = bookings.first().ok_or_else(Error::not_found)?;
    let actor = authorize_move(tx, caller, first, side, !happens.is_for(side))?;
    let start = match from {
        None => 0,
        Some(from) => bookings
            .iter()
            .position(|booking| booking.id == from)
            .ok_or_else(|| InvalidFields::one("/from_booking_id", "invalid", "must be a booking of the series"))?,
    };
    let can_be_made = |booking: &Booking| booking.life().after(happens, tx.now).is_ok();
    let meant: Vec<_> = bookings.into_iter().skip(start).filter(can_be_made).collect();
    if meant.is_empty() { Err(none_left(happens)) } else { Ok((series, actor, meant)) }
}

fn none_left(happens: Move) -> Error {
    let detail = format!("The series has no booking for which {happens} is possible now.");
    Error::Refused(Code::InvalidTransition, detail)
}

/// New times for the bookings of a series, in the local time of the site. A field that is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTimes {
    /// The time of day at which they start.
    pub start_time: Option<NaiveTime>,
    /// The number of days by which each booking is moved.
    pub shift_days: i64,
    /// The duration in minutes.
    pub duration_minutes: Option<i64>,
    /// The reason for which a manager of the host overrides violations.
    pub override_reason: Option<String>,
}

/// A series after its bookings have got other times.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescheduled {
    /// The series with its bookings.
    pub whole: Whole,
    /// The new total of the moved bookings minus the old total; none if the currencies differ.
    pub price_difference: Option<Money>,
    /// The bookings that keep their times, because they have begun.
    pub kept: Vec<BookingId>,
}

impl NewTimes {
    fn apply(&self, old: LocalSpan) -> LocalSpan {
        let start_time = self.start_time.unwrap_or(old.starts_at.time());
        let starts_at = old.starts_at.date().and_time(start_time) + TimeDelta::days(self.shift_days);
        let duration = self.duration_minutes.map_or(old.ends_at - old.starts_at, TimeDelta::minutes);
        LocalSpan { starts_at, ends_at: starts_at + duration }
    }
}

/// Gives other times to the bookings of a series that have not begun, from one booking on or all: to all of these or to none.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none, `resource_not_bookable`,
/// [`Error::OccurrencesRefused`] with those whose new time is refused.
pub fn reschedule(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: SeriesId,
    from: Option<BookingId>,
    new: &NewTimes,
) -> Result<Rescheduled, Error> {
    let (series, actor, meant) = find_meant(tx, caller, id, from, Move::Reschedule)?;
    // A booking that has begun keeps its start.
    let (begun, meant): (Vec<_>, Vec<_>) = meant.into_iter().partition(|booking| booking.life().has_begun(tx.now));
    if meant.is_empty() {
        return Err(none_left(Move::Reschedule));
    }
    let kept: Vec<_> = begun.iter().map(|booking| booking.id).collect();
    let mut locked = due::lock(tx, meant.iter().map(|booking| booking.resource_id))?;
    let resources = sweep_resources(tx, &locked, &meant)?;
    let nothing = meant.first().map(|booking| Money { amount: 0, ..booking.price.total });
    let mut changing = Vec::new();
    for booking in meant {
        let resource = resources.get(&booking.resource_id).ok_or_else(Error::not_found)?;
        let old = LocalSpan::of(resource.site.timezone, booking.interval);
        let span = new.apply(old);
        let becomes_less = span.interval(resource.site.timezone).is_ok_and(|interval| booking.interval.contains(interval));
        if actor.side == Side::Customer && !becomes_less {
            check_bookable(tx, caller, resource)?;
        }
        // A booking that would keep its time is not changed.
        if span != old {
            changing.push((booking, (resource, span)));
        }
    }
    if changing.is_empty() {
        due::offer_freed(tx, &mut locked)?;
        return Ok(Rescheduled { whole: get(tx, caller, id)?, price_difference: nothing, kept });
    }
    let (mut changes, mut refused, mut differences) = (Vec::new(), Vec::new(), Vec::new());
    for (booking, (resource, span)) in vacated(tx, &locked, changing)? {
        let to = |tx: &mut Tx<'_>, interval| {
            let Booking { quantity, operated_by, .. } = booking;
            let source = MoveSource { booking: &booking, side: actor.side };
            // Claims are found by the longest claim so far, which may have been made just now, so the resource is read again.
            let resource = &resources::get(tx.conn, resource.id)?;
            let target = MoveTarget { resource, slot: Slot { interval, quantity }, operated_by };
            let (moved, change) = move_to(tx, caller, &locked, source, target, new.override_reason.as_deref())?;
            bookings::update(tx.conn, &locked, &moved)?;
            let change = write(tx, actor, &moved, change)?;
            Ok(Changed { booking: moved, change })
        };
        let (occurrence, moved) = attempt(tx, resource, span, booking.quantity, Some(&booking), &to)?;
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
    record(tx, actor, BookingEventKind::Reschedule, &series, changes)?;
    let differences: Option<Vec<_>> = differences.into_iter().collect();
    Ok(Rescheduled { whole: get(tx, caller, id)?, price_difference: differences.and_then(Money::sum), kept })
}

/// Sweeps the resources of these bookings, and returns them.
fn sweep_resources(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    bookings: &[Booking],
) -> Result<BTreeMap<ResourceId, Resource>, Error> {
    let mut resources = BTreeMap::new();
    for booking in bookings {
        let Entry::Vacant(entry) = resources.entry(booking.resource_id) else { continue };
        let resource = resources::get(tx.conn, booking.resource_id)?;
        due::expire_and_offer(tx, locked, &resource)?;
        entry.insert(resource);
    }
    Ok(resources)
}

/// Takes bookings out of their slots before each claims its new slot, so that none blocks another. No other transaction sees them
/// without a slot, because the resources are locked.
fn vacated<T>(tx: &mut Tx<'_>, locked: &LockedResources, bookings: Vec<(Booking, T)>) -> Result<Vec<(Booking, T)>, Error> {
    let vacate = |(booking, to): (Booking, T)| {
        bookings::update(tx.conn, locked, &Booking { status: BookingStatus::Cancelled, ..booking.clone() })?;
        Ok((Booking { revision: booking.revision + 1, ..booking }, to))
    };
    bookings.into_iter().map(vacate).collect()
}

/// Writes a change of a series into the audit log, and publishes the changes of its bookings together.
fn record(
    tx: &mut Tx<'_>,
    actor: Actor,
    kind: BookingEventKind,
    series: &Series,
    changes: Vec<BookingChange>,
) -> Result<(), Error> {
    let detail = json!({ "side": actor.side, "rule": series.rule, "bookings": changes.len() });
    let object = ("series", series.id.as_str());
    audit(tx, actor.principal, Some(series.host_organization_id), &format!("series.{kind}"), object, &detail)?;
    let is_new = kind == BookingEventKind::Create || kind.confirms();
    let left_out = series.skipped.iter().filter(|_| is_new).map(|occurrence| occurrence.date).collect();
    publish_changes(tx, actor.principal, Scope::Series { series_id: series.id, left_out }, changes)
}
