//! Bank statements: a host imports them, and confirms which customers have paid.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::json;

use crate::bank_lines::refresh;
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::record::audit;
use crate::{Caller, authorize_in, ledger, open_invoices, payments};
use domain::bank_statement::{LineState, StatementFile};
use domain::fields::InvalidFields;
use domain::ids::{BankStatementId, BankStatementLineId, InvoiceId, Ordered as _, OrganizationId, PaymentId};
use domain::invoice::InvoiceKind;
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::payment::{NewPayment, PaymentMethod};
use domain::payment_match::{Candidates, Proposal, UnpaidInvoice};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use storage::bank_statements::{self, BankStatement, BankStatementLine, Filter};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::open_invoices::Between;
use storage::{billing, organizations};

/// Checks that the caller can import statements of a host, before a file is read.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn authorize_import(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<(), Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)
}

/// Imports a file: its lines that no earlier file had. All of it is stored, or nothing.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn import(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId, file: &StatementFile) -> Result<BankStatement, Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    // Of two files at the same time, the second one sees the lines of the first.
    organizations::lock(tx.conn, host)?;
    let identities: Vec<String> = file.lines.iter().map(|line| line.identity.clone()).collect();
    let known: HashSet<String> = bank_statements::list_known(tx.conn, host, &identities)?.into_iter().collect();
    let dates = || file.lines.iter().map(|line| line.line.booked_on);
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let statement = BankStatement {
        id: tx.new_id(),
        organization_id: host,
        format: file.format,
        lines: count(file.lines.len()),
        known_lines: count(file.lines.iter().filter(|line| known.contains(&line.identity)).count()),
        first_on: dates().min().map(|date| date.to_string()),
        last_on: dates().max().map(|date| date.to_string()),
        imported_by: caller.user_id,
        created_at: tx.now,
    };
    let mut id: BankStatementLineId = tx.new_id();
    let mut new = Vec::new();
    for line in file.lines.iter().filter(|line| !known.contains(&line.identity)) {
        new.push(BankStatementLine::new(id, &statement, line.clone()));
        id = id.next();
    }
    bank_statements::insert(tx.conn, &statement, &new)?;
    let detail = json!({ "format": file.format, "lines": statement.lines, "known_lines": statement.known_lines });
    audit(tx, caller.principal(), Some(host), "bank_statement.import", ("bank_statement", statement.id.as_str()), &detail)?;
    Ok(statement)
}

/// Lists the files that a host has imported.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<BankStatement>, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    let rows = bank_statements::list(&mut tx.conn, host, paging.by_id(order))?;
    Ok(paging.page(rows, |statement| statement.id.to_string()))
}

/// Returns a file.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: BankStatementId) -> Result<BankStatement, Error> {
    let statement = bank_statements::get(&mut tx.conn, id)?;
    check_visible(tx, caller, statement.organization_id)?;
    Ok(statement)
}

/// Hides what belongs to a host from all who cannot see its money.
fn check_visible(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<(), Error> {
    if ledger::may_see_money(tx, caller, [host, host])? { Ok(()) } else { Err(Error::not_found()) }
}

/// A customer that a line seems to be from, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedProposal {
    /// The proposal.
    pub proposal: Proposal,
    /// The name of the customer.
    pub customer_name: String,
}

/// A line with what follows from other objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineNow {
    /// The line.
    pub line: BankStatementLine,
    /// The payments that were recorded of it and are not reversed.
    pub payments: Vec<PaymentId>,
    /// The customers and invoices that it seems to pay, the best proposal first. Empty unless it is open, and after a change.
    pub proposals: Vec<NamedProposal>,
}

/// Lists the lines of the statements of a host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list_lines(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    filter: Filter,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<LineNow>, Error> {
    authorize_in(tx, caller, host, Permission::ViewMoney)?;
    let rows = bank_statements::list_lines(&mut tx.conn, host, filter, paging.by_id(order))?;
    let page = paging.page(rows, |line| line.id.to_string());
    Ok(Page { items: with_proposals(tx, host, page.items)?, next_cursor: page.next_cursor })
}

