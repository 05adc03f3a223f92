//! One connection type for both databases, and the queries that it runs.

#![allow(missing_docs, reason = "diesel's derive writes items without any")]

use std::any::TypeId;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::backend::Backend;
use diesel::connection::{
    CacheSize, Connection, ConnectionSealed, Instrumentation, LoadConnection, SimpleConnection, TransactionManager,
    TransactionManagerStatus,
};
use diesel::expression::QueryMetadata;
use diesel::internal::derives::multiconnection::AstPassHelper as _;
use diesel::query_builder::{AstPass, Query, QueryBuilder as _, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::Untyped;
use diesel::{ConnectionResult, PgConnection, QueryResult, SqliteConnection};

/// A connection to one of the two databases, for queries in its own dialect.
#[derive(diesel::MultiConnection)]
pub enum EitherConn {
    /// PostgreSQL.
    Pg(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

/// A connection to either database. A function that only reads takes it; see [`WriteConn`](super::connection::WriteConn).
///
/// It runs a query as its text and its values, without its type. So the way to each database is compiled once, and not again for
/// each query. The text of a query that always has the same one is written out once for each connection.
pub struct Conn {
    either: EitherConn,
    texts: HashMap<TypeId, Arc<str>>,
}

impl Conn {
    /// Runs queries on this connection.
    pub fn new(either: EitherConn) -> Self {
        Self { either, texts: HashMap::new() }
    }

    /// Returns the connection for a query that one database alone understands.
    pub const fn either(&mut self) -> &mut EitherConn {
        &mut self.either
    }

    /// Whether this is the embedded database.
    pub const fn is_sqlite(&self) -> bool {
        matches!(self.either, EitherConn::Sqlite(_))
    }

    fn load_any<'conn, 'query>(
        &'conn mut self,
        id: Option<TypeId>,
        query: Box<dyn QueryFragment<MultiBackend> + 'query>,
    ) -> QueryResult<<EitherConn as LoadConnection>::Cursor<'conn, 'query>> {
        let (sql, is_safe_to_cache) = self.text(id, &*query)?;
        let (started, is_sqlite) = (Instant::now(), self.is_sqlite());
        let loaded = self.either.load(Written { query, sql, is_safe_to_cache });
        loaded.map_err(|error| if is_sqlite { error } else { after(started, error) })
    }

    fn execute_any(&mut self, id: Option<TypeId>, query: &dyn QueryFragment<MultiBackend>) -> QueryResult<usize> {
        let (sql, is_safe_to_cache) = self.text(id, query)?;
        let (started, is_sqlite) = (Instant::now(), self.is_sqlite());
        let executed = self.either.execute_returning_count(&Written { query, sql, is_safe_to_cache });
        executed.map_err(|error| if is_sqlite { error } else { after(started, error) })
    }

    /// Returns the text of a query, and whether its statement can stay prepared. An `id` stands for one text.
    fn text(&mut self, id: Option<TypeId>, query: &dyn QueryFragment<MultiBackend>) -> QueryResult<(Arc<str>, bool)> {
        type Builder = <MultiBackend as Backend>::QueryBuilder;
        if let Some(text) = id.and_then(|id| self.texts.get(&id)) {
            return Ok((text.clone(), true));
        }
        let (backend, mut builder) = match self.either {
            EitherConn::Pg(_) => (MultiBackend::Pg(Default::default()), Builder::Pg(Default::default())),
            EitherConn::Sqlite(_) => (MultiBackend::Sqlite(Default::default()), Builder::Sqlite(Default::default())),
        };
        query.to_sql(&mut builder, &backend)?;
        let (text, is_safe_to_cache) = (Arc::from(builder.finish()), query.is_safe_to_cache_prepared(&backend)?);
        if let Some(id) = id.filter(|_| is_safe_to_cache) {
            self.texts.insert(id, Arc::clone(&text));
        }
        Ok((text, is_safe_to_cache))
    }
}

/// The longest time that a statement on PostgreSQL waits for a lock. Then its transaction ends and runs again, and others can use
/// the connection meanwhile.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_millis(250);

/// Returns the error of a statement on PostgreSQL that began at `started`, as a conflict if the statement has waited too long for a lock (SQLSTATE
/// 55P03). Diesel hides this code, and the message is in the language of the server.
pub(super) fn after(started: Instant, error: Error) -> Error {
    match error {
        Error::DatabaseError(DatabaseErrorKind::Unknown, info) if started.elapsed() >= LOCK_TIMEOUT => {
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, info)
        }
        error => error,
    }
}

/// Executes a statement that one database alone understands, and keeps it prepared. A [`CachedStatement`](super::connection::CachedStatement)
/// is kept only if it is loaded: diesel executes a reference, whose parts it judges by itself.
pub(super) fn execute_kept<C, Q>(conn: &mut C, statement: &Q) -> QueryResult<usize>
where
    C: Connection<Backend: Backend<QueryBuilder: Default> + Default>,
    Q: QueryFragment<C::Backend>,
{
    let mut builder = <C::Backend as Backend>::QueryBuilder::default();
    statement.to_sql(&mut builder, &C::Backend::default())?;
    let sql = Arc::from(builder.finish());
    conn.execute_returning_count(&Written { query: statement, sql, is_safe_to_cache: true })
}

/// A query with its text, without its type.
struct Written<Q> {
    query: Q,
    sql: Arc<str>,
    is_safe_to_cache: bool,
}

impl<DB: Backend, Q: Deref<Target: QueryFragment<DB>>> QueryFragment<DB> for Written<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if pass.bind_collector().is_some() || pass.debug_binds().is_some() {
            return self.query.walk_ast(pass);
        }
        if !self.is_safe_to_cache {
            pass.unsafe_to_cache_prepared();
        }
        pass.push_sql(&self.sql);
        Ok(())
    }
}

