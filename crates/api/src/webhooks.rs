//! `/webhooks`: the addresses to which the events of an organization are sent.

use actix_web::http::header;
use actix_web::{CustomizeResponder, Responder as _, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{ManageWebhooks, May};
use super::json::{Empty, Patch};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use super::state::State;
use super::webhook_deliveries::{DeliveryView, WebhooksQuery};
use actions::error::Error;
use actions::webhooks;
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, UserId, WebhookId};
use domain::limits;
use domain::network::Network;
use domain::order::CreationOrder;
use domain::organization_event::EventType;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::secret_token::webhook_secret;
use domain::time::UtcTime;
use domain::webhook::{Webhook, WebhookFields};

/// A webhook: the address to which events of an organization are sent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook, example = json!({
    "url": "https://example.org/sharefloor", "event_types": ["booking.create", "booking.confirm", "booking.cancel"]
}))]
pub(super) struct NewWebhookBody {
    /// The address: it starts with `https://`, and its host is on the internet. In networks that the operator of the service allows,
    /// `http://` is accepted, too.
    #[schema(value_type = limits::WebhookUrl)]
    url: String,
    /// The types of the events to send. Default: empty, which means all types, also those that are added later.
    #[serde(default)]
    #[schema(value_type = limits::EventTypes<EventType>, required = false)]
    event_types: Vec<EventType>,
    /// False: no events are sent. When it is true again, the events since then are sent, as far as they are kept: 30 days by default. Default: true.
    #[serde(default = "super::bookings::yes")]
    #[schema(default = true, required = false)]
    is_enabled: bool,
}

impl NewWebhookBody {
    fn read(&self, allowed: &[Network]) -> Result<WebhookFields, InvalidFields> {
        WebhookFields::read(&self.url, &self.event_types, self.is_enabled, allowed)
    }
}

impl From<WebhookFields> for NewWebhookBody {
    fn from(WebhookFields { url, event_types, is_enabled }: WebhookFields) -> Self {
        Self { url, event_types, is_enabled }
    }
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(super) struct WebhookView {
    /// The identifier of the object.
    id: WebhookId,
    /// The organization whose events are sent.
    organization_id: OrganizationId,
    /// The address.
    url: String,
    /// The types of the events that are sent. Empty: all types.
    event_types: Vec<EventType>,
    /// Whether events are sent.
    is_enabled: bool,
    /// The secret with which the receiver verifies signatures, `whsec_…`. Null except in the response to its creation or rotation.
    secret: Option<String>,
    /// The instant until which the secret before the latest rotation signs, too. Null: the secret was never rotated.
    previous_secret_until: Option<UtcTime>,
    /// The number of failed attempts of the event that has failed most often and still waits.
    failures: i32,
    /// The instant at which the first attempt failed of an event that still waits. Null: there is none.
    failing_since: Option<UtcTime>,
    /// The instant at which the service disabled the webhook, because an event failed for three days or the receiver responded with 410. Null: it
    /// did not.
    disabled_at: Option<UtcTime>,
    /// The user who made it.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl WebhookView {
    fn new(webhook: Webhook, secret: Option<String>) -> Self {
        let Webhook { id, organization_id, fields, previous_secret_until, failures, failing_since, .. } = webhook;
        Self {
            id,
            organization_id,
            url: fields.url,
            event_types: fields.event_types,
            is_enabled: fields.is_enabled,
            secret,
            previous_secret_until,
            failures,
            failing_since,
            disabled_at: webhook.disabled_at,
            created_by: webhook.created_by,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
        }
    }
}

fn reply(webhook: Webhook) -> Result<Reply, Error> {
    let revision = webhook.revision;
    Ok(Reply::ok(&WebhookView::new(webhook, None))?.revision(revision))
}

/// Returns a new secret, and the same encrypted for the database.
///
/// # Errors
/// When the secret cannot be encrypted.
pub fn new_secret(state: &State) -> Result<(String, String), Problem> {
    let secret = webhook_secret(rand::random());
    let sealed = state.secrets.seal(&secret, rand::random()).map_err(|_| Problem::of(Code::InternalError))?;
    Ok((secret, sealed))
}

/// Create a webhook
///
/// For owners. The service sends each event of the organization to the address, from now on, as the Standard Webhooks specification says.
/// The response contains the secret, once. An organization can have 20 webhooks.
#[utoipa::path(operation_id = "create_webhook", tag = "webhooks", params(("id" = String, Path)), request_body = NewWebhookBody,
    responses((status = 201, body = WebhookView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified, Code::InvalidTransition])), ("x-not-kept" = json!(true))))]