/// Returns a line.
///
/// # Errors
/// `not_found`.
pub fn get_line(tx: &mut ReadTx, caller: Caller, id: BankStatementLineId) -> Result<LineNow, Error> {
    let line = bank_statements::get_line(&mut tx.conn, id)?;
    check_visible(tx, caller, line.organization_id)?;
    with_proposals(tx, line.organization_id, vec![line])?.pop().ok_or_else(Error::not_found)
}

/// Adds to lines of a host their payments and what they seem to pay.
fn with_proposals(tx: &mut ReadTx, host: OrganizationId, lines: Vec<BankStatementLine>) -> Result<Vec<LineNow>, Error> {
    let ids: Vec<BankStatementLineId> = lines.iter().map(|line| line.id).collect();
    let mut payments: BTreeMap<BankStatementLineId, Vec<PaymentId>> = BTreeMap::new();
    for (line, payment, _) in bank_statements::list_payments(&mut tx.conn, &ids)? {
        payments.entry(line).or_default().push(payment);
    }
    let is_any_open = lines.iter().any(|line| line.state == LineState::Open);
    let candidates = if is_any_open { candidates(tx, host)? } else { Candidates::default() };
    let mut found: Vec<(BankStatementLine, Vec<Proposal>)> = Vec::new();
    for line in lines {
        let proposals = match line.state {
            LineState::Open => candidates.proposals(line.open(), &line.name, &line.reference),
            _ => Vec::new(),
        };
        found.push((line, proposals));
    }
    let customers: BTreeSet<OrganizationId> =
        found.iter().flat_map(|(_, proposals)| proposals).map(|proposal| proposal.customer_id).collect();
    let customers: Vec<OrganizationId> = customers.into_iter().collect();
    let names: BTreeMap<_, _> = organizations::list_names(&mut tx.conn, &customers)?.into_iter().collect();
    let named = |proposal: Proposal| NamedProposal {
        customer_name: names.get(&proposal.customer_id).cloned().unwrap_or_default(),
        proposal,
    };
    let now = |(line, proposals): (BankStatementLine, Vec<Proposal>)| LineNow {
        payments: payments.remove(&line.id).unwrap_or_default(),
        proposals: proposals.into_iter().map(named).collect(),
        line,
    };
    Ok(found.into_iter().map(now).collect())
}

/// The invoices of a host that are not paid, and the names of all customers that it has invoiced.
fn candidates(tx: &mut ReadTx, host: OrganizationId) -> Result<Candidates, Error> {
    let known = open_invoices::load(tx, &Between { hosts: vec![host], customers: Vec::new() })?;
    let customers: BTreeSet<OrganizationId> = known.values().map(|known| known.parties.1).collect();
    let customers: Vec<OrganizationId> = customers.into_iter().collect();
    let mut names = Vec::new();
    for some in customers.chunks(500) {
        names.extend(organizations::list_names(&mut tx.conn, some)?);
        names.extend(billing::list_legal_names(&mut tx.conn, some)?);
    }
    let unpaid = known.into_values().filter(|known| known.standing.open.amount > 0);
    let unpaid = unpaid.filter(|known| known.document.kind == InvoiceKind::Invoice).map(|known| UnpaidInvoice {
        id: known.document.id,
        customer_id: known.parties.1,
        number: known.document.number,
        open: known.standing.open,
        due_on: known.document.due_on,
    });
    Ok(Candidates::new(unpaid.collect(), &names))
}

/// The customer that has paid, as a manager confirms it.
#[derive(Debug, Clone, Copy)]
pub struct Confirmation {
    /// The customer.
    pub customer_id: OrganizationId,
    /// The invoice that is paid, if it is one in particular.
    pub invoice_id: Option<InvoiceId>,
    /// The amount; none: all that is open of the line.
    pub amount: Option<Money>,
}

