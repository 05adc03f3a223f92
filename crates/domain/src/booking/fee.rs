//! The fee of a booking: for a late cancellation, for a no-show, or for time beyond its end.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::money::Money;
use crate::text_enum::text_enum;
use crate::time::UtcTime;

text_enum! {
    /// The reason for a fee.
    pub enum FeeKind {
        /// The customer cancelled the booking shortly before its start. The fee replaces the price.
        LateCancellation = "late_cancellation",
        /// The customer did not come. The fee replaces the price.
        NoShow = "no_show",
        /// The customer checked out after the end. The fee comes in addition to the price.
        Overrun = "overrun",
    }
}

/// The fee of a booking. A booking has one at most, because only its last change can cause one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// The reason.
    pub kind: FeeKind,
    /// The amount, larger than zero.
    pub amount: Money,
    /// The waiver; none if the fee is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
}

/// The waiver of a fee by a manager of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// When.
    pub waived_at: UtcTime,
    /// The manager.
    pub waived_by: UserId,
    /// The reason, which both parties can read.
    pub reason: String,
}

impl Fee {
    /// A fee of this amount; none if it is zero.
    pub fn new(kind: FeeKind, amount: Money) -> Option<Self> {
        (amount.amount > 0).then_some(Self { kind, amount, waiver: None })
    }
}
