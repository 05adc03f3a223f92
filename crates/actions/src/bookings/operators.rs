//! Who works at the machine.

use super::book::overridden;
use super::reschedule::slot;
use super::{Actor, Told, facts, record};
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

/// Gives a booking that stays in its slot to another member of the customer to operate. What was agreed stays agreed: they
/// must be certified as the rules demand that it was made under, and no other rule is asked.
pub(super) fn name(
    tx: &mut Tx<'_>,
    caller: Caller,
    actor: Actor,
    booking: &Booking,
    operator: UserId,
    override_reason: Option<&str>,
) -> Result<Booking, Error> {
    let missing = missing(tx, &booking.rules, operator, booking.interval)?;
    let resource = resources::get(tx.conn, booking.resource_id)?;
    let detail = overridden(tx, caller, &resource, missing.into_iter().collect(), override_reason)?;
    let named = save(tx, booking, Some(operator))?;
    // The host does not know of most holds.
    let happened = Some(Happened::Rescheduled).filter(|_| !named.is_private_hold());
    let told = Told { happened, was: Some(booking.status), before: Some(slot(booking)), detail, ..Told::default() };
    record(tx, actor, "name_operator", &named, told)?;
    Ok(named)
}

/// Takes somebody who leaves an organization off the bookings to come that they were to operate for it. The bookings stand;
/// who has booked them hears that somebody else must be named.
pub(crate) fn release(
    tx: &mut Tx<'_>,
    caller: Caller,
    organization: OrganizationId,
    user: UserId,
    name: &str,
) -> Result<(), Error> {
    let actor = Actor { side: Side::Customer, user_id: Some(caller.user_id) };
    let mut told = Vec::new();
    for booking in operators::list_bookings(tx.conn, user, &[organization], tx.now)? {
        let reason = format!("{name} has left {}.", booking.organization_name);
        let released = save(tx, &booking, None)?;
        told.push(BookingFacts { reason: reason.clone(), ..facts(&released, None, None) });
        let (was, before) = (Some(booking.status), Some(slot(&booking)));
        let change = Told { was, before, reason: Some(reason), ..Told::default() };
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

/// Lets both parties hear of the bookings to come that need a certification which their operator has
/// lost. The bookings stand: another may work there, or the same, certified anew.
pub(crate) fn tell_uncertified(tx: &mut Tx<'_>, kind: &CertificationKind, lost: &Certification) -> Result<(), Error> {
    let organizations: Vec<_> = members::list_roles(tx.conn, lost.user_id)?.into_iter().map(|(id, _)| id).collect();
    for booking in operators::list_bookings(tx.conn, lost.user_id, &organizations, tx.now)? {
        let rules = &booking.rules;
        // The host does not know of most holds.
        let is_needed = !booking.is_private_hold() && rules.required_certification_ids.contains(&kind.id);
        if is_needed && missing(tx, rules, lost.user_id, booking.interval)?.is_some() {
            let reason = format!("{} is no longer certified in {}.", lost.user_name, kind.fields.name);
            let (happened, was) = (Some(Happened::Uncertified), Some(booking.status));
            record(tx, Actor::SYSTEM, "uncertify", &booking, Told { happened, was, reason: Some(reason), ..Told::default() })?;
        }
    }
    Ok(())
}
