//! Mails about waitlist entries that ended without an offer. An offer is a notice about a booking.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::fact::WaitlistEnding;
use domain::mail::MailCategory;
use domain::time::UtcTime;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The content of a mail about a waitlist entry that ended without an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitLetter {
    /// Why the entry ended.
    pub ending: WaitlistEnding,
    /// The reader's name.
    pub name: String,
    /// The name of the resource.
    pub resource: String,
    /// The name of the organization that owns it.
    pub host: String,
    /// A slot from this instant on would have been offered
    pub starts_at: UtcTime,
    /// that ends at this one at the latest.
    pub ends_at: UtcTime,
    /// The time zone of the site.
    pub timezone: String,
}

impl Content for WaitLetter {
    fn template(&self) -> String {
        self.ending.to_string()
    }

    fn category(&self) -> Option<MailCategory> {
        Some(MailCategory::Waitlist)
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let message = match self.ending {
            WaitlistEnding::Expired => "wait-expired",
            WaitlistEnding::Withdrawn => "wait-withdrawn",
        };
        let timezone = self.timezone.parse().unwrap_or(chrono_tz::Tz::UTC);
        let mut variables = variables([
            ("scope", "one".into()),
            ("resource", self.resource.as_str().into()),
            ("host", self.host.as_str().into()),
            ("span", when::span(texts, timezone, self.starts_at, self.ends_at).into()),
        ]);
        let table = [
            ("label-what", self.resource.clone()),
            ("label-when", when::span_in_zone(texts, timezone, self.starts_at, self.ends_at)),
            ("label-host", self.host.clone()),
        ];
        variables.set("word", texts.message(message, &variables));
        Page {
            subject: texts.message("subject", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(message, "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute(message, "call", &variables),
            url: sender.public_url.clone(),
            token: None,
            outro: String::new(),
            entries: Vec::new(),
        }
    }
}
