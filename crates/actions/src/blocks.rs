//! Blocks: time that a host keeps for itself, for maintenance, closure or private use.

use std::cmp::Reverse;

use serde_json::json;

use super::bookings::access::Actor;
use super::bookings::journal::{Changed, publish_changes};
use super::bookings::transition::Transition;
use super::bookings::{Clash, due};
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, publish};
use super::resources::visible::get_as;
use super::waitlist::entries::requeue;
use super::{Caller, allocations};
use domain::availability::conflicts;
use domain::block::{BlockScope, MOST_DISPLACED, OnBookings, agreement};
use domain::booking::change::{BookingChange, BookingEventKind};
use domain::booking::{Booking, BookingStatus, Move, Side};
use domain::fact::{Event, Scope};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BlockId, ResourceId};
use domain::interval::Interval;
use domain::order::StartOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::recurrence::Recurrence;
use domain::resource::Resource;
use domain::said::said;
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::blocks::{self, Block};
use storage::bookings;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::resource_links;
use storage::resource_locks::LockedResources;
use storage::resources;

/// A request to block a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// The time of the first block.
    pub interval: Interval,
    /// The quantity; without it, the whole capacity.
    pub quantity: Option<i32>,
    /// The reason.
    pub reason: String,
    /// The rule by which the block repeats.
    pub recurrence: Option<Recurrence>,
    /// The treatment of the bookings that overlap the block.
    pub on_bookings: OnBookings,
}

/// The blocks that were made, and the bookings that they displaced.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The first block.
    pub first: Block,
    /// The blocks that repeat it.
    pub others: Vec<Block>,
    /// The bookings that were cancelled for the blocks.
    pub displaced: Vec<Booking>,
}

/// Blocks a quantity of a resource, or all of it, once or as often as a rule says, all or nothing. If the caller asks for it, the
/// bookings that overlap the blocks are cancelled, except those in use: as few as possible, the least agreed first, and among
/// these the latest.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for more than the capacity and for a rule with no
/// occurrence, with too many or with overlapping ones, `slot_unavailable` if bookings or other blocks take the time.
pub fn create(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, new: &NewBlock) -> Result<Made, Error> {
    let mut locked = due::lock(tx, [id])?;
    let resource = get_as(tx, caller, id, Permission::ManageCalendar)?;
    due::expire_and_offer(tx, &locked, &resource)?;
    let (first, others) = read_blocks(tx, caller, &resource, new)?;
    let all = || std::iter::once(&first).chain(&others);
    let displaced = match new.on_bookings {
        OnBookings::Refuse => Vec::new(),
        OnBookings::Cancel | OnBookings::OfferAlternatives => find_displaced(tx, &locked, &resource, all())?,
    };
    let actor = Actor::of(caller, Side::Host);
    let cancelled = cancel_all(tx, actor, &mut locked, displaced, &new.reason)?;
    for block in all() {
        blocks::insert(tx.conn, &locked, block)?;
        record(tx, caller, &resource, "block.create", block)?;
    }
    publish(tx, caller.principal(), Event::ResourceChanged { resource_id: id })?;
    due::offer_freed(tx, &mut locked)?;
    let displaced = publish_displaced(tx, actor, cancelled, new.on_bookings == OnBookings::OfferAlternatives)?;
    Ok(Made { first, others, displaced })
}

/// Cancels bookings whose time the host needs. Their entries of the waitlist wait again. The changes are yet to be published.
pub(super) fn cancel_all(
    tx: &mut Tx<'_>,
    actor: Actor,
    locked: &mut LockedResources,
    bookings: Vec<Booking>,
    reason: &str,
) -> Result<Vec<Changed>, Error> {
    let mut cancelled = Vec::new();
    for booking in bookings {
        let cancel = Transition::new(tx, actor, booking, Move::Cancel)?;
        let changed = cancel.among_others(locked).cancel(tx, reason)?;
        if requeue(tx, changed.booking.id)? {
            locked.mark_awaited();
        }
        cancelled.push(changed);
    }
    Ok(cancelled)
}

