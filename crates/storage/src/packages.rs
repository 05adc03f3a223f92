//! Packages of prepaid credit and of hours that hosts offer.

use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema_money::packages;
use super::types::Json;
use domain::ids::{OrganizationId, PackageId, UserId};
use domain::money::Currency;
use domain::order::{CreationOrder, Rows};
use domain::package::{HoursFor, NewPackage, Package};
use domain::time::UtcTime;

/// A row of `packages`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = packages, treat_none_as_default_value = false)]
struct Row {
    id: PackageId,
    organization_id: OrganizationId,
    name: String,
    price: i64,
    credit: i64,
    currency: Currency,
    valid_days: i64,
    withdrawn_at: Option<UtcTime>,
    created_by: UserId,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
    hours: Option<Json<HoursFor>>,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn package_from(row: Row) -> Package {
    let Row { name, price, credit, currency, valid_days, hours, .. } = row;
    let hours = hours.map(|Json(hours)| hours);
    Package {
        id: row.id,
        organization_id: row.organization_id,
        made: NewPackage { name, price, credit, currency, valid_days, hours },
        withdrawn_at: row.withdrawn_at,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
    }
}

/// A package.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: PackageId) -> Result<Package, StorageError> {
    Ok(package_from(packages::table.find(id).select(columns()).get_result(conn)?))
}

/// The packages of a host, with or without those that it has withdrawn.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    host: OrganizationId,
    with_withdrawn: bool,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Package>, StorageError> {
    let mut query = packages::table.filter(packages::organization_id.eq(host)).select(columns()).into_boxed();
    if !with_withdrawn {
        query = query.filter(packages::withdrawn_at.is_null());
    }
    let rows: Vec<Row> = by_id!(query, packages::id, rows).load(conn)?;
    Ok(rows.into_iter().map(package_from).collect())
}

/// Adds a package.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, package: &Package) -> Result<(), StorageError> {
    let NewPackage { name, price, credit, currency, valid_days, hours } = package.made.clone();
    let row = Row {
        id: package.id,
        organization_id: package.organization_id,
        name,
        price,
        credit,
        currency,
        valid_days,
        withdrawn_at: package.withdrawn_at,
        created_by: package.created_by,
        created_at: package.created_at,
        updated_at: package.updated_at,
        revision: package.revision,
        hours: hours.map(Json),
    };
    diesel::insert_into(packages::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Writes that a package is withdrawn, as its next revision.
///
/// # Errors
/// [`StorageError::Conflict`] when the package was changed since it was read, or the database fails.
pub fn update_withdrawn(conn: &mut WriteConn, package: &Package) -> Result<(), StorageError> {
    let own = packages::table.find(package.id).filter(packages::revision.eq(package.revision));
    let changed = diesel::update(own)
        .set((
            packages::withdrawn_at.eq(package.withdrawn_at),
            packages::updated_at.eq(package.updated_at),
            packages::revision.eq(package.revision + 1),
        ))
        .execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the package has changed".to_owned())) }
}
