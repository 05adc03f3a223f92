//! What a database answers when it does not do what it was asked.

use diesel::result::{DatabaseErrorKind, Error};

/// A failure of the database, sorted by what the caller can do about it.
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
    /// Another row has this value; names the constraint or, on SQLite, the columns.
    #[error("a value must be unique: {0}")]
    NotUnique(String),
    /// The database ended the transaction to resolve a conflict with another writer.
    #[error("two writers were in each other's way: {0}")]
    Conflict(String),
    /// The database cannot be used now; trying again may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A defect of this program or of the database.
    #[error(transparent)]
    Other(Error),
}

impl From<Error> for StorageError {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotFound => Self::NotFound,
            Error::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            Error::DatabaseError(kind, info) => match (kind, info.message()) {
                (_, "training_full") => Self::TrainingFull,
                (DatabaseErrorKind::ExclusionViolation, _) | (_, "capacity_exceeded") => Self::CapacityExceeded,
                (DatabaseErrorKind::UniqueViolation, message) => {
                    Self::NotUnique(info.constraint_name().unwrap_or(message).to_owned())
                }
                (DatabaseErrorKind::SerializationFailure, message) => Self::Conflict(message.to_owned()),
                (_, message) if message.contains("deadlock detected") => Self::Conflict(message.to_owned()),
                (DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, message) => {
                    Self::Unavailable(message.to_owned())
                }
                (_, message)
                    if [
                        "database is locked",
                        "server closed the connection",
                        "terminating connection",
                        "no connection to the server",
                    ]
                    .iter()
                    .any(|sign| message.contains(sign)) =>
                {
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
