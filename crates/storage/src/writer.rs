//! The one writer of SQLite: a thread that commits all writes that wait together.

use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};

use diesel::connection::{AnsiTransactionManager, TransactionManager as _};

use super::connection::{Conn, DatabaseUrl, EitherConn, Synchronous, WriteConn};
use super::error::StorageError;
use super::stats::Stats;

/// The largest number of writes that are committed together; the others wait for the next commit.
const BATCH: usize = 128;

/// The largest number of writes that wait; a write beyond it is refused.
const QUEUE: usize = 4096;

/// One write on its way to the writer. Its [`Outcome`] is called when the writer knows whether the commit held.
pub(super) type Job = Box<dyn FnOnce(Result<Shared<'_>, StorageError>) -> Outcome + Send>;

/// The open transaction that the writes of a commit share.
pub(super) struct Shared<'c> {
    pub(super) conn: &'c mut WriteConn,
    /// Whether nothing was written in it yet. The write then needs no savepoint: to undo it is to roll the transaction back, which ends the
    /// commit with it.
    pub(super) is_first: bool,
}

/// Tells the caller of a write how the commit went.
pub(super) type Outcome = Box<dyn FnOnce(Result<(), StorageError>)>;

/// The way to the thread of the writer.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::SyncSender<Job>,
    stats: Arc<Stats>,
}

impl Writer {
    /// Starts the thread. Should its connection break, it opens another one at `url`.
    pub(super) fn spawn(
        conn: WriteConn,
        url: DatabaseUrl,
        synchronous: Synchronous,
        stats: Arc<Stats>,
    ) -> Result<Self, StorageError> {
        let (queue, jobs) = mpsc::sync_channel::<Job>(QUEUE);
        let thread = Thread { conn, url, synchronous, jobs, stats: stats.clone() };
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || thread.run())
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
        Ok(Self { queue, stats })
    }

    /// Puts a write into the queue.
    ///
    /// # Errors
    /// When the queue is full: the database does not keep up, and a longer queue would only hide this.
    pub(super) fn push(&self, job: Job) -> Result<(), StorageError> {
        // Counted first, for the thread may take the job at once.
        self.stats.writes_waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(job).map_err(|_| {
            self.stats.writes_waiting.fetch_sub(1, Ordering::Relaxed);
            StorageError::Unavailable("too many writes are waiting".to_owned())
        })
    }
}

/// The state of the writer thread.
struct Thread {
    conn: WriteConn,
    url: DatabaseUrl,
    synchronous: Synchronous,
    jobs: mpsc::Receiver<Job>,
    stats: Arc<Stats>,
}

impl Thread {
    /// Commits writes until nobody can send any.
    fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            self.stats.writes_waiting.fetch_sub(1, Ordering::Relaxed);
            if let Err(error) = self.commit_together(first) {
                tracing::error!(%error, "writes that waited together were undone");
                // The state of the transaction on the connection is not known now.
                match self.url.connect(self.synchronous) {
                    Ok(fresh) => self.conn = WriteConn::new(fresh, self.stats.clone()),
                    Err(error) => tracing::error!(%error, "the database cannot be opened again"),
                }
            }
        }
    }

    /// Runs the first write and all that wait behind it, each of these in a savepoint, under one commit. Then calls the outcome of
    /// each.
    fn commit_together(&mut self, first: Job) -> Result<(), String> {
        let Self { conn, jobs, stats, .. } = self;
        let mut outcomes = Vec::new();
        let committed = match stats.lock_wait.time(|| begin_immediate(conn)) {
            Err(error) => {
                outcomes.push(first(Err(StorageError::Unavailable(error.to_string()))));
                Err(error.to_string())
            }
            Ok(()) => {
                outcomes.push(first(Ok(Shared { conn: &mut *conn, is_first: true })));
                // SQLite may end the whole transaction by itself, such as when the disk is full.
                while depth(conn) == 1
                    && outcomes.len() < BATCH
                    && let Ok(job) = jobs.try_recv()
                {
                    stats.writes_waiting.fetch_sub(1, Ordering::Relaxed);
                    outcomes.push(job(Ok(Shared { conn: &mut *conn, is_first: false })));
                }
                stats.batch_size.observe(outcomes.len() as f64);
                commit(conn, outcomes.len()).map_err(|error| error.to_string())
            }
        };
        for outcome in outcomes {
            outcome(committed.clone().map_err(StorageError::Unavailable));
        }
        committed
    }
}

/// Commits the transaction of so many writes, unless the first of them has failed and has rolled it back: then no other write ran.
fn commit(conn: &mut Conn, writes: usize) -> diesel::QueryResult<()> {
    match Conn::transaction_manager_status_mut(conn).transaction_depth()? {
        None if writes == 1 => Ok(()),
        _ => Conn::commit_transaction(conn),
    }
}

/// The number of open transactions, each but the first a savepoint in the one before.
pub(super) fn depth(conn: &mut Conn) -> u32 {
    Conn::transaction_manager_status_mut(conn).transaction_depth().ok().flatten().map_or(0, std::num::NonZeroU32::get)
}

/// IMMEDIATE: a transaction that reads before it writes cannot become a writer while another process writes, whatever the
/// busy timeout.
pub(super) fn begin_immediate(conn: &mut Conn) -> diesel::QueryResult<()> {
    match conn.either() {
        EitherConn::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        EitherConn::Pg(pg) => AnsiTransactionManager::begin_transaction(pg),
    }
}
