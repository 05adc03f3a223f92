//! Proposals: one party proposes another slot for a booking, and the other party accepts or declines.

use super::access::{Actor, authorize_move, check_may_override, check_on_offer, check_overridden, get_as_party};
use super::due;
use super::explain::Clash;
use super::journal::{ChangeRecord, change, lapse_proposal, publish_changes, write};
use super::judge::{MoveSource, MoveTarget, check_no_violation, rules_on};
use super::reschedule::{Reschedule, claim, draft_move, explain_move, find_target, read_extent};
use crate::Caller;
use crate::error::Error;
use domain::booking::change::BookingEventKind;
use domain::booking::proposal::{MOST_PROPOSALS, Proposal, ProposalStatus};
use domain::booking::{Booking, BookingStatus, Extent, Side};
use domain::fact::Scope;
use domain::fields::InvalidFields;
use domain::ids::{BookingId, BookingProposalId};
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::resource::Resource;
use domain::said::said;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::{booking_proposals, resources};

/// A request to propose another slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewProposal {
    /// The slot, as for a reschedule.
    pub slot: Reschedule,
    /// The instant by which the other party must respond.
    pub answer_by: Option<UtcTime>,
    /// A message to the other party.
    pub message: String,
}

/// Proposes another slot for a booking. It takes no capacity, but must be free now. A proposal that is open is replaced.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition`, `too_many_proposals`, `resource_not_bookable`,
/// `invalid_fields`, [`Error::RulesViolated`] where a manager of the host cannot override or does not, `slot_unavailable`.
pub fn propose(tx: &mut Tx<'_>, caller: Caller, id: BookingId, new: &NewProposal) -> Result<Proposal, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let actor = authorize_move(tx, caller, &booking, side, false)?;
    check_open_to_proposals(tx.now, &booking)?;
    if booking.organization_id == booking.host_organization_id {
        let detail = said!("The host is also the customer. Reschedule the booking instead.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let extent = read_extent(tx, &booking, &new.slot)?;
    check_proposed(tx.now, &booking, extent, new.answer_by)?;
    let locked = due::lock(tx, [booking.resource_id, extent.resource_id])?;
    let resource = find_target(tx, caller, side, &booking, extent)?;
    sweep(tx, &locked, &booking, &resource, extent)?;
    if booking_proposals::count(tx.conn, id)? >= MOST_PROPOSALS {
        return Err(Error::refused(Code::TooManyProposals));
    }
    let override_reason = new.slot.override_reason.as_deref();
    check_may_override(tx, caller, [resource.organization_id], override_reason)?;
    let (source, target) = agreed_move(&booking, &resource, extent);
    let (moved, violations) = draft_move(tx, source, target)?;
    let overridden = match side {
        Side::Host => check_overridden(tx, caller, &resource, violations.clone(), override_reason)?,
        // A manager of the host overrides the others by accepting.
        _ if violations.iter().all(|violation| violation.overridable) => None,
        _ => return Err(Error::RulesViolated(violations)),
    };
    let (price, tariff_id) = (moved.price.total, moved.tariff_id);
    tx.rehearse(|tx| claim(tx, &locked, &booking, moved).map(drop))?;
    let proposal = Proposal {
        id: tx.new_id(),
        booking_id: id,
        side,
        status: ProposalStatus::Open,
        extent,
        resource_name: resource.fields.name.clone(),
        price,
        tariff_id,
        violations,
        override_reason: overridden.as_ref().map(|overridden| overridden.reason.clone()),
        message: new.message.clone(),
        reason: String::new(),
        proposed_by: caller.user_id,
        lapses_at: Proposal::lapses_at(&booking, extent.slot.interval.starts_at(), new.answer_by),
        created_at: tx.now,
        updated_at: tx.now,
    };
    if let Some(open) = booking_proposals::find_open(tx.conn, id)? {
        match open.lapses_at <= tx.now {
            true => lapse_proposal(tx, open, (&booking).into())?,
            false => booking_proposals::update_ended(tx.conn, &open.ended(ProposalStatus::Replaced, tx.now))?,
        }
    }
    booking_proposals::insert(tx.conn, &proposal)?;
    let record = ChangeRecord { overridden, ..ChangeRecord::of(BookingEventKind::Propose, &booking) };
    publish(tx, actor, &booking, &proposal, record)?;
    Ok(proposal)
}

/// Accepts a proposal of the other party: the booking moves in one step. A request becomes confirmed, because both parties have
/// agreed on its slot. If the slot is no longer free, or rules forbid it now, the booking and the proposal stay as they are.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition`, `resource_not_bookable`, `invalid_fields`,
/// [`Error::RulesViolated`], `slot_unavailable`.
pub fn accept_proposal(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingId,
    proposal: BookingProposalId,
    override_reason: Option<&str>,
) -> Result<Proposal, Error> {
    let (booking, actor, proposal) = begin(tx, caller, id, proposal, Response::OfOther)?;
    check_open_to_proposals(tx.now, &booking)?;
    let extent = proposal.extent;
    let mut locked = due::lock(tx, [booking.resource_id, extent.resource_id])?;
    let mut resource = resources::get(tx.conn, extent.resource_id)?;
    // As when it was proposed: a manager of the host can move a booking on its resource, on offer or not.
    let is_less = extent.lies_within(booking.extent());
    if extent.resource_id != booking.resource_id || proposal.side == Side::Customer && !is_less {
        check_on_offer(&resource)?;
    }
    check_may_override(tx, caller, [resource.organization_id], override_reason)?;
    sweep(tx, &locked, &booking, &resource, extent)?;
    // The customer pays the price that the proposal shows.
    resource.fields.tariff = resources::get_tariff(tx.conn, proposal.tariff_id)?;
    resource.tariff_id = proposal.tariff_id;
    let booking = Booking { moved_from: booking.left_slot(extent), ..booking };
    let (source, target) = agreed_move(&booking, &resource, extent);
    let (moved, mut violations) = draft_move(tx, source, target)?;
    if moved.price.total != proposal.price {
        let detail = said!(
            "The slot costs {total} now, and the proposal says {price}.",
            total = moved.price.total,
            price = proposal.price
        );
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    let overridden = match actor.side {
        Side::Host => check_overridden(tx, caller, &resource, violations, override_reason)?,
        _ => {
            violations.retain(|violation| !proposal.violations.iter().any(|known| known.code == violation.code));
            check_no_violation(violations)?;
            None
        }
    };
    let accepted = proposal.ended(ProposalStatus::Accepted, tx.now);
    booking_proposals::update_ended(tx.conn, &accepted)?;
    let moved = claim(tx, &locked, &booking, moved)?;
    let record = ChangeRecord {
        overridden,
        proposal: Some((&accepted).into()),
        ..ChangeRecord::of(BookingEventKind::AcceptProposal, &booking)
    };
    let changed = match moved.status {
        BookingStatus::Requested => {
            let mut confirmed = moved.in_state(BookingStatus::Confirmed, tx.now);
            confirmed.lapses_at = confirmed.rules.lapses_at(tx.now, confirmed.status, confirmed.interval);
            change(tx, &locked, actor, confirmed, record)?.change
        }
        _ => write(tx, actor, &moved, record)?,
    };
    publish_changes(tx, actor.principal, Scope::One, vec![changed])?;
    due::offer_freed(tx, &mut locked)?;
    Ok(accepted)
}

/// Declines a proposal of the other party. The booking stays as it is.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition`.
pub fn decline_proposal(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingId,
    proposal: BookingProposalId,
    reason: &str,
) -> Result<Proposal, Error> {
    let (booking, actor, proposal) = begin(tx, caller, id, proposal, Response::OfOther)?;
    end(tx, actor, &booking, proposal, (ProposalStatus::Declined, BookingEventKind::DeclineProposal), reason)
}

/// Withdraws a proposal, as the party that made it. The booking stays as it is.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition`.
pub fn withdraw_proposal(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingId,
    proposal: BookingProposalId,
    reason: &str,
) -> Result<Proposal, Error> {
    let (booking, actor, proposal) = begin(tx, caller, id, proposal, Response::OfAuthor)?;
    end(tx, actor, &booking, proposal, (ProposalStatus::Withdrawn, BookingEventKind::WithdrawProposal), reason)
}

/// Returns a proposal, to the parties of the booking.
///
/// # Errors
/// `not_found`.
pub fn get_proposal(tx: &mut ReadTx, caller: Caller, id: BookingId, proposal: BookingProposalId) -> Result<Proposal, Error> {
    get_as_party(tx, caller, id)?;
    Ok(booking_proposals::get(&mut tx.conn, id, proposal)?.at(tx.now))
}

/// Lists the proposals for a booking, the oldest first, for its parties.
///
/// # Errors
/// `not_found`.
pub fn list_proposals(tx: &mut ReadTx, caller: Caller, id: BookingId, paging: &Paging) -> Result<Page<Proposal>, Error> {
    get_as_party(tx, caller, id)?;
    let rows = booking_proposals::list(&mut tx.conn, id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |proposal| proposal.id.to_string()).map(|proposal| proposal.at(tx.now)))
}

/// Explains why the slot of a proposal is taken, and finds what could be proposed instead.
///
/// # Errors
/// `not_found`, or when the database fails.
pub fn explain_proposal(tx: &mut ReadTx, caller: Caller, id: BookingId, proposal: BookingProposalId) -> Result<Clash, Error> {
    let Extent { resource_id, slot } = get_proposal(tx, caller, id, proposal)?.extent;
    let (starts_at, ends_at) = (Some(slot.interval.starts_at()), Some(slot.interval.ends_at()));
    let (resource_id, quantity) = (Some(resource_id), Some(slot.quantity));
    explain_move(tx, caller, id, &Reschedule { resource_id, starts_at, ends_at, quantity, ..Reschedule::default() })
}

/// The party that can make a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Response {
    /// The party that made the proposal.
    OfAuthor,
    /// The other party.
    OfOther,
}

/// Loads an open proposal and its booking, and checks that the caller acts for the party whose response it is.
fn begin(
    tx: &mut ReadTx,
    caller: Caller,
    id: BookingId,
    proposal: BookingProposalId,
    response: Response,
) -> Result<(Booking, Actor, Proposal), Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let actor = authorize_move(tx, caller, &booking, side, false)?;
    let proposal = booking_proposals::get(&mut tx.conn, id, proposal)?.at(tx.now);
    if (proposal.side == side) != (response == Response::OfAuthor) {
        let (by, other) = match proposal.side {
            Side::Host => (Side::Host, Side::Customer),
            _ => (Side::Customer, Side::Host),
        };
        let detail = said!(
            "The {by} made the proposal: only the {other} can accept or decline it, and only the {by} can withdraw it.",
            by,
            other
        );
        return Err(Error::Refused(Code::Forbidden, detail));
    }
    if proposal.status != ProposalStatus::Open {
        return Err(Error::Refused(Code::InvalidTransition, said!("The proposal is {status}.", status = proposal.status)));
    }
    Ok((booking, actor, proposal))
}

