//! The members of an organization, and their roles.

use serde_json::json;

use super::bookings::operators::clear_operator;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{audit, publish};
use super::{Caller, authorize_in};
use domain::fact::Event;
use domain::fields::InvalidFields;
use domain::ids::{OrganizationId, UserId};
use domain::order::CreationOrder;
use domain::paging::{Page, Paging};
use domain::permissions::{Permission, Role};
use domain::problem::Code;
use domain::said::said;
use domain::standing::StandingChange;
use storage::db::{ReadTx, Tx};
use storage::error::StorageError;
use storage::members::{self, Member};
use storage::{idempotency_keys, organizations, users};

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
    if role > member.role {
        // Roles are listed from the highest to the lowest. The responses to earlier requests may show what the new role does not see.
        idempotency_keys::update_all_withheld(tx.conn, user.as_str())?;
    }
    members::update_role(tx.conn, organization, user, role)?;
    let detail = json!({ "role": role, "before": { "role": member.role } });
    audit(tx, caller.principal(), Some(organization), "member.update", ("user", user.as_str()), &detail)?;
    Ok(members::get(tx.conn, organization, user)?)
}

/// Hands the organization over: another member becomes its owner, and the caller, an owner until now, a manager. Returns the new owner.
///
/// # Errors
/// `not_found`, `email_not_verified`, `forbidden` for callers who are no owners, `invalid_fields` for a user who cannot be owner.
pub fn hand_over(tx: &mut Tx<'_>, caller: Caller, organization: OrganizationId, to: UserId) -> Result<Member, Error> {
    authorize_in(tx, caller, organization, Permission::ManageMembers)?;
    organizations::lock(tx.conn, organization)?;
    let from = caller.user_id;
    if find(tx, organization, from)?.is_none_or(|member| member.role != Role::Owner) {
        let detail = said!("Only an owner can hand the organization over. Operators change the roles of its members.");
        return Err(Error::Refused(Code::Forbidden, detail));
    }
    if to == from || find(tx, organization, to)?.is_none() {
        return Err(InvalidFields::one("/user_id", "not_a_member", said!("must be another member of the organization")).into());
    }
    if caller.must_be_verified && users::get(tx.conn, to)?.email_verified_at.is_none() {
        return Err(
            InvalidFields::one("/user_id", "not_verified", said!("must be a user who has verified the e-mail address")).into()
        );
    }
    members::update_role(tx.conn, organization, to, Role::Owner)?;
    members::update_role(tx.conn, organization, from, Role::Manager)?;
    idempotency_keys::update_all_withheld(tx.conn, from.as_str())?;
    let detail = json!({ "from": from, "to": to });
    let object = ("organization", organization.as_str());
    audit(tx, caller.principal(), Some(organization), "organization.hand_over", object, &detail)?;
    let change = StandingChange::HandedOver { organization_id: organization, from, to };
    publish(tx, caller.principal(), Event::Standing(change))?;
    Ok(members::get(tx.conn, organization, to)?)
}

fn find(tx: &mut ReadTx, organization: OrganizationId, user: UserId) -> Result<Option<Member>, Error> {
    match members::get(&mut tx.conn, organization, user) {
        Err(StorageError::NotFound) => Ok(None),
        member => Ok(Some(member?)),
    }
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
    idempotency_keys::update_all_withheld(tx.conn, user.as_str())?;
    let detail = json!({ "before": { "role": member.role } });
    audit(tx, caller.principal(), Some(organization), "member.remove", ("user", user.as_str()), &detail)
}

/// Checks that the organization has an owner besides this member.
fn check_other_owner(tx: &mut ReadTx, organization: OrganizationId, member: &Member) -> Result<(), Error> {
    if member.role == Role::Owner && members::count_owners(&mut tx.conn, organization)? < 2 {
        return Err(Error::refused(Code::LastOwner));
    }
    Ok(())
}
