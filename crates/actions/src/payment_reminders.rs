//! Reminders of payment: hosts remind their customers of invoices that are overdue.

use std::collections::BTreeMap;

use chrono::Days;

use crate::error::Error;
use crate::open_invoices;
use crate::record::{audit, publish};
use domain::fact::Event;
use domain::ids::{InvoiceId, OrganizationId};
use domain::invoice::number;
use domain::open_invoices::{InvoiceState, days_overdue, due_step, last_ended_date};
use domain::principal::Principal;
use storage::db::{ReadTx, Tx};
use storage::open_invoices::Between;
use storage::payment_reminders::{self, SentReminder};

/// The number of days after which a step that nobody could send is left out: the service was down, or the host has turned reminders on
/// long after the invoice was due.
const LATEST_DAYS: u64 = 60;

/// A reminder that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The host.
    pub host: OrganizationId,
    /// The customer.
    pub customer: OrganizationId,
    /// The step, in days after the due date.
    pub step_days: i64,
}

/// Finds the reminders that are due now: of each invoice the latest step, if it was not sent.
///
/// # Errors
/// When the database fails.
pub fn due(tx: &mut ReadTx) -> Result<Vec<Due>, Error> {
    let mut due = Vec::new();
    for (host, steps) in payment_reminders::list_hosts(&mut tx.conn)? {
        due.extend(due_of_host(tx, host, &steps)?);
    }
    Ok(due)
}

fn due_of_host(tx: &mut ReadTx, host: OrganizationId, steps: &[i64]) -> Result<Vec<Due>, Error> {
    let (first, last) = (steps.first().copied().unwrap_or(1), steps.last().copied().unwrap_or(1));
    let today = last_ended_date(tx.now);
    let days_ago = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let dates = (days_ago(last.unsigned_abs() + LATEST_DAYS), days_ago(first.unsigned_abs().saturating_sub(1)));
    let invoices = payment_reminders::list_due(&mut tx.conn, host, dates)?;
    let ids: Vec<InvoiceId> = invoices.iter().map(|(id, ..)| *id).collect();
    let mut sent: BTreeMap<InvoiceId, i64> = BTreeMap::new();
    for reminder in payment_reminders::list(&mut tx.conn, &ids)? {
        let last = sent.entry(reminder.invoice_id).or_default();
        *last = reminder.step_days.max(*last);
    }
    let mut found = Vec::new();
    for (invoice_id, customer, due_on) in invoices {
        let Ok(due_on) = due_on.parse() else { continue };
        if let Some(step_days) = due_step(steps, days_overdue(due_on, tx.now), sent.get(&invoice_id).copied()) {
            found.push(Due { invoice_id, host, customer, step_days });
        }
    }
    if found.is_empty() {
        return Ok(found);
    }
    let mut customers: Vec<OrganizationId> = found.iter().map(|due| due.customer).collect();
    customers.sort_unstable();
    customers.dedup();
    let mut overdue = BTreeMap::new();
    for some in customers.chunks(500) {
        overdue.extend(open_invoices::load(tx, &Between { hosts: vec![host], customers: some.to_vec() })?);
    }
    let now = tx.now;
    found.retain(|due| overdue.get(&due.invoice_id).is_some_and(|known| known.state(now) == InvoiceState::Overdue));
    Ok(found)
}

/// Sends a reminder, unless another server has sent it or the invoice was paid meanwhile. Returns whether it was sent.
///
/// # Errors
/// When the database fails.
pub fn send(tx: &mut Tx<'_>, due: Due) -> Result<bool, Error> {
    let Due { invoice_id, host, customer, step_days } = due;
    let known = open_invoices::load(tx, &Between { hosts: vec![host], customers: vec![customer] })?;
    let Some(known) = known.get(&invoice_id).filter(|known| known.state(tx.now) == InvoiceState::Overdue) else {
        return Ok(false);
    };
    let open = known.standing.open;
    let reminder = SentReminder { invoice_id, step_days, open: open.amount, sent_at: tx.now };
    if !payment_reminders::claim(tx.conn, &reminder)? {
        return Ok(false);
    }
    let days_overdue = days_overdue(known.document.due_on, tx.now);
    publish(tx, Principal::System, Event::PaymentReminder { invoice_id, open, days_overdue })?;
    let (year, sequence) = known.document.number;
    let detail = serde_json::json!({ "number": number(year, sequence), "step_days": step_days, "open": open });
    audit(tx, Principal::System, Some(host), "invoice.remind", ("invoice", invoice_id.as_str()), &detail)?;
    Ok(true)
}
