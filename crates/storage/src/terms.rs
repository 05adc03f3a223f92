//! Documents of hosts, and their versions. Versions are added, never changed; the database refuses to.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::{organizations, terms, terms_acceptances, terms_versions};
use super::types::Json;
use domain::ids::{OrganizationId, ResourceId, TermsId, UserId};
use domain::terms::{TermsFields, TermsKind, TermsText};
use domain::time::UtcTime;

/// A document, with the version that is in force but for its text.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Its identifier.
    pub id: TermsId,
    /// The host that the terms belong to.
    pub organization_id: OrganizationId,
    /// Its fields.
    pub fields: TermsFields,
    /// The number of its current version.
    pub version: i32,
    /// The hash of the current text.
    pub sha256: String,
    /// Bumped by each edit.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was edited last.
    pub updated_at: UtcTime,
}

/// A version of a document, but for its text.
#[derive(Debug, Clone, Queryable)]
pub struct Version {
    /// Its number, from 1.
    pub number: i32,
    /// The hash of its text.
    pub sha256: String,
    /// When it was made.
    pub created_at: UtcTime,
}

/// A document that is in force at a host, as a customer finds it.
#[derive(Debug, Clone)]
pub struct InForce {
    /// The document.
    pub id: TermsId,
    /// Its fields.
    pub fields: TermsFields,
    /// The number of its current version.
    pub version: i32,
    /// Whether the customer has accepted that version.
    pub is_accepted: bool,
}

type FieldColumns = (terms::kind, terms::name, terms::applies_to, terms::is_retired);
type Columns = (
    terms::id,
    terms::organization_id,
    FieldColumns,
    (terms::version, terms_versions::sha256),
    terms::revision,
    (terms::created_at, terms::updated_at),
);
const FIELDS: FieldColumns = (terms::kind, terms::name, terms::applies_to, terms::is_retired);
const COLUMNS: Columns = (
    terms::id,
    terms::organization_id,
    FIELDS,
    (terms::version, terms_versions::sha256),
    terms::revision,
    (terms::created_at, terms::updated_at),
);

type FieldRow = (TermsKind, String, Json<Option<Vec<ResourceId>>>, bool);
type Row = (TermsId, OrganizationId, FieldRow, (i32, String), i64, (UtcTime, UtcTime));

fn fields_from((kind, name, Json(applies_to), is_retired): FieldRow) -> TermsFields {
    TermsFields { kind, name, applies_to, is_retired }
}

fn terms_from((id, organization_id, fields, (version, sha256), revision, (created_at, updated_at)): Row) -> Terms {
    Terms { id, organization_id, fields: fields_from(fields), version, sha256, revision, created_at, updated_at }
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    let is_current = terms_versions::number.eq(terms::version);
    terms::table.inner_join(terms_versions::table.on(terms_versions::terms_id.eq(terms::id).and(is_current)))
}

/// A document.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: TermsId) -> Result<Terms, StorageError> {
    Ok(terms_from(joined().filter(terms::id.eq(id)).select(COLUMNS).get_result(conn)?))
}

/// The documents of a host after `after`, by identifier; only those in use, if `in_use_only`.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    in_use_only: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Terms>, StorageError> {
    let mut query = joined()
        .filter(terms::organization_id.eq(organization))
        .filter(terms::id.gt(after.unwrap_or_default().to_owned()))
        .order(terms::id)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if in_use_only {
        query = query.filter(not(terms::is_retired));
    }
    let rows: Vec<Row> = query.load(conn)?;
    Ok(rows.into_iter().map(terms_from).collect())
}

/// The documents in force at a host, as a customer finds them.
///
/// # Errors
/// When the database fails.
pub fn list_in_force(conn: &mut Conn, host: OrganizationId, customer: OrganizationId) -> Result<Vec<InForce>, StorageError> {
    let accepted = terms_acceptances::table
        .filter(terms_acceptances::terms_id.eq(terms::id))
        .filter(terms_acceptances::version.eq(terms::version))
        .filter(terms_acceptances::organization_id.eq(customer));
    let rows: Vec<(TermsId, FieldRow, i32, bool)> = terms::table
        .filter(terms::organization_id.eq(host))
        .filter(not(terms::is_retired))
        .order(terms::id)
        .select((terms::id, FIELDS, terms::version, exists(accepted)))
        .load(conn)?;
    let in_force = |(id, fields, version, is_accepted)| InForce { id, fields: fields_from(fields), version, is_accepted };
    Ok(rows.into_iter().map(in_force).collect())
}

