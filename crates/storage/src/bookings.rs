//! Claims of customers.

use std::sync::Arc;

use chrono::TimeDelta;
use diesel::backend::Backend;
use diesel::dsl::{exists, not, sql};
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, SqlLiteral, ValidGrouping};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_query;
use diesel::sql_types::{Bool, Nullable, Text};

use super::connection::{Conn, Kept, on_each_backend};
use super::error::StorageError;
use super::schema::{allocations, booking_rules, bookings, organizations, resources};
use super::types::{Json, Shared};
use domain::booking::{BookingStatus, Extent, LONGEST_OVERRUN, Life};
use domain::ids::{BookingGroupId, BookingId, BookingRulesId, OrganizationId, ResourceId, SeriesId, SiteId, TariffId, UserId};
use domain::interval::Interval;
use domain::money::{Currency, Money};
use domain::pricing::{Price, PriceLine};
use domain::rules::BookingRules;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;

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
    /// What these rules are.
    pub rules: Arc<BookingRules>,
    /// The version of the tariff that it was made under.
    pub tariff_id: TariffId,
    /// The versions of the host's terms that it was made under.
    pub terms: Vec<AgreedTerms>,
    /// From the customer to the host.
    pub note: String,
    /// The series that it is one of.
    pub series_id: Option<SeriesId>,
    /// The group that it was made in.
    pub group_id: Option<BookingGroupId>,
    /// Whether it is what the host has offered.
    pub is_offered: bool,
    /// Who made it.
    pub created_by: UserId,
    /// Who works at the machine; none while nobody is named.
    pub operated_by: Option<UserId>,
    /// When it was cancelled.
    pub cancelled_at: Option<UtcTime>,
    /// Who cancelled it.
    pub cancelled_by: Option<UserId>,
    /// Why it was cancelled or declined.
    pub reason: String,
    /// When it lapses by itself: a hold or a request expires, or a customer who has not come is missed.
    pub lapses_at: Option<UtcTime>,
    /// What was really used, beside the time that was booked: since when
    pub checked_in_at: Option<UtcTime>,
    /// and until when.
    pub checked_out_at: Option<UtcTime>,
    /// Whether it was still in use after its time, and all who must know were told.
    pub is_overrun: bool,
    /// RFC 5545 `SEQUENCE` of its calendar entry.
    pub calendar_sequence: i32,
    /// Bumped by each change.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it changed last.
    pub updated_at: UtcTime,
}

impl Booking {
    /// What decides about its moves; for a check-in the rules say when it opens.
    pub fn life(&self) -> Life {
        Life {
            status: self.status,
            interval: self.interval,
            claim_ends_at: self.claim.ends_at(),
            lapses_at: self.lapses_at,
            check_in_opens: TimeDelta::zero(),
        }
    }

    /// What it has.
    pub const fn extent(&self) -> Extent {
        Extent { resource_id: self.resource_id, interval: self.interval, quantity: self.quantity }
    }

    /// When a hold runs out, or a request that nobody has answered.
    pub fn expires_at(&self) -> Option<UtcTime> {
        self.lapses_at.filter(|_| matches!(self.status, BookingStatus::Held | BookingStatus::Requested))
    }

    /// Until when the customer may cancel or move it, where they may not at any time: what is not confirmed is theirs to take
    /// back.
    pub fn changeable_until(&self) -> Option<UtcTime> {
        (self.status == BookingStatus::Confirmed).then(|| self.rules.changeable_until(self.interval.starts_at()))
    }

    /// As it is at an instant, whether or not the service has come to write it: then it is the revision that will be written.
    #[must_use]
    pub fn at(self, now: UtcTime) -> Self {
        let (status, is_overrun) = (self.life().status_at(now), self.is_overrun || self.life().is_overrun(now));
        let is_written = (status, is_overrun) == (self.status, self.is_overrun);
        Self { status, is_overrun, revision: self.revision + i64::from(!is_written), ..self }
    }
}

/// Defines a column of bookings by hand, for a table of diesel's has at most 32 unless everything is to compile for minutes.
macro_rules! column_by_hand {
    ($(#[$doc:meta])* $name:ident: $kind:ty = $sql:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
        pub(super) struct $name;

        impl Expression for $name {
            type SqlType = $kind;
        }

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }

        impl<QS> SelectableExpression<QS> for $name {}
        impl<QS> AppearsOnTable<QS> for $name {}
    };
}

column_by_hand! {
    /// The group that a booking was made in.
    GroupId: Nullable<Text> = "bookings.group_id"
}

