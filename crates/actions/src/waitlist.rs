//! Waiting in line: whoever came first and whose wish fits gets a held offer, as soon as capacity is
//! free. An action that claims capacity serves the line first, so that nobody jumps it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::json;

use super::bookings::book::{authorize_customer, check_member, check_on_offer};
use super::bookings::find::parties;
use super::bookings::moves::{Step, check_unbroken};
use super::bookings::{Actor, due, offer, side_between, violations_by};
use super::customers::{self, Taker, Wisher};
use super::error::Error;
use super::record::{audit, publish};
use super::search::{bookable_slots, first_beside, first_for};
use super::{Caller, authorize, in_name_of, is_insider, resources, terms};
use domain::booking::{Move, Side};
use domain::event::{Event, WaitHappened};
use domain::fields::InvalidFields;
use domain::ids::{BookingId, OrganizationId, ResourceId, UserId, WaitlistEntryId};
use domain::interval::Interval;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::ResourceStatus;
use domain::rules::{LONGEST_BUFFER, Violation};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use domain::waitlist::{Desire, WaitlistStatus, contested};
use storage::bookings::{self, Booking};
use storage::db::Tx;
use storage::resources::Resource;
use storage::waitlist_entries::{self, Filter, WaitlistEntry};
use storage::{self, members};

/// How many wishes for one resource an organization may have waiting, and a user, who may found many organizations.
const MOST_WAITING: usize = 10;

/// How many wishes may wait for one resource: whoever claims it may have to look at all of them.
const LONGEST_LINE: usize = 200;

/// A wish to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// In whose name.
    pub organization_id: OrganizationId,
    /// For what.
    pub resource_id: ResourceId,
    /// Who would work at the machine, a member of the customer; who joins if left out.
    pub operated_by: Option<UserId>,
    /// Which slot would do.
    pub desire: Desire,
    /// Terms that are accepted, for whoever is offered a slot has only to confirm it.
    pub accepted_terms: Vec<AgreedTerms>,
}

