//! Booking, and what can happen to a booking.

pub mod due;
pub mod remind;

pub(super) mod book;
pub(super) mod find;
pub(super) mod moves;
mod offer;
mod operators;
mod quote;
pub(super) mod reschedule;

pub use book::{Clash, NewBooking, book, explain, may_book, violations_by};
pub use find::{Search, get, history, list};
pub use moves::{approve, cancel, check_in, check_out, confirm, decline, no_show};
pub use offer::offer;
pub(super) use operators::{release, tell_uncertified};
pub use quote::{Quote, quote};
pub use reschedule::{Leaving, NewSlot, Rescheduled, explain_move, reschedule};
pub(super) use reschedule::{as_agreed, may_go};

use serde_json::{Value, json};

use super::Caller;
use super::error::Error;
use super::precondition::IfMatch;
use super::record::{after_last, audit_at, publish};
use super::waitlist::entries::record_offer_outcome;
use domain::booking::{Booking, BookingStatus, HoldReason, Party, Refusal, Side};
use domain::event::{BookingFacts, Event, Happened, Slot, ToldBooking};
use domain::ids::{BookingId, OrganizationId, UserId};
use domain::permissions::Permission;
use domain::problem::Code;
use storage::bookings;
use storage::db::Tx;
use storage::members;

/// On whose behalf a booking is changed, and who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Actor {
    pub(super) side: Side,
    pub(super) user_id: Option<UserId>,
}

impl Actor {
    const SYSTEM: Self = Self { side: Side::System, user_id: None };
}

/// Loads a booking for one of the two parties, any member of the customer or a manager of the host,
/// and says which side the caller is on; who is on both is on the host's.
fn get_as_party(tx: &mut Tx<'_>, caller: Caller, id: BookingId) -> Result<(Booking, Side), Error> {
    let booking = bookings::get(tx.conn, id)?;
    let side = side_of(tx, caller, &booking)?;
    Ok((booking, side))
}

/// Goes on only if a booking is as the caller has seen it.
fn check_seen(tx: &Tx<'_>, booking: &Booking, if_match: &IfMatch) -> Result<(), Error> {
    if_match.check(booking.clone().at(tx.now).revision)
}

/// Which side of a booking the caller is on.
pub(super) fn side_of(tx: &mut Tx<'_>, caller: Caller, booking: &Booking) -> Result<Side, Error> {
    side_between(tx, caller, booking.host_organization_id, booking.organization_id)
}

/// Which side the caller is on between a host and a customer.
pub(super) fn side_between(
    tx: &mut Tx<'_>,
    caller: Caller,
    host: OrganizationId,
    customer: OrganizationId,
) -> Result<Side, Error> {
    let mut may = |organization, permission| -> Result<bool, Error> {
        let standing = members::find_standing(tx.conn, caller.user_id, organization)?;
        Ok(standing.is_some_and(|standing| standing.may(permission)))
    };
    if may(host, Permission::Manage)? {
        Ok(Side::Host)
    } else if may(customer, Permission::View)? {
        Ok(Side::Customer)
    } else {
        Err(Error::not_found())
    }
}

/// What is told of a change besides what the booking is afterwards.
#[derive(Default)]
pub(super) struct Told {
    /// What the parties hear of it, if they do.
    pub(super) happened: Option<Happened>,
    /// The state that it comes from; none for a new one.
    pub(super) was: Option<BookingStatus>,
    /// The slot that it comes from.
    pub(super) before: Option<Slot>,
    /// Why it happened, if the booking itself does not say so.
    pub(super) reason: Option<String>,
    /// More for the history.
    pub(super) detail: Value,
}

/// Stores the state of a booking that has changed, and tells of it. The entry of the waitlist that it was offered to, if any,
/// notes the outcome.
fn change(tx: &mut Tx<'_>, actor: Actor, action: &str, booking: Booking, told: Told) -> Result<Booking, Error> {
    bookings::update(tx.conn, &booking)?;
    let booking = Booking { revision: booking.revision + 1, ..booking };
    let is_offer = booking.hold.is_some_and(|hold| hold.reason == HoldReason::Waitlist);
    if is_offer && told.was == Some(BookingStatus::Held) && booking.status != BookingStatus::Held {
        record_offer_outcome(tx, actor.user_id, &booking)?;
    }
    let happened = match booking.status {
        BookingStatus::Expired if is_offer && booking.awaits().is_some() => Some(Happened::OfferLapsed),
        _ => told.happened,
    };
    record(tx, actor, action, &booking, Told { happened, ..told })?;
    Ok(booking)
}

