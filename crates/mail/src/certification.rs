//! What is told about certifications, and about seats in the trainings that lead to them.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::page::{Fact, Page, Sender, greeting};
use super::when;
use domain::event::TrainingFacts;
use domain::ids::{CertificationKindId, TrainingId, TrainingSeatId};
use domain::money::Money;
use domain::time::UtcTime;

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
    /// Which seat.
    pub seat_id: TrainingSeatId,
    /// What it costs, if anything.
    pub price: Option<Money>,
    /// The holder's name.
    pub name: String,
    /// The training,
    pub training_id: TrainingId,
    /// what it is called,
    pub training: String,
    /// and who teaches; may be empty.
    pub trainer: String,
    /// What to know before, and what to bring; may be empty.
    #[serde(default)]
    pub description: String,
    /// RFC 5545 `SEQUENCE` of the calendar entry of whoever is coming.
    pub calendar_sequence: i32,
    /// What it was before, if it has changed.
    #[serde(default)]
    pub before: Option<TrainingFacts>,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// The time zone of the site.
    pub timezone: String,
    /// The name and address of the site, a line each.
    pub place: String,
    /// How to get in; may be empty.
    #[serde(default)]
    pub access_notes: String,
    /// Whom to ask there; may be empty.
    #[serde(default)]
    pub contact: String,
    /// What the kind of certification is called.
    pub certification_kind: String,
    /// The name of the organization that trains.
    pub organization: String,
    /// Why it was cancelled; may be empty.
    pub reason: String,
}

/// What a message asks about a training that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceLetter {
    /// The reader's name.
    pub name: String,
    /// The training,
    pub training_id: TrainingId,
    /// and what it is called.
    pub training: String,
    /// It was from this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// The time zone of the site.
    pub timezone: String,
    /// How many have had a seat.
    pub seats: usize,
}

/// What can be told of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatEvent {
    /// Somebody has it.
    Taken,
    /// It was given up.
    Cancelled,
    /// It was taken away.
    Removed,
    /// The training starts soon.
    Reminder,
    /// The training has another time, place, name or trainer.
    TrainingChanged,
    /// The training was called off.
    TrainingCancelled,
}

impl SeatEvent {
    /// Whether who has the seat is to come.
    pub const fn is_coming(self) -> bool {
        matches!(self, Self::Taken | Self::Reminder | Self::TrainingChanged)
    }
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
            SeatEvent::Removed => "training_seat_removed",
            SeatEvent::Reminder => "training_reminder",
            SeatEvent::TrainingChanged => "training_changed",
            SeatEvent::TrainingCancelled => "training_cancelled",
        }
    }

    /// The training in a table.
    pub(super) fn facts(&self) -> Vec<Fact> {
        let timezone = self.timezone();
        let when = |(starts_at, ends_at)| {
            format!("{} ({})", when::span(timezone, starts_at, ends_at), when::zone(timezone, starts_at, ends_at))
        };
        facts([
            ("When", when((self.starts_at, self.ends_at))),
            ("Before", self.before.as_ref().map(|before| self.changed(before, when)).unwrap_or_default()),
            ("Where", self.place.clone()),
            ("Getting in", self.access_notes.clone()),
            ("Contact", self.contact.clone()),
            ("Trainer", self.trainer.clone()),
            ("About it", self.description.clone()),
            ("Price", self.price.map_or_else(String::new, |price| price.to_string())),
            ("Reason", self.reason.clone()),
        ])
    }

    /// What was otherwise before, a line each.
    fn changed(&self, before: &TrainingFacts, when: impl Fn((UtcTime, UtcTime)) -> String) -> String {
        let time = (before.starts_at, before.ends_at);
        let lines = [
            (before.name != self.training, before.name.clone()),
            (time != (self.starts_at, self.ends_at), when(time)),
            (self.place.lines().next() != Some(before.site.as_str()), before.site.clone()),
            (before.trainer != self.trainer && !before.trainer.is_empty(), before.trainer.clone()),
        ];
        lines.into_iter().filter_map(|(has_changed, line)| has_changed.then_some(line)).collect::<Vec<_>>().join("\n")
    }

    fn timezone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
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
        let table = [("Good until", until.map(when::utc).unwrap_or_default()), ("Reason", letter.reason.clone())];
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

    /// Where a training is shown.
    pub(super) fn training_link(&self, training: TrainingId) -> String {
        format!("{}/trainings/{training}", self.public_url)
    }

    /// Puts the question who has attended a training into words.
    pub(super) fn attendance_page(&self, letter: &AttendanceLetter) -> Page {
        let AttendanceLetter { training, starts_at, ends_at, .. } = letter;
        let timezone = letter.timezone.parse().unwrap_or(Tz::UTC);
        let span = when::span(timezone, *starts_at, *ends_at);
        let when = format!("{span} ({})", when::zone(timezone, *starts_at, *ends_at));
        Page {
            subject: format!("Who has attended? {training}, {span}"),
            greeting: greeting(&letter.name),
            intro: format!("{training} is over. Whoever has attended is certified as soon as you have written it down."),
            facts: facts([("When", when), ("Seats taken", letter.seats.to_string())]),
            call: "To write down who has attended:".to_owned(),
            url: self.training_link(letter.training_id),
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
            SeatEvent::Reminder => (
                "Reminder",
                format!("{training} by {organization}, in which you have a seat, starts soon."),
                "Should your plans have changed, please give the seat up here, so that somebody else can have it:",
            ),
            SeatEvent::Removed => (
                "Seat taken back",
                format!("{organization} has taken back your seat in {training}."),
                "Ask them if you do not know why. To look for another training:",
            ),
            SeatEvent::TrainingChanged => (
                "Training changed",
                format!("{training} by {organization}, in which you have a seat, has changed."),
                "The attachment brings your calendar up to date. If you cannot come, please give the seat up here:",
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
        let span = when::span(letter.timezone(), letter.starts_at, letter.ends_at);
        Page {
            subject: format!("{word}: {training}, {span}"),
            greeting: greeting(&letter.name),
            intro,
            facts: letter.facts(),
            call: call.to_owned(),
            url: self.training_link(letter.training_id),
            token: None,
            outro: String::new(),
        }
    }
}

/// The lines of a table that have something to say.
fn facts(table: impl IntoIterator<Item = (&'static str, String)>) -> Vec<Fact> {
    table.into_iter().filter(|(_, value)| !value.is_empty()).map(|(label, value)| Fact { label, value }).collect()
}
