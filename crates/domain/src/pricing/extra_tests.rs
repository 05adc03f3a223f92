//! Prices with extras, compared with those without them.

use chrono::TimeDelta;
use chrono_tz::Tz;
use proptest::prelude::*;
use serde_json::json;

use super::tests::{any_case, tariff};
use super::vat_tests::{any_rate, any_terms, check};
use super::*;
use crate::interval::Interval;
use crate::oracle::{at, between, minutes_of};

fn extra(name: &str, price: i64, per: ExtraPer) -> Extra {
    Extra { name: name.to_owned(), price, per, max_quantity: 3, vat_rate: None }
}

fn booked(name: &str, quantity: i32) -> BookedExtra {
    BookedExtra { name: name.to_owned(), quantity }
}

/// The price of three and a half hours of two units with extras, at 10.00 an hour.
fn priced(extras: Vec<Extra>, booked: Vec<BookedExtra>, vat: Option<VatTerms>) -> Result<Price, NoPrice> {
    let interval = between("2026-01-05T09:00:00Z", "2026-01-05T12:30:00Z");
    let discounts = serde_json::from_value(json!([{"name": "Less", "percent": 50, "ahead_min_minutes": 1}])).unwrap();
    let tariff = Tariff { extras, discounts, ..tariff(1000, Per::Hour, 5000) };
    let (slot, buyer) = (Slot { interval, quantity: 2 }, Buyer::unknown(at("2025-06-01T00:00:00Z")));
    price(&tariff, Tz::UTC, slot, buyer, &PriceBasis { vat, extras: booked, ..PriceBasis::default() })
}

fn lines(price: &Price) -> Vec<(&str, i64)> {
    price.lines.iter().map(|line| (&*line.description().into_owned().leak(), line.amount.amount)).collect()
}

#[test]
fn each_extra_is_a_line_after_discounts_and_the_minimum_charge() {
    let extras = vec![
        extra("Cleaning", 2500, ExtraPer::Booking),
        extra("Gloves", 30, ExtraPer::Unit),
        extra("Help", 4500, ExtraPer::Hour),
        extra("Compressor", 7200, ExtraPer::Day),
    ];
    let all = vec![booked("Help", 1), booked("Cleaning", 1), booked("Gloves", 3), booked("Compressor", 2)];
    let price = priced(extras, all, None).unwrap();
    let expected = [
        ("2 × 3 h 30 min at 10.00 GBP per hour", 7000),
        ("Less: 50 % off 70.00 GBP", -3500),
        ("raised to the minimum charge of 50.00 GBP", 1500),
        ("Help: 1 × 3 h 30 min at 45.00 GBP per hour", 15_750),
        ("Cleaning: 1 at 25.00 GBP per booking", 2500),
        ("Gloves: 3 × 2 at 0.30 GBP per unit", 180),
        ("Compressor: 2 × 3 h 30 min at 72.00 GBP per day", 2100),
    ];
    assert_eq!(lines(&price), expected);
    assert_eq!((price.total.amount, price.lines[3].rule), (5000 + 20_530, Some(PriceRule::Extra)));
    assert_eq!((price.lines[3].name.as_deref(), price.lines[3].vat_rate), (Some("Help"), None));
}

