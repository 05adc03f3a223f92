//! Access to a kind of certification: which callers see it, grant it, and require it for their resources.

use crate::error::Error;
use crate::{Caller, authorize, is_insider, roles_of};
use domain::fields::Fields;
use domain::ids::OrganizationId;
use domain::permissions::Permission;
use domain::said::said;
use storage::certification_kinds::CertificationKind;
use storage::db::ReadTx;
use storage::organizations;

/// Whether the caller is a member of one of the hosts of the kind.
pub(super) fn is_insider_of_any(tx: &mut ReadTx, caller: Option<Caller>, kind: &CertificationKind) -> Result<bool, Error> {
    for host in kind.hosts() {
        if is_insider(tx, caller, host)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether one of the hosts of the kind is visible to everybody.
pub(super) fn is_public(tx: &mut ReadTx, kind: &CertificationKind) -> Result<bool, Error> {
    for host in kind.hosts() {
        if organizations::is_public(&mut tx.conn, host)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the caller may see the kind.
pub(crate) fn is_visible(tx: &mut ReadTx, caller: Option<Caller>, kind: &CertificationKind) -> Result<bool, Error> {
    Ok(is_public(tx, kind)? || is_insider_of_any(tx, caller, kind)?)
}

/// Checks that the caller manages one of the hosts that can require and grant the kind. Returns that host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub(crate) fn authorize_granting(tx: &mut ReadTx, caller: Caller, kind: &CertificationKind) -> Result<OrganizationId, Error> {
    let roles = roles_of(tx, caller)?;
    let manages =
        |host: &OrganizationId| roles.iter().any(|(one, role)| one == host && role.allows(Permission::ManageCertifications));
    let host = kind.hosts().find(manages).unwrap_or(kind.organization_id);
    let is_visible = is_visible(tx, Some(caller), kind)?;
    authorize(tx, caller, host, Permission::ManageCertifications, is_visible)?;
    Ok(host)
}

/// Adds a field error if the host cannot require and grant the kind.
pub(crate) fn check_usable(
    fields: &mut Fields,
    pointer: impl Into<String>,
    kind: Option<&CertificationKind>,
    host: OrganizationId,
) {
    match kind.filter(|kind| kind.hosts().any(|one| one == host)) {
        None => fields.refuse(pointer, "unknown_certification_kind", said!("is neither yours nor shared with you")),
        Some(kind) if kind.fields.is_retired => fields.refuse(pointer, "retired", said!("is retired")),
        Some(_) => {}
    }
}
