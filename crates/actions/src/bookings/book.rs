//! Making a booking.

use serde_json::{Value, json};

use super::offer::{is_by_host, offer_to_customer};
use super::{Actor, Leaving, Told, as_agreed, due, news, record};
use crate::certifications::certified;
use crate::customers::{self, Taker, Wisher};
use crate::error::Error;
use crate::{Caller, check_standing, is_insider, search, terms};
use domain::alternatives::Alternative;
use domain::booking::{Booking, BookingStatus, Hold, Side};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingGroupId, BookingId, OrganizationId, ResourceId, SeriesId, UserId};
use domain::interval::Interval;
use domain::permissions::Permission;
use domain::pricing::{Price, Tariff, price};
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::{Violation, Wish};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use storage::bookings;
use storage::db::Tx;
use storage::members;
use storage::resources;
use storage::waitlist_entries;

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
    /// Who is to work at the machine, a member of the customer; who books it if left out.
    pub operated_by: Option<UserId>,
    /// From the customer to the host.
    pub note: String,
    /// Whether the slot is only to be kept for a while, until the booking is confirmed.
    pub hold: bool,
    /// Why a manager of the host books against the rules; what they mark as overridable gives way.
    pub override_reason: Option<String>,
    /// Terms that are accepted with the booking.
    pub accepted_terms: Vec<AgreedTerms>,
}

/// Books: the rules are checked, the price is fixed, the capacity is claimed, and what the outside
/// must hear of is put into the outbox, all or nothing. What a manager of the host books for a customer
/// is held until the customer confirms it.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `not_found`, `resource_not_bookable`, `terms_outdated`,
/// [`Error::RulesViolated`] with all the rules that are broken, `slot_unavailable`.
pub fn book(tx: &mut Tx<'_>, caller: Caller, wish: &NewBooking) -> Result<Booking, Error> {
    let customer = match authorize_customer(tx, caller, wish.organization_id) {
        Err(_) if is_by_host(tx, caller, wish)? => return offer_to_customer(tx, caller, wish),
        customer => customer?,
    };
    let is_behind = resources::lock(tx.conn, &[wish.resource_id], tx.now)?;
    let (booking, detail) = place(tx, caller, &customer, wish, is_behind, PartOf::default())?;
    let actor = Actor { side: Side::Customer, user_id: Some(caller.user_id) };
    record(tx, actor, "create", &booking, Told { happened: news(booking.status), detail, ..Told::default() })?;
    Ok(booking)
}

/// Goes on only if the caller may book in the name of the organization, and answers its name.
pub(crate) fn authorize_customer(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId) -> Result<String, Error> {
    let standing = members::find_standing(tx.conn, caller.user_id, organization)?;
    check_standing(caller, standing.as_ref(), Permission::Book, true)?;
    Ok(standing.and_then(|standing| standing.organization_name).unwrap_or_default())
}

/// Goes on only if who is to operate a machine belongs to the customer, and keeps it so to the end of the transaction.
pub(super) fn hold_member(tx: &mut Tx<'_>, organization: OrganizationId, user: UserId) -> Result<(), Error> {
    check_member(tx, "/operated_by", organization, user)?;
    keep_member(tx, organization, user)
}

/// The same of somebody who was found to belong to it in this transaction.
fn keep_member(tx: &mut Tx<'_>, organization: OrganizationId, user: UserId) -> Result<(), Error> {
    if members::lock_shared(tx.conn, organization, user)? { Ok(()) } else { Err(not_a_member("/operated_by")) }
}

fn not_a_member(pointer: &str) -> Error {
    InvalidFields::one(pointer, "not_a_member", "must be a member of the organization that books").into()
}

/// Goes on only if who is to operate a machine belongs to the customer.
pub(crate) fn check_member(tx: &mut Tx<'_>, pointer: &str, organization: OrganizationId, user: UserId) -> Result<(), Error> {
    let standing = members::find_standing(tx.conn, user, organization)?;
    if standing.is_some_and(|standing| standing.role.is_some()) { Ok(()) } else { Err(not_a_member(pointer)) }
}

/// What a booking is made together with.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PartOf {
    pub(crate) series_id: Option<SeriesId>,
    pub(crate) group_id: Option<BookingGroupId>,
    /// Until when it is kept, like all else, as a hold.
    pub(crate) held_until: Option<UtcTime>,
}

/// Claims what is wished for, maybe as a part of something, on a resource that is locked, and settled first
/// if it `is_behind`. Answers the booking, and what its history must say besides; nothing is told yet.
pub(crate) fn place(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: &str,
    wish: &NewBooking,
    is_behind: bool,
    part_of: PartOf,
) -> Result<(Booking, Value), Error> {
    let resource = open(tx, caller, wish, is_behind)?;
    let (booking, violations) = draft(tx, caller, customer, wish, &resource, part_of)?;
    let detail = overridden(tx, caller, &resource, violations, wish.override_reason.as_deref())?;
    bookings::insert(tx.conn, &booking)?;
    Ok((booking, detail))
}