/// The requested blocks: the first, and those that repeat it in the local time of the site.
fn read_blocks(tx: &Tx<'_>, caller: Caller, resource: &Resource, new: &NewBlock) -> Result<(Block, Vec<Block>), InvalidFields> {
    let mut fields = Fields::default();
    check_quantity(&mut fields, resource, new.quantity);
    let spans = fields.nest("", occurrences(resource, new));
    let mut spans = fields.finish(|| spans)?.into_iter();
    let block_series_id = new.recurrence.is_some().then(|| tx.new_id());
    let block = |interval| Block {
        id: tx.new_id(),
        block_series_id,
        booking_id: None,
        import: None,
        resource_id: resource.id,
        slot: Slot { interval, quantity: new.quantity.unwrap_or(resource.fields.capacity.quantity) },
        reason: new.reason.clone(),
        created_by: caller.user_id,
        revision: 1,
        created_at: tx.now,
    };
    let first = block(spans.next().unwrap_or(new.interval));
    Ok((first, spans.map(block).collect()))
}

/// Checks that the quantity is at most the capacity.
fn check_quantity(fields: &mut Fields, resource: &Resource, quantity: Option<i32>) {
    let most = resource.fields.capacity.quantity;
    if quantity.is_some_and(|quantity| quantity > most) {
        fields.refuse("/quantity", "out_of_range", said!("must be at most {most}, the capacity of the resource", most));
    }
}

/// The times of the requested blocks, in order. Local times that a clock change skips are left out.
fn occurrences(resource: &Resource, new: &NewBlock) -> Result<Vec<Interval>, InvalidFields> {
    let Some(recurrence) = &new.recurrence else { return Ok(vec![new.interval]) };
    let timezone = resource.site.timezone;
    let mut fields = Fields::default();
    let spans = recurrence.read_spans(&mut fields, "/repeat/rule", timezone, new.interval).unwrap_or_default();
    let spans: Vec<_> = spans.into_iter().filter_map(|span| span.left(timezone)).collect();
    if spans.windows(2).any(|pair| matches!(pair, [a, b] if a.overlaps(*b))) {
        fields.refuse("/repeat/rule", "invalid", said!("must not repeat the block before it has ended"));
    }
    if spans.iter().any(|span| span.ends_at() > UtcTime::LATEST) {
        fields.refuse("/repeat/rule", "out_of_range", said!("must end before {latest}", latest = UtcTime::LATEST));
    }
    fields.finish(|| Some(spans))
}

