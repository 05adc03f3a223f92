use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cheapest::PARTS;
use super::*;
use crate::ids::{Identifier as _, OrganizationId};
use crate::interval::Interval;
use crate::length::SlotLength;
use crate::limits;
use crate::money::Money;
use crate::opening_hours::RawOpeningHours;
use crate::oracle::{any_change, any_window, at, between, lies_in, minutes_of};
use crate::organization::OrganizationKind;
use crate::time::UtcTime;
use crate::wall_clock::{LocalSpan, local_time};

const LONDON: Tz = Tz::Europe__London;

pub(super) fn tariff(rate: i64, per: Per, minimum_charge: i64) -> Tariff {
    Tariff { minimum_charge, ..Tariff::flat("GBP".parse().unwrap(), rate, per) }
}

fn read(mut raw: Value) -> Tariff {
    let fields = raw.as_object_mut().unwrap();
    for (name, value) in [("currency", json!("GBP")), ("rate", json!(1000)), ("per", json!("hour"))] {
        fields.entry(name).or_insert(value);
    }
    Tariff::read(&raw).unwrap()
}

fn organization_id(number: u64) -> OrganizationId {
    OrganizationId::new(number, [0; 10])
}

fn buyer() -> Buyer {
    Buyer::unknown(at("2025-06-01T00:00:00Z"))
}

fn priced(tariff: &Tariff, timezone: Tz, interval: Interval, quantity: i32) -> Price {
    price(tariff, timezone, Slot { interval, quantity }, buyer(), &PriceBasis::default()).unwrap()
}

fn lines(price: &Price) -> Vec<(&str, i64)> {
    price.lines.iter().map(|line| (&*line.description().into_owned().leak(), line.amount.amount)).collect()
}

#[test]
fn everything_that_is_wrong_with_a_tariff_is_reported_at_once() {
    let pointers = |raw| {
        let errors = Tariff::read(&raw).unwrap_err().0;
        errors.into_iter().map(|error| format!("{} {}", error.pointer, error.code)).collect::<Vec<_>>()
    };
    assert_eq!(pointers(json!({})), ["/currency required", "/rate required", "/per required"]);
    let raw = json!({"currency": "gbp", "rate": 12.5, "per": "week", "minimum_charge": -1, "rebate": 0});
    let expected =
        ["/currency invalid", "/per invalid", "/rate wrong_type", "/rebate unknown_field", "/minimum_charge out_of_range"];
    assert_eq!(pointers(raw), expected);
    let too_much = json!({"currency": "GBP", "rate": 1_000_000_000_001_i64, "per": "day"});
    assert_eq!(pointers(too_much), ["/rate out_of_range"]);
    let raw = json!({
        "currency": "GBP", "rate": 1, "per": "hour", "day_rate": -1, "setup_fee": "5",
        "bands": [{"name": "", "rate": 1}, {"name": "Peak", "rate": 1, "from": "02-30"}, {"name": "Peak", "hours": {"mon": [["9", "10"]]}, "rate": -1}],
        "discounts": [{"name": "All", "percent": 0}, {"percent": 101, "kinds": ["bank"], "ahead_min_minutes": 0}],
        "volume_discounts": [{"over": 1}],
    });
    let expected = [
        "/setup_fee wrong_type",
        "/day_rate out_of_range",
        "/bands/0/name required",
        "/bands/0/hours required",
        "/bands/1/to required",
        "/bands/1/hours required",
        "/bands/2/rate out_of_range",
        "/bands/2/hours/mon/0 invalid",
        "/discounts/0/percent out_of_range",
        "/discounts/0 invalid",
        "/discounts/1/name required",
        "/discounts/1/kinds/0 invalid",
        "/discounts/1/percent out_of_range",
        "/discounts/1/ahead_min_minutes out_of_range",
        "/volume_discounts/0/percent required",
    ];
    assert_eq!(pointers(raw), expected);
}

