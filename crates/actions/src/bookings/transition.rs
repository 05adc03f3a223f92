//! A transition: one move of a booking from its state to another.

use super::access::{Actor, check_may_override, check_overridden};
use super::due;
use super::in_use::check_in_violation;
use super::journal::{ChangeRecord, Changed, change, publish_changes};
use super::judge::{cancelling, check_no_violation};
use crate::Caller;
use crate::certifications::certified;
use crate::error::Error;
use domain::booking::change::{BookingSnapshot, Overridden};
use domain::booking::{Booking, BookingStatus, Ending, Hold, Life, Move, Side, Usage};
use domain::fact::Scope;
use domain::rules::Violation;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};
use storage::resource_locks::LockedResources;
use storage::{booking_offers, resources};

/// A move that the caller may make and that can be made now.
pub(crate) struct Transition<'l> {
    actor: Actor,
    happens: Move,
    before: BookingSnapshot,
    booking: Booking,
    /// The rules that a manager of the host overrides.
    overridden: Option<Overridden>,
    /// The lock of the action that makes this transition together with others; none if it is made alone.
    among: Option<&'l LockedResources>,
}

impl<'l> Transition<'l> {
    /// The move, if it can be made.
    pub(crate) fn new(tx: &mut ReadTx, actor: Actor, booking: Booking, happens: Move) -> Result<Self, Error> {
        let status = Life { check_in_opens: booking.rules.check_in_opens(), ..booking.life() }.after(happens, tx.now)?;
        let before = BookingSnapshot::from(&booking);
        let booking = booking.in_state(status, tx.now);
        Ok(Self { actor, happens, before, booking, overridden: None, among: None })
    }

    /// The transition as one of several that an action makes on resources that it has locked. The action publishes all of them
    /// together, and offers the freed capacity to the waitlist when all are made.
    pub(crate) fn among_others(self, locked: &'l LockedResources) -> Self {
        Self { among: Some(locked), ..self }
    }

    /// The violation if the operator is no longer certified for the resource. A manager of the host can make the move all the same.
    fn uncertified(&self, tx: &mut ReadTx) -> Result<Option<Violation>, Error> {
        let Booking { rules, operated_by, interval, .. } = &self.booking;
        match operated_by {
            _ if self.actor.side != Side::Customer => Ok(None),
            Some(operator) => certified::missing(tx, rules, *operator, *interval),
            None => Ok(certified::unnamed(rules)),
        }
    }

    /// Confirms a hold or approves a request.
    pub(crate) fn agree(self, tx: &mut Tx<'_>) -> Result<Changed, Error> {
        self.agree_by(tx, None)
    }

    /// As [`Self::agree`]; a hold that becomes a request must be answered by this instant.
    pub(crate) fn agree_by(self, tx: &mut Tx<'_>, answered_by: Option<UtcTime>) -> Result<Changed, Error> {
        // A customer that confirms a hold books the resource; a manager of the host knows that it is out of order.
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
        check_no_violation(violations)?;
        self.finish(tx, |booking, now| {
            booking.lapses_at = booking.rules.lapses_at(now, booking.status, booking.interval);
            if booking.status == BookingStatus::Requested {
                booking.lapses_at = booking.lapses_at.map(|lapses_at| answered_by.map_or(lapses_at, |by| lapses_at.min(by)));
            }
        })
    }

    /// Holds a confirmed booking until an instant, because its payment has failed.
    pub(crate) fn await_payment(self, tx: &mut Tx<'_>, until: UtcTime) -> Result<Changed, Error> {
        self.finish(tx, |booking, _| {
            booking.hold = Some(Hold::by_customer(true));
            booking.lapses_at = Some(until);
            booking.calendar_sequence += 1;
        })
    }

    /// Declines a request.
    pub(crate) fn decline(self, tx: &mut Tx<'_>, reason: &str) -> Result<Changed, Error> {
        let ended_by = self.actor.principal.user_id();
        self.finish(tx, |booking, now| {
            booking.ending = Some(Ending { ended_at: now, ended_by, reason: reason.to_owned() });
        })
    }

    /// Cancels a booking, unless it is too late for the customer. Shortly before the start it can cost the customer a fee.
    pub(crate) fn cancel(self, tx: &mut Tx<'_>, reason: &str) -> Result<Changed, Error> {
        let (violation, fee) = cancelling(tx, self.actor.side, self.before.status, &self.booking)?;
        check_no_violation(violation.into_iter().collect())?;
        let ended_by = self.actor.principal.user_id();
        self.finish(tx, |booking, now| {
            booking.ending = Some(Ending { ended_at: now, ended_by, reason: reason.to_owned() });
            booking.fee = fee;
            booking.calendar_sequence += 1;
        })
    }

    /// Checks the customer in, if the bookings that are still in use leave enough of the resource, and the operator is certified. A
    /// manager of the host can override it.
    pub(super) fn check_in(self, tx: &mut Tx<'_>, caller: Caller, override_reason: Option<&str>) -> Result<Changed, Error> {
        // Of two check-ins at the same time, the second one sees the first.
        let locked = due::lock(tx, [self.booking.resource_id])?;
        let resource = resources::get(tx.conn, self.booking.resource_id)?;
        check_may_override(tx, caller, [resource.organization_id], override_reason)?;
        let mut violations: Vec<_> = self.uncertified(tx)?.into_iter().collect();
        violations.extend(check_in_violation(tx, &resource, &self.booking, self.actor.side)?);
        let overridden = check_overridden(tx, caller, &resource, violations, override_reason)?;
        let principal = self.actor.principal;
        let checked_in = Self { overridden, ..self }.among_others(&locked).finish(tx, |booking, now| {
            booking.usage = Some(Usage { checked_in_at: now, checked_out_at: None, is_overrun: false });
        })?;
        publish_changes(tx, principal, Scope::One, vec![checked_in.change.clone()])?;
        Ok(checked_in)
    }

    /// The state after the move.
    pub(super) const fn status(&self) -> BookingStatus {
        self.booking.status
    }

    /// The booking after the move.
    pub(super) const fn booking(&self) -> &Booking {
        &self.booking
    }

    /// Stores the booking with what else changes, and records the change. Freed capacity is offered to the waitlist.
    pub(super) fn finish(self, tx: &mut Tx<'_>, edit: impl FnOnce(&mut Booking, UtcTime)) -> Result<Changed, Error> {
        self.finish_keeping(tx, edit, |_, _, _| Ok(()))
    }

    /// As [`Self::finish`]; `keep` claims a part of the freed capacity before it is offered.
    pub(super) fn finish_keeping(
        self,
        tx: &mut Tx<'_>,
        edit: impl FnOnce(&mut Booking, UtcTime),
        keep: impl FnOnce(&mut Tx<'_>, &LockedResources, &Booking) -> Result<(), Error>,
    ) -> Result<Changed, Error> {
        let Self { actor, happens, before, mut booking, overridden, among } = self;
        edit(&mut booking, tx.now);
        let record = ChangeRecord { overridden, ..ChangeRecord::of(happens, before) };
        if let Some(locked) = among {
            return change(tx, locked, actor, booking, record);
        }
        // All actions lock the resource before the booking.
        let mut locked = due::lock(tx, [booking.resource_id])?;
        let changed = change(tx, &locked, actor, booking, record)?;
        keep(tx, &locked, &changed.booking)?;
        publish_changes(tx, actor.principal, Scope::One, vec![changed.change.clone()])?;
        if !changed.booking.status.takes_capacity() {
            due::offer_freed(tx, &mut locked)?;
        }
        Ok(changed)
    }
}
