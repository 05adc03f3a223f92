//! Prices with VAT, compared with the exact amounts.

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;
use proptest::prelude::*;

use super::tests::{any_case, tariff};
use super::*;
use crate::interval::Interval;
use crate::limits;
use crate::money::Money;
use crate::oracle::{at, between};

fn terms(category: TaxCategory, prices_include_vat: bool, rate: i64) -> VatTerms {
    let exemption_reason = if category == TaxCategory::Exempt { "small business" } else { "" }.to_owned();
    VatTerms { category, prices_include_vat, rate, exemption_reason }
}

/// The price of an hour at a rate.
fn hour(rate: i64, own: Option<i64>, vat: Option<VatTerms>) -> Price {
    let interval = between("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z");
    let tariff = Tariff { vat_rate: own, ..tariff(rate, Per::Hour, 0) };
    let buyer = Buyer::unknown(at("2025-06-01T00:00:00Z"));
    price(&tariff, Tz::UTC, Slot { interval, quantity: 1 }, buyer, &PriceBasis { vat, ..PriceBasis::default() }).unwrap()
}

/// The category, rate, net and tax of a part of a price.
type Part = (TaxCategory, i64, i64, i64);

/// The amounts of the lines, and each tax.
fn shown(price: &Price) -> (Vec<i64>, Vec<Part>) {
    let tax = |tax: &Tax| (tax.category, tax.rate, tax.net.amount, tax.tax.amount);
    (price.lines.iter().map(|line| line.amount.amount).collect(), price.taxes.iter().map(tax).collect())
}

#[test]
fn vat_is_added_to_prices_without_it_and_shown_in_prices_with_it() {
    let standard = |includes| Some(terms(TaxCategory::Standard, includes, 1900));
    let added = hour(10_000, None, standard(false));
    assert_eq!(shown(&added), (vec![10_000, 1900], vec![(TaxCategory::Standard, 1900, 10_000, 1900)]));
    let line = &added.lines[1];
    assert_eq!((&*line.description(), line.rule, line.vat_rate), ("VAT 19 %", Some(PriceRule::Vat), Some(1900)));
    let included = hour(11_900, None, standard(true));
    assert_eq!(shown(&included), (vec![11_900], vec![(TaxCategory::Standard, 1900, 10_000, 1900)]));
    let reduced = hour(10_000, Some(725), standard(false));
    assert_eq!(shown(&reduced), (vec![10_000, 725], vec![(TaxCategory::Standard, 725, 10_000, 725)]));
    assert_eq!(reduced.lines[1].description(), "VAT 7.25 %");
    let zero = hour(10_000, Some(0), standard(false));
    assert_eq!(shown(&zero), (vec![10_000], vec![(TaxCategory::Zero, 0, 10_000, 0)]));
    assert_eq!((shown(&hour(10_000, Some(725), None)).1, hour(10_000, None, None).lines[0].vat_rate), (vec![], None));
}

#[test]
fn an_exempt_host_and_a_customer_that_accounts_for_the_vat_pay_none() {
    let exempt = hour(10_000, Some(700), Some(terms(TaxCategory::Exempt, true, 0)));
    assert_eq!(shown(&exempt), (vec![10_000], vec![(TaxCategory::Exempt, 0, 10_000, 0)]));
    assert_eq!(exempt.taxes[0].exemption_reason, "small business");
    let reverse = |includes, rate| hour(rate, None, Some(terms(TaxCategory::ReverseCharge, includes, 1900)));
    assert_eq!(shown(&reverse(false, 10_000)), (vec![10_000], vec![(TaxCategory::ReverseCharge, 0, 10_000, 0)]));
    let included = reverse(true, 11_900);
    assert_eq!(shown(&included), (vec![11_900, -1900], vec![(TaxCategory::ReverseCharge, 0, 10_000, 0)]));
    assert_eq!(included.lines[1].description(), "VAT of 19 % taken off: reverse charge");
}

#[test]
fn half_a_minor_unit_of_vat_is_rounded_up_and_less_is_not() {
    assert_eq!(
        [(249, 1000), (250, 1000), (4, 1000), (5, 1000), (-5, 1000), (-6, 1000)].map(|(net, rate)| vat_on(net, rate)),
        [25, 25, 0, 1, 0, -1]
    );
    assert_eq!([(119, 1900), (3, 2000), (2, 2000), (100, 0)].map(|(gross, rate)| vat_in(gross, rate)), [19, 1, 0, 0]);
}