/// What is wished for, if it is on offer to the caller, and with all settled that could be in the way.
pub(super) fn open(tx: &mut Tx<'_>, caller: Caller, wish: &NewBooking, is_behind: bool) -> Result<Resource, Error> {
    let resource = resources::get(tx.conn, wish.resource_id)?;
    check_bookable(tx, caller, &resource)?;
    let claim = resource.fields.rules.allocation(wish.interval);
    if is_behind || claim.starts_at() < tx.now {
        due::settle_for(tx, &resource, claim)?;
    }
    Ok(resource)
}

/// The booking that a wish comes to by the rules and the prices of the resource, and all that it breaks of the rules.
pub(super) fn draft(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: &str,
    wish: &NewBooking,
    resource: &Resource,
    part_of: PartOf,
) -> Result<(Booking, Vec<Violation>), Error> {
    let operated_by = wish.operated_by.unwrap_or(caller.user_id);
    if operated_by == caller.user_id {
        keep_member(tx, wish.organization_id, operated_by)?;
    } else {
        hold_member(tx, wish.organization_id, operated_by)?;
    }
    let asked = Asked {
        resource,
        customer: Some(Wisher { organization_id: wish.organization_id, user_id: caller.user_id, instead_of: None }),
        interval: wish.interval,
        quantity: wish.quantity,
        operated_by: Some(operated_by),
        in_place_of: None,
    };
    terms::accept_with_booking(tx, caller, wish.organization_id, resource.organization_id, &wish.accepted_terms)?;
    let (terms, missing) = terms::of_booking(tx, resource, wish.organization_id)?;
    let mut violations = violations(tx, asked)?;
    violations.extend(missing);
    let rules = &resource.fields.rules;
    let (status, lapses_at) = match part_of.held_until {
        Some(until) => (BookingStatus::Held, Some(until)),
        None => rules.begin(tx.now, wish.hold, wish.interval),
    };
    let hold = (status == BookingStatus::Held).then(|| Hold::by_customer(rules.requires_payment));
    let booking = Booking {
        id: tx.new_id(),
        status,
        organization_id: wish.organization_id,
        organization_name: customer.to_owned(),
        host_organization_id: resource.organization_id,
        site_id: resource.site_id,
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        interval: wish.interval,
        claim: rules.allocation(wish.interval),
        quantity: wish.quantity,
        price: price_of(&resource.fields.tariff, wish.interval, wish.quantity)?,
        booking_rules_id: resource.booking_rules_id,
        rules: rules.clone(),
        tariff_id: resource.tariff_id,
        terms,
        note: wish.note.clone(),
        series_id: part_of.series_id,
        group_id: part_of.group_id,
        hold,
        created_by: caller.user_id,
        operated_by: Some(operated_by),
        ending: None,
        lapses_at,
        usage: None,
        calendar_sequence: 0,
        revision: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    Ok((booking, violations))
}

/// Goes on only if nothing is broken, or if all of it may be overridden and a manager of the host
/// says why; answers what the history must say about it.
pub(super) fn overridden(
    tx: &mut Tx<'_>,
    caller: Caller,
    resource: &Resource,
    violations: Vec<Violation>,
    reason: Option<&str>,
) -> Result<Value, Error> {
    if violations.is_empty() {
        return Ok(Value::Null);
    }
    let standing = members::find_standing(tx.conn, caller.user_id, resource.organization_id)?;
    let may_override = standing.is_some_and(|standing| standing.may(Permission::Manage));
    match reason {
        Some(reason) if may_override && violations.iter().all(|violation| violation.overridable) => {
            Ok(json!({ "overridden": violations, "override_reason": reason }))
        }
        _ => Err(Error::RulesViolated(violations)),
    }
}

/// Whether the caller may book the resource at all, rules aside.
pub(crate) fn check_bookable(tx: &mut Tx<'_>, caller: Caller, resource: &Resource) -> Result<(), Error> {
    if !resource.is_public() && !is_insider(tx, Some(caller), resource.organization_id)? {
        return Err(Error::not_found());
    }
    check_on_offer(resource)
}

/// Whether the resource, and what it takes along, is on offer.
pub(crate) fn check_on_offer(resource: &Resource) -> Result<(), Error> {
    match resource.withheld() {
        None => Ok(()),
        Some(why) => Err(Error::Refused(Code::ResourceNotBookable, format!("The resource {why}."))),
    }
}

/// A slot that is held to the rules of a resource.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) resource: &'a Resource,
    /// Who would have it; without it the rules about customers are left aside.
    pub(super) customer: Option<Wisher>,
    pub(super) interval: Interval,
    pub(super) quantity: i32,
    /// Who would operate it; without it nobody's certifications are asked for.
    pub(super) operated_by: Option<UserId>,
    /// The booking that would move there.
    pub(super) in_place_of: Option<&'a Booking>,
}

