//! Discounts: for customers, for the time of booking, and for volume.

use chrono::TimeDelta;
use serde_json::Value;

use super::buyer::{Buyer, Moment};
use crate::fields::{Fields, InvalidFields, Members};
use crate::ids::OrganizationId;
use crate::limits;
use crate::organization::OrganizationKind;
use crate::said::said;
use crate::time::UtcTime;

/// A discount on time. All conditions that it has must hold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Start-up rate", "percent": 30, "kinds": ["startup"]}))]
pub struct Discount {
    /// The name that customers see beside the price.
    #[schema(value_type = limits::RateName)]
    pub name: String,
    /// The percentage by which time becomes cheaper.
    #[schema(value_type = limits::Percent)]
    pub percent: i64,
    /// The discount is for organizations of these kinds, and for those in `organizations`. Default, and with null: no list.
    #[serde(default)]
    #[schema(value_type = Option<limits::CustomerKinds<OrganizationKind>>)]
    pub kinds: Option<Vec<OrganizationKind>>,
    /// The discount is for these organizations, and for those of `kinds`. Only members of the host see the list; other users see an
    /// empty list, and no discount that has no `kinds`. Default, and with null: no list.
    #[serde(default)]
    #[schema(value_type = Option<limits::Customers<OrganizationId>>)]
    pub organizations: Option<Vec<OrganizationId>>,
    /// Early booking: the discount is for time that begins at least this many minutes after the booking is made. A day, week or month
    /// rate counts from its first minute. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::AheadMinutes>)]
    pub ahead_min_minutes: Option<i64>,
    /// Late booking: the discount is for time that begins less than this many minutes after the booking is made. It does not apply to
    /// day, week and month rates. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::AheadMinutes>)]
    pub ahead_max_minutes: Option<i64>,
}

impl Discount {
    /// Reads a discount from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        members.require("name");
        members.require("percent");
        let name: Option<String> = members.optional("name");
        let percent: Option<i64> = members.optional("percent");
        let lists = read_lists(&mut members);
        let [ahead_min, ahead_max]: [Option<i64>; 2] =
            ["ahead_min_minutes", "ahead_max_minutes"].map(|name| members.optional(name).flatten());
        let mut fields = members.close();
        let name = name.and_then(|name| fields.line("/name", &name, limits::RateName::RANGE));
        let percent = percent.and_then(|percent| fields.number("/percent", percent, limits::Percent::RANGE));
        lists.check(&mut fields);
        let mut minutes = |pointer, minutes: Option<i64>| {
            minutes.and_then(|minutes| fields.number(pointer, minutes, limits::AheadMinutes::RANGE))
        };
        let ahead_min_minutes = minutes("/ahead_min_minutes", ahead_min);
        let ahead_max_minutes = minutes("/ahead_max_minutes", ahead_max);
        if ahead_min_minutes.zip(ahead_max_minutes).is_some_and(|(min, max)| min >= max) {
            fields.refuse("/ahead_max_minutes", "invalid", said!("must be more than ahead_min_minutes"));
        }
        if lists.is_for_all() && ahead_min.is_none() && ahead_max.is_none() {
            let detail = said!("a discount needs a condition: kinds, organizations, ahead_min_minutes or ahead_max_minutes");
            fields.refuse("", "invalid", detail);
        }
        let Listed { kinds, organizations } = lists;
        fields.finish(|| {
            let (name, percent) = (name?, percent?);
            Some(Self { name, percent, kinds, organizations, ahead_min_minutes, ahead_max_minutes })
        })
    }

    /// Whether the discount depends on the time between the booking and its use.
    pub(super) const fn counts_time_ahead(&self) -> bool {
        self.ahead_min_minutes.is_some() || self.ahead_max_minutes.is_some()
    }

    /// The instants at which the discount begins or ends, in whole minutes.
    pub(super) fn turns(&self, booked_at: UtcTime) -> impl Iterator<Item = UtcTime> {
        let ahead = [self.ahead_min_minutes, self.ahead_max_minutes].into_iter().flatten();
        ahead.map(move |minutes| first_minute_ahead(booked_at, minutes))
    }

    /// Whether the discount applies to what is charged at a moment.
    fn applies(&self, buyer: Buyer, moment: Moment) -> bool {
        let Self { kinds, organizations, ahead_min_minutes, ahead_max_minutes, .. } = self;
        let is_for_all = kinds.is_none() && organizations.is_none();
        let is_listed = buyer.is_listed(kinds.as_deref(), organizations.as_deref());
        let turn = |minutes: i64| first_minute_ahead(buyer.booked_at, minutes);
        (is_for_all || is_listed)
            && ahead_min_minutes.is_none_or(|minutes| moment.at() >= turn(minutes))
            && ahead_max_minutes.is_none_or(|minutes| matches!(moment, Moment::OfTime(at) if at < turn(minutes)))
    }

    /// Returns the place of the largest discount that applies at a moment: of equal ones the first.
    pub(super) fn best(discounts: &[Self], buyer: Buyer, moment: Moment) -> Option<usize> {
        let applying = discounts.iter().enumerate().filter(|(_, discount)| discount.applies(buyer, moment));
        applying.rev().max_by_key(|(_, discount)| discount.percent).map(|(at, _)| at)
    }

    /// Returns the discount as users outside the host may see it; none if it is only for listed organizations.
    pub(super) fn without_names(mut self) -> Option<Self> {
        hide_names(self.kinds.as_deref(), &mut self.organizations).then_some(self)
    }
}

