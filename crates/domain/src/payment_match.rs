//! The customers and invoices that an incoming amount in a bank statement seems to pay.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization as _;

use super::ids::{InvoiceId, OrganizationId};
use super::money::Money;
use super::text_enum::text_enum;

text_enum! {
    /// The reason for a proposal, the best first.
    pub enum MatchReason {
        /// The text has the number of the invoice, and its open amount is the amount of the line.
        NumberAndAmount = "invoice_number_and_amount",
        /// The text has the number of the invoice.
        Number = "invoice_number",
        /// The open amount of the invoice is the amount of the line, and the payer has the name of the customer.
        AmountAndName = "amount_and_name",
        /// The open amount of the invoice, and of no other, is the amount of the line.
        Amount = "amount",
        /// The payer has the name of the customer.
        Name = "name",
    }
}

/// An invoice that is not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpaidInvoice {
    /// The invoice.
    pub id: InvoiceId,
    /// Its customer.
    pub customer_id: OrganizationId,
    /// The year and the number in it.
    pub number: (i32, i32),
    /// The amount to be paid.
    pub open: Money,
    /// The date until which it is to be paid.
    pub due_on: NaiveDate,
}

/// The customer and the invoice that a line may pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// The customer.
    pub customer_id: OrganizationId,
    /// The invoice; none if only the customer is known.
    pub invoice: Option<UnpaidInvoice>,
    /// The reason.
    pub reason: MatchReason,
}

/// The largest number of proposals for a line.
pub const MOST_PROPOSALS: usize = 5;

/// The invoices and customers of a host, in the forms in which lines are compared with them.
#[derive(Debug, Default)]
pub struct Candidates {
    invoices: Vec<UnpaidInvoice>,
    /// The invoices by their numbers without a hyphen.
    by_number: HashMap<String, usize>,
    by_amount: HashMap<Money, Vec<usize>>,
    /// The names of customers, each as its words.
    names: Vec<(OrganizationId, BTreeSet<String>)>,
    by_word: HashMap<String, Vec<usize>>,
}

impl Candidates {
    /// Prepares the comparison with unpaid invoices of a host, and with names of its customers: a customer can have several.
    pub fn new(mut invoices: Vec<UnpaidInvoice>, names: &[(OrganizationId, String)]) -> Self {
        invoices.sort_by_key(|invoice| (invoice.due_on, invoice.number));
        let mut prepared = Self { invoices, ..Self::default() };
        for (at, invoice) in prepared.invoices.iter().enumerate() {
            let (year, sequence) = invoice.number;
            prepared.by_number.insert(format!("{year}{sequence:05}"), at);
            prepared.by_amount.entry(invoice.open).or_default().push(at);
        }
        for (customer, name) in names {
            let words = words(name);
            for word in &words {
                prepared.by_word.entry(word.clone()).or_default().push(prepared.names.len());
            }
            prepared.names.push((*customer, words));
        }
        prepared
    }

    /// Returns what an incoming amount with the name of its payer and a text seems to pay, the best proposal first.
    pub fn proposals(&self, amount: Money, name: &str, text: &str) -> Vec<Proposal> {
        let mut found: Vec<(MatchReason, usize)> = Vec::new();
        for at in numbers(text).iter().filter_map(|number| self.by_number.get(number)) {
            if let Some(invoice) = self.invoices.get(*at).filter(|invoice| invoice.open.currency == amount.currency) {
                let is_exact = invoice.open == amount;
                found.push((if is_exact { MatchReason::NumberAndAmount } else { MatchReason::Number }, *at));
            }
        }
        let named = self.named(name);
        let same = self.by_amount.get(&amount).map(Vec::as_slice).unwrap_or_default();
        for at in same {
            let is_named = self.invoices.get(*at).is_some_and(|invoice| named.contains(&invoice.customer_id));
            match (is_named, same.len()) {
                (true, _) => found.push((MatchReason::AmountAndName, *at)),
                (false, 1) => found.push((MatchReason::Amount, *at)),
                (false, _) => {}
            }
        }
        // Invoices are in the order of their due dates.
        found.sort_unstable();
        let mut proposals: Vec<Proposal> = Vec::new();
        for (reason, at) in found {
            let Some(invoice) = self.invoices.get(at).copied() else { continue };
            if !proposals.iter().any(|known| known.invoice.is_some_and(|known| known.id == invoice.id)) {
                proposals.push(Proposal { customer_id: invoice.customer_id, invoice: Some(invoice), reason });
            }
        }
        for customer_id in named {
            if !proposals.iter().any(|known| known.customer_id == customer_id) {
                proposals.push(Proposal { customer_id, invoice: None, reason: MatchReason::Name });
            }
        }
        proposals.truncate(MOST_PROPOSALS);
        proposals
    }

