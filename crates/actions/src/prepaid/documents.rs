//! The invoice of a sale of prepaid credit, and the credit note of its refund. The credit is taxed when it is used, so that both have no
//! VAT.

use chrono::{Datelike as _, Days};
use serde_json::json;

use crate::error::Error;
use crate::invoices::{due_days, party};
use crate::record::{audit, publish};
use domain::fact::Event;
use domain::ids::{LedgerRowId, OrganizationId, UserId};
use domain::invoice::{Invoice, InvoiceContent, InvoiceKind, InvoiceLine, amounts};
use domain::ledger::Purpose;
use domain::ledger::prepayment;
use domain::money::Money;
use domain::principal::Principal;
use domain::problem::Code;
use storage::db::Tx;
use storage::{invoices, logos};

/// A document about the price of prepaid credit.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// The host.
    pub(super) host: OrganizationId,
    /// The customer.
    pub(super) customer: OrganizationId,
    /// The name of the package.
    pub(super) name: String,
    /// The price, or the part of it that is taken back.
    pub(super) price: Money,
    /// The number of the invoice that a credit note corrects; none for an invoice.
    pub(super) corrects: Option<String>,
    /// The user who bought or sold it, or took it back.
    pub(super) issued_by: UserId,
}

/// Issues the document about these rows of the ledger.
pub(super) fn issue(tx: &mut Tx<'_>, principal: Principal, document: Document, rows: &[LedgerRowId]) -> Result<Invoice, Error> {
    let Document { host, customer, name, price, corrects, issued_by } = document;
    let (seller, bank_account) = party(tx, host)?;
    if seller.address.is_none() {
        let detail = "The sale needs an invoice, and the host has no billing address yet.";
        return Err(Error::Refused(Code::InvalidTransition, detail.to_owned()));
    }
    let (buyer, _) = party(tx, customer)?;
    let kind = if corrects.is_some() { InvoiceKind::CreditNote } else { InvoiceKind::Invoice };
    let is_credit = kind == InvoiceKind::CreditNote;
    let movement = if is_credit { prepayment(price).reversed() } else { prepayment(price) };
    let too_large = || Error::Refused(Code::InvalidTransition, "The price is larger than an invoice can have.".to_owned());
    let amounts = amounts(&[(None, movement)], price.currency, is_credit).ok_or_else(too_large)?;
    let issued_on = tx.now.to_chrono().date_naive();
    let due_on = issued_on.checked_add_days(Days::new(due_days(tx, host)?)).unwrap_or(issued_on);
    let line = InvoiceLine {
        booking_id: None,
        purpose: Purpose::Prepayment,
        description: name,
        net: price,
        tax_category: None,
        tax_rate: None,
    };
    let invoice = Invoice {
        id: tx.new_id(),
        organization_id: host,
        customer_id: customer,
        kind,
        year: issued_on.year(),
        sequence: invoices::take_number(tx.conn, host, issued_on.year())?,
        total: amounts.total,
        issued_on,
        due_on: if is_credit { issued_on } else { due_on },
        content: InvoiceContent {
            seller,
            buyer,
            lines: vec![line],
            taxes: amounts.taxes,
            net: amounts.net,
            tax: amounts.tax,
            rounding: amounts.rounding,
            prepaid: None,
            corrects: corrects.into_iter().collect(),
            period: None,
            bank_account,
            logo: logos::find_current(tx.conn, host)?,
        },
        issued_by: Some(issued_by),
        created_at: tx.now,
    };
    invoices::insert(tx.conn, &invoice, rows, &[])?;
    let detail = json!({
        "number": invoice.number(), "kind": kind, "customer_organization_id": customer, "total": invoice.total,
    });
    audit(tx, principal, Some(host), "invoice.issue", ("invoice", invoice.id.as_str()), &detail)?;
    publish(tx, principal, Event::InvoiceIssued { invoice_id: invoice.id })?;
    Ok(invoice)
}
