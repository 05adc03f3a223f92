//! VAT numbers, which are checked for the form that their country prescribes.

use std::fmt;
use std::str::FromStr;

use super::country::Country;
use crate::said::{said, says};

/// A VAT number in upper case, without blanks, dots and hyphens. Only its form is checked: nobody is asked whether it was assigned.
#[derive(serde::Serialize, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "columns", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow), diesel(sql_type = diesel::sql_types::Text))]
pub struct VatNumber(String);

/// A text that does not have the form of a VAT number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidVatNumber {
    /// It does not have one of the forms of the country.
    Form(Country, String),
    /// It is too short or too long, or has other characters.
    Characters,
}

/// The forms of each country, without the letters of the country with which each begins: `9` is a digit, `A` a letter, `X` either
/// one, `F` either one except I and O, `1` a 0 or 1, `S` a letter, `+` or `*`. Other characters stand for themselves in lower case.
const FORMS: &[(&str, &str, &[&str])] = &[
    ("AT", "AT", &["u99999999"]),
    ("BE", "BE", &["1999999999"]),
    ("BG", "BG", &["999999999", "9999999999"]),
    ("CH", "CH", &["e999999999", "e999999999mwst", "e999999999tva", "e999999999iva"]),
    ("CY", "CY", &["99999999A"]),
    ("CZ", "CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", "DE", &["999999999"]),
    ("DK", "DK", &["99999999"]),
    ("EE", "EE", &["999999999"]),
    ("ES", "ES", &["A99999999", "A9999999A", "99999999A"]),
    ("FI", "FI", &["99999999"]),
    ("FR", "FR", &["FF999999999"]),
    ("GB", "GB", &["999999999", "999999999999", "gd999", "ha999"]),
    ("GR", "EL", &["999999999"]),
    ("HR", "HR", &["99999999999"]),
    ("HU", "HU", &["99999999"]),
    ("IE", "IE", &["9999999A", "9999999AA", "9S99999A"]),
    ("IT", "IT", &["99999999999"]),
    ("LT", "LT", &["999999999", "999999999999"]),
    ("LU", "LU", &["99999999"]),
    ("LV", "LV", &["99999999999"]),
    ("MT", "MT", &["99999999"]),
    ("NL", "NL", &["999999999b99"]),
    ("NO", "NO", &["999999999", "999999999mva"]),
    ("PL", "PL", &["9999999999"]),
    ("PT", "PT", &["999999999"]),
    ("RO", "RO", &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"]),
    ("SE", "SE", &["999999999999"]),
    ("SI", "SI", &["99999999"]),
    ("SK", "SK", &["9999999999"]),
];

says!(InvalidVatNumber: |error| match error {
    InvalidVatNumber::Form(country, example) => said!("must have the form of a VAT number of {country}, such as {example}", country = country.to_string(), example),
    InvalidVatNumber::Characters => said!("must have 2 to 20 letters and digits"),
});

/// Returns whether a text has a form.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(c, class): (u8, u8)| match class {
        b'9' => c.is_ascii_digit(),
        b'1' => matches!(c, b'0' | b'1'),
        b'A' => c.is_ascii_uppercase(),
        b'S' => c.is_ascii_uppercase() || matches!(c, b'+' | b'*'),
        b'X' => c.is_ascii_uppercase() || c.is_ascii_digit(),
        b'F' => (c.is_ascii_uppercase() || c.is_ascii_digit()) && !matches!(c, b'I' | b'O'),
        literal => c == literal.to_ascii_uppercase(),
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

/// Returns a number that has a form.
fn example(prefix: &str, form: &str) -> String {
    let mut digits = (1..=9).cycle();
    let mut written = |class: char| match class {
        '9' => digits.next().map_or('1', |digit: u32| char::from_digit(digit, 10).unwrap_or('1')),
        '1' => '0',
        'A' | 'S' | 'X' | 'F' => 'K',
        literal => literal.to_ascii_uppercase(),
    };
    prefix.chars().chain(form.chars().map(&mut written).collect::<Vec<_>>()).collect()
}

impl VatNumber {
    /// Reads a VAT number of a country: of a member state of the European Union, Great Britain, Norway and Switzerland in one of the
    /// forms that the country prescribes, with the letters of the country in front; of other countries any letters and digits.
    ///
    /// # Errors
    /// When it does not have the form.
    pub fn read(country: Country, text: &str) -> Result<Self, InvalidVatNumber> {
        let text: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{A0}')).collect();
        let number: Self = text.to_ascii_uppercase().parse()?;
        let Some((_, prefix, forms)) = FORMS.iter().find(|(code, ..)| *code == country.as_str()) else { return Ok(number) };
        let rest = number.0.strip_prefix(prefix);
        if rest.is_some_and(|rest| forms.iter().any(|form| has_form(rest, form))) {
            return Ok(number);
        }
        Err(InvalidVatNumber::Form(country, forms.first().map_or_else(String::new, |form| example(prefix, form))))
    }

    /// Returns the number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VatNumber {
    type Err = InvalidVatNumber;
    /// Reads a number that is in upper case already, of any country.
    fn from_str(text: &str) -> Result<Self, InvalidVatNumber> {
        let is_known = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, b'+' | b'*');
        let is_number = (2..=20).contains(&text.len()) && text.bytes().all(is_known);
        if is_number { Ok(Self(text.to_owned())) } else { Err(InvalidVatNumber::Characters) }
    }
}

