//! Bookings: the claims of customers.

mod rows;

use diesel::dsl::{exists, not, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

pub(super) use rows::{bookings_from, columns, joined};

use rows::{ChargesRow, EndingRow, FeeRow, Row, SlotChange, StateChange, UsageRow, booking_from};

use super::connection::{CachedStatement, Conn, EitherConn, MultiBackend, SameText, WriteConn};
use super::either_conn::execute_kept;
use super::error::StorageError;
use super::paging::{by_id, by_instant, in_states};
use super::resource_locks::LockedResources;
use super::schema::{allocations, booking_endings, booking_usage, bookings};
use super::schema_money::{booking_charges, booking_fees};
use domain::booking::{Booking, BookingOrder, BookingStatus, LONGEST_OVERRUN};
use domain::closing::BookingOutside;
use domain::ids::{BookingGroupId, BookingId, OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use domain::interval::Interval;
use domain::order::{ListedBy, Rows};
use domain::time::UtcTime;

/// A booking.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: BookingId) -> Result<Booking, StorageError> {
    struct WithId;
    let query = joined().filter(bookings::id.eq(id)).select(columns());
    booking_from(SameText::<WithId, _>::new(query).get_result(conn)?)
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
    /// Only of this host.
    pub host: Option<OrganizationId>,
    /// Only of this customer.
    pub customer: Option<OrganizationId>,
    /// Only of this series.
    pub series: Option<SeriesId>,
    /// Only those that this user made or operates.
    pub person: Option<UserId>,
    /// Only in one of these states; in every state if there are none.
    pub statuses: Vec<BookingStatus>,
    /// Only those that end after this instant.
    pub from: Option<UtcTime>,
    /// Only those that start before this instant.
    pub to: Option<UtcTime>,
    /// Only those that have changed at this instant or later.
    pub updated_since: Option<UtcTime>,
}

/// Whether a booking is in a state at an instant: what `Life::due` decides, in SQL.
fn is_in<QS: 'static>(status: BookingStatus, now: UtcTime) -> Box<dyn BoxableExpression<QS, MultiBackend, SqlType = Bool>>
where
    bookings::status: SelectableExpression<QS>,
    bookings::lapses_at: SelectableExpression<QS>,
    diesel::dsl::AssumeNotNull<bookings::lapses_at>: SelectableExpression<QS>,
    bookings::ends_at: SelectableExpression<QS>,
{
    let is = |status: BookingStatus| bookings::status.eq(status);
    let is_open = is(BookingStatus::Held).or(is(BookingStatus::Requested));
    let has_lapsed = || bookings::lapses_at.is_not_null().and(bookings::lapses_at.assume_not_null().le(now));
    let is_over = || bookings::ends_at.le(now);
    let is_closed = bookings::ends_at.le(now - LONGEST_OVERRUN);
    match status {
        BookingStatus::Held | BookingStatus::Requested | BookingStatus::Confirmed => {
            Box::new(is(status).and(not(has_lapsed().or(is_over()))))
        }
        BookingStatus::InUse => Box::new(is(status).and(not(is_closed))),
        BookingStatus::Expired => Box::new(is(status).or(is_open.and(has_lapsed().or(is_over())))),
        BookingStatus::NoShow => Box::new(is(status).or(is(BookingStatus::Confirmed).and(has_lapsed()))),
        BookingStatus::Completed => {
            let is_missed_by_none = is(BookingStatus::Confirmed).and(is_over()).and(not(has_lapsed()));
            Box::new(is(status).or(is_missed_by_none).or(is(BookingStatus::InUse).and(is_closed)))
        }
        BookingStatus::Cancelled | BookingStatus::Declined => Box::new(is(status)),
    }
}

/// The bookings after `after`, as they are at an instant, in an order. Without one, by start; if only requests are listed, by
/// creation.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    order: Option<BookingOrder>,
    now: UtcTime,
    after: Option<(UtcTime, BookingId)>,
    limit: i64,
) -> Result<Vec<Booking>, StorageError> {
    let mut query = joined()
        .filter(bookings::organization_id.eq_any(&filter.customers).or(bookings::host_organization_id.eq_any(&filter.hosts)))
        .select(columns())
        .into_boxed();
    let is_queue = filter.statuses == [BookingStatus::Requested];
    if is_queue {
        // Written out, for a partial index serves only a query that names its condition.
        query = query.filter(sql::<Bool>("bookings.status = 'requested'"));
    }
    query = match order.unwrap_or(if is_queue { BookingOrder::CreatedAt } else { BookingOrder::StartsAt }).listed_by() {
        ListedBy::Start(order) => by_instant!(query, (bookings::starts_at, bookings::id), Rows { order, after, limit }),
        ListedBy::Creation(order) => {
            by_id!(query, bookings::id, Rows { order, after: after.map(|(_, id)| id), limit })
        }
    };
    if let Some(resource) = filter.resource {
        query = query.filter(bookings::resource_id.eq(resource));
    }
    if let Some(series) = filter.series {
        query = query.filter(bookings::series_id.eq(series));
    }
    if let Some(host) = filter.host {
        query = query.filter(bookings::host_organization_id.eq(host));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(bookings::organization_id.eq(customer));
    }
    if let Some(site) = filter.site {
        query = query.filter(bookings::site_id.eq(site));
    }
    if let Some(person) = filter.person {
        query = query.filter(bookings::created_by.nullable().eq(person).or(bookings::operated_by.eq(person)));
    }
    query = in_states!(query, filter.statuses, now);
    if let Some(from) = filter.from {
        query = query.filter(bookings::ends_at.gt(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(bookings::starts_at.lt(to));
    }
    if let Some(since) = filter.updated_since {
        // A booking that has lapsed, ended or overrun by itself shows that change before it is written.
        let has_lapsed = bookings::lapses_at.is_not_null().and(bookings::lapses_at.assume_not_null().between(since, now));
        let is_past = bookings::ends_at.between(since - LONGEST_OVERRUN, now);
        query = query.filter(bookings::updated_at.ge(since).or(bookings::is_live.and(has_lapsed.or(is_past))));
    }
    let rows = query.load(conn)?;
    bookings_from(rows)
}

/// All bookings of a series, by start.
///
/// # Errors
/// When the database fails.
pub fn list_of_series(conn: &mut Conn, id: SeriesId) -> Result<Vec<Booking>, StorageError> {
    let of_series = joined().filter(bookings::series_id.eq(id)).order((bookings::starts_at, bookings::id));
    let rows = of_series.select(columns()).load(conn)?;
    bookings_from(rows)
}

/// The bookings of these groups, by start.
///
/// # Errors
/// When the database fails.
pub fn list_of_groups(conn: &mut Conn, ids: &[BookingGroupId]) -> Result<Vec<Booking>, StorageError> {
    let of_groups = joined().filter(bookings::group_id.eq_any(ids)).order((bookings::starts_at, bookings::id));
    let rows = of_groups.select(columns()).load(conn)?;
    bookings_from(rows)
}

/// The live bookings whose claims take something of any of these resources within a span.
///
/// # Errors
/// When the database fails.
pub fn list_overlapping(conn: &mut Conn, resources: &[ResourceId], within: Interval) -> Result<Vec<Booking>, StorageError> {
    let claims = allocations::table
        .filter(allocations::resource_id.eq_any(resources))
        .filter(allocations::ends_at.gt(within.starts_at()))
        .filter(allocations::starts_at.lt(within.ends_at()))
        .select(allocations::id);
    let query = joined().filter(bookings::is_live).filter(bookings::id.eq_any(claims)).order(bookings::id).select(columns());
    let rows = query.load(conn)?;
    bookings_from(rows)
}

/// The times of the bookings of some resources that are live at an instant and whose claims take something within a span: at most
/// `limit`, by start.
///
/// # Errors
/// When the database fails.
pub fn list_live_times(
    conn: &mut Conn,
    resources: &[ResourceId],
    within: Interval,
    now: UtcTime,
    limit: i64,
) -> Result<Vec<BookingOutside>, StorageError> {
    let claims = allocations::table
        .filter(allocations::resource_id.eq_any(resources))
        .filter(allocations::ends_at.gt(within.starts_at()))
        .filter(allocations::starts_at.lt(within.ends_at()))
        .filter(allocations::lapses_at.is_null().or(allocations::lapses_at.gt(now)))
        .select(allocations::id);
    let rows: Vec<(BookingId, ResourceId, BookingStatus, UtcTime, UtcTime)> = bookings::table
        .filter(bookings::id.eq_any(claims))
        .filter(bookings::resource_id.eq_any(resources))
        .filter(bookings::is_live)
        .filter(bookings::ends_at.gt(now))
        .order((bookings::starts_at, bookings::id))
        .limit(limit)
        .select((bookings::id, bookings::resource_id, bookings::status, bookings::starts_at, bookings::ends_at))
        .load(conn)?;
    let time = |(booking_id, resource_id, status, starts_at, ends_at)| BookingOutside {
        booking_id,
        resource_id,
        status,
        starts_at,
        ends_at,
    };
    Ok(rows.into_iter().map(time).collect())
}

/// These bookings, by start.
///
/// # Errors
/// When the database fails.
pub fn list_by_id(conn: &mut Conn, ids: &[BookingId]) -> Result<Vec<Booking>, StorageError> {
    let query = joined().filter(bookings::id.eq_any(ids)).order((bookings::starts_at, bookings::id)).select(columns());
    let rows = query.load(conn)?;
    bookings_from(rows)
}

/// The bookings of some resources, agreed, asked for or held, that start from `from` on and before `before`, by start.
///
/// # Errors
/// When the database fails.
pub fn list_starting(
    conn: &mut Conn,
    resources: &[ResourceId],
    from: UtcTime,
    before: UtcTime,
) -> Result<Vec<Booking>, StorageError> {
    let rows = joined()
        .filter(bookings::resource_id.eq_any(resources))
        .filter(bookings::is_live)
        .filter(bookings::status.ne(BookingStatus::InUse))
        .filter(bookings::lapses_at.is_null().or(bookings::lapses_at.gt(from)))
        .filter(bookings::starts_at.ge(from).and(bookings::starts_at.lt(before)))
        .order((bookings::starts_at, bookings::id))
        .select(columns())
        .load(conn)?;
    bookings_from(rows)
}

/// The bookings that a user made for any of these organizations, the oldest first. The index by customer serves; one by user
/// would be written with every booking, to be read when somebody wants to know what is kept of them.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId, customers: &[OrganizationId]) -> Result<Vec<Booking>, StorageError> {
    let theirs = bookings::organization_id.eq_any(customers).and(bookings::created_by.eq(user));
    let rows = joined().filter(theirs).order(bookings::id).select(columns()).load(conn)?;
    bookings_from(rows)
}

/// Whether there are bookings that have not ended and take something of the resource, its own or such as take it along.
///
/// # Errors
/// When the database fails.
pub fn has_active(conn: &mut Conn, resource: ResourceId, now: UtcTime) -> Result<bool, StorageError> {
    let claims = allocations::table.filter(allocations::resource_id.eq(resource)).select(allocations::id);
    let active = bookings::table.filter(bookings::id.eq_any(claims)).filter(bookings::is_live).filter(bookings::ends_at.gt(now));
    Ok(diesel::select(exists(active)).get_result(conn)?)
}

/// How many bookings of an organization, as customer or as host, have not ended.
///
/// # Errors
/// When the database fails.
pub fn count_active(conn: &mut Conn, organization: OrganizationId, now: UtcTime) -> Result<i64, StorageError> {
    let is_party = bookings::organization_id.eq(organization).or(bookings::host_organization_id.eq(organization));
    let is_active = bookings::is_live.and(bookings::ends_at.gt(now)).or(bookings::status.eq(BookingStatus::InUse));
    Ok(bookings::table.filter(is_party).filter(is_active).count().get_result(conn)?)
}

/// Adds a booking; one that takes capacity makes its allocation.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the quantity is not free, or the database fails.
pub fn insert(conn: &mut WriteConn, locked: &LockedResources, booking: &Booking) -> Result<(), StorageError> {
    locked.check(booking.resource_id)?;
    let insertion = diesel::insert_into(bookings::table).values(Row::new(booking));
    insertion.execute(conn.raw())?;
    if let Some(charges) = ChargesRow::new(booking) {
        diesel::insert_into(booking_charges::table).values(charges).execute(conn.raw())?;
    }
    Ok(())
}

/// Writes the state of a booking, its usage, its ending and its fee. Its allocation changes with it, and is removed if the booking takes no
/// capacity any more.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the quantity is not free, [`StorageError::Conflict`] when the booking was changed since
/// it was read, or the database fails.
pub fn update(conn: &mut WriteConn, locked: &LockedResources, booking: &Booking) -> Result<(), StorageError> {
    locked.check(booking.resource_id)?;
    let own = bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision));
    let change = diesel::update(own).set(StateChange::new(booking));
    let changed = CachedStatement(change).execute(conn.raw())?;
    if changed != 1 {
        return Err(has_changed());
    }
    if let Some(ending) = EndingRow::new(booking) {
        diesel::insert_into(booking_endings::table).values(ending).execute(conn.raw())?;
    }
    if let Some(fee) = FeeRow::new(booking) {
        diesel::insert_into(booking_fees::table).values(fee).execute(conn.raw())?;
    }
    save_usage(conn, booking)
}

