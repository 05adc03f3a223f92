//! Access to bookings: what a caller may do, for which of the two parties, and in whose name.

use crate::error::Error;
use crate::precondition::IfMatch;
use crate::{Caller, authorize, check_standing, is_insider, roles_of, standing_of};
use domain::booking::change::Overridden;
use domain::booking::{Booking, Hold, HoldReason, Move, Party, Side};
use domain::fields::InvalidFields;
use domain::ids::{BookingId, OrganizationId, UserId};
use domain::permissions::{Permission, Role};
use domain::principal::Principal;
use domain::problem::Code;
use domain::resource::Resource;
use domain::rules::Violation;
use domain::said::said;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::{bookings, members};

/// The party for which a booking is changed, and the user or the service that changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Actor {
    /// The party.
    pub(crate) side: Side,
    /// The user or the service.
    pub(crate) principal: Principal,
}

impl Actor {
    /// The service itself.
    pub(crate) const SYSTEM: Self = Self { side: Side::System, principal: Principal::System };

    /// The caller, for this party.
    pub(crate) const fn of(caller: Caller, side: Side) -> Self {
        Self { side, principal: caller.principal() }
    }
}

/// Loads a booking for a member of the customer or a manager of the host, and returns the party of the caller. A caller who
/// belongs to both parties counts as the host.
pub(crate) fn get_as_party(tx: &mut ReadTx, caller: Caller, id: BookingId) -> Result<(Booking, Side), Error> {
    let booking = bookings::get(&mut tx.conn, id)?;
    let side = side_of(tx, caller, &booking)?;
    Ok((booking, side))
}

/// Checks that the booking has the revision that the caller names.
pub(super) fn check_seen(now: UtcTime, booking: &Booking, if_match: &IfMatch) -> Result<(), Error> {
    if_match.check(booking.clone().at(now).revision)
}

/// The party of a booking that the caller acts for.
pub(crate) fn side_of(tx: &mut ReadTx, caller: Caller, booking: &Booking) -> Result<Side, Error> {
    side_between(tx, caller, booking.host_organization_id, booking.organization_id)
}

/// Returns the party of a booking that the caller acts for, and the moves that this party could make in the state of the booking.
///
/// # Errors
/// `forbidden` for a caller who acts for neither.
pub fn possible_moves(tx: &mut ReadTx, caller: Caller, booking: &Booking) -> Result<(Side, Vec<Move>), Error> {
    let side = side_of(tx, caller, booking)?;
    let is_awaited = match side {
        Side::Customer => booking.awaits() == Some(Party::Customer),
        Side::Host => booking.awaits() == Some(Party::Host),
        Side::System => false,
    };
    let is_possible =
        |one: &Move| booking.status.after(*one).is_some() && one.is_for(side) && (*one != Move::Confirm || is_awaited);
    Ok((side, Move::ALL.iter().copied().filter(is_possible).collect()))
}

/// Whether the caller acts for the host or for the customer.
pub(crate) fn side_between(
    tx: &mut ReadTx,
    caller: Caller,
    host: OrganizationId,
    customer: OrganizationId,
) -> Result<Side, Error> {
    let mut may = |organization, permission| -> Result<bool, Error> {
        let standing = standing_of(tx, caller, organization)?;
        Ok(caller.may(standing.as_ref(), permission))
    };
    if may(host, Permission::ManageBookings)? {
        Ok(Side::Host)
    } else if may(customer, Permission::View)? {
        Ok(Side::Customer)
    } else {
        Err(Error::not_found())
    }
}

/// Checks that the caller may book in the name of the organization, and that it is not suspended. Returns its name.
pub(crate) fn authorize_customer(tx: &mut ReadTx, caller: Caller, organization: OrganizationId) -> Result<String, Error> {
    let standing = standing_of(tx, caller, organization)?;
    check_standing(caller, standing.as_ref(), Permission::Book, true)?;
    if standing.as_ref().is_some_and(|standing| standing.is_suspended) {
        return Err(Error::refused(Code::OrganizationSuspended));
    }
    Ok(standing.and_then(|standing| standing.organization_name).unwrap_or_default())
}

/// Checks that the operator is a member of the customer, and keeps the membership until the transaction ends.
pub(crate) fn hold_member(tx: &mut ReadTx, organization: OrganizationId, user: UserId) -> Result<(), Error> {
    check_member(tx, "/operated_by", organization, user)?;
    keep_member(tx, organization, user)
}

/// Keeps the membership of a user who was found to be a member in this transaction.
pub(super) fn keep_member(tx: &mut ReadTx, organization: OrganizationId, user: UserId) -> Result<(), Error> {
    if members::lock_shared(&mut tx.conn, organization, user)? { Ok(()) } else { Err(not_a_member("/operated_by")) }
}

/// The refusal of a request by an API key that names no operator.
pub(crate) fn no_operator() -> Error {
    InvalidFields::one(
        "/operated_by",
        "required",
        said!("is required with an API key: name a member of the organization that books"),
    )
    .into()
}

fn not_a_member(pointer: &str) -> Error {
    InvalidFields::one(pointer, "not_a_member", said!("must be a member of the organization that books")).into()
}

/// Checks that the operator is a member of the customer.
pub(crate) fn check_member(tx: &mut ReadTx, pointer: &str, organization: OrganizationId, user: UserId) -> Result<(), Error> {
    let standing = members::find_standing(&mut tx.conn, user, organization)?;
    if standing.is_some_and(|standing| standing.role.is_some()) { Ok(()) } else { Err(not_a_member(pointer)) }
}

