//! `/organizations/{id}/api-keys`: the API keys of an organization.

use actix_web::http::header;
use actix_web::{CustomizeResponder, Responder as _, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Book, ManageApiKeys, May};
use super::json::Empty;
use super::problem::Problem;
use super::query::{Id, Ids};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::api_keys::{self, NewApiKey};
use domain::api_key::{ApiKey, Scope};
use domain::fields::InvalidFields;
use domain::ids::{ApiKeyId, OrganizationId, UserId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;

/// An API key to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApiKey, example = json!({"name": "Door display", "scopes": ["bookings:read", "resources:read"]}))]
pub(super) struct NewApiKeyBody {
    /// The name of the key: the program that uses it. Histories show it.
    #[schema(value_type = limits::Name)]
    name: String,
    /// The scopes of the key, each once. Each operation says in this document which scopes it needs.
    #[schema(value_type = limits::KeyScopes<Scope>)]
    scopes: Vec<Scope>,
    /// The instant from which the key can no longer be used. Default, and with null: the key does not expire.
    #[serde(default)]
    expires_at: Option<UtcTime>,
}

impl NewApiKeyBody {
    fn read(&self) -> Result<NewApiKey, InvalidFields> {
        NewApiKey::read(&self.name, &self.scopes, self.expires_at)
    }
}

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct ApiKeyView {
    /// The identifier of the object.
    id: ApiKeyId,
    /// The organization for which it acts.
    organization_id: OrganizationId,
    /// The name.
    name: String,
    /// The scopes.
    scopes: Vec<Scope>,
    /// The first characters of the key, by which you recognise it.
    prefix: String,
    /// The instant from which it can no longer be used. Null: it does not expire.
    expires_at: Option<UtcTime>,
    /// The instant of its latest use, written once a minute at most. Null: it was never used.
    last_used_at: Option<UtcTime>,
    /// The instant at which it was revoked. Null: it is not revoked.
    revoked_at: Option<UtcTime>,
    /// The user who revoked it. Null: it is not revoked, or its organization was closed.
    revoked_by: Option<UserId>,
    /// The owner who made it.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            organization_id: key.organization_id,
            name: key.name,
            scopes: key.scopes,
            prefix: key.prefix,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            revoked_by: key.revoked_by,
            created_by: key.created_by,
            created_at: key.created_at,
        }
    }
}

/// A new API key with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeApiKey {
    /// The secret. Only this response contains it. Send it with each request as `Authorization: Bearer sfk_…`.
    key: String,
    /// The key without its secret.
    api_key: ApiKeyView,
}

/// Create an API key
///
/// For owners. The response contains the secret, once. A program sends it in place of an access token, acts for this organization only,
/// and can use the operations whose scopes the key has.
#[utoipa::path(operation_id = "create_api_key", tag = "api-keys", params(("id" = String, Path)), request_body = NewApiKeyBody,
    responses((status = 201, body = MadeApiKey)),
    extensions(("x-problems" = json!([Code::EmailNotVerified, Code::InvalidTransition])), ("x-not-kept" = json!(true))))]
#[post("/organizations/{id}/api-keys")]
pub(super) async fn create(
    command: Command<May<(Book, ManageApiKeys)>, NewApiKeyBody>,
    id: Id<OrganizationId>,
) -> Result<CustomizeResponder<Reply>, Problem> {
    // The secret is stored nowhere, so the response is not kept for a repetition of the request.
    let command = command.without_repetition();
    let made = command.run(move |tx, May { caller, .. }, body, _| {
        let (key, secret) = api_keys::create(tx, caller, id.0, &body.read()?)?;
        let location = format!("/api/v1/organizations/{}/api-keys/{}", id.0, key.id);
        Reply::created(location, &MadeApiKey { key: secret.expose().to_owned(), api_key: key.into() })
    });
    Ok(made.await?.customize().insert_header((header::CACHE_CONTROL, "no-store")))
}

/// Filters for API keys.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ApiKeysQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the API keys of an organization
///
/// For owners. The list contains also the keys that are revoked or have expired. It does not contain secrets.
#[utoipa::path(operation_id = "list_api_keys", tag = "api-keys", params(("id" = String, Path), ApiKeysQuery),
    responses((status = 200, body = Page<ApiKeyView>)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/organizations/{id}/api-keys")]
pub(super) async fn list(read: Read<May<ManageApiKeys>, ApiKeysQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(api_keys::list(tx, caller, id.0, order, &paging)?.map(ApiKeyView::from))
    })
    .await
}

/// Get an API key
///
/// For owners. The response does not contain the secret.
#[utoipa::path(operation_id = "get_api_key", tag = "api-keys", params(("id" = String, Path), ("key" = String, Path)),
    responses((status = 200, body = ApiKeyView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/organizations/{id}/api-keys/{key}")]
pub(super) async fn get_one(
    read: Read<May<ManageApiKeys>>,
    Ids(id, key): Ids<OrganizationId, ApiKeyId>,
) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| Reply::ok(&ApiKeyView::from(api_keys::get(tx, caller, id, key)?))).await
}

/// Revoke an API key
///
/// For owners. The next request with the key is refused. A revoked key cannot be used again.
#[utoipa::path(operation_id = "revoke_api_key", tag = "api-keys", params(("id" = String, Path), ("key" = String, Path)),
    responses((status = 200, body = ApiKeyView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/organizations/{id}/api-keys/{key}/revoke")]
pub(super) async fn revoke(
    command: Command<May<ManageApiKeys>, Empty>,
    Ids(id, key): Ids<OrganizationId, ApiKeyId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, _| Reply::ok(&ApiKeyView::from(api_keys::revoke(tx, caller, id, key)?))).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(revoke);
}
