//! `/invoices`: invoices and credit notes.

use actix_web::{get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Heavy, ManageMoney, May, Searching, ViewMoney};
use super::csv::{Column, Row, Sheet};
use super::download::{Bytes, Download};
use super::notation::Noted;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::invoices::{self, Listed, NewInvoice};
use actions::logos;
use actions::open_invoices::InvoiceNow;
use domain::bank_account::BankAccount;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, InvoiceId, OrganizationId, UserId};
use domain::invoice::{Invoice, InvoiceContent, InvoiceKind, InvoiceLine, InvoiceParty, InvoicePeriod, InvoiceTax, number};
use domain::language::Language;
use domain::limits;
use domain::money::{Currency, Money};
use domain::open_invoices::InvoiceState;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::Said;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::payment_reminders::SentReminder;

/// The bookings to invoice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewInvoice, example = json!({"customer_organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "due_days": 14}))]
pub(super) struct NewInvoiceBody {
    /// The customer: an organization that has booked with the host.
    customer_organization_id: OrganizationId,
    /// Only this booking, also before it is over. Default, and with null: all bookings of the customer that are over.
    booking_id: Option<BookingId>,
    /// The currency. Required if amounts are owed in several. Default, and with null: the currency of the amounts.
    currency: Option<Currency>,
    /// The days until the invoice is due. Default, and with null: the `payment_days` in the billing data of the host, 30 if it has set none.
    #[schema(value_type = Option<limits::DueDays>)]
    due_days: Option<i64>,
    /// True: the invoice also names bookings without a price, at most 1,000, and is issued even if nothing is to be paid. Default: false.
    #[serde(default)]
    #[schema(required = false)]
    include_free: bool,
}

impl NewInvoiceBody {
    fn read(&self) -> Result<NewInvoice, InvalidFields> {
        let mut fields = Fields::default();
        let due_days = match self.due_days {
            Some(days) => fields.number("/due_days", days, limits::DueDays::RANGE).map(|days| Some(days.unsigned_abs())),
            None => Some(None),
        };
        let Self { customer_organization_id: customer_id, booking_id, currency, include_free: includes_free, .. } = *self;
        fields.finish(|| {
            Some(NewInvoice { customer_id, booking_id, currency, due_days: due_days?, includes_free, ended_before: None })
        })
    }
}

