//! The check of slots against the rules about their customer.

use chrono_tz::Tz;

use super::quotas::{Clock, Counted, Minutes, Quota, QuotaSubject, QuotaTime};
use super::violations::{ViolationCode, Violations};
use super::{BookingRules, BusyTime, Customer, QuotaUsage};
use crate::interval::{Interval, without};
use crate::said::said;
use crate::slot::{EqualSlots, Slot};
use crate::time::UtcTime;

/// Checks the slots of one customer.
#[derive(Debug)]
pub struct Judge<'a> {
    rules: &'a BookingRules,
    timezone: Tz,
    customer: &'a Customer,
    /// The minutes that each quota counts in the customer's bookings.
    booked: Vec<Minutes>,
}

impl<'a> Judge<'a> {
    /// Creates the check, in the time zone of the site. `customer` must contain the bookings near every slot.
    pub(super) fn new(rules: &'a BookingRules, timezone: Tz, customer: &'a Customer) -> Self {
        let mut judge = Self { rules, timezone, customer, booked: Vec::new() };
        let counted = |per| judge.counted(&judge.quota_usage(per).near, |quota| quota.per == per && quota.shared.is_none());
        let (of_organization, of_user) = (counted(QuotaSubject::Organization), counted(QuotaSubject::User));
        let booked = |quota: &Quota| match (quota.per, &quota.shared) {
            (QuotaSubject::Organization, None) => quota.minutes(&of_organization),
            (QuotaSubject::User, None) => quota.minutes(&of_user),
            (per, Some(name)) => {
                let of_all = judge.quota_usage(per).shared.get(name).map_or(&[][..], Vec::as_slice);
                quota.minutes(&judge.clock().counted(of_all, |at| at == quota.at))
            }
        };
        judge.booked = rules.quotas.iter().map(booked).collect();
        judge
    }

    /// Returns the spans in which slots of a search can start without breaking a rule about the customer, in order. Slots are
    /// not checked one by one, so a fine grid costs nothing.
    pub(crate) fn admitted(&self, slots: EqualSlots) -> Vec<Interval> {
        let rules = self.rules;
        let mut lasting = Violations::default();
        self.add_exclusion(&mut lasting);
        self.add_too_many(&mut lasting);
        if !lasting.0.is_empty() {
            return Vec::new();
        }
        let mut barred = Vec::new();
        for at in QuotaTime::ALL.iter().copied() {
            let mut quotas = rules.quotas.iter().zip(&self.booked).filter(|(quota, _)| quota.at == at).peekable();
            if quotas.peek().is_some() {
                let parts: Vec<_> = self.clock().parts(at, slots.reach()).collect();
                barred.extend(quotas.flat_map(|(quota, booked)| quota.barred(booked, &parts, slots)));
            }
        }
        if rules.gap_minutes > 0 {
            // A slot that starts exactly when the gap has passed, or leaves exactly the gap, is not too near.
            let before = slots.length.elapsed + rules.gap() - UtcTime::TICK;
            barred.extend(self.customer.of_organization.near.iter().map(|other| other.interval.widened(before, rules.gap())));
        }
        barred.extend(self.customer.operator_busy.iter().map(|busy| busy.barred(slots.length.elapsed)));
        without(slots.starts_within, barred)
    }

    /// Adds the violations of rules about the customer.
    pub(super) fn add_violations(&self, slot: Slot, violations: &mut Violations) {
        let rules = self.rules;
        self.add_exclusion(violations);
        self.add_too_many(violations);
        let wished = self.counted(&[slot], |_| true);
        for (quota, booked) in rules.quotas.iter().zip(&self.booked) {
            if let Some(detail) = quota.exceeded(booked, &quota.minutes(&wished)) {
                violations.add(ViolationCode::QuotaExceeded, detail);
            }
        }
        // Without a gap, no booking is too near.
        let kept_free = slot.interval.widened(rules.gap(), rules.gap());
        let is_too_near = |other: &&Slot| rules.gap_minutes > 0 && other.interval.overlaps(kept_free);
        if let Some(Slot { interval: other, .. }) = self.customer.of_organization.near.iter().find(is_too_near) {
            let zone = self.timezone;
            let (gap, starts_at, ends_at) = (rules.gap_minutes, (other.starts_at(), zone), (other.ends_at(), zone));
            let detail = said!(
                "must be {gap} min away from the organization's booking of this resource from {starts_at} to {ends_at}",
                gap,
                starts_at,
                ends_at
            );
            violations.add(ViolationCode::GapTooShort, detail);
        }
        violations.0.extend(BusyTime::violation(&self.customer.operator_busy, slot.interval));
    }

