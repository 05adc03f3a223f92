//! Mails about webhooks that the service has disabled.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::ids::WebhookId;
use domain::mail::MailCategory;
use texts::catalogue::{Texts, variables};

/// The content of a mail about a webhook that was disabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookLetter {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The name of the reader; may be empty.
    pub name: String,
    /// The name of the organization.
    pub organization: String,
    /// The address of the webhook.
    pub url: String,
    /// The reason of the last failure.
    pub reason: String,
}

impl Content for WebhookLetter {
    fn template(&self) -> String {
        "webhook_disabled".to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let variables = variables([("organization", self.organization.as_str().into())]);
        let table = [("label-webhook", self.url.clone()), ("label-reason", self.reason.clone())];
        Page {
            subject: texts.message("webhook-disabled", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute("webhook-disabled", "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute("webhook-disabled", "call", &variables),
            url: sender.link("bookings"),
            token: None,
            outro: texts.attribute("webhook-disabled", "outro", &variables),
            entries: Vec::new(),
        }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.webhook_id.to_string()]
    }
}
