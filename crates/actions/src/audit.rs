//! The audit log of an organization.

use super::error::Error;
use super::{Caller, authorize};
use domain::ids::OrganizationId;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use storage::audit::{self, Entry, Filter};
use storage::db::ReadTx;
use storage::organizations;

/// Lists the audit log of an organization, the latest entry first, for its managers.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    filter: &Filter,
    paging: &Paging,
) -> Result<Page<Entry>, Error> {
    organizations::get(&mut tx.conn, organization)?;
    let is_visible = organizations::is_public(&mut tx.conn, organization)?;
    authorize(tx, caller, organization, Permission::ViewAudit, is_visible)?;
    let rows = audit::list(&mut tx.conn, organization, filter, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |entry| entry.id.to_string()))
}
