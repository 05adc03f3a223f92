//! `/bookings/{id}/pay`, `/booking-groups/{id}/pay` and `/bookings/{id}/card-payments`: payments by card; `/webhooks/stripe`: the messages of the provider.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, get, post, web};
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{self, Book, Heavy, ManageBookings, May};
use super::json::Empty;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read, receive};
use super::state::State;
use actions::card_payments;
use actions::error::Error;
use domain::card_payment::{
    CardDispute, CardDisputeState, CardPaymentEnding, CardPaymentState, CardPaymentWith, CardRefund, CardRefundState,
};
use domain::ids::{BookingGroupId, BookingId, CardPaymentId, CardRefundId, UserId};
use domain::money::Money;
use domain::paging::Page;
use domain::problem::Code;
use domain::time::UtcTime;

/// A payment by card for a booking. Its state stands apart from that of the booking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardPayment)]
pub(super) struct CardPaymentView {
    /// The identifier of the object.
    id: CardPaymentId,
    /// The booking that is paid for.
    booking_id: BookingId,
    /// The amount. If the booking owes less when it is decided, less is taken.
    amount: Money,
    /// The state.
    state: CardPaymentState,
    /// The page of Stripe on which the customer pays. Null: the customer cannot pay on it any more, or not yet.
    page_url: Option<String>,
    /// The instant at which the page closes. Null: there is no open page.
    page_expires_at: Option<UtcTime>,
    /// True: the page saves the card, and the amount is taken from it when the booking is confirmed. False: the amount is reserved on the
    /// card.
    saves_card: bool,
    /// The instant at which the reservation on the card ends. Null: nothing is reserved.
    reserved_until: Option<UtcTime>,
    /// The amount that was taken. Null: nothing was taken.
    paid: Option<Money>,
    /// The reason for which it ended without a payment. Null: it has not.
    ending: Option<CardPaymentEnding>,
    /// The refunds, the oldest first.
    refunds: Vec<CardRefundView>,
    /// The disputes, the oldest first.
    disputes: Vec<CardDisputeView>,
    /// The user who pays.
    created_by: UserId,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change of the state.
    updated_at: UtcTime,
}

/// A refund to a card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardRefund)]
struct CardRefundView {
    /// The identifier of the object.
    id: CardRefundId,
    /// The amount.
    amount: Money,
    /// The state.
    state: CardRefundState,
    /// The instant at which it was started.
    created_at: UtcTime,
}

/// A dispute about a payment by card: the customer has demanded the money back from its bank.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CardDispute)]
struct CardDisputeView {
    /// The amount.
    amount: Money,
    /// The state.
    state: CardDisputeState,
    /// The instant at which the service learnt of it.
    created_at: UtcTime,
}

impl From<CardPaymentWith> for CardPaymentView {
    fn from(CardPaymentWith { payment, refunds, disputes }: CardPaymentWith) -> Self {
        let money = |amount| Money { amount, ..payment.amount };
        let refund =
            |CardRefund { id, amount, state, created_at, .. }| CardRefundView { id, amount: money(amount), state, created_at };
        let dispute =
            |CardDispute { amount, state, created_at, .. }| CardDisputeView { amount: money(amount), state, created_at };
        let is_open = payment.state == CardPaymentState::Open;
        Self {
            id: payment.id,
            booking_id: payment.booking_id,
            amount: payment.amount,
            state: payment.state,
            page_url: payment.session_url.filter(|_| is_open),
            page_expires_at: is_open.then_some(payment.session_expires_at),
            saves_card: payment.saves_card,
            reserved_until: payment.capture_before.filter(|_| payment.state == CardPaymentState::Authorized),
            paid: (payment.captured > 0).then(|| money(payment.captured)),
            ending: payment.ending,
            refunds: refunds.into_iter().map(refund).collect(),
            disputes: disputes.into_iter().map(dispute).collect(),
            created_by: payment.created_by,
            created_at: payment.created_at,
            updated_at: payment.updated_at,
        }
    }
}

/// Pay for a booking by card
///
/// For members of the customer, if the host takes payments by card (`ways_to_pay`). Returns the payment with the page of Stripe on which
/// the customer pays (`page_url`); while it is open, a repetition returns the same page. No card data reaches this service.
///
/// - A booking that waits for the payment stays held until the page closes, and for 15 minutes after that. When the amount is reserved on
///   the card, the booking is confirmed, or becomes a request if the host approves bookings. The amount is taken when the booking is
///   confirmed. Of a request that is declined or expires, the reservation is released.
/// - Where the host can approve a request more than 4 days and 17 hours from now, no reservation lasts long enough. The page then saves the
///   card (`saves_card`), and the amount is taken from it when the host approves the request. If the bank refuses the payment, or wants the customer to
///   authenticate, the booking is held for 24 hours, at most until its start; the customer gets a mail, and pays on a new page.
/// - A confirmed booking can be paid, too, and a fee. The amount is what the booking owes and what was not paid for it.
///
/// When the booking owes less than was paid for it by card, the service pays the difference back.
#[utoipa::path(operation_id = "pay_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = CardPaymentView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::CardNotAccepted,
        Code::CardPaymentNotPossible, Code::PaymentProviderUnavailable]))))]
