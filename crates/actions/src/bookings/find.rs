//! Finding bookings, and what has happened to them.

use std::collections::BTreeSet;

use super::access::{get_as_party, parties};
use crate::Caller;
use crate::error::Error;
use domain::booking::{Booking, BookingOrder, BookingStatus};
use domain::ids::{BookingId, OrganizationId, ResourceId, SeriesId, SiteId};
use domain::paging::{Page, Paging};
use domain::time::UtcTime;
use storage::audit::{self, Entry};
use storage::bookings::{self, Filter};
use storage::contacts::{self, Contact};
use storage::db::ReadTx;

/// Returns a booking to its two parties.
///
/// # Errors
/// `not_found`.
pub fn get(tx: &mut ReadTx, caller: Caller, id: BookingId) -> Result<Booking, Error> {
    Ok(get_as_party(tx, caller, id)?.0.at(tx.now))
}

/// How the parties of a booking reach each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacts {
    /// The host.
    pub host: Contact,
    /// The customer, with the user who made the booking.
    pub customer: Contact,
}

/// Returns to the two parties of a booking how they reach each other; nothing while the host does not know of the booking, and long
/// after its end.
///
/// # Errors
/// `not_found`.
pub fn contacts(tx: &mut ReadTx, caller: Caller, id: BookingId) -> Result<Option<Contacts>, Error> {
    let booking = get(tx, caller, id)?;
    if !booking.shows_contacts(tx.now) {
        return Ok(None);
    }
    let host = contacts::get(&mut tx.conn, booking.host_organization_id, None)?;
    let customer = contacts::get(&mut tx.conn, booking.organization_id, Some(booking.created_by))?;
    Ok(Some(Contacts { host, customer }))
}

/// Which bookings to list.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Only those in which this organization is the customer or the host.
    pub organization: Option<OrganizationId>,
    /// Only those in which this organization is the host.
    pub host: Option<OrganizationId>,
    /// Only those in which this organization is the customer.
    pub customer: Option<OrganizationId>,
    /// Only of this resource.
    pub resource: Option<ResourceId>,
    /// Only at this site.
    pub site: Option<SiteId>,
    /// Only of this series.
    pub series: Option<SeriesId>,
    /// Only in one of these states; in every state if there are none.
    pub statuses: BTreeSet<BookingStatus>,
    /// Only those that end after this instant.
    pub from: Option<UtcTime>,
    /// Only those that start before this instant.
    pub to: Option<UtcTime>,
    /// Only those that have changed at this instant or later.
    pub updated_since: Option<UtcTime>,
    /// The order.
    pub order: Option<BookingOrder>,
}

/// Lists the bookings that the caller is a party to, as a member of the customer or as a manager of the host. Without an order, requests
/// that wait for an answer are listed in the order in which they were made, all others by their start.
///
/// # Errors
/// `forbidden` for an organization that the caller does not belong to.
pub fn list(tx: &mut ReadTx, caller: Caller, search: &Search, paging: &Paging) -> Result<Page<Booking>, Error> {
    let (customers, hosts) = parties(tx, caller, search.organization)?;
    let filter = Filter {
        customers,
        hosts,
        host: search.host,
        customer: search.customer,
        resource: search.resource,
        site: search.site,
        series: search.series,
        person: None,
        statuses: search.statuses.iter().copied().collect(),
        from: search.from,
        to: search.to,
        updated_since: search.updated_since,
    };
    let after = paging.after_instant()?;
    let rows = bookings::list(&mut tx.conn, &filter, search.order, tx.now, after, paging.rows())?;
    let page = paging.page(rows, |booking| Paging::instant_key(booking.interval.starts_at(), booking.id));
    Ok(page.map(|booking| booking.at(tx.now)))
}

/// Lists the history of a booking, the oldest change first, for its two parties.
///
/// # Errors
/// `not_found`.
pub fn history(tx: &mut ReadTx, caller: Caller, id: BookingId, paging: &Paging) -> Result<Page<Entry>, Error> {
    get_as_party(tx, caller, id)?;
    let rows = audit::list_of_object(&mut tx.conn, id.as_str(), paging.after.as_deref(), paging.rows())?;
    Ok(paging.page(rows, |entry| entry.id.to_string()))
}
