//! Booking several resources together, of several hosts too, all or nothing.

use super::Caller;
use super::bookings::access::{Actor, authorize_customer, authorize_move, confirming, parties, side_of};
use super::bookings::draft::{NewBooking, PartOf};
use super::bookings::due;
use super::bookings::journal::{ChangeRecord, is_silent_cancellation, record, told_of_group};
use super::bookings::place::place;
use super::bookings::transition::Transition;
use super::error::Error;
use super::record::publish;
use super::{search, terms};
use domain::alternatives::MOST_PARTS;
use domain::booking::{Booking, BookingStatus, Move, Party, Side};
use domain::booking_group::{self, RefusedBooking};
use domain::event::{Event, GroupHappened, ToldBooking};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingGroupId, BookingId, OrganizationId};
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::booking_groups::{self, BookingGroup};
use storage::bookings;
use storage::db::Tx;
use storage::resource_locks::LockedResources;
use storage::resources;

/// A customer's wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBookingGroup {
    /// Who books and pays.
    pub organization_id: OrganizationId,
    /// From the customer to the hosts.
    pub note: String,
    /// What is booked, all of it by this organization.
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

/// Books all that is wished for, or nothing.
///
/// # Errors
/// `forbidden`, `email_not_verified`, [`Error::BookingsRefused`] with all that stands in the way.
pub fn create(tx: &mut Tx<'_>, caller: Caller, wish: &NewBookingGroup) -> Result<Whole, Error> {
    let customer = authorize_customer(tx, caller, wish.organization_id)?;
    let locked = lock_and_offer(tx, wish)?;
    let group = BookingGroup {
        id: tx.new_id(),
        organization_id: wish.organization_id,
        organization_name: customer.clone(),
        note: wish.note.clone(),
        created_by: caller.user_id,
        created_at: tx.now,
    };
    booking_groups::insert(tx.conn, &group)?;
    let actor = Actor::of(caller, Side::Customer);
    let held_until = held_until(tx, wish)?;
    let part_of = PartOf { group_id: Some(group.id), held_until, ..PartOf::default() };
    let mut refused = accept_terms(tx, caller, wish)?;
    let mut booked = Vec::new();
    for (index, wish) in wish.bookings.iter().enumerate() {
        let wish = NewBooking { accepted_terms: Vec::new(), ..wish.clone() };
        let book = |tx: &mut Tx<'_>| {
            let (booking, detail) = place(tx, caller, &customer, &wish, &locked, part_of)?;
            record(tx, actor, "create", &booking, ChangeRecord { detail, ..ChangeRecord::default() })?;
            Ok(booking)
        };
        match tx.attempt(book) {
            Ok(booking) => booked.push((index, booking)),
            Err(error) => refused.push(cannot_be_made(tx, format!("/bookings/{index}"), &wish, error)?),
        }
    }
    refused.extend(of_other_currency(&booked));
    check_refused(refused)?;
    let mut booked: Vec<_> = booked.into_iter().map(|(_, booking)| booking).collect();
    booked.sort_by_key(|booking| (booking.interval.starts_at(), booking.id));
    let told: Vec<_> = booked.iter().filter_map(|booking| told_of_group(None, booking)).collect();
    match held_until {
        None => tell(tx, &group, GroupHappened::Booked, told)?,
        // Who only holds something knows it; that something waits to be paid for must be told.
        Some(_) if booked.iter().any(|booking| !booking.is_private_hold()) => tell(tx, &group, GroupHappened::Held, told)?,
        Some(_) => {}
    }
    Ok(Whole { group, bookings: booked })
}

/// Ends what has expired on the resources of a group, and offers the freed capacity to the waitlist.
///
/// # Errors
/// When the database fails.
pub fn expire_and_offer(tx: &mut Tx<'_>, wish: &NewBookingGroup) -> Result<(), Error> {
    lock_and_offer(tx, wish).map(drop)
}

