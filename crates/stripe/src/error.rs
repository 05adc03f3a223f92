//! The errors of calls to Stripe.

use domain::card_amount::Unpayable;
use serde::Deserialize;

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StripeError {
    /// The bank refused the card, with the code for the reason.
    #[error("the card was declined ({0})")]
    Declined(String),
    /// The bank wants the customer to authenticate.
    #[error("the bank wants the customer to authenticate")]
    AuthenticationRequired,
    /// There were too many calls. Nothing was done.
    #[error("Stripe received too many calls")]
    RateLimited,
    /// No answer arrived, so that nobody knows whether the command was done. The same key finds out.
    #[error("Stripe did not respond: {0}")]
    Unavailable(String),
    /// An earlier call with the same key is still running.
    #[error("an earlier call with the same key is still running")]
    InProgress,
    /// Stripe failed, and the key is used: the same key brings the same failure again.
    #[error("Stripe failed with status {0}")]
    Failed(u16),
    /// The answer cannot be read.
    #[error("Stripe responded with something that cannot be read: {0}")]
    Nonsense(String),
    /// The object does not exist.
    #[error("the object does not exist at Stripe")]
    NotFound,
    /// Stripe refuses the secret key.
    #[error("Stripe refuses the secret key")]
    WrongKey,
    /// Stripe refuses the command, with the code for the reason.
    #[error("Stripe refuses the call ({0})")]
    Refused(String),
    /// Stripe has no form for the amount.
    #[error(transparent)]
    Unpayable(#[from] Unpayable),
}

impl StripeError {
    /// Whether the same key brings the same error again, so that another attempt needs another key.
    pub const fn uses_key(&self) -> bool {
        matches!(self, Self::Declined(_) | Self::AuthenticationRequired | Self::Failed(_) | Self::NotFound | Self::Refused(_))
    }
}

#[derive(Deserialize)]
struct Body {
    error: Cause,
}

#[derive(Default, Deserialize)]
struct Cause {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
}

/// Reads the error in an answer.
pub(super) fn read(status: u16, body: &[u8]) -> StripeError {
    let cause = serde_json::from_slice(body).map_or_else(|_| Cause::default(), |Body { error }| error);
    let code = cause.code.clone().unwrap_or_else(|| cause.kind.clone());
    match (status, code.as_str(), cause.kind.as_str()) {
        // The host has ended the connection of its account.
        (403, "account_invalid", _) => StripeError::NotFound,
        (401 | 403, ..) => StripeError::WrongKey,
        (404, ..) => StripeError::NotFound,
        (429, ..) => StripeError::RateLimited,
        (409, "idempotency_key_in_use", _) => StripeError::InProgress,
        (_, "lock_timeout", _) => StripeError::RateLimited,
        (_, "authentication_required", _) => StripeError::AuthenticationRequired,
        (_, _, "card_error") => match cause.decline_code {
            Some(decline) if decline == "authentication_required" => StripeError::AuthenticationRequired,
            decline => StripeError::Declined(decline.unwrap_or(code)),
        },
        (400..=499, ..) if !code.is_empty() => StripeError::Refused(code),
        (500..=599, ..) => StripeError::Failed(status),
        _ => StripeError::Nonsense(format!("status {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_has_its_error() {
        let error = |status, kind: &str, code: &str, decline: Option<&str>| {
            let body = serde_json::json!({ "error": { "type": kind, "code": code, "decline_code": decline, "message": "no" } });
            read(status, body.to_string().as_bytes())
        };
        let owned = str::to_owned;
        assert_eq!(
            error(402, "card_error", "card_declined", Some("insufficient_funds")),
            StripeError::Declined(owned("insufficient_funds"))
        );
        assert_eq!(error(402, "card_error", "expired_card", None), StripeError::Declined(owned("expired_card")));
        for (code, decline) in [("authentication_required", None), ("card_declined", Some("authentication_required"))] {
            assert_eq!(error(402, "card_error", code, decline), StripeError::AuthenticationRequired);
        }
        assert_eq!(error(429, "invalid_request_error", "rate_limit", None), StripeError::RateLimited);
        assert_eq!(error(409, "idempotency_error", "idempotency_key_in_use", None), StripeError::InProgress);
        assert_eq!(
            error(400, "invalid_request_error", "amount_too_small", None),
            StripeError::Refused(owned("amount_too_small"))
        );
        assert_eq!(read(400, br#"{"error":{"type":"idempotency_error"}}"#), StripeError::Refused(owned("idempotency_error")));
        assert_eq!(error(404, "invalid_request_error", "resource_missing", None), StripeError::NotFound);
        assert_eq!(error(403, "invalid_request_error", "account_invalid", None), StripeError::NotFound);
        assert_eq!(error(401, "invalid_request_error", "", None), StripeError::WrongKey);
        assert_eq!(read(500, b"<html>"), StripeError::Failed(500));
        assert_eq!(read(302, b""), StripeError::Nonsense(owned("status 302")));
    }

    #[test]
    fn a_key_is_used_by_an_answer_and_not_by_silence() {
        assert!(StripeError::Failed(500).uses_key() && StripeError::Declined(String::new()).uses_key());
        assert!(!StripeError::Unavailable(String::new()).uses_key() && !StripeError::InProgress.uses_key());
    }
}