/// All that a slot breaks of the rules.
pub(super) fn violations(tx: &mut Tx<'_>, asked: Asked<'_>) -> Result<Vec<Violation>, Error> {
    let Asked { resource, customer, interval, quantity, operated_by, in_place_of } = asked;
    let customer = customer.map(|wisher| customers::get(tx, resource, wisher, interval)).transpose()?;
    // A start that stays was agreed when the booking was made; for another resource it is asked for now, unless it has begun.
    let stays = in_place_of.filter(|booking| booking.interval.starts_at() == interval.starts_at());
    let is_elsewhere = |booking: &&Booking| booking.resource_id != resource.id;
    let agreed = stays.filter(|booking| !is_elsewhere(booking) || booking.life().has_begun(tx.now));
    let now = agreed.map_or(tx.now, |booking| booking.created_at);
    let mut violations = resource.bookable().violations(now, Wish { interval, quantity }, customer.as_ref());
    if agreed.is_none_or(|booking| is_elsewhere(&booking)) {
        violations.extend(resource.broken(tx.now, interval.starts_at()));
    }
    if let Some(operator) = operated_by {
        violations.extend(certified::missing(tx, &resource.fields.rules, operator, interval)?);
    }
    Ok(violations)
}

/// All that a slot would break of the rules if somebody had it, terms that they have not accepted included.
///
/// # Errors
/// When the database fails.
pub fn violations_by(
    tx: &mut Tx<'_>,
    resource: &Resource,
    taker: Taker,
    interval: Interval,
    quantity: i32,
) -> Result<Vec<Violation>, Error> {
    let Taker { wisher, operated_by } = taker;
    let asked = Asked { resource, customer: Some(wisher), interval, quantity, operated_by, in_place_of: None };
    let (_, missing) = terms::of_booking(tx, resource, wisher.organization_id)?;
    let mut violations = violations(tx, asked)?;
    violations.extend(missing);
    Ok(violations)
}

/// Whether the rules would let somebody have a slot.
///
/// # Errors
/// When the database fails.
pub fn may_book(tx: &mut Tx<'_>, resource: &Resource, taker: Taker, interval: Interval, quantity: i32) -> Result<bool, Error> {
    Ok(violations_by(tx, resource, taker, interval, quantity)?.is_empty())
}

/// The price of a slot.
pub(crate) fn price_of(tariff: &Tariff, interval: Interval, quantity: i32) -> Result<Price, InvalidFields> {
    let mut fields = Fields::default();
    let price = fields.take("/ends_at", price(tariff, interval, quantity));
    fields.finish(|| price)
}

/// Why a slot cannot be had.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// What was asked for.
    pub resource_id: ResourceId,
    /// When the quantity is not free; never because of whom.
    pub conflicts: Vec<Interval>,
    /// What could be booked instead, the best first.
    pub alternatives: Vec<Alternative>,
    /// The hold that keeps the slot for who asks, who has waited for it.
    pub own_offer: Option<BookingId>,
}

/// Why a wish that was refused cannot be had, and what could be booked instead.
///
/// # Errors
/// When the database fails.
pub fn explain(tx: &mut Tx<'_>, caller: Caller, wish: &NewBooking) -> Result<Clash, Error> {
    let user_id = match wish.operated_by {
        // For them the host books.
        Some(operator) if !is_insider(tx, Some(caller), wish.organization_id)? => operator,
        _ => caller.user_id,
    };
    let wisher = Wisher { organization_id: wish.organization_id, user_id, instead_of: None };
    let taker = Taker { operated_by: wish.operated_by.or(Some(user_id)), wisher };
    let own_offer = waitlist_entries::find_offer(tx.conn, wish.resource_id, wish.organization_id, wish.interval, tx.now)?;
    Ok(Clash { own_offer, ..explain_clash(tx, wish.resource_id, (wish.interval, wish.quantity), None, taker)? })
}

/// Why a slot that was refused cannot be had, by a booking that would leave its own for it if one is `leaving`, and what
/// could be booked instead.
///
/// # Errors
/// When the database fails.
pub(super) fn explain_clash(
    tx: &mut Tx<'_>,
    resource: ResourceId,
    slot: (Interval, i32),
    leaving: Option<Leaving<'_>>,
    taker: Taker,
) -> Result<Clash, Error> {
    let resource = resources::get(tx.conn, resource)?;
    let resource = match leaving {
        Some(leaving) => as_agreed(tx, leaving.booking, resource)?,
        None => resource,
    };
    let conflicts = search::conflicts(tx, &resource, slot, leaving.map(|leaving| leaving.booking.id))?;
    let alternatives = search::alternatives(tx, &resource, slot, leaving, taker)?;
    Ok(Clash { resource_id: resource.id, conflicts, alternatives, own_offer: None })
}
