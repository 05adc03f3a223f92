//! Proposals of another slot for a booking.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

use super::connection::{CachedStatement, Conn, WriteConn};
use super::error::StorageError;
use super::schema::{audit, booking_proposals, bookings, resources};
use super::types::Json;
use domain::booking::proposal::{Proposal, ProposalStatus};
use domain::booking::{Extent, Side};
use domain::ids::{BookingId, BookingProposalId, ResourceId, TariffId, UserId};
use domain::interval::Interval;
use domain::money::{Currency, Money};
use domain::rules::Violation;
use domain::slot::Slot;
use domain::time::UtcTime;

/// A row of `booking_proposals`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = booking_proposals, treat_none_as_default_value = false)]
struct Row {
    id: BookingProposalId,
    booking_id: BookingId,
    side: Side,
    status: ProposalStatus,
    resource_id: ResourceId,
    starts_at: UtcTime,
    ends_at: UtcTime,
    quantity: i32,
    price_amount: i64,
    price_currency: Currency,
    tariff_id: TariffId,
    violations: Json<Vec<Violation>>,
    override_reason: Option<String>,
    message: String,
    reason: String,
    proposed_by: UserId,
    lapses_at: UtcTime,
    created_at: UtcTime,
    updated_at: UtcTime,
}

impl Row {
    fn new(proposal: &Proposal) -> Self {
        let Extent { resource_id, slot: Slot { interval, quantity } } = proposal.extent;
        Self {
            id: proposal.id,
            booking_id: proposal.booking_id,
            side: proposal.side,
            status: proposal.status,
            resource_id,
            starts_at: interval.starts_at(),
            ends_at: interval.ends_at(),
            quantity,
            price_amount: proposal.price.amount,
            price_currency: proposal.price.currency,
            tariff_id: proposal.tariff_id,
            violations: Json(proposal.violations.clone()),
            override_reason: proposal.override_reason.clone(),
            message: proposal.message.clone(),
            reason: proposal.reason.clone(),
            proposed_by: proposal.proposed_by,
            lapses_at: proposal.lapses_at,
            created_at: proposal.created_at,
            updated_at: proposal.updated_at,
        }
    }
}

fn proposal_from(ProposalRow { row, resource_name }: ProposalRow) -> Result<Proposal, StorageError> {
    let interval = Interval::new(row.starts_at, row.ends_at).map_err(StorageError::corrupt)?;
    let Json(violations) = row.violations;
    Ok(Proposal {
        id: row.id,
        booking_id: row.booking_id,
        side: row.side,
        status: row.status,
        extent: Extent { resource_id: row.resource_id, slot: Slot { interval, quantity: row.quantity } },
        resource_name,
        price: Money { amount: row.price_amount, currency: row.price_currency },
        tariff_id: row.tariff_id,
        violations,
        override_reason: row.override_reason,
        message: row.message,
        reason: row.reason,
        proposed_by: row.proposed_by,
        lapses_at: row.lapses_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// A proposal with the name of its resource.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = booking_proposals)]
struct ProposalRow {
    #[diesel(embed)]
    row: Row,
    #[diesel(select_expression = resources::name)]
    resource_name: String,
}

type Columns = <ProposalRow as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <ProposalRow as Selectable<Sqlite>>::construct_selection()
}

#[diesel::dsl::auto_type(no_type_alias)]
fn joined() -> _ {
    booking_proposals::table.inner_join(resources::table)
}

/// Written out, for a partial index serves only a query that names its condition.
fn is_open() -> SqlLiteral<Bool> {
    sql("booking_proposals.status = 'open'")
}

/// A proposal for a booking.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, booking: BookingId, id: BookingProposalId) -> Result<Proposal, StorageError> {
    let of_booking = booking_proposals::id.eq(id).and(booking_proposals::booking_id.eq(booking));
    proposal_from(joined().filter(of_booking).select(columns()).get_result(conn)?)
}

/// The open proposal for a booking, if there is one; it may have lapsed.
///
/// # Errors
/// When the database fails.
pub fn find_open(conn: &mut Conn, booking: BookingId) -> Result<Option<Proposal>, StorageError> {
    let query = joined().filter(booking_proposals::booking_id.eq(booking)).filter(is_open()).select(columns());
    CachedStatement(query).get_result(conn).optional()?.map(proposal_from).transpose()
}

/// The proposals for a booking after `after`, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, booking: BookingId, after: Option<&str>, limit: i64) -> Result<Vec<Proposal>, StorageError> {
    let after = booking_proposals::id.gt(after.unwrap_or_default());
    let query = joined().filter(booking_proposals::booking_id.eq(booking)).filter(after).order(booking_proposals::id);
    let rows: Vec<ProposalRow> = query.select(columns()).limit(limit).load(conn)?;
    rows.into_iter().map(proposal_from).collect()
}