/// Writes the waiver of the fee of a booking and the return of its deposit, as its next revision.
///
/// # Errors
/// [`StorageError::Conflict`] when the booking was changed since it was read, or the database fails.
pub fn update_charges(conn: &mut WriteConn, booking: &Booking) -> Result<(), StorageError> {
    let own = bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision));
    let change = (bookings::revision.eq(booking.revision + 1), bookings::updated_at.eq(booking.updated_at));
    if CachedStatement(diesel::update(own).set(change)).execute(conn.raw())? != 1 {
        return Err(has_changed());
    }
    if let Some(fee) = FeeRow::new(booking) {
        diesel::update(booking_fees::table.find(booking.id)).set(fee).execute(conn.raw())?;
    }
    save_charges(conn, booking)
}

/// The bookings whose end is not after `before` and whose deposit the host still holds, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn list_held_deposits(conn: &mut Conn, before: UtcTime, limit: i64) -> Result<Vec<Booking>, StorageError> {
    // The condition of the index, and its order: by that of the bookings, SQLite would read all of them.
    let is_held: SqlLiteral<Bool> = sql("booking_charges.deposit > 0 AND booking_charges.deposit_return IS NULL");
    let is_over = not(bookings::is_live).and(bookings::ends_at.le(before));
    let held = joined().filter(is_held).filter(is_over).order(booking_charges::booking_id);
    let rows = held.limit(limit).select(columns()).load(conn)?;
    bookings_from(rows)
}

