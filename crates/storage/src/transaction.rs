//! Transactions: [`ReadTx`] reads one snapshot of the database, [`Tx`] may also write.

use std::ops::{Deref, DerefMut};

use diesel::connection::{AnsiTransactionManager, TransactionManager as _};
use diesel::result::Error;

use super::connection::{Conn, ReadTx, WriteConn};
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

    /// Runs a part of the transaction that may fail while the transaction goes on.
    ///
    /// # Errors
    /// The error of `part`, which has left no trace then.
    pub fn attempt<T, E: From<StorageError>>(&mut self, part: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        in_transaction(self.conn, self.now, part)
    }

    /// Runs a trial and undoes everything that it has written, whether it succeeds or fails.
    ///
    /// # Errors
    /// The error of `trial`, or that the database failed.
    pub fn rehearse<T, E: From<StorageError>>(&mut self, trial: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        Conn::begin_transaction(self.conn.raw()).map_err(StorageError::from)?;
        let outcome = trial(&mut Tx::new(self.conn, self.now));
        match (Conn::rollback_transaction(self.conn.raw()), outcome) {
            // The first error says more than the error of the rollback that follows from it.
            (Ok(()), outcome) | (Err(Error::BrokenTransactionManager), outcome @ Err(_)) => outcome,
            (Err(error), _) => Err(StorageError::from(error).into()),
        }
    }
}

/// Runs `action` in a transaction, or in a savepoint where a transaction is open already.
pub(super) fn in_transaction<T, E: From<StorageError>>(
    conn: &mut WriteConn,
    now: UtcTime,
    action: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    Conn::begin_transaction(conn.raw()).map_err(StorageError::from)?;
    let outcome = action(&mut Tx::new(conn, now));
    end(conn, outcome)
}

/// Runs `query` on one snapshot of the database, which it cannot change: SQLite takes the snapshot with the first query, and
/// its connections for reads refuse all writes.
pub(super) fn in_snapshot<T, E: From<StorageError>>(
    conn: &mut WriteConn,
    now: UtcTime,
    query: impl FnOnce(&mut ReadTx) -> Result<T, E>,
) -> Result<T, E> {
    let begun = match conn.raw() {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN DEFERRED"),
        Conn::Pg(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
    };
    begun.map_err(StorageError::from)?;
    conn.read.now = now;
    let outcome = query(&mut conn.read);
    end(conn, outcome)
}

/// Commits after a success, and rolls back after an error.
fn end<T, E: From<StorageError>>(conn: &mut Conn, outcome: Result<T, E>) -> Result<T, E> {
    let ended = match &outcome {
        Ok(_) => Conn::commit_transaction(conn),
        Err(_) => Conn::rollback_transaction(conn),
    };
    match (ended, outcome) {
        // The first error says more than the error of the rollback that follows from it.
        (Ok(()), outcome) | (Err(Error::BrokenTransactionManager), outcome @ Err(_)) => outcome,
        (Err(error), _) => Err(StorageError::from(error).into()),
    }
}
