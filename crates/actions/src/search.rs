//! Searches: the catalogue, slots that can be booked at some time, and alternatives to a slot that is taken.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::allocations;
use super::bookings::judge::{MoveSource, MoveTarget, as_agreed, may_move, violations_for};
use super::customers::{self, Requester};
use super::donations;
use super::error::Error;
use domain::alternatives::{self, Alternative};
use domain::availability::{Conflict, conflicts as conflicts_of};
use domain::booking::{Booking, BookingStatus};
use domain::fields::Fields;
use domain::geo::{BoundingBox, Near};
use domain::ids::{BookingId, ResourceId};
use domain::interval::Interval;
use domain::length::SlotLength;
use domain::paging::{Page, Paging, cursor};
use domain::pricing::{Buyer, Price};
use domain::resource::Resource;
use domain::rules::judge::Judge;
use domain::rules::{Violation, ViolationCode};
use domain::said::said;
use domain::slot::{Slot, SlotAnywhere, SlotSearch, WantedSlot};
use domain::time::UtcTime;
use storage::connection::Conn;
use storage::db::ReadTx;
use storage::error::StorageError;
use storage::search::{self, Area, Filter, Place};
use storage::search_words;
use storage::{bookings, resources};

/// How many resources are loaded together.
const AT_ONCE: usize = 64;
/// How many resources are examined for one page; then the page ends early.
const MOST_EXAMINED: usize = 4096;
/// The radius of the first search around a position, in kilometres; each further one doubles it.
const FIRST_LOOK_KM: f64 = 1.25;
/// The largest distance, in kilometres, of a resource that is offered as an alternative.
const NEAR_KM: f64 = 10.0;
/// How many resources that are free at the requested time are tried, because the requester may not be able to book each of them.
const MOST_LIKE: usize = 2 * alternatives::MOST;
/// How many slots that the rules about customers allow are tried for a requester.
const MOST_TRIED: usize = 5;
/// For how many displaced bookings one request, or one round of mails, searches alternatives.
const MOST_DISPLACED_SEARCHED: usize = 25;
/// The largest time between the requested slot and an alternative.
const NEAR_IN_TIME: TimeDelta = TimeDelta::days(7);

/// A search for resources.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Search {
    /// The conditions.
    pub filter: Filter,
    /// The position and radius; anywhere if left out.
    pub near: Option<Near>,
}

/// A resource that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The resource.
    pub resource: Resource,
    /// Its distance from the given position, in kilometres.
    pub distance_km: Option<f64>,
    /// Whether it is found only if a word of the search is a typing error.
    pub is_corrected: bool,
}

/// A slot of a resource that can be booked now.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The resource.
    pub found: Found,
    /// The time.
    pub slot: Interval,
    /// The price.
    pub price: Price,
}

/// The order of results: by distance, if there is one, then by identifier. All that is found only by corrected words comes after
/// everything else.
type Key = (f64, ResourceId);
/// The end of a cursor after a resource that is found only by corrected words.
const CORRECTED: &str = " corrected";

impl Found {
    fn key(&self) -> String {
        let end = if self.is_corrected { CORRECTED } else { "" };
        format!("{} {}{end}", self.distance_km.unwrap_or_default(), self.resource.id)
    }
}

/// Lists the resources that are on offer to everybody: the nearest first, or without a position in the order of creation.
///
/// # Errors
/// `invalid_fields` for an invalid cursor.
pub fn catalogue(tx: &mut ReadTx, search: &Search, paging: &Paging) -> Result<Page<Found>, Error> {
    let found = Walk::new(search, paging)?.next(&mut tx.conn, tx.now, paging.limit + 1)?;
    Ok(paging.page(found, Found::key))
}

