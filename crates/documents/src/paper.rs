//! The pages of an invoice: its parties, lines, sums, and how to pay it.

use qrcodegen::{QrCode, QrCodeEcc};

use super::layout::{Cell, Edge, Element, LEFT, Pen, RIGHT, TOP};
use super::standard::NoXml;
use super::text::{Measure, Style};
use super::wording::{CREDITED, described, named, plain, reason, short, taxed, title};
use domain::bank_account::transfer_code;
use domain::invoice::{Invoice, InvoiceKind, InvoiceParty};
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
    let mut pen = Pen::new(measure, named(invoice));
    head(&mut pen, invoice, logo);
    lines(&mut pen, invoice);
    sums(&mut pen, invoice);
    pen.skip(14.0);
    payment(&mut pen, invoice);
    notes(&mut pen, invoice, no_xml);
    pen.finish()
}

const fn cell(edge: Edge, width: f32, style: Style, text: String) -> Cell {
    Cell { edge, width, style, text }
}

fn head(pen: &mut Pen<'_>, invoice: &Invoice, logo: Option<f32>) {
    let content = &invoice.content;
    if let Some(height) = logo {
        pen.logo(height);
        pen.skip(12.0);
    }
    party(pen, SELLER, &content.seller);
    let after_seller = std::mem::replace(&mut pen.y, TOP);
    pen.paragraph((FACTS, RIGHT - FACTS), TITLE, title(invoice.kind));
    pen.skip(6.0);
    let period = content.period.map(|period| format!("{} to {}", period.starts_on, period.ends_on));
    let due = (invoice.kind == InvoiceKind::Invoice).then(|| invoice.due_on.to_string());
    let facts = [
        ("Number", Some(invoice.number())),
        ("Date", Some(invoice.issued_on.to_string())),
        ("Due date", due),
        ("Period", period),
    ];
    for (label, value) in facts {
        if let Some(value) = value {
            let label = cell(Edge::Left(FACTS), 60.0, TEXT, label.to_owned());
            pen.row(&[label, cell(Edge::Left(FACTS + 62.0), RIGHT - FACTS - 62.0, TEXT, value)]);
        }
    }
    pen.y = pen.y.max(after_seller);
    pen.skip(24.0);
    pen.paragraph((LEFT, SELLER), SMALL, "Customer");
    party(pen, SELLER, &content.buyer);
    pen.skip(18.0);
    if !content.corrects.is_empty() {
        let text = format!("This credit note corrects {}.", content.corrects.join(", "));
        pen.paragraph((LEFT, RIGHT - LEFT), TEXT, &text);
        pen.skip(10.0);
    }
}

fn party(pen: &mut Pen<'_>, width: f32, party: &InvoiceParty) {
    let column = (LEFT, width);
    pen.paragraph(column, NAME, &party.name);
    if let Some(address) = &party.address {
        pen.paragraph(column, TEXT, &address.street);
        pen.paragraph(column, TEXT, format!("{} {}", address.postal_code, address.city).trim());
    }
    let labelled = [("", &party.country), ("VAT number ", &party.vat_number), ("Tax number ", &party.tax_number)];
    for (label, value) in labelled {
        if let Some(value) = value {
            pen.paragraph(column, TEXT, &format!("{label}{value}"));
        }
    }
}

fn lines(pen: &mut Pen<'_>, invoice: &Invoice) {
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
    let (rate, amount) = if has_vat { ("VAT", format!("Net {currency}")) } else { ("", currency.to_string()) };
    pen.begin_table(row(STRONG, "No.".to_owned(), "Description".to_owned(), rate.to_owned(), amount));
    for (number, line) in (1..).zip(&content.lines) {
        let rate = if has_vat { short(line) } else { String::new() };
        pen.row(&row(TEXT, number.to_string(), described(line), rate, plain(line.net)));
        pen.skip(3.0);
    }
    pen.end_table();
}

