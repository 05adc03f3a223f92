//! The fee, the deposit and the prepaid credit of a booking, as its view has them.

use serde::Serialize;
use utoipa::ToSchema;

use domain::booking::{Deposit, Fee, FeeKind};
use domain::ids::{PrepaidId, UserId};
use domain::money::Money;
use domain::prepaid::{PrepaidRule, PrepaidUse};
use domain::time::UtcTime;

/// The fee of a booking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fee)]
pub(super) struct FeeView {
    /// The reason for the fee.
    kind: FeeKind,
    /// The amount.
    amount: Money,
    /// The instant at which a manager of the host waived the fee. Null: it is due.
    waived_at: Option<UtcTime>,
    /// The user who waived it. Null: it is due.
    waived_by: Option<UserId>,
    /// The reason of the waiver. Null: it is due.
    waiver_reason: Option<String>,
}

impl From<Fee> for FeeView {
    fn from(Fee { kind, amount, waiver }: Fee) -> Self {
        let (waived_at, waived_by) = waiver.as_ref().map(|waiver| (waiver.waived_at, waiver.waived_by)).unzip();
        Self { kind, amount, waived_at, waived_by, waiver_reason: waiver.map(|waiver| waiver.reason) }
    }
}

/// The deposit of a booking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deposit)]
pub(super) struct DepositView {
    /// The amount.
    amount: Money,
    /// The amount that the host keeps; the rest is returned. Null: the host holds the deposit. If the booking ends without a use or a
    /// no-show, all of it is returned at once.
    kept: Option<Money>,
    /// The reason for which a part is kept. Null: the host holds the deposit.
    reason: Option<String>,
    /// The instant of the return. Null: the host holds the deposit.
    returned_at: Option<UtcTime>,
    /// The manager of the host who returned it. Null: the host holds it, or the service returned it 14 days after the end.
    returned_by: Option<UserId>,
}

impl From<Deposit> for DepositView {
    fn from(Deposit { amount, returned }: Deposit) -> Self {
        let kept = returned.as_ref().map(|returned| Money { amount: returned.kept, ..amount });
        let (returned_at, returned_by) = returned.as_ref().map(|returned| (returned.returned_at, returned.returned_by)).unzip();
        Self { amount, kept, returned_at, returned_by: returned_by.flatten(), reason: returned.map(|returned| returned.reason) }
    }
}

/// Prepaid credit, or hours of a package, that a booking uses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PrepaidUse)]
pub(super) struct PrepaidUseView {
    /// The prepaid credit.
    prepaid_id: PrepaidId,
    /// The rule.
    rule: PrepaidRule,
    /// The amount that it pays: the credit that the booking uses of it or, of hours, the price of the time that they cover, with VAT.
    credit: Money,
    /// The minutes of one unit of quantity that hours cover. Null: it is credit.
    minutes: Option<i64>,
}

impl From<PrepaidUse> for PrepaidUseView {
    fn from(PrepaidUse { prepaid_id, credit, currency, hours }: PrepaidUse) -> Self {
        let rule = if hours.is_some() { PrepaidRule::Hours } else { PrepaidRule::Credit };
        let minutes = hours.map(|hours| hours.minutes);
        Self { prepaid_id, rule, credit: Money { amount: credit.amount, currency }, minutes }
    }
}