#[post("/organizations/{id}/webhooks")]
pub(super) async fn create(
    command: Command<May<ManageWebhooks>, NewWebhookBody>,
    id: Id<OrganizationId>,
) -> Result<CustomizeResponder<Reply>, Problem> {
    let (secret, sealed) = new_secret(&command.state)?;
    let fields = command.body.read(&command.state.config.webhooks.allowed_networks)?;
    // The secret is not kept for a repetition of the request.
    let made = command.without_repetition().run(move |tx, May { caller, .. }, _, _| {
        let webhook = webhooks::create(tx, caller, id.0, fields.clone(), &sealed)?;
        let (location, revision) = (format!("/api/v1/webhooks/{}", webhook.id), webhook.revision);
        Ok(Reply::created(location, &WebhookView::new(webhook, Some(secret.clone())))?.revision(revision))
    });
    Ok(made.await?.customize().insert_header((header::CACHE_CONTROL, "no-store")))
}

/// List the webhooks of an organization
///
/// For owners.
#[utoipa::path(operation_id = "list_webhooks", tag = "webhooks", params(("id" = String, Path), WebhooksQuery),
    responses((status = 200, body = Page<WebhookView>)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/organizations/{id}/webhooks")]
pub(super) async fn list(read: Read<May<ManageWebhooks>, WebhooksQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(webhooks::list(tx, caller, id.0, order, &paging)?.map(|webhook| WebhookView::new(webhook, None)))
    })
    .await
}

/// Get a webhook
///
/// For owners.
#[utoipa::path(operation_id = "get_webhook", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/webhooks/{id}")]
pub(super) async fn get_one(read: Read<May<ManageWebhooks>>, id: Id<WebhookId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(webhooks::get(tx, caller, id.0)?)).await
}

/// Update a webhook
///
/// For owners. All that waits is tried at once, also after failures. A webhook that is enabled again gets the events that it has missed.
#[utoipa::path(operation_id = "update_webhook", tag = "webhooks", params(("id" = String, Path)), request_body = NewWebhookBody,
    responses((status = 200, body = WebhookView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[patch("/webhooks/{id}")]
pub(super) async fn update(command: Command<May<ManageWebhooks>, Patch>, id: Id<WebhookId>) -> Result<Reply, Problem> {
    let allowed = command.state.config.webhooks.allowed_networks.clone();
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let edit = |fields: WebhookFields| patch.merge(&NewWebhookBody::from(fields))?.read(&allowed);
            reply(webhooks::update(tx, caller, id.0, if_match, edit)?)
        })
        .await
}

/// Rotate the secret of a webhook
///
/// For owners. The response contains the new secret, once. For 24 hours each event has a signature with the new secret and one with the
/// secret before, so that the receiver can be changed meanwhile.
#[utoipa::path(operation_id = "rotate_webhook_secret", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified, Code::PreconditionFailed])), ("x-not-kept" = json!(true))))]
#[post("/webhooks/{id}/rotate-secret")]
pub(super) async fn rotate_secret(
    command: Command<May<ManageWebhooks>, Empty>,
    id: Id<WebhookId>,
) -> Result<CustomizeResponder<Reply>, Problem> {
    let (secret, sealed) = new_secret(&command.state)?;
    let rotated = command.without_repetition().run(move |tx, May { caller, .. }, _, if_match| {
        let webhook = webhooks::rotate_secret(tx, caller, id.0, if_match, &sealed)?;
        let revision = webhook.revision;
        Ok(Reply::ok(&WebhookView::new(webhook, Some(secret.clone())))?.revision(revision))
    });
    Ok(rotated.await?.customize().insert_header((header::CACHE_CONTROL, "no-store")))
}

/// Delete a webhook
///
/// For owners. Its deliveries are deleted, too.
#[utoipa::path(operation_id = "delete_webhook", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 204)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[delete("/webhooks/{id}")]
pub(super) async fn remove(command: Command<May<ManageWebhooks>, Empty>, id: Id<WebhookId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            webhooks::delete(tx, caller, id.0)?;
            Ok(Reply::no_content())
        })
        .await
}

/// Test a webhook
///
/// For owners. The service sends an event of the type `webhook.test` in the background, once, also to a webhook that is not enabled. `GET
/// /webhook-deliveries/{id}` then shows the outcome.
#[utoipa::path(operation_id = "test_webhook", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 201, body = DeliveryView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/webhooks/{id}/test")]
pub(super) async fn test(command: Command<May<ManageWebhooks>, Empty>, id: Id<WebhookId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, _| DeliveryView::created(webhooks::test(tx, caller, id.0)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update).service(rotate_secret).service(remove).service(test);
}
