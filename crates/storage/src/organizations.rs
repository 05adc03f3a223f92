//! Firms, start-ups and maker spaces.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::{members, organizations, resources};
use domain::email::Email;
use domain::ids::{OrganizationId, UserId};
use domain::organization::{OrganizationFields, OrganizationKind};
use domain::permissions::Role;
use domain::resource::ResourceStatus;
use domain::time::UtcTime;

/// An organization.
#[derive(Debug, Clone, Queryable)]
pub struct Organization {
    /// Its identifier.
    pub id: OrganizationId,
    kind: OrganizationKind,
    name: String,
    description: String,
    website: String,
    contact_email: String,
    requires_second_factor: bool,
    /// Since when mail is sent to its contact; none where nobody has said yet that it is wanted there.
    pub contact_verified_at: Option<UtcTime>,
    /// Whether it has any terms in force.
    pub has_terms: bool,
    /// Bumped by each edit.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was edited last.
    pub updated_at: UtcTime,
}

impl Organization {
    /// Its fields.
    pub fn fields(&self) -> OrganizationFields {
        OrganizationFields {
            kind: self.kind,
            name: self.name.clone(),
            description: self.description.clone(),
            website: self.website.clone(),
            contact_email: self.contact_email.parse::<Email>().ok(),
            requires_second_factor: self.requires_second_factor,
        }
    }
}

type Columns = (
    organizations::id,
    organizations::kind,
    organizations::name,
    organizations::description,
    organizations::website,
    organizations::contact_email,
    organizations::requires_second_factor,
    organizations::contact_verified_at,
    organizations::has_terms,
    organizations::revision,
    organizations::created_at,
    organizations::updated_at,
);
const COLUMNS: Columns = (
    organizations::id,
    organizations::kind,
    organizations::name,
    organizations::description,
    organizations::website,
    organizations::contact_email,
    organizations::requires_second_factor,
    organizations::contact_verified_at,
    organizations::has_terms,
    organizations::revision,
    organizations::created_at,
    organizations::updated_at,
);

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = organizations)]
struct Row<'a> {
    kind: OrganizationKind,
    name: &'a str,
    description: &'a str,
    website: &'a str,
    contact_email: &'a str,
    requires_second_factor: bool,
    updated_at: UtcTime,
}

impl<'a> Row<'a> {
    fn new(fields: &'a OrganizationFields, updated_at: UtcTime) -> Self {
        Self {
            kind: fields.kind,
            name: &fields.name,
            description: &fields.description,
            website: &fields.website,
            contact_email: fields.contact_email.as_ref().map_or("", Email::as_str),
            requires_second_factor: fields.requires_second_factor,
            updated_at,
        }
    }
}

/// An organization.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: OrganizationId) -> Result<Organization, StorageError> {
    Ok(organizations::table.find(id).select(COLUMNS).get_result(conn)?)
}

/// Those of these organizations that exist.
///
/// # Errors
/// When the database fails.
pub fn list_known(conn: &mut Conn, ids: &[OrganizationId]) -> Result<Vec<OrganizationId>, StorageError> {
    Ok(organizations::table.filter(organizations::id.eq_any(ids)).select(organizations::id).load(conn)?)
}

/// Whether there is any.
///
/// # Errors
/// When the database fails.
pub fn has_any(conn: &mut Conn) -> Result<bool, StorageError> {
    Ok(diesel::select(exists(organizations::table.select(organizations::id))).get_result(conn)?)
}

/// Whether it shows something to everybody: a resource that is listed.
///
/// # Errors
/// When the database fails.
pub fn is_public(conn: &mut Conn, id: OrganizationId) -> Result<bool, StorageError> {
    let shown = resources::table.filter(resources::organization_id.eq(id)).filter(super::visibility::is_visible_to_all());
    Ok(diesel::select(exists(shown)).get_result(conn)?)
}

/// The organizations that `user` is a member of, after `after`, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_of_member(conn: &mut Conn, user: UserId, after: Option<&str>, limit: i64) -> Result<Vec<Organization>, StorageError> {
    Ok(organizations::table
        .inner_join(members::table)
        .filter(members::user_id.eq(user))
        .filter(organizations::id.gt(after.unwrap_or_default().to_owned()))
        .order(organizations::id)
        .limit(limit)
        .select(COLUMNS)
        .load(conn)?)
}

