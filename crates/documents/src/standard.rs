//! Invoices in the model of EN 16931, and their XML. The only place that knows the crates for it.

use chrono::{Datelike as _, NaiveDate};
use en16931::codes::guard::CodeError;
use en16931::invoice::{
    Code, CreditTransfer, Delivery, DocumentTotals, Invoice as Model, InvoiceLine as ModelLine, Party, PaymentInstructions,
    PaymentMeans, Period, PostalAddress, PrecedingInvoice, VatBreakdown,
};
use en16931::{
    AmountError, Date, DocumentKind, DocumentReference, En16931, Identifier, InvoiceAmount, ParseDateError, Percentage, Quantity,
    Validated,
};
use rust_decimal::Decimal;

use super::wording::Words;
use domain::country::Country;
use domain::ids::OrganizationId;
use domain::invoice::{Invoice, InvoiceContent, InvoiceKind, InvoiceLine, InvoiceParty};
use domain::money::{Currency, Money};
use domain::pricing::TaxCategory;
use domain::said::{said, says};

/// A language of XML for the same model.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Syntax {
    /// UBL 2.1.
    Ubl,
    /// UN/CEFACT CII D16B.
    Cii,
}

/// The reason why EN 16931 has no form for an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoXml {
    /// It allows two decimals.
    Decimals(Currency),
    /// Rules of the standard are broken, because facts of a party are missing.
    Rules(String),
    /// An amount or a date is outside of what it allows.
    Value(String),
}

says!(NoXml: |error| match error {
    NoXml::Decimals(currency) => said!("EN 16931 allows amounts with two decimals, and {currency} has three.", currency),
    NoXml::Rules(rules) => said!("The invoice does not have what EN 16931 demands: {rules}", rules),
    NoXml::Value(why) => said!("EN 16931 cannot express a value of the invoice: {why}", why),
});

impl From<AmountError> for NoXml {
    fn from(error: AmountError) -> Self {
        Self::Value(error.to_string())
    }
}

impl From<ParseDateError> for NoXml {
    fn from(error: ParseDateError) -> Self {
        Self::Value(error.to_string())
    }
}

impl From<CodeError> for NoXml {
    fn from(error: CodeError) -> Self {
        Self::Value(error.to_string())
    }
}

/// The identifier of the standard in its documents (BT-24).
const SPECIFICATION: &str = "urn:cen.eu:en16931:2017";

/// The largest number of broken rules that an error names.
const MOST_RULES: usize = 5;

/// Returns the XML of an invoice, after all rules of EN 16931 were checked.
pub(crate) fn written(invoice: &Invoice, syntax: Syntax) -> Result<String, NoXml> {
    let valid = Validated::<En16931>::new(model(invoice)?).map_err(|rejected| {
        let broken = rejected.report().fatal().take(MOST_RULES).map(|rule| format!("{} ({})", rule.message, rule.rule));
        NoXml::Rules(broken.collect::<Vec<_>>().join(" "))
    })?;
    let syntax = match syntax {
        Syntax::Ubl => en16931_formats::Syntax::Ubl,
        Syntax::Cii => en16931_formats::Syntax::Cii,
    };
    Ok(en16931_formats::write(&valid, syntax).xml)
}

fn amount(money: Money) -> Result<InvoiceAmount, NoXml> {
    match money.currency.decimals() {
        2 => Ok(InvoiceAmount::from_minor_units(money.amount)),
        0 => Ok(InvoiceAmount::from_decimal_exact(Decimal::from(money.amount))?),
        _ => Err(NoXml::Decimals(money.currency)),
    }
}

fn date(date: NaiveDate) -> Result<Date, NoXml> {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    Ok(Date::new(date.year(), part(date.month()), part(date.day()))?)
}

