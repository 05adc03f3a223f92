//! Mails about certifications.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::ids::CertificationKindId;
use domain::mail::MailCategory;
use domain::time::UtcTime;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The content of a mail about a certification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificationLetter {
    /// The event.
    pub event: CertificationEvent,
    /// The holder's name.
    pub name: String,
    /// The kind of certification,
    pub certification_kind_id: CertificationKindId,
    /// and what it is called.
    pub certification_kind: String,
    /// The name of the host that defines it.
    pub organization: String,
    /// Until when it is valid; without it, it does not expire.
    pub expires_at: Option<UtcTime>,
    /// Why it was revoked; may be empty.
    pub reason: String,
}

/// An event in the life of a certification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificationEvent {
    /// It was granted or renewed.
    Granted,
    /// It was revoked.
    Revoked,
    /// It expires soon.
    Expires,
}

impl CertificationEvent {
    const fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Revoked => "revoked",
            Self::Expires => "expires",
        }
    }
}

impl Content for CertificationLetter {
    fn template(&self) -> String {
        format!("certification_{}", self.event.name())
    }

    fn category(&self) -> Option<MailCategory> {
        match self.event {
            CertificationEvent::Granted | CertificationEvent::Expires => Some(MailCategory::Certification),
            CertificationEvent::Revoked => None,
        }
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let message = format!("certification-{}", self.event.name());
        let url = match self.event {
            CertificationEvent::Granted => sender.link("me/certifications"),
            _ => sender.link(&format!("certification-kinds/{}", self.certification_kind_id)),
        };
        let mut variables =
            variables([("kind", self.certification_kind.as_str().into()), ("organization", self.organization.as_str().into())]);
        variables.set("word", texts.message(&message, &variables));
        let until = self.expires_at.filter(|_| self.event != CertificationEvent::Revoked);
        let until = until.map_or_else(String::new, |at| when::utc(texts, at));
        Page {
            subject: texts.message("subject-of-certification", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(&message, "intro", &variables),
            facts: facts(texts, [("label-valid-until", until), ("label-reason", self.reason.clone())]),
            call: texts.attribute(&message, "call", &variables),
            url,
            token: None,
            outro: String::new(),
            entries: Vec::new(),
        }
    }
}