/// Lists the cities in which something is on offer to everybody, in alphabetical order; with a name, only those of this name.
///
/// # Errors
/// When the database fails.
pub fn places(tx: &mut ReadTx, city: Option<&str>, paging: &Paging) -> Result<Page<Place>, Error> {
    // Countries have two letters, so the end of a key is never a part of a name.
    let key = |place: &Place| format!("{} {}", domain::words::fold([place.city.as_str()]), place.country.as_str());
    Ok(paging.page_of(search::list_places(&mut tx.conn, city)?, key))
}

/// As [`available`] for the requester, with the rules that each slot violates. If a later slot of the window violates none, that
/// slot is returned instead.
///
/// # Errors
/// `invalid_fields` for an invalid cursor.
pub fn available_to(
    tx: &mut ReadTx,
    search: &Search,
    wanted: SlotAnywhere,
    requester: Requester,
    paging: &Paging,
) -> Result<Page<(Offer, Vec<Violation>)>, Error> {
    let Page { items, next_cursor } = available(tx, search, wanted, Some(requester), paging)?;
    let items = items.into_iter().map(|offer| best_for(tx, offer, wanted, requester)).collect::<Result<_, _>>()?;
    Ok(Page { items, next_cursor })
}

fn best_for(tx: &mut ReadTx, offer: Offer, wanted: SlotAnywhere, requester: Requester) -> Result<(Offer, Vec<Violation>), Error> {
    let quantity = wanted.quantity();
    let resource = &offer.found.resource;
    let violations = violations_for(tx, resource, requester, Slot { interval: offer.slot, quantity })?;
    let later = wanted.in_zone(resource.site.timezone).and_then(|wanted| wanted.slots()).and_then(|search| {
        let starts_within = Interval::new(offer.slot.starts_at() + UtcTime::TICK, search.starts_within.ends_at()).ok()?;
        Some(SlotSearch { starts_within, ..search })
    });
    if let (false, Some(search)) = (violations.is_empty(), later)
        && let Some(slot) = first_for(tx, resource, requester, search)?
    {
        let buyer = customers::buyer(tx, Some(requester))?;
        if let Some(better) = Offer::new(tx, offer.found.clone(), slot, quantity, buyer, None)? {
            return Ok((better, Vec::new()));
        }
    }
    Ok((offer, violations))
}

/// The first slot of the search that is free, has a price, and violates no rule for the requester.
///
/// # Errors
/// When the database fails.
pub(crate) fn first_for(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    search: SlotSearch,
) -> Result<Option<Interval>, Error> {
    let taken = allocations::barred(tx, resource, resource.fields.rules.allocation(search.reach()), None)?;
    first_beside(tx, resource, requester, search, &taken)
}

