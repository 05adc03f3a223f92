//! Keeping a resource for the host: maintenance, closure, private use.

use serde_json::json;

use super::error::Error;
use super::record::audit;
use super::{Caller, authorize};
use crate::domain::ids::{BlockId, ResourceId};
use crate::domain::interval::Interval;
use crate::domain::paging::{Page, Paging};
use crate::domain::permissions::Permission;
use crate::domain::time::UtcTime;
use crate::storage::blocks::{self, Block};
use crate::storage::db::Tx;
use crate::storage::resources::{self, Resource};

/// Blocks a quantity of a resource, or all of it.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `slot_unavailable` when bookings or other blocks
/// take it.
pub fn create(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: ResourceId,
    interval: Interval,
    quantity: Option<i32>,
    reason: &str,
) -> Result<Block, Error> {
    resources::lock(tx.conn, &[id], tx.now)?;
    let resource = get_managed(tx, caller, id, Permission::Manage)?;
    super::bookings::due::settle(tx, &resource)?;
    let block = Block {
        id: tx.new_id(),
        resource_id: id,
        interval,
        quantity: quantity.unwrap_or(resource.fields.capacity.quantity),
        reason: reason.to_owned(),
        created_by: caller.user_id,
        created_at: tx.now,
    };
    blocks::insert(tx.conn, &block)?;
    record(tx, caller, &resource, "block.create", &block)?;
    Ok(block)
}

/// The blocks of a resource that end after `from`, for the host's members.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: ResourceId,
    from: Option<UtcTime>,
    paging: &Paging,
) -> Result<Page<Block>, Error> {
    get_managed(tx, caller, id, Permission::View)?;
    let rows = blocks::list(tx.conn, id, from, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |block| block.id.to_string()))
}

/// Removes a block; its capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, block: BlockId) -> Result<(), Error> {
    resources::lock(tx.conn, &[id], tx.now)?;
    let resource = get_managed(tx, caller, id, Permission::Manage)?;
    let block = blocks::get(tx.conn, id, block)?;
    blocks::delete(tx.conn, block.id)?;
    record(tx, caller, &resource, "block.delete", &block)?;
    super::bookings::due::settle(tx, &resource)
}

fn get_managed(tx: &mut Tx<'_>, caller: Caller, id: ResourceId, permission: Permission) -> Result<Resource, Error> {
    let resource = resources::get(tx.conn, id)?;
    authorize(tx, caller, resource.organization_id, permission, resource.is_public())?;
    Ok(resource)
}

fn record(tx: &mut Tx<'_>, caller: Caller, resource: &Resource, action: &str, block: &Block) -> Result<(), Error> {
    let detail = json!({
        "resource_id": block.resource_id, "quantity": block.quantity, "reason": block.reason,
        "starts_at": block.interval.starts_at(), "ends_at": block.interval.ends_at(),
    });
    audit(tx, Some(caller.user_id), Some(resource.organization_id), action, ("block", block.id.as_str()), &detail)
}
