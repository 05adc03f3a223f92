//! Invoices and credit notes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, NaiveDate};
use serde_json::json;

use crate::customers::check_customer;
use crate::error::Error;
use crate::ledger::may_see_money;
use crate::record::audit;
use crate::{Caller, authorize_in, ledger};
use domain::billing::BillingFields;
use domain::booking::Booking;
use domain::fields::InvalidFields;
use domain::ids::{BookingId, InvoiceId, LedgerRowId, OrganizationId};
use domain::invoice::{Amounts, Invoice, InvoiceContent, InvoiceKind, InvoiceLine, InvoiceParty, LineKey, amounts, number};
use domain::ledger::{Account, Movement, Purpose, TaxRate};
use domain::money::{Currency, Money};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::wall_clock::local_time;
use storage::db::{ReadTx, Tx};
use storage::ledger::{Party, Row, Subject};
use storage::{billing, bookings, invoices, organizations};

/// The largest number of rows of the ledger that are invoiced at once.
const MOST_ROWS: i64 = 5_000;

/// The amounts to invoice.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// The customer.
    pub customer_id: OrganizationId,
    /// Only this booking, also before it is over.
    pub booking_id: Option<BookingId>,
    /// The currency, if amounts are owed in several.
    pub currency: Option<Currency>,
    /// The days until the invoice is due.
    pub due_days: u64,
}

/// Issues an invoice over all that a customer owes for bookings that are over and that is on no invoice yet, and a credit note over all that
/// it no longer owes of earlier invoices. Returns both, or the one that there is.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields`, `invalid_transition` if there is nothing to invoice, or if the host
/// has no billing address.
pub fn issue(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId, new: &NewInvoice) -> Result<Vec<Invoice>, Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    check_customer(tx, host, new.customer_id)?;
    let seller = party(tx, host)?;
    if seller.address.is_none() {
        let detail = "An invoice needs your billing address; set it with PATCH /api/v1/organizations/{id}/billing.";
        return Err(Error::Refused(Code::InvalidTransition, detail.to_owned()));
    }
    let buyer = party(tx, new.customer_id)?;
    // Of two requests at the same time, the second one sees the documents of the first.
    organizations::lock(tx.conn, host)?;
    let rows = rows_to_invoice(tx, host, new)?;
    let ids: BTreeSet<BookingId> = rows.iter().filter_map(|row| row.booking_id).collect();
    let ids: Vec<BookingId> = ids.into_iter().collect();
    let booked = bookings::list_by_id(tx.conn, &ids)?.into_iter().map(|booking| (booking.id, booking)).collect();
    let numbers = invoices::list_numbers(tx.conn, &ids)?;
    let mut issued = Vec::new();
    for kind in [InvoiceKind::Invoice, InvoiceKind::CreditNote] {
        let draft = Draft { host, kind, new, seller: &seller, buyer: &buyer, booked: &booked, numbers: &numbers };
        if let Some(invoice) = draft.issue(tx, caller, &rows)? {
            issued.push(invoice);
        }
    }
    match issued.is_empty() {
        true => Err(Error::Refused(Code::InvalidTransition, "There is nothing to invoice.".to_owned())),
        false => Ok(issued),
    }
}

/// The rows to be invoiced, all in one currency.
fn rows_to_invoice(tx: &mut ReadTx, host: OrganizationId, new: &NewInvoice) -> Result<Vec<Row>, Error> {
    let rows = invoices::list_rows_without(&mut tx.conn, (host, new.customer_id), new.booking_id, MOST_ROWS)?;
    let mut rows = without_cut_entry(rows, MOST_ROWS);
    let currencies: BTreeSet<Currency> = rows.iter().map(|row| row.movement().amount.currency).collect();
    let currency = match (new.currency, currencies.len()) {
        (Some(currency), _) => Some(currency),
        (None, 0 | 1) => currencies.first().copied(),
        (None, _) => {
            let named: Vec<_> = currencies.iter().map(ToString::to_string).collect();
            let detail = format!("is required, because amounts are owed in several currencies: {}", named.join(", "));
            return Err(InvalidFields::one("/currency", "required", detail).into());
        }
    };
    rows.retain(|row| Some(row.movement().amount.currency) == currency);
    Ok(rows)
}

/// The rows, at most `most`, without those of the last entry if there can be more of it: its VAT stays with its income.
fn without_cut_entry(mut rows: Vec<Row>, most: i64) -> Vec<Row> {
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= most);
    if let Some(last) = rows.last().map(|row| row.entry_id).filter(|_| is_full) {
        rows.retain(|row| row.entry_id != last);
    }
    rows
}

