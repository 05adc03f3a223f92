//! `/series`: bookings made from one recurrence rule.

use actix_web::{get, post};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::{BookingView, NewBookingBody, one};
use super::caller::SignedIn;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::series::{self, NewSeries, NewTimes, Preview, Whole};
use domain::booking_group;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use domain::money::Money;
use domain::paging::{Page, Paging};
use domain::recurrence::LONGEST_RULE;
use domain::series::{Occurrence, OnClash};
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use storage::series::Series;

/// A slot to be booked again and again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSeries, example = json!({
    "organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "resource_id": "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21",
    "starts_at": "2026-12-01T09:00:00Z", "ends_at": "2026-12-01T12:00:00Z", "quantity": 1,
    "rule": "FREQ=WEEKLY;COUNT=10", "on_clash": "skip", "note": "Our Tuesdays."
}))]
pub(super) struct NewSeriesBody {
    /// The organization that books and pays.
    organization_id: OrganizationId,
    /// What is booked.
    resource_id: ResourceId,
    /// The first occurrence starts at this instant, or, if the rule does not name its day, on the next day that it names,
    /// when the clock at the site shows the same.
    starts_at: UtcTime,
    /// When it ends, at most 366 days later: all occurrences have the same hours on the clock at the site.
    ends_at: UtcTime,
    /// How much of the resource.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000, default = 1, required = false)]
    quantity: i32,
    /// A subset of RFC 5545's `RRULE`: `FREQ` of `DAILY`, `WEEKLY` or `MONTHLY`, `INTERVAL`, either `COUNT` or `UNTIL`,
    /// `BYDAY` (with numbers, such as `2MO` or `-1FR`, in `MONTHLY`), `BYMONTHDAY` (in `DAILY` and `MONTHLY`), `WKST`. At most
    /// 200 occurrences, and a year from the first to the last.
    #[schema(min_length = 1, max_length = 500)]
    rule: String,
    /// What becomes of the series if some occurrences cannot be booked.
    #[serde(default = "refuse")]
    #[schema(default = "refuse", required = false)]
    on_clash: OnClash,
    /// The user who works at the machine, a member of the organization; you if left out.
    operated_by: Option<UserId>,
    /// From the customer to the host.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
    /// Only keeps the slots, as `held`, until their `expires_at`, which is the same for all; confirm the series before.
    #[serde(default)]
    #[schema(required = false)]
    hold: bool,
    /// Why the rules give way that a manager of the host may override, by such a manager; it goes into the history of each
    /// booking for which they do.
    #[schema(min_length = 1, max_length = 2000)]
    override_reason: Option<String>,
    /// Terms of the host that are accepted with the series: each by its current version.
    #[serde(default)]
    #[schema(max_items = 50, required = false)]
    accepted_terms: Vec<AgreedTerms>,
}

const fn refuse() -> OnClash {
    OnClash::Refuse
}

impl NewSeriesBody {
    fn read(&self) -> Result<NewSeries, InvalidFields> {
        let mut fields = Fields::default();
        let first = fields.nest("", self.first().read());
        let rule = fields.text("/rule", &self.rule, LONGEST_RULE);
        let recurrence = rule.as_deref().and_then(|rule| fields.take("/rule", rule.parse()));
        let on_clash = self.on_clash;
        fields.finish(|| Some(NewSeries { first: first?, rule: rule?, recurrence: recurrence?, on_clash }))
    }

    /// The first occurrence as a booking by itself.
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

/// A series, as its two parties see it: what was asked for. What came of it are its bookings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Series)]
pub(super) struct SeriesView {
    id: SeriesId,
    /// The customer.
    organization_id: OrganizationId,
    organization_name: String,
    host_organization_id: OrganizationId,
    site_id: SiteId,
    resource_id: ResourceId,
    resource_name: String,
    /// The recurrence rule.
    rule: String,
    /// From when the first occurrence was asked for.
    starts_at: UtcTime,
    /// Until when.
    ends_at: UtcTime,
    quantity: i32,
    /// From the customer to the host.
    note: String,
    /// The user who booked.
    created_by: UserId,
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
            starts_at: series.interval.starts_at(),
            ends_at: series.interval.ends_at(),
            quantity: series.quantity,
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
    /// What its bookings cost together, those left out that were called off. Null if nothing is left, or if one was moved to a
    /// resource with another currency.
    #[schema(required)]
    price: Option<Money>,
    /// All its bookings, by start, whatever became of them: at most 200.
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

/// What a series would be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeriesPreview)]
struct PreviewView {
    resource_id: ResourceId,
    /// The time zone of the site, by whose clock the occurrences keep their hours.
    timezone: String,
    /// What those that can be booked cost together; null if none can.
    #[schema(required)]
    total: Option<Money>,
    /// All occurrences, by start.
    occurrences: Vec<Occurrence>,
}

impl From<Preview> for PreviewView {
    fn from(Preview { resource_id, timezone, total, occurrences }: Preview) -> Self {
        Self { resource_id, timezone: timezone.name().to_owned(), total, occurrences }
    }
}

/// Preview a series
///
/// Every occurrence with its price, the rules that it breaks, and when it is taken, as it would be if the series were
/// booked now: later occurrences meet earlier ones, in quotas too. `violations` name the terms that must be accepted, and say
/// which rules a manager of the host may override; what `accepted_terms` and `override_reason` settle is not among them.
/// Nothing is booked, nor accepted.
#[utoipa::path(operation_id = "preview_series", tag = "series", request_body = NewSeriesBody,
    responses((status = 200, body = PreviewView)), extensions(("x-problems" = json!(["not_found", "forbidden",
        "email_not_verified", "resource_not_bookable", "terms_outdated"]))))]