column_by_hand! {
    /// Whether the host has offered a booking.
    IsOffered: Bool = "EXISTS (SELECT 1 FROM booking_offers WHERE booking_offers.booking_id = bookings.id)"
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
type UsageColumns = (bookings::lapses_at, bookings::checked_in_at, bookings::checked_out_at, bookings::is_overrun);
pub(super) type Columns = (
    bookings::id,
    bookings::status,
    PartyColumns,
    TimeColumns,
    bookings::quantity,
    PriceColumns,
    (bookings::booking_rules_id, booking_rules::rules, bookings::tariff_id, bookings::terms),
    (bookings::note, (bookings::series_id, GroupId, IsOffered), bookings::created_by, bookings::operated_by),
    EndColumns,
    UsageColumns,
    (bookings::calendar_sequence, bookings::revision),
    (bookings::created_at, bookings::updated_at),
);
/// The columns of a booking.
pub(super) const COLUMNS: Columns = (
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
    (bookings::booking_rules_id, booking_rules::rules, bookings::tariff_id, bookings::terms),
    (bookings::note, (bookings::series_id, GroupId, IsOffered), bookings::created_by, bookings::operated_by),
    (bookings::cancelled_at, bookings::cancelled_by, bookings::reason),
    (bookings::lapses_at, bookings::checked_in_at, bookings::checked_out_at, bookings::is_overrun),
    (bookings::calendar_sequence, bookings::revision),
    (bookings::created_at, bookings::updated_at),
);

/// What they hold.
pub(super) type BookingRow = (
    BookingId,
    BookingStatus,
    ((OrganizationId, String), OrganizationId, SiteId, (ResourceId, String)),
    ((UtcTime, UtcTime), (UtcTime, UtcTime)),
    i32,
    (i64, Currency, Json<Vec<PriceLine>>),
    (BookingRulesId, Shared<BookingRules>, TariffId, Json<Vec<AgreedTerms>>),
    (String, (Option<SeriesId>, Option<BookingGroupId>, bool), UserId, Option<UserId>),
    (Option<UtcTime>, Option<UserId>, String),
    (Option<UtcTime>, Option<UtcTime>, Option<UtcTime>, bool),
    (i32, i64),
    (UtcTime, UtcTime),
);

/// The booking of a row.
pub(super) fn booking_from(row: BookingRow) -> Result<Booking, StorageError> {
    let (id, status, parties, (time, claim), quantity, price, versions, note, end, usage, counters, times) = row;
    let (amount, currency, Json(lines)) = price;
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
        rules: versions.1.0,
        tariff_id: versions.2,
        terms: versions.3.0,
        note: note.0,
        series_id: note.1.0,
        group_id: note.1.1,
        is_offered: note.1.2,
        created_by: note.2,
        operated_by: note.3,
        cancelled_at: end.0,
        cancelled_by: end.1,
        reason: end.2,
        lapses_at: usage.0,
        checked_in_at: usage.1,
        checked_out_at: usage.2,
        is_overrun: usage.3,
        calendar_sequence: counters.0,
        revision: counters.1,
        created_at: times.0,
        updated_at: times.1,
    })
}

/// Bookings with what their columns are read from.
#[diesel::dsl::auto_type]
pub(super) fn joined() -> _ {
    bookings::table
        .inner_join(organizations::table.on(organizations::id.eq(bookings::organization_id)))
        .inner_join(booking_rules::table.on(booking_rules::id.eq(bookings::booking_rules_id)))
        .inner_join(resources::table)
}

/// A booking.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: BookingId) -> Result<Booking, StorageError> {
    let query = joined().filter(bookings::id.eq(id)).select(COLUMNS);
    booking_from(on_each_backend!(conn, |conn| query.get_result(conn))?)
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
    /// Only of this series.
    pub series: Option<SeriesId>,
    /// Only in this state at this instant.
    pub status: Option<(BookingStatus, UtcTime)>,
    /// Only those that end after this instant.
    pub from: Option<UtcTime>,
    /// Only those that start before this instant.
    pub to: Option<UtcTime>,
}

