//! Kinds of certification.

use std::collections::HashMap;

use chrono::TimeDelta;
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::{certification_kinds, certification_partners, organizations};
use domain::certification::CertificationKindFields;
use domain::ids::{CertificationKindId, OrganizationId};
use domain::time::UtcTime;

/// A kind of certification.
#[derive(Debug, Clone)]
pub struct CertificationKind {
    /// Its identifier.
    pub id: CertificationKindId,
    /// The host that defines it.
    pub organization_id: OrganizationId,
    /// The name of that host.
    pub organization_name: String,
    /// Its fields.
    pub fields: CertificationKindFields,
    /// Bumped by each edit.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was edited last.
    pub updated_at: UtcTime,
}

impl CertificationKind {
    /// The hosts that require and grant it: the one that defines it, and its partners.
    pub fn hosts(&self) -> impl Iterator<Item = OrganizationId> {
        std::iter::once(self.organization_id).chain(self.fields.shared_with.iter().copied())
    }

    /// Until when it is good if it is granted now; for ever where there is no end.
    pub fn expires_at(&self, now: UtcTime) -> Option<UtcTime> {
        self.fields.valid_days.map(|days| now + TimeDelta::days(days.into()))
    }
}

type Columns = (
    certification_kinds::id,
    certification_kinds::organization_id,
    organizations::name,
    certification_kinds::name,
    certification_kinds::description,
    certification_kinds::valid_days,
    certification_kinds::is_retired,
    certification_kinds::revision,
    certification_kinds::created_at,
    certification_kinds::updated_at,
);
const COLUMNS: Columns = (
    certification_kinds::id,
    certification_kinds::organization_id,
    organizations::name,
    certification_kinds::name,
    certification_kinds::description,
    certification_kinds::valid_days,
    certification_kinds::is_retired,
    certification_kinds::revision,
    certification_kinds::created_at,
    certification_kinds::updated_at,
);

type KindRow = (CertificationKindId, OrganizationId, String, String, String, Option<i32>, bool, i64, UtcTime, UtcTime);

/// The kinds of these rows, each with its partners.
fn kinds_from(conn: &mut Conn, rows: Vec<KindRow>) -> Result<Vec<CertificationKind>, StorageError> {
    let ids: Vec<CertificationKindId> = rows.iter().map(|row| row.0).collect();
    let partners: Vec<(CertificationKindId, OrganizationId)> = certification_partners::table
        .filter(certification_partners::certification_kind_id.eq_any(ids))
        .order((certification_partners::certification_kind_id, certification_partners::organization_id))
        .select((certification_partners::certification_kind_id, certification_partners::organization_id))
        .load(conn)?;
    let mut shared_with: HashMap<CertificationKindId, Vec<OrganizationId>> = HashMap::new();
    for (kind, partner) in partners {
        shared_with.entry(kind).or_default().push(partner);
    }
    let kind = |row: KindRow| {
        let (id, organization_id, organization_name, name, description, valid_days, is_retired, revision, created_at, updated_at) =
            row;
        let shared_with = shared_with.remove(&id).unwrap_or_default();
        let fields = CertificationKindFields { name, description, valid_days, shared_with, is_retired };
        CertificationKind { id, organization_id, organization_name, fields, revision, created_at, updated_at }
    };
    Ok(rows.into_iter().map(kind).collect())
}

/// A kind of certification.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: CertificationKindId) -> Result<CertificationKind, StorageError> {
    list_all(conn, &[id])?.pop().ok_or(StorageError::NotFound)
}

/// Those of these kinds that exist.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn, ids: &[CertificationKindId]) -> Result<Vec<CertificationKind>, StorageError> {
    let kinds = certification_kinds::table.inner_join(organizations::table).filter(certification_kinds::id.eq_any(ids));
    let rows = kinds.order(certification_kinds::id).select(COLUMNS).load(conn)?;
    kinds_from(conn, rows)
}

/// The kinds that the organization defines and, if `with_shared`, those that others share with it, after `after`, by
/// identifier.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    with_shared: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<CertificationKind>, StorageError> {
    let shared = certification_partners::table
        .filter(certification_partners::organization_id.eq(organization))
        .select(certification_partners::certification_kind_id);
    let query = certification_kinds::table
        .inner_join(organizations::table)
        .filter(certification_kinds::id.gt(after.unwrap_or_default().to_owned()))
        .order(certification_kinds::id)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    let is_own = certification_kinds::organization_id.eq(organization);
    let query = match with_shared {
        true => query.filter(is_own.or(certification_kinds::id.eq_any(shared))),
        false => query.filter(is_own),
    };
    let rows = query.load(conn)?;
    kinds_from(conn, rows)
}

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = certification_kinds, treat_none_as_null = true)]
struct Row<'a> {
    name: &'a str,
    description: &'a str,
    valid_days: Option<i32>,
    is_retired: bool,
    updated_at: UtcTime,
}

impl<'a> Row<'a> {
    fn new(fields: &'a CertificationKindFields, updated_at: UtcTime) -> Self {
        let CertificationKindFields { name, description, valid_days, is_retired, .. } = fields;
        Self { name, description, valid_days: *valid_days, is_retired: *is_retired, updated_at }
    }
}

/// Adds a kind.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: CertificationKindId,
    organization: OrganizationId,
    fields: &CertificationKindFields,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(certification_kinds::table)
        .values((
            certification_kinds::id.eq(id),
            certification_kinds::organization_id.eq(organization),
            Row::new(fields, now),
            certification_kinds::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    insert_partners(conn, id, fields)
}

/// Writes what a kind is.
///
/// # Errors
/// When the database fails.
pub fn update(
    conn: &mut WriteConn,
    id: CertificationKindId,
    fields: &CertificationKindFields,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::update(certification_kinds::table.find(id))
        .set((Row::new(fields, now), certification_kinds::revision.eq(certification_kinds::revision + 1_i64)))
        .execute(conn.raw())?;
    let partners = certification_partners::table.filter(certification_partners::certification_kind_id.eq(id));
    diesel::delete(partners).execute(conn.raw())?;
    insert_partners(conn, id, fields)
}

fn insert_partners(conn: &mut WriteConn, id: CertificationKindId, fields: &CertificationKindFields) -> Result<(), StorageError> {
    for partner in &fields.shared_with {
        diesel::insert_into(certification_partners::table)
            .values((certification_partners::certification_kind_id.eq(id), certification_partners::organization_id.eq(*partner)))
            .execute(conn.raw())?;
    }
    Ok(())
}

/// Lets nobody else edit the kind before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: CertificationKindId) -> Result<(), StorageError> {
    let unchanged = certification_kinds::revision.eq(certification_kinds::revision);
    diesel::update(certification_kinds::table.find(id)).set(unchanged).execute(conn.raw())?;
    Ok(())
}