/// A category of the standard with its rate: UNCL 5305.
type Category = (&'static str, Option<Percentage>);

const EXEMPT: Category = ("E", Some(Percentage::ZERO));
const NOT_SUBJECT_TO_VAT: Category = ("O", None);

fn percentage(hundredths: i64) -> Percentage {
    Percentage::new(Decimal::new(hundredths, 2).normalize())
}

fn category(category: TaxCategory, rate: i64) -> Category {
    match category {
        TaxCategory::Standard => ("S", Some(percentage(rate))),
        TaxCategory::Zero => ("Z", Some(Percentage::ZERO)),
        TaxCategory::Exempt => EXEMPT,
        TaxCategory::ReverseCharge => ("AE", Some(Percentage::ZERO)),
    }
}

/// The category of a line without VAT: the standard allows "not subject to VAT" (O) on no invoice with other categories.
const fn untaxed(content: &InvoiceContent) -> Category {
    if content.taxes.is_empty() { NOT_SUBJECT_TO_VAT } else { EXEMPT }
}

fn model(invoice: &Invoice) -> Result<Model, NoXml> {
    let content = &invoice.content;
    let words = Words::new(content.language);
    let is_credit = invoice.kind == InvoiceKind::CreditNote;
    let has_vat = !content.taxes.is_empty();
    let mut model = Model::default();
    model.kind = if is_credit { DocumentKind::CreditNote } else { DocumentKind::Invoice };
    model.type_code = Some(Code::new(if is_credit { "381" } else { "380" }));
    model.specification_id = Some(SPECIFICATION.to_owned());
    model.number = Some(invoice.number());
    model.issue_date = Some(date(invoice.issued_on)?);
    model.currency = Some(Code::new(invoice.total.currency.as_str()));
    if is_credit {
        model.payment_terms = Some(words.text("payment", "credited"));
    } else {
        model.due_date = Some(date(invoice.due_on)?);
    }
    if let Some(period) = content.period {
        model.invoicing_period = Some(Period { start: Some(date(period.starts_on)?), end: Some(date(period.ends_on)?) });
    }
    // The date of the use, unless it is yet to come.
    if let Some(period) = content.period.filter(|period| period.ends_on <= invoice.issued_on) {
        model.delivery = Some(Delivery { date: Some(date(period.ends_on)?), ..Delivery::default() });
    }
    model.preceding_invoices = content.corrects.iter().map(|number| preceding(number)).collect();
    if content.corrects.len() > 1 {
        // CII has a place for the first one only.
        model.notes = vec![words.with("head", "corrects-several", [("numbers", &content.corrects.join(", "))]).into()];
    }
    model.seller = party(&content.seller, invoice.organization_id, has_vat, true)?;
    model.buyer = party(&content.buyer, invoice.customer_id, has_vat, false)?;
    model.payment = payment(invoice);
    model.lines =
        (1..).zip(&content.lines).map(|(number, line)| item(number, line, content, &words)).collect::<Result<_, _>>()?;
    model.vat_breakdown = breakdown(content, &words)?;
    model.totals = totals(invoice)?;
    Ok(model)
}

fn preceding(number: &str) -> PrecedingInvoice {
    PrecedingInvoice { reference: DocumentReference::new(number), issue_date: None }
}

/// A party. Its identifier is that of the organization, because the standard demands an identifier of a seller without VAT number.
fn party(party: &InvoiceParty, id: OrganizationId, has_vat: bool, is_seller: bool) -> Result<Party, NoXml> {
    let country = party.country.as_deref().map(en16931::codes::guard::country).transpose()?;
    let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let address = party.address.as_ref();
    let mut written = Party::new(
        party.name.as_str(),
        PostalAddress {
            line1: address.and_then(|address| text(&address.street)),
            city: address.and_then(|address| text(&address.city)),
            post_code: address.and_then(|address| text(&address.postal_code)),
            country,
            ..PostalAddress::default()
        },
    );
    written.identifiers = vec![Identifier::new(id.to_string())];
    // The standard takes a VAT number only with the letters of a country, and none on an invoice that is not subject to VAT.
    let (vat_number, other) = party.vat_number.clone().map_or((None, None), |number| match has_letters(&number) {
        true => (Some(number), None),
        false => (None, Some(number)),
    });
    written.vat_identifier = vat_number.filter(|_| has_vat);
    if is_seller {
        written.tax_registration = party.tax_number.clone().or(other);
    }
    Ok(written)
}

/// Whether a VAT number begins with the letters of a country; those of Greece are `EL`.
fn has_letters(number: &str) -> bool {
    number.get(..2).is_some_and(|letters| letters == "EL" || letters.parse::<Country>().is_ok())
}

/// The account for the transfer, if the customer has to pay.
fn payment(invoice: &Invoice) -> Option<PaymentInstructions> {
    let account = invoice.content.bank_account.as_ref()?;
    if invoice.kind == InvoiceKind::CreditNote || invoice.total.amount <= 0 {
        return None;
    }
    // UNCL 4461: a transfer by SEPA, or another one.
    let means = if invoice.total.currency.as_str() == "EUR" { "58" } else { "30" };
    let transfer = CreditTransfer {
        account_identifier: Some(account.iban.clone()),
        account_name: Some(account.holder.clone().unwrap_or_else(|| invoice.content.seller.name.clone())),
        provider_identifier: account.bic.clone(),
    };
    Some(PaymentInstructions {
        means_code: Some(Code::new(means)),
        remittance_information: Some(invoice.number()),
        means: Some(PaymentMeans::CreditTransfer(vec![transfer])),
        ..PaymentInstructions::default()
    })
}

/// A line. Prices are not negative, so that an amount that is taken back has a negative quantity.
fn item(number: usize, line: &InvoiceLine, content: &InvoiceContent, words: &Words) -> Result<ModelLine, NoXml> {
    let quantity = Quantity::new(if line.net.amount < 0 { Decimal::NEGATIVE_ONE } else { Decimal::ONE });
    let (code, rate) = line.tax_category.map_or_else(|| untaxed(content), |one| category(one, line.tax_rate.unwrap_or_default()));
    Ok(ModelLine::new(number.to_string(), words.described(line), quantity, "C62", amount(line.net)?, code, rate))
}

/// The taxes, once for each category and rate. Lines that were agreed without VAT are exempt beside others.
fn breakdown(content: &InvoiceContent, words: &Words) -> Result<Vec<VatBreakdown>, NoXml> {
    let mut entries = Vec::new();
    for tax in &content.taxes {
        let (code, rate) = category(tax.category, tax.rate);
        entries.push(VatBreakdown {
            taxable_amount: amount(tax.net)?,
            tax_amount: amount(tax.tax)?,
            category: Code::new(code),
            rate,
            exemption_reason: words.reason(tax),
            exemption_reason_code: (tax.category == TaxCategory::ReverseCharge).then(|| Code::new("VATEX-EU-AE")),
        });
    }
    let without = content.lines.iter().filter(|line| line.tax_category.is_none());
    let Some(net) = Money::sum(without.map(|line| line.net)) else { return Ok(entries) };
    let (code, rate) = untaxed(content);
    let is_all = content.taxes.is_empty();
    let reason = words.text("tax", if is_all { "why-none" } else { "why-agreed" });
    match entries.iter_mut().find(|entry| entry.category.as_str() == code) {
        Some(known) => {
            known.taxable_amount = known.taxable_amount.checked_add(amount(net)?)?;
            known.exemption_reason = known.exemption_reason.take().map(|known| format!("{known}; {reason}"));
        }
        None => entries.push(VatBreakdown {
            taxable_amount: amount(net)?,
            tax_amount: InvoiceAmount::from_minor_units(0),
            category: Code::new(code),
            rate,
            exemption_reason: Some(reason),
            exemption_reason_code: is_all.then(|| Code::new("VATEX-EU-O")),
        }),
    }
    Ok(entries)
}

fn totals(invoice: &Invoice) -> Result<DocumentTotals, NoXml> {
    let content = &invoice.content;
    let (net, tax) = (amount(content.net)?, amount(content.tax)?);
    Ok(DocumentTotals {
        line_total: net,
        taxable_total: net,
        vat_total: Some(tax),
        gross_total: net.checked_add(tax)?,
        paid: content.prepaid.map(amount).transpose()?,
        rounding: Some(content.rounding).filter(|rounding| rounding.amount != 0).map(amount).transpose()?,
        due: amount(invoice.total)?,
        ..DocumentTotals::default()
    })
}
