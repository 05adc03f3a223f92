//! The ledger: rows that are only added, and the sums of their amounts.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::sqlite::Sqlite;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema_money::{ledger_position, ledger_rows, ledger_sums};
use domain::ids::{BookingId, Identifier as _, InvoiceId, LedgerRowId, OrganizationId, PaymentId};
use domain::ledger::{Account, Movement, Purpose, TaxRate};
use domain::money::{Currency, Money};
use domain::order::{CreationOrder, Rows};
use domain::pricing::TaxCategory;
use domain::time::UtcTime;

/// A row of `ledger_rows`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ledger_rows, treat_none_as_default_value = false)]
pub struct Row {
    /// Its identifier, in the order of time.
    pub id: LedgerRowId,
    /// The identifier of the first row of the same change.
    pub entry_id: LedgerRowId,
    /// The host, whose ledger it is.
    pub organization_id: OrganizationId,
    /// The customer.
    pub customer_id: OrganizationId,
    /// The booking that caused it.
    pub booking_id: Option<BookingId>,
    /// The payment that caused it.
    pub payment_id: Option<PaymentId>,
    /// The invoice that caused it.
    pub invoice_id: Option<InvoiceId>,
    debit: Account,
    credit: Account,
    amount: i64,
    currency: Currency,
    tax_category: Option<TaxCategory>,
    tax_rate: Option<i64>,
    purpose: Purpose,
    /// When it was added.
    pub created_at: UtcTime,
}

/// The two parties of a row, and its cause.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// The host.
    pub organization_id: OrganizationId,
    /// The customer.
    pub customer_id: OrganizationId,
    /// The booking.
    pub booking_id: Option<BookingId>,
    /// The payment.
    pub payment_id: Option<PaymentId>,
    /// The invoice.
    pub invoice_id: Option<InvoiceId>,
}

impl Row {
    /// The row of a movement at an instant.
    pub fn new(id: LedgerRowId, entry_id: LedgerRowId, subject: Subject, movement: Movement, created_at: UtcTime) -> Self {
        let Subject { organization_id, customer_id, booking_id, payment_id, invoice_id } = subject;
        let Movement { debit, credit, amount: Money { amount, currency }, tax, purpose } = movement;
        let (tax_category, tax_rate) = tax.unzip();
        Self {
            id,
            entry_id,
            organization_id,
            customer_id,
            booking_id,
            payment_id,
            invoice_id,
            debit,
            credit,
            amount,
            currency,
            tax_category,
            tax_rate,
            purpose,
            created_at,
        }
    }

    /// The movement.
    pub fn movement(&self) -> Movement {
        let Self { debit, credit, amount, currency, tax_category, tax_rate, purpose, .. } = *self;
        Movement { debit, credit, amount: Money { amount, currency }, tax: tax_category.zip(tax_rate), purpose }
    }
}

pub(super) type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

pub(super) fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

/// Adds a row.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, row: &Row) -> Result<(), StorageError> {
    diesel::insert_into(ledger_rows::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Which rows are looked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those of this host.
    pub host: Option<OrganizationId>,
    /// Only those of this customer.
    pub customer: Option<OrganizationId>,
    /// Only those of this booking.
    pub booking: Option<BookingId>,
    /// Only those that were added at this instant or later.
    pub from: Option<UtcTime>,
    /// Only those that were added before this instant.
    pub to: Option<UtcTime>,
}

/// The smallest identifier of an instant: identifiers begin with the millisecond, and only they are in an index.
fn first_of(at: UtcTime) -> LedgerRowId {
    LedgerRowId::new(at.millis(), [0; 10])
}

/// Adds a filter to a query of rows. A macro, because queries have different types.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let (mut query, filter): (_, &Filter) = ($query, $filter);
        if let Some(host) = filter.host {
            query = query.filter(ledger_rows::organization_id.eq(host));
        }
        if let Some(customer) = filter.customer {
            query = query.filter(ledger_rows::customer_id.eq(customer));
        }
        if let Some(booking) = filter.booking {
            query = query.filter(ledger_rows::booking_id.eq(booking));
        }
        if let Some(from) = filter.from {
            query = query.filter(ledger_rows::id.ge(first_of(from))).filter(ledger_rows::created_at.ge(from));
        }
        if let Some(to) = filter.to {
            let next = first_of(to + TimeDelta::milliseconds(1));
            query = query.filter(ledger_rows::id.lt(next)).filter(ledger_rows::created_at.lt(to));
        }
        query
    }};
}

