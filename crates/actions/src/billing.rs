//! The billing data of an organization.

use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize_in};
use domain::billing::BillingFields;
use domain::fields::InvalidFields;
use domain::ids::OrganizationId;
use domain::permissions::Permission;
use storage::billing::{self, Billing};
use storage::db::{ReadTx, Tx};
use storage::organizations;

/// Returns the billing data of an organization to its members.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: OrganizationId) -> Result<Billing, Error> {
    authorize_in(tx, caller, id, Permission::View)?;
    Ok(billing::get(&mut tx.conn, id)?)
}

/// Edits the billing data of an organization. Bookings keep the VAT that they were made with.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: OrganizationId,
    if_match: &IfMatch,
    edit: impl FnOnce(BillingFields) -> Result<BillingFields, InvalidFields>,
) -> Result<Billing, Error> {
    organizations::lock(tx.conn, id)?;
    authorize_in(tx, caller, id, Permission::ManageOrganization)?;
    let before = billing::get(tx.conn, id)?;
    if_match.check(before.revision)?;
    let fields = edit(before.fields)?;
    billing::update(tx.conn, id, &fields, tx.now)?;
    let detail = json!({ "vat": fields.vat });
    audit(tx, caller.principal(), Some(id), "organization.update_billing", ("organization", id.as_str()), &detail)?;
    Ok(billing::get(tx.conn, id)?)
}
