//! Monthly invoices, which the service issues for hosts that want them.

use chrono::NaiveDate;

use crate::error::Error;
use crate::invoices::{NewInvoice, issue_as};
use domain::billing::month_after;
use domain::ids::OrganizationId;
use domain::money::Currency;
use domain::open_invoices::{has_begun_at, last_ended_date};
use domain::principal::Principal;
use storage::db::{ReadTx, Tx};
use storage::{billing, invoices};

/// The monthly invoices of a host that are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The host.
    pub host: OrganizationId,
    /// The first day of the month. The invoices are over bookings that have ended before it.
    pub first: NaiveDate,
    /// The customers, each with a currency, for which there may be something to invoice.
    pub customers: Vec<(OrganizationId, Currency)>,
}

/// Finds the hosts whose monthly invoices are due: the month has begun in all time zones.
///
/// # Errors
/// When the database fails.
pub fn due(tx: &mut ReadTx) -> Result<Vec<Due>, Error> {
    let Some(today) = last_ended_date(tx.now).succ_opt() else { return Ok(Vec::new()) };
    let hosts = billing::list_monthly_invoices_due(&mut tx.conn, today)?;
    let with_customers = |(host, first)| {
        let customers = invoices::list_customers_without(&mut tx.conn, host, has_begun_at(first))?;
        Ok(Due { host, first, customers })
    };
    hosts.into_iter().map(with_customers).collect()
}

/// Issues the next documents of the month to a customer. Returns whether there were any, so that there may be more.
///
/// # Errors
/// `invalid_transition` if the host has no billing address.
pub fn issue_next(
    tx: &mut Tx<'_>,
    host: OrganizationId,
    (customer_id, currency): (OrganizationId, Currency),
    first: NaiveDate,
) -> Result<bool, Error> {
    let new = NewInvoice {
        customer_id,
        booking_id: None,
        currency: Some(currency),
        due_days: None,
        includes_free: false,
        ended_before: Some(first),
    };
    Ok(!issue_as(tx, (Principal::System, None), host, &new)?.is_empty())
}

/// Notes that the invoices of a month are issued: the next ones are due a month later. A host that has turned them off meanwhile, or for
/// which another server has noted it, stays as it is.
///
/// # Errors
/// When the database fails.
pub fn end(tx: &mut Tx<'_>, host: OrganizationId, first: NaiveDate) -> Result<(), Error> {
    match billing::get(tx.conn, host)?.monthly_invoices_on {
        Some(on) if on == first => Ok(billing::update_monthly_invoices_on(tx.conn, host, Some(month_after(first)))?),
        _ => Ok(()),
    }
}