/// The bookings after `after` in the order of their identifiers, for the check of the ledger.
///
/// # Errors
/// When the database fails.
pub fn list_all(conn: &mut Conn, after: Option<BookingId>, limit: i64) -> Result<Vec<Booking>, StorageError> {
    let after = after.as_ref().map_or("", |after| after.as_str()).to_owned();
    let rows = joined().filter(bookings::id.gt(after)).order(bookings::id).limit(limit).select(columns()).load(conn)?;
    bookings_from(rows)
}

/// Takes a booking out of its slot until [`update_slot`] in the same transaction gives it another one and its status again. No other
/// transaction sees it without a slot.
///
/// # Errors
/// [`StorageError::Conflict`] when the booking was changed since it was read, or the database fails.
pub fn vacate(conn: &mut WriteConn, locked: &LockedResources, booking: &Booking) -> Result<(), StorageError> {
    locked.check(booking.resource_id)?;
    let own = bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision));
    let change = (bookings::status.eq(BookingStatus::Cancelled), bookings::revision.eq(booking.revision + 1));
    let changed = CachedStatement(diesel::update(own).set(change)).execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(has_changed()) }
}

/// Gives a booking another time, quantity or resource, with all that depends on these. Its allocation
/// moves with it in this one statement: the old slot is not lost before the new one is won.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the new slot is not free, [`StorageError::Conflict`] when the booking was changed since
/// it was read, or the database fails.
pub fn update_slot(conn: &mut WriteConn, locked: &LockedResources, booking: &Booking) -> Result<(), StorageError> {
    locked.check(booking.resource_id)?;
    let own = bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision));
    let change = diesel::update(own).set(SlotChange::new(booking));
    let changed = CachedStatement(change).execute(conn.raw())?;
    if changed != 1 {
        return Err(has_changed());
    }
    replace_charges(conn, booking)?;
    save_usage(conn, booking)
}

