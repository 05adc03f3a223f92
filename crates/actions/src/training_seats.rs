//! Seats in trainings: taking one, and cancelling it.

use serde_json::json;

use super::error::Error;
use super::record::{audit, publish};
use super::seat_charges::{charge, take_back};
use super::trainings::{authorize_managing, check_ahead, check_scheduled, is_manager, lock};
use super::{Caller, accounts};
use domain::fact::Event;
use domain::ids::{TrainingId, TrainingSeatId, UserId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::said::said;
use domain::training::{SeatPayer, SeatStatus};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::training_seats::{self, TrainingSeat};
use storage::trainings::{self, Training};

/// Gives the caller a seat. If the caller names an organization that pays, its price is charged to the organization, with an invoice.
///
/// # Errors
/// `not_found`, `forbidden` for an organization for which the caller cannot book, `email_not_verified`, `invalid_fields` for the host itself,
/// `invalid_transition` if the training has begun or is cancelled, or the host has no billing address, `training_full`, `already_seated`,
/// `no_way_to_pay` if the host takes no invoices from the organization, and prepaid credit does not pay all.
pub fn take(tx: &mut Tx<'_>, caller: Caller, training: TrainingId, payer: Option<SeatPayer>) -> Result<TrainingSeat, Error> {
    lock(tx, training)?;
    let training = super::trainings::get(tx, Some(caller), training)?;
    let user = accounts::get(tx, caller)?;
    if caller.must_be_verified && user.email_verified_at.is_none() {
        return Err(Error::refused(Code::EmailNotVerified));
    }
    check_scheduled(&training)?;
    check_ahead(tx, &training)?;
    let id: TrainingSeatId = tx.new_id();
    match training_seats::insert(tx.conn, id, training.id, user.id, training.fields.price, tx.now) {
        Err(StorageError::NotUnique(_)) => return Err(Error::refused(Code::AlreadySeated)),
        inserted => inserted?,
    }
    if let Some(payer) = payer {
        let seat = training_seats::get(tx.conn, training.id, id)?;
        charge(tx, caller, &training, &seat, payer)?;
    }
    record(tx, caller, "training_seat.take", &training, id, "")?;
    publish(tx, caller.principal(), Event::SeatTaken { seat_id: id })?;
    Ok(training_seats::get(tx.conn, training.id, id)?)
}

/// Gives up all seats of a user whose account is deleted.
pub(crate) fn cancel_all(tx: &mut Tx<'_>, caller: Caller, user: UserId) -> Result<(), Error> {
    for seat in training_seats::list_booked_of_user(tx.conn, user)? {
        lock(tx, seat.training_id)?;
        let training = trainings::get(tx.conn, seat.training_id)?;
        training_seats::update_status(tx.conn, &seat, SeatStatus::Cancelled)?;
        if tx.now < training.fields.interval.starts_at() {
            take_back(tx, (caller.principal(), user), &training, &seat)?;
        }
        record(tx, caller, "training_seat.cancel", &training, seat.id, "")?;
    }
    Ok(())
}

/// Lists the seats of a training that are in one of these states, or in any state if there are none: all of them for its managers, for other users their own.
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    training: TrainingId,
    statuses: &[SeatStatus],
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<TrainingSeat>, Error> {
    let training = super::trainings::get(tx, Some(caller), training)?;
    let rows = match (is_manager(tx, caller, &training)?, caller.person()) {
        (true, _) => training_seats::list(&mut tx.conn, training.id, None, statuses, paging.by_id(order))?,
        (false, Some(user)) => training_seats::list(&mut tx.conn, training.id, Some(user), statuses, paging.by_id(order))?,
        // An API key has no seat of its own.
        (false, None) => Vec::new(),
    };
    Ok(paging.page(rows, |seat| seat.id.to_string()))
}

/// Lists the seats that the caller has or had in trainings, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_mine(tx: &mut ReadTx, caller: Caller, paging: &Paging) -> Result<Page<TrainingSeat>, Error> {
    let rows = training_seats::list_page_of_user(&mut tx.conn, caller.user_id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |seat| seat.id.to_string()))
}

/// Cancels a seat, as its holder or as a manager of the training. The seat is free at once. An organization that was charged for it no
/// longer owes the price, unless the holder cancels when the training has begun.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if the seat is cancelled
/// already, or the training is held.
pub fn cancel(
    tx: &mut Tx<'_>,
    caller: Caller,
    training: TrainingId,
    id: TrainingSeatId,
    reason: &str,
) -> Result<TrainingSeat, Error> {
    lock(tx, training)?;
    let training = trainings::get(tx.conn, training)?;
    let seat = training_seats::get(tx.conn, training.id, id)?;
    if !caller.is(seat.user_id) {
        authorize_managing(tx, caller, &training)?;
    }
    if seat.status != SeatStatus::Booked {
        return Err(Error::Refused(
            Code::InvalidTransition,
            said!("The seat is {status}; only a booked seat can be cancelled.", status = seat.status),
        ));
    }
    training_seats::update_status(tx.conn, &seat, SeatStatus::Cancelled)?;
    if !caller.is(seat.user_id) || tx.now < training.fields.interval.starts_at() {
        take_back(tx, (caller.principal(), caller.user_id), &training, &seat)?;
    }
    record(tx, caller, "training_seat.cancel", &training, id, reason)?;
    let event = match caller.is(seat.user_id) {
        true => Event::SeatCancelled { seat_id: id },
        false => Event::SeatRemoved { seat_id: id, reason: reason.to_owned() },
    };
    publish(tx, caller.principal(), event)?;
    Ok(training_seats::get(tx.conn, training.id, id)?)
}

fn record(
    tx: &mut Tx<'_>,
    caller: Caller,
    action: &str,
    training: &Training,
    id: TrainingSeatId,
    reason: &str,
) -> Result<(), Error> {
    let detail = json!({ "training_id": training.id, "reason": reason });
    audit(tx, caller.principal(), Some(training.organization_id), action, ("training_seat", id.as_str()), &detail)
}