fn end(
    tx: &mut Tx<'_>,
    actor: Actor,
    booking: &Booking,
    proposal: Proposal,
    (status, kind): (ProposalStatus, BookingEventKind),
    reason: &str,
) -> Result<Proposal, Error> {
    let ended = Proposal { reason: reason.to_owned(), ..proposal.ended(status, tx.now) };
    booking_proposals::update_ended(tx.conn, &ended)?;
    let record = ChangeRecord { reason: Some(reason.to_owned()), ..ChangeRecord::of(kind, booking) };
    publish(tx, actor, booking, &ended, record)?;
    Ok(ended)
}

/// Writes an event about a proposal into the history of the booking, which stays as it is, and publishes it.
fn publish(tx: &mut Tx<'_>, actor: Actor, booking: &Booking, proposal: &Proposal, record: ChangeRecord) -> Result<(), Error> {
    let change = write(tx, actor, booking, ChangeRecord { proposal: Some(proposal.into()), ..record })?;
    publish_changes(tx, actor.principal, Scope::One, vec![change])
}

/// Checks that the booking can be moved by agreement: it is a request or confirmed, and has not begun.
fn check_open_to_proposals(now: UtcTime, booking: &Booking) -> Result<(), Error> {
    if booking.can_be_proposed(now) {
        return Ok(());
    }
    let status = booking.life().status_at(now);
    let detail = said!(
        "The booking is {status}; another slot can be proposed for a requested or confirmed booking before it begins.",
        status
    );
    Err(Error::Refused(Code::InvalidTransition, detail))
}

