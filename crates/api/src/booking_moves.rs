//! `/bookings/{id}/…`: changes of the state of a booking.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bookings::{BookingView, Reason, or_explain, reply};
use super::caller::{Book, ManageBookings, ManageMoney, May, OverrideRules};
use super::json::Empty;
use super::problem::Problem;
use super::query::{Id, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use super::spoken::spoken;
use actions::bookings::{self, NewDepositReturn, Reschedule};
use domain::booking::change::{HistoryDetail, Overridden};
use domain::booking::{BookingStatus, Side};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{ApiKeyId, BookingId, BookingProposalId, ResourceId, UserId};
use domain::limits;
use domain::money::Money;
use domain::paging::Page;
use domain::problem::Code;
use domain::rules::Violation;
use domain::time::UtcTime;
use storage::audit::Entry;

/// Confirm a hold
///
/// Turns a hold into a confirmed booking, or into a request if the host approves bookings. The customer confirms a hold before
/// it expires. If payment comes first, a manager of the host confirms the hold when the payment has arrived. A booking that the
/// host offered is confirmed by the customer and needs no approval. If the resource is out of order at the start of the
/// booking, only a manager of the host can confirm the hold.
#[utoipa::path(operation_id = "confirm_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition, Code::BookingRulesViolated, Code::NoWayToPay]))))]
#[post("/bookings/{id}/confirm")]
pub(super) async fn confirm(command: Command<May<(Book, ManageBookings)>, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(bookings::confirm(tx, caller, id.0, if_match)?)).await
}

/// Cancel a booking
///
/// For both parties, before the end of the booking. The customer can cancel a confirmed booking until the cut-off of the rules
/// that the booking was made under (`changeable_until`); if the resource is out of order at its start, the cut-off does not
/// apply. The capacity is free at once. Both parties get a mail, unless the customer cancels a hold that only the customer had
/// to confirm.
#[utoipa::path(operation_id = "cancel_booking", tag = "bookings", params(("id" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition, Code::BookingRulesViolated]))))]
#[post("/bookings/{id}/cancel")]
pub(super) async fn cancel(command: Command<May<(Book, ManageBookings)>, Reason>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| reply(bookings::cancel(tx, caller, id.0, &body.read()?, if_match)?))
        .await
}

/// Approve a request
///
/// For managers of the host. The request becomes a confirmed booking.
#[utoipa::path(operation_id = "approve_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bookings/{id}/approve")]
pub(super) async fn approve(command: Command<May<(Book, ManageBookings)>, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(bookings::approve(tx, caller, id.0, if_match)?)).await
}

/// Decline a request
///
/// For managers of the host. The capacity is free at once.
#[utoipa::path(operation_id = "decline_booking", tag = "bookings", params(("id" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bookings/{id}/decline")]
pub(super) async fn decline(command: Command<May<(Book, ManageBookings)>, Reason>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| reply(bookings::decline(tx, caller, id.0, &body.read()?, if_match)?))
        .await
}

/// Check in a booking
///
/// For both parties, from `check_in_minutes` before the start until the end: records that the use has begun. The person who
/// operates the machine must still hold the required certifications, unless a manager of the host does the check-in. While other
/// bookings are still in use and leave too little of the resource, the check-in is refused (`still_in_use`); a manager of the host can
/// override it.
#[utoipa::path(operation_id = "check_in_booking", tag = "bookings", params(("id" = String, Path)),
    request_body = Option<CheckInBody>, responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition, Code::BookingRulesViolated]))))]
#[post("/bookings/{id}/check-in")]
pub(super) async fn check_in(
    command: Command<May<(Book, ManageBookings, OverrideRules)>, CheckInBody>,
    id: Id<BookingId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| {
            reply(bookings::check_in(tx, caller, id.0, body.read()?.as_deref(), if_match)?)
        })
        .await
}

/// A check-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckIn, example = json!({"override_reason": "The machine was left in order, the check-out was forgotten."}))]
pub(super) struct CheckInBody {
    /// The reason to override rules, from a manager of the host. It appears in the history of the booking.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
}

impl CheckInBody {
    fn read(&self) -> Result<Option<String>, InvalidFields> {
        let mut fields = Fields::default();
        let reason =
            self.override_reason.as_ref().map(|reason| fields.text("/override_reason", reason, limits::OverrideReason::RANGE));
        fields.finish(|| Some(reason.flatten()))
    }
}

/// Check out a booking
///
/// For both parties: records that the use has ended. The rest of the booked time is free at once, after the buffer. Before the start it
/// takes the check-in back: the booking is confirmed again. 12 hours after its end, a booking that nobody has checked out is
/// `completed`.
#[utoipa::path(operation_id = "check_out_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bookings/{id}/check-out")]
pub(super) async fn check_out(command: Command<May<(Book, ManageBookings)>, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(bookings::check_out(tx, caller, id.0, if_match)?)).await
}