#[test]
fn reverse_charge_needs_vat_numbers_of_two_member_states_and_exemption_comes_first() {
    let country = |code: &str| (!code.is_empty()).then(|| code.parse().unwrap());
    let category = |host: &str, customer: &str, reason: &str| {
        let settings = VatSettings { prices_include_vat: false, rate: 0, exemption_reason: reason.to_owned() };
        VatTerms::between(&HostVat { settings: Arc::new(settings), number_of: country(host) }, country(customer)).category
    };
    assert_eq!(category("DE", "AT", ""), TaxCategory::ReverseCharge);
    for (host, customer) in [("DE", "DE"), ("DE", ""), ("", "AT"), ("DE", "GB"), ("GB", "DE"), ("CH", "NO"), ("", "")] {
        assert_eq!(category(host, customer, ""), TaxCategory::Standard, "{host} {customer}");
    }
    assert_eq!(category("DE", "AT", "§ 19 UStG"), TaxCategory::Exempt);
}

#[test]
fn a_move_by_the_host_leaves_the_agreed_price_with_its_vat() {
    for includes in [false, true] {
        for category in [TaxCategory::Standard, TaxCategory::ReverseCharge, TaxCategory::Exempt] {
            let vat = Some(terms(category, includes, 1900));
            let (agreed, dearer) = (hour(10_000, None, vat.clone()), hour(20_000, None, vat.clone()));
            let moved = dearer.at_most(&agreed);
            assert_eq!((moved.total, &moved.taxes), (agreed.total, &agreed.taxes));
            assert_eq!(moved.lines.iter().map(|line| line.amount.amount).sum::<i64>(), agreed.total.amount);
            let rules: Vec<_> = moved.lines.iter().filter_map(|line| line.rule).filter(|rule| *rule != PriceRule::Vat).collect();
            assert_eq!(rules, [PriceRule::Rate, PriceRule::AgreedPrice]);
            assert_eq!(moved.lines[1].amount.amount, -10_000);
            let again = hour(30_000, None, vat).at_most(&moved);
            assert_eq!((again.total, again.taxes), (agreed.total, agreed.taxes.clone()));
            let other_rate = hour(20_000, Some(700), Some(terms(category, includes, 1900))).at_most(&agreed);
            assert_eq!((other_rate.total, &other_rate.taxes), (agreed.total, &agreed.taxes));
        }
    }
}

pub(super) fn any_terms() -> impl Strategy<Value = VatTerms> {
    let category = proptest::sample::select(vec![TaxCategory::Standard, TaxCategory::Exempt, TaxCategory::ReverseCharge]);
    (category, any::<bool>(), any_rate()).prop_map(|(category, includes, rate)| terms(category, includes, rate))
}

pub(super) fn any_rate() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(700), Just(1900), Just(2000), limits::VatRate::RANGE]
}

/// Fails unless `whole` is the fraction next to it, and the larger one of two that are as near.
fn is_nearest(whole: i64, (dividend, divisor): (i128, i128)) {
    let distance = 2 * (i128::from(whole) * divisor - dividend);
    assert!(-divisor < distance && distance <= divisor, "{whole} is not {dividend} / {divisor}");
}

