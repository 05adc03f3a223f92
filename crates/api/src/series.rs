//! `/series`: bookings made from one recurrence rule.

use actix_web::{get, post};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::{BookingView, NewBookingBody, one};
use super::caller::{Book, Heavy, ManageBookings, May, OverrideRules};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::series::{self, NewSeries, NewTimes, Preview, Whole};
use domain::booking_group;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use domain::limits;
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::series::{Occurrence, OnClash};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
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
}

const fn refuse() -> OnClash {
    OnClash::Refuse
}

impl NewSeriesBody {
    fn read(&self) -> Result<NewSeries, InvalidFields> {
        let mut fields = Fields::default();
        let first = fields.nest("", self.first().read());
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
            created_by: series.created_by,
            created_at: series.created_at,
        }
    }
}

/// A series with its bookings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WholeSeries)]
struct WholeView {
    #[serde(flatten)]
    series: SeriesView,
    /// The total price of the bookings, without cancelled, declined and expired ones. Null if no booking is left or if the
    /// currencies differ, which can happen after a booking is rescheduled to another resource.
    #[schema(required)]
    price: Option<Money>,
    /// All bookings of the series in any state, ordered by start. At most 200.
    bookings: Vec<BookingView>,
    /// The occurrences that could not be booked when the series was made.
    skipped: Vec<Occurrence>,
}

impl From<Whole> for WholeView {
    fn from(Whole { mut series, bookings }: Whole) -> Self {
        let skipped = std::mem::take(&mut series.skipped);
        let price = booking_group::price(bookings.iter().map(|booking| (booking.status, booking.price.total)));
        Self { series: series.into(), price, bookings: bookings.into_iter().map(BookingView::from).collect(), skipped }
    }
}

fn reply(whole: Whole) -> Result<Reply, Error> {
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
        Self { resource_id, timezone: timezone.name().to_owned(), total, occurrences }
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
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::ResourceNotBookable,
        Code::TermsOutdated]))))]
#[post("/series/preview")]
pub(super) async fn preview(command: Command<Heavy<May<(Book, OverrideRules)>>, NewSeriesBody>) -> Result<Reply, Problem> {
    command
        .run(|tx, Heavy(May { caller, .. }), body, _| Reply::ok(&PreviewView::from(series::preview(tx, caller, &body.read()?)?)))
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
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::ResourceNotBookable,
        Code::TermsOutdated, Code::BookingRulesViolated, Code::SlotUnavailable]))))]
#[post("/series")]
pub(super) async fn create(command: Command<Heavy<May<(Book, OverrideRules)>>, NewSeriesBody>) -> Result<Reply, Problem> {
    let (state, Heavy(May { caller, .. }), new) = (command.state.clone(), command.caller, command.body.read()?);
    let (wanted, asker) = (new.clone(), command.asker);
    let made = command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            let whole = series::create(tx, caller, &new)?;
            let location = format!("/api/v1/series/{}", whole.series.id);
            Reply::created(location, &WholeView::from(whole))
        })
        .await;
    match made {
        Err(mut problem) if problem.has_conflicts() => {
            let (services, now, refused) = (state.services(), state.clock.now(), problem.occurrences.clone());
            let explain = async move { services.explain_series(now, caller, wanted, refused).await };
            if let Some(explained) = state.turns.explain(asker, explain).await {
                problem.occurrences = explained?;
            }
            Err(problem)
        }
        made => made,
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
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List series
///
/// Returns the series in which you are a party: as a member of the customer, or as a manager of the host. The oldest first.
#[utoipa::path(operation_id = "list_series", tag = "series", params(SeriesQuery),
    responses((status = 200, body = Page<SeriesView>)), extensions(("x-problems" = json!([Code::Forbidden]))))]
#[get("/series")]
pub(super) async fn list(read: Read<May<ManageBookings>, SeriesQuery>) -> Result<Reply, Problem> {
    read.page(|tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        Ok(series::list(tx, caller, query.organization_id, query.resource_id, &paging)?.map(SeriesView::from))
    })
    .await
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

/// The bookings of a series to cancel or decline, with the reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_booking_id": "019acb30-77aa-7c1e-8f00-5b1f0e7c9a11", "reason": "The project is over."}))]
pub(super) struct SeriesReason {
    /// This booking and all later ones. Default: all bookings of the series that are not over.
    from_booking_id: Option<BookingId>,
    /// A reason that the other party can read.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    reason: String,
}

impl SeriesReason {
    fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.text("/reason", &self.reason, limits::Note::RANGE);
        fields.finish(|| reason)
    }
}

/// Cancel a series
///
/// For both parties. Cancels all bookings that can still be cancelled, or those from `from_booking_id` on. Bookings after their
/// cut-off stay. To cancel one booking, use `POST /bookings/{id}/cancel`. Both parties get one mail, except about holds that
/// only the customer had to confirm.
#[utoipa::path(operation_id = "cancel_series", tag = "series", params(("id" = String, Path)), request_body = Option<SeriesReason>,
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::BookingRulesViolated]))))]
#[post("/series/{id}/cancel")]
pub(super) async fn cancel(
    command: Command<Heavy<May<(Book, ManageBookings)>>, SeriesReason>,
    id: Id<SeriesId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            reply(series::cancel(tx, caller, id.0, body.from_booking_id, &body.read()?)?)
        })
        .await
}

