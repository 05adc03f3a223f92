//! Facts: what happened and who did it, recorded with the change in one transaction and complete enough for every subscriber.

use std::fmt;

use chrono::NaiveDate;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::booking::change::{BookingChange, BookingEventKind, BookingSnapshot};
use super::card_payment::CardProblem;
use super::ids::{
    BookingGroupId, CalendarImportId, CardPaymentId, CertificationId, InvitationId, InvoiceId, PaymentId, PrepaidId, ResourceId,
    SeriesId, TrainingId, TrainingSeatId, UserId, WaitlistEntryId, WebhookId,
};
use super::money::Money;
use super::principal::Principal;
use super::standing::StandingChange;
use super::text_enum::text_enum;
use super::time::UtcTime;

/// A fact: an event, and who caused it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The user or the service that acted.
    pub principal: Principal,
    /// The event.
    pub event: Event,
}

/// The latest version of the format of facts that this server reads. Raise it with every new type and every change of a type that
/// an older server cannot read, and return the new number from [`Event::version`] for that type: older servers leave such facts
/// to newer ones.
pub const LATEST_VERSION: i32 = 10;

/// An event: a change, or an instant that was waited for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A user must prove the e-mail address of the account.
    VerificationRequested {
        /// The user.
        user_id: UserId,
        /// The secret that proves the address; only its hash is kept elsewhere.
        token: String,
    },
    /// A user wants a new password.
    PasswordResetRequested {
        /// The user.
        user_id: UserId,
        /// The secret that allows it; only its hash is kept elsewhere.
        token: String,
    },
    /// An organization has named a contact address, whose owner must agree to receive its mail.
    ContactNamed {
        /// The address.
        email: String,
        /// The secret that proves the address; only its hash is kept elsewhere.
        token: String,
    },
    /// Somebody was invited by mail, or the mail was sent again.
    InvitationSent {
        /// The invitation.
        invitation_id: InvitationId,
        /// The secret that proves the address; only its hash is kept elsewhere.
        token: String,
    },
    /// A user wants another e-mail address for the account.
    EmailChangeRequested {
        /// The user.
        user_id: UserId,
        /// The new address.
        email: String,
        /// The secret that proves the new address; only its hash is kept elsewhere.
        token: String,
    },
    /// One or several bookings changed, or need attention.
    Bookings(BookingsEvent),
    /// A waitlist entry ended without an offer.
    WaitlistEntryEnded {
        /// Why it ended.
        ending: WaitlistEnding,
        /// The entry.
        waitlist_entry_id: WaitlistEntryId,
    },
    /// A user was certified, or certified again.
    CertificationGranted {
        /// The certification.
        certification_id: CertificationId,
    },
    /// A certification was revoked.
    CertificationRevoked {
        /// The certification.
        certification_id: CertificationId,
    },
    /// A certification expires soon.
    CertificationExpires {
        /// The certification.
        certification_id: CertificationId,
    },
    /// A user has taken a seat in a training.
    SeatTaken {
        /// The seat.
        seat_id: TrainingSeatId,
    },
    /// A user has given up a seat.
    SeatCancelled {
        /// The seat.
        seat_id: TrainingSeatId,
    },
    /// A manager has taken a seat from a user.
    SeatRemoved {
        /// The seat.
        seat_id: TrainingSeatId,
        /// The reason; may be empty.
        reason: String,
    },
    /// A training starts soon, and the holder of a seat is reminded.
    SeatReminder {
        /// The seat.
        seat_id: TrainingSeatId,
    },
    /// A training is over, and its attendance must be recorded.
    AttendanceDue {
        /// The training.
        training_id: TrainingId,
    },
    /// A training in which a user has a seat has changed.
    TrainingChanged {
        /// The seat.
        seat_id: TrainingSeatId,
        /// The training before the change.
        before: TrainingSnapshot,
    },
    /// A training was cancelled, and a seat with it.
    TrainingCancelled {
        /// The seat.
        seat_id: TrainingSeatId,
    },
    /// An invoice or credit note was issued.
    InvoiceIssued {
        /// The document.
        invoice_id: InvoiceId,
    },
    /// A customer is reminded of an invoice that is overdue.
    PaymentReminder {
        /// The invoice.
        invoice_id: InvoiceId,
        /// The amount that is still to be paid.
        open: Money,
        /// The number of days since the due date.
        days_overdue: i64,
    },
    /// Prepaid credit expires soon.
    PrepaidExpires {
        /// The prepaid credit.
        prepaid_id: PrepaidId,
        /// The credit that is left; zero of a package of hours.
        left: Money,
        /// The minutes of a package of hours that are left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<i64>,
    },
    /// A payment by card needs the host.
    CardPaymentProblem {
        /// The payment.
        card_payment_id: CardPaymentId,
        /// The problem.
        problem: CardProblem,
        /// The amount of the refund or of the dispute.
        amount: Money,
    },
    /// A user or an organization may do something else than before.
    Standing(StandingChange),
    /// A payment between a customer and a host was recorded.
    PaymentRecorded {
        /// The payment.
        payment_id: PaymentId,
    },
    /// A payment that was recorded by mistake was reversed.
    PaymentReversed {
        /// The payment.
        payment_id: PaymentId,
    },
    /// A resource was created.
    ResourceCreated {
        /// The resource.
        resource_id: ResourceId,
    },
    /// The listing of a resource, its site, its state of repair or its blocks have changed.
    ResourceChanged {
        /// The resource.
        resource_id: ResourceId,
    },
    /// The service could not read a calendar for a day.
    CalendarImportFailing {
        /// The import.
        calendar_import_id: CalendarImportId,
        /// The reason of the last failure.
        reason: String,
    },
    /// The service has disabled a webhook, because its receiver failed for too long.
    WebhookDisabled {
        /// The webhook.
        webhook_id: WebhookId,
        /// The reason of the last failure.
        reason: String,
    },
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Tagged)
    }
}

