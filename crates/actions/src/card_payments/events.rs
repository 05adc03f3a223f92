//! The messages of the provider: they only say that something has changed, and are worked on later.

use crate::error::Error;
use storage::db::Tx;
use storage::stripe_events::StripeEvent;
use storage::{card_accounts, card_payments, stripe_events};

/// The number of messages that one transaction works on.
const BATCH: i64 = 100;

/// Stores a message, if it has not arrived before.
///
/// # Errors
/// When the database fails.
pub fn receive(tx: &mut Tx<'_>, event: &StripeEvent) -> Result<(), Error> {
    Ok(stripe_events::insert(tx.conn, event, tx.now)?)
}

/// Works on the oldest messages: the provider is asked at once about the payments and accounts that they name. Returns their number.
///
/// # Errors
/// When the database fails.
pub fn work_on_events(tx: &mut Tx<'_>) -> Result<usize, Error> {
    let pending = stripe_events::list_pending(tx.conn, BATCH)?;
    for event in &pending {
        for id in card_payments::list_by_provider(tx.conn, &event.object_id, event.intent_id.as_deref())? {
            card_payments::update_one_due(tx.conn, id, tx.now)?;
        }
        card_accounts::update_due(tx.conn, event.account_id.as_ref().unwrap_or(&event.object_id), tx.now)?;
        stripe_events::update_done(tx.conn, &event.id, tx.now)?;
    }
    Ok(pending.len())
}
