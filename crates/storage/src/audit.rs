//! The audit log: actions with their time and user. Rows are added, never changed, except that what is personal in them can be erased.

use diesel::prelude::*;

use super::audit_tree;
use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::{audit, members, users};
use super::schema_audit::audit_leaves;
use super::schema_events::api_keys;
use super::types::Json;
use domain::email::Email;
use domain::ids::{ApiKeyId, AuditId, OrganizationId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// How many entries one statement changes: SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

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
    /// More details that can be erased.
    pub personal: Option<Json<serde_json::Value>>,
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
    /// The part that is erased with your account: `address`, from which the request came, and other facts about people.
    #[schema(required, value_type = Option<Object>)]
    pub personal: Option<Json<serde_json::Value>>,
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

/// The place of an entry in the tree, and its personal part.
#[derive(Debug, Clone, Queryable)]
pub struct Seal {
    /// The organization in whose history it appears.
    pub organization_id: Option<OrganizationId>,
    /// The number of entries before it in the tree. None: it is not in the tree yet.
    pub sequence: Option<i64>,
    /// The commitment to what was personal when the entry was added to the tree.
    pub commitment: Option<Vec<u8>>,
    /// The salt of the commitment. None after it was erased.
    pub salt: Option<Vec<u8>>,
    /// The personal part. None after it was erased.
    pub personal: Option<Json<serde_json::Value>>,
    /// The user who acted, as a member of the organization.
    member: Option<UserId>,
    /// The organization of the API key that acted.
    key_organization: Option<OrganizationId>,
}

impl Seal {
    /// Whether a member or an API key of the organization acted. The organization does not see the personal part of entries of others.
    pub fn is_own(&self) -> bool {
        self.member.is_some() || (self.key_organization.is_some() && self.key_organization == self.organization_id)
    }
}

/// An entry with what the tree says about it.
#[derive(Debug, Clone, Queryable)]
pub struct ListedEntry {
    /// The entry.
    pub entry: Entry,
    /// Its place in the tree, and its personal part.
    pub seal: Seal,
}

/// The filter for entries.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only actions of this user.
    pub user_id: Option<UserId>,
    /// Only actions of this API key.
    pub api_key_id: Option<ApiKeyId>,
    /// Only actions from this instant on.
    pub from: Option<UtcTime>,
    /// Only actions before this instant.
    pub to: Option<UtcTime>,
    /// Only actions on these kinds of objects; on all if there are none.
    pub objects: Vec<String>,
    /// Only of this thing.
    pub object_id: Option<String>,
    /// Only these actions; all if there are none.
    pub actions: Vec<String>,
}

#[diesel::dsl::auto_type]
fn seal_columns() -> _ {
    let (member, key_organization) = (members::user_id.nullable(), api_keys::organization_id.nullable());
    (
        audit::organization_id,
        audit_leaves::sequence.nullable(),
        audit_leaves::commitment.nullable(),
        audit_leaves::salt.nullable(),
        audit::personal,
        member,
        key_organization,
    )
}

/// Entries, with the names of users and keys and what the tree says. A macro, because queries have different types.
macro_rules! listed {
    () => {
        audit::table
            .left_join(users::table.on(users::id.nullable().eq(audit::user_id)))
            .left_join(api_keys::table.on(api_keys::id.nullable().eq(audit::api_key_id)))
            .left_join(audit_leaves::table.on(audit_leaves::entry_id.eq(audit::id)))
            .left_join(
                members::table.on(members::organization_id
                    .nullable()
                    .eq(audit::organization_id)
                    .and(members::user_id.nullable().eq(audit::user_id))),
            )
            .select((columns(), seal_columns()))
    };
}

