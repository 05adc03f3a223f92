//! The prepaid credit of customers, and its changes. Triggers change the credit that is left.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::ledger::Party;
use super::paging::by_id;
use super::schema_money::{prepaid, prepaid_entries};
use super::types::Json;
use domain::ids::{BookingId, InvoiceId, OrganizationId, PackageId, PrepaidEntryId, PrepaidId, TrainingSeatId, UserId};
use domain::money::Currency;
use domain::order::{CreationOrder, Rows};
use domain::prepaid::{Credit, PaidObject, Prepaid, PrepaidEntry, PrepaidEntryKind, SoldHours};
use domain::time::UtcTime;

/// A row of `prepaid`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = prepaid, treat_none_as_default_value = false)]
struct Row {
    id: PrepaidId,
    package_id: PackageId,
    organization_id: OrganizationId,
    customer_id: OrganizationId,
    invoice_id: Option<InvoiceId>,
    name: String,
    price: i64,
    credit: i64,
    currency: Currency,
    credit_left: i64,
    price_left: i64,
    expires_at: UtcTime,
    released_at: Option<UtcTime>,
    reminded_at: Option<UtcTime>,
    created_by: UserId,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
    hours: Option<Json<SoldHours>>,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn prepaid_from(row: Row) -> Prepaid {
    Prepaid {
        id: row.id,
        package_id: row.package_id,
        organization_id: row.organization_id,
        customer_id: row.customer_id,
        invoice_id: row.invoice_id,
        name: row.name,
        sold: Credit { amount: row.credit, paid: row.price },
        left: Credit { amount: row.credit_left, paid: row.price_left },
        currency: row.currency,
        hours: row.hours.map(|Json(hours)| hours),
        expires_at: row.expires_at,
        released_at: row.released_at,
        reminded_at: row.reminded_at,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
    }
}

/// Prepaid credit.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: PrepaidId) -> Result<Prepaid, StorageError> {
    Ok(prepaid_from(prepaid::table.find(id).select(columns()).get_result(conn)?))
}

/// Some prepaid credit, in the order of the identifiers.
///
/// # Errors
/// When the database fails.
pub fn list_by_id(conn: &mut Conn, ids: &[PrepaidId]) -> Result<Vec<Prepaid>, StorageError> {
    let rows: Vec<Row> = prepaid::table.filter(prepaid::id.eq_any(ids)).order(prepaid::id).select(columns()).load(conn)?;
    Ok(rows.into_iter().map(prepaid_from).collect())
}

/// The prepaid credit that a host has sold, or that a customer has.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, party: Party, rows: Rows<CreationOrder, &str>) -> Result<Vec<Prepaid>, StorageError> {
    let query = prepaid::table.select(columns()).into_boxed();
    let query = match party {
        Party::Host(host) => query.filter(prepaid::organization_id.eq(host)),
        Party::Customer(customer) => query.filter(prepaid::customer_id.eq(customer)),
    };
    let rows: Vec<Row> = by_id!(query, prepaid::id, rows).load(conn)?;
    Ok(rows.into_iter().map(prepaid_from).collect())
}

/// The prepaid credit of a customer with a host in a currency of which something is left and that has not expired.
///
/// # Errors
/// When the database fails.
pub fn list_left(
    conn: &mut Conn,
    (host, customer): (OrganizationId, OrganizationId),
    currency: Currency,
    now: UtcTime,
) -> Result<Vec<Prepaid>, StorageError> {
    let rows: Vec<Row> = prepaid::table
        .filter(prepaid::customer_id.eq(customer).and(prepaid::organization_id.eq(host)))
        .filter(prepaid::currency.eq(currency))
        .filter(has_credit().and(prepaid::expires_at.gt(now)))
        .order(prepaid::id)
        .select(columns())
        .load(conn)?;
    Ok(rows.into_iter().map(prepaid_from).collect())
}

/// Something is left. Written out, because a partial index serves only a query that names its condition.
fn has_credit() -> SqlLiteral<Bool> {
    sql("prepaid.credit_left > 0")
}

