//! `/resources/{id}/out-of-order`: what cannot be used for now.

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::SignedIn;
use super::json::Empty;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Command;
use super::resources::ResourceView;
use actions::error::Error;
use actions::out_of_order;
use domain::fields::{Fields, InvalidFields};
use domain::ids::ResourceId;
use domain::resource::Resource;
use domain::time::UtcTime;

/// Why a resource cannot be used for now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The spindle is broken.", "until": "2026-12-03T08:00:00Z"}))]
pub(super) struct NewOutOfOrder {
    /// For everybody to read.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// From when on it can be booked again, at most 366 days ahead; left out while nobody knows.
    until: Option<UtcTime>,
}

impl NewOutOfOrder {
    fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, 500);
        fields.finish(|| reason)
    }
}

fn reply(resource: Resource) -> Result<Reply, Error> {
    let revision = resource.revision;
    Ok(Reply::ok(&ResourceView::from(resource))?.revision(revision))
}

/// Take a resource out of order
///
/// As a manager of the host: nothing that starts before `until` can be booked, nothing at all without it, neither of the
/// resource nor of others that take it along, unless a manager of the host overrides it. What is booked stays booked; the
/// parties to the bookings that start before `until` are warned, without it as soon as these come within seven days, each by
/// one mail about all of theirs, and the customers may cancel or move them whatever the cut-off. To say something else about
/// it, send it again.
#[utoipa::path(operation_id = "take_resource_out_of_order", tag = "resources", params(("id" = String, Path)),
    request_body = NewOutOfOrder, responses((status = 200, body = ResourceView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[post("/resources/{id}/out-of-order")]
pub(super) async fn mark(command: Command<SignedIn, NewOutOfOrder>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| reply(out_of_order::mark(tx, caller, id.0, &body.read()?, body.until)?))
        .await
}

/// Put a resource back in order
///
/// As a manager of the host. Those who were warned, and whose bookings still stand, are told by mail.
#[utoipa::path(operation_id = "put_resource_back_in_order", tag = "resources", params(("id" = String, Path)),
    responses((status = 200, body = ResourceView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "invalid_transition"]))))]
#[post("/resources/{id}/back-in-order")]
pub(super) async fn clear(command: Command<SignedIn, Empty>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, _| reply(out_of_order::clear(tx, caller, id.0)?)).await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(mark).service(clear);
}
