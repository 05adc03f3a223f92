//! The allocations that take capacity of resources: their own, and those of resources that are linked to them. Beside these, the
//! capacity that bookings use now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::Error;
use domain::booking::LONGEST_OVERRUN;
use domain::calendar_import;
use domain::ids::{AllocationId, BookingId, CalendarImportId, ResourceId};
use domain::interval::Interval;
use domain::resource::{Claimed, LinkKind, Resource};
use domain::resource_links::{Linked, binding};
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::allocations::{self, InUse};
use storage::db::ReadTx;
use storage::resource_links::{self, ResourceLink};
use storage::resources;

/// Lists what is taken of a resource within a span. The claim of a booking or block that is `leaving` its time does not count.
///
/// # Errors
/// When the database fails.
pub fn of(tx: &mut ReadTx, resource: &Resource, within: Interval, leaving: Option<AllocationId>) -> Result<Vec<Slot>, Error> {
    if !resource.has_links && leaving.is_none() {
        return Ok(allocations::list_overlapping(&mut tx.conn, resource.claimed(), within, tx.now)?);
    }
    let taken = collect(tx, &[resource], within, leaving, Beside::Nothing)?.remove(&resource.id);
    Ok(taken.unwrap_or_default())
}

/// As [`of`], with the capacity that is kept from bookings while others overrun.
///
/// # Errors
/// When the database fails.
pub fn barred(tx: &mut ReadTx, resource: &Resource, within: Interval, leaving: Option<AllocationId>) -> Result<Vec<Slot>, Error> {
    if !may_be_kept(tx.now, &[resource], within) {
        return of(tx, resource, within, leaving);
    }
    let taken = collect(tx, &[resource], within, leaving, Beside::Overruns)?.remove(&resource.id);
    Ok(taken.unwrap_or_default())
}

/// Whether bookings that overrun could keep capacity of one of these resources within a span.
fn may_be_kept(now: UtcTime, resources: &[&Resource], within: Interval) -> bool {
    // The rules of a linked resource can keep it longer.
    let guard = |resource: &&Resource| if resource.has_links { LONGEST_OVERRUN } else { resource.fields.rules.overrun_guard() };
    let longest = resources.iter().map(guard).max();
    longest.is_some_and(|longest| within.ends_at() > now && within.starts_at() < now + longest)
}

/// The instant until which bookings that overrun keep capacity of a resource within a span; none if they keep nothing.
///
/// # Errors
/// When the database fails.
pub(crate) fn kept_until(tx: &mut ReadTx, resource: &Resource, within: Interval) -> Result<Option<UtcTime>, Error> {
    if !may_be_kept(tx.now, &[resource], within) {
        return Ok(None);
    }
    // Any resource that is linked can stand in the way.
    let linked: Vec<_> = match resource.has_links {
        true => resource_links::list_linked(&mut tx.conn, &[resource.id])?.into_iter().collect(),
        false => vec![resource.id],
    };
    let used = allocations::list_in_use(&mut tx.conn, &linked, resource.has_links, tx.now)?;
    Ok(used.iter().filter_map(|used| Some(kept(used, tx.now)?.interval.ends_at())).max())
}

/// The time for which a booking that overruns keeps what it uses, from the end of its allocation on.
fn kept(used: &InUse, now: UtcTime) -> Option<Slot> {
    let ends_at = (now + used.guard).min(used.ends_at + LONGEST_OVERRUN);
    let interval = Interval::new(used.claim_ends_at.max(now), ends_at).ok().filter(|_| used.ends_at <= now)?;
    Some(Slot { interval, quantity: used.quantity })
}

/// Lists what bookings use of a resource now, except for one of them, as if it was taken within a span; with these bookings.
///
/// # Errors
/// When the database fails.
pub(crate) fn in_use(
    tx: &mut ReadTx,
    resource: &Resource,
    within: Interval,
    except: BookingId,
) -> Result<(Vec<Slot>, BTreeSet<BookingId>), Error> {
    let mut bookings = BTreeSet::new();
    let beside = Beside::InUse { except, bookings: &mut bookings };
    let taken = collect(tx, &[resource], within, None, beside)?.remove(&resource.id);
    Ok((taken.unwrap_or_default(), bookings))
}

/// Lists what is taken of a resource within a span and, before now, what was really taken.
///
/// # Errors
/// When the database fails.
pub fn with_ended(tx: &mut ReadTx, resource: &Resource, within: Interval) -> Result<Vec<Slot>, Error> {
    let taken = collect(tx, &[resource], within, None, Beside::Ended)?.remove(&resource.id);
    Ok(taken.unwrap_or_default())
}

/// Lists what is taken of a resource within a span beside the blocks of an import; without an import, beside nothing.
///
/// # Errors
/// When the database fails.
pub(crate) fn beside_import(
    tx: &mut ReadTx,
    resource: &Resource,
    within: Interval,
    import: Option<CalendarImportId>,
) -> Result<calendar_import::Beside, Error> {
    let mut of = |only_blocks| {
        let taken = collect(tx, &[resource], within, None, Beside::Import { import, only_blocks })?.remove(&resource.id);
        Ok::<_, Error>(taken.unwrap_or_default())
    };
    Ok(calendar_import::Beside { all: of(false)?, blocks: of(true)? })
}

/// Lists what is taken of each of these resources within a span, as with [`barred`].
///
/// # Errors
/// When the database fails.
pub fn barred_each(tx: &mut ReadTx, of: &[&Resource], within: Interval) -> Result<HashMap<ResourceId, Vec<Slot>>, Error> {
    let beside = if may_be_kept(tx.now, of, within) { Beside::Overruns } else { Beside::Nothing };
    collect(tx, of, within, None, beside)
}

