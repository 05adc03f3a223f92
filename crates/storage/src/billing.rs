//! The billing data of organizations.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::organizations;
use super::types::{CachedJson, Json};
use domain::billing::{BillingAddress, BillingFields};
use domain::country::Country;
use domain::email::Email;
use domain::ids::OrganizationId;
use domain::organization::OrganizationKind;
use domain::pricing::{HostVat, VatSettings};
use domain::time::UtcTime;
use domain::vat_number::VatNumber;

/// The billing data of an organization, with the revision of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billing {
    /// The organization.
    pub organization_id: OrganizationId,
    /// The billing data.
    pub fields: BillingFields,
    /// The revision of the organization.
    pub revision: i64,
    /// When the organization was edited last.
    pub updated_at: UtcTime,
}

#[derive(Queryable, Selectable, AsChangeset)]
#[diesel(table_name = organizations, treat_none_as_null = true)]
struct Row {
    country: Option<Country>,
    vat_number: Option<VatNumber>,
    billing_address: Option<Json<BillingAddress>>,
    billing_email: Option<Email>,
    vat: Option<Json<VatSettings>>,
}

/// The billing data of an organization.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: OrganizationId) -> Result<Billing, StorageError> {
    let columns = (Row::as_select(), organizations::revision, organizations::updated_at);
    let (row, revision, updated_at): (Row, i64, UtcTime) = organizations::table.find(id).select(columns).get_result(conn)?;
    let fields = BillingFields {
        country: row.country,
        vat_number: row.vat_number,
        billing_address: row.billing_address.map(|Json(address)| address),
        billing_email: row.billing_email,
        vat: row.vat.map(|Json(vat)| vat),
    };
    Ok(Billing { organization_id: id, fields, revision, updated_at })
}

/// Writes the billing data of an organization.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, id: OrganizationId, fields: &BillingFields, now: UtcTime) -> Result<(), StorageError> {
    let BillingFields { country, vat_number, billing_address, billing_email, vat } = fields.clone();
    let (billing_address, vat) = (billing_address.map(Json), vat.map(Json));
    let edited = (organizations::revision.eq(organizations::revision + 1_i64), organizations::updated_at.eq(now));
    diesel::update(organizations::table.find(id))
        .set((Row { country, vat_number, billing_address, billing_email, vat }, edited))
        .execute(conn.raw())?;
    Ok(())
}

/// The facts about a customer on which prices depend: its kind, and the country of its VAT number if it has one.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get_buyer(conn: &mut Conn, id: OrganizationId) -> Result<(OrganizationKind, Option<Country>), StorageError> {
    let columns = (organizations::kind, organizations::country, organizations::vat_number.is_not_null());
    let (kind, country, has_number): (OrganizationKind, Option<Country>, bool) =
        organizations::table.find(id).select(columns).get_result(conn)?;
    Ok((kind, country.filter(|_| has_number)))
}

/// The VAT that a host charges, from its columns.
pub(super) fn host_vat(
    settings: Option<CachedJson<VatSettings>>,
    country: Option<Country>,
    number: Option<&VatNumber>,
) -> Option<HostVat> {
    let CachedJson(settings) = settings?;
    Some(HostVat { settings, number_of: country.filter(|_| number.is_some()) })
}