impl<Q> QueryId for Written<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Written<Q> {
    type SqlType = Untyped;
}

impl LoadConnection for Conn {
    type Cursor<'conn, 'query> = <EitherConn as LoadConnection>::Cursor<'conn, 'query>;
    type Row<'conn, 'query> = <EitherConn as LoadConnection>::Row<'conn, 'query>;

    fn load<'conn, 'query, Q>(&'conn mut self, query: Q) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        Q: Query + QueryFragment<MultiBackend> + QueryId + 'query,
        MultiBackend: QueryMetadata<Q::SqlType>,
    {
        self.load_any(Q::query_id(), Box::new(query))
    }
}

impl Connection for Conn {
    type Backend = MultiBackend;
    type TransactionManager = Self;

    fn establish(url: &str) -> ConnectionResult<Self> {
        EitherConn::establish(url).map(Self::new)
    }

    fn execute_returning_count<Q: QueryFragment<MultiBackend> + QueryId>(&mut self, query: &Q) -> QueryResult<usize> {
        self.execute_any(Q::query_id(), query)
    }

    fn transaction_state(&mut self) -> &mut EitherConn {
        &mut self.either
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.either.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.either.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.either.set_prepared_statement_cache_size(size);
    }
}

impl ConnectionSealed for Conn {}

impl SimpleConnection for Conn {
    fn batch_execute(&mut self, sql: &str) -> QueryResult<()> {
        self.either.batch_execute(sql)
    }
}

impl TransactionManager<Self> for Conn {
    type TransactionStateData = EitherConn;

    fn begin_transaction(conn: &mut Self) -> QueryResult<()> {
        EitherConn::begin_transaction(&mut conn.either)
    }

    fn rollback_transaction(conn: &mut Self) -> QueryResult<()> {
        EitherConn::rollback_transaction(&mut conn.either)
    }

    fn commit_transaction(conn: &mut Self) -> QueryResult<()> {
        EitherConn::commit_transaction(&mut conn.either)
    }

    fn transaction_manager_status_mut(conn: &mut Self) -> &mut TransactionManagerStatus {
        EitherConn::transaction_manager_status_mut(&mut conn.either)
    }

    fn is_broken_transaction_manager(conn: &mut Self) -> bool {
        EitherConn::is_broken_transaction_manager(&mut conn.either)
    }
}
