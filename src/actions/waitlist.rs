//! Waiting in line: whoever came first and whose wish fits gets a held offer, as soon as capacity is
//! free. An action that claims capacity serves the line first, so that nobody jumps it.

use std::collections::BTreeMap;

use serde_json::json;

use super::bookings::book::check_on_offer;
use super::bookings::find::parties;
use super::bookings::{due, offer, side_between};
use super::customers::Wisher;
use super::error::Error;
use super::record::{audit, publish};
use super::search::{bookable_slots, first_for};
use super::{Caller, authorize, check_standing, in_name_of, is_insider, resources, terms};
use crate::domain::event::{Event, WaitHappened};
use crate::domain::fields::InvalidFields;
use crate::domain::ids::{BookingId, OrganizationId, ResourceId, UserId, WaitlistEntryId};
use crate::domain::interval::Interval;
use crate::domain::paging::{Page, Paging};
use crate::domain::permissions::Permission;
use crate::domain::problem::Code;
use crate::domain::resource::ResourceStatus;
use crate::domain::rules::LONGEST_BUFFER;
use crate::domain::terms::AgreedTerms;
use crate::domain::time::UtcTime;
use crate::domain::waitlist::{Desire, WaitlistStatus};
use crate::storage::db::Tx;
use crate::storage::resources::Resource;
use crate::storage::waitlist_entries::{self, WaitlistEntry};
use crate::storage::{self, members};

/// How many wishes for one resource an organization may have waiting.
const MOST_WAITING: usize = 10;

/// A wish to wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// In whose name.
    pub organization_id: OrganizationId,
    /// For what.
    pub resource_id: ResourceId,
    /// Which slot would do.
    pub desire: Desire,
    /// Terms that are accepted, for whoever is offered a slot has only to confirm it.
    pub accepted_terms: Vec<AgreedTerms>,
}

/// Joins the line.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`, `terms_outdated`, `slot_available` when
/// there is a slot to be booked, `already_waiting`, `invalid_fields` for a wish that no slot can fit, and
/// [`Error::RulesViolated`] until all terms are accepted.
pub fn join(tx: &mut Tx<'_>, caller: Caller, new: &NewEntry) -> Result<WaitlistEntry, Error> {
    let standing = members::find_standing(tx.conn, caller.user_id, new.organization_id)?;
    check_standing(caller, standing.as_ref(), Permission::Book, true)?;
    // Whoever frees a slot meanwhile sees who waits, or is seen.
    storage::resources::lock(tx.conn, &[new.resource_id], tx.now)?;
    let resource = resources::get(tx, Some(caller), new.resource_id)?;
    due::settle_for(tx, &resource, resource.fields.rules.allocation(new.desire.window))?;
    check_on_offer(&resource)?;
    check_possible(tx.now, &resource, &new.desire)?;
    for accepted in &new.accepted_terms {
        terms::accept(tx, caller, new.organization_id, *accepted, None)?;
    }
    if let (_, Some(missing)) = terms::of_booking(tx, &resource, new.organization_id)? {
        return Err(Error::RulesViolated(vec![missing]));
    }
    let line = waitlist_entries::list_line(tx.conn, &[resource.id], None)?;
    let own: Vec<_> = line.iter().filter(|entry| entry.organization_id == new.organization_id).collect();
    if own.iter().any(|entry| entry.desire == new.desire) {
        return Err(Error::Refused(Code::AlreadyWaiting, "This very wish is in the line.".to_owned()));
    }
    if own.len() >= MOST_WAITING {
        let detail = format!("An organization may have {MOST_WAITING} wishes for a resource in the line.");
        return Err(Error::Refused(Code::AlreadyWaiting, detail));
    }
    if first_fit(tx, &resource, wisher(new.organization_id, caller.user_id), &new.desire)?.is_some() {
        return Err(Error::refused(Code::SlotAvailable));
    }
    let entry = WaitlistEntry {
        id: tx.new_id(),
        status: WaitlistStatus::Waiting,
        organization_id: new.organization_id,
        organization_name: standing.and_then(|standing| standing.organization_name).unwrap_or_default(),
        host_organization_id: resource.organization_id,
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        user_id: caller.user_id,
        desire: new.desire,
        booking_id: None,
        revision: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    waitlist_entries::insert(tx.conn, &entry)?;
    record(tx, Some(caller), "waitlist.join", &entry)?;
    Ok(entry)
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
    paging: &Paging,
) -> Result<Page<WaitlistEntry>, Error> {
    let (customers, hosts) = parties(tx, caller, organization)?;
    let rows = waitlist_entries::list(tx.conn, &customers, &hosts, resource, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |entry| entry.id.to_string()))
}