/// The identifiers of prepaid credit that has expired and of which something is left, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_expired(conn: &mut Conn, now: UtcTime, limit: i64) -> Result<Vec<PrepaidId>, StorageError> {
    let expired = prepaid::table.filter(has_credit().and(prepaid::expires_at.le(now)));
    Ok(expired.order((prepaid::expires_at, prepaid::id)).limit(limit).select(prepaid::id).load(conn)?)
}

/// The prepaid credit that expires until an instant, of which something is left and no customer was reminded.
///
/// # Errors
/// When the database fails.
pub fn list_expiring(conn: &mut Conn, now: UtcTime, until: UtcTime) -> Result<Vec<Prepaid>, StorageError> {
    let rows: Vec<Row> = prepaid::table
        .filter(has_credit().and(prepaid::reminded_at.is_null()))
        .filter(prepaid::expires_at.gt(now).and(prepaid::expires_at.le(until)))
        .order((prepaid::expires_at, prepaid::id))
        .select(columns())
        .load(conn)?;
    Ok(rows.into_iter().map(prepaid_from).collect())
}

/// Lets no other transaction use prepaid credit before this one ends. Transactions lock several in the order of the identifiers.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: PrepaidId) -> Result<(), StorageError> {
    diesel::update(prepaid::table.find(id)).set(prepaid::revision.eq(prepaid::revision)).execute(conn.raw())?;
    Ok(())
}

/// Adds prepaid credit that is sold.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, sold: &Prepaid) -> Result<(), StorageError> {
    let row = Row {
        id: sold.id,
        package_id: sold.package_id,
        organization_id: sold.organization_id,
        customer_id: sold.customer_id,
        invoice_id: sold.invoice_id,
        name: sold.name.clone(),
        price: sold.sold.paid,
        credit: sold.sold.amount,
        currency: sold.currency,
        credit_left: sold.left.amount,
        price_left: sold.left.paid,
        expires_at: sold.expires_at,
        released_at: sold.released_at,
        reminded_at: sold.reminded_at,
        created_by: sold.created_by,
        created_at: sold.created_at,
        updated_at: sold.updated_at,
        revision: sold.revision,
        hours: sold.hours.clone().map(Json),
    };
    diesel::insert_into(prepaid::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Writes the expiry, the release and the reminder of prepaid credit, as its next revision.
///
/// # Errors
/// [`StorageError::Conflict`] when it was changed since it was read, or the database fails.
pub fn update(conn: &mut WriteConn, changed: &Prepaid) -> Result<(), StorageError> {
    let own = prepaid::table.find(changed.id).filter(prepaid::revision.eq(changed.revision));
    let count = diesel::update(own)
        .set((
            prepaid::expires_at.eq(changed.expires_at),
            prepaid::released_at.eq(changed.released_at),
            prepaid::reminded_at.eq(changed.reminded_at),
            prepaid::updated_at.eq(changed.updated_at),
            prepaid::revision.eq(changed.revision + 1),
        ))
        .execute(conn.raw())?;
    if count == 1 { Ok(()) } else { Err(StorageError::Conflict("the prepaid credit has changed".to_owned())) }
}

/// A row of `prepaid_entries`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = prepaid_entries, treat_none_as_default_value = false)]
struct EntryRow {
    id: PrepaidEntryId,
    prepaid_id: PrepaidId,
    kind: PrepaidEntryKind,
    booking_id: Option<BookingId>,
    credit: i64,
    price: i64,
    created_at: UtcTime,
    training_seat_id: Option<TrainingSeatId>,
}

/// A change that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its identifier, in the order of time.
    pub id: PrepaidEntryId,
    /// The change.
    pub entry: PrepaidEntry,
    /// When.
    pub created_at: UtcTime,
}

fn entry_from(row: EntryRow) -> StoredEntry {
    let EntryRow { id, prepaid_id, kind, booking_id, credit, price, created_at, training_seat_id } = row;
    let paid = booking_id.map(PaidObject::Booking).or(training_seat_id.map(PaidObject::Seat));
    let credit = Credit { amount: credit, paid: price };
    StoredEntry { id, entry: PrepaidEntry { prepaid_id, kind, paid, credit }, created_at }
}

