//! `/bookings/{id}/…`: what can be done with a booking.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bookings::{BookingView, Reason, or_explain, reply};
use super::caller::SignedIn;
use super::json::Empty;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use actions::bookings::{self, NewSlot};
use domain::booking::{BookingStatus, Side};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, ResourceId, UserId};
use domain::money::Money;
use domain::paging::Page;
use domain::rules::Violation;
use domain::time::UtcTime;
use storage::audit::Entry;

/// Confirm a hold
///
/// Makes a booking of it, or a request where the host approves bookings, before it runs out. Where
/// payment comes first, a manager of the host confirms that it has arrived. While the resource is out of order at the start,
/// only a manager of the host can confirm the hold. What the host has offered is for the customer to confirm, and needs no
/// approval.
#[utoipa::path(operation_id = "confirm_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition",
        "booking_rules_violated"]))))]
#[post("/bookings/{id}/confirm")]
pub(super) async fn confirm(command: Command<SignedIn, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, if_match| reply(bookings::confirm(tx, caller, id.0, if_match)?)).await
}

/// Cancel a booking
///
/// By either party, before its time is over; what is confirmed, by the customer only before the cut-off of the rules that it was
/// made under, unless the resource is out of order at its start. Its capacity is free at once, and both hear of it, unless its
/// customer lets a hold go that need not be paid for and that the host has not offered.
#[utoipa::path(operation_id = "cancel_booking", tag = "bookings", params(("id" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition",
        "booking_rules_violated"]))))]
#[post("/bookings/{id}/cancel")]
pub(super) async fn cancel(command: Command<SignedIn, Reason>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, if_match| reply(bookings::cancel(tx, caller, id.0, &body.read()?, if_match)?))
        .await
}

/// Approve a request
///
/// As a manager of the host.
#[utoipa::path(operation_id = "approve_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition"]))))]
#[post("/bookings/{id}/approve")]
pub(super) async fn approve(command: Command<SignedIn, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, if_match| reply(bookings::approve(tx, caller, id.0, if_match)?)).await
}

/// Decline a request
///
/// As a manager of the host. Its capacity is free at once.
#[utoipa::path(operation_id = "decline_booking", tag = "bookings", params(("id" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition"]))))]
#[post("/bookings/{id}/decline")]
pub(super) async fn decline(command: Command<SignedIn, Reason>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, SignedIn(caller), body, if_match| reply(bookings::decline(tx, caller, id.0, &body.read()?, if_match)?))
        .await
}

/// Check in
///
/// The customer has come: by either party, from `check_in_minutes` before the start until the end. Who
/// operates the machine must still be certified for it, unless a manager of the host checks them in.
#[utoipa::path(operation_id = "check_in_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition", "booking_rules_violated"]))))]
#[post("/bookings/{id}/check-in")]
pub(super) async fn check_in(command: Command<SignedIn, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, if_match| reply(bookings::check_in(tx, caller, id.0, if_match)?)).await
}

/// Check out
///
/// The customer has left: by either party. The rest of the time is free at once.
#[utoipa::path(operation_id = "check_out_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition"]))))]
#[post("/bookings/{id}/check-out")]
pub(super) async fn check_out(command: Command<SignedIn, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, if_match| reply(bookings::check_out(tx, caller, id.0, if_match)?)).await
}

/// Note a no-show
///
/// Nobody came: by a manager of the host, from the start. The rest of the time is free at once. With
/// `no_show_minutes` in the rules this happens by itself.
#[utoipa::path(operation_id = "no_show_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition"]))))]
#[post("/bookings/{id}/no-show")]
pub(super) async fn no_show(command: Command<SignedIn, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, SignedIn(caller), _, if_match| reply(bookings::no_show(tx, caller, id.0, if_match)?)).await
}

/// The slot that a booking shall have; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSlot, example = json!({"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}))]
pub(super) struct NewSlotBody {
    /// Another resource of the same host.
    resource_id: Option<ResourceId>,
    /// From this instant; without `ends_at` the booking stays as long as it is
    starts_at: Option<UtcTime>,
    /// up to but not including this one, at most 366 days later.
    ends_at: Option<UtcTime>,
    /// How much of the resource.
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: Option<i32>,
    /// Another member of the customer to work at the machine.
    operated_by: Option<UserId>,
    /// Why the rules give way, by a manager of the host; it goes into the booking's history.
    #[schema(min_length = 1, max_length = 2000)]
    override_reason: Option<String>,
}

impl NewSlotBody {
    fn read(&self) -> Result<NewSlot, InvalidFields> {
        let mut fields = Fields::default();
        let quantity = self.quantity.map(|quantity| fields.number("/quantity", quantity, 1..=1_000_000));
        let override_reason = self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, 2000));
        let Self { resource_id, starts_at, ends_at, operated_by, .. } = *self;
        let (quantity, override_reason) = (quantity.flatten(), override_reason.flatten());
        fields.finish(|| Some(NewSlot { resource_id, starts_at, ends_at, quantity, operated_by, override_reason }))
    }
}

