//! Webhooks: an owner names addresses to which the events of the organization are sent.

use std::sync::Arc;

use serde_json::json;

use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, publish};
use super::written_events::WrittenEvent;
use super::{Caller, authorize_in, standing_of};
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{EventId, Identifier as _, OrganizationId, WebhookDeliveryId, WebhookId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use domain::webhook::{
    Attempt, Condition, DeliveryCause, FAILING_FOR, MOST_PENDING, MOST_WEBHOOKS, SECRET_OVERLAP, TEST_TYPE, Webhook,
    WebhookDelivery, WebhookFields, pause_after,
};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::webhook_delays::Delay;
use storage::webhooks::{Due, Progress};
use storage::{organizations, webhook_delays, webhook_deliveries, webhooks};

/// Makes a webhook with its encrypted secret. It gets the events from now on.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if the organization has the largest number of webhooks.
pub fn create(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    fields: WebhookFields,
    secret: &str,
) -> Result<Webhook, Error> {
    authorize_in(tx, caller, organization, Permission::ManageWebhooks)?;
    // Of two requests at the same time, the second one counts the webhook of the first.
    organizations::lock(tx.conn, organization)?;
    if usize::try_from(webhooks::count(tx.conn, organization)?).is_ok_and(|count| count >= MOST_WEBHOOKS) {
        let detail =
            said!("An organization can have at most {most} webhooks. Delete one that nobody uses.", most = MOST_WEBHOOKS);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let webhook = Webhook {
        id: tx.new_id(),
        organization_id: organization,
        fields,
        previous_secret_until: None,
        failures: 0,
        failing_since: None,
        disabled_at: None,
        created_by: caller.user_id,
        created_at: tx.now,
        updated_at: tx.now,
        revision: 1,
    };
    webhooks::insert(tx.conn, &webhook, secret, tx.now)?;
    note(tx, caller.principal(), &webhook, "create")?;
    Ok(webhook)
}

/// Lists the webhooks of an organization for its owners.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Webhook>, Error> {
    authorize_in(tx, caller, organization, Permission::ManageWebhooks)?;
    let rows = webhooks::list(&mut tx.conn, organization, paging.by_id(order))?;
    Ok(paging.page(rows, |webhook| webhook.id.to_string()))
}

/// Returns a webhook to owners of its organization.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: WebhookId) -> Result<Webhook, Error> {
    let webhook = webhooks::get(&mut tx.conn, id)?;
    let standing = standing_of(tx, caller, webhook.organization_id)?;
    if !caller.may(standing.as_ref(), Permission::ManageWebhooks) {
        return Err(Error::not_found());
    }
    authorize_in(tx, caller, webhook.organization_id, Permission::ManageWebhooks)?;
    Ok(webhook)
}

/// Changes the fields of a webhook. All that waits is tried at once; a webhook that is enabled goes on with the first event that it has
/// not got.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: WebhookId,
    if_match: &IfMatch,
    edit: impl FnOnce(WebhookFields) -> Result<WebhookFields, InvalidFields>,
) -> Result<Webhook, Error> {
    let webhook = get(tx, caller, id)?;
    if_match.check(webhook.revision)?;
    let fields = edit(webhook.fields.clone())?;
    let disabled_at = webhook.disabled_at.filter(|_| !fields.is_enabled);
    let changed = Webhook { fields, disabled_at, updated_at: tx.now, ..webhook };
    webhooks::update(tx.conn, &changed, tx.now)?;
    note(tx, caller.principal(), &changed, "update")?;
    Ok(webhooks::get(tx.conn, id)?)
}