/// Joins the line.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`, `terms_outdated`, `slot_available` when
/// there is a slot to be booked, `already_waiting`, `waitlist_full`, `invalid_fields` for a wish that no slot can fit, and
/// [`Error::RulesViolated`] where rules will always be in the way, or only rules are, and until all terms are accepted.
pub fn join(tx: &mut Tx<'_>, caller: Caller, new: &NewEntry) -> Result<WaitlistEntry, Error> {
    let organization_name = authorize_customer(tx, caller, new.organization_id)?;
    if let Some(operator) = new.operated_by {
        check_member(tx, "/operated_by", new.organization_id, operator)?;
    }
    // Whoever frees a slot meanwhile sees who waits, or is seen.
    storage::resources::lock(tx.conn, &[new.resource_id], tx.now)?;
    let resource = resources::get(tx, Some(caller), new.resource_id)?;
    due::settle_for(tx, &resource, resource.fields.rules.allocation(new.desire.window))?;
    check_on_offer(&resource)?;
    check_possible(tx.now, &resource, &new.desire)?;
    for accepted in &new.accepted_terms {
        terms::accept(tx, caller, new.organization_id, *accepted, None)?;
    }
    let wisher = Wisher { organization_id: new.organization_id, user_id: caller.user_id, instead_of: None };
    let taker = Taker { wisher, operated_by: new.operated_by.or(Some(caller.user_id)) };
    let (_, missing) = terms::of_booking(tx, &resource, new.organization_id)?;
    let mut violations = lasting_violations(tx, &resource, wisher, &new.desire)?;
    violations.extend(missing);
    check_unbroken(violations)?;
    let line = waitlist_entries::list_line(tx.conn, &[resource.id], None)?;
    let own: Vec<_> = line.iter().filter(|entry| entry.organization_id == new.organization_id).collect();
    if own.iter().any(|entry| entry.desire == new.desire) {
        return Err(Error::Refused(Code::AlreadyWaiting, "This very wish is in the line.".to_owned()));
    }
    let by_caller = line.iter().filter(|entry| entry.user_id == caller.user_id).count();
    if own.len().max(by_caller) >= MOST_WAITING {
        let detail =
            format!("Neither an organization nor a user may have more than {MOST_WAITING} wishes for a resource in the line.");
        return Err(Error::Refused(Code::AlreadyWaiting, detail));
    }
    if first_fit(tx, &resource, taker, &new.desire)?.is_some() {
        return Err(Error::refused(Code::SlotAvailable));
    }
    if line.len() >= LONGEST_LINE {
        return Err(Error::refused(Code::WaitlistFull));
    }
    check_unbroken(sole_violations(tx, &resource, taker, &new.desire)?)?;
    let entry = WaitlistEntry {
        id: tx.new_id(),
        status: WaitlistStatus::Waiting,
        organization_id: new.organization_id,
        organization_name,
        host_organization_id: resource.organization_id,
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        user_id: caller.user_id,
        operated_by: new.operated_by,
        desire: new.desire,
        booking_id: None,
        lapses_at: None,
        revision: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    waitlist_entries::insert(tx.conn, &entry)?;
    record(tx, Some(caller.user_id), "waitlist.join", &entry)?;
    Ok(entry)
}

/// What every slot of a wish will always break of the rules.
fn lasting_violations(tx: &mut Tx<'_>, resource: &Resource, wisher: Wisher, desire: &Desire) -> Result<Vec<Violation>, Error> {
    let Some(search) = desire.slots() else { return Ok(Vec::new()) };
    let customer = customers::get(tx, resource, wisher, search.reach())?;
    Ok(resource.bookable().lasting_violations(tx.now, search.starts_within, &customer))
}

/// What the first free slot of a wish breaks of the rules, if none that is taken could be had either: to wait would not help.
fn sole_violations(tx: &mut Tx<'_>, resource: &Resource, taker: Taker, desire: &Desire) -> Result<Vec<Violation>, Error> {
    let Some(search) = desire.slots() else { return Ok(Vec::new()) };
    let Some(free) = bookable_slots(tx, resource, search, None)?.next() else { return Ok(Vec::new()) };
    match first_beside(tx, resource, taker, search, &[])? {
        Some(_) => Ok(Vec::new()),
        None => violations_by(tx, resource, taker, free, desire.quantity),
    }
}

/// Refuses a wish that the rules or the clock leave no slot for.
fn check_possible(now: UtcTime, resource: &Resource, desire: &Desire) -> Result<(), InvalidFields> {
    if !desire.is_possible(now) {
        return Err(InvalidFields::one("/ends_at", "invalid", "must leave time for the slot"));
    }
    if !resource.bookable().allows(desire.length) {
        let rules = &resource.fields.rules;
        let detail = format!("must be {} to {} min, by the rules of the resource", rules.min_minutes, rules.max_minutes);
        return Err(InvalidFields::one("/duration_minutes", "out_of_range", detail));
    }
    if desire.quantity > resource.fields.capacity.quantity {
        let detail = format!("must be at most {}, for there is no more", resource.fields.capacity.quantity);
        return Err(InvalidFields::one("/quantity", "out_of_range", detail));
    }
    Ok(())
}

/// The entries that the caller is a party to, as a member of the customer and as a manager of the
/// host, in the order of arrival.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: Option<OrganizationId>,
    resource: Option<ResourceId>,
    status: Option<WaitlistStatus>,
    paging: &Paging,
) -> Result<Page<WaitlistEntry>, Error> {
    let (customers, hosts) = parties(tx, caller, organization)?;
    let filter = Filter { resource, status: status.map(|status| (status, tx.now)) };
    let rows = waitlist_entries::list(tx.conn, &customers, &hosts, filter, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |entry| entry.id.to_string()).map(|entry| entry.at(tx.now)))
}

/// An entry, for the members of the customer and the managers of the host.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Caller, id: WaitlistEntryId) -> Result<WaitlistEntry, Error> {
    let entry = waitlist_entries::get(tx.conn, id)?;
    side_between(tx, caller, entry.host_organization_id, entry.organization_id)?;
    Ok(entry.at(tx.now))
}

