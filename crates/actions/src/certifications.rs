//! Certifying people, and taking it back.

use chrono::TimeDelta;
use serde_json::json;

use super::Caller;
use super::certification_kinds::authorize_granting;
use super::error::Error;
use super::record::{audit, publish};
use domain::certification::{CertificationStatus, Validity, covers, next_warning};
use domain::email::Email;
use domain::event::Event;
use domain::fields::InvalidFields;
use domain::ids::{CertificationId, CertificationKindId, OrganizationId, TrainingId, UserId};
use domain::interval::Interval;
use domain::paging::{Page, Paging};
use domain::problem::Code;
use domain::rules::{BookingRules, Violation, ViolationCode};
use domain::time::UtcTime;
use storage::acquaintances;
use storage::certification_kinds::{self, CertificationKind};
use storage::certifications::{self, Certification, NewCertification};
use storage::db::Tx;
use storage::error::StorageError;
use storage::users::{self, User};

/// Who is to be certified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Whoever has this address.
    Email(Email),
    /// This user.
    User(UserId),
}

/// How many certifications a user can give within an hour, those that are earned at trainings aside,
const MOST_GIVEN_AN_HOUR: i64 = 100;
/// and how many a user can be given.
const MOST_RECEIVED_AN_HOUR: i64 = 20;

/// Certifies a user, or renews what the user holds: as a manager of the host that defines the kind,
/// or of a partner. Where nothing else is said it is good for as long as the kind says.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for a kind that is retired and for somebody who is
/// certified for as long already, `too_many_grants`, and field errors: `unknown_user`, or an end that is past.
pub fn grant(
    tx: &mut Tx<'_>,
    caller: Caller,
    kind: CertificationKindId,
    holder: &Holder,
    expires_at: Option<UtcTime>,
) -> Result<Certification, Error> {
    let kind = certification_kinds::get(tx.conn, kind)?;
    let host = authorize_granting(tx, caller, &kind)?;
    if kind.fields.is_retired {
        return Err(Error::Refused(Code::InvalidTransition, "The kind is retired; it is not granted any more.".to_owned()));
    }
    let user = find_holder(tx, holder, host, kind.id)?;
    if expires_at.is_some_and(|at| at <= tx.now) {
        return Err(InvalidFields::one("/expires_at", "invalid", "must be in the future").into());
    }
    let new = Grant { kind: &kind, user: user.id, expires_at: expires_at.or_else(|| kind.expires_at(tx.now)), training: None };
    let held = certifications::list_held(tx.conn, user.id, &[kind.id], tx.now)?;
    if !new.is_longest(&held) {
        let detail = "The user is certified for as long already.".to_owned();
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    // A grant is a mail to whoever the granter likes, about what the granter likes.
    let since = tx.now - TimeDelta::hours(1);
    let is_too_much = certifications::count_granted_by(tx.conn, caller.user_id, since)? >= MOST_GIVEN_AN_HOUR
        || certifications::count_granted_to(tx.conn, user.id, since)? >= MOST_RECEIVED_AN_HOUR;
    if is_too_much {
        return Err(Error::refused(Code::TooManyGrants));
    }
    let id = issue(tx, caller, new)?;
    Ok(certifications::get(tx.conn, id)?)
}

/// Who an address or an identifier means. An identifier is taken only of somebody whom the host has to do with: to others it
/// would tell the name and the address of anybody.
fn find_holder(tx: &mut Tx<'_>, holder: &Holder, host: OrganizationId, kind: CertificationKindId) -> Result<User, Error> {
    match holder {
        Holder::Email(email) => {
            let found = users::find_by_email(tx.conn, email)?;
            Ok(found.ok_or_else(|| InvalidFields::one("/email", "unknown_user", "has no account here"))?)
        }
        Holder::User(id) => {
            let found = match acquaintances::is_known(tx.conn, *id, host, kind)? {
                true => Some(users::get(tx.conn, *id)),
                false => None,
            };
            match found {
                None | Some(Err(StorageError::NotFound)) => {
                    let detail = "is no member, customer, trainee or holder of yours; give their address as email";
                    Err(InvalidFields::one("/user_id", "unknown_user", detail).into())
                }
                Some(found) => Ok(found?),
            }
        }
    }
}

/// What is granted, to whom, until when, and where it was earned, if at a training.
pub(super) struct Grant<'a> {
    pub(super) kind: &'a CertificationKind,
    pub(super) user: UserId,
    pub(super) expires_at: Option<UtcTime>,
    pub(super) training: Option<TrainingId>,
}

