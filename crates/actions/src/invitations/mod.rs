//! Invitations by mail: the only way to become a member, and the way to certify an address that nobody has verified.

pub mod acceptance;
pub(crate) mod sending;

use chrono::TimeDelta;

use self::sending::{expiry, record, send};
use super::error::Error;
use super::record::publish;
use super::{Caller, authorize_in, standing_of};
use domain::email::Email;
use domain::fact::Event;
use domain::ids::{InvitationId, OrganizationId};
use domain::invitation::{InvitationStatus, Offer};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::{Permission, Role};
use domain::problem::Code;
use domain::said::said;
use domain::secret_token::{SecretToken, TokenHash};
use storage::db::{ReadTx, Tx};
use storage::invitations::{self, Filter, Invitation};
use storage::members::find_standing;
use storage::users;

/// Invites an address to become a member.
///
/// # Errors
/// `not_found`, `forbidden`, `email_not_verified`, `already_member`, `already_invited`, `too_many_invitations`.
pub fn invite(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    email: &Email,
    role: Role,
) -> Result<Invitation, Error> {
    authorize_in(tx, caller, organization, Permission::ManageMembers)?;
    if let Some(user) = users::find_by_email(tx.conn, email)?
        && find_standing(tx.conn, user.id, organization)?.is_some_and(|standing| standing.role.is_some())
    {
        return Err(Error::refused(Code::AlreadyMember));
    }
    send(tx, caller, organization, email, Offer::Membership(role))
}

/// Lists the invitations of an organization that are in one of these states, or in any state if there are none: all for owners,
/// those to certified people for managers.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    statuses: Vec<InvitationStatus>,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Invitation>, Error> {
    authorize_in(tx, caller, organization, Permission::ManageCertifications)?;
    let standing = standing_of(tx, caller, organization)?;
    let filter = Filter { with_members: caller.may(standing.as_ref(), Permission::ManageMembers), statuses };
    let rows = invitations::list(&mut tx.conn, organization, &filter, tx.now, paging.by_id(order))?;
    Ok(paging.page(rows, |row| row.id.to_string()))
}

/// Returns an invitation of an organization, to those who could make it.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn get(tx: &mut ReadTx, caller: Caller, organization: OrganizationId, id: InvitationId) -> Result<Invitation, Error> {
    authorize_in(tx, caller, organization, Permission::View)?;
    let invitation = invitations::get(&mut tx.conn, organization, id)?;
    let needed = match invitation.offer() {
        Some(Offer::Certification { .. }) => Permission::ManageCertifications,
        Some(Offer::Membership(_)) | None => Permission::ManageMembers,
    };
    authorize_in(tx, caller, organization, needed)?;
    Ok(invitation)
}

/// Sends an invitation again, with another token and another end. The earlier token stops working.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_transition` if it was accepted or withdrawn,
/// `too_many_invitations` within an hour of the latest mail.
pub fn resend(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, id: InvitationId) -> Result<Invitation, Error> {
    let invitation = get(tx, caller, organization, id)?;
    if invitation.sent_at > tx.now - TimeDelta::hours(1) {
        return Err(Error::refused(Code::TooManyInvitations));
    }
    let token = SecretToken::new(rand::random());
    if !invitations::update_sent(tx.conn, id, &TokenHash::of(token.expose()), (tx.now, expiry(tx.now)))? {
        return Err(ended(tx, &invitation));
    }
    record(tx, caller.principal(), organization, "invitation.resend", id)?;
    publish(tx, caller.principal(), Event::InvitationSent { invitation_id: id, token: token.expose().to_owned() })?;
    Ok(invitations::get(tx.conn, organization, id)?)
}

/// Withdraws an invitation. Its token stops working.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_transition` if it was accepted or withdrawn.
pub fn withdraw(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, id: InvitationId) -> Result<Invitation, Error> {
    let invitation = get(tx, caller, organization, id)?;
    if !invitations::update_ended(tx.conn, id, None, Some(tx.now))? {
        return Err(ended(tx, &invitation));
    }
    record(tx, caller.principal(), organization, "invitation.withdraw", id)?;
    Ok(invitations::get(tx.conn, organization, id)?)
}

fn ended(tx: &ReadTx, invitation: &Invitation) -> Error {
    Error::Refused(Code::InvalidTransition, said!("The invitation is {status}.", status = invitation.status(tx.now)))
}
