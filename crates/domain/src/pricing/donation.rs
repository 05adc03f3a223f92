//! Donated time: hours that a host gives away each month.

use serde_json::Value;

use super::buyer::Buyer;
use super::discount::{Listed, hide_names, read_lists};
use crate::fields::{InvalidFields, Members};
use crate::ids::OrganizationId;
use crate::limits;
use crate::organization::OrganizationKind;
use crate::said::said;
use crate::slot::Slot;

/// Time that the host donates each month: bookings are free until it is used up. Time is counted in minutes of one unit of quantity, in the
/// local month in which a booking starts.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Hours for start-ups", "minutes_per_month": 1200, "minutes_per_customer": 240, "kinds": ["startup"]}))]
pub struct Donation {
    /// The name that customers see beside the price.
    #[schema(value_type = limits::RateName)]
    pub name: String,
    /// The time for all customers together.
    #[schema(value_type = limits::DonatedMinutes)]
    pub minutes_per_month: i64,
    /// The time for each customer, as long as there is any. Default, and with null: no other limit.
    #[serde(default)]
    #[schema(value_type = Option<limits::DonatedMinutes>)]
    pub minutes_per_customer: Option<i64>,
    /// The time is for organizations of these kinds, and for those in `organizations`. Default, and with null: no list.
    #[serde(default)]
    #[schema(value_type = Option<limits::CustomerKinds<OrganizationKind>>)]
    pub kinds: Option<Vec<OrganizationKind>>,
    /// The time is for these organizations, and for those of `kinds`. Only members of the host see the list; other users see an empty list,
    /// and no donation that has no `kinds`. Default, and with null: no list.
    #[serde(default)]
    #[schema(value_type = Option<limits::Customers<OrganizationId>>)]
    pub organizations: Option<Vec<OrganizationId>>,
}

impl Donation {
    /// Reads a donation from its JSON form.
    pub(super) fn read(raw: &Value) -> Result<Self, InvalidFields> {
        let mut members = Members::of(raw);
        members.require("name");
        members.require("minutes_per_month");
        let name: Option<String> = members.optional("name");
        let per_month: Option<i64> = members.optional("minutes_per_month");
        let per_customer: Option<i64> = members.optional("minutes_per_customer").flatten();
        let lists = read_lists(&mut members);
        let mut fields = members.close();
        let name = name.and_then(|name| fields.line("/name", &name, limits::RateName::RANGE));
        let mut minutes = |pointer, minutes: Option<i64>| {
            minutes.and_then(|minutes| fields.number(pointer, minutes, limits::DonatedMinutes::RANGE))
        };
        let minutes_per_month = minutes("/minutes_per_month", per_month);
        let minutes_per_customer = minutes("/minutes_per_customer", per_customer);
        lists.check(&mut fields);
        if lists.is_for_all() {
            fields.refuse("", "invalid", said!("a donation needs a list: kinds or organizations"));
        }
        let Listed { kinds, organizations } = lists;
        fields.finish(|| {
            let (name, minutes_per_month) = (name?, minutes_per_month?);
            Some(Self { name, minutes_per_month, minutes_per_customer, kinds, organizations })
        })
    }

    /// Whether the donation is for this customer.
    pub fn is_for(&self, buyer: Buyer) -> bool {
        buyer.is_listed(self.kinds.as_deref(), self.organizations.as_deref())
    }

    /// The time of a slot that is free for a customer, after what has been given to all customers in the month.
    pub fn share(&self, slot: Slot, customer: OrganizationId, given: &[(OrganizationId, i64)]) -> i64 {
        let sum = |counts: &dyn Fn(OrganizationId) -> bool| -> i64 {
            given.iter().filter(|(to, _)| counts(*to)).fold(0, |sum, (_, minutes)| sum.saturating_add(*minutes))
        };
        let left = self.minutes_per_month - sum(&|_| true);
        let left_for_customer = self.minutes_per_customer.map_or(left, |most| most - sum(&|to| to == customer));
        slot.unit_minutes().min(left).min(left_for_customer).max(0)
    }

    /// Returns the donation as users outside the host may see it; none if it is only for listed organizations.
    pub(super) fn without_names(mut self) -> Option<Self> {
        hide_names(self.kinds.as_deref(), &mut self.organizations).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Identifier as _;
    use crate::oracle::between;

    #[test]
    fn time_is_donated_until_it_is_used_up_for_all_or_for_the_customer() {
        let [one, other] = [1, 2].map(|number| OrganizationId::new(number, [0; 10]));
        let raw =
            serde_json::json!({"name": "Free", "minutes_per_month": 300, "minutes_per_customer": 200, "kinds": ["startup"]});
        let donation = Donation::read(&raw).unwrap();
        let slot = Slot { interval: between("2026-12-01T10:00:00Z", "2026-12-01T11:30:00Z"), quantity: 2 };
        let share = |given: &[(OrganizationId, i64)]| donation.share(slot, one, given);
        assert_eq!(share(&[]), 180);
        assert_eq!(share(&[(one, 90)]), 110);
        assert_eq!(share(&[(other, 200)]), 100);
        assert_eq!(share(&[(other, 200), (one, 100)]), 0);
        assert_eq!(share(&[(other, i64::MAX), (one, i64::MAX)]), 0);
    }
}
