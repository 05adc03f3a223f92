//! `/trainings`: trainings with seats that grant a certification.

use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookings::Reason;
use super::caller::{Anyone, ManageCertifications, ManageTrainings, May, Searching};
use super::csv::{Column, Row, Sheet};
use super::json::Patch;
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Several};
use super::reply::Reply;
use super::request::{Command, Read};
use super::search::{read_near, to_the_metre};
use actions::error::Error;
use actions::trainings::{self, Found};
use domain::fields::{Fields, InvalidFields};
use domain::geo::Near;
use domain::ids::{CertificationKindId, OrganizationId, SiteId, TrainingId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::StartOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use domain::training::{NewTraining, TrainingFields, TrainingStatus};
use storage::db::ReadTx;
use storage::trainings::{Filter, HostFilter, Training, Upcoming};

/// A training.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Training)]
pub(super) struct TrainingView {
    /// The identifier of the object.
    id: TrainingId,
    /// The current state.
    status: TrainingStatus,
    /// The organization that offers the training.
    organization_id: OrganizationId,
    /// The kind of certification.
    certification_kind_id: CertificationKindId,
    /// The site.
    site_id: SiteId,
    /// The name.
    name: String,
    /// The description.
    description: String,
    /// The person who teaches.
    trainer: String,
    /// The price of a seat that is taken now. Null: it is free.
    #[schema(required)]
    price: Option<Money>,
    /// Start of the training (inclusive).
    starts_at: UtcTime,
    /// End of the training (exclusive).
    ends_at: UtcTime,
    /// The number of seats.
    seats: i32,
    /// The number of seats that are still free.
    free_seats: i32,
    /// The reason of a cancellation. Empty if there is none.
    reason: String,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<Training> for TrainingView {
    fn from(training: Training) -> Self {
        let Training { id, organization_id, fields, free_seats, status, reason, created_at, .. } = training;
        Self {
            id,
            status,
            organization_id,
            certification_kind_id: fields.certification_kind_id,
            site_id: fields.site_id,
            name: fields.name,
            description: fields.description,
            trainer: fields.trainer,
            price: fields.price,
            starts_at: fields.interval.starts_at(),
            ends_at: fields.interval.ends_at(),
            seats: fields.seats,
            free_seats,
            reason,
            created_at,
        }
    }
}

fn reply(training: Training) -> Result<Reply, Error> {
    let revision = training.revision;
    Ok(Reply::ok(&TrainingView::from(training))?.revision(revision))
}

/// Create a training
///
/// For managers, at a site of their organization, for a kind of certification that the organization may grant. Every user who
/// can see the training can take a seat.
#[utoipa::path(operation_id = "create_training", tag = "trainings", params(("id" = String, Path)), request_body = NewTraining,
    responses((status = 201, body = TrainingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[post("/organizations/{id}/trainings")]
pub(super) async fn create(
    command: Command<May<ManageTrainings>, NewTraining>,
    id: Id<OrganizationId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let training = trainings::create(tx, caller, id.0, body.read(tx.now)?)?;
            let (location, revision) = (format!("/api/v1/trainings/{}", training.id), training.revision);
            Ok(Reply::created(location, &TrainingView::from(training))?.revision(revision))
        })
        .await
}

/// Filters for trainings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TrainingsQuery {
    /// Only those in this kind of certification.
    #[param(value_type = Option<String>)]
    certification_kind_id: Option<CertificationKindId>,
    /// Only trainings in one of these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<TrainingStatus>>)]
    status: Several<TrainingStatus>,
    /// Only trainings that end after this instant.
    from: Option<UtcTime>,
    /// Only trainings that start before this instant.
    to: Option<UtcTime>,
    /// The order. Default: `starts_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<StartOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the trainings of an organization
///
/// For members of the host, and for everybody while the host has a listed resource. For a spreadsheet there is `GET
/// /organizations/{id}/trainings.csv`.
#[utoipa::path(operation_id = "list_trainings", tag = "trainings", params(("id" = String, Path), TrainingsQuery),
    responses((status = 200, body = Page<TrainingView>)), security((), ("bearer" = [])))]
