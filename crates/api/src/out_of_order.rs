//! `/resources/{id}/out-of-order`: resources that are broken or under repair.

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::{Heavy, ManageCalendar, May};
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
use domain::limits;
use domain::problem::Code;
use domain::resource::Resource;
use domain::time::UtcTime;

/// A notice that a resource cannot be used for now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The spindle is broken.", "until": "2026-12-03T08:00:00Z"}))]
pub(super) struct NewOutOfOrder {
    /// The reason. Every user can read it.
    #[schema(value_type = limits::OutOfOrderReason)]
    reason: String,
    /// The instant from which the resource can be booked again, at most 366 days ahead. Default: not known yet.
    until: Option<UtcTime>,
}

impl NewOutOfOrder {
    fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, limits::OutOfOrderReason::RANGE);
        fields.finish(|| reason)
    }
}

fn reply(resource: Resource) -> Result<Reply, Error> {
    let revision = resource.revision;
    Ok(Reply::ok(&ResourceView::from(resource))?.revision(revision))
}

/// Take a resource out of order
///
/// For managers of the host. No new booking can start before `until`; without `until`, no new booking can be made. This
/// includes resources linked to this one. A manager of the host can override it.
///
/// Existing bookings stay. The service warns the parties to bookings that start before `until` by mail, one mail for all
/// bookings of a person; without `until`, it warns about bookings that start in the next 7 days. The customers can cancel or
/// reschedule these bookings without a cut-off. To change the reason or `until`, send the request again.
#[utoipa::path(operation_id = "take_resource_out_of_order", tag = "resources", params(("id" = String, Path)),
    request_body = NewOutOfOrder, responses((status = 200, body = ResourceView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/resources/{id}/out-of-order")]
pub(super) async fn mark(
    command: Command<Heavy<May<ManageCalendar>>, NewOutOfOrder>,
    id: Id<ResourceId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            reply(out_of_order::mark(tx, caller, id.0, &body.read()?, body.until)?)
        })
        .await
}

/// Put a resource back in order
///
/// For managers of the host. The parties that were warned, and whose bookings are still active, get a mail.
#[utoipa::path(operation_id = "put_resource_back_in_order", tag = "resources", params(("id" = String, Path)),
    responses((status = 200, body = ResourceView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/resources/{id}/back-in-order")]
pub(super) async fn clear(command: Command<Heavy<May<ManageCalendar>>, Empty>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    command.run(move |tx, Heavy(May { caller, .. }), _, _| reply(out_of_order::clear(tx, caller, id.0)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(mark).service(clear);
}
