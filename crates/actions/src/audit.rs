//! The audit log of an organization.

use super::error::Error;
use super::{Caller, authorize_in};
use domain::ids::OrganizationId;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use storage::audit::{self, Entry, Filter};
use storage::db::ReadTx;

/// Lists the audit log of an organization, for its managers.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    filter: &Filter,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Entry>, Error> {
    authorize_in(tx, caller, organization, Permission::ViewAudit)?;
    let rows = audit::list(&mut tx.conn, organization, filter, paging.by_id(order))?;
    Ok(paging.page(rows, |entry| entry.id.to_string()))
}