/// The bookings after `after`, by start and identifier; requests that wait for an answer by
/// identifier, which is the order in which they were made.
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
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    let is_queue = matches!(filter.status, Some((BookingStatus::Requested, _)));
    // Written out, for a partial index serves only a query that names its condition.
    let requested = sql::<Bool>("bookings.status = 'requested'");
    query = if is_queue { query.filter(requested).order(bookings::id) } else { query.order((bookings::starts_at, bookings::id)) };
    if let Some(resource) = filter.resource {
        query = query.filter(bookings::resource_id.eq(resource));
    }
    if let Some(series) = filter.series {
        query = query.filter(bookings::series_id.eq(series));
    }
    if let Some(host) = filter.host {
        query = query.filter(bookings::host_organization_id.eq(host));
    }
    if let Some(site) = filter.site {
        query = query.filter(bookings::site_id.eq(site));
    }
    if let Some((status, now)) = filter.status {
        // What `Life::due` decides, in SQL.
        let is = |status: BookingStatus| bookings::status.eq(status);
        let is_open = || is(BookingStatus::Held).or(is(BookingStatus::Requested));
        let has_lapsed = || bookings::lapses_at.is_not_null().and(bookings::lapses_at.assume_not_null().le(now));
        let is_over = || bookings::claim_ends_at.le(now);
        let is_closed = || bookings::claim_ends_at.le(now - LONGEST_OVERRUN);
        query = match status {
            BookingStatus::Held | BookingStatus::Requested | BookingStatus::Confirmed => {
                query.filter(is(status).and(not(has_lapsed().or(is_over()))))
            }
            BookingStatus::InUse => query.filter(is(status).and(not(is_closed()))),
            BookingStatus::Expired => query.filter(is(status).or(is_open().and(has_lapsed().or(is_over())))),
            BookingStatus::NoShow => query.filter(is(status).or(is(BookingStatus::Confirmed).and(has_lapsed()))),
            BookingStatus::Completed => {
                let is_missed_by_none = is(BookingStatus::Confirmed).and(is_over()).and(not(has_lapsed()));
                query.filter(is(status).or(is_missed_by_none).or(is(BookingStatus::InUse).and(is_closed())))
            }
            BookingStatus::Cancelled | BookingStatus::Declined => query.filter(is(status)),
        };
    }
    if let Some(from) = filter.from {
        query = query.filter(bookings::ends_at.gt(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(bookings::starts_at.lt(to));
    }
    if let Some((starts_at, id)) = after {
        query = if is_queue {
            query.filter(bookings::id.gt(id))
        } else {
            query.filter(bookings::starts_at.gt(starts_at).or(bookings::starts_at.eq(starts_at).and(bookings::id.gt(id))))
        };
    }
    let rows: Vec<BookingRow> = query.load(conn)?;
    rows.into_iter().map(booking_from).collect()
}

/// All bookings of a series, by start.
///
/// # Errors
/// When the database fails.
pub fn list_of_series(conn: &mut Conn, id: SeriesId) -> Result<Vec<Booking>, StorageError> {
    let of_series = joined().filter(bookings::series_id.eq(id)).order((bookings::starts_at, bookings::id));
    let rows: Vec<BookingRow> = of_series.select(COLUMNS).load(conn)?;
    rows.into_iter().map(booking_from).collect()
}

/// The bookings of these groups, by start.
///
/// # Errors
/// When the database fails.
pub fn list_of_groups(conn: &mut Conn, ids: &[BookingGroupId]) -> Result<Vec<Booking>, StorageError> {
    let of_groups = joined().filter(GroupId.eq_any(ids)).order((bookings::starts_at, bookings::id));
    let rows: Vec<BookingRow> = of_groups.select(COLUMNS).load(conn)?;
    rows.into_iter().map(booking_from).collect()
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
    let query = joined().filter(is_live()).filter(bookings::id.eq_any(claims)).order(bookings::id).select(COLUMNS);
    let rows: Vec<BookingRow> = query.load(conn)?;
    rows.into_iter().map(booking_from).collect()
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
    let rows: Vec<BookingRow> = joined()
        .filter(bookings::resource_id.eq_any(resources))
        .filter(is_live())
        .filter(bookings::status.ne(BookingStatus::InUse))
        .filter(bookings::lapses_at.is_null().or(bookings::lapses_at.gt(from)))
        .filter(bookings::starts_at.ge(from).and(bookings::starts_at.lt(before)))
        .order((bookings::starts_at, bookings::id))
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(booking_from).collect()
}

/// The bookings that a user made for any of these organizations, the oldest first. The index by customer serves; one by user
/// would be written with every booking, to be read when somebody wants to know what is kept of them.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId, customers: &[OrganizationId]) -> Result<Vec<Booking>, StorageError> {
    let theirs = bookings::organization_id.eq_any(customers).and(bookings::created_by.eq(user));
    let rows: Vec<BookingRow> = joined().filter(theirs).order(bookings::id).select(COLUMNS).load(conn)?;
    rows.into_iter().map(booking_from).collect()
}

/// Whether there are bookings that have not ended and take something of the resource, its own or such as take it along.
///
/// # Errors
/// When the database fails.
pub fn has_active(conn: &mut Conn, resource: ResourceId, now: UtcTime) -> Result<bool, StorageError> {
    let claims = allocations::table.filter(allocations::resource_id.eq(resource)).select(allocations::id);
    let active = bookings::table.filter(bookings::id.eq_any(claims)).filter(is_live()).filter(bookings::ends_at.gt(now));
    Ok(diesel::select(exists(active)).get_result(conn)?)
}