/// Reads an event. Those of bookings, which are long and frequent, are read as they come, because their type is written first; serde
/// keeps all of a tagged object in memory before it reads any of it.
struct Tagged;

impl<'de> Visitor<'de> for Tagged {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Event, A::Error> {
        let mut whole = Map::new();
        while let Some((name, value)) = members.next_entry::<String, Value>()? {
            if whole.is_empty() && name == "type" && value == "bookings" {
                return BookingsEvent::deserialize(MapAccessDeserializer::new(members)).map(Event::Bookings);
            }
            whole.insert(name, value);
        }
        Event::deserialize(Value::Object(whole)).map_err(A::Error::custom)
    }
}

/// Events of bookings that were caused together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingsEvent {
    /// How the bookings belong together.
    pub scope: Scope,
    /// The events, by start of the booking.
    pub changes: Vec<BookingChange>,
}

/// How bookings belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Scope {
    /// One booking.
    One,
    /// Several bookings that one action concerns.
    Several,
    /// Bookings of a series.
    Series {
        /// The series.
        series_id: SeriesId,
        /// The days on which no booking could be made.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        left_out: Vec<NaiveDate>,
        /// The days of the bookings that keep their slots, if the series was rescheduled.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept: Vec<NaiveDate>,
    },
    /// Bookings of a group.
    Group {
        /// The group.
        group_id: BookingGroupId,
        /// Other bookings of the group that wait to be confirmed, if these were confirmed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        waiting: Vec<BookingSnapshot>,
    },
}

impl BookingsEvent {
    /// Events that were caused together; they are put in order.
    pub fn new(scope: Scope, mut changes: Vec<BookingChange>) -> Self {
        changes.sort_by_key(|change| (change.after.starts_at, change.after.id));
        Self { scope, changes }
    }

