//! `/organizations/{id}/billing`: the billing data of an organization.

use actix_web::{get, patch};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{ManageOrganization, May, SignedIn};
use super::json::Patch;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::billing;
use actions::error::Error;
use domain::bank_account::BankAccount;
use domain::billing::{BillingAddress, BillingFields, NewBilling};
use domain::card_account::CardSetup;
use domain::card_payment::WayToPay;
use domain::fields::InvalidFields;
use domain::ids::OrganizationId;
use domain::pricing::VatSettings;
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use domain::ways_to_pay::WaysOfKind;
use storage::billing::Billing;

/// The billing data of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Billing)]
pub(super) struct BillingView {
    /// The organization.
    organization_id: OrganizationId,
    /// The country in which the organization is established, as an ISO 3166-1 alpha-2 code. Null: not known.
    country: Option<String>,
    /// The VAT number, in upper case without blanks. Null: none.
    vat_number: Option<String>,
    /// The number under which the tax office knows the organization. Null: none.
    tax_number: Option<String>,
    /// The name and address on invoices. Null: none.
    billing_address: Option<BillingAddress>,
    /// The e-mail address for invoices. Null: none.
    billing_email: Option<String>,
    /// True: a reader of `billing_email` has confirmed the address, so invoices are sent to it. False: they are sent to the managers.
    is_billing_email_verified: bool,
    /// The VAT that the organization charges as a host. Null: it charges no VAT.
    vat: Option<VatSettings>,
    /// The account to which customers transfer money. Null: none.
    bank_account: Option<BankAccount>,
    /// The days until its invoices are due. Null: 30.
    payment_days: Option<i64>,
    /// The days after the due date on which it reminds of an invoice that is not paid. Empty: it does not remind.
    reminder_days: Vec<i64>,
    /// Whether the service issues invoices each month.
    monthly_invoices: bool,
    /// The date on which the service issues the next monthly invoices. Null: it issues none.
    #[schema(value_type = Option<String>, format = Date, required)]
    next_monthly_invoices_on: Option<NaiveDate>,
    /// The ways in which customers can pay the organization as a host.
    ways_to_pay: Vec<WayToPay>,
    /// Other ways for customers of some kinds. Without `invoice` they must pay before a booking is confirmed.
    ways_to_pay_by_kind: Vec<WaysOfKind>,
    /// The instant of the latest change of the organization.
    updated_at: UtcTime,
}

fn reply(billing: Billing) -> Result<Reply, Error> {
    let Billing { organization_id, fields, monthly_invoices_on, billing_email_verified_at, revision, updated_at } = billing;
    let NewBilling {
        country,
        vat_number,
        tax_number,
        billing_address,
        billing_email,
        vat,
        bank_account,
        payment_days,
        reminder_days,
        monthly_invoices,
        ways_to_pay,
        ways_to_pay_by_kind,
    } = fields.into();
    let is_billing_email_verified = billing_email_verified_at.is_some();
    let view = BillingView {
        organization_id,
        country,
        vat_number,
        tax_number,
        billing_address,
        billing_email,
        is_billing_email_verified,
        vat,
        bank_account,
        payment_days,
        reminder_days,
        monthly_invoices,
        next_monthly_invoices_on: monthly_invoices_on,
        ways_to_pay,
        ways_to_pay_by_kind,
        updated_at,
    };
    Ok(Reply::ok(&view)?.revision(revision))
}

/// Refuses a kind of customers that could not pay at all, because the service takes no cards.
fn check_ways(fields: BillingFields, takes_cards: bool) -> Result<BillingFields, InvalidFields> {
    let is_stuck = |of: &WaysOfKind| !takes_cards && of.ways == [WayToPay::Card];
    match fields.ways_to_pay_by_kind.iter().position(is_stuck) {
        Some(at) => {
            let detail = said!("must have another way: the operator of the service has not set up payments by card");
            Err(InvalidFields::one(&format!("/ways_to_pay_by_kind/{at}/ways"), "invalid", detail))
        }
        None => Ok(fields),
    }
}

/// Get the billing data of an organization
///
/// For members of the organization.
#[utoipa::path(operation_id = "get_billing", tag = "organizations", params(("id" = String, Path)),
    responses((status = 200, body = BillingView)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/organizations/{id}/billing")]
pub(super) async fn get_one(read: Read<SignedIn>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(billing::get(tx, caller, id.0)?)).await
}

/// Edit the billing data of an organization
///
/// For owners of the organization. The service sends a link to a new `billing_email`, unless it is the address of the caller or the
/// confirmed contact address; `POST /auth/verify-contact` confirms it. A change of `vat` applies to new bookings and quotes. Bookings that exist keep the VAT that they were
/// made with, also when they move. Where each host has an account of its own for payments by card, `card` can be added to `ways_to_pay`
/// when this account can take payments.
#[utoipa::path(operation_id = "update_billing", tag = "organizations", params(("id" = String, Path)), request_body = NewBilling,
    responses((status = 200, body = BillingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::CardAccountRequired]))))]
#[patch("/organizations/{id}/billing")]
pub(super) async fn update(command: Command<May<ManageOrganization>, Patch>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    let setup = command.state.card_payments.setup();
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let takes_cards = setup != CardSetup::None;
            let edit = |fields: BillingFields| check_ways(patch.merge(&NewBilling::from(fields))?.read()?, takes_cards);
            reply(billing::update(tx, caller, id.0, if_match, setup, edit)?)
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(get_one).service(update);
}
