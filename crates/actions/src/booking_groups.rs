//! Booking groups: several resources booked together, also of several hosts, all or nothing.

use std::collections::BTreeMap;

use super::Caller;
use super::bookings::access::{authorize_customer, authorize_move, check_may_override, confirming, parties, side_of};
use super::bookings::draft::{NewBooking, PartOf};
use super::bookings::due;
use super::bookings::journal::{Changed, publish_changes};
use super::bookings::together::{PlannedMove, book_part, move_all};
use super::bookings::transition::Transition;
use super::error::Error;
use super::paying;
use super::{search, terms};
use domain::alternatives::MOST_PARTS;
use domain::booking::change::{BookingChange, BookingSnapshot};
use domain::booking::{Booking, BookingStatus, Move, Party, Side};
use domain::booking_group::{self, RefusedBooking};
use domain::fact::Scope;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingGroupId, BookingId, OrganizationId};
use domain::money::{Currency, Money};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::{Said, said};
use domain::time::UtcTime;
use storage::booking_groups::{self, BookingGroup};
use storage::bookings;
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::resources;

/// A request to book a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBookingGroup {
    /// The customer, which books and pays.
    pub organization_id: OrganizationId,
    /// A note from the customer to the hosts.
    pub note: String,
    /// The bookings, all of them of this customer.
    pub bookings: Vec<NewBooking>,
}

/// A group with those of its bookings that the caller may see, by start.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The group.
    pub group: BookingGroup,
    /// Its bookings.
    pub bookings: Vec<Booking>,
}

/// A booking of a group that is not booked: its price, or the reasons for which it cannot be made.
pub type PreviewedBooking = Result<Money, RefusedBooking>;

/// The result of trying to make each booking of a group.
struct Tried {
    group: BookingGroup,
    booked: Vec<(usize, Changed)>,
    refused: Vec<RefusedBooking>,
}

/// Previews a group: for each booking its price, or the reasons for which it cannot be made. The group is booked for this, and then all of
/// it is undone.
///
/// # Errors
/// `forbidden`, `email_not_verified`, `no_way_to_pay`, and terms that cannot be accepted.
pub fn preview(tx: &mut Tx<'_>, caller: Caller, new: &NewBookingGroup) -> Result<Vec<PreviewedBooking>, Error> {
    let Tried { booked, refused, .. } = tx.rehearse(|tx| book_each(tx, caller, new))?;
    let priced = booked.into_iter().map(|(index, changed)| (index, Ok(changed.booking.price.total)));
    let mut previewed: BTreeMap<usize, PreviewedBooking> = priced.collect();
    let mut others = Vec::new();
    for refusal in refused {
        match refusal.index() {
            Some(index) => drop(previewed.insert(index, Err(refusal))),
            None => others.push(refusal),
        }
    }
    check_refused(others)?;
    Ok(previewed.into_values().collect())
}

/// Books a group: all its bookings, or none.
///
/// # Errors
/// `forbidden`, `email_not_verified`, [`Error::BookingsRefused`] with all bookings that cannot be made.
pub fn create(tx: &mut Tx<'_>, caller: Caller, new: &NewBookingGroup) -> Result<Whole, Error> {
    let Tried { group, booked, refused } = book_each(tx, caller, new)?;
    check_refused(refused)?;
    let (mut bookings, mut changes) = (Vec::new(), Vec::new());
    for (_, Changed { booking, change }) in booked {
        bookings.push(booking);
        changes.push(change);
    }
    bookings.sort_by_key(|booking| (booking.interval.starts_at(), booking.id));
    publish_changes(tx, caller.principal(), Scope::Group { group_id: group.id, waiting: Vec::new() }, changes)?;
    Ok(Whole { group, bookings })
}

