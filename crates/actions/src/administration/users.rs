//! Operators find, suspend and reinstate users.

use serde_json::json;

use super::{authorize_operator, check_text, in_other_state, record_look, record_search};
use crate::Caller;
use crate::error::Error;
use crate::record::{audit, publish};
use crate::second_factors;
use domain::fact::Event;
use domain::ids::UserId;
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::said::said;
use domain::standing::StandingChange;
use storage::administration::{self, Filter, User};
use storage::db::Tx;
use storage::members::{self, Membership};
use storage::{sessions, users};

/// A user with the memberships.
#[derive(Debug)]
pub struct UserDetails {
    /// The user.
    pub user: User,
    /// The organizations of the user.
    pub memberships: Vec<Membership>,
}

/// Lists the users that a filter finds.
///
/// # Errors
/// `forbidden`, `invalid_fields`.
pub fn list(
    tx: &mut Tx<'_>,
    caller: Caller,
    filter: &Filter,
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<User>, Error> {
    let detail = json!({ "is_suspended": filter.is_suspended });
    record_search(tx, caller, "admin.list_users", &detail, ("q", filter.text.as_deref()))?;
    let filter = Filter { text: check_text(filter.text.as_deref())?, ..filter.clone() };
    let rows = administration::list_users(tx.conn, &filter, paging.by_id(order))?;
    Ok(paging.page(rows, |row| row.id.to_string()))
}

/// Returns a user.
///
/// # Errors
/// `forbidden`, `not_found`.
pub fn get(tx: &mut Tx<'_>, caller: Caller, id: UserId) -> Result<UserDetails, Error> {
    authorize_operator(tx, caller)?;
    let found = find(tx, id)?;
    record_look(tx, caller, None, "admin.view_user", ("user", id.as_str()), &json!({}))?;
    Ok(found)
}

fn find(tx: &mut Tx<'_>, id: UserId) -> Result<UserDetails, Error> {
    let user = administration::get_user(tx.conn, id)?;
    Ok(UserDetails { user, memberships: members::list_of_user(tx.conn, id)? })
}

/// Suspends a user: all sessions end, and the user cannot sign in. The user gets a mail with the reason.
///
/// # Errors
/// `forbidden`, `not_found`, `invalid_transition` if the user is suspended, or is the caller.
pub fn suspend(tx: &mut Tx<'_>, caller: Caller, id: UserId, reason: &str) -> Result<UserDetails, Error> {
    authorize_operator(tx, caller)?;
    // Somebody must be left who can reinstate others.
    if caller.is(id) {
        return Err(in_other_state(said!("You cannot suspend your own account.")));
    }
    users::lock(tx.conn, id)?;
    if administration::get_user(tx.conn, id)?.suspended_at.is_some() {
        return Err(in_other_state(said!("The user is suspended.")));
    }
    administration::update_user(tx.conn, id, Some((tx.now, reason)))?;
    sessions::update_all_revoked(tx.conn, id, None, tx.now)?;
    audit(tx, caller.principal(), None, "user.suspend", ("user", id.as_str()), &json!({ "reason": reason }))?;
    let change = StandingChange::UserSuspended { user_id: id, reason: reason.to_owned() };
    publish(tx, caller.principal(), Event::Standing(change))?;
    find(tx, id)
}

/// Reinstates a suspended user, who can sign in again. The user gets a mail.
///
/// # Errors
/// `forbidden`, `not_found`, `invalid_transition` if the user is not suspended.
pub fn reinstate(tx: &mut Tx<'_>, caller: Caller, id: UserId) -> Result<UserDetails, Error> {
    authorize_operator(tx, caller)?;
    users::lock(tx.conn, id)?;
    if administration::get_user(tx.conn, id)?.suspended_at.is_none() {
        return Err(in_other_state(said!("The user is not suspended.")));
    }
    administration::update_user(tx.conn, id, None)?;
    audit(tx, caller.principal(), None, "user.reinstate", ("user", id.as_str()), &json!({}))?;
    publish(tx, caller.principal(), Event::Standing(StandingChange::UserReinstated { user_id: id }))?;
    find(tx, id)
}

/// Removes the second factor of a user who has lost it. All sessions of the user end.
///
/// # Errors
/// `forbidden`, `not_found`, `invalid_transition` if the user has none.
pub fn remove_second_factor(tx: &mut Tx<'_>, caller: Caller, id: UserId) -> Result<UserDetails, Error> {
    authorize_operator(tx, caller)?;
    second_factors::clear_lost(tx, id)?;
    audit(tx, caller.principal(), None, "user.remove_second_factor", ("user", id.as_str()), &json!({}))?;
    publish(tx, caller.principal(), Event::Standing(StandingChange::SecondFactorRemoved { user_id: id }))?;
    find(tx, id)
}
