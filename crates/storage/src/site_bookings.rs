//! The bookings of a site as its day shows them: hundreds of rows, without what a day does not show.

use std::collections::{BTreeSet, HashMap};

use chrono::TimeDelta;
use chrono_tz::Tz;
use diesel::prelude::*;

use super::connection::{CachedStatement, Conn, padded};
use super::error::StorageError;
use super::schema::{booking_rules, bookings, organizations, resources};
use super::sites::Site;
use super::types::CachedRules;
use domain::booking::{Booking, BookingStatus, Life};
use domain::ids::{BookingId, BookingRulesId, ResourceId};
use domain::interval::Interval;
use domain::money::{Currency, Money};
use domain::time::UtcTime;

/// A booking as the day of a site shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteBooking {
    /// Its identifier.
    pub id: BookingId,
    /// The resource.
    pub resource_id: ResourceId,
    /// Its name.
    pub resource_name: String,
    /// The name of the customer.
    pub organization_name: String,
    /// The time zone of the site.
    pub timezone: Tz,
    /// The total price.
    pub price: Money,
    /// The state at the instant for which it was listed, and the time.
    pub life: Life,
    /// Its revision.
    pub revision: i64,
}

impl From<Booking> for SiteBooking {
    fn from(booking: Booking) -> Self {
        let check_in_opens = TimeDelta::minutes(booking.rules.check_in_minutes);
        Self {
            life: Life { check_in_opens, ..booking.life() },
            id: booking.id,
            resource_id: booking.resource_id,
            resource_name: booking.resource_name,
            organization_name: booking.organization_name,
            timezone: booking.timezone,
            price: booking.price.total,
            revision: booking.revision,
        }
    }
}

#[derive(Queryable)]
struct Row {
    id: BookingId,
    status: BookingStatus,
    resource_id: ResourceId,
    starts_at: UtcTime,
    ends_at: UtcTime,
    lapses_at: Option<UtcTime>,
    price_amount: i64,
    price_currency: Currency,
    booking_rules_id: BookingRulesId,
    revision: i64,
    resource_name: String,
    organization_name: String,
}

/// The bookings of a site that overlap a span and came about, as they are at an instant: at most `limit`, by start.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, site: &Site, within: Interval, now: UtcTime, limit: i64) -> Result<Vec<SiteBooking>, StorageError> {
    let came_about = |status: BookingStatus| !BookingStatus::UNUSED.contains(&status);
    let [cancelled, declined, expired] = BookingStatus::UNUSED.map(|status| bookings::status.ne(status));
    // By the index of the host, whose order is that of the list.
    let rows: Vec<Row> = bookings::table
        .inner_join(resources::table)
        .inner_join(organizations::table.on(organizations::id.eq(bookings::organization_id)))
        .filter(bookings::host_organization_id.eq(site.organization_id))
        .filter(bookings::site_id.eq(site.id))
        .filter(bookings::ends_at.gt(within.starts_at()).and(bookings::starts_at.lt(within.ends_at())))
        .filter(cancelled.and(declined).and(expired))
        .order((bookings::starts_at, bookings::id))
        .limit(limit)
        .select((
            bookings::id,
            bookings::status,
            bookings::resource_id,
            bookings::starts_at,
            bookings::ends_at,
            bookings::lapses_at,
            bookings::price_amount,
            bookings::price_currency,
            bookings::booking_rules_id,
            bookings::revision,
            resources::name,
            organizations::name,
        ))
        .load(conn)?;
    let check_ins = list_check_ins(conn, rows.iter().map(|row| row.booking_rules_id).collect())?;
    let read = |row: Row| {
        let interval = Interval::new(row.starts_at, row.ends_at).map_err(StorageError::corrupt)?;
        let check_in_opens = check_ins.get(&row.booking_rules_id).copied().unwrap_or_default();
        let life = Life { status: row.status, interval, lapses_at: row.lapses_at, check_in_opens };
        Ok(SiteBooking {
            id: row.id,
            resource_id: row.resource_id,
            resource_name: row.resource_name,
            organization_name: row.organization_name,
            timezone: site.fields.timezone,
            price: Money { amount: row.price_amount, currency: row.price_currency },
            life: Life { status: life.status_at(now), ..life },
            revision: row.revision,
        })
    };
    let listed: Result<Vec<_>, StorageError> = rows.into_iter().map(read).collect();
    Ok(listed?.into_iter().filter(|booking| came_about(booking.life.status)).collect())
}

/// How long before the start customers can check in, by the rules of their bookings. Many bookings have the same rules.
fn list_check_ins(conn: &mut Conn, rules: BTreeSet<BookingRulesId>) -> Result<HashMap<BookingRulesId, TimeDelta>, StorageError> {
    let these = booking_rules::table.filter(booking_rules::id.eq_any(padded(rules)));
    let rows: Vec<(BookingRulesId, CachedRules)> =
        CachedStatement(these.select((booking_rules::id, booking_rules::rules))).load(conn)?;
    Ok(rows.into_iter().map(|(id, rules)| (id, TimeDelta::minutes(rules.0.check_in_minutes))).collect())
}
