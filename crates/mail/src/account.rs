//! Mails about accounts, nearly all with a secret link: it verifies an address, sets a password or accepts an invitation.

use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, greeting};
use domain::invitation::INVITATION_DAYS;
use domain::mail::MailCategory;
use domain::organization::CONTACT_TOKEN_DAYS;
use texts::catalogue::{Texts, or_none, variables};

/// The content of a mail with a secret link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLetter {
    /// The purpose of the link.
    pub purpose: Purpose,
    /// The secret of the link. Empty: the link has none.
    pub token: String,
    /// The reader's name; empty unless the address is verified: somebody else may have typed it, to advertise something.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The name of the organization that invites, or the new address of the account; empty unless the address of the reader is
    /// verified.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
}

/// The purpose of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It confirms the address of a user.
    Verification,
    /// It sets a new password.
    PasswordReset,
    /// It confirms that an organization's contact address wants its mail.
    ContactVerification,
    /// It accepts an invitation to become a member.
    MembershipInvitation,
    /// It accepts an invitation to be certified.
    CertificationInvitation,
    /// It proves the new address of an account.
    NewAddress,
    /// It leads to a new password, because somebody wants another address for the account.
    AddressChange,
}

impl Purpose {
    const fn message(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::PasswordReset => "password-reset",
            Self::ContactVerification => "contact-verification",
            Self::MembershipInvitation => "membership-invitation",
            Self::CertificationInvitation => "certification-invitation",
            Self::NewAddress => "new-address",
            Self::AddressChange => "address-change",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Verification => "verify-email",
            Self::PasswordReset => "reset-password",
            Self::ContactVerification => "verify-contact",
            Self::MembershipInvitation | Self::CertificationInvitation => "accept-invitation",
            Self::NewAddress => "confirm-email",
            Self::AddressChange => "forgot-password",
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
        let days = if self.purpose == Purpose::ContactVerification { CONTACT_TOKEN_DAYS } else { INVITATION_DAYS };
        let variables: FluentArgs<'_> = variables([
            ("url", sender.public_url.as_str().into()),
            ("hours", sender.verification_hours.into()),
            ("minutes", sender.reset_minutes.into()),
            ("days", days.into()),
            ("about", or_none(&self.about).into()),
        ]);
        let url = match self.token.as_str() {
            "" => sender.plain_link(self.purpose.path()),
            token => sender.token_link(self.purpose.path(), token),
        };
        Page {
            subject: texts.message(message, &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(message, "intro", &variables),
            facts: Vec::new(),
            call: texts.attribute(message, "call", &variables),
            url,
            token: Some(self.token.clone()).filter(|token| !token.is_empty()),
            outro: texts.attribute(message, "outro", &variables),
            entries: Vec::new(),
        }
    }
}
