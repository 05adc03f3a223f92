//! What a slot would cost.

use super::book::{Asked, check_member, price_of, violations};
use crate::error::Error;
use crate::resources::visible;
use crate::{Caller, customers, terms};
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::interval::Interval;
use domain::pricing::Price;
use domain::rules::{Violation, ViolationCode};
use domain::time::UtcTime;
use storage::db::Tx;

/// The price of a slot and what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What it would cost.
    pub price: Price,
    /// The rules that it would break.
    pub violations: Vec<Violation>,
    /// Until when the price holds, if the host does not change the tariff.
    pub expires_at: UtcTime,
}

/// How long a quote is good for.
const QUOTE_MINUTES: i64 = 15;

/// What a slot would cost, and which rules it would break. Whether it is free is not looked at.
///
/// # Errors
/// `not_found`, `forbidden` for an organization that the caller does not belong to.
pub fn quote(
    tx: &mut Tx<'_>,
    caller: Option<Caller>,
    id: ResourceId,
    customer: Option<OrganizationId>,
    interval: Interval,
    quantity: i32,
    operated_by: Option<UserId>,
) -> Result<Quote, Error> {
    let resource = visible::get(tx, caller, id)?;
    let customer = customer.map(|customer| customers::wisher(tx, caller, customer)).transpose()?;
    if let (Some(wisher), Some(operator)) = (&customer, operated_by) {
        check_member(tx, "/operated_by", wisher.organization_id, operator)?;
    }
    let operated_by = customer.map(|wisher| operated_by.unwrap_or(wisher.user_id));
    let price = price_of(&resource.fields.tariff, interval, quantity)?;
    let asked = Asked { resource: &resource, customer, interval, quantity, operated_by, in_place_of: None };
    let mut violations = violations(tx, asked)?;
    violations.extend(resource.withheld().map(|detail| Violation {
        code: ViolationCode::NotOnOffer,
        detail,
        overridable: false,
    }));
    if let Some(customer) = customer {
        violations.extend(terms::of_booking(tx, &resource, customer.organization_id)?.1);
    }
    let expires_at = tx.now + chrono::TimeDelta::minutes(QUOTE_MINUTES);
    Ok(Quote { price, violations, expires_at })
}