    /// The customers of which a name has all words of this one, or the other way round.
    fn named(&self, name: &str) -> BTreeSet<OrganizationId> {
        let words = words(name);
        let near: BTreeSet<usize> = words.iter().filter_map(|word| self.by_word.get(word)).flatten().copied().collect();
        let is_long = |words: &BTreeSet<String>| words.iter().map(String::len).sum::<usize>() >= 4;
        let fits = |(customer, own): &(OrganizationId, BTreeSet<String>)| {
            let is_same = (is_long(own) && own.is_subset(&words)) || (is_long(&words) && words.is_subset(own));
            is_same.then_some(*customer)
        };
        near.iter().filter_map(|at| self.names.get(*at)).filter_map(fits).collect()
    }
}

/// Words that names have in common: legal forms, which payers leave out.
const FORMS: [&str; 27] = [
    "ab", "ag", "and", "as", "bv", "co", "ek", "eg", "ev", "gbr", "gmbh", "inc", "kg", "kgaa", "limited", "llc", "llp", "ltd",
    "mbh", "nv", "oy", "plc", "sa", "sarl", "se", "srl", "ug",
];

/// The words of a name in a common form: small letters without marks, without legal forms.
fn words(name: &str) -> BTreeSet<String> {
    let mut plain = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            // As in e.V.
            '.' | '\'' | '’' => {}
            other => plain.extend(
                std::iter::once(other).nfkd().filter(|c| c.is_alphanumeric() || c.is_whitespace() || c.is_ascii_punctuation()),
            ),
        }
    }
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !FORMS.contains(word));
    words.map(str::to_owned).collect()
}

/// The longest number of an invoice without its hyphen.
const LONGEST_NUMBER: usize = 14;

