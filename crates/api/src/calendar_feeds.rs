//! `/me/calendar-feeds`: secret addresses from which calendar programs read bookings; and what is at these addresses.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{CustomizeResponder, HttpRequest, HttpResponse, Responder, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{ManageBookings, May, SignedIn};
use super::json::Empty;
use super::problem::Problem;
use super::query::Id;
use super::reply::{Reply, fingerprint};
use super::request::{Command, PageRequest, Parameters, Read};
use super::state::State;
use super::turns::Cost;
use actions::calendar_feeds::{self, Content};
use calendars::{Entry, Status};
use domain::calendar_feed::{CalendarFeed, Certainty, FeedEntry, Subject};
use domain::fields::InvalidFields;
use domain::ids::{CalendarFeedId, OrganizationId, ResourceId, SiteId};
use domain::limits;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::{SecretToken, TokenHash};
use domain::time::UtcTime;

/// A calendar feed to be made. At most one of the identifiers; without one, it contains your own bookings and seats in trainings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCalendarFeed, example = json!({"resource_id": "019acb2f-02c0-7d5e-8a17-6b0e2f9d4c11"}))]
pub(super) struct NewCalendarFeedBody {
    /// The bookings of this organization, as the customer; for its managers also as the host, with its blocks. For its members.
    #[serde(default)]
    organization_id: Option<OrganizationId>,
    /// The bookings and blocks at this site. For managers of the host.
    #[serde(default)]
    site_id: Option<SiteId>,
    /// The bookings and blocks of this resource. For managers of the host.
    #[serde(default)]
    resource_id: Option<ResourceId>,
}

impl NewCalendarFeedBody {
    fn read(&self) -> Result<Subject, InvalidFields> {
        match (self.organization_id, self.site_id, self.resource_id) {
            (None, None, None) => Ok(Subject::User),
            (Some(organization), None, None) => Ok(Subject::Organization(organization)),
            (None, Some(site), None) => Ok(Subject::Site(site)),
            (None, None, Some(resource)) => Ok(Subject::Resource(resource)),
            (.., resource) => {
                let pointer = if resource.is_some() { "/resource_id" } else { "/site_id" };
                Err(InvalidFields::one(
                    pointer,
                    "invalid",
                    said!("must not be sent together with the identifier of another object"),
                ))
            }
        }
    }
}

/// A calendar feed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarFeed)]
pub(super) struct CalendarFeedView {
    /// The identifier of the object.
    id: CalendarFeedId,
    /// The organization whose bookings it contains. Null: it is not a feed of an organization.
    organization_id: Option<OrganizationId>,
    /// The site whose bookings it contains. Null: it is not a feed of a site.
    site_id: Option<SiteId>,
    /// The resource whose bookings it contains. Null: it is not a feed of a resource.
    resource_id: Option<ResourceId>,
    /// The instant of its latest use, written once an hour at most. Null: no program has read it.
    last_used_at: Option<UtcTime>,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<CalendarFeed> for CalendarFeedView {
    fn from(feed: CalendarFeed) -> Self {
        let (mut organization_id, mut site_id, mut resource_id) = (None, None, None);
        match feed.subject {
            Subject::User => {}
            Subject::Organization(id) => organization_id = Some(id),
            Subject::Site(id) => site_id = Some(id),
            Subject::Resource(id) => resource_id = Some(id),
        }
        Self { id: feed.id, organization_id, site_id, resource_id, last_used_at: feed.last_used_at, created_at: feed.created_at }
    }
}

/// A new calendar feed with its address.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MadeCalendarFeed {
    /// The address, with its secret. Only this response contains it. Enter it in a calendar program as a calendar to subscribe to.
    url: String,
    /// The feed without its secret.
    calendar_feed: CalendarFeedView,
}

/// The path of a feed below `/api/v1`.
fn path(subject: Subject) -> String {
    match subject {
        Subject::User => "me".to_owned(),
        Subject::Organization(id) => format!("organizations/{id}"),
        Subject::Site(id) => format!("sites/{id}"),
        Subject::Resource(id) => format!("resources/{id}"),
    }
}

