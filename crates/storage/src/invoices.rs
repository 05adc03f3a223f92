//! Invoices and credit notes. Rows are added, never changed.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::ledger::{self, Party};
use super::logos;
use super::paging::by_id;
use super::schema::bookings;
use super::schema_money::{invoice_bookings, invoice_counters, invoice_rows, invoices, ledger_rows};
use super::types::Json;
use domain::booking::BookingStatus;
use domain::ids::{BookingId, InvoiceId, LedgerRowId, OrganizationId, UserId};
use domain::invoice::{Invoice, InvoiceContent, InvoiceKind, number};
use domain::ledger::{Movement, Purpose};
use domain::money::{Currency, Money};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// The reasons of rows that are on no document.
const ON_NO_DOCUMENT: [Purpose; 6] = [
    Purpose::Deposit,
    Purpose::KeptDeposit,
    Purpose::Authorization,
    Purpose::AuthorizationEnd,
    Purpose::Dispute,
    Purpose::DisputeEnd,
];

/// A row of `invoices`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoices, treat_none_as_default_value = false)]
struct Row {
    id: InvoiceId,
    organization_id: OrganizationId,
    customer_id: OrganizationId,
    kind: InvoiceKind,
    year: i32,
    sequence: i32,
    currency: Currency,
    total: i64,
    issued_on: String,
    due_on: String,
    content: Json<InvoiceContent>,
    issued_by: Option<UserId>,
    created_at: UtcTime,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn invoice_from(row: Row) -> Result<Invoice, StorageError> {
    let Json(content) = row.content;
    Ok(Invoice {
        id: row.id,
        organization_id: row.organization_id,
        customer_id: row.customer_id,
        kind: row.kind,
        year: row.year,
        sequence: row.sequence,
        total: Money { amount: row.total, currency: row.currency },
        issued_on: row.issued_on.parse().map_err(StorageError::corrupt)?,
        due_on: row.due_on.parse().map_err(StorageError::corrupt)?,
        content,
        issued_by: row.issued_by,
        created_at: row.created_at,
    })
}

/// Takes the next number of a host in a year, from 1 on. No other transaction takes one until this one ends.
///
/// # Errors
/// When the database fails.
pub fn take_number(conn: &mut WriteConn, host: OrganizationId, year: i32) -> Result<i32, StorageError> {
    let (organization_id, last) = (invoice_counters::organization_id, invoice_counters::last);
    let first = (organization_id.eq(host), invoice_counters::year.eq(year), last.eq(1));
    let insertion = diesel::insert_into(invoice_counters::table).values(first);
    let key = (organization_id, invoice_counters::year);
    match conn.raw().either() {
        EitherConn::Pg(conn) => insertion.on_conflict(key).do_update().set(last.eq(last + 1)).execute(conn)?,
        EitherConn::Sqlite(conn) => insertion.on_conflict(key).do_update().set(last.eq(last + 1)).execute(conn)?,
    };
    Ok(invoice_counters::table.find((host, year)).select(last).get_result(conn.raw())?)
}

/// The bookings of which the rows are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// This one.
    Booking(BookingId),
    /// All that are over.
    Over,
    /// All that are over and have ended by this instant.
    EndedBy(UtcTime),
}

/// The rows of the ledger about bookings of a customer with a host that are on no document, at most `limit`, the oldest first. Deposits are
/// not on documents.
///
/// # Errors
/// When the database fails.
pub fn list_rows_without(
    conn: &mut Conn,
    (host, customer): (OrganizationId, OrganizationId),
    of: Of,
    limit: i64,
) -> Result<Vec<ledger::Row>, StorageError> {
    let over = bookings::table
        .filter(bookings::host_organization_id.eq(host).and(bookings::organization_id.eq(customer)))
        .filter(not(bookings::is_live))
        .select(bookings::id.nullable());
    let on_document = invoice_rows::table.filter(invoice_rows::ledger_row_id.eq(ledger_rows::id));
    let query = ledger_rows::table
        .filter(ledger_rows::organization_id.eq(host).and(ledger_rows::customer_id.eq(customer)))
        .filter(ledger_rows::booking_id.is_not_null().and(ledger_rows::payment_id.is_null()))
        .filter(ledger_rows::purpose.ne_all(ON_NO_DOCUMENT))
        .filter(not(exists(on_document)))
        .order(ledger_rows::id)
        .limit(limit)
        .select(ledger::columns())
        .into_boxed();
    Ok(match of {
        Of::Booking(booking) => query.filter(ledger_rows::booking_id.eq(booking)).load(conn)?,
        Of::Over => query.filter(ledger_rows::booking_id.eq_any(over)).load(conn)?,
        Of::EndedBy(at) => query.filter(ledger_rows::booking_id.eq_any(over.filter(bookings::ends_at.le(at)))).load(conn)?,
    })
}

