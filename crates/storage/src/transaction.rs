//! Transactions: [`ReadTx`] reads one snapshot of the database, [`Tx`] may also write.

use std::any::Any;
use std::ops::{Deref, DerefMut};

use diesel::connection::{AnsiTransactionManager, TransactionManager as _};
use diesel::result::Error;

use super::connection::{Conn, EitherConn, ReadTx, WriteConn};
use super::error::StorageError;
use domain::ids::Identifier;
use domain::time::UtcTime;

/// An open transaction that may write, and the instant at which everything in it counts as done. A function that takes a
/// [`ReadTx`] can be called with it.
pub struct Tx<'c> {
    /// The connection that queries run on.
    pub conn: &'c mut WriteConn,
    /// The instant of everything in this transaction. A copy of [`ReadTx::now`], so that a call can take both `conn` and `now`.
    pub now: UtcTime,
}

impl Deref for Tx<'_> {
    type Target = ReadTx;
    fn deref(&self) -> &ReadTx {
        &self.conn.read
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut ReadTx {
        &mut self.conn.read
    }
}

impl<'c> Tx<'c> {
    /// The transaction that is open on a connection.
    const fn new(conn: &'c mut WriteConn, now: UtcTime) -> Self {
        conn.read.now = now;
        Self { conn, now }
    }

    /// Returns a new identifier that sorts by the time of this transaction.
    pub fn new_id<I: Identifier>(&self) -> I {
        I::new(self.now.millis(), rand::random())
    }

    /// Runs a part of the transaction as if it was at another instant.
    pub fn at<T>(&mut self, now: UtcTime, part: impl FnOnce(&mut Tx<'_>) -> T) -> T {
        let outcome = part(&mut Tx::new(self.conn, now));
        self.conn.read.now = self.now;
        outcome
    }

    /// Runs a part of the transaction that may fail while the transaction goes on.
    ///
    /// # Errors
    /// The error of `part`, which has left no trace then.
    pub fn attempt<T, E: From<StorageError>>(&mut self, part: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        in_transaction(self.conn, self.now, part, Result::is_ok)?
    }

    /// Runs a trial and undoes everything that it has written, whether it succeeds or fails.
    ///
    /// # Errors
    /// The error of `trial`, or that the database failed.
    pub fn rehearse<T, E: From<StorageError>>(&mut self, trial: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        Conn::begin_transaction(self.conn.raw()).map_err(StorageError::from)?;
        let outcome = trial(&mut Tx::new(self.conn, self.now));
        let ended = Conn::rollback_transaction(self.conn.raw());
        and_ended(outcome.is_ok(), ended)?;
        outcome
    }
}

/// The result of an action or a query, without its type. So the way to a transaction and back is compiled once, and not
/// again for each action.
pub(super) struct Returned {
    pub(super) is_ok: bool,
    /// Whether it may run again; see [`Failure`].
    pub(super) is_conflict: bool,
    /// Whether it has ended sessions.
    pub(super) has_ended_sessions: bool,
    result: Box<dyn Any + Send>,
}

/// An error that a write can return.
pub trait Failure: From<StorageError> {
    /// Whether the database ended the write only because of another writer, so that the write may run again.
    fn is_conflict(&self) -> bool;
}

impl Failure for StorageError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::NotLocked(_))
    }
}

impl Returned {
    /// The result of a query.
    pub(super) fn by_query<T: Send + 'static, E: Send + 'static>(result: Result<T, E>) -> Self {
        Self { is_ok: result.is_ok(), is_conflict: false, has_ended_sessions: false, result: Box::new(result) }
    }

    /// The result of an action.
    pub(super) fn by_action<T: Send + 'static, E: Failure + Send + 'static>(result: Result<T, E>) -> Self {
        Self { is_conflict: result.as_ref().is_err_and(E::is_conflict), ..Self::by_query(result) }
    }

    /// The result, which has the type of the action or query that returned it.
    pub(super) fn into_result<T: 'static, E: From<StorageError> + 'static>(self) -> Result<T, E> {
        let result = self.result.downcast::<Result<T, E>>();
        result.map_or_else(|_| Err(StorageError::Unavailable("the result has another type".to_owned()).into()), |result| *result)
    }
}

/// A query on its way to the thread where it runs.
pub(super) type Query = Box<dyn FnOnce(&mut ReadTx) -> Returned + Send>;

/// An action on its way to the thread where it runs, perhaps several times.
pub(super) type Action = Box<dyn Fn(&mut Tx<'_>) -> Returned + Send>;

/// Runs `action` in a transaction, or in a savepoint where a transaction is open already.
fn in_transaction<R>(
    conn: &mut WriteConn,
    now: UtcTime,
    action: impl FnOnce(&mut Tx<'_>) -> R,
    is_ok: impl FnOnce(&R) -> bool,
) -> Result<R, StorageError> {
    Conn::begin_transaction(conn.raw())?;
    let outcome = action(&mut Tx::new(conn, now));
    end(conn, is_ok(&outcome))?;
    Ok(outcome)
}

/// Runs an action in a transaction, or in a savepoint where a transaction is open already.
pub(super) fn run_action(conn: &mut WriteConn, now: UtcTime, action: &Action) -> Result<Returned, StorageError> {
    Conn::begin_transaction(conn.raw())?;
    let returned = run_first(conn, now, action)?;
    if returned.is_ok {
        end(conn, true)?;
    }
    Ok(returned)
}

/// Runs an action in the transaction that is open, and rolls it back if the action fails.
pub(super) fn run_first(conn: &mut WriteConn, now: UtcTime, action: &Action) -> Result<Returned, StorageError> {
    conn.has_ended_sessions = false;
    let returned = action(&mut Tx::new(conn, now));
    if !returned.is_ok {
        end(conn, false)?;
    }
    Ok(Returned { has_ended_sessions: conn.has_ended_sessions, ..returned })
}

/// Runs a query on one snapshot of the database, which it cannot change: SQLite takes the snapshot with the first query, and
/// its connections for reads refuse all writes.
pub(super) fn run_query(conn: &mut WriteConn, now: UtcTime, query: Query) -> Result<Returned, StorageError> {
    match conn.raw().either() {
        EitherConn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN DEFERRED"),
        EitherConn::Pg(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    }?;
    conn.read.now = now;
    let returned = query(&mut conn.read);
    end(conn, returned.is_ok)?;
    Ok(returned)
}

/// Commits after a success, and rolls back after an error.
pub(super) fn end(conn: &mut Conn, is_ok: bool) -> Result<(), StorageError> {
    let ended = if is_ok { Conn::commit_transaction(conn) } else { Conn::rollback_transaction(conn) };
    and_ended(is_ok, ended)
}

/// The error of a commit or rollback. After a failure, the first error says more than that of the rollback that follows from it.
fn and_ended(is_ok: bool, ended: Result<(), Error>) -> Result<(), StorageError> {
    match ended {
        Err(Error::BrokenTransactionManager) if !is_ok => Ok(()),
        ended => ended.map_err(StorageError::from),
    }
}
