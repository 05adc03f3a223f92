//! The quotas that resources of a host share, by their names, and the locks on them.

use diesel::prelude::*;

use super::connection::{EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::{shared_quota_resources, shared_quotas};
use domain::ids::{OrganizationId, ResourceId};
use domain::resource::Resource;

/// Makes this transaction the only one that claims capacity under the shared quotas of these locked resources, until it ends. All
/// transactions lock resources first, and then shared quotas in one order.
///
/// # Errors
/// When the database fails.
pub(super) fn lock(conn: &mut WriteConn, resources: &[ResourceId]) -> Result<(), StorageError> {
    if conn.is_sqlite() {
        // The transaction has been the only one since it began.
        return Ok(());
    }
    let names: Vec<(OrganizationId, String)> = shared_quota_resources::table
        .filter(shared_quota_resources::resource_id.eq_any(resources))
        .select((shared_quota_resources::organization_id, shared_quota_resources::name))
        .distinct()
        .order((shared_quota_resources::organization_id, shared_quota_resources::name))
        .load(conn.raw())?;
    names.iter().try_for_each(|(host, name)| lock_one(conn, *host, name))
}

/// Locks a shared quota, and adds it if it is new.
fn lock_one(conn: &mut WriteConn, host: OrganizationId, name: &str) -> Result<(), StorageError> {
    let insert =
        diesel::insert_into(shared_quotas::table).values((shared_quotas::organization_id.eq(host), shared_quotas::name.eq(name)));
    let upsert = insert
        .on_conflict((shared_quotas::organization_id, shared_quotas::name))
        .do_update()
        .set(shared_quotas::claims.eq(shared_quotas::claims + 1_i64));
    conn.time_lock(|conn| match conn.either() {
        EitherConn::Pg(conn) => upsert.execute(conn),
        EitherConn::Sqlite(conn) => upsert.execute(conn),
    })?;
    Ok(())
}

/// Writes which shared quotas a resource has by its rules, and locks them. A transaction that locks a new one here may do so out of
/// order. If two wait for each other PostgreSQL ends one of them, and it is tried again.
///
/// # Errors
/// When the database fails.
pub(super) fn update(conn: &mut WriteConn, resource: &Resource) -> Result<(), StorageError> {
    let had = shared_quota_resources::table.filter(shared_quota_resources::resource_id.eq(resource.id));
    diesel::delete(had).execute(conn.raw())?;
    let host = resource.organization_id;
    for name in resource.fields.rules.shared_quotas() {
        lock_one(conn, host, name)?;
        diesel::insert_into(shared_quota_resources::table)
            .values((
                shared_quota_resources::resource_id.eq(resource.id),
                shared_quota_resources::organization_id.eq(host),
                shared_quota_resources::name.eq(name),
            ))
            .execute(conn.raw())?;
    }
    Ok(())
}
