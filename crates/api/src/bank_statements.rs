//! `/bank-statements` and `/bank-statement-lines`: the statements of a host's bank, and the payments in them.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Heavy, ManageMoney, May, Searching, ViewMoney};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Parameters, Read};
use super::state::State;
use super::turns::Cost;
use super::upload::{StatementFile, Upload};
use actions::bank_statements::{self, Confirmation, LineNow, NamedProposal};
use actions::error::Error;
use domain::bank_statement::{self, LineState, StatementFormat};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BankStatementId, BankStatementLineId, InvoiceId, OrganizationId, PaymentId, UserId};
use domain::invoice::number;
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::payment_match::{MatchReason, Proposal};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::bank_statements::{BankStatement, Filter};
use storage::db::ReadTx;

/// The file as the bank has made it, in UTF-8 or, if it is CSV or MT940 or says so itself, in ISO-8859-1 or Windows-1252.
///
/// CSV has a line of column names, divided by commas, semicolons or tabs: `date` (2026-12-04), `amount` (-1250.00 or -1250,00, negative if
/// the account was debited) and `currency`, and, if there are any, `name` and `counter_account` of the other party, `reference` (the text
/// of the payment), `id` (the identifier that the bank has given the line) and `account`. Other columns are ignored.
#[derive(ToSchema)]
#[schema(value_type = String, example = "date;amount;currency;name;reference;id\n2026-12-04;357.00;GBP;Rotor Works;Invoice 2026-00001;A-1\n")]
#[expect(dead_code, reason = "only its schema is used")]
struct BankStatementFile(String);

/// An imported file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BankStatement)]
struct BankStatementView {
    /// The identifier of the object.
    id: BankStatementId,
    /// The host.
    host_organization_id: OrganizationId,
    /// The format of the file.
    format: StatementFormat,
    /// The number of lines in the file. Entries that the bank has not booked yet, and amounts of 0, do not count.
    lines: i32,
    /// The number of those lines that an earlier file had. They were not imported again.
    known_lines: i32,
    /// The date of the first line. Null: the file has no lines.
    #[schema(value_type = Option<String>, format = Date)]
    first_on: Option<String>,
    /// The date of the last line. Null: the file has no lines.
    #[schema(value_type = Option<String>, format = Date)]
    last_on: Option<String>,
    /// The user who imported it.
    imported_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<BankStatement> for BankStatementView {
    fn from(statement: BankStatement) -> Self {
        let BankStatement { id, organization_id, format, lines, known_lines, first_on, last_on, imported_by, created_at } =
            statement;
        let host_organization_id = organization_id;
        Self { id, host_organization_id, format, lines, known_lines, first_on, last_on, imported_by, created_at }
    }
}

/// The parameters of an import.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// The format of the file. Default: the format that it seems to have.
    #[param(inline)]
    format: Option<StatementFormat>,
}

/// Import a bank statement
///
/// For managers of the host. The file has at most 5,000 lines and 8 MiB. All of it is imported, or nothing. Lines that an earlier file had
/// are counted and not imported again, so files can overlap: a line is recognized by the identifier of the bank, else by its date, amount,
/// parties and text and its place among equal lines of the day. A batch booking whose transactions have amounts becomes several lines.
#[utoipa::path(operation_id = "import_bank_statement", tag = "money", params(("id" = String, Path), ImportQuery),
    request_body(content((BankStatementFile = "application/xml"), (BankStatementFile = "text/csv"), (BankStatementFile = "text/plain"))),
    responses((status = 201, body = BankStatementView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::StatementUnreadable, Code::StatementDoubled,
        Code::StatementUnbalanced]))))]
#[post("/organizations/{id}/bank-statements")]
pub(super) async fn create(
    Upload(command, _): Upload<Heavy<May<ManageMoney>>, StatementFile>,
    Parameters(query): Parameters<ImportQuery>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    let (host, asker) = (id.0, command.asker);
    command
        .run_prepared(
            async move |state: &State, Heavy(May { caller, .. }), file| {
                // Before the file is read, because that takes long.
                let authorize = move |tx: &mut ReadTx| bank_statements::authorize_import(tx, caller, host);
                state.db.read(state.clock.now(), authorize).await?;
                let _turn = state.turns.take(Cost::Search, asker).await?;
                let read = tokio::task::spawn_blocking(move || bank_statement::read(&file.bytes, query.format));
                let read = read.await.map_err(|_| Problem::of(Code::InternalError))?;
                read.map_err(|refused| Problem::new(refused.code, refused.detail))
            },
            move |tx, Heavy(May { caller, .. }), file, _| {
                let statement = bank_statements::import(tx, caller, host, file)?;
                Reply::created(format!("/api/v1/bank-statements/{}", statement.id), &BankStatementView::from(statement))
            },
        )
        .await
}

