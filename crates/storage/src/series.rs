//! Series of bookings, each made from one recurrence rule.

use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::{organizations, resources, series};
use super::types::Json;
use domain::ids::{OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use domain::interval::Interval;
use domain::order::{CreationOrder, Rows};
use domain::pricing::BookedExtra;
use domain::series::Occurrence;
use domain::slot::Slot;
use domain::time::UtcTime;

/// A series, as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its identifier.
    pub id: SeriesId,
    /// The customer.
    pub organization_id: OrganizationId,
    /// The customer's name.
    pub organization_name: String,
    /// The host.
    pub host_organization_id: OrganizationId,
    /// Where it takes place.
    pub site_id: SiteId,
    /// The resource.
    pub resource_id: ResourceId,
    /// The name of what is booked.
    pub resource_name: String,
    /// The recurrence rule.
    pub rule: String,
    /// The slot of the first occurrence, whether it could be booked or not.
    pub slot: Slot,
    /// From the customer to the host.
    pub note: String,
    /// The extras that are booked with each occurrence.
    pub extras: Vec<BookedExtra>,
    /// The occurrences that could not be booked.
    pub skipped: Vec<Occurrence>,
    /// The user that made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
}

type Columns = (
    series::id,
    (series::organization_id, organizations::name),
    (series::host_organization_id, series::site_id),
    (series::resource_id, resources::name),
    (series::rule, series::starts_at, series::ends_at),
    (series::quantity, series::note, series::skipped, series::extras),
    (series::created_by, series::created_at),
);
const COLUMNS: Columns = (
    series::id,
    (series::organization_id, organizations::name),
    (series::host_organization_id, series::site_id),
    (series::resource_id, resources::name),
    (series::rule, series::starts_at, series::ends_at),
    (series::quantity, series::note, series::skipped, series::extras),
    (series::created_by, series::created_at),
);

type SeriesRow = (
    SeriesId,
    (OrganizationId, String),
    (OrganizationId, SiteId),
    (ResourceId, String),
    (String, UtcTime, UtcTime),
    (i32, String, Json<Vec<Occurrence>>, Json<Vec<BookedExtra>>),
    (UserId, UtcTime),
);

fn series_from(row: SeriesRow) -> Result<Series, StorageError> {
    let (id, customer, (host_organization_id, site_id), resource, (rule, starts_at, ends_at), what, made) = row;
    let (quantity, note, Json(skipped), Json(extras)) = what;
    Ok(Series {
        id,
        organization_id: customer.0,
        organization_name: customer.1,
        host_organization_id,
        site_id,
        resource_id: resource.0,
        resource_name: resource.1,
        rule,
        slot: Slot { interval: Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?, quantity },
        note,
        extras,
        skipped,
        created_by: made.0,
        created_at: made.1,
    })
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    series::table.inner_join(organizations::table.on(organizations::id.eq(series::organization_id))).inner_join(resources::table)
}

/// A series.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: SeriesId) -> Result<Series, StorageError> {
    series_from(joined().filter(series::id.eq(id)).select(COLUMNS).get_result(conn)?)
}

/// The series of these customers and of these hosts.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    customers: &[OrganizationId],
    hosts: &[OrganizationId],
    resource: Option<ResourceId>,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<Series>, StorageError> {
    let mut query = joined()
        .filter(series::organization_id.eq_any(customers).or(series::host_organization_id.eq_any(hosts)))
        .select(COLUMNS)
        .into_boxed();
    if let Some(resource) = resource {
        query = query.filter(series::resource_id.eq(resource));
    }
    let rows: Vec<SeriesRow> = by_id!(query, series::id, rows).load(conn)?;
    rows.into_iter().map(series_from).collect()
}

/// The series that a user made for any of these organizations, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId, customers: &[OrganizationId]) -> Result<Vec<Series>, StorageError> {
    let theirs = series::organization_id.eq_any(customers).and(series::created_by.eq(user));
    let rows: Vec<SeriesRow> = joined().filter(theirs).order(series::id).select(COLUMNS).load(conn)?;
    rows.into_iter().map(series_from).collect()
}

/// Adds a series.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, made: &Series) -> Result<(), StorageError> {
    diesel::insert_into(series::table)
        .values((
            (
                series::id.eq(made.id),
                series::organization_id.eq(made.organization_id),
                series::host_organization_id.eq(made.host_organization_id),
                series::site_id.eq(made.site_id),
                series::resource_id.eq(made.resource_id),
            ),
            (
                series::rule.eq(&made.rule),
                series::starts_at.eq(made.slot.interval.starts_at()),
                series::ends_at.eq(made.slot.interval.ends_at()),
                series::quantity.eq(made.slot.quantity),
                series::note.eq(&made.note),
                series::skipped.eq(Json(made.skipped.clone())),
                series::extras.eq(Json(made.extras.clone())),
            ),
            (series::created_by.eq(made.created_by), series::created_at.eq(made.created_at)),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Notes which occurrences could not be booked.
///
/// # Errors
/// When the database fails.
pub fn update_skipped(conn: &mut WriteConn, id: SeriesId, skipped: &[Occurrence]) -> Result<(), StorageError> {
    diesel::update(series::table.find(id)).set(series::skipped.eq(Json(skipped.to_vec()))).execute(conn.raw())?;
    Ok(())
}
