//! `/series/{id}/…`: changes of the bookings of a series.

use actix_web::post;
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bookings::{read_accepted_terms, yes};
use super::caller::{Book, Heavy, ManageBookings, May, OverrideRules};
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Command;
use super::series::{WholeView, or_explain, refuse, reply};
use actions::series::{self, LeftOut, NewSlots};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, ResourceId, SeriesId, UserId};
use domain::limits;
use domain::money::Money;
use domain::problem::Code;
use domain::recurrence::MOST_OCCURRENCES;
use domain::said::said;
use domain::series::OnClash;
use domain::terms::AgreedTerms;

/// The bookings of a series to cancel or decline, with the reason.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_booking_id": "019acb30-77aa-7c1e-8f00-5b1f0e7c9a11", "reason": "The project is over."}))]
pub(super) struct SeriesReason {
    /// This booking and all that start later, by their present times. Default: all bookings of the series that are not over.
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
        Code::BookingRulesViolated, Code::NoWayToPay]))))]
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

/// New slots for the bookings of a series. Times are local times of the site. Fields that are not sent stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from_booking_id": "019acb30-77aa-7c1e-8f00-5b1f0e7c9a11", "start_time": "10:00"}))]
pub(super) struct SeriesMove {
    /// This booking and all that start later, by their present times. Default: all bookings of the series that have not begun.
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
    /// Another resource of the same host. At a site in another time zone, the bookings keep their local times.
    resource_id: Option<ResourceId>,
    /// The new quantity of the resource, in its unit.
    #[schema(value_type = Option<limits::Quantity>)]
    quantity: Option<i32>,
    /// The new operator of each booking: a member of the customer with all certifications that the resource requires.
    operated_by: Option<UserId>,
    /// True: reschedule also the bookings that were rescheduled alone (`moved_from`); they belong to the series again. Their own
    /// slots count: each gets the new time, resource and quantity, and keeps its day and what is not sent.
    #[serde(default)]
    #[schema(required = false)]
    include_moved: bool,
    /// The reason to override rules, from a manager of the host. It appears in the history of each booking that breaks a rule.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
}

impl SeriesMove {
    fn read(&self) -> Result<NewSlots, InvalidFields> {
        let mut fields = Fields::default();
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| said!("must be a time such as 09:30"));
        let start_time = self.start_time.as_deref().map(|text| fields.take("/start_time", time(text)));
        let shift_days = fields.number("/shift_days", self.shift_days, limits::ShiftDays::RANGE);
        let is_same_time = self.start_time.is_none() && self.shift_days == 0 && self.duration_minutes.is_none();
        if is_same_time && self.resource_id.is_none() && self.quantity.is_none() && self.operated_by.is_none() {
            let detail = said!("must contain start_time, shift_days, duration_minutes, resource_id, quantity or operated_by");
            fields.refuse("", "required", detail);
        }
        let duration =
            self.duration_minutes.map(|minutes| fields.number("/duration_minutes", minutes, limits::BookingMinutes::RANGE));
        let quantity = self.quantity.map(|quantity| fields.number("/quantity", quantity, limits::Quantity::RANGE));
        let override_reason =
            self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, limits::OverrideReason::RANGE));
        let Self { resource_id, operated_by, include_moved, .. } = *self;
        fields.finish(|| {
            Some(NewSlots {
                start_time: start_time.flatten(),
                shift_days: shift_days?,
                duration_minutes: duration.flatten(),
                resource_id,
                quantity: quantity.flatten(),
                operated_by,
                include_moved,
                override_reason: override_reason.flatten(),
            })
        })
    }
}

/// A series with its bookings in their new slots.
#[derive(Debug, Serialize, ToSchema)]
struct RescheduledSeries {
    #[serde(flatten)]
    series: WholeView,
    /// The new price minus the old price of all moved bookings; negative if they became cheaper. Null if the currencies differ.
    #[schema(required)]
    price_difference: Option<Money>,
    /// The bookings that keep their slots: they have begun (they are checked in, or their start is over), or they were rescheduled
    /// alone (`moved_from`) and `include_moved` is not set.
    kept_booking_ids: Vec<BookingId>,
}

/// A caller who reschedules bookings.
type Mover = May<(Book, ManageBookings, OverrideRules)>;

/// Reschedule a series
///
/// For both parties. Gives all bookings that have not begun, or those from `from_booking_id` on, another time of day, day, length,
/// resource of the same host, quantity or operator: all of them or none. Each is checked like `POST /bookings/{id}/reschedule`. A booking
/// that is checked in has begun, too, and keeps its slot. A booking that was rescheduled alone keeps its slot unless
/// `include_moved` is set. To reschedule one booking, use `POST /bookings/{id}/reschedule`.
///
/// Both parties get one mail, which names the days that were not moved. About holds, both parties get it if payment comes first;
/// otherwise only the customer gets it, and only if the host rescheduled them.
#[utoipa::path(operation_id = "reschedule_series", tag = "series", params(("id" = String, Path)), request_body = SeriesMove,
    responses((status = 200, body = RescheduledSeries)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::ResourceNotBookable, Code::BookingRulesViolated, Code::SlotUnavailable]))))]
