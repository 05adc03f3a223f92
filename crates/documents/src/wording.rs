//! The words on documents, in the language of the document.

use chrono::NaiveDate;
use domain::invoice::{Invoice, InvoiceKind, InvoiceLine, InvoiceTax};
use domain::language::Language;
use domain::money::Money;
use domain::pricing::TaxCategory;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The texts of a document.
pub(crate) struct Words(Texts);

impl Words {
    /// Returns the texts in a language.
    pub(crate) fn new(language: Language) -> Self {
        Self(Texts::new(&language.into()))
    }

    /// Returns a text without variables.
    pub(crate) fn text(&self, message: &str, name: &str) -> String {
        self.0.attribute_text(&format!("document-{message}"), name)
    }

    /// Returns a text with its variables filled in.
    pub(crate) fn with<const N: usize>(&self, message: &str, name: &str, values: [(&'static str, &str); N]) -> String {
        let values = variables(values.map(|(variable, value)| (variable, value.to_owned().into())));
        self.0.attribute(&format!("document-{message}"), name, &values)
    }

    /// Returns a text about a kind of document.
    pub(crate) fn of_kind(&self, kind: InvoiceKind, name: &str) -> String {
        self.text(kind.as_str(), name)
    }

    /// Returns the name and number of a document.
    pub(crate) fn named(&self, invoice: &Invoice) -> String {
        format!("{} {}", self.of_kind(invoice.kind, "title"), invoice.number())
    }

    /// Returns the description of a line.
    pub(crate) fn described(&self, line: &InvoiceLine) -> String {
        let described = self.with("line", line.purpose.as_str(), [("description", &line.description)]);
        // The price of a booking has no other name.
        if described.is_empty() { line.description.clone() } else { described }
    }

    /// Returns an amount without its currency.
    pub(crate) fn plain(&self, money: Money) -> String {
        let written = money.to_string();
        self.decimal(written.split(' ').next().unwrap_or_default())
    }

    /// Returns an amount with its currency.
    pub(crate) fn amount(&self, money: Money) -> String {
        format!("{} {}", self.plain(money), money.currency)
    }

    /// Returns a day.
    pub(crate) fn day(&self, date: NaiveDate) -> String {
        when::day(&self.0, date)
    }

    /// Returns a rate of VAT: `19 %`, `5.5 %`.
    pub(crate) fn rate(&self, hundredths: i64) -> String {
        let (whole, rest) = (hundredths / 100, hundredths % 100);
        let decimals = if rest == 0 { String::new() } else { format!(".{rest:02}").trim_end_matches('0').to_owned() };
        format!("{} %", self.decimal(&format!("{whole}{decimals}")))
    }

    fn decimal(&self, number: &str) -> String {
        number.replace('.', &self.0.text("decimal-separator"))
    }

    /// Returns the tax of a line, in few letters.
    pub(crate) fn short(&self, line: &InvoiceLine) -> String {
        match line.tax_category {
            Some(TaxCategory::Standard | TaxCategory::Zero) => self.rate(line.tax_rate.unwrap_or_default()),
            Some(TaxCategory::Exempt) => self.text("tax", "short-exempt"),
            Some(TaxCategory::ReverseCharge) => self.text("tax", "short-reverse_charge"),
            None => self.text("tax", "short-none"),
        }
    }

    /// Returns the tax of a category and rate, in the sums.
    pub(crate) fn taxed(&self, tax: &InvoiceTax) -> String {
        let net = self.plain(tax.net);
        match tax.category {
            TaxCategory::Standard | TaxCategory::Zero => {
                self.with("tax", "standard", [("rate", &self.rate(tax.rate)), ("net", &net)])
            }
            category => self.with("tax", category.as_str(), [("net", &net)]),
        }
    }

    /// Returns the reason why a category has no VAT.
    pub(crate) fn reason(&self, tax: &InvoiceTax) -> Option<String> {
        match tax.category {
            TaxCategory::Standard | TaxCategory::Zero => None,
            // The reason where the host named none.
            TaxCategory::Exempt if tax.exemption_reason.is_empty() => Some(self.text("tax", "why-exempt")),
            TaxCategory::Exempt => Some(tax.exemption_reason.clone()),
            TaxCategory::ReverseCharge => Some(self.text("tax", "why-reverse_charge")),
        }
    }

    /// Returns the reason why a document is no electronic invoice.
    pub(crate) fn no_xml(&self, why: impl Into<domain::said::Said>) -> String {
        self.with("note", "no-xml", [("why", &self.0.said(&why.into()))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_amounts_are_written_without_needless_digits() {
        let (english, german) = (Words::new(Language::English), Words::new(Language::German));
        assert_eq!([1900, 550, 0, 1025, 5].map(|rate| english.rate(rate)), ["19 %", "5.5 %", "0 %", "10.25 %", "0.05 %"]);
        let money = |amount, code: &str| Money { amount, currency: code.parse().unwrap() };
        let all = [money(-1250, "EUR"), money(7, "JPY"), money(1, "KWD")];
        assert_eq!(all.map(|money| english.plain(money)), ["-12.50", "7", "0.001"]);
        assert_eq!((german.rate(550), german.amount(all[0])), ("5,5 %".to_owned(), "-12,50 EUR".to_owned()));
    }

    #[test]
    fn a_day_is_written_as_its_language_writes_it() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let written = [Language::English, Language::Dutch, Language::French, Language::German].map(|it| Words::new(it).day(day));
        assert_eq!(written, ["Tue 1 Dec 2026", "di 1 dec 2026", "mar. 1er déc. 2026", "Di., 1. Dez. 2026"]);
    }
}
