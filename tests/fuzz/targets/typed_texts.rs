//! Short texts that people type: what is read and written is read as the same again, and search words have bounds.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use domain::bank_account::read_iban;
use domain::country::Country;
use domain::coupon::CouponCode;
use domain::email::Email;
use domain::geo::Position;
use domain::money::Currency;
use domain::network::{Network, check_url};
use domain::time::UtcTime;
use domain::vat_number::VatNumber;
use domain::wall_clock::read_local;
use domain::words::{Query, correct, fold, is_meant, lengths, stored};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    read_again::<Country>(text);
    read_again::<CouponCode>(text);
    read_again::<Currency>(text);
    read_again::<Email>(text);
    read_again::<VatNumber>(text);
    let _ = text.parse::<Network>();
    let _ = text.parse::<Position>();
    let _ = read_local(text);
    let _ = check_url(text, &[]);
    if let Ok(iban) = read_iban(text) {
        assert_eq!(read_iban(&iban), Ok(iban));
    }
    if let Ok(time) = UtcTime::parse(text) {
        assert_eq!(UtcTime::parse(&time.to_string()), Ok(time));
    }
    let folded = fold([text]);
    assert_eq!(fold([folded.as_str()]), folded);
    let query = Query::new(text);
    assert!(query.clauses().iter().flatten().all(|term| !term.word.is_empty() && !term.word.contains(' ')));
    assert!(query.correctable().all(|word| lengths(word).contains(&word.chars().count()) && !is_meant(word, "")));
    assert!(correct(&[text], &[]).iter().all(|word| stored(&[text], &[]).split(' ').any(|other| other == word)));
});

fn read_again<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        assert_eq!(read.to_string().parse::<T>().expect("it is written as it is read"), read);
    }
}
