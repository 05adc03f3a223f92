//! Facts that subscribers are notified of.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::alternatives::Alternative;
use super::ids::{BookingGroupId, BookingId, CertificationId, SeriesId, TrainingId, TrainingSeatId, UserId, WaitlistEntryId};
use super::money::Money;
use super::text_enum::text_enum;
use super::time::UtcTime;

/// Something that happened and that somebody must hear of; kept in the outbox until it was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A user is to prove that the address is theirs.
    VerificationRequested {
        /// Who.
        user_id: UserId,
        /// The secret that proves it; only a hash of it is kept elsewhere.
        token: String,
    },
    /// A user wants a new password.
    PasswordResetRequested {
        /// Who.
        user_id: UserId,
        /// The secret that allows it; only a hash of it is kept elsewhere.
        token: String,
    },
    /// An organization wants its mail sent to an address, which is to prove that it wants to have it.
    ContactNamed {
        /// The address.
        email: String,
        /// The secret that proves it; only a hash of it is kept elsewhere.
        token: String,
    },
    /// Something happened to a booking.
    Booking {
        /// What.
        happened: Happened,
        /// The booking at that moment.
        #[serde(flatten)]
        facts: BookingFacts,
    },
    /// Something happened to bookings of a series.
    Series {
        /// What.
        happened: SeriesHappened,
        /// To which bookings.
        #[serde(flatten)]
        facts: SeriesFacts,
    },
    /// Something happened to bookings of a group.
    Group {
        /// What.
        happened: GroupHappened,
        /// To which group,
        group_id: BookingGroupId,
        /// and to which of its bookings.
        bookings: Vec<ToldBooking>,
        /// Those that are not agreed yet, for the customer to know when others are.
        #[serde(default)]
        left: Vec<ToldBooking>,
    },
    /// The same happened to bookings that are told together, to each who hears of them in one mail.
    Bookings {
        /// What.
        happened: Happened,
        /// The bookings at that moment.
        bookings: Vec<BookingFacts>,
    },
    /// A booking that another user made starts soon, and its operator is reminded.
    OperatorReminder {
        /// The booking.
        facts: BookingFacts,
    },
    /// Somebody waits in line no more, and has not been offered a slot.
    Wait {
        /// Why.
        happened: WaitHappened,
        /// Which wish.
        waitlist_entry_id: WaitlistEntryId,
    },
    /// Somebody was certified, be it anew.
    CertificationGranted {
        /// Which certification.
        certification_id: CertificationId,
    },
    /// A certification was taken back.
    CertificationRevoked {
        /// Which certification.
        certification_id: CertificationId,
    },
    /// A certification expires soon.
    CertificationExpires {
        /// Which certification.
        certification_id: CertificationId,
    },
    /// Somebody has a seat in a training.
    SeatTaken {
        /// Which seat.
        seat_id: TrainingSeatId,
    },
    /// Somebody has given a seat up.
    SeatCancelled {
        /// Which seat.
        seat_id: TrainingSeatId,
    },
    /// Somebody has lost a seat to a manager's decision.
    SeatRemoved {
        /// Which seat.
        seat_id: TrainingSeatId,
        /// Why; may be empty.
        reason: String,
    },
    /// A training of which somebody has a seat starts soon.
    SeatReminder {
        /// Which seat.
        seat_id: TrainingSeatId,
    },
    /// A training is over, and who has attended it is to be written down.
    AttendanceDue {
        /// Which training.
        training_id: TrainingId,
    },
    /// A training of which somebody has a seat has changed.
    TrainingChanged {
        /// Which seat.
        seat_id: TrainingSeatId,
        /// The training before the change.
        before: TrainingFacts,
    },
    /// A training was called off, and with it a seat.
    TrainingCancelled {
        /// Which seat.
        seat_id: TrainingSeatId,
    },
}

