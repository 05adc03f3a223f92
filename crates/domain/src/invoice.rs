//! Invoices and credit notes: the documents about amounts that a customer owes, or no longer owes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bank_account::BankAccount;
use super::billing::BillingAddress;
use super::ids::{BookingId, InvoiceId, OrganizationId, UserId};
use super::language::Language;
use super::ledger::{Account, Movement, Purpose, TaxRate};
use super::money::{Currency, Money};
use super::pricing::{TaxCategory, vat_on};
use super::text_enum::text_enum;
use super::time::UtcTime;

text_enum! {
    /// The kind of a document.
    pub enum InvoiceKind {
        /// The customer has to pay it.
        Invoice = "invoice",
        /// It corrects invoices: the customer owes less.
        CreditNote = "credit_note",
    }
}

/// A party of a document, as it was when the document was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvoiceParty {
    /// The name: that of the billing address, or of the organization.
    pub name: String,
    /// The billing address. Null: the organization had none.
    #[schema(required)]
    pub address: Option<BillingAddress>,
    /// The country, as an ISO 3166-1 alpha-2 code. Null: it was not known.
    #[schema(required)]
    pub country: Option<String>,
    /// The VAT number. Null: the organization had none.
    #[schema(required)]
    pub vat_number: Option<String>,
    /// The number under which the tax office knows the organization. Null: the organization had none.
    #[serde(default)]
    #[schema(required)]
    pub tax_number: Option<String>,
}

/// The local dates of the first and the last use that a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvoicePeriod {
    /// The date on which the first booking starts.
    #[schema(value_type = String, format = Date)]
    pub starts_on: NaiveDate,
    /// The date on which the last booking ends.
    #[schema(value_type = String, format = Date)]
    pub ends_on: NaiveDate,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvoiceLine {
    /// The booking. Null: the line is about prepaid credit, hours or a seat in a training.
    #[schema(required)]
    pub booking_id: Option<BookingId>,
    /// The purpose of the amount.
    pub purpose: Purpose,
    /// The resource and the local time of the booking, the name of the package, or the name and the local date of the training.
    pub description: String,
    /// The amount without VAT.
    pub net: Money,
    /// The category of VAT. Null: the host charges no VAT.
    #[schema(required)]
    pub tax_category: Option<TaxCategory>,
    /// The rate of VAT in hundredths of a percent. Null: the host charges no VAT.
    #[schema(required)]
    pub tax_rate: Option<i64>,
}

/// The VAT of all lines with one category and rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvoiceTax {
    /// The category.
    pub category: TaxCategory,
    /// The rate, in hundredths of a percent.
    pub rate: i64,
    /// The sum of the lines, without VAT.
    pub net: Money,
    /// The VAT on this sum, rounded once.
    pub tax: Money,
    /// The reason of an exemption. Empty in other categories.
    #[serde(default)]
    #[schema(required = true)]
    pub exemption_reason: String,
}

/// The content of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceContent {
    /// The host.
    pub seller: InvoiceParty,
    /// The customer.
    pub buyer: InvoiceParty,
    /// The lines.
    pub lines: Vec<InvoiceLine>,
    /// The VAT, an entry for each category and rate.
    pub taxes: Vec<InvoiceTax>,
    /// The sum of the lines, without VAT.
    pub net: Money,
    /// The VAT.
    pub tax: Money,
    /// The difference between the total and the sum of `net` and `tax`, less `prepaid`: each booking was rounded on its own (EN 16931,
    /// BT-114).
    pub rounding: Money,
    /// The part of the amount that prepaid credit has paid or, on a credit note, that goes back to it (EN 16931, BT-113). None on documents
    /// without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepaid: Option<Money>,
    /// The numbers of the invoices that a credit note corrects.
    pub corrects: Vec<String>,
    /// The period of the bookings. None on documents that were issued before it was kept.
    #[serde(default)]
    pub period: Option<InvoicePeriod>,
    /// The account to which the customer transfers the amount. None if the host had none.
    #[serde(default)]
    pub bank_account: Option<BankAccount>,
    /// The SHA-256 of the logo of the host. None if it had none.
    #[serde(default)]
    pub logo: Option<String>,
    /// The language of the document. English on documents that were issued before there were others.
    #[serde(default = "english")]
    pub language: Language,
}

