//! Facts: what happened, for subscribers such as mail; and how far each subscriber has come with each fact.

use diesel::dsl::{exists, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Bool;

use super::connection::{CachedStatement, Conn, EitherConn, SameText, WriteConn, padded};
use super::error::StorageError;
use super::schema::{deliveries, facts, mails};
use domain::fact::{Fact, Subscriber};
use domain::ids::{FactId, Identifier as _};
use domain::mail::{MailStatus, pause_after};
use domain::time::UtcTime;

/// Adds a fact, to be delivered to these subscribers.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: FactId,
    fact: &Fact,
    subscribers: &[Subscriber],
    now: UtcTime,
) -> Result<(), StorageError> {
    let new = diesel::insert_into(facts::table).values((
        facts::id.eq(id),
        facts::kind.eq(fact.event.name()),
        facts::version.eq(fact.event.version()),
        facts::body.eq(serde_json::to_string(fact)?),
        facts::created_at.eq(now),
    ));
    new.execute(conn.raw())?;
    let delivery = |subscriber: Subscriber| {
        (
            deliveries::fact_id.eq(id),
            deliveries::subscriber.eq(subscriber),
            deliveries::state.eq("pending"),
            deliveries::next_attempt_at.eq(now),
        )
    };
    match *subscribers {
        // One statement, which is prepared once.
        [one, other] => {
            let both = diesel::insert_into(deliveries::table).values([delivery(one), delivery(other)]);
            match conn.raw().either() {
                EitherConn::Pg(conn) => both.execute(conn)?,
                EitherConn::Sqlite(conn) => both.execute(conn)?,
            };
        }
        _ => {
            for subscriber in subscribers {
                diesel::insert_into(deliveries::table).values(delivery(*subscriber)).execute(conn.raw())?;
            }
        }
    }
    Ok(())
}

/// The delivery is pending. Written out, because a partial index serves only a query that names its condition.
pub(super) fn is_pending() -> SqlLiteral<Bool> {
    sql("deliveries.state = 'pending'")
}

/// Whether facts up to version `known_version` are pending for a subscriber.
///
/// # Errors
/// When the database fails.
pub fn has_pending(conn: &mut Conn, subscriber: Subscriber, known_version: i32, now: UtcTime) -> Result<bool, StorageError> {
    let pending = deliveries::table
        .inner_join(facts::table)
        .filter(deliveries::subscriber.eq(subscriber))
        .filter(is_pending())
        .filter(deliveries::next_attempt_at.le(now))
        .filter(facts::version.le(known_version));
    struct HasPending;
    Ok(SameText::<HasPending, _>::new(diesel::select(exists(pending))).get_result(conn)?)
}

/// A fact that a subscriber has not received yet.
#[derive(Debug, Clone, Queryable)]
pub struct Pending {
    /// Its identifier.
    pub id: FactId,
    /// The fact as JSON.
    pub body: String,
    /// When it was recorded.
    pub created_at: UtcTime,
    /// How often this subscriber has tried to read it.
    pub attempts: i32,
}

/// The advisory lock of the server that works for a subscriber. No other code takes these numbers.
const fn lock_of(subscriber: Subscriber) -> i64 {
    match subscriber {
        Subscriber::Mail => 0x5348_4152_4d41_494c,
        Subscriber::Events => 0x5348_4152_4556_454e,
    }
}

/// Whether an advisory lock was free.
#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// Claims the oldest pending facts of a subscriber, up to version `known_version`, for this transaction. Returns none while
/// another server has claimed some: the changes of a booking are told in their order. Facts of a later version stay pending for a newer
/// server.
///
/// # Errors
/// When the database fails.
pub fn claim_pending(
    conn: &mut WriteConn,
    subscriber: Subscriber,
    known_version: i32,
    now: UtcTime,
    limit: i64,
) -> Result<Vec<Pending>, StorageError> {
    let pending = deliveries::table
        .inner_join(facts::table)
        .filter(deliveries::subscriber.eq(subscriber))
        .filter(is_pending())
        .filter(deliveries::next_attempt_at.le(now))
        .filter(facts::version.le(known_version))
        .order(deliveries::fact_id)
        .limit(limit)
        .select((facts::id, facts::body, facts::created_at, deliveries::attempts));
    Ok(match conn.raw().either() {
        EitherConn::Pg(conn) => {
            let free = sql_query(format!("SELECT pg_try_advisory_xact_lock({}) AS locked", lock_of(subscriber)));
            match free.get_result::<Locked>(conn)?.locked {
                // A server of an older version takes no lock.
                true => CachedStatement(pending.for_update().skip_locked()).load(conn)?,
                false => Vec::new(),
            }
        }
        EitherConn::Sqlite(conn) => CachedStatement(pending).load(conn)?,
    })
}

/// Replaces what is kept of a fact.
///
/// # Errors
/// When the database fails.
pub fn update_body(conn: &mut WriteConn, id: FactId, body: &Fact) -> Result<(), StorageError> {
    diesel::update(facts::table.find(id)).set(facts::body.eq(serde_json::to_string(body)?)).execute(conn.raw())?;
    Ok(())
}

/// Records that a subscriber has received facts.
///
/// # Errors
/// When the database fails.
pub fn update_done(conn: &mut WriteConn, subscriber: Subscriber, ids: &[FactId], now: UtcTime) -> Result<(), StorageError> {
    let delivered = deliveries::fact_id.eq_any(padded(ids.iter().copied())).and(deliveries::subscriber.eq(subscriber));
    let change = diesel::update(deliveries::table.filter(delivered));
    let change = CachedStatement(change.set((deliveries::state.eq("done"), deliveries::done_at.eq(now))));
    change.execute(conn.raw())?;
    Ok(())
}

/// Puts a fact off that a subscriber could not read, after so many attempts: it stays pending.
///
/// # Errors
/// When the database fails.
pub fn update_delayed(
    conn: &mut WriteConn,
    subscriber: Subscriber,
    fact: &Pending,
    error: &str,
    now: UtcTime,
) -> Result<(), StorageError> {
    let attempts = fact.attempts + 1;
    diesel::update(deliveries::table.find((fact.id, subscriber)))
        .set((
            deliveries::attempts.eq(attempts),
            deliveries::next_attempt_at.eq(now + pause_after(attempts)),
            deliveries::last_error.eq(error),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Deletes some facts that every subscriber received before `before`, with their mails, unless one of those is still queued.
/// Returns their number.
///
/// # Errors
/// When the database fails.
pub fn delete_done(conn: &mut WriteConn, before: UtcTime, limit: i64) -> Result<usize, StorageError> {
    let queued = mails::table.filter(mails::fact_id.eq(facts::id).and(mails::status.eq(MailStatus::Queued)));
    let is_recent = deliveries::done_at.is_null().or(deliveries::done_at.ge(before));
    let recent = deliveries::table.filter(deliveries::fact_id.eq(facts::id).and(is_recent));
    let old: Vec<FactId> = facts::table
        // A later fact was delivered later still; the bound spares looking at it.
        .filter(facts::id.lt(FactId::new(before.millis(), [0; 10])))
        .filter(not(exists(recent)))
        .filter(not(exists(queued)))
        .limit(limit)
        .select(facts::id)
        .load(conn.raw())?;
    Ok(diesel::delete(facts::table.filter(facts::id.eq_any(old))).execute(conn.raw())?)
}
