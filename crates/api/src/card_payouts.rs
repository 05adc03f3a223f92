//! `/organizations/{id}/payouts` and `/payouts`: the payouts of Stripe to the bank account of a host, and the amounts in them.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::caller::{May, ViewMoney};
use super::csv::{Column, Row, Sheet};
use super::notation::Noted;
use super::problem::Problem;
use super::query::Id;
use super::reply::Reply;
use super::request::Read;
use actions::card_payouts;
use domain::card_payout::{CardPayout, CardPayoutItem, CardPayoutItemKind, CardPayoutState, CardPayoutSums, NewCardPayout};
use domain::ids::{BookingId, CardPaymentId, CardPayoutId, CardPayoutItemId, OrganizationId};
use domain::limits;
use domain::money::Money;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// A payout of Stripe to the bank account of a host.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payout)]
struct PayoutView {
    /// The identifier of the object.
    id: CardPayoutId,
    /// The host.
    host_organization_id: OrganizationId,
    /// The identifier at Stripe.
    stripe_id: String,
    /// The amount. Negative: Stripe takes it from the bank account.
    amount: Money,
    /// The state.
    state: CardPayoutState,
    /// The reason of a failure, as Stripe names it. Null: it has not failed.
    failure: Option<String>,
    /// The date on which the bank account should have it.
    #[schema(value_type = String, format = Date)]
    arrives_on: NaiveDate,
    /// The instant at which Stripe made it.
    made_at: UtcTime,
    /// The instant at which the service learnt of it.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<CardPayout> for PayoutView {
    fn from(payout: CardPayout) -> Self {
        let CardPayout { id, organization_id, made, created_at, updated_at, .. } = payout;
        let NewCardPayout { provider_id, amount, state, failure, arrives_on, made_at } = made;
        Self {
            id,
            host_organization_id: organization_id,
            stripe_id: provider_id,
            amount,
            state,
            failure,
            arrives_on,
            made_at,
            created_at,
            updated_at,
        }
    }
}

impl Row for PayoutView {
    const FILE: &str = "payouts";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("stripe_id", "/stripe_id"),
        ("made_at", "/made_at"),
        ("arrives_on", "/arrives_on"),
        ("amount", "/amount/amount"),
        ("currency", "/amount/currency"),
        ("state", "/state"),
        ("failure", "/failure"),
    ];
}

/// A payout with the sums of the amounts in it.
#[derive(Debug, Serialize, ToSchema)]
struct PayoutWithSums {
    /// The payout.
    #[serde(flatten)]
    payout: PayoutView,
    /// The payments.
    payments: Money,
    /// The amounts that were taken back for refunds and disputes. Not positive.
    refunds: Money,
    /// The commission of the operator of the service, less what was returned. The payout is smaller by it.
    commission: Money,
    /// Other amounts, such as a payout that failed before.
    others: Money,
}

/// An amount in a payout.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayoutItem)]
struct ItemView {
    /// The identifier of the object.
    id: CardPayoutItemId,
    /// The payout.
    payout_id: CardPayoutId,
    /// The kind.
    kind: CardPayoutItemKind,
    /// The kind as Stripe names it.
    stripe_type: String,
    /// The amount before the commission. Negative: it was taken back.
    amount: Money,
    /// The commission on it. Negative: it was returned.
    commission: Money,
    /// The amount by which the payout is larger: `amount` less `commission`.
    net: Money,
    /// The payment by card that it belongs to. Null: none that this service has made.
    card_payment_id: Option<CardPaymentId>,
    /// The booking that was paid for. Null: none.
    booking_id: Option<BookingId>,
    /// The identifier at Stripe.
    stripe_id: String,
    /// The instant at which Stripe booked it.
    made_at: UtcTime,
}

impl ItemView {
    fn new(payout: &CardPayout, item: CardPayoutItem) -> Self {
        let CardPayoutItem { id, made, of } = item;
        let money = |amount| Money { amount, ..payout.made.amount };
        Self {
            id,
            payout_id: payout.id,
            kind: made.kind,
            stripe_type: made.provider_kind,
            amount: money(made.amount),
            commission: money(made.commission),
            net: money(made.amount.saturating_sub(made.commission)),
            card_payment_id: of.map(|(payment, _)| payment),
            booking_id: of.map(|(_, booking)| booking),
            stripe_id: made.provider_id,
            made_at: made.made_at,
        }
    }
}

impl Row for ItemView {
    const FILE: &str = "payout";
    const COLUMNS: &[Column] = &[
        ("id", "/id"),
        ("payout_id", "/payout_id"),
        ("kind", "/kind"),
        ("stripe_type", "/stripe_type"),
        ("amount", "/amount/amount"),
        ("commission", "/commission/amount"),
        ("net", "/net/amount"),
        ("currency", "/amount/currency"),
        ("card_payment_id", "/card_payment_id"),
        ("booking_id", "/booking_id"),
        ("stripe_id", "/stripe_id"),
        ("made_at", "/made_at"),
    ];
}