const fn english() -> Language {
    Language::English
}

/// An invoice or credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Its identifier.
    pub id: InvoiceId,
    /// The host.
    pub organization_id: OrganizationId,
    /// The customer.
    pub customer_id: OrganizationId,
    /// The kind.
    pub kind: InvoiceKind,
    /// The year of its number.
    pub year: i32,
    /// Its number in the year, from 1 on, without gaps.
    pub sequence: i32,
    /// The amount to pay, or to be credited.
    pub total: Money,
    /// The date on which it was issued.
    pub issued_on: NaiveDate,
    /// The date until which it is to be paid.
    pub due_on: NaiveDate,
    /// The rest.
    pub content: InvoiceContent,
    /// The user who issued it; none if the service issued it by itself.
    pub issued_by: Option<UserId>,
    /// When it was issued.
    pub created_at: UtcTime,
}

impl Invoice {
    /// Returns the number: the year and, after a hyphen, the number of the document in this year.
    pub fn number(&self) -> String {
        number(self.year, self.sequence)
    }
}

/// Returns the number of a document: the year and the number in it.
pub fn number(year: i32, sequence: i32) -> String {
    format!("{year}-{sequence:05}")
}

/// The amounts of a booking, or of prepaid credit, that are one line: those with the same purpose and VAT.
pub type LineKey = (Option<BookingId>, Purpose, Option<TaxRate>);

/// The amounts of a document, as they follow from rows of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    /// The lines, each with its amount without VAT. None is zero, except those of bookings without a price.
    pub lines: Vec<(LineKey, Money)>,
    /// The VAT of each category and rate.
    pub taxes: Vec<InvoiceTax>,
    /// The sum of the lines.
    pub net: Money,
    /// The VAT.
    pub tax: Money,
    /// The total and `prepaid`, less `net` and `tax`.
    pub rounding: Money,
    /// The part that prepaid credit pays.
    pub prepaid: Money,
    /// The total: by how much the rows change the debt of the customer.
    pub total: Money,
}

impl Amounts {
    /// Adds bookings without a price, each with its category and rate of VAT: a line of 0 for each, and a tax of 0 where no other line
    /// has the category and rate.
    #[must_use]
    pub fn with_free(mut self, free: &[(BookingId, Option<TaxRate>)]) -> Self {
        let nothing = Money { amount: 0, ..self.total };
        for (booking, tax) in free {
            self.lines.push(((Some(*booking), Purpose::Price, *tax), nothing));
            if let Some((category, rate)) = *tax
                && !self.taxes.iter().any(|known| (known.category, known.rate) == (category, rate))
            {
                self.taxes.push(InvoiceTax { category, rate, net: nothing, tax: nothing, exemption_reason: String::new() });
            }
        }
        self.lines.sort_by_key(|(key, _)| *key);
        self.taxes.sort_by_key(|tax| (tax.category, tax.rate));
        self
    }
}

/// Whether a movement is a payment with prepaid credit, which is no line of a document. Neither are the hours that a booking uses, which
/// were on the invoice of their sale: their movements add up to nothing.
pub fn is_prepaid(movement: &Movement) -> bool {
    let reason = movement.reason();
    (reason.purpose, reason.credit) == (Purpose::PrepaidUse, Account::Prepaid) || reason.purpose == Purpose::HoursUse
}

