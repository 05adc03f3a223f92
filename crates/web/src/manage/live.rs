//! The stream that tells the day and the week of a site when something has changed.

use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use serde::Deserialize;

use crate::assets;
use crate::page::{address, read_id};
use crate::sent::Parameters;
use crate::visit::Visit;
use api::caller::{View, ViewEvents};
use api::events;
use api::problem::Problem;
use domain::ids::{EventId, OrganizationId};

/// The part of a page that a script keeps up to date.
pub(super) struct Live {
    /// The address of the page.
    pub(super) here: String,
    pub(super) script: &'static str,
    /// The address of the stream that says when something has changed.
    pub(super) events: String,
}

impl Live {
    /// Returns the part of a page of a host that shows all events up to the latest one.
    pub(super) fn of(visit: &Visit, id: OrganizationId, latest: EventId) -> Self {
        let events = address(&format!("/manage/{id}/events"), &[("after", latest.as_str())]);
        Self { here: visit.address.clone(), script: assets::live(), events }
    }
}

/// The parameter of the stream.
#[derive(Deserialize, Default)]
#[serde(default)]
struct After {
    /// The latest event that the page shows.
    after: String,
}

/// Returns the latest event that the page knows: it has got it from the stream, or was made after it.
fn latest(headers: &HeaderMap, after: &After) -> Option<EventId> {
    let known = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    known.or_else(|| after.after.parse().ok())
}

async fn stream(visit: &Visit, id: &str, latest: Option<EventId>) -> Result<HttpResponse, Problem> {
    let caller = visit.signed_in::<(View, ViewEvents)>()?;
    events::stream_changes(&visit.page, caller, read_id(id)?, latest).await
}

/// Registers the stream. A script reads it, so a problem is no page.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.route(
        "/manage/{id}/events",
        web::get().to(async |visit: Visit, id: web::Path<String>, Parameters(after): Parameters<After>, req: HttpRequest| {
            let streamed = stream(&visit, &id, latest(req.headers(), &after)).await;
            streamed.unwrap_or_else(|problem| problem.error_response())
        }),
    );
}
