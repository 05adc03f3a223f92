//! Reminds customers of invoices that are overdue.

use chrono::TimeDelta;

use super::invoices::readers;
use actions::error::Error;
use actions::payment_reminders;
use domain::email::Email;
use domain::ids::InvoiceId;
use domain::money::Money;
use domain::time::UtcTime;
use mail::letter::LetterContent;
use mail::payment_reminder::PaymentReminderLetter;
use storage::connection::Conn;
use storage::db::Db;
use storage::error::StorageError;
use storage::{contacts, invoices};

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::minutes(30);

/// Sends the reminders that are due: each in a transaction of its own, so that no request waits long for them.
///
/// # Errors
/// When the database fails.
pub(super) async fn run(db: &Db, now: UtcTime) -> Result<(), Error> {
    for due in db.read(now, payment_reminders::due).await? {
        db.write(now, move |tx| payment_reminders::send(tx, due)).await?;
    }
    Ok(())
}

/// The letters that remind of an invoice.
///
/// # Errors
/// When the database fails.
pub(super) fn address(
    conn: &mut Conn,
    invoice_id: InvoiceId,
    open: Money,
    days_overdue: i64,
) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    let invoice = invoices::get(conn, invoice_id)?;
    let readers = readers(conn, invoice.customer_id)?;
    let host = contacts::get(conn, invoice.organization_id, None)?;
    let letter = PaymentReminderLetter {
        invoice_id,
        name: String::new(),
        number: invoice.number(),
        host: invoice.content.seller.name,
        open,
        due_on: invoice.due_on,
        days_overdue,
        reply_to: host.email.map(|email| email.to_string()).unwrap_or_default(),
    };
    let letter = |(email, name)| {
        let letter = PaymentReminderLetter { name, ..letter.clone() };
        (email, LetterContent::PaymentReminder(Box::new(letter)))
    };
    Ok(readers.into_iter().map(letter).collect())
}
