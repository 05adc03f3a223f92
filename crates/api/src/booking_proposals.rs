//! `/bookings/{id}/proposals`: another slot that one party of a booking proposes to the other.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::booking_moves::read_slot;
use super::bookings::{Reason, or_explain};
use super::caller::{Book, ManageBookings, May, OverrideRules};
use super::problem::Problem;
use super::query::{Id, Ids, PageQuery};
use super::reply::Reply;
use super::request::{Command, Read};
use super::spoken::spoken;
use actions::bookings::{self, NewProposal, Reschedule};
use actions::error::Error;
use domain::booking::Side;
use domain::booking::proposal::{Proposal, ProposalStatus};
use domain::fields::{Fields, InvalidFields};
use domain::ids::{BookingId, BookingProposalId, ResourceId, UserId};
use domain::limits;
use domain::money::Money;
use domain::paging::Page;
use domain::problem::Code;
use domain::rules::Violation;
use domain::time::UtcTime;

/// Another slot for a booking. Fields that are not sent stay as in the booking.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProposal, example = json!({
    "starts_at": "2026-12-02T10:00:00Z", "ends_at": "2026-12-02T14:00:00Z", "answer_by": "2026-12-01T12:00:00Z",
    "message": "The laser is serviced on Tuesday. Does Wednesday suit you?"
}))]
pub(super) struct NewProposalBody {
    /// Another resource of the same host.
    resource_id: Option<ResourceId>,
    /// The proposed start (inclusive). Without `ends_at`, the booking keeps its length.
    starts_at: Option<UtcTime>,
    /// The proposed end (exclusive), at most 366 days after the start.
    ends_at: Option<UtcTime>,
    /// The proposed quantity of the resource, in its unit.
    #[schema(value_type = Option<limits::Quantity>)]
    quantity: Option<i32>,
    /// The instant at which the proposal lapses. Default and latest: the earlier of the present and the proposed start; for a
    /// request, also when the request expires.
    answer_by: Option<UtcTime>,
    /// A message to the other party.
    #[serde(default)]
    #[schema(value_type = limits::Note)]
    message: String,
    /// The reason to override rules, from a manager of the host who proposes. It appears in the history of the booking.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
}

impl NewProposalBody {
    fn read(&self) -> Result<NewProposal, InvalidFields> {
        let mut fields = Fields::default();
        let Self { resource_id, starts_at, ends_at, answer_by, .. } = *self;
        let slot = read_slot(&mut fields, self.quantity, self.override_reason.as_deref());
        let message = fields.text("/message", &self.message, limits::Note::RANGE);
        let slot = Reschedule { resource_id, starts_at, ends_at, ..slot };
        fields.finish(|| Some(NewProposal { slot, answer_by, message: message? }))
    }
}

/// The acceptance of a proposal.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub(super) struct ProposalAcceptance {
    /// The reason to override rules, from a manager of the host who accepts. It appears in the history of the booking.
    #[schema(value_type = Option<limits::OverrideReason>)]
    override_reason: Option<String>,
}

impl ProposalAcceptance {
    fn read(&self) -> Result<Option<String>, InvalidFields> {
        let mut fields = Fields::default();
        let slot = read_slot(&mut fields, None, self.override_reason.as_deref());
        fields.finish(|| Some(slot.override_reason))
    }
}