/// Makes each booking of a group that can be made, in order.
fn book_each(tx: &mut Tx<'_>, caller: Caller, new: &NewBookingGroup) -> Result<Tried, Error> {
    let customer = authorize_customer(tx, caller, new.organization_id)?;
    if let reason @ Some(_) = new.bookings.iter().find_map(|booking| booking.override_reason.as_deref()) {
        let wanted: Vec<_> = new.bookings.iter().map(|booking| booking.resource_id).collect();
        let hosts = resources::list_each(tx.conn, &wanted)?.into_iter().map(|resource| resource.organization_id);
        check_may_override(tx, caller, hosts, reason)?;
    }
    let locked = lock_and_offer(tx, new)?;
    let group = BookingGroup {
        id: tx.new_id(),
        organization_id: new.organization_id,
        organization_name: customer.clone(),
        note: new.note.clone(),
        created_by: caller.user_id,
        created_at: tx.now,
    };
    booking_groups::insert(tx.conn, &group)?;
    let held_until = held_until(tx, new)?;
    let part_of = PartOf { group_id: Some(group.id), held_until, ..PartOf::default() };
    let mut refused = accept_terms(tx, caller, new)?;
    let mut booked = Vec::new();
    for (index, one) in new.bookings.iter().enumerate() {
        let one = NewBooking { accepted_terms: Vec::new(), ..one.clone() };
        match tx.attempt(|tx| book_part(tx, caller, &customer, &one, &locked, part_of)) {
            Ok(changed) => booked.push((index, changed)),
            Err(error @ Error::Refused(Code::NoWayToPay, _)) => return Err(error),
            Err(error) => refused.push(cannot_be_made(tx, format!("/bookings/{index}"), &one, error)?),
        }
    }
    refused.extend(of_other_currency(&booked));
    Ok(Tried { group, booked, refused })
}

/// Ends what has expired on the resources of a group, and offers the freed capacity to the waitlist.
///
/// # Errors
/// When the database fails.
pub fn expire_and_offer(tx: &mut Tx<'_>, new: &NewBookingGroup) -> Result<(), Error> {
    lock_and_offer(tx, new).map(drop)
}

/// Locks the resources, and sweeps them before any booking is tried: an attempt that is undone must not undo the end of what has
/// expired, nor the offers to the waitlist.
fn lock_and_offer(tx: &mut Tx<'_>, new: &NewBookingGroup) -> Result<LockedResources, Error> {
    let wanted: Vec<_> = new.bookings.iter().map(|booking| booking.resource_id).collect();
    // A resource that does not exist is reported with all other refusals.
    let known: Vec<_> = resources::list_each(tx.conn, &wanted)?.iter().map(|resource| resource.id).collect();
    let mut locked = due::lock(tx, known)?;
    due::offer_freed(tx, &mut locked)?;
    Ok(locked)
}

/// The instant until which all bookings are held, if one of them is.
fn held_until(tx: &mut ReadTx, new: &NewBookingGroup) -> Result<Option<UtcTime>, Error> {
    let ids: Vec<_> = new.bookings.iter().map(|booking| booking.resource_id).collect();
    let resources = resources::list_each(&mut tx.conn, &ids)?;
    let mut wanted = Vec::new();
    for booking in &new.bookings {
        if let Some(resource) = resources.iter().find(|resource| resource.id == booking.resource_id) {
            let is_held = booking.hold || paying::is_by_card_before(tx, resource, booking.organization_id)?;
            wanted.push((is_held, &**resource.fields.rules, booking.slot.interval));
        }
    }
    Ok(booking_group::held_until(tx.now, wanted))
}

/// Finds what could be booked instead of the first refused bookings whose slots are taken.
///
/// # Errors
/// When the database fails.
pub fn explain(
    tx: &mut ReadTx,
    caller: Caller,
    new: &NewBookingGroup,
    mut refused: Vec<RefusedBooking>,
) -> Result<Vec<RefusedBooking>, Error> {
    for one in refused.iter_mut().filter(|one| one.code == Code::SlotUnavailable).take(MOST_PARTS) {
        if let Some(booking) = one.index().and_then(|index| new.bookings.get(index)) {
            one.alternatives = super::bookings::explain(tx, caller, booking)?.alternatives;
        }
    }
    Ok(refused)
}