#[test]
fn fields_of_a_tariff_that_contradict_each_other_are_refused() {
    let pointers = |extra: Value| {
        let mut raw = json!({"currency": "GBP", "rate": 1, "per": "hour"});
        raw.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let read = Tariff::read(&raw).map_err(|errors| errors.0);
        read.err().unwrap_or_default().into_iter().map(|error| error.pointer).collect::<Vec<_>>()
    };
    let evening = json!({"name": "Evening", "rate": 5, "hours": {"mon": [["18:00", "22:00"]]}});
    let early = json!({"name": "Early", "percent": 5, "ahead_min_minutes": 1440});
    let per_booking = json!({
        "per": "booking", "day_rate": 1, "week_rate": 1, "month_rate": 1, "bands": [evening], "discounts": [early]
    });
    assert_eq!(pointers(per_booking), ["/day_rate", "/week_rate", "/month_rate", "/bands", "/discounts/0"]);
    assert_eq!(pointers(json!({"per": "day", "day_rate": 1, "week_rate": 5})), ["/day_rate"]);
    let volumes = |volumes: [(i64, i64); 2]| {
        pointers(json!({"volume_discounts": volumes.map(|(over, percent)| json!({"over": over, "percent": percent}))}))
    };
    assert!(volumes([(0, 5), (1, 6)]).is_empty());
    assert_eq!([volumes([(1, 5), (1, 6)]), volumes([(0, 5), (1, 5)])], [["/volume_discounts/1"]; 2]);
    let both = json!({"name": "Odd", "percent": 5, "ahead_min_minutes": 60, "ahead_max_minutes": 60});
    assert_eq!(pointers(json!({"discounts": [both]})), ["/discounts/0/ahead_max_minutes"]);
    let hour = |hour: i64| json!([format!("{hour:02}:00"), format!("{hour:02}:30")]);
    let band = |hours: std::ops::Range<i64>| json!({"name": "Odd hours", "rate": 5, "hours": {"mon": hours.map(hour).collect::<Vec<_>>()}});
    assert!(pointers(json!({"bands": [band(0..6), band(6..12)]})).is_empty());
    assert_eq!(pointers(json!({"bands": [band(0..6), band(6..13)]})), ["/bands"]);
}

#[test]
fn a_tariff_reads_back_from_its_written_form() {
    let old = json!({"currency": "GBP", "rate": 1250, "per": "hour", "minimum_charge": 2000});
    let tariff = Tariff::read(&old).unwrap();
    assert_eq!(serde_json::from_value::<Tariff>(old).unwrap(), tariff);
    assert_eq!(Tariff::read(&json!(tariff)).unwrap(), tariff);
    let full = json!({
        "currency": "GBP", "rate": 1250, "per": "hour", "minimum_charge": 2000,
        "bands": [{"name": "Summer", "rate": 5, "hours": {"mon": [["18:00", "02:00"]]}, "from": "12-01", "to": "02-28"}],
        "day_rate": 1, "week_rate": null, "month_rate": 7, "setup_fee": 3, "deposit": 4, "vat_rate": 700,
        "extras": [{"name": "Help", "price": 8, "per": "hour", "max_quantity": 2, "vat_rate": null}],
        "discounts": [{"name": "Start-ups", "percent": 30, "kinds": ["startup"], "organizations": null, "ahead_min_minutes": 5, "ahead_max_minutes": null}],
        "volume_discounts": [{"over": 5, "percent": 6}],
        "donation": {"name": "Free", "minutes_per_month": 7, "minutes_per_customer": null, "kinds": null, "organizations": [organization_id(1)]},
    });
    assert_eq!(json!(Tariff::read(&full).unwrap()), full);
    assert_eq!(json!(serde_json::from_value::<Tariff>(full.clone()).unwrap()), full);
}

#[test]
fn users_outside_the_host_see_no_organization_in_a_tariff() {
    let id = organization_id(1);
    let tariff = read(json!({"discounts": [
        {"name": "Partner", "percent": 50, "organizations": [id]},
        {"name": "Start-ups", "percent": 30, "kinds": ["startup"], "organizations": [id]},
        {"name": "Early", "percent": 5, "ahead_min_minutes": 1440},
    ]}));
    assert!(tariff.has_names());
    let shown = tariff.without_names();
    let shown: Vec<_> = shown.discounts.iter().map(|discount| (&*discount.name, discount.organizations.as_deref())).collect();
    assert_eq!(shown, [("Start-ups", Some(&[][..])), ("Early", None)]);
}

#[test]
fn a_price_is_explained_line_by_line() {
    let price = priced(&tariff(1250, Per::Hour, 0), Tz::UTC, between("2026-01-05T09:00:00Z", "2026-01-05T12:30:00Z"), 2);
    assert_eq!(lines(&price), [("2 × 3 h 30 min at 12.50 GBP per hour", 8750)]);
    assert_eq!((price.total.to_string().as_str(), price.lines[0].rule), ("87.50 GBP", Some(PriceRule::Rate)));
}

