//! Allocations. Only the database writes them: it makes and removes an allocation with its booking or block.

use chrono::TimeDelta;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{CachedStatement, Conn, padded};
use super::error::StorageError;
use super::schema::{allocations, blocks, booking_rules, booking_usage, bookings, resource_links, resources};
use super::types::CachedRules;
use domain::booking::{BookingStatus, LONGEST_OVERRUN, PastClaim};
use domain::ids::{AllocationId, BookingId, CalendarImportId, ResourceId};
use domain::interval::Interval;
use domain::resource::{Claimed, LinkKind};
use domain::slot::Slot;
use domain::time::UtcTime;

/// The allocations of a resource that overlap a span and have not lapsed by `now`.
///
/// # Errors
/// When the database fails.
pub fn list_overlapping(conn: &mut Conn, resource: Claimed, within: Interval, now: UtcTime) -> Result<Vec<Slot>, StorageError> {
    let query = allocations::table
        .filter(allocations::resource_id.eq(resource.id))
        .filter(allocations::ends_at.gt(within.starts_at()))
        .filter(allocations::ends_at.lt(resource.last_end(within)))
        .filter(allocations::starts_at.lt(within.ends_at()))
        .filter(allocations::lapses_at.is_null().or(allocations::lapses_at.gt(now)))
        .select((allocations::starts_at, allocations::ends_at, allocations::quantity));
    let rows: Vec<(UtcTime, UtcTime, i32)> = query.load(conn)?;
    rows.into_iter().map(taken_from).collect()
}

/// The allocations of each of some resources that overlap a span and have not lapsed by `now`.
///
/// # Errors
/// When the database fails.
pub fn list_overlapping_each(
    conn: &mut Conn,
    resources: &[Claimed],
    within: Interval,
    now: UtcTime,
) -> Result<Vec<(ResourceId, Slot)>, StorageError> {
    let mut resources = resources.to_vec();
    // One query for all whose bounds are alike: a long closure of one must not cost the others.
    let size = |resource: &Claimed| u64::try_from(resource.longest_allocation_minutes).unwrap_or_default().next_power_of_two();
    resources.sort_unstable_by_key(|resource| resource.longest_allocation_minutes);
    let mut found = Vec::new();
    for alike in resources.chunk_by(|a, b| size(a) == size(b)) {
        let Some(longest) = alike.last() else { continue };
        let query = allocations::table
            .filter(allocations::resource_id.eq_any(padded(alike.iter().map(|resource| resource.id))))
            .filter(allocations::ends_at.gt(within.starts_at()))
            .filter(allocations::ends_at.lt(longest.last_end(within)))
            .filter(allocations::starts_at.lt(within.ends_at()))
            .filter(allocations::lapses_at.is_null().or(allocations::lapses_at.gt(now)))
            .select((allocations::resource_id, allocations::starts_at, allocations::ends_at, allocations::quantity));
        let rows: Vec<(ResourceId, UtcTime, UtcTime, i32)> = CachedStatement(query).load(conn)?;
        for (id, starts_at, ends_at, quantity) in rows {
            found.push((id, taken_from((starts_at, ends_at, quantity))?));
        }
    }
    Ok(found)
}

/// As [`list_overlapping_each`], without the blocks of a calendar import; of blocks alone, or of bookings, too.
///
/// # Errors
/// When the database fails.
pub fn list_beside_import(
    conn: &mut Conn,
    resources: &[Claimed],
    within: Interval,
    now: UtcTime,
    (import, only_blocks): (Option<CalendarImportId>, bool),
) -> Result<Vec<(ResourceId, Slot)>, StorageError> {
    let ids = resources.iter().map(|resource| resource.id);
    let own = blocks::table.filter(blocks::calendar_import_id.eq(import)).select(blocks::id);
    let mut query = allocations::table
        .filter(allocations::resource_id.eq_any(padded(ids)))
        .filter(allocations::ends_at.gt(within.starts_at()))
        .filter(allocations::starts_at.lt(within.ends_at()))
        .filter(allocations::lapses_at.is_null().or(allocations::lapses_at.gt(now)))
        .filter(allocations::id.ne_all(own))
        .select((allocations::resource_id, allocations::starts_at, allocations::ends_at, allocations::quantity))
        .into_boxed();
    if only_blocks {
        query = query.filter(allocations::claimed_by.eq("block"));
    }
    let rows: Vec<(ResourceId, UtcTime, UtcTime, i32)> = query.load(conn)?;
    rows.into_iter().map(|(id, starts_at, ends_at, quantity)| Ok((id, taken_from((starts_at, ends_at, quantity))?))).collect()
}