#[post("/series/{id}/reschedule")]
pub(super) async fn reschedule(command: Command<Heavy<Mover>, SeriesMove>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    let (state, target) = (command.state.clone(), command.body.resource_id);
    let moved = command
        .run(move |tx, Heavy(May { caller, .. }), body, _| {
            let moved = series::reschedule(tx, caller, id.0, body.from_booking_id, &body.read()?)?;
            let series::Rescheduled { whole, price_difference, kept } = moved;
            Reply::ok(&RescheduledSeries { series: whole.into(), price_difference, kept_booking_ids: kept })
        })
        .await;
    if moved.as_ref().is_err_and(Problem::has_conflicts) {
        state.services().sweep_series(state.clock.now(), id.0, target).await?;
    }
    moved
}

fn dates_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
    let date = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    let list = ArrayBuilder::new().schema_type(SchemaType::from_iter([Type::Array, Type::Null])).items(date);
    let list = list.description(Some(
        "Local dates from `skipped` of the series, at most 200. Default: all that are still to come and have a time.",
    ));
    list.min_items(Some(1)).max_items(Some(MOST_OCCURRENCES)).build()
}

/// Dates that were left out of a series, to book now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LeftOutDates, example = json!({"dates": ["2026-12-08"], "on_clash": "refuse"}))]
pub(super) struct LeftOutBody {
    /// The dates, or none for all that are still to come and have a time.
    #[schema(schema_with = dates_schema, required = false)]
    dates: Option<Vec<NaiveDate>>,
    /// The treatment of the dates if some of them cannot be booked.
    #[serde(default = "refuse")]
    #[schema(default = "refuse", required = false)]
    on_clash: OnClash,
    /// The user who operates the machine, a member of the customer. Default: you.
    operated_by: Option<UserId>,
    /// True: keep the slots as `held` until `expires_at`; confirm the series before.
    #[serde(default)]
    #[schema(required = false)]
    hold: bool,
    /// The reason to override rules, from a manager of the host. It appears in the history of each booking that breaks a rule.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
    /// The terms of the host that you accept with the bookings, each with its current version.
    #[serde(default)]
    #[schema(value_type = limits::AcceptedTerms<AgreedTerms>, required = false)]
    accepted_terms: Vec<AgreedTerms>,
    /// False: the bookings use no prepaid credit of the customer. Default: true.
    #[serde(default = "yes")]
    #[schema(default = true, required = false)]
    use_prepaid: bool,
}

impl LeftOutBody {
    fn read(&self) -> Result<LeftOut, InvalidFields> {
        let mut fields = Fields::default();
        if let Some(dates) = &self.dates {
            fields.list("/dates", dates, 1..=MOST_OCCURRENCES, said!("dates"));
        }
        let override_reason =
            self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, limits::OverrideReason::RANGE));
        let accepted_terms = read_accepted_terms(&mut fields, &self.accepted_terms);
        let Self { on_clash, operated_by, hold, use_prepaid, .. } = *self;
        fields.finish(|| {
            Some(LeftOut {
                dates: self.dates.clone(),
                on_clash,
                operated_by,
                hold,
                override_reason: override_reason.flatten(),
                accepted_terms: accepted_terms?,
                refuses_prepaid: !use_prepaid,
            })
        })
    }
}

/// Book left-out dates of a series
///
/// For the customer. Books dates that were left out of the series (`skipped`), in one transaction, with the time, resource,
/// quantity and note with which the series was requested. Each is checked like a new booking, by today's rules and prices. With
/// `on_clash: refuse`, one date that cannot be booked refuses the request, and the problem lists each such date; the first 3 taken
/// ones get alternatives. With `on_clash: skip`, the other dates are booked, and the refused ones stay in `skipped` with their new
/// reasons. A cancelled booking is not left out; book its time again with `POST /bookings`. Both parties get one mail, as about a
/// new series.
#[utoipa::path(operation_id = "add_series_occurrences", tag = "series", params(("id" = String, Path)),
    request_body = Option<LeftOutBody>, responses((status = 201, body = WholeView)),
    extensions(("x-problems" = json!([Code::NotFound, Code::Forbidden, Code::EmailNotVerified, Code::OrganizationSuspended, Code::InvalidTransition,
        Code::ResourceNotBookable, Code::TermsOutdated, Code::BookingRulesViolated, Code::SlotUnavailable, Code::NoWayToPay]))))]
#[post("/series/{id}/occurrences")]
pub(super) async fn add(command: Command<Heavy<Mover>, LeftOutBody>, id: Id<SeriesId>) -> Result<Reply, Problem> {
    let (state, Heavy(May { caller, .. }), new) = (command.state.clone(), command.caller, command.body.read()?);
    let (asked, asker) = (new.clone(), command.asker);
    let added = command
        .run(move |tx, Heavy(May { caller, .. }), _, _| {
            let whole = series::add(tx, caller, id.0, &new)?;
            Reply::created(format!("/api/v1/series/{}", id.0), &WholeView::from(whole))
        })
        .await;
    let (services, now) = (state.services(), state.clock.now());
    let explain = |refused| async move { services.explain_left_out(now, caller, id.0, asked, refused).await };
    or_explain(&state, asker, added, explain).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(cancel).service(confirm).service(approve).service(decline).service(reschedule).service(add);
}