/// The rows of the ledger.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, filter: &Filter, rows: Rows<CreationOrder, &str>) -> Result<Vec<Row>, StorageError> {
    let query = filtered!(ledger_rows::table.select(columns()).into_boxed(), filter);
    Ok(by_id!(query, ledger_rows::id, rows).load(conn)?)
}

/// The last row of a booking, and when it was added.
///
/// # Errors
/// When the database fails.
pub fn find_last(conn: &mut Conn, booking: BookingId) -> Result<Option<(LedgerRowId, UtcTime)>, StorageError> {
    let of_booking = ledger_rows::table.filter(ledger_rows::booking_id.eq(booking)).order(ledger_rows::id.desc()).limit(1);
    Ok(of_booking.select((ledger_rows::id, ledger_rows::created_at)).get_result(conn).optional()?)
}

/// The key of a sum: the host, the customer, the account and the currency.
type Key = (OrganizationId, OrganizationId, Account, Currency);

/// The debits and credits of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// The sum of the amounts for which it is the debit account.
    pub debits: i128,
    /// The sum of the amounts for which it is the credit account.
    pub credits: i128,
}

/// Sums by account.
pub type Sums = BTreeMap<Key, Sum>;

fn add(
    sums: &mut Sums,
    (host, customer, currency): (OrganizationId, OrganizationId, Currency),
    moved: (Account, Account),
    amount: i128,
) {
    let (debit, credit) = moved;
    let sum = sums.entry((host, customer, debit, currency)).or_default();
    sum.debits = sum.debits.saturating_add(amount);
    let sum = sums.entry((host, customer, credit, currency)).or_default();
    sum.credits = sum.credits.saturating_add(amount);
}

/// A party whose accounts are looked for.
#[derive(Debug, Clone, Copy)]
pub enum Party {
    /// The accounts of a host.
    Host(OrganizationId),
    /// The accounts that hosts have for a customer.
    Customer(OrganizationId),
}

/// The sums of all accounts of these parties, or of all without any: the stored ones, and the rows after them.
///
/// # Errors
/// When the database fails.
pub fn sums(conn: &mut Conn, parties: &[Party]) -> Result<Sums, StorageError> {
    let position = position(conn)?;
    let mut stored = ledger_sums::table.select(ledger_sums::all_columns).into_boxed();
    let key =
        (ledger_rows::organization_id, ledger_rows::customer_id, ledger_rows::debit, ledger_rows::credit, ledger_rows::currency);
    let mut later = ledger_rows::table
        .filter(ledger_rows::id.gt(position.clone()))
        .group_by(key)
        .select((key, billions(), rest()))
        .into_boxed();
    if parties.is_empty() {
        // Otherwise SQLite would read all rows in an order that serves the groups.
        let after = sql::<Bool>("ledger_rows.id IN (SELECT after.id FROM ledger_rows AS after WHERE after.id > ");
        later = later.filter(after.bind::<Text, _>(position).sql(")"));
    }
    for party in parties {
        (stored, later) = match *party {
            Party::Host(host) => {
                (stored.filter(ledger_sums::organization_id.eq(host)), later.filter(ledger_rows::organization_id.eq(host)))
            }
            Party::Customer(customer) => {
                (stored.filter(ledger_sums::customer_id.eq(customer)), later.filter(ledger_rows::customer_id.eq(customer)))
            }
        };
    }
    let stored: Vec<(OrganizationId, OrganizationId, Account, Currency, String, String)> = stored.load(conn)?;
    let mut sums = Sums::new();
    for (host, customer, account, currency, debits, credits) in stored {
        sums.insert((host, customer, account, currency), sum_from(&debits, &credits)?);
    }
    type Grouped = ((OrganizationId, OrganizationId, Account, Account, Currency), i64, i64);
    let later: Vec<Grouped> = later.load(conn)?;
    for ((host, customer, debit, credit, currency), billions, rest) in later {
        add(&mut sums, (host, customer, currency), (debit, credit), joined(billions, rest));
    }
    Ok(sums)
}

