//! The logos of organizations.

use serde_json::json;

use crate::error::Error;
use crate::organizations;
use crate::record::audit;
use crate::{Caller, authorize_in};
use domain::ids::OrganizationId;
use domain::invoice::Invoice;
use domain::logo::Logo;
use domain::permissions::Permission;
use storage::db::{ReadTx, Tx};
use storage::logos;

/// Returns the current logo of an organization to everybody who sees the organization.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: OrganizationId) -> Result<Logo, Error> {
    organizations::get(tx, caller, id)?;
    let sha256 = logos::find_current(&mut tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok(logos::get(&mut tx.conn, id, &sha256)?)
}

/// Checks that the caller may change the logo of an organization.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn authorize_change(tx: &mut ReadTx, caller: Caller, id: OrganizationId) -> Result<(), Error> {
    authorize_in(tx, caller, id, Permission::ManageOrganization)?;
    Ok(())
}

/// Sets the logo of an organization. It is on the invoices that are issued from then on.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn set(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId, logo: &Logo) -> Result<(), Error> {
    change(tx, caller, id, Some(logo))
}

/// Removes the logo of an organization. Invoices that have it keep it.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn remove(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId) -> Result<(), Error> {
    change(tx, caller, id, None)
}

fn change(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId, logo: Option<&Logo>) -> Result<(), Error> {
    storage::organizations::lock(tx.conn, id)?;
    authorize_change(tx, caller, id)?;
    logos::update_current(tx.conn, id, logo)?;
    let detail = json!({ "sha256": logo.map(|logo| &logo.sha256) });
    audit(tx, caller.principal(), Some(id), "organization.change_logo", ("organization", id.as_str()), &detail)
}

/// Returns the logo that an invoice was issued with.
///
/// # Errors
/// When the database fails.
pub fn of_invoice(tx: &mut ReadTx, invoice: &Invoice) -> Result<Option<Logo>, Error> {
    let sha256 = invoice.content.logo.as_deref();
    Ok(sha256.map(|sha256| logos::get(&mut tx.conn, invoice.organization_id, sha256)).transpose()?)
}