#[test]
fn a_minimum_charge_raises_the_total_by_a_line_of_its_own() {
    let quarter = between("2026-01-05T09:00:00Z", "2026-01-05T09:15:00Z");
    let price = |minimum| priced(&tariff(1000, Per::Hour, minimum), Tz::UTC, quarter, 1);
    let charge = ("1 × 15 min at 10.00 GBP per hour", 250);
    assert_eq!(lines(&price(250)), [charge]);
    assert_eq!(lines(&price(251)), [charge, ("raised to the minimum charge of 2.51 GBP", 1)]);
    assert_eq!(price(251).total.amount, 251);
}

#[test]
fn a_price_after_a_change_by_the_host_is_at_most_the_agreed_one() {
    let hour = between("2026-01-05T09:00:00Z", "2026-01-05T10:00:00Z");
    let agreed = |amount| Money { amount, currency: "GBP".parse().unwrap() };
    let of_rate = |rate| priced(&tariff(rate, Per::Hour, 0), Tz::UTC, hour, 1);
    let price = |most: Money| of_rate(2000).at_most(&of_rate(most.amount));
    let charge = ("1 × 1 h at 20.00 GBP per hour", 2000);
    let reduced = price(agreed(1500));
    assert_eq!(lines(&reduced), [charge, ("reduced to the agreed price of 15.00 GBP", -500)]);
    assert_eq!((reduced.total, reduced.lines[1].rule), (agreed(1500), Some(PriceRule::AgreedPrice)));
    for most in [2000, 2500].map(agreed) {
        assert_eq!((lines(&price(most)), price(most).total), (vec![charge], agreed(2000)));
    }
}

#[test]
fn a_rate_per_booking_does_not_depend_on_its_length() {
    let days = between("2026-01-05T09:00:00Z", "2026-01-09T09:00:00Z");
    assert_eq!(lines(&priced(&tariff(500, Per::Booking, 0), Tz::UTC, days, 3)), [("3 at 5.00 GBP per booking", 1500)]);
}

#[test]
fn half_a_minor_unit_is_rounded_up_and_less_is_not() {
    let minute = between("2026-01-05T09:00:00Z", "2026-01-05T09:01:00Z");
    let amount = |rate| priced(&tariff(rate, Per::Hour, 0), Tz::UTC, minute, 1).total.amount;
    assert_eq!([29, 30, 89, 90].map(amount), [0, 1, 1, 2]);
}

#[test]
fn hours_that_pass_and_local_days_are_charged_when_the_clocks_change() {
    let charge = |per, start, end| priced(&tariff(2400, per, 0), LONDON, between(start, end), 1).total.amount;
    let spring = ("2026-03-29T00:00:00+00:00", "2026-03-30T00:00:00+01:00");
    let autumn = ("2026-10-25T00:00:00+01:00", "2026-10-26T00:00:00+00:00");
    for (start, end) in [spring, autumn] {
        assert_eq!(charge(Per::Day, start, end), 2400);
    }
    assert_eq!([spring, autumn].map(|(start, end)| charge(Per::Hour, start, end)), [23 * 2400, 25 * 2400]);
    // By the day, an hour that the clock shows twice is charged once, and an hour that it skips is charged.
    assert_eq!(charge(Per::Day, "2026-10-25T00:00:00+01:00", "2026-10-25T12:00:00+00:00"), 1200);
    assert_eq!(charge(Per::Day, "2026-03-29T00:00:00+00:00", "2026-03-29T12:00:00+01:00"), 1200);
    assert_eq!(charge(Per::Day, "2026-03-22T00:00:00+00:00", "2026-03-29T12:00:00+01:00"), 18_000);
}

#[test]
fn a_price_that_no_amount_can_hold_is_an_error() {
    let (year, most) = (between("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"), *limits::Charge::RANGE.end());
    let price = |tariff: Tariff, interval, quantity| {
        super::price(&tariff, Tz::UTC, Slot { interval, quantity }, buyer(), &PriceBasis::default())
    };
    assert_eq!(price(tariff(most, Per::Hour, 0), year, i32::MAX), Err(NoPrice::TooLarge(PriceOverflow)));
    let ages = Interval::new(UtcTime::EARLIEST, UtcTime::LATEST).unwrap();
    assert_eq!(price(tariff(i64::MAX, Per::Hour, 0), ages, i32::MAX), Err(NoPrice::TooLarge(PriceOverflow)));
    assert_eq!(price(tariff(most, Per::Booking, 0), year, 9_223_372).unwrap().total.amount, 9_223_372 * most);
    assert_eq!(price(tariff(most, Per::Booking, 0), year, 9_223_373), Err(NoPrice::TooLarge(PriceOverflow)));
    let full = Tariff { day_rate: Some(most), setup_fee: most, ..tariff(most, Per::Hour, most) };
    assert_eq!(price(full, year, i32::MAX), Err(NoPrice::TooLarge(PriceOverflow)));
}