/// As [`first_for`], if only these allocations existed.
///
/// # Errors
/// When the database fails.
pub(crate) fn first_beside(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    search: SlotSearch,
    taken: &[Slot],
) -> Result<Option<Interval>, Error> {
    let quantity = search.quantity;
    let customer = customers::get(tx, resource, requester, search.reach())?;
    let judge = resource.bookable().judge(&customer);
    let slots = resource.bookable().slots(tx.now, taken, search, Some(&judge));
    // The lengths differ at most by a clock change: if one slot has no price, the others are not worth a look.
    let buyer = Buyer::unknown(tx.now);
    let basis = resource.price_basis(buyer, &[]);
    let has_price = |slot: &Interval| resource.price(Slot { interval: *slot, quantity }, buyer, &basis).is_ok();
    // The remaining rules, about terms and certifications, hardly depend on the slot.
    for slot in slots.take_while(has_price).take(MOST_TRIED) {
        let violations = violations_for(tx, resource, requester, Slot { interval: slot, quantity })?;
        // Bookings that are still in use are no rule: without them, as `taken` says it, the slot can be booked.
        if violations.iter().all(|violation| violation.code == ViolationCode::StillInUse) {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}

/// Lists the first slot of each resource on offer that can be booked now, with its price for the requester, the resources in the order
/// of [`catalogue`]. If little is free, a page may end before it is full.
///
/// # Errors
/// `invalid_fields` for an invalid cursor.
pub fn available(
    tx: &mut ReadTx,
    search: &Search,
    wanted: SlotAnywhere,
    requester: Option<Requester>,
    paging: &Paging,
) -> Result<Page<Offer>, Error> {
    let buyer = customers::buyer(tx, requester)?;
    let mut walk = Walk::new(search, paging)?;
    let (mut offers, mut examined, mut last) = (Vec::new(), 0, None);
    while offers.len() <= paging.limit && examined < MOST_EXAMINED {
        let found = walk.next(&mut tx.conn, tx.now, AT_ONCE)?;
        examined += found.len();
        last = found.last().map(Found::key);
        if last.is_none() {
            break;
        }
        offers.append(&mut offered(tx, found, wanted, buyer)?);
    }
    let page = paging.page(offers, |offer| offer.found.key());
    let next_cursor = page.next_cursor.or_else(|| last.map(|key| cursor(&key)));
    Ok(Page { next_cursor, ..page })
}

/// The times, within the claim that a booking would make (with buffers), when its quantity is not free. The claim of the booking
/// that is `leaving` its slot does not count.
///
/// # Errors
/// When the database fails.
pub fn conflicts(
    tx: &mut ReadTx,
    resource: &Resource,
    Slot { interval: wished, quantity }: Slot,
    leaving: Option<BookingId>,
) -> Result<Vec<Conflict>, Error> {
    let claim = resource.fields.rules.allocation(wished);
    let taken = allocations::barred(tx, resource, claim, leaving.map(Into::into))?;
    Ok(conflicts_of(&taken, claim, resource.fields.capacity.quantity, quantity))
}

/// Alternatives to a slot that is taken, for the same requester, the best first: other times of the resource, and the same time at
/// similar resources close by. A booking that is `leaving` its slot stays with its host, keeps its start once it has begun, and
/// its resource while it is in use.
///
/// # Errors
/// When the database fails.
pub(crate) fn alternatives(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    leaving: Option<MoveSource<'_>>,
    requester: Requester,
) -> Result<Vec<Alternative>, Error> {
    let has_begun = leaving.is_some_and(|leaving| leaving.booking.life().has_begun(tx.now));
    let is_in_use = leaving.is_some_and(|leaving| leaving.booking.status == BookingStatus::InUse);
    let own = match has_begun {
        true => Vec::new(),
        false => other_times(tx, resource, slot, leaving, requester)?,
    };
    let like = match is_in_use {
        true => Vec::new(),
        false => like_resources(tx, resource, slot, leaving, requester)?,
    };
    Ok(alternatives::best(own, like, slot.interval))
}

/// Alternatives to bookings that were displaced, for their customers. Those of the first bookings only: each search takes long.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn alternatives_to_displaced(
    tx: &mut ReadTx,
    displaced: &[BookingId],
) -> Result<HashMap<BookingId, Vec<Alternative>>, Error> {
    let mut found = HashMap::new();
    for id in displaced.iter().take(MOST_DISPLACED_SEARCHED) {
        let booking = bookings::get(&mut tx.conn, *id)?;
        let resource = resources::get(&mut tx.conn, booking.resource_id)?.at(tx.now);
        // It leaves its group, whose other bookings keep their operator busy.
        let requester = Requester { booked_at: tx.now, group_id: None, ..Requester::of(&booking) };
        found.insert(*id, alternatives(tx, &resource, booking.slot(), None, requester)?);
    }
    Ok(found)
}

fn other_times(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    leaving: Option<MoveSource<'_>>,
    requester: Requester,
) -> Result<Vec<Alternative>, Error> {
    let Slot { interval: wished, quantity } = slot;
    let starts_within = wished.widened(NEAR_IN_TIME, NEAR_IN_TIME);
    let search = SlotSearch::new(starts_within, SlotLength::of(resource.site.timezone, wished), quantity);
    let leaving_id = leaving.map(|leaving| leaving.booking.id.into());
    let taken = allocations::barred(tx, resource, resource.fields.rules.allocation(search.reach()), leaving_id)?;
    // The present slot of the booking is no alternative.
    let is_left =
        |slot: &Interval| leaving.is_some_and(|left| (left.booking.resource_id, left.booking.interval) == (resource.id, *slot));
    let customer = customers::get(tx, resource, requester, search.reach())?;
    let judge = resource.bookable().judge(&customer);
    let slots = resource.bookable().slots(tx.now, &taken, search, Some(&judge)).filter(|slot| !is_left(slot));
    let times = alternatives::other_times(slots, wished, resource.site.timezone);
    let found = Found { resource: resource.clone(), distance_km: None, is_corrected: false };
    let buyer = customers::buyer(tx, Some(requester))?;
    let booking = leaving.map(|leaving| leaving.booking);
    let mut offers = Vec::new();
    for slot in times {
        offers.extend(Offer::new(tx, found.clone(), slot, quantity, buyer, booking)?);
    }
    for_requester(tx, offers, quantity, leaving, requester)
}

/// The offers that violate no rule for the requester, or for the booking that would move there. Terms can be accepted with the
/// booking, so they do not count.
fn for_requester(
    tx: &mut ReadTx,
    offers: Vec<Offer>,
    quantity: i32,
    leaving: Option<MoveSource<'_>>,
    requester: Requester,
) -> Result<Vec<Alternative>, Error> {
    let mut alternatives = Vec::new();
    for offer in offers {
        let Offer { found: Found { resource, .. }, slot: interval, .. } = &offer;
        let slot = Slot { interval: *interval, quantity };
        let is_admitted = match leaving {
            None => {
                let violations = violations_for(tx, resource, requester, slot)?;
                violations.iter().all(|violation| violation.code == ViolationCode::TermsNotAccepted)
            }
            Some(source) => may_move(tx, source, MoveTarget { resource, slot, operated_by: requester.operated_by })?,
        };
        if is_admitted {
            alternatives.push(offer.into_alternative());
        }
    }
    Ok(alternatives)
}

fn like_resources(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    leaving: Option<MoveSource<'_>>,
    requester: Requester,
) -> Result<Vec<Alternative>, Error> {
    let Slot { interval: wished, quantity } = slot;
    let filter = Filter {
        organization_id: leaving.map(|leaving| leaving.booking.host_organization_id),
        kind: Some(resource.fields.kind),
        category: Some(resource.fields.category.clone()),
        unit: Some(resource.fields.capacity.unit),
        capacity: quantity,
        ..Filter::default()
    };
    let search = Search { filter, near: Some(Near { center: resource.site.public_position(), radius_km: NEAR_KM }) };
    let wanted = SlotAnywhere::At(WantedSlot::whole(wished, quantity));
    let page = available(tx, &search, wanted, Some(requester), &Paging { limit: MOST_LIKE, after: None })?;
    let buyer = customers::buyer(tx, Some(requester))?;
    let mut others = Vec::new();
    for offer in page.items.into_iter().filter(|offer| offer.found.resource.id != resource.id) {
        others.extend(match leaving {
            None => Some(offer),
            Some(MoveSource { booking, .. }) => {
                let resource = as_agreed(tx, booking, offer.found.resource)?;
                Offer::new(tx, Found { resource, ..offer.found }, offer.slot, quantity, buyer, Some(booking))?
            }
        });
    }
    for_requester(tx, others, quantity, leaving, requester)
}

/// The slots of a resource that can be booked now, in order; with a judge, only those that the judge admits.
///
/// # Errors
/// When the database fails.
pub fn bookable_slots(
    tx: &mut ReadTx,
    resource: &Resource,
    search: SlotSearch,
    judge: Option<&Judge<'_>>,
) -> Result<impl Iterator<Item = Interval> + use<>, Error> {
    let taken = allocations::barred(tx, resource, resource.fields.rules.allocation(search.reach()), None)?;
    Ok(resource.bookable().slots(tx.now, &taken, search, judge))
}

impl Offer {
    /// The offer for a new booking, or for a booking that moves. None if the price is too large to be stored.
    fn new(
        tx: &mut ReadTx,
        found: Found,
        interval: Interval,
        quantity: i32,
        buyer: Buyer,
        moves: Option<&Booking>,
    ) -> Result<Option<Self>, Error> {
        let slot = Slot { interval, quantity };
        let basis = match moves {
            None => donations::basis(tx, &found.resource, slot, buyer, &[])?,
            Some(booking) => donations::basis_of_move(tx, &found.resource, slot, buyer, booking)?,
        };
        let price = found.resource.price(slot, buyer, &basis).ok();
        Ok(price.map(|price| Self { found, slot: interval, price }))
    }

    fn into_alternative(self) -> Alternative {
        let Resource { id: resource_id, organization_name, fields, site, .. } = self.found.resource;
        Alternative {
            resource_id,
            resource_name: fields.name,
            organization_name,
            site_name: site.name,
            city: site.address.city,
            starts_at: self.slot.starts_at(),
            ends_at: self.slot.ends_at(),
            price: self.price.total,
            distance_km: self.found.distance_km.unwrap_or_default(),
        }
    }
}

/// The first slot of each resource that can be booked now, in the same order.
fn offered(tx: &mut ReadTx, found: Vec<Found>, wanted: SlotAnywhere, buyer: Buyer) -> Result<Vec<Offer>, Error> {
    let now = tx.now;
    let fit = |found: &Found, wanted: WantedSlot, taken: &[Slot]| found.resource.bookable().first_fit(now, taken, wanted);
    let here = |found: Found| Some((wanted.in_zone(found.resource.site.timezone)?, found));
    // Resources that are closed then are left out before their allocations are loaded.
    let (mut open, mut offers) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
    open.extend(found.into_iter().filter_map(here).filter(|(wanted, found)| fit(found, *wanted, &[]).is_some()));
    let claims = open.iter().map(|(wanted, found): &(WantedSlot, Found)| found.resource.fields.rules.allocation(wanted.window));
    let Some(claims) = claims.reduce(Interval::hull) else { return Ok(Vec::new()) };
    let resources: Vec<_> = open.iter().map(|(_, found)| &found.resource).collect();
    let taken = allocations::barred_each(tx, &resources, claims)?;
    for (wanted, found) in open {
        let taken = taken.get(&found.resource.id).map_or(&[][..], Vec::as_slice);
        if let Some(slot) = fit(&found, wanted, taken) {
            offers.extend(Offer::new(tx, found, slot, wanted.quantity, buyer, None)?);
        }
    }
    Ok(offers)
}

/// A walk over the resources on offer, in order, a few at a time. Around a position it first searches a small radius, and a larger
/// one only if more resources are needed. When nothing more is found, it starts again with corrected words.
struct Walk<'s> {
    search: &'s Search,
    filter: Filter,
    is_corrected: bool,
    /// The key of the resource after which it goes on.
    after: Option<Key>,
    /// The key of the resource after which it goes on with corrected words.
    resume: Option<Key>,
    /// The next keys.
    ahead: Vec<Key>,
    /// The radius that it has searched.
    looked_km: f64,
    is_over: bool,
}