    /// Adds a violation if the customer has the largest number of bookings already.
    fn add_too_many(&self, violations: &mut Violations) {
        let rules = self.rules;
        for (per, who) in [(QuotaSubject::Organization, said!("an organization")), (QuotaSubject::User, said!("a user"))] {
            if let Some(most) = rules.most_active(per).filter(|most| self.quota_usage(per).active >= i64::from(*most)) {
                let detail = said!("{who} can have at most {most} bookings of this resource that are not over", who, most);
                violations.add(ViolationCode::TooManyActive, detail);
            }
        }
    }

    /// Adds a violation if the resource is only for other customers.
    pub(super) fn add_exclusion(&self, violations: &mut Violations) {
        let bookable_by = &self.rules.bookable_by;
        if !bookable_by.admits(self.customer) {
            violations.add(
                ViolationCode::NotForThisCustomer,
                said!("the resource can only be booked by {customers}", customers = bookable_by.in_words()),
            );
        }
    }

    /// Returns the minutes of some times that the selected quotas count.
    fn counted(&self, times: &[Slot], is_meant: impl Fn(&Quota) -> bool) -> Counted {
        let quotas = &self.rules.quotas;
        self.clock().counted(times, |at| quotas.iter().any(|quota| quota.at == at && is_meant(quota)))
    }

    const fn quota_usage(&self, per: QuotaSubject) -> &QuotaUsage {
        match per {
            QuotaSubject::Organization => &self.customer.of_organization,
            QuotaSubject::User => &self.customer.of_user,
        }
    }

    const fn clock(&self) -> Clock<'a> {
        Clock { timezone: self.timezone, peak_hours: self.rules.peak_hours.as_ref() }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::length::{Length, SlotLength};
    use crate::opening_hours::OpeningHours;
    use crate::oracle::{Site, any_raw_hours, any_taken, any_window, any_zone, between};
    use crate::organization::OrganizationKind;
    use crate::rules::{QuotaPeriod, QuotaUsage, Violation};
    use crate::slot::SlotSearch;

    const HOST: &str = "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10";
    const OTHER: &str = "019acb2f-10b8-7f02-9d4e-6f0e3f1c7d21";
    const SHARED: [&str; 2] = ["lasers", "Lasers"];

    fn customer(id: &str, kind: OrganizationKind) -> Customer {
        Customer {
            organization_id: id.parse().unwrap(),
            kind: Some(kind),
            is_host: id == HOST,
            of_organization: QuotaUsage::default(),
            of_user: QuotaUsage::default(),
            operator_busy: Vec::new(),
        }
    }

    fn violations(rules: &Value, customer: &Customer, interval: Interval) -> Vec<Violation> {
        let site = Site::of("Europe/London", json!({}), json!([]));
        let rules = BookingRules::read(rules).unwrap();
        let mut violations = Violations::default();
        site.bookable(&rules, 9).judge(customer).add_violations(Slot { interval, quantity: 1 }, &mut violations);
        violations.0
    }

    fn hour() -> Interval {
        between("2026-12-01T10:00:00Z", "2026-12-01T11:00:00Z")
    }

    #[test]
    fn whoever_is_listed_or_of_a_listed_kind_may_book_and_the_host_always() {
        use OrganizationKind::{Firm, Startup};
        let may = |bookable_by: Value, id, kind| {
            violations(&json!({ "bookable_by": bookable_by }), &customer(id, kind), hour()).is_empty()
        };
        assert!(may(Value::Null, OTHER, Firm));
        assert!(may(json!({}), OTHER, Firm));
        for limit in [json!({ "kinds": ["startup"] }), json!({ "kinds": ["startup"], "organizations": [HOST] })] {
            assert!(may(limit.clone(), OTHER, Startup) && may(limit.clone(), HOST, Firm) && !may(limit, OTHER, Firm));
        }
        assert!(may(json!({ "kinds": ["startup"], "organizations": [OTHER] }), OTHER, Firm));
        assert!(may(json!({ "organizations": [] }), HOST, Firm) && !may(json!({ "organizations": [] }), OTHER, Startup));
    }

    #[test]
    fn who_may_book_is_said_without_names() {
        let limit = json!({ "bookable_by": { "kinds": ["startup", "makerspace"], "organizations": [OTHER] } });
        let found = violations(&limit, &customer(HOST.replace("2e", "2d").as_str(), OrganizationKind::Firm), hour());
        let who =
            "organizations of kind startup and organizations of kind makerspace and organizations that the host has selected";
        assert_eq!(found[0].detail, format!("the resource can only be booked by {who}"));
        assert_eq!((found[0].code, found[0].overridable), (ViolationCode::NotForThisCustomer, true));
        let shown = BookingRules::read(&limit).unwrap().bookable_by.without_names();
        assert_eq!(json!(shown), json!({ "organizations": [], "kinds": ["startup", "makerspace"] }));
    }

