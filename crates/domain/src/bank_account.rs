//! Bank accounts that customers transfer money to, and the code that a banking app reads such a transfer from.

use serde::{Deserialize, Serialize};

use super::country::Country;
use super::fields::{Fields, InvalidFields};
use super::limits;
use super::money::Money;
use crate::said::{Said, said, says};

/// A bank account for transfers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "holder": "Rotor Works GmbH"}))]
pub struct BankAccount {
    /// The IBAN. Its check digits and its length must be right. It is stored in upper case without blanks.
    #[schema(value_type = limits::IbanText)]
    pub iban: String,
    /// The BIC of the bank: 8 or 11 letters and digits. Default, and with null: none.
    #[serde(default)]
    #[schema(value_type = Option<limits::BicText>)]
    pub bic: Option<String>,
    /// The holder of the account. Default, and with null: the name on the invoice.
    #[serde(default)]
    #[schema(value_type = Option<limits::AccountHolder>)]
    pub holder: Option<String>,
}

/// A text that is not an IBAN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidIban {
    /// No country has IBANs that begin like this.
    Country,
    /// The length is not that of the country.
    Length(String, usize),
    /// It has other characters than letters and digits, or a digit is wrong.
    CheckDigits,
}

says!(InvalidIban: |error| match error {
    InvalidIban::Country => said!("must begin with the letters of a country that uses the IBAN, such as DE, and two digits"),
    InvalidIban::Length(country, length) => said!("must have {length} letters and digits for {country}", length, country),
    InvalidIban::CheckDigits => said!("must be an IBAN whose check digits are right; a digit or letter is wrong"),
});

/// The length of the IBANs of each country, by the IBAN Registry.
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 \
    EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 \
    LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 \
    SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

/// Returns an IBAN in upper case without blanks.
///
/// # Errors
/// The first rule that it breaks.
pub fn read_iban(text: &str) -> Result<String, InvalidIban> {
    let iban: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{A0}')).collect();
    let iban = iban.to_ascii_uppercase();
    let country = iban.get(..2).ok_or(InvalidIban::Country)?;
    let length = LENGTHS.split(' ').find_map(|entry| entry.strip_prefix(country)).and_then(|length| length.parse().ok());
    let length: usize = length.filter(|_| country.bytes().all(|c| c.is_ascii_uppercase())).ok_or(InvalidIban::Country)?;
    if iban.chars().count() != length {
        return Err(InvalidIban::Length(country.to_owned(), length));
    }
    if remainder(&iban) == Some(1) { Ok(iban) } else { Err(InvalidIban::CheckDigits) }
}

/// The remainder by 97 of the number that an IBAN stands for: the first four characters come last, and A is 10, B is 11 and so on.
/// None with other characters than digits and capital letters.
fn remainder(iban: &str) -> Option<u32> {
    let (front, rest) = iban.split_at_checked(4)?;
    rest.chars().chain(front.chars()).try_fold(0, |remainder, c| {
        let value = c.to_digit(36).filter(|_| c.is_ascii_digit() || c.is_ascii_uppercase())?;
        Some((remainder * if value < 10 { 10 } else { 100 } + value) % 97)
    })
}

/// Returns a BIC in upper case.
fn read_bic(text: &str) -> Result<String, Said> {
    let bic = text.to_ascii_uppercase();
    let is_known = |c: &u8| c.is_ascii_uppercase() || c.is_ascii_digit();
    let country = bic.get(4..6).is_some_and(|country| country == "XK" || country.parse::<Country>().is_ok());
    let is_bic = matches!(bic.len(), 8 | 11) && bic.bytes().all(|c| is_known(&c)) && country;
    if is_bic {
        Ok(bic)
    } else {
        Err(said!("must be a BIC: 8 or 11 letters and digits, of which the fifth and sixth name a country"))
    }
}