#[post("/series/preview")]
pub(super) async fn preview(command: Command<SignedIn, NewSeriesBody>) -> Result<Reply, Problem> {
    let state = command.state.clone();
    let _turn = state.trials.acquire().await;
    command.run(|tx, SignedIn(caller), body, _| Reply::ok(&PreviewView::from(series::preview(tx, caller, &body.read()?)?))).await
}

/// Book a series
///
/// All its occurrences in one transaction, each like a booking of its own. With `on_clash: refuse` one that cannot be booked
/// refuses all, and the problem names each such occurrence; the first few that are taken come with alternatives. With `skip` the
/// others are booked. While the resource is out of order, those that start before it is back in order cannot be booked. Both
/// parties get one mail, of holds when they are confirmed, or at once where payment comes first.
#[utoipa::path(operation_id = "create_series", tag = "series", request_body = NewSeriesBody,
    responses((status = 201, body = WholeView)), extensions(("x-problems" = json!(["not_found", "forbidden",
        "email_not_verified", "resource_not_bookable", "terms_outdated", "booking_rules_violated", "slot_unavailable"]))))]
#[post("/series")]
pub(super) async fn create(command: Command<SignedIn, NewSeriesBody>) -> Result<Reply, Problem> {
    let (state, SignedIn(caller), new) = (command.state.clone(), command.caller, command.body.read()?);
    let wanted = new.clone();
    let made = command
        .run(move |tx, SignedIn(caller), _, _| {
            let whole = series::create(tx, caller, &new)?;
            let location = format!("/api/v1/series/{}", whole.series.id);
            Reply::created(location, &WholeView::from(whole))
        })
        .await;
    match made {
        Err(mut problem) if problem.has_conflicts() => {
            let refused = problem.occurrences.clone();
            problem.occurrences = state.services().explain_series(state.clock.now(), caller, wanted, refused).await?;
            Err(problem)
        }
        made => made,
    }
}

/// Which series are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SeriesQuery {
    /// Only those in which this organization is the customer or the host.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// Only of this resource.
    #[param(value_type = Option<String>)]
    resource_id: Option<ResourceId>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List series
///
/// Those that you are a party to, the oldest first: as a member of the customer, and as a manager of the host.
#[utoipa::path(operation_id = "list_series", tag = "series", params(SeriesQuery),
    responses((status = 200, body = Page<SeriesView>)), extensions(("x-problems" = json!(["forbidden"]))))]
#[get("/series")]
pub(super) async fn list(read: Read<SignedIn, SeriesQuery>) -> Result<Reply, Problem> {
    read.page(|tx, SignedIn(caller), query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        Ok(series::list(tx, caller, query.organization_id, query.resource_id, &paging)?.map(SeriesView::from))
    })
    .await
}

/// Get a series
///
/// With its bookings.
#[utoipa::path(operation_id = "get_series", tag = "series", params(("id" = String, Path)),
    responses((status = 200, body = WholeView)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/series/{id}")]
pub(super) async fn get_one(read: Read<SignedIn>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    read.run(move |tx, SignedIn(caller), _| reply(series::get(tx, caller, id.0)?)).await
}

/// Which bookings of a series are meant, and why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_booking_id": "019acb30-77aa-7c1e-8f00-5b1f0e7c9a11", "reason": "The project is over."}))]
pub(super) struct SeriesReason {
    /// This booking and the later ones; left out, all that are not over.
    from_booking_id: Option<BookingId>,
    /// For the other party to read.
    #[serde(default)]
    #[schema(max_length = 2000)]
    reason: String,
}

impl SeriesReason {
    fn read(&self) -> Result<String, InvalidFields> {
        let mut fields = Fields::default();
        let reason = fields.note("/reason", &self.reason, 2000);
        fields.finish(|| reason)
    }
}

/// Cancel a series
///
/// By either party: all bookings that can be cancelled, or this one and the later ones. What it is too late for stays. For a
/// single one cancel the booking. Both parties get one mail, but of holds that their customer lets go only where payment comes
/// first.
#[utoipa::path(operation_id = "cancel_series", tag = "series", params(("id" = String, Path)), request_body = Option<SeriesReason>,
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "invalid_transition",
        "booking_rules_violated"]))))]
#[post("/series/{id}/cancel")]
pub(super) async fn cancel(command: Command<SignedIn, SeriesReason>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| reply(series::cancel(tx, caller, id.0, body.from_booking_id, &body.read()?)?))
        .await
}