/// Records the amount of a line, or a part of it, as a payment of a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` unless the line is open, `invalid_fields`
/// as for a payment that is recorded by hand, and for more than is open.
pub fn confirm(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BankStatementLineId,
    confirmation: Confirmation,
    if_match: &IfMatch,
) -> Result<LineNow, Error> {
    let line = lock_open(tx, caller, id, if_match)?;
    let (host, open) = (line.organization_id, line.open());
    let amount = confirmation.amount.unwrap_or(open);
    if amount.currency != open.currency {
        let detail = said!("must be {currency}, the currency of the line", currency = open.currency);
        return Err(InvalidFields::one("/amount/currency", "invalid", detail).into());
    }
    if !(1..=open.amount).contains(&amount.amount) {
        let detail = said!("must be between 1 and {amount}, which is open of the line", amount = open.amount);
        return Err(InvalidFields::one("/amount/amount", "out_of_range", detail).into());
    }
    let payment = NewPayment {
        customer_id: confirmation.customer_id,
        booking_id: None,
        invoice_id: confirmation.invoice_id,
        is_refund: false,
        amount,
        method: PaymentMethod::BankTransfer,
        paid_on: line.booked_on.parse().map_err(|_| Error::Storage(StorageError::Unavailable("a date is corrupt".to_owned())))?,
        reference: line.reference.chars().take(*limits::Line::RANGE.end()).collect::<String>().trim().to_owned(),
    };
    let paid = payments::record(tx, caller, host, payment)?;
    bank_statements::insert_payment(tx.conn, id, paid.id)?;
    refresh(tx, id)?;
    note(tx, caller, &line, "confirm", &json!({ "payment_id": paid.id, "amount": amount }))?;
    changed(tx, id)
}

/// Ignores a line, or what is left of it: it is no payment of a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` unless the line is open.
pub fn ignore(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BankStatementLineId,
    reason: &str,
    if_match: &IfMatch,
) -> Result<LineNow, Error> {
    let line = lock_open(tx, caller, id, if_match)?;
    bank_statements::update_state(tx.conn, id, (LineState::Ignored, 0), Some(reason), tx.now)?;
    note(tx, caller, &line, "ignore", &json!({ "reason": reason }))?;
    changed(tx, id)
}

/// Opens a line again that was ignored.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` unless the line is ignored.
pub fn reopen(tx: &mut Tx<'_>, caller: Caller, id: BankStatementLineId, if_match: &IfMatch) -> Result<LineNow, Error> {
    let line = lock(tx, caller, id, if_match)?;
    if line.state != LineState::Ignored {
        return Err(wrong_state(line.state, "ignored"));
    }
    refresh(tx, id)?;
    note(tx, caller, &line, "reopen", &json!({}))?;
    changed(tx, id)
}

/// A line after a change, without proposals: to find them takes long, and on SQLite all other writes would wait.
fn changed(tx: &mut Tx<'_>, id: BankStatementLineId) -> Result<LineNow, Error> {
    let line = bank_statements::get_line(tx.conn, id)?;
    let payments = bank_statements::list_payments(tx.conn, &[id])?.into_iter().map(|(_, payment, _)| payment).collect();
    Ok(LineNow { line, payments, proposals: Vec::new() })
}

/// The line as it is after all earlier changes.
fn lock(tx: &mut Tx<'_>, caller: Caller, id: BankStatementLineId, if_match: &IfMatch) -> Result<BankStatementLine, Error> {
    let line = bank_statements::get_line(tx.conn, id)?;
    check_visible(tx, caller, line.organization_id)?;
    authorize_in(tx, caller, line.organization_id, Permission::ManageMoney)?;
    bank_statements::lock_line(tx.conn, id)?;
    let line = bank_statements::get_line(tx.conn, id)?;
    if_match.check(line.revision)?;
    Ok(line)
}

fn lock_open(tx: &mut Tx<'_>, caller: Caller, id: BankStatementLineId, if_match: &IfMatch) -> Result<BankStatementLine, Error> {
    let line = lock(tx, caller, id, if_match)?;
    if line.state == LineState::Open { Ok(line) } else { Err(wrong_state(line.state, "open")) }
}

fn wrong_state(found: LineState, expected: &str) -> Error {
    Error::Refused(Code::InvalidTransition, said!("The line is {found}; it must be {expected}.", found, expected))
}

fn note(tx: &mut Tx<'_>, caller: Caller, line: &BankStatementLine, what: &str, detail: &serde_json::Value) -> Result<(), Error> {
    let (host, action) = (Some(line.organization_id), format!("bank_statement_line.{what}"));
    audit(tx, caller.principal(), host, &action, ("bank_statement_line", line.id.as_str()), detail)
}
