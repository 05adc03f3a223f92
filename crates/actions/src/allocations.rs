//! The allocations that take capacity of resources: their own, and those of resources that are linked to them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::error::Error;
use domain::ids::{AllocationId, ResourceId};
use domain::interval::Interval;
use domain::resource::{Claimed, LinkKind, Resource};
use domain::resource_links::{Linked, binding};
use domain::slot::Slot;
use storage::allocations;
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
    Ok(of_each(tx, &[resource], within, leaving)?.remove(&resource.id).unwrap_or_default())
}

/// Lists what is taken of a resource within a span and, before now, what was really taken.
///
/// # Errors
/// When the database fails.
pub fn with_ended(tx: &mut ReadTx, resource: &Resource, within: Interval) -> Result<Vec<Slot>, Error> {
    let taken = collect(tx, &[resource], within, None, true)?.remove(&resource.id);
    Ok(taken.unwrap_or_default())
}

/// Lists what is taken of each of these resources within a span, as with [`of`].
///
/// # Errors
/// When the database fails.
pub fn of_each(
    tx: &mut ReadTx,
    of: &[&Resource],
    within: Interval,
    leaving: Option<AllocationId>,
) -> Result<HashMap<ResourceId, Vec<Slot>>, Error> {
    collect(tx, of, within, leaving, false)
}

fn collect(
    tx: &mut ReadTx,
    of: &[&Resource],
    within: Interval,
    leaving: Option<AllocationId>,
    with_ended: bool,
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
    for (resource, one) in allocations::list_overlapping_each(&mut tx.conn, &claimed, within, tx.now)? {
        taken.entry(resource).or_default().push(one);
    }
    if with_ended {
        for (resource, one) in allocations::list_ended_each(&mut tx.conn, &claimed, within, tx.now)? {
            taken.entry(resource).or_default().push(one);
        }
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