    /// The kind of the first event.
    pub fn kind(&self) -> Option<BookingEventKind> {
        self.changes.first().map(|change| change.kind)
    }

    /// Takes in another event of the same group, if both say that bookings expired: resources are swept one by one, but each
    /// recipient is notified once.
    fn absorb(&mut self, other: &Self) -> bool {
        let is_same_group = match (&self.scope, &other.scope) {
            (Scope::Group { group_id, .. }, Scope::Group { group_id: other, .. }) => group_id == other,
            _ => false,
        };
        let is_absorbed = is_same_group && [self.kind(), other.kind()] == [Some(BookingEventKind::Expire); 2];
        if is_absorbed {
            self.changes.extend(other.changes.iter().cloned());
            *self = Self::new(self.scope.clone(), std::mem::take(&mut self.changes));
        }
        is_absorbed
    }
}

text_enum! {
    /// Why a waitlist entry ended without an offer.
    pub enum WaitlistEnding {
        /// There was no slot in time.
        Expired = "wait_expired",
        /// The resource is no longer offered to the customer.
        Withdrawn = "wait_withdrawn",
    }
}

text_enum! {
    /// A subscriber to facts.
    pub enum Subscriber {
        /// Notifies people by e-mail.
        Mail = "mail",
        /// Makes events of organizations, for their webhooks and event streams.
        Events = "events",
    }
}

/// A training before it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingSnapshot {
    /// The name.
    pub name: String,
    /// The name of the trainer; may be empty.
    pub trainer: String,
    /// The name of the site.
    pub site: String,
    /// Start (inclusive).
    pub starts_at: UtcTime,
    /// End (exclusive).
    pub ends_at: UtcTime,
}

impl Event {
    /// The version of the format of this type of event.
    pub fn version(&self) -> i32 {
        match self {
            Self::Bookings(event) if event.kind() == Some(BookingEventKind::AwaitPayment) => 6,
            Self::CardPaymentProblem { problem: CardProblem::Declined, .. } => 6,
            Self::Bookings(event) if event.kind().is_some_and(BookingEventKind::is_about_proposal) => 3,
            // An older server would send the mails without alternatives.
            Self::Bookings(event) if event.changes.iter().any(|change| change.offers_alternatives) => 3,
            Self::InvitationSent { .. } | Self::EmailChangeRequested { .. } => 2,
            Self::InvoiceIssued { .. } | Self::PaymentReminder { .. } => 4,
            Self::PrepaidExpires { .. } | Self::CardPaymentProblem { .. } => 5,
            Self::PaymentRecorded { .. } | Self::PaymentReversed { .. } | Self::WebhookDisabled { .. } => 6,
            Self::Standing(change) => change.version(),
            Self::CalendarImportFailing { .. } => 7,
            Self::ResourceChanged { .. } => 9,
            Self::ResourceCreated { .. } => 10,
            _ => 1,
        }
    }