/// The times that were taken of some resources before `now` and have no allocation any more: those of bookings that have ended, as
/// long as they took capacity, those of blocks that are over, and the use after the end of a claim.
///
/// # Errors
/// When the database fails.
pub fn list_ended_each(
    conn: &mut Conn,
    resources: &[Claimed],
    within: Interval,
    now: UtcTime,
) -> Result<Vec<(ResourceId, Slot)>, StorageError> {
    let ids: Vec<_> = resources.iter().map(|resource| resource.id).collect();
    // Claims on these took some of them along. The links of today are all that is known.
    let takes = list_takes(conn, &ids)?;
    let claimed: Vec<_> = takes.iter().map(|(claimed, ..)| *claimed).collect();
    let longest = resources.iter().map(|resource| resource.longest_allocation_minutes).max().unwrap_or_default();
    let reach = TimeDelta::minutes(longest) + LONGEST_OVERRUN;
    let rows: Vec<EndedRow> = bookings::table
        .left_join(booking_usage::table)
        .filter(bookings::resource_id.eq_any(&claimed))
        .filter(bookings::starts_at.gt(within.starts_at() - reach).and(bookings::claim_starts_at.lt(within.ends_at())))
        .filter(bookings::claim_ends_at.gt(within.starts_at() - LONGEST_OVERRUN))
        .select((
            (bookings::resource_id, bookings::status, bookings::quantity),
            (bookings::claim_starts_at, bookings::claim_ends_at, bookings::ends_at),
            (bookings::lapses_at, bookings::updated_at, booking_usage::checked_out_at.nullable()),
        ))
        .load(conn)?;
    let mut ended: Vec<(ResourceId, Slot)> = Vec::new();
    for ((id, status, quantity), (claim_starts_at, claim_ends_at, ends_at), (lapses_at, updated_at, checked_out_at)) in rows {
        let claim = Interval::new(claim_starts_at, claim_ends_at).map_err(StorageError::corrupt)?;
        let taken = PastClaim { status, claim, ends_at, lapses_at, updated_at, checked_out_at }.taken(now);
        ended.extend(taken.map(|interval| (id, Slot { interval, quantity })));
    }
    let blocks: Vec<(ResourceId, UtcTime, UtcTime, i32)> = blocks::table
        .filter(blocks::resource_id.eq_any(&claimed).and(blocks::is_over))
        .filter(blocks::ends_at.gt(within.starts_at()).and(blocks::starts_at.lt(within.ends_at())))
        .select((blocks::resource_id, blocks::starts_at, blocks::ends_at, blocks::quantity))
        .load(conn)?;
    for (id, starts_at, ends_at, quantity) in blocks {
        ended.push((id, taken_from((starts_at, ends_at, quantity))?));
    }
    let taken = |(id, slot): &(ResourceId, Slot)| {
        let taken = takes.iter().filter(|(claimed, ..)| claimed == id);
        let slot = *slot;
        let taken = taken.map(move |(_, of, each)| (*of, Slot { quantity: slot.quantity.saturating_mul(*each), ..slot }));
        taken.collect::<Vec<_>>()
    };
    Ok(ended.iter().flat_map(taken).collect())
}