/// The customers of a host, each with a currency, of which rows about bookings that are over and have ended by an instant are on no
/// document.
///
/// # Errors
/// When the database fails.
pub fn list_customers_without(
    conn: &mut Conn,
    host: OrganizationId,
    ended_by: UtcTime,
) -> Result<Vec<(OrganizationId, Currency)>, StorageError> {
    let over = bookings::table
        .filter(bookings::host_organization_id.eq(host).and(bookings::ends_at.le(ended_by)))
        .filter(not(bookings::is_live))
        .select(bookings::id.nullable());
    let on_document = invoice_rows::table.filter(invoice_rows::ledger_row_id.eq(ledger_rows::id));
    Ok(ledger_rows::table
        .filter(ledger_rows::organization_id.eq(host))
        .filter(ledger_rows::booking_id.is_not_null().and(ledger_rows::payment_id.is_null()))
        .filter(ledger_rows::purpose.ne_all(ON_NO_DOCUMENT))
        .filter(not(exists(on_document)))
        .filter(ledger_rows::booking_id.eq_any(over))
        .order((ledger_rows::customer_id, ledger_rows::currency))
        .select((ledger_rows::customer_id, ledger_rows::currency))
        .distinct()
        .load(conn)?)
}

/// The agreed bookings of a customer with a host that have no price and are on no document, at most `limit`, the oldest first: this one,
/// or all that are over.
///
/// # Errors
/// When the database fails.
pub fn list_free(
    conn: &mut Conn,
    (host, customer): (OrganizationId, OrganizationId),
    booking: Option<BookingId>,
    limit: i64,
) -> Result<Vec<BookingId>, StorageError> {
    let agreed = [BookingStatus::Confirmed, BookingStatus::InUse, BookingStatus::Completed];
    let of_booking = ledger_rows::booking_id.eq(bookings::id.nullable());
    let charged = ledger_rows::table.filter(of_booking.and(ledger_rows::purpose.ne_all(ON_NO_DOCUMENT)));
    let on_document = invoice_bookings::table.filter(invoice_bookings::booking_id.eq(bookings::id));
    let query = bookings::table
        .filter(bookings::host_organization_id.eq(host).and(bookings::organization_id.eq(customer)))
        .filter(bookings::price_amount.eq(0).and(bookings::status.eq_any(agreed)))
        .filter(not(exists(charged)))
        .filter(not(exists(on_document)))
        .order(bookings::id)
        .limit(limit)
        .select(bookings::id)
        .into_boxed();
    Ok(match booking {
        Some(booking) => query.filter(bookings::id.eq(booking)).load(conn)?,
        None => query.filter(not(bookings::is_live)).load(conn)?,
    })
}

/// The invoices of some bookings, each with its number.
///
/// # Errors
/// When the database fails.
pub fn list_numbers(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<(BookingId, String)>, StorageError> {
    let found: Vec<(Option<BookingId>, i32, i32)> = invoice_rows::table
        .inner_join(ledger_rows::table)
        .inner_join(invoices::table)
        .filter(ledger_rows::booking_id.eq_any(ids))
        .filter(invoices::kind.eq(InvoiceKind::Invoice))
        .order((invoices::year, invoices::sequence))
        .select((ledger_rows::booking_id, invoices::year, invoices::sequence))
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().filter_map(|(booking, year, sequence)| Some((booking?, number(year, sequence)))).collect())
}

