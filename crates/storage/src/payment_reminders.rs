//! The reminders of payment that hosts send, and the invoices of which a reminder may be due.

use chrono::NaiveDate;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::organizations;
use super::schema_money::{invoices, payment_reminders};
use super::types::Json;
use domain::ids::{InvoiceId, OrganizationId};
use domain::invoice::InvoiceKind;
use domain::time::UtcTime;

/// A reminder that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct SentReminder {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The step: days after the due date.
    pub step_days: i64,
    /// The amount that was open, in minor units of the currency of the invoice.
    pub open: i64,
    /// When.
    pub sent_at: UtcTime,
}

/// The hosts that remind, each with its steps.
///
/// # Errors
/// When the database fails.
pub fn list_hosts(conn: &mut Conn) -> Result<Vec<(OrganizationId, Vec<i64>)>, StorageError> {
    let reminds: SqlLiteral<Bool> = sql("organizations.reminder_days <> '[]'"); // as in the index
    let hosts = organizations::table.filter(reminds).filter(organizations::closed_at.is_null());
    let hosts: Vec<(OrganizationId, Json<Vec<i64>>)> =
        hosts.order(organizations::id).select((organizations::id, organizations::reminder_days)).load(conn)?;
    Ok(hosts.into_iter().map(|(host, Json(days))| (host, days)).collect())
}

/// The invoices of a host that are due within these dates, each with its customer.
///
/// # Errors
/// When the database fails.
pub fn list_due(
    conn: &mut Conn,
    host: OrganizationId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<(InvoiceId, OrganizationId, String)>, StorageError> {
    Ok(invoices::table
        .filter(invoices::organization_id.eq(host).and(invoices::kind.eq(InvoiceKind::Invoice)))
        .filter(invoices::due_on.ge(from.to_string()).and(invoices::due_on.le(to.to_string())))
        .order((invoices::due_on, invoices::id))
        .select((invoices::id, invoices::customer_id, invoices::due_on))
        .load(conn)?)
}

/// The reminders of some invoices, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, of: &[InvoiceId]) -> Result<Vec<SentReminder>, StorageError> {
    let mut found = Vec::new();
    for some in of.chunks(500) {
        let sent = payment_reminders::table.filter(payment_reminders::invoice_id.eq_any(some));
        let sent = sent.order((payment_reminders::invoice_id, payment_reminders::sent_at, payment_reminders::step_days));
        found.extend(sent.select(payment_reminders::all_columns).load::<SentReminder>(conn)?);
    }
    Ok(found)
}

/// Claims a reminder for this transaction. Returns whether it was free: of two servers, one sends it.
///
/// # Errors
/// When the database fails.
pub fn claim(conn: &mut WriteConn, reminder: &SentReminder) -> Result<bool, StorageError> {
    let insertion = diesel::insert_into(payment_reminders::table).values((
        payment_reminders::invoice_id.eq(reminder.invoice_id),
        payment_reminders::step_days.eq(reminder.step_days),
        payment_reminders::open_amount.eq(reminder.open),
        payment_reminders::sent_at.eq(reminder.sent_at),
    ));
    let added = match conn.raw().either() {
        EitherConn::Pg(conn) => insertion.on_conflict_do_nothing().execute(conn)?,
        EitherConn::Sqlite(conn) => insertion.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(added == 1)
}