/// Adds a booking; one that takes capacity makes its allocation.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the quantity is not free, or the database fails.
pub fn insert(conn: &mut Conn, booking: &Booking) -> Result<(), StorageError> {
    let insertion = diesel::insert_into(bookings::table).values((
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
            bookings::terms.eq(Json(booking.terms.clone())),
        ),
        (
            bookings::note.eq(&booking.note),
            bookings::reason.eq(&booking.reason),
            bookings::lapses_at.eq(booking.lapses_at),
            bookings::series_id.eq(booking.series_id),
            bookings::created_by.eq(booking.created_by),
            bookings::operated_by.eq(booking.operated_by),
            bookings::created_at.eq(booking.created_at),
            bookings::updated_at.eq(booking.updated_at),
        ),
    ));
    on_each_backend!(conn, |conn| insertion.execute(conn))?;
    if let Some(group) = booking.group_id {
        let put = sql_query("UPDATE bookings SET group_id = $1 WHERE id = $2");
        put.bind::<Text, _>(group).bind::<Text, _>(booking.id).execute(conn)?;
    }
    Ok(())
}

/// Writes what can change of a booking. Its allocation changes with it, and one that takes no
/// capacity any more gives it up.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when what it would take is not free, [`StorageError::Conflict`] when somebody else has changed it since it was read, or the database
/// fails.
pub fn update(conn: &mut Conn, booking: &Booking) -> Result<(), StorageError> {
    let change = diesel::update(bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision))).set((
        bookings::status.eq(booking.status),
        bookings::cancelled_at.eq(booking.cancelled_at),
        bookings::cancelled_by.eq(booking.cancelled_by),
        bookings::reason.eq(&booking.reason),
        bookings::lapses_at.eq(booking.lapses_at),
        bookings::checked_in_at.eq(booking.checked_in_at),
        bookings::checked_out_at.eq(booking.checked_out_at),
        bookings::is_overrun.eq(booking.is_overrun),
        bookings::calendar_sequence.eq(booking.calendar_sequence),
        bookings::revision.eq(booking.revision + 1),
        bookings::updated_at.eq(booking.updated_at),
    ));
    let changed = on_each_backend!(conn, |conn| Kept(change).execute(conn))?;
    if changed == 1 { Ok(()) } else { Err(has_changed()) }
}

/// Gives a booking another time, quantity or resource, with all that hangs on these. Its allocation
/// moves with it in this one statement: the old slot is not lost before the new one is won.
///
/// # Errors
/// [`StorageError::CapacityExceeded`] when the new slot is not free, [`StorageError::Conflict`] when
/// somebody else has changed the booking since it was read, or the database fails.
pub fn update_slot(conn: &mut Conn, booking: &Booking) -> Result<(), StorageError> {
    let change = diesel::update(bookings::table.find(booking.id).filter(bookings::revision.eq(booking.revision))).set((
        (bookings::resource_id.eq(booking.resource_id), bookings::site_id.eq(booking.site_id)),
        (bookings::starts_at.eq(booking.interval.starts_at()), bookings::ends_at.eq(booking.interval.ends_at())),
        (bookings::claim_starts_at.eq(booking.claim.starts_at()), bookings::claim_ends_at.eq(booking.claim.ends_at())),
        bookings::quantity.eq(booking.quantity),
        (
            bookings::price_amount.eq(booking.price.total.amount),
            bookings::price_currency.eq(booking.price.total.currency),
            bookings::price_lines.eq(Json(booking.price.lines.clone())),
        ),
        (
            bookings::booking_rules_id.eq(booking.booking_rules_id),
            bookings::tariff_id.eq(booking.tariff_id),
            bookings::terms.eq(Json(booking.terms.clone())),
        ),
        (bookings::lapses_at.eq(booking.lapses_at), bookings::is_overrun.eq(booking.is_overrun)),
        bookings::operated_by.eq(booking.operated_by),
        bookings::calendar_sequence.eq(booking.calendar_sequence),
        bookings::revision.eq(booking.revision + 1),
        bookings::updated_at.eq(booking.updated_at),
    ));
    let changed = on_each_backend!(conn, |conn| Kept(change).execute(conn))?;
    if changed == 1 { Ok(()) } else { Err(has_changed()) }
}

/// Somebody else has changed a booking since it was read.
pub(super) fn has_changed() -> StorageError {
    StorageError::Conflict("the booking has changed".to_owned())
}
