//! The expiry of prepaid credit. Credit cannot be used from the instant of its expiry on; this writes it down later.

use crate::error::Error;
use crate::prepaid::changes::expire;
use crate::prepaid::refunds::take_back;
use crate::prepaid::standing::{is_paid, with_states};
use crate::record::{audit, publish};
use domain::fact::Event;
use domain::ids::PrepaidId;
use domain::prepaid::{Prepaid, PrepaidState, REMINDED_BEFORE};
use domain::principal::Principal;
use storage::db::{ReadTx, Tx};
use storage::{organizations, prepaid};

/// Finds prepaid credit that has expired and of which something is left, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn due(tx: &mut ReadTx, limit: i64) -> Result<Vec<PrepaidId>, Error> {
    Ok(prepaid::list_expired(&mut tx.conn, tx.now, limit)?)
}

/// Lets all expire that is left of prepaid credit, unless another server has done it. Credit that was never paid for is taken back
/// instead: the customer no longer owes its price.
///
/// # Errors
/// When the database fails.
pub fn expire_due(tx: &mut Tx<'_>, id: PrepaidId) -> Result<(), Error> {
    let host = prepaid::get(tx.conn, id)?.organization_id;
    // A credit note takes a number of the host. All that issue documents lock the host first.
    organizations::lock(tx.conn, host)?;
    prepaid::lock(tx.conn, id)?;
    let found = prepaid::get(tx.conn, id)?;
    if !found.has_expired(tx.now) || found.left.amount == 0 {
        return Ok(());
    }
    if !is_paid(tx, &found)? {
        let by = (Principal::System, found.created_by);
        return take_back(tx, by, &found, found.left, "It was not paid for until it expired.");
    }
    expire(tx, &found)?;
    let detail = match found.minutes_left() {
        Some(minutes) => serde_json::json!({ "minutes": minutes, "price": found.money(found.left.paid) }),
        None => serde_json::json!({ "credit": found.money(found.left.amount), "price": found.money(found.left.paid) }),
    };
    audit(tx, Principal::System, Some(host), "prepaid.expire", ("prepaid", id.as_str()), &detail)
}

/// Finds prepaid credit of whose expiry the customer is to be reminded now.
///
/// # Errors
/// When the database fails.
pub fn reminders_due(tx: &mut ReadTx) -> Result<Vec<PrepaidId>, Error> {
    let found = prepaid::list_expiring(&mut tx.conn, tx.now, tx.now + REMINDED_BEFORE)?;
    let usable = with_states(tx, found)?.into_iter().filter(|(_, state)| *state == PrepaidState::Usable);
    Ok(usable.map(|(prepaid, _)| prepaid.id).collect())
}

/// Reminds the customer that prepaid credit expires, unless another server has done it or nothing is left.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx<'_>, id: PrepaidId) -> Result<(), Error> {
    prepaid::lock(tx.conn, id)?;
    let found = prepaid::get(tx.conn, id)?;
    if found.reminded_at.is_some() || found.left.amount == 0 || found.has_expired(tx.now) {
        return Ok(());
    }
    let (left, minutes) = (found.credit(found.left), found.minutes_left());
    prepaid::update(tx.conn, &Prepaid { reminded_at: Some(tx.now), updated_at: tx.now, ..found })?;
    publish(tx, Principal::System, Event::PrepaidExpires { prepaid_id: id, left, minutes })
}