/// Another slot that one party of a booking proposes to the other.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BookingProposal)]
pub(super) struct ProposalView {
    /// The identifier of the object.
    id: BookingProposalId,
    /// The booking.
    booking_id: BookingId,
    /// The party that made the proposal.
    side: Side,
    /// The state of the proposal.
    status: ProposalStatus,
    /// The proposed resource.
    resource_id: ResourceId,
    /// The name of this resource.
    resource_name: String,
    /// The proposed start (inclusive).
    starts_at: UtcTime,
    /// The proposed end (exclusive).
    ends_at: UtcTime,
    /// The proposed quantity of the resource.
    quantity: i32,
    /// The price of the booking in this slot.
    price: Money,
    /// The rules that the slot violated when it was proposed. A manager of the host overrides them: by making the proposal, or by
    /// accepting it with `override_reason`.
    violations: Vec<Violation>,
    /// The reason of the manager who made the proposal in spite of them. Null: no rule was overridden.
    #[schema(required)]
    override_reason: Option<String>,
    /// The message to the other party. Empty if there is none.
    message: String,
    /// The reason why the proposal was declined or withdrawn. Empty if there is none.
    reason: String,
    /// The user who made the proposal.
    proposed_by: UserId,
    /// The instant at which an open proposal lapses.
    lapses_at: UtcTime,
    /// The instant at which the object was created.
    created_at: UtcTime,
    /// The instant of the latest change.
    updated_at: UtcTime,
}

impl From<Proposal> for ProposalView {
    fn from(proposal: Proposal) -> Self {
        let slot = proposal.extent.slot;
        Self {
            id: proposal.id,
            booking_id: proposal.booking_id,
            side: proposal.side,
            status: proposal.status,
            resource_id: proposal.extent.resource_id,
            resource_name: proposal.resource_name,
            starts_at: slot.interval.starts_at(),
            ends_at: slot.interval.ends_at(),
            quantity: slot.quantity,
            price: proposal.price,
            violations: spoken(proposal.violations),
            override_reason: proposal.override_reason,
            message: proposal.message,
            reason: proposal.reason,
            proposed_by: proposal.proposed_by,
            lapses_at: proposal.lapses_at,
            created_at: proposal.created_at,
            updated_at: proposal.updated_at,
        }
    }
}

fn reply(proposal: Proposal) -> Result<Reply, Error> {
    let revision = proposal.revision();
    Ok(Reply::ok(&ProposalView::from(proposal))?.revision(revision))
}

/// Propose another slot
///
/// For both parties of a requested or confirmed booking that has not begun. The booking stays as it is until the other party
/// accepts, and the proposal takes no capacity. The slot is judged as a reschedule by agreement of both parties: it must be free now,
/// and the cut-off of the customer does not count. A manager of the host can override rules with `override_reason`; a customer can
/// propose a slot that violates such rules, and the manager who accepts overrides them.
///
/// A booking has one open proposal at most: a new one, of either party, replaces it. It lapses at `lapses_at`, and becomes
/// obsolete when the booking is moved, checked in or cancelled, or ends in another way. A booking can have 20 proposals.
#[utoipa::path(operation_id = "propose_slot", tag = "bookings", params(("id" = String, Path)), request_body = NewProposalBody,
    responses((status = 201, body = ProposalView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::TooManyProposals, Code::ResourceNotBookable, Code::BookingRulesViolated, Code::SlotUnavailable]))))]
#[post("/bookings/{id}/proposals")]
pub(super) async fn propose(
    command: Command<May<(Book, ManageBookings, OverrideRules)>, NewProposalBody>,
    id: Id<BookingId>,
) -> Result<Reply, Problem> {
    let (state, May { caller, .. }, asker) = (command.state.clone(), command.caller, command.asker);
    let new = command.body.read()?;
    let asked = new.slot.clone();
    let proposed = command
        .run(move |tx, May { caller, .. }, _, _| {
            let proposal = bookings::propose(tx, caller, id.0, &new)?;
            let location = format!("/api/v1/bookings/{}/proposals/{}", id.0, proposal.id);
            let revision = proposal.revision();
            Ok(Reply::created(location, &ProposalView::from(proposal))?.revision(revision))
        })
        .await;
    let (services, now) = (state.services(), state.clock.now());
    or_explain(&state, asker, proposed, async move { services.explain_move(now, caller, id.0, asked).await }).await
}

/// List the proposals for a booking
///
/// For both parties, the oldest first.
#[utoipa::path(operation_id = "list_proposals", tag = "bookings", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = Page<ProposalView>)))]
#[get("/bookings/{id}/proposals")]
pub(super) async fn list(read: Read<May<ManageBookings>, PageQuery>, id: Id<BookingId>) -> Result<Reply, Problem> {
    read.page(move |tx, May { caller, .. }, query| {
        Ok(bookings::list_proposals(tx, caller, id.0, &query.read()?)?.map(ProposalView::from))
    })
    .await
}