#[test]
fn bands_have_rates_of_their_own_and_the_first_one_that_contains_a_moment_counts() {
    let tariff = read(json!({"bands": [
        {"name": "Night", "rate": 400, "hours": {"fri": [["22:00", "06:00"]]}},
        {"name": "Summer", "rate": 1500, "from": "06-01", "to": "08-31"},
        {"name": "Friday evening", "rate": 600, "hours": {"fri": [["18:00", "24:00"]]}},
    ]}));
    let winter = priced(&tariff, LONDON, between("2026-01-09T17:00:00Z", "2026-01-10T07:00:00Z"), 1);
    let expected = [
        ("1 × 2 h at 10.00 GBP per hour", 2000),
        ("Friday evening: 1 × 4 h at 6.00 GBP per hour", 2400),
        ("Night: 1 × 8 h at 4.00 GBP per hour", 3200),
    ];
    assert_eq!(lines(&winter), expected);
    assert_eq!((winter.lines[1].rule, winter.lines[1].name.as_deref()), (Some(PriceRule::Band), Some("Friday evening")));
    // The night from the last Friday of May belongs to the evening of May; the rest of Saturday is in no band.
    let may = priced(&tariff, LONDON, between("2027-05-28T22:00:00+01:00", "2027-05-29T07:00:00+01:00"), 1);
    assert_eq!(lines(&may), [("Night: 1 × 8 h at 4.00 GBP per hour", 3200), ("1 × 1 h at 10.00 GBP per hour", 1000)]);
    let june = priced(&tariff, LONDON, between("2027-06-04T20:00:00+01:00", "2027-06-04T23:00:00+01:00"), 1);
    let expected = [("Summer: 1 × 2 h at 15.00 GBP per hour", 3000), ("Night: 1 × 1 h at 4.00 GBP per hour", 400)];
    assert_eq!(lines(&june), expected);
}

#[test]
fn the_cheapest_combination_of_hours_days_weeks_and_months_is_charged() {
    let tariff = read(json!({"day_rate": 8000, "week_rate": 30_000, "month_rate": 90_000}));
    let charged = |start, end| {
        let price = priced(&tariff, LONDON, between(start, end), 2);
        price.lines.iter().map(|line| line.description().into_owned()).collect::<Vec<_>>().join(" + ")
    };
    assert_eq!(charged("2026-02-02T09:00:00Z", "2026-02-02T16:30:00Z"), "2 × 7 h 30 min at 10.00 GBP per hour");
    assert_eq!(charged("2026-02-02T09:00:00Z", "2026-02-02T18:00:00Z"), "2 × 1 day at 80.00 GBP per day");
    let two = "2 × 2 h at 10.00 GBP per hour + 2 × 1 day at 80.00 GBP per day";
    assert_eq!(charged("2026-02-02T09:00:00Z", "2026-02-03T11:00:00Z"), two);
    assert_eq!(charged("2026-02-02T09:00:00Z", "2026-02-06T09:00:00Z"), "2 × 1 week at 300.00 GBP per week");
    // A month from the last day of January ends with February, and a week has seven local days when the clocks change.
    assert_eq!(charged("2026-01-31T09:00:00Z", "2026-02-28T09:00:00Z"), "2 × 1 month at 900.00 GBP per month");
    let weeks = "2 × 1 h at 10.00 GBP per hour + 2 × 2 weeks at 300.00 GBP per week";
    assert_eq!(charged("2026-10-19T09:00:00+01:00", "2026-11-02T10:00:00+00:00"), weeks);
    let month = "2 × 1 day at 80.00 GBP per day + 2 × 1 month at 900.00 GBP per month";
    assert_eq!(charged("2026-10-05T09:00:00+01:00", "2026-11-06T09:00:00+00:00"), month);
}

#[test]
fn a_long_rate_covers_the_dearest_hours() {
    let peak = json!([["08:00", "18:00"]]);
    let bands = json!([{"name": "Peak", "rate": 2000, "hours": {"mon": peak, "tue": peak}}]);
    let tariff = read(json!({"rate": 100, "day_rate": 15_000, "bands": bands}));
    // From Sunday morning: half of Sunday by the hour, and the day that ends with the peak hours of Monday.
    let price = priced(&tariff, LONDON, between("2026-02-01T06:00:00Z", "2026-02-02T18:00:00Z"), 1);
    assert_eq!(lines(&price), [("1 × 12 h at 1.00 GBP per hour", 1200), ("1 × 1 day at 150.00 GBP per day", 15_000)]);
}

