//! Certifications: reading and revoking them, and warning their holders before they expire.

pub(crate) mod certified;
pub(crate) mod granting;
mod names;

pub use granting::{Granted, Holder, grant};

use serde_json::json;

use self::names::{hide_name, hide_names};
use super::Caller;
use super::bookings::operators::notify_uncertified;
use super::certification_kinds::access::authorize_granting;
use super::error::Error;
use super::record::{audit, publish};
use domain::certification::{CertificationStatus, next_warning};
use domain::fact::Event;
use domain::ids::{CertificationId, CertificationKindId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use storage::certification_kinds;
use storage::certifications::{self, Certification};
use storage::db::{ReadTx, Tx};

/// Returns a certification to its holder and to users who can grant it.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: CertificationId) -> Result<Certification, Error> {
    let certification = certifications::get(&mut tx.conn, id)?;
    if caller.is(certification.user_id) {
        return Ok(certification);
    }
    let kind = certification_kinds::get(&mut tx.conn, certification.certification_kind_id)?;
    match authorize_granting(tx, caller, &kind) {
        Err(Error::Refused(Code::Forbidden, _)) => Err(Error::not_found()),
        allowed => Ok(hide_name(tx, allowed?, certification)?),
    }
}

/// Lists the certifications of a kind that are in one of these states, or in any state if there are none, for users who can grant
/// it.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    kind: CertificationKindId,
    statuses: &[CertificationStatus],
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Certification>, Error> {
    let kind = certification_kinds::get(&mut tx.conn, kind)?;
    let host = authorize_granting(tx, caller, &kind)?;
    let rows = certifications::list_of_kind(&mut tx.conn, kind.id, statuses, tx.now, paging.by_id(order))?;
    let rows = hide_names(tx, host, rows)?;
    Ok(paging.page(rows, |certification| certification.id.to_string()))
}

/// Lists the certifications of the caller.
///
/// # Errors
/// When the database fails.
pub fn list_mine(tx: &mut ReadTx, caller: Caller, paging: &Paging) -> Result<Page<Certification>, Error> {
    let rows = certifications::list_of_user(&mut tx.conn, caller.user_id, paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |certification| certification.id.to_string()))
}

/// Revokes a certification, and with it the certifications of the kind that renewed it or that it renewed.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `invalid_transition` if it is no longer valid.
pub fn revoke(tx: &mut Tx<'_>, caller: Caller, id: CertificationId, reason: &str) -> Result<Certification, Error> {
    let certification = get(tx, caller, id)?;
    let kind = certification_kinds::get(tx.conn, certification.certification_kind_id)?;
    authorize_granting(tx, caller, &kind)?;
    certification_kinds::lock(tx.conn, kind.id)?;
    let status = certifications::get(tx.conn, id)?.validity.status(tx.now);
    if status != CertificationStatus::Valid {
        return Err(Error::Refused(
            Code::InvalidTransition,
            said!("The certification is {status}; it cannot be revoked.", status),
        ));
    }
    certifications::update_revoked(tx.conn, kind.id, certification.user_id, (tx.now, caller.user_id, reason))?;
    let detail = json!({ "certification_kind_id": kind.id, "user_id": certification.user_id, "reason": reason });
    let object = ("certification", id.as_str());
    audit(tx, caller.principal(), Some(kind.organization_id), "certification.revoke", object, &detail)?;
    publish(tx, caller.principal(), Event::CertificationRevoked { certification_id: id })?;
    notify_uncertified(tx, &kind, &certification)?;
    get(tx, caller, id)
}

/// Warns at most `limit` holders whose certifications expire soon. Returns how many certifications were checked.
///
/// # Errors
/// When the database fails.
pub fn warn_due(tx: &mut Tx<'_>, limit: i64) -> Result<usize, Error> {
    let due = certifications::claim_to_warn(tx.conn, tx.now, limit)?;
    for (id, expires_at) in &due {
        certifications::update_next_warning(tx.conn, *id, next_warning(*expires_at, tx.now))?;
        if expires_at.is_some_and(|at| at > tx.now) {
            publish(tx, Principal::System, Event::CertificationExpires { certification_id: *id })?;
        }
    }
    Ok(due.len())
}
