//! The page with the audit log of an organization, and its export.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;

use super::parts::{Open, Tab, Team};
use crate::catalogue::Choice;
use crate::page::{Frame, address, read_id, text};
use crate::sent::Parameters;
use crate::visit::Visit;
use actions::error::Error;
use actions::{Caller, audit, members, organizations};
use api::audit::json_lines;
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::OrganizationId;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::time::UtcTime;
use storage::audit::{Filter, ListedEntry};
use storage::db::ReadTx;
use texts::catalogue::Texts;
use texts::when;

/// The largest number of entries of a file.
const MOST: usize = 10_000;

/// The kinds of objects that the form proposes.
pub(crate) const PROPOSED: [&str; 12] = [
    "booking",
    "resource",
    "site",
    "member",
    "invitation",
    "organization",
    "api_key",
    "webhook",
    "invoice",
    "payment",
    "terms",
    "user",
];

/// The filters, which are the parameters of the page.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Asked {
    /// A user.
    pub(crate) who: String,
    /// An action such as `booking.cancel`, or a kind of object such as `booking`.
    pub(crate) what: String,
    /// An object.
    pub(crate) object: String,
    /// The first day, in UTC.
    pub(crate) from: String,
    /// The last day, in UTC.
    pub(crate) to: String,
    pub(crate) cursor: Option<String>,
}

impl Asked {
    /// Returns the filter. A value that cannot be read does not filter.
    pub(crate) fn filter(&self) -> Filter {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let start = |day: NaiveDate| UtcTime::parse(&format!("{day}T00:00:00Z")).ok();
        let what = self.what.trim().to_owned();
        let (actions, objects) = match what.as_str() {
            "" => (Vec::new(), Vec::new()),
            action if action.contains('.') => (vec![what], Vec::new()),
            _ => (Vec::new(), vec![what]),
        };
        Filter {
            user_id: self.who.parse().ok(),
            api_key_id: None,
            from: day(&self.from).and_then(start),
            to: day(&self.to).and_then(start).map(|start| start + TimeDelta::days(1)),
            objects,
            object_id: Some(self.object.trim().to_owned()).filter(|id| !id.is_empty()),
            actions,
        }
    }

    /// Returns the address of a page with these filters and others in place of some of them.
    pub(crate) fn address(&self, path: &str, others: &[(&str, &str)]) -> String {
        let mine = [("who", &self.who), ("what", &self.what), ("object", &self.object), ("from", &self.from), ("to", &self.to)];
        let mine = mine.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
        let all = mine.map(|(name, value)| (name, value.as_str())).chain(others.iter().copied());
        address(path, &all.filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>())
    }
}

/// An entry in the list.
pub(crate) struct Listed {
    pub(crate) at: String,
    pub(crate) who: String,
    /// The address of the list of what the same user did.
    pub(crate) by: Option<String>,
    pub(crate) what: String,
    pub(crate) object: String,
    /// The address of the list of what was done to the same object.
    pub(crate) about: String,
    pub(crate) detail: Vec<(String, String)>,
}

impl Listed {
    /// Puts an entry into the words of a list at `path`.
    pub(crate) fn of(texts: &Texts, path: &str, ListedEntry { entry, seal }: ListedEntry) -> Self {
        let who = match (entry.user_name, entry.api_key_name, entry.user_id) {
            (Some(name), ..) => name,
            (None, Some(key), _) => format!("{} {key}", text(texts, "web-audit.key")),
            (None, None, Some(_)) => text(texts, "web-audit.deleted"),
            (None, None, None) => text(texts, "web-audit.service"),
        };
        let facts = |value: &serde_json::Value| {
            let fact = |(name, value): (&String, &serde_json::Value)| {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (name.clone(), value)
            };
            value.as_object().into_iter().flatten().map(fact).collect::<Vec<_>>()
        };
        let personal = seal.personal.as_ref().map(|personal| facts(&personal.0)).unwrap_or_default();
        Self {
            at: when::utc(texts, entry.at),
            who,
            by: entry.user_id.map(|user| address(path, &[("who", user.as_str())])),
            what: entry.action,
            about: address(path, &[("object", &entry.object_id)]),
            object: entry.object,
            detail: facts(&entry.detail.0).into_iter().chain(personal).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "team_audit.html")]
struct AuditPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    asked: Asked,
    people: Vec<Choice>,
    proposed: [&'static str; 12],
    entries: Vec<Listed>,
    next: Option<String>,
    export: String,
}

fn list(
    tx: &mut ReadTx,
    caller: Caller,
    id: OrganizationId,
    filter: &Filter,
    paging: &Paging,
) -> Result<Page<ListedEntry>, Error> {
    audit::list(tx, caller, id, filter, CreationOrder::CreatedAtDescending, paging)
}

async fn show(visit: &Visit, id: OrganizationId, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let wanted = asked.clone();
    let load = move |tx: &mut ReadTx| {
        let entries = list(tx, caller, id, &wanted.filter(), &Paging::of(None, wanted.cursor.as_deref())?)?;
        let people = members::list(tx, caller, id, &[], CreationOrder::CreatedAt, &Paging::of(Some(200), None)?)?;
        let (organization, _) = organizations::get(tx, Some(caller), id)?;
        Ok((organization.fields().name, entries, people.items, Open::of(tx, caller, id)?))
    };
    let (name, entries, people, open) = visit.page.read_at(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let path = format!("/organizations/{id}/audit");
    let choice = |value: String, text: String| Choice { is_chosen: value == asked.who, value, text };
    let known = people.into_iter().map(|member| choice(member.user_id.to_string(), member.name));
    let mut people: Vec<_> = std::iter::once(choice(String::new(), text(&texts, "web-audit.anybody"))).chain(known).collect();
    // Others than members, too: the links in the list lead to them.
    if !people.iter().any(|one| one.is_chosen) {
        people.push(choice(asked.who.clone(), asked.who.clone()));
    }
    let page = AuditPage {
        frame: visit.frame(name),
        tabs: open.tabs(&texts, id, "web-audit.title"),
        people,
        proposed: PROPOSED,
        entries: entries.items.into_iter().map(|entry| Listed::of(&texts, &path, entry)).collect(),
        next: entries.next_cursor.map(|cursor| asked.address(&path, &[("cursor", &cursor)])),
        export: asked.address(&format!("{path}.jsonl"), &[]),
        path,
        asked,
    };
    Ok(visit.show(StatusCode::OK, &page))
}

async fn export(visit: &Visit, id: OrganizationId, asked: Asked) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<Team>()?;
    let load = move |tx: &mut ReadTx| {
        let (filter, mut cursor, mut all) = (asked.filter(), None, Vec::new());
        while all.len() < MOST {
            let page = list(tx, caller, id, &filter, &Paging::of(Some(200), cursor.as_deref())?)?;
            all.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        json_lines(all)
    };
    let lines = visit.page.read_at(Cost::Search, load).await?;
    Ok(visit.file("application/jsonl", "audit.jsonl", lines))
}

/// Registers the pages.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/organizations/{id}/audit",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(async { show(&visit, read_id(&id)?, asked).await }.await)
        }),
    );
    config.route(
        "/organizations/{id}/audit.jsonl",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(async { export(&visit, read_id(&id)?, asked).await }.await)
        }),
    );
}