#[test]
fn long_rates_begin_where_they_reach_furthest_when_the_clocks_change_or_months_differ() {
    let charged = |tariff: &Tariff, zone, start, end| {
        let price = priced(tariff, zone, between(start, end), 1);
        price.lines.iter().map(|line| line.description().into_owned()).collect::<Vec<_>>().join(" + ")
    };
    let days = read(json!({"rate": 100, "day_rate": 900}));
    // The clock shows 03:00 to 04:00 twice on 2 April. A day from 03:59 ends at the first 03:59, and a day from 04:00 has 25 hours.
    let autumn = charged(&days, Tz::Pacific__Apia, "2011-03-31T06:00:00Z", "2011-04-02T14:01:00Z");
    assert_eq!(autumn, "1 × 8 h at 1.00 GBP per hour + 1 × 2 days at 9.00 GBP per day");
    // The clock skips 01:00 to 02:00 on 29 March, so that days from 01:00 and from 02:00 end together.
    let spring = charged(&days, LONDON, "2026-03-26T20:00:00Z", "2026-03-29T01:00:00Z");
    assert_eq!(spring, "1 × 5 h at 1.00 GBP per hour + 1 × 2 days at 9.00 GBP per day");
    // A month from any moment of the last day of February ends by 28 March, one from the next midnight ends on 1 April.
    let months = read(json!({"rate": 100, "month_rate": 40_000}));
    let february = charged(&months, LONDON, "2026-02-20T10:00:00Z", "2026-03-30T10:00:00+01:00");
    assert_eq!(february, "1 × 8 d 14 h at 1.00 GBP per hour + 1 × 1 month at 400.00 GBP per month");
}

#[test]
fn of_the_discounts_that_apply_at_a_moment_the_largest_counts() {
    let partner = organization_id(1);
    let tariff = read(json!({
        "rate": 6000, "setup_fee": 500,
        "discounts": [
            {"name": "Early", "percent": 10, "ahead_min_minutes": 2880},
            {"name": "Start-up rate", "percent": 30, "kinds": ["startup"]},
            {"name": "Partner", "percent": 50, "organizations": [partner], "ahead_min_minutes": 1440},
            {"name": "Last minute", "percent": 40, "ahead_max_minutes": 120},
        ],
    }));
    let charged = |customer, booked_at| {
        let interval = between("2026-02-02T10:00:00Z", "2026-02-02T12:00:00Z");
        let slot = Slot { interval, quantity: 1 };
        price(&tariff, LONDON, slot, Buyer { customer, ..Buyer::unknown(at(booked_at)) }, &PriceBasis::default()).unwrap()
    };
    let total = |customer, booked_at| charged(customer, booked_at).total.amount;
    let startup = Some((organization_id(2), Some(OrganizationKind::Startup)));
    let firm = Some((organization_id(3), Some(OrganizationKind::Firm)));
    let partner = Some((partner, Some(OrganizationKind::Startup)));
    let (day_before, week_before) = ("2026-02-01T10:30:00Z", "2026-01-26T10:00:00Z");
    assert_eq!([None, firm, startup].map(|customer| total(customer, day_before)), [12_500, 12_500, 8900]);
    assert_eq!([None, firm, startup].map(|customer| total(customer, week_before)), [11_300, 11_300, 8900]);
    // The partner is early enough for the last hour and a half only.
    let lines_of_partner = charged(partner, day_before);
    let expected = [
        ("1 × 2 h at 60.00 GBP per hour", 12_000),
        ("Start-up rate: 30 % off 30.00 GBP", -900),
        ("Partner: 50 % off 90.00 GBP", -4500),
        ("set-up fee", 500),
    ];
    assert_eq!(lines(&lines_of_partner), expected);
    // Minutes that begin before 11:00:30 are less than two hours ahead.
    assert_eq!(total(firm, "2026-02-02T09:00:30Z"), 12_500 - 61 * 40);
}

