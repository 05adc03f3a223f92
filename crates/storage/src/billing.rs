//! The billing data of organizations.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::organizations;
use super::types::{CachedJson, Json};
use domain::bank_account::BankAccount;
use domain::billing::{BillingAddress, BillingFields};
use domain::card_payment::WayToPay;
use domain::country::Country;
use domain::email::Email;
use domain::ids::OrganizationId;
use domain::organization::OrganizationKind;
use domain::pricing::{HostVat, VatSettings};
use domain::time::UtcTime;
use domain::vat_number::VatNumber;
use domain::ways_to_pay::{WaysOfKind, WaysToPay};

/// The billing data of an organization, with the revision of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billing {
    /// The organization.
    pub organization_id: OrganizationId,
    /// The billing data.
    pub fields: BillingFields,
    /// The date on which the service issues the next monthly invoices; none if it issues none.
    pub monthly_invoices_on: Option<NaiveDate>,
    /// When a reader of the address for invoices agreed to receive them; none are sent there before.
    pub billing_email_verified_at: Option<UtcTime>,
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
    tax_number: Option<String>,
    billing_address: Option<Json<BillingAddress>>,
    billing_email: Option<Email>,
    vat: Option<Json<VatSettings>>,
    bank_account: Option<Json<BankAccount>>,
    payment_days: Option<i64>,
    reminder_days: Json<Vec<i64>>,
    ways_to_pay: Json<Vec<WayToPay>>,
    ways_to_pay_by_kind: Json<Vec<WaysOfKind>>,
}

/// The billing data of an organization.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: OrganizationId) -> Result<Billing, StorageError> {
    let verified_at = organizations::billing_email_verified_at;
    let monthly_on = organizations::monthly_invoices_on;
    let columns = (Row::as_select(), monthly_on, verified_at, organizations::revision, organizations::updated_at);
    let found: (Row, Option<String>, Option<UtcTime>, i64, UtcTime) =
        organizations::table.find(id).select(columns).get_result(conn)?;
    let (row, monthly_invoices_on, billing_email_verified_at, revision, updated_at) = found;
    let monthly_invoices_on = monthly_invoices_on.map(|date| date.parse()).transpose().map_err(StorageError::corrupt)?;
    let fields = BillingFields {
        country: row.country,
        vat_number: row.vat_number,
        tax_number: row.tax_number,
        billing_address: row.billing_address.map(|Json(address)| address),
        billing_email: row.billing_email,
        vat: row.vat.map(|Json(vat)| vat),
        bank_account: row.bank_account.map(|Json(account)| account),
        payment_days: row.payment_days,
        reminder_days: row.reminder_days.0,
        monthly_invoices: monthly_invoices_on.is_some(),
        ways_to_pay: row.ways_to_pay.0,
        ways_to_pay_by_kind: row.ways_to_pay_by_kind.0,
    };
    Ok(Billing { organization_id: id, fields, monthly_invoices_on, billing_email_verified_at, revision, updated_at })
}

/// Writes the billing data of an organization.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, id: OrganizationId, fields: &BillingFields, now: UtcTime) -> Result<(), StorageError> {
    let fields = fields.clone();
    let row = Row {
        country: fields.country,
        vat_number: fields.vat_number,
        tax_number: fields.tax_number,
        billing_address: fields.billing_address.map(Json),
        billing_email: fields.billing_email,
        vat: fields.vat.map(Json),
        bank_account: fields.bank_account.map(Json),
        payment_days: fields.payment_days,
        reminder_days: Json(fields.reminder_days),
        ways_to_pay: Json(fields.ways_to_pay),
        ways_to_pay_by_kind: Json(fields.ways_to_pay_by_kind),
    };
    let edited = (organizations::revision.eq(organizations::revision + 1_i64), organizations::updated_at.eq(now));
    diesel::update(organizations::table.find(id)).set((row, edited)).execute(conn.raw())?;
    Ok(())
}

/// Sets the date on which the service issues the next monthly invoices of an organization; none: it issues none.
///
/// # Errors
/// When the database fails.
pub fn update_monthly_invoices_on(conn: &mut WriteConn, id: OrganizationId, on: Option<NaiveDate>) -> Result<(), StorageError> {
    let on = organizations::monthly_invoices_on.eq(on.map(|date| date.to_string()));
    diesel::update(organizations::table.find(id)).set(on).execute(conn.raw())?;
    Ok(())
}

/// The organizations with monthly invoices that are due on this date or before it, each with its date.
///
/// # Errors
/// When the database fails.
pub fn list_monthly_invoices_due(conn: &mut Conn, date: NaiveDate) -> Result<Vec<(OrganizationId, NaiveDate)>, StorageError> {
    let hosts = organizations::table
        .filter(organizations::monthly_invoices_on.le(date.to_string()))
        .order(organizations::monthly_invoices_on) // as in the index
        .select((organizations::id, organizations::monthly_invoices_on.assume_not_null()));
    let hosts: Vec<(OrganizationId, String)> = hosts.load(conn)?;
    hosts.into_iter().map(|(host, date)| Ok((host, date.parse().map_err(StorageError::corrupt)?))).collect()
}

/// Notes since when invoices are sent to the address for them.
///
/// # Errors
/// When the database fails.
pub fn update_email_verified(conn: &mut WriteConn, id: OrganizationId, at: Option<UtcTime>) -> Result<(), StorageError> {
    let revision = organizations::revision + i64::from(at.is_some());
    let verified = (organizations::billing_email_verified_at.eq(at), organizations::revision.eq(revision));
    diesel::update(organizations::table.find(id)).set(verified).execute(conn.raw())?;
    Ok(())
}

/// The names on the billing addresses of organizations, where they have one.
///
/// # Errors
/// When the database fails.
pub fn list_legal_names(conn: &mut Conn, ids: &[OrganizationId]) -> Result<Vec<(OrganizationId, String)>, StorageError> {
    let found =
        organizations::table.filter(organizations::id.eq_any(ids)).select((organizations::id, organizations::billing_address));
    let found: Vec<(OrganizationId, Option<Json<BillingAddress>>)> = found.load(conn)?;
    Ok(found.into_iter().filter_map(|(id, address)| Some((id, address?.0.legal_name))).collect())
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

/// The ways to pay that a host offers.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get_ways_to_pay(conn: &mut Conn, id: OrganizationId) -> Result<WaysToPay, StorageError> {
    let columns = (organizations::ways_to_pay, organizations::ways_to_pay_by_kind);
    let (Json(all), Json(by_kind)) = organizations::table.find(id).select(columns).get_result(conn)?;
    Ok(WaysToPay { all, by_kind })
}

/// The VAT that a host charges; none if it charges none.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn find_host_vat(conn: &mut Conn, id: OrganizationId) -> Result<Option<HostVat>, StorageError> {
    let columns = (organizations::vat, organizations::country, organizations::vat_number);
    let (settings, country, number): (Option<CachedJson<VatSettings>>, Option<Country>, Option<VatNumber>) =
        organizations::table.find(id).select(columns).get_result(conn)?;
    Ok(host_vat(settings, country, number.as_ref()))
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
