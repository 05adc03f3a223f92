//! The documents and payments between hosts and customers, as far as it depends on them which part of an invoice is open.

use std::collections::HashMap;

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema_money::{invoice_rows, invoices, ledger_rows, payments};
use super::types::Json;
use domain::ids::{BookingId, InvoiceId, OrganizationId};
use domain::invoice::{InvoiceContent, InvoiceKind};
use domain::money::{Currency, Money};
use domain::open_invoices::{Document, PaymentOf};
use domain::time::UtcTime;

/// A host and one of its customers.
pub type Parties = (OrganizationId, OrganizationId);

/// The hosts and customers between which documents and payments are looked for. An empty list means all.
#[derive(Debug, Clone, Default)]
pub struct Between {
    /// The hosts.
    pub hosts: Vec<OrganizationId>,
    /// The customers.
    pub customers: Vec<OrganizationId>,
}

/// The number of values in one list of a query.
const AT_ONCE: usize = 500;

/// Narrows a boxed query of a table to these parties.
macro_rules! between {
    ($table:ident, $between:expr) => {{
        let mut query = $table::table.into_boxed();
        if !$between.hosts.is_empty() {
            query = query.filter($table::organization_id.eq_any($between.hosts.clone()));
        }
        if !$between.customers.is_empty() {
            query = query.filter($table::customer_id.eq_any($between.customers.clone()));
        }
        query
    }};
}

/// The row of a document: identifier, parties, kind, number, amount, due date.
type DocumentRow = (InvoiceId, Parties, InvoiceKind, (i32, i32), (i64, Currency), String, UtcTime);

/// The documents between these parties.
///
/// # Errors
/// When the database fails.
pub fn list_documents(conn: &mut Conn, between: &Between) -> Result<Vec<(Parties, Document)>, StorageError> {
    let columns = (
        invoices::id,
        (invoices::organization_id, invoices::customer_id),
        invoices::kind,
        (invoices::year, invoices::sequence),
        (invoices::total, invoices::currency),
        invoices::due_on,
        invoices::created_at,
    );
    let rows: Vec<DocumentRow> = between!(invoices, between).select(columns).load(conn)?;
    let credits = between!(invoices, between).filter(invoices::kind.eq(InvoiceKind::CreditNote));
    let credits: Vec<(InvoiceId, Json<InvoiceContent>)> = credits.select((invoices::id, invoices::content)).load(conn)?;
    let mut corrects: HashMap<InvoiceId, Vec<String>> =
        credits.into_iter().map(|(id, Json(content))| (id, content.corrects)).collect();
    let document = |(id, parties, kind, number, (amount, currency), due_on, issued_at): DocumentRow| {
        let due_on = due_on.parse().map_err(StorageError::corrupt)?;
        let corrects = corrects.remove(&id).unwrap_or_default();
        Ok((parties, Document { id, kind, number, total: Money { amount, currency }, due_on, corrects, issued_at }))
    };
    rows.into_iter().map(document).collect()
}

/// The row of a payment: parties, invoice, booking, direction, amount.
type PaymentRow = (Parties, Option<InvoiceId>, Option<BookingId>, bool, (i64, Currency), UtcTime);

/// The payments between these parties that are not reversed.
///
/// # Errors
/// When the database fails.
pub fn list_payments(conn: &mut Conn, between: &Between) -> Result<Vec<(Parties, PaymentOf)>, StorageError> {
    let columns = (
        (payments::organization_id, payments::customer_id),
        payments::invoice_id,
        payments::booking_id,
        payments::is_refund,
        (payments::amount, payments::currency),
        payments::created_at,
    );
    let query = between!(payments, between).filter(payments::reversed_at.is_null()).order(payments::id);
    let rows: Vec<PaymentRow> = query.select(columns).load(conn)?;
    let bookings: Vec<BookingId> = rows.iter().filter(|(_, invoice, ..)| invoice.is_none()).filter_map(|row| row.2).collect();
    let invoices = first_invoices(conn, &bookings)?;
    let payment = |(parties, invoice, booking, is_refund, (amount, currency), recorded_at): PaymentRow| {
        let invoice = invoice.or_else(|| invoices.get(&booking?).copied());
        (parties, PaymentOf { invoice, is_refund, amount: Money { amount, currency }, recorded_at })
    };
    Ok(rows.into_iter().map(payment).collect())
}

/// The first invoice of each of these bookings that has one.
fn first_invoices(conn: &mut Conn, bookings: &[BookingId]) -> Result<HashMap<BookingId, InvoiceId>, StorageError> {
    let mut first = HashMap::new();
    for some in bookings.chunks(AT_ONCE) {
        let found: Vec<(Option<BookingId>, InvoiceId)> = invoice_rows::table
            .inner_join(ledger_rows::table)
            .inner_join(invoices::table)
            .filter(ledger_rows::booking_id.eq_any(some))
            .filter(invoices::kind.eq(InvoiceKind::Invoice))
            .order((invoices::year, invoices::sequence))
            .select((ledger_rows::booking_id, invoices::id))
            .load(conn)?;
        for (booking, invoice) in found {
            if let Some(booking) = booking {
                first.entry(booking).or_insert(invoice);
            }
        }
    }
    Ok(first)
}