/// The page of a list of files.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatementsQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the bank statements of an organization
///
/// For managers of the host.
#[utoipa::path(operation_id = "list_bank_statements", tag = "money", params(("id" = String, Path), StatementsQuery),
    responses((status = 200, body = Page<BankStatementView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/bank-statements")]
pub(super) async fn list(read: Read<May<ViewMoney>, StatementsQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(bank_statements::list(tx, caller, id.0, order, &paging)?.map(BankStatementView::from))
    })
    .await
}

/// Get a bank statement
///
/// For managers of the host.
#[utoipa::path(operation_id = "get_bank_statement", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = BankStatementView)))]
#[get("/bank-statements/{id}")]
pub(super) async fn get_one(read: Read<May<ViewMoney>>, id: Id<BankStatementId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| Reply::ok(&BankStatementView::from(bank_statements::get(tx, caller, id.0)?))).await
}

/// A customer, and an invoice if one is found, that a line seems to pay.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentProposal)]
struct ProposalView {
    /// The reason for the proposal.
    reason: MatchReason,
    /// The customer.
    customer_organization_id: OrganizationId,
    /// The name of the customer.
    customer_organization_name: String,
    /// The invoice. Null: only the customer is known.
    invoice_id: Option<InvoiceId>,
    /// The number of the invoice. Null: only the customer is known.
    invoice_number: Option<String>,
    /// The amount of the invoice that is still to be paid. Null: only the customer is known.
    invoice_open: Option<Money>,
}

impl From<NamedProposal> for ProposalView {
    fn from(NamedProposal { proposal: Proposal { customer_id, invoice, reason }, customer_name }: NamedProposal) -> Self {
        Self {
            reason,
            customer_organization_id: customer_id,
            customer_organization_name: customer_name,
            invoice_id: invoice.map(|invoice| invoice.id),
            invoice_number: invoice.map(|invoice| number(invoice.number.0, invoice.number.1)),
            invoice_open: invoice.map(|invoice| invoice.open),
        }
    }
}