/// The movements of one kind, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The debit account.
    pub debit: Account,
    /// The credit account.
    pub credit: Account,
    /// The reason.
    pub purpose: Purpose,
    /// The category and rate of VAT.
    pub tax: Option<TaxRate>,
    /// The currency.
    pub currency: Currency,
    /// The sum, in minor units.
    pub amount: i128,
    /// The number of rows.
    pub rows: i64,
}

/// The movements of a host that a filter describes, added up.
///
/// # Errors
/// When the database fails.
pub fn moved(conn: &mut Conn, filter: &Filter) -> Result<Vec<Moved>, StorageError> {
    let kind = (
        (ledger_rows::debit, ledger_rows::credit, ledger_rows::purpose),
        (ledger_rows::tax_category, ledger_rows::tax_rate, ledger_rows::currency),
    );
    let columns = (kind, billions(), rest(), sql::<BigInt>("count(*)"));
    let query = filtered!(ledger_rows::table.group_by(kind).select(columns).into_boxed(), filter);
    type Grouped = (((Account, Account, Purpose), (Option<TaxCategory>, Option<i64>, Currency)), i64, i64, i64);
    let found: Vec<Grouped> = query.order(kind).load(conn)?;
    let moved = |(((debit, credit, purpose), (category, rate, currency)), billions, rest, rows)| {
        let amount = joined(billions, rest);
        Moved { debit, credit, purpose, tax: Option::zip(category, rate), currency, amount, rows }
    };
    Ok(found.into_iter().map(moved).collect())
}

// A sum in parts, because the sum of integers can be larger than an integer.
fn billions() -> SqlLiteral<BigInt> {
    sql("CAST(sum(amount / 1000000000) AS BIGINT)")
}

fn rest() -> SqlLiteral<BigInt> {
    sql("CAST(sum(amount % 1000000000) AS BIGINT)")
}

fn joined(billions: i64, rest: i64) -> i128 {
    i128::from(billions) * 1_000_000_000 + i128::from(rest)
}

fn sum_from(debits: &str, credits: &str) -> Result<Sum, StorageError> {
    let number = |text: &str| text.parse().map_err(StorageError::corrupt);
    Ok(Sum { debits: number(debits)?, credits: number(credits)? })
}

fn position(conn: &mut Conn) -> Result<String, StorageError> {
    Ok(ledger_position::table.select(ledger_position::row_id).get_result(conn)?)
}

/// Adds the rows that were added before the millisecond of an instant to the stored sums: at most `limit`. Returns their number.
///
/// # Errors
/// When the database fails.
pub fn add_to_sums(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    // The lock: another server that adds the same rows waits here.
    diesel::update(ledger_position::table).set(ledger_position::id.eq(1)).execute(conn.raw())?;
    let position = position(conn)?;
    let rows: Vec<Row> = ledger_rows::table
        .filter(ledger_rows::id.gt(position))
        .filter(ledger_rows::id.lt(first_of(before)))
        .order(ledger_rows::id)
        .limit(limit)
        .select(columns())
        .load(conn.raw())?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(0) };
    let mut added = Sums::new();
    for Row { organization_id, customer_id, currency, debit, credit, amount, .. } in &rows {
        add(&mut added, (*organization_id, *customer_id, *currency), (*debit, *credit), i128::from(*amount));
    }
    for (key, sum) in added {
        add_to_sum(conn, key, sum)?;
    }
    diesel::update(ledger_position::table).set(ledger_position::row_id.eq(last.as_str())).execute(conn.raw())?;
    Ok(rows.len())
}

fn add_to_sum(conn: &mut WriteConn, (host, customer, account, currency): Key, added: Sum) -> Result<(), StorageError> {
    let own = ledger_sums::table.find((host, customer, account, currency));
    let stored = own.select((ledger_sums::debits, ledger_sums::credits)).get_result::<(String, String)>(conn.raw()).optional()?;
    let stored = stored.map(|(debits, credits)| sum_from(&debits, &credits)).transpose()?.unwrap_or_default();
    let debits = stored.debits.saturating_add(added.debits).to_string();
    let credits = stored.credits.saturating_add(added.credits).to_string();
    let written = (ledger_sums::debits.eq(&debits), ledger_sums::credits.eq(&credits));
    let insertion = diesel::insert_into(ledger_sums::table).values((
        ledger_sums::organization_id.eq(host),
        ledger_sums::customer_id.eq(customer),
        ledger_sums::account.eq(account),
        ledger_sums::currency.eq(currency),
        ledger_sums::debits.eq(&debits),
        ledger_sums::credits.eq(&credits),
    ));
    let key = (ledger_sums::organization_id, ledger_sums::customer_id, ledger_sums::account, ledger_sums::currency);
    match conn.raw().either() {
        EitherConn::Pg(conn) => insertion.on_conflict(key).do_update().set(written).execute(conn)?,
        EitherConn::Sqlite(conn) => insertion.on_conflict(key).do_update().set(written).execute(conn)?,
    };
    Ok(())
}

