//! Coupons of hosts.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use super::connection::{Conn, WriteConn};
use super::error::StorageError;
use super::paging::by_id;
use super::schema::bookings;
use super::schema_money::{booking_charges, coupons};
use super::types::Json;
use domain::booking::BookingStatus;
use domain::coupon::{Coupon, CouponCode, NewCoupon, Reduction, Uses};
use domain::ids::{CouponId, OrganizationId, ResourceId, UserId};
use domain::money::{Currency, Money};
use domain::order::{CreationOrder, Rows};
use domain::time::UtcTime;

/// A row of `coupons`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = coupons, treat_none_as_default_value = false)]
struct Row {
    id: CouponId,
    organization_id: OrganizationId,
    code: String,
    name: String,
    percent: Option<i64>,
    amount: Option<i64>,
    currency: Option<Currency>,
    valid_from: Option<UtcTime>,
    valid_until: Option<UtcTime>,
    most_uses: Option<i64>,
    most_uses_per_customer: Option<i64>,
    resource_ids: Option<Json<Vec<ResourceId>>>,
    created_by: UserId,
    created_at: UtcTime,
    updated_at: UtcTime,
    revision: i64,
}

type Columns = <Row as Selectable<Sqlite>>::SelectExpression;

fn columns() -> Columns {
    <Row as Selectable<Sqlite>>::construct_selection()
}

fn coupon_from(row: Row) -> Result<Coupon, StorageError> {
    let amount = row.amount.zip(row.currency).map(|(amount, currency)| Reduction::Amount(Money { amount, currency }));
    Ok(Coupon {
        id: row.id,
        organization_id: row.organization_id,
        made: NewCoupon {
            code: row.code.parse().map_err(StorageError::corrupt)?,
            name: row.name,
            reduction: amount.unwrap_or(Reduction::Percent(row.percent.unwrap_or_default())),
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            most_uses: row.most_uses,
            most_uses_per_customer: row.most_uses_per_customer,
            resource_ids: row.resource_ids.map(|Json(ids)| ids),
        },
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
    })
}

/// A coupon.
///
/// # Errors
/// When it does not exist, or the database fails.
pub fn get(conn: &mut Conn, id: CouponId) -> Result<Coupon, StorageError> {
    coupon_from(coupons::table.find(id).select(columns()).get_result(conn)?)
}

/// The coupon of a host with a code, if there is one.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &mut Conn, host: OrganizationId, code: &CouponCode) -> Result<Option<Coupon>, StorageError> {
    let query = coupons::table.filter(coupons::organization_id.eq(host)).filter(coupons::code.eq(code.as_str()));
    query.select(columns()).get_result(conn).optional()?.map(coupon_from).transpose()
}

/// The coupons of a host.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, host: OrganizationId, rows: Rows<CreationOrder, &str>) -> Result<Vec<Coupon>, StorageError> {
    let query = coupons::table.filter(coupons::organization_id.eq(host)).select(columns()).into_boxed();
    let rows: Vec<Row> = by_id!(query, coupons::id, rows).load(conn)?;
    rows.into_iter().map(coupon_from).collect()
}

/// The uses of a coupon, by all customers and by one.
///
/// # Errors
/// When the database fails.
pub fn count_uses(conn: &mut Conn, id: CouponId, customer: OrganizationId) -> Result<Uses, StorageError> {
    let of_coupon = || used().filter(booking_charges::coupon_id.eq(id)).count();
    let of_customer = of_coupon().filter(bookings::organization_id.eq(customer)).get_result(conn)?;
    Ok(Uses { all: of_coupon().get_result(conn)?, of_customer })
}

/// The number of uses of each of these coupons that was used.
///
/// # Errors
/// When the database fails.
pub fn count_uses_of_each(conn: &mut Conn, ids: &[CouponId]) -> Result<Vec<(Option<CouponId>, i64)>, StorageError> {
    let query = used().filter(booking_charges::coupon_id.eq_any(ids)).group_by(booking_charges::coupon_id);
    Ok(query.select((booking_charges::coupon_id, count_star())).load(conn)?)
}

/// The bookings that can use a coupon, with their charges: one that ended before it was used gives its use back.
#[diesel::dsl::auto_type]
fn used() -> _ {
    let unused: [BookingStatus; 3] = BookingStatus::UNUSED;
    bookings::table.inner_join(booking_charges::table).filter(bookings::status.ne_all(unused))
}

/// Lets nobody else use the coupon before this transaction ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn, id: CouponId) -> Result<(), StorageError> {
    diesel::update(coupons::table.find(id)).set(coupons::revision.eq(coupons::revision)).execute(conn.raw())?;
    Ok(())
}

/// Adds a coupon.
///
/// # Errors
/// When the host has a coupon with this code, or the database fails.
pub fn insert(conn: &mut WriteConn, coupon: &Coupon) -> Result<(), StorageError> {
    let made = coupon.made.clone();
    let (percent, amount) = match made.reduction {
        Reduction::Percent(percent) => (Some(percent), None),
        Reduction::Amount(amount) => (None, Some(amount)),
    };
    let row = Row {
        id: coupon.id,
        organization_id: coupon.organization_id,
        code: made.code.to_string(),
        name: made.name,
        percent,
        amount: amount.map(|amount| amount.amount),
        currency: amount.map(|amount| amount.currency),
        valid_from: made.valid_from,
        valid_until: made.valid_until,
        most_uses: made.most_uses,
        most_uses_per_customer: made.most_uses_per_customer,
        resource_ids: made.resource_ids.map(Json),
        created_by: coupon.created_by,
        created_at: coupon.created_at,
        updated_at: coupon.updated_at,
        revision: coupon.revision,
    };
    diesel::insert_into(coupons::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// Writes the end of a coupon, as its next revision.
///
/// # Errors
/// [`StorageError::Conflict`] when the coupon was changed since it was read, or the database fails.
pub fn update_ended(conn: &mut WriteConn, coupon: &Coupon) -> Result<(), StorageError> {
    let own = coupons::table.find(coupon.id).filter(coupons::revision.eq(coupon.revision));
    let changed = diesel::update(own)
        .set((
            coupons::valid_until.eq(coupon.made.valid_until),
            coupons::updated_at.eq(coupon.updated_at),
            coupons::revision.eq(coupon.revision + 1),
        ))
        .execute(conn.raw())?;
    if changed == 1 { Ok(()) } else { Err(StorageError::Conflict("the coupon has changed".to_owned())) }
}
