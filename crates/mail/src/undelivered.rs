//! Why a message was not sent.

/// Why a message was not sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It never will be: the server refuses the recipient or the message.
    #[error("refused: {0}")]
    Refused(String),
    /// Another attempt may succeed.
    #[error("delayed: {0}")]
    Delayed(String),
}
