//! What the two parties can do with a booking, its slot aside.

use chrono::TimeDelta;

use super::{Actor, Told, change, check_seen, due, get_as_party, is_let_go, news};
use crate::certifications::certified;
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::{Caller, authorize};
use domain::booking::{Booking, BookingStatus, Ending, Hold, HoldReason, Life, Move, Party, Side, Usage};
use domain::ids::BookingId;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::rules::Violation;
use domain::time::UtcTime;
use storage::db::Tx;
use storage::{booking_offers, resources};

/// Turns a hold into a booking, or into a request where the host approves bookings. Where payment
/// comes first a manager of the host does it, when it has arrived; that approves it, too. What the host has offered only
/// the customer can agree to, and the host has agreed by offering it, whatever the rules say.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` for one that is no hold or has
/// run out, [`Error::RulesViolated`] for the customer while it is out of order then, or who operates it is certified no more.
pub fn confirm(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    check_payment(&booking, side)?;
    // Only the customer confirms what the host has offered.
    let side = if is_offered_to_customer(&booking) { Side::Customer } else { side };
    let actor = authorize_move(tx, caller, &booking, side, booking.awaits() == Some(Party::Host))?;
    check_seen(tx, &booking, if_match)?;
    let happens = confirming(&booking, side);
    Step::new(tx, actor, booking, happens)?.agree(tx)
}

/// Whether the host has offered the booking, and only the customer can confirm it.
fn is_offered_to_customer(booking: &Booking) -> bool {
    booking.hold == Some(Hold { reason: HoldReason::HostOffer, awaits: Some(Party::Customer) })
}

/// Goes on only if a hold can be confirmed from this side: where payment comes first, only the host knows whether it has arrived.
pub(crate) fn check_payment(booking: &Booking, side: Side) -> Result<(), Error> {
    if booking.awaits() == Some(Party::Host) && side == Side::Customer {
        let detail = "Payment comes first: a manager of the host confirms it when your payment has arrived.";
        return Err(Error::Refused(Code::Forbidden, detail.to_owned()));
    }
    Ok(())
}

/// The move that confirms a hold from one side. What the host has offered needs no approval.
pub(crate) fn confirming(booking: &Booking, side: Side) -> Move {
    let needs_approval = booking.rules.requires_approval && side == Side::Customer && !is_offered_to_customer(booking);
    if needs_approval { Move::Request } else { Move::Confirm }
}

/// Agrees to a request, as a manager of the host.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`.
pub fn approve(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::Approve, if_match)?.agree(tx)
}

/// Refuses a request, as a manager of the host; its capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`.
pub fn decline(tx: &mut Tx<'_>, caller: Caller, id: BookingId, reason: &str, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::Decline, if_match)?.decline(tx, reason)
}

/// Cancels a booking, by either party; its capacity is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` for one that is over,
/// [`Error::RulesViolated`] where it is too late for the customer.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: BookingId, reason: &str, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::Cancel, if_match)?.cancel(tx, reason)
}

/// Goes on only if no rule is broken.
pub(crate) fn check_unbroken(violations: Vec<Violation>) -> Result<(), Error> {
    if violations.is_empty() { Ok(()) } else { Err(Error::RulesViolated(violations)) }
}

/// Notes that the customer has come. Who operates the machine must still be certified for it, unless
/// a manager of the host, who is there, lets them in.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` also while it is too early,
/// [`Error::RulesViolated`].
pub fn check_in(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    let step = begin(tx, caller, id, Move::CheckIn, if_match)?;
    let uncertified = step.uncertified(tx)?;
    check_unbroken(uncertified.into_iter().collect())?;
    step.finish(tx, |booking, now| {
        booking.usage = Some(Usage { checked_in_at: now, checked_out_at: None, is_overrun: false });
    })
}

/// Notes that the customer has left; the rest of the time is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition`.
pub fn check_out(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    let step = begin(tx, caller, id, Move::CheckOut, if_match)?;
    step.finish(tx, |booking, now| {
        let is_late = booking.interval.ends_at() < now;
        booking.usage =
            booking.usage.map(|usage| Usage { checked_out_at: Some(now), is_overrun: usage.is_overrun || is_late, ..usage });
    })
}

/// Notes, as a manager of the host, that nobody came; the rest of the time is free at once.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` also before the start.
pub fn no_show(tx: &mut Tx<'_>, caller: Caller, id: BookingId, if_match: &IfMatch) -> Result<Booking, Error> {
    begin(tx, caller, id, Move::NoShow, if_match)?.finish(tx, |_, _| ())
}

/// What keeps the customer from changing a booking that was in this state, by the rules that it was
/// made under. What is not confirmed yet can be taken back at any time.
pub(super) fn too_late(tx: &mut Tx<'_>, side: Side, was: BookingStatus, booking: &Booking) -> Result<Option<Violation>, Error> {
    if side != Side::Customer || was != BookingStatus::Confirmed {
        return Ok(None);
    }
    // Nobody has to keep what cannot be used.
    if !resources::get(tx.conn, booking.resource_id)?.broken(tx.now, booking.interval.starts_at()).is_empty() {
        return Ok(None);
    }
    Ok(booking.rules.change_violation(tx.now, booking.interval.starts_at()))
}