/// Returns the address of a feed with its secret, at the public address of the service.
pub fn url(public_url: &str, subject: Subject, secret: &SecretToken) -> String {
    format!("{}/api/v1/{}/calendar.ics?token={}", public_url.trim_end_matches('/'), path(subject), secret.expose())
}

/// Create a calendar feed
///
/// The response contains the address of the feed, once. Everybody who has the address can read the feed, until you delete it. It shows
/// what you may see, and ends when you may no longer see it.
#[utoipa::path(operation_id = "create_calendar_feed", tag = "me", request_body = NewCalendarFeedBody,
    responses((status = 201, body = MadeCalendarFeed)),
    extensions(("x-problems" = json!([Code::NotFound, Code::InvalidTransition])),
        ("x-not-kept" = json!(true))))]
#[post("/me/calendar-feeds")]
pub(super) async fn create(
    command: Command<May<ManageBookings>, NewCalendarFeedBody>,
) -> Result<CustomizeResponder<Reply>, Problem> {
    // The secret is stored nowhere, so the response is not kept for a repetition of the request.
    let command = command.without_repetition();
    let base = command.state.config.public_url.clone();
    let made = command.run(move |tx, May { caller, .. }, body, _| {
        let (feed, secret) = calendar_feeds::create(tx, caller, body.read()?)?;
        let url = url(&base, feed.subject, &secret);
        let location = format!("/api/v1/me/calendar-feeds/{}", feed.id);
        Reply::created(location, &MadeCalendarFeed { url, calendar_feed: feed.into() })
    });
    Ok(made.await?.customize().insert_header((header::CACHE_CONTROL, "no-store")))
}

/// Filters for calendar feeds.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CalendarFeedsQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List your calendar feeds
///
/// The list does not contain their addresses.
#[utoipa::path(operation_id = "list_calendar_feeds", tag = "me", params(CalendarFeedsQuery),
    responses((status = 200, body = Page<CalendarFeedView>)))]
#[get("/me/calendar-feeds")]
pub(super) async fn list(read: Read<SignedIn, CalendarFeedsQuery>) -> Result<Reply, Problem> {
    read.page(|tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(calendar_feeds::list(tx, caller, order, &paging)?.map(CalendarFeedView::from))
    })
    .await
}

/// Delete a calendar feed
///
/// Nobody can read it any more. Calendar programs then show an error or an empty calendar.
#[utoipa::path(operation_id = "delete_calendar_feed", tag = "me", params(("id" = String, Path)), responses((status = 204)))]
#[delete("/me/calendar-feeds/{id}")]
pub(super) async fn remove(command: Command<SignedIn, Empty>, id: Id<CalendarFeedId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, _, _| {
            calendar_feeds::delete(tx, caller, id.0)?;
            Ok(Reply::no_content())
        })
        .await
}

/// The secret of a calendar feed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FeedQuery {
    /// The secret, which is in the address of the feed.
    token: String,
}

/// A calendar as text.
pub(super) struct CalendarText(String);

impl Responder for CalendarText {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("text/calendar; charset=utf-8")
            .insert_header((header::ETAG, format!("\"{:x}\"", fingerprint(&self.0))))
            .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"calendar.ics\""))
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .body(self.0)
    }
}

/// How often programs are to read a feed again.
const REFRESHED: &str = "PT15M";

/// Responds with the feed of the secret, if it has this subject.
async fn feed(request: PageRequest, query: FeedQuery, subject: Subject) -> Result<CalendarText, Problem> {
    let hash = TokenHash::of(&query.token);
    let Content { feed, name, entries } =
        request.read_at(Cost::Search, move |tx| calendar_feeds::read(tx, subject, &hash)).await?;
    let state: &State = &request.state;
    let now = state.clock.now();
    if feed.is_use_due(now) {
        state.db.write(now, move |tx| calendar_feeds::note_use(tx, feed.id)).await?;
    }
    let host = state.config.public_host();
    let entries: Vec<_> = entries.iter().map(|entry| written(entry, host)).collect();
    let heads = [
        ("METHOD", "PUBLISH"),
        ("NAME", name.as_str()),
        ("X-WR-CALNAME", &name),
        ("REFRESH-INTERVAL;VALUE=DURATION", REFRESHED),
        ("X-PUBLISHED-TTL", REFRESHED),
    ];
    Ok(CalendarText(calendars::write(&heads, &entries)))
}

