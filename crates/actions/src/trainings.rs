//! Trainings: scheduling them, and certifying the users who attended.

use serde_json::json;

use super::certification_kinds::access::check_usable;
use super::certifications::granting::{self, Grant};
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit_personal, publish};
use super::seat_charges::take_back;
use super::{Caller, authorize, authorize_in, is_insider, standing_of};
use domain::fact::{Event, TrainingSnapshot};
use domain::fields::{Fields, InvalidFields};
use domain::geo::{BoundingBox, Near};
use domain::ids::{OrganizationId, TrainingId, UserId};
use domain::order::StartOrder;
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::said::said;
use domain::training::{SeatStatus, TrainingFields, TrainingStatus};
use storage::certification_kinds::{self, CertificationKind};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::training_seats::{self, TrainingSeat};
use storage::trainings::{self, Filter, HostFilter, Training, Upcoming};
use storage::{organizations, sites};

/// Schedules a training in a kind of certification that the organization can grant, at one of its sites.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, and field errors for a kind or a site that cannot
/// be used.
pub fn create(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, fields: TrainingFields) -> Result<Training, Error> {
    authorize_in(tx, caller, organization, Permission::ManageTrainings)?;
    let mut errors = Fields::default();
    // Locked, so that the kind is not withdrawn before the training is stored and can be cancelled with it.
    certification_kinds::lock(tx.conn, fields.certification_kind_id)?;
    check_kind(tx, &mut errors, organization, &fields)?;
    check_site(tx, &mut errors, organization, &fields)?;
    errors.finish(|| Some(()))?;
    let training = Training {
        id: tx.new_id(),
        organization_id: organization,
        free_seats: fields.seats,
        fields,
        status: TrainingStatus::Scheduled,
        reason: String::new(),
        created_by: caller.user_id,
        calendar_sequence: 0,
        revision: 1,
        created_at: tx.now,
    };
    trainings::insert(tx.conn, &training)?;
    record(tx, caller, "training.create", &training)?;
    Ok(training)
}

/// Adds a field error if the organization may not train in this kind.
fn check_kind(tx: &mut ReadTx, errors: &mut Fields, organization: OrganizationId, fields: &TrainingFields) -> Result<(), Error> {
    let kind = certification_kinds::list_all(&mut tx.conn, &[fields.certification_kind_id])?.pop();
    check_usable(errors, "/certification_kind_id", kind.as_ref(), organization);
    Ok(())
}

/// Adds a field error if the organization may not train at this site.
fn check_site(tx: &mut ReadTx, errors: &mut Fields, organization: OrganizationId, fields: &TrainingFields) -> Result<(), Error> {
    let is_ours = match sites::get(&mut tx.conn, fields.site_id) {
        Err(StorageError::NotFound) => false,
        site => site?.organization_id == organization,
    };
    if !is_ours {
        errors.refuse("/site_id", "unknown_site", said!("must be a site of the organization"));
    }
    Ok(())
}

/// Edits a training that has not begun. Seats keep their price. Their holders are notified of another time, site, name or trainer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if it has begun or is cancelled,
/// `precondition_failed`, the errors of `edit`, and field errors for another kind, for a site that cannot be used, and for
/// fewer seats than are taken.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    id: TrainingId,
    if_match: &IfMatch,
    edit: impl FnOnce(TrainingFields) -> Result<TrainingFields, InvalidFields>,
) -> Result<Training, Error> {
    let training = get_scheduled(tx, caller, id)?;
    if_match.check(training.revision)?;
    check_ahead(tx, &training)?;
    let was = training.fields.clone();
    let fields = edit(training.fields)?;
    let mut errors = Fields::default();
    if fields.certification_kind_id != was.certification_kind_id {
        errors.refuse("/certification_kind_id", "invalid", said!("must stay as it is, because seats were taken for this kind"));
    }
    if fields.site_id != was.site_id {
        check_site(tx, &mut errors, training.organization_id, &fields)?;
    }
    let taken = was.seats - training.free_seats;
    if fields.seats < taken {
        errors.refuse("/seats", "out_of_range", said!("must be at least {taken}, the number of seats that are taken", taken));
    }
    errors.finish(|| Some(()))?;
    let notified = |fields: &TrainingFields| (fields.interval, fields.site_id, fields.name.clone(), fields.trainer.clone());
    let is_news = notified(&fields) != notified(&was);
    trainings::update(tx.conn, id, &fields, training.calendar_sequence + i32::from(is_news))?;
    if is_news {
        let (starts_at, ends_at) = (was.interval.starts_at(), was.interval.ends_at());
        let site = sites::get(tx.conn, was.site_id)?.fields.name;
        let before = TrainingSnapshot { name: was.name, trainer: was.trainer, site, starts_at, ends_at };
        for seat in training_seats::list_booked(tx.conn, id)? {
            publish(tx, caller.principal(), Event::TrainingChanged { seat_id: seat.id, before: before.clone() })?;
        }
    }
    let training = trainings::get(tx.conn, id)?;
    record(tx, caller, "training.update", &training)?;
    Ok(training)
}

