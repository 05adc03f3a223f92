//! Why a slot was refused because it is taken, and what could be booked instead.

use super::draft::NewBooking;
use super::judge::{MoveSource, as_agreed};
use crate::customers::Requester;
use crate::error::Error;
use crate::{Caller, is_insider, search};
use domain::alternatives::Alternative;
use domain::availability::Conflict;
use domain::ids::{BookingId, ResourceId};
use domain::said::{Said, said};
use domain::slot::Slot;
use storage::db::ReadTx;
use storage::{resources, waitlist_entries};

/// Why a slot is taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Clash {
    /// The resource.
    pub resource_id: ResourceId,
    /// The times when the quantity is not free. Never says who has booked it.
    pub conflicts: Vec<Conflict>,
    /// The slots that could be booked instead, the best first.
    pub alternatives: Vec<Alternative>,
    /// The next step for the caller, if there is one to name.
    pub next_step: Option<Said>,
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
    let requester = new.requester(user_id, tx.now);
    // The hold that keeps the slot for the customer itself, because the customer waited for it.
    let own_offer = waitlist_entries::find_offer(&mut tx.conn, new.resource_id, new.organization_id, new.slot.interval, tx.now)?;
    let clash = explain_clash(tx, new.resource_id, new.slot, None, requester)?;
    let confirm = |id: BookingId| {
        said!("The slot is offered to your waitlist entry. Confirm booking {id} with `POST /api/v1/bookings/{id}/confirm`.", id)
    };
    Ok(Clash { next_step: own_offer.map(confirm).or(clash.next_step), ..clash })
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
    let next_step = said!("`alternatives` lists slots that can be booked instead.");
    let next_step = (!alternatives.is_empty()).then_some(next_step);
    Ok(Clash { resource_id: resource.id, conflicts, alternatives, next_step })
}