/// Accepts the named terms, once for all the bookings. Returns a refusal for each that cannot be accepted.
fn accept_terms(tx: &mut Tx<'_>, caller: Caller, new: &NewBookingGroup) -> Result<Vec<RefusedBooking>, Error> {
    let mut refused = Vec::new();
    for (index, booking) in new.bookings.iter().enumerate() {
        for (number, accepted) in booking.accepted_terms.iter().enumerate() {
            if let Err(error) = terms::accept(tx, caller, new.organization_id, *accepted, None) {
                refused.push(refusal(Some(format!("/bookings/{index}/accepted_terms/{number}")), None, error)?);
            }
        }
    }
    Ok(refused)
}

/// The refusal of a booking that cannot be made; any other error ends the action.
fn cannot_be_made(tx: &mut ReadTx, pointer: String, new: &NewBooking, error: Error) -> Result<RefusedBooking, Error> {
    let mut refused = refusal(Some(pointer), None, error)?;
    if refused.code == Code::SlotUnavailable {
        let resource = resources::get(&mut tx.conn, new.resource_id)?;
        refused.conflicts = search::conflicts(tx, &resource, new.slot, None)?;
    }
    Ok(refused)
}

/// The refusal of a booking that keeps its group from being changed; any other error ends the action.
fn refusal(pointer: Option<String>, booking_id: Option<BookingId>, error: Error) -> Result<RefusedBooking, Error> {
    match (error, pointer) {
        (Error::RulesViolated(violations), pointer) => Ok(RefusedBooking {
            violations,
            ..RefusedBooking::new(pointer, booking_id, Code::BookingRulesViolated, Said::about(Code::BookingRulesViolated))
        }),
        (Error::Invalid(fields), Some(pointer)) => Ok(RefusedBooking::invalid(pointer, fields)),
        (
            Error::Refused(
                code @ (Code::NotFound
                | Code::TermsOutdated
                | Code::ResourceNotBookable
                | Code::SlotUnavailable
                | Code::InvalidTransition),
                detail,
            ),
            pointer,
        ) => Ok(RefusedBooking::new(pointer, booking_id, code, detail)),
        (error, _) => Err(error),
    }
}

/// A refusal for each booking whose currency differs from that of the first, because a group has one price.
fn of_other_currency(booked: &[(usize, Changed)]) -> Vec<RefusedBooking> {
    let priced = || booked.iter().map(|(index, changed)| (index, changed.booking.price.total.currency));
    let Some((_, first)) = priced().next() else { return Vec::new() };
    let refuse = |(index, currency): (&usize, Currency)| {
        let detail = said!(
            "has prices in {currency}, but the first booking in {first}, and a group has one price; book this resource separately",
            currency,
            first
        );
        RefusedBooking::invalid(format!("/bookings/{index}"), InvalidFields::one("/resource_id", "invalid", detail))
    };
    priced().filter(|(_, currency)| *currency != first).map(refuse).collect()
}

/// Checks that no booking was refused.
fn check_refused(refused: Vec<RefusedBooking>) -> Result<(), Error> {
    if refused.is_empty() { Ok(()) } else { Err(Error::BookingsRefused(refused)) }
}

/// Returns a group: to its customer with all its bookings, to managers of a host with the bookings at that host.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: BookingGroupId) -> Result<Whole, Error> {
    let (group, seen) = get_as_party(tx, caller, id)?;
    Ok(Whole { group, bookings: seen.into_iter().map(|(booking, _)| booking.at(tx.now)).collect() })
}