/// The names of some organizations.
///
/// # Errors
/// When the database fails.
pub fn list_names(conn: &mut Conn, ids: &[OrganizationId]) -> Result<Vec<(OrganizationId, String)>, StorageError> {
    Ok(organizations::table.filter(organizations::id.eq_any(ids)).select((organizations::id, organizations::name)).load(conn)?)
}

/// Adds an organization; `source` names where an import took it from.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: OrganizationId,
    fields: &OrganizationFields,
    source: Option<&str>,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(organizations::table)
        .values((
            organizations::id.eq(id),
            Row::new(fields, now),
            organizations::source.eq(source),
            organizations::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Writes the fields that an organization sets itself.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, id: OrganizationId, fields: &OrganizationFields, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(organizations::table.find(id))
        .set((Row::new(fields, now), organizations::revision.eq(organizations::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

/// Closes an organization: retires its resources, ends its memberships, and forgets its contact address.
///
/// # Errors
/// When the database fails.
pub fn update_closed(conn: &mut WriteConn, id: OrganizationId, now: UtcTime) -> Result<(), StorageError> {
    let open = resources::table.filter(resources::organization_id.eq(id)).filter(resources::status.ne(ResourceStatus::Retired));
    let retired = (resources::status.eq(ResourceStatus::Retired), resources::updated_at.eq(now));
    diesel::update(open).set((retired, resources::revision.eq(resources::revision + 1_i64))).execute(conn.raw())?;
    diesel::update(organizations::table.find(id))
        .set((
            organizations::closed_at.eq(now),
            organizations::contact_email.eq(""),
            organizations::contact_verified_at.eq(None::<UtcTime>),
            organizations::updated_at.eq(now),
            organizations::revision.eq(organizations::revision + 1_i64),
        ))
        .execute(conn.raw())?;
    // An organization that is not closed keeps an owner.
    diesel::delete(members::table.filter(members::organization_id.eq(id))).execute(conn.raw())?;
    Ok(())
}

/// Whether an organization was closed.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn is_closed(conn: &mut Conn, id: OrganizationId) -> Result<bool, StorageError> {
    Ok(organizations::table.find(id).select(organizations::closed_at.is_not_null()).get_result(conn)?)
}

/// Whether an organization is suspended.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn is_suspended(conn: &mut Conn, id: OrganizationId) -> Result<bool, StorageError> {
    Ok(organizations::table.find(id).select(organizations::suspended_at.is_not_null()).get_result(conn)?)
}

/// Notes since when mail is sent to the contact of an organization.
///
/// # Errors
/// When the database fails.
pub fn update_contact_verified(conn: &mut WriteConn, id: OrganizationId, at: Option<UtcTime>) -> Result<(), StorageError> {
    let revision = organizations::revision + i64::from(at.is_some());
    let verified = (organizations::contact_verified_at.eq(at), organizations::revision.eq(revision));
    diesel::update(organizations::table.find(id)).set(verified).execute(conn.raw())?;
    Ok(())
}

/// The organization that an import took from `source`.
///
/// # Errors
/// When the database fails.
pub fn find_by_source(conn: &mut Conn, source: &str) -> Result<Option<Organization>, StorageError> {
    Ok(organizations::table.filter(organizations::source.eq(source)).select(COLUMNS).get_result(conn).optional()?)
}

/// The organizations that `user` is an owner of, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_owned(conn: &mut Conn, user: UserId) -> Result<Vec<OrganizationId>, StorageError> {
    Ok(members::table
        .filter(members::user_id.eq(user).and(members::role.eq(Role::Owner)))
        .order(members::organization_id)
        .select(members::organization_id)
        .load(conn)?)
}

/// Lets nobody else edit the organization or its members before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: OrganizationId) -> Result<(), StorageError> {
    diesel::update(organizations::table.find(id)).set(organizations::revision.eq(organizations::revision)).execute(conn.raw())?;
    Ok(())
}