/// All that can be the number of an invoice in a text, without hyphens: digits, also if blanks, hyphens, points or slashes divide them.
fn numbers(text: &str) -> BTreeSet<String> {
    // Runs of digits, each with whether only such marks divide it from the one before.
    let mut runs: Vec<(bool, String)> = Vec::new();
    let (mut gap, mut is_divided) = (usize::MAX, false);
    for c in text.chars() {
        if c.is_ascii_digit() {
            match runs.last_mut().filter(|_| gap == 0) {
                Some((_, run)) => run.push(c),
                None => runs.push((is_divided && gap <= 3, c.to_string())),
            }
            (gap, is_divided) = (0, true);
        } else {
            gap = gap.saturating_add(1);
            is_divided &= c.is_whitespace() || ['-', '–', '‐', '/', '.', '_'].contains(&c);
        }
    }
    let mut found = BTreeSet::new();
    for from in 0..runs.len() {
        let mut joined = String::new();
        for (at, (continues, run)) in runs.iter().enumerate().skip(from) {
            if (at > from && !continues) || joined.len() + run.len() > LONGEST_NUMBER {
                break;
            }
            joined.push_str(run);
            found.insert(joined.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::Identifier as _;

    fn pounds(amount: i64) -> Money {
        Money { amount, currency: "GBP".parse().unwrap() }
    }

    fn customer(number: u8) -> OrganizationId {
        OrganizationId::new(0, [number; 10])
    }

    fn invoice(sequence: u8, of: u8, open: i64) -> UnpaidInvoice {
        UnpaidInvoice {
            id: InvoiceId::new(0, [sequence; 10]),
            customer_id: customer(of),
            number: (2026, sequence.into()),
            open: pounds(open),
            due_on: NaiveDate::from_ymd_opt(2026, 12, sequence.into()).unwrap(),
        }
    }

    fn candidates() -> Candidates {
        let invoices = vec![invoice(3, 2, 500), invoice(1, 1, 357), invoice(2, 1, 500), invoice(4, 3, 900)];
        let names = ["Newcomer Ltd", "Müller Technik GmbH", "Nina & Olga Works e.V."];
        let mut names: Vec<_> = (1..).zip(names).map(|(number, name)| (customer(number), name.to_owned())).collect();
        names.push((customer(1), "Newcomer Holding".to_owned()));
        Candidates::new(invoices, &names)
    }

    /// The proposals: the customer, the number of the invoice and the reason.
    fn proposed(amount: i64, name: &str, text: &str) -> Vec<(u8, i32, MatchReason)> {
        let found = candidates().proposals(pounds(amount), name, text);
        let number = |id: OrganizationId| (1..9).find(|number| customer(*number) == id).unwrap();
        found.iter().map(|one| (number(one.customer_id), one.invoice.map_or(0, |invoice| invoice.number.1), one.reason)).collect()
    }

    #[test]
    fn the_number_of_an_invoice_is_found_however_people_write_it() {
        for text in [
            "Invoice 2026-00001",
            "invoice 2026 00001",
            "INV202600001",
            "re:2026/00001 thanks",
            "2026-0\n0001",
            "rf18 2026.00001",
            "paid on 04.12.2026 2026-00001",
            "no 2026 - 00001.",
            "SVWZ+2026–00001",
        ] {
            assert_eq!(proposed(357, "", text), [(1, 1, MatchReason::NumberAndAmount)], "{text}");
            assert_eq!(proposed(100, "", text), [(1, 1, MatchReason::Number)], "{text}");
        }
        for text in ["12026-00001", "2026-000010", "2026 a 00001", "2026    00001", "2025-00001", "00001", "2026"] {
            assert_eq!(proposed(100, "", text), [], "{text}");
        }
    }

    #[test]
    fn the_best_reason_comes_first_and_each_invoice_once() {
        let both = [(1, 2, MatchReason::NumberAndAmount), (1, 1, MatchReason::Number), (2, 3, MatchReason::AmountAndName)];
        assert_eq!(proposed(500, "Mueller Technik", "2026-00001 and 2026-00002"), both);
        // The customers of two invoices have this amount to pay, so it says nothing by itself.
        assert_eq!(proposed(500, "", "thanks"), []);
        assert_eq!(proposed(900, "somebody", ""), [(3, 4, MatchReason::Amount)]);
        assert_eq!(proposed(1, "NEWCOMER", ""), [(1, 0, MatchReason::Name)]);
        assert_eq!(proposed(500, "newcomer limited", ""), [(1, 2, MatchReason::AmountAndName)]);
    }

    #[test]
    fn names_are_compared_by_their_words() {
        for name in ["MUELLER TECHNIK", "Müller-Technik GmbH & Co. KG", "Technik Müller"] {
            assert_eq!(proposed(1, name, ""), [(2, 0, MatchReason::Name)], "{name}");
        }
        assert_eq!(proposed(1, "Olga Works and Nina eV", ""), [(3, 0, MatchReason::Name)]);
        for name in ["", "GmbH", "Works Ltd & Sons", "Mull", "Technik Schmidt"] {
            assert_eq!(proposed(1, name, ""), [], "{name}");
        }
    }

    #[test]
    fn an_invoice_in_another_currency_is_never_proposed() {
        let euros = Money { amount: 357, currency: "EUR".parse().unwrap() };
        assert_eq!(candidates().proposals(euros, "", "2026-00001"), []);
    }

    proptest! {
        #[test]
        fn a_number_is_found_wherever_blanks_break_it(
            breaks in prop::collection::vec(prop::sample::select(vec!["", " ", "\n", "-"]), 9),
            before in "[a-zA-Z ,]{0,20}", after in "([,a-zA-Z ][a-z ]{0,20})?",
        ) {
            let broken: String = "202600001".chars().zip(&breaks).map(|(c, between)| format!("{c}{between}")).collect();
            let text = format!("{before}{broken}{after}");
            prop_assert_eq!(proposed(357, "", &text), [(1, 1, MatchReason::NumberAndAmount)], "{}", text);
        }

        #[test]
        fn no_text_is_too_strange(amount in any::<i64>(), name in ".{0,80}", text in "[0-9 ./\\-\\PC]{0,200}") {
            prop_assert!(candidates().proposals(pounds(amount), &name, &text).len() <= MOST_PROPOSALS);
        }
    }
}
