//! `/prepaid`: the prepaid credit that customers have with hosts.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{ManageMoney, May, Searching, ViewMoney};
use super::csv::{Column, Row, Sheet};
use super::json::Empty;
use super::notation::Noted;
use super::package_hours::Hours;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::{Command, Read};
use actions::error::Error;
use actions::prepaid::sales::{self, NewRefund};
use actions::prepaid::standing::PrepaidNow;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, InvoiceId, OrganizationId, PackageId, PrepaidEntryId, PrepaidId, TrainingSeatId, UserId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::prepaid::{PaidObject, Prepaid, PrepaidEntryKind, PrepaidState};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::prepaid::StoredEntry;

/// Prepaid credit of a customer with a host, from one sale.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Prepaid)]
pub(super) struct PrepaidView {
    /// The identifier of the object.
    id: PrepaidId,
    /// The package.
    package_id: PackageId,
    /// The name of the package.
    name: String,
    /// The host.
    host_organization_id: OrganizationId,
    /// The name of the host.
    host_organization_name: String,
    /// The customer.
    customer_organization_id: OrganizationId,
    /// The name of the customer.
    customer_organization_name: String,
    /// The invoice of the sale. Null: the host gave the credit for nothing.
    invoice_id: Option<InvoiceId>,
    /// Whether it can be used.
    state: PrepaidState,
    /// The credit as it was sold. Zero: it is a package of hours.
    credit: Money,
    /// Its price; of hours with VAT.
    price: Money,
    /// The credit that is left. Zero: nothing is left, or it is a package of hours.
    credit_left: Money,
    /// The share of the price in the credit or hours that are left: the amount that the host takes back with a refund; of hours with VAT.
    price_left: Money,
    /// The hours as they were sold. Null: it is credit.
    hours: Option<Hours>,
    /// The minutes of hours that are left. Null: it is credit.
    minutes_left: Option<i64>,
    /// The instant from which it cannot be used. If a booking or a seat gives credit back after this instant, the credit that came back can be used
    /// for 30 days from then on.
    expires_at: UtcTime,
    /// The instant at which the host let the customer use it before it was paid for. Null: the host did not.
    released_at: Option<UtcTime>,
    /// The user who bought, sold or gave it.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<PrepaidNow> for PrepaidView {
    fn from(PrepaidNow { prepaid, state, host_name, customer_name }: PrepaidNow) -> Self {
        let [credit, credit_left] = [prepaid.sold, prepaid.left].map(|part| prepaid.credit(part));
        let (price, price_left, minutes_left) = (prepaid.price(), prepaid.price_left(), prepaid.minutes_left());
        let hours = prepaid.hours.map(|hours| Hours::of(prepaid.sold.amount, hours.usable));
        Self {
            id: prepaid.id,
            package_id: prepaid.package_id,
            name: prepaid.name,
            host_organization_id: prepaid.organization_id,
            host_organization_name: host_name,
            customer_organization_id: prepaid.customer_id,
            customer_organization_name: customer_name,
            invoice_id: prepaid.invoice_id,
            state,
            credit,
            price,
            credit_left,
            price_left,
            hours,
            minutes_left,
            expires_at: prepaid.expires_at,
            released_at: prepaid.released_at,
            created_by: prepaid.created_by,
            created_at: prepaid.created_at,
            updated_at: prepaid.updated_at,
        }
    }
}

impl PrepaidView {
    /// Returns the response to a sale.
    pub(super) fn created(sold: PrepaidNow) -> Result<Reply, Error> {
        let (location, revision) = (format!("/api/v1/prepaid/{}", sold.prepaid.id), sold.prepaid.revision);
        Ok(Reply::created(location, &Self::from(sold))?.revision(revision))
    }
}

fn reply(found: PrepaidNow) -> Result<Reply, Error> {
    let revision = found.prepaid.revision;
    Ok(Reply::ok(&PrepaidView::from(found))?.revision(revision))
}