/// Record a no-show
///
/// For managers of the host, from the start of the booking until its end: records that the customer did not come. The rest of the
/// booked time is free at once. At its end, a confirmed booking is `completed`. If the rules set `no_show_minutes`, the service records the no-show itself.
#[utoipa::path(operation_id = "no_show_booking", tag = "bookings", params(("id" = String, Path)),
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bookings/{id}/no-show")]
pub(super) async fn no_show(command: Command<May<(Book, ManageBookings)>, Empty>, id: Id<BookingId>) -> Result<Reply, Problem> {
    command.run(move |tx, May { caller, .. }, _, if_match| reply(bookings::no_show(tx, caller, id.0, if_match)?)).await
}

/// Waive the fee of a booking
///
/// For managers of the host: the customer no longer owes the fee for a late cancellation, a no-show or time beyond the end. The customer
/// gets a mail with the reason.
#[utoipa::path(operation_id = "waive_booking_fee", tag = "bookings", params(("id" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bookings/{id}/waive-fee")]
pub(super) async fn waive_fee(
    command: Command<May<(ManageBookings, ManageMoney)>, Reason>,
    id: Id<BookingId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| reply(bookings::waive_fee(tx, caller, id.0, &body.read()?, if_match)?))
        .await
}

/// The return of a deposit.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDepositReturn, example = json!({"kept": 2500, "reason": "The lens was scratched."}))]
pub(super) struct NewDepositReturnBody {
    /// The amount that the host keeps, in minor units of the currency of the booking. The rest is returned. Default: 0.
    #[serde(default)]
    #[schema(value_type = limits::Charge)]
    kept: i64,
    /// The reason, which both parties can read. Required if a part is kept.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    reason: String,
}

/// Return the deposit of a booking
///
/// For managers of the host, after the use or a no-show: returns the deposit, or keeps a part of it with a reason. The customer gets a mail. A
/// later return replaces an earlier one. The service itself returns a deposit that the host still holds 14 days after the end.
#[utoipa::path(operation_id = "return_booking_deposit", tag = "bookings", params(("id" = String, Path)),
    request_body = Option<NewDepositReturnBody>, responses((status = 200, body = BookingView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition]))))]
#[post("/bookings/{id}/return-deposit")]
pub(super) async fn return_deposit(
    command: Command<May<(ManageBookings, ManageMoney)>, NewDepositReturnBody>,
    id: Id<BookingId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, if_match| {
            reply(bookings::return_deposit(tx, caller, id.0, &NewDepositReturn::read(body.kept, &body.reason)?, if_match)?)
        })
        .await
}

/// The new slot of a booking. Fields that are not sent stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSlot, example = json!({"starts_at": "2026-12-01T10:00:00Z", "ends_at": "2026-12-01T14:00:00Z"}))]
pub(super) struct NewSlotBody {
    /// Another resource of the same host.
    resource_id: Option<ResourceId>,
    /// The new start (inclusive). Without `ends_at`, the booking keeps its length.
    starts_at: Option<UtcTime>,
    /// The new end (exclusive), at most 366 days after the start.
    ends_at: Option<UtcTime>,
    /// The new quantity of the resource, in its unit.
    #[schema(value_type = Option<limits::Quantity>)]
    quantity: Option<i32>,
    /// The new operator of the machine, a member of the customer.
    operated_by: Option<UserId>,
    /// The reason to override rules, from a manager of the host. It appears in the history of the booking.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
}

impl NewSlotBody {
    fn read(&self) -> Result<Reschedule, InvalidFields> {
        let mut fields = Fields::default();
        let Self { resource_id, starts_at, ends_at, operated_by, .. } = *self;
        let slot = read_slot(&mut fields, self.quantity, self.override_reason.as_deref());
        fields.finish(|| Some(Reschedule { resource_id, starts_at, ends_at, operated_by, ..slot }))
    }
}

/// Reads the fields of another slot whose values are limited.
pub(super) fn read_slot(fields: &mut Fields, quantity: Option<i32>, override_reason: Option<&str>) -> Reschedule {
    Reschedule {
        quantity: quantity.and_then(|quantity| fields.number("/quantity", quantity, limits::Quantity::RANGE)),
        override_reason: override_reason
            .and_then(|reason| fields.text("/override_reason", reason, limits::OverrideReason::RANGE)),
        ..Reschedule::default()
    }
}

/// A booking in its new slot.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RescheduledBooking {
    #[serde(flatten)]
    booking: BookingView,
    /// The new price minus the old price; negative if the booking became cheaper. Null if the currencies differ.
    #[schema(required)]
    price_difference: Option<Money>,
}

