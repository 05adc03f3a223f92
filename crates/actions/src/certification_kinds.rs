//! Saying what people are trained in, and with whom that is shared.

use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize, is_insider, trainings};
use domain::certification::CertificationKindFields;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CertificationKindId, OrganizationId};
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use storage::certification_kinds::{self, CertificationKind};
use storage::db::Tx;
use storage::trainings as training_rows;
use storage::{booking_rules, members, organizations};

/// How many of those that use a kind are named where it cannot be retired.
const MOST_NAMED: usize = 10;

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

/// A kind of certification, and whether the caller is a member of one of its hosts: shown to these, and to everybody while
/// one of its hosts is.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Option<Caller>, id: CertificationKindId) -> Result<(CertificationKind, bool), Error> {
    let kind = certification_kinds::get(tx.conn, id)?;
    let is_insider = is_insider_of_any(tx, caller, &kind)?;
    if is_insider || is_public(tx, &kind)? { Ok((kind, is_insider)) } else { Err(Error::not_found()) }
}

fn is_insider_of_any(tx: &mut Tx<'_>, caller: Option<Caller>, kind: &CertificationKind) -> Result<bool, Error> {
    for host in kind.hosts() {
        if is_insider(tx, caller, host)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_public(tx: &mut Tx<'_>, kind: &CertificationKind) -> Result<bool, Error> {
    for host in kind.hosts() {
        if organizations::is_public(tx.conn, host)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the caller may see the kind.
pub(super) fn is_visible(tx: &mut Tx<'_>, caller: Option<Caller>, kind: &CertificationKind) -> Result<bool, Error> {
    Ok(is_public(tx, kind)? || is_insider_of_any(tx, caller, kind)?)
}

/// The kinds that an organization defines, and whether the caller sees them from inside: its members see those, too, that
/// others share with it. That takes no consent of its own, so it says nothing to others.
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Option<Caller>,
    organization: OrganizationId,
    paging: &Paging,
) -> Result<(Page<CertificationKind>, bool), Error> {
    let (_, is_insider) = super::organizations::get(tx, caller, organization)?;
    let rows = certification_kinds::list(tx.conn, organization, is_insider, paging.after.as_deref(), paging.rows())?;
    Ok((paging.page(rows, |kind| kind.id.to_string()), is_insider))
}

/// Edits a kind, as a manager of the host that defines it. What was granted stays as it was. Trainings of hosts that it is no
/// longer shared with are called off.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `certification_kind_in_use` where it would be
/// retired, and what `edit` refuses.
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
    let was_retired = kind.fields.is_retired;
    let kind = CertificationKind { fields: edit(kind.fields)?, ..kind };
    check_partners(tx, &kind.fields)?;
    if kind.fields.is_retired && !was_retired {
        check_unused(tx, &kind)?;
    }
    certification_kinds::update(tx.conn, id, &kind.fields, tx.now)?;
    record(tx, caller, kind.organization_id, "certification_kind.update", id, &kind.fields)?;
    trainings::call_off_unshared(tx, caller, &kind)?;
    Ok(certification_kinds::get(tx.conn, id)?)
}

/// Goes on only if the hosts of the kind have nothing on offer that requires it, and no trainings in it to come: nobody
/// could be certified for these any more.
fn check_unused(tx: &mut Tx<'_>, kind: &CertificationKind) -> Result<(), Error> {
    let hosts: Vec<_> = kind.hosts().collect();
    let mut users = booking_rules::list_requiring(tx.conn, &hosts, kind.id)?;
    let trainings = training_rows::list_scheduled(tx.conn, kind.id)?.into_iter();
    users.extend(trainings.filter(|training| hosts.contains(&training.organization_id)).map(|training| training.fields.name));
    if users.is_empty() {
        return Ok(());
    }
    let (named, others) = users.split_at(users.len().min(MOST_NAMED));
    let others = if others.is_empty() { String::new() } else { format!(", and {} more", others.len()) };
    Err(Error::Refused(Code::CertificationKindInUse, format!("In use: {}{others}.", named.join(", "))))
}

/// Goes on only if the caller manages one of the hosts that require and grant the kind; answers that host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub(super) fn authorize_granting(tx: &mut Tx<'_>, caller: Caller, kind: &CertificationKind) -> Result<OrganizationId, Error> {
    let roles = members::list_roles(tx.conn, caller.user_id)?;
    let manages = |host: &OrganizationId| roles.iter().any(|(one, role)| one == host && role.allows(Permission::Manage));
    let host = kind.hosts().find(manages).unwrap_or(kind.organization_id);
    let is_visible = is_visible(tx, Some(caller), kind)?;
    authorize(tx, caller, host, Permission::Manage, is_visible)?;
    Ok(host)
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