/// Filters for prepaid credit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PrepaidQuery {
    /// True: the credit that the organization has as a customer. Default: false, the credit that it has sold as a host.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    bought: bool,
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the prepaid credit of an organization
///
/// For managers of the organization: the credit that it has with hosts as a customer, or that it has sold as a host. For a spreadsheet
/// there is `GET /organizations/{id}/prepaid.csv`.
#[utoipa::path(operation_id = "list_prepaid", tag = "money", params(("id" = String, Path), PrepaidQuery),
    responses((status = 200, body = Page<PrepaidView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/prepaid")]
pub(super) async fn list(
    read: Read<Searching<May<ViewMoney>>, PrepaidQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the prepaid credit of an organization for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/prepaid`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_prepaid_csv", tag = "money", params(("id" = String, Path), PrepaidQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/prepaid.csv")]
pub(super) async fn list_csv(
    read: Read<Searching<May<ViewMoney>>, PrepaidQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(
    read: Read<Searching<May<ViewMoney>>, PrepaidQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, Searching(May { caller, .. }): Searching<May<ViewMoney>>, query: PrepaidQuery| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(sales::list(tx, caller, id.0, query.bought, order, &paging)?.map(PrepaidView::from))
    };
    sheet.page(read, look).await
}

impl Row for PrepaidView {
    const FILE: &str = "prepaid";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("created_at", "/created_at"),
        ("name", "/name"),
        ("host_organization_id", "/host_organization_id"),
        ("host_organization_name", "/host_organization_name"),
        ("customer_organization_id", "/customer_organization_id"),
        ("customer_organization_name", "/customer_organization_name"),
        ("invoice_id", "/invoice_id"),
        ("state", "/state"),
        ("credit", "/credit/amount"),
        ("price", "/price/amount"),
        ("credit_left", "/credit_left/amount"),
        ("price_left", "/price_left/amount"),
        ("currency", "/credit/currency"),
        ("expires_at", "/expires_at"),
        ("released_at", "/released_at"),
        ("minutes", "/hours/minutes"),
        ("minutes_left", "/minutes_left"),
    ];
}

/// Get prepaid credit
///
/// For managers of the host and of the customer.
#[utoipa::path(operation_id = "get_prepaid", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = PrepaidView)))]
#[get("/prepaid/{id}")]
pub(super) async fn get_one(read: Read<May<ViewMoney>>, id: Id<PrepaidId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(sales::get(tx, caller, id.0)?)).await
}

/// A change of the prepaid credit that is left.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PrepaidEntry)]
pub(super) struct EntryView {
    /// The identifier of the object.
    id: PrepaidEntryId,
    /// The kind.
    kind: PrepaidEntryKind,
    /// The booking that uses the credit or gives it back. Null: no booking.
    booking_id: Option<BookingId>,
    /// The seat in a training that uses the credit or gives it back. Null: no seat.
    training_seat_id: Option<TrainingSeatId>,
    /// The credit. Zero: it is a package of hours.
    credit: Money,
    /// The minutes of a package of hours. Null: it is credit.
    minutes: Option<i64>,
    /// The share of the price in it; of hours without VAT.
    price: Money,
    /// The instant at which the object was created.
    created_at: UtcTime,
}

impl From<(StoredEntry, Prepaid)> for EntryView {
    fn from((StoredEntry { id, entry, created_at }, of): (StoredEntry, Prepaid)) -> Self {
        let (credit, price) = (of.credit(entry.credit), of.money(entry.credit.paid));
        let minutes = of.hours.as_ref().map(|_| entry.credit.amount);
        let (booking_id, training_seat_id) = match entry.paid {
            Some(PaidObject::Booking(booking)) => (Some(booking), None),
            Some(PaidObject::Seat(seat)) => (None, Some(seat)),
            None => (None, None),
        };
        Self { id, kind: entry.kind, booking_id, training_seat_id, credit, minutes, price, created_at }
    }
}

/// Filters for the changes of prepaid credit.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EntriesQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

/// List the changes of prepaid credit
///
/// For managers of the host and of the customer: the bookings and the seats in trainings that use it or give it back, its expiry
/// and its refund.
#[utoipa::path(operation_id = "list_prepaid_entries", tag = "money", params(("id" = String, Path), EntriesQuery),
    responses((status = 200, body = Page<EntryView>)))]
#[get("/prepaid/{id}/entries")]
pub(super) async fn list_entries(read: Read<May<ViewMoney>, EntriesQuery>, id: Id<PrepaidId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let paging = Paging::of(query.limit, query.cursor.as_deref())?;
        let order = query.order.unwrap_or(CreationOrder::CreatedAt);
        Ok(sales::list_entries(tx, caller, id.0, order, &paging)?.map(EntryView::from))
    })
    .await
}

/// Release prepaid credit
///
/// For managers of the host: the customer can use it before it is paid for.
#[utoipa::path(operation_id = "release_prepaid", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = PrepaidView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/prepaid/{id}/release")]
pub(super) async fn release(command: Command<May<(ViewMoney, ManageMoney)>, Empty>, id: Id<PrepaidId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(sales::release(tx, caller, id.0, if_match)?)).await
}

/// A refund of prepaid credit or hours.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = NewRefund, example = json!({"amount": {"amount": 2500, "currency": "GBP"}, "reason": "The laser cutter was sold."}))]
pub(super) struct NewRefundBody {
    /// The credit to take back, at most `credit_left`. Not of a package of hours. Default, and with null: all that is left.
    #[schema(required = false)]
    amount: Option<Money>,
    /// The minutes of a package of hours to take back, at most `minutes_left`. Default, and with null: all that are left.
    #[schema(value_type = Option<limits::DonatedMinutes>, required = false)]
    minutes: Option<i64>,
    /// The reason. Default: empty.
    #[schema(value_type = limits::Note, required = false)]
    reason: String,
}

impl NewRefundBody {
    fn read(&self) -> Result<NewRefund, InvalidFields> {
        let mut fields = Fields::default();
        let amount = self.amount.map(|amount| {
            let units = fields.number("/amount/amount", amount.amount, limits::PaidAmount::RANGE)?;
            Some(Money { amount: units, ..amount })
        });
        let minutes = self.minutes.map(|minutes| fields.number("/minutes", minutes, limits::DonatedMinutes::RANGE));
        let reason = fields.text("/reason", &self.reason, limits::Note::RANGE);
        fields.finish(|| Some(NewRefund { amount: amount.flatten(), minutes: minutes.flatten(), reason: reason? }))
    }
}

/// Refund prepaid credit
///
/// For managers of the host: takes back all credit or hours that are left, or a part. The customer no longer owes its share of the price,
/// and gets a credit note; if the customer has paid, the host records the payment to the customer with `is_refund`.
#[utoipa::path(operation_id = "refund_prepaid", tag = "money", params(("id" = String, Path)), request_body = Option<NewRefundBody>,
    responses((status = 200, body = PrepaidView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/prepaid/{id}/refund")]
pub(super) async fn refund(
    command: Command<May<(ViewMoney, ManageMoney)>, NewRefundBody>,
    id: Id<PrepaidId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| reply(sales::refund(tx, caller, id.0, &body.read()?, if_match)?))
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(list_csv).service(get_one).service(list_entries).service(release).service(refund);
}