/// The entries that a filter describes.
macro_rules! filtered {
    ($filter:expr) => {{
        let filter: &Filter = $filter;
        let mut query = listed!().into_boxed();
        if let Some(user) = filter.user_id {
            query = query.filter(audit::user_id.eq(user));
        }
        if let Some(key) = filter.api_key_id {
            query = query.filter(audit::api_key_id.eq(key));
        }
        if let Some(from) = filter.from {
            query = query.filter(audit::at.ge(from));
        }
        if let Some(to) = filter.to {
            query = query.filter(audit::at.lt(to));
        }
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
) -> Result<Vec<ListedEntry>, StorageError> {
    let query = filtered!(filter).filter(audit::organization_id.eq(organization));
    Ok(by_id!(query, audit::id, rows).load(conn)?)
}

/// The history of the installation.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn, filter: &Filter, rows: Rows<CreationOrder, &str>) -> Result<Vec<ListedEntry>, StorageError> {
    Ok(by_id!(filtered!(filter), audit::id, rows).load(conn)?)
}

/// Whether an entry is in the history of an organization.
///
/// # Errors
/// When the database fails.
pub fn is_of(conn: &mut Conn, organization: OrganizationId, id: AuditId) -> Result<bool, StorageError> {
    let entry = audit::table.filter(audit::id.eq(id).and(audit::organization_id.eq(organization)));
    Ok(diesel::select(diesel::dsl::exists(entry)).get_result(conn)?)
}

/// Erases the personal part of the entries of what a user did, and of what somebody asked about the account who had not signed in.
///
/// # Errors
/// When the database fails.
pub fn erase_of_user(conn: &mut WriteConn, user: UserId) -> Result<(), StorageError> {
    // So that no entry gets a salt meanwhile.
    audit_tree::lock(conn)?;
    let with_personal = audit::table.filter(audit::personal.is_not_null()).select(audit::id);
    let mut entries: Vec<AuditId> = with_personal.filter(audit::user_id.eq(user)).load(conn.raw())?;
    let about_account = audit::object_id.eq(user.as_str()).and(audit::object.eq("user")).and(audit::user_id.is_null());
    entries.extend(with_personal.filter(about_account).load::<AuditId>(conn.raw())?);
    erase(conn, &entries)
}

/// Erases the searches of operators for an address or for a part of a name.
///
/// # Errors
/// When the database fails.
pub fn erase_searches(conn: &mut WriteConn, name: &str, email: &Email) -> Result<(), StorageError> {
    audit_tree::lock(conn)?;
    let searches: Vec<(AuditId, Option<Json<serde_json::Value>>)> = audit::table
        .filter(audit::object_id.eq("").and(audit::object.eq("installation")).and(audit::personal.is_not_null()))
        .select((audit::id, audit::personal))
        .load(conn.raw())?;
    let of_user = [name.to_lowercase(), email.as_str().to_lowercase()];
    let names_user = |text: &str| !text.is_empty() && of_user.iter().any(|of_user| of_user.contains(&text.to_lowercase()));
    let is_about = |Json(personal): &Json<serde_json::Value>| {
        ["q", "recipient"].iter().any(|field| personal[*field].as_str().is_some_and(names_user))
    };
    let about_user = searches.into_iter().filter(|(_, personal)| personal.as_ref().is_some_and(is_about));
    erase(conn, &about_user.map(|(id, _)| id).collect::<Vec<_>>())
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
    let columns = (audit::at, audit::organization_id, audit::action, audit::object, audit::object_id, audit::personal);
    Ok(audit::table.filter(audit::user_id.eq(user)).order(audit::id).select(columns).load(conn)?)
}

/// Erases what is personal in some entries, with the salt of its commitment.
fn erase(conn: &mut WriteConn, entries: &[AuditId]) -> Result<(), StorageError> {
    for some in entries.chunks(AT_ONCE) {
        let leaves = audit_leaves::table.filter(audit_leaves::entry_id.eq_any(some).and(audit_leaves::salt.is_not_null()));
        diesel::update(leaves).set(audit_leaves::salt.eq(None::<Vec<u8>>)).execute(conn.raw())?;
        diesel::update(audit::table.filter(audit::id.eq_any(some)))
            .set(audit::personal.eq(None::<String>))
            .execute(conn.raw())?;
    }
    Ok(())
}

/// Adds an entry.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, entry: &NewEntry<'_>) -> Result<(), StorageError> {
    diesel::insert_into(audit::table).values(entry).execute(conn.raw())?;
    Ok(())
}