/// The name and address of a party now.
fn party(tx: &mut ReadTx, id: OrganizationId) -> Result<InvoiceParty, Error> {
    let name = organizations::get(&mut tx.conn, id)?.fields().name;
    let BillingFields { country, vat_number, billing_address: address, .. } = billing::get(&mut tx.conn, id)?.fields;
    Ok(InvoiceParty {
        name: address.as_ref().map_or(name, |address| address.legal_name.clone()),
        address,
        country: country.map(|country| country.to_string()),
        vat_number: vat_number.map(|number| number.to_string()),
    })
}

/// A document to be issued.
#[derive(Debug, Clone, Copy)]
struct Draft<'a> {
    host: OrganizationId,
    kind: InvoiceKind,
    new: &'a NewInvoice,
    seller: &'a InvoiceParty,
    buyer: &'a InvoiceParty,
    booked: &'a BTreeMap<BookingId, Booking>,
    /// The invoices of each booking.
    numbers: &'a [(BookingId, String)],
}

impl Draft<'_> {
    /// Issues the document, if it has any lines.
    fn issue(self, tx: &mut Tx<'_>, caller: Caller, rows: &[Row]) -> Result<Option<Invoice>, Error> {
        let rows = self.own(rows);
        let Some(currency) = rows.first().map(|row| row.movement().amount.currency) else { return Ok(None) };
        let movements: Vec<(BookingId, Movement)> =
            rows.iter().filter_map(|row| Some((row.booking_id?, row.movement()))).collect();
        let is_credit = self.kind == InvoiceKind::CreditNote;
        let too_large = || InvalidFields::one("/customer_organization_id", "invalid", "owes more than an invoice can have");
        let amounts = amounts(&movements, currency, is_credit).ok_or_else(too_large)?;
        let Some(issued_on) = self.today(tx, &rows).filter(|_| !amounts.lines.is_empty()) else { return Ok(None) };
        let due_on = issued_on.checked_add_days(Days::new(self.new.due_days)).unwrap_or(issued_on);
        let year = issued_on.year();
        let invoice = Invoice {
            id: tx.new_id(),
            organization_id: self.host,
            customer_id: self.new.customer_id,
            kind: self.kind,
            year,
            sequence: invoices::take_number(tx.conn, self.host, year)?,
            total: amounts.total,
            issued_on,
            due_on: if is_credit { issued_on } else { due_on },
            content: self.content(&amounts, &movements),
            issued_by: caller.user_id,
            created_at: tx.now,
        };
        let ids: Vec<LedgerRowId> = rows.iter().map(|row| row.id).collect();
        invoices::insert(tx.conn, &invoice, &ids)?;
        self.round_vat(tx, &invoice, &amounts, &movements)?;
        let (kind, number) = (self.kind, number(invoice.year, invoice.sequence));
        let detail =
            json!({ "number": number, "kind": kind, "customer_organization_id": self.new.customer_id, "total": invoice.total });
        audit(tx, caller.principal(), Some(self.host), "invoice.issue", ("invoice", invoice.id.as_str()), &detail)?;
        Ok(Some(invoice))
    }

    /// The rows of the bookings that belong on this kind of document: a credit note has those of which less is owed than was invoiced.
    /// Amounts that were charged and taken back before they were invoiced are on no document.
    fn own(self, rows: &[Row]) -> Vec<&Row> {
        let mut charged: BTreeMap<BookingId, i128> = BTreeMap::new();
        for row in rows {
            if let Some(booking) = row.booking_id {
                *charged.entry(booking).or_default() += row.movement().charged();
            }
        }
        let is_invoiced = |booking| self.numbers.iter().any(|(of, _)| *of == booking);
        let belongs = |booking: BookingId| match charged.get(&booking).copied().unwrap_or_default() {
            0 => is_invoiced(booking) && self.kind == InvoiceKind::CreditNote,
            sum => (sum < 0) == (self.kind == InvoiceKind::CreditNote),
        };
        rows.iter().filter(|row| row.booking_id.is_some_and(belongs)).collect()
    }

    /// The local date at the site of the first booking.
    fn today(self, tx: &ReadTx, rows: &[&Row]) -> Option<NaiveDate> {
        let booking = self.booked.get(&rows.first()?.booking_id?)?;
        Some(local_time(booking.timezone, tx.now).date())
    }

    fn content(self, amounts: &Amounts, movements: &[(BookingId, Movement)]) -> InvoiceContent {
        let line = |((booking_id, purpose, tax), net): &(LineKey, Money)| {
            let (tax_category, tax_rate) = tax.unzip();
            let description = self.booked.get(booking_id).map(described).unwrap_or_default();
            InvoiceLine { booking_id: *booking_id, purpose: *purpose, description, net: *net, tax_category, tax_rate }
        };
        let is_corrected = |booking: &BookingId| movements.iter().any(|(of, _)| of == booking);
        let corrected: BTreeSet<&String> =
            self.numbers.iter().filter(|(booking, _)| is_corrected(booking)).map(|(_, number)| number).collect();
        let corrects = match self.kind {
            InvoiceKind::Invoice => Vec::new(),
            InvoiceKind::CreditNote => corrected.into_iter().cloned().collect(),
        };
        InvoiceContent {
            seller: self.seller.clone(),
            buyer: self.buyer.clone(),
            lines: amounts.lines.iter().map(line).collect(),
            taxes: amounts.taxes.clone(),
            net: amounts.net,
            tax: amounts.tax,
            rounding: amounts.rounding,
            corrects,
        }
    }

    /// Moves the difference between the VAT of the document and that of its bookings, so that the account of the VAT agrees with the
    /// documents.
    fn round_vat(
        self,
        tx: &mut Tx<'_>,
        invoice: &Invoice,
        amounts: &Amounts,
        rows: &[(BookingId, Movement)],
    ) -> Result<(), Error> {
        let sign = if self.kind == InvoiceKind::CreditNote { -1 } else { 1 };
        let mut booked: BTreeMap<TaxRate, i128> = BTreeMap::new();
        for (_, movement) in rows.iter().filter(|(_, movement)| movement.reason().credit == Account::Vat) {
            if let Some(tax) = movement.tax {
                *booked.entry(tax).or_default() += movement.charged();
            }
        }
        for tax in &amounts.taxes {
            *booked.entry((tax.category, tax.rate)).or_default() -= sign * i128::from(tax.tax.amount);
        }
        let round = |(tax, more): (TaxRate, i128)| {
            let amount = Money { amount: i64::try_from(more.abs()).unwrap_or(i64::MAX), ..amounts.total };
            let (debit, credit) = if more > 0 { (Account::Vat, Account::Income) } else { (Account::Income, Account::Vat) };
            (more != 0).then_some(Movement { debit, credit, amount, tax: Some(tax), purpose: Purpose::VatRounding })
        };
        let movements: Vec<Movement> = booked.into_iter().filter_map(round).collect();
        let subject = Subject {
            organization_id: self.host,
            customer_id: self.new.customer_id,
            booking_id: None,
            payment_id: None,
            invoice_id: Some(invoice.id),
        };
        ledger::add(tx, subject, &movements)
    }
}

