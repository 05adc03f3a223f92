//! The rules of the ledger, against naive sums.

use proptest::prelude::*;

use super::*;
use crate::booking::{DepositReturn, Waiver};
use crate::ids::{Identifier as _, PrepaidId, UserId};
use crate::prepaid::Credit;
use crate::pricing::Tax;

fn any_owed() -> impl Strategy<Value = Owed> {
    let purpose = prop::sample::select(vec![Purpose::Price, Purpose::LateCancellationFee, Purpose::OverrunFee]);
    let credit = prop::sample::select(vec![Account::Income, Account::Fees, Account::Vat]);
    let tax = prop::sample::select(vec![None, Some((TaxCategory::Standard, 1900)), Some((TaxCategory::Standard, 700))]);
    let currency = prop::sample::select(vec!["GBP", "EUR", "JPY"]).prop_map(|code| code.parse().unwrap());
    let reason =
        (purpose, credit, tax, currency).prop_map(|(purpose, credit, tax, currency)| Reason { purpose, credit, tax, currency });
    let amount = prop_oneof![1..=5_i64, Just(i64::MAX), 1..=i64::MAX];
    prop::collection::btree_map(reason, amount, 0..4)
}

#[test]
fn the_parts_of_a_price_and_of_its_fee_are_income_and_vat() {
    let pounds = |amount| Money { amount, currency: "GBP".parse().unwrap() };
    let tax =
        |category, rate, net, tax| Tax { category, rate, net: pounds(net), tax: pounds(tax), exemption_reason: String::new() };
    let taxes = vec![tax(TaxCategory::Standard, 2000, 1000, 200), tax(TaxCategory::Zero, 0, 300, 0)];
    let price = Price { total: pounds(1500), lines: Vec::new(), taxes };
    let parts = |status, fee: Option<&Fee>| -> Vec<_> {
        let owed = owed(false, status, &price, fee, None);
        owed.into_iter().map(|(reason, amount)| (reason.purpose, reason.credit, reason.tax.unwrap().1, amount)).collect()
    };
    let of_price = [(Account::Income, 2000, 1000), (Account::Income, 0, 300), (Account::Vat, 2000, 200)];
    let of_price = of_price.map(|(credit, rate, amount)| (Purpose::Price, credit, rate, amount));
    assert_eq!(parts(BookingStatus::Confirmed, None), of_price);
    let fee = Fee::new(FeeKind::NoShow, pounds(751)).unwrap();
    let of_fee = [(Account::Fees, 2000, 501), (Account::Fees, 0, 150), (Account::Vat, 2000, 100)];
    let of_fee = of_fee.map(|(credit, rate, amount)| (Purpose::NoShowFee, credit, rate, amount));
    assert_eq!(parts(BookingStatus::NoShow, Some(&fee)), of_fee);
    assert_eq!(owed(true, BookingStatus::Confirmed, &price, Some(&fee), None), Owed::new());
    let waived = Waiver { waived_at: UtcTime::from_micros(0), waived_by: UserId::new(0, [0; 10]), reason: String::new() };
    assert_eq!(parts(BookingStatus::NoShow, Some(&Fee { waiver: Some(waived), ..fee })), []);
    let untaxed = Price { taxes: Vec::new(), ..price.clone() };
    let whole: Vec<_> = owed(false, BookingStatus::Completed, &untaxed, None, None).into_iter().collect();
    let reason = Reason { purpose: Purpose::Price, credit: Account::Income, tax: None, currency: untaxed.total.currency };
    assert_eq!(whole, [(reason, 1500)]);
}

proptest! {
    /// Prepaid credit reduces what is owed by all of it, and leaves no part below nothing.
    #[test]
    fn prepaid_credit_pays_its_amount_of_the_price(
        parts in prop::collection::vec((1..100_000_i64, 0..30_000_i64), 0..3),
        (credit, paid, untaxed) in (1..200_000_i64, 0..200_000_i64, 1..100_000_i64),
    ) {
        let euros = |amount| Money { amount, currency: "EUR".parse().unwrap() };
        let tax = |(rate, (net, tax)): (i64, &(i64, i64))| {
            let (net, tax) = (euros(*net), euros(*tax));
            Tax { category: TaxCategory::Standard, rate, net, tax, exemption_reason: String::new() }
        };
        let taxes: Vec<Tax> = (1..).zip(&parts).map(tax).collect();
        let total = if parts.is_empty() { untaxed } else { parts.iter().map(|(net, tax)| net + tax).sum() };
        let price = Price { total: euros(total), lines: Vec::new(), taxes };
        let charged = owed(false, BookingStatus::Confirmed, &price, None, None);
        prop_assert_eq!(payable_by_prepaid(&charged), total);
        let amount = credit.min(total);
        let credit = Credit { amount, paid: paid.min(amount) };
        let used = PrepaidUse { prepaid_id: PrepaidId::new(0, [0; 10]), credit, currency: price.total.currency, hours: None };
        let left = less_prepaid(charged.clone(), &price, &[used]);
        prop_assert_eq!(left.values().sum::<i64>(), total - amount);
        let discounts = left.iter().filter(|(reason, _)| reason.purpose == Purpose::PrepaidUse && reason.tax.is_some());
        for (reason, discount) in discounts {
            let of_price = charged[&Reason { purpose: Purpose::Price, ..*reason }];
            prop_assert!(*discount < 0 && of_price + discount >= 0, "{discount} of {of_price}");
        }
        let foreign = PrepaidUse { currency: "GBP".parse().unwrap(), ..used };
        prop_assert_eq!(less_prepaid(charged.clone(), &price, &[foreign]), charged);
    }
}

