//! The logos of organizations.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::organizations;
use super::schema_money::logos;
use domain::ids::OrganizationId;
use domain::logo::{Logo, PictureType};
use domain::time::UtcTime;

/// A row of `logos`.
#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = logos)]
struct Row {
    organization_id: OrganizationId,
    sha256: String,
    media_type: PictureType,
    width: i64,
    height: i64,
    content: Vec<u8>,
    is_on_invoice: bool,
    created_at: UtcTime,
}

fn logo_from(row: Row) -> Result<Logo, StorageError> {
    let Row { sha256, media_type, content, created_at, .. } = row;
    let [width, height] = [row.width, row.height].map(|pixels| u32::try_from(pixels).map_err(StorageError::corrupt));
    Ok(Logo { sha256, media_type, width: width?, height: height?, content, created_at })
}

/// A logo that an organization has or had.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, organization: OrganizationId, sha256: &str) -> Result<Logo, StorageError> {
    logo_from(logos::table.find((organization, sha256)).get_result(conn)?)
}

/// The hash of the current logo of an organization.
///
/// # Errors
/// When the organization does not exist, or the database fails.
pub fn find_current(conn: &mut Conn, organization: OrganizationId) -> Result<Option<String>, StorageError> {
    Ok(organizations::table.find(organization).select(organizations::logo_sha256).get_result(conn)?)
}

/// Sets the current logo of an organization, or none. The one before is deleted unless it is on an invoice.
///
/// # Errors
/// When the database fails.
pub fn update_current(conn: &mut WriteConn, organization: OrganizationId, logo: Option<&Logo>) -> Result<(), StorageError> {
    let of_organization = logos::organization_id.eq(organization);
    diesel::delete(logos::table.filter(of_organization.and(logos::is_on_invoice.eq(false)))).execute(conn.raw())?;
    if let Some(logo) = logo {
        let row = Row {
            organization_id: organization,
            sha256: logo.sha256.clone(),
            media_type: logo.media_type,
            width: logo.width.into(),
            height: logo.height.into(),
            content: logo.content.clone(),
            is_on_invoice: false,
            created_at: logo.created_at,
        };
        let known =
            logos::table.find((organization, &logo.sha256)).select(logos::sha256).get_result::<String>(conn.raw()).optional()?;
        if known.is_none() {
            diesel::insert_into(logos::table).values(row).execute(conn.raw())?;
        }
    }
    let current = organizations::logo_sha256.eq(logo.map(|logo| logo.sha256.as_str()));
    diesel::update(organizations::table.find(organization)).set(current).execute(conn.raw())?;
    Ok(())
}

/// Notes that a logo is on an invoice, so that it stays.
///
/// # Errors
/// When the database fails.
pub(super) fn update_on_invoice(conn: &mut WriteConn, organization: OrganizationId, sha256: &str) -> Result<(), StorageError> {
    let logo = logos::table.find((organization, sha256)).filter(logos::is_on_invoice.eq(false));
    diesel::update(logo).set(logos::is_on_invoice.eq(true)).execute(conn.raw())?;
    Ok(())
}
