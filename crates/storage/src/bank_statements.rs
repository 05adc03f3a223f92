//! Bank statements that hosts have imported, and their lines.

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{CachedStatement, Conn, WriteConn, padded};
use super::error::StorageError;
use super::paging::by_id;
use super::schema_money::{bank_line_payments, bank_statement_lines as lines, bank_statements, payments};
use domain::bank_statement::{IdentifiedLine, LineState, StatementFormat};
use domain::ids::{BankStatementId, BankStatementLineId, OrganizationId, PaymentId, UserId};
use domain::money::{Currency, Money};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// A file that a host has imported.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = bank_statements, treat_none_as_default_value = false)]
pub struct BankStatement {
    /// Its identifier.
    pub id: BankStatementId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The format.
    pub format: StatementFormat,
    /// The number of lines in the file.
    pub lines: i32,
    /// The number of those that an earlier file had.
    pub known_lines: i32,
    /// The date of the first line; none without lines.
    pub first_on: Option<String>,
    /// The date of the last line.
    pub last_on: Option<String>,
    /// The user who imported it.
    pub imported_by: UserId,
    /// When.
    pub created_at: UtcTime,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub struct BankStatementLine {
    /// Its identifier.
    pub id: BankStatementLineId,
    /// The file.
    pub bank_statement_id: BankStatementId,
    /// The host.
    pub organization_id: OrganizationId,
    identity: String,
    /// The account of the host.
    pub account: String,
    /// The date on which the bank booked it.
    pub booked_on: String,
    amount: i64,
    currency: Currency,
    /// The name of the other party; may be empty.
    pub name: String,
    /// The account of the other party; may be empty.
    pub counter_account: String,
    /// The text; may be empty.
    pub reference: String,
    /// The identifier that the bank has given it; may be empty.
    pub bank_reference: String,
    /// The state.
    pub state: LineState,
    open_amount: i64,
    /// The reason why it is ignored.
    pub reason: Option<String>,
    /// When it was imported.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

impl BankStatementLine {
    /// A new line of a file.
    pub fn new(id: BankStatementLineId, statement: &BankStatement, new: IdentifiedLine) -> Self {
        let IdentifiedLine { identity, account, line } = new;
        let is_incoming = line.amount.amount > 0;
        Self {
            id,
            bank_statement_id: statement.id,
            organization_id: statement.organization_id,
            identity,
            account,
            booked_on: line.booked_on.to_string(),
            amount: line.amount.amount,
            currency: line.amount.currency,
            name: line.name,
            counter_account: line.counter_account,
            reference: line.reference,
            bank_reference: line.bank_reference,
            state: if is_incoming { LineState::Open } else { LineState::Outgoing },
            open_amount: line.amount.amount.max(0),
            reason: None,
            created_at: statement.created_at,
            updated_at: statement.created_at,
            revision: 1,
        }
    }

    /// The amount: positive if the host received it.
    pub const fn amount(&self) -> Money {
        Money { amount: self.amount, currency: self.currency }
    }

    /// The part that is neither recorded as a payment nor ignored.
    pub const fn open(&self) -> Money {
        Money { amount: self.open_amount, currency: self.currency }
    }
}

type Columns = <BankStatementLine as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <BankStatementLine as Selectable<Sqlite>>::construct_selection()
}

/// Those of some identities of lines that a host has already.
///
/// # Errors
/// When the database fails.
pub fn list_known(conn: &mut Conn, host: OrganizationId, identities: &[String]) -> Result<Vec<String>, StorageError> {
    let mut known = Vec::new();
    for some in identities.chunks(512) {
        let of_host = lines::organization_id.eq(host).and(lines::identity.eq_any(padded(some.iter().cloned())));
        known.extend(CachedStatement(lines::table.filter(of_host).select(lines::identity)).load::<String>(conn)?);
    }
    Ok(known)
}

/// Adds a file with its lines that are not known.
///
/// # Errors
/// When a line is known, or the database fails.
pub fn insert(conn: &mut WriteConn, statement: &BankStatement, new: &[BankStatementLine]) -> Result<(), StorageError> {
    diesel::insert_into(bank_statements::table).values(statement.clone()).execute(conn.raw())?;
    for line in new {
        diesel::insert_into(lines::table).values(line.clone()).execute(conn.raw())?;
    }
    Ok(())
}

/// A file.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: BankStatementId) -> Result<BankStatement, StorageError> {
    Ok(bank_statements::table.find(id).select(BankStatement::as_select()).get_result(conn)?)
}