#[get("/organizations/{id}/trainings")]
pub(super) async fn list(read: Read<Anyone, TrainingsQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the trainings of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/trainings`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_trainings_csv", tag = "trainings", params(("id" = String, Path), TrainingsQuery),
    responses((status = 200, content((String = "text/csv")))), security((), ("bearer" = [])))]
#[get("/organizations/{id}/trainings.csv")]
pub(super) async fn list_csv(read: Read<Anyone, TrainingsQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<Anyone, TrainingsQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, Anyone(caller): Anyone, query: TrainingsQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let TrainingsQuery { certification_kind_id: kind, from, to, .. } = query;
        let filter = HostFilter { kind, statuses: query.status.0, from, to };
        let order = query.order.unwrap_or(StartOrder::StartsAt);
        Ok(trainings::list(tx, caller, id.0, &filter, order, &paging)?.map(TrainingView::from))
    };
    sheet.page(read, look).await
}

impl Row for TrainingView {
    const FILE: &str = "trainings";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("status", "/status"),
        ("organization_id", "/organization_id"),
        ("certification_kind_id", "/certification_kind_id"),
        ("site_id", "/site_id"),
        ("name", "/name"),
        ("description", "/description"),
        ("trainer", "/trainer"),
        ("starts_at", "/starts_at"),
        ("ends_at", "/ends_at"),
        ("seats", "/seats"),
        ("free_seats", "/free_seats"),
        ("price_amount", "/price/amount"),
        ("price_currency", "/price/currency"),
        ("reason", "/reason"),
        ("created_at", "/created_at"),
    ];
}

/// Filters for future trainings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct UpcomingQuery {
    /// Only those in this kind of certification.
    #[param(value_type = Option<String>)]
    certification_kind_id: Option<CertificationKindId>,
    /// Only trainings of this organization.
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// Only trainings in this city. Must match the whole name; case and accents do not matter.
    #[param(value_type = Option<limits::CityFilter>)]
    city: Option<String>,
    /// Only trainings around this position: latitude and longitude in degrees (WGS 84).
    #[param(example = "51.5155,-0.0922")]
    near: Option<String>,
    /// The largest distance from `near` in kilometres. Default: 50. Only allowed together with `near`.
    // Not documented as a schema default: generated clients always send such a default, but this parameter is refused without
    // `near`.
    #[param(value_type = Option<limits::RadiusKm>)]
    radius_km: Option<f64>,
    /// Only trainings that start after this instant. Default, and for past instants: now.
    from: Option<UtcTime>,
    /// Only trainings that start before this instant.
    to: Option<UtcTime>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

impl UpcomingQuery {
    fn read(&self, now: UtcTime) -> Result<(Filter, Option<Near>, Paging), InvalidFields> {
        let mut fields = Fields::default();
        let city = self.city.as_ref().map(|city| fields.text("city", city, limits::CityFilter::RANGE));
        let near = read_near(&mut fields, self.near.as_deref(), self.radius_km);
        let paging = Paging::read(&mut fields, self.limit, self.cursor.as_deref());
        let filter = Filter {
            kind: self.certification_kind_id,
            organization: self.organization_id,
            city: city.flatten().filter(|city| !city.is_empty()),
            area: None,
            from: self.from.unwrap_or(now),
            to: self.to,
        };
        fields.finish(|| Some((filter, near?, paging?)))
    }
}

/// A future training.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UpcomingTraining {
    #[serde(flatten)]
    training: TrainingView,
    /// The name of the organization.
    organization_name: String,
    /// The name of the kind of certification.
    certification_kind_name: String,
    /// The city.
    city: String,
    /// The distance from `near` in kilometres.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    distance_km: Option<f64>,
}

impl From<Found> for UpcomingTraining {
    fn from(Found { upcoming, distance_km }: Found) -> Self {
        let Upcoming { training, organization_name, certification_kind_name, city, .. } = upcoming;
        let distance_km = distance_km.map(to_the_metre);
        Self { training: training.into(), organization_name, certification_kind_name, city, distance_km }
    }
}

/// Search trainings
///
/// Returns the future trainings of all organizations that are visible to every user, ordered by start.
#[utoipa::path(operation_id = "search_trainings", tag = "trainings", params(UpcomingQuery),
    responses((status = 200, body = Page<UpcomingTraining>)), security((), ("bearer" = [])))]
#[get("/trainings")]
pub(super) async fn search(read: Read<Searching<Anyone>, UpcomingQuery>) -> Result<Reply, Problem> {
    read.page(|tx, _, query| {
        let (filter, near, paging) = query.read(tx.now)?;
        Ok(trainings::search(tx, filter, near, &paging)?.map(UpcomingTraining::from))
    })
    .await
}

/// Get a training
///
/// For members of the host, and for everybody while the host has a listed resource. `free_seats` is the number of free seats.
#[utoipa::path(operation_id = "get_training", tag = "trainings", params(("id" = String, Path)),
    responses((status = 200, body = TrainingView)), security((), ("bearer" = [])))]
#[get("/trainings/{id}")]
pub(super) async fn get_one(read: Read<Anyone>, id: Id<TrainingId>) -> Result<Reply, Problem> {
    read.run(move |tx, Anyone(caller), _| reply(trainings::get(tx, caller, id.0)?)).await
}

/// Edit a training
///
/// For managers, before the training begins. The kind of certification cannot be changed. People with a seat keep the price for
/// which they took it. They get a mail about a new time, place, name or trainer, and can cancel their seat.
#[utoipa::path(operation_id = "update_training", tag = "trainings", params(("id" = String, Path)), request_body = NewTraining,
    responses((status = 200, body = TrainingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[patch("/trainings/{id}")]
pub(super) async fn update(command: Command<May<ManageTrainings>, Patch>, id: Id<TrainingId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, patch, if_match| {
            let now = tx.now;
            let edit = |fields: TrainingFields| patch.merge(&NewTraining::from(fields))?.read(now);
            reply(trainings::update(tx, caller, id.0, if_match, edit)?)
        })
        .await
}

/// Cancel a training
///
/// For managers, before the training ends. All people with a seat get a mail.
#[utoipa::path(operation_id = "cancel_training", tag = "trainings", params(("id" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = TrainingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/trainings/{id}/cancel")]
pub(super) async fn cancel(command: Command<May<ManageTrainings>, Reason>, id: Id<TrainingId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, body, _| reply(trainings::cancel(tx, caller, id.0, &body.read()?)?)).await
}

/// The attendance of a training.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"attended": ["019acb2d-9d00-7c4e-b6f2-5a1e0c8b7d10"]}))]
pub(super) struct Attendance {
    /// The users who attended. All other people with a seat are recorded as absent.
    #[schema(value_type = limits::Attendance<UserId>)]
    attended: Vec<UserId>,
}

impl Attendance {
    fn read(&self) -> Result<&[UserId], InvalidFields> {
        let mut fields = Fields::default();
        let attended = fields.list("/attended", &self.attended, limits::Attendance::RANGE, said!("users"));
        fields.finish(|| attended)
    }
}

/// Record the attendance of a training
///
/// For managers, once, after the training has begun. All users who attended get the certification.
#[utoipa::path(operation_id = "record_attendance", tag = "trainings", params(("id" = String, Path)), request_body = Attendance,
    responses((status = 200, body = TrainingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/trainings/{id}/attendance")]
pub(super) async fn attendance(
    command: Command<May<(ManageTrainings, ManageCertifications)>, Attendance>,
    id: Id<TrainingId>,
) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, body, _| reply(trainings::record_attendance(tx, caller, id.0, body.read()?)?)).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(create).service(list).service(list_csv).service(search).service(get_one).service(update).service(cancel);
    config.service(attendance);
}
