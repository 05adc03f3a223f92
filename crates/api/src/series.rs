//! `/series`: bookings made from one recurrence rule.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access_token::Keys;
use super::bookings::{BookingView, NewBookingBody, one, yes};
use super::caller::{Book, Heavy, ManageBookings, May, OverrideRules};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use super::spoken::spoken;
use super::state::State;
use super::turns::Asker;
use actions::error::Error;
use actions::series::{self, NewSeries, Preview, Whole};
use domain::booking_group;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::pricing::BookedExtra;
use domain::problem::Code;
use domain::series::{Occurrence, OnClash};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::series::Series;

/// A new series of bookings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSeries, example = json!({
    "organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "resource_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21",
    "starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T12:00:00Z", "quantity": 1,
    "rule": "FREQ=WEEKLY;COUNT=10", "on_clash": "skip", "note": "Our Tuesdays."
}))]
pub(super) struct NewSeriesBody {
    /// The organization that books and pays: the customer. You must be a member of it.
    organization_id: OrganizationId,
    /// The resource to book.
    resource_id: ResourceId,
    /// Start of the first occurrence (inclusive). If the rule does not include the day of `starts_at`, the first occurrence is
    /// on the next day of the rule, at the same local time of the site.
    starts_at: UtcTime,
    /// End of the first occurrence (exclusive), at most 366 days after `starts_at`. All occurrences have the same local hours
    /// at the site.
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    #[serde(default = "one")]
    #[schema(value_type = limits::Quantity, default = 1, required = false)]
    quantity: i32,
    /// A subset of `RRULE` in RFC 5545: `FREQ` (`DAILY`, `WEEKLY` or `MONTHLY`), `INTERVAL`, either `COUNT` or `UNTIL`, `BYDAY`
    /// (with a number such as `2MO` or `-1FR` only for `MONTHLY`), `BYMONTHDAY` (for `DAILY` and `MONTHLY`) and `WKST`. At most
    /// 200 occurrences, and at most one year from the first to the last.
    #[schema(value_type = limits::RecurrenceRule)]
    rule: String,
    /// The treatment of the series if some occurrences cannot be booked.
    #[serde(default = "refuse")]
    #[schema(default = "refuse", required = false)]
    on_clash: OnClash,
    /// The user who operates the machine, a member of the customer. Default: you.
    operated_by: Option<UserId>,
    /// A note from the customer to the host.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    note: String,
    /// True: keep the slots as `held` until `expires_at`, which is the same for all of them; confirm the series before.
    #[serde(default)]
    #[schema(required = false)]
    hold: bool,
    /// The reason to override rules, from a manager of the host. It appears in the history of each booking that breaks a rule.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
    /// The terms of the host that you accept with the series, each with its current version.
    #[serde(default)]
    #[schema(value_type = limits::AcceptedTerms<AgreedTerms>, required = false)]
    accepted_terms: Vec<AgreedTerms>,
    /// The extras of the tariff to book with each occurrence. Default: none.
    #[serde(default)]
    #[schema(value_type = limits::Extras<BookedExtra>, required = false)]
    extras: Vec<BookedExtra>,
    /// False: the bookings use no prepaid credit of the customer. Default: true.
    #[serde(default = "yes")]
    #[schema(default = true, required = false)]
    use_prepaid: bool,
}

pub(super) const fn refuse() -> OnClash {
    OnClash::Refuse
}

impl NewSeriesBody {
    fn read(&self, keys: &Keys) -> Result<NewSeries, InvalidFields> {
        let mut fields = Fields::default();
        let first = fields.nest("", self.first().read(keys));
        let rule = fields.text("/rule", &self.rule, limits::RecurrenceRule::RANGE);
        let recurrence = rule.as_deref().and_then(|rule| fields.take("/rule", rule.parse()));
        let on_clash = self.on_clash;
        fields.finish(|| Some(NewSeries { first: first?, rule: rule?, recurrence: recurrence?, on_clash }))
    }

    /// Returns the first occurrence as a single booking.
    fn first(&self) -> NewBookingBody {
        NewBookingBody {
            organization_id: self.organization_id,
            resource_id: self.resource_id,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            quantity: self.quantity,
            operated_by: self.operated_by,
            note: self.note.clone(),
            hold: self.hold,
            override_reason: self.override_reason.clone(),
            accepted_terms: self.accepted_terms.clone(),
            extras: self.extras.clone(),
            coupon: None,
            use_prepaid: self.use_prepaid,
            quote_id: None,
        }
    }
}

