//! A change of a booking, as its history and the facts have it.

use serde::{Deserialize, Serialize};

use super::proposal::Proposal;
use super::{Booking, BookingStatus, Deposit, Extent, Fee, Hold, HoldReason, Move, Party, Side};
use crate::alternatives::Alternative;
use crate::ids::{BookingGroupId, BookingId, BookingProposalId, OrganizationId, ResourceId, SeriesId, SiteId, UserId};
use crate::ledger::{Owed, less_prepaid, owed};
use crate::money::Money;
use crate::prepaid::PrepaidUse;
use crate::pricing::Price;
use crate::rules::{FeeAfter, Violation};
use crate::text_enum::text_enum;
use crate::time::UtcTime;

text_enum! {
    /// The kind of an event in the life of a booking.
    pub enum BookingEventKind {
        /// The customer made the booking.
        Create = "create",
        /// The booking was made as an offer: by a manager of the host, or for an entry of the waitlist.
        Offer = "offer",
        /// A hold was confirmed.
        Confirm = "confirm",
        /// A hold was confirmed and became a request.
        Request = "request",
        /// The host approved a request.
        Approve = "approve",
        /// The saved card was declined: the confirmed booking is held until it is paid.
        AwaitPayment = "await_payment",
        /// The host declined a request.
        Decline = "decline",
        /// One of the two parties cancelled the booking.
        Cancel = "cancel",
        /// The host cancelled the booking to block its time.
        Displace = "displace",
        /// The booking got another time, quantity or resource.
        Reschedule = "reschedule",
        /// A party proposed another slot.
        Propose = "propose",
        /// The other party accepted a proposal, and the booking moved.
        AcceptProposal = "accept_proposal",
        /// The other party declined a proposal.
        DeclineProposal = "decline_proposal",
        /// The party that made a proposal withdrew it.
        WithdrawProposal = "withdraw_proposal",
        /// Nobody responded to a proposal in time.
        LapseProposal = "lapse_proposal",
        /// Another operator was named.
        NameOperator = "name_operator",
        /// The operator left the customer.
        OperatorLeft = "operator_left",
        /// The operator lost a required certification.
        Uncertify = "uncertify",
        /// The customer checked in.
        CheckIn = "check_in",
        /// The customer checked out.
        CheckOut = "check_out",
        /// The customer did not come.
        NoShow = "no_show",
        /// A hold or a request was not confirmed in time.
        Expire = "expire",
        /// The time of the booking is over.
        End = "end",
        /// The booking is still in use after its time.
        Overrun = "overrun",
        /// The booking before this one is still in use.
        Delay = "delay",
        /// The resource is out of order.
        OutOfOrder = "out_of_order",
        /// The resource will work again before the booking starts.
        BackInOrder = "back_in_order",
        /// The user who made the booking is reminded of its start.
        Remind = "remind",
        /// The operator of a booking that another user made is reminded of its start.
        RemindOperator = "remind_operator",
        /// A manager of the host waived the fee.
        WaiveFee = "waive_fee",
        /// The deposit was returned, or the host kept a part of it.
        ReturnDeposit = "return_deposit",
    }
}

impl BookingEventKind {
    /// Whether a party confirmed a hold or a request.
    pub const fn confirms(self) -> bool {
        matches!(self, Self::Confirm | Self::Request | Self::Approve)
    }

    /// Whether it is about a proposal.
    pub const fn is_about_proposal(self) -> bool {
        matches!(
            self,
            Self::Propose | Self::AcceptProposal | Self::DeclineProposal | Self::WithdrawProposal | Self::LapseProposal
        )
    }
}

impl From<Move> for BookingEventKind {
    fn from(happens: Move) -> Self {
        match happens {
            Move::Confirm => Self::Confirm,
            Move::Request => Self::Request,
            Move::Approve => Self::Approve,
            Move::Decline => Self::Decline,
            Move::Cancel => Self::Cancel,
            Move::Reschedule => Self::Reschedule,
            Move::CheckIn => Self::CheckIn,
            Move::CheckOut => Self::CheckOut,
            Move::NoShow => Self::NoShow,
            Move::Expire => Self::Expire,
            Move::End => Self::End,
            Move::AwaitPayment => Self::AwaitPayment,
        }
    }
}

