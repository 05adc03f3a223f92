//! A booking: an organization's claim on a quantity of one resource for a time.

mod as_of;
pub mod change;
mod charges;
pub mod deposit;
pub mod fee;
pub mod hold;
pub mod life;
pub mod proposal;

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use deposit::{Deposit, DepositReturn};
pub use fee::{Fee, FeeKind, Waiver};
pub use hold::{Hold, HoldReason, Party};
pub use life::{BookingStatus, LONGEST_OVERRUN, Life, Move, PastClaim, Refusal, Side};

use super::ids::{BookingGroupId, BookingId, BookingRulesId, OrganizationId, ResourceId, SeriesId, SiteId, TariffId, UserId};
use super::interval::Interval;
use super::prepaid::BookedPrepaid;
use super::pricing::{Price, PriceBasis};
use super::rules::{BookingRules, Violation, ViolationCode};
use super::slot::Slot;
use super::terms::AgreedTerms;
use super::text_enum::text_enum;
use super::time::UtcTime;
use crate::said::said;
use crate::with_json::WithJson;

/// How long after a booking has ended the parties still see each other's contact details, to settle open questions.
pub const CONTACTS_KEPT: TimeDelta = TimeDelta::days(30);

/// A booking.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking {
    /// Its identifier.
    pub id: BookingId,
    /// Its state, as it was written last.
    pub status: BookingStatus,
    /// The customer.
    pub organization_id: OrganizationId,
    /// The customer's name.
    pub organization_name: String,
    /// The host.
    pub host_organization_id: OrganizationId,
    /// The host's name.
    pub host_organization_name: String,
    /// The site of the resource.
    pub site_id: SiteId,
    /// The name of the site.
    pub site_name: String,
    /// The time zone of the site.
    pub timezone: Tz,
    /// The resource that is booked.
    pub resource_id: ResourceId,
    /// The name of the resource.
    pub resource_name: String,
    /// The time of the booking.
    pub interval: Interval,
    /// The time that it takes from the resource: with the buffers of its rules.
    pub claim: Interval,
    /// The quantity of the resource.
    pub quantity: i32,
    /// The price, with its lines.
    pub price: Price,
    /// The terms beside its tariff by which it is priced again when it moves.
    pub basis: PriceBasis,
    /// The version of the booking rules that it was made under.
    pub booking_rules_id: BookingRulesId,
    /// These rules.
    pub rules: Arc<WithJson<BookingRules>>,
    /// The version of the tariff that it was made under.
    pub tariff_id: TariffId,
    /// The versions of the host's terms that it was made under.
    pub terms: Vec<AgreedTerms>,
    /// A note from the customer to the host; may be empty.
    pub note: String,
    /// The series that it belongs to.
    pub series_id: Option<SeriesId>,
    /// The slot in its series that it has left, if it was rescheduled alone and did not return there.
    pub moved_from: Option<Extent>,
    /// The group that it was made in.
    pub group_id: Option<BookingGroupId>,
    /// The hold that it began with; none if it was never held.
    pub hold: Option<Hold>,
    /// The user that made it, or to whom it was offered.
    pub created_by: UserId,
    /// The member of the customer that works at the machine; none until somebody is named.
    pub operated_by: Option<UserId>,
    /// The cancellation or refusal; none unless it is cancelled or declined.
    pub ending: Option<Ending>,
    /// When it lapses: a hold or a request expires, or a customer that has not come is missed.
    pub lapses_at: Option<UtcTime>,
    /// The actual usage; none until the customer checks in.
    pub usage: Option<Usage>,
    /// The fee beside the price, or in place of it, if there is one.
    pub fee: Option<Fee>,
    /// The return of its deposit; none while the host holds it, or if there is no deposit.
    pub deposit_return: Option<DepositReturn>,
    /// The prepaid credit that it uses, or that the customer does not want to use.
    pub prepaid: BookedPrepaid,
    /// RFC 5545 `SEQUENCE` of its calendar entry.
    pub calendar_sequence: i32,
    /// Incremented by each change.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Until when the customer may leave a confirmed booking in spite of the cut-off.
    pub grace_until: Option<UtcTime>,
}

