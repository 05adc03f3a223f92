//! Mails with a secret link: it verifies an address or sets a password.

use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use super::catalogue::{Texts, variables};
use super::content::Content;
use super::page::{Page, Sender, greeting};
use domain::mail::MailCategory;
use domain::organization::CONTACT_TOKEN_DAYS;

/// The content of a mail with a secret link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLetter {
    /// The purpose of the link.
    pub purpose: Purpose,
    /// The secret of the link.
    pub token: String,
    /// The reader's name; empty unless the address is verified: somebody else may have typed it, to advertise something.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// The purpose of a secret link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It confirms the address of a user.
    Verification,
    /// It sets a new password.
    PasswordReset,
    /// It confirms that an organization's contact address wants its mail.
    ContactVerification,
}

impl Purpose {
    const fn message(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::PasswordReset => "password-reset",
            Self::ContactVerification => "contact-verification",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Verification => "verify-email",
            Self::PasswordReset => "reset-password",
            Self::ContactVerification => "verify-contact",
        }
    }
}

impl AccountLetter {
    /// The same without its secret: what may be kept when it is sent.
    pub(super) fn without_secret(self) -> Self {
        Self { token: String::new(), ..self }
    }
}

impl Content for AccountLetter {
    fn template(&self) -> String {
        self.purpose.message().replace('-', "_")
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let message = self.purpose.message();
        let variables: FluentArgs<'_> = variables([
            ("url", sender.public_url.as_str().into()),
            ("hours", sender.verification_hours.into()),
            ("minutes", sender.reset_minutes.into()),
            ("days", CONTACT_TOKEN_DAYS.into()),
        ]);
        Page {
            subject: texts.message(message, &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(message, "intro", &variables),
            facts: Vec::new(),
            call: texts.attribute(message, "call", &variables),
            url: sender.token_link(self.purpose.path(), &self.token),
            token: Some(self.token.clone()),
            outro: texts.attribute(message, "outro", &variables),
        }
    }
}