/// A booking at an instant, complete for a subscriber that knows nothing else of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingSnapshot {
    /// Its identifier.
    pub id: BookingId,
    /// Its revision.
    pub revision: i64,
    /// Its state.
    pub status: BookingStatus,
    /// Why it was held first; none if it was never held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_reason: Option<HoldReason>,
    /// The party that must confirm it, or that had to until it ended as a hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits: Option<Party>,
    /// The customer.
    pub organization_id: OrganizationId,
    /// The name of the customer.
    pub organization_name: String,
    /// The host.
    pub host_organization_id: OrganizationId,
    /// The site of the resource.
    pub site_id: SiteId,
    /// The resource.
    pub resource_id: ResourceId,
    /// The name of the resource.
    pub resource_name: String,
    /// Start (inclusive).
    pub starts_at: UtcTime,
    /// End (exclusive).
    pub ends_at: UtcTime,
    /// The quantity of the resource.
    pub quantity: i32,
    /// The price, with its lines.
    pub price: Price,
    /// The note from the customer to the host.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The series that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series_id: Option<SeriesId>,
    /// The group that it was made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<BookingGroupId>,
    /// The user that made it, or to whom it was offered.
    pub created_by: UserId,
    /// The operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operated_by: Option<UserId>,
    /// Whether the host approves bookings under its rules.
    #[serde(default)]
    pub requires_approval: bool,
    /// When a hold or a request expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<UtcTime>,
    /// The instant until which the customer may cancel or move it, while it is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changeable_until: Option<UtcTime>,
    /// The last instant for the check-in, while it is confirmed and a check-in is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in_by: Option<UtcTime>,
    /// The reason for its cancellation or refusal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When the customer checked in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<UtcTime>,
    /// When the customer checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_out_at: Option<UtcTime>,
    /// Whether it was still in use after its time.
    #[serde(default)]
    pub is_overrun: bool,
    /// The fee beside the price, or in place of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
    /// The deposit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<Deposit>,
    /// The prepaid credit that it uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepaid_uses: Vec<PrepaidUse>,
    /// The fees for a cancellation by the customer, as long as it can be cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellation_fees: Vec<FeeAfter>,
    /// RFC 5545 `SEQUENCE` of its calendar entry.
    pub calendar_sequence: i32,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
}

impl From<&Booking> for BookingSnapshot {
    fn from(booking: &Booking) -> Self {
        Self {
            id: booking.id,
            revision: booking.revision,
            status: booking.status,
            hold_reason: booking.hold.map(|hold| hold.reason),
            awaits: booking.awaits(),
            organization_id: booking.organization_id,
            organization_name: booking.organization_name.clone(),
            host_organization_id: booking.host_organization_id,
            site_id: booking.site_id,
            resource_id: booking.resource_id,
            resource_name: booking.resource_name.clone(),
            starts_at: booking.interval.starts_at(),
            ends_at: booking.interval.ends_at(),
            quantity: booking.quantity,
            price: booking.price.clone(),
            note: booking.note.clone(),
            series_id: booking.series_id,
            group_id: booking.group_id,
            created_by: booking.created_by,
            operated_by: booking.operated_by,
            requires_approval: booking.rules.requires_approval,
            expires_at: booking.expires_at(),
            changeable_until: booking.changeable_until(),
            check_in_by: booking.check_in_by(),
            reason: booking.reason().to_owned(),
            checked_in_at: booking.usage.map(|usage| usage.checked_in_at),
            checked_out_at: booking.usage.and_then(|usage| usage.checked_out_at),
            is_overrun: booking.is_overrun(),
            fee: booking.fee.clone(),
            deposit: booking.deposit(),
            prepaid_uses: booking.prepaid.uses.clone(),
            cancellation_fees: booking.cancellation_fees(),
            calendar_sequence: booking.calendar_sequence,
            created_at: booking.created_at,
            updated_at: booking.updated_at,
        }
    }
}