/// Confirm a series
///
/// Turns the holds of the series into confirmed bookings, or into requests if the host approves bookings. The customer confirms
/// them; if payment comes first, a manager of the host confirms them when the payment has arrived. Both parties get one mail.
#[utoipa::path(operation_id = "confirm_series", tag = "series", params(("id" = String, Path)),
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::BookingRulesViolated]))))]
#[post("/series/{id}/confirm")]
pub(super) async fn confirm(
    command: Command<Heavy<May<(Book, ManageBookings)>>, super::json::Empty>,
    id: Id<SeriesId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, Heavy(May { caller, .. }), _, _| reply(series::confirm(tx, caller, id.0)?)).await
}

/// Approve a series
///
/// For managers of the host. Approves all requests of the series. Both parties get one mail.
#[utoipa::path(operation_id = "approve_series", tag = "series", params(("id" = String, Path)),
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/series/{id}/approve")]
pub(super) async fn approve(
    command: Command<Heavy<May<(Book, ManageBookings)>>, super::json::Empty>,
    id: Id<SeriesId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, Heavy(May { caller, .. }), _, _| reply(series::approve(tx, caller, id.0)?)).await
}

/// Decline a series
///
/// For managers of the host. Declines all requests of the series, or those from `from_booking_id` on. Both parties get one
/// mail.
#[utoipa::path(operation_id = "decline_series", tag = "series", params(("id" = String, Path)), request_body = Option<SeriesReason>,
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/series/{id}/decline")]
pub(super) async fn decline(
    command: Command<Heavy<May<(Book, ManageBookings)>>, SeriesReason>,
    id: Id<SeriesId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            reply(series::decline(tx, caller, id.0, body.from_booking_id, &body.read()?)?)
        })
        .await
}

/// New times for the bookings of a series, in the local time of the site. Fields that are not sent stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_booking_id": "019acb30-77aa-7c1e-8f00-5b1f0e7c9a11", "start_time": "10:00"}))]
pub(super) struct SeriesMove {
    /// This booking and all later ones. Default: all bookings of the series that have not begun.
    from_booking_id: Option<BookingId>,
    /// The new local start time, `HH:MM`.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    start_time: Option<String>,
    /// The number of days by which each booking is moved; negative for earlier days.
    #[serde(default)]
    #[schema(value_type = limits::ShiftDays)]
    shift_days: i64,
    /// The new length of each booking in minutes.
    #[schema(value_type = Option<limits::BookingMinutes>)]
    duration_minutes: Option<i64>,
    /// The reason to override rules, from a manager of the host. It appears in the history of each booking that breaks a rule.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
}

impl SeriesMove {
    fn read(&self) -> Result<NewTimes, InvalidFields> {
        let mut fields = Fields::default();
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "must be a time such as 09:30");
        let start_time = self.start_time.as_deref().map(|text| fields.take("/start_time", time(text)));
        let shift_days = fields.number("/shift_days", self.shift_days, limits::ShiftDays::RANGE);
        if self.start_time.is_none() && self.shift_days == 0 && self.duration_minutes.is_none() {
            fields.refuse("", "required", "must contain start_time, shift_days or duration_minutes");
        }
        let duration =
            self.duration_minutes.map(|minutes| fields.number("/duration_minutes", minutes, limits::BookingMinutes::RANGE));
        let override_reason =
            self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, limits::OverrideReason::RANGE));
        fields.finish(|| {
            let (start_time, duration_minutes) = (start_time.flatten(), duration.flatten());
            Some(NewTimes { start_time, shift_days: shift_days?, duration_minutes, override_reason: override_reason.flatten() })
        })
    }
}

/// A series with new times.
#[derive(Debug, Serialize, ToSchema)]
struct RescheduledSeries {
    #[serde(flatten)]
    series: WholeView,
    /// The new price minus the old price of all moved bookings; negative if they became cheaper. Null if the currencies differ.
    #[schema(required)]
    price_difference: Option<Money>,
    /// The bookings that keep their times, because they have begun: they are checked in, or their start is over.
    kept_booking_ids: Vec<BookingId>,
}

/// A caller who reschedules bookings.
type Mover = May<(Book, ManageBookings, OverrideRules)>;

/// Reschedule a series
///
/// For both parties. Gives all bookings that have not begun, or those from `from_booking_id` on, a new time of day, another day
/// or another length: all of them or none. A booking that is checked in has begun, too, and keeps its times. To reschedule one booking, use `POST /bookings/{id}/reschedule`. Both parties get
/// one mail. About holds, both parties get it if payment comes first; otherwise only the customer gets it, and only if the host
/// rescheduled them.
#[utoipa::path(operation_id = "reschedule_series", tag = "series", params(("id" = String, Path)), request_body = SeriesMove,
    responses((status = 200, body = RescheduledSeries)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::ResourceNotBookable, Code::BookingRulesViolated, Code::SlotUnavailable]))))]
#[post("/series/{id}/reschedule")]
pub(super) async fn reschedule(command: Command<Heavy<Mover>, SeriesMove>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    let state = command.state.clone();
    let moved = command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            let moved = series::reschedule(tx, caller, id.0, body.from_booking_id, &body.read()?)?;
            let series::Rescheduled { whole, price_difference, kept } = moved;
            Reply::ok(&RescheduledSeries { series: whole.into(), price_difference, kept_booking_ids: kept })
        })
        .await;
    if moved.as_ref().is_err_and(Problem::has_conflicts) {
        state.services().sweep_series(state.clock.now(), id.0).await?;
    }
    moved
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(preview).service(create).service(list).service(get_one);
    config.service(cancel).service(confirm).service(approve).service(decline).service(reschedule);
}