fn written<'a>(entry: &'a FeedEntry, host: &str) -> Entry<'a> {
    Entry {
        uid: format!("{}@{host}", entry.id),
        sequence: entry.sequence,
        written_at: entry.updated_at,
        starts_at: entry.starts_at,
        ends_at: entry.ends_at,
        status: match entry.certainty {
            Certainty::Tentative => Status::Tentative,
            Certainty::Confirmed => Status::Confirmed,
            Certainty::Cancelled => Status::Cancelled,
        },
        summary: &entry.title,
        description: &entry.note,
        location: &entry.place,
        url: None,
        people: None,
    }
}

/// The calendar of your own bookings
///
/// The bookings that the owner of the feed made or operates, and the owner's seats in trainings, from 60 days ago to 400 days ahead, as
/// iCalendar (RFC 5545). The address is from `POST /api/v1/me/calendar-feeds`.
#[utoipa::path(operation_id = "read_own_calendar", tag = "me", params(FeedQuery),
    responses((status = 200, content((String = "text/calendar")))), security(()),
    extensions(("x-problems" = json!([Code::NotFound]))))]
#[get("/me/calendar.ics")]
pub(super) async fn read_own(request: PageRequest, Parameters(query): Parameters<FeedQuery>) -> Result<CalendarText, Problem> {
    feed(request, query, Subject::User).await
}

/// The calendar of an organization
///
/// The bookings of the organization that the owner of the feed sees, with its blocks for managers, as iCalendar (RFC 5545). The address is
/// from `POST /api/v1/me/calendar-feeds`.
#[utoipa::path(operation_id = "read_organization_calendar", tag = "organizations", params(("id" = String, Path), FeedQuery),
    responses((status = 200, content((String = "text/calendar")))), security(()))]
#[get("/organizations/{id}/calendar.ics")]
pub(super) async fn read_of_organization(
    request: PageRequest,
    Parameters(query): Parameters<FeedQuery>,
    id: Id<OrganizationId>,
) -> Result<CalendarText, Problem> {
    feed(request, query, Subject::Organization(id.0)).await
}

/// The calendar of a site
///
/// The bookings and blocks at the site, as iCalendar (RFC 5545). The address is from `POST /api/v1/me/calendar-feeds`.
#[utoipa::path(operation_id = "read_site_calendar", tag = "sites", params(("id" = String, Path), FeedQuery),
    responses((status = 200, content((String = "text/calendar")))), security(()))]
#[get("/sites/{id}/calendar.ics")]
pub(super) async fn read_of_site(
    request: PageRequest,
    Parameters(query): Parameters<FeedQuery>,
    id: Id<SiteId>,
) -> Result<CalendarText, Problem> {
    feed(request, query, Subject::Site(id.0)).await
}

/// The calendar of a resource
///
/// The bookings and blocks of the resource, as iCalendar (RFC 5545). The address is from `POST /api/v1/me/calendar-feeds`.
#[utoipa::path(operation_id = "read_resource_calendar", tag = "resources", params(("id" = String, Path), FeedQuery),
    responses((status = 200, content((String = "text/calendar")))), security(()))]
#[get("/resources/{id}/calendar.ics")]
pub(super) async fn read_of_resource(
    request: PageRequest,
    Parameters(query): Parameters<FeedQuery>,
    id: Id<ResourceId>,
) -> Result<CalendarText, Problem> {
    feed(request, query, Subject::Resource(id.0)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(remove);
    config.service(read_own).service(read_of_organization).service(read_of_site).service(read_of_resource);
}
