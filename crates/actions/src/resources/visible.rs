//! Which callers see a resource, and as what.

use crate::error::Error;
use crate::{Caller, authorize, is_insider};
use domain::ids::ResourceId;
use domain::permissions::Permission;
use domain::resource::Resource;
use storage::db::ReadTx;
use storage::resources;

/// Returns a resource to the members of its host, and to everybody while it is on offer.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: ResourceId) -> Result<Resource, Error> {
    let resource = resources::get(&mut tx.conn, id)?.at(tx.now);
    if resource.is_public() || is_insider(tx, caller, resource.organization_id)? { Ok(resource) } else { Err(Error::not_found()) }
}

/// Returns a resource to a caller who has this permission at its host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub(crate) fn get_as(tx: &mut ReadTx, caller: Caller, id: ResourceId, permission: Permission) -> Result<Resource, Error> {
    let resource = resources::get(&mut tx.conn, id)?;
    authorize(tx, caller, resource.organization_id, permission, resource.is_public())?;
    Ok(resource)
}

/// The resource as the caller sees it: only members of the host see the customers for which it is reserved, or cheaper.
///
/// # Errors
/// When the database fails.
pub fn shown(tx: &mut ReadTx, caller: Option<Caller>, resource: Resource) -> Result<Resource, Error> {
    if resource.names_organizations() && !is_insider(tx, caller, resource.organization_id)? {
        Ok(resource.without_names())
    } else {
        Ok(resource)
    }
}
