//! Users in organizations.

use diesel::prelude::*;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::paging::by_instant;
use super::schema::{members, organizations, users};
use domain::ids::{OrganizationId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::permissions::{Permission, Role};
use domain::time::UtcTime;

/// A member as it is shown.
#[derive(Debug, Clone, Queryable)]
pub struct Member {
    /// The user.
    pub user_id: UserId,
    /// The user's name.
    pub name: String,
    /// The user's address.
    pub email: String,
    /// The role of the user.
    pub role: Role,
    /// Bumped by each edit.
    pub revision: i64,
    /// Since when.
    pub created_at: UtcTime,
}

/// The standing of a user in the service and in one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether the address is verified.
    pub is_verified: bool,
    /// Whether the user runs the installation.
    pub is_operator: bool,
    /// The role in the organization, if any.
    pub role: Option<Role>,
    /// The organization's name; none if it does not exist.
    pub organization_name: Option<String>,
    /// Whether the organization is suspended.
    pub is_suspended: bool,
    /// Whether the user is a member of an organization that demands a second factor, and has none.
    pub lacks_second_factor: bool,
}

impl Standing {
    /// Whether the user has this permission in the organization; whether the address is verified does not matter here. Operators
    /// of the installation have every permission except for booking.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.is_some_and(|role| role.allows(permission)) || (self.is_operator && permission != Permission::Book)
    }
}

/// The standing of the user; none for a deleted account and for a suspended user.
///
/// # Errors
/// When the database fails.
pub fn find_standing(conn: &mut Conn, user: UserId, organization: OrganizationId) -> Result<Option<Standing>, StorageError> {
    let query = users::table
        .left_join(members::table.on(members::user_id.eq(users::id).and(members::organization_id.eq(organization))))
        .left_join(organizations::table.on(organizations::id.eq(organization)))
        .filter(users::id.eq(user).and(users::deleted_at.is_null()).and(users::suspended_at.is_null()))
        .select((
            users::email_verified_at,
            users::is_operator,
            members::role.nullable(),
            organizations::name.nullable(),
            organizations::suspended_at.nullable(),
            (organizations::requires_second_factor.nullable(), users::second_factor_since),
        ));
    type Row = (Option<UtcTime>, bool, Option<Role>, Option<String>, Option<UtcTime>, (Option<bool>, Option<UtcTime>));
    let row: Option<Row> = query.get_result(conn).optional()?;
    Ok(row.map(|(verified_at, is_operator, role, organization_name, suspended_at, (demands, since))| Standing {
        is_verified: verified_at.is_some(),
        is_operator,
        role,
        organization_name,
        is_suspended: suspended_at.is_some(),
        lacks_second_factor: role.is_some() && demands == Some(true) && since.is_none(),
    }))
}

/// Lets nobody name the member for anything before this transaction, which takes them out of the organization, ends: what
/// has named them by then is seen.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, organization: OrganizationId, user: UserId) -> Result<(), StorageError> {
    // On SQLite the transaction has been the only one since it began.
    if let EitherConn::Pg(conn) = conn.raw().either() {
        let row = members::table.filter(members::organization_id.eq(organization).and(members::user_id.eq(user)));
        row.select(members::user_id).for_update().load::<UserId>(conn)?;
    }
    Ok(())
}

/// Keeps a membership until this transaction ends: no other transaction can remove the member. Returns whether the user is a
/// member.
///
/// # Errors
/// When the database fails.
pub fn lock_shared(conn: &mut Conn, organization: OrganizationId, user: UserId) -> Result<bool, StorageError> {
    // On SQLite the transaction has been the only one since it began.
    let EitherConn::Pg(conn) = conn.either() else { return Ok(true) };
    let row = members::table.filter(members::organization_id.eq(organization).and(members::user_id.eq(user)));
    let found: Option<UserId> = row.select(members::user_id).for_key_share().get_result(conn).optional()?;
    Ok(found.is_some())
}

/// The organizations that the user belongs to, with the role in each, without those that demand a second factor which the user lacks.
///
/// # Errors
/// When the database fails.
pub fn list_usable_roles(conn: &mut Conn, user: UserId) -> Result<Vec<(OrganizationId, Role)>, StorageError> {
    let of_user = members::table.inner_join(organizations::table).inner_join(users::table).filter(members::user_id.eq(user));
    let is_usable = organizations::requires_second_factor.eq(false).or(users::second_factor_since.is_not_null());
    Ok(of_user.filter(is_usable).select((members::organization_id, members::role)).load(conn)?)
}

