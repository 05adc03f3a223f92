//! The words on documents.

use domain::invoice::{Invoice, InvoiceKind, InvoiceLine, InvoiceTax};
use domain::ledger::Purpose;
use domain::money::Money;
use domain::pricing::TaxCategory;

/// The reason where the host named none.
pub(crate) const EXEMPT: &str = "Exempt from VAT";
/// The reason of a reverse charge.
pub(crate) const REVERSE_CHARGE: &str = "Reverse charge: the customer accounts for the VAT";
/// The reason where the host charges no VAT.
pub(crate) const NOT_SUBJECT: &str = "Not subject to VAT";
/// The reason for lines without VAT beside lines with it.
pub(crate) const AGREED_WITHOUT: &str = "Agreed when the host charged no VAT";
/// The terms of a credit note.
pub(crate) const CREDITED: &str = "The amount is credited to you";

/// The name of a kind of document.
pub(crate) const fn title(kind: InvoiceKind) -> &'static str {
    match kind {
        InvoiceKind::Invoice => "Invoice",
        InvoiceKind::CreditNote => "Credit note",
    }
}

/// The name and number of a document.
pub(crate) fn named(invoice: &Invoice) -> String {
    format!("{} {}", title(invoice.kind), invoice.number())
}

/// The description of a line.
pub(crate) fn described(line: &InvoiceLine) -> String {
    let what = match line.purpose {
        Purpose::LateCancellationFee => "Fee for the late cancellation",
        Purpose::NoShowFee => "Fee for the no-show",
        Purpose::OverrunFee => "Fee for the time after the end",
        Purpose::PrepaidUse => "Discount of prepaid credit",
        Purpose::Prepayment => "Prepaid credit",
        Purpose::HoursSale => "Hours",
        Purpose::TrainingSeat => "Seat in a training",
        Purpose::HoursCover => "Covered by hours",
        _ => return line.description.clone(),
    };
    format!("{what}: {}", line.description)
}

/// An amount without its currency.
pub(crate) fn plain(money: Money) -> String {
    let written = money.to_string();
    written.split(' ').next().unwrap_or_default().to_owned()
}

/// A rate of VAT: `19 %`, `5.5 %`.
pub(crate) fn rate(hundredths: i64) -> String {
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let decimals = if rest == 0 { String::new() } else { format!(".{rest:02}").trim_end_matches('0').to_owned() };
    format!("{whole}{decimals} %")
}

/// The tax of a line, in few letters.
pub(crate) fn short(line: &InvoiceLine) -> String {
    match line.tax_category {
        Some(TaxCategory::Standard | TaxCategory::Zero) => rate(line.tax_rate.unwrap_or_default()),
        Some(TaxCategory::Exempt) => "exempt".to_owned(),
        Some(TaxCategory::ReverseCharge) => "reverse charge".to_owned(),
        None => "none".to_owned(),
    }
}

/// The tax of a category and rate, in the sums.
pub(crate) fn taxed(tax: &InvoiceTax) -> String {
    let name = match tax.category {
        TaxCategory::Standard | TaxCategory::Zero => format!("VAT {}", rate(tax.rate)),
        TaxCategory::Exempt => "Exempt from VAT".to_owned(),
        TaxCategory::ReverseCharge => "VAT, reverse charge".to_owned(),
    };
    format!("{name} on {}", plain(tax.net))
}

/// The reason why a category has no VAT.
pub(crate) fn reason(tax: &InvoiceTax) -> Option<&str> {
    match tax.category {
        TaxCategory::Standard | TaxCategory::Zero => None,
        TaxCategory::Exempt if tax.exemption_reason.is_empty() => Some(EXEMPT),
        TaxCategory::Exempt => Some(&tax.exemption_reason),
        TaxCategory::ReverseCharge => Some(REVERSE_CHARGE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_amounts_are_written_without_needless_digits() {
        assert_eq!([1900, 550, 0, 1025, 5].map(rate), ["19 %", "5.5 %", "0 %", "10.25 %", "0.05 %"]);
        let money = |amount, code: &str| plain(Money { amount, currency: code.parse().unwrap() });
        assert_eq!([money(-1250, "EUR"), money(7, "JPY"), money(1, "KWD")], ["-12.50", "7", "0.001"]);
    }
}