text_enum! {
    /// The order of a list of bookings.
    pub enum BookingOrder {
        /// By start, the earliest first.
        StartsAt = "starts_at",
        /// By start, the latest first.
        StartsAtDescending = "-starts_at",
        /// By creation, the oldest first.
        CreatedAt = "created_at",
        /// By creation, the newest first.
        CreatedAtDescending = "-created_at",
    }
}

/// The cancellation or refusal of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub ended_at: UtcTime,
    /// The user that cancelled or declined the booking.
    pub ended_by: Option<UserId>,
    /// The reason that the user gave; may be empty.
    pub reason: String,
}

/// The actual usage of a booking, beside the time that was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// When the customer checked in.
    pub checked_in_at: UtcTime,
    /// When the customer checked out.
    pub checked_out_at: Option<UtcTime>,
    /// Whether it was still in use after its time, and everybody concerned was notified of that.
    pub is_overrun: bool,
}

impl Booking {
    /// The facts that decide about its moves, without the minutes for an early check-in.
    pub fn life(&self) -> Life {
        Life { status: self.status, interval: self.interval, lapses_at: self.lapses_at, check_in_opens: TimeDelta::zero() }
    }

    /// The time and quantity that it has.
    pub const fn slot(&self) -> Slot {
        Slot { interval: self.interval, quantity: self.quantity }
    }

    /// The resource, time and quantity that it has.
    pub const fn extent(&self) -> Extent {
        Extent { resource_id: self.resource_id, slot: self.slot() }
    }

    /// The slot in its series that it has left when it is rescheduled alone to another; none if it returns there, or belongs to no
    /// series.
    pub fn left_slot(&self, to: Extent) -> Option<Extent> {
        let left = self.moved_from.unwrap_or(self.extent());
        (self.series_id.is_some() && left != to).then_some(left)
    }

    /// When a hold or a request expires.
    pub fn expires_at(&self) -> Option<UtcTime> {
        self.lapses_at.filter(|_| matches!(self.status, BookingStatus::Held | BookingStatus::Requested))
    }

    /// The last instant for the check-in of a confirmed booking, after which it is a no-show; none if no check-in is required.
    pub fn check_in_by(&self) -> Option<UtcTime> {
        self.lapses_at.filter(|_| self.status == BookingStatus::Confirmed)
    }

    /// The instant until which the customer may cancel or move a confirmed booking; none in other states: before it is confirmed
    /// the customer may cancel it at any time.
    pub fn changeable_until(&self) -> Option<UtcTime> {
        (self.status == BookingStatus::Confirmed).then(|| self.last_change())
    }

    /// The last instant at which the customer may change it once it is confirmed.
    fn last_change(&self) -> UtcTime {
        self.rules.changeable_until(self.interval.starts_at(), self.grace_until)
    }

    /// Returns the violation if it is too late for the customer to change the confirmed booking.
    pub fn change_violation(&self, now: UtcTime) -> Option<Violation> {
        let (latest, minutes) = (self.last_change(), self.rules.change_cutoff_minutes);
        let detail = said!(
            "the customer could cancel or reschedule the booking until {latest} (cut-off: {minutes} min before the start)",
            latest,
            minutes
        );
        (now > latest).then_some(Violation::new(ViolationCode::TooLateToChange, detail))
    }

    /// The party whose confirmation the hold waits for, or waited for until it ended; none if it is no hold and did not end as one.
    pub fn awaits(&self) -> Option<Party> {
        self.hold.and_then(|hold| hold.awaits)
    }

    /// Whether the parties see each other's contact details: if the host knows of the booking, until [`CONTACTS_KEPT`] after its
    /// end.
    pub fn shows_contacts(&self, now: UtcTime) -> bool {
        !self.hold.is_some_and(Hold::is_private) && (self.status.takes_capacity() || now < self.updated_at + CONTACTS_KEPT)
    }

