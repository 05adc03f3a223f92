//! What a message says: all that is needed to write it, as it was when the event was told.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::booking_group::GroupLetter;
use super::bookings::BookingsLetter;
use super::certification::{AttendanceLetter, CertificationEvent, CertificationLetter, SeatEvent, SeatLetter};
use super::series::SeriesLetter;
use super::waitlist::WaitLetter;
use domain::event::{BookingFacts, Happened};
use domain::mail::MailCategory;
use domain::resource::Unit;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Asks for a proof that the address is the reader's. It does not call the reader by name: who
    /// has typed the name in may be somebody else, with something to advertise.
    Verification {
        /// The proof.
        token: String,
    },
    /// Lets the reader choose a new password.
    PasswordReset {
        /// What allows it.
        token: String,
        /// The reader's name.
        name: String,
    },
    /// Asks for a proof that the reader wants to have the mail of an organization. It does not call that by name, for the
    /// same reason.
    ContactVerification {
        /// The proof.
        token: String,
    },
    /// Tells of a booking.
    Booking(Box<BookingLetter>),
    /// Tells of several bookings.
    Bookings(Box<BookingsLetter>),
    /// Tells of bookings of a series.
    Series(Box<SeriesLetter>),
    /// Tells of bookings of a group.
    Group(Box<GroupLetter>),
    /// Tells somebody that they have waited in vain.
    Wait(Box<WaitLetter>),
    /// Tells of a certification.
    Certification(Box<CertificationLetter>),
    /// Tells of a seat in a training.
    Seat(Box<SeatLetter>),
    /// Asks who has attended a training.
    Attendance(Box<AttendanceLetter>),
}

/// What a message about a booking says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingLetter {
    /// What happened to it.
    pub happened: Happened,
    /// Which side the reader is on.
    pub side: Side,
    /// The reader's name; may be empty.
    pub name: String,
    /// What the booking was then.
    pub facts: BookingFacts,
    /// The name of the resource.
    pub resource: String,
    /// What its capacity is counted in.
    pub unit: Unit,
    /// The name and address of the site, a line each.
    pub place: String,
    /// How to get in; may be empty.
    #[serde(default)]
    pub access_notes: String,
    /// Whom to ask there; may be empty.
    #[serde(default)]
    pub contact: String,
    /// The time zone of the site.
    pub timezone: String,
    /// The name of the organization that owns the resource.
    pub host: String,
    /// The name of the organization that has booked.
    pub customer: String,
    /// The name of who is to operate what is booked; may be empty.
    #[serde(default)]
    pub operated_by: String,
    /// What the booker has written; may be empty.
    pub note: String,
}

/// On which side of a booking a reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who books.
    Customer,
    /// Who is to operate what somebody else has booked.
    Operator,
    /// Who owns the resource.
    Host,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Customer => "customer",
            Self::Operator => "operator",
            Self::Host => "host",
        })
    }
}

impl BookingLetter {
    /// The word for the kind of message.
    pub(super) fn template(&self) -> String {
        format!("{}_{}", self.happened, self.side)
    }

    /// Whether it tells of a booking that is confirmed now.
    pub const fn is_of_confirmed(&self) -> bool {
        match self.happened {
            Happened::Confirmed
            | Happened::Reminder
            | Happened::Rescheduled
            | Happened::Overrun
            | Happened::Delayed
            | Happened::OutOfOrder
            | Happened::BackInOrder
            | Happened::Uncertified
            | Happened::OperatorLeft => self.facts.is_in_calendar,
            Happened::Held
            | Happened::HoldExpired
            | Happened::Offered
            | Happened::OfferLapsed
            | Happened::Requested
            | Happened::Cancelled
            | Happened::Displaced
            | Happened::Declined
            | Happened::Expired
            | Happened::Missed
            | Happened::Replaced => false,
        }
    }