/// Checks that the slot is another one, and that there is time to respond.
fn check_proposed(now: UtcTime, booking: &Booking, extent: Extent, answer_by: Option<UtcTime>) -> Result<(), InvalidFields> {
    if extent == booking.extent() {
        return Err(InvalidFields::one(
            "/starts_at",
            "invalid",
            said!("must differ from the slot of the booking, or another field must"),
        ));
    }
    if extent.slot.interval.starts_at() <= now {
        return Err(InvalidFields::one("/starts_at", "invalid", said!("must lie in the future")));
    }
    if answer_by.is_some_and(|answer_by| answer_by <= now) {
        return Err(InvalidFields::one("/answer_by", "invalid", said!("must lie in the future")));
    }
    Ok(())
}

/// The move of a booking to which both parties agree.
const fn agreed_move<'a>(booking: &'a Booking, resource: &'a Resource, extent: Extent) -> (MoveSource<'a>, MoveTarget<'a>) {
    let source = MoveSource { booking, side: Side::System };
    (source, MoveTarget { resource, slot: extent.slot, operated_by: booking.operated_by })
}

/// Ends what is over on the resource, and offers its capacity to the waitlist before the slot is claimed.
fn sweep(tx: &mut Tx<'_>, locked: &LockedResources, booking: &Booking, resource: &Resource, extent: Extent) -> Result<(), Error> {
    let claim = rules_on(booking, resource).allocation(extent.slot.interval);
    due::expire_and_offer_before(tx, locked, resource, claim)
}