    /// The name of what happened, such as `booking.cancel`.
    pub fn name(&self) -> String {
        let name = match self {
            Self::VerificationRequested { .. } => "user.verification_requested",
            Self::PasswordResetRequested { .. } => "user.password_reset_requested",
            Self::ContactNamed { .. } => "organization.contact_named",
            Self::InvitationSent { .. } => "invitation.send",
            Self::EmailChangeRequested { .. } => "user.email_change_requested",
            Self::Bookings(event) => {
                let noun = match event.scope {
                    Scope::One | Scope::Several => "booking",
                    Scope::Series { .. } => "series",
                    Scope::Group { .. } => "group",
                };
                return format!("{noun}.{}", event.kind().map_or("none", BookingEventKind::as_str));
            }
            Self::WaitlistEntryEnded { ending: WaitlistEnding::Expired, .. } => "waitlist.expire",
            Self::WaitlistEntryEnded { ending: WaitlistEnding::Withdrawn, .. } => "waitlist.withdraw",
            Self::CertificationGranted { .. } => "certification.grant",
            Self::CertificationRevoked { .. } => "certification.revoke",
            Self::CertificationExpires { .. } => "certification.expire_soon",
            Self::SeatTaken { .. } => "training_seat.take",
            Self::SeatCancelled { .. } => "training_seat.cancel",
            Self::SeatRemoved { .. } => "training_seat.remove",
            Self::SeatReminder { .. } => "training_seat.remind",
            Self::AttendanceDue { .. } => "training.attendance_due",
            Self::TrainingChanged { .. } => "training.update",
            Self::TrainingCancelled { .. } => "training.cancel",
            Self::InvoiceIssued { .. } => "invoice.issue",
            Self::PaymentReminder { .. } => "invoice.remind",
            Self::PrepaidExpires { .. } => "prepaid.expire_soon",
            Self::CardPaymentProblem { problem: CardProblem::RefundFailed, .. } => "card_payment.refund_failed",
            Self::CardPaymentProblem { problem: CardProblem::Disputed, .. } => "card_payment.disputed",
            Self::CardPaymentProblem { problem: CardProblem::Declined, .. } => "card_payment.declined",
            Self::Standing(change) => change.name(),
            Self::PaymentRecorded { .. } => "payment.record",
            Self::PaymentReversed { .. } => "payment.reverse",
            Self::ResourceCreated { .. } => "resource.create",
            Self::ResourceChanged { .. } => "resource.update",
            Self::CalendarImportFailing { .. } => "calendar_import.fail",
            Self::WebhookDisabled { .. } => "webhook.disable",
        };
        name.to_owned()
    }

    /// Takes in another event, if both are about the same group and the recipients are to be notified of both at once.
    pub fn absorb(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bookings(event), Self::Bookings(other)) => event.absorb(other),
            _ => false,
        }
    }

    /// The event without the secret that it may carry: this may be kept once it was delivered.
    #[must_use]
    pub fn without_secret(self) -> Self {
        let none = String::new;
        match self {
            Self::VerificationRequested { user_id, .. } => Self::VerificationRequested { user_id, token: none() },
            Self::PasswordResetRequested { user_id, .. } => Self::PasswordResetRequested { user_id, token: none() },
            Self::ContactNamed { email, .. } => Self::ContactNamed { email, token: none() },
            Self::InvitationSent { invitation_id, .. } => Self::InvitationSent { invitation_id, token: none() },
            Self::EmailChangeRequested { user_id, email, .. } => Self::EmailChangeRequested { user_id, email, token: none() },
            event => event,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_read_wherever_its_type_stands() {
        let read = |text: &str| serde_json::from_str::<Event>(text).map_err(|error| error.to_string());
        let bookings = Event::Bookings(BookingsEvent { scope: Scope::Several, changes: Vec::new() });
        let written = serde_json::to_string(&bookings).unwrap();
        assert_eq!(written, r#"{"type":"bookings","scope":{"type":"several"},"changes":[]}"#);
        assert_eq!(read(&written), Ok(bookings.clone()));
        assert_eq!(read(r#"{"changes":[],"scope":{"type":"several"},"type":"bookings"}"#), Ok(bookings.clone()));
        assert_eq!(serde_json::from_value::<Event>(json!(bookings)).unwrap(), bookings);
        let contact = Event::ContactNamed { email: "a@b.c".to_owned(), token: "t".to_owned() };
        assert_eq!(read(&json!(contact).to_string()), Ok(contact.clone()));
        assert_eq!(read(r#"{"email":"a@b.c","token":"t","type":"contact_named"}"#), Ok(contact));
        assert!(read(r#"{"type":"bookings","changes":[]}"#).unwrap_err().contains("missing field `scope`"));
        assert!(read(r#"{"type":"of_a_newer_server"}"#).unwrap_err().contains("unknown variant"));
        assert!(read("{}").unwrap_err().contains("missing field `type`"));
    }
}
