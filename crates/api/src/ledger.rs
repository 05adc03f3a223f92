//! The ledger of a host: its rows, and the balances that follow from them.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{ManageBookings, May, ViewMoney};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::Read;
use actions::ledger::{self, Balance, Debt};
use domain::ids::{BookingId, InvoiceId, LedgerRowId, OrganizationId, PaymentId};
use domain::ledger::{Account, Movement, Purpose};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::pricing::TaxCategory;
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::ledger::{self as rows, Filter};

/// A row of a ledger: it moves an amount from one account of the host to another. Rows are never changed or removed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerRow)]
pub(super) struct LedgerRowView {
    /// The identifier of the object.
    id: LedgerRowId,
    /// The identifier of the first row of the same change.
    entry_id: LedgerRowId,
    /// The host.
    host_organization_id: OrganizationId,
    /// The customer.
    customer_organization_id: OrganizationId,
    /// The booking. Null: the row is about a payment that names no booking, about an invoice, or about prepaid credit.
    booking_id: Option<BookingId>,
    /// The payment. Null: the row is about an amount that is owed.
    payment_id: Option<PaymentId>,
    /// The invoice whose VAT the row rounds, or that of the sale of prepaid credit. Null in other rows.
    invoice_id: Option<InvoiceId>,
    /// The account that the amount debits.
    debit: Account,
    /// The account that the amount credits.
    credit: Account,
    /// The amount, larger than zero.
    amount: Money,
    /// The category of VAT that was charged on the amount, or of which it consists. Null: the host charges no VAT, or the row is about a
    /// payment.
    #[schema(required)]
    tax_category: Option<TaxCategory>,
    /// Its rate, in hundredths of a percent. Null where `tax_category` is null.
    tax_rate: Option<i64>,
    /// The reason.
    purpose: Purpose,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<rows::Row> for LedgerRowView {
    fn from(row: rows::Row) -> Self {
        let Movement { debit, credit, amount, tax, purpose } = row.movement();
        let (tax_category, tax_rate) = tax.unzip();
        Self {
            id: row.id,
            entry_id: row.entry_id,
            host_organization_id: row.organization_id,
            customer_organization_id: row.customer_id,
            booking_id: row.booking_id,
            payment_id: row.payment_id,
            invoice_id: row.invoice_id,
            debit,
            credit,
            amount,
            tax_category,
            tax_rate,
            purpose,
            created_at: row.created_at,
        }
    }
}

/// List the ledger of a booking
///
/// For both parties. The oldest row first: the price when the booking was confirmed, each difference of a later price, fees, their
/// waivers, and payments for this booking.
#[utoipa::path(operation_id = "list_booking_ledger", tag = "money", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<LedgerRowView>)))]
#[get("/bookings/{id}/ledger")]
pub(super) async fn list_of_booking(read: Read<May<ManageBookings>, PageQuery>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        Ok(ledger::list_of_booking(tx, caller, id.0, &query.read()?)?.map(LedgerRowView::from))
    })
    .await
}

/// Filters for the ledger.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LedgerQuery {
    /// Only rows of this customer.
    #[param(value_type = Option<String>)]
    customer_organization_id: Option<OrganizationId>,
    /// Only rows of this booking.
    #[param(value_type = Option<String>)]
    booking_id: Option<BookingId>,
    /// Only rows that were added at this instant or later.
    from: Option<UtcTime>,
    /// Only rows that were added before this instant.
    to: Option<UtcTime>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the ledger of a host
