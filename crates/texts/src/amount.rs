//! Amounts of money in the form of a language.

use super::catalogue::{Texts, variables};
use domain::money::Money;

/// Returns an amount with its currency: `1,250.00 GBP` in English, `1.250,00 GBP` in German.
pub fn amount(texts: &Texts, money: Money) -> String {
    let decimals = money.currency.decimals() as usize;
    let digits = format!("{:0>width$}", money.amount.unsigned_abs(), width = decimals + 1);
    let (whole, rest) = digits.split_at(digits.len() - decimals);
    let whole = in_groups(texts, whole);
    let number = if decimals == 0 { whole } else { [whole.as_str(), rest].join(&texts.text("decimal-separator")) };
    let sign = if money.amount < 0 { "-" } else { "" };
    let currency = money.currency.as_str();
    texts.message("amount", &variables([("number", format!("{sign}{number}").into()), ("currency", currency.into())]))
}

/// The digits of a whole number in groups of three.
fn in_groups(texts: &Texts, digits: &str) -> String {
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(&texts.text("group-separator"))
}

/// Returns a number with all its decimals: `2.25` in English, `2,25` in German.
pub fn decimal(texts: &Texts, number: f64) -> String {
    number.to_string().replace('.', &texts.text("decimal-separator"))
}

/// Returns a number, which is not negative, with one decimal: `1,002.5` in English, `1.002,5` in German.
pub fn tenths(texts: &Texts, number: f64) -> String {
    let digits = format!("{number:.1}");
    let (whole, rest) = digits.split_once('.').unwrap_or((&digits, "0"));
    [in_groups(texts, whole).as_str(), rest].join(&texts.text("decimal-separator"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::mail::Locale;

    #[test]
    fn money_is_written_in_the_form_of_each_language() {
        let written = |language: &str, minor, code: &str| {
            let money = Money { amount: minor, currency: code.parse().unwrap() };
            amount(&Texts::new(&Locale(language.to_owned())), money)
        };
        for (language, euros, little, yen) in [
            ("en", "1,234,567.05 EUR", "-0.05 GBP", "1,250 JPY"),
            ("de", "1.234.567,05\u{a0}EUR", "-0,05\u{a0}GBP", "1.250\u{a0}JPY"),
            ("nl", "EUR\u{a0}1.234.567,05", "GBP\u{a0}-0,05", "JPY\u{a0}1.250"),
            ("fr", "1\u{202f}234\u{202f}567,05\u{a0}EUR", "-0,05\u{a0}GBP", "1\u{202f}250\u{a0}JPY"),
        ] {
            let all = [(123_456_705, "EUR"), (-5, "GBP"), (1250, "JPY")].map(|(minor, code)| written(language, minor, code));
            assert_eq!(all, [euros, little, yen], "{language}");
        }
        assert_eq!(written("en", i64::MIN, "KWD"), "-9,223,372,036,854,775.808 KWD");
    }

    #[test]
    fn numbers_are_written_in_the_form_of_each_language() {
        for (language, hours) in [("en", "332,904.5 0.0"), ("de", "332.904,5 0,0"), ("fr", "332\u{202f}904,5 0,0")] {
            let texts = Texts::new(&Locale(language.to_owned()));
            assert_eq!([tenths(&texts, 332_904.5), tenths(&texts, 0.0)].join(" "), hours);
        }
    }
}