/// The bookings that must be cancelled for the blocks. The database decides, because it also knows the links: all bookings that
/// can be cancelled are, then each that still fits beside the blocks comes back, in order, and then all of this is undone.
fn find_displaced<'b>(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    resource: &Resource,
    blocks: impl Iterator<Item = &'b Block> + Clone,
) -> Result<Vec<Booking>, Error> {
    let claimed: Vec<_> = resource_links::list_linked(tx.conn, &[resource.id])?.into_iter().collect();
    let movable = list_movable(tx, resource, &claimed, blocks.clone())?;
    let is_whole = |block: &Block| block.slot.quantity == resource.fields.capacity.quantity;
    if claimed == [resource.id] && blocks.clone().all(is_whole) {
        return Ok(movable); // None fits beside them.
    }
    let try_all = |tx: &mut Tx<'_>| -> Result<Vec<Booking>, Error> {
        for booking in &movable {
            bookings::update(tx.conn, locked, &Booking { status: BookingStatus::Cancelled, ..booking.clone() })?;
        }
        for block in blocks.clone() {
            blocks::insert(tx.conn, locked, block)?;
        }
        let mut displaced = Vec::new();
        for booking in &movable {
            let restored = Booking { revision: booking.revision + 1, ..booking.clone() };
            match tx.attempt(|tx| bookings::update(tx.conn, locked, &restored)) {
                Ok(()) => {}
                Err(StorageError::CapacityExceeded) => displaced.push(booking.clone()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(displaced)
    };
    tx.rehearse(try_all)
}

/// The bookings that can be cancelled for the blocks: the most agreed first, and among these the oldest.
fn list_movable<'b>(
    tx: &mut ReadTx,
    resource: &Resource,
    claimed: &[ResourceId],
    blocks: impl Iterator<Item = &'b Block>,
) -> Result<Vec<Booking>, Error> {
    let mut movable: Vec<Booking> = Vec::new();
    // A block that is over displaces no booking.
    for block in blocks.filter(|block| block.slot.interval.ends_at() > tx.now) {
        for booking in bookings::list_overlapping(&mut tx.conn, claimed, block.slot.interval)? {
            let is_known = movable.iter().any(|known| known.id == booking.id);
            let can_go = booking.status != BookingStatus::InUse && booking.life().after(Move::Cancel, tx.now).is_ok();
            if !is_known && can_go && booking.host_organization_id == resource.organization_id {
                movable.push(booking);
            }
        }
        if movable.len() > MOST_DISPLACED {
            let detail = said!(
                "The block would displace more than {most} bookings. Block shorter times, one after the other.",
                most = MOST_DISPLACED
            );
            return Err(Error::Refused(Code::SlotUnavailable, detail));
        }
    }
    movable.sort_by_key(|booking| (Reverse(agreement(booking.status)), booking.created_at, booking.id));
    Ok(movable)
}

/// Publishes that bookings were displaced, all together.
pub(super) fn publish_displaced(
    tx: &mut Tx<'_>,
    actor: Actor,
    cancelled: Vec<Changed>,
    offers_alternatives: bool,
) -> Result<Vec<Booking>, Error> {
    let change = |change| BookingChange { kind: BookingEventKind::Displace, offers_alternatives, ..change };
    let (displaced, changes) = cancelled.into_iter().map(|Changed { booking, change: one }| (booking, change(one))).unzip();
    publish_changes(tx, actor.principal, Scope::Several, changes)?;
    Ok(displaced)
}

/// Explains why the time of a new block is taken.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn explain(tx: &mut ReadTx, id: ResourceId, new: &NewBlock) -> Result<Clash, Error> {
    let resource = resources::get(&mut tx.conn, id)?;
    let quantity = new.quantity.unwrap_or(resource.fields.capacity.quantity);
    let intervals = occurrences(&resource, new)?;
    let clash = clash(tx, &resource, intervals, quantity, None)?;
    let next_step = match new.on_bookings {
        OnBookings::Refuse => {
            said!(
                "Choose another time, or send `bookings` as `cancel` or `offer_alternatives`: then bookings that overlap the block are cancelled, except those in use and those of other hosts."
            )
        }
        OnBookings::Cancel | OnBookings::OfferAlternatives => {
            said!(
                "Choose another time: other blocks, bookings in use or bookings of other hosts cannot be cancelled for a block."
            )
        }
    };
    Ok(Clash { next_step: Some(next_step), ..clash })
}

/// Explains why the time of a block is taken after an edit.
///
/// # Errors
/// `not_found`, the errors of `edit`, or when the database fails.
pub fn explain_update(
    tx: &mut ReadTx,
    id: ResourceId,
    block: BlockId,
    edit: impl FnOnce(Block) -> Result<Block, InvalidFields>,
) -> Result<Clash, Error> {
    let resource = resources::get(&mut tx.conn, id)?;
    let block = edit(blocks::get(&mut tx.conn, id, block)?)?;
    clash(tx, &resource, vec![block.slot.interval], block.slot.quantity, Some(block.id))
}

/// The times when a quantity is not free. The claim of the block that is `leaving` its time does not count.
fn clash(
    tx: &mut ReadTx,
    resource: &Resource,
    intervals: Vec<Interval>,
    quantity: i32,
    leaving: Option<BlockId>,
) -> Result<Clash, Error> {
    let mut found = Vec::new();
    for interval in intervals {
        let taken = allocations::of(tx, resource, interval, leaving.map(Into::into))?;
        found.extend(conflicts(&taken, interval, resource.fields.capacity.quantity, quantity));
    }
    Ok(Clash { resource_id: resource.id, conflicts: found, alternatives: Vec::new(), next_step: None })
}