impl BankAccount {
    /// Returns the validated account.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<Self, InvalidFields> {
        let mut fields = Fields::default();
        let iban = fields.line("/iban", &self.iban, limits::IbanText::RANGE);
        let iban = iban.and_then(|iban| fields.take("/iban", read_iban(&iban)));
        let bic = self.bic.as_ref().and_then(|bic| fields.take("/bic", read_bic(bic.trim())));
        let holder = self.holder.as_ref().and_then(|holder| fields.line("/holder", holder, limits::AccountHolder::RANGE));
        fields.finish(|| Some(Self { iban: iban?, bic, holder }))
    }

    /// Returns the IBAN in groups of four, as people read it.
    pub fn grouped_iban(&self) -> String {
        let characters: Vec<char> = self.iban.chars().collect();
        characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

/// The most characters of the name in the code of a transfer.
const LONGEST_NAME: usize = 70;
/// The largest amount in the code of a transfer, in cents.
const LARGEST_AMOUNT: i64 = 99_999_999_999;

/// Returns the text of a code for a transfer that a banking app scans (EPC069-12, version 2): to an account, whose holder is `name`
/// if it names none, with a reference. None if the amount is not between 0.01 and 999,999,999.99 EUR: there is no code for others.
pub fn transfer_code(account: &BankAccount, name: &str, amount: Money, reference: &str) -> Option<String> {
    let is_possible = amount.currency.as_str() == "EUR" && (1..=LARGEST_AMOUNT).contains(&amount.amount);
    let name: String = account.holder.as_deref().unwrap_or(name).chars().take(LONGEST_NAME).collect();
    let amount = format!("EUR{}.{:02}", amount.amount / 100, amount.amount % 100);
    let bic = account.bic.as_deref().unwrap_or_default();
    // Service, version, characters in UTF-8, kind of transfer, bank, name, account, amount, purpose, and two kinds of references.
    let lines = ["BCD", "002", "1", "SCT", bic, name.trim_end(), &account.iban, &amount, "", "", reference];
    is_possible.then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> BankAccount {
        BankAccount { iban: "DE89370400440532013000".to_owned(), bic: Some("COBADEFFXXX".to_owned()), holder: None }
    }

    fn euros(amount: i64) -> Money {
        Money { amount, currency: "EUR".parse().unwrap() }
    }

    #[test]
    fn an_iban_is_read_as_people_write_it() {
        for (written, expected) in [
            ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("gb29-nwbk-6016-1331-9268-19", "GB29NWBK60161331926819"),
            ("FR1420041010050500013M02606", "FR1420041010050500013M02606"),
            ("NO9386011117947", "NO9386011117947"),
            ("LC55HEMM000100010012001200023015", "LC55HEMM000100010012001200023015"),
        ] {
            assert_eq!(read_iban(written).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn an_iban_with_one_wrong_character_or_two_swapped_is_refused() {
        let right: Vec<char> = "DE89370400440532013000".chars().collect();
        for at in 2..right.len() {
            for digit in '0'..='9' {
                let mut wrong = right.clone();
                wrong[at] = digit;
                let is_right = wrong == right;
                assert_eq!(read_iban(&wrong.iter().collect::<String>()).is_ok(), is_right, "{wrong:?}");
            }
            if at + 1 < right.len() && right[at] != right[at + 1] {
                let mut swapped = right.clone();
                swapped.swap(at, at + 1);
                assert_eq!(read_iban(&swapped.iter().collect::<String>()), Err(InvalidIban::CheckDigits), "{swapped:?}");
            }
        }
    }

    #[test]
    fn an_iban_has_the_length_of_its_country() {
        assert_eq!(read_iban("DE8937040044053201300"), Err(InvalidIban::Length("DE".to_owned(), 22)));
        assert_eq!(read_iban("DE893704004405320130000"), Err(InvalidIban::Length("DE".to_owned(), 22)));
        for text in ["", "D", "US89370400440532013000", "89DE370400440532013000", "Ä", "24", "4"] {
            assert_eq!(read_iban(text), Err(InvalidIban::Country), "{text}");
        }
        assert_eq!(read_iban("DE89 3704 0044 0532 0130 0ß"), Err(InvalidIban::CheckDigits));
        let entries: Vec<&str> = LENGTHS.split_whitespace().collect();
        assert!(
            entries.is_sorted() && entries.iter().all(|entry| entry.len() == 4 && entry[2..].parse::<usize>().unwrap() <= 34)
        );
    }

    #[test]
    fn everything_that_is_wrong_with_an_account_is_reported_at_once() {
        let wrong = BankAccount { iban: "DE1".to_owned(), bic: Some("COBADE".to_owned()), holder: Some("x".repeat(71)) };
        let errors = wrong.read().unwrap_err().0;
        let found: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.code.as_str())).collect();
        assert_eq!(found, [("/iban", "invalid"), ("/bic", "invalid"), ("/holder", "too_long")]);
        for bic in ["COBADEFF", "cobadeffxxx", "NCBVXKPR"] {
            assert!(read_bic(bic).is_ok(), "{bic}");
        }
        for bic in ["", "COBADEFFX", "COBAZZFF", "COBADEF-", "COBADEÄF"] {
            assert!(read_bic(bic).is_err(), "{bic}");
        }
        let kept =
            BankAccount { iban: "de89 3704 0044 0532 0130 00".to_owned(), bic: Some("cobadeffxxx".to_owned()), holder: None };
        assert_eq!(kept.read(), Ok(account()));
        assert_eq!(account().grouped_iban(), "DE89 3704 0044 0532 0130 00");
    }

    #[test]
    fn the_code_of_a_transfer_has_the_lines_of_epc069_12() {
        let code = transfer_code(&account(), "Rotor Works GmbH", euros(35_705), "2026-00001").unwrap();
        let expected = "BCD\n002\n1\nSCT\nCOBADEFFXXX\nRotor Works GmbH\nDE89370400440532013000\nEUR357.05\n\n\n2026-00001";
        assert_eq!(code, expected);
        let of_holder = BankAccount { bic: None, holder: Some("Ärmel ".repeat(12)), ..account() };
        let code = transfer_code(&of_holder, "Rotor Works GmbH", euros(1), "2026-00001").unwrap();
        let lines: Vec<&str> = code.lines().collect();
        assert_eq!((lines[4], lines[5].chars().count(), lines[7]), ("", 70, "EUR0.01"));
        assert!(code.len() <= 331, "the standard allows 331 bytes");
    }

    #[test]
    fn only_amounts_in_euros_have_a_code() {
        let code = |amount| transfer_code(&account(), "Rotor Works GmbH", amount, "2026-00001");
        let pounds = Money { amount: 100, currency: "GBP".parse().unwrap() };
        assert!([pounds, euros(0), euros(-1), euros(LARGEST_AMOUNT + 1)].into_iter().all(|amount| code(amount).is_none()));
        assert!(code(euros(LARGEST_AMOUNT)).unwrap().contains("\nEUR999999999.99\n"));
    }
}
