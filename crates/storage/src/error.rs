//! The errors of a database.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use domain::ids::ResourceId;

/// An error of the database, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The row is not there.
    #[error("not found")]
    NotFound,
    /// The write would have overbooked a resource, and the database refused it.
    #[error("the capacity of the resource is taken")]
    CapacityExceeded,
    /// The write would have given more seats of a training than it has, and the database refused it.
    #[error("all seats are taken")]
    TrainingFull,
    /// Another row has this value. Contains the name of the constraint or, on SQLite, the columns.
    #[error("a value must be unique: {0}")]
    NotUnique(String),
    /// The database ended the transaction to resolve a conflict with another writer.
    #[error("the transaction was in conflict with another writer: {0}")]
    Conflict(String),
    /// The transaction has not locked a resource whose claims it changes. Either a link to the resource was added while the
    /// transaction waited for its locks, and the write can run again, or it is a defect of this program.
    #[error("resource {0} is not locked")]
    NotLocked(ResourceId),
    /// The database cannot be used now; another attempt later may succeed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A defect of this program or of the database.
    #[error(transparent)]
    Other(Error),
}

/// How SQLite and the client library of PostgreSQL, as it is built here, say that the database cannot be used: in English,
/// whatever the language of the server. A connection that the server has closed diesel recognizes itself.
const NEVER_TRANSLATED: [&str; 3] = ["database is locked", "server closed the connection", "no connection to the server"];

/// Whether PostgreSQL ended the transaction to resolve a deadlock (SQLSTATE 40P01). Diesel knows this code but hides it, and
/// the message is in the language of the server. The detail has one line for each process of the circle, and a line contains
/// the name of a lock mode, such as `ShareLock`, which is never translated.
fn is_deadlock(info: &(dyn DatabaseErrorInformation + Send + Sync)) -> bool {
    let waits = |line: &str| line.contains("Lock") && line.bytes().any(|byte| byte.is_ascii_digit());
    info.details().is_some_and(|detail| detail.lines().count() >= 2 && detail.lines().all(waits))
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotFound => Self::NotFound,
            Error::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            Error::DatabaseError(kind, info) => match (kind, info.message()) {
                (_, "training_full") => Self::TrainingFull,
                // The check that came first saw another owner, who has left since; it refuses when the write runs again.
                (_, "last_owner") => Self::Conflict("last_owner".to_owned()),
                // It was suspended after the check.
                (_, "suspended") => Self::Conflict("suspended".to_owned()),
                (DatabaseErrorKind::ExclusionViolation, _) | (_, "capacity_exceeded") => Self::CapacityExceeded,
                (DatabaseErrorKind::UniqueViolation, message) => {
                    Self::NotUnique(info.constraint_name().unwrap_or(message).to_owned())
                }
                (DatabaseErrorKind::SerializationFailure, message) => Self::Conflict(message.to_owned()),
                (DatabaseErrorKind::Unknown, message) if is_deadlock(&**info) => Self::Conflict(message.to_owned()),
                (DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, message) => {
                    Self::Unavailable(message.to_owned())
                }
                (_, message) if NEVER_TRANSLATED.iter().any(|sign| message.contains(sign)) => {
                    Self::Unavailable(message.to_owned())
                }
                _ => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}

impl StorageError {
    /// A row that this program cannot have written.
    pub(super) fn corrupt(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Other(Error::DeserializationError(Box::new(error)))
    }
}

impl From<serde_json::Error> for StorageError {
    fn from(error: serde_json::Error) -> Self {
        Self::Other(Error::SerializationError(Box::new(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error as PostgreSQL reports it.
    struct Reported(&'static str, Option<&'static str>);

    impl DatabaseErrorInformation for Reported {
        fn message(&self) -> &str {
            self.0
        }
        fn details(&self) -> Option<&str> {
            self.1
        }
        fn hint(&self) -> Option<&str> {
            None
        }
        fn table_name(&self) -> Option<&str> {
            None
        }
        fn column_name(&self) -> Option<&str> {
            None
        }
        fn constraint_name(&self) -> Option<&str> {
            None
        }
        fn statement_position(&self) -> Option<i32> {
            None
        }
    }

    fn read(message: &'static str, detail: Option<&'static str>) -> StorageError {
        Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(Reported(message, detail))).into()
    }

    #[test]
    fn a_deadlock_is_a_conflict_in_any_language_of_the_server() {
        for (message, detail) in [
            (
                "deadlock detected",
                "Process 11 waits for ShareLock on transaction 741; blocked by process 12.\n\
                 Process 12 waits for ExclusiveLock on tuple (0,1) of relation 16412 of database 5; blocked by process 11.",
            ),
            (
                "Verklemmung (Deadlock) entdeckt",
                "Prozess 11 wartet auf ShareLock-Sperre auf Transaktion 741; blockiert von Prozess 12.\n\
                 Prozess 12 wartet auf ShareLock-Sperre auf Transaktion 740; blockiert von Prozess 11.",
            ),
        ] {
            assert!(matches!(read(message, Some(detail)), StorageError::Conflict(_)), "{message}");
        }
    }

    #[test]
    fn an_error_that_only_mentions_a_deadlock_is_no_conflict() {
        for (message, detail) in [
            ("deadlock detected", None),
            ("value too long", Some("The value is \"ShareLock 1\".")),
            ("invalid input", Some("Lock 1\nand a second line")),
        ] {
            assert!(matches!(read(message, detail), StorageError::Other(_)), "{message}");
        }
    }
}
