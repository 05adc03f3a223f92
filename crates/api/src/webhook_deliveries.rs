//! `/webhook-deliveries`: what was sent to webhooks, and what their receivers responded.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::caller::{ManageWebhooks, May};
use super::json::Empty;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::webhooks;
use domain::ids::{EventId, WebhookDeliveryId, WebhookId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use domain::webhook::{DeliveryCause, WebhookDelivery};

/// An attempt to send an event to a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub(super) struct DeliveryView {
    /// The identifier of the object.
    id: WebhookDeliveryId,
    /// The webhook.
    webhook_id: WebhookId,
    /// The event: the header `webhook-id`.
    event_id: EventId,
    /// The type of the event.
    event_type: String,
    /// The reason for which it was sent.
    cause: DeliveryCause,
    /// True: it waits to be sent.
    is_pending: bool,
    /// True: the receiver has responded with a status from 200 to 299.
    is_success: bool,
    /// The status of the response. Null: there was none.
    status: Option<i32>,
    /// The first 1,000 characters of the body of the response.
    response: String,
    /// The reason for which there was no response. Empty: there was one.
    error: String,
    /// The time until the response or the error, in milliseconds. Null: it waits to be sent.
    duration_ms: Option<i32>,
    /// The body that was sent: the event.
    body: Value,
    /// The instant at which it was sent or, while it waits, asked for.
    created_at: UtcTime,
}

impl From<WebhookDelivery> for DeliveryView {
    fn from(delivery: WebhookDelivery) -> Self {
        let WebhookDelivery { id, webhook_id, event_id, event_type, cause, body, attempt, created_at } = delivery;
        Self {
            id,
            webhook_id,
            event_id,
            event_type,
            cause,
            is_pending: attempt.is_none(),
            is_success: attempt.as_ref().is_some_and(domain::webhook::Attempt::is_success),
            status: attempt.as_ref().and_then(|attempt| attempt.status),
            response: attempt.as_ref().map(|attempt| attempt.response.clone()).unwrap_or_default(),
            error: attempt.as_ref().map(|attempt| attempt.error.clone()).unwrap_or_default(),
            duration_ms: attempt.map(|attempt| attempt.millis),
            body: serde_json::from_str(&body).unwrap_or_default(),
            created_at,
        }
    }
}

impl DeliveryView {
    /// Returns the response to a delivery that was asked for.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which is a defect.
    pub(super) fn created(delivery: WebhookDelivery) -> Result<Reply, Error> {
        Reply::created(format!("/api/v1/webhook-deliveries/{}", delivery.id), &Self::from(delivery))
    }
}

/// Filters for webhooks and their deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WebhooksQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    pub(super) order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    pub(super) limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    pub(super) cursor: Option<String>,
}

/// List the deliveries of a webhook
///
/// For owners: each attempt of the last 30 days, by default.
#[utoipa::path(operation_id = "list_webhook_deliveries", tag = "webhooks", params(("id" = String, Path), WebhooksQuery),
    responses((status = 200, body = Page<DeliveryView>)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/webhooks/{id}/deliveries")]
pub(super) async fn list(read: Read<May<ManageWebhooks>, WebhooksQuery>, id: Id<WebhookId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(webhooks::list_deliveries(tx, caller, id.0, order, &paging)?.map(DeliveryView::from))
    })
    .await
}

/// Get a delivery to a webhook
///
/// For owners.
#[utoipa::path(operation_id = "get_webhook_delivery", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = DeliveryView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/webhook-deliveries/{id}")]
pub(super) async fn get_one(read: Read<May<ManageWebhooks>>, id: Id<WebhookDeliveryId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| Reply::ok(&DeliveryView::from(webhooks::get_delivery(tx, caller, id.0)?))).await
}

/// Send an event to a webhook again
///
/// For owners. The service sends the same body under the same `webhook-id` in the background, once. At most 10 deliveries of a webhook wait.
#[utoipa::path(operation_id = "replay_webhook_delivery", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 201, body = DeliveryView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/webhook-deliveries/{id}/replay")]
pub(super) async fn replay(command: Command<May<ManageWebhooks>, Empty>, id: Id<WebhookDeliveryId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, _| DeliveryView::created(webhooks::replay(tx, caller, id.0)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(get_one).service(replay);
}
