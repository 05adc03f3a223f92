//! Booking a series.

use chrono_tz::Tz;

use super::attempt::{Pricing, attempt};
use super::find::Whole;
use super::record::{OtherDays, record};
use crate::bookings::access::{Actor, authorize_customer, check_bookable};
use crate::bookings::draft::{NewBooking, PartOf};
use crate::bookings::due;
use crate::bookings::journal::Changed;
use crate::bookings::together::book_part;
use crate::error::Error;
use crate::{Caller, bookings, terms};
use domain::alternatives::MOST_PARTS;
use domain::booking::Side;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{ResourceId, SeriesId};
use domain::interval::Interval;
use domain::money::Money;
use domain::recurrence::Recurrence;
use domain::resource::Resource;
use domain::series::{Occurrence, OnClash};
use domain::slot::Slot;
use domain::wall_clock::LocalSpan;
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
    record(tx, Actor::of(caller, Side::Customer), "create", &series, changes, OtherDays::left_out(&series))?;
    Ok(Whole { series, bookings })
}

/// Books each occurrence of a series that can be booked, in order.
fn book_all(tx: &mut Tx<'_>, caller: Caller, new: &NewSeries) -> Result<Tried, Error> {
    let NewSeries { first, rule, .. } = new;
    let customer = authorize_customer(tx, caller, first.organization_id)?;
    let opened = open(tx, caller, first.resource_id)?;
    let resource = &opened.resource;
    let timezone = resource.site.timezone;
    let spans = occurrences(new, timezone)?;
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
        extras: first.extras.clone(),
        skipped: Vec::new(),
        created_by: caller.user_id,
        created_at: tx.now,
    };
    series::insert(tx.conn, &series)?;
    let (occurrences, changed) = book_each(tx, caller, &opened, series.id, first, &customer, spans)?;
    Ok(Tried { series, timezone, occurrences, changed })
}

/// The resource of a series, locked and swept.
pub(super) struct Opened {
    locked: LockedResources,
    pub(super) resource: Resource,
}

/// Locks and sweeps the resource of a series, if it is on offer to the caller.
pub(super) fn open(tx: &mut Tx<'_>, caller: Caller, id: ResourceId) -> Result<Opened, Error> {
    let mut locked = due::lock(tx, [id])?;
    let resource = resources::get(tx.conn, id)?;
    check_bookable(tx, caller, &resource)?;
    due::offer_freed(tx, &mut locked)?;
    Ok(Opened { locked, resource })
}

/// Books each of these occurrences of a series that can be booked, in order: as `first`, which is the request for all of them, at
/// another time.
pub(super) fn book_each(
    tx: &mut Tx<'_>,
    caller: Caller,
    Opened { locked, resource }: &Opened,
    series_id: SeriesId,
    first: &NewBooking,
    customer: &str,
    spans: Vec<LocalSpan>,
) -> Result<(Vec<Occurrence>, Vec<Changed>), Error> {
    // The terms are accepted once for all occurrences.
    terms::accept_with_booking(tx, caller, first.organization_id, resource.organization_id, &first.accepted_terms)?;
    let first = NewBooking { accepted_terms: Vec::new(), ..first.clone() };
    let part_of = PartOf { series_id: Some(series_id), ..PartOf::default() };
    let book = |tx: &mut Tx<'_>, interval: Interval| {
        book_part(tx, caller, customer, &NewBooking { slot: Slot { interval, ..first.slot }, ..first.clone() }, locked, part_of)
    };
    let requester = first.requester(caller.user_id, tx.now);
    let (mut occurrences, mut all_changed) = (Vec::new(), Vec::new());
    for span in spans {
        let (occurrence, changed) =
            attempt(tx, resource, span, first.slot.quantity, requester, Pricing::New(&first.extras), &book)?;
        occurrences.push(occurrence);
        all_changed.extend(changed);
    }
    Ok((occurrences, all_changed))
}

/// Finds what could be booked instead of the first refused occurrences that are taken.
///
/// # Errors
/// When the database fails.
pub fn explain(
    tx: &mut ReadTx,
    caller: Caller,
    first: &NewBooking,
    mut refused: Vec<Occurrence>,
) -> Result<Vec<Occurrence>, Error> {
    for one in refused.iter_mut().filter(|one| !one.conflicts.is_empty()).take(MOST_PARTS) {
        if let Some(interval) = one.interval() {
            let new = NewBooking { slot: Slot { interval, ..first.slot }, ..first.clone() };
            one.alternatives = bookings::explain(tx, caller, &new)?.alternatives;
        }
    }
    Ok(refused)
}

/// The occurrences of a series, in the local time of the site.
fn occurrences(new: &NewSeries, timezone: Tz) -> Result<Vec<LocalSpan>, InvalidFields> {
    let mut fields = Fields::default();
    let spans = new.recurrence.read_spans(&mut fields, "/rule", timezone, new.first.slot.interval);
    fields.finish(|| spans)
}