impl<'s> Walk<'s> {
    fn new(search: &'s Search, paging: &Paging) -> Result<Self, Error> {
        let key = |text: &str| -> Option<(Key, bool)> {
            let uncorrected = text.strip_suffix(CORRECTED);
            let (distance, id) = uncorrected.unwrap_or(text).split_once(' ')?;
            Some(((distance.parse().ok()?, id.parse().ok()?), uncorrected.is_some()))
        };
        let mut fields = Fields::default();
        let after = paging
            .after
            .as_ref()
            .and_then(|text| fields.take("cursor", key(text).ok_or(said!("must be the next_cursor of the page before"))));
        let after = fields.finish(|| Some(after))?;
        // After a resource that is found by corrected words, all that the words themselves find has been shown.
        let (after, resume, is_over) = match after {
            Some((key, true)) => (None, Some(key), true),
            Some((key, false)) => (Some(key), None, false),
            None => (None, None, false),
        };
        let filter = search.filter.clone();
        Ok(Self { search, filter, is_corrected: false, after, resume, ahead: Vec::new(), looked_km: -1.0, is_over })
    }

    /// Loads the next `count` resources; fewer only at the end.
    fn next(&mut self, conn: &mut Conn, now: UtcTime, count: usize) -> Result<Vec<Found>, StorageError> {
        let mut found = self.more(conn, now, count)?;
        if found.len() < count && !self.is_corrected && self.correct(conn)? {
            found.append(&mut self.more(conn, now, count - found.len())?);
        }
        Ok(found)
    }

