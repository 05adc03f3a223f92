//! The draft of a booking: what a request comes to under the rules and the tariff of a resource, before it is stored.

use super::access::{hold_member, keep_member, no_operator};
use super::judge::{price_of, violations};
use super::quote::quoted_price;
use crate::customers::{Requester, lock_operator};
use crate::error::Error;
use crate::paying::is_by_card_before;
use crate::{Caller, coupons, terms};
use domain::booking::{Booking, BookingStatus, Hold, HoldReason, Side};
use domain::coupon::CouponCode;
use domain::ids::{BookingGroupId, OrganizationId, ResourceId, SeriesId, UserId};
use domain::prepaid::BookedPrepaid;
use domain::pricing::{BookedExtra, QuotedPrice};
use domain::resource::Resource;
use domain::rules::Violation;
use domain::slot::Slot;
use domain::terms::AgreedTerms;
use domain::time::UtcTime;
use storage::db::{ReadTx, Tx};

/// A request to book a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBooking {
    /// The customer, which books and pays.
    pub organization_id: OrganizationId,
    /// The resource.
    pub resource_id: ResourceId,
    /// The time and quantity.
    pub slot: Slot,
    /// The operator, a member of the customer. If left out, the user who books.
    pub operated_by: Option<UserId>,
    /// A note from the customer to the host.
    pub note: String,
    /// Whether the slot is only held for a while, until the customer confirms the booking.
    pub hold: bool,
    /// The reason for which a manager of the host overrides violations.
    pub override_reason: Option<String>,
    /// The terms that the customer accepts with the booking.
    pub accepted_terms: Vec<AgreedTerms>,
    /// The extras of the tariff that are booked.
    pub extras: Vec<BookedExtra>,
    /// The coupon. Not with a quote, which has its own.
    pub coupon: Option<CouponCode>,
    /// Whether the booking uses no prepaid credit.
    pub refuses_prepaid: bool,
    /// The quote whose price the booking gets.
    pub quoted: Option<QuotedPrice>,
}

impl NewBooking {
    /// Returns a request for a slot, and nothing else.
    #[must_use]
    pub fn new(organization_id: OrganizationId, resource_id: ResourceId, slot: Slot) -> Self {
        Self {
            organization_id,
            resource_id,
            slot,
            operated_by: None,
            note: String::new(),
            hold: false,
            override_reason: None,
            accepted_terms: Vec::new(),
            extras: Vec::new(),
            coupon: None,
            refuses_prepaid: false,
            quoted: None,
        }
    }

    /// The requester, if this user makes the request now.
    pub(crate) fn requester(&self, user_id: UserId, now: UtcTime) -> Requester {
        let operated_by = Some(self.operated_by.unwrap_or(user_id));
        Requester {
            organization_id: self.organization_id,
            user_id,
            operated_by,
            instead_of: None,
            booked_at: now,
            group_id: None,
        }
    }
}

/// The series or group that a booking is a part of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PartOf {
    pub(crate) series_id: Option<SeriesId>,
    pub(crate) group_id: Option<BookingGroupId>,
    /// The instant until which all bookings of the group are held, if they are.
    pub(crate) held_until: Option<UtcTime>,
}

/// Drafts the booking under the rules and the tariff of the resource, and returns it with all rules that it violates.
pub(crate) fn draft(
    tx: &mut Tx<'_>,
    caller: Caller,
    customer: &str,
    new: &NewBooking,
    resource: &Resource,
    part_of: PartOf,
) -> Result<(Booking, Vec<Violation>), Error> {
    let operated_by = new.operated_by.or(caller.person()).ok_or_else(no_operator)?;
    if caller.is(operated_by) {
        keep_member(tx, new.organization_id, operated_by)?;
    } else {
        hold_member(tx, new.organization_id, operated_by)?;
    }
    lock_operator(tx, resource, Some(operated_by))?;
    let requester = Requester { group_id: part_of.group_id, ..new.requester(caller.user_id, tx.now) };
    terms::accept_with_booking(tx, caller, new.organization_id, resource.organization_id, &new.accepted_terms)?;
    let (terms, missing) = terms::of_booking(tx, resource, new.organization_id)?;
    let mut violations = violations(tx, resource, Some(requester), new.slot, None)?;
    violations.extend(missing);
    let ((price, basis), tariff_id) = match &new.quoted {
        Some(quoted) => {
            if let Some(coupon) = &quoted.basis.coupon {
                coupons::redeem_quoted(tx, resource, new.organization_id, coupon)?;
            }
            let price = quoted_price(tx, resource, new.slot, (new.organization_id, &new.extras), quoted)?;
            ((price, quoted.basis.clone()), quoted.tariff_id)
        }
        None => {
            let code = new.coupon.as_ref();
            let coupon = code.map(|code| coupons::redeem(tx, resource, new.organization_id, code)).transpose()?;
            (price_of(tx, resource, new.slot, requester, &new.extras, coupon)?, resource.tariff_id)
        }
    };
    let rules = &resource.fields.rules;
    let (status, lapses_at) = match part_of.held_until {
        Some(until) => (BookingStatus::Held, Some(until)),
        None => rules.begin(tx.now, new.hold, new.slot.interval),
    };
    let hold = (status == BookingStatus::Held).then(|| Hold::by_customer(rules.requires_payment));
    let booking = Booking {
        id: tx.new_id(),
        status,
        organization_id: new.organization_id,
        organization_name: customer.to_owned(),
        host_organization_id: resource.organization_id,
        host_organization_name: resource.organization_name.clone(),
        site_id: resource.site_id,
        site_name: resource.site.name.clone(),
        timezone: resource.site.timezone,
        resource_id: resource.id,
        resource_name: resource.fields.name.clone(),
        interval: new.slot.interval,
        claim: rules.allocation(new.slot.interval),
        quantity: new.slot.quantity,
        price,
        basis,
        booking_rules_id: resource.booking_rules_id,
        rules: rules.clone(),
        tariff_id,
        terms,
        note: new.note.clone(),
        series_id: part_of.series_id,
        group_id: part_of.group_id,
        moved_from: None,
        hold,
        created_by: caller.user_id,
        operated_by: Some(operated_by),
        ending: None,
        lapses_at,
        usage: None,
        fee: None,
        deposit_return: None,
        prepaid: BookedPrepaid { is_refused: new.refuses_prepaid, uses: Vec::new() },
        calendar_sequence: 0,
        revision: 1,
        created_at: tx.now,
        updated_at: tx.now,
        grace_until: rules.grace_until(tx.now, Side::Customer).filter(|_| status == BookingStatus::Confirmed),
    };
    Ok((booking, violations))
}

/// The drafted booking as an offer: a hold that its customer confirms, or the host when it is paid for.
pub(crate) fn as_offer(tx: &mut ReadTx, drafted: Booking, resource: &Resource, reason: HoldReason) -> Result<Booking, Error> {
    let rules = &resource.fields.rules;
    let is_paid_first = rules.requires_payment || is_by_card_before(tx, resource, drafted.organization_id)?;
    let lapses_at = Some(rules.offer_lapses_at(tx.now, drafted.interval));
    let hold = Some(Hold::new(reason, is_paid_first));
    Ok(Booking { status: BookingStatus::Held, hold, lapses_at, ..drafted })
}