#[test]
fn extras_that_the_tariff_does_not_have_are_refused_at_their_fields() {
    let refused = |extras: Vec<Extra>, all: Vec<BookedExtra>| match priced(extras, all, None) {
        Err(NoPrice::Extras(fields)) => {
            fields.0.into_iter().map(|error| (error.pointer, error.detail.to_string())).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let help = || vec![extra("Help", 1, ExtraPer::Hour), extra("Wash", 1, ExtraPer::Booking)];
    let found = refused(help(), vec![booked("help", 1), booked("Help", 4), booked("Help", 1), booked("Wash", 0)]);
    let pointers: Vec<_> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/extras/0/name", "/extras/1/quantity", "/extras/2/name", "/extras/3/quantity"]);
    assert_eq!(found[0].1, "must be an extra of the resource; it has: Help, Wash");
    assert_eq!(refused(Vec::new(), vec![booked("Help", 1)])[0].1, "must be an extra of the resource; it has none");
}

#[test]
fn extras_that_no_amount_can_hold_are_an_error() {
    for per in ExtraPer::ALL {
        for (price, quantity) in [(i64::MAX, 3), (i64::MAX / 2, 2), (i64::MAX - 4999, 1)] {
            let priced = priced(vec![extra("Gold", price, *per)], vec![booked("Gold", quantity)], None);
            // Three and a half hours of three days are less than half a day.
            let fits = *per == ExtraPer::Day;
            assert!(fits && priced.is_ok() || priced == Err(NoPrice::TooLarge(PriceOverflow)), "{per} {price} {quantity}");
        }
    }
}

#[test]
fn an_extra_has_its_own_rate_of_vat_that_of_the_tariff_or_that_of_the_host() {
    let own = Extra { vat_rate: Some(700), ..extra("Catering", 1000, ExtraPer::Booking) };
    let terms =
        VatTerms { category: TaxCategory::Standard, prices_include_vat: false, rate: 1900, exemption_reason: String::new() };
    let all = vec![booked("Catering", 1), booked("Help", 1)];
    let price = priced(vec![own, extra("Help", 2000, ExtraPer::Booking)], all, Some(terms.clone())).unwrap();
    let taxes: Vec<_> = price.taxes.iter().map(|tax| (tax.rate, tax.net.amount, tax.tax.amount)).collect();
    assert_eq!(taxes, [(1900, 7000, 1330), (700, 1000, 70)]);
    assert_eq!(lines(&price)[5..], [("VAT 19 %", 1330), ("VAT 7 %", 70)]);
    check(&price, &terms);
}

#[test]
fn everything_wrong_with_extras_of_a_tariff_is_reported_at_once() {
    let raw = json!({"currency": "GBP", "rate": 1, "per": "hour", "extras": [
        {"name": "Help", "price": 1, "per": "hour"}, {"name": "Help", "price": 1, "per": "hour"},
        {"name": "", "price": -1, "per": "week", "max_quantity": 0, "vat_rate": 5001}, {},
    ]});
    let errors = Tariff::read(&raw).unwrap_err().0;
    let found: Vec<_> = errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect();
    let expected = [
        "/extras/1/name invalid",
        "/extras/2/per invalid",
        "/extras/2/name required",
        "/extras/2/price out_of_range",
        "/extras/2/max_quantity out_of_range",
        "/extras/2/vat_rate out_of_range",
        "/extras/3/name required",
        "/extras/3/price required",
        "/extras/3/per required",
    ];
    assert_eq!(found, expected);
    let many: Vec<_> = (0..21).map(|number| json!({"name": format!("{number}"), "price": 1, "per": "unit"})).collect();
    let raw = json!({"currency": "GBP", "rate": 1, "per": "hour", "extras": many});
    assert_eq!(Tariff::read(&raw).unwrap_err().0[0].pointer, "/extras");
}

fn any_extras() -> impl Strategy<Value = Vec<(Extra, i32)>> {
    let per = proptest::sample::select(ExtraPer::ALL);
    let one = (0..5000_i64, per, proptest::option::of(any_rate()), 1..=3)
        .prop_map(|(price, per, vat_rate, quantity)| (Extra { vat_rate, ..extra("", price, per) }, quantity));
    proptest::collection::vec(one, 0..4).prop_map(|all| {
        let named = |(at, (extra, quantity))| (Extra { name: format!("Extra {at}"), ..extra }, quantity);
        all.into_iter().enumerate().map(named).collect()
    })
}

fn chosen(extras: &[(Extra, i32)]) -> Vec<BookedExtra> {
    extras.iter().map(|(extra, quantity)| booked(&extra.name, *quantity)).collect()
}

/// Returns the minutes of a time, of which each local day has 1,440, counted date by date.
fn minutes_by_the_clock(zone: Tz, time: Interval) -> i128 {
    let shown = |minute| crate::wall_clock::local_time(zone, minute);
    let day_before = Interval::new(time.starts_at() - TimeDelta::days(1), time.starts_at()).unwrap();
    let mut latest = minutes_of(day_before).map(shown).max().unwrap();
    let mut minutes = 0;
    for minute in minutes_of(time) {
        let (now, next) = (shown(minute), shown(minute + TimeDelta::minutes(1)));
        minutes += i128::from(now > latest) + i128::from((next - now).num_minutes().max(1) - 1);
        latest = latest.max(now);
    }
    minutes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn extras_add_their_own_prices_each_rounded_once(
        (case, zone, time, buyer) in any_case(4500), extras in any_extras(), quantity in 1..5,
    ) {
        let slot = Slot { interval: time, quantity };
        let without = price(&case.tariff, zone, slot, buyer, &PriceBasis::default()).unwrap();
        let basis = PriceBasis { vat: None, extras: chosen(&extras), ..PriceBasis::default() };
        let tariff = Tariff { extras: extras.iter().map(|(extra, _)| extra.clone()).collect(), ..case.tariff };
        let with = price(&tariff, zone, slot, buyer, &basis).unwrap();
        prop_assert_eq!(&with.lines[..without.lines.len()], &without.lines[..]);
        let mut total = i128::from(without.total.amount);
        for ((extra, taken), line) in extras.iter().zip(&with.lines[without.lines.len()..]) {
            let (count, whole) = match extra.per {
                ExtraPer::Booking => (1, 1),
                ExtraPer::Unit => (i128::from(quantity), 1),
                ExtraPer::Hour => (i128::from(time.minutes()), 60),
                ExtraPer::Day => (minutes_by_the_clock(zone, time), 1440),
            };
            let (parts, amount) = (i128::from(extra.price) * i128::from(*taken) * count, i128::from(line.amount.amount));
            prop_assert!(2 * (amount * whole - parts) <= whole && 2 * (amount * whole - parts) > -whole);
            total += amount;
        }
        prop_assert_eq!(i128::from(with.total.amount), total);
    }

    #[test]
    fn with_extras_and_vat_a_longer_booking_never_costs_less(
        (case, zone, time, buyer) in any_case(20_000), extras in any_extras(), vat in proptest::option::of(any_terms()),
        before in 0..5000_i64, after in 0..5000_i64,
    ) {
        let basis = PriceBasis { vat: vat.clone(), extras: chosen(&extras), ..PriceBasis::default() };
        let tariff = Tariff { extras: extras.into_iter().map(|(extra, _)| extra).collect(), ..case.tariff };
        let priced = |interval| price(&tariff, zone, Slot { interval, quantity: 1 }, buyer, &basis).unwrap();
        let longer = time.widened(TimeDelta::minutes(before), TimeDelta::minutes(after));
        let (longer, shorter) = (priced(longer), priced(time));
        prop_assert!(longer.total.amount >= shorter.total.amount);
        if let Some(terms) = vat {
            check(&longer, &terms);
        }
    }

    #[test]
    fn a_move_that_costs_no_more_leaves_the_sums_of_each_rate_right(
        (case, zone, time, buyer) in any_case(20_000), extras in any_extras(), terms in any_terms(), more in 0..5000_i64,
    ) {
        let basis = PriceBasis { vat: Some(terms.clone()), extras: chosen(&extras), ..PriceBasis::default() };
        let tariff = Tariff { extras: extras.into_iter().map(|(extra, _)| extra).collect(), ..case.tariff };
        let priced = |interval| price(&tariff, zone, Slot { interval, quantity: 1 }, buyer, &basis).unwrap();
        let (longer, agreed) = (priced(time.widened(TimeDelta::zero(), TimeDelta::minutes(more))), priced(time));
        let moved = longer.at_most(&agreed);
        prop_assert_eq!(moved.total, agreed.total);
        check(&moved, &terms);
    }
}
