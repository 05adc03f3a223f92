//! Seats in trainings: taking one, and cancelling it.

use serde_json::json;

use super::error::Error;
use super::record::{audit, publish};
use super::trainings::{authorize_managing, check_ahead, check_scheduled, is_manager};
use super::{Caller, accounts};
use domain::fact::Event;
use domain::ids::{TrainingId, TrainingSeatId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::training::SeatStatus;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::training_seats::{self, TrainingSeat};
use storage::trainings::{self, Training};

/// Gives the caller a seat.
///
/// # Errors
/// `not_found`, `email_not_verified`, `invalid_transition` if the training has begun or is
/// cancelled, `training_full`, `already_seated`.
pub fn take(tx: &mut Tx<'_>, caller: Caller, training: TrainingId) -> Result<TrainingSeat, Error> {
    trainings::lock(tx.conn, training)?;
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
    record(tx, caller, "training_seat.take", &training, id, "")?;
    publish(tx, caller.principal(), Event::SeatTaken { seat_id: id })?;
    Ok(training_seats::get(tx.conn, training.id, id)?)
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

/// Cancels a seat, as its holder or as a manager of the training. The seat is free at once.
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
    trainings::lock(tx.conn, training)?;
    let training = trainings::get(tx.conn, training)?;
    let seat = training_seats::get(tx.conn, training.id, id)?;
    if !caller.is(seat.user_id) {
        authorize_managing(tx, caller, &training)?;
    }
    if seat.status != SeatStatus::Booked {
        return Err(Error::Refused(
            Code::InvalidTransition,
            format!("The seat is {}; only a booked seat can be cancelled.", seat.status),
        ));
    }
    training_seats::update_status(tx.conn, &seat, SeatStatus::Cancelled)?;
    record(tx, caller, "training_seat.cancel", &training, id, reason)?;
    let event = match caller.is(seat.user_id) {
        true => Event::SeatCancelled { seat_id: id },
        false => Event::SeatRemoved { seat_id: id, reason: reason.to_owned() },
    };
    publish(tx, caller.principal(), event)?;
    Ok(TrainingSeat { status: SeatStatus::Cancelled, ..seat })
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