/// Locks the resources, and sweeps them before any booking is tried: an attempt that is undone must not undo the end of what has
/// expired, nor the offers to the waitlist.
fn lock_and_offer(tx: &mut Tx<'_>, wish: &NewBookingGroup) -> Result<LockedResources, Error> {
    let wanted: Vec<_> = wish.bookings.iter().map(|booking| booking.resource_id).collect();
    // A resource that does not exist is reported with all other refusals.
    let known: Vec<_> = resources::list_each(tx.conn, &wanted)?.iter().map(|resource| resource.id).collect();
    let mut locked = due::lock(tx, known)?;
    due::offer_freed(tx, &mut locked)?;
    Ok(locked)
}

/// Until when all of it is held, if any of it is.
fn held_until(tx: &mut Tx<'_>, wish: &NewBookingGroup) -> Result<Option<UtcTime>, Error> {
    let wanted: Vec<_> = wish.bookings.iter().map(|booking| booking.resource_id).collect();
    let resources = resources::list_each(tx.conn, &wanted)?;
    let wanted = wish.bookings.iter().filter_map(|booking| {
        let resource = resources.iter().find(|resource| resource.id == booking.resource_id)?;
        Some((booking.hold, &*resource.fields.rules, booking.interval))
    });
    Ok(booking_group::held_until(tx.now, wanted))
}

/// Finds out what could be booked instead of what was refused because it is taken.
///
/// # Errors
/// When the database fails.
pub fn explain(tx: &mut Tx<'_>, caller: Caller, wish: &NewBookingGroup, refused: &mut [RefusedBooking]) -> Result<(), Error> {
    for one in refused.iter_mut().filter(|one| one.code == Code::SlotUnavailable).take(MOST_PARTS) {
        if let Some(booking) = one.index().and_then(|index| wish.bookings.get(index)) {
            one.alternatives = super::bookings::explain(tx, caller, booking)?.alternatives;
        }
    }
    Ok(())
}

/// Accepts the terms that are named, once for all the bookings, and answers which of them cannot be accepted.
fn accept_terms(tx: &mut Tx<'_>, caller: Caller, wish: &NewBookingGroup) -> Result<Vec<RefusedBooking>, Error> {
    let mut refused = Vec::new();
    for (index, booking) in wish.bookings.iter().enumerate() {
        for (number, accepted) in booking.accepted_terms.iter().enumerate() {
            if let Err(error) = terms::accept(tx, caller, wish.organization_id, *accepted, None) {
                refused.push(refusal(Some(format!("/bookings/{index}/accepted_terms/{number}")), None, error)?);
            }
        }
    }
    Ok(refused)
}

/// Why a booking cannot be made; other errors end the whole at once.
fn cannot_be_made(tx: &mut Tx<'_>, pointer: String, wish: &NewBooking, error: Error) -> Result<RefusedBooking, Error> {
    let mut refused = refusal(Some(pointer), None, error)?;
    if refused.code == Code::SlotUnavailable {
        let resource = resources::get(tx.conn, wish.resource_id)?;
        refused.conflicts = search::conflicts(tx, &resource, wish.slot(), None)?;
    }
    Ok(refused)
}

/// Why a booking stands in the way of its group; other errors end the whole at once.
fn refusal(pointer: Option<String>, booking_id: Option<BookingId>, error: Error) -> Result<RefusedBooking, Error> {
    match (error, pointer) {
        (Error::RulesViolated(violations), pointer) => {
            Ok(RefusedBooking { violations, ..RefusedBooking::new(pointer, booking_id, Code::BookingRulesViolated, "") })
        }
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
        ) => Ok(RefusedBooking::new(pointer, booking_id, code, &detail)),
        (error, _) => Err(error),
    }
}

/// One price is of one currency: which of the bookings, each with where it was asked for, are in another than the first.
fn of_other_currency(booked: &[(usize, Booking)]) -> Vec<RefusedBooking> {
    let priced = || booked.iter().map(|(index, booking)| (index, booking.price.total.currency));
    let Some((_, first)) = priced().next() else { return Vec::new() };
    let refuse = |(index, currency)| {
        let detail = format!("is priced in {currency}, but the first in {first}: a group has one price; book it by itself");
        RefusedBooking::invalid(format!("/bookings/{index}"), InvalidFields::one("/resource_id", "invalid", detail))
    };
    priced().filter(|(_, currency)| *currency != first).map(refuse).collect()
}

