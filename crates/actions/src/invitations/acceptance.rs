//! Accepting an invitation, with the token from its mail or as a signed-in user.

use serde_json::json;

use super::sending::record;
use crate::accounts::deletion::delete_unverified;
use crate::accounts::{NewUser, insert_verified};
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

/// Returns the open invitation that was sent with the token, and the account with its address, if that address is verified.
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

/// Accepts an invitation with the token from the mail, which verifies the address. Without an account for the address, `new` becomes
/// one. An account whose address was never verified is deleted first: another person may have created it.
///
/// # Errors
/// `invalid_one_time_token`, `already_member`, `last_owner` if the unverified account is the last owner of an organization,
/// `invalid_transition` if the certification can no longer be granted.
pub fn accept(tx: &mut Tx<'_>, token: &TokenHash, new: Option<&NewUser>) -> Result<Invitation, Error> {
    let (invitation, account) = get_by_token(tx, token)?;
    let user = match (account, new) {
        (Some(user), _) => user.id,
        (None, None) => return Err(Error::refused(Code::InvalidOneTimeToken)),
        (None, Some(new)) => {
            if let Some(unverified) = users::find_by_email(tx.conn, &invitation.email)? {
                delete_unverified(tx, &unverified)?;
            }
            insert_verified(tx, new)?
        }
    };
    accept_as(tx, &invitation, user)
}

/// Lists the open invitations to the address of the caller, if it is verified.
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
    accept_as(tx, &invitation.ok_or_else(Error::not_found)?, user.id)
}

/// Records the acceptance, and gives the user the membership or the certification.
fn accept_as(tx: &mut Tx<'_>, invitation: &Invitation, user: UserId) -> Result<Invitation, Error> {
    let organization = invitation.organization_id;
    organizations::lock(tx.conn, organization)?;
    // An organization can be closed while an invitation is being sent, which then is not withdrawn.
    let is_closed = organizations::is_closed(tx.conn, organization)?;
    if is_closed || !invitations::update_ended(tx.conn, invitation.id, Some(tx.now), None)? {
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