/// The files of a host.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, host: OrganizationId, rows: Rows<CreationOrder, &str>) -> Result<Vec<BankStatement>, StorageError> {
    let query = bank_statements::table.filter(bank_statements::organization_id.eq(host));
    let query = query.select(<BankStatement as Selectable<Sqlite>>::construct_selection()).into_boxed();
    Ok(by_id!(query, bank_statements::id, rows).load(conn)?)
}

/// Which lines are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<LineState>,
    /// Only those of this file.
    pub statement: Option<BankStatementId>,
}

/// The lines of a host.
///
/// # Errors
/// When the database fails.
pub fn list_lines(
    conn: &mut Conn,
    host: OrganizationId,
    filter: Filter,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<BankStatementLine>, StorageError> {
    let mut query = lines::table.filter(lines::organization_id.eq(host)).select(columns()).into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(lines::state.eq(state));
    }
    if let Some(statement) = filter.statement {
        query = query.filter(lines::bank_statement_id.eq(statement));
    }
    Ok(by_id!(query, lines::id, rows).load(conn)?)
}

/// A line.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get_line(conn: &mut Conn, id: BankStatementLineId) -> Result<BankStatementLine, StorageError> {
    Ok(lines::table.find(id).select(columns()).get_result(conn)?)
}

/// Lets nobody else change a line before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock_line(conn: &mut WriteConn, id: BankStatementLineId) -> Result<(), StorageError> {
    diesel::update(lines::table.find(id)).set(lines::revision.eq(lines::revision)).execute(conn.raw())?;
    Ok(())
}

/// Writes the state of a line, with the part of it that is open.
///
/// # Errors
/// When the database fails.
pub fn update_state(
    conn: &mut WriteConn,
    id: BankStatementLineId,
    (state, open): (LineState, i64),
    reason: Option<&str>,
    now: UtcTime,
) -> Result<(), StorageError> {
    let change = (lines::state.eq(state), lines::open_amount.eq(open), lines::reason.eq(reason));
    let change = (change, lines::updated_at.eq(now), lines::revision.eq(lines::revision + 1_i64));
    diesel::update(lines::table.find(id)).set(change).execute(conn.raw())?;
    Ok(())
}

/// Records that a payment is of a line.
///
/// # Errors
/// When the database fails.
pub fn insert_payment(conn: &mut WriteConn, line: BankStatementLineId, payment: PaymentId) -> Result<(), StorageError> {
    let row = (bank_line_payments::payment_id.eq(payment), bank_line_payments::line_id.eq(line));
    diesel::insert_into(bank_line_payments::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// The line of a payment, if it is of one.
///
/// # Errors
/// When the database fails.
pub fn find_line_of(conn: &mut Conn, payment: PaymentId) -> Result<Option<BankStatementLineId>, StorageError> {
    let found = bank_line_payments::table.find(payment).select(bank_line_payments::line_id);
    Ok(found.get_result(conn).optional()?)
}

/// The payments of some lines that are not reversed, the oldest first: the line, the payment and its amount.
///
/// # Errors
/// When the database fails.
pub fn list_payments(
    conn: &mut Conn,
    of: &[BankStatementLineId],
) -> Result<Vec<(BankStatementLineId, PaymentId, i64)>, StorageError> {
    Ok(bank_line_payments::table
        .inner_join(payments::table)
        .filter(bank_line_payments::line_id.eq_any(of))
        .filter(payments::reversed_at.is_null())
        .order(payments::id)
        .select((bank_line_payments::line_id, payments::id, payments::amount))
        .load(conn)?)
}