/// An invoice or credit note. It is never changed; a credit note corrects it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invoice)]
pub(super) struct InvoiceView {
    /// The identifier of the object.
    id: InvoiceId,
    /// The kind of the document.
    kind: InvoiceKind,
    /// The number: the year and, after a hyphen, the number of the document in this year, without gaps for each host.
    number: String,
    /// The host.
    host_organization_id: OrganizationId,
    /// The customer.
    customer_organization_id: OrganizationId,
    /// The host as it was then.
    seller: InvoiceParty,
    /// The customer as it was then.
    buyer: InvoiceParty,
    /// The date on which it was issued.
    #[schema(value_type = String, format = Date)]
    issued_on: NaiveDate,
    /// The date until which it is to be paid; for a credit note the date of issue.
    #[schema(value_type = String, format = Date)]
    due_on: NaiveDate,
    /// The lines, without VAT.
    lines: Vec<InvoiceLine>,
    /// The VAT, an entry for each category and rate: computed once on the sum of the lines. Empty if the host charges no VAT.
    taxes: Vec<InvoiceTax>,
    /// The sum of the lines, without VAT.
    net: Money,
    /// The sum of the VAT.
    tax: Money,
    /// The difference between `total` and the sum of `net` and `tax`, less `prepaid`: each booking was rounded on its own.
    rounding: Money,
    /// The part that prepaid credit has paid or, on a credit note, that goes back to it. It is not part of `total`.
    prepaid: Money,
    /// The amount to pay or, on a credit note, to be credited.
    total: Money,
    /// The numbers of the invoices that a credit note corrects. Empty on an invoice.
    corrects: Vec<String>,
    /// The period of the bookings. Null on documents that were issued before it was kept.
    period: Option<InvoicePeriod>,
    /// The account to which the customer transfers the amount. Null: the host had none.
    bank_account: Option<BankAccount>,
    /// The language of the document as PDF and as XML: that which the customer had chosen when it was issued.
    language: Language,
    /// The amount that is still to be paid, after credit notes and payments: a payment pays the invoice that it names, all others pay the
    /// invoices that are due first of those that there are, and what is too much pays later ones. On a credit note 0.
    open: Money,
    /// Whether the invoice is paid.
    state: InvoiceState,
    /// The reminders of payment that the customer got, the oldest first.
    reminders: Vec<ReminderView>,
    /// The user who issued it. Null: it is a monthly invoice, which the service has issued.
    #[schema(required)]
    issued_by: Option<UserId>,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

/// A reminder of payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentReminder)]
struct ReminderView {
    /// The step of `reminder_days` of the host: days after the due date.
    step_days: i64,
    /// The amount that was to be paid then.
    open: Money,
    /// The instant at which it was sent.
    sent_at: UtcTime,
}

impl From<InvoiceNow> for InvoiceView {
    fn from(InvoiceNow { invoice, open, state, reminders }: InvoiceNow) -> Self {
        let reminder = |SentReminder { step_days, open: amount, sent_at, .. }| {
            let open = Money { amount, ..invoice.total };
            ReminderView { step_days, open, sent_at }
        };
        let reminders = reminders.into_iter().map(reminder).collect();
        let content = invoice.content;
        let InvoiceContent { seller, buyer, lines, taxes, net, tax, rounding, prepaid, corrects, period, bank_account, .. } =
            content;
        Self {
            id: invoice.id,
            kind: invoice.kind,
            number: number(invoice.year, invoice.sequence),
            host_organization_id: invoice.organization_id,
            customer_organization_id: invoice.customer_id,
            seller,
            buyer,
            issued_on: invoice.issued_on,
            due_on: invoice.due_on,
            lines,
            taxes,
            net,
            tax,
            rounding,
            prepaid: prepaid.unwrap_or(Money { amount: 0, ..invoice.total }),
            total: invoice.total,
            corrects,
            period,
            bank_account,
            language: content.language,
            open,
            state,
            reminders,
            issued_by: invoice.issued_by,
            created_at: invoice.created_at,
        }
    }
}

/// The issued documents.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IssuedInvoices {
    /// An invoice, a credit note, or both.
    items: Vec<InvoiceView>,
}

/// Issue an invoice
///
/// For managers of the host. The invoice has all that the customer owes for bookings that are over and that is on no invoice yet, at most
/// 5,000 rows of the ledger. If less is owed than was invoiced before, a credit note corrects those invoices. The host needs a billing
/// address. The numbers of each host and year have no gaps.
#[utoipa::path(operation_id = "create_invoice", tag = "money", params(("id" = String, Path)), request_body = NewInvoiceBody,
    responses((status = 201, body = IssuedInvoices)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/organizations/{id}/invoices")]
pub(super) async fn create(
    command: Command<Heavy<May<ManageMoney>>, NewInvoiceBody>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            let issued = invoices::issue(tx, caller, id.0, &body.read()?)?;
            let location = issued.first().map(|issued| format!("/api/v1/invoices/{}", issued.invoice.id)).unwrap_or_default();
            Reply::created(location, &IssuedInvoices { items: issued.into_iter().map(InvoiceView::from).collect() })
        })
        .await
}

/// Filters for invoices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct InvoicesQuery {
    /// True: those that the organization has received as a customer. Default: false, those that it has issued as a host.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    received: bool,
    /// Only those in this state. Default: all.
    #[param(inline)]
    state: Option<InvoiceState>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the invoices of an organization