/// Leaves the line, as the customer. A hold that is offered is let go.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that does not wait and has no offer.
pub fn leave(tx: &mut Tx<'_>, caller: Caller, id: WaitlistEntryId) -> Result<WaitlistEntry, Error> {
    let entry = get(tx, caller, id)?;
    authorize(tx, caller, entry.organization_id, Permission::Book, true)?;
    if let (WaitlistStatus::Offered, Some(booking_id)) = (entry.status, entry.booking_id) {
        let offer = bookings::get(tx.conn, booking_id)?;
        let actor = Actor { side: Side::Customer, user_id: Some(caller.user_id) };
        Step::new(tx, actor, offer, Move::Cancel)?.cancel(tx, "")?;
        return get(tx, caller, id);
    }
    if entry.status != WaitlistStatus::Waiting {
        let detail = format!("The entry is {}; nobody waits in its place.", entry.status);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let left = become_of(tx, entry, WaitlistStatus::Left)?;
    record(tx, Some(caller.user_id), "waitlist.leave", &left)?;
    Ok(left)
}

/// Notes what has become of a booking that was offered to who waits and is a hold no more; answers whether it was.
///
/// # Errors
/// When the database fails.
pub(super) fn follow(tx: &mut Tx<'_>, user: Option<UserId>, booking: &Booking) -> Result<bool, Error> {
    let Some(entry) = waitlist_entries::find_by_booking(tx.conn, booking.id)? else { return Ok(false) };
    let ended = become_of(tx, entry, WaitlistStatus::after_offer(booking.status))?;
    let action = match ended.status {
        WaitlistStatus::Lapsed => "waitlist.lapse",
        WaitlistStatus::Declined => "waitlist.decline",
        _ => "waitlist.take",
    };
    record(tx, user, action, &ended)?;
    Ok(true)
}

/// Lets who had a booking offered that has to make room wait on in their old place; answers whether somebody does.
///
/// # Errors
/// When the database fails.
pub(super) fn put_back(tx: &mut Tx<'_>, booking: BookingId) -> Result<bool, Error> {
    let offer = waitlist_entries::find_by_booking(tx.conn, booking)?;
    let Some(entry) = offer.filter(|entry| entry.status == WaitlistStatus::Declined) else { return Ok(false) };
    let waiting = become_of(tx, WaitlistEntry { booking_id: None, lapses_at: None, ..entry }, WaitlistStatus::Waiting)?;
    record(tx, None, "waitlist.return", &waiting)?;
    Ok(true)
}

/// Offers what is free of these resources to those who wait for any of them, whoever came first and whose wish fits before
/// all others, and takes out those who wait in vain. Before a `claim` is made only those are served who could be passed over.
/// The resources must be locked, and what is over on them ended.
///
/// # Errors
/// When the database fails.
pub fn serve(tx: &mut Tx<'_>, ids: &[ResourceId], claim: Option<Interval>) -> Result<(), Error> {
    let mut known = Known::new();
    let line = match claim {
        Some(claim) => list_passed_over(tx, &mut known, ids, claim)?,
        None => waitlist_entries::list_line(tx.conn, ids, None)?,
    };
    for entry in line {
        let resource = awaited(tx, &mut known, entry.resource_id)?;
        match turn(tx, resource, &entry)? {
            Turn::Wait => {}
            Turn::Leave(status, happened) => {
                let ended = become_of(tx, entry, status)?;
                record(tx, None, if status == WaitlistStatus::Expired { "waitlist.expire" } else { "waitlist.leave" }, &ended)?;
                if let Some(happened) = happened {
                    publish(tx, &Event::Wait { happened, waitlist_entry_id: ended.id })?;
                }
            }
            Turn::Take(slot) => {
                if let Some(Booking { id, lapses_at, .. }) = try_offer(tx, resource, &entry, slot)? {
                    let entry = WaitlistEntry { booking_id: Some(id), lapses_at, ..entry };
                    let offered = become_of(tx, entry, WaitlistStatus::Offered)?;
                    record(tx, None, "waitlist.offer", &offered)?;
                    // The longest claim there has been is what claims are found by, and it may have been made just now.
                    known.clear();
                }
            }
        }
    }
    Ok(())
}

/// What is waited for, each read once.
type Known = BTreeMap<ResourceId, Resource>;

fn awaited<'a>(tx: &mut Tx<'_>, known: &'a mut Known, id: ResourceId) -> Result<&'a Resource, Error> {
    let resource: &Resource = match known.entry(id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(storage::resources::get(tx.conn, id)?.at(tx.now)),
    };
    Ok(resource)
}

/// Those in line whom a claim could pass over, in order: they could be offered a slot that overlaps it, or one that overlaps what
/// others of them could be offered, who are served before it is made.
fn list_passed_over(
    tx: &mut Tx<'_>,
    known: &mut Known,
    ids: &[ResourceId],
    claim: Interval,
) -> Result<Vec<WaitlistEntry>, Error> {
    // Mostly it concerns nobody, however long the line is.
    let near = waitlist_entries::list_line(tx.conn, ids, Some(claim.widened(LONGEST_BUFFER, LONGEST_BUFFER)))?;
    if !reaches(tx, known, &near)?.iter().any(|reach| reach.overlaps(claim)) {
        return Ok(Vec::new());
    }
    let line = waitlist_entries::list_line(tx.conn, ids, None)?;
    let reaches = reaches(tx, known, &line)?;
    let contested = contested(claim, &reaches);
    let passed_over = line.into_iter().zip(reaches).filter(|(_, reach)| reach.overlaps(contested));
    Ok(passed_over.map(|(entry, _)| entry).collect())
}

/// For each in line the time that holds all that they could be offered, buffers included.
fn reaches(tx: &mut Tx<'_>, known: &mut Known, line: &[WaitlistEntry]) -> Result<Vec<Interval>, Error> {
    let mut reaches = Vec::with_capacity(line.len());
    for entry in line {
        reaches.push(awaited(tx, known, entry.resource_id)?.fields.rules.allocation(entry.desire.window));
    }
    Ok(reaches)
}

/// What becomes of somebody in line.
enum Turn {
    /// There is nothing for them yet.
    Wait,
    /// They wait no more, and hear why, unless they know.
    Leave(WaitlistStatus, Option<WaitHappened>),
    /// A slot is free for them.
    Take(Interval),
}

fn turn(tx: &mut Tx<'_>, resource: &Resource, entry: &WaitlistEntry) -> Result<Turn, Error> {
    if !may_still_book(tx, entry)? {
        return Ok(Turn::Leave(WaitlistStatus::Left, None));
    }
    let caller = in_name_of(tx, entry.user_id);
    let is_seen = resource.is_public() || is_insider(tx, Some(caller), resource.organization_id)?;
    if !is_seen || resource.fields.status == ResourceStatus::Retired {
        return Ok(Turn::Leave(WaitlistStatus::Left, Some(WaitHappened::Withdrawn)));
    }
    if !entry.desire.is_possible(tx.now) {
        return Ok(Turn::Leave(WaitlistStatus::Expired, Some(WaitHappened::Expired)));
    }
    let WaitlistEntry { organization_id, user_id, .. } = *entry;
    let wisher = Wisher { organization_id, user_id, instead_of: None };
    let taker = Taker { wisher, operated_by: Some(entry.operator()) };
    let slot = first_fit(tx, resource, taker, &entry.desire)?;
    Ok(slot.map_or(Turn::Wait, Turn::Take))
}

/// Offers a slot, unless it is refused: then they wait on, for what is in the way of one must not stop whoever books, cancels
/// or waits behind them.
fn try_offer(tx: &mut Tx<'_>, resource: &Resource, entry: &WaitlistEntry, slot: Interval) -> Result<Option<Booking>, Error> {
    match tx.attempt(|tx| offer(tx, resource, entry, slot)) {
        Err(Error::RulesViolated(_) | Error::Refused(..) | Error::Invalid(_)) => Ok(None),
        offered => offered.map(Some),
    }
}

/// Whether somebody waits in vain or a slot is free for somebody who waits: whether [`serve`] would
/// change anything.
///
/// # Errors
/// When the database fails.
pub fn has_work(tx: &mut Tx<'_>, resource: &Resource) -> Result<bool, Error> {
    for entry in waitlist_entries::list_line(tx.conn, &[resource.id], None)? {
        if !matches!(turn(tx, resource, &entry)?, Turn::Wait) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether who waits still may book for the customer.
fn may_still_book(tx: &mut Tx<'_>, entry: &WaitlistEntry) -> Result<bool, Error> {
    let standing = members::find_standing(tx.conn, entry.user_id, entry.organization_id)?;
    Ok(standing.is_some_and(|standing| standing.may(Permission::Book)))
}

/// The first slot that is free, that has a price, and that the rules allow the customer.
fn first_fit(tx: &mut Tx<'_>, resource: &Resource, taker: Taker, desire: &Desire) -> Result<Option<Interval>, Error> {
    let Some(search) = desire.slots().filter(|_| resource.fields.status == ResourceStatus::Listed) else { return Ok(None) };
    first_for(tx, resource, taker, search)
}

fn become_of(tx: &mut Tx<'_>, entry: WaitlistEntry, status: WaitlistStatus) -> Result<WaitlistEntry, Error> {
    let entry = WaitlistEntry { status, updated_at: tx.now, ..entry };
    waitlist_entries::update(tx.conn, &entry)?;
    Ok(WaitlistEntry { revision: entry.revision + 1, ..entry })
}

fn record(tx: &mut Tx<'_>, user: Option<UserId>, action: &str, entry: &WaitlistEntry) -> Result<(), Error> {
    let detail = json!({
        "status": entry.status, "resource_id": entry.resource_id, "customer": entry.organization_id,
        "starts_at": entry.desire.window.starts_at(), "ends_at": entry.desire.window.ends_at(),
        "quantity": entry.desire.quantity, "booking_id": entry.booking_id,
    });
    let object = ("waitlist_entry", entry.id.as_str());
    audit(tx, user, Some(entry.host_organization_id), action, object, &detail)
}