/// Checks that no rule is violated, or that the caller is a manager of the host, gives a reason and can override all violations.
/// Returns them with the reason, for the history.
pub(super) fn check_overridden(
    tx: &mut ReadTx,
    caller: Caller,
    resource: &Resource,
    violations: Vec<Violation>,
    reason: Option<&str>,
) -> Result<Option<Overridden>, Error> {
    if violations.is_empty() {
        return Ok(None);
    }
    let may_override = may_override(tx, caller, resource.organization_id)?;
    match reason {
        Some(reason) if may_override && violations.iter().all(|violation| violation.overridable) => {
            // Both parties read the history.
            let violations = violations.into_iter().map(|violation| Violation { booking_ids: Vec::new(), ..violation });
            Ok(Some(Overridden { violations: violations.collect(), reason: reason.to_owned() }))
        }
        _ => Err(Error::RulesViolated(violations)),
    }
}

/// Checks that a reason to override rules, if there is one, is from a manager of one of the hosts.
pub(crate) fn check_may_override(
    tx: &mut ReadTx,
    caller: Caller,
    hosts: impl IntoIterator<Item = OrganizationId>,
    reason: Option<&str>,
) -> Result<(), Error> {
    if reason.is_none() {
        return Ok(());
    }
    for host in hosts {
        if may_override(tx, caller, host)? {
            return Ok(());
        }
    }
    Err(InvalidFields::one("/override_reason", "not_permitted", said!("can be sent by managers of the host only")).into())
}

fn may_override(tx: &mut ReadTx, caller: Caller, host: OrganizationId) -> Result<bool, Error> {
    let standing = standing_of(tx, caller, host)?;
    Ok(caller.may(standing.as_ref(), Permission::OverrideRules))
}

/// Checks that the caller sees the resource and that it is on offer. The rules are not checked.
pub(crate) fn check_bookable(tx: &mut ReadTx, caller: Caller, resource: &Resource) -> Result<(), Error> {
    if !resource.is_public() && !is_insider(tx, Some(caller), resource.organization_id)? {
        return Err(Error::not_found());
    }
    check_on_offer(resource)
}

/// Checks that the resource, and each resource that is booked along with it, is on offer.
pub(crate) fn check_on_offer(resource: &Resource) -> Result<(), Error> {
    match resource.withheld() {
        None => Ok(()),
        Some(why) => Err(Error::Refused(Code::ResourceNotBookable, said!("The resource {why}.", why))),
    }
}

/// Whether the host offered the booking, so that only the customer can confirm it.
pub(super) fn is_offered_to_customer(booking: &Booking) -> bool {
    booking.hold == Some(Hold { reason: HoldReason::HostOffer, awaits: Some(Party::Customer) })
}

/// Checks that this party can confirm the hold. If payment is due first, only the host knows whether it has arrived.
pub(crate) fn check_payment(booking: &Booking, side: Side) -> Result<(), Error> {
    if booking.awaits() == Some(Party::Host) && side == Side::Customer {
        let detail = said!("Payment comes first: a manager of the host confirms the booking when your payment has arrived.");
        return Err(Error::Refused(Code::Forbidden, detail));
    }
    Ok(())
}

/// The move with which this party confirms a hold. An offer of the host needs no approval.
pub(crate) fn confirming(booking: &Booking, side: Side) -> Move {
    let needs_approval = booking.rules.requires_approval && side == Side::Customer && !is_offered_to_customer(booking);
    if needs_approval { Move::Request } else { Move::Confirm }
}

/// Checks that the caller may change the booking for this party; if only the host can make the change (`is_for_host`), as the
/// host.
pub(crate) fn authorize_move(
    tx: &mut ReadTx,
    caller: Caller,
    booking: &Booking,
    side: Side,
    is_for_host: bool,
) -> Result<Actor, Error> {
    let (organization, permission) = match side {
        Side::Customer if !is_for_host => (booking.organization_id, Permission::Book),
        _ => (booking.host_organization_id, Permission::ManageBookings),
    };
    authorize(tx, caller, organization, permission, true)?;
    Ok(Actor::of(caller, side))
}

/// The organizations of the caller, or the one that is named: first those whose own bookings the caller sees as a member, then
/// those whose resources the caller manages, so that the caller sees the bookings of these resources.
pub(crate) fn parties(
    tx: &mut ReadTx,
    caller: Caller,
    organization: Option<OrganizationId>,
) -> Result<(Vec<OrganizationId>, Vec<OrganizationId>), Error> {
    let roles: Vec<(OrganizationId, Role)> = match organization {
        None => roles_of(tx, caller)?,
        Some(organization) => {
            let standing = standing_of(tx, caller, organization)?;
            check_standing(caller, standing.as_ref(), Permission::View, true)?;
            // An operator sees what an owner sees.
            vec![(organization, standing.and_then(|standing| standing.role).unwrap_or(Role::Owner))]
        }
    };
    let can_manage =
        |role: &Role| caller.permissions.contains(Permission::ManageBookings) && role.allows(Permission::ManageBookings);
    let managed = roles.iter().filter(|(_, role)| can_manage(role));
    Ok((roles.iter().map(|(organization, _)| *organization).collect(), managed.map(|(organization, _)| *organization).collect()))
}
