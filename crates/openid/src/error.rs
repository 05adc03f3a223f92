//! The errors of sign-ins with a provider.

/// Why nobody is signed in. The texts are for the log of the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenIdError {
    /// The provider did not respond in time, or responded with an error of its own.
    #[error("the provider is not available: {0}")]
    Unavailable(String),
    /// The provider refused the code, with this error of OAuth 2.0.
    #[error("the provider refused the code: {0}")]
    Refused(String),
    /// The ID token is signed with a key that the provider has not published.
    #[error("the ID token is signed with an unknown key")]
    UnknownKey,
    /// The response proves nothing.
    #[error("the response of the provider is not valid: {0}")]
    Invalid(String),
}
