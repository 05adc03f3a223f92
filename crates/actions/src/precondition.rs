//! `If-Match`: an edit is made only if the object still has the revision that the caller has seen.

use super::error::Error;
use domain::problem::Code;

/// The revisions of an object on which an edit may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Any revision.
    Any,
    /// One of these revisions.
    OneOf(Vec<i64>),
}

impl IfMatch {
    /// Checks that the object has one of these revisions.
    ///
    /// # Errors
    /// `precondition_failed` otherwise.
    pub fn check(&self, revision: i64) -> Result<(), Error> {
        match self {
            Self::OneOf(seen) if !seen.contains(&revision) => Err(Error::refused(Code::PreconditionFailed)),
            _ => Ok(()),
        }
    }
}
