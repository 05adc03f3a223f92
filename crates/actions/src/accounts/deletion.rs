//! Deleting an account.

use serde_json::json;

use crate::bookings::operators::clear_operator;
use crate::error::Error;
use crate::precondition::IfMatch;
use crate::record::audit;
use crate::training_seats;
use crate::{Caller, accounts, in_name_of, second_factors};
use domain::principal::Principal;
use domain::problem::Code;
use domain::said::said;
use storage::audit as audit_log;
use storage::db::Tx;
use storage::error::StorageError;
use storage::users::{self, User};
use storage::{calendar_feeds, email_changes, idempotency_keys, identities, members, one_time_tokens, organizations, sessions};

/// Deletes the account of the caller. Only the identifier of the user stays, in bookings and in the audit logs of
/// organizations.
///
/// # Errors
/// `last_owner`, and `precondition_failed`.
pub fn delete(tx: &mut Tx<'_>, caller: Caller, if_match: &IfMatch) -> Result<(), Error> {
    users::lock(tx.conn, caller.user_id)?;
    let user = accounts::get(tx, caller)?;
    if_match.check(user.revision)?;
    delete_user(tx, caller, &user)
}

/// Deletes an account whose address was never verified, because another person has verified the address.
///
/// # Errors
/// `last_owner`.
pub(crate) fn delete_unverified(tx: &mut Tx<'_>, user: &User) -> Result<(), Error> {
    users::lock(tx.conn, user.id)?;
    delete_user(tx, in_name_of(user.id), user)
}

fn delete_user(tx: &mut Tx<'_>, caller: Caller, user: &User) -> Result<(), Error> {
    let owned = organizations::list_owned(tx.conn, user.id)?;
    owned.iter().try_for_each(|organization| organizations::lock(tx.conn, *organization))?;
    if owned != organizations::list_owned(tx.conn, user.id)? {
        return Err(StorageError::Conflict(format!("the organizations of user {}", user.id)).into());
    }
    for organization in owned {
        if members::count_owners(tx.conn, organization)? < 2 {
            let detail = said!(
                "You are the last owner of the organization {organization}. Make another member an owner first, or close it.",
                organization
            );
            return Err(Error::Refused(Code::LastOwner, detail));
        }
    }
    for (organization, _) in members::list_roles(tx.conn, user.id)? {
        members::lock(tx.conn, organization, user.id)?;
        clear_operator(tx, caller, organization, user.id, &user.name)?;
    }
    for organization in members::delete_all(tx.conn, user.id)? {
        audit(
            tx,
            Principal::User { user_id: user.id },
            Some(organization),
            "member.remove",
            ("user", user.id.as_str()),
            &json!({}),
        )?;
    }
    training_seats::cancel_all(tx, caller, user.id)?;
    idempotency_keys::delete_all(tx.conn, user.id.as_str())?;
    sessions::update_all_forgotten(tx.conn, user.id, tx.now)?;
    one_time_tokens::delete_all(tx.conn, user.id)?;
    calendar_feeds::delete_all(tx.conn, user.id)?;
    email_changes::delete_all(tx.conn, user.id)?;
    identities::delete_all(tx.conn, user.id)?;
    second_factors::clear(tx, user.id)?;
    users::update_deleted(tx.conn, user.id, tx.now)?;
    audit(tx, Principal::User { user_id: user.id }, None, "user.delete", ("user", user.id.as_str()), &json!({}))?;
    // At the end, for the entries of the deletion have the address of the user, too.
    audit_log::erase_searches(tx.conn, &user.name, &user.email)?;
    Ok(audit_log::erase_of_user(tx.conn, user.id)?)
}
