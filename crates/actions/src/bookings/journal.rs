//! The journal of bookings: each change is stored, written into the history, and recorded as a fact for the subscribers.

use super::access::Actor;
use crate::error::Error;
use crate::ledger;
use crate::paying::check_paid;
use crate::prepaid::cover::{MayUse, cover};
use crate::record::{after_last, audit_at, publish};
use crate::waitlist::entries::record_offer_outcome;
use domain::booking::change::{BookingChange, BookingEventKind, BookingSnapshot, HistoryDetail, Overridden, ProposalSnapshot};
use domain::booking::proposal::{Proposal, ProposalStatus};
use domain::booking::{Booking, BookingStatus, HoldReason, LONGEST_OVERRUN, Side};
use domain::fact::{BookingsEvent, Event, Scope};
use domain::principal::Principal;
use storage::db::Tx;
use storage::resource_locks::LockedResources;
use storage::{booking_proposals, bookings, card_payments, due, resource_links};

/// A change of a booking: what the booking itself does not say after the change.
pub(crate) struct ChangeRecord {
    /// The kind of event.
    pub(crate) kind: BookingEventKind,
    /// The booking before the change; none for a new booking.
    pub(crate) before: Option<BookingSnapshot>,
    /// The reason for the change, if the booking itself does not say it.
    pub(crate) reason: Option<String>,
    /// The rules that a manager of the host overrode.
    pub(crate) overridden: Option<Overridden>,
    /// The proposal that the change is about.
    pub(crate) proposal: Option<ProposalSnapshot>,
}

impl ChangeRecord {
    /// A new booking.
    pub(crate) const fn new(kind: BookingEventKind, overridden: Option<Overridden>) -> Self {
        Self { kind, before: None, reason: None, overridden, proposal: None }
    }

    /// A change of a booking that was as `before`.
    pub(crate) fn of(kind: impl Into<BookingEventKind>, before: impl Into<BookingSnapshot>) -> Self {
        Self { kind: kind.into(), before: Some(before.into()), reason: None, overridden: None, proposal: None }
    }
}

/// Stores a booking whose state has changed, and writes the change into its history. If the booking was an offer for a waitlist
/// entry, the outcome is recorded there. The change is yet to be published.
pub(super) fn change(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    actor: Actor,
    booking: Booking,
    record: ChangeRecord,
) -> Result<Changed, Error> {
    bookings::update(tx.conn, locked, &booking)?;
    let booking = Booking { revision: booking.revision + 1, ..booking };
    let is_agreed_now = record.before.as_ref().is_some_and(|before| !before.is_agreed());
    let booking = cover(tx, booking, if is_agreed_now { MayUse::All } else { MayUse::NoMore })?;
    if is_agreed_now && actor.side == Side::Customer && booking.status == BookingStatus::Confirmed {
        check_paid(tx, &booking)?;
    }
    let was_held = record.before.as_ref().is_some_and(|before| before.status == BookingStatus::Held);
    let is_offer = booking.hold.is_some_and(|hold| hold.reason == HoldReason::Waitlist);
    let returns_to_waitlist = match is_offer && was_held && booking.status != BookingStatus::Held {
        true => record_offer_outcome(tx, actor.principal, &booking)?,
        false => false,
    };
    let change = write(tx, actor, &booking, record)?;
    Ok(Changed { booking, change: BookingChange { returns_to_waitlist, ..change } })
}

/// A booking that has changed, and the change, which is yet to be published.
pub(crate) struct Changed {
    pub(crate) booking: Booking,
    pub(crate) change: BookingChange,
}

/// Writes a change of a booking into the audit log, which is also its history, and into the ledger if it owes another amount. The
/// change is yet to be published.
pub(crate) fn write(tx: &mut Tx<'_>, actor: Actor, booking: &Booking, record: ChangeRecord) -> Result<BookingChange, Error> {
    let ChangeRecord { kind, before, reason, overridden, proposal } = record;
    let reason = reason.unwrap_or_else(|| booking.reason().to_owned());
    let change = BookingChange { proposal, ..BookingChange::new(kind, actor.side, reason, before, booking.into()) };
    end_proposal(tx, &change)?;
    let when = match change.before {
        None => (tx.new_id(), tx.now),
        // The booking stays as it is, except when a proposal is accepted.
        Some(_) if kind.is_about_proposal() => after_last(tx, booking.id.as_str(), tx.now)?,
        Some(_) => after_last(tx, booking.id.as_str(), booking.updated_at)?,
    };
    let detail = HistoryDetail::new(&change, overridden);
    let (host, action) = (Some(booking.host_organization_id), format!("booking.{kind}"));
    audit_at(tx, when, actor.principal, host, &action, ("booking", booking.id.as_str()), &detail)?;
    ledger::add_change(tx, &change)?;
    if change.before.is_some() {
        // It may owe another amount now, or need no payment.
        card_payments::update_due(tx.conn, booking.id, tx.now)?;
    }
    if change.is_newly_confirmed() {
        notify_if_delayed(tx, booking)?;
    }
    Ok(change)
}

