//! Whether prepaid credit can be used: that follows from the invoice of its sale.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Error;
use crate::open_invoices;
use domain::ids::OrganizationId;
use domain::prepaid::{Prepaid, PrepaidState};
use storage::db::ReadTx;
use storage::open_invoices::Between;
use storage::organizations;

/// Prepaid credit with its state and the names of its parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrepaidNow {
    /// The prepaid credit.
    pub prepaid: Prepaid,
    /// The state.
    pub state: PrepaidState,
    /// The name of the host.
    pub host_name: String,
    /// The name of the customer.
    pub customer_name: String,
}

/// Adds the states to prepaid credit.
pub(crate) fn with_states(tx: &mut ReadTx, found: Vec<Prepaid>) -> Result<Vec<(Prepaid, PrepaidState)>, Error> {
    let now = tx.now;
    let is_open = |prepaid: &&Prepaid| prepaid.state(false, now) == PrepaidState::Unpaid;
    let unique = |ids: BTreeSet<OrganizationId>| ids.into_iter().collect::<Vec<_>>();
    let hosts = unique(found.iter().filter(is_open).map(|prepaid| prepaid.organization_id).collect());
    let customers = unique(found.iter().filter(is_open).map(|prepaid| prepaid.customer_id).collect());
    let known = match hosts.is_empty() {
        true => BTreeMap::new(),
        false => open_invoices::load(tx, &Between { hosts, customers })?,
    };
    let with_state = |prepaid: Prepaid| {
        let invoice = prepaid.invoice_id.and_then(|id| known.get(&id));
        let state = prepaid.state(invoice.is_some_and(|invoice| invoice.standing.open.amount == 0), now);
        (prepaid, state)
    };
    Ok(found.into_iter().map(with_state).collect())
}

/// Whether nothing is to be paid for prepaid credit.
pub(crate) fn is_paid(tx: &mut ReadTx, prepaid: &Prepaid) -> Result<bool, Error> {
    let Some(invoice) = prepaid.invoice_id else { return Ok(true) };
    let between = Between { hosts: vec![prepaid.organization_id], customers: vec![prepaid.customer_id] };
    let known = open_invoices::load(tx, &between)?;
    Ok(known.get(&invoice).is_some_and(|known| known.standing.open.amount == 0))
}

/// Adds the states and the names to prepaid credit.
pub(crate) fn with_names(tx: &mut ReadTx, found: Vec<Prepaid>) -> Result<Vec<PrepaidNow>, Error> {
    let ids: BTreeSet<OrganizationId> = found.iter().flat_map(|prepaid| [prepaid.organization_id, prepaid.customer_id]).collect();
    let ids: Vec<OrganizationId> = ids.into_iter().collect();
    let names: BTreeMap<_, _> = organizations::list_names(&mut tx.conn, &ids)?.into_iter().collect();
    let name = |id| names.get(&id).cloned().unwrap_or_default();
    let with_names = |(prepaid, state): (Prepaid, PrepaidState)| PrepaidNow {
        host_name: name(prepaid.organization_id),
        customer_name: name(prepaid.customer_id),
        prepaid,
        state,
    };
    Ok(with_states(tx, found)?.into_iter().map(with_names).collect())
}
