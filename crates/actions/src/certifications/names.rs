//! The names of certified people. An address is all that the host has typed, so it must not reveal the name of the account.

use crate::error::Error;
use domain::ids::{OrganizationId, UserId};
use storage::certifications::Certification;
use storage::db::ReadTx;
use storage::relationships;

/// Empties the names of holders that are no members of the host or of its customers, and have no seat in its trainings.
pub(super) fn hide_names(
    tx: &mut ReadTx,
    host: OrganizationId,
    mut certifications: Vec<Certification>,
) -> Result<Vec<Certification>, Error> {
    let holders: Vec<UserId> = certifications.iter().map(|certification| certification.user_id).collect();
    let known = relationships::list_members_and_trainees(&mut tx.conn, &holders, host)?;
    for certification in &mut certifications {
        if !known.contains(&certification.user_id) {
            certification.user_name.clear();
        }
    }
    Ok(certifications)
}

/// As [`hide_names`], for one certification.
pub(super) fn hide_name(tx: &mut ReadTx, host: OrganizationId, certification: Certification) -> Result<Certification, Error> {
    hide_names(tx, host, vec![certification])?.pop().ok_or_else(Error::not_found)
}
