//! Wishes for slots that are taken.

use std::collections::HashMap;

use diesel::dsl::{count_star, max};
use diesel::prelude::*;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::{bookings, organizations, resources, waitlist_entries};
use domain::ids::{BookingId, OrganizationId, ResourceId, SiteId, UserId, WaitlistEntryId};
use domain::interval::Interval;
use domain::order::{CreationOrder, Rows};
use domain::slot::WantedSlot;
use domain::time::UtcTime;
use domain::waitlist::WaitlistStatus;

/// A wish for a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistEntry {
    /// Its identifier.
    pub id: WaitlistEntryId,
    /// Its state.
    pub status: WaitlistStatus,
    /// The customer.
    pub organization_id: OrganizationId,
    /// The customer's name.
    pub organization_name: String,
    /// The host.
    pub host_organization_id: OrganizationId,
    /// The resource.
    pub resource_id: ResourceId,
    /// The name of what is wanted.
    pub resource_name: String,
    /// The user that made the entry.
    pub user_id: UserId,
    /// The operator, if it is another user.
    pub operated_by: Option<UserId>,
    /// Which slot would do.
    pub wanted: WantedSlot,
    /// The hold that was offered.
    pub booking_id: Option<BookingId>,
    /// When it runs out.
    pub lapses_at: Option<UtcTime>,
    /// Whether the entry then waits again.
    pub returns_when_lapsed: bool,
    /// When it was written that the entry waits again after its first offer has run out.
    pub returned_at: Option<UtcTime>,
    /// How many entries wait for the same resource, came before, and could take a slot of its window. None unless it waits, and where
    /// it was not counted.
    pub ahead: Option<i64>,
    /// Bumped by each change.
    pub revision: i64,
    /// Since when it waits.
    pub created_at: UtcTime,
    /// When it changed last.
    pub updated_at: UtcTime,
}

impl WaitlistEntry {
    /// As it is at an instant: if its offer has run out by then, the entry waits again or has lapsed, as it is once that is written.
    #[must_use]
    pub fn at(self, now: UtcTime) -> Self {
        match self.lapses_at.filter(|lapses_at| self.status == WaitlistStatus::Offered && *lapses_at <= now) {
            None => self,
            Some(at) => {
                let revision = self.revision + 1;
                Self { revision, updated_at: at, ..self.after_lapse(at) }
            }
        }
    }

    /// As it is after its offer has run out, which is written at an instant.
    #[must_use]
    pub fn after_lapse(self, written_at: UtcTime) -> Self {
        match self.returns_when_lapsed {
            true => Self { status: WaitlistStatus::Waiting, returned_at: Some(written_at), ..self.without_offer() },
            false => Self { status: WaitlistStatus::Lapsed, ..self },
        }
    }

    /// The same without an offer.
    #[must_use]
    pub fn without_offer(self) -> Self {
        Self { booking_id: None, lapses_at: None, returns_when_lapsed: false, ..self }
    }

    /// How many offers for it have run out.
    pub fn lapsed_offers(&self) -> i32 {
        i32::from(self.returned_at.is_some()) + i32::from(self.status == WaitlistStatus::Lapsed)
    }

    /// Whether it waits at an instant.
    fn waits(&self, now: UtcTime) -> bool {
        let has_returned = self.returns_when_lapsed && self.lapses_at.is_some_and(|lapses_at| lapses_at <= now);
        self.status == WaitlistStatus::Waiting || has_returned
    }

    /// The operator.
    pub fn operator(&self) -> UserId {
        self.operated_by.unwrap_or(self.user_id)
    }
}

type Columns = (
    (waitlist_entries::id, waitlist_entries::status),
    (waitlist_entries::organization_id, organizations::name, waitlist_entries::host_organization_id),
    (waitlist_entries::resource_id, resources::name, waitlist_entries::user_id, waitlist_entries::operated_by),
    (waitlist_entries::starts_at, waitlist_entries::ends_at, waitlist_entries::minutes, waitlist_entries::quantity),
    (waitlist_entries::booking_id, waitlist_entries::lapses_at, waitlist_entries::revision),
    (waitlist_entries::returns_when_lapsed, waitlist_entries::returned_at),
    (waitlist_entries::created_at, waitlist_entries::updated_at),
);
const COLUMNS: Columns = (
    (waitlist_entries::id, waitlist_entries::status),
    (waitlist_entries::organization_id, organizations::name, waitlist_entries::host_organization_id),
    (waitlist_entries::resource_id, resources::name, waitlist_entries::user_id, waitlist_entries::operated_by),
    (waitlist_entries::starts_at, waitlist_entries::ends_at, waitlist_entries::minutes, waitlist_entries::quantity),
    (waitlist_entries::booking_id, waitlist_entries::lapses_at, waitlist_entries::revision),
    (waitlist_entries::returns_when_lapsed, waitlist_entries::returned_at),
    (waitlist_entries::created_at, waitlist_entries::updated_at),
);

