//! The page with the API keys of an organization: make one, which is shown once, and revoke one.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::{Open, Tab, Team};
use super::secret::create_secret;
use crate::catalogue::Choice;
use crate::page::{Explained, Frame, address, form_name, read_id, text};
use crate::sent::{Parameters, Sent};
use crate::visit::Visit;
use actions::api_keys::{self, NewApiKey};
use actions::organizations;
use api::caller::Book;
use api::problem::Problem;
use api::turns::Cost;
use domain::api_key::{ApiKey, Scope};
use domain::ids::{ApiKeyId, OrganizationId};
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::problem::Code;
use storage::db::{ReadTx, Tx};
use texts::catalogue::Texts;
use texts::when;

/// How long a new key can be valid, in days. Zero: it does not expire.
const LIFETIMES: [i64; 4] = [30, 90, 365, 0];

/// The fields of the forms, and the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Wanted {
    /// The button: `create` or `revoke`.
    action: String,
    name: String,
    scopes: Vec<String>,
    days: String,
    key: String,
    form: String,
    done: String,
    cursor: Option<String>,
}

impl Wanted {
    fn read(&self, visit: &Visit) -> Result<NewApiKey, Problem> {
        let malformed = || Problem::of(Code::MalformedRequest);
        let scopes: Result<Vec<Scope>, _> = self.scopes.iter().map(|scope| scope.parse()).collect();
        let days: i64 = self.days.parse().ok().filter(|days| LIFETIMES.contains(days)).ok_or_else(malformed)?;
        let expires_at = (days > 0).then(|| visit.page.state.clock.now() + TimeDelta::days(days));
        Ok(NewApiKey::read(&self.name, &scopes.map_err(|_| malformed())?, expires_at)?)
    }
}

/// A key in the list.
struct Listed {
    id: ApiKeyId,
    name: String,
    prefix: String,
    scopes: String,
    used: String,
    state: String,
    is_usable: bool,
}

#[derive(Template)]
#[template(path = "team_keys.html")]
struct KeysPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    done: String,
    problem: Option<Explained>,
    keys: Vec<Listed>,
    next: Option<String>,
    name: String,
    scopes: Vec<Choice>,
    lifetimes: Vec<Choice>,
    form: String,
}

fn path(id: OrganizationId) -> String {
    format!("/organizations/{id}/api-keys")
}

fn lifetime(texts: &Texts, days: i64) -> String {
    if days == 0 { text(texts, "web-keys.for-ever") } else { crate::words::length(texts, days * 1440) }
}

async fn show(visit: &Visit, id: OrganizationId, wanted: Wanted, refused: Option<Problem>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let cursor = wanted.cursor.clone();
    let load = move |tx: &mut ReadTx| {
        let paging = Paging::of(None, cursor.as_deref())?;
        let keys = api_keys::list(tx, caller, id, CreationOrder::CreatedAtDescending, &paging)?;
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        Ok((organization.fields().name, keys, Open::of(tx, caller, id)?, tx.now))
    };
    let (name, keys, open, now) = visit.page.read(load).await?;
    let texts = visit.page.texts();
    let listed = |key: &ApiKey| Listed {
        id: key.id,
        name: key.name.clone(),
        prefix: key.prefix.clone(),
        scopes: key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", "),
        used: key.last_used_at.map_or_else(|| text(&texts, "web-keys.unused"), |at| when::utc(&texts, at)),
        state: match (key.revoked_at, key.expires_at) {
            (Some(_), _) => text(&texts, "web-keys.revoked"),
            (None, Some(at)) if at <= now => text(&texts, "web-keys.expired"),
            (None, Some(at)) => when::utc(&texts, at),
            (None, None) => text(&texts, "web-keys.for-ever"),
        },
        is_usable: key.is_usable(now),
    };
    let scope = |scope: &Scope| Choice {
        value: scope.as_str().to_owned(),
        text: scope.as_str().to_owned(),
        is_chosen: wanted.scopes.iter().any(|chosen| chosen == scope.as_str()),
    };
    let days = |days: i64| {
        let value = days.to_string();
        Choice { text: lifetime(&texts, days), is_chosen: value == wanted.days, value }
    };
    let page = KeysPage {
        frame: visit.frame(name),
        path: path(id),
        tabs: open.tabs(&texts, id, "web-keys.title"),
        done: texts.attribute_text("web-team-done", &wanted.done),
        problem: refused.as_ref().map(|problem| Explained::of(&texts, problem, Tz::UTC)),
        keys: keys.items.iter().map(listed).collect(),
        next: keys.next_cursor.map(|cursor| address(&path(id), &[("cursor", &cursor)])),
        scopes: Scope::ALL.iter().map(scope).collect(),
        lifetimes: LIFETIMES.map(days).into(),
        form: form_name(&wanted.form),
        name: wanted.name,
    };
    Ok(visit.show_form(refused.as_ref(), &page))
}

async fn make(visit: &Visit, id: OrganizationId, wanted: Wanted) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(Team, Book)>()?;
    let made = async {
        if wanted.action == "revoke" {
            let key: ApiKeyId = read_id(&wanted.key)?;
            visit.page.write(Cost::Light, move |tx: &mut Tx<'_>| api_keys::revoke(tx, caller, id, key).map(drop)).await?;
            return Ok(visit.lead_to(&format!("{}?done=revoked", path(id))));
        }
        let new = wanted.read(visit)?;
        let create = move |tx: &mut Tx<'_>| {
            let (_, secret) = api_keys::create(tx, caller, id, &new)?;
            Ok((path(id), secret.expose().to_owned()))
        };
        create_secret(visit, &wanted.form, ("web-keys.made", "web-keys.made-about"), create).await
    };
    match made.await {
        Ok(page) => Ok(page),
        Err(problem) => show(visit, id, wanted, Some(problem)).await,
    }
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/organizations/{id}/api-keys")
            .get(async |visit: Visit, id: web::Path<String>, Parameters(wanted): Parameters<Wanted>| {
                visit.shown(async { show(&visit, read_id(&id)?, wanted, None).await }.await)
            })
            .post(async |visit: Visit, id: web::Path<String>, sent: Sent<Wanted>| {
                let made = async { make(&visit, read_id(&id)?, sent.fields?).await }.await;
                visit.shown_after(&format!("/organizations/{id}/api-keys"), &sent.query, made)
            }),
    );
}
