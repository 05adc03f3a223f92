//! What is told about certifications, and about seats in the trainings that lead to them.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::page::{Fact, Page, Sender, greeting};
use super::when;
use crate::domain::ids::{CertificationKindId, TrainingId};
use crate::domain::time::UtcTime;

/// What a message about a certification says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificationLetter {
    /// What happened to it.
    pub event: CertificationEvent,
    /// The holder's name.
    pub name: String,
    /// The kind of certification,
    pub certification_kind_id: CertificationKindId,
    /// and what it is called.
    pub certification_kind: String,
    /// The name of the host that defines it.
    pub organization: String,
    /// Until when it is good, if not for ever.
    pub expires_at: Option<UtcTime>,
    /// Why it was revoked; may be empty.
    pub reason: String,
}

/// What can be told of a certification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificationEvent {
    /// Somebody was certified, be it anew.
    Granted,
    /// It was taken back.
    Revoked,
    /// It ends soon.
    Expires,
}

/// What a message about a seat in a training says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatLetter {
    /// What happened to it.
    pub event: SeatEvent,
    /// The holder's name.
    pub name: String,
    /// The training,
    pub training_id: TrainingId,
    /// and what it is called.
    pub training: String,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// The time zone of the site.
    pub timezone: String,
    /// The name and address of the site, a line each.
    pub place: String,
    /// What the kind of certification is called.
    pub certification_kind: String,
    /// The name of the organization that trains.
    pub organization: String,
    /// Why it was cancelled; may be empty.
    pub reason: String,
}

/// What can be told of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatEvent {
    /// Somebody has it.
    Taken,
    /// It was given up, or taken away.
    Cancelled,
    /// The training was called off.
    TrainingCancelled,
}

impl CertificationLetter {
    /// The word for the kind of message.
    pub(super) const fn template(&self) -> &'static str {
        match self.event {
            CertificationEvent::Granted => "certification_granted",
            CertificationEvent::Revoked => "certification_revoked",
            CertificationEvent::Expires => "certification_expires",
        }
    }
}

impl SeatLetter {
    /// The word for the kind of message.
    pub(super) const fn template(&self) -> &'static str {
        match self.event {
            SeatEvent::Taken => "training_seat_taken",
            SeatEvent::Cancelled => "training_seat_cancelled",
            SeatEvent::TrainingCancelled => "training_cancelled",
        }
    }
}

impl Sender {
    /// Puts what is told about a certification into words.
    pub(super) fn certification_page(&self, letter: &CertificationLetter) -> Page {
        let CertificationLetter { certification_kind: kind, organization, .. } = letter;
        let kind_url = format!("{}/certification-kinds/{}", self.public_url, letter.certification_kind_id);
        let (word, intro, call, url) = match letter.event {
            CertificationEvent::Granted => (
                "Certified",
                format!("You are certified in {kind} by {organization}. You may operate the machines that require it."),
                "You need not do anything. To see what you are certified in:",
                format!("{}/me/certifications", self.public_url),
            ),
            CertificationEvent::Revoked => (
                "Certification revoked",
                format!(
                    "Your certification in {kind} by {organization} is revoked: you may no longer operate machines that require it."
                ),
                "Ask the host if you do not know why. To be trained again:",
                kind_url,
            ),
            CertificationEvent::Expires => (
                "Certification expires",
                format!(
                    "Your certification in {kind} by {organization} expires soon. You cannot operate machines that require it afterwards."
                ),
                "To have it renewed, ask the host or take part in a training:",
                kind_url,
            ),
        };
        let until = letter.expires_at.filter(|_| letter.event != CertificationEvent::Revoked);
        let table = [("Good until", until.map(when::day).unwrap_or_default()), ("Reason", letter.reason.clone())];
        Page {
            subject: format!("{word}: {kind}"),
            greeting: greeting(&letter.name),
            intro,
            facts: facts(table),
            call: call.to_owned(),
            url,
            token: None,
            outro: String::new(),
        }
    }

    /// Puts what is told about a seat into words.
    pub(super) fn seat_page(&self, letter: &SeatLetter) -> Page {
        let SeatLetter { training, organization, .. } = letter;
        let (word, intro, call) = match letter.event {
            SeatEvent::Taken => (
                "Your seat",
                format!(
                    "You have a seat in {training} by {organization}. Come in time: who attends is certified in {}.",
                    letter.certification_kind
                ),
                "Should your plans change, please give the seat up here, so that somebody else can have it:",
            ),
            SeatEvent::Cancelled => (
                "Seat given up",
                format!("You no longer have a seat in {training} by {organization}."),
                "If you want to attend after all, see whether there is a free seat:",
            ),
            SeatEvent::TrainingCancelled => (
                "Training cancelled",
                format!("{training} by {organization} does not take place, and so your seat is cancelled."),
                "To look for another training:",
            ),
        };
        let timezone = letter.timezone.parse().unwrap_or(Tz::UTC);
        let span = when::span(timezone, letter.starts_at, letter.ends_at);
        let when = format!("{span} ({})", when::zone(timezone, letter.starts_at, letter.ends_at));
        let table = [("When", when), ("Where", letter.place.clone()), ("Reason", letter.reason.clone())];
        Page {
            subject: format!("{word}: {training}, {span}"),
            greeting: greeting(&letter.name),
            intro,
            facts: facts(table),
            call: call.to_owned(),
            url: format!("{}/trainings/{}", self.public_url, letter.training_id),
            token: None,
            outro: String::new(),
        }
    }
}

/// The lines of a table that have something to say.
fn facts(table: impl IntoIterator<Item = (&'static str, String)>) -> Vec<Fact> {
    table.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| Fact { label, value }).collect()
}
