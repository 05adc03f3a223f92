//! The way to the database: [`Db::read`] and [`Db::write`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use diesel::connection::TransactionManager as _;
use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tracing::Span;

use super::connection::{Conn, DatabaseUrl, Manager, Synchronous, WriteConn};
use super::error::StorageError;
use super::request_address;
use super::stats::Stats;
use super::transaction::{Action, Query, Returned, run_action, run_first, run_query};
use super::writer::{self, Shared, Writer};
use domain::time::UtcTime;

pub use super::connection::ReadTx;
pub use super::transaction::{Failure, Tx};

/// How long a write is tried again when PostgreSQL ends it, because of a conflict between writers or because it waited too long for
/// a lock.
const PATIENCE: Duration = Duration::from_secs(10);

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address of the database.
    pub url: DatabaseUrl,
    /// When SQLite writes to the disk; PostgreSQL has settings of its own for that.
    pub synchronous: Synchronous,
    /// The largest number of connections in the pool: for reads on SQLite, for all transactions on PostgreSQL.
    pub connections: u32,
    /// How long a transaction waits for a connection.
    pub wait: Duration,
}

/// An open database. Clones share the connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
    /// One place for each connection. A transaction waits here and not in the pool, where it would hold a thread.
    places: Arc<Semaphore>,
    /// The places of writes on PostgreSQL. Writes that wait for locks leave a quarter of the connections to reads.
    write_places: Arc<Semaphore>,
    wait: Duration,
    /// The writer of SQLite; none on PostgreSQL.
    writer: Option<Writer>,
    stats: Arc<Stats>,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached, opened or migrated.
    pub fn open(options: &Options) -> Result<Self, StorageError> {
        let stats = Arc::new(Stats::new());
        let first = options.url.connect(options.synchronous).map_err(|e| StorageError::Unavailable(e.to_string()))?;
        let mut first = WriteConn::new(first, stats.clone());
        super::migrations::run(&mut first)?;
        let is_sqlite = first.is_sqlite();
        let pool = Pool::builder()
            .max_size(options.connections)
            .min_idle(Some(1))
            // A server that was restarted has cut its connections; a file has not.
            .test_on_check_out(!is_sqlite)
            .connection_timeout(options.wait)
            .error_handler(Box::new(LogErrors))
            .build(Manager {
                url: options.url.clone(),
                synchronous: options.synchronous,
                is_read_only: is_sqlite,
                stats: stats.clone(),
            })
            .map_err(|e| StorageError::Unavailable(e.to_string()))?;
        let spawn = || Writer::spawn(first, options.url.clone(), options.synchronous, stats.clone());
        let writer = is_sqlite.then(spawn).transpose()?;
        let places = |count: u32| Arc::new(Semaphore::new(count.max(1) as usize));
        let (all, for_reads) = (options.connections, (options.connections / 4).max(1));
        let (places, write_places) = (places(all), places(all.saturating_sub(for_reads)));
        Ok(Self { pool, places, write_places, wait: options.wait, writer, stats })
    }

    /// Runs queries on one snapshot of the database, which they cannot change.
    ///
    /// # Errors
    /// The error of `query`, or that the database is not available.
    pub async fn read<T, E>(&self, now: UtcTime, query: impl FnOnce(&mut ReadTx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        self.run_query(now, Box::new(move |tx| Returned::by_query(query(tx)))).await?.into_result()
    }

    async fn run_query(&self, now: UtcTime, query: Query) -> Result<Returned, StorageError> {
        let (db, span, place) = (self.clone(), span("read"), self.place(&self.places).await?);
        blocking(move || {
            let _place = place;
            span.in_scope(|| logged(|| run_query(&mut *db.checkout()?, now, query)))
        })
        .await?
    }

    /// Runs `action` in one transaction. When this returns `Ok`, the transaction is durable; when it returns `Err`, the
    /// transaction has left no trace. On PostgreSQL the action may run several times: when the server has ended a
    /// transaction to resolve a conflict between two writers, the action runs again after a short pause.
    ///
    /// # Errors
    /// The error of `action`, or that the database is not available.
    pub async fn write<T, E>(&self, now: UtcTime, action: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        let address = request_address::current();
        let action: Action = Box::new(move |tx| {
            tx.address = address;
            Returned::by_action(action(tx))
        });
        let returned = match &self.writer {
            Some(writer) => write_sqlite(writer, now, action).await,
            None => self.write_postgres(now, action).await,
        };
        let returned = returned?;
        if returned.is_ok && returned.has_ended_sessions {
            self.stats.ended_sessions.fetch_add(1, Ordering::Release);
        }
        returned.into_result()
    }

    /// Runs a write on a connection of the pool, again after each conflict. No connection is held during the pause.
    async fn write_postgres(&self, now: UtcTime, mut action: Action) -> Result<Returned, StorageError> {
        let (started, mut retries) = (Instant::now(), 0);
        loop {
            let (db, span) = (self.clone(), span("write"));
            let places = (self.place(&self.write_places).await?, self.place(&self.places).await?);
            let run = move || {
                let _places = places;
                let run = || run_action(&mut *db.checkout()?, now, &action);
                let returned = span.in_scope(|| logged(run));
                (action, returned)
            };
            let (again, returned) = blocking(run).await?;
            let is_conflict = returned.as_ref().map_or_else(Failure::is_conflict, |returned| returned.is_conflict);
            if !is_conflict || started.elapsed() >= PATIENCE {
                return returned;
            }
            self.stats.retries.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(pause_before_retry(retries, rand::random())).await;
            (action, retries) = (again, retries + 1);
        }
    }

    /// Waits for a place, in the order of arrival.
    async fn place(&self, places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, StorageError> {
        let started = Instant::now();
        let place = tokio::time::timeout(self.wait, places.clone().acquire_owned()).await;
        self.stats.pool_wait.observe(started.elapsed().as_secs_f64());
        let place = place.map_err(|_| StorageError::Unavailable("all connections are in use".to_owned()))?;
        place.map_err(|error| StorageError::Unavailable(error.to_string()))
    }

    /// Takes a connection from the pool.
    fn checkout(&self) -> Result<PooledConnection<Manager>, StorageError> {
        self.pool.get().map_err(|error| StorageError::Unavailable(error.to_string()))
    }

    /// Returns the figures that are counted while the database is open.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Returns the number of connections of the pool that a transaction uses now.
    pub fn connections_in_use(&self) -> u32 {
        let state = self.pool.state();
        state.connections.saturating_sub(state.idle_connections)
    }

    /// Brings the tables of a database up to date and returns the names of the migrations that ran.
    ///
    /// # Errors
    /// When it cannot be reached, opened or migrated.
    pub fn migrate(url: &DatabaseUrl) -> Result<Vec<String>, StorageError> {
        let conn = url.connect(Synchronous::Full).map_err(|e| StorageError::Unavailable(e.to_string()))?;
        super::migrations::run(&mut WriteConn::new(conn, Arc::new(Stats::new())))
    }

    /// Whether this is the embedded database.
    pub const fn is_sqlite(&self) -> bool {
        self.writer.is_some()
    }
}

/// Runs `work` on a thread that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StorageError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| StorageError::Unavailable("the query panicked".to_owned()))
}