/// The organizations that the user belongs to, with the role in each.
///
/// # Errors
/// When the database fails.
pub fn list_roles(conn: &mut Conn, user: UserId) -> Result<Vec<(OrganizationId, Role)>, StorageError> {
    Ok(members::table.filter(members::user_id.eq(user)).select((members::organization_id, members::role)).load(conn)?)
}

type Columns = (members::user_id, users::name, users::email, members::role, members::revision, members::created_at);
const COLUMNS: Columns = (members::user_id, users::name, users::email, members::role, members::revision, members::created_at);

/// The members of an organization that have one of these roles, by the instant at which they joined; those with every role if there
/// are none.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    roles: &[Role],
    rows: Rows<CreationOrder, (UtcTime, UserId)>,
) -> Result<Vec<Member>, StorageError> {
    let of_organization = members::table.inner_join(users::table).filter(members::organization_id.eq(organization));
    let mut query = of_organization.select(COLUMNS).into_boxed();
    if !roles.is_empty() {
        query = query.filter(members::role.eq_any(roles));
    }
    Ok(by_instant!(query, (members::created_at, members::user_id), rows).load(conn)?)
}

/// A member.
///
/// # Errors
/// When the user is none, or the database fails.
pub fn get(conn: &mut Conn, organization: OrganizationId, user: UserId) -> Result<Member, StorageError> {
    Ok(members::table
        .inner_join(users::table)
        .filter(members::organization_id.eq(organization).and(members::user_id.eq(user)))
        .select(COLUMNS)
        .get_result(conn)?)
}

/// How many owners the organization has.
///
/// # Errors
/// When the database fails.
pub fn count_owners(conn: &mut Conn, organization: OrganizationId) -> Result<i64, StorageError> {
    Ok(members::table
        .filter(members::organization_id.eq(organization).and(members::role.eq(Role::Owner)))
        .count()
        .get_result(conn)?)
}

/// Adds a member.
///
/// # Errors
/// [`StorageError::NotUnique`] when the user is one already, or the database fails.
pub fn insert(
    conn: &mut WriteConn,
    organization: OrganizationId,
    user: UserId,
    role: Role,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(members::table)
        .values((
            members::organization_id.eq(organization),
            members::user_id.eq(user),
            members::role.eq(role),
            members::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Gives a member another role.
///
/// # Errors
/// When the database fails.
pub fn update_role(conn: &mut WriteConn, organization: OrganizationId, user: UserId, role: Role) -> Result<(), StorageError> {
    diesel::update(members::table.find((organization, user)))
        .set((members::role.eq(role), members::revision.eq(members::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

/// Removes a member.
///
/// # Errors
/// When the database fails.
pub fn delete(conn: &mut WriteConn, organization: OrganizationId, user: UserId) -> Result<(), StorageError> {
    diesel::delete(members::table.find((organization, user))).execute(conn.raw())?;
    Ok(())
}

/// The owners and managers of the organization that have verified their address.
///
/// # Errors
/// When the database fails.
pub fn list_managers(conn: &mut Conn, organization: OrganizationId) -> Result<Vec<Member>, StorageError> {
    Ok(members::table
        .inner_join(users::table)
        .filter(members::organization_id.eq(organization).and(members::role.ne(Role::Booker)))
        .filter(users::email_verified_at.is_not_null())
        .order(members::user_id)
        .select(COLUMNS)
        .load(conn)?)
}

/// Removes the user from all organizations, and returns these.
///
/// # Errors
/// When the database fails.
pub fn delete_all(conn: &mut WriteConn, user: UserId) -> Result<Vec<OrganizationId>, StorageError> {
    let memberships = members::table.filter(members::user_id.eq(user));
    let organizations = memberships.order(members::organization_id).select(members::organization_id).load(conn.raw())?;
    diesel::delete(memberships).execute(conn.raw())?;
    Ok(organizations)
}

/// The role of a user in an organization.
#[derive(Debug, Clone, Queryable, serde::Serialize, utoipa::ToSchema)]
pub struct Membership {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Its name.
    pub organization_name: String,
    /// The role of the user there.
    pub role: Role,
    /// Since when.
    pub created_at: UtcTime,
}

/// The organizations of a user, each with the role.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Membership>, StorageError> {
    Ok(members::table
        .inner_join(organizations::table)
        .filter(members::user_id.eq(user))
        .order(members::organization_id)
        .select((members::organization_id, organizations::name, members::role, members::created_at))
        .load(conn)?)
}