impl BookingSnapshot {
    /// Whether both parties have agreed to it, and it is not over.
    pub const fn is_agreed(&self) -> bool {
        matches!(self.status, BookingStatus::Confirmed | BookingStatus::InUse)
    }

    /// Whether it is a hold, or was one to its end.
    pub const fn is_hold(&self) -> bool {
        self.awaits.is_some()
    }

    /// The amounts that it owes, after the prepaid credit that it uses.
    pub fn owed(&self) -> Owed {
        let is_own = self.organization_id == self.host_organization_id;
        let charged = owed(is_own, self.status, &self.price, self.fee.as_ref(), self.deposit.as_ref());
        less_prepaid(charged, &self.price, &self.prepaid_uses)
    }

    /// Whether a manager of the host made it for the customer.
    pub fn is_host_offer(&self) -> bool {
        self.hold_reason == Some(HoldReason::HostOffer)
    }

    /// Whether it is a hold, or was one to its end, that the host must confirm when the payment has arrived.
    pub fn requires_payment(&self) -> bool {
        self.awaits == Some(Party::Host)
    }

    /// Whether it is a hold, or was one to its end, of which the host does not know.
    pub fn is_private_hold(&self) -> bool {
        let hold = self.hold_reason.map(|reason| Hold { reason, awaits: self.awaits });
        hold.is_some_and(Hold::is_private)
    }

    /// The operator, if another user made the booking.
    pub fn other_operator(&self) -> Option<UserId> {
        self.operated_by.filter(|operator| *operator != self.created_by)
    }

    /// The slot, price and operator.
    pub fn slot(&self) -> SlotSnapshot {
        SlotSnapshot {
            resource: self.resource_name.clone(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            quantity: self.quantity,
            price: self.price.total,
            operated_by: self.operated_by,
        }
    }
}

/// An event in the life of a booking, with the booking before and after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingChange {
    /// The kind of event.
    pub kind: BookingEventKind,
    /// The side that acted.
    pub side: Side,
    /// The reason that was given; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The booking before the event; none for a new booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<BookingSnapshot>,
    /// The booking after the event.
    pub after: BookingSnapshot,
    /// From when on the resource works again, if it is out of order and this is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_order_from: Option<UtcTime>,
    /// Whether the customer of a displaced booking gets alternatives. The search for them takes long, so it comes after the commit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offers_alternatives: bool,
    /// Slots that the customer can book instead, as far as they have been searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// The proposal that the event is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalSnapshot>,
    /// Whether the waitlist entry for which it was offered waits again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returns_to_waitlist: bool,
}

impl BookingChange {
    /// An event that one of the sides caused.
    pub const fn new(
        kind: BookingEventKind,
        side: Side,
        reason: String,
        before: Option<BookingSnapshot>,
        after: BookingSnapshot,
    ) -> Self {
        Self {
            kind,
            side,
            reason,
            before,
            after,
            in_order_from: None,
            offers_alternatives: false,
            alternatives: Vec::new(),
            proposal: None,
            returns_to_waitlist: false,
        }
    }

    /// An event of this kind that leaves the booking as it is.
    pub fn unchanged(kind: BookingEventKind, after: impl Into<BookingSnapshot>) -> Self {
        let after = after.into();
        Self::new(kind, Side::System, after.reason.clone(), Some(after.clone()), after)
    }

    /// Whether it makes an open proposal obsolete: the booking has another slot, or has begun or ended.
    pub fn ends_proposals(&self) -> bool {
        let extent = |booking: &BookingSnapshot| (booking.resource_id, booking.starts_at, booking.ends_at, booking.quantity);
        let is_open = matches!(self.after.status, BookingStatus::Requested | BookingStatus::Confirmed);
        self.before.as_ref().is_some_and(|before| !is_open || extent(before) != extent(&self.after))
    }

