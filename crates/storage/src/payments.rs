//! Payments between customers and hosts.

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::ledger::Party;
use super::paging::by_id;
use super::schema_money::payments;
use domain::ids::{BookingId, InvoiceId, OrganizationId, PaymentId, UserId};
use domain::money::{Currency, Money};
use domain::order::{CreationOrder, Rows};
use domain::payment::{NewPayment, Payment, PaymentMethod, Reversal};
use domain::time::UtcTime;

/// A row of `payments`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = payments, treat_none_as_default_value = false)]
struct Row {
    id: PaymentId,
    organization_id: OrganizationId,
    customer_id: OrganizationId,
    booking_id: Option<BookingId>,
    is_refund: bool,
    amount: i64,
    currency: Currency,
    method: PaymentMethod,
    paid_on: String,
    reference: String,
    recorded_by: Option<UserId>,
    created_at: UtcTime,
    reversed_at: Option<UtcTime>,
    reversed_by: Option<UserId>,
    reversal_reason: Option<String>,
    revision: i64,
    invoice_id: Option<InvoiceId>,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn payment_from(row: Row) -> Result<Payment, StorageError> {
    let reversal = row.reversed_at.zip(row.reversed_by).zip(row.reversal_reason);
    Ok(Payment {
        id: row.id,
        organization_id: row.organization_id,
        paid: NewPayment {
            customer_id: row.customer_id,
            booking_id: row.booking_id,
            invoice_id: row.invoice_id,
            is_refund: row.is_refund,
            amount: Money { amount: row.amount, currency: row.currency },
            method: row.method,
            paid_on: row.paid_on.parse().map_err(StorageError::corrupt)?,
            reference: row.reference,
        },
        recorded_by: row.recorded_by,
        created_at: row.created_at,
        reversal: reversal.map(|((reversed_at, reversed_by), reason)| Reversal { reversed_at, reversed_by, reason }),
        revision: row.revision,
    })
}

/// A payment.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: PaymentId) -> Result<Payment, StorageError> {
    payment_from(payments::table.find(id).select(columns()).get_result(conn)?)
}

/// The payments of a host, or those between a customer and all hosts.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, party: Party, rows: Rows<CreationOrder, &str>) -> Result<Vec<Payment>, StorageError> {
    let query = payments::table.select(columns()).into_boxed();
    let query = match party {
        Party::Host(host) => query.filter(payments::organization_id.eq(host)),
        Party::Customer(customer) => query.filter(payments::customer_id.eq(customer)),
    };
    let rows: Vec<Row> = by_id!(query, payments::id, rows).load(conn)?;
    rows.into_iter().map(payment_from).collect()
}

/// The payments after `after`, for the check of the ledger.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn, after: Option<PaymentId>, limit: i64) -> Result<Vec<Payment>, StorageError> {
    let after = after.as_ref().map_or("", |after| after.as_str()).to_owned();
    let query = payments::table.filter(payments::id.gt(after)).order(payments::id).limit(limit);
    let rows: Vec<Row> = query.select(columns()).load(conn)?;
    rows.into_iter().map(payment_from).collect()
}

/// Adds a payment.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, payment: &Payment) -> Result<(), StorageError> {
    let NewPayment { customer_id, booking_id, invoice_id, is_refund, amount, method, paid_on, reference } = payment.paid.clone();
    let row = Row {
        id: payment.id,
        organization_id: payment.organization_id,
        customer_id,
        booking_id,
        is_refund,
        amount: amount.amount,
        currency: amount.currency,
        method,
        paid_on: paid_on.to_string(),
        reference,
        recorded_by: payment.recorded_by,
        created_at: payment.created_at,
        reversed_at: None,
        reversed_by: None,
        reversal_reason: None,
        revision: payment.revision,
        invoice_id,
    };
    diesel::insert_into(payments::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Writes the reversal of a payment.
///
/// # Errors
/// [`StorageError::Conflict`] when the payment was changed since it was read, or the database fails.
pub fn update_reversed(conn: &mut WriteConn, payment: &Payment) -> Result<(), StorageError> {
    let reversal = payment.reversal.as_ref();
    let own = payments::table.find(payment.id).filter(payments::revision.eq(payment.revision));
    let changed = diesel::update(own)
        .set((
            payments::reversed_at.eq(reversal.map(|reversal| reversal.reversed_at)),
            payments::reversed_by.eq(reversal.map(|reversal| reversal.reversed_by)),
            payments::reversal_reason.eq(reversal.map(|reversal| &reversal.reason)),
            payments::revision.eq(payment.revision + 1),
        ))
        .execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the payment has changed".to_owned())) }
}