    /// What it is about, if its reader need not get it.
    pub(super) const fn category(&self) -> Option<MailCategory> {
        match (self.happened, self.side) {
            (
                Happened::Cancelled | Happened::Displaced | Happened::Uncertified | Happened::Replaced | Happened::OperatorLeft,
                _,
            ) => None,
            (Happened::Confirmed, Side::Host) => Some(MailCategory::Booking),
            // What becomes of one's own booking without one's doing.
            (
                Happened::HoldExpired | Happened::Declined | Happened::Expired | Happened::Missed,
                Side::Customer | Side::Operator,
            ) => None,
            (Happened::Requested | Happened::Held, _)
            | (Happened::HoldExpired | Happened::Declined | Happened::Expired, Side::Host) => Some(MailCategory::Request),
            (Happened::OutOfOrder | Happened::BackInOrder, Side::Host) => Some(MailCategory::Change),
            (Happened::Confirmed | Happened::OutOfOrder | Happened::BackInOrder, Side::Customer | Side::Operator) => None,
            (Happened::Rescheduled, Side::Customer | Side::Operator) if self.facts.is_by_host => None,
            (Happened::Offered, Side::Customer | Side::Operator) if self.facts.is_offered => None,
            (Happened::Rescheduled, _) | (Happened::Missed, Side::Host) => Some(MailCategory::Change),
            (Happened::Overrun | Happened::Delayed, _) => Some(MailCategory::Overrun),
            (Happened::Offered | Happened::OfferLapsed, Side::Host) => Some(MailCategory::Request),
            (Happened::Offered | Happened::OfferLapsed, _) => Some(MailCategory::Waitlist),
            (Happened::Reminder, _) => Some(MailCategory::Reminder),
        }
    }
}

impl Letter {
    /// The word for the kind of message.
    pub fn template(&self) -> String {
        match self {
            Self::Verification { .. } => "verification".to_owned(),
            Self::PasswordReset { .. } => "password_reset".to_owned(),
            Self::Wait(letter) => letter.happened.to_string(),
            Self::Certification(letter) => letter.template().to_owned(),
            Self::Seat(letter) => letter.template().to_owned(),
            Self::Attendance(_) => "training_attendance_due".to_owned(),
            Self::ContactVerification { .. } => "contact_verification".to_owned(),
            Self::Series(letter) => letter.template(),
            Self::Group(letter) => letter.template(),
            Self::Booking(letter) => letter.template(),
            Self::Bookings(letter) => letter.first.template(),
        }
    }

    /// What it is about, if its reader need not get it.
    pub fn category(&self) -> Option<MailCategory> {
        match self {
            Self::Verification { .. } | Self::PasswordReset { .. } | Self::ContactVerification { .. } => None,
            Self::Wait(_) => Some(MailCategory::Waitlist),
            Self::Certification(letter) => match letter.event {
                CertificationEvent::Granted | CertificationEvent::Expires => Some(MailCategory::Certification),
                CertificationEvent::Revoked => None,
            },
            Self::Seat(letter) => match letter.event {
                SeatEvent::Taken | SeatEvent::Cancelled => Some(MailCategory::Certification),
                SeatEvent::Reminder => Some(MailCategory::Reminder),
                SeatEvent::Removed | SeatEvent::TrainingChanged | SeatEvent::TrainingCancelled => None,
            },
            Self::Attendance(_) => Some(MailCategory::Certification),
            Self::Booking(letter) => letter.category(),
            Self::Bookings(letter) => letter.first.category(),
            Self::Series(letter) => letter.first.category(),
            Self::Group(letter) => letter.category(),
        }
    }

    /// The same without the secret that it may carry: what may be kept once it was sent.
    #[must_use]
    pub fn without_secret(self) -> Self {
        match self {
            Self::Verification { .. } => Self::Verification { token: String::new() },
            Self::PasswordReset { name, .. } => Self::PasswordReset { token: String::new(), name },
            Self::ContactVerification { .. } => Self::ContactVerification { token: String::new() },
            letter => letter,
        }
    }
}