/// A series as its two parties see it: the request. Its bookings show the result.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Series)]
pub(super) struct SeriesView {
    /// The identifier of the object.
    id: SeriesId,
    /// The organization that books: the customer.
    organization_id: OrganizationId,
    /// The name of the organization.
    organization_name: String,
    /// The organization that owns the resource: the host.
    host_organization_id: OrganizationId,
    /// The site.
    site_id: SiteId,
    /// The resource.
    resource_id: ResourceId,
    /// The name of the resource.
    resource_name: String,
    /// The recurrence rule.
    rule: String,
    /// The requested start of the first occurrence.
    starts_at: UtcTime,
    /// The requested end of the first occurrence.
    ends_at: UtcTime,
    /// The quantity of the resource, in its unit.
    quantity: i32,
    /// The note from the customer to the host.
    note: String,
    /// The extras that are booked with each occurrence.
    extras: Vec<BookedExtra>,
    /// The user who made the series.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<Series> for SeriesView {
    fn from(series: Series) -> Self {
        Self {
            id: series.id,
            organization_id: series.organization_id,
            organization_name: series.organization_name,
            host_organization_id: series.host_organization_id,
            site_id: series.site_id,
            resource_id: series.resource_id,
            resource_name: series.resource_name,
            rule: series.rule,
            starts_at: series.slot.interval.starts_at(),
            ends_at: series.slot.interval.ends_at(),
            quantity: series.slot.quantity,
            note: series.note,
            extras: series.extras,
            created_by: series.created_by,
            created_at: series.created_at,
        }
    }
}

/// A series with its bookings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WholeSeries)]
pub(super) struct WholeView {
    #[serde(flatten)]
    series: SeriesView,
    /// The total price of the bookings, without cancelled, declined and expired ones. Null if no booking is left or if the
    /// currencies differ, which can happen after a booking is rescheduled to another resource.
    #[schema(required)]
    price: Option<Money>,
    /// All bookings of the series in any state, ordered by start. At most 200.
    bookings: Vec<BookingView>,
    /// The occurrences that are left out, with the reasons of the last time that booking them was tried. They can be booked later
    /// with `POST /series/{id}/occurrences`.
    skipped: Vec<Occurrence>,
}

impl From<Whole> for WholeView {
    fn from(Whole { mut series, bookings }: Whole) -> Self {
        let skipped = std::mem::take(&mut series.skipped);
        let price = booking_group::price(bookings.iter().map(|booking| (booking.status, booking.price.total)));
        Self {
            series: series.into(),
            price,
            bookings: bookings.into_iter().map(BookingView::from).collect(),
            skipped: spoken(skipped),
        }
    }
}

/// Returns a series as the response.
pub(super) fn reply(whole: Whole) -> Result<Reply, Error> {
    Reply::ok(&WholeView::from(whole))
}

/// A series that is not booked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeriesPreview)]
struct PreviewView {
    /// The resource.
    resource_id: ResourceId,
    /// The time zone of the site, as an IANA name. All occurrences have the same local hours in it.
    timezone: String,
    /// The total price of the occurrences that can be booked. Null if none can be booked.
    #[schema(required)]
    total: Option<Money>,
    /// All occurrences, ordered by start.
    occurrences: Vec<Occurrence>,
}

impl From<Preview> for PreviewView {
    fn from(Preview { resource_id, timezone, total, occurrences }: Preview) -> Self {
        Self { resource_id, timezone: timezone.name().to_owned(), total, occurrences: spoken(occurrences) }
    }
}

/// Preview a series
///
/// Returns every occurrence with its price, the rules that it breaks and the times at which it is taken, as if the series were
/// booked now. Later occurrences count earlier ones, also in quotas. `violations` also lists the terms that must be accepted,
/// and says which rules a manager of the host can override; violations that `accepted_terms` and `override_reason` of the
/// request resolve are not listed. Nothing is booked or accepted.
#[utoipa::path(operation_id = "preview_series", tag = "series", request_body = NewSeriesBody,
    responses((status = 200, body = PreviewView)),
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended, Code::ResourceNotBookable,
        Code::TermsOutdated, Code::NoWayToPay]))))]
#[post("/series/preview")]
pub(super) async fn preview(command: Command<Heavy<May<(Book, OverrideRules)>>, NewSeriesBody>) -> Result<Reply, Problem> {
    let new = command.body.read(&command.state.keys)?;
    command
        .run(move |tx, Heavy(May { caller, .. }), _, _| Reply::ok(&PreviewView::from(series::preview(tx, caller, &new)?)))
        .await
}