type Row = (
    (WaitlistEntryId, WaitlistStatus),
    (OrganizationId, String, OrganizationId),
    (ResourceId, String, UserId, Option<UserId>),
    (UtcTime, UtcTime, i64, i32),
    (Option<BookingId>, Option<UtcTime>, i64),
    (bool, Option<UtcTime>),
    (UtcTime, UtcTime),
);

fn entry_from(row: Row) -> Result<WaitlistEntry, StorageError> {
    let ((id, status), customer, wanted, (starts_at, ends_at, minutes, quantity), offer, lapse, times) = row;
    let (booking_id, lapses_at, revision) = offer;
    let window = Interval::new(starts_at, ends_at).map_err(StorageError::corrupt)?;
    Ok(WaitlistEntry {
        id,
        status,
        organization_id: customer.0,
        organization_name: customer.1,
        host_organization_id: customer.2,
        resource_id: wanted.0,
        resource_name: wanted.1,
        user_id: wanted.2,
        operated_by: wanted.3,
        wanted: WantedSlot::of_minutes(window, minutes, quantity),
        booking_id,
        lapses_at,
        returns_when_lapsed: lapse.0,
        returned_at: lapse.1,
        ahead: None,
        revision,
        created_at: times.0,
        updated_at: times.1,
    })
}

#[diesel::dsl::auto_type]
fn joined() -> _ {
    waitlist_entries::table
        .inner_join(organizations::table.on(organizations::id.eq(waitlist_entries::organization_id)))
        .inner_join(resources::table.on(resources::id.eq(waitlist_entries::resource_id)))
}

/// An entry, with how many are ahead of it at `now`.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: WaitlistEntryId, now: UtcTime) -> Result<WaitlistEntry, StorageError> {
    let entry = entry_from(joined().filter(waitlist_entries::id.eq(id)).select(COLUMNS).get_result(conn)?)?;
    with_ahead(conn, vec![entry], now)?.pop().ok_or(StorageError::NotFound)
}

/// The entries that a user made for any of these organizations, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(
    conn: &mut Conn,
    user: UserId,
    customers: &[OrganizationId],
    now: UtcTime,
) -> Result<Vec<WaitlistEntry>, StorageError> {
    let theirs = waitlist_entries::organization_id.eq_any(customers).and(waitlist_entries::user_id.eq(user));
    let rows: Vec<Row> = joined().filter(theirs).order(waitlist_entries::id).select(COLUMNS).load(conn)?;
    let entries = rows.into_iter().map(entry_from).collect::<Result<_, _>>()?;
    with_ahead(conn, entries, now)
}

/// The entry that a booking was offered for, if it was.
///
/// # Errors
/// When the database fails.
pub fn find_by_booking(conn: &mut Conn, booking: BookingId) -> Result<Option<WaitlistEntry>, StorageError> {
    let row: Option<Row> =
        joined().filter(waitlist_entries::booking_id.eq(booking)).select(COLUMNS).get_result(conn).optional()?;
    row.map(entry_from).transpose()
}

/// The hold of a slot that overlaps a span which is offered to a customer, if there is one that has not run out.
///
/// # Errors
/// When the database fails.
pub fn find_offer(
    conn: &mut Conn,
    resource: ResourceId,
    customer: OrganizationId,
    span: Interval,
    now: UtcTime,
) -> Result<Option<BookingId>, StorageError> {
    let is_offered = waitlist_entries::status.eq(WaitlistStatus::Offered).and(waitlist_entries::lapses_at.gt(now));
    let overlaps = bookings::starts_at.lt(span.ends_at()).and(bookings::ends_at.gt(span.starts_at()));
    let is_theirs = waitlist_entries::organization_id.eq(customer);
    let offers: Vec<BookingId> = waitlist_entries::table
        .inner_join(bookings::table.on(waitlist_entries::booking_id.eq(bookings::id.nullable())))
        .filter(bookings::resource_id.eq(resource).and(is_theirs).and(is_offered).and(overlaps))
        .order(waitlist_entries::id)
        .select(bookings::id)
        .load(conn)?;
    Ok(offers.into_iter().next())
}