/// Goes on only if no booking stands in the way.
fn check_refused(refused: Vec<RefusedBooking>) -> Result<(), Error> {
    if refused.is_empty() { Ok(()) } else { Err(Error::BookingsRefused(refused)) }
}

/// A group, for its customer with all its bookings, and for the managers of each host with theirs.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Caller, id: BookingGroupId) -> Result<Whole, Error> {
    let (group, seen) = get_as_party(tx, caller, id)?;
    Ok(Whole { group, bookings: seen.into_iter().map(|(booking, _)| booking.at(tx.now)).collect() })
}

/// Loads a group with the bookings that the caller is a party to, as they were written, and says for each
/// which side the caller is on.
fn get_as_party(tx: &mut Tx<'_>, caller: Caller, id: BookingGroupId) -> Result<(BookingGroup, Vec<(Booking, Side)>), Error> {
    let group = booking_groups::get(tx.conn, id)?;
    let mut seen = Vec::new();
    for booking in bookings::list_of_groups(tx.conn, &[id])? {
        match side_of(tx, caller, &booking) {
            Ok(side) => seen.push((booking, side)),
            // A host never sees what its customer books elsewhere.
            Err(Error::Refused(Code::NotFound, _)) => {}
            Err(error) => return Err(error),
        }
    }
    if seen.is_empty() { Err(Error::not_found()) } else { Ok((group, seen)) }
}

/// The groups that the caller is a party to, as customer and as manager of a host, the oldest first, each with
/// the bookings that they may see.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: Option<OrganizationId>,
    paging: &Paging,
) -> Result<Page<Whole>, Error> {
    let (customers, hosts) = parties(tx, caller, organization)?;
    let rows = booking_groups::list(tx.conn, &customers, &hosts, paging.after.as_deref(), paging.rows())?;
    let page = paging.page(rows, |group| group.id.to_string());
    let ids: Vec<_> = page.items.iter().map(|group| group.id).collect();
    let mut bookings = bookings::list_of_groups(tx.conn, &ids)?;
    bookings.retain(|booking| customers.contains(&booking.organization_id) || hosts.contains(&booking.host_organization_id));
    Ok(page.map(|group| {
        let own = bookings.iter().filter(|booking| booking.group_id == Some(group.id));
        Whole { bookings: own.map(|booking| booking.clone().at(tx.now)).collect(), group }
    }))
}

/// Cancels these bookings of a group, all or none; or all that the caller may see and that can be cancelled.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for bookings that are none of the group,
/// `invalid_transition` if none can be cancelled, [`Error::BookingsRefused`] with those that cannot be, or for which it is too
/// late for the customer.
pub fn cancel(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingGroupId,
    chosen: Option<&[BookingId]>,
    reason: &str,
) -> Result<Whole, Error> {
    let happens = (Move::Cancel, GroupHappened::Cancelled);
    change_chosen(tx, caller, id, chosen, happens, |tx, transition| transition.cancel(tx, reason))
}

/// Agrees to the requests of a group, to all with the hosts that the caller manages or to none.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none.
pub fn approve(tx: &mut Tx<'_>, caller: Caller, id: BookingGroupId) -> Result<Whole, Error> {
    change_chosen(tx, caller, id, None, (Move::Approve, GroupHappened::Agreed), |tx, transition| transition.agree(tx))
}

/// Refuses these requests of a group, all or none; or all with the hosts that the caller manages.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for bookings that are none of the group,
/// `invalid_transition` if there are no requests, [`Error::BookingsRefused`] with those that are none.
pub fn decline(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingGroupId,
    chosen: Option<&[BookingId]>,
    reason: &str,
) -> Result<Whole, Error> {
    let happens = (Move::Decline, GroupHappened::Declined);
    change_chosen(tx, caller, id, chosen, happens, |tx, transition| transition.decline(tx, reason))
}

