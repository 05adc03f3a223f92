//! The door to the database: [`Db::read`] and [`Db::write`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use diesel::Connection as _;
use diesel::connection::{AnsiTransactionManager, TransactionManager as _};
use diesel::r2d2::{Pool, PooledConnection};
use tokio::sync::oneshot;

use super::connection::{Conn, DatabaseUrl, Manager, Synchronous};
use super::error::StorageError;
use domain::ids::Identifier;
use domain::time::UtcTime;

/// How many writes SQLite commits together at most; more wait for the next commit.
const BATCH: usize = 128;

/// How often a write is tried again when PostgreSQL ends it to resolve a conflict between writers.
const RETRIES: usize = 3;

/// A transaction under way, and the instant at which it counts as done.
pub struct Tx<'c> {
    /// What queries run on.
    pub conn: &'c mut Conn,
    /// The instant of everything in this transaction.
    pub now: UtcTime,
}

impl Tx<'_> {
    /// A fresh identifier that sorts by the time of this transaction.
    pub fn new_id<I: Identifier>(&self) -> I {
        I::new(self.now.millis(), rand::random())
    }

    /// Runs a part of the transaction that may fail without an end to the whole.
    ///
    /// # Errors
    /// What `part` answers; it has left no trace then.
    pub fn attempt<T, E: From<StorageError>>(&mut self, part: impl Fn(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        in_transaction(self.conn, self.now, &part)
    }
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it is.
    pub url: DatabaseUrl,
    /// What SQLite promises; PostgreSQL has its own settings for that.
    pub synchronous: Synchronous,
    /// Connections in the pool: of readers on SQLite, of all on PostgreSQL.
    pub connections: u32,
    /// How long a request waits for a connection.
    pub wait: Duration,
}

/// A database, shared by all that use it.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
    writer: Option<mpsc::SyncSender<Job>>,
}

/// One write on its way to the writer of SQLite: runs in a savepoint of the transaction that it is
/// given, and is told afterwards whether the commit held.
type Job = Box<dyn FnOnce(Result<&mut Conn, StorageError>) -> Outcome + Send>;
type Outcome = Box<dyn FnOnce(Result<(), StorageError>)>;

/// An error that a write can end with.
pub trait Failure: From<StorageError> {
    /// Whether the database ended the write only because of another writer, so that it may be tried again.
    fn is_conflict(&self) -> bool;
}

impl Failure for StorageError {
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached, opened or migrated.
    pub fn open(options: &Options) -> Result<Self, StorageError> {
        let mut first = options.url.connect(options.synchronous).map_err(|e| StorageError::Unavailable(e.to_string()))?;
        super::migrations::run(&mut first)?;
        let is_sqlite = matches!(first, Conn::Sqlite(_));
        let pool = Pool::builder()
            .max_size(options.connections)
            .min_idle(Some(1))
            // A server that was restarted has cut its connections; a file does nothing of the kind.
            .test_on_check_out(!is_sqlite)
            .connection_timeout(options.wait)
            .error_handler(Box::new(LogErrors))
            .build(Manager { url: options.url.clone(), synchronous: options.synchronous, is_read_only: is_sqlite })
            .map_err(|e| StorageError::Unavailable(e.to_string()))?;
        let writer = is_sqlite.then(|| spawn_writer(first, options.clone())).transpose()?;
        Ok(Self { pool, writer })
    }

    /// Runs queries that change nothing.
    ///
    /// # Errors
    /// What `query` answers, or that the database is not available.
    pub async fn read<T, E>(&self, now: UtcTime, query: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let pool = self.pool.clone();
        blocking(move || query(&mut Tx { conn: &mut *checkout(&pool)?, now })).await
    }

    /// Runs `action` in one transaction that is durable when this answers `Ok`, and has left no
    /// trace when it answers `Err`. On PostgreSQL the action may run more than once, when the
    /// server resolved a conflict between two writers by ending this one.
    ///
    /// # Errors
    /// What `action` answers, or that the database is not available.
    pub async fn write<T, E>(&self, now: UtcTime, action: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
    {
        let Some(writer) = &self.writer else {
            let pool = self.pool.clone();
            return blocking(move || write_postgres(&mut *checkout(&pool)?, now, &action)).await;
        };
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |transaction| {
            let result = transaction.map_err(E::from).and_then(|conn| in_savepoint(conn, now, &action));
            Box::new(move |committed| {
                // The request may have gone away; what it asked for is done all the same.
                drop(answer.send(result.and_then(|value| committed.map(|()| value).map_err(E::from))));
            })
        });
        // A full queue is a database that does not keep up: better to say so than to grow.
        writer.try_send(job).map_err(|_| StorageError::Unavailable("too many writes are waiting".to_owned()))?;
        answered.await.unwrap_or_else(|_| Err(StorageError::Unavailable("the writer has stopped".to_owned()).into()))
    }

