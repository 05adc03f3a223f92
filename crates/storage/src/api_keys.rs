//! API keys of organizations.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::members::Standing;
use super::paging::by_id;
use super::schema::{organizations, users};
use super::schema_events::api_keys;
use super::types::Json;
use domain::api_key::{ApiKey, Scope};
use domain::ids::{ApiKeyId, OrganizationId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::permissions::Role;
use domain::secret_token::TokenHash;
use domain::time::UtcTime;

/// A row of `api_keys`, without the hash.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
struct Row {
    id: ApiKeyId,
    organization_id: OrganizationId,
    name: String,
    scopes: Json<Vec<Scope>>,
    prefix: String,
    created_by: UserId,
    created_at: UtcTime,
    expires_at: Option<UtcTime>,
    last_used_at: Option<UtcTime>,
    revoked_at: Option<UtcTime>,
    revoked_by: Option<UserId>,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn key_from(row: Row) -> ApiKey {
    ApiKey {
        id: row.id,
        organization_id: row.organization_id,
        name: row.name,
        scopes: row.scopes.0,
        prefix: row.prefix,
        created_by: row.created_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
        revoked_by: row.revoked_by,
    }
}

/// A key of an organization.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, organization: OrganizationId, id: ApiKeyId) -> Result<ApiKey, StorageError> {
    let query = api_keys::table.find(id).filter(api_keys::organization_id.eq(organization));
    Ok(key_from(query.select(columns()).get_result(conn)?))
}

/// The key with this hash, whether it can be used or not.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, hash: &TokenHash) -> Result<Option<ApiKey>, StorageError> {
    let query = api_keys::table
        .inner_join(users::table.on(users::id.eq(api_keys::created_by)))
        .filter(api_keys::token_hash.eq(hash).and(users::suspended_at.is_null()))
        .select(columns());
    Ok(query.get_result(conn).optional()?.map(key_from))
}

/// The standing of a key in an organization, which is that of an owner in its own; none if the key can no longer be used.
///
/// # Errors
/// When the database fails.
pub fn find_standing(
    conn: &mut Conn,
    id: ApiKeyId,
    organization: OrganizationId,
    now: UtcTime,
) -> Result<Option<Standing>, StorageError> {
    let query = api_keys::table
        .inner_join(users::table.on(users::id.eq(api_keys::created_by)))
        .left_join(organizations::table.on(organizations::id.eq(organization)))
        .filter(api_keys::id.eq(id).and(api_keys::revoked_at.is_null()).and(users::suspended_at.is_null()))
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .select((api_keys::organization_id, organizations::name.nullable(), organizations::suspended_at.nullable()));
    let row: Option<(OrganizationId, Option<String>, Option<UtcTime>)> = query.get_result(conn).optional()?;
    Ok(row.map(|(own, organization_name, suspended_at)| Standing {
        is_verified: true,
        is_operator: false,
        role: (own == organization).then_some(Role::Owner),
        organization_name,
        is_suspended: suspended_at.is_some(),
        lacks_second_factor: false,
    }))
}

/// The keys of an organization.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, organization: OrganizationId, rows: Rows<CreationOrder, &str>) -> Result<Vec<ApiKey>, StorageError> {
    let query = api_keys::table.filter(api_keys::organization_id.eq(organization)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_id!(query, api_keys::id, rows).load(conn)?;
    Ok(rows.into_iter().map(key_from).collect())
}

/// Counts the keys of an organization that can be used.
///
/// # Errors
/// When the database fails.
pub fn count_usable(conn: &mut Conn, organization: OrganizationId, now: UtcTime) -> Result<i64, StorageError> {
    let query = api_keys::table
        .filter(api_keys::organization_id.eq(organization).and(api_keys::revoked_at.is_null()))
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)));
    Ok(query.count().get_result(conn)?)
}

/// Adds a key with the hash of its secret.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, key: &ApiKey, hash: &TokenHash) -> Result<(), StorageError> {
    let row = Row {
        id: key.id,
        organization_id: key.organization_id,
        name: key.name.clone(),
        scopes: Json(key.scopes.clone()),
        prefix: key.prefix.clone(),
        created_by: key.created_by,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
        revoked_by: key.revoked_by,
    };
    diesel::insert_into(api_keys::table).values((row, api_keys::token_hash.eq(hash))).execute(conn.raw())?;
    Ok(())
}

/// Writes that a key is used now, unless that was written within the last minute.
///
/// # Errors
/// When the database fails.
pub fn update_used(conn: &mut WriteConn, id: ApiKeyId, now: UtcTime) -> Result<(), StorageError> {
    let stale = api_keys::last_used_at.is_null().or(api_keys::last_used_at.le(now - TimeDelta::minutes(1)));
    diesel::update(api_keys::table.find(id).filter(stale)).set(api_keys::last_used_at.eq(now)).execute(conn.raw())?;
    Ok(())
}

/// Revokes a key. Returns false if it was revoked before.
///
/// # Errors
/// When the database fails.
pub fn update_revoked(conn: &mut WriteConn, id: ApiKeyId, by: UserId, now: UtcTime) -> Result<bool, StorageError> {
    let own = api_keys::table.find(id).filter(api_keys::revoked_at.is_null());
    let change = (api_keys::revoked_at.eq(now), api_keys::revoked_by.eq(by));
    Ok(diesel::update(own).set(change).execute(conn.raw())? > 0)
}

/// Revokes all keys of an organization.
///
/// # Errors
/// When the database fails.
pub fn update_all_revoked(conn: &mut WriteConn, organization: OrganizationId, now: UtcTime) -> Result<(), StorageError> {
    let of = api_keys::table.filter(api_keys::organization_id.eq(organization)).filter(api_keys::revoked_at.is_null());
    diesel::update(of).set(api_keys::revoked_at.eq(now)).execute(conn.raw())?;
    Ok(())
}