    /// Goes on with corrected words, and returns whether there are any.
    fn correct(&mut self, conn: &mut Conn) -> Result<bool, StorageError> {
        let words = &self.search.filter.words;
        let mut meant = Vec::new();
        for typed in words.correctable() {
            let others = search_words::list_meant(conn, typed)?;
            meant.extend(others.into_iter().map(|other| (typed.to_owned(), other)));
        }
        if meant.is_empty() {
            return Ok(false);
        }
        self.filter = Filter { words: words.corrected(&meant), except: words.clone(), ..self.search.filter.clone() };
        (self.is_corrected, self.after, self.looked_km, self.is_over) = (true, self.resume.take(), -1.0, false);
        Ok(true)
    }

    /// Loads the next `count` resources for the present words.
    fn more(&mut self, conn: &mut Conn, now: UtcTime, count: usize) -> Result<Vec<Found>, StorageError> {
        while self.ahead.len() < count && !self.is_over {
            self.look(conn, count)?;
        }
        let keys: Vec<Key> = self.ahead.drain(..count.min(self.ahead.len())).collect();
        let Some(last) = keys.last() else { return Ok(Vec::new()) };
        self.after = Some(*last);
        let ids: Vec<ResourceId> = keys.iter().map(|(_, id)| *id).collect();
        let mut rows: HashMap<ResourceId, Resource> =
            resources::list_each(conn, &ids)?.into_iter().map(|row| (row.id, row.at(now))).collect();
        let (distance, is_corrected) = (|km| self.search.near.map(|_| km), self.is_corrected);
        let found = |(km, id)| Some(Found { resource: rows.remove(&id)?, distance_km: distance(km), is_corrected });
        // A resource has a kilobyte and a half, and a list that grows is copied.
        let mut all = Vec::with_capacity(keys.len());
        all.extend(keys.into_iter().filter_map(found));
        Ok(all)
    }