/// For each of these resources: the resources on which claims take something of it, itself among them, and how much.
fn list_takes(conn: &mut Conn, ids: &[ResourceId]) -> Result<Vec<(ResourceId, ResourceId, i32)>, StorageError> {
    let takes: Vec<(ResourceId, ResourceId, i32)> = resource_links::table
        .filter(resource_links::other_id.eq_any(ids).and(resource_links::kind.eq(LinkKind::Takes)))
        .select((resource_links::resource_id, resource_links::other_id, resource_links::quantity))
        .load(conn)?;
    Ok(ids.iter().map(|id| (*id, *id, 1)).chain(takes).collect())
}

/// A quantity of a resource that a booking uses now: of its own resource, or of one that it takes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InUse {
    /// The booking.
    pub booking_id: BookingId,
    /// The resource.
    pub resource_id: ResourceId,
    /// The quantity.
    pub quantity: i32,
    /// The end of the booking.
    pub ends_at: UtcTime,
    /// The end of its claim: after the buffer.
    pub claim_ends_at: UtcTime,
    /// For how long it keeps its capacity from other bookings while it overruns.
    pub guard: TimeDelta,
}

/// The quantities of these resources that bookings use now. Without links, no claim on another resource is looked for.
///
/// # Errors
/// When the database fails.
pub fn list_in_use(conn: &mut Conn, ids: &[ResourceId], have_links: bool, now: UtcTime) -> Result<Vec<InUse>, StorageError> {
    let takes = if have_links { list_takes(conn, ids)? } else { ids.iter().map(|id| (*id, *id, 1)).collect() };
    // A literal, so that both databases use the index of bookings in use.
    let is_in_use: SqlLiteral<Bool> = sql("bookings.status = 'in_use'");
    let rows: Vec<(BookingId, ResourceId, i32, UtcTime, UtcTime, CachedRules)> = bookings::table
        .inner_join(resources::table.inner_join(booking_rules::table))
        .filter(bookings::resource_id.eq_any(takes.iter().map(|(claimed, ..)| *claimed).collect::<Vec<_>>()))
        .filter(is_in_use.and(bookings::ends_at.gt(now - LONGEST_OVERRUN)))
        .order(bookings::id)
        .select((
            bookings::id,
            bookings::resource_id,
            bookings::quantity,
            bookings::ends_at,
            bookings::claim_ends_at,
            booking_rules::rules,
        ))
        .load(conn)?;
    let used = |(booking_id, on, quantity, ends_at, claim_ends_at, rules): &(_, _, i32, _, _, CachedRules)| {
        let takes = takes.iter().filter(|(claimed, ..)| claimed == on);
        let used = takes.map(|(_, resource_id, each)| InUse {
            booking_id: *booking_id,
            resource_id: *resource_id,
            quantity: quantity.saturating_mul(*each),
            ends_at: *ends_at,
            claim_ends_at: *claim_ends_at,
            guard: rules.0.overrun_guard(),
        });
        used.collect::<Vec<_>>()
    };
    Ok(rows.iter().flat_map(used).collect())
}

/// Resource, state and quantity; the claim and the end of the booking; when it expires, has changed last, and was checked out.
type EndedRow = ((ResourceId, BookingStatus, i32), (UtcTime, UtcTime, UtcTime), (Option<UtcTime>, UtcTime, Option<UtcTime>));

/// The allocations of a booking or block: on its resource, and on those that it takes along.
///
/// # Errors
/// When the database fails.
pub fn list_of(conn: &mut Conn, claim: AllocationId) -> Result<Vec<(ResourceId, Slot)>, StorageError> {
    let rows: Vec<(ResourceId, UtcTime, UtcTime, i32)> = allocations::table
        .filter(allocations::id.eq(claim))
        .select((allocations::resource_id, allocations::starts_at, allocations::ends_at, allocations::quantity))
        .load(conn)?;
    rows.into_iter().map(|(id, starts_at, ends_at, quantity)| Ok((id, taken_from((starts_at, ends_at, quantity))?))).collect()
}

fn taken_from((starts_at, ends_at, quantity): (UtcTime, UtcTime, i32)) -> Result<Slot, StorageError> {
    let interval = Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?;
    Ok(Slot { interval, quantity })
}
