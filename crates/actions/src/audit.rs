//! The audit log of an organization.

use super::audit_tree::{self, InclusionProof};
use super::error::Error;
use super::{Caller, authorize_in, standing_of};
use domain::ids::{AuditId, OrganizationId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use storage::audit::{self, Filter, ListedEntry};
use storage::db::ReadTx;

/// Lists the audit log of an organization, for its managers. They see what is personal in the actions of its own members and API keys;
/// operators see all of it.
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
) -> Result<Page<ListedEntry>, Error> {
    authorize_in(tx, caller, organization, Permission::ViewAudit)?;
    let is_operator = standing_of(tx, caller, organization)?.is_some_and(|standing| standing.is_operator);
    let mut rows = audit::list(&mut tx.conn, organization, filter, paging.by_id(order))?;
    for row in rows.iter_mut().filter(|row| !is_operator && !row.seal.is_own()) {
        (row.seal.salt, row.seal.personal) = (None, None);
    }
    Ok(paging.page(rows, |row| row.entry.id.to_string()))
}

/// Returns the proof that an entry of the audit log of an organization is in the tree, for its managers.
///
/// # Errors
/// `not_found`, also while no checkpoint has the entry; `forbidden`, `email_not_verified`.
pub fn prove_inclusion(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    id: AuditId,
) -> Result<InclusionProof, Error> {
    authorize_in(tx, caller, organization, Permission::ViewAudit)?;
    if !audit::is_of(&mut tx.conn, organization, id)? {
        return Err(Error::not_found());
    }
    audit_tree::prove_inclusion(tx, id)?.ok_or_else(|| {
        let detail = said!("No signed checkpoint has the entry yet. One is signed within two minutes.");
        Error::Refused(Code::NotFound, detail)
    })
}
