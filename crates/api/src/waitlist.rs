//! `/waitlist`: the queue for slots that are taken.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::{read_accepted_terms, read_slot};
use super::caller::{Book, ManageBookings, May};
use super::csv::{Column, Row, Sheet};
use super::json::Empty;
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Several};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::waitlist::{self, NewEntry};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, OrganizationId, ResourceId, UserId, WaitlistEntryId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use domain::waitlist::{WaitlistStatus, read_wanted};
use storage::db::ReadTx;
use storage::waitlist_entries::{Filter, WaitlistEntry};

/// A new waitlist entry: a slot, or a window with the length of the slot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "resource_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21",
    "starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-04T18:00:00Z", "duration_minutes": 120
}))]
pub(super) struct NewWaitlistEntry {
    /// The organization that would book.
    organization_id: OrganizationId,
    /// The resource to wait for.
    resource_id: ResourceId,
    /// Start of the window (inclusive): the slot must not start before.
    starts_at: UtcTime,
    /// End of the window (exclusive): the slot must end by then. At most 92 days after `starts_at`.
    ends_at: UtcTime,
    /// The length of the slot in minutes; multiples of 1440 are local days. Default: the whole window.
    #[schema(value_type = Option<limits::WaitlistMinutes>)]
    duration_minutes: Option<i64>,
    /// The quantity of the resource, in its unit.
    #[serde(default = "super::bookings::one")]
    #[schema(value_type = limits::Quantity, default = 1, required = false)]
    quantity: i32,
    /// The user who would operate the machine: a member of the customer with all certifications that the resource requires.
    /// Default: you.
    operated_by: Option<UserId>,
    /// The terms of the host that you accept with the entry, each with its current version. All terms that a booking of the
    /// resource requires must be accepted.
    #[serde(default)]
    #[schema(value_type = limits::AcceptedTerms<AgreedTerms>, required = false)]
    accepted_terms: Vec<AgreedTerms>,
}

impl NewWaitlistEntry {
    fn read(&self) -> Result<NewEntry, InvalidFields> {
        let mut fields = Fields::default();
        let slot = read_slot(&mut fields, (self.starts_at, self.ends_at), self.quantity);
        let wanted = read_wanted(&mut fields, (self.starts_at, self.ends_at), slot, self.duration_minutes);
        let accepted_terms = read_accepted_terms(&mut fields, &self.accepted_terms);
        let Self { organization_id, resource_id, operated_by, .. } = *self;
        fields.finish(|| {
            Some(NewEntry { organization_id, resource_id, operated_by, wanted: wanted?, accepted_terms: accepted_terms? })
        })
    }
}

/// A waitlist entry, as the customer and the host see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitlistEntry)]
pub(super) struct WaitlistEntryView {
    /// The identifier of the object.
    id: WaitlistEntryId,
    /// The current state.
    status: WaitlistStatus,
    /// The organization that books: the customer.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The organization that owns the resource: the host.
    host_organization_id: OrganizationId,
    /// The resource.
    resource_id: ResourceId,
    /// The name of the resource.
    resource_name: String,
    /// The user who waits.
    user_id: UserId,
    /// The user who would operate the machine.
    operated_by: UserId,
    /// Start of the window (inclusive).
    starts_at: UtcTime,
    /// End (exclusive).
    ends_at: UtcTime,
    /// The length of the slot in minutes.
    duration_minutes: i64,
    /// The quantity of the resource, in its unit.
    quantity: i32,
    /// The number of entries that wait for the same resource, joined before this one, and could take a slot of its window. Capacity
    /// that becomes free is offered to them first, if it fits them. Null unless the entry waits.
    entries_ahead: Option<i64>,
    /// The booking that was offered for the entry. While it is `held`, confirm it before it expires.
    booking_id: Option<BookingId>,
    /// The instant at which the offer expires. Null while nothing is offered.
    expires_at: Option<UtcTime>,
    /// The number of offers for the entry that have expired. After the first one the entry keeps its place and waits again, if its
    /// window leaves time for another offer; after the second one it is `lapsed`.
    lapsed_offers: i32,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<WaitlistEntry> for WaitlistEntryView {
    fn from(entry: WaitlistEntry) -> Self {
        Self {
            operated_by: entry.operator(),
            expires_at: entry.lapses_at.filter(|_| entry.status == WaitlistStatus::Offered),
            lapsed_offers: entry.lapsed_offers(),
            entries_ahead: entry.ahead.filter(|_| entry.status == WaitlistStatus::Waiting),
            id: entry.id,
            status: entry.status,
            organization_id: entry.organization_id,
            organization_name: entry.organization_name,
            host_organization_id: entry.host_organization_id,
            resource_id: entry.resource_id,
            resource_name: entry.resource_name,
            user_id: entry.user_id,
            starts_at: entry.wanted.window.starts_at(),
            ends_at: entry.wanted.window.ends_at(),
            duration_minutes: entry.wanted.length.minutes(),
            quantity: entry.wanted.quantity,
            booking_id: entry.booking_id,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        }
    }
}

fn reply(entry: WaitlistEntry) -> Result<Reply, Error> {
    let revision = entry.revision;
    Ok(Reply::ok(&WaitlistEntryView::from(entry))?.revision(revision))
}

/// Join the waitlist
///
/// For a slot that is taken, or for any slot of a given length in a window. When capacity becomes free, the first entry in the
/// queue that fits gets an offer by mail: a hold that must be confirmed before it expires. If it expires, the next entry gets
/// the offer; the entry keeps its place and waits again, once, while its window leaves time for another offer. Slots that start before
/// the time to answer is over (`offer_minutes` of the resource) are not offered. No entry can overtake an earlier one. The request is refused with the broken rules if every slot of the window
/// would always break a rule, or if a slot is free but the rules forbid it to you.
#[utoipa::path(operation_id = "join_waitlist", tag = "waitlist", request_body = NewWaitlistEntry,
    responses((status = 201, body = WaitlistEntryView)),
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended, Code::ResourceNotBookable,
        Code::TermsOutdated, Code::BookingRulesViolated, Code::SlotAvailable, Code::AlreadyWaiting, Code::WaitlistFull]))))]
