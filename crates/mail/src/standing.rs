//! Mails about changes of what a user or an organization may do in the installation.

use serde::{Deserialize, Serialize};

use super::content::Content;
use super::page::{Page, Sender, facts, greeting};
use domain::mail::MailCategory;
use texts::catalogue::{Texts, variables};

/// The content of a mail about a change of what a user or an organization may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingLetter {
    /// The change, as its reader sees it.
    pub change: StandingNews,
    /// The name of the reader.
    pub name: String,
    /// The name of the organization; empty if the change is about the reader's account.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub organization: String,
    /// The name of the other member, if an organization was handed over; the issuer of an identity.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub other: String,
    /// The reason; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// A change, as the reader of a mail sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingNews {
    /// The reader is the new owner of an organization.
    OwnershipReceived,
    /// The reader has handed an organization over.
    OwnershipGiven,
    /// An organization of the reader is suspended.
    OrganizationSuspended,
    /// An organization of the reader is no longer suspended.
    OrganizationReinstated,
    /// The account of the reader is suspended.
    UserSuspended,
    /// The account of the reader is no longer suspended.
    UserReinstated,
    /// The reader needs a second factor to sign in.
    SecondFactorSet,
    /// The reader needs no second factor any more.
    SecondFactorRemoved,
    /// The reader can sign in with an identity at a provider.
    IdentityLinked,
    /// The reader cannot sign in with an identity any more.
    IdentityUnlinked,
}

impl StandingNews {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::OwnershipReceived,
        Self::OwnershipGiven,
        Self::OrganizationSuspended,
        Self::OrganizationReinstated,
        Self::UserSuspended,
        Self::UserReinstated,
        Self::SecondFactorSet,
        Self::SecondFactorRemoved,
        Self::IdentityLinked,
        Self::IdentityUnlinked,
    ];

    const fn message(self) -> &'static str {
        match self {
            Self::OwnershipReceived => "ownership-received",
            Self::OwnershipGiven => "ownership-given",
            Self::OrganizationSuspended => "organization-suspended",
            Self::OrganizationReinstated => "organization-reinstated",
            Self::UserSuspended => "user-suspended",
            Self::UserReinstated => "user-reinstated",
            Self::SecondFactorSet => "second-factor-set",
            Self::SecondFactorRemoved => "second-factor-removed",
            Self::IdentityLinked => "identity-linked",
            Self::IdentityUnlinked => "identity-unlinked",
        }
    }

    /// The page that the reader opens next: that of a new password if the way to sign in was changed, or else the front page.
    const fn path(self) -> &'static str {
        match self {
            Self::SecondFactorSet | Self::SecondFactorRemoved | Self::IdentityLinked | Self::IdentityUnlinked => {
                "forgot-password"
            }
            _ => "",
        }
    }
}

impl Content for StandingLetter {
    fn template(&self) -> String {
        self.change.message().replace('-', "_")
    }

    fn category(&self) -> Option<MailCategory> {
        None
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let message = self.change.message();
        let url = sender.plain_link(self.change.path());
        let variables = variables([
            ("organization", self.organization.as_str().into()),
            ("other", self.other.as_str().into()),
            ("url", url.as_str().into()),
        ]);
        Page {
            subject: texts.message(message, &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(message, "intro", &variables),
            facts: facts(texts, [("label-reason", self.reason.clone())]),
            call: texts.attribute(message, "call", &variables),
            url,
            token: None,
            outro: String::new(),
            entries: Vec::new(),
        }
    }
}