/// The page of a list of payouts, or of the amounts in one.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PayoutsQuery {
    /// The order. Default: `created_at`. A `cursor` belongs to the order of its page.
    #[param(inline)]
    order: Option<CreationOrder>,
    /// The largest number of items in the page.
    #[param(value_type = Option<limits::PageSize>)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page. Default: the first page.
    cursor: Option<String>,
}

impl PayoutsQuery {
    fn read(&self) -> Result<(CreationOrder, Paging), actions::error::Error> {
        Ok((self.order.unwrap_or(CreationOrder::CreatedAt), Paging::of(self.limit, self.cursor.as_deref())?))
    }
}

/// List the payouts to a host
///
/// For managers of the host: the payouts of Stripe from its account (`/organizations/{id}/card-account`) to its bank account. For a
/// spreadsheet there is `GET /organizations/{id}/payouts.csv`.
#[utoipa::path(operation_id = "list_payouts", tag = "money", params(("id" = String, Path), PayoutsQuery),
    responses((status = 200, body = Page<PayoutView>)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/payouts")]
pub(super) async fn list(
    read: Read<May<ViewMoney>, PayoutsQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

/// List the payouts to a host for a spreadsheet
///
/// Returns the same page as `GET /organizations/{id}/payouts`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_payouts_csv", tag = "money", params(("id" = String, Path), PayoutsQuery),
    responses((status = 200, content((String = "text/csv")))),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified]))))]
#[get("/organizations/{id}/payouts.csv")]
pub(super) async fn list_csv(
    read: Read<May<ViewMoney>, PayoutsQuery>,
    id: Id<OrganizationId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_as(read, id, sheet).await
}

async fn list_as(read: Read<May<ViewMoney>, PayoutsQuery>, id: Id<OrganizationId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ViewMoney>, query: PayoutsQuery| {
        let (order, paging) = query.read()?;
        Ok(card_payouts::list(tx, caller, id.0, order, &paging)?.map(PayoutView::from))
    };
    sheet.page(read, look).await
}

/// Get a payout
///
/// For managers of the host: the payout with the sums of the amounts in it.
#[utoipa::path(operation_id = "get_payout", tag = "money", params(("id" = String, Path)),
    responses((status = 200, body = PayoutWithSums)))]
#[get("/payouts/{id}")]
pub(super) async fn get_one(read: Read<May<ViewMoney>>, id: Id<CardPayoutId>) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| {
        let (payout, CardPayoutSums { payments, refunds, commission, others }) = card_payouts::get(tx, caller, id.0)?;
        let (revision, of) = (payout.revision, payout.made.amount);
        let money = |amount| Money { amount, ..of };
        let view = PayoutWithSums {
            payout: payout.into(),
            payments: money(payments),
            refunds: money(refunds),
            commission: money(commission),
            others: money(others),
        };
        Ok(Reply::ok(&view)?.revision(revision))
    })
    .await
}

/// List the amounts in a payout
///
/// For managers of the host: payments, refunds and other amounts, each with the commission on it. Empty if somebody made the payout by
/// hand at Stripe, which then does not say it. For a spreadsheet there is `GET /payouts/{id}/items.csv`.
#[utoipa::path(operation_id = "list_payout_items", tag = "money", params(("id" = String, Path), PayoutsQuery),
    responses((status = 200, body = Page<ItemView>)))]
#[get("/payouts/{id}/items")]
pub(super) async fn list_items(
    read: Read<May<ViewMoney>, PayoutsQuery>,
    id: Id<CardPayoutId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_items_as(read, id, sheet).await
}

/// List the amounts in a payout for a spreadsheet
///
/// Returns the same page as `GET /payouts/{id}/items`, as CSV: see `GET /bookings.csv`.
#[utoipa::path(operation_id = "list_payout_items_csv", tag = "money", params(("id" = String, Path), PayoutsQuery),
    responses((status = 200, content((String = "text/csv")))))]
#[get("/payouts/{id}/items.csv")]
pub(super) async fn list_items_csv(
    read: Read<May<ViewMoney>, PayoutsQuery>,
    id: Id<CardPayoutId>,
    sheet: Sheet,
) -> Result<Noted, Problem> {
    list_items_as(read, id, sheet).await
}

async fn list_items_as(read: Read<May<ViewMoney>, PayoutsQuery>, id: Id<CardPayoutId>, sheet: Sheet) -> Result<Noted, Problem> {
    let look = move |tx: &mut ReadTx, May { caller, .. }: May<ViewMoney>, query: PayoutsQuery| {
        let (order, paging) = query.read()?;
        let (payout, page) = card_payouts::list_items(tx, caller, id.0, order, &paging)?;
        Ok(page.map(|item| ItemView::new(&payout, item)))
    };
    sheet.page(read, look).await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(list).service(list_csv).service(get_one).service(list_items).service(list_items_csv);
}
