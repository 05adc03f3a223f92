//! Payments between customers and hosts, as managers of hosts record them.

use crate::bank_lines;
use crate::customers::check_customer;
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::record::{audit, publish};
use crate::{Caller, authorize_in, ledger};
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{InvoiceId, OrganizationId, PaymentId};
use domain::invoice::InvoiceKind;
use domain::ledger::payment;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::payment::{NewPayment, Payment, PaymentMethod, Reversal};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::{Said, said};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::ledger::{Party, Subject};
use storage::{bookings, card_payments, invoices, payments};

/// Records a payment of a customer to the host, or of the host to a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for an organization that has not booked with the host, or for a
/// booking or invoice of others.
pub fn record(tx: &mut Tx<'_>, caller: Caller, host: OrganizationId, new: NewPayment) -> Result<Payment, Error> {
    authorize_in(tx, caller, host, Permission::ManageMoney)?;
    check_customer(tx, host, new.customer_id)?;
    if let Some(id) = new.booking_id {
        let is_theirs = match bookings::get(tx.conn, id) {
            Ok(booking) => (booking.host_organization_id, booking.organization_id) == (host, new.customer_id),
            Err(StorageError::NotFound) => false,
            Err(error) => return Err(error.into()),
        };
        if !is_theirs {
            return Err(InvalidFields::one("/booking_id", "invalid", said!("must be a booking of this customer with you")).into());
        }
    }
    if let Some(id) = new.invoice_id {
        check_invoice(tx, host, &new, id)?;
    }
    let (recorded_by, created_at) = (Some(caller.user_id), tx.now);
    let paid =
        Payment { id: tx.new_id(), organization_id: host, paid: new, recorded_by, created_at, reversal: None, revision: 1 };
    payments::insert(tx.conn, &paid)?;
    ledger::add(tx, subject(&paid), &[payment(paid.paid.amount, paid.paid.is_refund)])?;
    look_at_cards(tx, &paid)?;
    note(tx, caller, &paid, "record")?;
    publish(tx, caller.principal(), Event::PaymentRecorded { payment_id: paid.id })?;
    Ok(paid)
}

/// A booking that was paid otherwise needs another amount by card.
fn look_at_cards(tx: &mut Tx<'_>, paid: &Payment) -> Result<(), Error> {
    match paid.paid.booking_id {
        Some(booking) => Ok(card_payments::update_due(tx.conn, booking, tx.now)?),
        None => Ok(()),
    }
}

/// Checks that a payment names an invoice of its customer in its currency.
fn check_invoice(tx: &mut Tx<'_>, host: OrganizationId, new: &NewPayment, id: InvoiceId) -> Result<(), Error> {
    let refused = |detail: Said| Err(InvalidFields::one("/invoice_id", "invalid", detail).into());
    match invoices::get(tx.conn, id) {
        Ok(invoice) if (invoice.organization_id, invoice.customer_id) != (host, new.customer_id) => {
            refused(said!("must be an invoice to this customer"))
        }
        Ok(invoice) if invoice.kind != InvoiceKind::Invoice => refused(said!("must be an invoice; it is a credit note")),
        Ok(invoice) if invoice.total.currency != new.amount.currency => refused(said!("must be in the currency of the amount")),
        Ok(_) => Ok(()),
        Err(StorageError::NotFound) => refused(said!("must be an invoice to this customer")),
        Err(error) => Err(error.into()),
    }
}

/// Reverses a payment that was recorded by mistake. If it is of a line of a bank statement, the line is open again.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if it is already reversed.
pub fn reverse(tx: &mut Tx<'_>, caller: Caller, id: PaymentId, reason: &str, if_match: &IfMatch) -> Result<Payment, Error> {
    let paid = payments::get(tx.conn, id)?;
    authorize_party(tx, caller, &paid)?;
    authorize_in(tx, caller, paid.organization_id, Permission::ManageMoney)?;
    if_match.check(paid.revision)?;
    if paid.paid.method == PaymentMethod::OnlineCard {
        let detail = said!("The service has received the payment itself, so it was not recorded by mistake.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    if paid.reversal.is_some() {
        return Err(Error::Refused(Code::InvalidTransition, said!("The payment is already reversed.")));
    }
    let reversal = Reversal { reversed_at: tx.now, reversed_by: caller.user_id, reason: reason.to_owned() };
    let reversed = Payment { reversal: Some(reversal), ..paid };
    payments::update_reversed(tx.conn, &reversed)?;
    ledger::add(tx, subject(&reversed), &[payment(reversed.paid.amount, reversed.paid.is_refund).reversed()])?;
    bank_lines::reopen(tx, reversed.id)?;
    look_at_cards(tx, &reversed)?;
    note(tx, caller, &reversed, "reverse")?;
    publish(tx, caller.principal(), Event::PaymentReversed { payment_id: reversed.id })?;
    Ok(Payment { revision: reversed.revision + 1, ..reversed })
}

/// Lists the payments that a host has recorded or, if `is_made`, those that hosts have recorded of an organization as a customer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    is_made: bool,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Payment>, Error> {
    authorize_in(tx, caller, organization, Permission::ViewMoney)?;
    let party = if is_made { Party::Customer(organization) } else { Party::Host(organization) };
    let rows = payments::list(&mut tx.conn, party, paging.by_id(order))?;
    Ok(paging.page(rows, |payment| payment.id.to_string()))
}

/// Returns a payment to the host and to the customer.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: PaymentId) -> Result<Payment, Error> {
    let paid = payments::get(&mut tx.conn, id)?;
    authorize_party(tx, caller, &paid)?;
    Ok(paid)
}

/// Hides a payment from all who cannot see the money of one of its parties.
fn authorize_party(tx: &mut ReadTx, caller: Caller, paid: &Payment) -> Result<(), Error> {
    let parties = [paid.organization_id, paid.paid.customer_id];
    if ledger::may_see_money(tx, caller, parties)? { Ok(()) } else { Err(Error::not_found()) }
}

const fn subject(payment: &Payment) -> Subject {
    Subject {
        organization_id: payment.organization_id,
        customer_id: payment.paid.customer_id,
        booking_id: payment.paid.booking_id,
        payment_id: Some(payment.id),
        invoice_id: None,
    }
}

fn note(tx: &mut Tx<'_>, caller: Caller, payment: &Payment, what: &str) -> Result<(), Error> {
    let detail = serde_json::json!({
        "customer_organization_id": payment.paid.customer_id, "booking_id": payment.paid.booking_id,
        "invoice_id": payment.paid.invoice_id,
        "amount": payment.paid.amount, "is_refund": payment.paid.is_refund,
        "reason": payment.reversal.as_ref().map(|reversal| &reversal.reason),
    });
    let (host, action) = (Some(payment.organization_id), format!("payment.{what}"));
    audit(tx, caller.principal(), host, &action, ("payment", payment.id.as_str()), &detail)
}