/// The pause before a write runs again: longer after each of the first retries, and between half and all of that by `random`, a
/// number from 0 to 1, so that writers that were in conflict do not meet again.
fn pause_before_retry(retries: u32, random: f64) -> Duration {
    Duration::from_millis(10 << retries.min(6)).mul_f64((1.0 + random) / 2.0)
}

/// Runs a write in the thread of the writer, in the transaction that it shares with other writes.
async fn write_sqlite(writer: &Writer, now: UtcTime, action: Action) -> Result<Returned, StorageError> {
    let ((sender, receiver), span) = (oneshot::channel(), span("write"));
    writer.push(Box::new(move |transaction| {
        let returned = span.in_scope(|| logged(|| in_shared(transaction?, now, &action)));
        Box::new(move |committed| {
            // The request may be gone; its write is done all the same. A write that failed wrote nothing, so its own error counts.
            drop(sender.send(returned.and_then(|returned| match returned.is_ok {
                true => committed.map(|()| returned),
                false => Ok(returned),
            })));
        })
    }))?;
    receiver.await.unwrap_or_else(|_| Err(StorageError::Unavailable("the writer has stopped".to_owned())))
}

/// The span to enter on the thread where a transaction runs: a span of its own, or that of the request or job where spans
/// of transactions are not enabled.
fn span(kind: &'static str) -> Span {
    let span = tracing::debug_span!("transaction", kind);
    if span.is_disabled() { Span::current() } else { span }
}

/// Runs a transaction and logs how long it took.
fn logged(transaction: impl FnOnce() -> Result<Returned, StorageError>) -> Result<Returned, StorageError> {
    let started = Instant::now();
    let returned = transaction();
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(micros, is_ok = returned.as_ref().is_ok_and(|returned| returned.is_ok), "a transaction has run");
    returned
}

/// Runs `action` in a transaction that it shares with other writes. An error or a panic undoes what it has written, and no write before it;
/// after a panic, the writer goes on.
fn in_shared(Shared { conn, is_first }: Shared<'_>, now: UtcTime, action: &Action) -> Result<Returned, StorageError> {
    let before = if is_first { 0 } else { writer::depth(conn) };
    let run = || if is_first { run_first(conn, now, action) } else { run_action(conn, now, action) };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        while writer::depth(conn) > before {
            Conn::rollback_transaction(conn.raw())?;
        }
        Err(StorageError::Unavailable("the write panicked".to_owned()))
    })
}

/// Logs the errors of the pool.
#[derive(Debug)]
struct LogErrors;

impl<E: std::fmt::Display> diesel::r2d2::HandleError<E> for LogErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "a connection to the database failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pause_is_about_twice_the_one_before_and_no_two_need_be_the_same() {
        assert_eq!(pause_before_retry(0, 0.0), Duration::from_millis(5));
        assert_eq!(pause_before_retry(0, 1.0), Duration::from_millis(10));
        assert_eq!(pause_before_retry(1, 0.5), Duration::from_millis(15));
        assert_eq!([6, 7, u32::MAX].map(|retries| pause_before_retry(retries, 1.0)), [Duration::from_millis(640); 3]);
    }
}
