//! The invoice of a sale of prepaid credit, hours or a seat in a training, and the credit note of its refund. Credit is taxed when it is used, so that its
//! documents have no VAT; all else is taxed when it is sold.

use chrono::{Datelike as _, Days};
use serde_json::json;

use crate::error::Error;
use crate::invoices::{due_days, language_of, party};
use crate::ledger;
use crate::record::{audit, publish};
use domain::fact::Event;
use domain::ids::{LedgerRowId, OrganizationId, UserId};
use domain::invoice::{Invoice, InvoiceContent, InvoiceKind, InvoiceLine, InvoiceTax, LineKey, amounts, vat_rounding};
use domain::ledger::Movement;
use domain::money::{Currency, Money};
use domain::pricing::{TaxedPrice, VatTerms};
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use storage::db::{ReadTx, Tx};
use storage::ledger::Subject;
use storage::{billing, invoices, logos};

/// A document about the price of prepaid credit, hours or a seat in a training.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The host.
    pub(crate) host: OrganizationId,
    /// The customer.
    pub(crate) customer: OrganizationId,
    /// The name of the package or training.
    pub(crate) name: String,
    /// The movements of the price, or of the part of it that is taken back.
    pub(crate) movements: Vec<Movement>,
    /// The currency of the price.
    pub(crate) currency: Currency,
    /// The reason of an exemption from VAT; empty otherwise.
    pub(crate) exemption_reason: String,
    /// The number of the invoice that a credit note corrects; none for an invoice.
    pub(crate) corrects: Option<String>,
    /// The user who bought or sold it, or took it back.
    pub(crate) issued_by: UserId,
}

/// Issues the document about these rows of the ledger.
pub(crate) fn issue(tx: &mut Tx<'_>, principal: Principal, document: Document, rows: &[LedgerRowId]) -> Result<Invoice, Error> {
    let Document { host, customer, name, movements, currency, exemption_reason, corrects, issued_by } = document;
    let (seller, bank_account) = party(tx, host)?;
    if seller.address.is_none() {
        let detail = said!("The sale needs an invoice, and the host has no billing address yet.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let (buyer, _) = party(tx, customer)?;
    let kind = if corrects.is_some() { InvoiceKind::CreditNote } else { InvoiceKind::Invoice };
    let is_credit = kind == InvoiceKind::CreditNote;
    let movements: Vec<_> = movements.into_iter().map(|movement| (None, movement)).collect();
    let too_large = || Error::Refused(Code::InvalidTransition, said!("The price is larger than an invoice can have."));
    let amounts = amounts(&movements, currency, is_credit).ok_or_else(too_large)?;
    let issued_on = tx.now.to_chrono().date_naive();
    let due_on = issued_on.checked_add_days(Days::new(due_days(tx, host)?)).unwrap_or(issued_on);
    let line = |((booking_id, purpose, tax), net): &(LineKey, Money)| {
        let (tax_category, tax_rate) = tax.unzip();
        InvoiceLine { booking_id: *booking_id, purpose: *purpose, description: name.clone(), net: *net, tax_category, tax_rate }
    };
    let with_reason = |tax: &InvoiceTax| InvoiceTax { exemption_reason: exemption_reason.clone(), ..tax.clone() };
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
            lines: amounts.lines.iter().map(line).collect(),
            taxes: amounts.taxes.iter().map(with_reason).collect(),
            net: amounts.net,
            tax: amounts.tax,
            rounding: amounts.rounding,
            prepaid: Some(amounts.prepaid).filter(|prepaid| prepaid.amount != 0),
            corrects: corrects.into_iter().collect(),
            period: None,
            bank_account,
            logo: logos::find_current(tx.conn, host)?,
            language: language_of(tx, customer)?,
        },
        issued_by: Some(issued_by),
        created_at: tx.now,
    };
    invoices::insert(tx.conn, &invoice, rows, &[])?;
    let of_invoice = Subject {
        organization_id: host,
        customer_id: customer,
        booking_id: None,
        payment_id: None,
        invoice_id: Some(invoice.id),
    };
    ledger::add(tx, of_invoice, &vat_rounding(&amounts, &movements, is_credit))?;
    let detail = json!({
        "number": invoice.number(), "kind": kind, "customer_organization_id": customer, "total": invoice.total,
    });
    audit(tx, principal, Some(host), "invoice.issue", ("invoice", invoice.id.as_str()), &detail)?;
    publish(tx, principal, Event::InvoiceIssued { invoice_id: invoice.id })?;
    Ok(invoice)
}

/// The price of a sale to a customer, with the VAT that the host charges now: at a rate of its own or at that of the host.
pub(crate) fn taxed(
    tx: &mut ReadTx,
    (host, customer): (OrganizationId, OrganizationId),
    price: i64,
    own_rate: Option<i64>,
) -> Result<TaxedPrice, Error> {
    let vat = billing::find_host_vat(&mut tx.conn, host)?;
    let (_, number_of) = billing::get_buyer(&mut tx.conn, customer)?;
    let terms = vat.as_ref().map(|vat| VatTerms::between(vat, number_of));
    Ok(TaxedPrice::new(terms.as_ref(), price, own_rate))
}
