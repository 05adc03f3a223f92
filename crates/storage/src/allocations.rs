//! Allocations. Only the database writes them: it makes and removes an allocation with its booking or block.

use diesel::prelude::*;

use super::connection::{CachedStatement, Conn, padded};
use super::error::StorageError;
use super::schema::allocations;
use domain::ids::{AllocationId, ResourceId};
use domain::interval::Interval;
use domain::resource::Claimed;
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