/// Reschedule a booking
///
/// Moves a booking to another time, quantity or resource of the same host in one step: the old slot is given up only if the new
/// one is free. The booking keeps its id, history and calendar entry. On the same resource it also keeps its agreed rules and
/// tariff, but the new slot must follow the current rules.
///
/// A change that only reduces the booking is checked against the cut-off, whole minutes, the grid and the shortest length that the
/// booking was made under, and, for a new operator, the certifications. The price is computed again; if the host reschedules, the customer never pays
/// more than before. A booking in use keeps its start and can be made longer or shorter. A request that changes nothing has no
/// effect. A booking of a series remembers the slot that it left (`moved_from`), so that a move of the series leaves it as it is.
#[utoipa::path(operation_id = "reschedule_booking", tag = "bookings", params(("id" = String, Path)), request_body = NewSlotBody,
    responses((status = 200, body = RescheduledBooking)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::PreconditionFailed,
        Code::InvalidTransition, Code::ResourceNotBookable, Code::BookingRulesViolated, Code::SlotUnavailable]))))]
#[post("/bookings/{id}/reschedule")]
pub(super) async fn reschedule(
    command: Command<May<(Book, ManageBookings, OverrideRules)>, NewSlotBody>,
    id: Id<BookingId>,
) -> Result<Reply, Problem> {
    let (state, May { caller, .. }, asker) = (command.state.clone(), command.caller, command.asker);
    let (new, asked) = (command.body.read()?, command.body.read()?);
    let moved = command
        .run(move |tx, May { caller, .. }, _, if_match| {
            let moved = bookings::reschedule(tx, caller, id.0, &new, if_match)?;
            let revision = moved.booking.revision;
            let view = RescheduledBooking { booking: moved.booking.into(), price_difference: moved.price_difference };
            Ok(Reply::ok(&view)?.revision(revision))
        })
        .await;
    let (services, now) = (state.services(), state.clock.now());
    or_explain(&state, asker, moved, async move { services.explain_move(now, caller, id.0, asked).await }).await
}

/// One entry in the history of a booking.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BookingChange {
    /// The instant of the action.
    at: UtcTime,
    /// The action, such as `create`, `check_in` or `name_operator`.
    action: String,
    /// The side that acted.
    side: Side,
    /// The user who acted. Null: an API key or the service acted without a user.
    user_id: Option<UserId>,
    /// The name of that user.
    user_name: Option<String>,
    /// The API key that acted. Null: no key.
    #[schema(required)]
    api_key_id: Option<ApiKeyId>,
    /// The name of that API key.
    #[schema(required)]
    api_key_name: Option<String>,
    /// The state of the booking after the action.
    status: BookingStatus,
    /// Start after the action (inclusive).
    starts_at: UtcTime,
    /// End after the action (exclusive).
    ends_at: UtcTime,
    /// The quantity after the action.
    quantity: i32,
    /// The resource after the action.
    resource_id: ResourceId,
    /// The price after the action.
    price: Money,
    /// The user who operates the machine from then on, if the action named one.
    operated_by: Option<UserId>,
    /// The reason that was given, also the reason for overriding rules. Empty if there is none.
    reason: String,
    /// The rules that a manager of the host overrode.
    overridden: Vec<Violation>,
    /// The proposal that was made, accepted, declined or withdrawn, or that lapsed. Null: the action is about no proposal.
    #[schema(required)]
    proposal_id: Option<BookingProposalId>,
}

impl BookingChange {
    fn read(entry: Entry) -> Option<Self> {
        let detail: HistoryDetail = serde_json::from_value(entry.detail.0).ok()?;
        let (reason, overridden) = match detail.overridden {
            Some(Overridden { violations, reason }) => (reason, spoken(violations)),
            None => (detail.reason, Vec::new()),
        };
        Some(Self {
            at: entry.at,
            action: entry.action.strip_prefix("booking.")?.to_owned(),
            side: detail.side,
            user_id: entry.user_id,
            user_name: entry.user_name,
            api_key_id: entry.api_key_id,
            api_key_name: entry.api_key_name,
            status: detail.status,
            starts_at: detail.starts_at,
            ends_at: detail.ends_at,
            quantity: detail.quantity,
            resource_id: detail.resource_id,
            price: detail.price,
            operated_by: detail.operated_by,
            reason,
            overridden,
            proposal_id: detail.proposal.map(|proposal| proposal.id),
        })
    }
}

/// List the history of a booking
///
/// All changes of the booking, the oldest first, with time and user.
#[utoipa::path(operation_id = "list_booking_history", tag = "bookings", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<BookingChange>)))]
#[get("/bookings/{id}/history")]
pub(super) async fn history(read: Read<May<ManageBookings>, PageQuery>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        let page = bookings::history(tx, caller, id.0, &query.read()?)?;
        let items = page.items.into_iter().filter_map(BookingChange::read).collect();
        Ok(Page { items, next_cursor: page.next_cursor })
    })
    .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(confirm).service(cancel).service(approve).service(decline).service(check_in).service(check_out);
    config.service(no_show).service(waive_fee).service(return_deposit).service(reschedule).service(history);
}
