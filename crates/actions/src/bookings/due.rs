//! What happens to bookings by themselves, when their time has come.

use std::collections::{BTreeMap, BTreeSet};

use super::{Actor, Told, change, facts, news, record, told_of_group};
use crate::error::Error;
use crate::record::publish;
use crate::waitlist::queue;
use domain::booking::{Booking, BookingStatus, LONGEST_OVERRUN, Usage};
use domain::event::{BookingFacts, Event, GroupHappened, Happened, SeriesFacts, SeriesHappened, ToldBooking};
use domain::ids::{BookingGroupId, ResourceId, SeriesId};
use domain::interval::Interval;
use domain::resource::Resource;
use storage::blocks;
use storage::bookings;
use storage::db::Tx;
use storage::due;
use storage::resource_links;
use storage::resources;

/// The resources of which something is due.
///
/// # Errors
/// When the database fails.
pub fn list_resources(tx: &mut Tx<'_>) -> Result<BTreeSet<ResourceId>, Error> {
    let mut due = due::list_resources(tx.conn, tx.now)?;
    due.extend(blocks::list_over_resources(tx.conn, tx.now)?);
    Ok(due.into_iter().collect())
}

/// Ends the bookings and blocks of a resource whose time has come, offers what comes free to those who wait for it, and flags
/// the bookings that overrun.
///
/// # Errors
/// When the resource does not exist, or the database fails.
pub fn run(tx: &mut Tx<'_>, resource: ResourceId) -> Result<(), Error> {
    catch_up(tx, resource)?;
    // It is locked: nobody comes in between who would not be told.
    let overrunning = due::list_untold_overruns(tx.conn, resource, tx.now)?;
    flag_overruns(tx, overrunning)
}

/// Resources of which something may come free: nobody else claims or edits them meanwhile.
#[must_use = "what comes free goes to those who wait for it"]
pub struct Locked {
    ids: Vec<ResourceId>,
    is_behind: bool,
}

/// Locks resources before something comes free of them. Whatever frees capacity, or opens more of it, begins so and
/// ends with [`Locked::serve`].
///
/// # Errors
/// When a resource does not exist, or the database fails.
pub fn lock(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = ResourceId>) -> Result<Locked, Error> {
    let ids: Vec<_> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let is_behind = resources::lock(tx.conn, &ids, tx.now)?;
    Ok(Locked { ids, is_behind })
}

impl Locked {
    /// The same when somebody waits who did not when they were locked.
    pub fn awaited(self) -> Self {
        Self { is_behind: true, ..self }
    }

    /// Offers what has come free to those who wait for it, in the transaction that frees it: whoever comes later finds it
    /// kept for them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn serve(self, tx: &mut Tx<'_>) -> Result<(), Error> {
        if !self.is_behind {
            return Ok(());
        }
        let claimed: Vec<_> = resource_links::list_linked(tx.conn, &self.ids)?.into_iter().collect();
        settle_all(tx, &claimed, None)
    }
}

/// Locks a resource and settles it.
///
/// # Errors
/// When the resource does not exist, or the database fails.
pub fn catch_up(tx: &mut Tx<'_>, resource: ResourceId) -> Result<(), Error> {
    resources::lock(tx.conn, &[resource], tx.now)?;
    let resource = resources::get(tx.conn, resource)?;
    settle(tx, &resource)
}

/// Ends what is over or has lapsed on a resource and on those that are linked to it, so that it
/// stands in the way of nobody, and offers what is free to those who wait for it. The resources must
/// be locked.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx<'_>, resource: &Resource) -> Result<(), Error> {
    let claimed = claimed(tx, resource)?;
    settle_all(tx, &claimed, None)
}

/// The same before somebody claims a time of it: nobody needs to be served now but those who could be passed over.
///
/// # Errors
/// When the database fails.
pub fn settle_for(tx: &mut Tx<'_>, resource: &Resource, claim: Interval) -> Result<(), Error> {
    let claimed = claimed(tx, resource)?;
    settle_all(tx, &claimed, Some(claim))
}

/// What a claim on a resource may mean something for.
fn claimed(tx: &mut Tx<'_>, resource: &Resource) -> Result<Vec<ResourceId>, Error> {
    Ok(match resource.has_links {
        true => resource_links::list_linked(tx.conn, &[resource.id])?.into_iter().collect(),
        false => vec![resource.id],
    })
}

fn settle_all(tx: &mut Tx<'_>, claimed: &[ResourceId], claim: Option<Interval>) -> Result<(), Error> {
    let spent = due::list_spent(tx.conn, claimed, tx.now)?;
    end_all(tx, spent)?;
    blocks::update_over(tx.conn, claimed, tx.now)?;
    queue::offer_freed(tx, claimed, claim)
}

