//! Joining and leaving the waitlist, and reading its entries.

use chrono_tz::Tz;

use super::entries::{change_status, record};
use super::queue::{can_be_offered, first_fit};
use crate::bookings::access::{Actor, authorize_customer, check_member, check_on_offer, no_operator, parties, side_between};
use crate::bookings::due;
use crate::bookings::judge::{check_no_violation, violations_for};
use crate::bookings::transition::Transition;
use crate::customers::{self, Requester};
use crate::error::Error;
use crate::resources::visible;
use crate::search::{bookable_slots, first_beside};
use crate::{Caller, authorize, terms};
use domain::booking::{Move, Side};
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, ResourceId, UserId, WaitlistEntryId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::Violation;
use domain::said::said;
use domain::slot::{Slot, WantedSlot};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use domain::waitlist::WaitlistStatus;
use storage::db::{ReadTx, Tx};
use storage::waitlist_entries::{self, Filter, WaitlistEntry};
use storage::{bookings, resources};

/// How many entries for one resource an organization can have in the queue, and also a user, who can create many organizations.
const MOST_WAITING: usize = 10;

/// How many entries the queue of a resource can have: a claim may have to check each of them.
const LONGEST_QUEUE: usize = 200;

/// A new waitlist entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// The customer.
    pub organization_id: OrganizationId,
    /// The resource.
    pub resource_id: ResourceId,
    /// The user who would operate the resource, a member of the customer. If left out, the user who makes the entry.
    pub operated_by: Option<UserId>,
    /// The slots that fit.
    pub wanted: WantedSlot,
    /// The terms that the user accepts for the customer, so that an offered slot only needs to be confirmed.
    pub accepted_terms: Vec<AgreedTerms>,
}

/// Adds an entry at the end of the queue.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`, `terms_outdated`, `slot_available` when a slot
/// that fits is free, `already_waiting`, `waitlist_full`, `invalid_fields` when no slot can fit, and
/// [`Error::RulesViolated`] when every slot would always violate a rule, when only rules keep the free slots from being booked,
/// and while some terms are not accepted.
pub fn join(tx: &mut Tx<'_>, caller: Caller, new: &NewEntry) -> Result<WaitlistEntry, Error> {
    let organization_name = authorize_customer(tx, caller, new.organization_id)?;
    if let Some(operator) = new.operated_by {
        check_member(tx, "/operated_by", new.organization_id, operator)?;
    }
    // An action that frees a slot at the same time sees this entry, or this action sees the free slot.
    let locked = due::lock(tx, [new.resource_id])?;
    let resource = visible::get(tx, Some(caller), new.resource_id)?;
    due::expire_and_offer_before(tx, &locked, &resource, resource.fields.rules.allocation(new.wanted.window))?;
    check_on_offer(&resource)?;
    check_possible(tx.now, &resource, &new.wanted)?;
    for accepted in &new.accepted_terms {
        terms::accept(tx, caller, new.organization_id, *accepted, None)?;
    }
    let requester = Requester {
        organization_id: new.organization_id,
        user_id: caller.user_id,
        operated_by: Some(new.operated_by.or(caller.person()).ok_or_else(no_operator)?),
        instead_of: None,
        booked_at: tx.now,
        group_id: None,
    };
    let (_, missing) = terms::of_booking(tx, &resource, new.organization_id)?;
    let mut violations = lasting_violations(tx, &resource, requester, &new.wanted)?;
    violations.extend(missing);
    check_no_violation(violations)?;
    let queue = waitlist_entries::list_line(tx.conn, &[resource.id], None)?;
    let own: Vec<_> = queue.iter().filter(|entry| entry.organization_id == new.organization_id).collect();
    if own.iter().any(|entry| entry.wanted == new.wanted) {
        return Err(Error::Refused(Code::AlreadyWaiting, said!("The same entry is in the queue already.")));
    }
    let by_caller = queue.iter().filter(|entry| entry.user_id == caller.user_id).count();
    if own.len().max(by_caller) >= MOST_WAITING {
        let detail = said!(
            "An organization, and a user, can have at most {most} entries for one resource in the queue.",
            most = MOST_WAITING
        );
        return Err(Error::Refused(Code::AlreadyWaiting, detail));
    }
    let now = tx.now;
    if first_fit(tx, &resource, requester, &new.wanted, now)?.is_some() {
        return Err(Error::refused(Code::SlotAvailable));
    }
    if !can_be_offered(&resource, &new.wanted, now) {
        let minutes = resource.fields.rules.offer_minutes;
        let detail =
            said!("must leave time for a slot of this duration after the {minutes} min for the answer to an offer", minutes);
        return Err(InvalidFields::one("/ends_at", "invalid", detail).into());
    }
    if queue.len() >= LONGEST_QUEUE {
        return Err(Error::refused(Code::WaitlistFull));
    }
    check_no_violation(sole_violations(tx, &resource, requester, &new.wanted)?)?;
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
        wanted: new.wanted,
        booking_id: None,
        lapses_at: None,
        returns_when_lapsed: false,
        returned_at: None,
        ahead: i64::try_from(queue.iter().filter(|other| other.wanted.window.overlaps(new.wanted.window)).count()).ok(),
        revision: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    waitlist_entries::insert(tx.conn, &entry)?;
    record(tx, caller.principal(), "waitlist.join", &entry)?;
    Ok(entry)
}

