//! Callers with an API key in place of an access token.

use actix_web::HttpRequest;
use chrono::TimeDelta;

use super::known_keys::secret;
use super::problem::Problem;
use super::scopes;
use super::state::State;
use actions::{Caller, api_keys};
use domain::api_key::permissions;
use domain::ids::{Identifier as _, SessionId};
use domain::permissions::Permissions;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::TokenHash;

/// Whether the request comes with an API key.
pub(super) fn has_key(req: &HttpRequest) -> bool {
    secret(req.headers()).is_some()
}

/// The caller with the API key of the request, if the operation allows it to the key. The permissions of the operation are limited to
/// those of the scopes of the key.
///
/// # Errors
/// `invalid_token` for a key that is unknown, was revoked or has expired; `forbidden` for an operation that no key can use, or for which
/// the key lacks a scope.
pub(super) async fn read(req: &HttpRequest, state: &State, of_operation: Permissions) -> Result<Caller, Problem> {
    let now = state.clock.now();
    let hash = TokenHash::of(secret(req.headers()).unwrap_or_default());
    let sought = hash.clone();
    let found = state.db.read(now, move |tx| api_keys::find(tx, &sought)).await?;
    state.known_keys.note(hash, found.is_some());
    let key = found.ok_or_else(|| Problem::of(Code::InvalidToken))?;
    let pattern = req.match_pattern().unwrap_or_default();
    let Some(required) = scopes::required(req.method().as_str(), &pattern) else {
        return Err(Problem::new(Code::Forbidden, said!("An API key cannot use this operation; sign in as a user.")));
    };
    if let Some(missing) = required.iter().find(|scope| !key.scopes.contains(scope)) {
        return Err(Problem::new(Code::Forbidden, said!("The API key lacks the scope {missing}.", missing)));
    }
    let id = key.id;
    if key.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(1)) {
        state.db.write(now, move |tx| api_keys::note_use(tx, id)).await?;
    }
    Ok(Caller {
        user_id: key.created_by,
        key: Some((id, key.organization_id)),
        session_id: SessionId::new(0, [0; 10]),
        must_be_verified: false,
        permissions: of_operation.shared(permissions(&key.scopes)),
    })
}