text_enum! {
    /// An event in the life of a booking.
    pub enum Happened {
        /// It waits for the host's answer.
        Requested = "booking_requested",
        /// It is kept for a while. Who hears of it has to pay, or to confirm that a payment has arrived: of a hold that its
        /// customer confirms nobody is told.
        Held = "booking_held",
        /// Nobody has confirmed a hold in time.
        HoldExpired = "booking_hold_expired",
        /// A slot that somebody has waited for is kept for them.
        Offered = "booking_offered",
        /// A slot that was kept for somebody who had waited for it was not confirmed in time.
        OfferLapsed = "booking_offer_lapsed",
        /// It is agreed.
        Confirmed = "booking_confirmed",
        /// It starts soon.
        Reminder = "booking_reminder",
        /// It has another time, quantity or resource.
        Rescheduled = "booking_rescheduled",
        /// Either side has called it off.
        Cancelled = "booking_cancelled",
        /// The host has called it off to keep the time for itself.
        Displaced = "booking_displaced",
        /// The host has refused it.
        Declined = "booking_declined",
        /// Nobody has answered a request in time.
        Expired = "booking_expired",
        /// Nobody came.
        Missed = "booking_missed",
        /// It is still in use though its time is over.
        Overrun = "booking_overrun",
        /// The booking before it is still in use.
        Delayed = "booking_delayed",
        /// The resource is out of order.
        OutOfOrder = "booking_out_of_order",
        /// The resource will work again before the booking starts.
        BackInOrder = "booking_back_in_order",
        /// The operator has lost a required certification.
        Uncertified = "booking_uncertified",
        /// Another operator was named; only the former operator is notified.
        Replaced = "booking_replaced",
        /// The operator has left the customer.
        OperatorLeft = "booking_operator_left",
    }
}

text_enum! {
    /// The end of a waitlist entry without an offer.
    pub enum WaitHappened {
        /// There was no slot in time.
        Expired = "wait_expired",
        /// The resource is no longer offered to the customer.
        Withdrawn = "wait_withdrawn",
    }
}

text_enum! {
    /// An event in the life of a series.
    pub enum SeriesHappened {
        /// Its bookings wait for the host's answer.
        Requested = "series_requested",
        /// They are kept for a while, until they are paid for.
        Held = "series_held",
        /// They are agreed.
        Confirmed = "series_confirmed",
        /// They have other times.
        Rescheduled = "series_rescheduled",
        /// Either side has called them off.
        Cancelled = "series_cancelled",
        /// The host has refused them.
        Declined = "series_declined",
        /// Nobody has answered them in time.
        Expired = "series_expired",
    }
}

impl SeriesHappened {
    /// The event of each booking.
    pub const fn to_each(self) -> Happened {
        match self {
            Self::Requested => Happened::Requested,
            Self::Held => Happened::Held,
            Self::Confirmed => Happened::Confirmed,
            Self::Rescheduled => Happened::Rescheduled,
            Self::Cancelled => Happened::Cancelled,
            Self::Declined => Happened::Declined,
            Self::Expired => Happened::Expired,
        }
    }
}

/// Some bookings of a series at the moment of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesFacts {
    /// Which series.
    pub series_id: SeriesId,
    /// The bookings, by start.
    pub bookings: Vec<BookingFacts>,
    /// The days that could not be booked.
    pub left_out: Vec<NaiveDate>,
}

text_enum! {
    /// An event in the life of a group.
    pub enum GroupHappened {
        /// Its bookings were made.
        Booked = "group_booked",
        /// They were made, and are kept until they are confirmed.
        Held = "group_held",
        /// They are holds no more, or the host has agreed to them.
        Agreed = "group_agreed",
        /// The host has refused them.
        Declined = "group_declined",
        /// Nobody has confirmed or answered them in time.
        Expired = "group_expired",
        /// Either side has called them off.
        Cancelled = "group_cancelled",
    }
}

/// A booking that is told of together with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldBooking {
    /// The event.
    pub happened: Happened,
    /// The booking at that moment.
    pub facts: BookingFacts,
}

/// A time and quantity, and what it costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// The name of the resource.
    pub resource: String,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// How much of the resource.
    pub quantity: i32,
    /// The price.
    pub price: Money,
    /// The operator, if one is named.
    pub operated_by: Option<UserId>,
}

/// A training before it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingFacts {
    /// The name.
    pub name: String,
    /// The name of the trainer; may be empty.
    pub trainer: String,
    /// The name of the site.
    pub site: String,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
}

