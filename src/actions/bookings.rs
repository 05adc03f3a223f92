//! Booking, and what can happen to a booking.

use serde_json::json;

use super::error::Error;
use super::record::{audit, publish};
use super::{Caller, authorize, check_standing, is_insider, search};
use crate::domain::alternatives::Alternative;
use crate::domain::booking::{BookingStatus, Move};
use crate::domain::event::{BookingFacts, Event};
use crate::domain::fields::{Fields, InvalidFields};
use crate::domain::ids::{BookingId, OrganizationId, ResourceId, SiteId};
use crate::domain::interval::Interval;
use crate::domain::paging::{Page, Paging};
use crate::domain::permissions::{Permission, Role};
use crate::domain::pricing::{Price, price};
use crate::domain::problem::Code;
use crate::domain::resource::ResourceStatus;
use crate::domain::rules::{Violation, Wish};
use crate::domain::time::UtcTime;
use crate::storage::blocks;
use crate::storage::bookings::{self, Booking, Filter};
use crate::storage::db::Tx;
use crate::storage::members;
use crate::storage::resources::{self, Resource};

/// A customer's wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBooking {
    /// Who books and pays.
    pub organization_id: OrganizationId,
    /// What.
    pub resource_id: ResourceId,
    /// When.
    pub interval: Interval,
    /// How much.
    pub quantity: i32,
    /// From the customer to the host.
    pub note: String,
}

/// Books: the rules are checked, the price is fixed, the capacity is claimed, and what the outside
/// must hear of is put into the outbox, all or nothing.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`,
/// [`Error::RulesViolated`] with all the rules that are broken, `slot_unavailable`.
pub fn book(tx: &mut Tx<'_>, caller: Caller, wish: &NewBooking) -> Result<Booking, Error> {
    let standing = members::find_standing(tx.conn, caller.user_id, wish.organization_id)?;
    check_standing(caller, standing.as_ref(), Permission::Book, true)?;
    resources::lock(tx.conn, wish.resource_id)?;
    let resource = resources::get(tx.conn, wish.resource_id)?;
    check_bookable(tx, caller, &resource)?;
    let violations = violations(tx, &resource, Some(wish.organization_id), wish.interval, wish.quantity)?;
    if !violations.is_empty() {
        return Err(Error::RulesViolated(violations));
    }
    let rules = &resource.fields.rules;
    let booking = Booking {
        id: tx.new_id(),
        status: BookingStatus::new(rules.requires_approval),
        organization_id: wish.organization_id,
        organization_name: standing.and_then(|standing| standing.organization_name).unwrap_or_default(),
        host_organization_id: resource.organization_id,
        site_id: resource.site_id,
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        interval: wish.interval,
        claim: rules.allocation(wish.interval),
        quantity: wish.quantity,
        price: price_of(&resource, wish.interval, wish.quantity)?,
        booking_rules_id: resource.booking_rules_id,
        tariff_id: resource.tariff_id,
        note: wish.note.clone(),
        created_by: caller.user_id,
        cancelled_at: None,
        cancelled_by: None,
        reason: String::new(),
        calendar_sequence: 0,
        revision: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    if booking.claim.starts_at() < tx.now {
        end_over(tx, booking.resource_id)?;
    }
    bookings::insert(tx.conn, &booking)?;
    record(tx, Some(caller), "booking.create", &booking)?;
    Ok(booking)
}

/// Whether the caller may book the resource at all, rules aside.
fn check_bookable(tx: &mut Tx<'_>, caller: Caller, resource: &Resource) -> Result<(), Error> {
    if !resource.is_public() && !is_insider(tx, Some(caller), resource.organization_id)? {
        return Err(Error::not_found());
    }
    match resource.fields.status {
        ResourceStatus::Listed => Ok(()),
        status => Err(Error::Refused(Code::ResourceNotBookable, format!("The resource is {status}."))),
    }
}

fn violations(
    tx: &mut Tx<'_>,
    resource: &Resource,
    customer: Option<OrganizationId>,
    interval: Interval,
    quantity: i32,
) -> Result<Vec<Violation>, Error> {
    let active = match (resource.fields.rules.max_active_per_organization, customer) {
        (Some(_), Some(customer)) => bookings::count_active(tx.conn, resource.id, customer, tx.now)?,
        _ => 0,
    };
    let active = i32::try_from(active).unwrap_or(i32::MAX);
    Ok(resource.bookable().violations(tx.now, Wish { interval, quantity, active }))
}

fn price_of(resource: &Resource, interval: Interval, quantity: i32) -> Result<Price, InvalidFields> {
    let mut fields = Fields::default();
    let price = fields.take("/ends_at", price(&resource.fields.tariff, interval, quantity));
    fields.finish(|| price)
}

/// Why a slot cannot be had.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// When the quantity is not free; never because of whom.
    pub conflicts: Vec<Interval>,
    /// What could be booked instead, the best first.
    pub alternatives: Vec<Alternative>,
}

