//! Places of organizations.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::schema::{bookings, members, resources, sites, training_seats, trainings};
use super::types::{CachedJson, Json, Zone};
use domain::booking::BookingStatus;
use domain::geo::Position;
use domain::ids::{OrganizationId, SiteId, UserId};
use domain::opening_hours::{DateExceptions, OpeningHours};
use domain::site::{Address, Disclosure, SiteFields};
use domain::time::UtcTime;
use domain::training::SeatStatus;
use domain::words;

/// A site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its identifier.
    pub id: SiteId,
    /// The organization that owns it.
    pub organization_id: OrganizationId,
    /// Its fields.
    pub fields: SiteFields,
    /// Bumped by each edit.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was edited last.
    pub updated_at: UtcTime,
}

type AddressRow = (String, String, String, String, String);
/// The position that everybody may see, and the exact position if that one is rounded.
type PositionRow = ((f64, f64), (Option<f64>, Option<f64>));
type DisclosureRow = (Disclosure, String, String);
/// A row of [`FIELDS`].
pub(super) type FieldsRow =
    (String, AddressRow, PositionRow, Zone, CachedJson<OpeningHours>, CachedJson<DateExceptions>, DisclosureRow);
type SiteRow = (SiteId, OrganizationId, FieldsRow, i64, UtcTime, UtcTime);

type AddressColumns = (sites::line1, sites::line2, sites::city, sites::postal_code, sites::country);
type PositionColumns = ((sites::latitude, sites::longitude), (sites::exact_latitude, sites::exact_longitude));
type DisclosureColumns = (sites::discloses_address, sites::access_notes, sites::contact);
/// The type of [`FIELDS`].
pub(super) type FieldsColumns =
    (sites::name, AddressColumns, PositionColumns, sites::timezone, sites::opening_hours, sites::exceptions, DisclosureColumns);
/// The columns that [`fields_from`] reads.
pub(super) const FIELDS: FieldsColumns = (
    sites::name,
    (sites::line1, sites::line2, sites::city, sites::postal_code, sites::country),
    ((sites::latitude, sites::longitude), (sites::exact_latitude, sites::exact_longitude)),
    sites::timezone,
    sites::opening_hours,
    sites::exceptions,
    (sites::discloses_address, sites::access_notes, sites::contact),
);
type Columns = (sites::id, sites::organization_id, FieldsColumns, sites::revision, sites::created_at, sites::updated_at);
const COLUMNS: Columns = (sites::id, sites::organization_id, FIELDS, sites::revision, sites::created_at, sites::updated_at);

/// The fields of a site from their columns.
pub(super) fn fields_from(row: FieldsRow) -> Result<SiteFields, StorageError> {
    let (
        name,
        (line1, line2, city, postal_code, country),
        (shown, exact),
        Zone(timezone),
        CachedJson(opening_hours),
        CachedJson(exceptions),
        disclosure,
    ) = row;
    let (latitude, longitude) = (exact.0.unwrap_or(shown.0), exact.1.unwrap_or(shown.1));
    let (discloses_address, access_notes, contact) = disclosure;
    Ok(SiteFields {
        name,
        address: Address { line1, line2, city, postal_code, country },
        position: Position::new(latitude, longitude).map_err(StorageError::corrupt)?,
        timezone,
        opening_hours,
        exceptions,
        discloses_address,
        access_notes,
        contact,
    })
}

fn site_from((id, organization_id, fields, revision, created_at, updated_at): SiteRow) -> Result<Site, StorageError> {
    Ok(Site { id, organization_id, fields: fields_from(fields)?, revision, created_at, updated_at })
}

#[derive(AsChangeset, Insertable)]
#[diesel(table_name = sites, treat_none_as_null = true)]
struct Row<'a> {
    name: &'a str,
    line1: &'a str,
    line2: &'a str,
    city: &'a str,
    folded_city: String,
    search_version: i32,
    postal_code: &'a str,
    country: &'a str,
    latitude: f64,
    longitude: f64,
    exact_latitude: Option<f64>,
    exact_longitude: Option<f64>,
    timezone: Zone,
    opening_hours: Json<OpeningHours>,
    exceptions: Json<DateExceptions>,
    discloses_address: Disclosure,
    access_notes: &'a str,
    contact: &'a str,
    updated_at: UtcTime,
}

impl<'a> Row<'a> {
    fn new(fields: &'a SiteFields, updated_at: UtcTime) -> Self {
        let shown = fields.public_position();
        let hidden = Some(fields.position).filter(|exact| *exact != shown);
        Self {
            name: &fields.name,
            line1: &fields.address.line1,
            line2: &fields.address.line2,
            city: &fields.address.city,
            folded_city: words::fold([fields.address.city.as_str()]),
            search_version: words::VERSION,
            postal_code: &fields.address.postal_code,
            country: &fields.address.country,
            latitude: shown.latitude(),
            longitude: shown.longitude(),
            exact_latitude: hidden.map(Position::latitude),
            exact_longitude: hidden.map(Position::longitude),
            timezone: Zone(fields.timezone),
            opening_hours: Json(OpeningHours::clone(&fields.opening_hours)),
            exceptions: Json(DateExceptions::clone(&fields.exceptions)),
            discloses_address: fields.discloses_address,
            access_notes: &fields.access_notes,
            contact: &fields.contact,
            updated_at,
        }
    }
}