    /// Finds further keys.
    fn look(&mut self, conn: &mut Conn, count: usize) -> Result<(), StorageError> {
        let Some(Near { center, radius_km }) = self.search.near else {
            let limit = i64::try_from(count).unwrap_or(i64::MAX);
            let after = self.ahead.last().or(self.after.as_ref()).map(|(_, id)| *id);
            let found = search::list_offered(conn, &self.filter, Area::Anywhere { after, limit })?;
            self.is_over = found.len() < count;
            self.ahead.extend(found.into_iter().map(|(id, _)| (0.0, id)));
            return Ok(());
        };
        let from = self.looked_km;
        let to = FIRST_LOOK_KM.max(2.0 * from).max(self.after.map_or(0.0, |(km, _)| km)).min(radius_km);
        let area = BoundingBox::around(center, to);
        let found = search::list_offered(conn, &self.filter, Area::Within(&area))?;
        let keys = found.into_iter().map(|(id, position)| (center.distance_km(position), id));
        let mut ring: Vec<Key> =
            keys.filter(|key| key.0 > from && key.0 <= to && self.after.is_none_or(|after| *key > after)).collect();
        ring.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.ahead.append(&mut ring);
        self.looked_km = to;
        self.is_over = to >= radius_km;
        Ok(())
    }
}