/// The movements of some bookings, except for payments.
///
/// # Errors
/// When the database fails.
pub fn list_of_bookings(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<(BookingId, Movement)>, StorageError> {
    let rows: Vec<Row> = ledger_rows::table
        .filter(ledger_rows::booking_id.eq_any(ids))
        .filter(ledger_rows::payment_id.is_null())
        .select(columns())
        .load(conn)?;
    Ok(rows.iter().filter_map(|row| Some((row.booking_id?, row.movement()))).collect())
}

/// The movements of some payments.
///
/// # Errors
/// When the database fails.
pub fn list_of_payments(conn: &mut Conn, ids: &[PaymentId]) -> Result<Vec<(PaymentId, Movement)>, StorageError> {
    let rows: Vec<Row> = ledger_rows::table.filter(ledger_rows::payment_id.eq_any(ids)).select(columns()).load(conn)?;
    Ok(rows.iter().filter_map(|row| Some((row.payment_id?, row.movement()))).collect())
}

/// The movements of the sales of prepaid credit and hours with these invoices, of their refunds and of their expiry.
///
/// # Errors
/// When the database fails.
pub fn list_of_sales(conn: &mut Conn, ids: &[InvoiceId]) -> Result<Vec<(InvoiceId, Movement)>, StorageError> {
    let rows: Vec<Row> = ledger_rows::table
        .filter(ledger_rows::invoice_id.eq_any(ids))
        .filter(ledger_rows::purpose.eq_any([Purpose::Prepayment, Purpose::HoursSale, Purpose::PrepaidExpiry]))
        .select(columns())
        .load(conn)?;
    Ok(rows.iter().filter_map(|row| Some((row.invoice_id?, row.movement()))).collect())
}

/// The movements of the prices of seats in trainings with these invoices, and of the prepaid credit that pays them.
///
/// # Errors
/// When the database fails.
pub fn list_of_seats(conn: &mut Conn, ids: &[InvoiceId]) -> Result<Vec<(InvoiceId, Movement)>, StorageError> {
    let rows: Vec<Row> = ledger_rows::table
        .filter(ledger_rows::invoice_id.eq_any(ids))
        .filter(ledger_rows::purpose.eq_any([Purpose::TrainingSeat, Purpose::PrepaidUse]))
        .select(columns())
        .load(conn)?;
    Ok(rows.iter().filter_map(|row| Some((row.invoice_id?, row.movement()))).collect())
}

/// The hosts after `after` that have rows, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_hosts(conn: &mut Conn, after: Option<OrganizationId>, limit: i64) -> Result<Vec<OrganizationId>, StorageError> {
    let after = after.as_ref().map_or("", |after| after.as_str()).to_owned();
    let query = ledger_rows::table.filter(ledger_rows::organization_id.gt(after)).select(ledger_rows::organization_id);
    Ok(query.distinct().order(ledger_rows::organization_id).limit(limit).load(conn)?)
}

/// The sums of all accounts of a host, added up from its rows alone.
///
/// # Errors
/// When the database fails.
pub fn sums_of_rows(conn: &mut Conn, host: OrganizationId) -> Result<Sums, StorageError> {
    let mut sums = Sums::new();
    let mut after = None;
    loop {
        let rows = Rows { order: CreationOrder::CreatedAt, after: after.as_deref(), limit: 1000 };
        let page = list(conn, &Filter { host: Some(host), ..Filter::default() }, rows)?;
        let Some(last) = page.last() else { return Ok(sums) };
        after = Some(last.id.to_string());
        for Row { organization_id, customer_id, currency, debit, credit, amount, .. } in &page {
            add(&mut sums, (*organization_id, *customer_id, *currency), (*debit, *credit), i128::from(*amount));
        }
    }
}