    /// Whether a manager of the host made it for the customer.
    pub fn is_offered(&self) -> bool {
        self.hold.is_some_and(|hold| hold.reason == HoldReason::HostOffer)
    }

    /// The reason for its cancellation or refusal; empty if there is none.
    pub fn reason(&self) -> &str {
        self.ending.as_ref().map_or("", |ending| &ending.reason)
    }

    /// Whether it was still in use after its time, and everybody concerned was notified of that.
    pub fn is_overrun(&self) -> bool {
        self.usage.is_some_and(|usage| usage.is_overrun)
    }

    /// The booking in another state from `now` on. A hold that is confirmed or requested waits for nobody any more.
    #[must_use]
    pub fn in_state(self, status: BookingStatus, now: UtcTime) -> Self {
        let is_agreed = matches!(status, BookingStatus::Requested | BookingStatus::Confirmed);
        let hold = if is_agreed { self.hold.map(Hold::confirmed) } else { self.hold };
        // A check-in that is taken back begins no grace.
        let is_confirmed = status == BookingStatus::Confirmed && self.status != BookingStatus::InUse;
        let grace_until = if is_confirmed { self.rules.grace_until(now, Side::Customer) } else { self.grace_until };
        let fee = if status == BookingStatus::NoShow { self.no_show_fee() } else { self.fee };
        Self { status, hold, fee, lapses_at: None, updated_at: now, grace_until, ..self }
    }

    /// The booking at an instant, as it is once the service has written its state: with the same revision and times.
    #[must_use]
    pub fn at(self, now: UtcTime) -> Self {
        let revision = self.revision + 1;
        if let Some((_, ended)) = self.ended_by(now) {
            return Self { revision, ..ended };
        }
        let newly_overruns = self.usage.is_some_and(|usage| !usage.is_overrun) && self.life().is_overrun(now);
        if newly_overruns { Self { revision, ..self.overrun() } } else { self }
    }

    /// The booking after the move that the service must make by itself by `now`, if any, with the instant at which it became due.
    pub fn ended_by(&self, now: UtcTime) -> Option<(Move, Self)> {
        let (happens, at) = self.life().due(now)?;
        Some((happens, self.clone().in_state(self.status.after(happens)?, at)))
    }

    /// The booking in use after its end.
    #[must_use]
    pub fn overrun(self) -> Self {
        let usage = self.usage.map(|usage| Usage { is_overrun: true, ..usage });
        Self { usage, updated_at: self.interval.ends_at(), ..self }
    }
}

/// The resource, time and quantity of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// The resource.
    pub resource_id: ResourceId,
    /// The time and quantity.
    #[serde(flatten)]
    pub slot: Slot,
}

impl Extent {
    /// Whether the other has the same resource, all of this time and at least this quantity.
    pub fn lies_within(self, other: Self) -> bool {
        self.resource_id == other.resource_id && self.slot.lies_within(other.slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Identifier;
    use crate::oracle::between;

    #[test]
    fn less_of_the_same_lies_within_what_was_booked() {
        let (resource, other) = (ResourceId::new(0, [0; 10]), ResourceId::new(0, [1; 10]));
        let extent = |resource_id, from: &str, to: &str, quantity| Extent {
            resource_id,
            slot: Slot { interval: between(&format!("2026-12-01T{from}:00Z"), &format!("2026-12-01T{to}:00Z")), quantity },
        };
        let had = extent(resource, "10:00", "12:00", 2);
        for less in [had, extent(resource, "10:30", "12:00", 2), extent(resource, "10:00", "11:00", 1)] {
            assert!(less.lies_within(had), "{less:?}");
        }
        for more in [
            extent(other, "10:00", "12:00", 2),
            extent(resource, "10:00", "12:00", 3),
            extent(resource, "09:45", "11:45", 1),
            extent(resource, "10:15", "12:15", 1),
        ] {
            assert!(!more.lies_within(had), "{more:?}");
        }
    }
}
