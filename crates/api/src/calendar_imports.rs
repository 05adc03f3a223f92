//! `/calendar-imports`: calendars of hosts outside of this service, whose events become blocks of a resource.

use actix_web::{delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{Heavy, ManageCalendar, May};
use super::json::{Empty, Patch};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::calendar_imports::{self, ClashWithBookings};
use actions::error::Error;
use domain::booking::{Booking, BookingStatus};
use domain::calendar_import::{self, CalendarImport, CalendarImportFields, check_url};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, CalendarClashId, CalendarImportId, OrganizationId, ResourceId, UserId};
use domain::limits;
use domain::network::Network;
use domain::order::{CreationOrder, StartOrder};
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// A calendar import: a calendar outside of this service, whose events block a resource.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCalendarImport, example = json!({
    "name": "Maintenance plan", "url": "https://example.org/maintenance.ics"
}))]
pub(super) struct NewCalendarImportBody {
    /// The name. It is the reason of the blocks: the host's members see it.
    #[schema(value_type = limits::Name)]
    name: String,
    /// The address of the calendar in iCalendar format (ICS). It starts with `https://` or `webcal://`, which means HTTPS, and its host is on
    /// the internet. In networks that the operator of the service allows, `http://` is accepted, too. Redirects are not followed. Only
    /// managers of the host see the address.
    #[schema(value_type = limits::CalendarUrl)]
    url: String,
    /// The quantity of the resource that is blocked while an event takes place. Default: null, the whole capacity.
    #[serde(default)]
    #[schema(value_type = Option<limits::Quantity>)]
    quantity: Option<i32>,
}

impl NewCalendarImportBody {
    fn read(&self, allowed: &[Network]) -> Result<CalendarImportFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        let url = fields.line("/url", &self.url, limits::CalendarUrl::RANGE);
        if let Some(Err(wrong)) = url.as_ref().map(|url| check_url(url, allowed)) {
            fields.refuse("/url", "invalid", wrong);
        }
        let quantity = self.quantity.map(|quantity| fields.number("/quantity", quantity, limits::Quantity::RANGE));
        fields.finish(|| Some(CalendarImportFields { name: name?, url: url?, quantity: quantity.flatten() }))
    }
}

impl From<CalendarImportFields> for NewCalendarImportBody {
    fn from(CalendarImportFields { name, url, quantity }: CalendarImportFields) -> Self {
        Self { name, url, quantity }
    }
}

/// A calendar import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarImport)]
pub(super) struct CalendarImportView {
    /// The identifier of the object.
    id: CalendarImportId,
    /// The resource that is blocked.
    resource_id: ResourceId,
    /// The name, and the reason of the blocks.
    name: String,
    /// The address of the calendar.
    url: String,
    /// The quantity of the resource that is blocked while an event takes place. Null: the whole capacity.
    quantity: Option<i32>,
    /// The instant at which the calendar was last read, or found unchanged. Null: it was not read yet.
    refreshed_at: Option<UtcTime>,
    /// The instant from which it is read next.
    next_refresh_at: UtcTime,
    /// The reason for which it could not be read the last time. Its blocks stay as they were. Null: it was read.
    last_error: Option<String>,
    /// The number of failed attempts since it was read.
    failures: i32,
    /// The instant of the first of them. Null: there is none.
    failing_since: Option<UtcTime>,
    /// The number of times at which its events make somebody busy, from a day before it was read until 400 days after.
    busy_times: usize,
    /// The number of later times that block nothing, because a calendar can have 5,000.
    left_out: usize,
    /// The number of events that block nothing, because bookings are in the way.
    clashes: i64,
    /// The first 20 events that are not understood, or only in part.
    problems: Vec<calendar_import::Problem>,
    /// The user who made it.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change of its fields.
    updated_at: UtcTime,
}

