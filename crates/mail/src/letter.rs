//! A letter: all that is needed to write a mail, as it was when the fact was recorded; and the digest of several letters.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::account::AccountLetter;
use super::calendar::Entry;
use super::calendar_import::CalendarImportLetter;
use super::card_payment::CardPaymentLetter;
use super::certification::CertificationLetter;
use super::content::Content;
use super::invoice::InvoiceLetter;
use super::notice::NoticeLetter;
use super::page::{Fact, Page, Sender};
use super::payment_reminder::PaymentReminderLetter;
use super::prepaid::PrepaidLetter;
use super::standing::StandingLetter;
use super::training::{AttendanceLetter, SeatLetter};
use super::waitlist::WaitLetter;
use super::webhook::WebhookLetter;
use domain::mail::{Locale, MailCategory};
use texts::catalogue::{Texts, variables};

/// A letter in the language of its reader.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The language of the reader.
    #[serde(default, skip_serializing_if = "Locale::is_default")]
    pub locale: Locale,
    /// The content.
    pub content: LetterContent,
}

/// The content of a letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterContent {
    /// It has a secret link.
    Account(AccountLetter),
    /// It is about bookings.
    Notice(Box<NoticeLetter>),
    /// It is about a waitlist entry that ended without an offer.
    Wait(Box<WaitLetter>),
    /// It is about a certification.
    Certification(Box<CertificationLetter>),
    /// It is about a seat in a training.
    Seat(Box<SeatLetter>),
    /// It asks for the attendance of a training.
    Attendance(Box<AttendanceLetter>),
    /// It has an invoice or credit note.
    Invoice(Box<InvoiceLetter>),
    /// It reminds of an invoice that is overdue.
    PaymentReminder(Box<PaymentReminderLetter>),
    /// It reminds of prepaid credit that expires soon.
    Prepaid(Box<PrepaidLetter>),
    /// It is about a payment by card that needs the host.
    CardPayment(Box<CardPaymentLetter>),
    /// It is about a change of what a user or an organization may do.
    Standing(Box<StandingLetter>),
    /// It is about a calendar that cannot be read.
    CalendarImport(Box<CalendarImportLetter>),
    /// It is about a webhook that was disabled.
    Webhook(Box<WebhookLetter>),
    /// It is about several letters.
    Digest(DigestLetter),
}

impl LetterContent {
    pub(super) fn as_content(&self) -> &dyn Content {
        match self {
            Self::Account(letter) => letter,
            Self::Notice(letter) => letter.as_ref(),
            Self::Wait(letter) => letter.as_ref(),
            Self::Certification(letter) => letter.as_ref(),
            Self::Seat(letter) => letter.as_ref(),
            Self::Attendance(letter) => letter.as_ref(),
            Self::Invoice(letter) => letter.as_ref(),
            Self::PaymentReminder(letter) => letter.as_ref(),
            Self::Prepaid(letter) => letter.as_ref(),
            Self::CardPayment(letter) => letter.as_ref(),
            Self::Standing(letter) => letter.as_ref(),
            Self::CalendarImport(letter) => letter.as_ref(),
            Self::Webhook(letter) => letter.as_ref(),
            Self::Digest(letter) => letter,
        }
    }
}

impl Letter {
    /// The name of this kind of mail.
    pub fn template(&self) -> String {
        self.content.as_content().template()
    }

    /// Which choice of the recipient switches this mail off; `None` if everybody receives it.
    pub fn category(&self) -> Option<MailCategory> {
        self.content.as_content().category()
    }

    /// The identifiers of the bookings or the seat that it is about. Letters about one of them are sent in the order of the changes.
    pub fn topics(&self) -> Vec<String> {
        self.content.as_content().topics()
    }

    /// The same without its secret: what may be kept when it is sent. `None` if there is no secret in it.
    pub fn without_secret(&self) -> Option<Self> {
        match &self.content {
            LetterContent::Account(letter) => {
                Some(Self { content: LetterContent::Account(letter.clone().without_secret()), locale: self.locale.clone() })
            }
            _ => None,
        }
    }
}

impl From<LetterContent> for Letter {
    fn from(content: LetterContent) -> Self {
        Self { locale: Locale::default(), content }
    }
}

/// How many letters one digest has at most.
pub const MOST_LETTERS: i64 = 100;
/// How many bookings and seats the letters of one digest are about at most, unless a single letter is about more: mail servers accept
/// only so many attached calendar entries.
pub const MOST_TOPICS: usize = 200;

/// The content of a digest: one mail about many changes, for a reader who has had many mails within an hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DigestLetter {
    /// The letters of which the reader gets one mail, the oldest first.
    pub letters: Vec<LetterContent>,
}

impl DigestLetter {
    fn contents(&self) -> impl Iterator<Item = &dyn Content> {
        self.letters.iter().map(LetterContent::as_content)
    }
}

impl Content for DigestLetter {
    fn template(&self) -> String {
        "digest".to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        self.contents().find_map(Content::category)
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let mut pages: Vec<_> = self.contents().map(|content| content.page(sender, texts)).collect();
        let entries = latest(pages.iter_mut().flat_map(|page| std::mem::take(&mut page.entries)));
        let variables = variables([("count", pages.len().into())]);
        let line =
            |(number, page): (usize, &Page)| Fact { label: number.to_string(), value: format!("{}\n{}", page.subject, page.url) };
        Page {
            subject: texts.message("digest", &variables),
            greeting: pages.first().map(|page| page.greeting.clone()).unwrap_or_default(),
            intro: texts.attribute("digest", "intro", &variables),
            facts: (1..).zip(&pages).map(line).collect(),
            call: texts.attribute("digest", "call", &variables),
            url: sender.link("bookings"),
            token: None,
            outro: String::new(),
            entries,
        }
    }

    fn topics(&self) -> Vec<String> {
        self.contents().flat_map(Content::topics).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The latest entry of each booking and seat.
fn latest(entries: impl Iterator<Item = Entry>) -> Vec<Entry> {
    let mut latest: Vec<Entry> = Vec::new();
    for entry in entries {
        match latest.iter_mut().find(|known| known.id == entry.id) {
            Some(known) if known.sequence > entry.sequence => {}
            Some(known) => *known = entry,
            None => latest.push(entry),
        }
    }
    latest
}
