//! Invoices and credit notes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, Days, NaiveDate, TimeDelta};
use serde_json::json;

use crate::customers::check_customer;
use crate::error::Error;
use crate::ledger::may_see_money;
use crate::mailed_bookings::{find_language, find_reader};
use crate::open_invoices::{self, InvoiceNow, with_state};
use crate::record::{audit, publish};
use crate::{Caller, authorize_in, ledger};
use domain::bank_account::BankAccount;
use domain::billing::BillingFields;
use domain::booking::Booking;
use domain::email::Email;
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{BookingId, InvoiceId, LedgerRowId, OrganizationId, UserId};
use domain::invoice::{
    Amounts, Invoice, InvoiceContent, InvoiceKind, InvoiceLine, InvoiceParty, InvoicePeriod, InvoiceTax, LineKey, amounts,
    is_prepaid, number, vat_rounding,
};
use domain::language::Language;
use domain::ledger::{Movement, Purpose, TaxRate};
use domain::money::{Currency, Money};
use domain::open_invoices::{InvoiceState, has_begun_at};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::{Permission, Permissions};
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use domain::wall_clock::local_time;
use storage::db::{ReadTx, Tx};
use storage::invoices::Of;
use storage::ledger::{Party, Row, Subject};
use storage::open_invoices::Between;
use storage::{billing, bookings, contacts, invoices, logos, organizations};

/// The largest number of rows of the ledger that are invoiced at once.
const MOST_ROWS: i64 = 5_000;

/// The largest number of bookings without a price that are invoiced at once.
const MOST_FREE: i64 = 1_000;
/// The days until an invoice is due, where the host has set no others.
const DUE_DAYS: i64 = 30;

/// The amounts to invoice.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// The customer.
    pub customer_id: OrganizationId,
    /// Only this booking, also before it is over.
    pub booking_id: Option<BookingId>,
    /// The currency, if amounts are owed in several.
    pub currency: Option<Currency>,
    /// The days until the invoice is due; none: as the host has set.
    pub due_days: Option<u64>,
    /// Whether bookings without a price are on it.
    pub includes_free: bool,
    /// Only bookings that have ended before this local date.
    pub ended_before: Option<NaiveDate>,
}

/// Issues an invoice over all that a customer owes for bookings that are over and that is on no invoice yet, and a credit note over all that
/// it no longer owes of earlier invoices. Returns both, or the one that there is.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields`, `invalid_transition` if there is nothing to invoice, or if the host
/// has no billing address.
pub fn issue(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId, new: &NewInvoice) -> Result<Vec<InvoiceNow>, Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    check_customer(tx, host, new.customer_id)?;
    let issued = issue_as(tx, (caller.principal(), Some(caller.user_id)), host, new)?;
    match issued.is_empty() {
        true => Err(Error::Refused(Code::InvalidTransition, said!("There is nothing to invoice."))),
        false => Ok(issued),
    }
}

/// A customer with bookings that are over and on no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uninvoiced {
    /// The customer.
    pub customer_id: OrganizationId,
    /// The name of the customer.
    pub name: String,
    /// The currency of the amounts.
    pub currency: Currency,
}

/// Lists the customers to whom a host can issue an invoice or a credit note, by name.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list_uninvoiced(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<Vec<Uninvoiced>, Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    let now = tx.now;
    let mut customers = Vec::new();
    for (customer_id, currency) in invoices::list_customers_without(&mut tx.conn, host, now)? {
        let name = organizations::get(&mut tx.conn, customer_id)?.fields().name;
        customers.push(Uninvoiced { customer_id, name, currency });
    }
    customers.sort_by(|one, other| (&one.name, one.customer_id).cmp(&(&other.name, other.customer_id)));
    Ok(customers)
}