/// Returns the movements of the difference between the VAT of a document and that of its rows, which were rounded one by one. So the
/// account of the VAT agrees with the documents.
pub fn vat_rounding(amounts: &Amounts, rows: &[(Option<BookingId>, Movement)], is_credit: bool) -> Vec<Movement> {
    let sign = if is_credit { -1 } else { 1 };
    let mut booked: BTreeMap<TaxRate, i128> = BTreeMap::new();
    for (_, movement) in rows.iter().filter(|(_, movement)| movement.reason().credit == Account::Vat) {
        if let Some(tax) = movement.tax {
            *booked.entry(tax).or_default() += movement.charged();
        }
    }
    for tax in &amounts.taxes {
        *booked.entry((tax.category, tax.rate)).or_default() -= sign * i128::from(tax.tax.amount);
    }
    let round = |(tax, more): (TaxRate, i128)| {
        let amount = Money { amount: i64::try_from(more.abs()).unwrap_or(i64::MAX), ..amounts.total };
        let (debit, credit) = if more > 0 { (Account::Vat, Account::Income) } else { (Account::Income, Account::Vat) };
        (more != 0).then_some(Movement { debit, credit, amount, tax: Some(tax), purpose: Purpose::VatRounding })
    };
    booked.into_iter().filter_map(round).collect()
}

