//! Acceptances of versions of a host's documents. Rows are added, never changed; the database refuses changes.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::{members, organizations, terms, terms_acceptances, terms_versions, users};
use domain::ids::{OrganizationId, TermsAcceptanceId, TermsId, UserId};
use domain::order::{CreationOrder, Rows};
use domain::terms::TermsKind;
use domain::time::UtcTime;

/// An acceptance to be added.
#[derive(Debug, Insertable)]
#[diesel(table_name = terms_acceptances)]
pub struct NewAcceptance {
    /// Its own identifier.
    pub id: TermsAcceptanceId,
    /// The kind of the document.
    pub terms_id: TermsId,
    /// The number of its version.
    pub version: i32,
    /// The host that the terms belong to.
    pub host_organization_id: OrganizationId,
    /// For whom it was accepted: the customer.
    pub organization_id: OrganizationId,
    /// By whom.
    pub user_id: UserId,
    /// When.
    pub accepted_at: UtcTime,
}

/// That a version was accepted, as the two parties see it.
#[derive(Debug, Clone, Queryable, serde::Serialize, utoipa::ToSchema)]
#[schema(as = TermsAcceptance)]
pub struct Acceptance {
    /// Its own identifier.
    pub id: TermsAcceptanceId,
    /// The kind of the document.
    pub terms_id: TermsId,
    /// The kind of the document.
    pub terms_kind: TermsKind,
    /// The present name of the document.
    pub terms_name: String,
    /// The number of the version that was accepted.
    pub version: i32,
    /// The SHA-256 of its text, in hexadecimal digits.
    pub sha256: String,
    /// The host that the terms belong to.
    pub host_organization_id: OrganizationId,
    /// For whom it was accepted: the customer.
    pub organization_id: OrganizationId,
    /// The customer's name.
    pub organization_name: String,
    /// By whom.
    pub user_id: UserId,
    /// How that person is called.
    pub user_name: String,
    /// When.
    pub accepted_at: UtcTime,
}

type Columns = (
    terms_acceptances::id,
    terms_acceptances::terms_id,
    terms::kind,
    terms::name,
    terms_acceptances::version,
    terms_versions::sha256,
    terms_acceptances::host_organization_id,
    terms_acceptances::organization_id,
    organizations::name,
    terms_acceptances::user_id,
    users::name,
    terms_acceptances::accepted_at,
);
const COLUMNS: Columns = (
    terms_acceptances::id,
    terms_acceptances::terms_id,
    terms::kind,
    terms::name,
    terms_acceptances::version,
    terms_versions::sha256,
    terms_acceptances::host_organization_id,
    terms_acceptances::organization_id,
    organizations::name,
    terms_acceptances::user_id,
    users::name,
    terms_acceptances::accepted_at,
);

#[diesel::dsl::auto_type]
fn joined() -> _ {
    let is_accepted =
        terms_versions::terms_id.eq(terms_acceptances::terms_id).and(terms_versions::number.eq(terms_acceptances::version));
    terms_acceptances::table
        .inner_join(terms::table)
        .inner_join(terms_versions::table.on(is_accepted))
        .inner_join(organizations::table.on(organizations::id.eq(terms_acceptances::organization_id)))
        .inner_join(users::table)
}

/// Adds an acceptance, unless the user has accepted the same version for the same customer before. Returns the acceptance that
/// holds.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, new: &NewAcceptance) -> Result<Acceptance, StorageError> {
    let is_same = terms_acceptances::terms_id
        .eq(new.terms_id)
        .and(terms_acceptances::version.eq(new.version))
        .and(terms_acceptances::organization_id.eq(new.organization_id))
        .and(terms_acceptances::user_id.eq(new.user_id));
    let standing = joined().filter(is_same).select(COLUMNS);
    if let Some(standing) = standing.get_result(conn.raw()).optional()? {
        return Ok(standing);
    }
    let insert = diesel::insert_into(terms_acceptances::table).values(new);
    match conn.raw().either() {
        // Another request may have done so just now.
        EitherConn::Pg(conn) => insert.on_conflict_do_nothing().execute(conn)?,
        EitherConn::Sqlite(conn) => insert.execute(conn)?,
    };
    Ok(standing.get_result(conn.raw())?)
}

/// The acceptances by `organization` as a customer and, if `as_host`, those of its documents.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    as_host: bool,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Acceptance>, StorageError> {
    let query = joined().select(COLUMNS).into_boxed();
    let by_customer = terms_acceptances::organization_id.eq(organization);
    let query = match as_host {
        false => query.filter(by_customer),
        true => query.filter(by_customer.or(terms_acceptances::host_organization_id.eq(organization))),
    };
    Ok(by_id!(query, terms_acceptances::id, rows).load(conn)?)
}

/// The acceptances of a user, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Acceptance>, StorageError> {
    let theirs = joined().filter(terms_acceptances::user_id.eq(user));
    Ok(theirs.order(terms_acceptances::id).select(COLUMNS).load(conn)?)
}

/// Whether an organization that the user belongs to has accepted any version of the document.
///
/// # Errors
/// When the database fails.
pub fn has_accepted(conn: &mut Conn, id: TermsId, user: UserId) -> Result<bool, StorageError> {
    let accepted = terms_acceptances::table
        .inner_join(members::table.on(members::organization_id.eq(terms_acceptances::organization_id)))
        .filter(members::user_id.eq(user))
        .filter(terms_acceptances::terms_id.eq(id));
    Ok(diesel::select(exists(accepted)).get_result(conn)?)
}
