//! Mails about trainings: about a seat, and about the attendance of a training that is over.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::calendar::{Entry, Method};
use super::content::Content;
use super::page::{Fact, Page, Sender, described, facts, greeting};
use domain::fact::TrainingSnapshot;
use domain::ids::{TrainingId, TrainingSeatId};
use domain::mail::MailCategory;
use domain::money::Money;
use domain::time::UtcTime;
use texts::amount::amount;
use texts::catalogue::{Texts, variables};
use texts::when;

/// The content of a mail about a seat in a training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatLetter {
    /// The event.
    pub event: SeatEvent,
    /// Which seat.
    pub seat_id: TrainingSeatId,
    /// The price, if the seat has one.
    pub price: Option<Money>,
    /// The holder's name.
    pub name: String,
    /// The training,
    pub training_id: TrainingId,
    /// what it is called,
    pub training: String,
    /// and the name of the trainer; may be empty.
    pub trainer: String,
    /// The description of the training: preparation and things to bring; may be empty.
    #[serde(default)]
    pub description: String,
    /// RFC 5545 `SEQUENCE` of the calendar entry of those who attend.
    pub calendar_sequence: i32,
    /// The training before it changed.
    #[serde(default)]
    pub before: Option<TrainingSnapshot>,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// The time zone of the site.
    pub timezone: String,
    /// The name and address of the site, a line each.
    pub place: String,
    /// How to enter the site; may be empty.
    #[serde(default)]
    pub access_notes: String,
    /// The contact at the site; may be empty.
    #[serde(default)]
    pub contact: String,
    /// The name of the kind of certification.
    pub certification_kind: String,
    /// The name of the organization that trains.
    pub organization: String,
    /// Why it was cancelled; may be empty.
    pub reason: String,
}

/// The content of a mail about a training that is over.
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
    /// How many seats were taken.
    pub seats: usize,
}

/// An event in the life of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatEvent {
    /// It was taken.
    Taken,
    /// Its holder gave it up.
    Cancelled,
    /// A manager took it back.
    Removed,
    /// The training starts soon.
    Reminder,
    /// The training has another time, place, name or trainer.
    TrainingChanged,
    /// The training was cancelled.
    TrainingCancelled,
}

impl SeatEvent {
    /// Whether the holder of the seat attends.
    pub const fn is_coming(self) -> bool {
        matches!(self, Self::Taken | Self::Reminder | Self::TrainingChanged)
    }
}

impl SeatEvent {
    /// The message in the catalogue.
    const fn message(self) -> &'static str {
        match self {
            Self::Taken => "seat-taken",
            Self::Cancelled => "seat-cancelled",
            Self::Removed => "seat-removed",
            Self::Reminder => "seat-reminder",
            Self::TrainingChanged => "seat-training_changed",
            Self::TrainingCancelled => "seat-training_cancelled",
        }
    }
}

/// The page of a training.
fn training_path(training: TrainingId) -> String {
    format!("trainings/{training}")
}

impl SeatLetter {
    /// The training in a table.
    fn facts(&self, texts: &Texts) -> Vec<Fact> {
        let when = |(starts_at, ends_at)| when::span_in_zone(texts, self.timezone(), starts_at, ends_at);
        let table = [
            ("label-when", when((self.starts_at, self.ends_at))),
            ("label-before", self.before.as_ref().map(|before| self.changed(before, when)).unwrap_or_default()),
            ("label-where", self.place.clone()),
            ("label-access", self.access_notes.clone()),
            ("label-contact", self.contact.clone()),
            ("label-trainer", self.trainer.clone()),
            ("label-about", self.description.clone()),
            ("label-price", self.price.map_or_else(String::new, |price| amount(texts, price))),
            ("label-reason", self.reason.clone()),
        ];
        facts(texts, table)
    }

    /// The former values of the fields that have changed, one line each.
    fn changed(&self, before: &TrainingSnapshot, when: impl Fn((UtcTime, UtcTime)) -> String) -> String {
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

    /// The change of the reader's calendar, if the event makes one.
    fn entry(&self, sender: &Sender, facts: &[Fact]) -> Option<Entry> {
        let is_coming = self.event.is_coming();
        (self.event != SeatEvent::Reminder).then(|| Entry {
            method: if is_coming { Method::Request } else { Method::Cancel },
            id: self.seat_id.to_string(),
            // The end of a seat is the last change of its entry.
            sequence: self.calendar_sequence + i32::from(!is_coming),
            time: (self.starts_at, self.ends_at),
            summary: self.training.clone(),
            place: self.place.clone(),
            description: described(facts),
            name: self.name.clone(),
            url: sender.plain_link(&training_path(self.training_id)),
        })
    }
}

impl Content for SeatLetter {
    fn template(&self) -> String {
        let name = match self.event {
            SeatEvent::Taken => "training_seat_taken",
            SeatEvent::Cancelled => "training_seat_cancelled",
            SeatEvent::Removed => "training_seat_removed",
            SeatEvent::Reminder => "training_reminder",
            SeatEvent::TrainingChanged => "training_changed",
            SeatEvent::TrainingCancelled => "training_cancelled",
        };
        name.to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        match self.event {
            SeatEvent::Taken | SeatEvent::Cancelled => Some(MailCategory::Certification),
            SeatEvent::Reminder => Some(MailCategory::Reminder),
            SeatEvent::Removed | SeatEvent::TrainingChanged | SeatEvent::TrainingCancelled => None,
        }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.seat_id.to_string()]
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let message = self.event.message();
        let mut variables = variables([
            ("training", self.training.as_str().into()),
            ("organization", self.organization.as_str().into()),
            ("kind", self.certification_kind.as_str().into()),
            ("span", when::span(texts, self.timezone(), self.starts_at, self.ends_at).into()),
        ]);
        variables.set("word", texts.message(message, &variables));
        let facts = self.facts(texts);
        Page {
            subject: texts.message("subject-of-training", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute(message, "intro", &variables),
            entries: self.entry(sender, &facts).into_iter().collect(),
            facts,
            call: texts.attribute(message, "call", &variables),
            url: sender.link(&training_path(self.training_id)),
            token: None,
            outro: String::new(),
        }
    }
}

impl Content for AttendanceLetter {
    fn template(&self) -> String {
        "training_attendance_due".to_owned()
    }

    fn category(&self) -> Option<MailCategory> {
        Some(MailCategory::Certification)
    }

    fn page(&self, sender: &Sender, texts: &Texts) -> Page {
        let timezone = self.timezone.parse().unwrap_or(Tz::UTC);
        let mut variables = variables([
            ("training", self.training.as_str().into()),
            ("span", when::span(texts, timezone, self.starts_at, self.ends_at).into()),
        ]);
        variables.set("word", texts.message("attendance", &variables));
        let table = [
            ("label-when", when::span_in_zone(texts, timezone, self.starts_at, self.ends_at)),
            ("label-seats", self.seats.to_string()),
        ];
        Page {
            subject: texts.message("subject-of-training", &variables),
            greeting: greeting(texts, &self.name),
            intro: texts.attribute("attendance", "intro", &variables),
            facts: facts(texts, table),
            call: texts.attribute("attendance", "call", &variables),
            url: sender.link(&training_path(self.training_id)),
            token: None,
            outro: String::new(),
            entries: Vec::new(),
        }
    }
}
