//! Training people, and certifying those who came.

use serde_json::json;

use super::certification_kinds::access::check_usable;
use super::certifications::granting::{self, Grant};
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, publish};
use super::{Caller, authorize, is_insider};
use domain::event::{Event, TrainingFacts};
use domain::fields::{Fields, InvalidFields};
use domain::geo::{BoundingBox, Near};
use domain::ids::{CertificationKindId, OrganizationId, TrainingId, UserId};
use domain::paging::{Page, Paging};
use domain::permissions::Permission;
use domain::problem::Code;
use domain::time::UtcTime;
use domain::training::{SeatStatus, TrainingFields, TrainingStatus};
use storage::certification_kinds::{self, CertificationKind};
use storage::db::Tx;
use storage::error::StorageError;
use storage::trainings::{self, Filter, Training, Upcoming};
use storage::{organizations, sites, training_seats};

/// Schedules a training in a kind that the organization may grant, at a site of its own.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, and field errors for a kind or a site that cannot
/// be used.
pub fn create(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, fields: TrainingFields) -> Result<Training, Error> {
    let is_visible = organizations::is_public(tx.conn, organization)?;
    authorize(tx, caller, organization, Permission::Manage, is_visible)?;
    organizations::get(tx.conn, organization)?;
    let mut errors = Fields::default();
    // Nobody withdraws it before the training is there to be called off.
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

/// Notes it as an error if the organization may not train in this kind.
fn check_kind(tx: &mut Tx<'_>, errors: &mut Fields, organization: OrganizationId, fields: &TrainingFields) -> Result<(), Error> {
    let kind = certification_kinds::list_all(tx.conn, &[fields.certification_kind_id])?.pop();
    check_usable(errors, "/certification_kind_id", kind.as_ref(), organization);
    Ok(())
}

/// Notes it as an error if the organization may not train at this site.
fn check_site(tx: &mut Tx<'_>, errors: &mut Fields, organization: OrganizationId, fields: &TrainingFields) -> Result<(), Error> {
    let is_ours = match sites::get(tx.conn, fields.site_id) {
        Err(StorageError::NotFound) => false,
        site => site?.organization_id == organization,
    };
    if !is_ours {
        errors.refuse("/site_id", "unknown_site", "is no site of the organization");
    }
    Ok(())
}

/// Edits a training that has not begun. Who has a seat keeps its price, and hears of another time, place, name or trainer.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that has begun or is cancelled,
/// `precondition_failed`, what `edit` refuses, and field errors for another kind, for a site that cannot be used, and for
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
        errors.refuse("/certification_kind_id", "invalid", "must stay what people have taken their seats for");
    }
    if fields.site_id != was.site_id {
        check_site(tx, &mut errors, training.organization_id, &fields)?;
    }
    let taken = was.seats - training.free_seats;
    if fields.seats < taken {
        errors.refuse("/seats", "out_of_range", format!("must be at least {taken}, for so many are taken"));
    }
    errors.finish(|| Some(()))?;
    let told = |fields: &TrainingFields| (fields.interval, fields.site_id, fields.name.clone(), fields.trainer.clone());
    let is_told = told(&fields) != told(&was);
    trainings::update(tx.conn, id, &fields, training.calendar_sequence + i32::from(is_told))?;
    if is_told {
        let (starts_at, ends_at) = (was.interval.starts_at(), was.interval.ends_at());
        let site = sites::get(tx.conn, was.site_id)?.fields.name;
        let before = TrainingFacts { name: was.name, trainer: was.trainer, site, starts_at, ends_at };
        for seat in training_seats::list_booked(tx.conn, id)? {
            publish(tx, &Event::TrainingChanged { seat_id: seat.id, before: before.clone() })?;
        }
    }
    let training = trainings::get(tx.conn, id)?;
    record(tx, caller, "training.update", &training)?;
    Ok(training)
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

/// A training to come, and how far it is from the place that was named.
#[derive(Debug, Clone)]
pub struct Found {
    /// The training.
    pub upcoming: Upcoming,
    /// How far it is.
    pub distance_km: Option<f64>,
}

