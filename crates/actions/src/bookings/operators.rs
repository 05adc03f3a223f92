//! The operators of bookings: naming another, and clearing one who leaves the customer.

use super::access::{Actor, check_may_override, check_overridden};
use super::journal::{ChangeRecord, publish_changes, record, write};
use super::judge::{as_agreed, operator_violations};
use crate::Caller;
use crate::certifications::certified::missing;
use crate::customers::{Requester, lock_operator};
use crate::error::Error;
use domain::booking::change::BookingEventKind;
use domain::booking::{Booking, Side};
use domain::fact::Scope;
use domain::ids::{OrganizationId, UserId};
use storage::certification_kinds::CertificationKind;
use storage::certifications::Certification;
use storage::db::Tx;
use storage::{members, operators, resources, waitlist_entries};

/// Names another operator for a booking that keeps its slot. Only the rules about operators are checked, those of the
/// booking. Returns the booking and the change to record.
pub(crate) fn name_operator(
    tx: &mut Tx<'_>,
    caller: Caller,
    booking: &Booking,
    operator: UserId,
    override_reason: Option<&str>,
) -> Result<(Booking, ChangeRecord), Error> {
    let resource = resources::get(tx.conn, booking.resource_id)?;
    let resource = as_agreed(tx, booking, resource)?;
    check_may_override(tx, caller, [resource.organization_id], override_reason)?;
    lock_operator(tx, &resource, Some(operator))?;
    let requester = Requester { operated_by: Some(operator), ..Requester::of(booking) };
    let violations = operator_violations(tx, &resource, requester, booking.interval)?;
    let overridden = check_overridden(tx, caller, &resource, violations, override_reason)?;
    let named = save(tx, booking, Some(operator))?;
    let change = ChangeRecord::of(BookingEventKind::NameOperator, booking);
    Ok((named, ChangeRecord { overridden, ..change }))
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
    let mut changes = Vec::new();
    for booking in operators::list_bookings(tx.conn, user, &[organization], tx.now)? {
        let reason = format!("{name} has left {}.", booking.organization_name);
        let cleared = save(tx, &booking, None)?;
        let record = ChangeRecord::of(BookingEventKind::OperatorLeft, &booking);
        changes.push(write(tx, actor, &cleared, ChangeRecord { reason: Some(reason), ..record })?);
    }
    waitlist_entries::update_operator_released(tx.conn, organization, user, tx.now)?;
    publish_changes(tx, actor.principal, Scope::Several, changes)
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
        let is_needed = rules.required_certification_ids.contains(&kind.id);
        if is_needed && missing(tx, rules, lost.user_id, booking.interval)?.is_some() {
            let reason = format!("{} is no longer certified in {}.", lost.user_name, kind.fields.name);
            let change = ChangeRecord::of(BookingEventKind::Uncertify, &booking);
            record(tx, Actor::SYSTEM, &booking, ChangeRecord { reason: Some(reason), ..change })?;
        }
    }
    Ok(())
}
