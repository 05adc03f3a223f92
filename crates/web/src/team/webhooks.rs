//! The pages with the webhooks of an organization: make one, and look at what was sent to it.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::{Open, Tab, Team};
use super::secret::create_secret;
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, address, form_name, read_id, read_ids, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use actions::error::Error;
use actions::precondition::IfMatch;
use actions::{organizations, webhooks};
use api::problem::Problem;
use api::turns::Cost;
use api::webhooks::new_secret;
use domain::ids::{OrganizationId, WebhookDeliveryId, WebhookId};
use domain::order::CreationOrder;
use domain::organization_event::EventType;
use domain::paging::Paging;
use domain::problem::Code;
use domain::webhook::{Webhook, WebhookDelivery, WebhookFields};
use storage::db::{ReadTx, Tx};
use texts::catalogue::Texts;
use texts::when;

/// The fields of the form, and the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    url: String,
    event_types: Vec<String>,
    form: String,
    done: String,
}

impl Wanted {
    fn read(&self, visit: &Visit) -> Result<WebhookFields, Problem> {
        let types: Result<Vec<EventType>, _> = self.event_types.iter().map(|one| one.parse()).collect();
        let types = types.map_err(|_| Problem::of(Code::MalformedRequest))?;
        Ok(WebhookFields::read(self.url.trim(), &types, true, &visit.page.state.config.webhooks.allowed_networks)?)
    }
}

/// A webhook in the list.
struct Listed {
    href: String,
    url: String,
    state: String,
}

#[derive(Template)]
#[template(path = "team_webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    done: String,
    problem: Option<Explained>,
    webhooks: Vec<Listed>,
    url: String,
    types: Vec<Choice>,
    form: String,
}

fn path(id: OrganizationId) -> String {
    format!("/organizations/{id}/webhooks")
}

/// Returns the state of a webhook: that it is off, that its receiver fails, or that events are sent.
fn state(texts: &Texts, webhook: &Webhook) -> String {
    match (webhook.disabled_at, webhook.fields.is_enabled, webhook.failing_since) {
        (Some(_), ..) => text(texts, "web-webhooks.disabled"),
        (None, false, _) => text(texts, "web-webhooks.off"),
        (None, true, Some(since)) => format!("{} {}", text(texts, "web-webhooks.failing"), when::utc(texts, since)),
        (None, true, None) => text(texts, "web-webhooks.on"),
    }
}

