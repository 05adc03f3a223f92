//! The price of a slot, before it is booked.

use super::judge::{priced, violations};
use crate::error::Error;
use crate::prepaid::cover::coverable;
use crate::resources::visible;
use crate::{Caller, coupons, customers, donations, terms};
use domain::booking::Side;
use domain::card_payment::WayToPay;
use domain::coupon::CouponCode;
use domain::fields::{Fields, InvalidFields};
use domain::ids::{OrganizationId, ResourceId, UserId};
use domain::money::Money;
use domain::prepaid::PrepaidUse;
use domain::pricing::{BookedExtra, Price, PriceBasis, QuotedPrice};
use domain::resource::Resource;
use domain::rules::{FeeAfter, Violation, ViolationCode};
use domain::said::said;
use domain::slot::Slot;
use domain::time::UtcTime;
use storage::db::ReadTx;
use storage::{billing, resources};

/// The price of a slot, and the violations that keep it from being booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The price.
    pub price: Price,
    /// The violations.
    pub violations: Vec<Violation>,
    /// The instant until which a booking that names the quote gets the price.
    pub expires_at: UtcTime,
    /// The facts by which a booking of the customer gets the price, if the quote is for a customer.
    pub quoted: Option<QuotedPrice>,
    /// The instant until which the customer could change the booking, if it were confirmed now.
    pub changeable_until: UtcTime,
    /// The fees for a cancellation of the booking, if it were confirmed now.
    pub cancellation_fees: Vec<FeeAfter>,
    /// The deposit; zero for none.
    pub deposit: Money,
    /// The minutes that the host would donate.
    pub donated_minutes: i64,
    /// The hours and the prepaid credit of the customer that would pay for the booking.
    pub prepaid_uses: Vec<PrepaidUse>,
    /// The ways to pay that the host offers to the customer; without one those for all.
    pub ways_to_pay: Vec<WayToPay>,
}

/// How long a quote is valid.
const QUOTE_MINUTES: i64 = 15;

/// Quotes a slot with extras and a coupon: its price and the rules that it would violate. Does not check whether the slot is free.
///
/// # Errors
/// `not_found`, `forbidden` for an organization that the caller does not belong to, `invalid_fields` for extras that the tariff does not
/// have.
pub fn quote(
    tx: &mut ReadTx,
    caller: Option<Caller>,
    id: ResourceId,
    customer: Option<OrganizationId>,
    slot: Slot,
    operated_by: Option<UserId>,
    (extras, coupon): (&[BookedExtra], Option<&CouponCode>),
) -> Result<Quote, Error> {
    let resource = visible::get(tx, caller, id)?;
    let requester = match customer {
        Some(customer) => Some(customers::requester(tx, caller, customer, ("/operated_by", operated_by))?),
        None => None,
    };
    let buyer = customers::buyer_for(tx, &resource, requester)?;
    let coupon = match (coupon, customer) {
        (None, _) => None,
        (Some(code), Some(customer)) => Some(coupons::terms(tx, &resource, customer, code)?),
        (Some(_), None) => {
            return Err(InvalidFields::one("/customer_organization_id", "required", said!("is required with a coupon")).into());
        }
    };
    let basis = PriceBasis { coupon, ..donations::basis(tx, &resource, slot, buyer, extras)? };
    let price = priced(&resource.fields.tariff, &resource, slot, buyer, &basis)?;
    let mut violations = violations(tx, &resource, requester, slot, None)?;
    violations.extend(resource.withheld().map(|detail| Violation::not_overridable(ViolationCode::NotOnOffer, detail)));
    if let Some(requester) = requester {
        violations.extend(terms::of_booking(tx, &resource, requester.organization_id)?.1);
    }
    let deposit = Money { amount: basis.deposit, ..price.total };
    let donated_minutes = basis.donated_minutes;
    let prepaid_uses = match customer.filter(|customer| *customer != resource.organization_id) {
        Some(customer) => coverable(tx, (&resource, customer), slot, (&price, &basis))?,
        None => Vec::new(),
    };
    let kind = match customer.filter(|_| !resource.ways.by_kind.is_empty()) {
        Some(customer) => Some(billing::get_buyer(&mut tx.conn, customer)?.0),
        None => None,
    };
    let ways_to_pay = resource.ways.of(kind).to_vec();
    let expires_at = tx.now + chrono::TimeDelta::minutes(QUOTE_MINUTES);
    let quoted = QuotedPrice { resource_id: id, slot, tariff_id: resource.tariff_id, buyer, expires_at, basis };
    let rules = &resource.fields.rules;
    let grace_until = rules.grace_until(tx.now, Side::Customer);
    let changeable_until = rules.changeable_until(slot.interval.starts_at(), grace_until);
    let cancellation_fees = match customer == Some(resource.organization_id) {
        true => Vec::new(),
        false => rules.cancellation_fees(slot.interval.starts_at(), grace_until, price.total),
    };
    Ok(Quote {
        price,
        violations,
        expires_at,
        quoted: requester.map(|_| quoted),
        changeable_until,
        cancellation_fees,
        deposit,
        donated_minutes,
        prepaid_uses,
        ways_to_pay,
    })
}

/// The price of a quote, for a booking of this slot by this customer that names the quote. The booking has the extras of the quote; it
/// can name them again.
pub(super) fn quoted_price(
    tx: &mut ReadTx,
    resource: &Resource,
    slot: Slot,
    (customer, extras): (OrganizationId, &[BookedExtra]),
    quoted: &QuotedPrice,
) -> Result<Price, Error> {
    let mut fields = Fields::default();
    if !quoted.is_for(resource.id, slot, customer) {
        let detail =
            said!("is the quote for another resource, slot or organization; get a quote for this booking, or leave it out");
        fields.refuse("/quote_id", "invalid", detail);
    } else if !extras.is_empty() && !quoted.basis.has_extras(extras) {
        let detail = said!(
            "is the quote for other extras; get a quote with these extras, or leave the extras out to book those of the quote"
        );
        fields.refuse("/quote_id", "invalid", detail);
    } else if quoted.expires_at <= tx.now {
        let detail = said!("has expired at {expires_at}; get another quote, or leave it out", expires_at = quoted.expires_at);
        fields.refuse("/quote_id", "expired", detail);
    }
    fields.finish(|| Some(()))?;
    let tariff = resources::get_tariff(&mut tx.conn, quoted.tariff_id)?;
    if quoted.basis.donated_minutes > donations::available(tx, (resource, &tariff), slot, quoted.buyer, None)? {
        let detail = said!("is a quote with donated time that others have used meanwhile; get another quote, or leave it out");
        return Err(InvalidFields::one("/quote_id", "expired", detail).into());
    }
    Ok(priced(&tariff, resource, slot, quoted.buyer, &quoted.basis)?)
}