/// As [`save_charges`], for a booking that may have had some and has none now.
///
/// # Errors
/// When the database fails.
pub fn replace_charges(conn: &mut WriteConn, booking: &Booking) -> Result<(), StorageError> {
    if ChargesRow::new(booking).is_none() {
        diesel::delete(booking_charges::table.find(booking.id)).execute(conn.raw())?;
    }
    save_charges(conn, booking)
}

/// Writes the terms of a booking beside its tariff, the taxes in its price, the return of its deposit and the prepaid credit that it
/// uses, if there are any.
///
/// # Errors
/// When the database fails.
pub fn save_charges(conn: &mut WriteConn, booking: &Booking) -> Result<(), StorageError> {
    let Some(charges) = ChargesRow::new(booking) else { return Ok(()) };
    let insertion = diesel::insert_into(booking_charges::table).values(&charges);
    let upsert = insertion.on_conflict(booking_charges::booking_id).do_update().set(&charges);
    match conn.raw().either() {
        EitherConn::Pg(conn) => execute_kept(conn, &upsert)?,
        EitherConn::Sqlite(conn) => execute_kept(conn, &upsert)?,
    };
    Ok(())
}

/// Writes the usage of a booking, if there is any.
fn save_usage(conn: &mut WriteConn, booking: &Booking) -> Result<(), StorageError> {
    let Some(usage) = UsageRow::new(booking) else { return Ok(()) };
    let insertion = diesel::insert_into(booking_usage::table).values(&usage);
    let upsert = insertion.on_conflict(booking_usage::booking_id).do_update().set(&usage);
    match conn.raw().either() {
        EitherConn::Pg(conn) => execute_kept(conn, &upsert)?,
        EitherConn::Sqlite(conn) => execute_kept(conn, &upsert)?,
    };
    Ok(())
}

/// Removes the usage of a booking whose check-in is taken back.
///
/// # Errors
/// When the database fails.
pub fn delete_usage(conn: &mut WriteConn, id: BookingId) -> Result<(), StorageError> {
    diesel::delete(booking_usage::table.find(id)).execute(conn.raw())?;
    Ok(())
}

/// The booking was changed since it was read.
pub(super) fn has_changed() -> StorageError {
    StorageError::Conflict("the booking has changed".to_owned())
}