    /// Brings the tables of a database up to date and answers the names of the migrations that ran.
    ///
    /// # Errors
    /// When it cannot be reached, opened or migrated.
    pub fn migrate(url: &DatabaseUrl) -> Result<Vec<String>, StorageError> {
        let mut conn = url.connect(Synchronous::Full).map_err(|e| StorageError::Unavailable(e.to_string()))?;
        super::migrations::run(&mut conn)
    }

    /// Whether this is the embedded database.
    pub const fn is_sqlite(&self) -> bool {
        self.writer.is_some()
    }
}

/// Runs `work` where blocking is allowed.
async fn blocking<T: Send + 'static, E: From<StorageError> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(StorageError::Unavailable("the query panicked".to_owned()).into()))
}

fn checkout(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, StorageError> {
    pool.get().map_err(|error| StorageError::Unavailable(error.to_string()))
}

/// Lets an action's own error pass through diesel's transaction, which wants to add its own.
struct Ended<E>(E);

impl<E: From<StorageError>> From<diesel::result::Error> for Ended<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self(StorageError::from(error).into())
    }
}

fn in_transaction<T, E: From<StorageError>>(
    conn: &mut Conn,
    now: UtcTime,
    action: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    conn.transaction(|conn| action(&mut Tx { conn, now }).map_err(Ended)).map_err(|Ended(error)| error)
}

fn write_postgres<T, E: Failure>(conn: &mut Conn, now: UtcTime, action: &impl Fn(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
    for _ in 0..RETRIES {
        match in_transaction(conn, now, action) {
            Err(error) if error.is_conflict() => {}
            result => return result,
        }
    }
    in_transaction(conn, now, action)
}

/// Runs `action` in a savepoint; a panic in it undoes the savepoint and spares the writer.
fn in_savepoint<T, E: From<StorageError>>(
    conn: &mut Conn,
    now: UtcTime,
    action: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let depth = depth(conn);
    catch_unwind(AssertUnwindSafe(|| in_transaction(conn, now, action))).unwrap_or_else(|_| {
        while self::depth(conn) > depth {
            Conn::rollback_transaction(conn).map_err(StorageError::from)?;
        }
        Err(StorageError::Unavailable("the write panicked".to_owned()).into())
    })
}

/// How many transactions are open, one in another.
fn depth(conn: &mut Conn) -> u32 {
    Conn::transaction_manager_status_mut(conn).transaction_depth().ok().flatten().map_or(0, std::num::NonZeroU32::get)
}

fn spawn_writer(mut conn: Conn, options: Options) -> Result<mpsc::SyncSender<Job>, StorageError> {
    let (sender, queue) = mpsc::sync_channel::<Job>(4096);
    std::thread::Builder::new()
        .name("sqlite-writer".to_owned())
        .spawn(move || {
            while let Ok(first) = queue.recv() {
                if let Err(error) = commit_together(&mut conn, first, &queue) {
                    tracing::error!(%error, "writes that waited together were undone");
                    // Nobody knows what the connection thinks of its transaction now.
                    match options.url.connect(options.synchronous) {
                        Ok(fresh) => conn = fresh,
                        Err(error) => tracing::error!(%error, "the database cannot be opened again"),
                    }
                }
            }
        })
        .map_err(|error| StorageError::Unavailable(error.to_string()))?;
    Ok(sender)
}

/// Runs the first write and all that wait behind it, each in its savepoint, under one commit, and
/// tells each how that went.
fn commit_together(conn: &mut Conn, first: Job, queue: &mpsc::Receiver<Job>) -> Result<(), String> {
    let mut outcomes = Vec::new();
    let committed = match begin_immediate(conn) {
        Err(error) => {
            outcomes.push(first(Err(StorageError::Unavailable(error.to_string()))));
            Err(error.to_string())
        }
        Ok(()) => {
            outcomes.push(first(Ok(&mut *conn)));
            // SQLite may end the whole transaction by itself, as when the disk is full.
            while depth(conn) == 1
                && outcomes.len() < BATCH
                && let Ok(job) = queue.try_recv()
            {
                outcomes.push(job(Ok(&mut *conn)));
            }
            Conn::commit_transaction(conn).map_err(|error| error.to_string())
        }
    };
    for outcome in outcomes {
        outcome(committed.clone().map_err(StorageError::Unavailable));
    }
    committed
}

/// IMMEDIATE, for a transaction that reads before it writes cannot be upgraded while another
/// process writes, busy timeout or not.
fn begin_immediate(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn {
        Conn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        Conn::Pg(pg) => AnsiTransactionManager::begin_transaction(pg),
    }
}

/// The pool's own errors go to the log.
#[derive(Debug)]
struct LogErrors;

impl<E: std::fmt::Display> diesel::r2d2::HandleError<E> for LogErrors {
    fn handle_error(&self, error: E) {
        tracing::warn!(%error, "a connection to the database failed");
    }
}
