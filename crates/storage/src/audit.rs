//! The audit log: actions with their time and user. Rows are added, never changed.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::{audit, users};
use super::schema_events::api_keys;
use super::types::Json;
use domain::ids::{ApiKeyId, AuditId, OrganizationId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// An entry to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = audit)]
pub struct NewEntry<'a> {
    /// Its own identifier.
    pub id: AuditId,
    /// The time.
    pub at: UtcTime,
    /// The user; none if an API key or the service acted.
    pub user_id: Option<UserId>,
    /// The API key, if one acted.
    pub api_key_id: Option<ApiKeyId>,
    /// The organization in whose history it appears.
    pub organization_id: Option<OrganizationId>,
    /// The action, such as `booking.cancel`.
    pub action: &'a str,
    /// The kind of object.
    pub object: &'a str,
    /// The identifier of the object.
    pub object_id: &'a str,
    /// More details of the action.
    pub detail: Json<serde_json::Value>,
}

/// An action of a user, as the user sees it.
#[derive(Debug, Clone, Queryable, serde::Serialize, utoipa::ToSchema)]
pub struct UserAction {
    /// The time.
    pub at: UtcTime,
    /// The organization in whose history it appears, if any.
    #[schema(required)]
    pub organization_id: Option<OrganizationId>,
    /// The action, such as `booking.cancel`.
    pub action: String,
    /// The kind of object.
    pub object: String,
    /// The identifier of the object.
    pub object_id: String,
}

/// An entry as it was written.
#[derive(Debug, Clone, Queryable)]
pub struct Entry {
    /// Its own identifier.
    pub id: AuditId,
    /// The time.
    pub at: UtcTime,
    /// The user; none if an API key or the service acted.
    pub user_id: Option<UserId>,
    /// The name of the user.
    pub user_name: Option<String>,
    /// The API key, if one acted.
    pub api_key_id: Option<ApiKeyId>,
    /// The name of the API key.
    pub api_key_name: Option<String>,
    /// The action, such as `booking.cancel`.
    pub action: String,
    /// The kind of object.
    pub object: String,
    /// The identifier of the object.
    pub object_id: String,
    /// More details of the action.
    pub detail: Json<serde_json::Value>,
}

#[diesel::dsl::auto_type]
fn columns() -> _ {
    let (user, key) = (users::name.nullable(), api_keys::name.nullable());
    (
        audit::id,
        audit::at,
        audit::user_id,
        user,
        audit::api_key_id,
        key,
        audit::action,
        audit::object,
        audit::object_id,
        audit::detail,
    )
}

/// The filter for entries.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only actions on these kinds of objects; on all if there are none.
    pub objects: Vec<String>,
    /// Only of this thing.
    pub object_id: Option<String>,
    /// Only these actions; all if there are none.
    pub actions: Vec<String>,
}

/// Entries with the names of users and keys that a filter describes. A macro, because queries have different types.
macro_rules! filtered {
    ($filter:expr) => {{
        let filter: &Filter = $filter;
        let mut query = audit::table
            .left_join(users::table.on(users::id.nullable().eq(audit::user_id)))
            .left_join(api_keys::table.on(api_keys::id.nullable().eq(audit::api_key_id)))
            .select(columns())
            .into_boxed();
        if !filter.objects.is_empty() {
            query = query.filter(audit::object.eq_any(&filter.objects));
        }
        if let Some(object_id) = &filter.object_id {
            query = query.filter(audit::object_id.eq(object_id));
        }
        if !filter.actions.is_empty() {
            query = query.filter(audit::action.eq_any(&filter.actions));
        }
        query
    }};
}

/// The history of an organization.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    filter: &Filter,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Entry>, StorageError> {
    let query = filtered!(filter).filter(audit::organization_id.eq(organization));
    Ok(by_id!(query, audit::id, rows).load(conn)?)
}

/// The history of the installation; with a user, only that of this user.
///
/// # Errors
/// When the database fails.
pub fn list_all(
    conn: &mut Conn,
    user: Option<UserId>,
    filter: &Filter,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Entry>, StorageError> {
    let mut query = filtered!(filter);
    if let Some(user) = user {
        query = query.filter(audit::user_id.eq(user));
    }
    Ok(by_id!(query, audit::id, rows).load(conn)?)
}

/// The actions on one object after the entry `after`, the earliest first.
///
/// # Errors
/// When the database fails.
pub fn list_of_object(conn: &mut Conn, object_id: &str, after: Option<&str>, limit: i64) -> Result<Vec<Entry>, StorageError> {
    Ok(audit::table
        .left_join(users::table.on(users::id.nullable().eq(audit::user_id)))
        .left_join(api_keys::table.on(api_keys::id.nullable().eq(audit::api_key_id)))
        .filter(audit::object_id.eq(object_id))
        .filter(audit::id.gt(after.unwrap_or_default().to_owned()))
        .order(audit::id)
        .limit(limit)
        .select(columns())
        .load(conn)?)
}

/// The last entry about a thing, and when it was.
///
/// # Errors
/// When the database fails.
pub fn find_last(conn: &mut Conn, object_id: &str) -> Result<Option<(AuditId, UtcTime)>, StorageError> {
    let query =
        audit::table.filter(audit::object_id.eq(object_id)).order(audit::id.desc()).limit(1).select((audit::id, audit::at));
    Ok(query.get_result(conn).optional()?)
}

/// In the histories of which organizations a thing is named.
///
/// # Errors
/// When the database fails.
pub fn list_organizations(conn: &mut Conn, object_id: &str) -> Result<Vec<OrganizationId>, StorageError> {
    let named = audit::table.filter(audit::object_id.eq(object_id)).select(audit::organization_id).distinct();
    let organizations: Vec<Option<OrganizationId>> = named.load(conn)?;
    Ok(organizations.into_iter().flatten().collect())
}

/// Everything that a user did.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<UserAction>, StorageError> {
    let columns = (audit::at, audit::organization_id, audit::action, audit::object, audit::object_id);
    Ok(audit::table.filter(audit::user_id.eq(user)).order(audit::id).select(columns).load(conn)?)
}

/// Adds an entry.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, entry: &NewEntry<'_>) -> Result<(), StorageError> {
    diesel::insert_into(audit::table).values(entry).execute(conn.raw())?;
    Ok(())
}
