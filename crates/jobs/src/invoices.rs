//! Mails with invoices and credit notes: their readers, and the documents in them.

use actions::error::Error;
use actions::logos;
use domain::email::Email;
use domain::ids::{InvoiceId, OrganizationId};
use domain::time::UtcTime;
use mail::invoice::InvoiceLetter;
use mail::letter::{Letter, LetterContent};
use mail::{Attachment, Undelivered};
use storage::connection::Conn;
use storage::db::{Db, ReadTx};
use storage::error::StorageError;
use storage::{billing, contacts, invoices, members};

/// The readers of mails about the invoices of a customer: of the confirmed address for them; without one, its managers.
pub(super) fn readers(conn: &mut Conn, customer: OrganizationId) -> Result<Vec<(Email, String)>, StorageError> {
    let billing = billing::get(conn, customer)?;
    let confirmed = billing.fields.billing_email.filter(|_| billing.billing_email_verified_at.is_some());
    if let Some(email) = confirmed {
        return Ok(vec![(email, String::new())]);
    }
    let managers = members::list_managers(conn, customer)?.into_iter();
    Ok(managers.filter_map(|manager| Some((manager.email.parse().ok()?, manager.name))).collect())
}

/// The letters with a document.
pub(super) fn address(conn: &mut Conn, id: InvoiceId) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    let invoice = invoices::get(conn, id)?;
    let readers = readers(conn, invoice.customer_id)?;
    let host = contacts::get(conn, invoice.organization_id, None)?;
    let letter = InvoiceLetter {
        invoice_id: id,
        kind: invoice.kind,
        number: invoice.number(),
        name: String::new(),
        host: invoice.content.seller.name,
        customer: invoice.content.buyer.name,
        amount: invoice.total,
        due_on: invoice.due_on,
        corrects: invoice.content.corrects,
        reply_to: host.email.map(|email| email.to_string()).unwrap_or_default(),
    };
    let letter = |(email, name)| (email, LetterContent::Invoice(Box::new(InvoiceLetter { name, ..letter.clone() })));
    Ok(readers.into_iter().map(letter).collect())
}

/// Returns the files that are attached to a letter. They are made when it is sent, because an invoice never changes.
pub(super) async fn attachments(db: &Db, now: UtcTime, letter: &Letter) -> Result<Vec<Attachment>, Undelivered> {
    let LetterContent::Invoice(letter) = &letter.content else { return Ok(Vec::new()) };
    let id = letter.invoice_id;
    let write = move |tx: &mut ReadTx| {
        let invoice = invoices::get(&mut tx.conn, id)?;
        let logo = logos::of_invoice(tx, &invoice)?;
        Ok::<_, Error>((documents::file_name(&invoice), documents::pdf(&invoice, logo.as_ref())))
    };
    let (name, pdf) = db.read(now, write).await.map_err(|error| Undelivered::Delayed(error.to_string()))?;
    let bytes = pdf.map_err(|error| Undelivered::Delayed(error.to_string()))?;
    Ok(vec![Attachment { name: format!("{name}.pdf"), media_type: "application/pdf", bytes }])
}
