//! Invoices and credit notes as documents: a PDF for people, and the XML of EN 16931 for their programs. All of it follows from the
//! invoice as it was issued, in the language that it was issued in, so the same invoice is always the same document.

mod face;
mod layout;
mod logo;
mod packet;
mod paper;
mod pdf;
mod standard;
mod text;
mod wording;

use domain::invoice::Invoice;
use domain::logo::Logo;

use self::wording::Words;

pub use self::logo::{InvalidLogo, read_logo};
pub use self::packet::NoPdf;
pub use self::standard::NoXml;

/// Returns an invoice as UBL 2.1.
///
/// # Errors
/// The reason why EN 16931 has no form for the invoice.
pub fn ubl(invoice: &Invoice) -> Result<String, NoXml> {
    standard::written(invoice, standard::Syntax::Ubl)
}

/// Returns an invoice as PDF/A-3 with the logo that it was issued with, and with its XML inside (Factur-X, UN/CEFACT CII) if EN 16931 has a
/// form for it.
///
/// # Errors
/// A defect of the service.
pub fn pdf(invoice: &Invoice, logo: Option<&Logo>) -> Result<Vec<u8>, NoPdf> {
    pdf::written(invoice, logo)
}

/// Returns the name under which a document is saved, without its extension.
pub fn file_name(invoice: &Invoice) -> String {
    format!("{}-{}", Words::new(invoice.content.language).of_kind(invoice.kind, "file"), invoice.number())
}
