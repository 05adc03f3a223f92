//! A copy of the embedded database, taken while others read and write it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::{DatabaseUrl, Synchronous, path_text};
use super::error::StorageError;

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database is not embedded.
    #[error("the database is PostgreSQL, which has its own way: pg_dump --format=custom --file=FILE \"$DATABASE_URL\"")]
    NotEmbedded,
    /// Nothing is there yet.
    #[error("there is no database at {}", .0.display())]
    NoDatabase(PathBuf),
    /// The file exists, or cannot be written.
    #[error("{path}: {1}", path = .0.display())]
    File(PathBuf, #[source] io::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] StorageError),
    /// The copy is not whole.
    #[error("the copy is damaged, and was removed: {0}")]
    Damaged(String),
}

/// Writes a copy of the database at one instant to a file that must not exist. The copy is checked and flushed to the disk, and
/// only its owner can read it, because it holds all data.
///
/// # Errors
/// When there is nothing to copy, or the file exists or cannot be written. No file is left then.
pub fn write(url: &DatabaseUrl, file: &Path) -> Result<(), BackupError> {
    let DatabaseUrl::Sqlite(database) = url else { return Err(BackupError::NotEmbedded) };
    if !database.is_file() {
        return Err(BackupError::NoDatabase(database.clone()));
    }
    let failed = |error| BackupError::File(file.to_owned(), error);
    // SQLite writes into a file that is empty.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(failed)?;
    let written = copy(url, file).and_then(|()| File::open(file).and_then(|file| file.sync_all()).map_err(failed));
    if written.is_err() {
        drop(fs::remove_file(file));
    }
    written
}

fn copy(url: &DatabaseUrl, file: &Path) -> Result<(), BackupError> {
    let unavailable = |error: ConnectionError| StorageError::Unavailable(error.to_string());
    let path = path_text(file).map_err(unavailable)?;
    let mut conn = url.connect(Synchronous::Full).map_err(unavailable)?;
    diesel::sql_query("VACUUM INTO $1").bind::<Text, _>(&path).execute(&mut conn).map_err(StorageError::from)?;
    let mut copy = SqliteConnection::establish(&path).map_err(unavailable)?;
    let faults: Vec<Fault> = diesel::sql_query("PRAGMA integrity_check").load(&mut copy).map_err(StorageError::from)?;
    match faults.as_slice() {
        [fault] if fault.integrity_check == "ok" => Ok(()),
        faults => {
            let faults: Vec<_> = faults.iter().map(|fault| fault.integrity_check.as_str()).collect();
            Err(BackupError::Damaged(faults.join("; ")))
        }
    }
}

/// A line of SQLite's report; the only one is `ok` where all is well.
#[derive(QueryableByName)]
struct Fault {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}
