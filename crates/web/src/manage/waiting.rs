//! The customers who wait for a time at a resource of a host.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono_tz::Tz;
use serde::Deserialize;

use super::parts::tabs;
use crate::catalogue::Choice;
use crate::page::{Frame, address, read_id, text};
use crate::sent::Parameters;
use crate::team::parts::Tab;
use crate::visit::Visit;
use crate::words;
use actions::{resources, waitlist};
use api::caller::{ManageBookings, ManageListings, View};
use api::problem::Problem;
use api::turns::Cost;
use domain::ids::{OrganizationId, ResourceId};
use domain::order::CreationOrder;
use domain::paging::Paging;
use domain::permissions::Permission;
use domain::waitlist::WaitlistStatus;
use storage::db::ReadTx;
use storage::resources as resource_rows;
use storage::waitlist_entries::{Filter, WaitlistEntry};
use texts::when;

/// The parameters of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    resource: String,
    cursor: Option<String>,
}

/// A customer who waits.
struct Waits {
    resource: String,
    customer: String,
    window: String,
    length: String,
    quantity: i32,
    ahead: String,
    /// The hold that is offered.
    offer: Option<String>,
}

#[derive(Template)]
#[template(path = "manage_waiting.html")]
struct WaitingPage {
    frame: Frame,
    path: String,
    tabs: Vec<Tab>,
    resources: Vec<Choice>,
    entries: Vec<Waits>,
    next: Option<String>,
}

async fn show(visit: &Visit, id: &str, asked: Asked) -> Result<HttpResponse, Problem> {
    let id: OrganizationId = read_id(id)?;
    let caller = visit.signed_in::<(View, ManageBookings, ManageListings)>()?;
    let Asked { resource: wanted, cursor } = asked;
    let resource: Option<ResourceId> = wanted.parse().ok();
    let load = move |tx: &mut ReadTx| {
        actions::authorize(tx, caller, id, Permission::ManageBookings, false)?;
        let all = Paging::of(Some(200), None)?;
        let resources =
            resources::list_of_host(tx, caller, id, resource_rows::Filter::default(), CreationOrder::CreatedAt, &all)?.items;
        let statuses = [WaitlistStatus::Waiting, WaitlistStatus::Offered];
        let filter = Filter { resource, statuses: &statuses, updated_since: None };
        let paging = Paging::of(None, cursor.as_deref())?;
        let mut page = waitlist::list(tx, caller, Some(id), filter, CreationOrder::CreatedAt, &paging)?;
        // Those of the organization itself, which waits elsewhere, are not its customers.
        page.items.retain(|entry| entry.host_organization_id == id);
        Ok((resources, page))
    };
    let (resources, found) = visit.page.read_at(Cost::Search, load).await?;
    let texts = visit.page.texts();
    let waits = |entry: &WaitlistEntry| {
        let known = resources.iter().find(|resource| resource.id == entry.resource_id);
        let timezone = known.map_or(Tz::UTC, |resource| resource.site.timezone);
        let window = entry.wanted.window;
        Waits {
            resource: entry.resource_name.clone(),
            customer: entry.organization_name.clone(),
            window: when::span_in_zone(&texts, timezone, window.starts_at(), window.ends_at()),
            length: words::length(&texts, entry.wanted.length.minutes()),
            quantity: entry.wanted.quantity,
            ahead: entry.ahead.map(|ahead| ahead.to_string()).unwrap_or_default(),
            offer: entry.booking_id.filter(|_| entry.status == WaitlistStatus::Offered).map(|id| format!("/bookings/{id}")),
        }
    };
    let path = format!("/manage/{id}/waitlist");
    let choice = |resource: &domain::resource::Resource| Choice {
        is_chosen: resource.id.as_str() == wanted,
        value: resource.id.to_string(),
        text: resource.fields.name.clone(),
    };
    let page = WaitingPage {
        frame: visit.frame(text(&texts, "web-waiting.title")),
        tabs: tabs(&texts, id, "web-waiting.title"),
        resources: resources.iter().map(choice).collect(),
        entries: found.items.iter().map(waits).collect(),
        next: found.next_cursor.map(|cursor| address(&path, &[("resource", &wanted), ("cursor", &cursor)])),
        path,
    };
    Ok(visit.show(StatusCode::OK, &page))
}

/// Registers the page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}/waitlist",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(asked): Parameters<Asked>| {
            visit.shown(show(&visit, &id, asked).await)
        }),
    );
}
