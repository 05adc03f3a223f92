//! A letter: all that is needed to write a mail, as it was when the fact was recorded.

use serde::{Deserialize, Serialize};

use super::account::AccountLetter;
use super::certification::CertificationLetter;
use super::content::Content;
use super::digest::DigestLetter;
use super::notice::NoticeLetter;
use super::training::{AttendanceLetter, SeatLetter};
use super::waitlist::WaitLetter;
use domain::mail::{Locale, MailCategory};

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
