//! `/payments`: payments between customers and hosts, as managers of hosts record them.

use actix_web::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::Reason;
use super::caller::{ManageMoney, May, ViewMoney};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::payments;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, InvoiceId, OrganizationId, PaymentId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::payment::{NewPayment, Payment, PaymentMethod};
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// A payment that has been made, to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPayment, example = json!({
    "customer_organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "amount": {"amount": 12_000, "currency": "GBP"},
    "method": "bank_transfer", "paid_on": "2026-12-04", "reference": "RF18 5390 0754 7034"
}))]
pub(super) struct NewPaymentBody {
    /// The customer: an organization that has booked with the host.
    customer_organization_id: OrganizationId,
    /// The booking that was paid for. Default, and with null: the payment is for no booking in particular.
    booking_id: Option<BookingId>,
    /// The invoice of the customer that is paid first, in the same currency. Default, and with null: the invoice with `booking_id`, else
    /// the invoices that are due first.
    invoice_id: Option<InvoiceId>,
    /// True: the host paid the customer. Default: false.
    #[serde(default)]
    #[schema(required = false)]
    is_refund: bool,
    /// The amount, larger than zero.
    amount: Money,
    /// The way in which it was paid.
    method: PaymentMethod,
    /// The date of the payment.
    #[schema(value_type = String, format = Date)]
    paid_on: NaiveDate,
    /// The reference of the payment, such as that of the bank. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Line)]
    reference: String,
}

impl NewPaymentBody {
    fn read(&self) -> Result<NewPayment, InvalidFields> {
        let mut fields = Fields::default();
        let amount = fields.number("/amount/amount", self.amount.amount, limits::PaidAmount::RANGE);
        if self.method == PaymentMethod::OnlineCard {
            fields.refuse("/method", "invalid", said!("is only for payments that the service receives itself"));
        }
        let paid_on = fields.date("/paid_on", self.paid_on);
        let reference = fields.line("/reference", &self.reference, limits::Line::RANGE);
        fields.finish(|| {
            Some(NewPayment {
                customer_id: self.customer_organization_id,
                booking_id: self.booking_id,
                invoice_id: self.invoice_id,
                is_refund: self.is_refund,
                amount: Money { amount: amount?, ..self.amount },
                method: self.method,
                paid_on: paid_on?,
                reference: reference?,
            })
        })
    }
}

/// A payment between a customer and a host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub(super) struct PaymentView {
    /// The identifier of the object.
    id: PaymentId,
    /// The host.
    host_organization_id: OrganizationId,
    /// The customer.
    customer_organization_id: OrganizationId,
    /// The booking that was paid for. Null: the payment is for no booking in particular.
    booking_id: Option<BookingId>,
    /// The invoice that it pays first. Null: no invoice in particular.
    invoice_id: Option<InvoiceId>,
    /// True: the host paid the customer.
    is_refund: bool,
    /// The amount.
    amount: Money,
    /// The way in which it was paid.
    method: PaymentMethod,
    /// The date of the payment.
    #[schema(value_type = String, format = Date)]
    paid_on: NaiveDate,
    /// The reference of the payment. Empty if there is none.
    reference: String,
    /// The user who recorded the payment. Null: the service received it itself.
    recorded_by: Option<UserId>,
    /// The instant at which it was reversed. Null: it stands.
    reversed_at: Option<UtcTime>,
    /// The user who reversed it. Null: it stands.
    reversed_by: Option<UserId>,
    /// The reason of the reversal. Null: it stands.
    reversal_reason: Option<String>,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        let Payment { id, organization_id, paid, recorded_by, created_at, reversal, .. } = payment;
        let NewPayment { customer_id, booking_id, invoice_id, is_refund, amount, method, paid_on, reference } = paid;
        Self {
            id,
            host_organization_id: organization_id,
            customer_organization_id: customer_id,
            booking_id,
            invoice_id,
            is_refund,
            amount,
            method,
            paid_on,
            reference,
            recorded_by,
            updated_at: reversal.as_ref().map_or(created_at, |reversal| reversal.reversed_at),
            reversed_at: reversal.as_ref().map(|reversal| reversal.reversed_at),
            reversed_by: reversal.as_ref().map(|reversal| reversal.reversed_by),
            reversal_reason: reversal.map(|reversal| reversal.reason),
            created_at,
        }
    }
}