/// The resource and the local time of a booking.
fn described(booking: &Booking) -> String {
    let local = |at| local_time(booking.timezone, at).format("%Y-%m-%d %H:%M");
    let (from, to) = (local(booking.interval.starts_at()), local(booking.interval.ends_at()));
    format!("{} × {}, {from} to {to} ({})", booking.quantity, booking.resource_name, booking.timezone)
}

/// Lists the documents that an organization has issued as a host or, if `is_received`, received as a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    is_received: bool,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Invoice>, Error> {
    authorize_in(tx, caller, organization, Permission::ViewMoney)?;
    let party = if is_received { Party::Customer(organization) } else { Party::Host(organization) };
    let rows = invoices::list(&mut tx.conn, party, paging.by_id(order))?;
    Ok(paging.page(rows, |invoice| invoice.id.to_string()))
}

/// Returns a document to its two parties.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: InvoiceId) -> Result<Invoice, Error> {
    let invoice = invoices::get(&mut tx.conn, id)?;
    let parties = [invoice.organization_id, invoice.customer_id];
    if may_see_money(tx, caller, parties)? { Ok(invoice) } else { Err(Error::not_found()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{Identifier as _, Ordered as _};
    use domain::ledger::payment;
    use domain::time::UtcTime;

    #[test]
    fn of_a_full_list_of_rows_the_last_entry_waits_for_the_next_invoice() {
        let (organization_id, customer_id) = (OrganizationId::new(0, [1; 10]), OrganizationId::new(0, [2; 10]));
        let subject = Subject { organization_id, customer_id, booking_id: None, payment_id: None, invoice_id: None };
        let movement = payment(Money { amount: 1, currency: "GBP".parse().unwrap() }, false);
        let entries = [LedgerRowId::new(0, [1; 10]), LedgerRowId::new(0, [2; 10])];
        let row = |id, entry| Row::new(id, entry, subject, movement, UtcTime::from_micros(0));
        let rows: Vec<Row> = entries.iter().flat_map(|entry| [row(*entry, *entry), row(entry.next(), *entry)]).collect();
        let left = |most| without_cut_entry(rows.clone(), most).iter().map(|row| row.entry_id).collect::<Vec<_>>();
        assert_eq!(left(4), [entries[0]; 2]);
        assert_eq!(left(5), [entries[0], entries[0], entries[1], entries[1]]);
        assert!(without_cut_entry(Vec::new(), 4).is_empty());
    }
}
