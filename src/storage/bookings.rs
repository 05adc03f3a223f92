//! Claims of customers.

use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{bookings, organizations, resources};
use super::types::Json;
use crate::domain::booking::BookingStatus;
use crate::domain::ids::{BookingId, BookingRulesId, OrganizationId, ResourceId, SiteId, TariffId, UserId};
use crate::domain::interval::Interval;
use crate::domain::money::{Currency, Money};
use crate::domain::pricing::{Price, PriceLine};
use crate::domain::time::UtcTime;

/// A booking.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking {
    /// Its identifier.
    pub id: BookingId,
    /// Where it is in its life.
    pub status: BookingStatus,
    /// The customer.
    pub organization_id: OrganizationId,
    /// The customer's name.
    pub organization_name: String,
    /// The host.
    pub host_organization_id: OrganizationId,
    /// Where it takes place.
    pub site_id: SiteId,
    /// What is booked.
    pub resource_id: ResourceId,
    /// The name of what is booked.
    pub resource_name: String,
    /// When.
    pub interval: Interval,
    /// What it takes of the resource's time: with the buffers of its rules.
    pub claim: Interval,
    /// How much.
    pub quantity: i32,
    /// What it costs.
    pub price: Price,
    /// The version of the rules that it was made under.
    pub booking_rules_id: BookingRulesId,
    /// The version of the tariff that it was made under.
    pub tariff_id: TariffId,
    /// From the customer to the host.
    pub note: String,
    /// Who made it.
    pub created_by: UserId,
    /// When it was cancelled.
    pub cancelled_at: Option<UtcTime>,
    /// Who cancelled it.
    pub cancelled_by: Option<UserId>,
    /// Why it was cancelled or declined.
    pub reason: String,
    /// RFC 5545 `SEQUENCE` of its calendar entry.
    pub calendar_sequence: i32,
    /// Bumped by each change.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it changed last.
    pub updated_at: UtcTime,
}

/// Takes capacity. Written out, for a partial index serves only a query that names its condition.
pub(super) fn is_live() -> SqlLiteral<Bool> {
    sql("bookings.status IN ('held', 'requested', 'confirmed', 'in_use')")
}

type PartyColumns = (
    (bookings::organization_id, organizations::name),
    bookings::host_organization_id,
    bookings::site_id,
    (bookings::resource_id, resources::name),
);
type TimeColumns = ((bookings::starts_at, bookings::ends_at), (bookings::claim_starts_at, bookings::claim_ends_at));
type PriceColumns = (bookings::price_amount, bookings::price_currency, bookings::price_lines);
type EndColumns = (bookings::cancelled_at, bookings::cancelled_by, bookings::reason);
type Columns = (
    bookings::id,
    bookings::status,
    PartyColumns,
    TimeColumns,
    bookings::quantity,
    PriceColumns,
    (bookings::booking_rules_id, bookings::tariff_id),
    (bookings::note, bookings::created_by),
    EndColumns,
    (bookings::calendar_sequence, bookings::revision),
    (bookings::created_at, bookings::updated_at),
);
const COLUMNS: Columns = (
    bookings::id,
    bookings::status,
    (
        (bookings::organization_id, organizations::name),
        bookings::host_organization_id,
        bookings::site_id,
        (bookings::resource_id, resources::name),
    ),
    ((bookings::starts_at, bookings::ends_at), (bookings::claim_starts_at, bookings::claim_ends_at)),
    bookings::quantity,
    (bookings::price_amount, bookings::price_currency, bookings::price_lines),
    (bookings::booking_rules_id, bookings::tariff_id),
    (bookings::note, bookings::created_by),
    (bookings::cancelled_at, bookings::cancelled_by, bookings::reason),
    (bookings::calendar_sequence, bookings::revision),
    (bookings::created_at, bookings::updated_at),
);

type BookingRow = (
    BookingId,
    BookingStatus,
    ((OrganizationId, String), OrganizationId, SiteId, (ResourceId, String)),
    ((UtcTime, UtcTime), (UtcTime, UtcTime)),
    i32,
    (i64, Currency, Json<Vec<PriceLine>>),
    (BookingRulesId, TariffId),
    (String, UserId),
    (Option<UtcTime>, Option<UserId>, String),
    (i32, i64),
    (UtcTime, UtcTime),
);

fn booking_from(row: BookingRow) -> Result<Booking, StorageError> {
    let (id, status, parties, (time, claim), quantity, (amount, currency, Json(lines)), versions, note, end, counters, times) =
        row;
    let ((organization_id, organization_name), host_organization_id, site_id, (resource_id, resource_name)) = parties;
    Ok(Booking {
        id,
        status,
        organization_id,
        organization_name,
        host_organization_id,
        site_id,
        resource_id,
        resource_name,
        interval: Interval::new(time.0, time.1).map_err(StorageError::corrupt)?,
        claim: Interval::new(claim.0, claim.1).map_err(StorageError::corrupt)?,
        quantity,
        price: Price { total: Money { amount, currency }, lines },
        booking_rules_id: versions.0,
        tariff_id: versions.1,
        note: note.0,
        created_by: note.1,
        cancelled_at: end.0,
        cancelled_by: end.1,
        reason: end.2,
        calendar_sequence: counters.0,
        revision: counters.1,
        created_at: times.0,
        updated_at: times.1,
    })
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    bookings::table
        .inner_join(organizations::table.on(organizations::id.eq(bookings::organization_id)))
        .inner_join(resources::table)
}

/// A booking.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: BookingId) -> Result<Booking, StorageError> {
    booking_from(joined().filter(bookings::id.eq(id)).select(COLUMNS).get_result(conn)?)
}