/// Adds up the amounts of a document from movements in one currency, each with its booking; none for the sale of prepaid credit. With `is_credit` all amounts have the other sign. VAT
/// is computed once for each category and rate, on the sum of the lines (EN 16931, BR-CO-17). None if an amount is too large.
pub fn amounts(rows: &[(Option<BookingId>, Movement)], currency: Currency, is_credit: bool) -> Option<Amounts> {
    let sign = if is_credit { -1 } else { 1 };
    let mut lines: BTreeMap<LineKey, i128> = BTreeMap::new();
    let (mut total, mut prepaid): (i128, i128) = (0, 0);
    for (booking, movement) in rows {
        let charged = sign * movement.charged();
        total += charged;
        if is_prepaid(movement) {
            prepaid -= charged;
        } else if movement.reason().credit != Account::Vat {
            *lines.entry((*booking, movement.purpose, movement.tax)).or_default() += charged;
        }
    }
    lines.retain(|_, net| *net != 0);
    let mut bases: BTreeMap<TaxRate, i128> = BTreeMap::new();
    for ((.., tax), net) in &lines {
        if let Some(tax) = tax {
            *bases.entry(*tax).or_default() += net;
        }
    }
    let money = |amount: i128| Some(Money { amount: i64::try_from(amount).ok()?, currency });
    let tax_of = |((category, rate), net): (&TaxRate, &i128)| {
        let (net, tax) = (money(*net)?, money(vat_on(*net, *rate))?);
        Some(InvoiceTax { category: *category, rate: *rate, net, tax, exemption_reason: String::new() })
    };
    let taxes: Vec<InvoiceTax> = bases.iter().map(tax_of).collect::<Option<_>>()?;
    let net: i128 = lines.values().sum();
    let tax: i128 = taxes.iter().map(|tax| i128::from(tax.tax.amount)).sum();
    let line = |(key, net)| Some((key, money(net)?));
    Some(Amounts {
        lines: lines.into_iter().map(line).collect::<Option<_>>()?,
        taxes,
        net: money(net)?,
        tax: money(tax)?,
        rounding: money(total + prepaid - net - tax)?,
        prepaid: money(prepaid)?,
        total: money(total)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::booking::BookingStatus;
    use crate::ids::Identifier as _;
    use crate::ledger::{Owed, movements, owed};
    use crate::pricing::{Price, Tax};

    fn pounds(amount: i64) -> Money {
        Money { amount, currency: "GBP".parse().unwrap() }
    }

    /// The rows of a confirmed booking with these parts of its price: rate and amount without VAT.
    fn rows(number: u8, parts: &[(i64, i64)]) -> Vec<(Option<BookingId>, Movement)> {
        let tax = |(rate, net): &(i64, i64)| Tax {
            category: TaxCategory::Standard,
            rate: *rate,
            net: pounds(*net),
            tax: pounds(i64::try_from(vat_on((*net).into(), *rate)).unwrap()),
            exemption_reason: String::new(),
        };
        let taxes: Vec<Tax> = parts.iter().map(tax).collect();
        let total = taxes.iter().map(|tax| tax.net.amount + tax.tax.amount).sum();
        let price = Price { total: pounds(total), lines: Vec::new(), taxes };
        let owed = owed(false, BookingStatus::Confirmed, &price, None, None);
        movements(&Owed::new(), &owed).into_iter().map(|movement| (Some(BookingId::new(0, [number; 10])), movement)).collect()
    }

    #[test]
    fn vat_is_computed_once_for_each_rate_and_the_difference_is_rounding() {
        // 0.03 at 20 % is 0.01 for each booking, and 0.02 for the sum of three.
        let all: Vec<_> = (0..3).flat_map(|number| rows(number, &[(2000, 3)])).collect();
        let found = amounts(&all, "GBP".parse().unwrap(), false).unwrap();
        assert_eq!((found.net, found.tax, found.rounding, found.total), (pounds(9), pounds(2), pounds(1), pounds(12)));
        assert_eq!(found.taxes.len(), 1);
        assert_eq!(found.lines.len(), 3);
    }

    #[test]
    fn a_charge_that_was_taken_back_is_no_line_and_a_credit_has_the_other_sign() {
        let charged = rows(1, &[(2000, 100)]);
        let back: Vec<_> = charged.iter().map(|(id, movement)| (*id, movement.reversed())).collect();
        let both: Vec<_> = charged.iter().chain(&back).copied().collect();
        let found = amounts(&both, "GBP".parse().unwrap(), false).unwrap();
        assert_eq!((found.lines.len(), found.total), (0, pounds(0)));
        let [invoice, credit] = [(&charged, false), (&back, true)].map(|(rows, is)| amounts(rows, "GBP".parse().unwrap(), is));
        assert_eq!(invoice, credit);
    }

    #[test]
    fn bookings_without_a_price_are_lines_of_nothing() {
        let standard = Some((TaxCategory::Standard, 2000));
        let (free, zero) = (BookingId::new(0, [0; 10]), BookingId::new(0, [9; 10]));
        let found = amounts(&rows(1, &[(2000, 100)]), "GBP".parse().unwrap(), false).unwrap();
        let with_free = found.clone().with_free(&[(free, standard), (zero, Some((TaxCategory::Zero, 0)))]);
        let lines: Vec<_> = with_free.lines.iter().map(|((booking, ..), net)| (*booking, net.amount)).collect();
        assert_eq!(lines, [(Some(free), 0), (Some(BookingId::new(0, [1; 10])), 100), (Some(zero), 0)]);
        let taxes: Vec<_> = with_free.taxes.iter().map(|tax| (tax.rate, tax.net.amount, tax.tax.amount)).collect();
        assert_eq!(taxes, [(2000, 100, 20), (0, 0, 0)]);
        assert_eq!(with_free.total, found.total);
    }

    proptest! {
        #[test]
        fn a_document_adds_up(parts in prop::collection::vec((0..4_u8, prop::sample::select(vec![0_i64, 700, 1900, 2100]), 1..100_000_i64), 1..20)) {
            let mut of: BTreeMap<u8, BTreeMap<i64, i64>> = BTreeMap::new();
            for (number, rate, net) in parts {
                *of.entry(number).or_default().entry(rate).or_default() += net;
            }
            let all: Vec<_> = of.iter().flat_map(|(number, parts)| rows(*number, &parts.clone().into_iter().collect::<Vec<_>>())).collect();
            let found = amounts(&all, "GBP".parse().unwrap(), false).unwrap();
            let charged: i128 = all.iter().map(|(_, movement)| movement.charged()).sum();
            prop_assert_eq!(i128::from(found.total.amount), charged);
            prop_assert_eq!(found.total.amount, found.net.amount + found.tax.amount + found.rounding.amount);
            prop_assert_eq!(found.net.amount, found.lines.iter().map(|(.., net)| net.amount).sum::<i64>());
            prop_assert_eq!(found.net.amount, found.taxes.iter().map(|tax| tax.net.amount).sum::<i64>());
            // Each booking was rounded once for each rate.
            prop_assert!(found.rounding.amount.unsigned_abs() <= of.values().map(|parts| parts.len() as u64).sum::<u64>());
        }
    }
}