fn reply(payment: Payment) -> Result<Reply, Error> {
    let revision = payment.revision;
    Ok(Reply::ok(&PaymentView::from(payment))?.revision(revision))
}

/// Record a payment
///
/// For managers of the host: records that a customer has paid, or was paid, outside this service. The debt of the customer changes at
/// once.
#[utoipa::path(operation_id = "create_payment", tag = "money", params(("id" = String, Path)), request_body = NewPaymentBody,
    responses((status = 201, body = PaymentView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/payments")]
pub(super) async fn create(command: Command<May<ManageMoney>, NewPaymentBody>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let payment = payments::record(tx, caller, id.0, body.read()?)?;
            let (location, revision) = (format!("/api/v1/payments/{}", payment.id), payment.revision);
            Ok(Reply::created(location, &PaymentView::from(payment))?.revision(revision))
        })
        .await
}

/// Filters for payments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PaymentsQuery {
    /// True: those that hosts have recorded of the organization as a customer. Default: false, those that it has recorded as a host.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    made: bool,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the payments of an organization
///
/// For managers of the organization: payments that it has recorded as a host, or that hosts have recorded of it as a customer. For a spreadsheet there is `GET /organizations/{id}/payments.csv`.
#[utoipa::path(operation_id = "list_payments", tag = "money", params(("id" = String, Path), PaymentsQuery),
    responses((status = 200, body = Page<PaymentView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/payments")]
pub(super) async fn list(
    read: Read<May<ViewMoney>, PaymentsQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the payments of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/payments`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_payments_csv", tag = "money", params(("id" = String, Path), PaymentsQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/payments.csv")]
pub(super) async fn list_csv(
    read: Read<May<ViewMoney>, PaymentsQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<May<ViewMoney>, PaymentsQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ViewMoney>, query: PaymentsQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(payments::list(tx, caller, id.0, query.made, order, &paging)?.map(PaymentView::from))
    };
    sheet.page(read, look).await
}

impl Row for PaymentView {
    const FILE: &str = "payments";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("created_at", "/created_at"),
        ("paid_on", "/paid_on"),
        ("customer_organization_id", "/customer_organization_id"),
        ("booking_id", "/booking_id"),
        ("is_refund", "/is_refund"),
        ("amount", "/amount/amount"),
        ("currency", "/amount/currency"),
        ("method", "/method"),
        ("reference", "/reference"),
        ("recorded_by", "/recorded_by"),
        ("reversed_at", "/reversed_at"),
        ("reversal_reason", "/reversal_reason"),
        ("invoice_id", "/invoice_id"),
    ];
}

/// Get a payment
///
/// For managers of the host and of the customer.
#[utoipa::path(operation_id = "get_payment", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = PaymentView)))]
#[get("/payments/{id}")]
pub(super) async fn get_one(read: Read<May<ViewMoney>>, id: Id<PaymentId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(payments::get(tx, caller, id.0)?)).await
}

/// Reverse a payment
///
/// For managers of the host, if the payment was recorded by mistake. The rows of the ledger stay; new rows take the amount back.
#[utoipa::path(operation_id = "reverse_payment", tag = "money", params(("id" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = PaymentView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/payments/{id}/reverse")]
pub(super) async fn reverse(
    command: Command<May<(ViewMoney, ManageMoney)>, Reason>,
    id: Id<PaymentId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| reply(payments::reverse(tx, caller, id.0, &body.read()?, if_match)?))
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(list_csv).service(get_one).service(reverse);
}
