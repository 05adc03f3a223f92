//! Accepting an invitation, with the token from its mail or as a signed-in user.

use serde_json::json;

use super::sending::record;
use crate::accounts::deletion::release_address;
use crate::accounts::{NewUser, insert_proved};
use crate::certifications::granting::accept_offered;
use crate::error::Error;
use crate::record::audit;
use crate::{Caller, accounts};
use domain::ids::{InvitationId, UserId};
use domain::invitation::{InvitationStatus, Offer};
use domain::paging::{Page, Paging};
use domain::principal::Principal;
use domain::problem::Code;
use domain::secret_token::TokenHash;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::invitations::{self, Invitation};
use storage::users::{self, User};
use storage::{members, organizations};

/// Returns the open invitation that was sent with the token, and the account with its address, if that address is proved.
///
/// # Errors
/// `invalid_one_time_token`.
pub fn get_by_token(tx: &mut ReadTx, token: &TokenHash) -> Result<(Invitation, Option<User>), Error> {
    let now = tx.now;
    let found = invitations::find_by_token(&mut tx.conn, token)?;
    let open = found.filter(|invitation| invitation.status(now) == InvitationStatus::Open);
    let invitation = open.ok_or_else(|| Error::refused(Code::InvalidOneTimeToken))?;
    let user = users::find_by_email(&mut tx.conn, &invitation.email)?;
    Ok((invitation, user.filter(|user| user.email_verified_at.is_some())))
}

/// Accepts an invitation with the token from the mail, which proves the address. Without an account for the address, `newcomer`
/// gets one. An account whose address was never proved belongs to somebody who typed the address: it is deleted.
///
/// # Errors
/// `invalid_one_time_token`, `already_member`, `last_owner` if the unproved account owns an organization alone,
/// `invalid_transition` if the certification can no longer be granted.
pub fn accept(tx: &mut Tx<'_>, token: &TokenHash, newcomer: Option<&NewUser>) -> Result<Invitation, Error> {
    let (invitation, account) = get_by_token(tx, token)?;
    let user = match (account, newcomer) {
        (Some(user), _) => user.id,
        (None, None) => return Err(Error::refused(Code::InvalidOneTimeToken)),
        (None, Some(newcomer)) => {
            if let Some(unproved) = users::find_by_email(tx.conn, &invitation.email)? {
                release_address(tx, &unproved)?;
            }
            insert_proved(tx, newcomer)?
        }
    };
    fulfil(tx, &invitation, user)
}

/// Lists the open invitations to the address of the caller, if it is proved.
///
/// # Errors
/// As [`accounts::get`].
pub fn list_mine(tx: &mut ReadTx, caller: Caller, paging: &Paging) -> Result<Page<Invitation>, Error> {
    let user = accounts::get(tx, caller)?;
    let rows = match user.email_verified_at {
        Some(_) => invitations::list_to(&mut tx.conn, &user.email, Some(tx.now), paging.after.as_deref(), paging.rows())?,
        None => Vec::new(),
    };
    Ok(paging.page(rows, |invitation| invitation.id.to_string()))
}

/// Accepts an invitation to the address of the caller.
///
/// # Errors
/// `not_found`, `already_member`, and `invalid_transition` if the certification can no longer be granted.
pub fn accept_mine(tx: &mut Tx<'_>, caller: Caller, id: InvitationId) -> Result<Invitation, Error> {
    let user = accounts::get(tx, caller)?;
    let invitation = invitations::find(tx.conn, id)?.filter(|invitation| {
        user.email_verified_at.is_some() && invitation.email == user.email && invitation.status(tx.now) == InvitationStatus::Open
    });
    fulfil(tx, &invitation.ok_or_else(Error::not_found)?, user.id)
}

/// Gives the user what the invitation offers.
fn fulfil(tx: &mut Tx<'_>, invitation: &Invitation, user: UserId) -> Result<Invitation, Error> {
    let organization = invitation.organization_id;
    organizations::lock(tx.conn, organization)?;
    if !invitations::update_accepted(tx.conn, invitation.id, tx.now)? {
        return Err(Error::refused(Code::InvalidOneTimeToken));
    }
    let principal = Principal::User { user_id: user };
    match invitation.offer() {
        Some(Offer::Membership(role)) => {
            match members::insert(tx.conn, organization, user, role, tx.now) {
                Err(StorageError::NotUnique(_)) => return Err(Error::refused(Code::AlreadyMember)),
                inserted => inserted?,
            }
            let detail = json!({ "role": role, "invitation_id": invitation.id });
            audit(tx, principal, Some(organization), "member.add", ("user", user.as_str()), &detail)?;
        }
        Some(Offer::Certification { kind, expires_at }) => accept_offered(tx, invitation.invited_by, (kind, user), expires_at)?,
        None => {}
    }
    record(tx, principal, organization, "invitation.accept", invitation.id)?;
    Ok(invitations::get(tx.conn, organization, invitation.id)?)
}
