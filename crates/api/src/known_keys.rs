//! The API keys that were good lately, for the rate limits.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{self, HeaderMap};

use domain::api_key::PREFIX;
use domain::secret_token::TokenHash;

/// The number of keys that are remembered.
const MOST_KNOWN: usize = 10_000;

/// How long a key counts as good after its latest success.
const GOOD_FOR: Duration = Duration::from_secs(3600);

/// The keys that were good lately. Requests with one of them are counted by the key; those with any other, by the address of the client.
/// Otherwise a client could send another invented key with each request.
#[derive(Default)]
pub struct KnownKeys(Mutex<HashMap<TokenHash, Instant>>);

impl KnownKeys {
    /// The key of a request, if it was good within the last hour.
    pub(super) fn find(&self, headers: &HeaderMap) -> Option<TokenHash> {
        let hash = TokenHash::of(secret(headers)?);
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&hash).is_some_and(|at| at.elapsed() < GOOD_FOR).then_some(hash)
    }

    /// Notes whether a key is good.
    pub(super) fn note(&self, hash: TokenHash, is_good: bool) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match is_good {
            true if known.len() >= MOST_KNOWN => known.clear(),
            true => {}
            false => {
                known.remove(&hash);
                return;
            }
        }
        known.insert(hash, Instant::now());
    }
}

/// The API key in the `Authorization` header, if it is one.
pub(super) fn secret(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX))
}
