//! The deposits of bookings.

use super::access::{Actor, check_seen, get_as_party};
use super::due;
use super::journal::{ChangeRecord, record};
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::{Caller, authorize};
use domain::booking::change::BookingEventKind;
use domain::booking::deposit::{RETURNED_AFTER, is_returned_later};
use domain::booking::{Booking, DepositReturn, Side};
use domain::fields::{Fields, InvalidFields};
use domain::ids::BookingId;
use domain::limits;
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use storage::bookings;
use storage::db::Tx;

/// The return of a deposit, as a manager of the host asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDepositReturn {
    /// The amount that the host keeps, in minor units of the currency of the booking.
    pub kept: i64,
    /// The reason; empty only if all is returned.
    pub reason: String,
}

impl NewDepositReturn {
    /// Returns the validated fields, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(kept: i64, reason: &str) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let kept = fields.number("/kept", kept, limits::Charge::RANGE);
        let reason = fields.text("/reason", reason, limits::Note::RANGE);
        if kept.is_some_and(|kept| kept > 0) && reason.as_ref().is_some_and(|reason| reason.is_empty()) {
            fields.refuse("/reason", "required", said!("must say why a part of the deposit is kept"));
        }
        fields.finish(|| Some(Self { kept: kept?, reason: reason? }))
    }
}

/// Returns the deposit of a booking that is over, less what the host keeps, as a manager of the host. A later return replaces an earlier
/// one.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `precondition_failed`, `invalid_transition` if there is no deposit to return,
/// `invalid_fields` for more than the deposit.
pub fn return_deposit(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: BookingId,
    new: &NewDepositReturn,
    if_match: &IfMatch,
) -> Result<Booking, Error> {
    let (booking, _) = get_as_party(tx, caller, id)?;
    authorize(tx, caller, booking.host_organization_id, Permission::ManageMoney, true)?;
    check_seen(tx.now, &booking, if_match)?;
    // A booking whose end has passed is ended first.
    due::catch_up(tx, booking.resource_id)?;
    let booking = bookings::get(tx.conn, id)?;
    let Some(deposit) = booking.deposit() else {
        return Err(Error::Refused(Code::InvalidTransition, said!("The booking has no deposit.")));
    };
    // A booking that has ended by itself keeps its stored state until its buffer has ended, too.
    let status = booking.life().status_at(tx.now);
    if !is_returned_later(status) {
        let detail = said!("The booking is {status}; a deposit is returned after the use or a no-show.", status);
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    if new.kept > deposit.amount.amount {
        let detail = said!("must be at most the deposit of {amount}", amount = deposit.amount);
        return Err(InvalidFields::one("/kept", "out_of_range", detail).into());
    }
    Ok(give_back(tx, Actor::of(caller, Side::Host), booking, new.clone())?.at(tx.now))
}

/// Returns the deposits of bookings that have been over for long and that their hosts have not returned, at most `limit`. The result is
/// their number.
///
/// # Errors
/// When the database fails.
pub fn return_due_deposits(tx: &mut Tx<'_>, limit: i64) -> Result<usize, Error> {
    let held = bookings::list_held_deposits(tx.conn, tx.now - RETURNED_AFTER, limit)?;
    let count = held.len();
    for booking in held {
        if is_returned_later(booking.status) {
            give_back(tx, Actor::SYSTEM, booking, NewDepositReturn { kept: 0, reason: String::new() })?;
        } else {
            // It was returned when the booking ended; now nobody looks for it again.
            let returned = DepositReturn { returned_at: tx.now, returned_by: None, kept: 0, reason: String::new() };
            bookings::save_charges(tx.conn, &Booking { deposit_return: Some(returned), ..booking })?;
        }
    }
    Ok(count)
}

fn give_back(tx: &mut Tx<'_>, actor: Actor, booking: Booking, new: NewDepositReturn) -> Result<Booking, Error> {
    let NewDepositReturn { kept, reason } = new;
    let change = ChangeRecord { reason: Some(reason.clone()), ..ChangeRecord::of(BookingEventKind::ReturnDeposit, &booking) };
    let deposit_return = DepositReturn { returned_at: tx.now, returned_by: actor.principal.user_id(), kept, reason };
    let changed = Booking { deposit_return: Some(deposit_return), updated_at: tx.now, ..booking };
    bookings::update_charges(tx.conn, &changed)?;
    let changed = Booking { revision: changed.revision + 1, ..changed };
    record(tx, actor, &changed, change)?;
    Ok(changed)
}
