//! Offering freed capacity to the waitlist: the first entry in order of arrival that a free slot fits gets a hold. An action
//! that claims capacity offers it to the waitlist first, so that nobody overtakes an entry.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::entries::{change_status, record};
use super::offer::offer;
use crate::customers::Requester;
use crate::error::Error;
use crate::record::publish;
use crate::search::first_for;
use crate::{in_name_of, is_insider};
use domain::booking::Booking;
use domain::fact::{Event, WaitlistEnding};
use domain::ids::ResourceId;
use domain::interval::Interval;
use domain::permissions::Permission;
use domain::principal::Principal;
use domain::resource::{Resource, ResourceStatus};
use domain::rules::LONGEST_BUFFER;
use domain::slot::{SlotSearch, WantedSlot};
use domain::time::UtcTime;
use domain::waitlist::{WaitlistStatus, contested};
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::waitlist_entries::{self, WaitlistEntry};
use storage::{members, resources};

/// Offers the free capacity of these resources to the entries that wait for any of them, in order of arrival, and removes the
/// entries that can no longer get a slot. With a `claim`, which is about to be made, only those entries get an offer that the
/// claim could overtake. The bookings and blocks on the resources that are over or have expired must have ended.
///
/// # Errors
/// When the database fails.
pub(crate) fn offer_freed(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    ids: &[ResourceId],
    claim: Option<Interval>,
) -> Result<(), Error> {
    let mut known = KnownResources::new();
    let queue = match claim {
        Some(claim) => list_overtaken(tx, &mut known, ids, claim)?,
        None => waitlist_entries::list_line(tx.conn, ids, None)?,
    };
    for entry in queue {
        let resource = find_known(tx, &mut known, entry.resource_id)?;
        match decide(tx, resource, &entry)? {
            Decision::Wait => {}
            Decision::Remove(status, ending) => {
                let ended = change_status(tx, entry, status, tx.now)?;
                record(
                    tx,
                    Principal::System,
                    if status == WaitlistStatus::Expired { "waitlist.expire" } else { "waitlist.leave" },
                    &ended,
                )?;
                if let Some(ending) = ending {
                    publish(tx, Principal::System, Event::WaitlistEntryEnded { ending, waitlist_entry_id: ended.id })?;
                }
            }
            Decision::Offer(slot) => {
                if let Some(Booking { id, lapses_at, .. }) = try_offer(tx, locked, resource, &entry, slot)? {
                    let is_in_time = lapses_at.is_some_and(|lapses_at| can_be_offered(resource, &entry.wanted, lapses_at));
                    let returns_when_lapsed = entry.returned_at.is_none() && is_in_time;
                    let entry = WaitlistEntry { booking_id: Some(id), lapses_at, returns_when_lapsed, ..entry };
                    let offered = change_status(tx, entry, WaitlistStatus::Offered, tx.now)?;
                    record(tx, Principal::System, "waitlist.offer", &offered)?;
                    // The offer may be the longest claim so far. Claims are found by that length, so the resources are read again.
                    known.clear();
                }
            }
        }
    }
    Ok(())
}

/// The resources that entries wait for, each read once.
type KnownResources = BTreeMap<ResourceId, Resource>;

fn find_known<'a>(tx: &mut ReadTx, known: &'a mut KnownResources, id: ResourceId) -> Result<&'a Resource, Error> {
    let resource: &Resource = match known.entry(id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(resources::get(&mut tx.conn, id)?.at(tx.now)),
    };
    Ok(resource)
}

/// The entries that a claim could overtake, in order of arrival: a slot for them could overlap the claim, or could overlap a
/// slot for another such entry, which gets its offer before the claim is made.
fn list_overtaken(
    tx: &mut ReadTx,
    known: &mut KnownResources,
    ids: &[ResourceId],
    claim: Interval,
) -> Result<Vec<WaitlistEntry>, Error> {
    // Most claims overtake nobody, however long the queue is.
    let near = waitlist_entries::list_line(&mut tx.conn, ids, Some(claim.widened(LONGEST_BUFFER, LONGEST_BUFFER)))?;
    if !wait_windows(tx, known, &near)?.iter().any(|window| window.overlaps(claim)) {
        return Ok(Vec::new());
    }
    let queue = waitlist_entries::list_line(&mut tx.conn, ids, None)?;
    let windows = wait_windows(tx, known, &queue)?;
    let contested = contested(claim, &windows);
    let overtaken = queue.into_iter().zip(windows).filter(|(_, window)| window.overlaps(contested));
    Ok(overtaken.map(|(entry, _)| entry).collect())
}

