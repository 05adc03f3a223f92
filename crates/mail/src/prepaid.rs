//! Reminders of prepaid credit that expires soon.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::ids::PrepaidId;
use domain::mail::MailCategory;
use domain::money::Money;
use domain::time::UtcTime;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The content of a reminder of prepaid credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepaidLetter {
    /// The prepaid credit.
    pub prepaid_id: PrepaidId,
    /// The name of the reader.
    pub name: String,
    /// The name of the package.
    pub package: String,
    /// The name of the host.
    pub host: String,
    /// The name of the customer.
    pub customer: String,
    /// The credit that is left; zero of a package of hours.
    pub left: Money,
    /// The minutes of a package of hours that are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    /// The instant of the expiry.
    pub expires_at: UtcTime,
    /// The address of the host to which an answer goes; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reply_to: String,
}

impl Content for PrepaidLetter {
    fn template(&self) -> String {
        "prepaid_expires".to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let hours = |minutes: i64| format!("{} h {:02} min", minutes / 60, minutes % 60);
        let left = self.minutes.map_or_else(|| amount(texts, self.left), hours);
        let until = when::utc(texts, self.expires_at);
        let variables = variables([
            ("package", self.package.as_str().into()),
            ("host", self.host.as_str().into()),
            ("customer", self.customer.as_str().into()),
            ("left", left.as_str().into()),
            ("day", when::day(texts, self.expires_at.to_chrono().date_naive()).into()),
        ]);
        let table = [
            ("label-package", self.package.clone()),
            ("label-host", self.host.clone()),
            ("label-credit-left", left.clone()),
            ("label-valid-until", until),
        ];
        Page {
            subject: texts.message("prepaid-expires", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute("prepaid-expires", "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute("prepaid-expires", "call", &variables),
            url: sender.link("bookings"),
            token: None,
            outro: String::new(),
            entries: Vec::new(),
        }
    }

    fn reply_to(&self) -> Option<&str> {
        Some(self.reply_to.as_str()).filter(|address| !address.is_empty())
    }

    fn topics(&self) -> Vec<String> {
        vec![self.prepaid_id.to_string()]
    }
}
