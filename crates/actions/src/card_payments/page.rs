//! The pages of the provider on which customers pay.

use super::observe;
use crate::error::Error;
use domain::card_payment::{CardPayment, CardPaymentEnding, CardPaymentState};
use domain::ids::CardPaymentId;
use storage::card_payments;
use storage::db::Tx;

/// A page that the provider has made.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// Its identifier.
    pub session_id: String,
    /// Its address.
    pub url: String,
    /// The identifier of the owner of the card, if the page saves it.
    pub card_owner_id: Option<String>,
}

/// Stores the page that was made for a payment.
///
/// # Errors
/// When the payment does not exist, or the database fails.
pub fn record_page(tx: &mut Tx<'_>, id: CardPaymentId, page: &NewPage) -> Result<CardPayment, Error> {
    open_page(tx, id, page, |payment, session_id| payment.session_id = Some(session_id))
}

fn open_page(
    tx: &mut Tx<'_>,
    id: CardPaymentId,
    page: &NewPage,
    set_session: fn(&mut CardPayment, String),
) -> Result<CardPayment, Error> {
    let booking_id = card_payments::get(tx.conn, id)?.booking_id;
    card_payments::lock_of_booking(tx.conn, booking_id)?;
    let payment = card_payments::get(tx.conn, id)?;
    if payment.state != CardPaymentState::Started {
        return Ok(payment);
    }
    let mut open = CardPayment {
        state: CardPaymentState::Open,
        session_url: Some(page.url.clone()),
        card_owner_id: page.card_owner_id.clone(),
        updated_at: tx.now,
        ..payment
    };
    set_session(&mut open, page.session_id.clone());
    card_payments::update(tx.conn, &open, Some(observe::next_check(&open, tx.now)))?;
    Ok(CardPayment { revision: open.revision + 1, ..open })
}

/// Stores the page that was made for the payments of a group.
///
/// # Errors
/// When a payment does not exist, or the database fails.
pub fn record_group_page(tx: &mut Tx<'_>, ids: &[CardPaymentId], page: &NewPage) -> Result<Vec<CardPayment>, Error> {
    let open = |id: &CardPaymentId| open_page(tx, *id, page, |payment, session_id| payment.group_session_id = Some(session_id));
    ids.iter().map(open).collect()
}

/// Ends a payment for which the provider makes no page.
///
/// # Errors
/// When the payment does not exist, or the database fails.
pub fn record_refusal(tx: &mut Tx<'_>, id: CardPaymentId) -> Result<(), Error> {
    let payment = card_payments::get(tx.conn, id)?;
    if payment.state == CardPaymentState::Started {
        let ending = Some(CardPaymentEnding::Refused);
        card_payments::update(
            tx.conn,
            &CardPayment { state: CardPaymentState::Ended, ending, updated_at: tx.now, ..payment },
            None,
        )?;
    }
    Ok(())
}

/// Notes that the provider failed to make a page, so that the next attempt needs another key.
///
/// # Errors
/// When the database fails.
pub fn use_key(tx: &mut Tx<'_>, id: CardPaymentId) -> Result<(), Error> {
    Ok(card_payments::update_attempt(tx.conn, id)?)
}