/// As [`issue`], by a principal that may do it, and in the name of a user if there is one. Returns nothing if there is nothing to invoice.
pub(crate) fn issue_as(
    tx: &mut Tx<'_>,
    issuer: (Principal, Option<UserId>),
    host: OrganizationId,
    new: &NewInvoice,
) -> Result<Vec<InvoiceNow>, Error> {
    let (seller, bank_account) = party(tx, host)?;
    if seller.address.is_none() {
        let detail = said!("An invoice needs your billing address; set it with PATCH /api/v1/organizations/{{id}}/billing.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let (buyer, _) = party(tx, new.customer_id)?;
    // Of two requests at the same time, the second one sees the documents of the first.
    organizations::lock(tx.conn, host)?;
    let mut rows = rows_to_invoice(tx, host, new)?;
    let free = match new.includes_free {
        true => invoices::list_free(tx.conn, (host, new.customer_id), new.booking_id, MOST_FREE)?,
        false => Vec::new(),
    };
    let ids: BTreeSet<BookingId> = rows.iter().filter_map(|row| row.booking_id).chain(free.iter().copied()).collect();
    let ids: Vec<BookingId> = ids.into_iter().collect();
    let booked: BTreeMap<BookingId, Booking> =
        bookings::list_by_id(tx.conn, &ids)?.into_iter().map(|booking| (booking.id, booking)).collect();
    if let Some(date) = new.ended_before {
        let has_ended = |booking: &Booking| last_date(booking) < date;
        rows.retain(|row| row.booking_id.and_then(|id| booked.get(&id)).is_some_and(has_ended));
    }
    let currency = rows.first().map(|row| row.movement().amount.currency).or(new.currency);
    let free = free_in(currency, &free, &booked);
    let numbers = invoices::list_numbers(tx.conn, &ids)?;
    let due_days = match new.due_days {
        Some(days) => days,
        None => due_days(tx, host)?,
    };
    let mut issued = Vec::new();
    let logo = logos::find_current(tx.conn, host)?;
    let language = language_of(tx, new.customer_id)?;
    let bank_account = bank_account.as_ref();
    for kind in [InvoiceKind::Invoice, InvoiceKind::CreditNote] {
        let draft = Draft {
            host,
            kind,
            new,
            due_days,
            seller: &seller,
            bank_account,
            logo: logo.as_deref(),
            language,
            buyer: &buyer,
            booked: &booked,
            free: &free,
            numbers: &numbers,
        };
        if let Some(invoice) = draft.issue(tx, issuer, &rows)? {
            issued.push(invoice);
        }
    }
    with_state(tx, issued)
}

/// The rows to be invoiced, all in one currency.
fn rows_to_invoice(tx: &mut ReadTx, host: OrganizationId, new: &NewInvoice) -> Result<Vec<Row>, Error> {
    let of = match (new.booking_id, new.ended_before) {
        (Some(booking), _) => Of::Booking(booking),
        (None, Some(date)) => Of::EndedBy(has_begun_at(date)),
        (None, None) => Of::Over,
    };
    let rows = invoices::list_rows_without(&mut tx.conn, (host, new.customer_id), of, MOST_ROWS)?;
    let mut rows = without_cut_entry(rows, MOST_ROWS);
    let currencies: BTreeSet<Currency> = rows.iter().map(|row| row.movement().amount.currency).collect();
    let currency = match (new.currency, currencies.len()) {
        (Some(currency), _) => Some(currency),
        (None, 0 | 1) => currencies.first().copied(),
        (None, _) => {
            let named: Vec<_> = currencies.iter().map(ToString::to_string).collect();
            let detail = said!("is required, because amounts are owed in several currencies: {named}", named = named.join(", "));
            return Err(InvalidFields::one("/currency", "required", detail).into());
        }
    };
    rows.retain(|row| Some(row.movement().amount.currency) == currency);
    Ok(rows)
}

/// The bookings without a price in the currency of the document or, if it has no other lines, in that of the first one. Each has the
/// category and rate of VAT of its price.
fn free_in(
    currency: Option<Currency>,
    free: &[BookingId],
    booked: &BTreeMap<BookingId, Booking>,
) -> Vec<(BookingId, Option<TaxRate>)> {
    let found: Vec<&Booking> = free.iter().filter_map(|id| booked.get(id)).collect();
    let currency = currency.or(found.first().map(|booking| booking.price.total.currency));
    let same = found.into_iter().filter(|booking| Some(booking.price.total.currency) == currency);
    same.map(|booking| (booking.id, booking.price.taxes.first().map(|tax| (tax.category, tax.rate)))).collect()
}

/// The rows, at most `most`, without those of the last entry if there can be more of it: its VAT stays with its income.
fn without_cut_entry(mut rows: Vec<Row>, most: i64) -> Vec<Row> {
    let is_full = i64::try_from(rows.len()).is_ok_and(|count| count >= most);
    if let Some(last) = rows.last().map(|row| row.entry_id).filter(|_| is_full) {
        rows.retain(|row| row.entry_id != last);
    }
    rows
}

/// The days until an invoice of a host is due.
pub(crate) fn due_days(tx: &mut ReadTx, host: OrganizationId) -> Result<u64, Error> {
    Ok(billing::get(&mut tx.conn, host)?.fields.payment_days.unwrap_or(DUE_DAYS).unsigned_abs())
}

/// The name and address of a party now, and its bank account.
pub(crate) fn party(tx: &mut ReadTx, id: OrganizationId) -> Result<(InvoiceParty, Option<BankAccount>), Error> {
    let name = organizations::get(&mut tx.conn, id)?.fields().name;
    let BillingFields { country, vat_number, tax_number, billing_address: address, bank_account, .. } =
        billing::get(&mut tx.conn, id)?.fields;
    let party = InvoiceParty {
        name: address.as_ref().map_or(name, |address| address.legal_name.clone()),
        address,
        country: country.map(|country| country.to_string()),
        vat_number: vat_number.map(|number| number.to_string()),
        tax_number,
    };
    Ok((party, bank_account))
}

/// The language of documents to a customer: that of the reader of its confirmed address for invoices or, without one, that of the user
/// who has been its owner for the longest time. English if neither has chosen one.
pub(crate) fn language_of(tx: &mut ReadTx, customer: OrganizationId) -> Result<Language, Error> {
    let billing = billing::get(&mut tx.conn, customer)?;
    let reader = billing.fields.billing_email.filter(|_| billing.billing_email_verified_at.is_some());
    let language = match reader {
        Some(reader) => find_language(tx, &reader)?,
        None => contacts::find_owner_language(&mut tx.conn, customer)?,
    };
    Ok(language.unwrap_or(Language::English))
}

/// A document to be issued.
#[derive(Debug, Clone, Copy)]
struct Draft<'a> {
    host: OrganizationId,
    kind: InvoiceKind,
    new: &'a NewInvoice,
    due_days: u64,
    seller: &'a InvoiceParty,
    bank_account: Option<&'a BankAccount>,
    logo: Option<&'a str>,
    language: Language,
    buyer: &'a InvoiceParty,
    booked: &'a BTreeMap<BookingId, Booking>,
    /// The bookings without a price, which are on an invoice.
    free: &'a [(BookingId, Option<TaxRate>)],
    /// The invoices of each booking.
    numbers: &'a [(BookingId, String)],
}

impl Draft<'_> {
    /// Issues the document, if it has any lines.
    fn issue(
        self,
        tx: &mut Tx<'_>,
        (principal, issued_by): (Principal, Option<UserId>),
        rows: &[Row],
    ) -> Result<Option<Invoice>, Error> {
        let rows = self.own(rows);
        let is_credit = self.kind == InvoiceKind::CreditNote;
        let free = if is_credit { &[] } else { self.free };
        let free_ids: Vec<BookingId> = free.iter().map(|(booking, _)| *booking).collect();
        let first = rows.first().and_then(|row| row.booking_id).or(free_ids.first().copied());
        let Some(first) = first.and_then(|id| self.booked.get(&id)) else { return Ok(None) };
        let currency = rows.first().map_or(first.price.total.currency, |row| row.movement().amount.currency);
        let movements: Vec<(Option<BookingId>, Movement)> = rows.iter().map(|row| (row.booking_id, row.movement())).collect();
        let too_large =
            || InvalidFields::one("/customer_organization_id", "invalid", said!("owes more than an invoice can have"));
        let amounts = amounts(&movements, currency, is_credit).ok_or_else(too_large)?.with_free(free);
        if amounts.lines.is_empty() {
            return Ok(None);
        }
        // The local date at the site of the first booking.
        let issued_on = local_time(first.timezone, tx.now).date();
        let due_on = issued_on.checked_add_days(Days::new(self.due_days)).unwrap_or(issued_on);
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
            content: self.content(&amounts, &movements, &free_ids),
            issued_by,
            created_at: tx.now,
        };
        let ids: Vec<LedgerRowId> = rows.iter().map(|row| row.id).collect();
        invoices::insert(tx.conn, &invoice, &ids, &free_ids)?;
        self.round_vat(tx, &invoice, &amounts, &movements)?;
        let (kind, number) = (self.kind, number(invoice.year, invoice.sequence));
        let detail =
            json!({ "number": number, "kind": kind, "customer_organization_id": self.new.customer_id, "total": invoice.total });
        audit(tx, principal, Some(self.host), "invoice.issue", ("invoice", invoice.id.as_str()), &detail)?;
        publish(tx, principal, Event::InvoiceIssued { invoice_id: invoice.id })?;
        Ok(Some(invoice))
    }

    /// The rows of the bookings that belong on this kind of document: a credit note has those of which less is owed than was invoiced or,
    /// if the same is owed because prepaid credit or hours pay the difference, those of which less was supplied. Amounts that were charged and
    /// taken back before they were invoiced are on no document.
    fn own(self, rows: &[Row]) -> Vec<&Row> {
        // The amount that the customer owes, and the amount that was supplied: the same, except for prepaid credit and hours.
        let mut charged: BTreeMap<BookingId, (i128, i128)> = BTreeMap::new();
        for row in rows {
            if let Some(booking) = row.booking_id {
                let movement = row.movement();
                let (sum, supplied) = charged.entry(booking).or_default();
                *sum += movement.charged();
                let is_paid_before = is_prepaid(&movement) || movement.purpose == Purpose::HoursCover;
                *supplied += if is_paid_before { 0 } else { movement.charged() };
            }
        }
        let is_invoiced = |booking| self.numbers.iter().any(|(of, _)| *of == booking);
        let belongs = |booking: BookingId| match charged.get(&booking).copied().unwrap_or_default() {
            (0, 0) => is_invoiced(booking) && self.kind == InvoiceKind::CreditNote,
            (0, supplied) => (supplied < 0) == (self.kind == InvoiceKind::CreditNote),
            (sum, _) => (sum < 0) == (self.kind == InvoiceKind::CreditNote),
        };
        rows.iter().filter(|row| row.booking_id.is_some_and(belongs)).collect()
    }

    fn content(self, amounts: &Amounts, movements: &[(Option<BookingId>, Movement)], free: &[BookingId]) -> InvoiceContent {
        let line = |((booking_id, purpose, tax), net): &(LineKey, Money)| {
            let (tax_category, tax_rate) = tax.unzip();
            let description = booking_id.and_then(|id| self.booked.get(&id)).map(described).unwrap_or_default();
            InvoiceLine { booking_id: *booking_id, purpose: *purpose, description, net: *net, tax_category, tax_rate }
        };
        let is_corrected = |booking: &BookingId| movements.iter().any(|(of, _)| of.as_ref() == Some(booking));
        let corrected: BTreeSet<&String> =
            self.numbers.iter().filter(|(booking, _)| is_corrected(booking)).map(|(_, number)| number).collect();
        let ids: BTreeSet<BookingId> = movements.iter().filter_map(|(booking, _)| *booking).chain(free.iter().copied()).collect();
        let bookings: Vec<&Booking> = ids.iter().filter_map(|id| self.booked.get(id)).collect();
        let corrects = match self.kind {
            InvoiceKind::Invoice => Vec::new(),
            InvoiceKind::CreditNote => corrected.into_iter().cloned().collect(),
        };
        InvoiceContent {
            seller: self.seller.clone(),
            buyer: self.buyer.clone(),
            lines: amounts.lines.iter().map(line).collect(),
            taxes: amounts.taxes.iter().map(|tax| with_reason(tax, &bookings)).collect(),
            net: amounts.net,
            tax: amounts.tax,
            rounding: amounts.rounding,
            prepaid: Some(amounts.prepaid).filter(|prepaid| prepaid.amount != 0),
            corrects,
            period: period(&bookings),
            bank_account: self.bank_account.cloned(),
            logo: self.logo.map(ToOwned::to_owned),
            language: self.language,
        }
    }

    /// Moves the difference between the VAT of the document and that of its bookings, so that the account of the VAT agrees with the
    /// documents.
    fn round_vat(
        self,
        tx: &mut Tx<'_>,
        invoice: &Invoice,
        amounts: &Amounts,
        rows: &[(Option<BookingId>, Movement)],
    ) -> Result<(), Error> {
        let movements = vat_rounding(amounts, rows, self.kind == InvoiceKind::CreditNote);
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

/// The tax with the reasons of an exemption that its bookings were made with.
fn with_reason(tax: &InvoiceTax, bookings: &[&Booking]) -> InvoiceTax {
    let taxes = bookings.iter().flat_map(|booking| &booking.price.taxes);
    let same = taxes.filter(|of_booking| (of_booking.category, of_booking.rate) == (tax.category, tax.rate));
    let reasons = same.map(|of_booking| of_booking.exemption_reason.as_str()).filter(|reason| !reason.is_empty());
    let reasons: BTreeSet<&str> = reasons.collect();
    InvoiceTax { exemption_reason: reasons.into_iter().collect::<Vec<_>>().join("; "), ..tax.clone() }
}

/// The local dates on which the first booking starts and the last one ends.
fn period(bookings: &[&Booking]) -> Option<InvoicePeriod> {
    let first = |booking: &&Booking| local_time(booking.timezone, booking.interval.starts_at()).date();
    let starts_on = bookings.iter().map(first).min()?;
    Some(InvoicePeriod { starts_on, ends_on: bookings.iter().map(|booking| last_date(booking)).max()? })
}

/// The last local date of a booking. One until midnight ends on the day before.
fn last_date(booking: &Booking) -> NaiveDate {
    local_time(booking.timezone, booking.interval.ends_at() - TimeDelta::microseconds(1)).date()
}

/// The resource and the local time of a booking.
fn described(booking: &Booking) -> String {
    let local = |at| local_time(booking.timezone, at).format("%Y-%m-%d %H:%M");
    let (from, to) = (local(booking.interval.starts_at()), local(booking.interval.ends_at()));
    format!("{} × {}, {from} – {to} ({})", booking.quantity, booking.resource_name, booking.timezone)
}

/// Which documents are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Listed {
    /// Those that the organization has received as a customer; else those that it has issued as a host.
    pub is_received: bool,
    /// Only those in this state.
    pub state: Option<InvoiceState>,
}