async fn show(visit: &Visit, id: OrganizationId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let load = move |tx: &mut ReadTx| {
        let found = webhooks::list(tx, caller, id, CreationOrder::CreatedAt, &Paging::of(Some(200), None)?)?;
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        Ok((organization.fields().name, found.items, Open::of(tx, caller, id)?))
    };
    let (name, found, open) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let listed = |webhook: &Webhook| Listed {
        href: format!("{}/{}", path(id), webhook.id),
        url: webhook.fields.url.clone(),
        state: state(&texts, webhook),
    };
    let one = |one: &EventType| Choice {
        value: one.as_str().to_owned(),
        text: one.as_str().to_owned(),
        is_chosen: wanted.event_types.iter().any(|chosen| chosen == one.as_str()),
    };
    let page = WebhooksPage {
        frame: visit.frame(name),
        path: path(id),
        tabs: open.tabs(&texts, id, "web-webhooks.title"),
        done: texts.attribute_text("web-team-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        webhooks: found.iter().map(listed).collect(),
        types: EventType::ALL.iter().map(one).collect(),
        form: form_name(&wanted.form),
        url: wanted.url,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn create(visit: &Visit, id: OrganizationId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let made = async {
        let fields = wanted.read(visit)?;
        let (secret, sealed) = new_secret(&visit.page.state)?;
        let create = move |tx: &mut Tx<'_>| {
            let webhook = webhooks::create(tx, caller, id, fields.clone(), &sealed)?;
            Ok((format!("{}/{}", path(id), webhook.id), secret.clone()))
        };
        create_secret(visit, &wanted.form, ("web-webhooks.made", "web-webhooks.made-about"), create).await
    };
    match made.await {
        Ok(page) => Ok(page),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// A delivery in the list.
struct Delivery {
    id: WebhookDeliveryId,
    at: String,
    event: String,
    outcome: String,
}

#[derive(Template)]
#[template(path = "team_webhook.html")]
struct WebhookPage {
    frame: Frame,
    path: String,
    back: String,
    done: String,
    problem: Option<Explained>,
    state: String,
    types: String,
    is_enabled: bool,
    deliveries: Vec<Delivery>,
    next: Option<String>,
}

/// The organization and the webhook in the address of the page.
type Ids = (OrganizationId, WebhookId);

/// The fields of the forms, and the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Pressed {
    /// The button: `test`, `enable`, `disable`, `delete` or `replay`.
    action: String,
    delivery: String,
    done: String,
    cursor: Option<String>,
}

fn outcome(texts: &Texts, delivery: &WebhookDelivery) -> String {
    match &delivery.attempt {
        None => text(texts, "web-webhooks.waits"),
        Some(attempt) => attempt.status.map_or_else(|| attempt.error.clone(), |status| status.to_string()),
    }
}

/// Returns a webhook of this organization.
fn get(tx: &mut ReadTx, caller: actions::Caller, (id, webhook): Ids) -> Result<Webhook, Error> {
    let webhook = webhooks::get(tx, caller, webhook)?;
    if webhook.organization_id == id { Ok(webhook) } else { Err(Error::not_found()) }
}

async fn show_one(visit: &Visit, ids: Ids, pressed: Pressed, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let cursor = pressed.cursor;
    let load = move |tx: &mut ReadTx| {
        let webhook = get(tx, caller, ids)?;
        let (order, paging) = (CreationOrder::CreatedAtDescending, Paging::of(None, cursor.as_deref())?);
        Ok((webhook, webhooks::list_deliveries(tx, caller, ids.1, order, &paging)?))
    };
    let (webhook, deliveries) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let own = format!("{}/{}", path(ids.0), ids.1);
    let types = webhook.fields.event_types.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
    let delivery = |delivery: &WebhookDelivery| Delivery {
        id: delivery.id,
        at: when::utc(&texts, delivery.created_at),
        event: delivery.event_type.clone(),
        outcome: outcome(&texts, delivery),
    };
    let page = WebhookPage {
        frame: visit.frame(webhook.fields.url.clone()),
        back: path(ids.0),
        done: texts.attribute_text("web-team-done", &pressed.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        state: state(&texts, &webhook),
        types: if types.is_empty() { text(&texts, "web-webhooks.all-types") } else { types },
        is_enabled: webhook.fields.is_enabled,
        deliveries: deliveries.items.iter().map(delivery).collect(),
        next: deliveries.next_cursor.map(|cursor| address(&own, &[("cursor", &cursor)])),
        path: own,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn press(visit: &Visit, ids: Ids, pressed: Pressed) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let Pressed { action, delivery, .. } = pressed.clone();
    let act = move |tx: &mut Tx<'_>| {
        get(tx, caller, ids)?;
        let enable = |is_enabled| move |fields: WebhookFields| Ok(WebhookFields { is_enabled, ..fields });
        match action.as_str() {
            "test" => webhooks::test(tx, caller, ids.1).map(drop),
            "enable" => webhooks::update(tx, caller, ids.1, &IfMatch::Any, enable(true)).map(drop),
            "disable" => webhooks::update(tx, caller, ids.1, &IfMatch::Any, enable(false)).map(drop),
            "delete" => webhooks::delete(tx, caller, ids.1),
            "replay" => {
                let delivery: WebhookDeliveryId = delivery.parse().map_err(|_| Error::not_found())?;
                if webhooks::get_delivery(tx, caller, delivery)?.webhook_id != ids.1 {
                    return Err(Error::not_found());
                }
                webhooks::replay(tx, caller, delivery).map(drop)
            }
            _ => Err(Error::refused(Code::MalformedRequest)),
        }
    };
    let done = match pressed.action.as_str() {
        "delete" => format!("{}?done=deleted", path(ids.0)),
        "test" | "replay" => format!("{}/{}?done=sending", path(ids.0), ids.1),
        _ => format!("{}/{}?done=saved", path(ids.0), ids.1),
    };
    match visit.page.write(Cost::Light, act).await {
        Ok(()) => Ok(visit.lead_to(&done)),
        Err(problem) => show_one(visit, ids, pressed, Some(problem)).await,
    }
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/organizations/{id}/webhooks")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { create(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/organizations/{id}/webhooks"), &sent.query, made)
            }),
    );
    config.service(
        web::resource("/organizations/{id}/webhooks/{webhook}")
            .get(async |visit: Visit, ids: web::Path<(String, String)>, Parameters(pressed): Parameters<Pressed>| {
                visit.shown(async { show_one(&visit, read_ids(&ids)?, pressed, None).await }.await)
            })
            .post(async |visit: Visit, ids: web::Path<(String, String)>, sent: Sent<Pressed>| {
                let made = async { press(&visit, read_ids(&ids)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/organizations/{}/webhooks/{}", ids.0, ids.1), "", made)
            }),
    );
}