/// Fails unless each rate is taxed once and exactly, and all sums are right.
pub(super) fn check(price: &Price, terms: &VatTerms) {
    let sum = |amounts: &mut dyn Iterator<Item = Money>| amounts.map(|money| i128::from(money.amount)).sum::<i128>();
    let total = i128::from(price.total.amount);
    assert_eq!(sum(&mut price.lines.iter().map(|line| line.amount)), total);
    assert_eq!(sum(&mut price.taxes.iter().flat_map(|tax| [tax.net, tax.tax])), total);
    let is_vat = |line: &&PriceLine| line.rule == Some(PriceRule::Vat);
    for (at, tax) in price.taxes.iter().enumerate() {
        assert!(price.taxes[..at].iter().all(|before| (before.category, before.rate) != (tax.category, tax.rate)));
        let lines =
            || price.lines.iter().filter(|line| terms.category != TaxCategory::Standard || line.vat_rate == Some(tax.rate));
        let of_lines = sum(&mut lines().filter(|line| !is_vat(line)).map(|line| line.amount));
        let of_vat = sum(&mut lines().filter(is_vat).map(|line| line.amount));
        assert_eq!(of_lines + of_vat, i128::from(tax.net.amount) + i128::from(tax.tax.amount));
        let rate = i128::from(tax.rate);
        match (terms.category, terms.prices_include_vat) {
            (TaxCategory::Standard, false) => {
                assert_eq!((i128::from(tax.net.amount), i128::from(tax.tax.amount)), (of_lines, of_vat));
                is_nearest(tax.tax.amount, (of_lines * rate, 10_000));
            }
            (TaxCategory::Standard, true) => {
                assert_eq!(of_vat, 0);
                is_nearest(tax.tax.amount, (of_lines * rate, 10_000 + rate));
            }
            _ => assert_eq!((tax.category, tax.rate, tax.tax.amount), (terms.category, 0, 0)),
        }
        let expected = if terms.category == TaxCategory::Standard && tax.rate == 0 { TaxCategory::Zero } else { terms.category };
        assert_eq!((tax.category, tax.exemption_reason.is_empty()), (expected, expected != TaxCategory::Exempt));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn each_rate_is_taxed_once_and_prices_with_vat_cost_what_they_say(
        (case, zone, time, buyer) in any_case(60_000), terms in any_terms(), own in proptest::option::of(any_rate()),
    ) {
        let tariff = Tariff { vat_rate: own, ..case.tariff };
        let slot = Slot { interval: time, quantity: 1 };
        let without = price(&tariff, zone, slot, buyer, &PriceBasis::default()).unwrap();
        let with = price(&tariff, zone, slot, buyer, &PriceBasis { vat: Some(terms.clone()), ..PriceBasis::default() }).unwrap();
        check(&with, &terms);
        let (all, amounts) = (without.lines.len(), |price: &Price| price.lines.iter().map(|line| line.amount).collect::<Vec<_>>());
        prop_assert_eq!(&amounts(&with)[..all], &amounts(&without)[..]);
        if terms.prices_include_vat && terms.category != TaxCategory::ReverseCharge {
            prop_assert_eq!(&amounts(&with), &amounts(&without));
        }
        prop_assert!(with.lines.len() <= all + 1);
    }

    #[test]
    fn with_vat_too_a_longer_booking_never_costs_less(
        (case, zone, time, buyer) in any_case(20_000), terms in any_terms(), before in 0..5000_i64, after in 0..5000_i64,
    ) {
        let basis = PriceBasis { vat: Some(terms), ..PriceBasis::default() };
        let total = |interval| price(&case.tariff, zone, Slot { interval, quantity: 1 }, buyer, &basis).unwrap().total.amount;
        let longer = time.widened(TimeDelta::minutes(before), TimeDelta::minutes(after));
        prop_assert!(total(longer) >= total(time));
    }

    #[test]
    fn with_vat_two_bookings_that_share_a_time_cost_at_least_one_of_it_but_for_two_minor_units(
        (case, zone, time, buyer) in any_case(20_000), terms in any_terms(), middle in any::<prop::sample::Index>(),
    ) {
        let basis = PriceBasis { vat: Some(terms), ..PriceBasis::default() };
        let total = |interval| price(&case.tariff, zone, Slot { interval, quantity: 1 }, buyer, &basis).unwrap().total.amount;
        let middle = time.starts_at() + TimeDelta::minutes(i64::try_from(middle.index(20_001)).unwrap() % time.minutes());
        let first = Interval::new(time.starts_at(), middle).map_or(0, total);
        prop_assert!(first + total(Interval::new(middle, time.ends_at()).unwrap()) + 2 >= total(time));
    }

    #[test]
    fn a_price_of_any_size_is_taxed_exactly_or_refused(amount in 0..=i64::MAX, terms in any_terms()) {
        let interval = between("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z");
        let (slot, buyer) = (Slot { interval, quantity: 1 }, Buyer::unknown(at("2025-06-01T00:00:00Z")));
        let tariff = tariff(amount, Per::Booking, 0);
        match price(&tariff, Tz::UTC, slot, buyer, &PriceBasis { vat: Some(terms.clone()), ..PriceBasis::default() }) {
            Ok(price) => check(&price, &terms),
            Err(_) => {
                prop_assert!(!terms.prices_include_vat && terms.category == TaxCategory::Standard);
                prop_assert!(i128::from(amount) + vat_on(amount.into(), terms.rate) > i64::MAX.into());
            }
        }
    }

    #[test]
    fn shares_sum_to_the_amount_and_each_is_the_exact_one_rounded_up_or_down(
        amount in any::<i64>(), weights in proptest::collection::vec(prop_oneof![-1000..5000_i64, 0..=i64::MAX / 8], 0..8),
    ) {
        let whole: i128 = weights.iter().copied().map(i128::from).sum();
        let exact = |weight: i64| i128::from(amount) * i128::from(weight);
        let Some(shares) = shares(amount, &weights) else {
            let is_too_large = |weight: &i64| exact(*weight).abs() >= whole.abs() * i128::from(i64::MAX);
            prop_assert!(whole == 0 || weights.iter().any(is_too_large));
            return Ok(());
        };
        prop_assert_eq!(shares.len(), weights.len());
        prop_assert_eq!(shares.iter().copied().map(i128::from).sum::<i128>(), amount.into());
        for (share, weight) in shares.iter().zip(&weights) {
            prop_assert!((i128::from(*share) * whole - exact(*weight)).abs() < whole.abs());
        }
    }
}