fn sums(pen: &mut Pen<'_>, invoice: &Invoice) {
    let content = &invoice.content;
    let mut rows = Vec::new();
    if !content.taxes.is_empty() {
        rows.push((TEXT, "Sum without VAT".to_owned(), plain(content.net)));
    }
    rows.extend(content.taxes.iter().map(|tax| (TEXT, taxed(tax), plain(tax.tax))));
    if content.rounding.amount != 0 {
        rows.push((TEXT, "Rounding".to_owned(), plain(content.rounding)));
    }
    if let Some(prepaid) = content.prepaid {
        let label = match invoice.kind {
            InvoiceKind::Invoice => "Paid with prepaid credit",
            InvoiceKind::CreditNote => "Returned as prepaid credit",
        };
        rows.push((TEXT, label.to_owned(), plain(Money { amount: -prepaid.amount, ..prepaid })));
    }
    let total = match invoice.kind {
        InvoiceKind::Invoice => "Amount to pay",
        InvoiceKind::CreditNote => "Amount credited",
    };
    rows.push((Style::bold(10.5), format!("{total} ({})", invoice.total.currency), plain(invoice.total)));
    // The total does not stand alone on a page.
    pen.need(60.0);
    for (style, label, amount) in rows {
        let label = cell(Edge::Left(SUMS), RIGHT - AMOUNTS - SUMS - 4.0, style, label);
        pen.row(&[label, cell(Edge::Right(RIGHT), AMOUNTS, style, amount)]);
        pen.skip(2.0);
    }
}

fn payment(pen: &mut Pen<'_>, invoice: &Invoice) {
    let content = &invoice.content;
    if invoice.kind == InvoiceKind::CreditNote {
        return pen.paragraph((LEFT, RIGHT - LEFT), TEXT, &format!("{CREDITED}."));
    }
    if invoice.total.amount <= 0 {
        return pen.paragraph((LEFT, RIGHT - LEFT), TEXT, "There is nothing to pay.");
    }
    let Some(account) = content.bank_account.as_ref() else {
        return pen.paragraph((LEFT, RIGHT - LEFT), TEXT, &format!("Please pay {} by {}.", invoice.total, invoice.due_on));
    };
    let holder = account.holder.as_ref().unwrap_or(&content.seller.name);
    let code = transfer_code(account, &content.seller.name, invoice.total, &invoice.number());
    let code = code.and_then(|text| QrCode::encode_text(&text, QrCodeEcc::Medium).ok());
    pen.need(if code.is_some() { CODE + 20.0 } else { 80.0 });
    let top = pen.y;
    let column = (LEFT, RIGHT - LEFT - CODE - 20.0);
    pen.paragraph(column, TEXT, &format!("Please transfer {} by {} to:", invoice.total, invoice.due_on));
    pen.skip(4.0);
    let facts = [
        ("Account holder", Some(holder.clone())),
        ("IBAN", Some(account.grouped_iban())),
        ("BIC", account.bic.clone()),
        ("Reference", Some(invoice.number())),
    ];
    for (label, value) in facts {
        if let Some(value) = value {
            let label = cell(Edge::Left(LEFT), 80.0, TEXT, label.to_owned());
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
        pen.paragraph((RIGHT - CODE, CODE), SMALL, "Scan to transfer");
        pen.y = pen.y.max(after);
    }
}

fn notes(pen: &mut Pen<'_>, invoice: &Invoice, no_xml: Option<&NoXml>) {
    let column = (LEFT, RIGHT - LEFT);
    pen.skip(10.0);
    let content = &invoice.content;
    for text in content.taxes.iter().filter_map(reason) {
        pen.paragraph(column, TEXT, &format!("{}.", text.trim_end_matches('.')));
    }
    if content.lines.iter().any(|line| line.purpose == Purpose::Prepayment) {
        pen.paragraph(column, TEXT, "Prepaid credit has no VAT. The bookings that it pays for are taxed.");
    } else if content.taxes.is_empty() {
        pen.paragraph(column, TEXT, "The host charges no VAT.");
    }
    if content.rounding.amount != 0 {
        let text = "VAT is computed on the sums above. The rounding is the difference to the agreed prices of the bookings.";
        pen.paragraph(column, TEXT, text);
    }
    if let Some(no_xml) = no_xml {
        pen.skip(6.0);
        pen.paragraph(column, SMALL, &format!("This file contains no electronic invoice. {no_xml}"));
    }
}
