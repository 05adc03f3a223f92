//! Saying what people are trained in, and with whom that is shared.

use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize, is_insider};
use crate::domain::certification::CertificationKindFields;
use crate::domain::fields::{Fields, InvalidFields};
use crate::domain::ids::{CertificationKindId, OrganizationId};
use crate::domain::paging::{Page, Paging};
use crate::domain::permissions::Permission;
use crate::storage::certification_kinds::{self, CertificationKind};
use crate::storage::db::Tx;
use crate::storage::{members, organizations};

/// Defines a kind of certification.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, and a field error for a partner that does not exist.
pub fn create(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    fields: &CertificationKindFields,
) -> Result<CertificationKind, Error> {
    let is_visible = organizations::is_public(tx.conn, organization)?;
    authorize(tx, caller, organization, Permission::Manage, is_visible)?;
    organizations::get(tx.conn, organization)?;
    check_partners(tx, fields)?;
    let id: CertificationKindId = tx.new_id();
    certification_kinds::insert(tx.conn, id, organization, fields, tx.now)?;
    record(tx, caller, organization, "certification_kind.create", id, fields)?;
    Ok(certification_kinds::get(tx.conn, id)?)
}

/// A kind of certification: shown to everybody while one of its hosts is, and to their members.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Option<Caller>, id: CertificationKindId) -> Result<CertificationKind, Error> {
    let kind = certification_kinds::get(tx.conn, id)?;
    if is_visible(tx, caller, &kind)? { Ok(kind) } else { Err(Error::not_found()) }
}

/// Whether the caller may see the kind.
pub(super) fn is_visible(tx: &mut Tx<'_>, caller: Option<Caller>, kind: &CertificationKind) -> Result<bool, Error> {
    for host in kind.hosts() {
        if is_insider(tx, caller, host)? || organizations::is_public(tx.conn, host)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The kinds that an organization may require and grant: its own, and those that are shared with it.
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Option<Caller>,
    organization: OrganizationId,
    paging: &Paging,
) -> Result<Page<CertificationKind>, Error> {
    super::organizations::get(tx, caller, organization)?;
    let rows = certification_kinds::list(tx.conn, organization, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |kind| kind.id.to_string()))
}

/// Edits a kind, as a manager of the host that defines it. What was granted stays as it was.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, and what `edit` refuses.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: CertificationKindId,
    if_match: &IfMatch,
    edit: impl FnOnce(CertificationKindFields) -> Result<CertificationKindFields, InvalidFields>,
) -> Result<CertificationKind, Error> {
    certification_kinds::lock(tx.conn, id)?;
    let kind = certification_kinds::get(tx.conn, id)?;
    let is_visible = is_visible(tx, Some(caller), &kind)?;
    authorize(tx, caller, kind.organization_id, Permission::Manage, is_visible)?;
    if_match.check(kind.revision)?;
    let fields = edit(kind.fields)?;
    check_partners(tx, &fields)?;
    certification_kinds::update(tx.conn, id, &fields, tx.now)?;
    record(tx, caller, kind.organization_id, "certification_kind.update", id, &fields)?;
    Ok(certification_kinds::get(tx.conn, id)?)
}

/// Goes on only if the caller manages one of the hosts that require and grant the kind.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub(super) fn authorize_granting(tx: &mut Tx<'_>, caller: Caller, kind: &CertificationKind) -> Result<(), Error> {
    let roles = members::list_roles(tx.conn, caller.user_id)?;
    let manages = |host: &OrganizationId| roles.iter().any(|(one, role)| one == host && role.allows(Permission::Manage));
    let host = kind.hosts().find(manages).unwrap_or(kind.organization_id);
    let is_visible = is_visible(tx, Some(caller), kind)?;
    authorize(tx, caller, host, Permission::Manage, is_visible)
}

/// Notes it as an error if a host may not require and grant a kind.
pub(super) fn refuse_unusable(
    fields: &mut Fields,
    pointer: impl Into<String>,
    kind: Option<&CertificationKind>,
    host: OrganizationId,
) {
    match kind.filter(|kind| kind.hosts().any(|one| one == host)) {
        None => fields.refuse(pointer, "unknown_certification_kind", "is neither yours nor shared with you"),
        Some(kind) if kind.fields.is_retired => fields.refuse(pointer, "retired", "is retired"),
        Some(_) => {}
    }
}

/// Goes on only if all partners exist.
fn check_partners(tx: &mut Tx<'_>, fields: &CertificationKindFields) -> Result<(), Error> {
    let known = organizations::list_known(tx.conn, &fields.shared_with)?;
    let mut errors = Fields::default();
    for (index, partner) in fields.shared_with.iter().enumerate() {
        if !known.contains(partner) {
            errors.refuse(format!("/shared_with/{index}"), "unknown_organization", "is no organization here");
        }
    }
    Ok(errors.finish(|| Some(()))?)
}

fn record(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    action: &str,
    id: CertificationKindId,
    fields: &CertificationKindFields,
) -> Result<(), Error> {
    let CertificationKindFields { name, valid_days, shared_with, is_retired, .. } = fields;
    let detail = json!({ "name": name, "valid_days": valid_days, "shared_with": shared_with, "is_retired": is_retired });
    audit(tx, Some(caller.user_id), Some(organization), action, ("certification_kind", id.as_str()), &detail)
}
