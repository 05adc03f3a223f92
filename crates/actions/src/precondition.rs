//! `If-Match`: an edit that is made on the state that its author has seen, or not at all.

use super::error::Error;
use domain::problem::Code;

/// Which state of an object the author of an edit has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// It does not matter.
    Any,
    /// One of these revisions.
    OneOf(Vec<i64>),
}

impl IfMatch {
    /// Goes on only if the object is in a state that its author has seen.
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