/// Makes a move with the chosen bookings of a group, or with all that can make it and with which the caller may.
fn change_chosen(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingGroupId,
    chosen: Option<&[BookingId]>,
    (happens, happened): (Move, GroupHappened),
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Booking, Error>,
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
        let detail = format!("The group has no booking for which `{happens}` is possible by you any more, or yet.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let meant = seen.into_iter().map(|(booking, side)| (booking, side, happens)).collect();
    change(tx, caller, &group, meant, chosen, happened, finish)
}

/// Makes a move with each of some bookings of a group, with all or none, and tells of them together.
fn change(
    tx: &mut Tx<'_>,
    caller: Caller,
    group: &BookingGroup,
    meant: Vec<(Booking, Side, Move)>,
    chosen: Option<&[BookingId]>,
    happened: GroupHappened,
    finish: impl Fn(&mut Tx<'_>, Transition<'_>) -> Result<Booking, Error>,
) -> Result<Whole, Error> {
    let mut locked = due::lock(tx, meant.iter().map(|(booking, ..)| booking.resource_id))?;
    let (mut told, mut refused) = (Vec::new(), Vec::new());
    for (booking, side, happens) in meant {
        let actor = authorize_move(tx, caller, &booking, side, !happens.is_for(side))?;
        let (id, was) = (booking.id, booking.status);
        match Transition::new(tx, actor, booking, happens).and_then(|one| finish(tx, one.among_others(&locked))) {
            Ok(changed) => {
                told.extend(told_of_group(Some(was), &changed).filter(|_| !is_silent_cancellation(side, &changed)));
            }
            Err(error) => {
                let index = chosen.and_then(|chosen| chosen.iter().position(|one| *one == id));
                refused.push(refusal(index.map(|index| format!("/booking_ids/{index}")), Some(id), error)?);
            }
        }
    }
    check_refused(refused)?;
    due::offer_freed(tx, &mut locked)?;
    tell(tx, group, happened, told)?;
    get(tx, caller, group.id)
}

/// Notes which of the chosen bookings are none of those that the caller sees.
fn check_chosen(chosen: &[BookingId], seen: &[(Booking, Side)]) -> Result<(), InvalidFields> {
    let mut fields = Fields::default();
    for (index, id) in chosen.iter().enumerate() {
        if !seen.iter().any(|(booking, _)| booking.id == *id) {
            fields.refuse(format!("/booking_ids/{index}"), "invalid", "must be a booking of the group");
        }
    }
    fields.finish(|| Some(()))
}

/// Confirms the holds of a group, all that the caller may confirm: as its customer those that need not be paid for first, as a
/// manager of a host those with the host. All of them are kept until one instant, so none has run out before another.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if there are none, [`Error::BookingsRefused`] with those
/// that cannot be confirmed any more.
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
            true => "What is held of the group is paid for first: its hosts confirm it when the payment has arrived.",
            false => "Nothing of the group is held any more.",
        };
        return Err(Error::Refused(Code::InvalidTransition, detail.to_owned()));
    }
    change(tx, caller, &group, meant, None, GroupHappened::Agreed, |tx, transition| transition.agree(tx))
}

/// Tells of bookings of a group together.
fn tell(tx: &mut Tx<'_>, group: &BookingGroup, happened: GroupHappened, bookings: Vec<ToldBooking>) -> Result<(), Error> {
    if bookings.is_empty() {
        return Ok(());
    }
    let mut left = Vec::new();
    if happened == GroupHappened::Agreed {
        let is_told = |id| bookings.iter().any(|told| told.facts.booking_id == id);
        let now = tx.now;
        let others = bookings::list_of_groups(tx.conn, &[group.id])?.into_iter().map(|booking| booking.at(now));
        let waits = |booking: &Booking| matches!(booking.status, BookingStatus::Held | BookingStatus::Requested);
        for booking in others.filter(|booking| waits(booking) && !is_told(booking.id)) {
            left.extend(told_of_group(None, &booking));
        }
    }
    publish(tx, &Event::Group { happened, group_id: group.id, bookings, left })
}