/// Times that count beside the allocations, or in their place.
enum Beside<'a> {
    /// None.
    Nothing,
    /// The times before now that were really taken.
    Ended,
    /// The times that bookings keep by overrunning.
    Overruns,
    /// None; the blocks of an import do not count, and on request no bookings.
    Import { import: Option<CalendarImportId>, only_blocks: bool },
    /// In place of the allocations, what bookings use now, except for one; these bookings are added.
    InUse { except: BookingId, bookings: &'a mut BTreeSet<BookingId> },
}

fn collect(
    tx: &mut ReadTx,
    of: &[&Resource],
    within: Interval,
    leaving: Option<AllocationId>,
    beside: Beside<'_>,
) -> Result<HashMap<ResourceId, Vec<Slot>>, Error> {
    let linked: Vec<_> = of.iter().filter(|resource| resource.has_links).collect();
    let ids: Vec<_> = linked.iter().map(|resource| resource.id).collect();
    let links = if ids.is_empty() { Vec::new() } else { resource_links::list_met(&mut tx.conn, &ids)? };
    let ends: BTreeSet<_> = links.iter().flat_map(|link| [link.resource_id, link.other_id]).collect();
    let mut sizes: BTreeMap<ResourceId, (Claimed, i32)> = BTreeMap::new();
    if !ends.is_empty() {
        let others = resources::list_sizes(&mut tx.conn, ends)?;
        sizes.extend(others.into_iter().map(|(claimed, capacity)| (claimed.id, (claimed, capacity))));
    }
    sizes.extend(of.iter().map(|resource| (resource.id, (resource.claimed(), resource.fields.capacity.quantity))));

    let claimed: Vec<_> = sizes.values().map(|(claimed, _)| *claimed).collect();
    let mut taken: HashMap<ResourceId, Vec<Slot>> = HashMap::new();
    let now = tx.now;
    let list_used = |tx: &mut ReadTx| {
        let ids: Vec<_> = sizes.keys().copied().collect();
        allocations::list_in_use(&mut tx.conn, &ids, !linked.is_empty(), now)
    };
    let mut all = match beside {
        Beside::InUse { .. } => Vec::new(),
        Beside::Import { import, only_blocks } => {
            allocations::list_beside_import(&mut tx.conn, &claimed, within, now, (import, only_blocks))?
        }
        _ => allocations::list_overlapping_each(&mut tx.conn, &claimed, within, now)?,
    };
    match beside {
        Beside::Nothing | Beside::Import { .. } => {}
        Beside::Ended => all.extend(allocations::list_ended_each(&mut tx.conn, &claimed, within, now)?),
        Beside::Overruns => {
            all.extend(list_used(tx)?.iter().filter_map(|used| Some((used.resource_id, kept(used, now)?))));
        }
        Beside::InUse { except, bookings } => {
            for InUse { booking_id, resource_id, quantity, .. } in list_used(tx)? {
                if booking_id != except {
                    bookings.insert(booking_id);
                    all.push((resource_id, Slot { interval: within, quantity }));
                }
            }
        }
    }
    for (resource, one) in all {
        taken.entry(resource).or_default().push(one);
    }
    if let Some(claim) = leaving {
        leave(&mut taken, &allocations::list_of(&mut tx.conn, claim)?);
    }
    let bound: Vec<_> = linked
        .into_iter()
        .map(|resource| {
            let of = |id| taken.get(&id).map_or(&[][..], Vec::as_slice);
            let capacity_of = |id| sizes.get(&id).map_or(0, |(_, capacity)| *capacity);
            let others = others(resource.id, &links, of, capacity_of);
            (resource.id, binding(of(resource.id), resource.fields.capacity.quantity, &others, within))
        })
        .collect();
    taken.extend(bound);
    Ok(taken)
}

/// Removes the allocations of one claim.
fn leave(taken: &mut HashMap<ResourceId, Vec<Slot>>, own: &[(ResourceId, Slot)]) {
    for (resource, own) in own {
        if let Some(taken) = taken.get_mut(resource)
            && let Some(at) = taken.iter().position(|one| one == own)
        {
            taken.swap_remove(at);
        }
    }
}

/// The resources that a claim on this resource affects: those that it books along, and those that any of these exclude.
fn others<'a>(
    id: ResourceId,
    links: &[ResourceLink],
    taken: impl Fn(ResourceId) -> &'a [Slot],
    capacity: impl Fn(ResourceId) -> i32,
) -> Vec<Linked<'a>> {
    let along: Vec<_> = links.iter().filter(|link| link.resource_id == id && link.kind == LinkKind::Takes).collect();
    let claimed: BTreeSet<_> = along.iter().map(|link| link.other_id).chain([id]).collect();
    let excluded = links.iter().filter(|link| link.kind == LinkKind::Excludes).flat_map(|link| {
        let sides = [(link.resource_id, link.other_id), (link.other_id, link.resource_id)];
        sides.into_iter().filter(|(side, _)| claimed.contains(side)).map(|(_, other)| other).collect::<Vec<_>>()
    });
    let excluded: BTreeSet<_> = excluded.collect();
    let takes = along.iter().map(|link| {
        let (taken, capacity) = (taken(link.other_id), capacity(link.other_id));
        Linked::Takes { taken, capacity, quantity: link.quantity }
    });
    takes.chain(excluded.into_iter().map(|other| Linked::Excludes { taken: taken(other) })).collect()
}