/// Why a slot that was refused cannot be had, and what could be booked instead.
///
/// # Errors
/// When the database fails.
pub fn explain_clash(tx: &mut Tx<'_>, wish: &NewBooking) -> Result<Clash, Error> {
    let resource = resources::get(tx.conn, wish.resource_id)?;
    let conflicts = search::conflicts(tx, &resource, wish.interval, wish.quantity)?;
    let alternatives = search::alternatives(tx, &resource, wish.interval, wish.quantity)?;
    Ok(Clash { conflicts, alternatives })
}

/// The price of a slot and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What it would cost.
    pub price: Price,
    /// The rules that it would break.
    pub violations: Vec<Violation>,
    /// Until when the price holds, if the host does not change the tariff.
    pub expires_at: UtcTime,
}

/// How long a quote is good for.
const QUOTE_MINUTES: i64 = 15;

/// What a slot would cost, and which rules it would break. Whether it is free is not looked at.
///
/// # Errors
/// `not_found`, `forbidden` for an organization that the caller does not belong to.
pub fn quote(
    tx: &mut Tx<'_>,
    caller: Option<Caller>,
    id: ResourceId,
    customer: Option<OrganizationId>,
    interval: Interval,
    quantity: i32,
) -> Result<Quote, Error> {
    let resource = super::resources::get(tx, caller, id)?;
    if let Some(customer) = customer {
        let caller = caller.ok_or_else(|| Error::refused(Code::NotSignedIn))?;
        authorize(tx, caller, customer, Permission::View, true)?;
    }
    let price = price_of(&resource, interval, quantity)?;
    let violations = violations(tx, &resource, customer, interval, quantity)?;
    let expires_at = tx.now + chrono::TimeDelta::minutes(QUOTE_MINUTES);
    Ok(Quote { price, violations, expires_at })
}

/// Loads a booking for one of the two parties, any member of the customer or a manager of the host,
/// and says whether the caller is on the host's side.
fn get_as_party(tx: &mut Tx<'_>, caller: Caller, id: BookingId) -> Result<(Booking, bool), Error> {
    let booking = bookings::get(tx.conn, id)?;
    let mut may = |organization, permission| -> Result<bool, Error> {
        let standing = members::find_standing(tx.conn, caller.user_id, organization)?;
        Ok(standing.is_some_and(|standing| standing.may(permission)))
    };
    let is_customer = may(booking.organization_id, Permission::View)?;
    let is_host = may(booking.host_organization_id, Permission::Manage)?;
    if is_customer || is_host { Ok((booking, is_host)) } else { Err(Error::not_found()) }
}

/// A booking, for the two parties.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Caller, id: BookingId) -> Result<Booking, Error> {
    Ok(get_as_party(tx, caller, id)?.0)
}

/// Which bookings a caller looks for.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Only those in which this organization is the customer or the host.
    pub organization: Option<OrganizationId>,
    /// Only of this resource.
    pub resource: Option<ResourceId>,
    /// Only at this site.
    pub site: Option<SiteId>,
    /// Only in this state.
    pub status: Option<BookingStatus>,
    /// Only those that end after this instant.
    pub from: Option<UtcTime>,
    /// Only those that start before this instant.
    pub to: Option<UtcTime>,
}

/// The bookings that the caller is a party to, as customer and as manager of the host, by start.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(tx: &mut Tx<'_>, caller: Caller, search: &Search, paging: &Paging) -> Result<Page<Booking>, Error> {
    let roles: Vec<(OrganizationId, Role)> = match search.organization {
        None => members::list_roles(tx.conn, caller.user_id)?,
        Some(organization) => {
            let standing = members::find_standing(tx.conn, caller.user_id, organization)?;
            check_standing(caller, standing.as_ref(), Permission::View, true)?;
            // An operator sees what an owner sees.
            vec![(organization, standing.and_then(|standing| standing.role).unwrap_or(Role::Owner))]
        }
    };
    let filter = Filter {
        customers: roles.iter().map(|(organization, _)| *organization).collect(),
        hosts: roles.iter().filter(|(_, role)| role.allows(Permission::Manage)).map(|(organization, _)| *organization).collect(),
        resource: search.resource,
        site: search.site,
        status: search.status,
        from: search.from,
        to: search.to,
    };
    let after = paging.after.as_deref().map(read_key).transpose()?;
    let rows = bookings::list(tx.conn, &filter, after, paging.rows())?;
    Ok(paging.page(rows, |booking| format!("{} {}", booking.interval.starts_at().micros(), booking.id)))
}

fn read_key(key: &str) -> Result<(UtcTime, BookingId), InvalidFields> {
    let mut fields = Fields::default();
    let read = key.split_once(' ').and_then(|(micros, id)| Some((UtcTime::from_micros(micros.parse().ok()?), id.parse().ok()?)));
    if read.is_none() {
        fields.refuse("cursor", "invalid", "must be the next_cursor of the page before");
    }
    fields.finish(|| read)
}

