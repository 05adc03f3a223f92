//! API keys: an owner makes them for programs that act for the organization.

use serde_json::json;

use super::error::Error;
use super::record::audit;
use super::{Caller, authorize_in};
use domain::api_key::{ApiKey, MOST_KEYS, PREFIX, SHOWN, Scope};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{ApiKeyId, OrganizationId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::{SecretToken, TokenHash};
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::{api_keys, organizations};

/// A request to make a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// Its name.
    pub name: String,
    /// Its scopes, each once.
    pub scopes: Vec<Scope>,
    /// The instant from which it can no longer be used.
    pub expires_at: Option<UtcTime>,
}

impl NewApiKey {
    /// Returns the validated request, with each scope once.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(name: &str, scopes: &[Scope], expires_at: Option<UtcTime>) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", name, limits::Name::RANGE);
        fields.list("/scopes", scopes, limits::KeyScopes::<()>::RANGE, said!("scopes, each at most once"));
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        fields.finish(|| Some(Self { name: name?, scopes, expires_at }))
    }
}

/// Makes a key for an organization, as an owner, and returns it with its secret, which is not stored.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_fields` for an end that is not in the future, `invalid_transition` if the
/// organization has the largest number of keys.
pub fn create(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    new: &NewApiKey,
) -> Result<(ApiKey, SecretToken), Error> {
    authorize_in(tx, caller, organization, Permission::ManageApiKeys)?;
    // A key can book. Operators of the installation book for nobody, so they make no keys.
    authorize_in(tx, caller, organization, Permission::Book)?;
    if new.expires_at.is_some_and(|expires_at| expires_at <= tx.now) {
        return Err(InvalidFields::one("/expires_at", "invalid", said!("must lie in the future")).into());
    }
    // Of two requests at the same time, the second one counts the key of the first.
    organizations::lock(tx.conn, organization)?;
    if usize::try_from(api_keys::count_usable(tx.conn, organization, tx.now)?).is_ok_and(|count| count >= MOST_KEYS) {
        let detail = said!("An organization can have at most {most} API keys. Revoke a key that nobody uses.", most = MOST_KEYS);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let secret = SecretToken::with_prefix(PREFIX, rand::random());
    let key = ApiKey {
        id: tx.new_id(),
        organization_id: organization,
        name: new.name.clone(),
        scopes: new.scopes.clone(),
        prefix: secret.expose().chars().take(SHOWN).collect(),
        created_by: caller.user_id,
        created_at: tx.now,
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        revoked_by: None,
    };
    api_keys::insert(tx.conn, &key, &TokenHash::of(secret.expose()))?;
    let detail = json!({ "name": key.name, "scopes": key.scopes, "expires_at": key.expires_at });
    audit(tx, caller.principal(), Some(organization), "api_key.create", ("api_key", key.id.as_str()), &detail)?;
    Ok((key, secret))
}

/// Lists the keys of an organization, also those that can no longer be used, for its owners.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<ApiKey>, Error> {
    authorize_in(tx, caller, organization, Permission::ManageApiKeys)?;
    let rows = api_keys::list(&mut tx.conn, organization, paging.by_id(order))?;
    Ok(paging.page(rows, |key| key.id.to_string()))
}

/// Returns a key to owners of its organization.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn get(tx: &mut ReadTx, caller: Caller, organization: OrganizationId, id: ApiKeyId) -> Result<ApiKey, Error> {
    authorize_in(tx, caller, organization, Permission::ManageApiKeys)?;
    Ok(api_keys::get(&mut tx.conn, organization, id)?)
}

/// Revokes a key: its next request is refused.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if it was revoked before.
pub fn revoke(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, id: ApiKeyId) -> Result<ApiKey, Error> {
    let key = get(tx, caller, organization, id)?;
    if !api_keys::update_revoked(tx.conn, id, caller.user_id, tx.now)? {
        return Err(Error::Refused(Code::InvalidTransition, said!("The API key is revoked.")));
    }
    audit(tx, caller.principal(), Some(organization), "api_key.revoke", ("api_key", id.as_str()), &json!({ "name": key.name }))?;
    Ok(ApiKey { revoked_at: Some(tx.now), revoked_by: Some(caller.user_id), ..key })
}

/// The key with this secret, if it can be used.
///
/// # Errors
/// When the database fails.
pub fn find(tx: &mut ReadTx, secret: &TokenHash) -> Result<Option<ApiKey>, Error> {
    Ok(api_keys::find(&mut tx.conn, secret)?.filter(|key| key.is_usable(tx.now)))
}

/// Writes that a key is used now. That is written once a minute at most.
///
/// # Errors
/// When the database fails.
pub fn note_use(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<(), Error> {
    Ok(api_keys::update_used(tx.conn, id, tx.now)?)
}