/// The rules that every slot that fits would always violate.
fn lasting_violations(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    wanted: &WantedSlot,
) -> Result<Vec<Violation>, Error> {
    let Some(search) = wanted.slots() else { return Ok(Vec::new()) };
    let customer = customers::get(tx, resource, requester, search.reach())?;
    Ok(resource.bookable().lasting_violations(tx.now, search.starts_within, &customer))
}

/// The rules that the first free slot violates, if the rules would also refuse every slot that is taken now: waiting would not help.
fn sole_violations(
    tx: &mut ReadTx,
    resource: &Resource,
    requester: Requester,
    wanted: &WantedSlot,
) -> Result<Vec<Violation>, Error> {
    let Some(search) = wanted.slots() else { return Ok(Vec::new()) };
    let Some(free) = bookable_slots(tx, resource, search, None)?.next() else { return Ok(Vec::new()) };
    match first_beside(tx, resource, requester, search, &[])? {
        Some(_) => Ok(Vec::new()),
        None => violations_for(tx, resource, requester, Slot { interval: free, quantity: wanted.quantity }),
    }
}

/// Refuses an entry for which the rules or the clock leave no slot.
fn check_possible(now: UtcTime, resource: &Resource, wanted: &WantedSlot) -> Result<(), InvalidFields> {
    if !wanted.is_possible(now, resource.site.timezone) {
        return Err(InvalidFields::one("/ends_at", "invalid", said!("must leave time for a slot of this duration")));
    }
    if !wanted.slots().is_some_and(|search| resource.bookable().allows_some(search)) {
        let rules = &resource.fields.rules;
        let detail = said!(
            "must be {min_minutes} to {max_minutes} minutes, by the rules of the resource",
            min_minutes = rules.min_minutes,
            max_minutes = rules.max_minutes
        );
        return Err(InvalidFields::one("/duration_minutes", "out_of_range", detail));
    }
    if wanted.quantity > resource.fields.capacity.quantity {
        let detail = said!("must be at most {most}, the capacity of the resource", most = resource.fields.capacity.quantity);
        return Err(InvalidFields::one("/quantity", "out_of_range", detail));
    }
    Ok(())
}

/// The entries that the caller is a party to, as a member of the customer or as a manager of the host.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: Option<OrganizationId>,
    filter: Filter<'_>,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<WaitlistEntry>, Error> {
    let (customers, hosts) = parties(tx, caller, organization)?;
    let rows = waitlist_entries::list(&mut tx.conn, &customers, &hosts, filter, tx.now, paging.by_id(order))?;
    Ok(paging.page(rows, |entry| entry.id.to_string()).map(|entry| entry.at(tx.now)))
}

/// Lists the entries of the organizations of the caller as customers that wait or have an offer, each with the time zone of its site.
///
/// # Errors
/// When the database fails.
pub fn list_as_customer(tx: &mut ReadTx, caller: Caller, paging: &Paging) -> Result<Page<(WaitlistEntry, Tz)>, Error> {
    let (customers, _) = parties(tx, caller, None)?;
    let filter = Filter { statuses: &[WaitlistStatus::Waiting, WaitlistStatus::Offered], ..Filter::default() };
    let rows = waitlist_entries::list(&mut tx.conn, &customers, &[], filter, tx.now, paging.by_id(CreationOrder::CreatedAt))?;
    let page = paging.page(rows, |entry| entry.id.to_string());
    let ids: Vec<_> = page.items.iter().map(|entry| entry.resource_id).collect();
    let resources = resources::list_each(&mut tx.conn, &ids)?;
    let zone = |id| resources.iter().find(|resource| resource.id == id).map_or(Tz::UTC, |resource| resource.site.timezone);
    Ok(page.map(|entry| (entry.clone().at(tx.now), zone(entry.resource_id))))
}

/// Returns an entry to a member of the customer or a manager of the host.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: WaitlistEntryId) -> Result<WaitlistEntry, Error> {
    let entry = waitlist_entries::get(&mut tx.conn, id, tx.now)?;
    side_between(tx, caller, entry.host_organization_id, entry.organization_id)?;
    Ok(entry.at(tx.now))
}

/// Takes an entry out of the queue, as the customer. A hold that was offered for the entry is cancelled.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for an entry that does not wait and has no offer.
pub fn leave(tx: &mut Tx<'_>, caller: Caller, id: WaitlistEntryId) -> Result<WaitlistEntry, Error> {
    let mut entry = get(tx, caller, id)?;
    authorize(tx, caller, entry.organization_id, Permission::Book, true)?;
    let is_written = waitlist_entries::get(tx.conn, id, tx.now)?.status == entry.status;
    if entry.status == WaitlistStatus::Waiting && !is_written {
        // Its offer has expired, and the slot goes to the next entry.
        due::catch_up(tx, entry.resource_id)?;
        entry = get(tx, caller, id)?;
    }
    if let (WaitlistStatus::Offered, Some(booking_id)) = (entry.status, entry.booking_id) {
        let offer = bookings::get(tx.conn, booking_id)?;
        Transition::new(tx, Actor::of(caller, Side::Customer), offer, Move::Cancel)?.cancel(tx, "")?;
        return get(tx, caller, id);
    }
    if entry.status != WaitlistStatus::Waiting {
        let detail =
            said!("The entry is {status}; only an entry that waits or has an offer can leave the queue.", status = entry.status);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let left = change_status(tx, entry, WaitlistStatus::Left, tx.now)?;
    record(tx, caller.principal(), "waitlist.leave", &left)?;
    Ok(left)
}