/// Lists the documents that an organization has issued as a host or received as a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    listed: Listed,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<InvoiceNow>, Error> {
    authorize_in(tx, caller, organization, Permission::ViewMoney)?;
    let party = if listed.is_received { Party::Customer(organization) } else { Party::Host(organization) };
    let rows = match listed.state {
        None => invoices::list(&mut tx.conn, party, paging.by_id(order))?,
        Some(state) => list_in_state(tx, party, state, order, paging)?,
    };
    let page = paging.page(rows, |invoice| invoice.id.to_string());
    Ok(Page { items: with_state(tx, page.items)?, next_cursor: page.next_cursor })
}

/// The documents of a page of those in a state: the state of each follows from all documents and payments of its customer.
fn list_in_state(
    tx: &mut ReadTx,
    party: Party,
    state: InvoiceState,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Vec<Invoice>, Error> {
    let between = match party {
        Party::Host(host) => Between { hosts: vec![host], ..Between::default() },
        Party::Customer(customer) => Between { customers: vec![customer], ..Between::default() },
    };
    let now = tx.now;
    let known = open_invoices::load(tx, &between)?;
    let mut ids: Vec<InvoiceId> = known.iter().filter(|(_, known)| known.state(now) == state).map(|(id, _)| *id).collect();
    if order.is_descending() {
        ids.reverse();
    }
    if let Some(after) = paging.after.as_deref() {
        ids.retain(|id| if order.is_descending() { id.as_str() < after } else { id.as_str() > after });
    }
    ids.truncate(paging.limit + 1);
    let mut rows = invoices::list_by_id(&mut tx.conn, &ids)?;
    if order.is_descending() {
        rows.reverse();
    }
    Ok(rows)
}

/// Returns a document to its two parties.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: InvoiceId) -> Result<InvoiceNow, Error> {
    let invoice = get_issued(tx, caller, id)?;
    with_state(tx, vec![invoice])?.pop().ok_or_else(Error::not_found)
}

/// As [`get`], as it was issued.
///
/// # Errors
/// `not_found`.
pub fn get_issued(tx: &mut ReadTx, caller: Caller, id: InvoiceId) -> Result<Invoice, Error> {
    let invoice = invoices::get(&mut tx.conn, id)?;
    let may_see = may_see_money(tx, caller, [invoice.organization_id, invoice.customer_id])?;
    if may_see { Ok(invoice) } else { Err(Error::not_found()) }
}

/// Returns a document to the reader of a mail about it: the reader of the confirmed address for invoices of the customer, or a user who
/// may see the document.
///
/// # Errors
/// `not_found`.
pub fn get_of_reader(tx: &mut ReadTx, reader: &Email, id: InvoiceId) -> Result<Invoice, Error> {
    let invoice = invoices::get(&mut tx.conn, id)?;
    let billing = billing::get(&mut tx.conn, invoice.customer_id)?;
    if billing.billing_email_verified_at.is_some() && billing.fields.billing_email.as_ref() == Some(reader) {
        return Ok(invoice);
    }
    let reader = find_reader(tx, reader)?.ok_or_else(Error::not_found)?;
    get_issued(tx, Caller { permissions: Permissions::of(&[Permission::ViewMoney]), ..reader }, id)
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
