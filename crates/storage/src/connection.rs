//! Connections: how one is opened, by the scheme of the URL, and what may be done with it.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{Connection as _, ConnectionError, PgConnection, QueryResult, RunQueryDsl, SqliteConnection};
use secrecy::{ExposeSecret as _, SecretString};

use super::either_conn::{LOCK_TIMEOUT, after};
use super::stats::Stats;
use domain::time::UtcTime;

pub use super::either_conn::{Conn, EitherConn, MultiBackend};

/// An open transaction that cannot write: all its queries read one snapshot of the database. A function that only reads takes
/// it, and can be called with a [`Tx`](super::transaction::Tx), too.
pub struct ReadTx {
    /// The connection that queries run on.
    pub conn: Conn,
    /// The instant at which the data is read.
    pub now: UtcTime,
    /// The address from which the request comes whose transaction it is.
    pub address: Option<IpAddr>,
}

/// A connection in a transaction that may write. A function that writes demands this type; a function that only reads takes a
/// [`Conn`], and is called with either.
///
/// The connection and the instant of the transaction are stored as a [`ReadTx`], so that a function that only reads can borrow
/// one from every transaction. A [`ReadTx`] does not lead back to the [`WriteConn`].
pub struct WriteConn {
    pub(super) read: ReadTx,
    stats: Arc<Stats>,
    /// Whether the transaction has ended sessions.
    pub(super) has_ended_sessions: bool,
}

impl WriteConn {
    /// Lets transactions on this connection write.
    pub(super) const fn new(conn: Conn, stats: Arc<Stats>) -> Self {
        // Each transaction sets its own instant and address when it begins.
        Self { read: ReadTx { conn, now: UtcTime::EARLIEST, address: None }, stats, has_ended_sessions: false }
    }

    /// Returns the connection for a query of diesel.
    pub const fn raw(&mut self) -> &mut Conn {
        &mut self.read.conn
    }

    /// Runs a query that locks rows. On PostgreSQL, where it may have to wait, the time is counted.
    pub(super) fn time_lock<T>(&mut self, lock: impl FnOnce(&mut Conn) -> QueryResult<T>) -> QueryResult<T> {
        match &mut self.read.conn {
            conn if conn.is_sqlite() => lock(conn),
            conn => {
                let started = Instant::now();
                self.stats.lock_wait.time(|| lock(conn)).map_err(|error| after(started, error))
            }
        }
    }
}

impl Deref for WriteConn {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.read.conn
    }
}

impl DerefMut for WriteConn {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.read.conn
    }
}

/// Returns the values of a list for a [`CachedStatement`]: the last one is repeated until their number is a power of two, so that
/// lists of all lengths have few texts.
pub(super) fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// A statement with one text, or with few: it is prepared once for each text and connection. diesel itself prepares every `UPDATE`
/// again, with all the triggers that it can fire, and every query with a list of values or a part in plain SQL.
#[derive(Debug)]
pub(super) struct CachedStatement<Q>(pub(super) Q);

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for CachedStatement<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for CachedStatement<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for CachedStatement<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for CachedStatement<Q> {}

/// A query that always has the same text, for which `For` stands: the text is written once for each connection, too. diesel sees that
/// itself, except where a query has a part in plain SQL or borrows its values.
#[derive(Debug)]
pub(super) struct SameText<For, Q>(Q, PhantomData<For>);

impl<For, Q> SameText<For, Q> {
    /// The query of a type that no other query names.
    pub(super) const fn new(query: Q) -> Self {
        Self(query, PhantomData)
    }
}

impl<For, Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for SameText<For, Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<For: 'static, Q> QueryId for SameText<For, Q> {
    type QueryId = PhantomData<For>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<For, Q: Query> Query for SameText<For, Q> {
    type SqlType = Q::SqlType;
}

impl<For, Q, C> RunQueryDsl<C> for SameText<For, Q> {}

/// Where the database is.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A server of PostgreSQL; the URL may hold a password.
    Postgres(SecretString),
}

/// A URL of no database that this service knows.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the database URL must start with sqlite:// (a file's path follows) or postgres://")]
pub struct UnknownScheme;

impl FromStr for DatabaseUrl {
    type Err = UnknownScheme;
    fn from_str(url: &str) -> Result<Self, UnknownScheme> {
        if let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) {
            if !path.is_empty() {
                return Ok(Self::Sqlite(path.into()));
            }
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.into()));
        }
        Err(UnknownScheme)
    }
}

/// How much SQLite promises when it has answered a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Synchronous {
    /// A confirmed write is on the disk: it survives a crash of the process and a loss of power.
    Full,
    /// A confirmed write survives a crash of the process; a loss of power may take the last moments.
    Normal,
}

impl DatabaseUrl {
    /// Opens a connection of the kind that the URL names.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub(super) fn connect(&self, synchronous: Synchronous) -> Result<Conn, ConnectionError> {
        match self {
            Self::Postgres(url) => {
                let mut conn = PgConnection::establish(url.expose_secret())?;
                conn.batch_execute("SET TIME ZONE 'UTC'").map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::new(EitherConn::Pg(conn)))
            }
            Self::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path_text(path)?)?;
                let synchronous = match synchronous {
                    Synchronous::Full => "FULL",
                    Synchronous::Normal => "NORMAL",
                };
                conn.batch_execute(&format!(
                    "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; \
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
                ))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::new(EitherConn::Sqlite(conn)))
            }
        }
    }
}

/// The path as SQLite takes it; a path is not a URI with options.
pub(super) fn path_text(path: &Path) -> Result<String, ConnectionError> {
    match path.to_str() {
        Some(text) if text.starts_with("file:") => Ok(format!("./{text}")),
        Some(text) => Ok(text.to_owned()),
        None => Err(ConnectionError::BadConnection("the path of the database is not UTF-8".to_owned())),
    }
}

/// Opens the connections of a pool by the scheme of the URL. (The derived `establish` tries each
/// kind in turn, hides the first error, and leaves an empty SQLite file behind.)
#[derive(Debug)]
pub(super) struct Manager {
    pub(super) url: DatabaseUrl,
    pub(super) synchronous: Synchronous,
    pub(super) is_read_only: bool,
    pub(super) stats: Arc<Stats>,
}

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = WriteConn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<WriteConn, Self::Error> {
        let mut conn = self.url.connect(self.synchronous).map_err(diesel::r2d2::Error::ConnectionError)?;
        match conn.either() {
            EitherConn::Sqlite(sqlite) if self.is_read_only => sqlite.batch_execute("PRAGMA query_only = ON"),
            EitherConn::Sqlite(_) => Ok(()),
            // No transaction holds locks for longer, whatever happens to this program.
            EitherConn::Pg(pg) => pg.batch_execute(&format!(
                "SET lock_timeout = {}; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '30s'",
                LOCK_TIMEOUT.as_millis()
            )),
        }
        .map_err(diesel::r2d2::Error::QueryError)?;
        Ok(WriteConn::new(conn, self.stats.clone()))
    }

    fn is_valid(&self, conn: &mut WriteConn) -> Result<(), Self::Error> {
        diesel::r2d2::R2D2Connection::ping(conn.raw().either()).map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut WriteConn) -> bool {
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(conn.raw().either())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_scheme_is_refused() {
        for url in ["", "mysql://localhost/x", "sqlite:", "sqlite://", "/tmp/file.db", "host=localhost"] {
            assert!(DatabaseUrl::from_str(url).is_err(), "{url}");
        }
    }
}
