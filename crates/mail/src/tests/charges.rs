//! Fees and deposits in letters.

use super::letters::{BOOKING, booking, letter};
use super::{at, read};
use crate::letter::Letter;
use domain::booking::{Deposit, DepositReturn, Fee, FeeKind, Waiver};
use domain::notification::{Notice, Recipient};
use domain::rules::FeeAfter;

/// Letters about bookings with a fee of each kind, which is due or waived.
pub(super) fn fees() -> Vec<Letter> {
    let with_fee = |kind: &FeeKind, waiver: Option<Waiver>| {
        let mut notice = booking(Notice::Confirmed, Recipient::Customer);
        let amount = notice.first.price;
        notice.first.fee = Some(Fee { kind: *kind, amount, waiver });
        notice.first.cancellation_fees = vec![FeeAfter { after: at("2026-11-30T09:00:00Z"), fee: amount }];
        letter(notice)
    };
    let waiver = Waiver { waived_at: at("2026-12-01T12:00:00Z"), waived_by: BOOKING.parse().unwrap(), reason: String::new() };
    FeeKind::ALL.iter().flat_map(|kind| [with_fee(kind, None), with_fee(kind, Some(waiver.clone()))]).collect()
}

/// Letters about bookings with a deposit: held, returned and kept in part.
pub(super) fn deposits() -> Vec<Letter> {
    let returned =
        |kept| DepositReturn { returned_at: at("2026-12-02T12:00:00Z"), returned_by: None, kept, reason: String::new() };
    let with_deposit = |returned| {
        let mut notice = booking(Notice::Confirmed, Recipient::Customer);
        notice.first.deposit = Some(Deposit { amount: notice.first.price, returned });
        letter(notice)
    };
    [None, Some(returned(0)), Some(returned(1000))].map(with_deposit).into()
}

#[test]
fn a_letter_tells_the_deposit_of_a_booking_and_what_became_of_it() {
    let texts: Vec<String> = deposits().iter().map(|letter| read(letter).text).collect();
    for (text, told) in texts.iter().zip([
        "Deposit: 42.50 GBP, returned after the use\n",
        "Deposit: 42.50 GBP returned\n",
        "Deposit: 10.00 GBP of 42.50 GBP kept by the host, the rest returned\n",
    ]) {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
}

#[test]
fn a_letter_tells_the_fee_of_a_booking_and_what_a_cancellation_would_cost() {
    let texts: Vec<String> = fees().iter().map(|letter| read(letter).text).collect();
    for (text, told) in texts.iter().zip([
        "Fee: 42.50 GBP for the late cancellation, in place of the price\n",
        "Fee: 42.50 GBP for the late cancellation, in place of the price (waived)\n",
        "Fee: 42.50 GBP in place of the price, because nobody came\n",
        "Fee: 42.50 GBP in place of the price, because nobody came (waived)\n",
        "Fee: 42.50 GBP for the time after the end\n",
        "Fee: 42.50 GBP for the time after the end (waived)\n",
    ]) {
        assert!(text.contains(told), "{told} is not in\n{text}");
        assert!(text.contains("Cancellation: costs 42.50 GBP after Mon 30 Nov 2026, 09:00"), "{text}");
    }
}