/// Adds a change. A trigger changes the credit that is left.
///
/// # Errors
/// When less is left, or the database fails.
pub fn insert_entry(conn: &mut WriteConn, new: &StoredEntry) -> Result<(), StorageError> {
    let PrepaidEntry { prepaid_id, kind, paid, credit } = new.entry;
    let (booking_id, training_seat_id) = match paid {
        Some(PaidObject::Booking(id)) => (Some(id), None),
        Some(PaidObject::Seat(id)) => (None, Some(id)),
        None => (None, None),
    };
    let row = EntryRow {
        id: new.id,
        prepaid_id,
        kind,
        booking_id,
        credit: credit.amount,
        price: credit.paid,
        created_at: new.created_at,
        training_seat_id,
    };
    diesel::insert_into(prepaid_entries::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// The last change of prepaid credit, and when it was made.
///
/// # Errors
/// When the database fails.
pub fn find_last_entry(conn: &mut Conn, of: PrepaidId) -> Result<Option<(PrepaidEntryId, UtcTime)>, StorageError> {
    let entries = prepaid_entries::table.filter(prepaid_entries::prepaid_id.eq(of)).order(prepaid_entries::id.desc()).limit(1);
    Ok(entries.select((prepaid_entries::id, prepaid_entries::created_at)).get_result(conn).optional()?)
}

/// The changes of prepaid credit.
///
/// # Errors
/// When the database fails.
pub fn list_entries(conn: &mut Conn, of: PrepaidId, rows: Rows<CreationOrder, &str>) -> Result<Vec<StoredEntry>, StorageError> {
    let query = prepaid_entries::table.filter(prepaid_entries::prepaid_id.eq(of));
    let query = query.select(<EntryRow as Selectable<Sqlite>>::construct_selection()).into_boxed();
    let rows: Vec<EntryRow> = by_id!(query, prepaid_entries::id, rows).load(conn)?;
    Ok(rows.into_iter().map(entry_from).collect())
}

/// All changes that some bookings have caused.
///
/// # Errors
/// When the database fails.
pub fn list_entries_of_bookings(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<StoredEntry>, StorageError> {
    let query = prepaid_entries::table.filter(prepaid_entries::booking_id.eq_any(ids));
    let rows: Vec<EntryRow> = query.select(<EntryRow as Selectable<Sqlite>>::construct_selection()).load(conn)?;
    Ok(rows.into_iter().map(entry_from).collect())
}

/// All changes that some seats in trainings have caused.
///
/// # Errors
/// When the database fails.
pub fn list_entries_of_seats(conn: &mut Conn, ids: &[TrainingSeatId]) -> Result<Vec<StoredEntry>, StorageError> {
    let query = prepaid_entries::table.filter(prepaid_entries::training_seat_id.eq_any(ids));
    let rows: Vec<EntryRow> = query.select(<EntryRow as Selectable<Sqlite>>::construct_selection()).load(conn)?;
    Ok(rows.into_iter().map(entry_from).collect())
}

/// The prepaid credit after `after` with all its changes, for the check of the ledger.
///
/// # Errors
/// When the database fails.
pub fn list_all(
    conn: &mut Conn,
    after: Option<PrepaidId>,
    limit: i64,
) -> Result<Vec<(Prepaid, Vec<PrepaidEntry>)>, StorageError> {
    let after = after.as_ref().map_or("", |after| after.as_str()).to_owned();
    let query = prepaid::table.filter(prepaid::id.gt(after)).order(prepaid::id).limit(limit);
    let page: Vec<Row> = query.select(columns()).load(conn)?;
    let ids: Vec<PrepaidId> = page.iter().map(|row| row.id).collect();
    let entries = prepaid_entries::table.filter(prepaid_entries::prepaid_id.eq_any(ids));
    let entries: Vec<EntryRow> = entries.select(<EntryRow as Selectable<Sqlite>>::construct_selection()).load(conn)?;
    let entries: Vec<PrepaidEntry> = entries.into_iter().map(|row| entry_from(row).entry).collect();
    let with_entries = |row: Row| {
        let own = entries.iter().filter(|entry| entry.prepaid_id == row.id).copied().collect();
        (prepaid_from(row), own)
    };
    Ok(page.into_iter().map(with_entries).collect())
}