/// Replaces the secret of a webhook by another, encrypted one. The secret before signs, too, for [`SECRET_OVERLAP`].
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`.
pub fn rotate_secret(tx: &mut Tx<'_>, caller: Caller, id: WebhookId, if_match: &IfMatch, secret: &str) -> Result<Webhook, Error> {
    let webhook = get(tx, caller, id)?;
    if_match.check(webhook.revision)?;
    let rotated = Webhook { previous_secret_until: Some(tx.now + SECRET_OVERLAP), updated_at: tx.now, ..webhook };
    webhooks::update_secret(tx.conn, &rotated, secret)?;
    note(tx, caller.principal(), &rotated, "rotate_secret")?;
    Ok(Webhook { revision: rotated.revision + 1, ..rotated })
}

/// Deletes a webhook with its deliveries.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, id: WebhookId) -> Result<(), Error> {
    let webhook = get(tx, caller, id)?;
    webhooks::delete(tx.conn, id)?;
    note(tx, caller.principal(), &webhook, "delete")
}

fn note(tx: &mut Tx<'_>, principal: Principal, webhook: &Webhook, action: &str) -> Result<(), Error> {
    let WebhookFields { url, event_types, is_enabled } = &webhook.fields;
    let detail = json!({ "url": url, "event_types": event_types, "is_enabled": is_enabled });
    let (organization, object) = (Some(webhook.organization_id), ("webhook", webhook.id.as_str()));
    audit(tx, principal, organization, &format!("webhook.{action}"), object, &detail)
}

/// Lists the deliveries of a webhook for owners of its organization.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list_deliveries(
    tx: &mut ReadTx,
    caller: Caller,
    id: WebhookId,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<WebhookDelivery>, Error> {
    get(tx, caller, id)?;
    let rows = webhook_deliveries::list(&mut tx.conn, id, paging.by_id(order))?;
    Ok(paging.page(rows, |delivery| delivery.id.to_string()))
}

/// Returns a delivery to owners of the organization.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn get_delivery(tx: &mut ReadTx, caller: Caller, id: WebhookDeliveryId) -> Result<WebhookDelivery, Error> {
    let delivery = webhook_deliveries::get(&mut tx.conn, id)?;
    get(tx, caller, delivery.webhook_id)?;
    Ok(delivery)
}

/// Sends the event of a delivery once more, in the background.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if the largest number of deliveries waits.
pub fn replay(tx: &mut Tx<'_>, caller: Caller, id: WebhookDeliveryId) -> Result<WebhookDelivery, Error> {
    let known = get_delivery(tx, caller, id)?;
    let (id, cause, created_at) = (tx.new_id(), DeliveryCause::Replay, tx.now);
    ask(tx, caller, WebhookDelivery { id, cause, attempt: None, created_at, ..known }, "replay")
}

/// Sends an event to a webhook that only tests it, in the background.
///
/// # Errors
/// As [`replay`].
pub fn test(tx: &mut Tx<'_>, caller: Caller, id: WebhookId) -> Result<WebhookDelivery, Error> {
    get(tx, caller, id)?;
    let event_id: EventId = tx.new_id();
    let body = json!({ "id": event_id, "type": TEST_TYPE, "timestamp": tx.now, "data": { "webhook_id": id } });
    let delivery = WebhookDelivery {
        id: tx.new_id(),
        webhook_id: id,
        event_id,
        event_type: TEST_TYPE.to_owned(),
        cause: DeliveryCause::Test,
        body: body.to_string(),
        attempt: None,
        created_at: tx.now,
    };
    ask(tx, caller, delivery, "test")
}

fn ask(tx: &mut Tx<'_>, caller: Caller, delivery: WebhookDelivery, action: &str) -> Result<WebhookDelivery, Error> {
    let webhook = webhooks::get(tx.conn, delivery.webhook_id)?;
    if usize::try_from(webhook_deliveries::count_pending(tx.conn, webhook.id)?).is_ok_and(|count| count >= MOST_PENDING) {
        let detail = said!("At most {most} deliveries of a webhook can wait. Wait until they are sent.", most = MOST_PENDING);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    webhook_deliveries::insert(tx.conn, &delivery)?;
    let detail = json!({ "url": webhook.fields.url, "event_id": delivery.event_id, "event_type": delivery.event_type });
    let (organization, object) = (Some(webhook.organization_id), ("webhook", webhook.id.as_str()));
    audit(tx, caller.principal(), organization, &format!("webhook.{action}"), object, &detail)?;
    Ok(delivery)
}

/// An event that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The event.
    pub event: Arc<WrittenEvent>,
    /// The number of failed attempts before, and when the first of them failed. None: the event was not delayed.
    pub delayed: Option<(i32, Option<UtcTime>)>,
    /// When it was sent.
    pub sent_at: UtcTime,
    /// The outcome.
    pub attempt: Attempt,
}

/// The outcome of a turn of a webhook.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The events that were sent.
    pub sent: Vec<Sent>,
    /// The events that wait behind another one of their object, each with the object.
    pub behind: Vec<(EventId, String)>,
    /// Delayed events that need not be sent any more.
    pub dropped: Vec<EventId>,
    /// The last event that was sent, delayed or passed over.
    pub position: EventId,
    /// The condition of the receiver after the turn.
    pub condition: Condition,
}

/// Writes the outcome of a turn of a webhook that was claimed until `until`. An event that has failed is tried again after a pause, and the
/// later events of its object wait. The webhook is disabled when an event has failed for three days.
///
/// # Errors
/// When the database fails.
pub fn note_turn(tx: &mut Tx<'_>, (due, until): (&Due, UtcTime), turn: &Turn) -> Result<(), Error> {
    let pause = turn.condition.pause();
    let progress = Progress {
        position: turn.position,
        failed_in_a_row: turn.condition.failed_in_a_row,
        next_attempt_at: tx.now + pause.unwrap_or_default(),
    };
    let is_ours = webhooks::update_progress(tx.conn, (due.id, until), &progress)?;
    if !is_ours && matches!(webhooks::get(tx.conn, due.id), Err(StorageError::NotFound)) {
        return Ok(()); // It was deleted meanwhile.
    }
    for Sent { event, sent_at, attempt, .. } in &turn.sent {
        let delivery = WebhookDelivery {
            id: WebhookDeliveryId::new(sent_at.millis(), rand::random()),
            webhook_id: due.id,
            event_id: event.id,
            event_type: event.kind.to_string(),
            cause: DeliveryCause::Event,
            body: event.json.clone(),
            attempt: Some(attempt.clone()),
            created_at: *sent_at,
        };
        webhook_deliveries::insert(tx.conn, &delivery)?;
    }
    if !is_ours {
        return Ok(()); // Another server has claimed it meanwhile, and sends the same events.
    }
    let failed = turn.sent.iter().rev().find(|sent| !sent.attempt.is_success());
    // Most turns are of a webhook that gets all it should.
    if !due.has_delays() && turn.behind.is_empty() && failed.is_none() {
        return Ok(());
    }
    let is_lasting = note_delays(tx, due.id, turn)?;
    let delays = webhook_delays::summarize(tx.conn, due.id)?;
    webhooks::update_delays(tx.conn, due.id, &delays)?;
    if let Some(failed) = failed.filter(|_| is_lasting || pause.is_none()) {
        webhooks::update_disabled(tx.conn, due.id, tx.now)?;
        let known = webhooks::get(tx.conn, due.id)?;
        note(tx, Principal::System, &known, "disable")?;
        publish(tx, Principal::System, Event::WebhookDisabled { webhook_id: due.id, reason: reason(&failed.attempt) })?;
    }
    Ok(())
}

/// Writes which events of a webhook are delayed after a turn. Returns whether one has failed for so long that the webhook is disabled.
fn note_delays(tx: &mut Tx<'_>, webhook: WebhookId, turn: &Turn) -> Result<bool, Error> {
    let tried = turn.sent.iter().filter(|sent| sent.delayed.is_some()).map(|sent| sent.event.id);
    let tried: Vec<_> = tried.chain(turn.dropped.iter().copied()).collect();
    webhook_delays::delete(tx.conn, webhook, &tried)?;
    if turn.condition.has_recovered {
        webhook_delays::update_recovered(tx.conn, webhook, tx.now)?;
    }
    let mut is_lasting = false;
    let mut delays = Vec::new();
    let mut delay = |event_id, object: &str, (failures, failing_since), next_attempt_at| {
        let object = object.to_owned();
        delays.push(Delay { webhook_id: webhook, event_id, object, failures, failing_since, next_attempt_at });
    };
    for Sent { event, delayed, .. } in turn.sent.iter().filter(|sent| !sent.attempt.is_success()) {
        let (failures, since) = delayed.unwrap_or_default();
        let (failures, since) = (failures + 1, since.unwrap_or(tx.now));
        let pause = pause_after(failures).filter(|_| tx.now - since < FAILING_FOR);
        is_lasting |= pause.is_none();
        delay(event.id, &event.object, (failures, Some(since)), tx.now + pause.unwrap_or_default());
    }
    for (event, object) in &turn.behind {
        delay(*event, object, (0, None), tx.now);
    }
    webhook_delays::insert(tx.conn, &delays)?;
    Ok(is_lasting)
}

/// Why an attempt failed, for the owners.
fn reason(attempt: &Attempt) -> String {
    attempt.status.map_or_else(|| attempt.error.clone(), |status| format!("The receiver responded with the status {status}."))
}