/// A line of a bank statement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BankStatementLine)]
struct LineView {
    /// The identifier of the object.
    id: BankStatementLineId,
    /// The file in which the line was imported.
    bank_statement_id: BankStatementId,
    /// The host.
    host_organization_id: OrganizationId,
    /// The account of the host as the bank names it: an IBAN, or another number. Empty if the file does not say it.
    account: String,
    /// The date on which the bank booked the amount.
    #[schema(value_type = String, format = Date)]
    booked_on: String,
    /// The amount: positive if the host received it.
    amount: Money,
    /// The part of the amount that is neither recorded as a payment nor ignored.
    open: Money,
    /// The name of the other party. Empty if the file does not say it.
    name: String,
    /// The account of the other party. Empty if the file does not say it.
    counter_account: String,
    /// The text of the payment, with references. Empty if there is none.
    reference: String,
    /// The identifier that the bank has given the line. Empty if there is none.
    bank_reference: String,
    /// The state.
    state: LineState,
    /// The reason why the line is ignored. Null: it is not ignored.
    ignored_reason: Option<String>,
    /// The payments that were recorded of the line and are not reversed.
    payment_ids: Vec<PaymentId>,
    /// The customers and invoices that the line seems to pay, the best proposal first: at most 5. Empty unless the line is open, and in
    /// the response to a change.
    proposals: Vec<ProposalView>,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<LineNow> for LineView {
    fn from(LineNow { line, payments, proposals }: LineNow) -> Self {
        Self {
            id: line.id,
            bank_statement_id: line.bank_statement_id,
            host_organization_id: line.organization_id,
            amount: line.amount(),
            open: line.open(),
            account: line.account,
            booked_on: line.booked_on,
            name: line.name,
            counter_account: line.counter_account,
            reference: line.reference,
            bank_reference: line.bank_reference,
            state: line.state,
            ignored_reason: line.reason,
            payment_ids: payments,
            proposals: proposals.into_iter().map(ProposalView::from).collect(),
            created_at: line.created_at,
            updated_at: line.updated_at,
        }
    }
}

fn reply(line: LineNow) -> Result<Reply, Error> {
    let revision = line.line.revision;
    Ok(Reply::ok(&LineView::from(line))?.revision(revision))
}

/// Filters for lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LinesQuery {
    /// Only those in this state. Default: all.
    #[param(inline)]
    state: Option<LineState>,
    /// Only those that were imported in this file. Default: all.
    bank_statement_id: Option<BankStatementId>,
    /// The order. Default: `created_at`: by file, and in the order of the file. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the lines of the bank statements of an organization
///
/// For managers of the host. Open lines have proposals: the customers and invoices that they seem to pay, each with its reason. For a
/// spreadsheet there is `GET /organizations/{id}/bank-statement-lines.csv`.
#[utoipa::path(operation_id = "list_bank_statement_lines", tag = "money", params(("id" = String, Path), LinesQuery),
    responses((status = 200, body = Page<LineView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/bank-statement-lines")]
pub(super) async fn list_lines(
    read: Read<Searching<May<ViewMoney>>, LinesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the lines of the bank statements of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/bank-statement-lines`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_bank_statement_lines_csv", tag = "money", params(("id" = String, Path), LinesQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/bank-statement-lines.csv")]
pub(super) async fn list_lines_csv(
    read: Read<Searching<May<ViewMoney>>, LinesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(
    read: Read<Searching<May<ViewMoney>>, LinesQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, Searching(May { caller, .. }): Searching<May<ViewMoney>>, query: LinesQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        let filter = Filter { state: query.state, statement: query.bank_statement_id };
        Ok(bank_statements::list_lines(tx, caller, id.0, filter, order, &paging)?.map(LineView::from))
    };
    sheet.page(read, look).await
}

impl Row for LineView {
    const FILE: &str = "bank-statement-lines";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("bank_statement_id", "/bank_statement_id"),
        ("account", "/account"),
        ("booked_on", "/booked_on"),
        ("amount", "/amount/amount"),
        ("currency", "/amount/currency"),
        ("open", "/open/amount"),
        ("name", "/name"),
        ("counter_account", "/counter_account"),
        ("reference", "/reference"),
        ("bank_reference", "/bank_reference"),
        ("state", "/state"),
        ("ignored_reason", "/ignored_reason"),
    ];
}

/// Get a line of a bank statement
///
/// For managers of the host.
#[utoipa::path(operation_id = "get_bank_statement_line", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = LineView)))]
#[get("/bank-statement-lines/{id}")]
pub(super) async fn get_line(read: Read<Searching<May<ViewMoney>>>, id: Id<BankStatementLineId>) -> Result<Reply, Problem> {
    read.run(move |tx, Searching(May { caller, .. }), _| reply(bank_statements::get_line(tx, caller, id.0)?)).await
}

/// The customer that has paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentConfirmation, example = json!({"customer_organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10"}))]
struct ConfirmationBody {
    /// The customer: an organization that has booked with the host.
    customer_organization_id: OrganizationId,
    /// The invoice of the customer that is paid first. Default, and with null: the invoices that are due first.
    invoice_id: Option<InvoiceId>,
    /// The amount, at most what is open of the line. Default, and with null: all that is open.
    amount: Option<Money>,
}

impl ConfirmationBody {
    fn read(&self) -> Result<Confirmation, InvalidFields> {
        let mut fields = Fields::default();
        if let Some(amount) = self.amount {
            fields.number("/amount/amount", amount.amount, limits::PaidAmount::RANGE);
        }
        let Self { customer_organization_id: customer_id, invoice_id, amount } = *self;
        fields.finish(|| Some(Confirmation { customer_id, invoice_id, amount }))
    }
}

/// Confirm the payment in a line of a bank statement
///
/// For managers of the host. Records the amount of the line, or a part of it, as a payment of a customer. Only an open line can be
/// confirmed, so of two managers who confirm it at the same time, one gets `invalid_transition`. If the payment is reversed, the line
/// is open again.
#[utoipa::path(operation_id = "confirm_bank_statement_line", tag = "money", params(("id" = String, Path)),
    request_body = ConfirmationBody, responses((status = 200, body = LineView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bank-statement-lines/{id}/confirm")]
pub(super) async fn confirm(
    command: Command<May<(ViewMoney, ManageMoney)>, ConfirmationBody>,
    id: Id<BankStatementLineId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| {
            reply(bank_statements::confirm(tx, caller, id.0, body.read()?, if_match)?)
        })
        .await
}

/// The reason why a line is no payment of a customer.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IgnoredReason, example = json!({"reason": "Interest"}))]
struct IgnoredReason {
    /// The reason. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    reason: String,
}

impl IgnoredReason {
    fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, limits::Note::RANGE);
        fields.finish(|| reason)
    }
}

/// Ignore a line of a bank statement
///
/// For managers of the host, if the line, or what is open of it, is no payment of a customer.
#[utoipa::path(operation_id = "ignore_bank_statement_line", tag = "money", params(("id" = String, Path)),
    request_body = Option<IgnoredReason>, responses((status = 200, body = LineView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bank-statement-lines/{id}/ignore")]
pub(super) async fn ignore(
    command: Command<May<(ViewMoney, ManageMoney)>, IgnoredReason>,
    id: Id<BankStatementLineId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| {
            reply(bank_statements::ignore(tx, caller, id.0, &body.read()?, if_match)?)
        })
        .await
}

/// Reopen a line of a bank statement
///
/// For managers of the host, if the line was ignored by mistake. A line that was confirmed is open again when its payment is reversed.
#[utoipa::path(operation_id = "reopen_bank_statement_line", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = LineView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bank-statement-lines/{id}/reopen")]
pub(super) async fn reopen(
    command: Command<May<(ViewMoney, ManageMoney)>, super::json::Empty>,
    id: Id<BankStatementLineId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(bank_statements::reopen(tx, caller, id.0, if_match)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one);
    config.service(list_lines).service(list_lines_csv).service(get_line).service(confirm).service(ignore).service(reopen);
}