/// Confirm a series
///
/// Turns its holds into bookings, or into requests where the host approves bookings. Where payment comes first a manager of the
/// host confirms it, when it has arrived. Both parties get one mail.
#[utoipa::path(operation_id = "confirm_series", tag = "series", params(("id" = String, Path)),
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "invalid_transition",
        "booking_rules_violated"]))))]
#[post("/series/{id}/confirm")]
pub(super) async fn confirm(command: Command<SignedIn, super::json::Empty>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, _| reply(series::confirm(tx, caller, id.0)?)).await
}

/// Approve a series
///
/// All its requests, as a manager of the host. Both parties get one mail.
#[utoipa::path(operation_id = "approve_series", tag = "series", params(("id" = String, Path)),
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "invalid_transition"]))))]
#[post("/series/{id}/approve")]
pub(super) async fn approve(command: Command<SignedIn, super::json::Empty>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, _| reply(series::approve(tx, caller, id.0)?)).await
}

/// Decline a series
///
/// All its requests, or this one and the later ones, as a manager of the host. Both parties get one mail.
#[utoipa::path(operation_id = "decline_series", tag = "series", params(("id" = String, Path)), request_body = Option<SeriesReason>,
    responses((status = 200, body = WholeView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "invalid_transition"]))))]
#[post("/series/{id}/decline")]
pub(super) async fn decline(command: Command<SignedIn, SeriesReason>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, _| reply(series::decline(tx, caller, id.0, body.from_booking_id, &body.read()?)?))
        .await
}

/// New times for the bookings of a series, on the clock at the site. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_booking_id": "019acb30-77aa-7c1e-8f00-5b1f0e7c9a11", "start_time": "10:00"}))]
pub(super) struct SeriesMove {
    /// This booking and the later ones; left out, all that have not begun.
    from_booking_id: Option<BookingId>,
    /// When they start on their day, `HH:MM`.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    start_time: Option<String>,
    /// By how many days each is moved.
    #[serde(default)]
    #[schema(minimum = -366, maximum = 366)]
    shift_days: i64,
    /// How long they last.
    #[schema(minimum = 1, maximum = 527_040)]
    duration_minutes: Option<i64>,
    /// Why the rules give way, by a manager of the host; it goes into the history of each booking for which they do.
    #[schema(min_length = 1, max_length = 2000)]
    override_reason: Option<String>,
}

impl SeriesMove {
    fn read(&self) -> Result<NewTimes, InvalidFields> {
        let mut fields = Fields::default();
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "must be a time such as 09:30");
        let start_time = self.start_time.as_deref().map(|text| fields.take("/start_time", time(text)));
        let shift_days = fields.number("/shift_days", self.shift_days, -366..=366);
        if self.start_time.is_none() && self.shift_days == 0 && self.duration_minutes.is_none() {
            fields.refuse("", "required", "must give start_time, shift_days or duration_minutes");
        }
        let duration = self.duration_minutes.map(|minutes| fields.number("/duration_minutes", minutes, 1..=527_040));
        let override_reason = self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, 2000));
        fields.finish(|| {
            let (start_time, duration_minutes) = (start_time.flatten(), duration.flatten());
            Some(NewTimes { start_time, shift_days: shift_days?, duration_minutes, override_reason: override_reason.flatten() })
        })
    }
}

/// A series whose bookings have other times.
#[derive(Debug, Serialize, ToSchema)]
struct RescheduledSeries {
    #[serde(flatten)]
    series: WholeView,
    /// How much more those that were moved cost together than before, or less; null where the currencies differ.
    #[schema(required)]
    price_difference: Option<Money>,
}

/// Reschedule a series
///
/// By either party: all bookings that have not begun, or this one and the later ones, get a new time of day, another day or
/// another length, all or none of them. For a single one reschedule the booking. Both parties get one mail. Of
/// holds they do where payment comes first; of other holds the customer does when the host moves them.
#[utoipa::path(operation_id = "reschedule_series", tag = "series", params(("id" = String, Path)), request_body = SeriesMove,
    responses((status = 200, body = RescheduledSeries)), extensions(("x-problems" = json!(["not_found", "forbidden",
        "email_not_verified", "invalid_transition", "resource_not_bookable", "booking_rules_violated", "slot_unavailable"]))))]
#[post("/series/{id}/reschedule")]
pub(super) async fn reschedule(command: Command<SignedIn, SeriesMove>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    let state = command.state.clone();
    let moved = command
        .run(move |tx, SignedIn(caller), body, _| {
            let moved = series::reschedule(tx, caller, id.0, body.from_booking_id, &body.read()?)?;
            Reply::ok(&RescheduledSeries { series: moved.whole.into(), price_difference: moved.price_difference })
        })
        .await;
    if moved.as_ref().is_err_and(Problem::has_conflicts) {
        state.services().sweep_series(state.clock.now(), id.0).await?;
    }
    moved
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(preview).service(create).service(list).service(get_one);
    config.service(cancel).service(confirm).service(approve).service(decline).service(reschedule);
}
