//! Founding and running an organization.

use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, accounts, authorize, is_insider};
use crate::domain::fields::InvalidFields;
use crate::domain::ids::OrganizationId;
use crate::domain::organization::OrganizationFields;
use crate::domain::paging::{Page, Paging};
use crate::domain::permissions::{Permission, Role};
use crate::domain::problem::Code;
use crate::storage::db::Tx;
use crate::storage::organizations::{self, Organization};
use crate::storage::{members, resources};

/// Founds an organization; its founder is the first owner.
///
/// # Errors
/// `email_not_verified`.
pub fn create(tx: &mut Tx<'_>, caller: Caller, fields: &OrganizationFields) -> Result<Organization, Error> {
    let founder = accounts::get(tx, caller)?;
    if caller.must_be_verified && founder.email_verified_at.is_none() {
        return Err(Error::refused(Code::EmailNotVerified));
    }
    let id: OrganizationId = tx.new_id();
    organizations::insert(tx.conn, id, fields, None, tx.now)?;
    members::insert(tx.conn, id, caller.user_id, Role::Owner, tx.now)?;
    audit(
        tx,
        Some(caller.user_id),
        Some(id),
        "organization.create",
        ("organization", id.as_str()),
        &json!({ "name": fields.name }),
    )?;
    Ok(organizations::get(tx.conn, id)?)
}

/// An organization, and whether the caller sees it from inside. It is shown to its members, and to
/// everybody while it lists something.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Option<Caller>, id: OrganizationId) -> Result<(Organization, bool), Error> {
    let organization = organizations::get(tx.conn, id)?;
    let is_insider = is_insider(tx, caller, id)?;
    if is_insider || organizations::is_public(tx.conn, id)? { Ok((organization, is_insider)) } else { Err(Error::not_found()) }
}

/// The organizations that the caller belongs to.
///
/// # Errors
/// When the database fails.
pub fn list_mine(tx: &mut Tx<'_>, caller: Caller, paging: &Paging) -> Result<Page<Organization>, Error> {
    let rows = organizations::list_of_member(tx.conn, caller.user_id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |row| row.id.to_string()))
}

/// Edits what an organization tells about itself.
///
/// # Errors
/// `not_found`, `forbidden`, `precondition_failed`, and what `edit` refuses.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: OrganizationId,
    if_match: &IfMatch,
    edit: impl FnOnce(OrganizationFields) -> Result<OrganizationFields, InvalidFields>,
) -> Result<Organization, Error> {
    organizations::lock(tx.conn, id)?;
    let organization = organizations::get(tx.conn, id)?;
    let is_visible = organizations::is_public(tx.conn, id)?;
    authorize(tx, caller, id, Permission::Own, is_visible)?;
    if_match.check(organization.revision)?;
    let fields = edit(organization.fields())?;
    organizations::update(tx.conn, id, &fields, tx.now)?;
    if fields.name != organization.fields().name {
        resources::refresh_search_text(tx.conn, id)?;
    }
    audit(tx, Some(caller.user_id), Some(id), "organization.update", ("organization", id.as_str()), &json!({}))?;
    Ok(organizations::get(tx.conn, id)?)
}
