//! `/organizations/{id}/audit`: the log of all actions in an organization.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{May, ViewAudit};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Several};
use super::request::Read;
use actions::audit;
use domain::ids::{ApiKeyId, AuditId, OrganizationId, UserId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::audit::{Entry, Filter};
use storage::db::ReadTx;

/// One action in the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(super) struct EntryView {
    /// The identifier of the object.
    id: AuditId,
    /// The instant of the action.
    at: UtcTime,
    /// The user who did it. Null: an API key or the service did it without a user, such as a job.
    user_id: Option<UserId>,
    /// The name of that user. Null where `user_id` is null or the account was deleted.
    #[schema(required)]
    user_name: Option<String>,
    /// The API key that did it. Null: no key.
    #[schema(required)]
    api_key_id: Option<ApiKeyId>,
    /// The name of that API key.
    #[schema(required)]
    api_key_name: Option<String>,
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
        let Entry { id, at, user_id, user_name, api_key_id, api_key_name, action, object, object_id, detail } = entry;
        Self { id, at, user_id, user_name, api_key_id, api_key_name, action, object, object_id, detail: detail.0 }
    }
}

/// Filters for the audit log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Only actions on these kinds of object, such as `booking`. Several kinds: send the parameter several times, or divide them by
    /// commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    object: Several<String>,
    /// Only actions on the object with this identifier.
    object_id: Option<String>,
    /// Only these actions, such as `booking.cancel`. Several actions: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<String>>)]
    action: Several<String>,
    /// The order. Default: `-created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the audit log of an organization
///
/// For managers of the organization. The log contains the actions of its members, the actions of
/// customers on its resources and bookings, and the actions of the service itself. For a spreadsheet there is `GET
/// /organizations/{id}/audit.csv`.
#[utoipa::path(operation_id = "list_audit", tag = "organizations", params(("id" = String, Path), AuditQuery),
    responses((status = 200, body = Page<EntryView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/audit")]
pub(super) async fn list(read: Read<May<ViewAudit>, AuditQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the audit log of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/audit`, as CSV: see `GET /bookings.csv`. The column `detail` is JSON.
#[utoipa::path(operation_id = "list_audit_csv", tag = "organizations", params(("id" = String, Path), AuditQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/audit.csv")]
pub(super) async fn list_csv(
    read: Read<May<ViewAudit>, AuditQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<May<ViewAudit>, AuditQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ViewAudit>, query: AuditQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAtDescending);
        let filter = Filter { objects: query.object.0, object_id: query.object_id, actions: query.action.0 };
        Ok(audit::list(tx, caller, id.0, &filter, order, &paging)?.map(EntryView::from))
    };
    sheet.page(read, look).await
}

impl Row for EntryView {
    const FILE: &str = "audit";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("at", "/at"),
        ("user_id", "/user_id"),
        ("user_name", "/user_name"),
        ("action", "/action"),
        ("object", "/object"),
        ("object_id", "/object_id"),
        ("detail", "/detail"),
        ("api_key_id", "/api_key_id"),
        ("api_key_name", "/api_key_name"),
    ];
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(list_csv);
}