/// Removes the organizations from a list. Returns whether users outside the host may see what the list is for: not if it is only for
/// listed organizations.
pub(super) fn hide_names(kinds: Option<&[OrganizationKind]>, organizations: &mut Option<Vec<OrganizationId>>) -> bool {
    organizations.iter_mut().for_each(Vec::clear);
    organizations.is_none() || kinds.is_some()
}

/// The customers that a discount or a donation is for.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) kinds: Option<Vec<OrganizationKind>>,
    pub(super) organizations: Option<Vec<OrganizationId>>,
}

/// Reads `kinds` and `organizations`.
pub(super) fn read_lists(members: &mut Members) -> Listed {
    Listed { kinds: members.optional("kinds").flatten(), organizations: members.optional("organizations").flatten() }
}

impl Listed {
    /// Whether there is no list.
    pub(super) const fn is_for_all(&self) -> bool {
        self.kinds.is_none() && self.organizations.is_none()
    }

    /// Records the errors of the lists.
    pub(super) fn check(&self, fields: &mut Fields) {
        if let Some(kinds) = &self.kinds {
            fields.list("/kinds", kinds, limits::CustomerKinds::RANGE, said!("kinds, each at most once"));
        }
        if let Some(organizations) = &self.organizations {
            fields.list("/organizations", organizations, limits::Customers::RANGE, said!("organizations"));
        }
    }
}

/// The first whole minute that is at least some minutes after the booking.
fn first_minute_ahead(booked_at: UtcTime, minutes: i64) -> UtcTime {
    (booked_at + TimeDelta::minutes(minutes)).next_whole_minute()
}

/// A discount on the part of a price that exceeds an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"over": 50_000, "percent": 10}))]
pub struct VolumeDiscount {
    /// The amount in minor units that must be exceeded.
    #[schema(value_type = limits::Charge)]
    pub over: i64,
    /// The percentage by which the part above `over`, up to the next volume discount, becomes cheaper.
    #[schema(value_type = limits::Percent)]
    pub percent: i64,
}

impl VolumeDiscount {
    /// Reads a volume discount from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        members.require("over");
        members.require("percent");
        let (over, percent) = (members.optional("over"), members.optional("percent"));
        let mut fields = members.close();
        let over = over.and_then(|over| fields.number("/over", over, limits::Charge::RANGE));
        let percent = percent.and_then(|percent| fields.number("/percent", percent, limits::Percent::RANGE));
        fields.finish(|| Some(Self { over: over?, percent: percent? }))
    }
}