#[post("/waitlist")]
pub(super) async fn join(command: Command<May<Book>, NewWaitlistEntry>) -> Result<Reply, Problem> {
    command
        .run(|tx, May { caller, .. }, body, _| {
            let entry = waitlist::join(tx, caller, &body.read()?)?;
            let (location, revision) = (format!("/api/v1/waitlist/{}", entry.id), entry.revision);
            Ok(Reply::created(location, &WaitlistEntryView::from(entry))?.revision(revision))
        })
        .await
}

/// Filters for waitlist entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WaitlistQuery {
    /// Only entries in which this organization is the customer or the host.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// Only entries for this resource.
    #[param(value_type = Option<String>)]
    resource_id: Option<ResourceId>,
    /// Only entries in one of these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<WaitlistStatus>>)]
    status: Several<WaitlistStatus>,
    /// Only entries that were created or changed at this instant or later. `entries_ahead` also changes with other entries, and does
    /// not count.
    updated_since: Option<UtcTime>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page. The place in the queue is `entries_ahead`.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List waitlist entries
///
/// Returns the entries in which you are a party: as a member of the customer, or as a manager of the host. For a
/// spreadsheet there is `GET /waitlist.csv`.
#[utoipa::path(operation_id = "list_waitlist", tag = "waitlist", params(WaitlistQuery),
    responses((status = 200, body = Page<WaitlistEntryView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/waitlist")]
pub(super) async fn list(read: Read<May<ManageBookings>, WaitlistQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

/// List waitlist entries for a spreadsheet
///
/// Returns the same page as `GET /waitlist`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_waitlist_csv", tag = "waitlist", params(WaitlistQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/waitlist.csv")]
pub(super) async fn list_csv(read: Read<May<ManageBookings>, WaitlistQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

async fn list_as(read: Read<May<ManageBookings>, WaitlistQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = |tx: &mut ReadTx, May { caller, .. }: May<ManageBookings>, query: WaitlistQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        let WaitlistQuery { resource_id: resource, updated_since, .. } = query;
        let filter = Filter { resource, statuses: &query.status.0, updated_since };
        Ok(waitlist::list(tx, caller, query.organization_id, filter, order, &paging)?.map(WaitlistEntryView::from))
    };
    sheet.page(read, look).await
}

impl Row for WaitlistEntryView {
    const FILE: &str = "waitlist";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("status", "/status"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/organization_name"),
        ("host_organization_id", "/host_organization_id"),
        ("resource_id", "/resource_id"),
        ("resource_name", "/resource_name"),
        ("user_id", "/user_id"),
        ("operated_by", "/operated_by"),
        ("starts_at", "/starts_at"),
        ("ends_at", "/ends_at"),
        ("duration_minutes", "/duration_minutes"),
        ("quantity", "/quantity"),
        ("entries_ahead", "/entries_ahead"),
        ("booking_id", "/booking_id"),
        ("expires_at", "/expires_at"),
        ("lapsed_offers", "/lapsed_offers"),
        ("created_at", "/created_at"),
        ("updated_at", "/updated_at"),
    ];
}

/// Get a waitlist entry
///
/// For the customer and for managers of the host. With an offer, `booking_id` names the hold and `expires_at` its end.
#[utoipa::path(operation_id = "get_waitlist_entry", tag = "waitlist", params(("id" = String, Path)),
    responses((status = 200, body = WaitlistEntryView)))]
#[get("/waitlist/{id}")]
pub(super) async fn get_one(read: Read<May<ManageBookings>>, id: Id<WaitlistEntryId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(waitlist::get(tx, caller, id.0)?)).await
}

/// Leave the waitlist
///
/// An entry without an offer becomes `left`. An entry with an offer becomes `declined`, and the held slot is free at once.
#[utoipa::path(operation_id = "leave_waitlist", tag = "waitlist", params(("id" = String, Path)),
    responses((status = 200, body = WaitlistEntryView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/waitlist/{id}/leave")]
pub(super) async fn leave(
    command: Command<May<(Book, ManageBookings)>, Empty>,
    id: Id<WaitlistEntryId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, _| reply(waitlist::leave(tx, caller, id.0)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(join).service(list).service(list_csv).service(get_one).service(leave);
}
