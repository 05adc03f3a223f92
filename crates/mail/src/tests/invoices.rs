//! Mails with invoices.

use mail_parser::{MessageParser, MimeHeaders as _};

use super::{link, mailer};
use crate::invoice::InvoiceLetter;
use crate::letter::{Letter, LetterContent};
use crate::{Attachment, Envelope};
use domain::invoice::InvoiceKind;
use domain::money::Money;
use domain::time::UtcTime;

const INVOICE: &str = "019b76da-a800-7000-8000-000000000003";

pub(super) fn letter(kind: InvoiceKind) -> Letter {
    let corrects =
        if kind == InvoiceKind::CreditNote { vec!["2026-00003".to_owned(), "2026-00005".to_owned()] } else { Vec::new() };
    let letter = InvoiceLetter {
        invoice_id: INVOICE.parse().unwrap(),
        kind,
        number: "2026-00007".to_owned(),
        name: "Ada".to_owned(),
        host: "Rotor Works GmbH".to_owned(),
        customer: "Makers & Sons".to_owned(),
        amount: Money { amount: 35_705, currency: "EUR".parse().unwrap() },
        due_on: "2026-12-15".parse().unwrap(),
        corrects,
        reply_to: "office@rotor.example".to_owned(),
    };
    LetterContent::Invoice(Box::new(letter)).into()
}

fn written(kind: InvoiceKind) -> Vec<u8> {
    let attachments =
        [Attachment { name: "invoice.pdf".to_owned(), media_type: "application/pdf", bytes: b"%PDF-\xff\0".to_vec() }];
    let envelope = Envelope {
        id: "019b76da-a800-7000-8000-000000000002".parse().unwrap(),
        recipient: &"ada@example.org".parse().unwrap(),
        written_at: UtcTime::parse("2026-11-30T09:00:00Z").unwrap(),
        attachments: &attachments,
    };
    mailer().writer.write(&envelope, &letter(kind)).unwrap().formatted()
}

#[test]
fn an_invoice_says_what_to_pay_until_when_and_is_attached() {
    let bytes = written(InvoiceKind::Invoice);
    assert!(bytes.is_ascii(), "every server takes ASCII");
    let message = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(message.subject(), Some("Invoice 2026-00007 from Rotor Works GmbH"));
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert!(text.starts_with("Hello Ada,\n\nRotor Works GmbH issued an invoice to Makers & Sons."), "{text}");
    for line in ["Number: 2026-00007", "Amount: 357.05 EUR", "Pay by: Tue 15 Dec 2026", "Host: Rotor Works GmbH"] {
        assert!(text.lines().any(|found| found == line), "no {line} in {text}");
    }
    assert!(text.contains(&format!("\n{}\n", link(&format!("invoices/{INVOICE}")))), "{text}");
    assert_eq!(message.reply_to().and_then(|to| to.first()?.address()), Some("office@rotor.example"));
    let attached: Vec<_> = message.attachments().map(|part| (part.attachment_name(), part.contents())).collect();
    assert_eq!(attached, [(Some("invoice.pdf"), b"%PDF-\xff\0".as_slice())]);
}

#[test]
fn a_credit_note_names_the_invoices_that_it_corrects_and_no_date_to_pay() {
    let bytes = written(InvoiceKind::CreditNote);
    let message = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(message.subject(), Some("Credit note 2026-00007 from Rotor Works GmbH"));
    let text = message.body_text(0).unwrap();
    assert!(text.contains("Corrects: 2026-00003, 2026-00005") && !text.contains("Pay by"), "{text}");
}
