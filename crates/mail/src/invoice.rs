//! Mails with an invoice or credit note.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::ids::InvoiceId;
use domain::invoice::InvoiceKind;
use domain::mail::MailCategory;
use domain::money::Money;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The content of a mail with an invoice or credit note, to which the document is attached when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLetter {
    /// The document.
    pub invoice_id: InvoiceId,
    /// Its kind.
    pub kind: InvoiceKind,
    /// Its number.
    pub number: String,
    /// The name of the reader; may be empty.
    pub name: String,
    /// The name of the host on it.
    pub host: String,
    /// The name of the customer on it.
    pub customer: String,
    /// The amount to pay, or to be credited.
    pub amount: Money,
    /// The date until which it is to be paid.
    pub due_on: NaiveDate,
    /// The numbers of the invoices that a credit note corrects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrects: Vec<String>,
    /// The address of the host to which an answer goes; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply_to: String,
}

impl Content for InvoiceLetter {
    fn template(&self) -> String {
        format!("{}_issued", self.kind.as_str())
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let message = format!("{}-issued", self.kind.as_str());
        let mut variables = variables([
            ("number", self.number.as_str().into()),
            ("host", self.host.as_str().into()),
            ("customer", self.customer.as_str().into()),
        ]);
        variables.set("word", texts.message(&message, &variables));
        let due_on = match self.kind {
            InvoiceKind::Invoice => when::day(texts, self.due_on),
            InvoiceKind::CreditNote => String::new(),
        };
        let table = [
            ("label-number", self.number.clone()),
            ("label-amount", amount(texts, self.amount)),
            ("label-pay-by", due_on),
            ("label-corrects", self.corrects.join(", ")),
            ("label-host", self.host.clone()),
            ("label-customer", self.customer.clone()),
        ];
        Page {
            subject: texts.message("subject-of-invoice", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(&message, "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute(&message, "call", &variables),
            url: sender.link(&format!("invoices/{}", self.invoice_id)),
            token: None,
            outro: String::new(),
            entries: Vec::new(),
        }
    }

    fn reply_to(&self) -> Option<&str> {
        Some(self.reply_to.as_str()).filter(|address| !address.is_empty())
    }
}