impl CalendarImportView {
    fn new(tx: &mut ReadTx, import: CalendarImport) -> Result<Self, Error> {
        let clashes = calendar_imports::count_clashes(tx, import.id)?;
        let CalendarImport { id, resource_id, fields, refreshed_at, next_attempt_at, error, failures, .. } = import;
        let CalendarImportFields { name, url, quantity } = fields;
        Ok(Self {
            id,
            resource_id,
            name,
            url,
            quantity,
            refreshed_at,
            next_refresh_at: next_attempt_at,
            last_error: Some(error).filter(|error| !error.is_empty()),
            failures,
            failing_since: import.failing_since,
            busy_times: import.report.times,
            left_out: import.report.left_out,
            clashes,
            problems: import.report.problems,
            created_by: import.created_by,
            created_at: import.created_at,
            updated_at: import.updated_at,
        })
    }
}

fn reply(tx: &mut ReadTx, import: CalendarImport) -> Result<Reply, Error> {
    let revision = import.revision;
    Ok(Reply::ok(&CalendarImportView::new(tx, import)?)?.revision(revision))
}

/// Import a calendar
///
/// For managers of the host. The service reads the calendar now and then about every 15 minutes, and makes blocks of its events until 400
/// days ahead. It changes and removes them with the events. Cancelled events and those that are shown as free block nothing. An event that
/// bookings are in the way of blocks nothing, and is tried again at each refresh: see `GET /calendar-imports/{id}/clashes`. An organization
/// can have 100 calendar imports.
#[utoipa::path(operation_id = "create_calendar_import", tag = "blocks", params(("id" = String, Path)),
    request_body = NewCalendarImportBody, responses((status = 201, body = CalendarImportView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/resources/{id}/calendar-imports")]
pub(super) async fn create(
    command: Command<May<ManageCalendar>, NewCalendarImportBody>,
    id: Id<ResourceId>,
) -> Result<Reply, Problem> {
    let fields = command.body.read(&command.state.config.webhooks.allowed_networks)?;
    command
        .run(move |tx, May { caller, .. }, _, _| {
            let import = calendar_imports::create(tx, caller, id.0, fields.clone())?;
            let (location, revision) = (format!("/api/v1/calendar-imports/{}", import.id), import.revision);
            Ok(Reply::created(location, &CalendarImportView::new(tx, import)?)?.revision(revision))
        })
        .await
}

/// Filters for calendar imports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarImportsQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the calendar imports of a resource
///
/// For managers of the host.
#[utoipa::path(operation_id = "list_calendar_imports", tag = "blocks", params(("id" = String, Path), CalendarImportsQuery),
    responses((status = 200, body = Page<CalendarImportView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/resources/{id}/calendar-imports")]
pub(super) async fn list(read: Read<May<ManageCalendar>, CalendarImportsQuery>, id: Id<ResourceId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        let Page { items, next_cursor } = calendar_imports::list(tx, caller, id.0, order, &paging)?;
        let items = items.into_iter().map(|import| CalendarImportView::new(tx, import)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    })
    .await
}

/// Get a calendar import
///
/// For managers of the host.
#[utoipa::path(operation_id = "get_calendar_import", tag = "blocks", params(("id" = String, Path)),
    responses((status = 200, body = CalendarImportView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/calendar-imports/{id}")]
pub(super) async fn get_one(read: Read<May<ManageCalendar>>, id: Id<CalendarImportId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| {
        let import = calendar_imports::get(tx, caller, id.0)?;
        reply(tx, import)
    })
    .await
}

/// Update a calendar import
///
/// For managers of the host. The calendar is read again at once, in the background.
#[utoipa::path(operation_id = "update_calendar_import", tag = "blocks", params(("id" = String, Path)),
    request_body = NewCalendarImportBody, responses((status = 200, body = CalendarImportView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[patch("/calendar-imports/{id}")]
pub(super) async fn update(command: Command<May<ManageCalendar>, Patch>, id: Id<CalendarImportId>) -> Result<Reply, Problem> {
    let allowed = command.state.config.webhooks.allowed_networks.clone();
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let edit = |fields: CalendarImportFields| patch.merge(&NewCalendarImportBody::from(fields))?.read(&allowed);
            let import = calendar_imports::update(tx, caller, id.0, if_match, edit)?;
            reply(tx, import)
        })
        .await
}

/// Refresh a calendar import
///
/// For managers of the host. The calendar is read again in the background: at once, or a minute after it was last asked for. Then
/// `next_refresh_at` is in the future again.
#[utoipa::path(operation_id = "refresh_calendar_import", tag = "blocks", params(("id" = String, Path)),
    responses((status = 200, body = CalendarImportView)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[post("/calendar-imports/{id}/refresh")]
pub(super) async fn refresh(command: Command<May<ManageCalendar>, Empty>, id: Id<CalendarImportId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            let import = calendar_imports::refresh(tx, caller, id.0)?;
            reply(tx, import)
        })
        .await
}

/// Delete a calendar import
///
/// For managers of the host. Its blocks that are not over are removed: 50 at once, the others in the background. Blocks that are over stay.
#[utoipa::path(operation_id = "delete_calendar_import", tag = "blocks", params(("id" = String, Path)),
    responses((status = 204)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[delete("/calendar-imports/{id}")]
pub(super) async fn remove(
    command: Command<Heavy<May<ManageCalendar>>, Empty>,
    id: Id<CalendarImportId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            calendar_imports::delete(tx, caller, id.0)?;
            Ok(Reply::no_content())
        })
        .await
}

/// An event of an imported calendar that blocks nothing, because bookings are in the way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarClash)]
pub(super) struct CalendarClashView {
    /// The identifier of the object.
    id: CalendarClashId,
    /// The title of the event. Only managers of the host see it.
    title: String,
    /// Start of the event (inclusive).
    starts_at: UtcTime,
    /// End of the event (exclusive).
    ends_at: UtcTime,
    /// The first 20 bookings in its way, with their buffers. Bookings of linked resources of other hosts are left out.
    bookings: Vec<BookingInTheWay>,
    /// The instant at which the clash was found.
    created_at: UtcTime,
}

/// A booking in the way of an event.
#[derive(Debug, Serialize, ToSchema)]
struct BookingInTheWay {
    /// The identifier of the booking.
    id: BookingId,
    /// The resource: the blocked one, or one that is linked to it.
    resource_id: ResourceId,
    /// The customer.
    organization_id: OrganizationId,
    /// The state.
    status: BookingStatus,
    /// Start of the booking (inclusive).
    starts_at: UtcTime,
    /// End of the booking (exclusive).
    ends_at: UtcTime,
}

impl From<Booking> for BookingInTheWay {
    fn from(booking: Booking) -> Self {
        let Booking { id, resource_id, organization_id, status, interval, .. } = booking;
        let (starts_at, ends_at) = (interval.starts_at(), interval.ends_at());
        Self { id, resource_id, organization_id, status, starts_at, ends_at }
    }
}

impl From<ClashWithBookings> for CalendarClashView {
    fn from(ClashWithBookings { clash, bookings }: ClashWithBookings) -> Self {
        Self {
            id: clash.id,
            title: clash.title,
            starts_at: clash.interval.starts_at(),
            ends_at: clash.interval.ends_at(),
            bookings: bookings.into_iter().map(BookingInTheWay::from).collect(),
            created_at: clash.created_at,
        }
    }
}

/// Filters for clashes.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ClashesQuery {
    /// The order. Default: `starts_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<StartOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the clashes of a calendar import
///
/// For managers of the host: the events that block nothing, because bookings are in the way. The service never cancels a booking for an
/// event. When the bookings are gone, the next refresh makes the block.
#[utoipa::path(operation_id = "list_calendar_clashes", tag = "blocks", params(("id" = String, Path), ClashesQuery),
    responses((status = 200, body = Page<CalendarClashView>)),
    extensions(("x-problems" = json!([Code::EmailNotVerified]))))]
#[get("/calendar-imports/{id}/clashes")]
pub(super) async fn list_clashes(
    read: Read<May<ManageCalendar>, ClashesQuery>,
    id: Id<CalendarImportId>,
) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(StartOrder::StartsAt);
        Ok(calendar_imports::list_clashes(tx, caller, id.0, order, &paging)?.map(CalendarClashView::from))
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(get_one).service(update).service(refresh).service(remove).service(list_clashes);
}