#[test]
fn large_prices_are_reduced_above_an_amount_and_a_set_up_fee_never_is() {
    let volumes = json!([{"over": 10_000, "percent": 10}, {"over": 20_000, "percent": 25}]);
    let tariff = read(json!({"volume_discounts": volumes, "setup_fee": 777, "minimum_charge": 5000}));
    let charged = |hours| priced(&tariff, LONDON, between("2026-02-02T00:00:00Z", hours), 1);
    let expected = [
        ("1 × 22 h at 10.00 GBP per hour", 22_000),
        ("volume discount: 10 % off what exceeds 100.00 GBP, 25 % off what exceeds 200.00 GBP", -1500),
        ("set-up fee", 777),
    ];
    assert_eq!(lines(&charged("2026-02-02T22:00:00Z")), expected);
    assert_eq!(charged("2026-02-02T10:00:00Z").total.amount, 10_777);
    let least =
        [("1 × 1 h at 10.00 GBP per hour", 1000), ("set-up fee", 777), ("raised to the minimum charge of 50.00 GBP", 3223)];
    assert_eq!(lines(&charged("2026-02-02T01:00:00Z")), least);
}

/// A tariff in its JSON form, and the same as read.
#[derive(Debug, Clone)]
pub(super) struct AnyTariff {
    raw: Value,
    pub(super) tariff: Tariff,
}