/// A booking at the moment of an event; other facts are read from the booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingFacts {
    /// Which booking.
    pub booking_id: BookingId,
    /// From this instant
    pub starts_at: UtcTime,
    /// up to but not including this one.
    pub ends_at: UtcTime,
    /// How much of the resource.
    pub quantity: i32,
    /// The price.
    pub price: Money,
    /// The operator, if it is not the user that booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operated_by: Option<UserId>,
    /// RFC 5545 `SEQUENCE` of the calendar entry.
    pub calendar_sequence: i32,
    /// Why it was cancelled or declined; may be empty.
    pub reason: String,
    /// Until when a hold or a request is kept.
    pub expires_at: Option<UtcTime>,
    /// Whether a hold is confirmed by the host, when it is paid.
    #[serde(default)]
    pub requires_payment: bool,
    /// Whether a hold becomes a request when its customer confirms it.
    #[serde(default)]
    pub requires_approval: bool,
    /// Until when the customer may cancel or move it, where that ends before it starts.
    #[serde(default)]
    pub changeable_until: Option<UtcTime>,
    /// From when on what it is of can be used again, if that is out of order and if somebody knows.
    #[serde(default)]
    pub in_order_from: Option<UtcTime>,
    /// Slots that can be booked instead, if it was cancelled for a block.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// The slot before it was rescheduled.
    pub before: Option<Slot>,
    /// Whether it happened on the host's side.
    #[serde(default)]
    pub is_by_host: bool,
    /// Whether it is, or was, a hold that the host has offered.
    #[serde(default)]
    pub is_offered: bool,
    /// Whether it stands in the parties' calendars.
    pub is_in_calendar: bool,
    /// Whether it is, or was to its end, a hold, of which the host has never heard.
    #[serde(default)]
    pub is_hold: bool,
}

/// The latest version of the format of facts that this server reads. Raise it with every new type and every change of a type that
/// an older server cannot read, and return the new number from [`Event::version`] for that type: older servers leave such facts
/// to newer ones.
pub const LATEST_VERSION: i32 = 1;

impl Event {
    /// The version of the format of this type of fact.
    pub const fn version(&self) -> i32 {
        1
    }

    /// The word for what happened.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::VerificationRequested { .. } => "verification_requested",
            Self::PasswordResetRequested { .. } => "password_reset_requested",
            Self::Booking { happened, .. } => happened.as_str(),
            Self::Series { happened, .. } => happened.as_str(),
            Self::Group { happened, .. } => happened.as_str(),
            Self::Bookings { happened, .. } => happened.as_str(),
            Self::OperatorReminder { .. } => "booking_operator_reminder",
            Self::Wait { happened, .. } => happened.as_str(),
            Self::CertificationGranted { .. } => "certification_granted",
            Self::CertificationRevoked { .. } => "certification_revoked",
            Self::CertificationExpires { .. } => "certification_expires",
            Self::SeatTaken { .. } => "seat_taken",
            Self::SeatCancelled { .. } => "seat_cancelled",
            Self::SeatRemoved { .. } => "seat_removed",
            Self::SeatReminder { .. } => "seat_reminder",
            Self::AttendanceDue { .. } => "attendance_due",
            Self::ContactNamed { .. } => "contact_named",
            Self::TrainingChanged { .. } => "training_changed",
            Self::TrainingCancelled { .. } => "training_cancelled",
        }
    }

    /// Takes in what another event tells of the same group, if that is of what nobody has answered in time: resources are
    /// settled one by one, but who hears of it hears of it once.
    pub fn absorb(&mut self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Group { happened: GroupHappened::Expired, group_id, bookings, .. },
                Self::Group { happened: GroupHappened::Expired, group_id: same, bookings: more, .. },
            ) if group_id == same => {
                bookings.extend(more.iter().cloned());
                bookings.sort_by_key(|booking| (booking.facts.starts_at, booking.facts.booking_id));
                true
            }
            _ => false,
        }
    }

    /// The same without the secret that it may carry: what may be kept once it was told.
    #[must_use]
    pub fn without_secret(self) -> Self {
        let none = String::new;
        match self {
            Self::VerificationRequested { user_id, .. } => Self::VerificationRequested { user_id, token: none() },
            Self::PasswordResetRequested { user_id, .. } => Self::PasswordResetRequested { user_id, token: none() },
            Self::ContactNamed { email, .. } => Self::ContactNamed { email, token: none() },
            event => event,
        }
    }
}