/// Adds a document about rows of the ledger and bookings without a price.
///
/// # Errors
/// When a row or booking is on another document already, or the database fails.
pub fn insert(conn: &mut WriteConn, invoice: &Invoice, rows: &[LedgerRowId], free: &[BookingId]) -> Result<(), StorageError> {
    let row = Row {
        id: invoice.id,
        organization_id: invoice.organization_id,
        customer_id: invoice.customer_id,
        kind: invoice.kind,
        year: invoice.year,
        sequence: invoice.sequence,
        currency: invoice.total.currency,
        total: invoice.total.amount,
        issued_on: invoice.issued_on.to_string(),
        due_on: invoice.due_on.to_string(),
        content: Json(invoice.content.clone()),
        issued_by: invoice.issued_by,
        created_at: invoice.created_at,
    };
    diesel::insert_into(invoices::table).values(row).execute(conn.raw())?;
    if let Some(logo) = &invoice.content.logo {
        logos::update_on_invoice(conn, invoice.organization_id, logo)?;
    }
    insert_rows(conn, invoice.id, rows)?;
    for id in free {
        let of_invoice = (invoice_bookings::booking_id.eq(*id), invoice_bookings::invoice_id.eq(invoice.id));
        diesel::insert_into(invoice_bookings::table).values(of_invoice).execute(conn.raw())?;
    }
    Ok(())
}

/// Adds the rows of the ledger that a document is about.
///
/// # Errors
/// When a row is on another document already, or the database fails.
pub fn insert_rows(conn: &mut WriteConn, invoice: InvoiceId, rows: &[LedgerRowId]) -> Result<(), StorageError> {
    for id in rows {
        let of_invoice = (invoice_rows::ledger_row_id.eq(*id), invoice_rows::invoice_id.eq(invoice));
        diesel::insert_into(invoice_rows::table).values(of_invoice).execute(conn.raw())?;
    }
    Ok(())
}

/// An invoice or credit note.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: InvoiceId) -> Result<Invoice, StorageError> {
    invoice_from(invoices::table.find(id).select(columns()).get_result(conn)?)
}

/// The documents of a host, or those that a customer has received.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, party: Party, rows: Rows<CreationOrder, &str>) -> Result<Vec<Invoice>, StorageError> {
    let query = invoices::table.select(columns()).into_boxed();
    let query = match party {
        Party::Host(host) => query.filter(invoices::organization_id.eq(host)),
        Party::Customer(customer) => query.filter(invoices::customer_id.eq(customer)),
    };
    by_id!(query, invoices::id, rows).load(conn)?.into_iter().map(invoice_from).collect()
}

/// Some documents, in the order of their identifiers.
///
/// # Errors
/// When the database fails.
pub fn list_by_id(conn: &mut Conn, ids: &[InvoiceId]) -> Result<Vec<Invoice>, StorageError> {
    let rows: Vec<Row> = invoices::table.filter(invoices::id.eq_any(ids)).order(invoices::id).select(columns()).load(conn)?;
    rows.into_iter().map(invoice_from).collect()
}

/// A document with the movements of its rows, each with its booking; none for the sale of prepaid credit.
pub type WithMovements = (Invoice, Vec<(Option<BookingId>, Movement)>);

/// The documents after `after`, for the check of the ledger.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn, after: Option<InvoiceId>, limit: i64) -> Result<Vec<WithMovements>, StorageError> {
    let after = after.as_ref().map_or("", |after| after.as_str()).to_owned();
    let page: Vec<Row> =
        invoices::table.filter(invoices::id.gt(after)).order(invoices::id).limit(limit).select(columns()).load(conn)?;
    let mut found = Vec::with_capacity(page.len());
    for row in page {
        let rows: Vec<ledger::Row> = invoice_rows::table
            .inner_join(ledger_rows::table)
            .filter(invoice_rows::invoice_id.eq(row.id))
            .select(ledger::columns())
            .load(conn)?;
        let rows = rows.iter().map(|row| (row.booking_id, row.movement())).collect();
        found.push((invoice_from(row)?, rows));
    }
    Ok(found)
}