/// Returns a training to everybody who sees its organization.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Option<Caller>, id: TrainingId) -> Result<Training, Error> {
    let training = trainings::get(&mut tx.conn, id)?;
    let organization = training.organization_id;
    if is_insider(tx, caller, organization)? || organizations::is_public(&mut tx.conn, organization)? {
        Ok(training)
    } else {
        Err(Error::not_found())
    }
}

/// Lists the trainings of an organization.
///
/// # Errors
/// `not_found`, `invalid_fields` for an invalid cursor.
pub fn list(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    organization: OrganizationId,
    filter: &HostFilter,
    order: StartOrder,
    paging: &Paging,
) -> Result<Page<Training>, Error> {
    super::organizations::get(tx, caller, organization)?;
    let rows = trainings::list(&mut tx.conn, organization, filter, paging.by_instant(order)?)?;
    Ok(paging.page(rows, |training| Paging::instant_key(training.fields.interval.starts_at(), training.id)))
}

/// An upcoming training, and its distance from the given position.
#[derive(Debug, Clone)]
pub struct Found {
    /// The training.
    pub upcoming: Upcoming,
    /// The distance in kilometres.
    pub distance_km: Option<f64>,
}

/// Lists the upcoming trainings of all organizations that are visible to everybody, by start.
///
/// # Errors
/// `invalid_fields` for an invalid cursor.
pub fn search(tx: &mut ReadTx, filter: Filter, near: Option<Near>, paging: &Paging) -> Result<Page<Found>, Error> {
    let area = near.map(|near| BoundingBox::around(near.center, near.radius_km));
    let filter = Filter { area, from: filter.from.max(tx.now), ..filter };
    let key = |training: &Training| (training.fields.interval.starts_at(), training.id);
    let (mut found, mut after, mut is_over) = (Vec::new(), paging.after_instant()?, false);
    while found.len() <= paging.limit && !is_over {
        let rows = trainings::list_upcoming(&mut tx.conn, &filter, after, paging.rows())?;
        is_over = rows.len() <= paging.limit;
        after = rows.last().map(|upcoming| key(&upcoming.training)).or(after);
        // The box has corners that are farther away than the radius.
        found.extend(rows.into_iter().filter_map(|upcoming| {
            let distance_km = near.map(|near| near.center.distance_km(upcoming.position));
            let is_near = near.zip(distance_km).is_none_or(|(near, km)| km <= near.radius_km);
            is_near.then_some(Found { upcoming, distance_km })
        }));
    }
    found.truncate(paging.limit + 1);
    Ok(paging.page(found, |found| {
        let (starts_at, id) = key(&found.upcoming.training);
        Paging::instant_key(starts_at, id)
    }))
}