/// The trainings to come, whoever trains, that everybody sees: by start.
///
/// # Errors
/// `invalid_fields` for a cursor that is none.
pub fn search(tx: &mut Tx<'_>, filter: Filter, near: Option<Near>, paging: &Paging) -> Result<Page<Found>, Error> {
    let area = near.map(|near| BoundingBox::around(near.center, near.radius_km));
    let filter = Filter { area, from: filter.from.max(tx.now), ..filter };
    let key = |training: &Training| (training.fields.interval.starts_at(), training.id);
    let (mut found, mut after, mut is_over) = (Vec::new(), paging.after_start()?, false);
    while found.len() <= paging.limit && !is_over {
        let rows = trainings::list_upcoming(tx.conn, &filter, after, paging.rows())?;
        is_over = rows.len() <= paging.limit;
        after = rows.last().map(|upcoming| key(&upcoming.training)).or(after);
        // The corners of the box are too far away.
        found.extend(rows.into_iter().filter_map(|upcoming| {
            let distance_km = near.map(|near| near.center.distance_km(upcoming.position));
            let is_near = near.zip(distance_km).is_none_or(|(near, km)| km <= near.radius_km);
            is_near.then_some(Found { upcoming, distance_km })
        }));
    }
    found.truncate(paging.limit + 1);
    Ok(paging.page(found, |found| {
        let (starts_at, id) = key(&found.upcoming.training);
        Paging::start_key(starts_at, id)
    }))
}

/// Calls a training off; all who have a seat hear of it.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that is over, held or
/// cancelled.
pub fn cancel(tx: &mut Tx<'_>, caller: Caller, id: TrainingId, reason: &str) -> Result<Training, Error> {
    let training = get_scheduled(tx, caller, id)?;
    if training.fields.interval.ends_at() <= tx.now {
        let detail = "The training is over. Write down who has attended.".to_owned();
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    call_off(tx, caller, &training, reason)?;
    Ok(trainings::get(tx.conn, id)?)
}

fn call_off(tx: &mut Tx<'_>, caller: Caller, training: &Training, reason: &str) -> Result<(), Error> {
    trainings::update_status(tx.conn, training.id, TrainingStatus::Cancelled, reason)?;
    for seat in training_seats::list_booked(tx.conn, training.id)? {
        training_seats::update_status(tx.conn, &seat, SeatStatus::Cancelled)?;
        publish(tx, &Event::TrainingCancelled { seat_id: seat.id })?;
    }
    record(tx, caller, "training.cancel", training)
}

/// Calls off the trainings of hosts that a kind is not shared with any more, which could certify nobody. So whatever is
/// scheduled is in a kind that its host may grant.
pub(super) fn call_off_unshared(tx: &mut Tx<'_>, caller: Caller, kind: &CertificationKind) -> Result<(), Error> {
    for Training { id, organization_id, .. } in trainings::list_scheduled(tx.conn, kind.id)? {
        if kind.hosts().any(|host| host == organization_id) {
            continue;
        }
        trainings::lock(tx.conn, id)?;
        let training = trainings::get(tx.conn, id)?;
        if training.status == TrainingStatus::Scheduled {
            let reason = format!("{} is not shared with the organization that trains any more.", kind.fields.name);
            call_off(tx, caller, &training, &reason)?;
        }
    }
    Ok(())
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

/// Goes on only if the training has not begun.
pub(super) fn check_ahead(tx: &Tx<'_>, training: &Training) -> Result<(), Error> {
    match training.fields.interval.starts_at() > tx.now {
        true => Ok(()),
        false => Err(Error::Refused(Code::InvalidTransition, "The training has begun.".to_owned())),
    }
}

/// Goes on only if the training is still to be held.
pub(super) fn check_scheduled(training: &Training) -> Result<(), Error> {
    match training.status {
        TrainingStatus::Scheduled => Ok(()),
        status => Err(Error::Refused(Code::InvalidTransition, format!("The training is {status}."))),
    }
}

fn record(tx: &mut Tx<'_>, caller: Caller, action: &str, training: &Training) -> Result<(), Error> {
    let TrainingFields { certification_kind_id, interval, seats, trainer, price, .. } = &training.fields;
    let detail = json!({
        "certification_kind_id": certification_kind_id, "seats": seats,
        "starts_at": interval.starts_at(), "ends_at": interval.ends_at(), "trainer": trainer, "price": price,
    });
    let object = ("training", training.id.as_str());
    audit(tx, Some(caller.user_id), Some(training.organization_id), action, object, &detail)
}