/// Ends the open proposal for a booking that has another slot, has begun or has ended.
fn end_proposal(tx: &mut Tx<'_>, change: &BookingChange) -> Result<(), Error> {
    let Some(before) = change.before.as_ref().filter(|_| change.ends_proposals()) else { return Ok(()) };
    match booking_proposals::find_open(tx.conn, change.after.id)? {
        Some(proposal) if proposal.lapses_at <= change.after.updated_at => lapse_proposal(tx, proposal, before.clone()),
        Some(proposal) => {
            let obsolete = proposal.ended(ProposalStatus::Obsolete, change.after.updated_at);
            Ok(booking_proposals::update_ended(tx.conn, &obsolete)?)
        }
        None => Ok(()),
    }
}

/// Ends a proposal to which nobody responded in time, and publishes it.
pub(super) fn lapse_proposal(tx: &mut Tx<'_>, proposal: Proposal, booking: BookingSnapshot) -> Result<(), Error> {
    let (host, proposal) = (Some(booking.host_organization_id), proposal.lapsed());
    booking_proposals::update_ended(tx.conn, &proposal)?;
    let kind = BookingEventKind::LapseProposal;
    let change = BookingChange { proposal: Some((&proposal).into()), ..BookingChange::unchanged(kind, booking) };
    let when = after_last(tx, change.after.id.as_str(), proposal.lapses_at)?;
    let (action, object) = (format!("booking.{kind}"), ("booking", change.after.id.as_str()));
    audit_at(tx, when, Principal::System, host, &action, object, &HistoryDetail::new(&change, None))?;
    publish_changes(tx, Principal::System, Scope::One, vec![change])
}

/// Writes a change of one booking into its history, and publishes it.
pub(crate) fn record(tx: &mut Tx<'_>, actor: Actor, booking: &Booking, record: ChangeRecord) -> Result<(), Error> {
    let change = write(tx, actor, booking, record)?;
    publish_changes(tx, actor.principal, Scope::One, vec![change])
}

/// Publishes changes of bookings that were made together.
pub(crate) fn publish_changes(
    tx: &mut Tx<'_>,
    principal: Principal,
    scope: Scope,
    changes: Vec<BookingChange>,
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    publish(tx, principal, Event::Bookings(BookingsEvent::new(scope, changes)))
}

/// Notifies the parties of a booking that is newly confirmed, or starts at another time, if the booking before it overruns.
fn notify_if_delayed(tx: &mut Tx<'_>, booking: &Booking) -> Result<(), Error> {
    // An overrun ends within this time, so that it delays no booking that starts later.
    if booking.interval.starts_at() >= tx.now + LONGEST_OVERRUN {
        return Ok(());
    }
    let linked: Vec<_> = resource_links::list_linked(tx.conn, &[booking.resource_id])?.into_iter().collect();
    let overrunning = due::list_known_overruns(tx.conn, &linked)?;
    if overrunning.iter().any(|other| delays(other, booking)) { notify_delay(tx, booking) } else { Ok(()) }
}

/// Whether the overrun of one booking delays the start of the next.
pub(super) fn delays(overrunning: &Booking, next: &Booking) -> bool {
    let delayed = overrunning.life().may_delay();
    (delayed.starts_at()..delayed.ends_at()).contains(&next.interval.starts_at())
}

/// Records that a booking may start late.
pub(super) fn notify_delay(tx: &mut Tx<'_>, booking: &Booking) -> Result<(), Error> {
    record(tx, Actor::SYSTEM, booking, ChangeRecord::of(BookingEventKind::Delay, booking))
}
