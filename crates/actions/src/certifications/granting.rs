//! Granting certifications.

use chrono::TimeDelta;
use serde_json::json;

use super::names::hide_name;
use crate::certification_kinds::access::authorize_granting;
use crate::error::Error;
use crate::invitations::sending::send;
use crate::record::{audit, publish};
use crate::{Caller, in_name_of};
use domain::certification::{Validity, next_warning};
use domain::email::Email;
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{CertificationId, CertificationKindId, OrganizationId, TrainingId, UserId};
use domain::invitation::Offer;
use domain::problem::Code;
use domain::said::said;
use domain::time::UtcTime;
use storage::certification_kinds::{self, CertificationKind};
use storage::certifications::{self, Certification, NewCertification};
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::invitations::Invitation;
use storage::relationships;
use storage::users::{self, User};

/// The user to certify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The user with this e-mail address.
    Email(Email),
    /// The user with this identifier.
    User(UserId),
}

/// How many certifications a user can grant within an hour, not counting those that are earned in trainings.
const MOST_GIVEN_AN_HOUR: i64 = 100;
/// How many certifications a user can receive within an hour.
const MOST_RECEIVED_AN_HOUR: i64 = 20;

/// The result of granting.
#[derive(Debug)]
pub enum Granted {
    /// The user holds the certification.
    Certification(Box<Certification>),
    /// Nobody has verified the address, so it was invited; the certification is granted when the invitation is accepted.
    Invitation(Box<Invitation>),
}

/// Certifies a user, or renews a certification, as a manager of the host that defines the kind or of a partner. Without
/// `expires_at` the certification is valid for as long as the kind says. An address that nobody has verified is invited.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if the kind is retired or the user is certified for as
/// long already, `too_many_grants`, `already_invited`, `too_many_invitations`, and field errors: `unknown_user`, or an end in the
/// past.
pub fn grant(
    tx: &mut Tx<'_>,
    caller: Caller,
    kind: CertificationKindId,
    holder: &Holder,
    expires_at: Option<UtcTime>,
) -> Result<Granted, Error> {
    let kind = certification_kinds::get(tx.conn, kind)?;
    let host = authorize_granting(tx, caller, &kind)?;
    check_in_use(&kind)?;
    if expires_at.is_some_and(|at| at <= tx.now) {
        return Err(InvalidFields::one("/expires_at", "invalid", said!("must be in the future")).into());
    }
    let user = match find_holder(tx, holder, host, kind.id)? {
        Ok(user) => user,
        Err(email) => {
            let offer = Offer::Certification { kind: kind.id, expires_at };
            return Ok(Granted::Invitation(Box::new(send(tx, caller, host, email, offer)?)));
        }
    };
    let new = Grant { kind: &kind, user: user.id, expires_at: expires_at.or_else(|| kind.expires_at(tx.now)), training: None };
    let held = certifications::list_held(tx.conn, user.id, &[kind.id], tx.now)?;
    if !new.is_longest(&held) {
        let detail = said!("The user already holds a certification of this kind that lasts at least as long.");
        return Err(Error::Refused(Code::InvalidTransition, detail));
    }
    // A grant sends a mail with words of the granter to any user that the granter chooses.
    let since = tx.now - TimeDelta::hours(1);
    let is_too_much = certifications::count_granted_by(tx.conn, caller.user_id, since)? >= MOST_GIVEN_AN_HOUR
        || certifications::count_granted_to(tx.conn, user.id, since)? >= MOST_RECEIVED_AN_HOUR;
    if is_too_much {
        return Err(Error::refused(Code::TooManyGrants));
    }
    let id = issue(tx, caller, new)?;
    let certification = certifications::get(tx.conn, id)?;
    Ok(Granted::Certification(Box::new(hide_name(tx, host, certification)?)))
}

fn check_in_use(kind: &CertificationKind) -> Result<(), Error> {
    if kind.fields.is_retired {
        return Err(Error::Refused(Code::InvalidTransition, said!("The kind is retired; it can no longer be granted.")));
    }
    Ok(())
}

/// Certifies the user who has accepted an invitation to be certified, in the name of the user who sent it. A certification that
/// the user holds for longer stays the only one.
///
/// # Errors
/// `invalid_transition` if the kind is retired or the certification would have expired.
pub(crate) fn accept_offered(
    tx: &mut Tx<'_>,
    granted_by: UserId,
    (kind, user): (CertificationKindId, UserId),
    expires_at: Option<UtcTime>,
) -> Result<(), Error> {
    let kind = certification_kinds::get(tx.conn, kind)?;
    check_in_use(&kind)?;
    if expires_at.is_some_and(|at| at <= tx.now) {
        return Err(Error::Refused(Code::InvalidTransition, said!("The certification would have expired by now.")));
    }
    let new = Grant { kind: &kind, user, expires_at: expires_at.or_else(|| kind.expires_at(tx.now)), training: None };
    if new.is_longest(&certifications::list_held(tx.conn, user, &[kind.id], tx.now)?) {
        issue(tx, in_name_of(granted_by), new)?;
    }
    Ok(())
}

/// Finds the user, or returns an address that no user has verified. An identifier is accepted only if the host has a relationship with the user: otherwise it would reveal the
/// name and the address of any user.
fn find_holder<'a>(
    tx: &mut ReadTx,
    holder: &'a Holder,
    host: OrganizationId,
    kind: CertificationKindId,
) -> Result<Result<User, &'a Email>, Error> {
    match holder {
        Holder::Email(email) => {
            let found = users::find_by_email(&mut tx.conn, email)?;
            Ok(found.filter(|user| user.email_verified_at.is_some()).ok_or(email))
        }
        Holder::User(id) => {
            let found = match relationships::is_known(&mut tx.conn, *id, host, kind)? {
                true => Some(users::get(&mut tx.conn, *id)),
                false => None,
            };
            match found {
                None | Some(Err(StorageError::NotFound)) => {
                    let detail = said!(
                        "must be a member, customer, trainee or certification holder of yours; for others give the address in email"
                    );
                    Err(InvalidFields::one("/user_id", "unknown_user", detail).into())
                }
                Some(found) => Ok(Ok(found?)),
            }
        }
    }
}

/// A certification to grant.
pub(crate) struct Grant<'a> {
    pub(crate) kind: &'a CertificationKind,
    pub(crate) user: UserId,
    pub(crate) expires_at: Option<UtcTime>,
    /// The training in which it was earned.
    pub(crate) training: Option<TrainingId>,
}

impl Grant<'_> {
    /// Whether it ends after all certifications of the kind that the user holds.
    fn is_longest(&self, held: &[(CertificationKindId, Validity)]) -> bool {
        held.iter().all(|(_, validity)| validity.ends_at() < self.expires_at.unwrap_or(UtcTime::LATEST))
    }
}

/// Stores a certification, and records the fact for its holder.
pub(crate) fn issue(tx: &mut Tx<'_>, caller: Caller, new: Grant<'_>) -> Result<CertificationId, Error> {
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
    audit(tx, caller.principal(), Some(kind.organization_id), "certification.grant", object, &detail)?;
    publish(tx, caller.principal(), Event::CertificationGranted { certification_id: certification.id })?;
    Ok(certification.id)
}
