//! Why a slot was refused because it is taken, and what could be booked instead.

use super::draft::NewBooking;
use super::judge::{MoveSource, as_agreed};
use crate::customers::Requester;
use crate::error::Error;
use crate::{Caller, is_insider, search};
use domain::alternatives::Alternative;
use domain::ids::{BookingId, ResourceId};
use domain::interval::Interval;
use domain::slot::Slot;
use storage::db::ReadTx;
use storage::{resources, waitlist_entries};

/// Why a slot is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// The resource.
    pub resource_id: ResourceId,
    /// The times when the quantity is not free. Never says who has booked it.
    pub conflicts: Vec<Interval>,
    /// The slots that could be booked instead, the best first.
    pub alternatives: Vec<Alternative>,
    /// The hold that keeps the slot for the customer itself, because the customer waited for it.
    pub own_offer: Option<BookingId>,
}

/// Explains why the slot of a new booking is taken, and finds what could be booked instead.
///
/// # Errors
/// When the database fails.
pub fn explain(tx: &mut ReadTx, caller: Caller, new: &NewBooking) -> Result<Clash, Error> {
    let user_id = match new.operated_by {
        // The host books for the operator.
        Some(operator) if !is_insider(tx, Some(caller), new.organization_id)? => operator,
        _ => caller.user_id,
    };
    let operated_by = new.operated_by.or(Some(user_id));
    let requester = Requester { organization_id: new.organization_id, user_id, operated_by, instead_of: None };
    let own_offer = waitlist_entries::find_offer(&mut tx.conn, new.resource_id, new.organization_id, new.slot.interval, tx.now)?;
    Ok(Clash { own_offer, ..explain_clash(tx, new.resource_id, new.slot, None, requester)? })
}

/// Explains why a slot is taken, and finds what could be booked instead. With a `source`, that booking would move to the slot.
///
/// # Errors
/// When the database fails.
pub(super) fn explain_clash(
    tx: &mut ReadTx,
    resource: ResourceId,
    slot: Slot,
    source: Option<MoveSource<'_>>,
    requester: Requester,
) -> Result<Clash, Error> {
    let resource = resources::get(&mut tx.conn, resource)?;
    let resource = match source {
        Some(source) => as_agreed(tx, source.booking, resource)?,
        None => resource,
    };
    let conflicts = search::conflicts(tx, &resource, slot, source.map(|source| source.booking.id))?;
    let alternatives = search::alternatives(tx, &resource, slot, source, requester)?;
    Ok(Clash { resource_id: resource.id, conflicts, alternatives, own_offer: None })
}