/// Create a series
///
/// Books all occurrences in one transaction; each is checked like a single booking. With `on_clash: refuse`, one occurrence
/// that cannot be booked refuses the series, and the problem lists each such occurrence; the first 3 taken ones get
/// alternatives. With `on_clash: skip`, the other occurrences are booked. While the resource is out of order, occurrences that
/// start before the end of the repair cannot be booked. Both parties get one mail; for holds it is sent when they are
/// confirmed, or at once if payment comes first.
#[utoipa::path(operation_id = "create_series", tag = "series", request_body = NewSeriesBody,
    responses((status = 201, body = WholeView)),
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended, Code::ResourceNotBookable,
        Code::TermsOutdated, Code::BookingRulesViolated, Code::SlotUnavailable, Code::NoWayToPay]))))]
#[post("/series")]
pub(super) async fn create(command: Command<Heavy<May<(Book, OverrideRules)>>, NewSeriesBody>) -> Result<Reply, Problem> {
    let (state, Heavy(May { caller, .. }), new) =
        (command.state.clone(), command.caller, command.body.read(&command.state.keys)?);
    let (first, asker) = (new.first.clone(), command.asker);
    let made = command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            let whole = series::create(tx, caller, &new)?;
            let location = format!("/api/v1/series/{}", whole.series.id);
            Reply::created(location, &WholeView::from(whole))
        })
        .await;
    let (services, now) = (state.services(), state.clock.now());
    or_explain(&state, asker, made, |refused| async move { services.explain_series(now, caller, first, refused).await }).await
}

/// Adds to the problem of occurrences that are taken what could be booked instead.
pub(super) async fn or_explain<E: Future<Output = Result<Vec<Occurrence>, Error>> + 'static>(
    state: &State,
    asker: Asker,
    result: Result<Reply, Problem>,
    explain: impl FnOnce(Vec<Occurrence>) -> E,
) -> Result<Reply, Problem> {
    match result {
        Err(mut problem) if problem.has_conflicts() => {
            if let Some(explained) = state.turns.explain(asker, explain(problem.occurrences.clone())).await {
                problem.occurrences = explained?;
            }
            Err(problem)
        }
        result => result,
    }
}

/// Filters for series.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SeriesQuery {
    /// Only series in which this organization is the customer or the host.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// Only series of this resource.
    #[param(value_type = Option<String>)]
    resource_id: Option<ResourceId>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List series
///
/// Returns the series in which you are a party: as a member of the customer, or as a manager of the host. For a
/// spreadsheet there is `GET /series.csv`.
#[utoipa::path(operation_id = "list_series", tag = "series", params(SeriesQuery),
    responses((status = 200, body = Page<SeriesView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/series")]
pub(super) async fn list(read: Read<May<ManageBookings>, SeriesQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

/// List series for a spreadsheet
///
/// Returns the same page as `GET /series`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_series_csv", tag = "series", params(SeriesQuery),
    responses((status = 200, content((String = "text/csv")))), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/series.csv")]
pub(super) async fn list_csv(read: Read<May<ManageBookings>, SeriesQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, sheet).await
}

async fn list_as(read: Read<May<ManageBookings>, SeriesQuery>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = |tx: &mut ReadTx, May { caller, .. }: May<ManageBookings>, query: SeriesQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(series::list(tx, caller, query.organization_id, query.resource_id, order, &paging)?.map(SeriesView::from))
    };
    sheet.page(read, look).await
}

impl Row for SeriesView {
    const FILE: &str = "series";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("organization_id", "/organization_id"),
        ("organization_name", "/organization_name"),
        ("host_organization_id", "/host_organization_id"),
        ("site_id", "/site_id"),
        ("resource_id", "/resource_id"),
        ("resource_name", "/resource_name"),
        ("rule", "/rule"),
        ("starts_at", "/starts_at"),
        ("ends_at", "/ends_at"),
        ("quantity", "/quantity"),
        ("note", "/note"),
        ("created_by", "/created_by"),
        ("created_at", "/created_at"),
    ];
}

/// Get a series
///
/// Returns the series with its bookings.
#[utoipa::path(operation_id = "get_series", tag = "series", params(("id" = String, Path)),
    responses((status = 200, body = WholeView)))]
#[get("/series/{id}")]
pub(super) async fn get_one(read: Read<May<ManageBookings>>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(series::get(tx, caller, id.0)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(preview).service(create).service(list).service(list_csv).service(get_one);
}