    #[test]
    fn a_gap_is_kept_before_and_after_and_bookings_that_touch_have_none() {
        let broken = |gap: i64, other: Interval| {
            let mut customer = customer(OTHER, OrganizationKind::Firm);
            customer.of_organization.near.push(Slot { interval: other, quantity: 1 });
            violations(&json!({ "gap_minutes": gap }), &customer, hour()).len()
        };
        let before = between("2026-12-01T08:00:00Z", "2026-12-01T10:00:00Z");
        let after = between("2026-12-01T11:30:00Z", "2026-12-01T12:00:00Z");
        assert_eq!([0, 1].map(|gap| broken(gap, before)), [0, 1]);
        assert_eq!([30, 31].map(|gap| broken(gap, after)), [0, 1]);
        assert_eq!([0, 1].map(|gap| broken(gap, hour())), [0, 1]);
    }

    #[test]
    fn quotas_of_an_organization_and_of_a_user_are_counted_apart() {
        let quota = |per| json!({ "per": per, "most_minutes": 100, "within": "day" });
        let rules = json!({
            "quotas": [quota("organization"), quota("user")], "max_active_per_organization": 1, "max_active_per_user": 2,
        });
        let mut customer = customer(OTHER, OrganizationKind::Firm);
        assert_eq!(violations(&rules, &customer, hour()), []);
        let lunch = Slot { interval: between("2026-12-01T12:00:00Z", "2026-12-01T12:41:00Z"), quantity: 1 };
        customer.of_user = QuotaUsage { active: 2, near: vec![lunch], ..QuotaUsage::default() };
        let details: Vec<_> = violations(&rules, &customer, hour()).into_iter().map(|violation| violation.detail).collect();
        let expected = [
            "a user can have at most 2 bookings of this resource that are not over",
            "a user can book at most 100 min per day; 59 min are left in the day from 2026-12-01",
        ];
        assert_eq!(details, expected);
    }

    #[test]
    fn slots_start_where_a_quota_that_is_used_up_and_a_gap_leave_them_room() {
        let site = Site::of("Europe/London", json!(OpeningHours::always()), json!([]));
        let quota = json!({ "per": "organization", "most_minutes": 90, "within": "day" });
        let rules = BookingRules::read(&json!({ "grid_minutes": 1, "quotas": [quota], "gap_minutes": 30 })).unwrap();
        let mut customer = customer(OTHER, OrganizationKind::Firm);
        customer.of_organization.near.push(Slot { interval: hour(), quantity: 1 });
        let starts_within = between("2026-11-30T00:00:00Z", "2026-12-03T00:00:00Z");
        let length = Length { elapsed: TimeDelta::minutes(60), on_clock: TimeDelta::minutes(60) };
        let search = EqualSlots { starts_within, length, quantity: 1 };
        let admitted = |rules: &BookingRules| -> Vec<[String; 2]> {
            let admitted = site.bookable(rules, 1).judge(&customer).admitted(search);
            admitted.iter().map(|starts| [starts.starts_at(), starts.ends_at()].map(|at| at.to_string())).collect()
        };
        // Half an hour of the day is left, for slots that reach into it or out of it.
        let expected =
            [["2026-11-30T00:00:00Z", "2026-11-30T23:30:00.000001Z"], ["2026-12-01T23:30:00Z", "2026-12-03T00:00:00Z"]];
        assert_eq!(admitted(&rules), expected);
        let expected =
            [["2026-11-30T00:00:00Z", "2026-12-01T08:30:00.000001Z"], ["2026-12-01T11:30:00Z", "2026-12-03T00:00:00Z"]];
        assert_eq!(admitted(&BookingRules { quotas: Vec::new(), ..rules }), expected);
    }

    fn any_quota() -> impl Strategy<Value = Quota> {
        let most_minutes = prop_oneof![1 => Just(0_i64), 4 => 0_i64..2000, 1 => 0_i64..100_000];
        let per = proptest::sample::select(QuotaSubject::ALL);
        let (within, at) = (proptest::sample::select(QuotaPeriod::ALL), proptest::sample::select(QuotaTime::ALL));
        let shared = proptest::option::of(proptest::sample::select(SHARED.as_slice()).prop_map(str::to_owned));
        (per, most_minutes, within, at, shared).prop_map(|(per, most_minutes, within, at, shared)| Quota {
            per,
            most_minutes,
            within,
            at,
            shared,
        })
    }

