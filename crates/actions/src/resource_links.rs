//! Links between resources of a host: resources that are claimed together, and resources that are never claimed at the same time.

use serde_json::json;

use super::bookings::due;
use super::error::Error;
use super::record::audit;
use super::resources::visible::get_as;
use super::{Caller, is_insider};
use domain::fields::InvalidFields;
use domain::ids::ResourceId;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::resource::{LinkKind, Resource};
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::resource_links::{self, ResourceLink};
use storage::resources;

/// How many resources links can connect: a booking of one of them locks all.
const MOST_LINKED: usize = 50;

/// Links two resources of a host, and replaces the link between them if there is one. The link also applies to existing claims.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` if the other resource
/// belongs to another host, for too many linked resources and for more than the capacity of the other, `link_not_possible`.
pub fn create(tx: &mut Tx<'_>, caller: Caller, link: ResourceLink) -> Result<ResourceLink, Error> {
    let ResourceLink { resource_id: id, other_id, .. } = link;
    let resource = get_as(tx, caller, id, Permission::ManageListings)?;
    if id == other_id || resources::list_own(tx.conn, resource.organization_id, &[other_id])?.is_empty() {
        return Err(InvalidFields::one("/other_id", "invalid", said!("must be another resource of the same host")).into());
    }
    let mut locked = due::lock(tx, [id, other_id])?;
    if resource_links::list_linked(tx.conn, &[id, other_id])?.len() > MOST_LINKED {
        let detail = said!("must connect at most {most} resources by links", most = MOST_LINKED);
        return Err(InvalidFields::one("/other_id", "out_of_range", detail).into());
    }
    let other = resources::get(tx.conn, other_id)?;
    if link.kind == LinkKind::Takes && link.quantity > other.fields.capacity.quantity {
        let detail = said!("must be at most {most}, the capacity of the other resource", most = other.fields.capacity.quantity);
        return Err(InvalidFields::one("/quantity", "out_of_range", detail).into());
    }
    // Claims that are over must not block the link.
    for end in [id, other_id] {
        let end = resources::get(tx.conn, end)?;
        due::expire_and_offer(tx, &locked, &end)?;
    }
    unlink(tx, id, other_id)?;
    resource_links::insert(tx.conn, &link).map_err(|error| match error {
        StorageError::CapacityExceeded => Error::refused(Code::LinkNotPossible),
        error => error.into(),
    })?;
    record(tx, caller, &resource, "resource.link", &link)?;
    // The link that was replaced may have freed capacity.
    due::offer_freed(tx, &mut locked)?;
    Ok(link)
}

/// Lists the links from and to a resource, to those other resources that the caller sees.
///
/// # Errors
/// `not_found`.
pub fn list(tx: &mut ReadTx, caller: Option<Caller>, id: ResourceId, paging: &Paging) -> Result<Page<ResourceLink>, Error> {
    let resource = super::resources::visible::get(tx, caller, id)?;
    let mut links = resource_links::list(&mut tx.conn, id)?;
    if !is_insider(tx, caller, resource.organization_id)? {
        let ends: Vec<_> = links.iter().flat_map(|link| [link.resource_id, link.other_id]).collect();
        let ends = resources::list_each(&mut tx.conn, &ends)?;
        let is_seen = |id| ends.iter().any(|end| end.id == id && end.is_public());
        links.retain(|link| is_seen(link.resource_id) && is_seen(link.other_id));
    }
    let key = |link: &ResourceLink| format!("{} {}", link.resource_id, link.other_id);
    links.retain(|link| paging.after.as_ref().is_none_or(|after| key(link) > *after));
    links.truncate(paging.limit + 1);
    Ok(paging.page(links, key))
}

/// Removes the link from one resource to another. From then on claims on one no longer affect the other.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, other: ResourceId) -> Result<(), Error> {
    let resource = get_as(tx, caller, id, Permission::ManageListings)?;
    let mut locked = due::lock(tx, [id, other])?;
    let removed = unlink(tx, id, other)?;
    if removed.is_empty() {
        return Err(Error::not_found());
    }
    removed.iter().try_for_each(|link| record(tx, caller, &resource, "resource.unlink", link))?;
    due::offer_freed(tx, &mut locked)
}

/// Removes the links from one resource to another, and returns them.
fn unlink(tx: &mut Tx<'_>, id: ResourceId, other: ResourceId) -> Result<Vec<ResourceLink>, Error> {
    let mut links = resource_links::list(tx.conn, id)?;
    links.retain(|link| link.leads(id, other));
    links.iter().try_for_each(|link| resource_links::delete(tx.conn, link))?;
    Ok(links)
}

fn record(tx: &mut Tx<'_>, caller: Caller, resource: &Resource, action: &str, link: &ResourceLink) -> Result<(), Error> {
    let object = ("resource", resource.id.as_str());
    let detail = json!({
        "resource_id": link.resource_id, "other_id": link.other_id, "kind": link.kind, "quantity": link.quantity,
    });
    audit(tx, caller.principal(), Some(resource.organization_id), action, object, &detail)
}