/// A site.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: SiteId) -> Result<Site, StorageError> {
    site_from(sites::table.find(id).select(COLUMNS).get_result(conn)?)
}

/// Whether it shows something to everybody: a resource that is on offer.
///
/// # Errors
/// When the database fails.
pub fn is_public(conn: &mut Conn, id: SiteId) -> Result<bool, StorageError> {
    let shown = resources::table.filter(resources::site_id.eq(id)).filter(super::visibility::is_visible_to_all());
    Ok(diesel::select(exists(shown)).get_result(conn)?)
}

/// The sites of an organization after `after`, by identifier; only those that show something to
/// everybody, if `public_only`.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    public_only: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Site>, StorageError> {
    let mut query = sites::table
        .filter(sites::organization_id.eq(organization))
        .filter(sites::id.gt(after.unwrap_or_default().to_owned()))
        .into_boxed();
    if public_only {
        query = query.filter(exists(
            resources::table.filter(resources::site_id.eq(sites::id)).filter(super::visibility::is_visible_to_all()),
        ));
    }
    let rows: Vec<SiteRow> = query.order(sites::id).limit(limit).select(COLUMNS).load(conn)?;
    rows.into_iter().map(site_from).collect()
}

/// Those of these sites where an organization of the user has a confirmed booking that is not over, or where the user has a seat
/// in a training that is not.
///
/// # Errors
/// When the database fails.
pub fn list_disclosed(conn: &mut Conn, ids: &[SiteId], user: UserId, now: UtcTime) -> Result<Vec<SiteId>, StorageError> {
    let theirs = members::table.filter(members::user_id.eq(user)).select(members::organization_id);
    let booked: Vec<SiteId> = bookings::table
        .inner_join(resources::table)
        .filter(bookings::organization_id.eq_any(theirs))
        .filter(resources::site_id.eq_any(ids))
        .filter(bookings::is_live)
        .filter(bookings::status.eq_any([BookingStatus::Confirmed, BookingStatus::InUse]))
        .filter(bookings::ends_at.gt(now))
        .select(resources::site_id)
        .distinct()
        .load(conn)?;
    let attended: Vec<SiteId> = training_seats::table
        .inner_join(trainings::table)
        .filter(training_seats::user_id.eq(user).and(training_seats::status.eq(SeatStatus::Booked)))
        .filter(trainings::site_id.eq_any(ids).and(trainings::ends_at.gt(now)))
        .select(trainings::site_id)
        .distinct()
        .load(conn)?;
    Ok(booked.into_iter().chain(attended).collect())
}

/// Adds a site; `source` names where an import took it from.
///
/// # Errors
/// When the database fails.
pub fn insert(
    conn: &mut WriteConn,
    id: SiteId,
    organization: OrganizationId,
    fields: &SiteFields,
    source: Option<&str>,
    now: UtcTime,
) -> Result<(), StorageError> {
    diesel::insert_into(sites::table)
        .values((
            sites::id.eq(id),
            sites::organization_id.eq(organization),
            Row::new(fields, now),
            sites::source.eq(source),
            sites::created_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Writes what a site is.
///
/// # Errors
/// When the database fails.
pub fn update(conn: &mut WriteConn, id: SiteId, fields: &SiteFields, now: UtcTime) -> Result<(), StorageError> {
    diesel::update(sites::table.find(id))
        .set((Row::new(fields, now), sites::revision.eq(sites::revision + 1_i64)))
        .execute(conn.raw())?;
    Ok(())
}

/// Lets nobody else edit the site before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: SiteId) -> Result<(), StorageError> {
    diesel::update(sites::table.find(id)).set(sites::revision.eq(sites::revision)).execute(conn.raw())?;
    Ok(())
}

/// The site that an import took from `source`.
///
/// # Errors
/// When the database fails.
pub fn find_by_source(conn: &mut Conn, source: &str) -> Result<Option<Site>, StorageError> {
    sites::table.filter(sites::source.eq(source)).select(COLUMNS).get_result(conn).optional()?.map(site_from).transpose()
}

/// Writes the folded city of up to `limit` sites that have it in another version than [`words::VERSION`], and returns their number.
///
/// # Errors
/// When the database fails.
pub(super) fn fold_stale(conn: &mut WriteConn, limit: i64) -> Result<usize, StorageError> {
    let stale = sites::table.filter(sites::search_version.ne(words::VERSION)).order(sites::id).limit(limit);
    let stale: Vec<(SiteId, String)> = stale.select((sites::id, sites::city)).load(conn.raw())?;
    for (id, city) in &stale {
        let folded = (sites::folded_city.eq(words::fold([city.as_str()])), sites::search_version.eq(words::VERSION));
        diesel::update(sites::table.find(id)).set(folded).execute(conn.raw())?;
    }
    Ok(stale.len())
}
