//! The price of a slot, before it is booked.

use super::judge::{price_of, violations};
use crate::error::Error;
use crate::resources::visible;
use crate::{Caller, customers, terms};
use domain::booking::Side;
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::pricing::Price;
use domain::rules::{Violation, ViolationCode};
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::db::ReadTx;

/// The price of a slot, and the violations that keep it from being booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The price.
    pub price: Price,
    /// The violations.
    pub violations: Vec<Violation>,
    /// The instant until which the price holds, if the host does not change the tariff.
    pub expires_at: UtcTime,
    /// The instant until which the customer could change the booking, if it were confirmed now.
    pub changeable_until: UtcTime,
}

/// How long a quote is valid.
const QUOTE_MINUTES: i64 = 15;

/// Quotes a slot: its price and the rules that it would violate. Does not check whether the slot is free.
///
/// # Errors
/// `not_found`, `forbidden` for an organization that the caller does not belong to.
pub fn quote(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    id: ResourceId,
    customer: Option<OrganizationId>,
    slot: Slot,
    operated_by: Option<UserId>,
) -> Result<Quote, Error> {
    let resource = visible::get(tx, caller, id)?;
    let requester = match customer {
        Some(customer) => Some(customers::requester(tx, caller, customer, ("/operated_by", operated_by))?),
        None => None,
    };
    let price = price_of(tx, &resource, slot, requester)?;
    let mut violations = violations(tx, &resource, requester, slot, None)?;
    violations.extend(resource.withheld().map(|detail| Violation::not_overridable(ViolationCode::NotOnOffer, detail)));
    if let Some(requester) = requester {
        violations.extend(terms::of_booking(tx, &resource, requester.organization_id)?.1);
    }
    let expires_at = tx.now + chrono::TimeDelta::minutes(QUOTE_MINUTES);
    let rules = &resource.fields.rules;
    let grace_until = rules.grace_until(tx.now, Side::Customer);
    let changeable_until = rules.changeable_until(slot.interval.starts_at(), grace_until);
    Ok(Quote { price, violations, expires_at, changeable_until })
}
