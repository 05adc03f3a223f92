//! Reminders of payment: an invoice is overdue.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::ids::InvoiceId;
use domain::mail::MailCategory;
use domain::money::Money;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The content of a reminder of payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentReminderLetter {
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The name of the reader; may be empty.
    pub name: String,
    /// The name of the host on it.
    pub host: String,
    /// The number of the invoice.
    pub number: String,
    /// The amount that is still to be paid.
    pub open: Money,
    /// The date until which it was to be paid.
    pub due_on: NaiveDate,
    /// The number of days since.
    pub days_overdue: i64,
    /// The address of the host to which an answer goes; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply_to: String,
}

impl Content for PaymentReminderLetter {
    fn template(&self) -> String {
        "payment_reminder".to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let open = amount(texts, self.open);
        let variables = variables([
            ("number", self.number.as_str().into()),
            ("host", self.host.as_str().into()),
            ("open", open.as_str().into()),
            ("days", self.days_overdue.into()),
        ]);
        let table = [
            ("label-invoice", self.number.clone()),
            ("label-host", self.host.clone()),
            ("label-to-pay", open.clone()),
            ("label-due-on", when::day(texts, self.due_on)),
        ];
        Page {
            subject: texts.message("payment-reminder", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute("payment-reminder", "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute("payment-reminder", "call", &variables),
            url: sender.link(&format!("invoices/{}", self.invoice_id)),
            token: None,
            outro: texts.attribute("payment-reminder", "outro", &variables),
            entries: Vec::new(),
        }
    }

    fn reply_to(&self) -> Option<&str> {
        Some(self.reply_to.as_str()).filter(|address| !address.is_empty())
    }

    fn topics(&self) -> Vec<String> {
        vec![self.invoice_id.to_string()]
    }
}
