//! `/trainings/{id}/seats`: the seats in a training.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::booking_charges::PrepaidUseView;
use super::bookings::{Reason, yes};
use super::caller::{Book, ManageTrainings, May, SignedIn};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::{Id, Ids, PageQuery, Several};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::training_seats;
use domain::ids::{InvoiceId, OrganizationId, TrainingId, TrainingSeatId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use domain::training::{SeatPayer, SeatStatus};
use storage::db::ReadTx;
use storage::training_seats::TrainingSeat;

/// A seat in a training.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrainingSeat)]
pub(super) struct TrainingSeatView {
    /// The identifier of the object.
    id: TrainingSeatId,
    /// The training.
    training_id: TrainingId,
    /// The current state.
    status: SeatStatus,
    /// The user who has the seat.
    user_id: UserId,
    /// The name of the user.
    user_name: String,
    /// The e-mail address of the user.
    user_email: String,
    /// The price for which the seat was taken. Null: it was free.
    #[schema(required)]
    price: Option<Money>,
    /// The organization that pays the price. Null: the service charges nobody.
    customer_organization_id: Option<OrganizationId>,
    /// The invoice over the price and its VAT. Null: the service charges nobody.
    invoice_id: Option<InvoiceId>,
    /// The credit note that took the price back. Null: there is none.
    credit_note_id: Option<InvoiceId>,
    /// The prepaid credit that the seat uses.
    prepaid_uses: Vec<PrepaidUseView>,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<TrainingSeat> for TrainingSeatView {
    fn from(seat: TrainingSeat) -> Self {
        let TrainingSeat { id, training_id, user_id, user_name, user_email, status, price, created_at, charge } = seat;
        Self {
            id,
            training_id,
            status,
            user_id,
            user_name,
            user_email: user_email.to_string(),
            price,
            customer_organization_id: charge.as_ref().map(|charge| charge.customer_id),
            invoice_id: charge.as_ref().map(|charge| charge.invoice_id),
            credit_note_id: charge.as_ref().and_then(|charge| charge.credit_note_id),
            prepaid_uses: charge.into_iter().flat_map(|charge| charge.prepaid).map(PrepaidUseView::from).collect(),
            created_at,
        }
    }
}

/// A seat to be taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSeat, example = json!({"organization_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10"}))]
pub(super) struct NewSeatBody {
    /// The organization that pays the price of the seat: the customer, for which you can book. It gets an invoice with the VAT of the host at
    /// once, and a credit note if the seat is cancelled before the training begins. Default, and with null: the service charges nobody.
    #[serde(default)]
    organization_id: Option<OrganizationId>,
    /// False: the seat uses no prepaid credit of the organization. Default: true.
    #[serde(default = "yes")]
    #[schema(default = true, required = false)]
    use_prepaid: bool,
}

impl Default for NewSeatBody {
    fn default() -> Self {
        Self { organization_id: None, use_prepaid: yes() }
    }
}

/// Take a seat in a training
///
/// For yourself, before the training begins. You get a mail. If an organization pays, its prepaid credit with the host pays the price as
/// far as there is any; packages of hours do not pay for seats.
#[utoipa::path(operation_id = "take_training_seat", tag = "trainings", params(("id" = String, Path)),
    request_body = Option<NewSeatBody>, responses((status = 201, body = TrainingSeatView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::TrainingFull,
        Code::AlreadySeated, Code::NoWayToPay]))))]
#[post("/trainings/{id}/seats")]
pub(super) async fn take(command: Command<May<Book>, NewSeatBody>, id: Id<TrainingId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let refuses_prepaid = !body.use_prepaid;
            let payer = body.organization_id.map(|organization_id| SeatPayer { organization_id, refuses_prepaid });
            let seat = training_seats::take(tx, caller, id.0, payer)?;
            let location = format!("/api/v1/trainings/{}/seats/{}", id.0, seat.id);
            Reply::created(location, &TrainingSeatView::from(seat))
        })
        .await
}

/// Filters for seats in trainings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SeatsQuery {
    /// Only seats in one of these states. Several states: send the parameter several times, or divide them by commas.
    #[serde(default)]
    #[param(value_type = Option<Vec<SeatStatus>>)]
    status: Several<SeatStatus>,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the seats of a training
///
/// Managers of the host see all seats, other users see their own. For a spreadsheet there is `GET /trainings/{id}/seats.csv`.
#[utoipa::path(operation_id = "list_training_seats", tag = "trainings", params(("id" = String, Path), SeatsQuery),
    responses((status = 200, body = Page<TrainingSeatView>)))]
#[get("/trainings/{id}/seats")]
pub(super) async fn list(
    read: Read<May<ManageTrainings>, SeatsQuery>,
    id: Id<TrainingId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the seats of a training for a spreadsheet
///
/// Returns the same page as `GET /trainings/{id}/seats`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_training_seats_csv", tag = "trainings", params(("id" = String, Path), SeatsQuery),
    responses((status = 200, content((String = "text/csv")))))]
#[get("/trainings/{id}/seats.csv")]
pub(super) async fn list_csv(
    read: Read<May<ManageTrainings>, SeatsQuery>,
    id: Id<TrainingId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<May<ManageTrainings>, SeatsQuery>, id: Id<TrainingId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ManageTrainings>, query: SeatsQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(training_seats::list(tx, caller, id.0, &query.status.0, order, &paging)?.map(TrainingSeatView::from))
    };
    sheet.page(read, look).await
}

impl Row for TrainingSeatView {
    const FILE: &str = "training-seats";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("training_id", "/training_id"),
        ("status", "/status"),
        ("user_id", "/user_id"),
        ("user_name", "/user_name"),
        ("user_email", "/user_email"),
        ("price_amount", "/price/amount"),
        ("price_currency", "/price/currency"),
        ("created_at", "/created_at"),
        ("customer_organization_id", "/customer_organization_id"),
        ("invoice_id", "/invoice_id"),
        ("credit_note_id", "/credit_note_id"),
    ];
}

/// List your seats in trainings
///
/// Returns the seats that you have or had, of all organizations. The oldest first.
#[utoipa::path(operation_id = "list_my_training_seats", tag = "trainings", params(PageQuery),
    responses((status = 200, body = Page<TrainingSeatView>)))]
#[get("/me/training-seats")]
pub(super) async fn list_mine(read: Read<SignedIn, PageQuery>) -> Result<Reply, Problem> {
    read.page(|tx, May { caller, .. }, query| {
        Ok(training_seats::list_mine(tx, caller, &query.read()?)?.map(TrainingSeatView::from))
    })
    .await
}

/// Cancel a seat in a training
///
/// For the holder of the seat, and for managers of the host. The seat is free at once, and the holder gets a mail.
#[utoipa::path(operation_id = "cancel_training_seat", tag = "trainings", params(("id" = String, Path), ("seat" = String, Path)),
    request_body = Option<Reason>, responses((status = 200, body = TrainingSeatView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/trainings/{id}/seats/{seat}/cancel")]
pub(super) async fn cancel(
    command: Command<May<ManageTrainings>, Reason>,
    Ids(id, seat): Ids<TrainingId, TrainingSeatId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| {
            let seat = training_seats::cancel(tx, caller, id, seat, &body.read()?)?;
            Reply::ok(&TrainingSeatView::from(seat))
        })
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(take).service(list).service(list_csv).service(list_mine).service(cancel);
}
