//! `/organizations/{id}/audit`: the log of all actions in an organization.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{May, ViewAudit};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Read;
use actions::audit;
use domain::ids::{AuditId, OrganizationId, UserId};
use domain::limits;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::audit::{Entry, Filter};

/// One action in the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct EntryView {
    /// The identifier of the object.
    id: AuditId,
    /// The instant of the action.
    at: UtcTime,
    /// The user who did it. Null: the service did it without a user, such as a job.
    user_id: Option<UserId>,
    /// The name of that user. Null where `user_id` is null or the account was deleted.
    #[schema(required)]
    user_name: Option<String>,
    /// The action, such as `booking.cancel`.
    action: String,
    /// The kind of object that the action changed, such as `booking`.
    object: String,
    /// The identifier of that object.
    object_id: String,
    /// Further facts about the action. The fields depend on `action`.
    detail: serde_json::Value,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let Entry { id, at, user_id, user_name, action, object, object_id, detail } = entry;
        Self { id, at, user_id, user_name, action, object, object_id, detail: detail.0 }
    }
}

/// Filters for the audit log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Only actions on this kind of object, such as `booking`.
    object: Option<String>,
    /// Only actions on the object with this identifier.
    object_id: Option<String>,
    /// Only this action, such as `booking.cancel`.
    action: Option<String>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the audit log of an organization
///
/// The newest action first. For managers of the organization. The log contains the actions of its members, the actions of
/// customers on its resources and bookings, and the actions of the service itself.
#[utoipa::path(operation_id = "list_audit", tag = "organizations", params(("id" = String, Path), AuditQuery),
    responses((status = 200, body = Page<EntryView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/audit")]
pub(super) async fn list(read: Read<May<ViewAudit>, AuditQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let filter = Filter { object: query.object, object_id: query.object_id, action: query.action };
        Ok(audit::list(tx, caller, id.0, &filter, &paging)?.map(EntryView::from))
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list);
}