/// The proposals that a user made, the oldest first. The audit log, which has an index by user, leads to their bookings.
///
/// # Errors
/// When the database fails.
pub fn list_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Proposal>, StorageError> {
    let proposed = audit::table.filter(audit::user_id.eq(user).and(audit::action.eq("booking.propose"))).select(audit::object_id);
    let theirs = joined().filter(booking_proposals::booking_id.eq_any(proposed)).filter(booking_proposals::proposed_by.eq(user));
    let rows: Vec<ProposalRow> = theirs.order(booking_proposals::id).select(columns()).load(conn)?;
    rows.into_iter().map(proposal_from).collect()
}

/// How many proposals for a booking were made.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn, booking: BookingId) -> Result<i64, StorageError> {
    Ok(booking_proposals::table.filter(booking_proposals::booking_id.eq(booking)).count().get_result(conn)?)
}

/// The resources of bookings with a proposal that has lapsed by `now`, which is yet to be written. In no order, and maybe more than once.
///
/// # Errors
/// When the database fails.
pub fn list_due_resources(conn: &mut Conn, now: UtcTime) -> Result<Vec<ResourceId>, StorageError> {
    let due = booking_proposals::table.inner_join(bookings::table).filter(is_open()).filter(booking_proposals::lapses_at.le(now));
    Ok(due.select(bookings::resource_id).load(conn)?)
}

/// The proposals for bookings of a resource that have lapsed by `now`, which is yet to be written.
///
/// # Errors
/// When the database fails.
pub fn list_due(conn: &mut Conn, resource: ResourceId, now: UtcTime) -> Result<Vec<Proposal>, StorageError> {
    let of_resource = bookings::table.filter(bookings::resource_id.eq(resource)).select(bookings::id);
    let due = joined().filter(is_open()).filter(booking_proposals::lapses_at.le(now));
    let rows: Vec<ProposalRow> = due
        .filter(booking_proposals::booking_id.eq_any(of_resource))
        .order(booking_proposals::id)
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(proposal_from).collect()
}

/// Adds a proposal.
///
/// # Errors
/// [`StorageError::Conflict`] when the booking has an open proposal, or the database fails.
pub fn insert(conn: &mut WriteConn, proposal: &Proposal) -> Result<(), StorageError> {
    let insertion = diesel::insert_into(booking_proposals::table).values(Row::new(proposal));
    match insertion.execute(conn.raw()).map_err(StorageError::from) {
        Err(StorageError::NotUnique(key)) => Err(StorageError::Conflict(key)),
        inserted => inserted.map(drop),
    }
}

/// Ends an open proposal.
///
/// # Errors
/// [`StorageError::Conflict`] when it was ended since it was read, or the database fails.
pub fn update_ended(conn: &mut WriteConn, proposal: &Proposal) -> Result<(), StorageError> {
    let open = booking_proposals::table.find(proposal.id).filter(is_open());
    let end = (
        booking_proposals::status.eq(proposal.status),
        booking_proposals::reason.eq(&proposal.reason),
        booking_proposals::updated_at.eq(proposal.updated_at),
    );
    let changed = diesel::update(open).set(end).execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the proposal has ended".to_owned())) }
}