/// Writes what happened to a booking into the audit log, which is its history too, and into the
/// outbox if the parties are to hear of it.
pub(super) fn record(tx: &mut Tx<'_>, actor: Actor, action: &str, booking: &Booking, told: Told) -> Result<(), Error> {
    let reason = told.reason.clone().unwrap_or_else(|| booking.reason().to_owned());
    let mut detail = json!({
        "side": actor.side, "status": booking.status, "reason": reason,
        "resource_id": booking.resource_id, "customer": booking.organization_id,
        "starts_at": booking.interval.starts_at(), "ends_at": booking.interval.ends_at(),
        "quantity": booking.quantity, "price": booking.price.total, "operated_by": booking.operated_by,
    });
    let is_agreed_anew = booking.status == BookingStatus::Confirmed && is_news_when(booking, &told);
    if let Some(before) = &told.before {
        detail["before"] = json!(before);
    }
    if let (Value::Object(detail), Value::Object(more)) = (&mut detail, told.detail) {
        detail.extend(more);
    }
    let object = ("booking", booking.id.as_str());
    let when = match told.was {
        None => (tx.new_id(), tx.now),
        Some(_) => after_last(tx, booking.id.as_str())?,
    };
    let (host, action) = (Some(booking.host_organization_id), format!("booking.{action}"));
    audit_at(tx, when, actor.user_id, host, &action, object, &detail)?;
    // Nobody is told of a hold that only its customer must confirm.
    let is_unheard = |happened: &Happened| *happened == Happened::Held && booking.is_private_hold();
    if let Some(happened) = told.happened.filter(|happened| !is_unheard(happened)) {
        let is_by_host = actor.side == Side::Host;
        let facts = BookingFacts { is_by_host, reason, ..facts(booking, told.was, told.before) };
        publish(tx, &Event::Booking { happened, facts })?;
    }
    if is_agreed_anew { due::tell_if_delayed(tx, booking) } else { Ok(()) }
}

/// Whether it was not known before that the booking is agreed for then and there.
fn is_news_when(booking: &Booking, told: &Told) -> bool {
    let is_moved = |before: &Slot| (&before.resource, before.starts_at) != (&booking.resource_name, booking.interval.starts_at());
    told.was != Some(BookingStatus::Confirmed) || told.before.as_ref().is_some_and(is_moved)
}

/// What a booking is now, and was before.
pub(super) fn facts(booking: &Booking, was: Option<BookingStatus>, before: Option<Slot>) -> BookingFacts {
    let is_agreed = |status| matches!(status, BookingStatus::Confirmed | BookingStatus::InUse);
    BookingFacts {
        booking_id: booking.id,
        starts_at: booking.interval.starts_at(),
        ends_at: booking.interval.ends_at(),
        quantity: booking.quantity,
        price: booking.price.total,
        operated_by: booking.operated_by.filter(|operator| *operator != booking.created_by),
        calendar_sequence: booking.calendar_sequence,
        reason: booking.reason().to_owned(),
        expires_at: booking.expires_at(),
        requires_payment: booking.awaits() == Some(Party::Host),
        requires_approval: booking.rules.requires_approval,
        changeable_until: booking.changeable_until().filter(|until| *until < booking.interval.starts_at()),
        in_order_from: None,
        alternatives: Vec::new(),
        before,
        is_hold: booking.awaits().is_some(),
        is_by_host: false,
        is_offered: booking.is_offered(),
        is_in_calendar: is_agreed(booking.status) || was.is_some_and(is_agreed),
    }
}

/// What the parties hear when a booking comes into a state, made or moved there.
pub(super) const fn news(status: BookingStatus) -> Option<Happened> {
    match status {
        BookingStatus::Held => Some(Happened::Held),
        BookingStatus::Requested => Some(Happened::Requested),
        BookingStatus::Confirmed => Some(Happened::Confirmed),
        BookingStatus::Cancelled => Some(Happened::Cancelled),
        BookingStatus::Declined => Some(Happened::Declined),
        BookingStatus::Expired => Some(Happened::Expired),
        BookingStatus::NoShow => Some(Happened::Missed),
        BookingStatus::InUse | BookingStatus::Completed => None,
    }
}

/// What is told of a booking of a group that has come into its state, from another if there was one, together with others.
pub(super) fn told_of_group(was: Option<BookingStatus>, booking: &Booking) -> Option<ToldBooking> {
    let happened = match (was, booking.status) {
        (Some(BookingStatus::Held), BookingStatus::Expired) => Happened::HoldExpired,
        (_, status) => news(status)?,
    };
    Some(ToldBooking { happened, facts: facts(booking, was, None) })
}

/// Whether nobody is told of a change: its customer lets a hold go of which the host does not know.
pub(super) fn is_let_go(side: Side, booking: &Booking) -> bool {
    side == Side::Customer && booking.status == BookingStatus::Cancelled && booking.is_private_hold()
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Code::InvalidTransition, refusal.to_string())
    }
}