impl fmt::Display for VatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for VatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(country: &str, text: &str) -> Result<String, InvalidVatNumber> {
        VatNumber::read(country.parse().unwrap(), text).map(|number| number.to_string())
    }

    #[test]
    fn every_member_state_and_three_neighbours_have_forms() {
        let with_forms: Vec<Country> = FORMS.iter().map(|(code, ..)| code.parse().unwrap()).collect();
        assert!(with_forms.is_sorted());
        let neighbours = with_forms.iter().filter(|country| !country.is_in_eu()).map(Country::as_str);
        assert_eq!((with_forms.len(), neighbours.collect::<Vec<_>>()), (30, vec!["CH", "GB", "NO"]));
        for (code, prefix, forms) in FORMS {
            for form in *forms {
                let number = example(prefix, form);
                assert_eq!(read(code, &number).as_deref(), Ok(&*number));
                // Neither a letter nor a digit more or less, unless that is a form, too.
                let is_form =
                    |text: &str| text.strip_prefix(prefix).is_some_and(|rest| forms.iter().any(|form| has_form(rest, form)));
                for other in [format!("{number}1"), number[..number.len() - 1].to_owned(), number[2..].to_owned()] {
                    assert_eq!(read(code, &other).is_ok(), is_form(&other), "{other}");
                }
            }
        }
    }

    #[test]
    fn real_numbers_are_read_as_people_write_them() {
        for (country, written, number) in [
            ("DE", "de 129 273 398", "DE129273398"),
            ("AT", "ATU 6304-0123", "ATU63040123"),
            ("BE", "BE 0411.905.847", "BE0411905847"),
            ("FR", "FR 40 303 265 045", "FR40303265045"),
            ("FR", "FRK7399859412", "FRK7399859412"),
            ("ES", "ESX9999999X", "ESX9999999X"),
            ("IE", "IE6388047V", "IE6388047V"),
            ("IE", "IE3628739UH", "IE3628739UH"),
            ("IE", "IE8Z49289F", "IE8Z49289F"),
            ("GR", "EL094259216", "EL094259216"),
            ("NL", "nl004495445b01", "NL004495445B01"),
            ("GB", "GB 980 7806 84", "GB980780684"),
            ("CH", "CHE-116.281.710 MWST", "CHE116281710MWST"),
            ("NO", "NO 974 760 673 MVA", "NO974760673MVA"),
            ("US", "12-3456789", "123456789"),
        ] {
            assert_eq!(read(country, written).as_deref(), Ok(number));
        }
    }

    #[test]
    fn numbers_of_other_countries_and_other_forms_are_refused() {
        for (country, wrong) in [
            ("DE", "ATU63040123"),
            ("DE", "DE12927339"),
            ("DE", "129273398"),
            ("GR", "GR094259216"),
            ("BE", "BE2411905847"),
            ("ES", "ES999999999"),
            ("FR", "FRIO303265045"),
            ("GB", "XI980780684"),
            ("US", "1"),
            ("US", "12_34"),
            ("US", "123456789012345678901"),
            ("DE", "DE12927339８"),
        ] {
            assert!(read(country, wrong).is_err(), "{country} {wrong}");
        }
        let detail = read("AT", "AT1").unwrap_err().to_string();
        assert_eq!(detail, "must have the form of a VAT number of AT, such as ATU12345678");
    }
}