/// Get a proposal
///
/// For both parties of the booking.
#[utoipa::path(operation_id = "get_proposal", tag = "bookings",
    params(("id" = String, Path), ("proposal" = String, Path)), responses((status = 200, body = ProposalView)))]
#[get("/bookings/{id}/proposals/{proposal}")]
pub(super) async fn get_one(
    read: Read<May<ManageBookings>>,
    Ids(id, proposal): Ids<BookingId, BookingProposalId>,
) -> Result<Reply, Problem> {
    read.run(move |tx, May { caller, .. }, _| reply(bookings::get_proposal(tx, caller, id, proposal)?)).await
}

/// Accept a proposal
///
/// For the party that did not make it. The booking moves in one step, at the price of the proposal; a request becomes confirmed. If
/// the slot is no longer free, or rules forbid it now, booking and proposal stay as they are. Neither party gets a grace to
/// leave the booking, because both have agreed.
#[utoipa::path(operation_id = "accept_proposal", tag = "bookings",
    params(("id" = String, Path), ("proposal" = String, Path)), request_body = Option<ProposalAcceptance>,
    responses((status = 200, body = ProposalView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition,
        Code::ResourceNotBookable, Code::BookingRulesViolated, Code::SlotUnavailable]))))]
#[post("/bookings/{id}/proposals/{proposal}/accept")]
pub(super) async fn accept(
    command: Command<May<(Book, ManageBookings, OverrideRules)>, ProposalAcceptance>,
    Ids(id, proposal): Ids<BookingId, BookingProposalId>,
) -> Result<Reply, Problem> {
    let (state, May { caller, .. }, asker) = (command.state.clone(), command.caller, command.asker);
    let accepted = command
        .run(move |tx, May { caller, .. }, body, _| {
            reply(bookings::accept_proposal(tx, caller, id, proposal, body.read()?.as_deref())?)
        })
        .await;
    let (services, now) = (state.services(), state.clock.now());
    or_explain(&state, asker, accepted, async move { services.explain_proposal(now, caller, (id, proposal)).await }).await
}

/// Decline a proposal
///
/// For the party that did not make it. The booking stays as it is.
#[utoipa::path(operation_id = "decline_proposal", tag = "bookings",
    params(("id" = String, Path), ("proposal" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = ProposalView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/bookings/{id}/proposals/{proposal}/decline")]
pub(super) async fn decline(
    command: Command<May<(Book, ManageBookings)>, Reason>,
    Ids(id, proposal): Ids<BookingId, BookingProposalId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| reply(bookings::decline_proposal(tx, caller, id, proposal, &body.read()?)?))
        .await
}

/// Withdraw a proposal
///
/// For the party that made it. The booking stays as it is.
#[utoipa::path(operation_id = "withdraw_proposal", tag = "bookings",
    params(("id" = String, Path), ("proposal" = String, Path)), request_body = Option<Reason>,
    responses((status = 200, body = ProposalView)),
    extensions(("x-problems" = json!([Code::Forbidden, Code::EmailNotVerified, Code::InvalidTransition]))))]
#[post("/bookings/{id}/proposals/{proposal}/withdraw")]
pub(super) async fn withdraw(
    command: Command<May<(Book, ManageBookings)>, Reason>,
    Ids(id, proposal): Ids<BookingId, BookingProposalId>,
) -> Result<Reply, Problem> {
    command
        .run(move |tx, May { caller, .. }, body, _| reply(bookings::withdraw_proposal(tx, caller, id, proposal, &body.read()?)?))
        .await
}

/// Registers the endpoints of this noun.
pub(super) fn configure(config: &mut impl super::routes::Routes) {
    config.service(propose).service(list).service(get_one).service(accept).service(decline).service(withdraw);
}
