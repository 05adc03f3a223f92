//! Payments by card: works on the messages of the provider, asks it about payments, and tells it what to do.

use chrono::TimeDelta;

use actions::error::Error;
use domain::card_payment::CardProblem;
use domain::email::Email;
use domain::ids::CardPaymentId;
use domain::money::Money;
use mail::card_payment::CardPaymentLetter;
use mail::letter::LetterContent;
use services::card_payments::CardPayments;
use storage::connection::Conn;
use storage::error::StorageError;
use storage::{bookings, members};

/// The time between two runs.
pub(super) const EVERY: TimeDelta = TimeDelta::seconds(5);

/// Does all that is due.
///
/// # Errors
/// When the database fails, or the provider does not respond.
pub(super) async fn run(card_payments: &CardPayments) -> Result<(), Error> {
    let done = card_payments.work().await;
    done.and(card_payments.work_on_accounts().await)
}

/// The letters about a payment by card that needs the host: to its managers.
///
/// # Errors
/// When the database fails.
pub(super) fn address(
    conn: &mut Conn,
    id: CardPaymentId,
    problem: CardProblem,
    amount: Money,
) -> Result<Vec<(Email, LetterContent)>, StorageError> {
    let payment = storage::card_payments::get(conn, id)?;
    let booking = bookings::get(conn, payment.booking_id)?;
    let managers = members::list_managers(conn, payment.organization_id)?.into_iter();
    let letter = |email, name| {
        let (customer, resource) = (booking.organization_name.clone(), booking.resource_name.clone());
        let letter = CardPaymentLetter { problem, booking_id: booking.id, name, customer, resource, amount };
        (email, LetterContent::CardPayment(Box::new(letter)))
    };
    Ok(managers.filter_map(|manager| Some(letter(manager.email.parse().ok()?, manager.name))).collect())
}