#[test]
fn a_deposit_is_held_from_the_confirmation_on_until_it_is_returned() {
    let pounds = |amount| Money { amount, currency: "GBP".parse().unwrap() };
    let price = Price { total: pounds(0), lines: Vec::new(), taxes: Vec::new() };
    let held = Deposit { amount: pounds(500), returned: None };
    let owed = |status, deposit: &Deposit| -> Vec<_> {
        let owed = owed(false, status, &price, None, Some(deposit));
        owed.into_iter().map(|(reason, amount)| (reason.purpose, reason.credit, amount)).collect()
    };
    let all = [(Purpose::Deposit, Account::Deposits, 500)];
    for status in BookingStatus::ALL {
        let is_held =
            matches!(status, BookingStatus::Confirmed | BookingStatus::InUse | BookingStatus::Completed | BookingStatus::NoShow);
        assert_eq!(owed(*status, &held), if is_held { &all[..] } else { &[] }, "{status}");
    }
    for (kept, expected) in [(0, &[][..]), (200, &[(Purpose::KeptDeposit, Account::Fees, 200)])] {
        let returned = DepositReturn { returned_at: UtcTime::from_micros(0), returned_by: None, kept, reason: String::new() };
        assert_eq!(owed(BookingStatus::Completed, &Deposit { returned: Some(returned), ..held.clone() }), expected);
    }
}

proptest! {
    #[test]
    fn a_booking_has_moved_what_it_owes_after_any_changes(changes in prop::collection::vec(any_owed(), 1..8)) {
        let mut moved: BTreeMap<Reason, i128> = BTreeMap::new();
        let mut receivable: BTreeMap<Currency, i128> = BTreeMap::new();
        let mut before = Owed::new();
        for after in changes {
            for movement in movements(&before, &after) {
                prop_assert!(movement.amount.amount > 0 && movement.debit != movement.credit);
                *moved.entry(movement.reason()).or_default() += movement.charged();
                *receivable.entry(movement.amount.currency).or_default() += movement.charged();
            }
            before = after;
            let expected = before.iter().map(|(reason, amount)| (*reason, i128::from(*amount)));
            prop_assert!(moved.iter().filter(|(_, sum)| **sum != 0).map(|(reason, sum)| (*reason, *sum)).eq(expected));
        }
        for (currency, sum) in receivable {
            let of_currency = before.iter().filter(|(reason, _)| reason.currency == currency);
            let expected: i128 = of_currency.map(|(_, sum)| i128::from(*sum)).sum();
            prop_assert_eq!(sum, expected);
        }
    }
}

/// The same by a list of debts, paid from its beginning.
fn naive(history: &[(usize, i64)]) -> Option<usize> {
    let mut debts: Vec<(usize, usize, i64)> = Vec::new();
    let (mut paid, mut next) = (0, 0);
    for (booking, amount) in history {
        match booking {
            0 => paid += amount,
            booking if *amount > 0 => debts.push((next, *booking, *amount)),
            booking => {
                // The latest charges of the booking are taken back first.
                let mut back = -amount;
                for (.., debt) in debts.iter_mut().rev().filter(|(_, of, _)| of == booking) {
                    let part = back.min(*debt);
                    (*debt, back) = (*debt - part, back - part);
                }
            }
        }
        next += 1;
    }
    for (at, _, debt) in debts {
        let part = paid.min(debt);
        paid -= part;
        if debt > part {
            return Some(at);
        }
    }
    None
}

proptest! {
    #[test]
    fn payments_pay_the_oldest_debts_first(steps in prop::collection::vec((0..4_usize, 1..50_i64, any::<bool>()), 0..20)) {
        let ids: Vec<BookingId> = (0..4_u8).map(|number| BookingId::new(0, [number; 10])).collect();
        // A booking takes back no more than it has charged.
        let mut charged = [0_i64; 4];
        let mut history = Vec::new();
        for (booking, amount, is_back) in steps {
            match booking {
                0 => history.push((0, amount)),
                _ if is_back => {
                    let back = amount.min(charged[booking]);
                    charged[booking] -= back;
                    if back > 0 { history.push((booking, -back)); }
                }
                _ => { charged[booking] += amount; history.push((booking, amount)); }
            }
        }
        let movement = |booking: usize, amount: i64| {
            let money = Money { amount: amount.abs(), currency: "GBP".parse().unwrap() };
            match (booking, amount > 0) {
                (0, _) => payment(money, false),
                (_, is_charge) => {
                    let charge = Movement { debit: Account::Receivable, credit: Account::Income, amount: money, tax: None, purpose: Purpose::Price };
                    if is_charge { charge } else { charge.reversed() }
                }
            }
        };
        let balance: i128 = history.iter().map(|(booking, amount)| movement(*booking, *amount).charged()).sum();
        let mut since = OwedSince::new(balance);
        for (at, (booking, amount)) in history.iter().enumerate().rev() {
            let id = (*booking > 0).then(|| ids[*booking]);
            if !since.consider(id, movement(*booking, *amount), UtcTime::from_micros(i64::try_from(at).unwrap())) {
                break;
            }
        }
        let found = since.found().map(|at| usize::try_from(at.micros()).unwrap());
        prop_assert_eq!(found, naive(&history), "{:?}", history);
    }
}

#[test]
fn nothing_moves_when_nothing_changes() {
    let currency = "GBP".parse().unwrap();
    let reason = Reason { purpose: Purpose::Price, credit: Account::Income, tax: None, currency };
    let owed = Owed::from([(reason, 5)]);
    assert_eq!(movements(&owed, &owed), []);
}
