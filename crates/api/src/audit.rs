//! `/organizations/{id}/audit`: who has done what.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::SignedIn;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Read;
use actions::audit;
use domain::ids::{AuditId, OrganizationId, UserId};
use domain::paging::{Page, Paging};
use domain::time::UtcTime;
use storage::audit::{Entry, Filter};

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct EntryView {
    id: AuditId,
    at: UtcTime,
    /// By whom; null where the service did it by itself.
    user_id: Option<UserId>,
    /// Their name.
    #[schema(required)]
    user_name: Option<String>,
    /// What, such as `booking.cancel`.
    action: String,
    /// To what kind of thing.
    object: String,
    /// To which.
    object_id: String,
    /// More about it, by kind of action.
    detail: serde_json::Value,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let Entry { id, at, user_id, user_name, action, object, object_id, detail } = entry;
        Self { id, at, user_id, user_name, action, object, object_id, detail: detail.0 }
    }
}

/// Which entries are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Only of this kind of thing, such as `booking`.
    object: Option<String>,
    /// Only of this thing.
    object_id: Option<String>,
    /// Only of what was done so, such as `booking.cancel`.
    action: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List what was done in an organization
///
/// The last first, for its managers: by its members, by customers to what is its own, and by the service itself.
#[utoipa::path(operation_id = "list_audit", tag = "organizations", params(("id" = String, Path), AuditQuery),
    responses((status = 200, body = Page<EntryView>)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified"]))))]
#[get("/organizations/{id}/audit")]
pub(super) async fn list(read: Read<SignedIn, AuditQuery>, id: Id<OrganizationId>) -> Result<Reply, Problem> {
    read.page(move |tx, SignedIn(caller), query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let filter = Filter { object: query.object, object_id: query.object_id, action: query.action };
        Ok(audit::list(tx, caller, id.0, &filter, &paging)?.map(EntryView::from))
    })
    .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list);
}
