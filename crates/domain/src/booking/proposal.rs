//! A proposal: one party proposes another slot for a booking, which stays as it is until the other party accepts.

use super::{Booking, BookingStatus, Extent, Side};
use crate::ids::{BookingId, BookingProposalId, TariffId, UserId};
use crate::money::Money;
use crate::rules::Violation;
use crate::text_enum::text_enum;
use crate::time::UtcTime;

/// The largest number of proposals for one booking, whatever became of them.
pub const MOST_PROPOSALS: i64 = 20;

text_enum! {
    /// The state of a proposal.
    pub enum ProposalStatus {
        /// The other party has not responded yet.
        Open = "open",
        /// The other party accepted it, and the booking has moved.
        Accepted = "accepted",
        /// The other party declined it.
        Declined = "declined",
        /// The party that made it withdrew it.
        Withdrawn = "withdrawn",
        /// A later proposal of one of the parties replaced it.
        Replaced = "replaced",
        /// Nobody responded in time.
        Lapsed = "lapsed",
        /// The booking was moved, checked in or cancelled, or ended in another way.
        Obsolete = "obsolete",
    }
}

text_enum! {
    /// A response to a proposal.
    pub enum ProposalResponse {
        /// The other party accepts it.
        Accept = "accept_proposal",
        /// The other party declines it.
        Decline = "decline_proposal",
        /// The party that made it withdraws it.
        Withdraw = "withdraw_proposal",
    }
}

/// A proposal of another slot for a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its identifier.
    pub id: BookingProposalId,
    /// The booking.
    pub booking_id: BookingId,
    /// The party that made it.
    pub side: Side,
    /// Its state, as it was written last.
    pub status: ProposalStatus,
    /// The resource, time and quantity that the booking would have.
    pub extent: Extent,
    /// The name of the resource.
    pub resource_name: String,
    /// The price that the booking would have.
    pub price: Money,
    /// The version of the tariff by which the price was computed.
    pub tariff_id: TariffId,
    /// The rules that the slot violates. A manager of the host overrides them: the one who makes or accepts the proposal.
    pub violations: Vec<Violation>,
    /// The reason of the manager who made it in spite of them.
    pub override_reason: Option<String>,
    /// A message to the other party; may be empty.
    pub message: String,
    /// The reason why it was declined or withdrawn; may be empty.
    pub reason: String,
    /// The user who made it.
    pub proposed_by: UserId,
    /// When it lapses.
    pub lapses_at: UtcTime,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
}

impl Proposal {
    /// Returns the instant at which a proposal lapses: when the present or the proposed slot starts or the request expires, or
    /// earlier if its author wants a response by then.
    pub fn lapses_at(booking: &Booking, starts_at: UtcTime, answer_by: Option<UtcTime>) -> UtcTime {
        let starts_at = booking.interval.starts_at().min(starts_at);
        [booking.expires_at(), answer_by].into_iter().flatten().fold(starts_at, UtcTime::min)
    }

    /// Returns its revision: 1 while it is open, 2 once it has ended.
    pub fn revision(&self) -> i64 {
        if self.status == ProposalStatus::Open { 1 } else { 2 }
    }

    /// Returns the proposal at an instant, as it is once the service has written its state.
    #[must_use]
    pub fn at(self, now: UtcTime) -> Self {
        match self.status {
            ProposalStatus::Open if self.lapses_at <= now => self.lapsed(),
            _ => self,
        }
    }

    /// Returns the proposal that nobody responded to.
    #[must_use]
    pub fn lapsed(self) -> Self {
        Self { status: ProposalStatus::Lapsed, updated_at: self.lapses_at, ..self }
    }

    /// Returns the proposal in another state from `now` on.
    #[must_use]
    pub fn ended(self, status: ProposalStatus, now: UtcTime) -> Self {
        Self { status, updated_at: now, ..self }
    }
}

impl Booking {
    /// Whether a party can propose another slot: the host knows of the booking, and it has not begun.
    pub fn can_be_proposed(&self, now: UtcTime) -> bool {
        let life = self.life();
        matches!(life.status_at(now), BookingStatus::Requested | BookingStatus::Confirmed) && !life.has_begun(now)
    }
}
