//! Making and sending an invitation.

use chrono::TimeDelta;
use serde_json::json;

use crate::Caller;
use crate::error::Error;
use crate::record::{audit, publish};
use domain::email::Email;
use domain::fact::Event;
use domain::ids::{InvitationId, OrganizationId};
use domain::invitation::{INVITATION_DAYS, Offer};
use domain::principal::Principal;
use domain::problem::Code;
use domain::secret_token::{SecretToken, TokenHash};
use domain::time::UtcTime;
use storage::db::Tx;
use storage::error::StorageError;
use storage::invitations::{self, Invitation, NewInvitation};

/// How many invitations a user can make within an hour.
const MOST_SENT_AN_HOUR: i64 = 50;
/// How many invitations an address can receive within an hour, not counting those that are sent again.
const MOST_RECEIVED_AN_HOUR: i64 = 5;

/// Makes an invitation and sends it.
///
/// # Errors
/// `already_invited`, `too_many_invitations`.
pub(crate) fn send(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    email: &Email,
    offer: Offer,
) -> Result<Invitation, Error> {
    let since = tx.now - TimeDelta::hours(1);
    let is_too_much = invitations::count_by(tx.conn, caller.user_id, since)? >= MOST_SENT_AN_HOUR
        || invitations::count_to(tx.conn, email, since)? >= MOST_RECEIVED_AN_HOUR;
    if is_too_much {
        return Err(Error::refused(Code::TooManyInvitations));
    }
    invitations::update_expired_withdrawn(tx.conn, email, tx.now)?;
    let id: InvitationId = tx.new_id();
    let token = SecretToken::new(rand::random());
    let (names, times) = ((id, TokenHash::of(token.expose())), (tx.now, expiry(tx.now)));
    let new = NewInvitation::new(names, (organization, caller.user_id), (email, offer), times);
    match invitations::insert(tx.conn, &new) {
        Err(StorageError::NotUnique(_)) => return Err(Error::refused(Code::AlreadyInvited)),
        inserted => inserted?,
    }
    record(tx, caller.principal(), organization, "invitation.send", id)?;
    publish(tx, caller.principal(), Event::InvitationSent { invitation_id: id, token: token.expose().to_owned() })?;
    Ok(invitations::get(tx.conn, organization, id)?)
}

/// When an invitation that is sent now expires.
pub(super) fn expiry(now: UtcTime) -> UtcTime {
    now + TimeDelta::days(INVITATION_DAYS)
}

/// Records what happened to an invitation.
pub(super) fn record(
    tx: &mut Tx<'_>,
    by: Principal,
    organization: OrganizationId,
    action: &str,
    id: InvitationId,
) -> Result<(), Error> {
    audit(tx, by, Some(organization), action, ("invitation", id.as_str()), &json!({}))
}