impl Grant<'_> {
    /// Whether it ends after all that is held.
    fn is_longest(&self, held: &[(CertificationKindId, Validity)]) -> bool {
        held.iter().all(|(_, validity)| validity.ends_at() < self.expires_at.unwrap_or(UtcTime::LATEST))
    }
}

/// Writes a certification down, with what the holder is to hear of it.
pub(super) fn issue(tx: &mut Tx<'_>, caller: Caller, new: Grant<'_>) -> Result<CertificationId, Error> {
    let ends_last = new.is_longest(&certifications::list_held(tx.conn, new.user, &[new.kind.id], tx.now)?);
    let Grant { kind, user, expires_at, training } = new;
    if ends_last {
        certifications::update_unwarned(tx.conn, kind.id, user)?;
    }
    let certification = NewCertification {
        id: tx.new_id(),
        certification_kind_id: kind.id,
        user_id: user,
        training_id: training,
        granted_by: caller.user_id,
        granted_at: tx.now,
        expires_at,
        next_warning_at: next_warning(expires_at, tx.now).filter(|_| ends_last),
        reason: "",
    };
    certifications::insert(tx.conn, &certification)?;
    let detail = json!({ "certification_kind_id": kind.id, "user_id": user, "expires_at": expires_at, "training_id": training });
    let object = ("certification", certification.id.as_str());
    audit(tx, Some(caller.user_id), Some(kind.organization_id), "certification.grant", object, &detail)?;
    publish(tx, &Event::CertificationGranted { certification_id: certification.id })?;
    Ok(certification.id)
}

/// A certification, for its holder and for whoever may grant it.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Caller, id: CertificationId) -> Result<Certification, Error> {
    let certification = certifications::get(tx.conn, id)?;
    if certification.user_id == caller.user_id {
        return Ok(certification);
    }
    let kind = certification_kinds::get(tx.conn, certification.certification_kind_id)?;
    match authorize_granting(tx, caller, &kind) {
        Err(Error::Refused(Code::Forbidden, _)) => Err(Error::not_found()),
        allowed => allowed.map(|_| certification),
    }
}

/// Who was certified, for whoever may grant the kind.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(tx: &mut Tx<'_>, caller: Caller, kind: CertificationKindId, paging: &Paging) -> Result<Page<Certification>, Error> {
    let kind = certification_kinds::get(tx.conn, kind)?;
    authorize_granting(tx, caller, &kind)?;
    let rows = certifications::list_of_kind(tx.conn, kind.id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |certification| certification.id.to_string()))
}

/// What the caller was certified in.
///
/// # Errors
/// When the database fails.
pub fn list_mine(tx: &mut Tx<'_>, caller: Caller, paging: &Paging) -> Result<Page<Certification>, Error> {
    let rows = certifications::list_of_user(tx.conn, caller.user_id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |certification| certification.id.to_string()))
}