    /// Whether the booking was agreed before or after the event, so that both parties have it in their calendars.
    pub fn is_in_calendar(&self) -> bool {
        self.after.is_agreed() || self.before.as_ref().is_some_and(BookingSnapshot::is_agreed)
    }

    /// Whether the event confirms the booking for a resource and a start for which it was not confirmed before.
    pub fn is_newly_confirmed(&self) -> bool {
        let place = |booking: &BookingSnapshot| (booking.status, booking.resource_id, booking.starts_at);
        self.after.status == BookingStatus::Confirmed && self.before.as_ref().map(place) != Some(place(&self.after))
    }
}

/// The slot of a booking, its price and its operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotSnapshot {
    /// The name of the resource.
    pub resource: String,
    /// Start (inclusive).
    pub starts_at: UtcTime,
    /// End (exclusive).
    pub ends_at: UtcTime,
    /// The quantity of the resource.
    pub quantity: i32,
    /// The price.
    pub price: Money,
    /// The operator, if one is named.
    pub operated_by: Option<UserId>,
}

/// A proposal, as the history and the facts have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalSnapshot {
    /// The proposal.
    pub id: BookingProposalId,
    /// The party that made it.
    pub side: Side,
    /// The slot and price that the booking would have.
    #[serde(flatten)]
    pub slot: SlotSnapshot,
    /// The message to the other party.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// When it lapses.
    pub lapses_at: UtcTime,
}

impl From<&Proposal> for ProposalSnapshot {
    fn from(proposal: &Proposal) -> Self {
        let Extent { slot, .. } = proposal.extent;
        Self {
            id: proposal.id,
            side: proposal.side,
            slot: SlotSnapshot {
                resource: proposal.resource_name.clone(),
                starts_at: slot.interval.starts_at(),
                ends_at: slot.interval.ends_at(),
                quantity: slot.quantity,
                price: proposal.price,
                operated_by: None,
            },
            message: proposal.message.clone(),
            lapses_at: proposal.lapses_at,
        }
    }
}

/// The details of one change in the history of a booking, beside its time and user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryDetail {
    /// The side that acted.
    pub side: Side,
    /// The state after the change.
    pub status: BookingStatus,
    /// The reason that was given; may be empty.
    pub reason: String,
    /// The resource after the change.
    pub resource_id: ResourceId,
    /// The customer.
    pub customer: OrganizationId,
    /// The start after the change (inclusive).
    pub starts_at: UtcTime,
    /// The end after the change (exclusive).
    pub ends_at: UtcTime,
    /// The quantity after the change.
    pub quantity: i32,
    /// The price after the change.
    pub price: Money,
    /// The operator after the change.
    pub operated_by: Option<UserId>,
    /// The slot before the change, if the slot or the operator changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<SlotSnapshot>,
    /// The proposal that the change is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalSnapshot>,
    /// The rules that a manager of the host overrode.
    #[serde(default, flatten, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Overridden>,
}

/// The rules that a manager of the host overrode, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// The rules.
    #[serde(rename = "overridden")]
    pub violations: Vec<Violation>,
    /// The reason.
    #[serde(rename = "override_reason")]
    pub reason: String,
}

impl HistoryDetail {
    /// The entry for a change.
    pub fn new(change: &BookingChange, overridden: Option<Overridden>) -> Self {
        let BookingChange { side, reason, before, after, .. } = change;
        let before = before.as_ref().map(BookingSnapshot::slot).filter(|before| *before != after.slot());
        Self {
            side: *side,
            status: after.status,
            reason: reason.clone(),
            resource_id: after.resource_id,
            customer: after.organization_id,
            starts_at: after.starts_at,
            ends_at: after.ends_at,
            quantity: after.quantity,
            price: after.price.total,
            operated_by: after.operated_by,
            before,
            proposal: change.proposal.clone(),
            overridden,
        }
    }
}
