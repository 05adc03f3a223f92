//! The calendar entry of a booking or of a seat in a training, RFC 5546.

use calendars::{Person, Status};

use domain::time::UtcTime;

/// The action of a calendar on an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// It enters or updates the entry.
    Request,
    /// It removes the entry.
    Cancel,
}

impl Method {
    /// As it is written in the entry and in the header of its part.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The facts that all calendar entries of a mail share.
pub(super) struct Occasion<'a> {
    /// The host of the public URL: together with the booking or the seat it names an entry for ever.
    pub(super) public_host: &'a str,
    /// The address of the service, which sends the entry.
    pub(super) organizer: &'a str,
    /// The address of the reader. The entry does not name the other party.
    pub(super) attendee: &'a str,
    /// When the mail was written.
    pub(super) written_at: UtcTime,
}

/// A calendar entry, and the action on it.
pub(super) struct Entry {
    pub(super) method: Method,
    /// Names it together with the host.
    pub(super) id: String,
    pub(super) sequence: i32,
    pub(super) time: (UtcTime, UtcTime),
    pub(super) summary: String,
    pub(super) place: String,
    pub(super) description: String,
    /// The reader's name; may be empty.
    pub(super) name: String,
    /// Where the booking or the training is shown.
    pub(super) url: String,
}

impl Entry {
    /// The calendar object as text. It has this entry only: all entries of a request or cancellation must have the same UID
    /// (RFC 5546).
    pub(super) fn object(&self, occasion: &Occasion<'_>) -> String {
        let organizer = Person { address: occasion.organizer, name: "Sharefloor" };
        let name = if self.name.is_empty() { occasion.attendee } else { &self.name };
        let entry = calendars::Entry {
            uid: format!("{}@{}", self.id, occasion.public_host),
            sequence: self.sequence,
            written_at: occasion.written_at,
            starts_at: self.time.0,
            ends_at: self.time.1,
            status: match self.method {
                Method::Request => Status::Confirmed,
                Method::Cancel => Status::Cancelled,
            },
            summary: &self.summary,
            description: &self.description,
            location: &self.place.replace('\n', ", "),
            url: Some(&self.url),
            people: Some((organizer, Person { address: occasion.attendee, name })),
        };
        calendars::write(&[("METHOD", self.method.as_str())], &[entry])
    }
}
