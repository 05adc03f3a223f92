//! The journal of bookings: each change is stored, written into the history, and recorded for the parties to be notified of.

use serde_json::{Value, json};

use super::access::Actor;
use crate::error::Error;
use crate::record::{after_last, audit_at, publish};
use crate::waitlist::entries::record_offer_outcome;
use domain::booking::{Booking, BookingStatus, HoldReason, LONGEST_OVERRUN, Party, Side};
use domain::event::{BookingFacts, Event, Happened, Slot, ToldBooking};
use storage::db::Tx;
use storage::resource_locks::LockedResources;
use storage::{bookings, due, resource_links};

/// A change of a booking: what the booking itself does not say after the change.
#[derive(Default)]
pub(crate) struct ChangeRecord {
    /// The notice to the parties, if they are notified.
    pub(crate) happened: Option<Happened>,
    /// The state before the change; none for a new booking.
    pub(crate) was: Option<BookingStatus>,
    /// The slot before the change.
    pub(crate) before: Option<Slot>,
    /// The reason for the change, if the booking itself does not say it.
    pub(crate) reason: Option<String>,
    /// More detail for the history.
    pub(crate) detail: Value,
}

/// Stores a booking whose state has changed, and records the change. If the booking was an offer for a waitlist entry, the
/// outcome is recorded there.
pub(super) fn change(
    tx: &mut Tx<'_>,
    locked: &LockedResources,
    actor: Actor,
    action: &str,
    booking: Booking,
    change: ChangeRecord,
) -> Result<Booking, Error> {
    bookings::update(tx.conn, locked, &booking)?;
    let booking = Booking { revision: booking.revision + 1, ..booking };
    let is_offer = booking.hold.is_some_and(|hold| hold.reason == HoldReason::Waitlist);
    if is_offer && change.was == Some(BookingStatus::Held) && booking.status != BookingStatus::Held {
        record_offer_outcome(tx, actor.user_id, &booking)?;
    }
    let happened = match booking.status {
        BookingStatus::Expired if is_offer && booking.awaits().is_some() => Some(Happened::OfferLapsed),
        _ => change.happened,
    };
    record(tx, actor, action, &booking, ChangeRecord { happened, ..change })?;
    Ok(booking)
}

/// Writes what happened to a booking into the audit log, which is also its history, and into the outbox if the parties are to be
/// notified.
pub(crate) fn record(tx: &mut Tx<'_>, actor: Actor, action: &str, booking: &Booking, change: ChangeRecord) -> Result<(), Error> {
    let reason = change.reason.clone().unwrap_or_else(|| booking.reason().to_owned());
    let mut detail = json!({
        "side": actor.side, "status": booking.status, "reason": reason,
        "resource_id": booking.resource_id, "customer": booking.organization_id,
        "starts_at": booking.interval.starts_at(), "ends_at": booking.interval.ends_at(),
        "quantity": booking.quantity, "price": booking.price.total, "operated_by": booking.operated_by,
    });
    let is_agreed_anew = booking.status == BookingStatus::Confirmed && is_news_when(booking, &change);
    if let Some(before) = &change.before {
        detail["before"] = json!(before);
    }
    if let (Value::Object(detail), Value::Object(more)) = (&mut detail, change.detail) {
        detail.extend(more);
    }
    let object = ("booking", booking.id.as_str());
    let when = match change.was {
        None => (tx.new_id(), tx.now),
        Some(_) => after_last(tx, booking.id.as_str())?,
    };
    let (host, action) = (Some(booking.host_organization_id), format!("booking.{action}"));
    audit_at(tx, when, actor.user_id, host, &action, object, &detail)?;
    // Do not notify anyone about holds that only the customer must confirm.
    let is_silent = |happened: &Happened| *happened == Happened::Held && booking.is_private_hold();
    if let Some(happened) = change.happened.filter(|happened| !is_silent(happened)) {
        let is_by_host = actor.side == Side::Host;
        let facts = BookingFacts { is_by_host, reason, ..facts(booking, change.was, change.before) };
        publish(tx, &Event::Booking { happened, facts })?;
    }
    if is_agreed_anew { notify_if_delayed(tx, booking) } else { Ok(()) }
}

/// Whether the change confirms the booking for a resource and a start for which it was not confirmed before.
fn is_news_when(booking: &Booking, change: &ChangeRecord) -> bool {
    let is_moved = |before: &Slot| (&before.resource, before.starts_at) != (&booking.resource_name, booking.interval.starts_at());
    change.was != Some(BookingStatus::Confirmed) || change.before.as_ref().is_some_and(is_moved)
}

/// The facts about a booking after a change, and before it.
pub(crate) fn facts(booking: &Booking, was: Option<BookingStatus>, before: Option<Slot>) -> BookingFacts {
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

/// The notice to the parties when a booking gets this state.
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

/// The facts about a booking of a group that has got its state, to be reported together with others.
pub(crate) fn told_of_group(was: Option<BookingStatus>, booking: &Booking) -> Option<ToldBooking> {
    let happened = match (was, booking.status) {
        (Some(BookingStatus::Held), BookingStatus::Expired) => Happened::HoldExpired,
        (_, status) => news(status)?,
    };
    Some(ToldBooking { happened, facts: facts(booking, was, None) })
}

/// Whether nobody is notified of the change: the customer has cancelled a hold that the host does not know of.
pub(crate) fn is_silent_cancellation(side: Side, booking: &Booking) -> bool {
    side == Side::Customer && booking.status == BookingStatus::Cancelled && booking.is_private_hold()
}

/// The slot of a booking before a change.
pub(super) fn slot_before(booking: &Booking) -> Slot {
    Slot {
        resource: booking.resource_name.clone(),
        starts_at: booking.interval.starts_at(),
        ends_at: booking.interval.ends_at(),
        quantity: booking.quantity,
        price: booking.price.total,
        operated_by: booking.operated_by,
    }
}

/// Notifies the parties of a booking that is newly confirmed, or starts at another time, if the booking before it overruns.
fn notify_if_delayed(tx: &mut Tx<'_>, booking: &Booking) -> Result<(), Error> {
    // An overrun ends within this time, so that it delays no booking that starts later.
    if booking.interval.starts_at() >= tx.now + LONGEST_OVERRUN {
        return Ok(());
    }
    let linked: Vec<_> = resource_links::list_linked(tx.conn, &[booking.resource_id])?.into_iter().collect();
    let overrunning = due::list_told_overruns(tx.conn, &linked)?;
    if overrunning.iter().any(|other| delays(other, booking)) { notify_delay(tx, booking) } else { Ok(()) }
}

/// Whether the overrun of one booking delays the start of the next.
pub(super) fn delays(overrunning: &Booking, next: &Booking) -> bool {
    let delayed = overrunning.life().may_delay();
    (delayed.starts_at()..delayed.ends_at()).contains(&next.interval.starts_at())
}

/// Records that a booking may start late.
pub(super) fn notify_delay(tx: &mut Tx<'_>, booking: &Booking) -> Result<(), Error> {
    let change = ChangeRecord { happened: Some(Happened::Delayed), was: Some(booking.status), ..ChangeRecord::default() };
    record(tx, Actor::SYSTEM, "delay", booking, change)
}
