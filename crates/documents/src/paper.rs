//! The pages of an invoice: its parties, lines, sums, and how to pay it.

use qrcodegen::{QrCode, QrCodeEcc};

use super::layout::{Cell, Edge, Element, LEFT, Pen, RIGHT, TOP};
use super::standard::NoXml;
use super::text::{Measure, Style};
use super::wording::Words;
use domain::bank_account::transfer_code;
use domain::invoice::{Invoice, InvoiceKind, InvoiceParty, InvoicePeriod};
use domain::ledger::Purpose;
use domain::money::Money;

const TEXT: Style = Style::plain(9.0);
const STRONG: Style = Style::bold(9.0);
const SMALL: Style = Style::plain(8.0);
const NAME: Style = Style::bold(12.0);
const TITLE: Style = Style::bold(18.0);

/// Where the facts about the document stand, beside the seller.
const FACTS: f32 = 340.0;
/// The width of the seller.
const SELLER: f32 = FACTS - LEFT - 20.0;
/// Where the labels of the sums stand.
const SUMS: f32 = 270.0;
/// The right edge of the rates of VAT.
const RATES: f32 = 450.0;
/// The width of amounts.
const AMOUNTS: f32 = 80.0;
/// The width of the code for a transfer, with 4 modules of white space around it.
const CODE: f32 = 100.0;
const QUIET: usize = 4;

/// Returns the pages of an invoice with a logo of this height. `no_xml` is the reason why it comes without XML.
pub(crate) fn pages(invoice: &Invoice, logo: Option<f32>, no_xml: Option<&NoXml>, measure: &dyn Measure) -> Vec<Vec<Element>> {
    let words = &Words::new(invoice.content.language);
    let mut pen = Pen::new(measure, words.named(invoice));
    head(&mut pen, words, invoice, logo);
    lines(&mut pen, words, invoice);
    sums(&mut pen, words, invoice);
    pen.skip(14.0);
    payment(&mut pen, words, invoice);
    notes(&mut pen, words, invoice, no_xml);
    pen.finish(|number, count| words.with("head", "page", [("number", &number.to_string()), ("count", &count.to_string())]))
}

const fn cell(edge: Edge, width: f32, style: Style, text: String) -> Cell {
    Cell { edge, width, style, text }
}

fn head(pen: &mut Pen<'_>, words: &Words, invoice: &Invoice, logo: Option<f32>) {
    let content = &invoice.content;
    if let Some(height) = logo {
        pen.logo(height);
        pen.skip(12.0);
    }
    party(pen, words, &content.seller);
    let after_seller = std::mem::replace(&mut pen.y, TOP);
    pen.paragraph((FACTS, RIGHT - FACTS), TITLE, &words.of_kind(invoice.kind, "title"));
    pen.skip(6.0);
    let from_to = |InvoicePeriod { starts_on, ends_on }: InvoicePeriod| {
        words.with("head", "from-to", [("from", &words.day(starts_on)), ("to", &words.day(ends_on))])
    };
    let period = content.period.map(from_to);
    let due = (invoice.kind == InvoiceKind::Invoice).then(|| words.day(invoice.due_on));
    let facts =
        [("number", Some(invoice.number())), ("date", Some(words.day(invoice.issued_on))), ("due", due), ("period", period)];
    for (label, value) in facts {
        if let Some(value) = value {
            let label = cell(Edge::Left(FACTS), 60.0, TEXT, words.text("head", label));
            pen.row(&[label, cell(Edge::Left(FACTS + 62.0), RIGHT - FACTS - 62.0, TEXT, value)]);
        }
    }
    pen.y = pen.y.max(after_seller);
    pen.skip(24.0);
    pen.paragraph((LEFT, SELLER), SMALL, &words.text("head", "customer"));
    party(pen, words, &content.buyer);
    pen.skip(18.0);
    if !content.corrects.is_empty() {
        let text = words.with("head", "corrects", [("numbers", &content.corrects.join(", "))]);
        pen.paragraph((LEFT, RIGHT - LEFT), TEXT, &text);
        pen.skip(10.0);
    }
}

fn party(pen: &mut Pen<'_>, words: &Words, party: &InvoiceParty) {
    let column = (LEFT, SELLER);
    pen.paragraph(column, NAME, &party.name);
    if let Some(address) = &party.address {
        pen.paragraph(column, TEXT, &address.street);
        pen.paragraph(column, TEXT, format!("{} {}", address.postal_code, address.city).trim());
    }
    if let Some(country) = &party.country {
        pen.paragraph(column, TEXT, country);
    }
    for (label, value) in [("vat-number", &party.vat_number), ("tax-number", &party.tax_number)] {
        if let Some(value) = value {
            pen.paragraph(column, TEXT, &words.with("head", label, [("number", value)]));
        }
    }
}

fn lines(pen: &mut Pen<'_>, words: &Words, invoice: &Invoice) {
    let content = &invoice.content;
    let has_vat = !content.taxes.is_empty();
    let row = |style: Style, number: String, text: String, rate: String, amount: String| {
        vec![
            cell(Edge::Left(LEFT), 30.0, style, number),
            cell(Edge::Left(LEFT + 32.0), RATES - LEFT - 102.0, style, text),
            cell(Edge::Right(RATES), 66.0, style, rate),
            cell(Edge::Right(RIGHT), AMOUNTS, style, amount),
        ]
    };
    let currency = invoice.total.currency;
    let (rate, amount) = match has_vat {
        true => (words.text("table", "vat"), words.with("table", "net", [("currency", currency.as_str())])),
        false => (String::new(), currency.to_string()),
    };
    pen.begin_table(row(STRONG, words.text("table", "number"), words.text("table", "description"), rate, amount));
    for (number, line) in (1..).zip(&content.lines) {
        let rate = if has_vat { words.short(line) } else { String::new() };
        pen.row(&row(TEXT, number.to_string(), words.described(line), rate, words.plain(line.net)));
        pen.skip(3.0);
    }
    pen.end_table();
}