/// A move that the caller may make and that can be made now.
pub(crate) struct Step {
    actor: Actor,
    happens: Move,
    was: BookingStatus,
    booking: Booking,
    /// Whether it is told by itself, and what comes free of it offered.
    is_alone: bool,
}

fn begin(tx: &mut Tx<'_>, caller: Caller, id: BookingId, happens: Move, if_match: &IfMatch) -> Result<Step, Error> {
    let (booking, side) = get_as_party(tx, caller, id)?;
    let actor = authorize_move(tx, caller, &booking, side, !happens.is_for(side))?;
    check_seen(tx, &booking, if_match)?;
    Step::new(tx, actor, booking, happens)
}

impl Step {
    /// The move, if it can be made.
    pub(crate) fn new(tx: &mut Tx<'_>, actor: Actor, booking: Booking, happens: Move) -> Result<Self, Error> {
        let check_in_opens = match happens {
            Move::CheckIn => booking.rules.check_in_opens(),
            _ => TimeDelta::zero(),
        };
        let status = Life { check_in_opens, ..booking.life() }.after(happens, tx.now)?;
        let was = booking.status;
        let booking = booking.in_state(status, tx.now);
        Ok(Self { actor, happens, was, booking, is_alone: true })
    }

    /// The same as one of many moves. They are told together, and only when all are made is what comes free offered: to the
    /// first in line whose wish fits all of it.
    pub(crate) fn among_others(self) -> Self {
        Self { is_alone: false, ..self }
    }

    /// What is wrong if who operates the machine is not certified for it any more; a manager of the host may let them in.
    fn uncertified(&self, tx: &mut Tx<'_>) -> Result<Option<Violation>, Error> {
        let Booking { rules, operated_by, interval, .. } = &self.booking;
        match operated_by {
            _ if self.actor.side != Side::Customer => Ok(None),
            Some(operator) => certified::missing(tx, rules, *operator, *interval),
            None => Ok(certified::unnamed(rules)),
        }
    }

    /// Agrees to a hold or a request.
    pub(crate) fn agree(self, tx: &mut Tx<'_>) -> Result<Booking, Error> {
        // Who confirms a hold books; a manager of the host knows of the repair.
        let mut violations = match self.actor.side {
            Side::Customer => {
                let resource = resources::get(tx.conn, self.booking.resource_id)?;
                resource.broken(tx.now, self.booking.interval.starts_at())
            }
            _ => Vec::new(),
        };
        violations.extend(self.uncertified(tx)?);
        if self.booking.is_offered() && !violations.is_empty() {
            let overridden = booking_offers::find_overridden(tx.conn, self.booking.id)?;
            violations.retain(|violation| !overridden.contains(&violation.code));
        }
        check_unbroken(violations)?;
        self.finish(tx, |booking, now| booking.lapses_at = booking.rules.lapses_at(now, booking.status, booking.interval))
    }

    /// Refuses a request.
    pub(crate) fn decline(self, tx: &mut Tx<'_>, reason: &str) -> Result<Booking, Error> {
        let ended_by = self.actor.user_id;
        self.finish(tx, |booking, now| {
            booking.ending = Some(Ending { ended_at: now, ended_by, reason: reason.to_owned() });
        })
    }

    /// Calls a booking off, unless it is too late for the customer.
    pub(crate) fn cancel(self, tx: &mut Tx<'_>, reason: &str) -> Result<Booking, Error> {
        if let Some(violation) = too_late(tx, self.actor.side, self.was, &self.booking)? {
            return Err(Error::RulesViolated(vec![violation]));
        }
        let ended_by = self.actor.user_id;
        self.finish(tx, |booking, now| {
            booking.ending = Some(Ending { ended_at: now, ended_by, reason: reason.to_owned() });
            booking.calendar_sequence += 1;
        })
    }

    /// Stores the booking with what else changes, and tells of it; what comes free is offered to those
    /// who wait for it.
    fn finish(self, tx: &mut Tx<'_>, edit: impl FnOnce(&mut Booking, UtcTime)) -> Result<Booking, Error> {
        let Self { actor, happens, was, mut booking, is_alone } = self;
        edit(&mut booking, tx.now);
        // In the order in which all take them, the resource before the booking. Where there are others it is locked already.
        let locked = is_alone.then(|| due::lock(tx, [booking.resource_id])).transpose()?;
        let told = Told {
            happened: news(booking.status).filter(|_| is_alone && !is_let_go(actor.side, &booking)),
            was: Some(was),
            ..Told::default()
        };
        let booking = change(tx, actor, happens.as_str(), booking, told)?;
        if let Some(locked) = locked.filter(|_| !booking.status.takes_capacity()) {
            locked.serve(tx)?;
        }
        Ok(booking)
    }
}

/// Goes on only if the caller may change the booking on their side, or if it `is_for_host` alone, as
/// the host.
pub(crate) fn authorize_move(
    tx: &mut Tx<'_>,
    caller: Caller,
    booking: &Booking,
    side: Side,
    is_for_host: bool,
) -> Result<Actor, Error> {
    let (organization, permission) = match side {
        Side::Customer if !is_for_host => (booking.organization_id, Permission::Book),
        _ => (booking.host_organization_id, Permission::Manage),
    };
    authorize(tx, caller, organization, permission, true)?;
    Ok(Actor { side, user_id: Some(caller.user_id) })
}