/// Cancels a training. All seat holders are notified.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if it is over, held or
/// cancelled.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: TrainingId, reason: &str) -> Result<Training, Error> {
    let training = get_scheduled(tx, caller, id)?;
    if training.fields.interval.ends_at() <= tx.now {
        let detail = said!("The training is over. Record who attended instead.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    cancel_training(tx, caller, &training, reason)?;
    Ok(trainings::get(tx.conn, id)?)
}

fn cancel_training(tx: &mut Tx<'_>, caller: Caller, training: &Training, reason: &str) -> Result<(), Error> {
    trainings::update_status(tx.conn, training.id, TrainingStatus::Cancelled, reason)?;
    for seat in training_seats::list_booked(tx.conn, training.id)? {
        training_seats::update_status(tx.conn, &seat, SeatStatus::Cancelled)?;
        take_back(tx, (caller.principal(), caller.user_id), training, &seat)?;
        publish(tx, caller.principal(), Event::TrainingCancelled { seat_id: seat.id })?;
    }
    record(tx, caller, "training.cancel", training)
}

/// Cancels the trainings of hosts with which a kind is no longer shared, because they could certify nobody. So the host of a
/// scheduled training can always grant its kind.
pub(super) fn cancel_unshared(tx: &mut Tx<'_>, caller: Caller, kind: &CertificationKind) -> Result<(), Error> {
    for Training { id, organization_id, .. } in trainings::list_scheduled(tx.conn, kind.id)? {
        if kind.hosts().any(|host| host == organization_id) {
            continue;
        }
        lock(tx, id)?;
        let training = trainings::get(tx.conn, id)?;
        if training.status == TrainingStatus::Scheduled {
            let reason = format!("{} is no longer shared with the organization that trains.", kind.fields.name);
            cancel_training(tx, caller, &training, &reason)?;
        }
    }
    Ok(())
}

/// Records which seat holders attended, once, and certifies them.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if it has not begun,
/// is held already or was cancelled, and a field error for each user without a seat.
pub fn record_attendance(tx: &mut Tx<'_>, caller: Caller, id: TrainingId, attended: &[UserId]) -> Result<Training, Error> {
    let training = get_scheduled(tx, caller, id)?;
    if tx.now < training.fields.interval.starts_at() {
        return Err(Error::Refused(Code::InvalidTransition, said!("The training has not begun yet.")));
    }
    let seats = training_seats::list_booked(tx.conn, id)?;
    let mut errors = Fields::default();
    for (index, user) in attended.iter().enumerate() {
        if seats.iter().all(|seat| seat.user_id != *user) {
            errors.refuse(format!("/attended/{index}"), "no_seat", said!("has no seat in this training"));
        }
    }
    errors.finish(|| Some(()))?;
    let kind = certification_kinds::get(tx.conn, training.fields.certification_kind_id)?;
    for seat in seats {
        let has_attended = attended.contains(&seat.user_id);
        let status = if has_attended { SeatStatus::Attended } else { SeatStatus::Absent };
        training_seats::update_status(tx.conn, &seat, status)?;
        if has_attended {
            let expires_at = kind.expires_at(tx.now);
            let earned = Grant { kind: &kind, user: seat.user_id, expires_at, training: Some(id) };
            granting::issue(tx, caller, earned)?;
        }
    }
    trainings::update_status(tx.conn, id, TrainingStatus::Held, "")?;
    record(tx, caller, "training.hold", &training)?;
    Ok(trainings::get(tx.conn, id)?)
}

/// The seats of a training that has begun and whose attendance is not recorded yet, for its managers; none for others.
///
/// # Errors
/// When the database fails.
pub fn list_due_seats(tx: &mut ReadTx, caller: Caller, training: &Training) -> Result<Vec<TrainingSeat>, Error> {
    let is_due = training.status == TrainingStatus::Scheduled && training.fields.interval.starts_at() <= tx.now;
    match is_due && is_manager(tx, caller, training)? {
        true => Ok(training_seats::list_booked(&mut tx.conn, training.id)?),
        false => Ok(Vec::new()),
    }
}

/// Whether the caller manages the trainings of the organization.
pub(super) fn is_manager(tx: &mut ReadTx, caller: Caller, training: &Training) -> Result<bool, Error> {
    let standing = standing_of(tx, caller, training.organization_id)?;
    Ok(caller.may(standing.as_ref(), Permission::ManageTrainings))
}

/// Locks a training, after its host: all that issue documents lock the host first.
pub(super) fn lock(tx: &mut Tx<'_>, id: TrainingId) -> Result<(), Error> {
    let host = trainings::get(tx.conn, id)?.organization_id;
    organizations::lock(tx.conn, host)?;
    Ok(trainings::lock(tx.conn, id)?)
}

/// Locks a training that is still to be held, for a manager of its organization.
fn get_scheduled(tx: &mut Tx<'_>, caller: Caller, id: TrainingId) -> Result<Training, Error> {
    lock(tx, id)?;
    let training = trainings::get(tx.conn, id)?;
    authorize_managing(tx, caller, &training)?;
    check_scheduled(&training)?;
    Ok(training)
}

/// Checks that the caller manages the organization that trains.
pub(super) fn authorize_managing(tx: &mut ReadTx, caller: Caller, training: &Training) -> Result<(), Error> {
    let is_visible = organizations::is_public(&mut tx.conn, training.organization_id)?;
    authorize(tx, caller, training.organization_id, Permission::ManageTrainings, is_visible)
}

/// Checks that the training has not begun.
pub(super) fn check_ahead(tx: &Tx<'_>, training: &Training) -> Result<(), Error> {
    match training.fields.interval.starts_at() > tx.now {
        true => Ok(()),
        false => Err(Error::Refused(Code::InvalidTransition, said!("The training has begun."))),
    }
}

/// Checks that the training is still to be held.
pub(super) fn check_scheduled(training: &Training) -> Result<(), Error> {
    match training.status {
        TrainingStatus::Scheduled => Ok(()),
        // "Held" is another word for a booking.
        TrainingStatus::Held => Err(Error::Refused(Code::InvalidTransition, said!("The training is held."))),
        status => Err(Error::Refused(Code::InvalidTransition, said!("The training is {status}.", status))),
    }
}

fn record(tx: &mut Tx<'_>, caller: Caller, action: &str, training: &Training) -> Result<(), Error> {
    let TrainingFields { certification_kind_id, interval, seats, trainer, price, .. } = &training.fields;
    let detail = json!({
        "certification_kind_id": certification_kind_id, "seats": seats,
        "starts_at": interval.starts_at(), "ends_at": interval.ends_at(), "price": price,
    });
    let personal = Some(("trainer".to_owned(), trainer.clone().into())).filter(|_| !trainer.is_empty());
    let (object, details) = (("training", training.id.as_str()), (&detail, personal.into_iter().collect()));
    audit_personal(tx, caller.principal(), Some(training.organization_id), action, object, details)
}
