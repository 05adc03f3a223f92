//! The rows of the ledger and the payments that a payment by card causes.

use serde_json::json;

use crate::error::Error;
use crate::ledger;
use crate::record::{audit, publish};
use domain::card_payment::CardPayment;
use domain::fact::Event;
use domain::ids::PaymentId;
use domain::ledger::Movement;
use domain::money::Money;
use domain::payment::{NewPayment, Payment, PaymentMethod};
use domain::principal::Principal;
use storage::db::Tx;
use storage::ledger::Subject;
use storage::payments;

/// Adds the row of a movement that is no payment.
pub(super) fn add_movement(tx: &mut Tx<'_>, payment: &CardPayment, movement: Movement) -> Result<(), Error> {
    ledger::add(tx, subject(payment, None), &[movement])
}

/// Adds the row of a commission, which belongs to the payment in the ledger.
pub(super) fn charge(tx: &mut Tx<'_>, payment: &CardPayment, movement: Movement) -> Result<(), Error> {
    ledger::add(tx, subject(payment, payment.payment_id), &[movement])
}

/// Records money that the customer has paid, or got back, as a payment with its row. `movement` is of the same amount.
pub(super) fn record(
    tx: &mut Tx<'_>,
    payment: &CardPayment,
    (amount, is_refund): (Money, bool),
    reference: &str,
    movement: Movement,
) -> Result<PaymentId, Error> {
    let paid = NewPayment {
        customer_id: payment.customer_id,
        booking_id: Some(payment.booking_id),
        invoice_id: None,
        is_refund,
        amount,
        method: PaymentMethod::OnlineCard,
        paid_on: tx.now.to_chrono().date_naive(),
        reference: reference.to_owned(),
    };
    let (id, organization_id, created_at) = (tx.new_id(), payment.organization_id, tx.now);
    let paid = Payment { id, organization_id, paid, recorded_by: None, created_at, reversal: None, revision: 1 };
    payments::insert(tx.conn, &paid)?;
    ledger::add(tx, subject(payment, Some(id)), &[movement])?;
    let detail = json!({
        "customer_organization_id": payment.customer_id, "booking_id": payment.booking_id, "card_payment_id": payment.id,
        "amount": amount, "is_refund": is_refund,
    });
    audit(tx, Principal::System, Some(organization_id), "payment.record", ("payment", id.as_str()), &detail)?;
    publish(tx, Principal::System, Event::PaymentRecorded { payment_id: id })?;
    Ok(id)
}

const fn subject(payment: &CardPayment, payment_id: Option<PaymentId>) -> Subject {
    Subject {
        organization_id: payment.organization_id,
        customer_id: payment.customer_id,
        booking_id: Some(payment.booking_id),
        payment_id,
        invoice_id: None,
    }
}
