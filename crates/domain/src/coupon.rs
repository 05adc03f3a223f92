//! Coupons: codes that a host gives to customers, by which a booking is cheaper.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{CouponId, OrganizationId, ResourceId, UserId};
use super::money::Money;
use super::time::UtcTime;
use crate::said::{said, says};

/// A code: 4 to 40 capital letters, digits and hyphens. Small letters are read as capital ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponCode(String);

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidCode;

says!(InvalidCode: |_| said!("must have 4 to 40 letters from A to Z, digits and hyphens"));

impl FromStr for CouponCode {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let code = text.trim().to_ascii_uppercase();
        let is_code = (4..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_code { Ok(Self(code)) } else { Err(InvalidCode) }
    }
}

impl CouponCode {
    /// The code as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CouponCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The amount by which a coupon makes a booking cheaper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// A percentage of the price.
    Percent(i64),
    /// An amount, at most the price.
    Amount(Money),
}

/// A coupon to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCoupon {
    /// The code.
    pub code: CouponCode,
    /// The name that customers see beside the price.
    pub name: String,
    /// The reduction.
    pub reduction: Reduction,
    /// The first instant at which it can be used; none: at once.
    pub valid_from: Option<UtcTime>,
    /// The instant from which it can no longer be used.
    pub valid_until: Option<UtcTime>,
    /// The number of bookings in which it can be used.
    pub most_uses: Option<i64>,
    /// The number of bookings of each customer in which it can be used.
    pub most_uses_per_customer: Option<i64>,
    /// The resources for which it can be used; none: all of the host.
    pub resource_ids: Option<Vec<ResourceId>>,
}

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Its identifier.
    pub id: CouponId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The coupon as it was made.
    pub made: NewCoupon,
    /// The user who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was changed last.
    pub updated_at: UtcTime,
    /// Incremented by each change.
    pub revision: i64,
}

/// The terms of a coupon that a booking keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponTerms {
    /// The coupon.
    pub id: CouponId,
    /// Its name.
    pub name: String,
    /// The reduction.
    pub reduction: Reduction,
}

/// The uses of a coupon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uses {
    /// In bookings of all customers.
    pub all: i64,
    /// In bookings of the customer.
    pub of_customer: i64,
}

impl Coupon {
    /// The terms that a booking keeps.
    pub fn terms(&self) -> CouponTerms {
        CouponTerms { id: self.id, name: self.made.name.clone(), reduction: self.made.reduction }
    }

    /// Returns why it cannot be used for a resource now, whose prices are in the currency of `price`. None if it can.
    pub fn obstacle(&self, resource: ResourceId, price: Money, uses: Uses, now: UtcTime) -> Option<Obstacle> {
        let NewCoupon { reduction, valid_from, valid_until, most_uses, most_uses_per_customer, resource_ids, .. } = &self.made;
        let is_foreign = matches!(reduction, Reduction::Amount(amount) if amount.currency != price.currency);
        if is_foreign || resource_ids.as_ref().is_some_and(|ids| !ids.contains(&resource)) {
            return Some(Obstacle::OtherResource);
        }
        if valid_from.is_some_and(|from| now < from) {
            return Some(Obstacle::TooEarly);
        }
        if valid_until.is_some_and(|until| until <= now) {
            return Some(Obstacle::Expired);
        }
        let is_spent =
            most_uses.is_some_and(|most| uses.all >= most) || most_uses_per_customer.is_some_and(|most| uses.of_customer >= most);
        is_spent.then_some(Obstacle::Spent)
    }
}

/// The reason why a coupon cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It is for other resources, or an amount in another currency.
    OtherResource,
    /// It is not valid yet.
    TooEarly,
    /// It is no longer valid.
    Expired,
    /// It was used as often as it can be.
    Spent,
}

says!(Obstacle: |error| match error {
    Obstacle::OtherResource => said!("is a coupon for other resources"),
    Obstacle::TooEarly => said!("is a coupon that is not valid yet"),
    Obstacle::Expired => said!("is a coupon that is no longer valid"),
    Obstacle::Spent => said!("is a coupon that was used as often as it can be"),
});

impl Obstacle {
    /// The code of the error of the field.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired | Self::Spent => "expired",
            Self::OtherResource | Self::TooEarly => "invalid",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Identifier as _;

    #[test]
    fn a_code_has_one_form_however_it_is_typed() {
        for text in ["SPRING-26", "spring-26", "  Spring-26 "] {
            assert_eq!(text.parse::<CouponCode>().map(|code| code.to_string()).as_deref(), Ok("SPRING-26"));
        }
        for text in ["", "abc", "two words", "früh", &"A".repeat(41)] {
            assert!(text.parse::<CouponCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_coupon_is_used_for_its_resources_in_its_time_and_as_often_as_it_can_be() {
        let at = |minutes: i64| UtcTime::from_unix_minutes(minutes);
        let [resource, other] = [1, 2].map(|number| ResourceId::new(number, [0; 10]));
        let made = NewCoupon {
            code: "SPRING".parse().unwrap(),
            name: "Spring".to_owned(),
            reduction: Reduction::Amount(Money { amount: 500, currency: "GBP".parse().unwrap() }),
            valid_from: Some(at(10)),
            valid_until: Some(at(20)),
            most_uses: Some(3),
            most_uses_per_customer: Some(2),
            resource_ids: Some(vec![resource]),
        };
        let coupon = Coupon {
            id: CouponId::new(0, [0; 10]),
            organization_id: OrganizationId::new(0, [0; 10]),
            made,
            created_by: UserId::new(0, [0; 10]),
            created_at: at(0),
            updated_at: at(0),
            revision: 1,
        };
        let pounds = Money { amount: 1, currency: "GBP".parse().unwrap() };
        let euros = Money { amount: 1, currency: "EUR".parse().unwrap() };
        let uses = |all, of_customer| Uses { all, of_customer };
        for (resource, price, uses, now, expected) in [
            (resource, pounds, uses(2, 1), 10, None),
            (resource, pounds, uses(0, 0), 19, None),
            (other, pounds, uses(0, 0), 10, Some(Obstacle::OtherResource)),
            (resource, euros, uses(0, 0), 10, Some(Obstacle::OtherResource)),
            (resource, pounds, uses(0, 0), 9, Some(Obstacle::TooEarly)),
            (resource, pounds, uses(0, 0), 20, Some(Obstacle::Expired)),
            (resource, pounds, uses(3, 0), 10, Some(Obstacle::Spent)),
            (resource, pounds, uses(2, 2), 10, Some(Obstacle::Spent)),
        ] {
            assert_eq!(coupon.obstacle(resource, price, uses, at(now)), expected, "{price} {uses:?} {now}");
        }
    }
}