fn any_hours() -> impl Strategy<Value = RawOpeningHours> {
    let times = proptest::sample::select(vec!["00:00", "01:30", "02:30", "08:00", "13:45", "22:00", "24:00"]);
    let weekday = proptest::sample::select(vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    let start = proptest::sample::select(vec!["00:00", "01:30", "02:30", "08:00", "13:45", "22:00"]);
    let span = (start, times).prop_map(|(start, end)| vec![[start.to_owned(), end.to_owned()]]);
    proptest::collection::btree_map(weekday.prop_map(str::to_owned), span, 0..=7)
}

fn any_band() -> impl Strategy<Value = Value> {
    let day = (1..=12_u32, 1..=28_u32).prop_map(|(month, day)| format!("{month:02}-{day:02}"));
    let days = proptest::option::of((day.clone(), day));
    (any_hours(), days, 0..3000_i64).prop_map(|(hours, days, rate)| {
        let (from, to) = days.unzip();
        json!({"name": "Band", "rate": rate, "hours": hours, "from": from, "to": to})
    })
}

fn any_discount() -> impl Strategy<Value = Value> {
    let ahead = || proptest::option::of(1..8000_i64);
    (1..=100_i64, ahead(), ahead(), any::<bool>()).prop_map(|(percent, min, max, is_for_startups)| {
        let max = max.filter(|max| min.is_none_or(|min| min < *max));
        let kinds = (is_for_startups || min.or(max).is_none()).then_some(["startup"]);
        json!({"name": "Less", "percent": percent, "kinds": kinds, "ahead_min_minutes": min, "ahead_max_minutes": max})
    })
}

fn any_tariff() -> impl Strategy<Value = AnyTariff> {
    let charge = |most: i64| proptest::option::of(0..most);
    let long = (charge(20_000), charge(60_000), charge(200_000));
    let lists = (proptest::collection::vec(any_band(), 0..3), proptest::collection::vec(any_discount(), 0..3));
    let rest = (0..3000_i64, 0..2000_i64, 0..30_000_i64, 1..50_i64, 1..50_i64);
    (0..3000_i64, any::<bool>(), long, lists, rest).prop_map(|(rate, is_daily, long, lists, rest)| {
        let ((day, week, month), (bands, discounts), (minimum, setup, over, first, more)) = (long, lists, rest);
        let (per, day) = if is_daily { ("day", None) } else { ("hour", day) };
        let raw = json!({
            "currency": "GBP", "rate": rate, "per": per, "minimum_charge": minimum, "setup_fee": setup, "bands": bands,
            "day_rate": day, "week_rate": week, "month_rate": month, "discounts": discounts,
            "volume_discounts": [{"over": over, "percent": first}, {"over": 2 * over + 1, "percent": first + more}],
        });
        let tariff = Tariff::read(&raw).unwrap();
        AnyTariff { raw, tariff }
    })
}

/// Computes the price of the time minute by minute, in parts.
fn cheapest_by_minutes(raw: &Value, zone: Tz, time: Interval, booked_at: UtcTime, is_startup: bool) -> i128 {
    let number = |value: &Value| value.as_i64();
    let discounts = raw["discounts"].as_array().unwrap();
    let reduced = |price: i128, minute: UtcTime, is_long: bool| {
        let ahead = (minute - booked_at).num_seconds();
        let applies = |discount: &&Value| {
            (discount["kinds"].is_null() || is_startup)
                && number(&discount["ahead_min_minutes"]).is_none_or(|min| ahead >= min * 60)
                && number(&discount["ahead_max_minutes"]).is_none_or(|max| !is_long && ahead < max * 60)
        };
        let percent = discounts.iter().filter(applies).map(|discount| discount["percent"].as_i64().unwrap()).max();
        price / 100 * i128::from(100 - percent.unwrap_or(0))
    };
    let band_covers = |band: &Value, date: NaiveDate, minute: UtcTime| {
        let day = date.format("%m-%d").to_string();
        let is_in_season = match (band["from"].as_str(), band["to"].as_str()) {
            (Some(from), Some(to)) if from <= to => from <= &*day && &*day <= to,
            (Some(from), Some(to)) => from <= &*day || &*day <= to,
            _ => true,
        };
        let weekday = date.format("%a").to_string().to_lowercase();
        let hours: RawOpeningHours = serde_json::from_value(band["hours"].clone()).unwrap();
        let spans = hours.get(&weekday).cloned().unwrap_or_default();
        is_in_season && spans.iter().any(|span| lies_in(local_time(zone, minute), date, span))
    };
    let rate_at = |minute: UtcTime| {
        let today = local_time(zone, minute).date();
        let covers = |band: &&Value| [today.pred_opt().unwrap(), today].iter().any(|date| band_covers(band, *date, minute));
        number(&raw["bands"].as_array().unwrap().iter().find(covers).unwrap_or(raw)["rate"]).unwrap()
    };
    // The latest local time so far, from a day before.
    let day_before = Interval::new(time.starts_at() - TimeDelta::days(1), time.starts_at()).unwrap();
    let mut latest = minutes_of(day_before).map(|minute| local_time(zone, minute)).max().unwrap();
    let mut cost = |minute: UtcTime| {
        let (now, next) = (local_time(zone, minute), local_time(zone, minute + TimeDelta::minutes(1)));
        let shown = i64::from(now > latest) + (next - now).num_minutes().max(1) - 1;
        latest = latest.max(now);
        let (minutes, a_minute) = if raw["per"] == "day" { (shown, PARTS / 1440) } else { (1, PARTS / 60) };
        reduced(i128::from(rate_at(minute)) * i128::from(minutes) * a_minute, minute, false)
    };
    let costs: Vec<i128> = minutes_of(time).map(&mut cost).collect();
    let mut best = vec![0; costs.len() + 1];
    for (at, cost) in costs.iter().enumerate().rev() {
        let minute = time.starts_at() + TimeDelta::minutes(i64::try_from(at).unwrap());
        let long = |name: &str, end: UtcTime| {
            let next = usize::try_from((end - time.starts_at()).num_minutes()).unwrap().min(costs.len());
            number(&raw[name]).map(|price| reduced(i128::from(price) * PARTS, minute, true) + best[next])
        };
        let day = long("day_rate", SlotLength::Days(1).end(zone, minute));
        let week = long("week_rate", SlotLength::Days(7).end(zone, minute));
        let month = long("month_rate", LocalSpan::month_later(zone, minute));
        best[at] = [Some(cost + best[at + 1]), day, week, month].into_iter().flatten().min().unwrap();
    }
    best[0]
}

/// Any time of at most so many minutes around a clock change, often with both ends near it or near the same local time on other days.
fn any_time(longest: i64) -> impl Strategy<Value = (Tz, Interval)> {
    let days = longest / 1440;
    let near = |days: std::ops::RangeInclusive<i64>| (days, -90..=90_i64).prop_map(|(days, minutes)| days * 1440 + minutes);
    let near = (near(-days / 2..=0), near(0..=days / 2)).prop_map(|(start, end)| (start, (end - start).max(1)));
    let times = prop_oneof![(-longest..60_i64, 1..=longest), near];
    (any_change(), times).prop_map(|((zone, change), (start, minutes))| {
        let starts_at = change + TimeDelta::minutes(start);
        (zone, Interval::new(starts_at, starts_at + TimeDelta::minutes(minutes)).unwrap())
    })
}

pub(super) fn any_case(longest: i64) -> impl Strategy<Value = (AnyTariff, Tz, Interval, Buyer)> {
    let booked = (0..10_000 * 60_i64, any::<bool>());
    (any_tariff(), any_time(longest), booked).prop_map(|(tariff, (zone, time), (ahead, is_startup))| {
        let customer = Some((organization_id(1), is_startup.then_some(OrganizationKind::Startup)));
        (tariff, zone, time, Buyer { customer, ..Buyer::unknown(time.starts_at() - TimeDelta::seconds(ahead)) })
    })
}

fn total(tariff: &Tariff, zone: Tz, time: Interval, buyer: Buyer) -> i64 {
    let price = price(tariff, zone, Slot { interval: time, quantity: 1 }, buyer, &PriceBasis::default()).unwrap();
    assert_eq!(price.total.amount, price.lines.iter().map(|line| line.amount.amount).sum::<i64>());
    price.total.amount
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_price_of_a_time_is_the_cheapest_one_minute_by_minute((case, zone, time, buyer) in any_case(4500)) {
        let is_startup = buyer.customer.unwrap().1.is_some();
        let expected = cheapest_by_minutes(&case.raw, zone, time, buyer.booked_at, is_startup);
        let charges = Charges { tariff: &case.tariff, timezone: zone, buyer }.cheapest(time);
        prop_assert_eq!(charges.iter().map(|charge| charge.reduced).sum::<i128>(), expected);
    }

    #[test]
    fn a_longer_booking_never_costs_less_than_a_shorter_one_inside_it(
        (case, zone, time, buyer) in any_case(60_000), before in 0..5000_i64, after in 0..5000_i64,
    ) {
        let longer = time.widened(TimeDelta::minutes(before), TimeDelta::minutes(after));
        prop_assert!(total(&case.tariff, zone, longer, buyer) >= total(&case.tariff, zone, time, buyer));
    }

    #[test]
    fn donated_time_takes_off_its_share_and_leaves_the_set_up_fee(
        (case, zone, time, buyer) in any_case(60_000), quantity in 1..5_i32, longer in 1..3000_i64, donated in any::<prop::sample::Index>(),
    ) {
        let donation = json!({"name": "Free", "minutes_per_month": 1, "kinds": ["startup"]});
        let tariff = Tariff { donation: Some(Donation::read(&donation).unwrap()), ..case.tariff.clone() };
        let total = |time, donated_minutes| {
            let basis = PriceBasis { donated_minutes, ..PriceBasis::default() };
            price(&tariff, zone, Slot { interval: time, quantity }, buyer, &basis).unwrap().total.amount
        };
        let all = Slot { interval: time, quantity }.unit_minutes();
        let donated = i64::try_from(donated.index(usize::try_from(all).unwrap())).unwrap();
        let (whole, reduced, free) = (total(time, 0), total(time, donated), total(time, all));
        prop_assert_eq!(free, tariff.setup_fee);
        // The share of the exact price, so that the rounded price can be one off.
        let expected = whole - i64::try_from(i128::from(whole - free) * i128::from(donated) / i128::from(all)).unwrap();
        prop_assert!((reduced - expected).abs() <= 1, "{} is not {}", reduced, expected);
        prop_assert!(total(time.widened(TimeDelta::zero(), TimeDelta::minutes(longer)), donated) >= reduced);
    }

    #[test]
    fn two_bookings_that_share_a_time_cost_at_least_one_of_it_but_for_a_minor_unit(
        (case, zone, time, buyer) in any_case(60_000), middle in any::<prop::sample::Index>(),
    ) {
        let middle = time.starts_at() + TimeDelta::minutes(i64::try_from(middle.index(60_001)).unwrap() % time.minutes());
        let first = Interval::new(time.starts_at(), middle).map_or(0, |first| total(&case.tariff, zone, first, buyer));
        let second = total(&case.tariff, zone, Interval::new(middle, time.ends_at()).unwrap(), buyer);
        prop_assert!(first + second + 1 >= total(&case.tariff, zone, time, buyer));
    }

    #[test]
    fn the_charge_is_the_whole_number_next_to_the_exact_one_and_the_lines_sum_to_the_total(
        rate in prop_oneof![0..2000_i64, limits::Charge::RANGE], minimum in prop_oneof![Just(0), 0..100_000_i64],
        window in any_window(527_040), quantity in 1..1000, per in proptest::sample::select(Per::ALL),
    ) {
        // The exact charge is the fraction parts / whole.
        let (time, whole) = match per {
            Per::Hour => (window.minutes(), 60_i128),
            Per::Day => (window.minutes(), 1440),
            Per::Booking => (1, 1),
        };
        let parts = i128::from(rate) * i128::from(time) * i128::from(quantity);
        let price = priced(&tariff(rate, per, minimum), Tz::UTC, window, quantity);
        let charge = i128::from(price.lines[0].amount.amount);
        prop_assert!(2 * (charge * whole - parts) <= whole && 2 * (charge * whole - parts) > -whole);
        prop_assert_eq!(price.total.amount, price.lines.iter().map(|line| line.amount.amount).sum::<i64>());
        prop_assert_eq!(price.total.amount, price.lines[0].amount.amount.max(minimum));
        prop_assert!(price.lines.iter().all(|line| line.amount.currency == price.total.currency));
    }
}
