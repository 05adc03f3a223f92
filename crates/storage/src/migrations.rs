//! The tables, brought up to date by the migrations that are compiled in.

use diesel::connection::SimpleConnection as _;
use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::transaction::end;
use super::writer::begin_immediate;

const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// The advisory lock that servers starting together on one PostgreSQL wait for; any number will do
/// that nobody else takes.
const LOCK: i64 = 0x5348_4152_4546_4c52;

/// How many texts for searches are written in one transaction. Other servers, and other programs that use the file, wait for it.
const AT_ONCE: i64 = 100;

/// Runs all pending migrations and returns their names. Then writes those texts for searches anew that another version of the
/// program has folded.
///
/// # Errors
/// When a migration fails; what ran before it stays.
pub(super) fn run(conn: &mut WriteConn) -> Result<Vec<String>, StorageError> {
    if let EitherConn::Pg(conn) = conn.raw().either() {
        conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))?;
    }
    let ran = run_pending_and_fold(conn);
    if let EitherConn::Pg(conn) = conn.raw().either() {
        conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
    }
    ran
}

fn run_pending_and_fold(conn: &mut WriteConn) -> Result<Vec<String>, StorageError> {
    let ran = match conn.raw().either() {
        EitherConn::Sqlite(conn) => run_pending(conn, SQLITE),
        EitherConn::Pg(conn) => run_pending(conn, POSTGRES),
    }?;
    for fold_stale in [super::sites::fold_stale, super::resources::fold_stale] {
        while in_transaction(conn, |conn| fold_stale(conn, AT_ONCE))? > 0 {}
    }
    Ok(ran)
}

fn in_transaction<T>(
    conn: &mut WriteConn,
    write: impl FnOnce(&mut WriteConn) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    begin_immediate(conn)?;
    let result = write(conn);
    end(conn, result.is_ok())?;
    result
}

fn run_pending<DB: diesel::backend::Backend, S: MigrationSource<DB>>(
    conn: &mut impl MigrationHarness<DB>,
    migrations: S,
) -> Result<Vec<String>, StorageError> {
    let ran = conn.run_pending_migrations(migrations).map_err(migration_error)?;
    Ok(ran.iter().map(ToString::to_string).collect())
}

/// Whether the tables are those that this program was built for.
///
/// # Errors
/// When the database does not answer.
pub fn is_current(conn: &mut Conn) -> Result<bool, StorageError> {
    let newest = match conn.either() {
        EitherConn::Sqlite(_) => newest::<Sqlite, _>(&SQLITE)?,
        EitherConn::Pg(_) => newest::<Pg, _>(&POSTGRES)?,
    };
    // Diesel's own query would first make sure that the table exists, which a transaction that only reads must not.
    let applied = diesel::select(sql::<Nullable<Text>>("(SELECT max(version) FROM __diesel_schema_migrations)"));
    Ok(applied.get_result::<Option<String>>(conn)? == newest)
}

fn newest<DB: diesel::backend::Backend, S: MigrationSource<DB>>(source: &S) -> Result<Option<String>, StorageError> {
    let migrations = source.migrations().map_err(migration_error)?;
    Ok(migrations.iter().map(|migration| migration.name().version().to_string()).max())
}

fn migration_error(error: Box<dyn std::error::Error + Send + Sync>) -> StorageError {
    StorageError::Other(diesel::result::Error::QueryBuilderError(error))
}
