//! The messages of the provider of payments by card.

use diesel::prelude::*;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::schema_money::stripe_events;
use domain::time::UtcTime;

/// A message: an object at the provider has changed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
pub struct StripeEvent {
    /// Its identifier.
    pub id: String,
    /// The kind of change.
    pub kind: String,
    /// The object.
    pub object_id: String,
    /// The payment at the provider that the object is about.
    pub intent_id: Option<String>,
    /// The account of a host in which the object has changed; none: that of the operator.
    pub account_id: Option<String>,
}

/// Stores a message, if it has not arrived before.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, event: &StripeEvent, now: UtcTime) -> Result<(), StorageError> {
    let insertion = diesel::insert_into(stripe_events::table).values((
        stripe_events::id.eq(&event.id),
        stripe_events::kind.eq(&event.kind),
        stripe_events::object_id.eq(&event.object_id),
        stripe_events::intent_id.eq(&event.intent_id),
        stripe_events::account_id.eq(&event.account_id),
        stripe_events::received_at.eq(now),
    ));
    match conn.raw().either() {
        EitherConn::Pg(conn) => insertion.on_conflict_do_nothing().execute(conn)?,
        EitherConn::Sqlite(conn) => insertion.on_conflict_do_nothing().execute(conn)?,
    };
    Ok(())
}

/// The messages that are to be worked on, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_pending(conn: &mut Conn, limit: i64) -> Result<Vec<StripeEvent>, StorageError> {
    let pending = stripe_events::table.filter(stripe_events::done_at.is_null()).order(stripe_events::received_at).limit(limit);
    Ok(pending.select(StripeEvent::as_select()).load(conn)?)
}

/// Notes that a message was worked on.
///
/// # Errors
/// When the database fails.
pub fn update_done(conn: &mut WriteConn, id: &str, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(stripe_events::table.find(id)).set(stripe_events::done_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// Deletes at most `limit` messages that were worked on before an instant. Returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_done(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let old = stripe_events::table.filter(stripe_events::done_at.lt(before)).limit(limit).select(stripe_events::id);
    let old: Vec<String> = old.load(conn.raw())?;
    Ok(diesel::delete(stripe_events::table.filter(stripe_events::id.eq_any(old))).execute(conn.raw())?)
}