fn sums(pen: &mut Pen<'_>, words: &Words, invoice: &Invoice) {
    let content = &invoice.content;
    let mut rows = Vec::new();
    if !content.taxes.is_empty() {
        rows.push((TEXT, words.text("table", "sum"), words.plain(content.net)));
    }
    rows.extend(content.taxes.iter().map(|tax| (TEXT, words.taxed(tax), words.plain(tax.tax))));
    if content.rounding.amount != 0 {
        rows.push((TEXT, words.text("table", "rounding"), words.plain(content.rounding)));
    }
    if let Some(prepaid) = content.prepaid {
        let paid = Money { amount: -prepaid.amount, ..prepaid };
        rows.push((TEXT, words.of_kind(invoice.kind, "prepaid"), words.plain(paid)));
    }
    let total = words.of_kind(invoice.kind, "total");
    rows.push((Style::bold(10.5), format!("{total} ({})", invoice.total.currency), words.plain(invoice.total)));
    // The total does not stand alone on a page.
    pen.need(60.0);
    for (style, label, amount) in rows {
        let label = cell(Edge::Left(SUMS), RIGHT - AMOUNTS - SUMS - 4.0, style, label);
        pen.row(&[label, cell(Edge::Right(RIGHT), AMOUNTS, style, amount)]);
        pen.skip(2.0);
    }
}

fn payment(pen: &mut Pen<'_>, words: &Words, invoice: &Invoice) {
    let content = &invoice.content;
    if invoice.kind == InvoiceKind::CreditNote {
        return pen.paragraph((LEFT, RIGHT - LEFT), TEXT, &format!("{}.", words.text("payment", "credited")));
    }
    if invoice.total.amount <= 0 {
        return pen.paragraph((LEFT, RIGHT - LEFT), TEXT, &words.text("payment", "nothing"));
    }
    let (amount, date) = (words.amount(invoice.total), words.day(invoice.due_on));
    let demand = |name| words.with("payment", name, [("amount", &amount), ("date", &date)]);
    let Some(account) = content.bank_account.as_ref() else {
        return pen.paragraph((LEFT, RIGHT - LEFT), TEXT, &demand("pay"));
    };
    let holder = account.holder.as_ref().unwrap_or(&content.seller.name);
    let code = transfer_code(account, &content.seller.name, invoice.total, &invoice.number());
    let code = code.and_then(|text| QrCode::encode_text(&text, QrCodeEcc::Medium).ok());
    pen.need(if code.is_some() { CODE + 20.0 } else { 80.0 });
    let top = pen.y;
    let column = (LEFT, RIGHT - LEFT - CODE - 20.0);
    pen.paragraph(column, TEXT, &demand("transfer"));
    pen.skip(4.0);
    let facts = [
        (words.text("payment", "holder"), Some(holder.clone())),
        ("IBAN".to_owned(), Some(account.grouped_iban())),
        ("BIC".to_owned(), account.bic.clone()),
        (words.text("payment", "reference"), Some(invoice.number())),
    ];
    for (label, value) in facts {
        if let Some(value) = value {
            let label = cell(Edge::Left(LEFT), 80.0, TEXT, label);
            pen.row(&[label, cell(Edge::Left(LEFT + 84.0), column.1 - 84.0, STRONG, value)]);
        }
    }
    if let Some(code) = code {
        let after = std::mem::replace(&mut pen.y, top);
        let size = usize::try_from(code.size()).unwrap_or_default();
        let is_dark = |(row, column): &(usize, usize)| {
            let [row, column] = [*row, *column].map(|at| i32::try_from(at).unwrap_or_default());
            code.get_module(column, row)
        };
        let dark = (0..size).flat_map(|row| (0..size).map(move |column| (row, column))).filter(is_dark).collect();
        let module = CODE / (size + 2 * QUIET) as f32;
        let edge = QUIET as f32 * module;
        pen.skip(edge);
        pen.code(RIGHT - CODE + edge, module, dark);
        pen.y = top + CODE;
        pen.paragraph((RIGHT - CODE, CODE), SMALL, &words.text("payment", "scan"));
        pen.y = pen.y.max(after);
    }
}

fn notes(pen: &mut Pen<'_>, words: &Words, invoice: &Invoice, no_xml: Option<&NoXml>) {
    let column = (LEFT, RIGHT - LEFT);
    pen.skip(10.0);
    let content = &invoice.content;
    for text in content.taxes.iter().filter_map(|tax| words.reason(tax)) {
        pen.paragraph(column, TEXT, &format!("{}.", text.trim_end_matches('.')));
    }
    if content.lines.iter().any(|line| line.purpose == Purpose::Prepayment) {
        pen.paragraph(column, TEXT, &words.text("note", "prepayment"));
    } else if content.taxes.is_empty() {
        pen.paragraph(column, TEXT, &words.text("note", "no-vat"));
    }
    if content.rounding.amount != 0 {
        pen.paragraph(column, TEXT, &words.text("note", "rounding"));
    }
    if let Some(no_xml) = no_xml {
        pen.skip(6.0);
        pen.paragraph(column, SMALL, &words.no_xml(no_xml.clone()));
    }
}
