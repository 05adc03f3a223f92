//! The existing bookings of a customer that must be known to check a slot.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::{BookingRules, QuotaSubject};
use crate::interval::Interval;

impl BookingRules {
    /// Returns the time in which other bookings of the resource must be known to check a slot.
    pub fn near(&self, per: QuotaSubject, wish: Interval) -> Option<Interval> {
        let own = self.quotas.iter().filter(|quota| quota.per == per && quota.shared.is_none());
        let quotas = own.map(|quota| quota.within.at_most());
        let gap = (per == QuotaSubject::Organization && self.gap_minutes > 0).then_some(self.gap());
        quotas.chain(gap).max().map(|most| wish.widened(most, most))
    }

    /// Returns the time in which the bookings of all resources that share a quota must be known to check a slot, by the name of the
    /// quota.
    pub fn near_shared(&self, per: QuotaSubject, wish: Interval) -> BTreeMap<&str, Interval> {
        let mut near: BTreeMap<&str, TimeDelta> = BTreeMap::new();
        for quota in self.quotas.iter().filter(|quota| quota.per == per) {
            if let Some(name) = &quota.shared {
                let most = near.entry(name).or_default();
                *most = quota.within.at_most().max(*most);
            }
        }
        near.into_iter().map(|(name, most)| (name, wish.widened(most, most))).collect()
    }

    /// Returns the names of the shared quotas, in order.
    pub fn shared_quotas(&self) -> BTreeSet<&str> {
        self.quotas.iter().filter_map(|quota| quota.shared.as_deref()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::between;
    use crate::rules::{Quota, QuotaPeriod, QuotaTime};

    #[test]
    fn bookings_are_needed_as_far_as_the_longest_period_of_a_quota_that_counts_them_reaches() {
        let quota = |per, within, shared: Option<&str>| Quota {
            per,
            most_minutes: 60,
            within,
            at: QuotaTime::All,
            shared: shared.map(str::to_owned),
        };
        let (organization, user) = (QuotaSubject::Organization, QuotaSubject::User);
        let quotas = vec![
            quota(organization, QuotaPeriod::Month, Some("lasers")),
            quota(organization, QuotaPeriod::Day, Some("lasers")),
            quota(organization, QuotaPeriod::Week, Some("all")),
            quota(organization, QuotaPeriod::Day, None),
            quota(user, QuotaPeriod::Day, Some("lasers")),
        ];
        let rules = BookingRules { quotas, ..BookingRules::default() };
        let wish = between("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z");
        let around = |period: QuotaPeriod| wish.widened(period.at_most(), period.at_most());
        let expected = [("all", around(QuotaPeriod::Week)), ("lasers", around(QuotaPeriod::Month))];
        assert_eq!(rules.near_shared(organization, wish), BTreeMap::from(expected));
        assert_eq!(rules.near_shared(user, wish), BTreeMap::from([("lasers", around(QuotaPeriod::Day))]));
        assert_eq!((rules.near(organization, wish), rules.near(user, wish)), (Some(around(QuotaPeriod::Day)), None));
    }
}
