//! Kinds of certification: what users are trained in, and which hosts share a kind.

pub(crate) mod access;

use serde_json::json;

use self::access::{is_insider_of_any, is_public, is_visible};
use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize, organizations, trainings};
use domain::certification::CertificationKindFields;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{CertificationKindId, OrganizationId};
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use storage::certification_kinds::{self, CertificationKind};
use storage::db::{ReadTx, Tx};
use storage::trainings as training_rows;
use storage::{booking_rules, organizations as organization_rows};

/// How many resources and trainings are named that keep a kind from being retired.
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
    let is_visible = organization_rows::is_public(tx.conn, organization)?;
    authorize(tx, caller, organization, Permission::ManageCertifications, is_visible)?;
    organization_rows::get(tx.conn, organization)?;
    check_partners(tx, fields)?;
    let id: CertificationKindId = tx.new_id();
    certification_kinds::insert(tx.conn, id, organization, fields, tx.now)?;
    record(tx, caller, organization, "certification_kind.create", id, fields)?;
    Ok(certification_kinds::get(tx.conn, id)?)
}

/// Returns a kind of certification, and whether the caller is a member of one of its hosts. Everybody sees the kind while one of
/// its hosts is visible to everybody.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: CertificationKindId) -> Result<(CertificationKind, bool), Error> {
    let kind = certification_kinds::get(&mut tx.conn, id)?;
    let is_insider = is_insider_of_any(tx, caller, &kind)?;
    if is_insider || is_public(tx, &kind)? { Ok((kind, is_insider)) } else { Err(Error::not_found()) }
}

/// Lists the kinds that an organization defines, and returns whether the caller is one of its members. Only members also see the
/// kinds that others share with the organization, because others can share without its consent.
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    organization: OrganizationId,
    paging: &Paging,
) -> Result<(Page<CertificationKind>, bool), Error> {
    let (_, is_insider) = organizations::get(tx, caller, organization)?;
    let rows = certification_kinds::list(&mut tx.conn, organization, is_insider, paging.after.as_deref(), paging.rows())?;
    Ok((paging.page(rows, |kind| kind.id.to_string()), is_insider))
}

/// Edits a kind, as a manager of the host that defines it. Certifications that were granted stay as they are. Trainings of
/// hosts with which the kind is no longer shared are cancelled.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `certification_kind_in_use` if it
/// cannot be retired, and the errors of `edit`.
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
    authorize(tx, caller, kind.organization_id, Permission::ManageCertifications, is_visible)?;
    if_match.check(kind.revision)?;
    let was_retired = kind.fields.is_retired;
    let kind = CertificationKind { fields: edit(kind.fields)?, ..kind };
    check_partners(tx, &kind.fields)?;
    if kind.fields.is_retired && !was_retired {
        check_unused(tx, &kind)?;
    }
    certification_kinds::update(tx.conn, id, &kind.fields, tx.now)?;
    record(tx, caller, kind.organization_id, "certification_kind.update", id, &kind.fields)?;
    trainings::cancel_unshared(tx, caller, &kind)?;
    Ok(certification_kinds::get(tx.conn, id)?)
}

/// Checks that no resource on offer of the hosts requires the kind and that they have no upcoming training in it: no user
/// could be certified for these any more.
fn check_unused(tx: &mut ReadTx, kind: &CertificationKind) -> Result<(), Error> {
    let hosts: Vec<_> = kind.hosts().collect();
    let mut uses = booking_rules::list_requiring(&mut tx.conn, &hosts, kind.id)?;
    let trainings = training_rows::list_scheduled(&mut tx.conn, kind.id)?.into_iter();
    uses.extend(trainings.filter(|training| hosts.contains(&training.organization_id)).map(|training| training.fields.name));
    if uses.is_empty() {
        return Ok(());
    }
    let (named, others) = uses.split_at(uses.len().min(MOST_NAMED));
    let named = named.to_vec();
    let detail = match others.len() {
        0 => said!("In use: {named}.", named),
        more => said!("In use: {named}, and {more} more.", named, more),
    };
    Err(Error::Refused(Code::CertificationKindInUse, detail))
}

/// Checks that all partners exist.
fn check_partners(tx: &mut ReadTx, fields: &CertificationKindFields) -> Result<(), Error> {
    let known = organization_rows::list_known(&mut tx.conn, &fields.shared_with)?;
    let mut errors = Fields::default();
    for (index, partner) in fields.shared_with.iter().enumerate() {
        if !known.contains(partner) {
            errors.refuse(
                format!("/shared_with/{index}"),
                "unknown_organization",
                said!("must be an organization of this installation"),
            );
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
    audit(tx, caller.principal(), Some(organization), action, ("certification_kind", id.as_str()), &detail)
}
