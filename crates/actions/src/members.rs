//! The members of an organization, and their roles.

use serde_json::json;

use super::bookings::operators::clear_operator;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::audit;
use super::{Caller, authorize_in};
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, UserId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::{Permission, Role};
use domain::problem::Code;
use storage::db::{ReadTx, Tx};
use storage::members::{self, Member};
use storage::organizations;

/// Lists the members of an organization with one of these roles, or with any role if there are none, for members.
///
/// # Errors
/// `not_found`, `forbidden`, `invalid_fields` for an invalid cursor.
pub fn list(
    tx: &mut ReadTx,
    caller: Caller,
    organization: OrganizationId,
    roles: &[Role],
    order: CreationOrder,
    paging: &Paging,
) -> Result<Page<Member>, Error> {
    authorize_in(tx, caller, organization, Permission::View)?;
    let rows = members::list(&mut tx.conn, organization, roles, paging.by_instant(order)?)?;
    Ok(paging.page(rows, |member| Paging::instant_key(member.created_at, member.user_id)))
}

/// Returns a member of an organization, to members.
///
/// # Errors
/// `not_found`, `forbidden`.
pub fn get(tx: &mut ReadTx, caller: Caller, organization: OrganizationId, user: UserId) -> Result<Member, Error> {
    authorize_in(tx, caller, organization, Permission::View)?;
    Ok(members::get(&mut tx.conn, organization, user)?)
}

/// Gives a member another role.
///
/// # Errors
/// `not_found`, `forbidden`, `last_owner`, `precondition_failed`, and the errors of `edit`.
pub fn update(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    user: UserId,
    if_match: &IfMatch,
    edit: impl FnOnce(Role) -> Result<Role, InvalidFields>,
) -> Result<Member, Error> {
    authorize_in(tx, caller, organization, Permission::ManageMembers)?;
    organizations::lock(tx.conn, organization)?;
    let member = members::get(tx.conn, organization, user)?;
    if_match.check(member.revision)?;
    let role = edit(member.role)?;
    if role != Role::Owner {
        check_other_owner(tx, organization, &member)?;
    }
    members::update_role(tx.conn, organization, user, role)?;
    record(tx, caller, organization, "member.update", user, Some(role))?;
    Ok(members::get(tx.conn, organization, user)?)
}

/// Removes a member. Each member can leave. The bookings that the member was going to operate stand, and need another operator.
///
/// # Errors
/// `not_found`, `forbidden`, `last_owner`, `precondition_failed`.
pub fn remove(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    user: UserId,
    if_match: &IfMatch,
) -> Result<(), Error> {
    let needed = if user == caller.user_id { Permission::View } else { Permission::ManageMembers };
    authorize_in(tx, caller, organization, needed)?;
    organizations::lock(tx.conn, organization)?;
    let member = members::get(tx.conn, organization, user)?;
    if_match.check(member.revision)?;
    check_other_owner(tx, organization, &member)?;
    members::lock(tx.conn, organization, user)?;
    clear_operator(tx, caller, organization, user, &member.name)?;
    members::delete(tx.conn, organization, user)?;
    record(tx, caller, organization, "member.remove", user, None)
}

/// Checks that the organization has an owner besides this member.
fn check_other_owner(tx: &mut ReadTx, organization: OrganizationId, member: &Member) -> Result<(), Error> {
    if member.role == Role::Owner && members::count_owners(&mut tx.conn, organization)? < 2 {
        return Err(Error::refused(Code::LastOwner));
    }
    Ok(())
}

fn record(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    action: &str,
    user: UserId,
    role: Option<Role>,
) -> Result<(), Error> {
    let detail = json!({ "role": role });
    audit(tx, caller.principal(), Some(organization), action, ("user", user.as_str()), &detail)
}