/// Takes who is to work at the machine off what an organization waits for, or may wait for again when an offer makes room.
///
/// # Errors
/// When the database fails.
pub fn update_operator_released(
    conn: &mut WriteConn,
    customer: OrganizationId,
    user: UserId,
    now: UtcTime,
) -> Result<(), StorageError> {
    let awaited = waitlist_entries::table
        .filter(waitlist_entries::organization_id.eq(customer).and(waitlist_entries::operated_by.eq(user)))
        .filter(waitlist_entries::status.eq_any([WaitlistStatus::Waiting, WaitlistStatus::Offered]));
    diesel::update(awaited)
        .set((
            waitlist_entries::operated_by.eq(None::<UserId>),
            waitlist_entries::revision.eq(waitlist_entries::revision + 1_i64),
            waitlist_entries::updated_at.eq(now),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Which entries are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Only for this resource.
    pub resource: Option<ResourceId>,
    /// Only those of which one of these has become by now; all if there are none.
    pub statuses: &'a [WaitlistStatus],
    /// Only those that have changed at this instant or later.
    pub updated_since: Option<UtcTime>,
}

/// The entries of these customers, and those for resources of these hosts.
///
/// # Errors
/// When the database fails.
pub fn list(
    conn: &mut Conn,
    customers: &[OrganizationId],
    hosts: &[OrganizationId],
    filter: Filter<'_>,
    now: UtcTime,
    rows: Rows<CreationOrder, &str>,
) -> Result<Vec<WaitlistEntry>, StorageError> {
    let is_mine = waitlist_entries::organization_id.eq_any(customers).or(waitlist_entries::host_organization_id.eq_any(hosts));
    let mut query = joined().filter(is_mine).select(COLUMNS).into_boxed();
    if let Some(resource) = filter.resource {
        query = query.filter(waitlist_entries::resource_id.eq(resource));
    }
    let lapses_at = || waitlist_entries::lapses_at.assume_not_null();
    if !filter.statuses.is_empty() {
        let wants = |status| filter.statuses.contains(&status);
        // An offer lapses at an instant, whether or not that is written.
        let others = filter.statuses.iter().copied().filter(|status| *status != WaitlistStatus::Offered);
        let is_one = waitlist_entries::status.eq_any(others.collect::<Vec<_>>());
        let stands = lapses_at().gt(if wants(WaitlistStatus::Offered) { now } else { UtcTime::LATEST });
        let after_lapse = [(false, WaitlistStatus::Lapsed), (true, WaitlistStatus::Waiting)];
        let after_lapse: Vec<_> =
            after_lapse.into_iter().filter(|(_, status)| wants(*status)).map(|(returns, _)| returns).collect();
        let has_lapsed = lapses_at().le(now).and(waitlist_entries::returns_when_lapsed.eq_any(after_lapse));
        let is_offered = waitlist_entries::status.eq(WaitlistStatus::Offered);
        query = query.filter(is_one.or(is_offered.and(stands.or(has_lapsed))));
    }
    if let Some(since) = filter.updated_since {
        // An entry shows that its offer has lapsed before that is written.
        let is_offered = waitlist_entries::status.eq(WaitlistStatus::Offered);
        let has_lapsed = waitlist_entries::lapses_at.is_not_null().and(lapses_at().between(since, now));
        query = query.filter(waitlist_entries::updated_at.ge(since).or(is_offered.and(has_lapsed)));
    }
    let rows: Vec<Row> = by_id!(query, waitlist_entries::id, rows).load(conn)?;
    let entries = rows.into_iter().map(entry_from).collect::<Result<_, _>>()?;
    with_ahead(conn, entries, now)
}

/// The entries that wait for any of these resources, in the order of the queue; with a span, only entries whose window overlaps it.
///
/// # Errors
/// When the database fails.
pub fn list_line(
    conn: &mut Conn,
    resources: &[ResourceId],
    around: Option<Interval>,
) -> Result<Vec<WaitlistEntry>, StorageError> {
    let mut query = joined()
        .filter(waitlist_entries::resource_id.eq_any(resources).and(waitlist_entries::status.eq(WaitlistStatus::Waiting)))
        .order((waitlist_entries::position, waitlist_entries::id))
        .select(COLUMNS)
        .into_boxed();
    if let Some(around) = around {
        let overlaps = waitlist_entries::starts_at.lt(around.ends_at()).and(waitlist_entries::ends_at.gt(around.starts_at()));
        query = query.filter(overlaps);
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(entry_from).collect()
}

/// Counts for each of these entries that waits at `now` how many are ahead of it.
fn with_ahead(conn: &mut Conn, mut entries: Vec<WaitlistEntry>, now: UtcTime) -> Result<Vec<WaitlistEntry>, StorageError> {
    let ids: Vec<_> = entries.iter().filter(|entry| entry.waits(now)).map(|entry| entry.id).collect();
    if ids.is_empty() {
        return Ok(entries);
    }
    let others = diesel::alias!(waitlist_entries as others);
    let (starts_at, ends_at) = (others.field(waitlist_entries::starts_at), others.field(waitlist_entries::ends_at));
    let (position, id) = (others.field(waitlist_entries::position), others.field(waitlist_entries::id));
    let is_earlier =
        position.lt(waitlist_entries::position).or(position.eq(waitlist_entries::position).and(id.lt(waitlist_entries::id)));
    let status = || others.field(waitlist_entries::status);
    let has_lapsed = others.field(waitlist_entries::lapses_at).assume_not_null().le(now);
    let has_returned = others.field(waitlist_entries::returns_when_lapsed).and(has_lapsed);
    let waits = status().eq(WaitlistStatus::Waiting).or(status().eq(WaitlistStatus::Offered).and(has_returned));
    let is_ahead = others
        .field(waitlist_entries::resource_id)
        .eq(waitlist_entries::resource_id)
        .and(waits)
        .and(starts_at.lt(waitlist_entries::ends_at).and(ends_at.gt(waitlist_entries::starts_at)))
        .and(is_earlier);
    let counted: Vec<(WaitlistEntryId, i64)> = waitlist_entries::table
        .inner_join(others.on(is_ahead))
        .filter(waitlist_entries::id.eq_any(&ids))
        .group_by(waitlist_entries::id)
        .select((waitlist_entries::id, count_star()))
        .load(conn)?;
    let counted: HashMap<_, _> = counted.into_iter().collect();
    for entry in entries.iter_mut().filter(|entry| entry.waits(now)) {
        entry.ahead = Some(counted.get(&entry.id).copied().unwrap_or_default());
    }
    Ok(entries)
}

/// The resources that somebody waits for, after `after`, by identifier.
///
/// # Errors
/// When the database fails.
pub fn list_resources(conn: &mut Conn, after: Option<ResourceId>, limit: i64) -> Result<Vec<ResourceId>, StorageError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    Ok(waitlist_entries::table
        .filter(waitlist_entries::status.eq(WaitlistStatus::Waiting).and(waitlist_entries::resource_id.gt(after)))
        .select(waitlist_entries::resource_id)
        .distinct()
        .order(waitlist_entries::resource_id)
        .limit(limit)
        .load(conn)?)
}

/// The resources at a site that somebody waits for.
///
/// # Errors
/// When the database fails.
pub fn list_resources_at(conn: &mut Conn, site: SiteId) -> Result<Vec<ResourceId>, StorageError> {
    Ok(joined()
        .filter(resources::site_id.eq(site).and(waitlist_entries::status.eq(WaitlistStatus::Waiting)))
        .select(waitlist_entries::resource_id)
        .distinct()
        .load(conn)?)
}

/// Adds an entry at the end of the queue. The transaction holds the lock of the resource, so no entry for it, or for a resource
/// that is linked to it, gets the same place.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, entry: &WaitlistEntry) -> Result<(), StorageError> {
    let last: Option<i64> = waitlist_entries::table.select(max(waitlist_entries::position)).get_result(conn.raw())?;
    diesel::insert_into(waitlist_entries::table)
        .values((
            (waitlist_entries::id.eq(entry.id), waitlist_entries::status.eq(entry.status)),
            waitlist_entries::organization_id.eq(entry.organization_id),
            waitlist_entries::host_organization_id.eq(entry.host_organization_id),
            waitlist_entries::resource_id.eq(entry.resource_id),
            (waitlist_entries::user_id.eq(entry.user_id), waitlist_entries::operated_by.eq(entry.operated_by)),
            (
                waitlist_entries::starts_at.eq(entry.wanted.window.starts_at()),
                waitlist_entries::ends_at.eq(entry.wanted.window.ends_at()),
                waitlist_entries::minutes.eq(entry.wanted.length.minutes()),
                waitlist_entries::quantity.eq(entry.wanted.quantity),
            ),
            (waitlist_entries::created_at.eq(entry.created_at), waitlist_entries::updated_at.eq(entry.updated_at)),
            waitlist_entries::position.eq(last.unwrap_or_default() + 1),
        ))
        .execute(conn.raw())?;
    Ok(())
}

/// Writes what has become of an entry.
///
/// # Errors
/// [`StorageError::Conflict`] when somebody else has changed it since it was read, or the database
/// fails.
pub fn update(conn: &mut WriteConn, entry: &WaitlistEntry) -> Result<(), StorageError> {
    let changed = diesel::update(waitlist_entries::table.find(entry.id).filter(waitlist_entries::revision.eq(entry.revision)))
        .set((
            waitlist_entries::status.eq(entry.status),
            (waitlist_entries::booking_id.eq(entry.booking_id), waitlist_entries::lapses_at.eq(entry.lapses_at)),
            waitlist_entries::returns_when_lapsed.eq(entry.returns_when_lapsed),
            waitlist_entries::returned_at.eq(entry.returned_at),
            waitlist_entries::revision.eq(entry.revision + 1),
            waitlist_entries::updated_at.eq(entry.updated_at),
        ))
        .execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the waitlist entry has changed".to_owned())) }
}
