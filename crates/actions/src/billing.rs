//! The billing data of an organization.

use serde_json::json;

use super::error::Error;
use super::organizations::ask_to_confirm;
use super::precondition::IfMatch;
use super::record::{audit_personal, changes};
use super::{Caller, accounts, authorize_in, card_accounts};
use domain::billing::{BillingFields, month_after};
use domain::card_account::CardSetup;
use domain::card_payment::WayToPay;
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

/// Sends an e-mail to the address for invoices to confirm that they are wanted there, unless the address is that of the caller or the
/// contact address of the organization, which are confirmed already.
fn verify_email_or_ask(tx: &mut Tx<'_>, caller: Caller, id: OrganizationId, fields: &BillingFields) -> Result<(), Error> {
    let user = accounts::get(tx, caller)?;
    let organization = organizations::get(tx.conn, id)?;
    let contact = organization.fields().contact_email.filter(|_| organization.contact_verified_at.is_some());
    let own = Some(user.email).filter(|_| user.email_verified_at.is_some());
    let email = fields.billing_email.as_ref();
    let is_confirmed = email.is_some_and(|email| [own.as_ref(), contact.as_ref()].contains(&Some(email)));
    billing::update_email_verified(tx.conn, id, is_confirmed.then_some(tx.now))?;
    match email.filter(|_| !is_confirmed) {
        Some(email) => ask_to_confirm(tx, caller, id, email),
        None => Ok(()),
    }
}

/// Edits the billing data of an organization. Bookings keep the VAT that they were made with. A host begins to offer payments by card
/// only when it can take them.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `card_account_required`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: OrganizationId,
    if_match: &IfMatch,
    setup: CardSetup,
    edit: impl FnOnce(BillingFields) -> Result<BillingFields, InvalidFields>,
) -> Result<Billing, Error> {
    organizations::lock(tx.conn, id)?;
    authorize_in(tx, caller, id, Permission::ManageOrganization)?;
    let before = billing::get(tx.conn, id)?;
    if_match.check(before.revision)?;
    let has_offered = before.fields.offers(WayToPay::Card);
    let fields = edit(before.fields.clone())?;
    if fields.offers(WayToPay::Card) && !has_offered {
        card_accounts::check_can_offer(tx, id, setup)?;
    }
    billing::update(tx.conn, id, &fields, tx.now)?;
    if fields.monthly_invoices != before.monthly_invoices_on.is_some() {
        let first = fields.monthly_invoices.then(|| month_after(tx.now.to_chrono().date_naive()));
        billing::update_monthly_invoices_on(tx.conn, id, first)?;
    }
    if before.billing_email_verified_at.is_none() || fields.billing_email != before.fields.billing_email {
        verify_email_or_ask(tx, caller, id, &fields)?;
    }
    let about_people = ["vat_number", "tax_number", "billing_address", "billing_email", "bank_account"];
    let (mut detail, personal) = changes(&before.fields, &fields, &about_people)?;
    detail["vat"] = json!(fields.vat);
    let object = ("organization", id.as_str());
    audit_personal(tx, caller.principal(), Some(id), "organization.update_billing", object, (&detail, personal))?;
    Ok(billing::get(tx.conn, id)?)
}
