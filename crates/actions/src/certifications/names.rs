//! The names of certified people. An address is all that the host has typed, so it must not reveal the name of the account.

use crate::error::Error;
use domain::ids::{OrganizationId, UserId};
use storage::certifications::Certification;
use storage::db::ReadTx;
use storage::relationships;

/// Empties the names of holders with whom the host is not acquainted.
pub(super) fn hide_names(
    tx: &mut ReadTx,
    host: OrganizationId,
    mut certifications: Vec<Certification>,
) -> Result<Vec<Certification>, Error> {
    let holders: Vec<UserId> = certifications.iter().map(|certification| certification.user_id).collect();
    let acquainted = relationships::list_acquainted(&mut tx.conn, &holders, host)?;
    for certification in &mut certifications {
        if !acquainted.contains(&certification.user_id) {
            certification.user_name.clear();
        }
    }
    Ok(certifications)
}

/// Empties the name of the holder, if the host is not acquainted with the holder.
pub(super) fn hide_name(tx: &mut ReadTx, host: OrganizationId, certification: Certification) -> Result<Certification, Error> {
    hide_names(tx, host, vec![certification])?.pop().ok_or_else(Error::not_found)
}