/// Makes the moves whose time has come. What nobody has answered or confirmed of a series is told together, and so it is of a
/// group.
fn end_all(tx: &mut Tx<'_>, bookings: Vec<Booking>) -> Result<(), Error> {
    let mut expired: BTreeMap<SeriesId, Vec<BookingFacts>> = BTreeMap::new();
    let mut unconfirmed: BTreeMap<SeriesId, Vec<BookingFacts>> = BTreeMap::new();
    let mut of_groups: BTreeMap<BookingGroupId, Vec<ToldBooking>> = BTreeMap::new();
    for booking in bookings {
        let was = booking.status;
        let expires = booking.life().status_at(tx.now) == BookingStatus::Expired;
        match (booking.series_id, booking.group_id) {
            (Some(series_id), _) if expires => {
                let ended = end(tx, booking, false)?.map(|ended| facts(&ended, Some(was), None));
                let together = if was == BookingStatus::Held { &mut unconfirmed } else { &mut expired };
                together.entry(series_id).or_default().extend(ended);
            }
            (_, Some(group_id)) if expires => {
                let ended = end(tx, booking, false)?;
                let told = ended.and_then(|ended| told_of_group(Some(was), &ended));
                of_groups.entry(group_id).or_default().extend(told);
            }
            _ => drop(end(tx, booking, true)?),
        }
    }
    for (group_id, bookings) in of_groups {
        publish(tx, &Event::Group { happened: GroupHappened::Expired, group_id, bookings, left: Vec::new() })?;
    }
    for mut bookings in unconfirmed.into_values() {
        bookings.sort_by_key(|booking| (booking.starts_at, booking.booking_id));
        publish(tx, &Event::Bookings { happened: Happened::HoldExpired, bookings })?;
    }
    for (series_id, mut bookings) in expired {
        bookings.sort_by_key(|booking| (booking.starts_at, booking.booking_id));
        let facts = SeriesFacts { series_id, bookings, left_out: Vec::new() };
        publish(tx, &Event::Series { happened: SeriesHappened::Expired, facts })?;
    }
    Ok(())
}

/// Makes the move whose time has come, if it has, and answers the booking after it.
fn end(tx: &mut Tx<'_>, booking: Booking, is_told: bool) -> Result<Option<Booking>, Error> {
    let Some(happens) = booking.life().due(tx.now) else { return Ok(None) };
    let was = booking.status;
    let status = booking.life().status_at(tx.now);
    let happened = if was == BookingStatus::Held { Some(Happened::HoldExpired) } else { news(status) }.filter(|_| is_told);
    let ended = booking.in_state(status, tx.now);
    change(tx, Actor::SYSTEM, happens.as_str(), ended, Told { happened, was: Some(was), ..Told::default() }).map(Some)
}

/// Notes that bookings are still in use after their time, whose resources are locked. Both parties of each hear of it, and so
/// does everybody who starts so soon that they may have to wait, but once.
fn flag_overruns(tx: &mut Tx<'_>, bookings: Vec<Booking>) -> Result<(), Error> {
    for booking in bookings {
        let (was, delayed) = (Some(booking.status), booking.life().may_delay());
        let linked: Vec<_> = resource_links::list_linked(tx.conn, &[booking.resource_id])?.into_iter().collect();
        let others = due::list_told_overruns(tx.conn, &linked)?;
        let usage = booking.usage.map(|usage| Usage { is_overrun: true, ..usage });
        let overrun = Booking { usage, updated_at: tx.now, ..booking };
        change(tx, Actor::SYSTEM, "overrun", overrun, Told { happened: Some(Happened::Overrun), was, ..Told::default() })?;
        for next in bookings::list_starting(tx.conn, &linked, delayed.starts_at(), delayed.ends_at())? {
            if next.life().status_at(tx.now) == BookingStatus::Confirmed && !others.iter().any(|other| delays(other, &next)) {
                tell_delay(tx, &next)?;
            }
        }
    }
    Ok(())
}

/// Tells the parties of a booking that is confirmed now, or starts at another time, whether what comes before it overruns.
pub(super) fn tell_if_delayed(tx: &mut Tx<'_>, booking: &Booking) -> Result<(), Error> {
    // What overruns is over, so nobody waits who starts later.
    if booking.interval.starts_at() >= tx.now + LONGEST_OVERRUN {
        return Ok(());
    }
    let linked: Vec<_> = resource_links::list_linked(tx.conn, &[booking.resource_id])?.into_iter().collect();
    let overrunning = due::list_told_overruns(tx.conn, &linked)?;
    if overrunning.iter().any(|other| delays(other, booking)) { tell_delay(tx, booking) } else { Ok(()) }
}

fn delays(overrunning: &Booking, next: &Booking) -> bool {
    let delayed = overrunning.life().may_delay();
    (delayed.starts_at()..delayed.ends_at()).contains(&next.interval.starts_at())
}

fn tell_delay(tx: &mut Tx<'_>, booking: &Booking) -> Result<(), Error> {
    let told = Told { happened: Some(Happened::Delayed), was: Some(booking.status), ..Told::default() };
    record(tx, Actor::SYSTEM, "delay", booking, told)
}
