//! The deposit of a booking: money that the host holds from the confirmation on, and returns after the use or keeps in part.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::life::BookingStatus;
use crate::ids::UserId;
use crate::money::Money;
use crate::time::UtcTime;

/// The time after the end of a booking at which the service returns the deposit if the host has not done it.
pub const RETURNED_AFTER: TimeDelta = TimeDelta::days(14);

/// The deposit of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// The amount, larger than zero.
    pub amount: Money,
    /// The return; none while the host holds the deposit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<DepositReturn>,
}

/// The return of a deposit. The host can keep a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositReturn {
    /// When.
    pub returned_at: UtcTime,
    /// The manager of the host; none if the service returned the deposit because the host did not in time.
    pub returned_by: Option<UserId>,
    /// The amount that the host keeps, in minor units.
    pub kept: i64,
    /// The reason, which both parties can read; may be empty if all is returned.
    pub reason: String,
}

impl Deposit {
    /// The amount that the host holds for a booking in this state: all of it from the confirmation on, until it is returned.
    pub(crate) const fn held(&self, status: BookingStatus) -> i64 {
        let is_agreed = matches!(status, BookingStatus::Confirmed | BookingStatus::InUse);
        if self.returned.is_none() && (is_agreed || is_returned_later(status)) { self.amount.amount } else { 0 }
    }

    /// The amount that the host keeps.
    pub fn kept(&self) -> i64 {
        self.returned.as_ref().map_or(0, |returned| returned.kept)
    }
}

/// Whether the deposit of a booking in this state is returned by the host, or after a while by the service. In other states that end a
/// booking it is returned at once.
pub const fn is_returned_later(status: BookingStatus) -> bool {
    matches!(status, BookingStatus::Completed | BookingStatus::NoShow)
}