///
/// For managers of the host. For a spreadsheet there is `GET /organizations/{id}/ledger.csv`.
#[utoipa::path(operation_id = "list_ledger", tag = "money", params(("id" = String, Path), LedgerQuery),
    responses((status = 200, body = Page<LedgerRowView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/ledger")]
pub(super) async fn list(
    read: Read<May<ViewMoney>, LedgerQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the ledger of a host for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/ledger`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_ledger_csv", tag = "money", params(("id" = String, Path), LedgerQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/ledger.csv")]
pub(super) async fn list_csv(
    read: Read<May<ViewMoney>, LedgerQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<May<ViewMoney>, LedgerQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ViewMoney>, query: LedgerQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let filter = Filter {
            host: None,
            customer: query.customer_organization_id,
            booking: query.booking_id,
            from: query.from,
            to: query.to,
        };
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(ledger::list_of_host(tx, caller, id.0, filter, order, &paging)?.map(LedgerRowView::from))
    };
    sheet.page(read, look).await
}

impl Row for LedgerRowView {
    const FILE: &str = "ledger";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("entry_id", "/entry_id"),
        ("created_at", "/created_at"),
        ("customer_organization_id", "/customer_organization_id"),
        ("booking_id", "/booking_id"),
        ("payment_id", "/payment_id"),
        ("invoice_id", "/invoice_id"),
        ("purpose", "/purpose"),
        ("debit", "/debit"),
        ("credit", "/credit"),
        ("amount", "/amount/amount"),
        ("currency", "/amount/currency"),
        ("tax_category", "/tax_category"),
        ("tax_rate", "/tax_rate"),
    ];
}

/// The balance of an account of a host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CustomerBalance)]
pub(super) struct BalanceView {
    /// The account.
    account: Account,
    /// The customer. Null: the account is not of one customer.
    customer_organization_id: Option<OrganizationId>,
    /// Its name. Null where `customer_organization_id` is null.
    customer_organization_name: Option<String>,
    /// The balance.
    balance: Money,
    /// The instant of the oldest charge that the customer has not paid in full, if payments pay the oldest charges first. Null: the
    /// customer owes nothing, the charge is older than 200 rows of the customer, or the account is not `receivable`.
    owed_since: Option<UtcTime>,
}

impl From<Balance> for BalanceView {
    fn from(Balance { account, customer_id, customer_name, balance, owed_since }: Balance) -> Self {
        Self { account, customer_organization_id: customer_id, customer_organization_name: customer_name, balance, owed_since }
    }
}

/// Filters for the balances of a host.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BalanceQuery {
    /// Only the accounts that the host has for this customer.
    #[param(value_type = Option<String>)]
    customer_organization_id: Option<OrganizationId>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the balances of a host
///
/// For managers of the host. One balance for each account and currency; `receivable`, which says what a customer owes, `deposits` and
/// `prepaid` are listed for each customer. For a spreadsheet there is `GET /organizations/{id}/balances.csv`.
#[utoipa::path(operation_id = "list_balances", tag = "money", params(("id" = String, Path), BalanceQuery),
    responses((status = 200, body = Page<BalanceView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/balances")]
pub(super) async fn list_balances(
    read: Read<May<ViewMoney>, BalanceQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_balances_as(read, id, sheet).await
}

/// List the balances of a host for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/balances`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_balances_csv", tag = "money", params(("id" = String, Path), BalanceQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/balances.csv")]
pub(super) async fn list_balances_csv(
    read: Read<May<ViewMoney>, BalanceQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_balances_as(read, id, sheet).await
}

async fn list_balances_as(
    read: Read<May<ViewMoney>, BalanceQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ViewMoney>, query: BalanceQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        Ok(ledger::balances(tx, caller, id.0, query.customer_organization_id, &paging)?.map(BalanceView::from))
    };
    sheet.page(read, look).await
}

impl Row for BalanceView {
    const FILE: &str = "balances";
    const COLUMNS: &[Column] = &[
        ("account", "/account"),
        ("customer_organization_id", "/customer_organization_id"),
        ("customer_organization_name", "/customer_organization_name"),
        ("balance", "/balance/amount"),
        ("currency", "/balance/currency"),
        ("owed_since", "/owed_since"),
    ];
}

/// The amount that a customer owes a host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Debt)]
pub(super) struct DebtView {
    /// The host.
    host_organization_id: OrganizationId,
    /// The name of the host.
    host_organization_name: String,
    /// The amount. Negative: the customer has paid more than it owes.
    owed: Money,
    /// The instant of the oldest charge that is not paid in full, if payments pay the oldest charges first. Null: nothing is owed, or the
    /// charge is older than 200 rows.
    owed_since: Option<UtcTime>,
}

impl From<Debt> for DebtView {
    fn from(Debt { host_organization_id, host_name, owed, owed_since }: Debt) -> Self {
        Self { host_organization_id, host_organization_name: host_name, owed, owed_since }
    }
}

/// List the debts of a customer
///
/// For managers of the customer: the amounts that it owes to each host for confirmed bookings and fees, less its payments.
#[utoipa::path(operation_id = "list_debts", tag = "money", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<DebtView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/debts")]
pub(super) async fn list_debts(read: Read<May<ViewMoney>, PageQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| Ok(ledger::debts(tx, caller, id.0, &query.read()?)?.map(DebtView::from))).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config
        .service(list_of_booking)
        .service(list)
        .service(list_csv)
        .service(list_balances)
        .service(list_balances_csv)
        .service(list_debts);
}
