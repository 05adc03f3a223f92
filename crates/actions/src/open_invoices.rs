//! Which part of each invoice is open.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use domain::ids::{InvoiceId, OrganizationId};
use domain::invoice::Invoice;
use domain::money::Money;
use domain::open_invoices::{Document, InvoiceState, PaymentOf, Standing, standings};
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::open_invoices::{self, Between, Parties};
use storage::payment_reminders::{self, SentReminder};

/// A document, and how much of it is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The host and the customer.
    pub(crate) parties: Parties,
    /// The document.
    pub(crate) document: Document,
    /// How much of it is paid.
    pub(crate) standing: Standing,
}

impl Known {
    pub(crate) fn state(&self, now: UtcTime) -> InvoiceState {
        self.document.state(self.standing, now)
    }
}

/// Finds for all documents between some hosts and customers how much of each is paid.
pub(crate) fn load(tx: &mut ReadTx, between: &Between) -> Result<BTreeMap<InvoiceId, Known>, Error> {
    let mut by_parties: BTreeMap<Parties, (Vec<Document>, Vec<PaymentOf>)> = BTreeMap::new();
    for (parties, document) in open_invoices::list_documents(&mut tx.conn, between)? {
        by_parties.entry(parties).or_default().0.push(document);
    }
    for (parties, payment) in open_invoices::list_payments(&mut tx.conn, between)? {
        by_parties.entry(parties).or_default().1.push(payment);
    }
    let mut known = BTreeMap::new();
    for (parties, (documents, payments)) in by_parties {
        let found = standings(&documents, &payments);
        for document in documents {
            if let Some(standing) = found.documents.get(&document.id).copied() {
                known.insert(document.id, Known { parties, document, standing });
            }
        }
    }
    Ok(known)
}

/// An invoice or credit note with all that changes after it was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceNow {
    /// The document.
    pub invoice: Invoice,
    /// The amount that is still to be paid.
    pub open: Money,
    /// The state.
    pub state: InvoiceState,
    /// The reminders of payment that were sent, the oldest first.
    pub reminders: Vec<SentReminder>,
}

/// Adds to documents how much of them is paid, and their reminders.
pub(crate) fn with_state(tx: &mut ReadTx, invoices: Vec<Invoice>) -> Result<Vec<InvoiceNow>, Error> {
    if invoices.is_empty() {
        return Ok(Vec::new());
    }
    let unique = |ids: BTreeSet<OrganizationId>| ids.into_iter().collect();
    let between = Between {
        hosts: unique(invoices.iter().map(|invoice| invoice.organization_id).collect()),
        customers: unique(invoices.iter().map(|invoice| invoice.customer_id).collect()),
    };
    let known = load(tx, &between)?;
    let ids: Vec<InvoiceId> = invoices.iter().map(|invoice| invoice.id).collect();
    let mut sent: BTreeMap<InvoiceId, Vec<SentReminder>> = BTreeMap::new();
    for reminder in payment_reminders::list(&mut tx.conn, &ids)? {
        sent.entry(reminder.invoice_id).or_default().push(reminder);
    }
    let now = tx.now;
    let with_state = |invoice: Invoice| {
        let known = known.get(&invoice.id).ok_or_else(Error::not_found)?;
        let reminders = sent.remove(&invoice.id).unwrap_or_default();
        Ok(InvoiceNow { open: known.standing.open, state: known.state(now), invoice, reminders })
    };
    invoices.into_iter().map(with_state).collect()
}