/// Which bookings are looked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those of these customers,
    pub customers: Vec<OrganizationId>,
    /// and those of these hosts.
    pub hosts: Vec<OrganizationId>,
    /// Only of this resource.
    pub resource: Option<ResourceId>,
    /// Only at this site.
    pub site: Option<SiteId>,
    /// Only in this state.
    pub status: Option<BookingStatus>,
    /// Only those that end after this instant.
    pub from: Option<UtcTime>,
    /// Only those that start before this instant.
    pub to: Option<UtcTime>,
}

/// The bookings after `after`, by start and identifier.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    after: Option<(UtcTime, BookingId)>,
    limit: i64,
) -> Result<Vec<Booking>, StorageError> {
    let mut query = joined()
        .filter(bookings::organization_id.eq_any(&filter.customers).or(bookings::host_organization_id.eq_any(&filter.hosts)))
        .order((bookings::starts_at, bookings::id))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(resource) = filter.resource {
        query = query.filter(bookings::resource_id.eq(resource));
    }
    if let Some(site) = filter.site {
        query = query.filter(bookings::site_id.eq(site));
    }
    if let Some(status) = filter.status {
        query = query.filter(bookings::status.eq(status));
    }
    if let Some(from) = filter.from {
        query = query.filter(bookings::ends_at.gt(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(bookings::starts_at.lt(to));
    }
    if let Some((starts_at, id)) = after {
        query = query.filter(bookings::starts_at.gt(starts_at).or(bookings::starts_at.eq(starts_at).and(bookings::id.gt(id))));
    }
    let rows: Vec<BookingRow> = query.load(conn)?;
    rows.into_iter().map(booking_from).collect()
}

/// The bookings that a user made, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Booking>, StorageError> {
    let rows: Vec<BookingRow> = joined().filter(bookings::created_by.eq(user)).order(bookings::id).select(COLUMNS).load(conn)?;
    rows.into_iter().map(booking_from).collect()
}

/// Whether the resource has bookings that have not ended.
///
/// # Errors
/// When the database fails.
pub fn has_active(conn: &mut Conn, resource: ResourceId, now: UtcTime) -> Result<bool, StorageError> {
    let active = bookings::table.filter(bookings::resource_id.eq(resource)).filter(is_live()).filter(bookings::ends_at.gt(now));
    Ok(diesel::select(exists(active)).get_result(conn)?)
}

/// How many bookings of the resource the customer has that have not ended.
///
/// # Errors
/// When the database fails.
pub fn count_active(conn: &mut Conn, resource: ResourceId, customer: OrganizationId, now: UtcTime) -> Result<i64, StorageError> {
    Ok(bookings::table
        .filter(bookings::resource_id.eq(resource).and(bookings::organization_id.eq(customer)))
        .filter(is_live())
        .filter(bookings::ends_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// Adds a booking; one that takes capacity makes its allocation.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the quantity is not free, or the database fails.
pub fn insert(conn: &mut Conn, booking: &Booking) -> Result<(), StorageError> {
    diesel::insert_into(bookings::table)
        .values((
            (
                bookings::id.eq(booking.id),
                bookings::status.eq(booking.status),
                bookings::organization_id.eq(booking.organization_id),
                bookings::host_organization_id.eq(booking.host_organization_id),
                bookings::site_id.eq(booking.site_id),
                bookings::resource_id.eq(booking.resource_id),
            ),
            (
                bookings::starts_at.eq(booking.interval.starts_at()),
                bookings::ends_at.eq(booking.interval.ends_at()),
                bookings::claim_starts_at.eq(booking.claim.starts_at()),
                bookings::claim_ends_at.eq(booking.claim.ends_at()),
                bookings::quantity.eq(booking.quantity),
            ),
            (
                bookings::price_amount.eq(booking.price.total.amount),
                bookings::price_currency.eq(booking.price.total.currency),
                bookings::price_lines.eq(Json(booking.price.lines.clone())),
                bookings::booking_rules_id.eq(booking.booking_rules_id),
                bookings::tariff_id.eq(booking.tariff_id),
            ),
            (
                bookings::note.eq(&booking.note),
                bookings::reason.eq(&booking.reason),
                bookings::created_by.eq(booking.created_by),
                bookings::created_at.eq(booking.created_at),
                bookings::updated_at.eq(booking.updated_at),
            ),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes a change of state; a booking that takes no capacity any more gives its allocation up.
///
/// # Errors
/// [`StorageError::Conflict`] when somebody else has changed it since it was read, or the database
/// fails.
pub fn update(conn: &mut Conn, booking: &Booking) -> Result<(), StorageError> {
    let changed = diesel::update(bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision)))
        .set((
            bookings::status.eq(booking.status),
            bookings::cancelled_at.eq(booking.cancelled_at),
            bookings::cancelled_by.eq(booking.cancelled_by),
            bookings::reason.eq(&booking.reason),
            bookings::calendar_sequence.eq(booking.calendar_sequence),
            bookings::revision.eq(booking.revision + 1),
            bookings::updated_at.eq(booking.updated_at),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the booking has changed".to_owned())) }
}

/// At most `limit` bookings whose claim is over by `now` but which still count as live, on one
/// resource or on all.
///
/// # Errors
/// When the database fails.
pub fn list_over(conn: &mut Conn, resource: Option<ResourceId>, now: UtcTime, limit: i64) -> Result<Vec<Booking>, StorageError> {
    let mut query = joined()
        .filter(is_live())
        .filter(bookings::claim_ends_at.le(now))
        .order(bookings::claim_ends_at)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some(resource) = resource {
        query = query.filter(bookings::resource_id.eq(resource));
    }
    let rows: Vec<BookingRow> = query.load(conn)?;
    rows.into_iter().map(booking_from).collect()
}