/// Takes a certification back, and with it what renewed it or was renewed by it.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` for one that is good no more.
pub fn revoke(tx: &mut Tx<'_>, caller: Caller, id: CertificationId, reason: &str) -> Result<Certification, Error> {
    let certification = get(tx, caller, id)?;
    let kind = certification_kinds::get(tx.conn, certification.certification_kind_id)?;
    authorize_granting(tx, caller, &kind)?;
    certification_kinds::lock(tx.conn, kind.id)?;
    let status = certifications::get(tx.conn, id)?.validity.status(tx.now);
    if status != CertificationStatus::Valid {
        return Err(Error::Refused(Code::InvalidTransition, format!("The certification is {status}; it cannot be revoked.")));
    }
    certifications::update_revoked(tx.conn, kind.id, certification.user_id, (tx.now, caller.user_id, reason))?;
    let detail = json!({ "certification_kind_id": kind.id, "user_id": certification.user_id, "reason": reason });
    let object = ("certification", id.as_str());
    audit(tx, Some(caller.user_id), Some(kind.organization_id), "certification.revoke", object, &detail)?;
    publish(tx, &Event::CertificationRevoked { certification_id: id })?;
    super::bookings::tell_uncertified(tx, &kind, &certification)?;
    Ok(certifications::get(tx.conn, id)?)
}

/// What stands in the way of somebody who is to operate a resource under these rules for a time: that
/// the host requires certifications which they will not hold for the whole of it.
///
/// # Errors
/// When the database fails.
pub(super) fn missing(
    tx: &mut Tx<'_>,
    rules: &BookingRules,
    operator: UserId,
    time: Interval,
) -> Result<Option<Violation>, Error> {
    let missing = held(tx, rules, operator)?.missing(tx.now, time);
    if missing.is_empty() {
        return Ok(None);
    }
    let kinds = certification_kinds::list_all(tx.conn, &missing)?;
    let named = kinds.iter().map(|kind| {
        let trainings = format!("/api/v1/trainings?certification_kind_id={}", kind.id);
        format!("{} by {} (trainings: {trainings})", kind.fields.name, kind.organization_name)
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let detail = format!("who operates it must be certified until {} in {named}", time.ends_at());
    Ok(Some(Violation { code: ViolationCode::CertificationMissing, detail, overridable: true }))
}

/// What somebody holds of what rules require.
pub(super) struct Certified {
    required: Vec<CertificationKindId>,
    held: Vec<(CertificationKindId, Validity)>,
}

impl Certified {
    /// What they lack for some part of a time.
    pub(super) fn missing(&self, now: UtcTime, time: Interval) -> Vec<CertificationKindId> {
        // What is past cannot be helped.
        let Ok(time) = Interval::new(time.starts_at().max(now), time.ends_at()) else { return Vec::new() };
        let of = |kind| self.held.iter().filter(move |(one, _)| *one == kind).map(|(_, validity)| *validity).collect();
        self.required.iter().copied().filter(|kind| !covers(of(*kind), time)).collect()
    }
}

/// What somebody who is to operate a resource under these rules holds of what they require.
///
/// # Errors
/// When the database fails.
pub(super) fn held(tx: &mut Tx<'_>, rules: &BookingRules, operator: UserId) -> Result<Certified, Error> {
    let required = rules.required_certification_ids.clone();
    let held = match required.is_empty() {
        true => Vec::new(),
        false => certifications::list_held(tx.conn, operator, &required, tx.now)?,
    };
    Ok(Certified { required, held })
}

/// What stands in the way of working where the host requires certifications while nobody is named who would.
pub(super) fn unnamed(rules: &BookingRules) -> Option<Violation> {
    let detail = "who operates it must be named, and be certified as the host requires".to_owned();
    let missing = Violation { code: ViolationCode::CertificationMissing, detail, overridable: true };
    (!rules.required_certification_ids.is_empty()).then_some(missing)
}

/// Lets at most `limit` holders hear that what they hold expires. Answers how many were looked at.
///
/// # Errors
/// When the database fails.
pub fn warn_due(tx: &mut Tx<'_>, limit: i64) -> Result<usize, Error> {
    let due = certifications::claim_to_warn(tx.conn, tx.now, limit)?;
    for (id, expires_at) in &due {
        certifications::update_next_warning(tx.conn, *id, next_warning(*expires_at, tx.now))?;
        if expires_at.is_some_and(|at| at > tx.now) {
            publish(tx, &Event::CertificationExpires { certification_id: *id })?;
        }
    }
    Ok(due.len())
}