/// Lists the blocks of a resource that end after `from` and start before `to`, for members of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_fields` for an invalid cursor.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    id: ResourceId,
    (from, to): (Option<UtcTime>, Option<UtcTime>),
    order: StartOrder,
    paging: &Paging,
) -> Result<Page<Block>, Error> {
    get_as(tx, caller, id, Permission::View)?;
    let rows = blocks::list(&mut tx.conn, id, from, to, paging.by_instant(order)?)?;
    Ok(paging.page(rows, |block| Paging::instant_key(block.slot.interval.starts_at(), block.id)))
}

/// Returns a block of a resource, to members of the host.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: ResourceId, block: BlockId) -> Result<Block, Error> {
    get_as(tx, caller, id, Permission::View)?;
    Ok(blocks::get(&mut tx.conn, id, block)?)
}

/// Edits the time, quantity or reason of a block, in one move: if the new time is taken, the block stays as it is.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_fields` for more than the capacity,
/// `invalid_transition` for a block of a calendar import, `slot_unavailable` if bookings or other blocks take the time, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: ResourceId,
    block: BlockId,
    if_match: &IfMatch,
    edit: impl FnOnce(Block) -> Result<Block, InvalidFields>,
) -> Result<Block, Error> {
    let mut locked = due::lock(tx, [id])?;
    let resource = get_as(tx, caller, id, Permission::ManageCalendar)?;
    let before = blocks::get(tx.conn, id, block)?;
    check_made_by_hand(&before)?;
    if_match.check(before.revision)?;
    let after = edit(before)?;
    let mut fields = Fields::default();
    check_quantity(&mut fields, &resource, Some(after.slot.quantity));
    fields.finish(|| Some(()))?;
    due::expire_and_offer(tx, &locked, &resource)?;
    blocks::update(tx.conn, &locked, &after, tx.now)?;
    record(tx, caller, &resource, "block.update", &after)?;
    publish(tx, caller.principal(), Event::ResourceChanged { resource_id: id })?;
    due::offer_freed(tx, &mut locked)?;
    Ok(blocks::get(tx.conn, id, block)?)
}

/// Removes a block, and if asked for those that repeat it. The capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for a block of a calendar import.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, block: BlockId, scope: BlockScope) -> Result<(), Error> {
    let mut locked = due::lock(tx, [id])?;
    let resource = get_as(tx, caller, id, Permission::ManageCalendar)?;
    let block = blocks::get(tx.conn, id, block)?;
    check_made_by_hand(&block)?;
    let from = if scope == BlockScope::Following { block.slot.interval.starts_at() } else { UtcTime::EARLIEST };
    let meant = match block.block_series_id {
        Some(series) if scope != BlockScope::One => blocks::list_of_series(tx.conn, series, from)?,
        _ => vec![block],
    };
    for block in meant {
        blocks::delete(tx.conn, &locked, &block)?;
        record(tx, caller, &resource, "block.delete", &block)?;
    }
    publish(tx, caller.principal(), Event::ResourceChanged { resource_id: id })?;
    due::offer_freed(tx, &mut locked)
}

/// Refuses a block that a calendar import made: the next refresh would undo the change.
fn check_made_by_hand(block: &Block) -> Result<(), Error> {
    match &block.import {
        None => Ok(()),
        Some((import, _)) => {
            let detail = said!(
                "The block is made by the calendar import {import}. Change the event in that calendar, or delete the import.",
                import
            );
            Err(Error::Refused(Code::InvalidTransition, detail))
        }
    }
}

fn record(tx: &mut Tx<'_>, caller: Caller, resource: &Resource, action: &str, block: &Block) -> Result<(), Error> {
    let detail = json!({
        "resource_id": block.resource_id, "quantity": block.slot.quantity, "reason": block.reason,
        "starts_at": block.slot.interval.starts_at(), "ends_at": block.slot.interval.ends_at(),
    });
    audit(tx, caller.principal(), Some(resource.organization_id), action, ("block", block.id.as_str()), &detail)
}