/// Adds a document; its first version must follow in the same transaction, by [`insert_version`].
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: TermsId,
    organization: OrganizationId,
    fields: &TermsFields,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(terms::table)
        .values((
            terms::id.eq(id),
            terms::organization_id.eq(organization),
            terms::kind.eq(fields.kind),
            terms::name.eq(&fields.name),
            terms::applies_to.eq(Json(fields.applies_to.clone())),
            terms::is_retired.eq(fields.is_retired),
            terms::version.eq(0),
            terms::created_at.eq(now),
            terms::updated_at.eq(now),
        ))
        .execute(conn.raw())?;
    update_has_terms(conn, organization)
}

/// Writes what a document is.
///
/// # Errors
/// When the database fails.
pub fn update(
    conn: &mut WriteConn,
    id: TermsId,
    organization: OrganizationId,
    fields: &TermsFields,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::update(terms::table.find(id))
        .set((
            terms::kind.eq(fields.kind),
            terms::name.eq(&fields.name),
            terms::applies_to.eq(Json(fields.applies_to.clone())),
            terms::is_retired.eq(fields.is_retired),
            terms::updated_at.eq(now),
            terms::revision.eq(terms::revision + 1_i64),
        ))
        .execute(conn.raw())?;
    update_has_terms(conn, organization)
}

/// Notes whether the host has any document in force, where a booking sees it without asking.
fn update_has_terms(conn: &mut WriteConn, organization: OrganizationId) -> Result<(), StorageError> {
    let in_force = terms::table.filter(terms::organization_id.eq(organization)).filter(not(terms::is_retired));
    diesel::update(organizations::table.find(organization))
        .set(organizations::has_terms.eq(exists(in_force)))
        .execute(conn.raw())?;
    Ok(())
}

/// Adds a version of a document, which is the current one from then on.
///
/// # Errors
/// When the database fails.
pub fn insert_version(
    conn: &mut WriteConn,
    id: TermsId,
    number: i32,
    text: &TermsText,
    author: UserId,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(terms_versions::table)
        .values((
            terms_versions::terms_id.eq(id),
            terms_versions::number.eq(number),
            terms_versions::text.eq(&text.text),
            terms_versions::sha256.eq(&text.sha256),
            terms_versions::created_by.eq(author),
            terms_versions::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    diesel::update(terms::table.find(id))
        .set((terms::version.eq(number), terms::updated_at.eq(now), terms::revision.eq(terms::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

const VERSION: (terms_versions::number, terms_versions::sha256, terms_versions::created_at) =
    (terms_versions::number, terms_versions::sha256, terms_versions::created_at);

/// A version of a document, and its text.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get_version(conn: &mut Conn, id: TermsId, number: i32) -> Result<(Version, String), StorageError> {
    Ok(terms_versions::table.find((id, number)).select((VERSION, terms_versions::text)).get_result(conn)?)
}

/// The versions of a document after number `after`.
///
/// # Errors
/// When the database fails.
pub fn list_versions(conn: &mut Conn, id: TermsId, after: i32, limit: i64) -> Result<Vec<Version>, StorageError> {
    Ok(terms_versions::table
        .filter(terms_versions::terms_id.eq(id))
        .filter(terms_versions::number.gt(after))
        .order(terms_versions::number)
        .limit(limit)
        .select(VERSION)
        .load(conn)?)
}

/// Lets nobody else edit the document before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: TermsId) -> Result<(), StorageError> {
    diesel::update(terms::table.find(id)).set(terms::revision.eq(terms::revision)).execute(conn.raw())?;
    Ok(())
}
