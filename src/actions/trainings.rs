//! Training people, and certifying those who came.

use serde_json::json;

use super::certification_kinds::refuse_unusable;
use super::error::Error;
use super::record::{audit, publish};
use super::{Caller, authorize, certifications, is_insider};
use crate::domain::event::Event;
use crate::domain::fields::Fields;
use crate::domain::ids::{CertificationKindId, OrganizationId, TrainingId, UserId};
use crate::domain::paging::{Page, Paging};
use crate::domain::permissions::Permission;
use crate::domain::problem::Code;
use crate::domain::time::UtcTime;
use crate::domain::training::{SeatStatus, TrainingFields, TrainingStatus};
use crate::storage::db::Tx;
use crate::storage::error::StorageError;
use crate::storage::trainings::{self, Training};
use crate::storage::{certification_kinds, organizations, sites, training_seats};

/// Schedules a training in a kind that the organization may grant, at a site of its own.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, and field errors for a kind or a site that cannot
/// be used.
pub fn create(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, fields: TrainingFields) -> Result<Training, Error> {
    let is_visible = organizations::is_public(tx.conn, organization)?;
    authorize(tx, caller, organization, Permission::Manage, is_visible)?;
    organizations::get(tx.conn, organization)?;
    check_places(tx, organization, &fields)?;
    let training = Training {
        id: tx.new_id(),
        organization_id: organization,
        free_seats: fields.seats,
        fields,
        status: TrainingStatus::Scheduled,
        reason: String::new(),
        created_by: caller.user_id,
        created_at: tx.now,
    };
    trainings::insert(tx.conn, &training)?;
    record(tx, caller, "training.create", &training)?;
    Ok(training)
}

/// Goes on only if the organization may train in this kind, at this site.
fn check_places(tx: &mut Tx<'_>, organization: OrganizationId, fields: &TrainingFields) -> Result<(), Error> {
    let mut errors = Fields::default();
    let kind = certification_kinds::list_all(tx.conn, &[fields.certification_kind_id])?.pop();
    refuse_unusable(&mut errors, "/certification_kind_id", kind.as_ref(), organization);
    let is_ours = match sites::get(tx.conn, fields.site_id) {
        Err(StorageError::NotFound) => false,
        site => site?.organization_id == organization,
    };
    if !is_ours {
        errors.refuse("/site_id", "unknown_site", "is no site of the organization");
    }
    Ok(errors.finish(|| Some(()))?)
}

/// A training: shown where its organization is.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Option<Caller>, id: TrainingId) -> Result<Training, Error> {
    let training = trainings::get(tx.conn, id)?;
    let organization = training.organization_id;
    if is_insider(tx, caller, organization)? || organizations::is_public(tx.conn, organization)? {
        Ok(training)
    } else {
        Err(Error::not_found())
    }
}

/// The trainings of an organization that end after `from`, of one kind or of all, by start.
///
/// # Errors
/// `not_found`.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Option<Caller>,
    organization: OrganizationId,
    kind: Option<CertificationKindId>,
    from: Option<UtcTime>,
    paging: &Paging,
) -> Result<Page<Training>, Error> {
    super::organizations::get(tx, caller, organization)?;
    let rows = trainings::list(tx.conn, organization, kind, from, paging.after_start()?, paging.rows())?;
    Ok(paging.page(rows, |training| Paging::start_key(training.fields.interval.starts_at(), training.id)))
}

/// Calls a training off; all who have a seat hear of it.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that is held or
/// cancelled.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: TrainingId, reason: &str) -> Result<Training, Error> {
    let training = get_scheduled(tx, caller, id)?;
    trainings::update_status(tx.conn, id, TrainingStatus::Cancelled, reason)?;
    for seat in training_seats::list_booked(tx.conn, id)? {
        training_seats::update_status(tx.conn, seat.id, SeatStatus::Cancelled)?;
        publish(tx, &Event::TrainingCancelled { seat_id: seat.id })?;
    }
    record(tx, caller, "training.cancel", &training)?;
    Ok(trainings::get(tx.conn, id)?)
}

/// Writes down who of those with a seat has attended, once, and certifies them.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that has not begun,
/// is held already or was cancelled, and a field error for each user without a seat.
pub fn record_attendance(tx: &mut Tx<'_>, caller: Caller, id: TrainingId, attended: &[UserId]) -> Result<Training, Error> {
    let training = get_scheduled(tx, caller, id)?;
    if tx.now < training.fields.interval.starts_at() {
        return Err(Error::Refused(Code::InvalidTransition, "The training has not begun.".to_owned()));
    }
    let seats = training_seats::list_booked(tx.conn, id)?;
    let mut errors = Fields::default();
    for (index, user) in attended.iter().enumerate() {
        if seats.iter().all(|seat| seat.user_id != *user) {
            errors.refuse(format!("/attended/{index}"), "no_seat", "has no seat in this training");
        }
    }
    errors.finish(|| Some(()))?;
    let kind = certification_kinds::get(tx.conn, training.fields.certification_kind_id)?;
    for seat in seats {
        let has_attended = attended.contains(&seat.user_id);
        let status = if has_attended { SeatStatus::Attended } else { SeatStatus::Absent };
        training_seats::update_status(tx.conn, seat.id, status)?;
        if has_attended {
            certifications::issue(tx, caller, &kind, seat.user_id, None, Some(id))?;
        }
    }
    trainings::update_status(tx.conn, id, TrainingStatus::Held, "")?;
    record(tx, caller, "training.hold", &training)?;
    Ok(trainings::get(tx.conn, id)?)
}

/// A training that is still to be held, for a manager who decides about it alone.
fn get_scheduled(tx: &mut Tx<'_>, caller: Caller, id: TrainingId) -> Result<Training, Error> {
    trainings::lock(tx.conn, id)?;
    let training = trainings::get(tx.conn, id)?;
    authorize_managing(tx, caller, &training)?;
    check_scheduled(&training)?;
    Ok(training)
}

/// Goes on only if the caller manages the organization that trains.
pub(super) fn authorize_managing(tx: &mut Tx<'_>, caller: Caller, training: &Training) -> Result<(), Error> {
    let is_visible = organizations::is_public(tx.conn, training.organization_id)?;
    authorize(tx, caller, training.organization_id, Permission::Manage, is_visible)
}

/// Goes on only if the training is still to be held.
pub(super) fn check_scheduled(training: &Training) -> Result<(), Error> {
    match training.status {
        TrainingStatus::Scheduled => Ok(()),
        status => Err(Error::Refused(Code::InvalidTransition, format!("The training is {status}."))),
    }
}

fn record(tx: &mut Tx<'_>, caller: Caller, action: &str, training: &Training) -> Result<(), Error> {
    let TrainingFields { certification_kind_id, interval, seats, .. } = &training.fields;
    let detail = json!({
        "certification_kind_id": certification_kind_id, "seats": seats,
        "starts_at": interval.starts_at(), "ends_at": interval.ends_at(),
    });
    let object = ("training", training.id.as_str());
    audit(tx, Some(caller.user_id), Some(training.organization_id), action, object, &detail)
}