/// Cancels a booking, by either party; its capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that is over.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: BookingId, reason: &str) -> Result<Booking, Error> {
    let (booking, is_host) = get_as_party(tx, caller, id)?;
    let (organization, permission) = match is_host {
        true => (booking.host_organization_id, Permission::Manage),
        false => (booking.organization_id, Permission::Book),
    };
    authorize(tx, caller, organization, permission, true)?;
    let mut cancelled = moved(tx, &booking, Move::Cancel)?;
    cancelled.cancelled_at = Some(tx.now);
    cancelled.cancelled_by = Some(caller.user_id);
    cancelled.calendar_sequence += 1;
    reason.clone_into(&mut cancelled.reason);
    change(tx, Some(caller), "booking.cancel", cancelled)
}

/// Agrees to a request, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_transition`.
pub fn approve(tx: &mut Tx<'_>, caller: Caller, id: BookingId) -> Result<Booking, Error> {
    let approved = answered(tx, caller, id, Move::Approve)?;
    change(tx, Some(caller), "booking.approve", approved)
}

/// Refuses a request, as a manager of the host; its capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_transition`.
pub fn decline(tx: &mut Tx<'_>, caller: Caller, id: BookingId, reason: &str) -> Result<Booking, Error> {
    let mut declined = answered(tx, caller, id, Move::Decline)?;
    reason.clone_into(&mut declined.reason);
    change(tx, Some(caller), "booking.decline", declined)
}

/// A request after the host's answer.
fn answered(tx: &mut Tx<'_>, caller: Caller, id: BookingId, answer: Move) -> Result<Booking, Error> {
    let (booking, _) = get_as_party(tx, caller, id)?;
    authorize(tx, caller, booking.host_organization_id, Permission::Manage, true)?;
    moved(tx, &booking, answer)
}

/// The booking after a move, if its state allows the move and its time is not over.
fn moved(tx: &Tx<'_>, booking: &Booking, happens: Move) -> Result<Booking, Error> {
    let status = booking.status;
    let is_over = status.takes_capacity() && booking.interval.ends_at() <= tx.now;
    match status.after(happens) {
        Some(next) if !is_over || happens == Move::End => Ok(Booking { status: next, updated_at: tx.now, ..booking.clone() }),
        _ => {
            let state = if is_over { "over" } else { status.as_str() };
            Err(Error::Refused(Code::InvalidTransition, format!("The booking is {state}; it cannot {happens} any more.")))
        }
    }
}

/// Stores a booking that has changed.
fn change(tx: &mut Tx<'_>, caller: Option<Caller>, action: &str, booking: Booking) -> Result<Booking, Error> {
    bookings::update(tx.conn, &booking)?;
    let booking = Booking { revision: booking.revision + 1, ..booking };
    record(tx, caller, action, &booking)?;
    Ok(booking)
}

/// Writes what happened to a booking into the audit log, and into the outbox if the parties are to
/// hear of it.
fn record(tx: &mut Tx<'_>, caller: Option<Caller>, action: &str, booking: &Booking) -> Result<(), Error> {
    let detail = json!({
        "status": booking.status, "resource_id": booking.resource_id, "customer": booking.organization_id,
        "starts_at": booking.interval.starts_at(), "ends_at": booking.interval.ends_at(), "quantity": booking.quantity,
    });
    let object = ("booking", booking.id.as_str());
    audit(tx, caller.map(|caller| caller.user_id), Some(booking.host_organization_id), action, object, &detail)?;
    let facts = BookingFacts {
        booking_id: booking.id,
        starts_at: booking.interval.starts_at(),
        ends_at: booking.interval.ends_at(),
        quantity: booking.quantity,
        price: booking.price.total,
        calendar_sequence: booking.calendar_sequence,
        reason: booking.reason.clone(),
    };
    let event = match booking.status {
        BookingStatus::Requested => Event::BookingRequested(facts),
        BookingStatus::Confirmed => Event::BookingConfirmed(facts),
        BookingStatus::Cancelled => Event::BookingCancelled(facts),
        BookingStatus::Declined => Event::BookingDeclined(facts),
        BookingStatus::Held
        | BookingStatus::InUse
        | BookingStatus::Completed
        | BookingStatus::NoShow
        | BookingStatus::Expired => {
            return Ok(());
        }
    };
    publish(tx, &event)
}

/// Ends at most `limit` bookings whose time, buffers included, is over: on one resource or on all.
/// Answers how many it ended.
///
/// # Errors
/// When the database fails.
pub fn complete_due(tx: &mut Tx<'_>, resource: Option<ResourceId>, limit: i64) -> Result<usize, Error> {
    let over = bookings::list_over(tx.conn, resource, tx.now, limit)?;
    for booking in &over {
        let ended = moved(tx, booking, Move::End)?;
        change(tx, None, "booking.end", ended)?;
    }
    Ok(over.len())
}

/// Ends what is over on a resource, so that it stands in the way of nothing that reaches back.
///
/// # Errors
/// When the database fails.
pub fn end_over(tx: &mut Tx<'_>, resource: ResourceId) -> Result<(), Error> {
    complete_due(tx, Some(resource), i64::MAX)?;
    blocks::update_over(tx.conn, Some(resource), tx.now)?;
    Ok(())
}