/// An entry, for the members of the customer and the managers of the host.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Caller, id: WaitlistEntryId) -> Result<WaitlistEntry, Error> {
    let entry = waitlist_entries::get(tx.conn, id)?;
    side_between(tx, caller, entry.host_organization_id, entry.organization_id)?;
    Ok(entry)
}

/// Leaves the line, as the customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that does not wait.
pub fn leave(tx: &mut Tx<'_>, caller: Caller, id: WaitlistEntryId) -> Result<WaitlistEntry, Error> {
    let entry = get(tx, caller, id)?;
    authorize(tx, caller, entry.organization_id, Permission::Book, true)?;
    if entry.status != WaitlistStatus::Waiting {
        let detail = format!("The entry is {}; nobody waits in its place.", entry.status);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let left = become_of(tx, entry, WaitlistStatus::Left)?;
    record(tx, Some(caller), "waitlist.leave", &left)?;
    Ok(left)
}

/// Offers what is free of these resources to those who wait for any of them, whoever came first and whose wish fits before
/// all others, and takes out those who wait in vain. Before a `claim` is made only those are served whom it could pass over:
/// a slot that they wish for could overlap it. The resources must be locked, and what is over on them ended.
///
/// # Errors
/// When the database fails.
pub fn serve(tx: &mut Tx<'_>, ids: &[ResourceId], claim: Option<Interval>) -> Result<(), Error> {
    let around = claim.map(|claim| claim.widened(LONGEST_BUFFER, LONGEST_BUFFER));
    let mut known: BTreeMap<ResourceId, Resource> = BTreeMap::new();
    for entry in waitlist_entries::list_line(tx.conn, ids, around)? {
        if !known.contains_key(&entry.resource_id) {
            known.insert(entry.resource_id, storage::resources::get(tx.conn, entry.resource_id)?.at(tx.now));
        }
        let Some(resource) = known.get(&entry.resource_id) else { continue };
        let reach = resource.fields.rules.allocation(entry.desire.window);
        if claim.is_some_and(|claim| !claim.overlaps(reach)) {
            continue;
        }
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
                if let Some(booking) = try_offer(tx, resource, &entry, slot)? {
                    let offered = become_of(tx, WaitlistEntry { booking_id: Some(booking), ..entry }, WaitlistStatus::Offered)?;
                    record(tx, None, "waitlist.offer", &offered)?;
                    // The longest claim there has been is what claims are found by, and it may have been made just now.
                    known.clear();
                }
            }
        }
    }
    Ok(())
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
    let slot = first_fit(tx, resource, wisher(entry.organization_id, entry.user_id), &entry.desire)?;
    Ok(slot.map_or(Turn::Wait, Turn::Take))
}

/// Offers a slot, unless it is refused: then they wait on, for what is in the way of one must not stop whoever books, cancels
/// or waits behind them.
fn try_offer(tx: &mut Tx<'_>, resource: &Resource, entry: &WaitlistEntry, slot: Interval) -> Result<Option<BookingId>, Error> {
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

const fn wisher(organization_id: OrganizationId, user_id: UserId) -> Wisher {
    Wisher { organization_id, user_id, instead_of: None }
}

/// The first slot that is free, that has a price, and that the rules allow the customer.
fn first_fit(tx: &mut Tx<'_>, resource: &Resource, customer: Wisher, desire: &Desire) -> Result<Option<Interval>, Error> {
    let Some(search) = desire.slots().filter(|_| resource.fields.status == ResourceStatus::Listed) else { return Ok(None) };
    let slots = bookable_slots(tx, resource, search)?;
    first_for(tx, resource, customer.into(), search, slots)
}

fn become_of(tx: &mut Tx<'_>, entry: WaitlistEntry, status: WaitlistStatus) -> Result<WaitlistEntry, Error> {
    let entry = WaitlistEntry { status, updated_at: tx.now, ..entry };
    waitlist_entries::update(tx.conn, &entry)?;
    Ok(WaitlistEntry { revision: entry.revision + 1, ..entry })
}

fn record(tx: &mut Tx<'_>, caller: Option<Caller>, action: &str, entry: &WaitlistEntry) -> Result<(), Error> {
    let detail = json!({
        "status": entry.status, "resource_id": entry.resource_id, "customer": entry.organization_id,
        "starts_at": entry.desire.window.starts_at(), "ends_at": entry.desire.window.ends_at(),
        "quantity": entry.desire.quantity, "booking_id": entry.booking_id,
    });
    let object = ("waitlist_entry", entry.id.as_str());
    audit(tx, caller.map(|caller| caller.user_id), Some(entry.host_organization_id), action, object, &detail)
}