/// A booking in its new slot.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RescheduledBooking {
    #[serde(flatten)]
    booking: BookingView,
    /// How much more it costs than before, or less; null where the currencies differ.
    #[schema(required)]
    price_difference: Option<Money>,
}

/// Reschedule a booking
///
/// To another time, quantity or resource of the same host, in one move: the old slot is not lost
/// before the new one is won. The booking keeps its id, its history and its calendar entry, and while it stays on its resource
/// the rules and the tariff that it was made under; the new slot is judged by the rules of today. Less of what was agreed is
/// judged by no rule but the cut-off, whole minutes, and the certification of whoever is newly named to operate it. It is priced
/// anew, but for what the host moves the customer does not owe more. What has begun keeps its start, so that it can be made
/// longer or shorter. Where nothing would change, nothing happens.
#[utoipa::path(operation_id = "reschedule_booking", tag = "bookings", params(("id" = String, Path)), request_body = NewSlotBody,
    responses((status = 200, body = RescheduledBooking)),
    extensions(("x-problems" = json!(["not_found", "forbidden", "email_not_verified", "precondition_failed", "invalid_transition",
        "resource_not_bookable", "booking_rules_violated", "slot_unavailable"]))))]
#[post("/bookings/{id}/reschedule")]
pub(super) async fn reschedule(command: Command<SignedIn, NewSlotBody>, id: Id<BookingId>) -> Result<Reply, Problem> {
    let (state, SignedIn(caller)) = (command.state.clone(), command.caller);
    let (new, asked) = (command.body.read()?, command.body.read()?);
    let moved = command
        .run(move |tx, SignedIn(caller), _, if_match| {
            let moved = bookings::reschedule(tx, caller, id.0, &new, if_match)?;
            let revision = moved.booking.revision;
            let view = RescheduledBooking { booking: moved.booking.into(), price_difference: moved.price_difference };
            Ok(Reply::ok(&view)?.revision(revision))
        })
        .await;
    or_explain(moved, async || state.services().explain_move(state.clock.now(), caller, id.0, asked).await).await
}

/// Something that has happened to a booking.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BookingChange {
    at: UtcTime,
    /// What was done, such as `create`, `check_in` or `name_operator`.
    action: String,
    /// On whose behalf.
    side: Side,
    /// By whom; null where the service did it by itself.
    user_id: Option<UserId>,
    /// Their name.
    user_name: Option<String>,
    /// The state that it came into.
    status: BookingStatus,
    starts_at: UtcTime,
    ends_at: UtcTime,
    quantity: i32,
    resource_id: ResourceId,
    price: Money,
    /// The user who was to work at the machine from then on, if anybody was named.
    operated_by: Option<UserId>,
    /// Why, where a reason was given; for rules that gave way, why they did.
    reason: String,
    /// The rules that a manager of the host has overridden.
    overridden: Vec<Violation>,
}

/// What [`BookingChange`] tells of the detail of an entry.
#[derive(Debug, Deserialize)]
struct Detail {
    side: Side,
    status: BookingStatus,
    starts_at: UtcTime,
    ends_at: UtcTime,
    quantity: i32,
    resource_id: ResourceId,
    price: Money,
    operated_by: Option<UserId>,
    reason: String,
    override_reason: Option<String>,
    #[serde(default)]
    overridden: Vec<Violation>,
}

impl BookingChange {
    fn read(entry: Entry) -> Option<Self> {
        let detail: Detail = serde_json::from_value(entry.detail.0).ok()?;
        Some(Self {
            at: entry.at,
            action: entry.action.strip_prefix("booking.")?.to_owned(),
            side: detail.side,
            user_id: entry.user_id,
            user_name: entry.user_name,
            status: detail.status,
            starts_at: detail.starts_at,
            ends_at: detail.ends_at,
            quantity: detail.quantity,
            resource_id: detail.resource_id,
            price: detail.price,
            operated_by: detail.operated_by,
            reason: detail.override_reason.unwrap_or(detail.reason),
            overridden: detail.overridden,
        })
    }
}

/// The history of a booking
///
/// What has happened to it, when and by whom, the first first.
#[utoipa::path(operation_id = "list_booking_history", tag = "bookings", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<BookingChange>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/bookings/{id}/history")]
pub(super) async fn history(read: Read<SignedIn, PageQuery>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.page(move |tx, SignedIn(caller), query| {
        let page = bookings::history(tx, caller, id.0, &query.read()?)?;
        let items = page.items.into_iter().filter_map(BookingChange::read).collect();
        Ok(Page { items, next_cursor: page.next_cursor })
    })
    .await
}

/// The endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(confirm).service(cancel).service(approve).service(decline).service(check_in).service(check_out);
    config.service(no_show).service(reschedule).service(history);
}
