//! Linking resources of a host: what is claimed together, and what is never claimed at once.

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
use storage::db::Tx;
use storage::error::StorageError;
use storage::resource_links::{self, ResourceLink};
use storage::resources;

/// How many resources links connect at most: whoever books one of them waits for all.
const MOST_LINKED: usize = 50;

/// Links two resources of a host, in place of the link that there is. It holds for what is claimed
/// already, too.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for another that is none of the
/// host's, for one link too many and for more than there is of the other, `link_not_possible`.
pub fn create(tx: &mut Tx<'_>, caller: Caller, link: ResourceLink) -> Result<ResourceLink, Error> {
    let ResourceLink { resource_id: id, other_id, .. } = link;
    let resource = get_as(tx, caller, id, Permission::Manage)?;
    if id == other_id || resources::list_own(tx.conn, resource.organization_id, &[other_id])?.is_empty() {
        return Err(InvalidFields::one("/other_id", "invalid", "must be another resource of the same host").into());
    }
    let mut locked = due::lock(tx, [id, other_id])?;
    if resource_links::list_linked(tx.conn, &[id, other_id])?.len() > MOST_LINKED {
        let detail = format!("must leave no more than {MOST_LINKED} resources connected by links");
        return Err(InvalidFields::one("/other_id", "out_of_range", detail).into());
    }
    let other = resources::get(tx.conn, other_id)?;
    if link.kind == LinkKind::Takes && link.quantity > other.fields.capacity.quantity {
        let detail = format!("must be at most {}, for there is no more of it", other.fields.capacity.quantity);
        return Err(InvalidFields::one("/quantity", "out_of_range", detail).into());
    }
    // What is over does not stand in the way of the link.
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
    // What the link before it took along goes to those who wait for it.
    due::offer_freed(tx, &mut locked)?;
    Ok(link)
}

/// The links from and to a resource, of those to resources that the caller may see.
///
/// # Errors
/// `not_found`.
pub fn list(tx: &mut Tx<'_>, caller: Option<Caller>, id: ResourceId, paging: &Paging) -> Result<Page<ResourceLink>, Error> {
    let resource = super::resources::visible::get(tx, caller, id)?;
    let mut links = resource_links::list(tx.conn, id)?;
    if !is_insider(tx, caller, resource.organization_id)? {
        let ends: Vec<_> = links.iter().flat_map(|link| [link.resource_id, link.other_id]).collect();
        let ends = resources::list_each(tx.conn, &ends)?;
        let is_seen = |id| ends.iter().any(|end| end.id == id && end.is_public());
        links.retain(|link| is_seen(link.resource_id) && is_seen(link.other_id));
    }
    let key = |link: &ResourceLink| format!("{} {}", link.resource_id, link.other_id);
    links.retain(|link| paging.after.as_ref().is_none_or(|after| key(link) > *after));
    links.truncate(paging.limit + 1);
    Ok(paging.page(links, key))
}

/// Removes the link from one resource to another; from then on claims go their own ways.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, other: ResourceId) -> Result<(), Error> {
    let resource = get_as(tx, caller, id, Permission::Manage)?;
    let mut locked = due::lock(tx, [id, other])?;
    let removed = unlink(tx, id, other)?;
    if removed.is_empty() {
        return Err(Error::not_found());
    }
    removed.iter().try_for_each(|link| record(tx, caller, &resource, "resource.unlink", link))?;
    // What was taken along goes to those who wait for it.
    due::offer_freed(tx, &mut locked)
}

/// Removes what leads from one resource to another.
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
    audit(tx, Some(caller.user_id), Some(resource.organization_id), action, object, &detail)
}