#[post("/bookings/{id}/pay")]
pub(super) async fn pay(command: Command<May<(Book, ManageBookings)>, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command
        .run_prepared(
            async move |state: &State, May { caller, .. }, _| Ok(state.card_payments.pay(caller, id.0).await?),
            move |tx, May { caller, .. }, paid, _| {
                let all = card_payments::list(tx, caller, id.0)?;
                let payment = all.into_iter().find(|one| one.payment.id == paid.id).ok_or_else(Error::not_found)?;
                let revision = payment.payment.revision;
                Ok(Reply::ok(&CardPaymentView::from(payment))?.revision(revision))
            },
        )
        .await
}

/// The payments by card for the bookings of a group, which have one page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GroupPayment)]
struct GroupPaymentView {
    /// The page of Stripe on which the customer saves a card for all payments.
    page_url: String,
    /// The instant at which the page closes.
    page_expires_at: UtcTime,
    /// The payments, one for each booking that can be paid now, by the start of the booking.
    payments: Vec<CardPaymentView>,
}

/// Pay for a booking group by card
///
/// For members of the customer. Starts a payment for each booking of the group that can be paid by card now, also with several hosts, and
/// returns them with one page of Stripe, on which the customer saves a card once (`saves_card`). While it is open, a repetition returns the
/// same page. Other open pages of the group are closed.
///
/// - Bookings that wait for their payments stay held until the page closes, and for 15 minutes after that. When the card is saved, they are
///   confirmed, or become requests where the host approves bookings.
/// - The amount of each booking is taken from the card when the booking is confirmed; of a request that is declined or expires, nothing is
///   taken. If the bank refuses the payment, or wants the customer to authenticate, the booking is held for 24 hours, at most until its
///   start; the customer gets a mail, and pays on a new page.
#[utoipa::path(operation_id = "pay_booking_group", tag = "booking-groups", params(("id" = String, Path)),
    responses((status = 200, body = GroupPaymentView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition, Code::CardNotAccepted,
        Code::CardPaymentNotPossible, Code::PaymentProviderUnavailable]))))]
#[post("/booking-groups/{id}/pay")]
pub(super) async fn pay_group(
    command: Command<Heavy<May<(Book, ManageBookings)>>, Empty>,
    id: Id<BookingGroupId>,
) -> Result<Reply, Problem> {
    command
        .run_prepared(
            async move |state: &State, Heavy(May { caller, .. }), _| Ok(state.card_payments.pay_group(caller, id.0).await?),
            move |tx, Heavy(May { caller, .. }), started, _| {
                let mut payments = Vec::new();
                for one in started {
                    let all = card_payments::list(tx, caller, one.booking_id)?;
                    payments.extend(all.into_iter().filter(|found| found.payment.id == one.id).map(CardPaymentView::from));
                }
                let page = payments.iter().find_map(|one| Some((one.page_url.clone()?, one.page_expires_at?)));
                // Somebody else has just closed it.
                let Some((page_url, page_expires_at)) = page else {
                    return Err(Error::refused(Code::PaymentProviderUnavailable));
                };
                Reply::ok(&GroupPaymentView { page_url, page_expires_at, payments })
            },
        )
        .await
}

/// List the payments by card for a booking
///
/// For both parties, the oldest first, with refunds and disputes.
#[utoipa::path(operation_id = "list_card_payments", tag = "bookings", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<CardPaymentView>)))]
#[get("/bookings/{id}/card-payments")]
pub(super) async fn list(read: Read<May<ManageBookings>, PageQuery>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let all = card_payments::list(tx, caller, id.0)?;
        Ok(query.read()?.page_of(all, |one| one.payment.id.to_string()).map(CardPaymentView::from))
    })
    .await
}

/// A message of Stripe as it arrives.
pub(super) struct Message {
    state: web::Data<State>,
    signature: String,
    body: web::Bytes,
}

impl FromRequest for Message {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;
    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            let state = caller::state(&req)?.clone();
            let signature = req.headers().get("Stripe-Signature").and_then(|value| value.to_str().ok());
            let signature = signature.unwrap_or_default().to_owned();
            let body = receive(&req, &mut payload, &state).await?;
            Ok(Self { state, signature, body })
        })
    }
}

/// An event of Stripe: an object has changed. Only the identifiers of the event and of the object are read; the service asks Stripe for
/// the object.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "evt_1NG8Du2eZvKYlo2C", "type": "checkout.session.completed", "data": {"object": {"id": "cs_test_a1"}}
}))]
struct StripeEvent {}

/// Receive an event of Stripe
///
/// For Stripe, which signs each event with the webhook secret (`Stripe-Signature`). Events can arrive twice, late and in any order. The
/// service stores the event and responds; a job then asks Stripe about the payment.
#[utoipa::path(operation_id = "receive_stripe_event", tag = "service", request_body = StripeEvent, responses((status = 204)), security(()),
    extensions(("x-problems" = json!([Code::InvalidSignature])), ("x-not-kept" = json!(true))))]
#[post("/webhooks/stripe")]
pub(super) async fn receive_event(message: Message) -> Result<Reply, Problem> {
    message.state.card_payments.receive(&message.signature, &message.body).await?;
    Ok(Reply::no_content())
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(pay).service(pay_group).service(list).service(receive_event);
}