/// Loads a group with the bookings that the caller is a party to, as they are stored, each with the party of the caller.
fn get_as_party(tx: &mut ReadTx, caller: Caller, id: BookingGroupId) -> Result<(BookingGroup, Vec<(Booking, Side)>), Error> {
    let group = booking_groups::get(&mut tx.conn, id)?;
    let mut seen = Vec::new();
    for booking in bookings::list_of_groups(&mut tx.conn, &[id])? {
        match side_of(tx, caller, &booking) {
            Ok(side) => seen.push((booking, side)),
            // A host never sees what its customer books at other hosts.
            Err(Error::Refused(Code::NotFound, _)) => {}
            Err(error) => return Err(error),
        }
    }
    if seen.is_empty() { Err(Error::not_found()) } else { Ok((group, seen)) }
}

/// Lists the groups that the caller is a party to, as a member of the customer or as a manager of a host, each with the
/// bookings that the caller sees.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: Option<OrganizationId>,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Whole>, Error> {
    let (customers, hosts) = parties(tx, caller, organization)?;
    let rows = booking_groups::list(&mut tx.conn, &customers, &hosts, paging.by_id(order))?;
    let page = paging.page(rows, |group| group.id.to_string());
    let ids: Vec<_> = page.items.iter().map(|group| group.id).collect();
    let mut bookings = bookings::list_of_groups(&mut tx.conn, &ids)?;
    bookings.retain(|booking| customers.contains(&booking.organization_id) || hosts.contains(&booking.host_organization_id));
    Ok(page.map(|group| {
        let own = bookings.iter().filter(|booking| booking.group_id == Some(group.id));
        Whole { bookings: own.map(|booking| booking.clone().at(tx.now)).collect(), group }
    }))
}

/// Cancels the chosen bookings of a group, all or none; without a choice, all that the caller sees and that can be cancelled.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for bookings that are not in the group,
/// `invalid_transition` if none can be cancelled, [`Error::BookingsRefused`] with those that cannot be, or for which it is too
/// late for the customer.
pub fn cancel(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingGroupId,
    chosen: Option<&[BookingId]>,
    reason: &str,
) -> Result<Whole, Error> {
    change_chosen(tx, caller, id, chosen, Move::Cancel, |tx, transition| transition.cancel(tx, reason))
}

/// Approves the requests of a group at the hosts that the caller manages, all or none.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn approve(tx: &mut Tx<'_>, caller: Caller, id: BookingGroupId) -> Result<Whole, Error> {
    change_chosen(tx, caller, id, None, Move::Approve, |tx, transition| transition.agree(tx))
}

/// Declines the chosen requests of a group, all or none; without a choice, all at the hosts that the caller manages.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for bookings that are not in the group,
/// `invalid_transition` if there are no requests, [`Error::BookingsRefused`] with those that are none.
pub fn decline(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingGroupId,
    chosen: Option<&[BookingId]>,
    reason: &str,
) -> Result<Whole, Error> {
    change_chosen(tx, caller, id, chosen, Move::Decline, |tx, transition| transition.decline(tx, reason))
}