///
/// For managers of the organization: invoices and credit notes, which it has issued or received. `state=overdue` lists those that
/// customers have not paid in time. For a spreadsheet there is `GET
/// /organizations/{id}/invoices.csv`.
#[utoipa::path(operation_id = "list_invoices", tag = "money", params(("id" = String, Path), InvoicesQuery),
    responses((status = 200, body = Page<InvoiceView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/invoices")]
pub(super) async fn list(
    read: Read<Searching<May<ViewMoney>>, InvoicesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the invoices of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/invoices`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_invoices_csv", tag = "money", params(("id" = String, Path), InvoicesQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/invoices.csv")]
pub(super) async fn list_csv(
    read: Read<Searching<May<ViewMoney>>, InvoicesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(
    read: Read<Searching<May<ViewMoney>>, InvoicesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, Searching(May { caller, .. }): Searching<May<ViewMoney>>, query: InvoicesQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        let listed = Listed { is_received: query.received, state: query.state };
        Ok(invoices::list(tx, caller, id.0, listed, order, &paging)?.map(InvoiceView::from))
    };
    sheet.page(read, look).await
}

impl Row for InvoiceView {
    const FILE: &str = "invoices";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("kind", "/kind"),
        ("number", "/number"),
        ("issued_on", "/issued_on"),
        ("due_on", "/due_on"),
        ("host_organization_id", "/host_organization_id"),
        ("seller_name", "/seller/name"),
        ("seller_vat_number", "/seller/vat_number"),
        ("customer_organization_id", "/customer_organization_id"),
        ("buyer_name", "/buyer/name"),
        ("buyer_vat_number", "/buyer/vat_number"),
        ("net", "/net/amount"),
        ("tax", "/tax/amount"),
        ("rounding", "/rounding/amount"),
        ("prepaid", "/prepaid/amount"),
        ("total", "/total/amount"),
        ("currency", "/total/currency"),
        ("open", "/open/amount"),
        ("state", "/state"),
    ];
}

/// Get an invoice
///
/// For managers of the host and of the customer.
#[utoipa::path(operation_id = "get_invoice", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = InvoiceView)))]
#[get("/invoices/{id}")]
pub(super) async fn get_one(read: Read<May<ViewMoney>>, id: Id<InvoiceId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| Reply::ok(&InvoiceView::from(invoices::get(tx, caller, id.0)?))).await
}

/// Returns the PDF of an invoice.
///
/// # Errors
/// When the database fails, or the PDF cannot be written.
pub fn pdf(tx: &mut ReadTx, invoice: &Invoice) -> Result<Download, Error> {
    let logo = logos::of_invoice(tx, invoice)?;
    let bytes = documents::pdf(invoice, logo.as_ref())
        .map_err(|error| Error::Refused(Code::InternalError, Said::heard(error.to_string())))?;
    Ok(Download { bytes, media_type: "application/pdf", file: format!("{}.pdf", documents::file_name(invoice)) })
}

/// Get an invoice as PDF
///
/// For managers of the host and of the customer. The PDF (PDF/A-3) contains the same invoice for accounting programs (Factur-X: UN/CEFACT
/// CII by EN 16931), unless EN 16931 has no form for it. The same invoice is always the same file.
#[utoipa::path(operation_id = "get_invoice_pdf", tag = "money", params(("id" = String, Path)),
    responses((status = 200, content((inline(Bytes) = "application/pdf")))))]
#[get("/invoices/{id}.pdf")]
pub(super) async fn get_pdf(read: Read<Searching<May<ViewMoney>>>, id: Id<InvoiceId>) -> Result<Download, Problem> {
    read.run(move |tx, Searching(May { caller, .. }), _| {
        let invoice = invoices::get_issued(tx, caller, id.0)?;
        pdf(tx, &invoice)
    })
    .await
}

/// Returns the XML of an invoice.
///
/// # Errors
/// `no_electronic_invoice`.
pub fn xml(invoice: &Invoice) -> Result<Download, Error> {
    let refused = |error: documents::NoXml| Error::Refused(Code::NoElectronicInvoice, error.into());
    let bytes = documents::ubl(invoice).map_err(refused)?.into_bytes();
    Ok(Download { bytes, media_type: "application/xml", file: format!("{}.xml", documents::file_name(invoice)) })
}

/// Get an invoice as XML
///
/// For managers of the host and of the customer. The XML is UBL 2.1 by EN 16931: an `Invoice`, or a `CreditNote`.
#[utoipa::path(operation_id = "get_invoice_xml", tag = "money", params(("id" = String, Path)),
    responses((status = 200, content((String = "application/xml")))),
    extensions(("x-problems" = json!([Code::NoElectronicInvoice]))))]
#[get("/invoices/{id}.xml")]
pub(super) async fn get_xml(read: Read<Searching<May<ViewMoney>>>, id: Id<InvoiceId>) -> Result<Download, Problem> {
    read.run(move |tx, Searching(May { caller, .. }), _| xml(&invoices::get_issued(tx, caller, id.0)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(list_csv).service(get_pdf).service(get_xml).service(get_one);
}