/// For each entry the time that holds every slot that could be offered to it, buffers included.
fn wait_windows(tx: &mut ReadTx, known: &mut KnownResources, queue: &[WaitlistEntry]) -> Result<Vec<Interval>, Error> {
    let mut windows = Vec::with_capacity(queue.len());
    for entry in queue {
        windows.push(find_known(tx, known, entry.resource_id)?.fields.rules.allocation(entry.wanted.window));
    }
    Ok(windows)
}

/// The decision about an entry in the queue.
enum Decision {
    /// No slot is free for it yet.
    Wait,
    /// It leaves the queue with this status. Its user is notified, unless they know.
    Remove(WaitlistStatus, Option<WaitlistEnding>),
    /// This slot is free for it.
    Offer(Interval),
}

fn decide(tx: &mut ReadTx, resource: &Resource, entry: &WaitlistEntry) -> Result<Decision, Error> {
    // Its offer has just expired, so others get the slot first.
    if entry.returned_at == Some(tx.now) {
        return Ok(Decision::Wait);
    }
    if !may_still_book(tx, entry)? {
        return Ok(Decision::Remove(WaitlistStatus::Left, None));
    }
    let caller = in_name_of(entry.user_id);
    let is_visible = resource.is_public() || is_insider(tx, Some(caller), resource.organization_id)?;
    if !is_visible || resource.fields.status == ResourceStatus::Retired {
        return Ok(Decision::Remove(WaitlistStatus::Left, Some(WaitlistEnding::Withdrawn)));
    }
    if !can_be_offered(resource, &entry.wanted, tx.now) {
        return Ok(Decision::Remove(WaitlistStatus::Expired, Some(WaitlistEnding::Expired)));
    }
    let WaitlistEntry { organization_id, user_id, .. } = *entry;
    let operated_by = Some(entry.operator());
    let requester = Requester { organization_id, user_id, operated_by, instead_of: None, booked_at: tx.now, group_id: None };
    let answered_by = resource.fields.rules.offer_answered_by(tx.now);
    let slot = first_fit(tx, resource, requester, &entry.wanted, answered_by)?;
    Ok(slot.map_or(Decision::Wait, Decision::Offer))
}

/// Whether an offer that is made at an instant could leave the stated time to answer it.
pub(super) fn can_be_offered(resource: &Resource, wanted: &WantedSlot, at: UtcTime) -> bool {
    wanted.is_possible(resource.fields.rules.offer_answered_by(at), resource.site.timezone)
}

/// Holds the slot for the entry. If that is refused the entry stays in the queue and the result is `None`: a refusal for one
/// entry must not stop the action that frees or claims capacity, nor the entries behind it.
fn try_offer(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    resource: &Resource,
    entry: &WaitlistEntry,
    slot: Interval,
) -> Result<Option<Booking>, Error> {
    match tx.attempt(|tx| offer(tx, locked, resource, entry, slot)) {
        Err(Error::RulesViolated(_) | Error::Refused(..) | Error::Invalid(_)) => Ok(None),
        offered => offered.map(Some),
    }
}

/// Whether [`offer_freed`] would change anything: an entry of the resource gets an offer, or leaves the queue.
///
/// # Errors
/// When the database fails.
pub fn has_work(tx: &mut ReadTx, resource: &Resource) -> Result<bool, Error> {
    for entry in waitlist_entries::list_line(&mut tx.conn, &[resource.id], None)? {
        if !matches!(decide(tx, resource, &entry)?, Decision::Wait) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the user of the entry may still book for the customer.
fn may_still_book(tx: &mut ReadTx, entry: &WaitlistEntry) -> Result<bool, Error> {
    let standing = members::find_standing(&mut tx.conn, entry.user_id, entry.organization_id)?;
    Ok(standing.is_some_and(|standing| standing.may(Permission::Book)))
}

/// The first slot that starts at an instant or later, is free, has a price, and can be booked under the rules.
pub(super) fn first_fit(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    wanted: &WantedSlot,
    from: UtcTime,
) -> Result<Option<Interval>, Error> {
    let Some(search) = wanted.slots().filter(|_| resource.fields.status == ResourceStatus::Listed) else { return Ok(None) };
    let SlotSearch { starts_within, .. } = search;
    match Interval::new(starts_within.starts_at().max(from), starts_within.ends_at()) {
        Ok(starts_within) => first_for(tx, resource, requester, SlotSearch { starts_within, ..search }),
        Err(_) => Ok(None),
    }
}