/// Makes a move with the chosen bookings of a group; without a choice, with all for which it is possible and allowed.
fn change_chosen(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingGroupId,
    chosen: Option<&[BookingId]>,
    happens: Move,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Changed, Error>,
) -> Result<Whole, Error> {
    let (group, mut seen) = get_as_party(tx, caller, id)?;
    if let Some((booking, side)) = seen.first()
        && seen.iter().all(|(_, side)| !happens.is_for(*side))
    {
        authorize_move(tx, caller, booking, *side, true)?;
    }
    match chosen {
        Some(chosen) => {
            check_chosen(chosen, &seen)?;
            seen.retain(|(booking, _)| chosen.contains(&booking.id));
        }
        None => seen.retain(|(booking, side)| happens.is_for(*side) && booking.life().after(happens, tx.now).is_ok()),
    }
    if seen.is_empty() {
        let detail =
            said!("The group has no booking with which you can make the move `{action}` now.", action = happens.as_str());
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let meant = seen.into_iter().map(|(booking, side)| (booking, side, happens)).collect();
    change(tx, caller, &group, meant, chosen, finish)
}

/// Makes a move with each of these bookings of a group, with all or none, and publishes them together.
fn change(
    tx: &mut Tx<'_>,
    caller: Caller,
    group: &BookingGroup,
    meant: Vec<(Booking, Side, Move)>,
    chosen: Option<&[BookingId]>,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Changed, Error>,
) -> Result<Whole, Error> {
    let mut planned = Vec::new();
    for (booking, side, happens) in meant {
        let actor = authorize_move(tx, caller, &booking, side, !happens.is_for(side))?;
        planned.push(PlannedMove { actor, booking, happens });
    }
    let mut refused = Vec::new();
    let changes = move_all(tx, planned, finish, |id, error| {
        let index = chosen.and_then(|chosen| chosen.iter().position(|one| *one == id));
        refused.push(refusal(index.map(|index| format!("/booking_ids/{index}")), Some(id), error)?);
        Ok(())
    })?;
    check_refused(refused)?;
    let waiting = list_waiting(tx, group.id, &changes)?;
    publish_changes(tx, caller.principal(), Scope::Group { group_id: group.id, waiting }, changes)?;
    get(tx, caller, group.id)
}

/// Checks that the caller sees each of the chosen bookings.
fn check_chosen(chosen: &[BookingId], seen: &[(Booking, Side)]) -> Result<(), InvalidFields> {
    let mut fields = Fields::default();
    for (index, id) in chosen.iter().enumerate() {
        if !seen.iter().any(|(booking, _)| booking.id == *id) {
            fields.refuse(format!("/booking_ids/{index}"), "invalid", said!("must be a booking of the group"));
        }
    }
    fields.finish(|| Some(()))
}

/// Confirms the holds of a group that the caller can confirm: the customer those for which no payment is due first, a manager of
/// a host those at that host. All holds of a group expire at the same instant.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none, [`Error::BookingsRefused`] with those
/// that can no longer be confirmed.
pub fn confirm(tx: &mut Tx<'_>, caller: Caller, id: BookingGroupId) -> Result<Whole, Error> {
    let (group, seen) = get_as_party(tx, caller, id)?;
    let held = seen.into_iter().filter(|(booking, _)| booking.life().status_at(tx.now) == BookingStatus::Held);
    let (mut meant, mut is_payment_awaited) = (Vec::new(), false);
    for (booking, side) in held {
        if side == Side::Customer && booking.awaits() == Some(Party::Host) {
            is_payment_awaited = true;
        } else {
            let happens = confirming(&booking, side);
            meant.push((booking, side, happens));
        }
    }
    if meant.is_empty() {
        let detail = match is_payment_awaited {
            true => said!("Payment comes first for the holds of the group: the hosts confirm them when the payment has arrived."),
            false => said!("The group has no hold any more."),
        };
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    change(tx, caller, &group, meant, None, |tx, transition| transition.agree(tx))
}

/// The bookings of a group that still wait to be confirmed, if these changes confirmed others.
fn list_waiting(tx: &mut Tx<'_>, id: BookingGroupId, changes: &[BookingChange]) -> Result<Vec<BookingSnapshot>, Error> {
    if !changes.iter().all(|change| change.kind.confirms()) {
        return Ok(Vec::new());
    }
    let others = bookings::list_of_groups(tx.conn, &[id])?.into_iter().map(|booking| booking.at(tx.now));
    let is_waiting = |booking: &Booking| matches!(booking.status, BookingStatus::Held | BookingStatus::Requested);
    let is_changed = |booking: &Booking| changes.iter().any(|change| change.after.id == booking.id);
    let waiting = others.filter(|booking| is_waiting(booking) && !is_changed(booking));
    Ok(waiting.map(|booking| BookingSnapshot::from(&booking)).collect())
}
