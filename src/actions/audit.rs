//! Seeing who has done what in an organization.

use super::error::Error;
use super::{Caller, authorize};
use crate::domain::ids::OrganizationId;
use crate::domain::paging::{Page, Paging};
use crate::domain::permissions::Permission;
use crate::storage::audit::{self, Entry, Filter};
use crate::storage::db::Tx;
use crate::storage::organizations;

/// What has been done in an organization, the last first, for its managers.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    filter: &Filter,
    paging: &Paging,
) -> Result<Page<Entry>, Error> {
    organizations::get(tx.conn, organization)?;
    let is_visible = organizations::is_public(tx.conn, organization)?;
    authorize(tx, caller, organization, Permission::Manage, is_visible)?;
    let rows = audit::list(tx.conn, organization, filter, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |entry| entry.id.to_string()))
}
