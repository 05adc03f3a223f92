//! The operators of bookings: naming another, and clearing one who leaves the customer.

use super::access::{Actor, check_overridden};
use super::journal::{ChangeRecord, facts, record, slot_before};
use crate::Caller;
use crate::certifications::certified::missing;
use crate::error::Error;
use crate::record::publish;
use domain::booking::{Booking, Side};
use domain::event::{BookingFacts, Event, Happened};
use domain::ids::{OrganizationId, UserId};
use storage::certification_kinds::CertificationKind;
use storage::certifications::Certification;
use storage::db::Tx;
use storage::{members, operators, resources, waitlist_entries};

/// Names another operator for a booking that keeps its slot. The operator must hold the certifications that the rules of the
/// booking require; no other rule is checked.
pub(super) fn name_operator(
    tx: &mut Tx<'_>,
    caller: Caller,
    actor: Actor,
    booking: &Booking,
    operator: UserId,
    override_reason: Option<&str>,
) -> Result<Booking, Error> {
    let missing = missing(tx, &booking.rules, operator, booking.interval)?;
    let resource = resources::get(tx.conn, booking.resource_id)?;
    let detail = check_overridden(tx, caller, &resource, missing.into_iter().collect(), override_reason)?;
    let named = save(tx, booking, Some(operator))?;
    // The host does not know of most holds.
    let happened = Some(Happened::Rescheduled).filter(|_| !named.is_private_hold());
    let (was, before) = (Some(booking.status), Some(slot_before(booking)));
    let change = ChangeRecord { happened, was, before, detail, ..ChangeRecord::default() };
    record(tx, actor, "name_operator", &named, change)?;
    Ok(named)
}

/// Clears the operator of the upcoming bookings of a customer that the user has left. The bookings stand; the users who booked
/// them are notified that another operator must be named.
pub(crate) fn clear_operator(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    user: UserId,
    name: &str,
) -> Result<(), Error> {
    let actor = Actor::of(caller, Side::Customer);
    let mut told = Vec::new();
    for booking in operators::list_bookings(tx.conn, user, &[organization], tx.now)? {
        let reason = format!("{name} has left {}.", booking.organization_name);
        let released = save(tx, &booking, None)?;
        told.push(BookingFacts { reason: reason.clone(), ..facts(&released, None, Some(slot_before(&booking))) });
        let (was, before) = (Some(booking.status), Some(slot_before(&booking)));
        let change = ChangeRecord { was, before, reason: Some(reason), ..ChangeRecord::default() };
        record(tx, actor, "operator_left", &released, change)?;
    }
    waitlist_entries::update_operator_released(tx.conn, organization, user, tx.now)?;
    if told.is_empty() {
        return Ok(());
    }
    publish(tx, &Event::Bookings { happened: Happened::OperatorLeft, bookings: told })
}

fn save(tx: &mut Tx<'_>, booking: &Booking, operated_by: Option<UserId>) -> Result<Booking, Error> {
    let calendar_sequence = booking.calendar_sequence + 1;
    let saved = Booking { operated_by, calendar_sequence, updated_at: tx.now, ..booking.clone() };
    operators::update_booking(tx.conn, &saved)?;
    Ok(Booking { revision: saved.revision + 1, ..saved })
}

/// Notifies both parties of the upcoming bookings that need a certification which their operator has lost. The bookings stand:
/// another operator can be named, or the operator certified again.
pub(crate) fn notify_uncertified(tx: &mut Tx<'_>, kind: &CertificationKind, lost: &Certification) -> Result<(), Error> {
    let organizations: Vec<_> = members::list_roles(tx.conn, lost.user_id)?.into_iter().map(|(id, _)| id).collect();
    for booking in operators::list_bookings(tx.conn, lost.user_id, &organizations, tx.now)? {
        let rules = &booking.rules;
        // The host does not know of most holds.
        let is_needed = !booking.is_private_hold() && rules.required_certification_ids.contains(&kind.id);
        if is_needed && missing(tx, rules, lost.user_id, booking.interval)?.is_some() {
            let reason = format!("{} is no longer certified in {}.", lost.user_name, kind.fields.name);
            let (happened, was) = (Some(Happened::Uncertified), Some(booking.status));
            let change = ChangeRecord { happened, was, reason: Some(reason), ..ChangeRecord::default() };
            record(tx, Actor::SYSTEM, "uncertify", &booking, change)?;
        }
    }
    Ok(())
}