    /// Generates bookings of the resource, and of those that share a quota with it.
    fn any_usage(around: Interval) -> impl Strategy<Value = QuotaUsage> {
        let shared = proptest::sample::subsequence(SHARED.as_slice(), 0..=SHARED.len()).prop_flat_map(move |names| {
            names.into_iter().map(|name| (Just(name.to_owned()), any_taken(around, 4))).collect::<Vec<_>>()
        });
        (any_taken(around, 4), shared).prop_map(|(near, shared)| QuotaUsage {
            active: 0,
            near,
            shared: shared.into_iter().collect(),
        })
    }

    /// Whether no quota is exceeded, if each is judged alone, as the only one of a resource that has all the bookings it counts.
    fn keeps_each_quota(site: &Site, rules: &BookingRules, customer: &Customer, slot: Slot) -> bool {
        let counted = |usage: &QuotaUsage, quota: &Quota| QuotaUsage {
            near: match &quota.shared {
                Some(name) => usage.shared.get(name).cloned().unwrap_or_default(),
                None => usage.near.clone(),
            },
            ..QuotaUsage::default()
        };
        rules.quotas.iter().all(|quota| {
            let alone = Quota { shared: None, ..quota.clone() };
            let rules = BookingRules { quotas: vec![alone], gap_minutes: 0, ..rules.clone() };
            let customer = Customer {
                of_organization: counted(&customer.of_organization, quota),
                of_user: counted(&customer.of_user, quota),
                ..customer.clone()
            };
            let mut violations = Violations::default();
            site.bookable(&rules, 4).judge(&customer).add_violations(slot, &mut violations);
            violations.0.is_empty()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn slots_for_a_customer_are_those_that_break_no_rule_when_judged_one_by_one(
            zone in any_zone(),
            peak in any_raw_hours(),
            quotas in proptest::collection::vec(any_quota(), 0..4),
            gap_minutes in prop_oneof![Just(0_i64), 0_i64..300],
            length in prop_oneof![4 => 1_i64..2000, 1 => 1_i64..50_000],
            quantity in 1_i32..4,
            (window, of_organization, of_user, busy) in any_window(600).prop_flat_map(|window| {
                let around = window.widened(TimeDelta::days(1), TimeDelta::days(2));
                (Just(window), any_usage(around), any_usage(around), any_taken(around, 2))
            }),
        ) {
            let site = Site::new(zone, OpeningHours::always().into(), Vec::new());
            let peak_hours = Some(OpeningHours::read(&peak).unwrap());
            let rules = BookingRules {
                grid_minutes: 1, min_minutes: 1, max_minutes: 50_000, quotas, peak_hours, gap_minutes, ..BookingRules::default()
            };
            let operator_busy = busy.iter().map(|slot| BusyTime { interval: slot.interval, is_known: true }).collect();
            let customer = Customer { of_organization, of_user, operator_busy, ..customer(OTHER, OrganizationKind::Firm) };
            let bookable = site.bookable(&rules, 4);
            let judge = bookable.judge(&customer);
            let is_admitted = |slot: &Interval| {
                let mut violations = Violations::default();
                judge.add_violations(Slot { interval: *slot, quantity }, &mut violations);
                violations.0.is_empty()
            };
            let search = SlotSearch::new(window, SlotLength::of_minutes(length), quantity);
            let slots = |judge| bookable.slots(window.starts_at(), &[], search, judge);
            let expected: Vec<_> = slots(None).filter(is_admitted).collect();
            prop_assert_eq!(slots(Some(&judge)).collect::<Vec<_>>(), expected);
        }

        #[test]
        fn a_shared_quota_counts_the_bookings_of_all_that_share_it_as_if_they_were_of_one_resource(
            zone in any_zone(),
            peak in any_raw_hours(),
            quotas in proptest::collection::vec(any_quota(), 1..4),
            length in 1_i64..3000,
            quantity in 1_i32..4,
            (window, of_organization, of_user) in any_window(3000).prop_flat_map(|window| {
                let around = window.widened(TimeDelta::days(1), TimeDelta::days(2));
                (Just(window), any_usage(around), any_usage(around))
            }),
        ) {
            let site = Site::new(zone, OpeningHours::always().into(), Vec::new());
            let peak_hours = Some(OpeningHours::read(&peak).unwrap());
            let rules = BookingRules { quotas, peak_hours, ..BookingRules::default() };
            let customer = Customer { of_organization, of_user, ..customer(OTHER, OrganizationKind::Firm) };
            let interval = Interval::new(window.starts_at(), window.starts_at() + TimeDelta::minutes(length)).unwrap();
            let slot = Slot { interval, quantity };
            let mut violations = Violations::default();
            site.bookable(&rules, 4).judge(&customer).add_violations(slot, &mut violations);
            prop_assert_eq!(violations.0.is_empty(), keeps_each_quota(&site, &rules, &customer, slot));
        }
    }
}
