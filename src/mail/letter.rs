//! What a message says: all that is needed to write it, as it was when the event was told.

use serde::{Deserialize, Serialize};

use super::certification::{CertificationLetter, SeatLetter};
use crate::domain::event::BookingFacts;
use crate::domain::resource::Unit;

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
    /// Tells of a booking.
    Booking(Box<BookingLetter>),
    /// Tells of a certification.
    Certification(Box<CertificationLetter>),
    /// Tells of a seat in a training.
    Seat(Box<SeatLetter>),
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
    /// The time zone of the site.
    pub timezone: String,
    /// The name of the organization that owns the resource.
    pub host: String,
    /// The name of the organization that has booked.
    pub customer: String,
    /// What the booker has written; may be empty.
    pub note: String,
}

/// What can be told of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// It waits for the host's answer.
    Requested,
    /// It is agreed.
    Confirmed,
    /// Either side has called it off.
    Cancelled,
    /// The host has refused it.
    Declined,
}

/// The two sides of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who books.
    Customer,
    /// Who owns the resource.
    Host,
}

impl Letter {
    /// The word for the kind of message.
    pub const fn template(&self) -> &'static str {
        let letter = match self {
            Self::Verification { .. } => return "verification",
            Self::PasswordReset { .. } => return "password_reset",
            Self::Certification(letter) => return letter.template(),
            Self::Seat(letter) => return letter.template(),
            Self::Booking(letter) => letter,
        };
        match (letter.happened, letter.side) {
            (Happened::Requested, Side::Customer) => "booking_requested_customer",
            (Happened::Requested, Side::Host) => "booking_requested_host",
            (Happened::Confirmed, Side::Customer) => "booking_confirmed_customer",
            (Happened::Confirmed, Side::Host) => "booking_confirmed_host",
            (Happened::Cancelled, Side::Customer) => "booking_cancelled_customer",
            (Happened::Cancelled, Side::Host) => "booking_cancelled_host",
            (Happened::Declined, Side::Customer) => "booking_declined_customer",
            (Happened::Declined, Side::Host) => "booking_declined_host",
        }
    }

    /// The same without the secret that it may carry: what may be kept once it was sent.
    #[must_use]
    pub fn without_secret(self) -> Self {
        match self {
            Self::Verification { .. } => Self::Verification { token: String::new() },
            Self::PasswordReset { name, .. } => Self::PasswordReset { token: String::new(), name },
            letter => letter,
        }
    }
}
